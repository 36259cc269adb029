"""The region's pages: campaigns, one with its sources and numbers, writing it, and posters to print (C1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.i18n import LANGUAGES
from shared_pool.campaigns import forms, views
from shared_pool.campaigns.codes import KINDS
from shared_pool.campaigns.numbers import counts_of
from shared_pool.campaigns.poster import PAPERS, poster, short_path
from shared_pool.campaigns.queries import (
    CampaignCard,
    campaign_card,
    campaigns_of_region,
    source_card,
    sources_of,
)
from shared_pool.campaigns.service import (
    add_source,
    change_campaign,
    close_campaign,
    make_campaign,
    open_campaign,
    remove_source,
)
from shared_pool.campaigns.wishes import months_from_today
from shared_pool.recruitment.api import homes_of

CAMPAIGNS = N_("Kampanjer")
NEW = N_("Ny kampanje")


@page("/r/{slug:str}/kampanjer", Permission.CAMPAIGN_FIGURES)
async def show_list(desk: Desk) -> Response[str]:
    """The region's campaigns, with how many have opened each and sent its form."""
    rows = []
    for card in await campaigns_of_region(desk.uow):
        counts = (await counts_of(desk.uow, card.id)).whole
        word, colour = views.STATES[card.stands]
        rows.append({"card": card, "said": card.said(desk.language), "state": (desk.say(word), colour),
                     "views": counts.views, "sent": counts.sent})  # fmt: skip
    return await desk.render(
        "campaigns/list.html", title=desk.say(CAMPAIGNS), current="/kampanjer", rows=rows, base=desk.url("/kampanjer"),
        may_write=desk.context.may(Permission.CAMPAIGN_WRITE),
    )  # fmt: skip


# Writing one ------------------------------------------------------------------------------------------------------------
async def _form_values(desk: Desk, title: str, card: CampaignCard | None = None) -> dict[str, Any]:
    homes = await homes_of(desk.uow, desk.context.region)
    base = desk.url("/kampanjer")
    crumbs = [(desk.say(CAMPAIGNS), base)]
    if card is not None:
        crumbs.append((card.said(desk.language).title, f"{base}/{card.id}"))
    return {
        "current": "/kampanjer",
        "crumbs": [*crumbs, (desk.say(title), "")],
        "homes": sorted(((str(one.id), one.name) for one in homes.values()), key=lambda pair: pair[1]),
        "languages": list(LANGUAGES.items()),
        "back": f"{base}/{card.id}" if card is not None else base,
        "version": card.version if card is not None else 0,
    }


async def _among(desk: Desk) -> list[UUID]:
    return list(await homes_of(desk.uow, desk.context.region))


@page("/r/{slug:str}/kampanjer/ny", Permission.CAMPAIGN_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """An empty campaign: all the municipalities, from today and three months on."""
    shown = await _form_values(desk, NEW)
    values = {
        "fra": format_date(today()),
        "til": format_date(months_from_today(3)),
        "kommuner": [code for code, _ in shown["homes"]],
    }
    return await desk.render(
        "campaigns/edit.html", title=desk.say(NEW), values=values, action=desk.url("/kampanjer/ny"), **shown
    )


@action("/r/{slug:str}/kampanjer/ny", Permission.CAMPAIGN_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Keep the draft."""
    shown = await _form_values(desk, NEW)
    try:
        campaign_id = await make_campaign(desk.uow, forms.read_campaign(desk.form, await _among(desk)))
    except Invalid as bad:
        return await desk.again(
            "campaigns/edit.html", bad, title=desk.say(NEW), action=desk.url("/kampanjer/ny"), **shown
        )
    return desk.redirect(
        desk.url(f"/kampanjer/{campaign_id}"),
        flash=N_("Utkastet er lagret. Ingen ser det før du åpner kampanjen."),
    )


@page("/r/{slug:str}/kampanjer/{campaign_id:uuid}/endre", Permission.CAMPAIGN_WRITE)
async def edit_form(desk: Desk) -> Response[str]:
    """The campaign as it is written."""
    card = await campaign_card(desk.uow, desk.path_uuid("campaign_id"))
    shown = await _form_values(desk, EDIT, card)
    values: dict[str, Any] = {
        f"{name}_{language}": card.texts.get(language, {}).get(part, "")
        for part, name in forms.FIELDS.items()
        for language in LANGUAGES
    }
    values |= {
        "fra": format_date(card.opens_on),
        "til": format_date(card.closes_on),
        "kommuner": [str(one) for one in card.municipalities],
    }
    return await desk.render(
        "campaigns/edit.html",
        title=desk.say(EDIT),
        values=values,
        action=desk.url(f"/kampanjer/{card.id}/endre"),
        **shown,
    )


EDIT = N_("Endre kampanjen")


@action("/r/{slug:str}/kampanjer/{campaign_id:uuid}/endre", Permission.CAMPAIGN_WRITE)
async def save(desk: Desk) -> Response[Any]:
    """Keep what is mended."""
    card = await campaign_card(desk.uow, desk.path_uuid("campaign_id"))
    shown = await _form_values(desk, EDIT, card)
    try:
        facts = forms.read_campaign(desk.form, await _among(desk))
        await change_campaign(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(
            "campaigns/edit.html",
            bad,
            title=desk.say(EDIT),
            action=desk.url(f"/kampanjer/{card.id}/endre"),
            **shown,
        )
    return desk.redirect(desk.url(f"/kampanjer/{card.id}"), flash=N_("Kampanjen er endret."))


# One --------------------------------------------------------------------------------------------------------------------
async def _one_values(desk: Desk) -> tuple[CampaignCard, dict[str, Any]]:
    """What a campaign's page shows."""
    card = await campaign_card(desk.uow, desk.path_uuid("campaign_id"))
    homes = await homes_of(desk.uow, desk.context.region)
    sources = await sources_of(desk.uow, card.id)
    word, colour = views.STATES[card.stands]
    names = sorted((homes[one].name, str(one)) for one in card.municipalities if one in homes)
    return card, {
        "current": "/kampanjer",
        "crumbs": [(desk.say(CAMPAIGNS), desk.url("/kampanjer")), (card.said(desk.language).title, "")],
        "card": card,
        "said": card.said(desk.language),
        "state": (desk.say(word), colour),
        "sources": views.source_lines(desk, card, sources, homes),
        "figures": views.figures(desk, card, sources, await counts_of(desk.uow, card.id), homes),
        "places": ", ".join(name for name, _ in names),
        "homes": [(code, name) for name, code in names],
        "kinds": desk.options(KINDS),
        "languages": list(LANGUAGES.items()),
        "papers": PAPERS,
        "base": desk.url(f"/kampanjer/{card.id}"),
        "public_url": f"/bli-med/{desk.context.slug}/{card.slug}",
        "may_write": desk.context.may(Permission.CAMPAIGN_WRITE),
    }


@page("/r/{slug:str}/kampanjer/{campaign_id:uuid}", Permission.CAMPAIGN_FIGURES)
async def show(desk: Desk) -> Response[str]:
    """The campaign with its numbers; for those who write it, also its sources."""
    card, shown = await _one_values(desk)
    return await desk.render("campaigns/one.html", title=card.said(desk.language).title, values={}, **shown)


@action("/r/{slug:str}/kampanjer/{campaign_id:uuid}/aapne", Permission.CAMPAIGN_WRITE)
async def let_see(desk: Desk) -> Response[Any]:
    """Publish it."""
    card = await campaign_card(desk.uow, desk.path_uuid("campaign_id"))
    await open_campaign(desk.uow, card.id)
    return desk.redirect(
        desk.url(f"/kampanjer/{card.id}"), flash=N_("Kampanjen er åpen. Nå kan alle se den.")
    )


@action("/r/{slug:str}/kampanjer/{campaign_id:uuid}/lukk", Permission.CAMPAIGN_WRITE)
async def close(desk: Desk) -> Response[Any]:
    """End it."""
    card = await campaign_card(desk.uow, desk.path_uuid("campaign_id"))
    await close_campaign(desk.uow, card.id)
    return desk.redirect(
        desk.url(f"/kampanjer/{card.id}"),
        flash=N_("Kampanjen er avsluttet. Siden sier det, og viser de åpne."),
    )


# Sources ----------------------------------------------------------------------------------------------------------------
@action("/r/{slug:str}/kampanjer/{campaign_id:uuid}/kilder", Permission.CAMPAIGN_WRITE)
async def add(desk: Desk) -> Response[Any]:
    """A poster, link or newsletter with its own code."""
    card, shown = await _one_values(desk)
    try:
        facts = forms.read_source(desk.form, card.municipalities)
        await add_source(desk.uow, card.id, facts)
    except Invalid as bad:
        return await desk.again("campaigns/one.html", bad, title=shown["said"].title, **shown)
    return desk.redirect(
        desk.url(f"/kampanjer/{card.id}#kilder"), flash=N_("Kilden er laget, med sin egen kode.")
    )


@action("/r/{slug:str}/kampanjer/kilder/{source_id:uuid}/fjern", Permission.CAMPAIGN_WRITE)
async def remove(desk: Desk) -> Response[Any]:
    """Take away a source nobody has used."""
    campaign_id = await remove_source(desk.uow, desk.path_uuid("source_id"))
    return desk.redirect(desk.url(f"/kampanjer/{campaign_id}#kilder"), flash=N_("Kilden er tatt bort."))


@page("/r/{slug:str}/kampanjer/kilder/{source_id:uuid}/plakat", Permission.CAMPAIGN_WRITE)
async def print_poster(desk: Desk) -> Response[bytes]:
    """The source's poster: `ark` a4 or a3, `sprak` one of ours. Anything else is A4 in the reader's language."""
    source = await source_card(desk.uow, desk.path_uuid("source_id"))
    card = await campaign_card(desk.uow, source.campaign_id)
    homes = await homes_of(desk.uow, desk.context.region)
    paper = desk.query.get("ark", "") if desk.query.get("ark") in PAPERS else PAPERS[0]
    language = desk.query.get("sprak", "") if desk.query.get("sprak") in LANGUAGES else desk.language
    address = desk.house.settings.address + short_path(source.code)
    names = sorted(homes[one].name for one in card.municipalities if one in homes)
    await desk.uow.finish()
    made = await poster(
        card, source, names, language=language, paper=paper, address=address, region=desk.context.place_name
    )
    return desk.download(f"plakat-{card.slug}-{source.code}-{paper}-{language}.pdf", made, "application/pdf")


@page("/r/{slug:str}/kampanjer/kilder/{source_id:uuid}/nyhetsbrev", Permission.CAMPAIGN_WRITE)
async def newsletter(desk: Desk) -> Response[str]:
    """Text for a newsletter, in three languages, with the source's own address: to copy."""
    source = await source_card(desk.uow, desk.path_uuid("source_id"))
    card = await campaign_card(desk.uow, source.campaign_id)
    title = desk.say(N_("Tekst til nyhetsbrev"))
    return await desk.render(
        "campaigns/newsletter.html", title=title, current="/kampanjer",
        crumbs=[(desk.say(CAMPAIGNS), desk.url("/kampanjer")),
                (card.said(desk.language).title, desk.url(f"/kampanjer/{card.id}")), (title, "")],
        texts=[(code, name, card.said(code)) for code, name in LANGUAGES.items()],
        address=desk.house.settings.address + short_path(source.code),
    )  # fmt: skip


HANDLERS = [
    show_list, new_form, make, edit_form, save, show, let_see, close, add, remove, print_poster, newsletter,
]  # fmt: skip
