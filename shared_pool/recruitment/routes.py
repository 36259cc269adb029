"""The slice's pages: a contact is shared with the pool or taken out of it, and the region's list of candidates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import hours as short_hours
from sammen.web.paging import PAGE_SIZE, last_page
from shared_pool.recruitment.cards import candidate_facts, describe
from shared_pool.recruitment.consents import LONGEST_CONSENT_DAYS
from shared_pool.recruitment.forms import MONTHS, read_share
from shared_pool.recruitment.queries import (
    CandidateFilter,
    home_months_and_hours,
    list_candidates,
    own_candidate,
)
from shared_pool.recruitment.region import homes_of, own_pool
from shared_pool.recruitment.service import share_contact, withdraw_candidate
from shared_pool.recruitment.words import labels
from tenants.api import contact_card, traits

SHARE = N_("Del med den felles banken")
CANDIDATES = N_("Kandidater i den felles banken")
DEFAULT_DAYS = 180


async def _share_values(desk: Desk) -> dict[str, Any]:
    """What the page shows: the contact, what the pool sees of them, and the form's choices."""
    uow = desk.uow
    card = await contact_card(uow, desk.path_uuid("contact_id"))
    await record_read(uow, "contact.share", [card.person_id], why=N_("Deling med den felles banken"))
    candidate = await own_candidate(uow, card.candidate_id)
    pool = await own_pool(uow)
    home = (await homes_of(uow, pool.id)).get(desk.context.tenant)
    months, _ = await home_months_and_hours(uow, card.id)
    shared = candidate if candidate is not None and candidate.consents else None
    name = home.name if home is not None else desk.context.place_name
    default_area = traits.AREA_OF_MUNICIPALITY.get(home.code, "") if home is not None else ""
    return {
        "card": card,
        "pool": pool.name,
        "candidate": shared,
        "facts": candidate_facts(describe(shared, name), desk.say, desk.language) if shared else (),
        "longest": months,
        "areas": desk.options(traits.AREAS),
        "interests": desk.options(traits.INTERESTS),
        "months": desk.options(MONTHS),
        "likes": labels(card.interests, traits.INTERESTS, desk.say),
        "longest_days": LONGEST_CONSENT_DAYS,
        "base": desk.url(f"/kontakter/{card.id}"),
        "values": {
            "timer": card.wants_hours,
            "omraade": default_area,
            "maneder": str(card.commits_months) if str(card.commits_months) in MONTHS else "0",
            "til": today() + timedelta(days=DEFAULT_DAYS),
        },
        "crumbs": ((desk.say(N_("Støttekontakter")), desk.url("/kontakter")),
                   (card.name, desk.url(f"/kontakter/{card.id}")), (desk.say(SHARE), None)),
    }  # fmt: skip


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/del", Permission.CANDIDATE_SHARE)
async def share_form(desk: Desk) -> Response[str]:
    """What the pool will see of a contact, and the yes it takes."""
    values = await _share_values(desk)
    return await desk.render("recruitment/share.html", title=desk.say(SHARE), current="/kontakter", **values)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/del", Permission.CANDIDATE_SHARE)
async def share(desk: Desk) -> Response[Any]:
    """Record the yes, and make the contact a candidate."""
    values = await _share_values(desk)
    contact_id = desk.path_uuid("contact_id")
    try:
        told = read_share(desk.form)
        await share_contact(
            desk.uow, contact_id, told.consent_until, told.area, consent_on=told.consent_on,
            hours_wanted=told.hours_wanted, commits_months=told.commits_months, will_not=told.will_not,
        )  # fmt: skip
    except Invalid as bad:
        values.pop("values")
        return await desk.again(
            "recruitment/share.html", bad, title=desk.say(SHARE), current="/kontakter", **values
        )
    return desk.redirect(
        desk.url(f"/kontakter/{contact_id}/del"),
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


@page("/r/{slug:str}/kandidater", Permission.POOL_READ)
async def show_candidates(desk: Desk) -> Response[str]:
    """The region's candidates: codes and consented facts, no names."""
    wanted = CandidateFilter.of(desk.query)
    homes = await homes_of(desk.uow, desk.context.region)
    found, total = await list_candidates(desk.uow, wanted)
    rows = [
        {
            "code": card.code,
            "home": homes[card.home_id].name if card.home_id in homes else "",
            "interests": labels(card.interests, traits.INTERESTS, desk.say),
            "days": labels(card.weekdays, traits.WEEKDAYS, desk.say),
            "free": short_hours(card.hours_free, desk.language),
            "area": desk.say(traits.AREAS[card.area]),
            "until": card.consent_until,
        }
        for card in found
    ]
    return await desk.render(
        "recruitment/candidates.html", title=desk.say(CANDIDATES), current="/kandidater", rows=rows, total=total,
        wanted=wanted, page_size=PAGE_SIZE, last=last_page(total), areas=desk.options(traits.AREAS),
        interests=desk.options(traits.INTERESTS), base=desk.url("/kandidater"),
    )  # fmt: skip


HANDLERS = [share_form, share, withdraw, show_candidates]
