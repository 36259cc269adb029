"""A contact's own assignment on the phone: the agreed meeting, the plan, a meeting that came to nothing, wanting to stop."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.assignments import forms, life_views
from tenants.assignments.meetings import KINDS, meetings_of
from tenants.assignments.noshows import no_shows_of, note_own_no_show
from tenants.assignments.own import own_assignment
from tenants.assignments.pausing import pauses_of
from tenants.assignments.plan import add_own_item, mark_own_item, plans_of
from tenants.assignments.stopping import CONTACT_REASONS, wish_to_stop, wished_on

OWN_WHO = {"user": N_("Den jeg skulle møte"), "contact": N_("Jeg")}


async def _values(desk: Desk) -> dict[str, Any]:
    """What the page shows, and the access log's row. NotFound for an assignment that is not the reader's own."""
    uow = desk.uow
    _, own = await own_assignment(uow, desk.path_uuid("assignment_id"))
    await record_read(
        uow,
        "own.read",
        [own.person_id],
        why=N_("Så på oppdraget sitt"),
        object_kind="assignment",
        object_id=own.id,
    )
    agreed = [one for one in await meetings_of(uow, [own.id]) if one.state == "agreed"]
    return {
        "own": own,
        "agreed": [
            (desk.say(KINDS[one.kind]), life_views.meeting_line(one, desk.language)) for one in agreed
        ],
        "pauses": [
            life_views.pause_line(one, desk.language)
            for one in await pauses_of(uow, [own.id])
            if not one.over
        ],
        "no_shows": await no_shows_of(uow, [own.id]),
        "plan": (await plans_of(uow, [own.id]))[own.id],
        "wished_on": await wished_on(uow, own.id),
        "who": desk.options(OWN_WHO),
        "who_names": {value: desk.say(name) for value, name in OWN_WHO.items()},
        "told": desk.options(forms.TOLD),
        "reasons": desk.options(CONTACT_REASONS),
        "over": own.state == "ended",
        "begun": own.begun,
        "base": desk.url(f"/oppdrag/{own.id}"),
        "plan_url": desk.url(f"/plan/{own.id}"),
        "place": desk.url(),
    }


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(N_("Oppdraget hos %(name)s"), name=shown["own"].given_name)


@page("/min/{slug:str}/oppdrag/{assignment_id:uuid}", Permission.CONTACT_OWN)
async def show_own(desk: Desk) -> Response[str]:
    """One's own assignment."""
    shown = await _values(desk)
    values = {"ute_dag": today().isoformat(), "ute_hvem": "", "ute_sagt": "", "ute_ord": "", "slutt_grunn": "",
              "slutt_ord": ""}  # fmt: skip
    return await desk.render(
        "assignments/own_assignment.html", title=_title(desk, shown), values=values, **shown
    )


@action("/min/{slug:str}/oppdrag/{assignment_id:uuid}/uteblitt", Permission.CONTACT_OWN)
async def own_no_show(desk: Desk) -> Response[Any]:
    """Note that a meeting came to nothing."""
    shown = await _values(desk)
    try:
        await note_own_no_show(desk.uow, shown["own"].id, forms.read_no_show(desk.form))
    except Invalid as bad:
        return await desk.again("assignments/own_assignment.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(shown["base"], flash=N_("Det er notert. Koordinatoren ser det."))


@action("/min/{slug:str}/oppdrag/{assignment_id:uuid}/slutte", Permission.CONTACT_OWN)
async def own_stop(desk: Desk) -> Response[Any]:
    """Say that one wants to stop: it ends nothing by itself."""
    shown = await _values(desk)
    try:
        await wish_to_stop(desk.uow, shown["own"].id, *forms.read_stop_wish(desk.form))
    except Invalid as bad:
        return await desk.again("assignments/own_assignment.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(
        shown["base"],
        flash=N_("Koordinatoren har fått beskjed og ringer deg. Oppdraget går videre til dere er enige."),
    )


# The plan -------------------------------------------------------------------------------------------------------------
@page("/min/{slug:str}/plan/{assignment_id:uuid}", Permission.CONTACT_OWN)
async def show_plan(desk: Desk) -> Response[str]:
    """What the two have agreed to do, to tick off and add to."""
    shown = await _values(desk)
    values = {"hva": "", "naar": ""}
    return await desk.render(
        "assignments/own_plan.html", title=desk.say(N_("Planen")), values=values, **shown
    )


@action("/min/{slug:str}/plan/{assignment_id:uuid}/punkt", Permission.CONTACT_OWN)
async def add_to_plan(desk: Desk) -> Response[Any]:
    """One more thing they want to do."""
    shown = await _values(desk)
    try:
        await add_own_item(desk.uow, shown["own"].id, *forms.read_item(desk.form))
    except Invalid as bad:
        return await desk.again("assignments/own_plan.html", bad, title=desk.say(N_("Planen")), **shown)
    return desk.redirect(shown["plan_url"], flash=N_("Det er lagt til i planen."))


@action("/min/{slug:str}/plan/{assignment_id:uuid}/punkt/{activity_item_id:uuid}", Permission.CONTACT_OWN)
async def tick(desk: Desk) -> Response[Any]:
    """Tick off, or take the tick back, as the button said."""
    _, own = await own_assignment(desk.uow, desk.path_uuid("assignment_id"))
    done = desk.form.text("gjor") == "ferdig"
    await mark_own_item(desk.uow, own.id, desk.path_uuid("activity_item_id"), done=done)
    flash = N_("Bra! Det er krysset av.") if done else N_("Krysset er tatt bort.")
    return desk.redirect(desk.url(f"/plan/{own.id}"), flash=flash)


HANDLERS = [show_own, own_no_show, own_stop, show_plan, add_to_plan, tick]
