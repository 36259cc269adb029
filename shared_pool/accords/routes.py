"""The slice's pages: agreements in the region, and a municipality's own copies. HTTP in, template, file or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.accord import accord_open
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.accords import forms, queries, views
from shared_pool.accords.contributions import ACCORDS
from shared_pool.accords.outline import parts
from shared_pool.accords.rules import GROUNDS, KINDS, OPENS
from shared_pool.accords.service import give_notice, register_accord, send_out, sign, take_back

NEW = N_("Ny avtale")
REGION_ONE = "/r/{slug:str}/avtaler/{accord_id:uuid}"
OWN_ONE = "/k/{slug:str}/avtaler/{accord_party_id:uuid}"
PDF = "application/pdf"


def _tag(desk: Desk, standing: str) -> tuple[str, str]:
    word, shape = views.STANDINGS[standing]
    return desk.say(word), shape


# The region -----------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/avtaler", Permission.ACCORD_READ)
async def show_region(desk: Desk) -> Response[str]:
    """Every version, with how many have signed, and what each municipality has in force today."""
    uow, lang = desk.uow, desk.language
    lines, members = await queries.party_lines(uow), await queries.members_now(uow)
    found = [
        {
            "url": desk.url(f"/avtaler/{one.id}"), "title": one.title, "kind": desk.say(KINDS[one.kind]),
            "lasting": views.lasting(one.valid_from, one.valid_to, lang),
            "state": views.state_of(one, [line for line in lines if line.accord_id == one.id], desk.say, today()),
        }
        for one in await queries.accords(uow)
    ]  # fmt: skip
    closed = [
        name for place, name in members.items() if not await accord_open(uow, uow.context.region, place)
    ]
    return await desk.render(
        "accords/region.html", title=desk.say(ACCORDS), current="/avtaler", rows=found, closed=closed,
        base=desk.url("/avtaler"), may_write=desk.context.may(Permission.ACCORD_WRITE), people=await _people(desk),
        leaving=await queries.last_days(desk.uow),
    )  # fmt: skip


async def _people(desk: Desk) -> list[tuple[str, str, str]]:
    return views.people_told(await queries.region_people(desk.uow), desk.say, desk.language)


def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/avtaler", "kinds": [(code, desk.say(name), desk.say(GROUNDS[code])) for code, name in KINDS.items()],
        "crumbs": [(desk.say(ACCORDS), desk.url("/avtaler")), (desk.say(NEW), desk.path)],
        "action": desk.url("/avtaler/ny"), "back": desk.url("/avtaler"),
    }  # fmt: skip


@page("/r/{slug:str}/avtaler/ny", Permission.ACCORD_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """What must be said before the text can be written out."""
    return await desk.render(
        "accords/form.html", title=desk.say(NEW), values={"slag": OPENS}, **_form_values(desk)
    )


@action("/r/{slug:str}/avtaler/ny", Permission.ACCORD_WRITE, files=True)
async def register(desk: Desk) -> Response[Any]:
    """Write the text out and show it, before anybody is sent it."""
    shown = _form_values(desk)
    try:
        made = await register_accord(desk.uow, forms.read_accord(desk.form))
    except Invalid as bad:
        return await desk.again("accords/form.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(
        desk.url(f"/avtaler/{made}"), flash=N_("Avtalen er lagret som utkast. Les den før du sender den.")
    )


async def _region_values(desk: Desk, accord_id: UUID) -> dict[str, Any]:
    card = await queries.accord_card(desk.uow, accord_id)
    lines = [one for one in await queries.party_lines(desk.uow) if one.accord_id == card.id]
    may = desk.context.may(Permission.ACCORD_WRITE)
    return {
        "title": card.title, "current": "/avtaler", "card": card, "parts": parts(card.content),
        "crumbs": [(desk.say(ACCORDS), desk.url("/avtaler")), (card.title, desk.path)],
        "lasting": views.lasting(card.valid_from, card.valid_to, desk.language), "kind": desk.say(KINDS[card.kind]),
        "ground": desk.say(GROUNDS[card.kind]), "state": views.state_of(card, lines, desk.say, today()),
        "lines": [(one, _tag(desk, one.standing)) for one in lines], "base": desk.url(f"/avtaler/{card.id}"),
        "may_send": may and card.state == "draft", "may_take_back": may and card.state != "withdrawn",
        "mark": card.digest.hex(),
        "print": views.print_of(card.digest),
    }  # fmt: skip


@page(REGION_ONE, Permission.ACCORD_READ)
async def show_accord(desk: Desk) -> Response[str]:
    """The text, and who has signed it."""
    return await desk.render("accords/accord.html", **await _region_values(desk, desk.path_uuid("accord_id")))


@page(f"{REGION_ONE}/dokument", Permission.ACCORD_READ)
async def region_file(desk: Desk) -> Response[bytes]:
    """The PDF, as it was sent in."""
    return desk.download(
        "avtale.pdf", await queries.region_document(desk.uow, desk.path_uuid("accord_id")), PDF
    )


@action(f"{REGION_ONE}/send", Permission.ACCORD_WRITE)
async def send(desk: Desk) -> Response[Any]:
    """Give every municipality its copy."""
    card = await queries.accord_card(desk.uow, desk.path_uuid("accord_id"))
    many = await send_out(desk.uow, card.id, version_of(desk.form))
    return desk.redirect(
        desk.url(f"/avtaler/{card.id}"), flash=N_("Avtalen er sendt til %(num)s kommuner."), num=many
    )


@action(f"{REGION_ONE}/trekk", Permission.ACCORD_WRITE)
async def withdraw(desk: Desk) -> Response[Any]:
    """End the version for everybody."""
    card = await queries.accord_card(desk.uow, desk.path_uuid("accord_id"))
    await take_back(desk.uow, card.id, version_of(desk.form))
    return desk.redirect(
        desk.url(f"/avtaler/{card.id}"), flash=N_("Avtalen er trukket og gjelder ikke lenger.")
    )


# A municipality -------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/avtaler", Permission.ACCORD_READ)
async def show_own(desk: Desk) -> Response[str]:
    """The municipality's copies, and whether shared work is open for it."""
    uow, lang = desk.uow, desk.language
    found = [
        {
            "url": desk.url(f"/avtaler/{one.id}"), "title": one.title, "kind": desk.say(KINDS[one.kind]),
            "region": one.region, "lasting": views.lasting(one.valid_from, one.valid_to, lang),
            "state": _tag(desk, one.standing),
        }
        for one in await queries.copies(uow)
    ]  # fmt: skip
    regions = [
        (name, required, await accord_open(uow, region, uow.context.tenant))
        for region, name, required in await queries.regions_here(uow)
    ]
    return await desk.render(
        "accords/own.html", title=desk.say(ACCORDS), current="/avtaler", rows=found, regions=regions,
        people=await _people(desk),
        leaving=await queries.last_days(desk.uow),
    )  # fmt: skip


async def _own_values(desk: Desk, party_id: UUID) -> dict[str, Any]:
    card = await queries.copy_card(desk.uow, party_id)
    may = desk.context.may(Permission.ACCORD_SIGN)
    waits = card.standing == "waits"
    lines = await queries.signatures(desk.uow, card)
    return {
        "signed": sum(one.signed_on is not None for one in lines), "lines": [(one, _tag(desk, one.standing)) for one in lines],
        "title": card.title, "current": "/avtaler", "card": card, "parts": parts(card.content),
        "crumbs": [(desk.say(ACCORDS), desk.url("/avtaler")), (card.title, desk.path)],
        "lasting": views.lasting(card.valid_from, card.valid_to, desk.language), "kind": desk.say(KINDS[card.kind]),
        "ground": desk.say(GROUNDS[card.kind]), "state": _tag(desk, card.standing), "mark": card.digest.hex(),
        "print": views.print_of(card.digest),
        "base": desk.url(f"/avtaler/{card.id}"), "waits": waits, "opens": card.kind == OPENS,
        "may_sign": may and waits and card.registered_by != desk.context.user, "may": may,
        "may_end": may and card.ended_on is None and card.standing in ("now", "soon", "coming"),
    }  # fmt: skip


@page(OWN_ONE, Permission.ACCORD_READ)
async def show_copy(desk: Desk) -> Response[str]:
    """The text, and the signature or the form for one."""
    return await desk.render(
        "accords/copy.html", values={}, **await _own_values(desk, desk.path_uuid("accord_party_id"))
    )


@page(f"{OWN_ONE}/dokument", Permission.ACCORD_READ)
async def own_file(desk: Desk) -> Response[bytes]:
    """The municipality's copy of the PDF."""
    return desk.download(
        "avtale.pdf", await queries.own_document(desk.uow, desk.path_uuid("accord_party_id")), PDF
    )


@action(f"{OWN_ONE}/signer", Permission.ACCORD_SIGN)
async def sign_copy(desk: Desk) -> Response[Any]:
    """Sign for the municipality."""
    shown = await _own_values(desk, desk.path_uuid("accord_party_id"))
    if shown["waits"] and not shown["may_sign"]:
        raise Forbidden(N_("Du har selv skrevet avtalen. En annen leder må signere for kommunen."))
    try:
        await sign(desk.uow, shown["card"].id, forms.read_signature(desk.form))
    except Invalid as bad:
        return await desk.again("accords/copy.html", bad, **shown)
    return desk.redirect(shown["base"], flash=N_("Avtalen er signert for kommunen."))


@action(f"{OWN_ONE}/si-opp", Permission.ACCORD_SIGN)
async def end_copy(desk: Desk) -> Response[Any]:
    """Give notice."""
    shown = await _own_values(desk, desk.path_uuid("accord_party_id"))
    try:
        await give_notice(desk.uow, shown["card"].id, forms.read_notice(desk.form))
    except Invalid as bad:
        return await desk.again("accords/copy.html", bad, **shown)
    return desk.redirect(
        shown["base"], flash=N_("Avtalen er sagt opp. Si fra til prosjektlederen om hva som er i gang.")
    )


HANDLERS = [
    show_region, new_form, register, show_accord, region_file, send, withdraw, show_own, show_copy, own_file, sign_copy,
    end_copy,
]  # fmt: skip
