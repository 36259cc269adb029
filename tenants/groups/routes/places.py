"""Pages of one place in a group: what the leaders must know, a trial's answer, an offer to who waits. HTTP in, page or
redirect out.
"""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.groups import forms, views
from tenants.groups.people import Participant, place_card
from tenants.groups.places import change_place, offer_place, take_up
from tenants.groups.queries import group_card

PLACE = "/k/{slug:str}/grupper/{group_id:uuid}/deltakere/{place_id:uuid}"


async def _values(desk: Desk) -> tuple[Participant, dict[str, Any]]:
    """The place, what its page shows, and the access log's row. Raises NotFound."""
    group = await group_card(desk.uow, desk.path_uuid("group_id"))
    one = await place_card(desk.uow, group.id, desk.path_uuid("place_id"))
    await record_read(
        desk.uow, "group.place_read", [one.person_id], why=N_("Så på plassen i gruppa"), object_kind="group_place",
        object_id=one.place_id,
    )  # fmt: skip
    back = desk.url(f"/grupper/{group.id}")
    return one, {
        "current": "/grupper",
        "crumbs": [(desk.say(N_("Grupper")), desk.url("/grupper")), (group.name, back), (one.name, "")],
        "one": one,
        "group": group,
        "standing": views.standing(one, desk.language),
        "states": desk.options({code: forms.STATES[code] for code in ("member", "trial")}),
        "base": f"{back}/deltakere/{one.place_id}",
        "back": back,
        "case": desk.url(f"/saker/{one.case_id}") if desk.context.may(Permission.CASE_READ) else "",
    }


def _first(one: Participant) -> dict[str, Any]:
    return {
        "behov": one.needs, "nodnummer": one.emergency, "egen_kontakt": "ja" if one.with_contact else "",
        "fortsetter": "ja" if one.stays else "", "sagt_ja": one.cross_yes_by, "slag": "member", "prove_til": "",
    }  # fmt: skip


@page(PLACE, Permission.ASSIGNMENT_WRITE)
async def show_place(desk: Desk) -> Response[str]:
    """One participant's place: needs, emergency number, and what may be done."""
    one, shown = await _values(desk)
    return await desk.render("groups/place.html", title=one.name, values=_first(one), **shown)


@action(PLACE, Permission.ASSIGNMENT_WRITE)
async def save_place(desk: Desk) -> Response[Any]:
    """Keep what the leaders must know on the day."""
    one, shown = await _values(desk)
    try:
        version = version_of(desk.form)
        await change_place(
            desk.uow, one.group_id, one.place_id, forms.read_change(desk.form), version=version
        )
    except Invalid as bad:
        return await desk.again("groups/place.html", bad, title=one.name, **shown)
    return desk.redirect(shown["back"], flash=N_("Det er lagret. Gruppelederne leser det på dagen."))


@action(f"{PLACE}/plass", Permission.ASSIGNMENT_WRITE)
async def give(desk: Desk) -> Response[Any]:
    """Somebody in line, or on trial, gets the place."""
    one, shown = await _values(desk)
    try:
        state, trial_to = forms.read_taking_up(desk.form)
        await take_up(desk.uow, one.group_id, one.place_id, state=state, trial_to=trial_to)
    except Invalid as bad:
        values = {**_first(one), **desk.form.values()}
        return await desk.render(
            "groups/place.html", title=one.name, status=422, errors=bad.errors, values=values, **shown
        )
    return desk.redirect(shown["back"], flash=N_("Deltakeren har fått plass i gruppa."))


@action(f"{PLACE}/tilby", Permission.ASSIGNMENT_WRITE)
async def offer(desk: Desk) -> Response[Any]:
    """Offer a free place to who has waited longest."""
    one, shown = await _values(desk)
    try:
        await offer_place(desk.uow, one.group_id, one.place_id)
    except Invalid as bad:
        return await desk.render(
            "groups/place.html", title=one.name, status=422, errors=bad.errors, values=_first(one), **shown
        )
    return desk.redirect(
        shown["back"], flash=N_("Plassen er tilbudt. De svarer på sin egen side, eller ringer deg.")
    )


HANDLERS = [show_place, save_place, give, offer]
