"""Who gets the newsletter: how many, the register of homes and units, people one may see, and the municipality's rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.newsletters import forms, views
from shared_pool.newsletters.codes import MAIL_LANGUAGES, SEGMENTS
from shared_pool.newsletters.joint import keep_setting, setting
from shared_pool.newsletters.queries import Address, address, addresses, by_segment, people, segments_of
from shared_pool.newsletters.subscribers import add_address, change_address, end_subscription, note_yes
from tenants.api import case_card, person_card, representatives_of

LIST = "/nyhetsbrev/mottakere"
TITLE = N_("Mottakere")
SOURCES = {
    "own": N_("Sa ja selv"),
    "coordinator": N_("Notert av kommunen"),
    "form": N_("Sa ja i skjemaet på nettet"),
}


@page("/k/{slug:str}/nyhetsbrev/mottakere", Permission.NEWSLETTER_WRITE)
async def show_list(desk: Desk) -> Response[str]:
    """How many have said yes, the register, and the people the reader may see."""
    found = await by_segment(desk.uow)
    seen = await people(desk.uow, contacts=desk.context.may(Permission.CONTACT_READ))
    if seen:
        await record_read(desk.uow, "newsletter.people_read", [one.person_id for one in seen],
                          why=N_("Så hvem som får nyhetsbrevet"))  # fmt: skip
    return await desk.render(
        "newsletters/subscribers.html", title=desk.say(TITLE), current="/nyhetsbrev", tabs=views.tabs(desk, "/mottakere"),
        crumbs=[(desk.say(views.NEWSLETTERS), desk.url("/nyhetsbrev")), (desk.say(TITLE), "")],
        figures=[(desk.say(name), found.get(code, 0)) for code, name in SEGMENTS.items()],
        rows=await addresses(desk.uow), people=seen, segments={code: desk.say(name) for code, name in SEGMENTS.items()},
        sources={code: desk.say(name) for code, name in SOURCES.items()}, base=desk.url(LIST),
        public=f"{desk.house.settings.address}/nyhetsbrev/{desk.context.slug}",
    )  # fmt: skip


# The register ------------------------------------------------------------------------------------------------------------
async def _address_page(desk: Desk, kept: Address | None, **more: Any) -> Response[str]:
    title = desk.say(N_("Ny adresse") if kept is None else N_("Endre adressen"))
    return await desk.render(
        "newsletters/address.html", title=title, current="/nyhetsbrev",
        crumbs=[(desk.say(views.NEWSLETTERS), desk.url("/nyhetsbrev")), (desk.say(TITLE), desk.url(LIST)), (title, "")],
        action=desk.url(f"{LIST}/ny" if kept is None else f"{LIST}/{kept.id}"), back=desk.url(LIST),
        version=kept.version if kept else 0, languages=desk.options(MAIL_LANGUAGES),
        places=[("homes", desk.say(N_("Bolig"))), ("units", desk.say(N_("Annen enhet")))], **more,
    )  # fmt: skip


@page("/k/{slug:str}/nyhetsbrev/mottakere/ny", Permission.NEWSLETTER_WRITE)
async def new_address(desk: Desk) -> Response[str]:
    """A home or unit to put in the register."""
    return await _address_page(desk, None, values={"malform": "nb", "segment": "homes"})


@action("/k/{slug:str}/nyhetsbrev/mottakere/ny", Permission.NEWSLETTER_WRITE)
async def make_address(desk: Desk) -> Response[Any]:
    """Put it there."""
    try:
        await add_address(desk.uow, forms.read_address(desk.form))
    except Invalid as bad:
        return await _address_page(desk, None, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(LIST), flash=N_("Adressen er lagt til."))


@page("/k/{slug:str}/nyhetsbrev/mottakere/{newsletter_subscriber:uuid}", Permission.NEWSLETTER_WRITE)
async def edit_address(desk: Desk) -> Response[str]:
    """A line of the register to mend."""
    kept = await address(desk.uow, desk.path_uuid("newsletter_subscriber"))
    values = {
        "segment": kept.segment,
        "navn": kept.name,
        "kontakt": kept.attention,
        "epost": kept.email,
        "malform": kept.language,
    }
    return await _address_page(desk, kept, values=values)


@action("/k/{slug:str}/nyhetsbrev/mottakere/{newsletter_subscriber:uuid}", Permission.NEWSLETTER_WRITE)
async def save_address(desk: Desk) -> Response[Any]:
    """Keep it."""
    kept = await address(desk.uow, desk.path_uuid("newsletter_subscriber"))
    try:
        await change_address(desk.uow, kept.id, forms.read_address(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _address_page(desk, kept, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(LIST), flash=N_("Adressen er lagret."))


@action("/k/{slug:str}/nyhetsbrev/mottakere/{newsletter_subscriber:uuid}/av", Permission.NEWSLETTER_WRITE)
async def take_off(desk: Desk) -> Response[Any]:
    """Take somebody off the list who has asked to be: a line of the register, or a person the reader may see."""
    wanted = desk.path_uuid("newsletter_subscriber")
    seen = await people(desk.uow, contacts=desk.context.may(Permission.CONTACT_READ))
    if all(one.id != wanted for one in seen):
        await address(desk.uow, wanted)
    await end_subscription(desk.uow, wanted)
    return desk.redirect(desk.url(LIST), flash=N_("Mottakeren er tatt av lista."))


# A yes that a coordinator notes ------------------------------------------------------------------------------------------
async def _yes_page(desk: Desk, case_id: UUID, **more: Any) -> Response[str]:
    uow = desk.uow
    case = await case_card(uow, case_id)
    cards = [await person_card(uow, case.person_id)]
    cards += [await person_card(uow, one.person_id) for one in await representatives_of(uow, case.person_id)]
    found = [
        (card, "users" in await segments_of(uow, card.id))
        for card in {card.id: card for card in cards}.values()
    ]
    await record_read(
        uow, "case.read", [card.id for card in cards], why=N_("Noterte hvem som vil ha nyhetsbrevet")
    )
    url = desk.url(f"/saker/{case_id}")
    return await desk.render(
        "newsletters/yes.html", title=desk.say(N_("Nyhetsbrev")), current="/saker",
        crumbs=[(desk.say(N_("Saker")), desk.url("/saker")), (case.case_no, url), (desk.say(N_("Nyhetsbrev")), "")],
        choices=[(str(card.id), card.name, desk.say(N_("Mangler e-postadresse")) if not card.email else "")
                 for card, has in found if not has and not card.protected],
        have=[card.name for card, has in found if has], action=f"{url}/nyhetsbrev", back=url,
        **{"values": {"dato": format_date(today())}, **more},
    )  # fmt: skip


@page("/k/{slug:str}/saker/{case_id:uuid}/nyhetsbrev", Permission.NEWSLETTER_WRITE)
async def yes_form(desk: Desk) -> Response[str]:
    """Who of a case gets the newsletter, and a yes to note."""
    return await _yes_page(desk, desk.path_uuid("case_id"))


@action("/k/{slug:str}/saker/{case_id:uuid}/nyhetsbrev", Permission.NEWSLETTER_WRITE)
async def keep_yes(desk: Desk) -> Response[Any]:
    """Note that somebody has said yes: who, and when."""
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    try:
        chosen, segment, said_on, said_by = forms.read_yes(desk.form)
        theirs = {
            case.person_id,
            *(one.person_id for one in await representatives_of(desk.uow, case.person_id)),
        }
        if UUID(chosen) not in theirs:
            raise NotFound
        await note_yes(desk.uow, UUID(chosen), segment, said_on=said_on, said_by=said_by)
    except Invalid as bad:
        return await _yes_page(desk, case.id, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"/saker/{case.id}/nyhetsbrev"), flash=N_("Ja-et er notert."))


# Rules -------------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/nyhetsbrev/regler", Permission.NEWSLETTER_WRITE)
async def rules(desk: Desk) -> Response[str]:
    """Whether the joint newsletter is passed on, and whether one of our own is due each month."""
    row = await setting(desk.uow)
    title = desk.say(N_("Regler"))
    return await desk.render(
        "newsletters/rules.html", title=title, current="/nyhetsbrev", tabs=views.tabs(desk, "/regler"),
        crumbs=[(desk.say(views.NEWSLETTERS), desk.url("/nyhetsbrev")), (title, "")], version=row.version,
        action=desk.url("/nyhetsbrev/regler"),
        values={"felles": "ja" if row.joint else "", "manedlig": "ja" if row.monthly else ""},
    )  # fmt: skip


@action("/k/{slug:str}/nyhetsbrev/regler", Permission.NEWSLETTER_WRITE)
async def save_rules(desk: Desk) -> Response[Any]:
    """Keep them."""
    await keep_setting(
        desk.uow, joint=desk.form.text("felles") == "ja", monthly=desk.form.text("manedlig") == "ja",
        version=version_of(desk.form),
    )  # fmt: skip
    return desk.redirect(desk.url("/nyhetsbrev/regler"), flash=N_("Reglene er lagret."))


HANDLERS = [
    show_list, new_address, make_address, edit_address, save_address, take_off, yes_form, keep_yes, rules, save_rules,
]  # fmt: skip
