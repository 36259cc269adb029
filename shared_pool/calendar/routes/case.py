"""The list of what fits a person, to print and take along: from their case, and on their own pages."""

from __future__ import annotations

from litestar import Response

from sammen.audit.trail import record_read
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from shared_pool.calendar.of_person import cards, fits_of_case, fits_of_oneself, public_path
from shared_pool.calendar.queries import where
from tenants.api import case_card, person_card

TITLE = N_("Aktiviteter som kan passe")


@page("/k/{slug:str}/saker/{case_id:uuid}/aktiviteter", Permission.CASE_READ)
async def of_case(desk: Desk) -> Response[str]:
    """What fits whose case it is, for the next weeks."""
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    person = await person_card(desk.uow, case.person_id)
    at = await where(desk.uow)
    fits = await fits_of_case(desk.uow, case.id) if at is not None else []
    rows = await cards(desk.uow, fits or []) if at is not None else []
    public = await public_path(desk.uow) if at is not None else ""
    url = desk.url(f"/saker/{case.id}")
    await record_read(desk.uow, "case.read", [case.person_id], why=N_("Aktiviteter som kan passe"))
    return await desk.render(
        "calendar/of_case.html", title=desk.say(TITLE), current="/saker", person=person, rows=rows, mapped=fits is not None,
        public=public, case_url=url,
        crumbs=[(desk.say(N_("Saker")), desk.url("/saker")), (person.name, url), (desk.say(TITLE), "")],
    )  # fmt: skip


@page("/min/{slug:str}/aktiviteter", Permission.OWN_READ)
async def of_oneself(desk: Desk) -> Response[str]:
    """What fits oneself."""
    at = await where(desk.uow)
    fits = await fits_of_oneself(desk.uow) if at is not None else None
    rows = await cards(desk.uow, fits or []) if at is not None else []
    public = await public_path(desk.uow) if at is not None else ""
    return await desk.render("calendar/own_list.html", title=desk.say(TITLE), rows=rows, public=public)


HANDLERS = [of_case, of_oneself]
