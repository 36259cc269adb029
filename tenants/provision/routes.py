"""The municipality's own rules for contacts, hours and pay; and what its letters and logins are like."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.provision import place, ruling
from tenants.provision.tabs import rules_tabs

RULES = N_("Regler for oppdrag, timer og lønn")
PLACE = N_("Brev og innlogging")
PLACE_URL = "/regler/kommunen"


@page("/k/{slug:str}/regler/utforer", Permission.RULES_WRITE)
async def show_rules(desk: Desk) -> Response[str]:
    """The rules in force, what each means, and a form for new ones."""
    shown = await ruling.rules_page(desk)
    values = ruling.first_values(shown["rules"])
    return await desk.render("provision/rules.html", title=desk.say(RULES), values=values, **shown)


@action("/k/{slug:str}/regler/utforer", Permission.RULES_WRITE)
async def save_rules(desk: Desk) -> Response[Any]:
    """Set new rules from a day on."""
    shown = await ruling.rules_page(desk)
    try:
        since, rules = ruling.read_rules(desk.form)
        await ruling.set_rules(desk.uow, since, rules)
    except Invalid as bad:
        return await desk.again("provision/rules.html", bad, title=desk.say(RULES), **shown)
    return desk.redirect(shown["action"], flash=N_("Reglene gjelder fra %(day)s."), day=format_date(since))


def _place_values(desk: Desk) -> dict[str, Any]:
    settings = desk.context.settings
    letters, letters_version = place.place_settings(settings, place.LETTERS)
    levels, levels_version = place.place_settings(settings, place.LEVELS)
    asked = place.asked_of(levels)
    return {
        "current": "/regler",
        "tabs": rules_tabs(desk, PLACE_URL),
        "staff": place.level_fields(desk.say, "municipality"),
        "own": place.level_fields(desk.say, "own"),
        "level_names": place.level_names(desk.say),
        "asked": asked,
        "may_levels": desk.context.may(Permission.MEMBER_WRITE),
        "letters_action": desk.url(PLACE_URL),
        "levels_action": desk.url(PLACE_URL + "/innlogging"),
        "first": {
            "avdeling": str(letters.get("avdeling") or ""),
            "linjer": "\n".join(map(str, letters.get("linjer") or ())), **asked,
        },
        "versions": {"letters": str(letters_version), "levels": str(levels_version)},
    }  # fmt: skip


@page("/k/{slug:str}/regler/kommunen", Permission.RULES_WRITE)
async def show_place(desk: Desk) -> Response[str]:
    """Who the letters are from, and how surely each role is to be known."""
    return await desk.render(
        "provision/place.html", title=desk.say(PLACE), values={}, sent="", **_place_values(desk)
    )


async def _place_again(desk: Desk, bad: Invalid, sent: str) -> Response[Any]:
    """The page with the form that was sent (`letters`, `levels`) as it was typed, and the other one as it stands."""
    return await desk.again(
        "provision/place.html", bad, title=desk.say(PLACE), sent=sent, **_place_values(desk)
    )


@action("/k/{slug:str}/regler/kommunen", Permission.RULES_WRITE)
async def save_letters(desk: Desk) -> Response[Any]:
    """Keep who the letters are from."""
    try:
        department, lines = place.read_letters(desk.form)
        await place.set_letters(desk.uow, department, lines, version_of(desk.form))
    except Invalid as bad:
        return await _place_again(desk, bad, "letters")
    return desk.redirect(desk.url(PLACE_URL), flash=N_("Avsenderen er lagret. Den står i alle brev fra nå."))


@action("/k/{slug:str}/regler/kommunen/innlogging", Permission.MEMBER_WRITE)
async def save_levels(desk: Desk) -> Response[Any]:
    """Keep the least level of each role."""
    try:
        await place.set_levels(desk.uow, place.read_levels(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _place_again(desk, bad, "levels")
    return desk.redirect(desk.url(PLACE_URL), flash=N_("Reglene er lagret og gjelder fra neste klikk."))


HANDLERS = [show_rules, save_rules, show_place, save_letters, save_levels]
