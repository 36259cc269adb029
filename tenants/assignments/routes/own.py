"""One's own pages: what waits, a contact's assignments, a service user's or representative's decision and contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from tenants.assignments import life_views, views
from tenants.assignments.meetings import KINDS, meetings_of
from tenants.assignments.own import contacts_of, own_assignments, services_of
from tenants.assignments.plan import plans_of
from tenants.cases.api import FORM_NAMES, own_view, readers_of
from tenants.people.api import person_of_user, wards_of_user

OWN = N_("Min side")
READERS_SHOWN = 10
FIRST = 20
"""Panels up to this order are asked of the reader now, and stand above their assignments; the others below."""


async def _own_person(desk: Desk, person_id: UUID) -> dict[str, Any] | None:
    """What the reader sees of themselves, or of somebody they act for, as far as the age rules let them (own_view).

    None when there is nothing: a contact or representative who receives no service, a parent of somebody who is 18.
    """
    uow = desk.uow
    person, view = await own_view(uow, person_id)
    seen = view.whole | view.outline
    services = [s for s in await services_of(uow, person_id) if view.itself or s.case_id in seen]
    if not services and (view.itself or not seen):
        return None
    contacts = await contacts_of(uow, person_id)
    return {
        "person": person,
        "own": view.itself,
        "services": [
            (s, desk.say(FORM_NAMES[s.form]), views.extent(s.amount, s.unit, desk.language),
             [c for c in contacts if c.grant_id == s.grant_id], s.case_id not in view.outline)
            for s in services
        ],
        "story": desk.url(f"/historie/{person_id}") if seen else "",
        "log": view.log,
        "readers": await readers_of(uow, person_id, most=READERS_SHOWN, but=uow.context.user_id) if view.log else [],
    }  # fmt: skip


# One's own page -------------------------------------------------------------------------------------------------------
@page("/min/{slug:str}", Permission.OWN_READ)
async def own_page(desk: Desk) -> Response[str]:
    """A contact's assignments; a service user's or representative's decision, contact and who has read."""
    uow, language = desk.uow, desk.language
    assignments = await own_assignments(uow)
    own = await person_of_user(uow)
    wards = dict.fromkeys([*([own] if own else []), *await wards_of_user(uow)])
    people = [shown for one in wards if (shown := await _own_person(desk, one)) is not None]
    panels = [
        (panel.order <= FIRST, panel.template, values)
        for panel in sorted(desk.house.contributions.own_panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow)) is not None
    ]
    # Two reasons: the one who is read about should see whether it was their contact or themselves and their own.
    if assignments:
        await record_read(uow, "own.read", [a.person_id for a in assignments], why=N_("Så på oppdraget sitt"))
    if people:
        await record_read(uow, "own.read", [p["person"].id for p in people], why=N_("Leste sin egen side"))
    shown_plans = [c.assignment_id for shown in people for service in shown["services"] for c in service[3]]
    plans = await plans_of(uow, shown_plans)
    meetings: dict[UUID, list[tuple[str, str]]] = {}
    for meeting in await meetings_of(uow, [a.id for a in assignments if not a.suspended]):
        if meeting.state == "agreed":
            line = (desk.say(KINDS[meeting.kind]), life_views.meeting_line(meeting, language))
            meetings.setdefault(meeting.assignment_id, []).append(line)
    return await desk.render(
        "assignments/own.html",
        title=desk.say(OWN),
        current="",
        assignments=[
            (a, desk.say(FORM_NAMES[a.form]), views.extent(a.amount, a.unit, language)) for a in assignments
        ],
        people=people,
        plans=plans,
        meetings=meetings,
        suspended=any(a.suspended for a in assignments),
        first=[(template, values) for first, template, values in panels if first],
        then=[(template, values) for first, template, values in panels if not first],
        base=desk.url(),
        may_register=desk.context.may(Permission.HOURS_REGISTER),
        first_name=desk.context.user_name.split(" ")[0],
    )


HANDLERS = [own_page]
