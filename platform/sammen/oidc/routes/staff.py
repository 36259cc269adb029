"""The administrator's page for links between accounts and the municipality's own logins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.oidc.linking import NO_REQUEST, asking, link, links, unlink
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page

LINKS = N_("Koblinger til kommunens innlogging")
PATH = "/ansatte/koblinger"


async def _values(desk: Desk, code: str) -> dict[str, Any]:
    who = await asking(desk.uow, code) if code else None
    rows = await desk.uow.call("SELECT user_id, display_name FROM sammen.colleagues()")
    return {
        "who": who,
        "code": code,
        "rows": await links(desk.uow),
        "colleagues": [
            (str(row["user_id"]), row["display_name"])
            for row in rows
            if row["user_id"] != desk.context.user_id
        ],
        "here": desk.url(PATH),
        "current": "/ansatte",
        "crumbs": [(desk.say(N_("Ansatte")), desk.url("/ansatte")), (desk.say(LINKS), "")],
    }


@page("/k/{slug:str}/ansatte/koblinger", Permission.MEMBER_WRITE)
async def link_list(desk: Desk) -> Response[str]:
    """Links, and who asks with a code."""
    code = desk.query.get("kode", "")
    shown = await _values(desk, code)
    errors = {"kode": BadInput("kode", NO_REQUEST)} if code and shown["who"] is None else None
    return await desk.render(
        "oidc/links.html", title=desk.say(LINKS), errors=errors, values={"kode": code}, **shown
    )


@action("/k/{slug:str}/ansatte/koblinger", Permission.MEMBER_WRITE)
async def make_link(desk: Desk) -> Response[Any]:
    """Link who asked to a colleague's account."""
    code, shown = desk.form.text("kode"), await _values(desk, desk.form.text("kode"))
    try:
        try:
            user = UUID(desk.form.text("bruker"))
        except ValueError:
            raise Invalid.one("bruker", N_("Velg en ansatt fra lista.")) from None
        await link(desk.uow, code, user)
    except Invalid as bad:
        return await desk.again("oidc/links.html", bad, title=desk.say(LINKS), **shown)
    return desk.redirect(desk.url(PATH), flash=N_("Kontoen er koblet. Personen kan logge inn nå."))


@action("/k/{slug:str}/ansatte/koblinger/fjern", Permission.MEMBER_WRITE)
async def remove_link(desk: Desk) -> Response[Any]:
    """Remove a link, and end the sessions that came by it."""
    try:
        chosen = UUID(desk.form.text("kobling"))
    except ValueError:
        raise NotFound from None
    await unlink(desk.uow, chosen)
    return desk.redirect(
        desk.url(PATH), flash=N_("Koblingen er fjernet, og innloggingene med den er avsluttet.")
    )


HANDLERS = [link_list, make_link, remove_link]
