"""A contact who wants to stop says so from the phone. It ends nothing: a coordinator rings, and ends it or does not (B12).

Why matters: a commitment broken by choice is another thing than illness, a birth, studies or the municipality's own ending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from tenants.assignments.meetings import OVER, running_assignment
from tenants.assignments.models import Assignment
from tenants.assignments.own import own_assignment
from tenants.cases.api import case_file, purchasers_seen, visible

assignment = Assignment.__table__
CONTACT_REASONS = {
    "contact_left": N_("Jeg har ikke tid eller lyst lenger"),
    "no_fit": N_("Vi passer ikke så godt sammen"),
    "contact_illness": N_("Jeg er syk"),
    "contact_birth": N_("Jeg skal ha barn eller er i permisjon"),
    "contact_study": N_("Jeg skal studere eller flytte på grunn av studier"),
    "contact_moved": N_("Jeg skal flytte"),
}
"""Why a contact may want to stop: codes of ending.END_REASONS, in the contact's own mouth."""
_WISHES = compile_query(
    select(
        assignment.c.id, assignment.c.case_id, assignment.c.contact_id, assignment.c.person_id, assignment.c.stop_wish_on,
        assignment.c.stop_wish_reason,
    )
    .select_from(
        assignment.join(
            case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
        )
    )
    .where(visible(), assignment.c.state != "ended", assignment.c.stop_wish_on.is_not(None))
    .order_by(assignment.c.stop_wish_on, assignment.c.id)
    .limit(50)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StopWish:
    """Somebody who has said that they want to stop in an assignment the reader may see."""

    id: UUID
    case_id: UUID
    contact_id: UUID
    person_id: UUID
    stop_wish_on: date
    stop_wish_reason: str


async def stop_wishes(uow: UnitOfWork) -> Sequence[StopWish]:
    """Those nobody has talked with yet, the oldest first."""
    context = uow.context
    rows = await uow.rows(
        _WISHES, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id
    )
    return [StopWish(**dict(row)) for row in rows]


async def wish_to_stop(uow: UnitOfWork, assignment_id: UUID, reason: str, words: str) -> None:
    """The contact says that they want to stop. Saying it again keeps the first day and the newest words."""
    _, own = await own_assignment(uow, assignment_id)
    if reason not in CONTACT_REASONS:
        raise Invalid.one("slutt_grunn", N_("Velg hvorfor du vil slutte."))
    row = await uow.session.get(
        Assignment, (uow.context.tenant, own.id), with_for_update=True, populate_existing=True
    )
    if row is None or row.state == "ended":
        raise Conflict(OVER)
    row.stop_wish_on = row.stop_wish_on or today()
    row.stop_wish_reason, row.stop_wish_words = reason, words
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "assignment.stop_wished", "assignment", row.id, persons=[row.person_id], reason=reason
    )


async def wished_on(uow: UnitOfWork, assignment_id: UUID) -> date | None:
    """The day the contact of one's own assignment said that they want to stop; the caller knows it is theirs."""
    found: date | None = await uow.session.scalar(
        select(Assignment.stop_wish_on).where(
            Assignment.tenant_id == uow.context.tenant, Assignment.id == assignment_id
        )
    )
    return found


async def goes_on(uow: UnitOfWork, assignment_id: UUID) -> None:
    """The coordinator has talked with the contact, who stays."""
    row = await running_assignment(uow, assignment_id)
    row.stop_wish_on, row.stop_wish_reason, row.stop_wish_words = None, "", ""
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "assignment.goes_on", "assignment", row.id, persons=[row.person_id])
