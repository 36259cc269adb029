"""The administrator's pages for staff and their roles."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.members import service
from sammen.members.service import STAFF, Held, Member
from sammen.norwegian import format_date, parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader

TITLE, INVITE = N_("Ansatte"), N_("Inviter en ansatt")
EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\]+")


def _role(desk: Desk, held: Held) -> dict[str, Any]:
    """A role and its days in words."""
    name = desk.say(STAFF[held.role])
    first, last = format_date(held.valid_from), format_date(held.valid_to) if held.valid_to else ""
    match held.state:
        case "later":
            days = desk.say(N_("fra %(first)s"), first=first)
        case "over":
            days = desk.say(N_("til %(last)s"), last=last)
        case _:
            days = (
                desk.say(N_("til %(last)s"), last=last)
                if last
                else desk.say(N_("siden %(first)s"), first=first)
            )
    return {"code": held.role, "name": name, "days": days, "state": held.state, "ends": last}


def _row(desk: Desk, one: Member) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "login": one.login,
        "url": desk.url(f"/ansatte/{one.id}"),
        "roles": [_role(desk, held) for held in one.current],
        "former": [_role(desk, held) for held in one.roles if held.state == "over"],
        "has_app": one.has_app,
        "has_password": one.has_password,
        "sessions": one.open_sessions,
        "me": one.id == desk.context.user,
    }


@page("/k/{slug:str}/ansatte", Permission.MEMBER_READ)
async def list_members(desk: Desk) -> Response[str]:
    """Who has a role here, until when, and who has been invited."""
    found = await service.members(desk.uow)
    waiting = [
        {"id": one.id, "name": one.name, "login": one.login, "role": desk.say(STAFF[one.role]), "made": one.made_at,
         "until": one.expires_at, "over": one.run_out}
        for one in await service.invitations(desk.uow)
    ]  # fmt: skip
    return await desk.render(
        "members/list.html", title=desk.say(TITLE), current="/ansatte",
        members=[_row(desk, one) for one in found if one.current],
        former=[_row(desk, one) for one in found if not one.current], invitations=waiting, base=desk.url("/ansatte"),
        may_change=desk.context.may(Permission.MEMBER_WRITE),
    )  # fmt: skip


def _crumbs(desk: Desk, last: str) -> list[tuple[str, str]]:
    return [(desk.say(TITLE), desk.url("/ansatte")), (last, "")]


@page("/k/{slug:str}/ansatte/ny", Permission.MEMBER_WRITE)
async def invite_form(desk: Desk) -> Response[str]:
    """Offer somebody a role here."""
    return await desk.render(
        "members/invite.html", title=desk.say(INVITE), current="/ansatte", crumbs=_crumbs(desk, desk.say(INVITE)),
        roles=desk.options(STAFF), action=desk.url("/ansatte/ny"), base=desk.url("/ansatte"), values={},
    )  # fmt: skip


@action("/k/{slug:str}/ansatte/ny", Permission.MEMBER_WRITE)
async def invite(desk: Desk) -> Response[Any]:
    """Send the link."""
    reader = Reader(desk.form)
    name = reader.text("navn", required=N_("Skriv navnet."), most=120)
    login = reader.text("epost", required=N_("Skriv e-postadressen på jobb."), most=200)
    if login and not EMAIL.fullmatch(login):
        reader.fail("epost", N_("Skriv en e-postadresse, som navn@eksempel.no."))
    roles = reader.choices("roller", STAFF)
    if not roles:
        reader.fail("roller", N_("Velg minst én rolle."))
    until = reader.take("til", lambda text: parse_date(text, field="til"))
    if until is not None and until < today():
        reader.fail("til", N_("Siste dag har vært. Skriv i dag eller senere."))
    try:
        reader.done()
        await service.invite(desk.uow, login, name, roles, until, desk.house.settings.address)
    except Invalid as bad:
        return await desk.again(
            "members/invite.html", bad, title=desk.say(INVITE), current="/ansatte", crumbs=_crumbs(desk, desk.say(INVITE)),
            roles=desk.options(STAFF), action=desk.url("/ansatte/ny"), base=desk.url("/ansatte"),
        )  # fmt: skip
    return desk.redirect(desk.url("/ansatte"), flash=N_("Invitasjonen er sendt. Lenken gjelder i en uke."))


@action("/k/{slug:str}/ansatte/invitasjon/{account_link_id:uuid}/trekk", Permission.MEMBER_WRITE)
async def withdraw(desk: Desk) -> Response[Any]:
    """Take an offer back."""
    await service.withdraw(desk.uow, desk.path_uuid("account_link_id"))
    return desk.redirect(desk.url("/ansatte"), flash=N_("Invitasjonen er trukket tilbake."))


async def _values(desk: Desk, user_id: UUID) -> dict[str, Any]:
    one = await service.member(desk.uow, user_id)
    return {
        "title": one.name,
        "current": "/ansatte",
        "crumbs": _crumbs(desk, one.name),
        "member": _row(desk, one),
        "roles": desk.options(STAFF),
        "may_change": desk.context.may(Permission.MEMBER_WRITE),
        "base": desk.url("/ansatte"),
    }


@page("/k/{slug:str}/ansatte/{user_account_id:uuid}", Permission.MEMBER_READ)
async def show_member(desk: Desk) -> Response[str]:
    """One colleague: roles, days, and how they log in."""
    shown = await _values(desk, desk.path_uuid("user_account_id"))
    return await desk.render("members/member.html", values={"fra": format_date(today())}, **shown)


@action("/k/{slug:str}/ansatte/{user_account_id:uuid}/rolle", Permission.MEMBER_WRITE)
async def grant(desk: Desk) -> Response[Any]:
    """Give a role for a time."""
    user_id = desk.path_uuid("user_account_id")
    shown, reader = await _values(desk, user_id), Reader(desk.form)
    role = reader.choice("rolle", STAFF, required=N_("Velg en rolle."))
    first = reader.take("fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv første dag."))
    last = reader.take("til", lambda text: parse_date(text, field="til"))
    try:
        reader.done()
        assert first is not None
        await service.grant(desk.uow, user_id, role, first, last)
    except Invalid as bad:
        return await desk.again("members/member.html", bad, **shown)
    return desk.redirect(shown["member"]["url"], flash=N_("Rollen er gitt."))


@action("/k/{slug:str}/ansatte/{user_account_id:uuid}/rolle/fjern", Permission.MEMBER_WRITE)
async def revoke(desk: Desk) -> Response[Any]:
    """Take a role away: gone at the next click."""
    user_id = desk.path_uuid("user_account_id")
    shown = await _values(desk, user_id)
    try:
        await service.revoke(desk.uow, user_id, desk.form.text("rolle"))
    except Invalid as bad:
        return await desk.again("members/member.html", bad, **shown)
    return desk.redirect(desk.url("/ansatte"), flash=N_("Rollen er tatt bort."))


@action("/k/{slug:str}/ansatte/{user_account_id:uuid}/ut", Permission.MEMBER_WRITE)
async def put_out(desk: Desk) -> Response[Any]:
    """End what they are logged in to; if ticked, take the code app away as well."""
    user_id = desk.path_uuid("user_account_id")
    shown, factor = await _values(desk, user_id), desk.form.text("kodeapp") == "ja"
    try:
        await service.put_out(desk.uow, user_id, factor=factor, why=desk.form.text("grunn")[:400])
    except Invalid as bad:
        return await desk.again("members/member.html", bad, **shown)
    flash = (
        N_("Kodeappen er nullstilt, og personen har fått beskjed.")
        if factor
        else N_("Personen er logget ut alle steder.")
    )
    return desk.redirect(shown["member"]["url"], flash=flash)


HANDLERS = [list_members, invite_form, invite, withdraw, show_member, grant, revoke, put_out]
