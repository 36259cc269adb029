"""The two files of a closed run: our own CSV, line by line, and Visma Lønn's standard format, summed (B9). Pure.

The same run gives the same bytes. docs/payroll-csv.md says what every column holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sammen.documents.tables_out import write_csv
from sammen.norwegian import format_date
from tenants.payroll.models import COMPONENTS
from tenants.payroll.rules import COMPONENT_NAMES, KIND_NAMES, UNIT_NAMES, assignment_code

HEADER = (
    "Lønnsår", "Kjøring", "Utbetales", "Ansattnummer", "Navn", "Oppdrag", "Lønnsart", "Hva", "Type", "Dato", "Antall",
    "Enhet", "Sats", "Beløp", "Kontering", "Ansvar", "Art", "Funksjon", "Prosjekt", "Regel", "Post", "Gjelder post",
)  # fmt: skip
PAID = "Lønn"
"""The type of an ordinary line; the other kinds have their names from rules.py."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One item of a run, with whom it pays. Amounts in øre."""

    item_id: UUID
    employee_no: str
    name: str
    assignment_id: UUID
    kind: str
    component: str
    worked_on: date
    quantity: Decimal
    rate_ore: int
    amount_ore: int
    pay_code: str
    account: str
    department: str
    art: str
    kostra_function: str
    project: str
    rule: str
    about_id: UUID | None
    """The item it takes back or comes on top of."""


def kroner(ore: int, mark: str = ",") -> str:
    """Øre as kroner with two decimals: -50 is "-0,50"."""
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}{mark}{abs(ore) % 100:02d}"


def _sorted(rows: Iterable[FileRow]) -> list[FileRow]:
    return sorted(
        rows,
        key=lambda row: (row.employee_no, row.worked_on, COMPONENTS.index(row.component), row.item_id),
    )


def own_csv(rows: Iterable[FileRow], *, year: int, run: int, pay_on: date) -> bytes:
    """Our CSV: one line an item, UTF-8 with a mark, `;`, decimal comma. What a spreadsheet would run is made text."""
    return write_csv(
        HEADER,
        [
            (
                str(year), str(run), format_date(pay_on), row.employee_no, row.name, assignment_code(row.assignment_id),
                row.pay_code, COMPONENT_NAMES[row.component], KIND_NAMES[row.kind] or PAID, format_date(row.worked_on),
                f"{row.quantity:.2f}".replace(".", ","), UNIT_NAMES.get(row.component, "kr"), kroner(row.rate_ore),
                kroner(row.amount_ore), row.account, row.department, row.art, row.kostra_function, row.project, row.rule,
                str(row.item_id), str(row.about_id or ""),
            )
            for row in _sorted(rows)
        ],
    )  # fmt: skip


def visma_file(rows: Iterable[FileRow], *, year: int, run: int, numbered: bool = True) -> bytes:
    """Visma Lønn, "Lønnsregistrering Standard format": one line for each employee, code, rate and cost bearer.

    `;` between fields and at the end, text fields in quotes, decimal point. Year and run are 0 unless `numbered`
    (Visma.net Payroll). Field 9 is the art, R1 the department (ansvar), R2 the project, R3 the KOSTRA function. The rate
    is never 0 where there is a quantity, since the system would then take the employee's own. Windows-1252, as the
    system's own examples have it; the fields hold no letter that it lacks.
    """
    lines = []
    for row, quantity, amount in _summed(rows):
        count, rate = _counted(quantity, row.rate_ore, amount)
        head = (str(year), str(run)) if numbered else ("0", "0")
        fields = [
            *head, row.employee_no, row.pay_code, "0.00", f"{count:.2f}", kroner(rate, "."), kroner(amount, "."),
            row.art, "", _quoted(row.department), _quoted(row.project), _quoted(row.kostra_function), '""', '""', '""',
        ]  # fmt: skip
        lines.append(";".join(fields) + ";\r\n")
    return "".join(lines).encode("cp1252")


def _summed(rows: Iterable[FileRow]) -> list[tuple[FileRow, Decimal, int]]:
    sums: dict[tuple[str, ...], tuple[FileRow, Decimal, int]] = {}
    for row in _sorted(rows):
        rate = row.rate_ore if row.component in UNIT_NAMES else 0
        key = (
            row.employee_no, row.pay_code, f"{rate:015d}", row.art, row.department, row.project, row.kostra_function,
        )  # fmt: skip
        first, quantity, amount = sums.get(key, (row, Decimal(0), 0))
        sums[key] = (first, quantity + row.quantity, amount + row.amount_ore)
    # What nets to nothing is no transaction; and an amount of 0 would ask the system to reckon one itself.
    return [one for _, one in sorted(sums.items(), key=lambda found: found[0]) if one[2] != 0]


def _counted(quantity: Decimal, rate_ore: int, amount_ore: int) -> tuple[Decimal, int]:
    """Quantity and rate that multiply to the amount: the item's own where they do, else 1 (or -1) times the amount."""
    exact = int((quantity * rate_ore).quantize(Decimal(1), ROUND_HALF_UP))
    if rate_ore and exact == amount_ore:
        return quantity.quantize(CENT), rate_ore
    return (Decimal(1) if amount_ore >= 0 else Decimal(-1)), abs(amount_ore)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"'


def file_name(slug: str, year: int, run: int, kind: str) -> str:
    """Such as lonn-horten-2026-03-visma.csv."""
    return f"lonn-{slug}-{year}-{run:02d}{'-visma' if kind == 'visma' else ''}.csv"


def make_files(
    rows: Sequence[FileRow], *, slug: str, year: int, run: int, pay_on: date, numbered: bool
) -> list[tuple[str, str, bytes]]:
    """(format, name, bytes) of both files."""
    return [
        ("csv", file_name(slug, year, run, "csv"), own_csv(rows, year=year, run=run, pay_on=pay_on)),
        ("visma", file_name(slug, year, run, "visma"), visma_file(rows, year=year, run=run, numbered=numbered)),
    ]  # fmt: skip
