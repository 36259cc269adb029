"""What people do with open offers: plan them, count who came, and note in a case what was tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.api import case_for_change
from tenants.offers.models import OfferCount, OfferDay, OfferTried, OpenOffer
from tenants.offers.queries import day_card, offer_card
from tenants.offers.rules import AHEAD, LONGEST_TRIP, planned_days

NO_NAMES = N_("Ikke skriv fødselsnummer. Her skal det ikke stå hvem det gjelder.")
STALE = N_("Noen andre har skrevet her mens du skrev.")
_ELEVEN = re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)")


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as planned; `weekday` is "" for one whose days come one after another, such as a trip."""

    kind: str
    name: str
    about: str
    place: str
    weekday: str
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None = None
    responsible: str = ""
    places: int | None = None
    price_kroner: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class CountFacts:
    """Who was there, by count: guests by age band, volunteers, contacts and staff; talks of guidance, and about what."""

    came: Mapping[str, int]
    volunteers: int = 0
    contacts: int = 0
    staff: int = 0
    talks: int = 0
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class TriedFacts:
    """What somebody tried: one of the municipality's offers, or another's by `name`."""

    offer_id: UUID | None
    name: str
    first_on: date
    last_on: date | None
    times: int | None
    outcome: str
    own_words: str


def _check(facts: OfferFacts) -> None:
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Invalid.one("til", N_("Siste dag må være samme dag eller senere."))
    if facts.ends <= facts.starts:
        raise Invalid.one("slutter", N_("Tilbudet må slutte etter at det begynner."))
    if facts.kind == "holiday_trip" and (facts.weekday or facts.valid_to is None):
        raise Invalid.one("til", N_("En ferietur har en første og en siste dag, og ingen ukedag."))
    if not facts.weekday and facts.valid_to is None:
        raise Invalid.one("ukedag", N_("Velg en ukedag, eller skriv siste dag."))
    if (
        not facts.weekday
        and facts.valid_to is not None
        and (facts.valid_to - facts.valid_from).days >= LONGEST_TRIP
    ):
        raise Invalid.one("til", N_("Uten ukedag kan det vare høyst %(days)s dager."), days=LONGEST_TRIP)


async def make_offer(uow: UnitOfWork, facts: OfferFacts) -> UUID:
    """Plan an offer, with its days; its id. Raises Invalid on the field that is wrong."""
    _check(facts)
    made = OpenOffer(tenant_id=uow.context.tenant, id=uuid7(), **asdict(facts))
    uow.session.add(made)
    await uow.session.flush()
    await lay_out(uow, made)
    await record_change(uow, "offer.made", "open_offer", made.id, kind=facts.kind)
    return made.id


async def lay_out(uow: UnitOfWork, found: OpenOffer) -> int:
    """Give an offer its days, half a year ahead; how many were new. Days that are there are left as they are."""
    first = max(found.valid_from, today()) if found.weekday else found.valid_from
    days = planned_days(found.weekday, first, found.valid_to, today() + AHEAD)
    rows = [
        {
            "tenant_id": found.tenant_id, "id": uuid7(), "offer_id": found.id, "day": day, "starts": found.starts,
            "ends": found.ends,
        }
        for day in days
    ]  # fmt: skip
    if not rows:
        return 0
    made = await uow.session.execute(
        insert(OfferDay)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["tenant_id", "offer_id", "day"])
        .returning(OfferDay.id)
    )
    return len(made.all())


async def change_offer(uow: UnitOfWork, offer_id: UUID, facts: OfferFacts, *, version: int) -> None:
    """Plan an offer anew: days ahead that nobody has counted are laid out again. Raises Conflict on a stale version."""
    found = await uow.session.get(
        OpenOffer, (uow.context.tenant, offer_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    if found.version != version:
        raise Conflict(
            STALE,
            theirs={N_("Navn"): found.name, N_("Sted"): found.place},
            yours={N_("Navn"): facts.name, N_("Sted"): facts.place},
        )
    _check(facts)
    for name, value in asdict(facts).items():
        setattr(found, name, value)
    found.version += 1
    await uow.session.flush()
    await uow.session.execute(
        delete(OfferDay).where(
            OfferDay.tenant_id == found.tenant_id,
            OfferDay.offer_id == offer_id,
            OfferDay.state == "planned",
            OfferDay.day >= today(),
        )
    )
    await lay_out(uow, found)
    await record_change(uow, "offer.changed", "open_offer", offer_id)


async def add_day(uow: UnitOfWork, offer_id: UUID, day: date) -> UUID:
    """One more day of an offer, also one that was left out as a holiday; its id. Raises Invalid for one that is there."""
    card = await offer_card(uow, offer_id)
    made: UUID | None = await uow.session.scalar(
        insert(OfferDay)
        .values(
            tenant_id=uow.context.tenant, id=uuid7(), offer_id=offer_id, day=day, starts=card.starts, ends=card.ends
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "offer_id", "day"])
        .returning(OfferDay.id)
    )  # fmt: skip
    if made is None:
        raise Invalid.one("dag", N_("Tilbudet har den dagen fra før."))
    await record_change(uow, "offer.day_added", "offer_day", made, day=day)
    return made


async def _held_day(uow: UnitOfWork, offer_id: UUID, day_id: UUID) -> OfferDay:
    await day_card(uow, offer_id, day_id)
    found = await uow.session.scalar(
        select(OfferDay)
        .where(OfferDay.tenant_id == uow.context.tenant, OfferDay.id == day_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def count_day(
    uow: UnitOfWork, offer_id: UUID, day_id: UUID, facts: CountFacts, *, version: int
) -> None:
    """Keep who was there. Raises Conflict on a stale version or a day that was called off, Invalid before it has begun."""
    found = await _held_day(uow, offer_id, day_id)
    if found.version != version:
        raise Conflict(STALE)
    if found.state == "cancelled":
        raise Conflict(N_("Dagen er avlyst. Ingen kan telles."))
    if not (await day_card(uow, offer_id, day_id)).begun:
        raise Conflict(N_("Dagen har ikke begynt ennå. Tell når folk er kommet."))
    if _ELEVEN.search(facts.guidance):
        raise Invalid.one("veiledning", NO_NAMES)
    found.state, found.counted_by = "held", uow.context.user_name
    found.volunteers, found.contacts, found.staff = facts.volunteers, facts.contacts, facts.staff
    found.talks, found.guidance = facts.talks, facts.guidance
    found.version += 1
    await uow.session.flush()
    whose = (OfferCount.tenant_id == found.tenant_id, OfferCount.day_id == day_id)
    await uow.session.execute(delete(OfferCount).where(*whose))
    rows = [
        {"tenant_id": found.tenant_id, "id": uuid7(), "day_id": day_id, "band": band, "came": came}
        for band, came in facts.came.items()
    ]
    if rows:
        await uow.session.execute(insert(OfferCount).values(rows))
    await record_change(uow, "offer.counted", "offer_day", day_id, came=sum(facts.came.values()))


async def cancel_day(uow: UnitOfWork, offer_id: UUID, day_id: UUID, reason: str) -> None:
    """Call a day off. Again: nothing happens. Raises Conflict for one that was held, Invalid without a reason."""
    found = await _held_day(uow, offer_id, day_id)
    if found.state == "cancelled":
        return
    if found.state == "held":
        raise Conflict(N_("Dagen er holdt og talt."))
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor dagen er avlyst."))
    found.state, found.cancel_reason = "cancelled", reason
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "offer.cancelled", "offer_day", day_id)


# Tried before a decision ----------------------------------------------------------------------------------------------
async def note_tried(uow: UnitOfWork, case_id: UUID, facts: TriedFacts) -> UUID:
    """Note in a case what was tried before a decision; its id. Raises NotFound and Forbidden as `case_for_change`, and
    Invalid on the field that is wrong.
    """
    card, _ = await case_for_change(uow, case_id)
    name = facts.name
    if facts.offer_id is not None:
        try:
            name = (await offer_card(uow, facts.offer_id)).name
        except NotFound:
            raise Invalid.one("tilbud", N_("Velg et tilbud, eller skriv hva det heter.")) from None
    if facts.first_on > today():
        raise Invalid.one("fra", N_("Dagen er i framtida. Skriv når personen prøvde det."))
    if facts.last_on is not None and facts.last_on < facts.first_on:
        raise Invalid.one("til", N_("Siste dag må være samme dag eller senere."))
    made = OfferTried(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=case_id, offer_id=facts.offer_id, name=name,
        first_on=facts.first_on, last_on=facts.last_on, times=facts.times, outcome=facts.outcome,
        own_words=facts.own_words, noted_by=uow.context.user, noted_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "offer.tried", "case", case_id, persons=[card.person_id], outcome=facts.outcome)
    return made.id


async def withdraw_tried(uow: UnitOfWork, case_id: UUID, tried_id: UUID) -> None:
    """Take back what was noted by mistake. Again: nothing happens. Raises as `note_tried`."""
    card, _ = await case_for_change(uow, case_id)
    found = await uow.session.get(
        OfferTried, (uow.context.tenant, tried_id), with_for_update=True, populate_existing=True
    )
    if found is None or found.case_id != case_id:
        raise NotFound
    if found.withdrawn_on is None:
        found.withdrawn_on = today()
        found.version += 1
        await uow.session.flush()
        await record_change(uow, "offer.tried_withdrawn", "case", case_id, persons=[card.person_id])
