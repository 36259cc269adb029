"""Forgotten passwords, and the links that letters carry."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.identity import links
from sammen.identity.passwords import check_password, words_of
from sammen.policy.roles import ROLE_NAMES
from sammen.web.desk import Desk
from sammen.web.door import public_action, public_page

FORGOTTEN, NEW, JOIN = N_("Glemt passord"), N_("Lag nytt passord"), N_("Du er invitert")


def network(desk: Desk) -> str:
    """Where on the net somebody comes from."""
    client = desk.request.client
    return client.host if client else ""


@public_page("/glemt")
async def forgotten_form(desk: Desk) -> Response[str]:
    """Ask for a link to make a new password."""
    return await desk.render("identity/forgotten.html", title=desk.say(FORGOTTEN), values={}, sent=False)


@public_action("/glemt")
async def forgotten(desk: Desk) -> Response[Any]:
    """The same answer, whoever asked for whom."""
    login, house = desk.form.text("brukernavn"), desk.house
    try:
        if not login:
            raise Invalid.one("brukernavn", N_("Skriv adressen du logger inn med."))
        await links.ask_reset(
            house.engine, house.keys, login, network(desk), house.settings.address, desk.request_id
        )
    except Invalid as bad:
        return await desk.again("identity/forgotten.html", bad, title=desk.say(FORGOTTEN), sent=False)
    return await desk.render("identity/forgotten.html", title=desk.say(FORGOTTEN), values={}, sent=True)


async def _page(desk: Desk, link: links.Link, bad: Invalid | None = None) -> Response[str]:
    role = next((desk.say(name) for code, name in ROLE_NAMES.items() if code == link.role), "")
    title = NEW if link.what == "reset" else JOIN
    return await desk.render(
        "identity/link.html", title=desk.say(title), status=422 if bad else 200, errors=bad.errors if bad else None,
        link=link, role=role, action=desk.path, values={},
    )  # fmt: skip


@public_page("/lenke/{token:str}")
async def show_link(desk: Desk) -> Response[str]:
    """What the link is for."""
    house = desk.house
    return await _page(
        desk,
        await links.look(
            house.engine, house.keys, str(desk.request.path_params["token"]), network(desk), desk.token_hash
        ),
    )


@public_action("/lenke/{token:str}")
async def use_link(desk: Desk) -> Response[Any]:
    """Set the password, and take the role that was offered. Then one logs in with it: a link is no login."""
    house, token = desk.house, str(desk.request.path_params["token"])
    link = await links.look(house.engine, house.keys, token, network(desk), desk.token_hash)
    if link.what == "claimed":
        return await _page(desk, link)
    chosen = ""
    if link.what == "reset" or not link.has_password:
        try:
            chosen = await check_password(
                desk.form.text("passord"), words_of(link.name, link.login, link.place, "sammen"),
                breached=house.settings.breached_file,
            )  # fmt: skip
        except Invalid as bad:
            return await _page(desk, link, bad)
    await links.use(house.engine, house.keys, token, chosen, desk.token_hash, desk.request_id)
    flash = (
        N_("Rollen er din. Logg inn.")
        if link.what == "join"
        else N_("Passordet er lagret. Logg inn med det.")
    )
    return desk.redirect("/logg-inn", flash=flash)


HANDLERS = [forgotten_form, forgotten, show_link, use_link]
