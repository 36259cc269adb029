"""The team's log: read, search, write, correct one's own."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.clock import today
from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from sammen.web.render import with_query
from tenants.followups import forms
from tenants.followups.log import THEMES, change_entry, drop_entry, entries, entry_card, write_entry
from tenants.followups.views import FOLLOW_UP, tabs

LOG = N_("Teamlogg")
PATH = "/oppfolging/teamlogg"


async def _list_values(desk: Desk) -> dict[str, Any]:
    text, theme, number = desk.query.get("q", "").strip(), desk.query.get("emne", ""), page_number(desk.query)
    found, total = await entries(desk.uow, text=text, theme=theme, page=number)
    chips = []
    if theme in THEMES:
        chips.append((desk.say(THEMES[theme]), with_query(dict(desk.query), emne=None, side=None)))
    if text:
        chips.append((f"«{text}»", with_query(dict(desk.query), q=None, side=None)))
    return {
        "current": "/oppfolging",
        "tabs": tabs(desk, PATH),
        "found": found,
        "total": total,
        "number": number,
        "last": last_page(total),
        "page_size": PAGE_SIZE,
        "chips": chips,
        "wanted": {"q": text, "emne": theme},
        "themes": desk.options(THEMES),
        "theme_names": {value: desk.say(name) for value, name in THEMES.items()},
        "may_write": desk.context.may(Permission.FOLLOWUP_WRITE),
        "reader": desk.context.user_id,
        "base": desk.url(PATH),
    }


@page("/k/{slug:str}/oppfolging/teamlogg", Permission.FOLLOWUP_READ)
async def show_list(desk: Desk) -> Response[str]:
    """What the team has learned, newest first."""
    values = {"dag": date_short(today())}
    return await desk.render(
        "followups/log.html", title=desk.say(LOG), values=values, **await _list_values(desk)
    )


@action("/k/{slug:str}/oppfolging/teamlogg", Permission.FOLLOWUP_WRITE)
async def write(desk: Desk) -> Response[Any]:
    """Add to it."""
    shown = await _list_values(desk)
    try:
        await write_entry(desk.uow, forms.read_entry(desk.form))
    except Invalid as bad:
        return await desk.again("followups/log.html", bad, title=desk.say(LOG), **shown)
    return desk.redirect(shown["base"], flash=N_("Notatet står i teamloggen."))


async def _own_values(desk: Desk) -> dict[str, Any]:
    card = await entry_card(desk.uow, desk.path_uuid("team_log_entry_id"))
    if card.written_by != desk.context.user_id:
        raise Forbidden(N_("Bare den som skrev notatet, kan endre det."))
    return {
        "current": "/oppfolging",
        "crumbs": [(desk.say(FOLLOW_UP), desk.url("/oppfolging")), (desk.say(LOG), desk.url(PATH)),
                   (desk.say(N_("Endre notatet")), "")],
        "card": card,
        "themes": desk.options(THEMES),
        "action": desk.url(f"{PATH}/{card.id}"),
        "back": desk.url(PATH),
    }  # fmt: skip


@page("/k/{slug:str}/oppfolging/teamlogg/{team_log_entry_id:uuid}", Permission.FOLLOWUP_WRITE)
async def show(desk: Desk) -> Response[str]:
    """One's own entry, to correct it."""
    shown = await _own_values(desk)
    card = shown["card"]
    values = {
        "dag": date_short(card.noted_on),
        "emne": card.theme,
        "tekst": card.text,
        "versjon": str(card.version),
    }
    return await desk.render("followups/entry.html", title=desk.say(LOG), values=values, **shown)


@action("/k/{slug:str}/oppfolging/teamlogg/{team_log_entry_id:uuid}", Permission.FOLLOWUP_WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Keep what was corrected."""
    shown = await _own_values(desk)
    try:
        await change_entry(
            desk.uow, shown["card"].id, forms.read_entry(desk.form), version=version_of(desk.form)
        )
    except Invalid as bad:
        return await desk.again("followups/entry.html", bad, title=desk.say(LOG), **shown)
    return desk.redirect(shown["back"], flash=N_("Notatet er endret."))


@action("/k/{slug:str}/oppfolging/teamlogg/{team_log_entry_id:uuid}/fjern", Permission.FOLLOWUP_WRITE)
async def drop(desk: Desk) -> Response[Any]:
    """Take it away."""
    await drop_entry(desk.uow, desk.path_uuid("team_log_entry_id"))
    return desk.redirect(desk.url(PATH), flash=N_("Notatet er fjernet."))


HANDLERS = [show_list, write, show, change, drop]
