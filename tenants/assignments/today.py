"""What waits today in assignments: first meetings and starts to agree on, who wants to stop, who meets nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import AssignmentPanel, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.assignments.models import Assignment, FirstMeeting
from tenants.assignments.noshows import no_show_runs
from tenants.assignments.plan import plans_of
from tenants.assignments.stopping import CONTACT_REASONS, stop_wishes
from tenants.assignments.views import contact_names, person_names
from tenants.cases.api import case_file, purchasers_seen, visible

assignment = Assignment.__table__
first_meeting = FirstMeeting.__table__
# The one that is agreed, and whether they have met; of assignments without a first day.
_AGREED = (
    select(func.min(first_meeting.c.on_day))
    .where(
        first_meeting.c.tenant_id == assignment.c.tenant_id,
        first_meeting.c.assignment_id == assignment.c.id,
        first_meeting.c.state == "agreed",
    )
    .scalar_subquery()
)
_MET = (
    select(first_meeting.c.id)
    .where(
        first_meeting.c.tenant_id == assignment.c.tenant_id,
        first_meeting.c.assignment_id == assignment.c.id,
        first_meeting.c.state == "held",
    )
    .exists()
)
_TO_BEGIN = compile_query(
    select(
        assignment.c.id, assignment.c.case_id, assignment.c.contact_id, assignment.c.created_at, _AGREED.label("agreed"),
        _MET.label("met"),
    )
    .select_from(
        assignment.join(
            case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
        )
    )
    .where(visible(), assignment.c.state == "planned", assignment.c.starts_on.is_(None))
    .order_by(assignment.c.created_at, assignment.c.id)
    .limit(50)
)  # fmt: skip


async def _item(
    uow: UnitOfWork,
    kind: str,
    row: tuple[UUID, UUID, UUID],
    words: tuple[str, str],
    since: date,
    due: date | None = None,
) -> TodayItem | None:
    """A line about an assignment: `row` is its id, case and contact, `words` a message with %(name)s and a finished
    second line. None when the case is no longer the reader's.
    """
    language = uow.context.language
    assignment_id, case_id, contact_id = row
    names, contacts = await person_names(uow, [case_id]), await contact_names(uow, [contact_id])
    if case_id not in names or contact_id not in contacts:
        return None
    one, other = names[case_id], contacts[contact_id]
    return TodayItem(
        kind=translate(language, kind), title=translate(language, words[0], name=one.name, contact=other.name),
        meta=words[1], url=f"{uow.context.base_url}/oppdrag/{assignment_id}", since=since, due=due,
        persons=(one.person_id, other.person_id),
    )  # fmt: skip


async def _to_begin(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Assignments without a first day: the meeting to agree on, to note, or the start to agree on."""
    context, found = uow.context, []
    for row in await uow.rows(
        _TO_BEGIN, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id
    ):
        agreed: date | None = row["agreed"]
        if agreed is not None and agreed > today():
            continue
        title = N_("%(name)s og %(contact)s")
        if agreed is not None:
            meta = translate(
                language, N_("De skulle møtes %(day)s. Noter hvordan det gikk."), day=date_day_month(agreed, language)
            )  # fmt: skip
        else:
            meta = translate(
                language, N_("Avtal når de begynner.") if row["met"] else N_("Avtal det første møtet.")
            )
        since = row["created_at"].astimezone(OSLO).date()
        found.append(
            await _item(
                uow, N_("Første møte"), (row["id"], row["case_id"], row["contact_id"]), (title, meta), since
            )
        )
    return [one for one in found if one is not None]


async def _stopping(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Contacts who have said that they want to stop, and whom nobody has rung."""
    found = []
    for one in await stop_wishes(uow):
        reason = CONTACT_REASONS.get(one.stop_wish_reason)
        meta = translate(language, reason) if reason else ""
        title = N_("%(contact)s vil slutte hos %(name)s")
        ids = (one.id, one.case_id, one.contact_id)
        found.append(await _item(uow, N_("Vil slutte"), ids, (title, meta), one.stop_wish_on))
    return [one for one in found if one is not None]


async def _no_shows(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Meetings that come to nothing again and again."""
    found = []
    for run in await no_show_runs(uow):
        meta = translate(
            language, N_("Ikke noe av %(number)s møter på rad. Snakk med begge."), number=run.number
        )
        title = N_("%(name)s og %(contact)s møtes ikke")
        ids = (run.assignment_id, run.case_id, run.contact_id)
        found.append(await _item(uow, N_("Uteblitt"), ids, (title, meta), run.since))
    return [one for one in found if one is not None]


async def _plan_panel(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """What the two have agreed to do."""
    return {
        "plan": (await plans_of(uow, [assignment_id]))[assignment_id],
        "base": f"{uow.context.base_url}/oppdrag/{assignment_id}",
        "may_write": uow.context.may(Permission.ASSIGNMENT_WRITE),
    }


LIFE_TODAY = [
    TodaySource(Permission.ASSIGNMENT_WRITE, _to_begin),
    TodaySource(Permission.ASSIGNMENT_WRITE, _stopping),
    TodaySource(Permission.ASSIGNMENT_WRITE, _no_shows),
]
ASSIGNMENT_PANELS = [
    AssignmentPanel(Permission.ASSIGNMENT_READ, "assignments/plan_panel.html", 20, _plan_panel)
]
