"""The contact's own page of their load: the light, the switch, and hours stated instead."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal, parse_decimal
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader
from shared_pool.load.service import own_light, show_light, switch_light
from shared_pool.load.words import COLOURS, own_words
from tenants.api import own_contact, state_hours, stated_hours

TITLE = N_("Hvor mye jeg jobber")


async def _values(desk: Desk) -> dict[str, Any]:
    contact_id = await own_contact(desk.uow)
    light = await own_light(desk.uow, contact_id) if contact_id is not None else None
    stated = await stated_hours(desk.uow, contact_id) if contact_id is not None else None
    return {
        "current": "/belastning",
        "contact": contact_id,
        "light": light,
        "words": own_words(light, desk.language),
        "colours": {colour: desk.say(name) for colour, name in COLOURS.items()},
        "stated": stated,
        "base": desk.url("/belastning"),
        "home": desk.url(),
    }


@page("/min/{slug:str}/belastning", Permission.CONTACT_OWN)
async def own_load(desk: Desk) -> Response[str]:
    """The light, as its contact sees it first, or the hours they state instead."""
    shown = await _values(desk)
    values = {"timer": format_decimal(shown["stated"].hours) if shown["stated"] else ""}
    return await desk.render("load/own.html", title=desk.say(TITLE), values=values, **shown)


async def _refused(desk: Desk, bad: Invalid) -> Response[str]:
    shown = await _values(desk)
    return await desk.again("load/own.html", bad, title=desk.say(TITLE), **shown)


@action("/min/{slug:str}/belastning/lys", Permission.CONTACT_OWN)
async def switch(desk: Desk) -> Response[Any]:
    """Switch the light on or off, by the button that was pressed."""
    on = desk.form.text("gjor") == "paa"
    try:
        await switch_light(desk.uow, on=on)
    except Invalid as bad:
        return await _refused(desk, bad)
    flash = N_("Lyset er på. Du ser det her først.") if on else N_("Lyset er av. Alt om det er slettet.")
    return desk.redirect(desk.url("/belastning"), flash=flash)


@action("/min/{slug:str}/belastning/vis", Permission.CONTACT_OWN)
async def show(desk: Desk) -> Response[Any]:
    """Let the coordinator see the colour one has seen."""
    await show_light(desk.uow, desk.form.text("lys"))
    return desk.redirect(desk.url("/belastning"), flash=N_("Koordinatoren kan nå se lyset."))


@action("/min/{slug:str}/belastning", Permission.CONTACT_OWN)
async def state(desk: Desk) -> Response[Any]:
    """Keep the hours one states, or take them back."""
    contact_id = await own_contact(desk.uow)
    if contact_id is None:
        raise NotFound
    reader = Reader(desk.form)
    hours = reader.take("timer", lambda text: parse_decimal(text, field="timer"))
    try:
        reader.done()
        await state_hours(desk.uow, contact_id, hours)
    except Invalid as bad:
        return await _refused(desk, bad)
    return desk.redirect(
        desk.url("/belastning"),
        flash=N_("Timene er lagret.") if hours is not None else N_("Timene er tatt bort."),
    )


HANDLERS = [own_load, switch, show, state]
