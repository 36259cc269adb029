"""Tables as files: a long table of inner cells and its hierarchies in, every published and hidden cell out.

Files are CSV with a line of names first, separated by semicolon, comma or tab, in UTF-8 (with or without a byte order mark)
or Windows-1252. Numbers may be written as Norwegians write them: 1 234,5. What cannot be read raises `BadFile` with the
file, the line and the column, in words for whoever made the file (Bokmål, as the command that shows them).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from reporting.disclosure.cells import MOST

HIDDEN_SIGN: Final = ":"
"""Statistics Norway's sign for a hidden number. There is one: which cells were small in themselves is not told."""
TOTAL: Final = "Total"
SEPARATORS: Final = (";", "\t", ",")
SEPARATOR_LINES: Final = tuple(f"sep={separator}".strip() for separator in SEPARATORS)
SUMS: Final = frozenset(
    {
        "total",
        "totalt",
        "i alt",
        "ialt",
        "sum",
        "alle",
        "samlet",
        "til sammen",
        "tilsammen",
        "hele landet",
        "all",
    }
)
"""Codes that look like sums, where no other word was asked for."""
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]{1,2})?")


class BadFile(Exception):
    """A file that cannot be used. `line` counts from 1 with the names as line 1; None when it is about the whole file."""

    def __init__(self, path: Path, what: str, line: int | None = None, column: str | None = None) -> None:
        self.path, self.what, self.line, self.column = path, what, line, column
        where = [str(path)]
        if line is not None:
            where.append(f"linje {line}")
        if column is not None:
            where.append(f"kolonnen «{column}»")
        super().__init__(f"{', '.join(where)}: {what}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as text. `rows` are (line number, fields by column)."""

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    separator: str

    def need(self, column: str, why: str) -> None:
        """BadFile when the column is not there."""
        if column not in self.names:
            raise BadFile(
                self.path, f"Fant ikke kolonnen for {why}. Fila har: {', '.join(self.names)}.", 1, column
            )


def read_sheet(path: Path) -> Sheet:
    """The file's rows as text, spaces around fields taken away and empty lines left out. Raises BadFile."""
    text = _text(path)
    first, _, rest = text.partition("\n")
    told = first.lower().strip() in SEPARATOR_LINES  # how spreadsheets tell each other what stands between
    if told:
        first = rest.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(rest if told else text, newline=""), delimiter=separator, strict=True)
    lines = _lines(path, reader, 1 if told else 0)
    head = next(lines, None)
    if head is None:
        raise BadFile(path, "Fila er tom. Første linje skal ha navn på kolonnene.")
    names = tuple(head[1])
    for name in names:
        if not name:
            raise BadFile(path, "En kolonne mangler navn.", 1)
        if names.count(name) > 1:
            raise BadFile(path, "Navnet står to ganger. Gi kolonnene hvert sitt navn.", 1, name)
    rows = []
    for line, fields in lines:
        if len(fields) != len(names):
            raise BadFile(path, f"Linja har {len(fields)} felt, og skulle hatt {len(names)}.", line)
        rows.append((line, dict(zip(names, fields, strict=True))))
    return Sheet(path, names, tuple(rows), separator)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(path, why_unread(error)) from error
    if b"\x00" in raw:
        raise BadFile(path, "Dette er ikke en tekstfil. Lagre tabellen som CSV (UTF-8).")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    # Some write an å as two signs: the same code must be the same in every file.
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def why_unread(error: OSError) -> str:
    """In words for whoever named the file."""
    if isinstance(error, FileNotFoundError):
        return "Fila finnes ikke."
    if isinstance(error, IsADirectoryError):
        return "Dette er en mappe, ikke en fil."
    return (
        "Fila kan ikke åpnes." if not isinstance(error, PermissionError) else "Du har ikke tilgang til fila."
    )


def _lines(path: Path, reader: Iterator[list[str]], before: int) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, by number; `before`: how many stand before the reader's first."""
    while True:
        line = getattr(reader, "line_num", 0) + 1 + before
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                path, "Et anførselstegn er ikke avsluttet, eller står midt i et felt.", line
            ) from error
        stripped = [field.strip() for field in fields]
        if any(stripped):
            yield line, stripped


def number(sheet: Sheet, line: int, column: str, text: str) -> Decimal:
    """A number that is not negative, nor larger than MOST. Raises BadFile."""
    plain = _SPACES.sub("", text).replace("\u2212", "-")
    if not plain:
        raise BadFile(sheet.path, "Tallet mangler. Er det ingen, skriv 0.", line, column)
    if not _NUMBER.fullmatch(plain):
        raise BadFile(sheet.path, f"«{text}» er ikke et tall.", line, column)
    value = Decimal(plain.replace(",", "."))
    if value < 0:
        raise BadFile(sheet.path, f"{text} er negativt. Tallene kan ikke være under 0.", line, column)
    if value > MOST:
        raise BadFile(
            sheet.path, f"{text} er for stort. Tallene kan være til 1 000 milliarder.", line, column
        )
    return value


def amount(sheet: Sheet, line: int, column: str, text: str) -> Decimal:
    """A number of two decimals at most: what is shown is never rounded, so nothing finer can come in. Raises BadFile."""
    value = number(sheet, line, column, text)
    if value * 100 != (value * 100).to_integral_value():
        raise BadFile(
            sheet.path, f"{text} har mer enn to desimaler. Rund av før du bruker fila.", line, column
        )
    return value


def whole(sheet: Sheet, line: int, column: str, text: str) -> int:
    """A whole number that is not negative. Raises BadFile."""
    value = number(sheet, line, column, text)
    if value != value.to_integral_value():
        raise BadFile(
            sheet.path, f"{text} er ikke et helt tall. Er det kroner eller timer, bruk --money.", line, column
        )
    return int(value)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what. Every other one, apart from `ignore`, is a dimension.

    member: the column that says who a row belongs to. version: a number that grows when a row is corrected. contributors,
    largest and second are for money.
    """

    value: str
    member: str | None = None
    version: str | None = None
    contributors: str | None = None
    largest: str | None = None
    second: str | None = None
    ignore: tuple[str, ...] = ()

    def special(self) -> dict[str, str]:
        """Column → what it is for, in words."""
        found = {
            self.value: "verdien",
            self.version: "versjonen",
            self.contributors: "antall bidragsytere",
            self.largest: "det største bidraget",
            self.second: "det nest største bidraget",
        }
        return {column: why for column, why in found.items() if column is not None}


@dataclass(frozen=True, slots=True)
class Line:
    """An inner cell as it stands in the file. `version` tells a corrected number from the one it replaces."""

    line: int
    key: tuple[str, ...]
    value: Decimal
    owner: str
    contributors: int
    largest: Decimal
    second: Decimal
    version: int


def read_lines(sheet: Sheet, columns: Columns, *, total: str = TOTAL) -> tuple[tuple[str, ...], list[Line]]:
    """(the dimensions' names, the inner cells in the file's order). Raises BadFile on the first thing that is wrong."""
    for column, why in columns.special().items():
        sheet.need(column, why)
    for column in columns.ignore:
        sheet.need(column, "--ignore")
    if columns.member is not None:
        sheet.need(columns.member, "eieren")
    left_out = {*columns.special(), *columns.ignore}
    dimensions = tuple(name for name in sheet.names if name not in left_out)
    if not dimensions:
        raise BadFile(sheet.path, "Tabellen har ingen kolonner å dele etter.", 1)
    if not sheet.rows:
        raise BadFile(sheet.path, "Tabellen har ingen rader.")
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for line, fields in sheet.rows:
        key = tuple(_code(sheet, line, name, fields[name], total) for name in dimensions)
        if key in seen:
            raise BadFile(
                sheet.path,
                f"{_told(dimensions, key)} står også på linje {seen[key]}. Hver celle kan stå én gang.",
                line,
            )
        seen[key] = line
        found.append(_line(sheet, columns, line, key, fields))
    return dimensions, found


def _told(dimensions: Sequence[str], key: Sequence[str]) -> str:
    return ", ".join(f"{name} {code}" for name, code in zip(dimensions, key, strict=True))


def _code(sheet: Sheet, line: int, column: str, text: str, total: str) -> str:
    if not text:
        raise BadFile(sheet.path, "Koden mangler. Skriv for eksempel «ukjent».", line, column)
    if text == total or (total == TOTAL and text.casefold() in SUMS):
        raise BadFile(
            sheet.path,
            f"«{text}» ser ut som en sum. Ta summene ut av tabellen, eller velg et annet ord med --total.",
            line,
            column,
        )
    return text


def _line(sheet: Sheet, columns: Columns, line: int, key: tuple[str, ...], fields: Mapping[str, str]) -> Line:
    owner = fields[columns.member] if columns.member else ""
    version = whole(sheet, line, columns.version, fields[columns.version]) if columns.version else 0
    if columns.contributors is None or columns.largest is None or columns.second is None:
        count = whole(sheet, line, columns.value, fields[columns.value])
        # Of people counted one by one, each contributes one.
        one, two = Decimal(min(count, 1)), Decimal(1 if count > 1 else 0)
        return Line(line, key, Decimal(count), owner, count, one, two, version)
    value, largest, second = (
        amount(sheet, line, column, fields[column])
        for column in (columns.value, columns.largest, columns.second)
    )
    contributors = whole(sheet, line, columns.contributors, fields[columns.contributors])
    if second > largest:
        raise BadFile(
            sheet.path, "Det nest største bidraget er større enn det største.", line, columns.second
        )
    if largest + second > value:
        raise BadFile(
            sheet.path, "De to største bidragene er til sammen mer enn verdien.", line, columns.largest
        )
    return Line(line, key, value, owner, contributors, largest, second, version)


def codes_of(lines: Sequence[Line], place: int) -> tuple[str, ...]:
    """The codes a dimension has in the table, in the order they first come."""
    return tuple(dict.fromkeys(line.key[place] for line in lines))


def sums_among(lines: Sequence[Line], place: int) -> list[str]:
    """Codes of a dimension that are the sum of all its others wherever they stand: sums that someone may have left in."""
    found: dict[tuple[str, ...], dict[str, Decimal]] = {}
    for line in lines:
        rest = (*line.key[:place], *line.key[place + 1 :])
        found.setdefault(rest, {})[line.key[place]] = line.value
    codes = codes_of(lines, place)
    crosses = [cross for cross in found.values() if any(cross.values())]
    if (
        len(codes) < 3 or len(crosses) * len(codes) < 5
    ):  # of three numbers, one is easily the sum of the others
        return []
    return [code for code in codes if all(2 * cross.get(code, 0) == sum(cross.values()) for cross in crosses)]


def plain(value: Decimal) -> str:
    """A number without exponent or needless decimals, with a point, as programs read it."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_cells(
    path: Path, names: Sequence[str], cells: Iterable[tuple[Sequence[str], Decimal | None]], separator: str
) -> None:
    """Every cell on a line: its codes, and the number or the sign for a hidden one. UTF-8. Raises BadFile."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    for key, value in cells:
        writer.writerow([*key, HIDDEN_SIGN if value is None else plain(value)])
    write_text(path, out.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a file whole, or say why not as BadFile."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadFile(path, _why_unwritten(path, error)) from error


def _why_unwritten(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"Fila kan ikke skrives: mappa {path.parent} finnes ikke."
    if isinstance(error, IsADirectoryError):
        return "Dette er en mappe, ikke en fil."
    return "Fila kan ikke skrives."
