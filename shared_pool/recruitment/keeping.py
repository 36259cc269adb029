"""The candidate's row follows from home: the contact's facts, what they have said yes to, and how they have stayed.

`refresh_candidate` derives the whole row anew, so that whatever changes at home is right in the pool in the same
transaction; `hide` takes somebody out at once and leaves nothing of them in the row but the code and what it is matched by.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden
from sammen.ids import random_id
from shared_pool.recruitment.codes import add_with_code, candidate_code
from shared_pool.recruitment.consents import CANDIDATE_USES, Consent, end, holding
from shared_pool.recruitment.models import Candidate, PoolWish
from shared_pool.recruitment.queries import CandidateCard, home_months_and_hours
from shared_pool.recruitment.region import Home, Pool, homes_of, own_pool
from shared_pool.recruitment.stability import stability_of
from tenants.api import (
    ContactCard,
    competences_of,
    held_contact,
    link_candidate,
    on_changed,
    on_moved,
    person_card,
    stated_hours,
    traits,
)

SHAREABLE: Final = frozenset({"interview", "vetting", "engaged", "paused"})
"""Who may stand in the pool: somebody the municipality has talked with, and nobody out of service (B19)."""
NOTHING: Final[Mapping[str, Any]] = {
    "interests": [], "skills": [], "languages": [], "slots": [], "alternate_slots": [], "postcode": "", "areas": [],
    "visible_to": [], "not_in": [], "age_bands": [], "will_not": [], "courses": [], "light": None,
    "longest_months": 0, "commits_months": 0, "broken_by_choice": 0, "stability_seen_at": None,
    "hours_elsewhere": Decimal(0), "available_from": None,
}  # fmt: skip
"""What a row says of somebody who has withdrawn."""

Listener = Callable[[UnitOfWork, UUID], Awaitable[None]]
LightReader = Callable[[UnitOfWork, UUID], Awaitable[str | None]]
_ON_WITHDRAWN: list[Listener] = []
_ON_SHARED: list[Listener] = []
_ON_NARROWED: list[Listener] = []
_LIGHT: list[LightReader] = []


def on_candidate_withdrawn(listener: Listener) -> Listener:
    """Register what a higher slice does when a candidate, whose id it is told, is in the pool no longer; same transaction."""
    if listener not in _ON_WITHDRAWN:
        _ON_WITHDRAWN.append(listener)
    return listener


def on_candidate_shared(listener: Listener) -> Listener:
    """Register what a higher slice does when a contact, whose id it is told, has come into the pool; same transaction."""
    if listener not in _ON_SHARED:
        _ON_SHARED.append(listener)
    return listener


def on_candidate_narrowed(listener: Listener) -> Listener:
    """Register what a higher slice does when a candidate, whose id it is told, has said yes to less; same transaction."""
    if listener not in _ON_NARROWED:
        _ON_NARROWED.append(listener)
    return listener


def knows_light(reader: LightReader) -> LightReader:
    """Register how a contact's shown colour is read, on their own page. The slice that keeps the load knows."""
    if reader not in _LIGHT:
        _LIGHT.append(reader)
    return reader


def age_bands(youngest: int | None, oldest: int | None) -> list[str]:
    """The vocabulary's bands that ages `youngest` to `oldest` touch; none for who said neither, which is any."""
    if youngest is None and oldest is None:
        return []
    found = []
    for code in traits.AGE_BANDS:
        first, _, last = code.rstrip("+").partition("-")
        top = int(last) if last else 130
        if (oldest is None or int(first) <= oldest) and (youngest is None or top >= youngest):
            found.append(code)
    return found


async def candidate_row(uow: UnitOfWork, candidate_id: UUID | None) -> Candidate | None:
    """The municipality's own candidate, held until the transaction ends; None when there is none."""
    if candidate_id is None:
        return None
    found: Candidate | None = await uow.session.scalar(
        select(Candidate)
        .where(Candidate.home_id == uow.context.tenant, Candidate.id == candidate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def refresh_candidate(uow: UnitOfWork, contact_id: UUID) -> UUID | None:
    """Derive the pool's row of a contact anew; its id, or None for who is not in the pool (any longer).

    Who has no yes left, is out of service, has a protected address or whose municipality has left the region is hidden.
    Doing it again changes nothing. Raises NotFound for nobody's contact.
    """
    card = await held_contact(uow, contact_id)
    row = await candidate_row(uow, card.candidate_id)
    if row is None or row.withdrawn_at is not None:
        return None
    yes = await _candidate_yes(uow, contact_id)
    pool = await pool_of(uow)
    if not yes or pool is None or pool.id != row.region_id or not await may_stand(uow, card):
        await hide(uow, card, row, "lapsed" if not yes else "left")
        return None
    await _write(uow, card, row, await _described(uow, card, yes, await homes_of(uow, pool.id)))
    return row.id


async def put_in_pool(uow: UnitOfWork, contact_id: UUID) -> UUID:
    """Make the contact a candidate by the consents that hold, or a candidate again; the candidate's id.

    The caller holds the contact and knows that they may stand there. Raises Forbidden outside any region.
    """
    card = await held_contact(uow, contact_id)
    pool = await own_pool(uow)
    yes = await _candidate_yes(uow, contact_id)
    described = await _described(uow, card, yes, await homes_of(uow, pool.id))
    known = await candidate_row(uow, card.candidate_id)
    persons = [card.person_id]
    until = described["consent_until"]
    if known is not None and known.region_id == pool.id:
        known.withdrawn_at = None
        await _write(uow, card, known, described)
        await record_change(uow, "candidate.renewed", "candidate", known.id, persons=persons, until=until)
        candidate_id = known.id
    else:

        def make(code: str) -> Candidate:
            return Candidate(
                region_id=pool.id, id=random_id(), home_id=uow.context.tenant, code=code, **described
            )

        made = cast(Candidate, await add_with_code(uow, make, candidate_code, "uq_candidate_region_id"))
        await link_candidate(uow, contact_id, made.id)
        await record_change(uow, "candidate.shared", "candidate", made.id, persons=persons, until=until)
        candidate_id = made.id
    for listener in _ON_SHARED:
        await listener(uow, contact_id)
    return candidate_id


async def preview(uow: UnitOfWork, card: ContactCard) -> CandidateCard | None:
    """How the pool would know a contact who is not in it: by what holds today, else by every municipality of the region.

    None when the day of birth is not known or the municipality is in no region.
    """
    pool = await pool_of(uow)
    if pool is None or card.birth_date is None:
        return None
    homes = await homes_of(uow, pool.id)
    yes = await _candidate_yes(uow, card.id)
    told = await _described(uow, card, yes, homes)
    return CandidateCard(
        id=card.id, home_id=uow.context.tenant, code="K-…", withdrawn=False, version=0, **told
    )


async def hide(uow: UnitOfWork, card: ContactCard, row: Candidate, ended_how: str) -> None:
    """Out of the pool now. What was under way ends, the row forgets what it said, and every yes of a candidate ends.

    Again, for a row whose `withdrawn_at` something else has set already: the rest is done all the same.
    """
    row.withdrawn_at = row.withdrawn_at or now()
    for name, value in NOTHING.items():
        setattr(row, name, list(value) if isinstance(value, list) else value)
    row.version += 1
    await uow.session.flush()
    await end(uow, card.id, (*CANDIDATE_USES, "load_light"), ended_how)
    for listener in _ON_WITHDRAWN:
        await listener(uow, row.id)
    await record_change(
        uow, "candidate.withdrawn", "candidate", row.id, persons=[card.person_id], how=ended_how
    )


async def may_stand(uow: UnitOfWork, card: ContactCard) -> bool:
    """Whether the contact may stand in the pool at all."""
    return card.state in SHAREABLE and not (await person_card(uow, card.person_id)).protected


async def pool_of(uow: UnitOfWork) -> Pool | None:
    """The municipality's region today, or None."""
    try:
        return await own_pool(uow)
    except Forbidden:
        return None


async def show_to_pool(uow: UnitOfWork, contact_id: UUID, light: str | None) -> None:
    """The contact has let another colour be seen, or switched the light off: the pool sees it when they said yes to that."""
    card = await held_contact(uow, contact_id)
    row = await candidate_row(uow, card.candidate_id)
    if row is None or row.withdrawn_at is not None:
        return
    agreed = "load_light" in await holding(uow, contact_id)
    await _write(uow, card, row, {"light": light if agreed else None})


async def _candidate_yes(uow: UnitOfWork, contact_id: UUID) -> dict[str, Consent]:
    return {use: one for use, one in (await holding(uow, contact_id)).items() if use in CANDIDATE_USES}


async def _described(
    uow: UnitOfWork, card: ContactCard, yes: Mapping[str, Consent], homes: Mapping[UUID, Home]
) -> dict[str, Any]:
    """The columns of the pool's row. With several uses, what all of them allow: the earliest last day, the towns of all."""
    assert card.birth_date is not None
    wish = await uow.session.scalar(
        select(PoolWish).where(PoolWish.tenant_id == uow.context.tenant, PoolWish.contact_id == card.id)
    )
    said = await stability_of(uow, card.id)
    _, hours_at_home = await home_months_and_hours(uow, card.id)
    stated = await stated_hours(uow, card.id)
    here = homes.get(uow.context.tenant)
    towns = set(homes).intersection(*(one.municipalities for one in yes.values()))
    not_in = set(wish.not_in if wish is not None else ())
    slots = list(card.slots)
    untils = [one.until for one in yes.values() if one.until is not None]
    return {
        "birth_year": card.birth_date.year,
        "gender": card.sex or "X",
        "interests": [code for code in card.interests if code not in card.will_not],
        "skills": list(card.skills),
        "languages": list(card.languages),
        "slots": slots,
        "alternate_slots": [slot for slot in (wish.alternate_slots if wish is not None else ()) if slot in slots],
        "area": (wish.area if wish is not None else "") or home_area(here),
        "postcode": card.postcode,
        "areas": list(card.areas),
        "visible_to": sorted(towns - not_in, key=str),
        "not_in": sorted(not_in, key=str),
        "uses": [CANDIDATE_USES[use] for use in CANDIDATE_USES if use in yes],
        "age_bands": age_bands(card.age_from, card.age_to),
        "has_car": card.has_car,
        "hours_wanted": card.wants_hours or Decimal(0),
        "hours_now": hours_at_home + card.lent_hours,
        "hours_elsewhere": stated.hours if stated is not None else Decimal(0),
        "light": await _light(uow, card.id),
        "will_not": list(card.will_not),
        "longest_months": said.longest_months,
        "commits_months": card.commits_months,
        "broken_by_choice": said.broken_by_choice,
        "stability_seen_at": said.counts_since,
        "courses": sorted((await competences_of(uow, [card.id])).get(card.id, ())),
        "available_from": wish.available_from if wish is not None else None,
        "engaged_at_home": card.state == "engaged",
        "paused": card.state == "paused",
        "consent_on": max((one.given_on for one in yes.values()), default=today()),
        "consent_until": min(untils, default=today()),
    }  # fmt: skip


def home_area(home: Home | None) -> str:
    """The coarse area a municipality lies in."""
    return traits.AREA_OF_MUNICIPALITY.get(home.code, "middle") if home is not None else "middle"


async def _light(uow: UnitOfWork, contact_id: UUID) -> str | None:
    """The colour the pool may see. Read anew where it can be (on the contact's own page), else as it was."""
    if "load_light" not in await holding(uow, contact_id):
        return None
    for reader in _LIGHT:
        found = await reader(uow, contact_id)
        if found is not None:
            return found
    card = await held_contact(uow, contact_id)
    row = await candidate_row(uow, card.candidate_id)
    return row.light if row is not None else None


async def _write(uow: UnitOfWork, card: ContactCard, row: Candidate, told: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in told.items() if getattr(row, name) != value}
    narrowed = any(
        set(getattr(row, name)) - set(told.get(name, getattr(row, name))) for name in ("visible_to", "uses")
    )
    barred = set(told.get("not_in", ())) - set(row.not_in)
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.version += 1
    await uow.session.flush()
    for listener in _ON_NARROWED if narrowed or barred else ():
        await listener(uow, row.id)


@on_changed
@on_moved
async def follow_home(uow: UnitOfWork, contact_id: UUID) -> None:
    """Whatever changes of the contact at home is so in the pool at once."""
    await refresh_candidate(uow, contact_id)
