"""Reads of tables and agreements for people: cards. Tables are everybody's in the municipality who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.rates.loading import assignment_terms, rate_table, steps_of
from tenants.rates.tables import RateStep, RateTable


@dataclass(frozen=True, slots=True)
class TableCard:
    """A table with its rows. `last` is the day before the unit's next one in force, None while none is set."""

    id: UUID
    valid_from: date
    unit: str
    name: str
    holiday_percent: Decimal
    holiday_for: str
    note: str
    state: str
    version: int
    steps: tuple[RateStep, ...] = ()
    last: date | None = None

    @property
    def standing(self) -> str:
        """`draft`, `coming`, `now` or `over`."""
        if self.state == "draft":
            return "draft"
        if self.valid_from > today():
            return "coming"
        return "over" if self.last is not None and self.last < today() else "now"

    @property
    def simple(self) -> bool:
        """Whether it is one hourly rate for everybody and nothing else."""
        return (
            len(self.steps) == 1 and not any(self.steps[0].names) and not self.holiday_percent and not self.unit
        )  # fmt: skip

    @property
    def table(self) -> RateTable:
        """As the engine takes it."""
        return RateTable(
            self.id, self.unit, self.valid_from, self.steps, self.name, self.holiday_percent, self.holiday_for
        )


@dataclass(frozen=True, slots=True)
class TermsCard:
    """What has been agreed for an assignment from a day on."""

    id: UUID
    assignment_id: UUID
    valid_from: date
    unit: str
    expense_mode: str
    expense_kroner: Decimal | None
    expense_cap: Decimal | None
    kilometres_mode: str
    km_kroner: Decimal | None
    cap_km: Decimal | None
    cap_km_kroner: Decimal | None
    note: str
    version: int


_TABLES = compile_query(
    select(*(rate_table.c[name] for name in TableCard.__dataclass_fields__ if name not in ("steps", "last")))
    .where(rate_table.c.tenant_id == bindparam("tenant"))
    .order_by(rate_table.c.valid_from.desc(), rate_table.c.unit, rate_table.c.id)
)
_TERMS = compile_query(
    select(*(assignment_terms.c[name] for name in TermsCard.__dataclass_fields__))
    .where(
        assignment_terms.c.tenant_id == bindparam("tenant"),
        assignment_terms.c.assignment_id == bindparam("assignment"),
    )
    .order_by(assignment_terms.c.valid_from.desc())
)


async def tables_of(uow: UnitOfWork) -> Sequence[TableCard]:
    """Every table of the municipality, drafts too, newest first."""
    rows = await uow.rows(_TABLES, tenant=uow.context.tenant)
    steps = await steps_of(uow, [row["id"] for row in rows])
    found, follows = [], dict[str, date]()
    for row in rows:
        held = row["state"] == "in_force"
        last = follows.get(row["unit"]) if held else None
        found.append(
            TableCard(**dict(row), steps=steps.get(row["id"], ()), last=_day_before(last) if last else None)
        )
        if held:
            follows[row["unit"]] = row["valid_from"]
    return found


_IN_FORCE = compile_query(
    select(rate_table.c.id)
    .where(rate_table.c.tenant_id == bindparam("tenant"), rate_table.c.state == "in_force")
    .limit(1)
)


async def any_in_force(uow: UnitOfWork) -> bool:
    """Whether the municipality has set a rate, for whatever day."""
    return await uow.value(_IN_FORCE, tenant=uow.context.tenant) is not None


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


async def table_card(uow: UnitOfWork, table_id: UUID) -> TableCard:
    """One table. Raises NotFound."""
    for card in await tables_of(uow):
        if card.id == table_id:
            return card
    raise NotFound


async def agreed_for(uow: UnitOfWork, assignment_id: UUID) -> Sequence[TermsCard]:
    """What has been agreed for an assignment, newest first. The caller has checked that the reader may see it."""
    rows = await uow.rows(_TERMS, tenant=uow.context.tenant, assignment=assignment_id)
    return [TermsCard(**dict(row)) for row in rows]
