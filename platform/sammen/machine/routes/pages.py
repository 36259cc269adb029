"""The administrator's pages: which programs come in, what each may, and stopping one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.machine.document import TOKEN_PATH
from sammen.machine.models import SCOPES
from sammen.machine.routes.documents import SCOPE_NAMES, SCOPE_TEXTS
from sammen.machine.service import (
    LONGEST_DAYS,
    ProgramCard,
    ProgramFacts,
    change_program,
    confirm_program,
    end_program,
    end_secret,
    new_secret,
    parse_networks,
    program_card,
    programs,
    register_program,
    secrets_of,
)
from sammen.norwegian import format_date, parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader, version_of

TITLE = N_("Programmer")
LIST = "/k/{slug:str}/programmer"
ONE = "/k/{slug:str}/programmer/{program_client_id:uuid}"
WRITE, CONFIRM = Permission.CLIENT_WRITE, Permission.CLIENT_CONFIRM


def read_facts(desk: Desk) -> ProgramFacts:
    """The form as facts. Raises Invalid with every field's error."""
    reader = Reader(desk.form)
    name = reader.text("navn", required=N_("Skriv hva programmet heter."), most=80)
    purpose = reader.text("formaal", required=N_("Skriv hva kommunen bruker programmet til."), most=500)
    contact = reader.text("ansvarlig", required=N_("Skriv hvem som svarer for programmet."), most=200)
    until = reader.take("til", lambda text: parse_date(text, field="til"), required=N_("Velg siste dag."))
    scopes = reader.choices("tilganger", frozenset(SCOPES))
    if not scopes:
        reader.fail("tilganger", N_("Velg minst én ting programmet skal kunne gjøre."))
    networks: list[str] = []
    try:
        networks = parse_networks(desk.form.text("nett"))
    except Invalid as bad:
        found = bad.errors["nett"]
        reader.fail("nett", found.message, **found.params)
    reader.done()
    assert until is not None
    return ProgramFacts(name, purpose, contact, sorted(scopes), networks, until)


def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/programmer",
        "scopes": [(code, desk.say(SCOPE_NAMES[code]), desk.say(SCOPE_TEXTS[code])) for code in SCOPES],
        "base": desk.url("/programmer"),
    }


@page(LIST, CONFIRM)
async def show_list(desk: Desk) -> Response[str]:
    """Every program, the open ones first."""
    return await desk.render(
        "machine/list.html", title=desk.say(TITLE), current="/programmer", rows=await programs(desk.uow),
        may_write=desk.context.may(WRITE),
        names={code: desk.say(name) for code, name in SCOPE_NAMES.items()}, base=desk.url("/programmer"),
    )  # fmt: skip


@page(LIST + "/nytt", WRITE)
async def show_new(desk: Desk) -> Response[str]:
    """The form for a new program."""
    values = {"til": format_date(today() + timedelta(days=LONGEST_DAYS)), "tilganger": []}
    return await desk.render(
        "machine/form.html", title=desk.say(N_("Slipp inn et program")), values=values, card=None,
        crumbs=((desk.say(TITLE), desk.url("/programmer")), (desk.say(N_("Nytt program")), "")), **_form_values(desk),
    )  # fmt: skip


@action(LIST + "/nytt", WRITE)
async def register(desk: Desk) -> Response[Any]:
    """Register a program."""
    shown = _form_values(desk)
    try:
        made = await register_program(desk.uow, read_facts(desk))
    except Invalid as bad:
        return await desk.again(
            "machine/form.html", bad, title=desk.say(N_("Slipp inn et program")), card=None, **shown
        )
    return desk.redirect(
        desk.url(f"/programmer/{made}"),
        flash=N_(
            "Programmet er registrert. En annen enn deg må bekrefte det. Lag en hemmelighet til det imens."
        ),
    )


async def _one(desk: Desk) -> tuple[ProgramCard, dict[str, Any]]:
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    return card, {
        "current": "/programmer", "card": card, "secrets": await secrets_of(desk.uow, card.id),
        "scopes": [(desk.say(SCOPE_NAMES[code]), desk.say(SCOPE_TEXTS[code])) for code in card.scopes],
        "may_write": desk.context.may(WRITE), "own": card.scopes_by == desk.context.user,
        "lacking": [desk.say(SCOPE_NAMES[code]) for code in card.unconfirmed],
        "base": desk.url(f"/programmer/{card.id}"), "token": desk.house.settings.address + TOKEN_PATH,
        "crumbs": ((desk.say(TITLE), desk.url("/programmer")), (card.name, "")),
    }  # fmt: skip


@page(ONE, CONFIRM)
async def show_one(desk: Desk) -> Response[str]:
    """One program: what it may, its secrets, and when it was here last."""
    card, values = await _one(desk)
    return await desk.render("machine/one.html", title=card.name, secret="", **values)


@action(ONE, WRITE)
async def give_secret(desk: Desk) -> Response[Any]:
    """A new secret, shown on this page and nowhere else. Sent again, it leads to the page without it."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    secret = await new_secret(desk.uow, card.id)
    _, values = await _one(desk)
    return await desk.render("machine/one.html", title=card.name, secret=secret, **values)


@action(ONE + "/bekreft", CONFIRM)
async def confirm(desk: Desk) -> Response[Any]:
    """Confirm what another has given it."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    await confirm_program(desk.uow, card.id, version=version_of(desk.form))
    return desk.redirect(
        desk.url(f"/programmer/{card.id}"),
        flash=N_("Programmet er bekreftet. Det gjelder fra neste forespørsel."),
    )


@page(ONE + "/endre", WRITE)
async def show_change(desk: Desk) -> Response[str]:
    """The form for changing a program."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    values = {
        "navn": card.name, "formaal": card.purpose, "ansvarlig": card.contact, "tilganger": list(card.scopes),
        "nett": "\n".join(card.networks), "til": format_date(card.valid_to),
    }  # fmt: skip
    return await desk.render(
        "machine/form.html", title=desk.say(N_("Endre programmet")), values=values, card=card,
        crumbs=_crumbs(desk, card), **_form_values(desk),
    )  # fmt: skip


def _crumbs(desk: Desk, card: ProgramCard, last: str = N_("Endre")) -> tuple[tuple[str, str], ...]:
    return (
        (desk.say(TITLE), desk.url("/programmer")),
        (card.name, desk.url(f"/programmer/{card.id}")),
        (desk.say(last), ""),
    )


@action(ONE + "/endre", WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Change what a program is and may."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    shown = _form_values(desk)
    try:
        await change_program(desk.uow, card.id, read_facts(desk), version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(
            "machine/form.html", bad, title=desk.say(N_("Endre programmet")), card=card,
            crumbs=_crumbs(desk, card), **shown,
        )  # fmt: skip
    waits = (await program_card(desk.uow, card.id)).unconfirmed
    return desk.redirect(
        desk.url(f"/programmer/{card.id}"),
        flash=N_("Lagret. En annen enn deg må bekrefte det nye.")
        if waits
        else N_("Lagret. Det gjelder fra programmets neste forespørsel."),
    )


@action(ONE + "/hemmelighet", WRITE)
async def stop_secret(desk: Desk) -> Response[Any]:
    """End one of a program's secrets."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    try:
        chosen = UUID(desk.form.text("hemmelighet"))
    except ValueError:
        raise Invalid.one("hemmelighet", N_("Velg hvilken hemmelighet som skal stoppes.")) from None
    stopped = await end_secret(desk.uow, card.id, chosen)
    return desk.redirect(
        desk.url(f"/programmer/{card.id}"),
        flash=N_("Hemmeligheten er stoppet.") if stopped else N_("Hemmeligheten var stoppet fra før."),
    )


@page(ONE + "/steng", WRITE)
async def show_end(desk: Desk) -> Response[str]:
    """Are you sure?"""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    return await desk.render(
        "machine/end.html", title=desk.say(N_("Steng programmet ute")), card=card, current="/programmer",
        base=desk.url(f"/programmer/{card.id}"), crumbs=_crumbs(desk, card, N_("Steng programmet ute")),
    )  # fmt: skip


@action(ONE + "/steng", WRITE)
async def close(desk: Desk) -> Response[Any]:
    """Close a program for good, at once."""
    card = await program_card(desk.uow, desk.path_uuid("program_client_id"))
    closed = await end_program(desk.uow, card.id)
    return desk.redirect(
        desk.url(f"/programmer/{card.id}"),
        flash=N_("Programmet er stengt ute.") if closed else N_("Programmet var stengt ute fra før."),
    )


HANDLERS = [
    show_list,
    show_new,
    register,
    show_one,
    give_secret,
    confirm,
    show_change,
    change,
    stop_secret,
    show_end,
    close,
]
