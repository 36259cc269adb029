"""What is agreed for one assignment, beside the table or within it: set from a day on (B7; Drammen, Fjord)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.assignments.api import assignment_card
from tenants.cases.api import case_card
from tenants.rates.administration import alone
from tenants.rates.models import AssignmentTerms

STALE = N_("Noen andre har endret avtalen imens. Det du skrev, er ikke lagret.")
EXPENSES = {
    "": N_("Følger satsene"),
    "per_hour": N_("Et beløp per time"),
    "per_month": N_("Et beløp per måned"),
    "receipts": N_("Mot kvittering"),
    "none": N_("Dekkes ikke"),
}
KILOMETRES = {
    "": N_("Følger satsene"),
    "state": N_("Dekkes etter statens sats"),
    "rate": N_("Dekkes etter egen sats"),
    "none": N_("Dekkes ikke"),
}
MOST = 20_000


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """See models.AssignmentTerms for what each means; amounts in kroner."""

    valid_from: date
    unit: str = ""
    expense_mode: str = ""
    expense_kroner: Decimal | None = None
    expense_cap: Decimal | None = None
    kilometres_mode: str = ""
    km_kroner: Decimal | None = None
    cap_km: Decimal | None = None
    cap_km_kroner: Decimal | None = None
    note: str = ""


async def set_terms(uow: UnitOfWork, assignment_id: UUID, facts: TermsFacts, *, version: int = 0) -> UUID:
    """What holds for the assignment from `facts.valid_from`; the same day again corrects it. Its id.

    `version` is that of the agreement shown from that day, 0 for none. What is paid stays as it was paid. Raises NotFound
    for an assignment of a case the reader may not see, and Conflict.
    """
    held = await assignment_card(uow, assignment_id)
    await case_card(uow, held.case_id)
    await alone(uow, "terms")
    row = await uow.session.scalar(
        select(AssignmentTerms).where(
            AssignmentTerms.tenant_id == uow.context.tenant, AssignmentTerms.assignment_id == assignment_id,
            AssignmentTerms.valid_from == facts.valid_from,
        )
    )  # fmt: skip
    if (row.version if row else 0) != version:
        raise Conflict(STALE)
    if row is None:
        row = AssignmentTerms(
            tenant_id=uow.context.tenant, id=uuid7(), assignment_id=assignment_id, version=1
        )
        uow.session.add(row)
    else:
        row.version += 1
    for name in TermsFacts.__dataclass_fields__:
        setattr(row, name, getattr(facts, name))
    await uow.session.flush()
    await record_change(
        uow, "rates.agreed", "assignment", assignment_id, persons=[held.person_id], valid_from=facts.valid_from,
        expenses=facts.expense_mode, kilometres=facts.kilometres_mode,
    )  # fmt: skip
    return row.id


def read_terms(form: Form) -> TermsFacts:
    """The form for an agreement. Raises Invalid with every field's error."""
    reader = Reader(form)

    def amount(name: str, decimals: int = 2) -> Decimal | None:
        least = Decimal("0.01") if decimals == 2 else Decimal("0.1")
        return reader.take(
            name, partial(parse_decimal, field=name, decimals=decimals, minimum=least, maximum=MOST)
        )

    since = reader.take(
        "fra",
        partial(parse_date, field="fra", years_ahead=2),
        required=N_("Skriv dagen avtalen gjelder fra."),
    )
    expenses = form.text("utgifter") if form.text("utgifter") in EXPENSES else ""
    kilometres = form.text("kjoring") if form.text("kjoring") in KILOMETRES else ""
    kroner, cap = amount("utgifter_kroner"), amount("utgifter_tak")
    if expenses in ("per_hour", "per_month") and not form.text("utgifter_kroner"):
        reader.fail("utgifter_kroner", N_("Skriv beløpet dere er enige om."))
    each = amount("km_kroner")
    if kilometres == "rate" and not form.text("km_kroner"):
        reader.fail("km_kroner", N_("Skriv satsen per kilometer."))
    cap_km, cap_kroner = amount("km_tak", 1), amount("km_tak_kroner")
    unit, note = reader.text("enhet", most=100), reader.text("merknad", most=1_000)
    reader.done()
    assert since is not None
    driving = kilometres != "none"
    return TermsFacts(
        since, unit, expenses, kroner if expenses in ("per_hour", "per_month") else None,
        cap if expenses == "receipts" else None, kilometres, each if kilometres == "rate" else None,
        cap_km if driving else None, cap_kroner if driving else None, note,
    )  # fmt: skip
