"""What the slice adds to shared pages: its menu line, what waits on one's own page, and on an assignment's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import AssignmentPanel, MenuEntry, OwnPanel
from tenants.assignments.api import own_assignments
from tenants.attestation.who import own_to_attest
from tenants.timesheets.api import lines_to_attest

MENU = [MenuEntry(PlaceKind.OWN, Permission.HOURS_ATTEST, N_("Timer å bekrefte"), "/bekreft", 15)]


async def _own(uow: UnitOfWork) -> dict[str, Any] | None:
    """How many hours wait for the signed-in person's yes."""
    _, assignments = await own_to_attest(uow)
    if not assignments:
        return None
    found = await lines_to_attest(uow, [one.assignment_id for one in assignments])
    if not found:
        return None
    return {
        "lines": len(found),
        "hours": sum(line.hours for line in found),
        "url": f"{uow.context.base_url}/bekreft",
    }


async def _of_contact(uow: UnitOfWork) -> dict[str, Any] | None:
    """A contact's own hours that nobody has attested: they can be, on the contact's phone."""
    own = {one.id: one for one in await own_assignments(uow)}
    if not own:
        return None
    counts: dict[UUID, int] = {}
    for line in await lines_to_attest(uow, list(own)):
        counts[line.assignment_id] = counts.get(line.assignment_id, 0) + 1
    if not counts:
        return None
    base = f"{uow.context.base_url}/timer"
    return {
        "waiting": [(own[one].given_name, number, f"{base}/{one}/kode") for one, number in counts.items()]
    }


async def _of_assignment(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """Sent hours that nobody has attested, with the way to note a list on paper."""
    found = await lines_to_attest(uow, [assignment_id])
    if not found:
        return None
    return {
        "lines": len(found),
        "oldest": min(line.worked_on for line in found),
        "url": f"{uow.context.base_url}/oppdrag/{assignment_id}/bekreftelse",
        "may": uow.context.may(Permission.TIMESHEET_APPROVE),
    }


OWN_PANELS = [
    OwnPanel(Permission.HOURS_ATTEST, "attestation/own_panel.html", 5, _own),
    OwnPanel(Permission.HOURS_REGISTER, "attestation/contact_panel.html", 30, _of_contact),
]
ASSIGNMENT_PANELS = [
    AssignmentPanel(Permission.TIMESHEET_READ, "attestation/assignment_panel.html", 12, _of_assignment)
]
