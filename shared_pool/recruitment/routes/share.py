"""A contact is shared with the pool or taken out of it by their coordinator, who answers what they object to."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.recruitment import forms, views
from shared_pool.recruitment.cards import candidate_facts, describe
from shared_pool.recruitment.consents import (
    CANDIDATE_USES,
    LONGEST_CONSENT_DAYS,
    USE_NAMES,
    consents_of,
)
from shared_pool.recruitment.keeping import home_area, preview, refresh_candidate
from shared_pool.recruitment.queries import own_candidate, own_wish
from shared_pool.recruitment.region import homes_of, own_pool
from shared_pool.recruitment.service import NOT_READY, share_contact, withdraw_candidate
from shared_pool.recruitment.stability import answer_objection, stability_of
from tenants.api import contact_card, state_hours, stated_hours, traits

SHARE = N_("Del med den felles banken")


async def _share_values(desk: Desk) -> dict[str, Any]:
    """What the page shows: the contact, what the pool sees of them, the ledger, and the form's choices."""
    uow, say = desk.uow, desk.say
    card = await contact_card(uow, desk.path_uuid("contact_id"))
    await record_read(uow, "contact.share", [card.person_id], why=N_("Deling med den felles banken"))
    candidate = await own_candidate(uow, card.candidate_id)
    pool = await own_pool(uow)
    homes = await homes_of(uow, pool.id)
    home = homes.get(desk.context.tenant)
    shared = candidate if candidate is not None and candidate.consents else None
    known = shared or await preview(uow, card)
    name = home.name if home is not None else desk.context.place_name
    given = await consents_of(uow, card.id)
    yes = {one.use: one for one in given if one.holds}
    stated = await stated_hours(uow, card.id)
    wish = await own_wish(uow, card.id)
    return {
        "current": "/kontakter",
        "card": card,
        "pool": pool.name,
        "candidate": shared,
        "refusal": say(NOT_READY[card.state]) if card.state in NOT_READY else "",
        "facts": candidate_facts(describe(known, name), say, desk.language) if known else (),
        "hidden": views.hidden_facts(known, homes, say) if known else (),
        "seen_by": views.town_names(shared.visible_to, homes, say) if shared else "",
        "ledger": views.ledger(given, homes, say),
        "asked": next((one for one in yes.values() if one.how in ("form", "own_link", "own_page")), None),
        "said": await stability_of(uow, card.id),
        "upheld": desk.options(forms.UPHELD),
        "uses": desk.options({use: USE_NAMES[use] for use in CANDIDATE_USES}),
        "towns": views.town_options(homes),
        "slots": views.slot_options(card.slots, say),
        "areas": desk.options(traits.AREAS),
        "interests": desk.options(traits.INTERESTS),
        "months": desk.options(forms.MONTHS),
        "longest_days": LONGEST_CONSENT_DAYS,
        "base": desk.url(f"/kontakter/{card.id}"),
        "homes": homes,
        "values": views.share_values(
            card, yes, wish, homes, home_area(home), stated.hours if stated is not None else ""
        ),
        "crumbs": ((say(N_("Støttekontakter")), desk.url("/kontakter")),
                   (card.name, desk.url(f"/kontakter/{card.id}")), (say(SHARE), None)),
    }  # fmt: skip


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/del", Permission.CANDIDATE_SHARE)
async def share_form(desk: Desk) -> Response[str]:
    """What the pool will see of a contact, and the yes it takes."""
    return await desk.render("recruitment/share.html", title=desk.say(SHARE), **await _share_values(desk))


async def _again(desk: Desk, bad: Invalid, values: dict[str, Any]) -> Response[str]:
    values.pop("values")
    return await desk.again("recruitment/share.html", bad, title=desk.say(SHARE), **values)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/del", Permission.CANDIDATE_SHARE)
async def share(desk: Desk) -> Response[Any]:
    """Record the yes, and make the contact a candidate."""
    values = await _share_values(desk)
    card = values["card"]
    try:
        told = forms.read_share(desk.form, values["homes"])
        await state_hours(desk.uow, card.id, told.hours_elsewhere)
        await share_contact(
            desk.uow, card.id, told.consent_until, told.area, consent_on=told.consent_on,
            hours_wanted=told.hours_wanted, commits_months=told.commits_months, will_not=told.will_not,
            wishes=told.wishes, seen=told.seen,
        )  # fmt: skip
    except Invalid as bad:
        return await _again(desk, bad, values)
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}/del"),
        flash=N_("Støttekontakten står nå i den felles banken, uten navn."),
    )


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/del/trekk", Permission.CANDIDATE_SHARE)
async def withdraw(desk: Desk) -> Response[Any]:
    """Take the contact out of the pool at once."""
    contact_id = desk.path_uuid("contact_id")
    await withdraw_candidate(desk.uow, contact_id)
    return desk.redirect(
        desk.url(f"/kontakter/{contact_id}/del"),
        flash=N_("Samtykket er trukket. Ingen ser støttekontakten i banken lenger."),
    )


@action(
    "/k/{slug:str}/kontakter/{contact_id:uuid}/del/innsigelse/{pool_objection_id:uuid}", Permission.CANDIDATE_SHARE
)  # fmt: skip
async def answer(desk: Desk) -> Response[Any]:
    """Answer "dette stemmer ikke", and correct what was wrong."""
    values, objection_id = await _share_values(desk), desk.path_uuid("pool_objection_id")
    card = values["card"]
    if objection_id not in {one.id for one in values["said"].objections}:
        raise NotFound
    try:
        upheld, words, months = forms.read_answer(desk.form)
        await answer_objection(desk.uow, card.id, objection_id, upheld=upheld, answer=words, months=months)
        await refresh_candidate(desk.uow, card.id)
    except Invalid as bad:
        return await _again(desk, bad, values)
    return desk.redirect(
        desk.url(f"/kontakter/{card.id}/del#stabilitet"),
        flash=N_("Svaret er lagret. Støttekontakten leser det på sin egen side."),
    )


HANDLERS = [share_form, share, withdraw, answer]
