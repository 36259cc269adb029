"""That the service user, a parent or a guardian has said the hours are right (B8). Who that is, and how they are asked,
belongs to the slice above; here is what it may read and write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment
from tenants.timesheets.models import TimesheetLine

line = TimesheetLine.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))
HOW = frozenset({"own_page", "code", "paper", "not_reached"})
MOVED = N_("Noen av timene er endret siden siden ble vist. Se på dem igjen før du bekrefter.")
DONE = N_("Noen av timene er allerede bekreftet eller behandlet. Last siden på nytt.")


@dataclass(frozen=True, slots=True)
class AttestLine:
    """A sent meeting that nobody has attested yet. `over_midnight`: `ends` is on the day after `worked_on`."""

    id: UUID
    assignment_id: UUID
    contact_id: UUID
    worked_on: date
    starts: time | None
    ends: time | None
    over_midnight: bool
    hours: Decimal
    activity: str
    expenses: Decimal
    kilometres: Decimal
    commute_kilometres: Decimal
    corrects_id: UUID | None
    correction_reason: str
    entered_by: UUID | None
    sent_at: datetime
    version: int


_WAITING = compile_query(
    select(*(line.c[name] for name in AttestLine.__dataclass_fields__))
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.assignment_id == any_(bindparam("assignments", type_=IDS)),
        line.c.state == "sent",
        line.c.attested_at.is_(None),
    )
    .order_by(line.c.worked_on, line.c.starts, line.c.id)
)


async def lines_to_attest(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> Sequence[AttestLine]:
    """Sent lines of these assignments that wait for a yes, by day. The caller has checked whose they are."""
    rows = await uow.rows(_WAITING, tenant=uow.context.tenant, assignments=list(assignment_ids))
    return [AttestLine(**dict(row)) for row in rows]


async def mark_attested(
    uow: UnitOfWork, line_ids: Sequence[UUID], *, seen: Mapping[str, str], by_person: UUID | None, how: str,
    note: str = "",
) -> int:  # fmt: skip
    """Keep that these lines are right, all or none; returns how many. The caller has checked who `by_person` is.

    `seen` is id → version, as text, as the page showed them. `by_person` is None only for `not_reached`, which needs a
    `note`. Raises Invalid for none chosen or no note, NotFound for an unknown line, Conflict for a line that is changed
    or no longer waits. A line that is changed afterwards loses its attestation.
    """
    if how not in HOW or (by_person is None) != (how == "not_reached"):
        raise ValueError(f"not a way to attest hours: {how}")
    if how == "not_reached" and not note.strip():
        raise Invalid.one("merknad", N_("Skriv hvorfor timene godkjennes uten at noen har bekreftet dem."))
    lines = await held_unattested(uow, line_ids, seen)
    await _keep(uow, lines, by_person, how, note.strip())
    return len(lines)


async def held_unattested(
    uow: UnitOfWork, line_ids: Sequence[UUID], seen: Mapping[str, str]
) -> list[TimesheetLine]:
    """The chosen lines, locked in one order: sent, not attested, and as they were seen. Raises as `mark_attested`."""
    chosen = sorted(set(line_ids))
    if not chosen:
        raise Invalid.one("linje", N_("Velg minst én føring."))
    lines = list(
        await uow.session.scalars(
            select(TimesheetLine)
            .where(TimesheetLine.tenant_id == uow.context.tenant, TimesheetLine.id.in_(chosen))
            .order_by(TimesheetLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(lines) != len(chosen):
        raise NotFound
    if any(one.state != "sent" or one.attested_at is not None for one in lines):
        raise Conflict(DONE)
    if any(seen.get(str(one.id)) != str(one.version) for one in lines):
        raise Conflict(MOVED)
    return lines


async def _keep(
    uow: UnitOfWork, lines: Sequence[TimesheetLine], by_person: UUID | None, how: str, note: str
) -> None:
    # The version stays: the hours are the same, and a coordinator who has them open need not look again.
    at = now()
    for one in lines:
        one.attested_at, one.attested_by, one.attested_how, one.attested_note = at, by_person, how, note
    await uow.session.flush()
    persons = {
        row.id: row.person_id
        for row in await uow.session.execute(
            select(assignment.c.id, assignment.c.person_id).where(
                assignment.c.tenant_id == uow.context.tenant,
                assignment.c.id.in_({one.assignment_id for one in lines}),
            )
        )
    }
    for one in lines:
        await record_change(
            uow, "hours.attested", "timesheet_line", one.id, persons=[persons[one.assignment_id]], how=how,
            hours=str(one.hours), worked_on=one.worked_on,
        )  # fmt: skip
