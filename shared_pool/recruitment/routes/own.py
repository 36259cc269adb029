"""A contact's own page of the pool: whether they stand there, who sees what and until when, and out again at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.recruitment import forms, views
from shared_pool.recruitment.cards import candidate_facts, describe
from shared_pool.recruitment.consents import CANDIDATE_USES, USE_NAMES, consents_of
from shared_pool.recruitment.keeping import SHAREABLE, pool_of, preview, refresh_candidate
from shared_pool.recruitment.queries import own_candidate, own_wish
from shared_pool.recruitment.region import homes_of
from shared_pool.recruitment.service import say_yes_oneself, withdraw_oneself
from shared_pool.recruitment.stability import mark_seen, object_to, stability_of
from tenants.api import ContactCard, own_card, own_contact

TITLE = N_("Min plass i banken")
WHY = N_("Leste om seg selv i den felles banken")


async def _shown(desk: Desk, card: ContactCard) -> dict[str, Any]:
    uow, say = desk.uow, desk.say
    pool = await pool_of(uow)
    homes = await homes_of(uow, pool.id) if pool is not None else {}
    home = homes.get(desk.context.tenant)
    candidate = await own_candidate(uow, card.candidate_id)
    shared = candidate if candidate is not None and candidate.consents else None
    known = shared or await preview(uow, card)
    given = await consents_of(uow, card.id)
    yes = {one.use: one for one in given if one.holds}
    chosen = [one for use, one in yes.items() if use in CANDIDATE_USES]
    name = home.name if home is not None else desk.context.place_name
    wish = await own_wish(uow, card.id)
    towns = chosen[0].municipalities if chosen else ([desk.context.tenant] if home is not None else [])
    return {
        "current": "/meg",
        "card": card,
        "pool": pool.name if pool is not None else "",
        "candidate": shared,
        "paused": card.state == "paused",
        "may": card.state in SHAREABLE,
        "waits": bool(chosen) and shared is None,
        "seen_by": views.town_names(shared.visible_to, homes, say) if shared else "",
        "seen_uses": [say(USE_NAMES[one.use]) for one in chosen],
        "facts": candidate_facts(describe(known, name), say, desk.language) if known else (),
        "hidden": views.hidden_facts(known, homes, say) if known else (),
        "said": await stability_of(uow, card.id),
        "ledger": views.ledger(given, homes, say),
        "uses": desk.options({use: USE_NAMES[use] for use in CANDIDATE_USES}),
        "towns": views.town_options(homes),
        "slots": views.slot_options(card.slots, say),
        "holds": desk.options(forms.HOLDS),
        "homes": homes,
        "base": desk.url("/banken"),
        "change": desk.url("/meg/endre"),
        "light": desk.url("/belastning"),
        "values": {
            "bruk": [use for use in CANDIDATE_USES if use in yes],
            "kommuner": views.codes_of(towns, homes),
            "ikke_i": views.codes_of(wish.not_in if wish is not None else (), homes),
            "annenhver": list(wish.alternate_slots) if wish is not None else [],
            "fra": wish.available_from.isoformat() if wish is not None and wish.available_from else "",
            "varer": "182",
            "nyhetsbrev": "ja" if "newsletter" in yes else "",
            "lys": "ja" if "load_light" in yes else "",
        },
    }


@page("/min/{slug:str}/banken", Permission.CONTACT_OWN)
async def my_place(desk: Desk) -> Response[str]:
    """Whether the contact stands in the pool, exactly what is seen there, and what they say yes to."""
    contact_id = await own_contact(desk.uow)
    if contact_id is None:
        return await desk.render(
            "recruitment/own.html", title=desk.say(TITLE), current="/meg", card=None, values={}
        )
    card = await own_card(desk.uow, WHY)
    return await desk.render("recruitment/own.html", title=desk.say(TITLE), **await _shown(desk, card))


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    shown.pop("values")
    return await desk.again("recruitment/own.html", bad, title=desk.say(TITLE), **shown)


@action("/min/{slug:str}/banken", Permission.CONTACT_OWN)
async def say_yes(desk: Desk) -> Response[Any]:
    """What the contact says yes to from now on, to whom, and for how long."""
    card = await own_card(desk.uow, WHY)
    shown = await _shown(desk, card)
    try:
        told = forms.read_own(desk.form, shown["homes"])
        stands = await say_yes_oneself(
            desk.uow, card.id, told.wishes, told.until, newsletter=told.newsletter, light=told.light
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    if stands:
        flash = N_("Lagret. Slik står du i banken fra nå.")
    elif told.wishes.uses:
        flash = N_("Takk. Koordinatoren ser at du har sagt ja, og tar det videre med deg.")
    else:
        flash = N_("Lagret. Du står ikke i banken.")
    return desk.redirect(desk.url("/banken"), flash=flash)


@action("/min/{slug:str}/banken/trekk", Permission.CONTACT_OWN)
async def take_back(desk: Desk) -> Response[Any]:
    """Out of the pool at once; no reason is asked for."""
    card = await own_card(desk.uow, WHY)
    await withdraw_oneself(desk.uow, card.id)
    return desk.redirect(
        desk.url("/banken"), flash=N_("Du er ute av banken. Ingen andre kommuner ser deg lenger.")
    )


@action("/min/{slug:str}/banken/sett", Permission.CONTACT_OWN)
async def have_seen(desk: Desk) -> Response[Any]:
    """The contact has seen what is said of how they stay; from now on it counts."""
    card = await own_card(desk.uow, WHY)
    shown = desk.form.text("brutt")
    await mark_seen(
        desk.uow, card.id, broken_shown=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 5 else -1
    )  # fmt: skip
    await refresh_candidate(desk.uow, card.id)
    return desk.redirect(desk.url("/banken#blir"), flash=N_("Takk. Da vet vi at du har sett det."))


@action("/min/{slug:str}/banken/stemmer-ikke", Permission.CONTACT_OWN)
async def object_here(desk: Desk) -> Response[Any]:
    """ "Dette stemmer ikke", in words. Nothing of it counts until the coordinator has answered."""
    card = await own_card(desk.uow, WHY)
    shown = await _shown(desk, card)
    known: dict[str, UUID] = {str(one.id): one.id for one in shown["said"].broken}
    about = desk.form.text("om")
    broken_id = known.get(about)
    if broken_id is None and about != "longest":
        raise NotFound
    try:
        await object_to(
            desk.uow, card.id, "longest" if broken_id is None else "broken", broken_id, desk.form.text("ord")
        )
        await refresh_candidate(desk.uow, card.id)
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        desk.url("/banken#blir"), flash=N_("Takk. Det teller ikke før koordinatoren har svart deg.")
    )


HANDLERS = [my_place, say_yes, take_back, have_seen, object_here]
