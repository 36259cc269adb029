"""A contact becomes a candidate by their own consent, and stops being one at once when they say so (C2).

In the home municipality's context. The pool's row holds codes and numbers; the name stays at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.recruitment.consents import CANDIDATE_USES, USE_NAMES, check_until, end, give, holding
from shared_pool.recruitment.keeping import (
    candidate_row,
    hide,
    may_stand,
    pool_of,
    put_in_pool,
    refresh_candidate,
)
from shared_pool.recruitment.region import homes_of, own_pool
from shared_pool.recruitment.stability import mark_seen, note_ending, stability_of, wish_row
from tenants.api import (
    ContactCard,
    EndedAssignment,
    WishFacts,
    assignments_of_contact,
    held_contact,
    note_wishes,
    on_assignment_end,
    on_assignment_made,
    on_left,
    on_protected,
    on_suspended,
    person_card,
    support_contact,
    traits,
)

MOST_HOURS = Decimal(40)
NOT_READY = {
    "enquiry": N_("Snakk med den som har meldt seg, før hun eller han deles. Avtal et intervju først."),
    "ended": N_("Støttekontakten har sluttet og kan ikke deles."),
    "suspended": N_("Støttekontakten er tatt ut av tjeneste og kan ikke deles."),
}

_CONTACT_OF = compile_query(
    select(support_contact.c.id).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.person_id == bindparam("person")
    )
)


@dataclass(frozen=True, slots=True)
class PoolWishes:
    """What a yes to the pool is about. `visible_to`: municipalities, None for all of the region's; `uses`: consents.USES."""

    visible_to: Sequence[UUID] | None = None
    uses: Sequence[str] = ("pool",)
    not_in: Sequence[UUID] = ()
    areas: Sequence[str] | None = None
    ages: tuple[int | None, int | None] | None = None
    available_from: date | None = None
    alternate_slots: Sequence[str] = ()
    how: str = "writing"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody said yes to in the public form, or on the link they got (C1). `how`: form or own_link."""

    pool: bool
    municipalities: tuple[UUID, ...]
    until: date | None
    substitute: bool
    group: bool
    newsletter: bool
    given_on: date
    how: str
    not_in: tuple[UUID, ...] = ()
    available_from: date | None = None
    alternate_slots: tuple[str, ...] = ()

    @property
    def uses(self) -> list[str]:
        """The uses of a candidate that are said yes to. Without a municipality or a last day there is no yes."""
        if not self.municipalities or self.until is None or self.until < today():
            return []
        chosen = {"pool": self.pool, "substitute": self.substitute, "group": self.group}
        return [use for use, yes in chosen.items() if yes]


async def share_contact(
    uow: UnitOfWork,
    contact_id: UUID,
    consent_until: date,
    area: str,
    *,
    consent_on: date | None = None,
    hours_wanted: Decimal | None = None,
    commits_months: int | None = None,
    will_not: Sequence[str] | None = None,
    wishes: PoolWishes | None = None,
    seen: bool = False,
) -> UUID:
    """Make the contact a candidate of the region's pool until `consent_until`, or renew a consent; the candidate's id.

    What the pool sees is taken from the contact's own facts, which `hours_wanted` (a week, at the most), `commits_months`,
    `will_not` and the wishes' areas bring up to date. `seen`: the contact has been shown what is said of their stability.
    Raises Invalid, Conflict for who may not be shared (yet), Forbidden for protected contacts, NotFound.
    """
    card, wishes = await held_contact(uow, contact_id), wishes or PoolWishes()
    await _check_may_stand(uow, card)
    agreed = consent_on or today()
    wanted = hours_wanted if hours_wanted is not None else card.wants_hours
    _check(card, agreed, consent_until, area, wanted, will_not or ())
    pool = await own_pool(uow)
    towns = _towns(wishes, await homes_of(uow, pool.id))
    await note_wishes(uow, contact_id, WishFacts(wanted, commits_months, wishes.areas, will_not, wishes.ages))
    await _keep_wishes(uow, contact_id, wishes, area)
    for use in wishes.uses:
        await give(
            uow, contact_id, use, municipalities=towns, until=consent_until, how=wishes.how, given_on=agreed
        )
    await end(uow, contact_id, [use for use in CANDIDATE_USES if use not in wishes.uses], "replaced")
    if seen:
        await mark_seen(uow, contact_id, broken_shown=(await stability_of(uow, contact_id)).broken_by_choice)
    return await put_in_pool(uow, contact_id)


async def _check_may_stand(uow: UnitOfWork, card: ContactCard) -> None:
    if (await person_card(uow, card.person_id)).protected:
        raise Forbidden(N_("Personen har sperret adresse og kan ikke stå i den felles banken."))
    if card.state in NOT_READY:
        raise Conflict(NOT_READY[card.state])


def _check(
    card: ContactCard, agreed: date, until: date, area: str, wanted: Decimal | None, will_not: Sequence[str]
) -> None:
    """Raises Invalid at the form's field."""
    if agreed > today():
        raise Invalid.one("samtykke", N_("Datoen er i framtida. Skriv dagen støttekontakten sa ja."))
    check_until(until)
    if area not in traits.AREAS:
        raise Invalid.one("omraade", N_("Velg et område fra lista."))
    if wanted is None:
        raise Invalid.one("timer", N_("Skriv hvor mange timer i uka støttekontakten ønsker."))
    if not 0 < wanted <= MOST_HOURS:
        raise Invalid.one("timer", N_("Skriv mellom 1 og 40 timer i uka."))
    if any(code not in traits.INTERESTS for code in will_not):
        raise Invalid.one("ikke", N_("Velg fra lista."))
    if card.birth_date is None:
        raise Invalid.one("", N_("Fødselsdatoen mangler. Legg den inn på støttekontakten først."))


def _towns(wishes: PoolWishes, homes: Iterable[UUID]) -> list[UUID]:
    """The municipalities the yes is about. Raises Invalid when that is none, or when no use is chosen."""
    members = set(homes)
    if not set(wishes.uses) & set(CANDIDATE_USES):
        raise Invalid.one("bruk", N_("Velg hva støttekontakten har sagt ja til."))
    chosen = members if wishes.visible_to is None else members & set(wishes.visible_to)
    if not chosen - set(wishes.not_in):
        raise Invalid.one("kommuner", N_("Velg minst én kommune."))
    return sorted(chosen, key=str)


async def _keep_wishes(uow: UnitOfWork, contact_id: UUID, wishes: PoolWishes, area: str) -> None:
    row = await wish_row(uow, contact_id)
    row.not_in, row.available_from = sorted(set(wishes.not_in), key=str), wishes.available_from
    row.alternate_slots, row.area = list(wishes.alternate_slots), area
    row.version += 1
    await uow.session.flush()


async def say_yes_oneself(
    uow: UnitOfWork,
    contact_id: UUID,
    wishes: PoolWishes,
    until: date | None,
    *,
    newsletter: bool,
    light: bool,
) -> bool:
    """The contact's own page: what they say yes to from now on. Whether they stand in the pool after it.

    Who has stood there before is there again at once; for who has not, the yes waits for their coordinator. No use at all
    is to withdraw. Raises Invalid at the form's field, Forbidden for a protected address.
    """
    card = await held_contact(uow, contact_id)
    if (await person_card(uow, card.person_id)).protected:
        raise Forbidden(N_("Du har sperret adresse og kan ikke stå i den felles banken."))
    await _newsletter(uow, contact_id, yes=newsletter)
    if not wishes.uses:
        await withdraw_oneself(uow, contact_id)
        return False
    check_until(until)
    pool = await own_pool(uow)
    towns = _towns(wishes, await homes_of(uow, pool.id))
    row = await wish_row(uow, contact_id)
    await _keep_wishes(uow, contact_id, wishes, row.area)
    for use in wishes.uses:
        await give(uow, contact_id, use, municipalities=towns, until=until, how=wishes.how)
    await end(uow, contact_id, [use for use in CANDIDATE_USES if use not in wishes.uses], "withdrawn")
    if light:
        await give(uow, contact_id, "load_light", until=until, how=wishes.how)
    else:
        await end(uow, contact_id, ["load_light"], "withdrawn")
    await record_change(
        uow, "candidate.consented", "contact", contact_id, persons=[card.person_id], uses=sorted(wishes.uses),
        municipalities=len(towns), until=until,
    )  # fmt: skip
    known = await candidate_row(uow, card.candidate_id)
    if known is None or card.birth_date is None or card.wants_hours is None or not await may_stand(uow, card):
        return False
    await put_in_pool(uow, contact_id)
    return True


async def _newsletter(uow: UnitOfWork, contact_id: UUID, *, yes: bool) -> None:
    if yes:
        await give(uow, contact_id, "newsletter", until=None, how="own_page")
    else:
        await end(uow, contact_id, ["newsletter"], "withdrawn")


async def record_wishes(uow: UnitOfWork, contact_id: UUID, wishes: Wishes) -> None:
    """In a job at home: keep what was said yes to in the public form, or on the applicant's own link.

    The same again is nothing; a use that is no longer there is withdrawn, and whoever stands in the pool is seen by fewer
    or hidden at once. Somebody new stands there when the coordinator has talked with them. Raises NotFound.
    """
    card = await held_contact(uow, contact_id)
    members = await homes_of(uow, pool.id) if (pool := await pool_of(uow)) is not None else {}
    towns = [one for one in wishes.municipalities if one in members]
    uses = wishes.uses if towns else []
    for use in uses:
        await give(
            uow, contact_id, use, municipalities=towns, until=wishes.until, how=wishes.how, given_on=wishes.given_on
        )  # fmt: skip
    if wishes.newsletter:
        await give(uow, contact_id, "newsletter", until=None, how=wishes.how, given_on=wishes.given_on)
    gone = [use for use in CANDIDATE_USES if use not in uses]
    await end(uow, contact_id, [*gone, *([] if wishes.newsletter else ["newsletter"])], "withdrawn")
    if wishes.not_in or wishes.available_from or wishes.alternate_slots:
        row = await wish_row(uow, contact_id)
        row.not_in = sorted((one for one in wishes.not_in if one in members), key=str)
        row.available_from, row.alternate_slots = wishes.available_from, list(wishes.alternate_slots)
        await uow.session.flush()
    await record_change(
        uow, "candidate.consented", "contact", contact_id, persons=[card.person_id], uses=sorted(uses),
        municipalities=len(towns), until=wishes.until,
    )  # fmt: skip
    known = await candidate_row(uow, card.candidate_id)
    if known is None:
        return
    if not uses:
        if known.withdrawn_at is None or wishes.how == "own_link":
            await hide(uow, card, known, "withdrawn")
    elif await may_stand(uow, card):
        await put_in_pool(uow, contact_id)


async def withdraw_candidate(uow: UnitOfWork, contact_id: UUID) -> None:
    """Hide the contact from the pool at once; what was under way for them ends. Raises NotFound when not shared."""
    card = await held_contact(uow, contact_id)
    known = await candidate_row(uow, card.candidate_id)
    if known is None or known.withdrawn_at is not None:
        raise NotFound
    await hide(uow, card, known, "withdrawn")


async def withdraw_oneself(uow: UnitOfWork, contact_id: UUID) -> None:
    """The contact takes back every yes to being proposed, shared already or not. Never fails, and asks for no reason."""
    await _take_back(uow, contact_id, "withdrawn", (*CANDIDATE_USES, "load_light"))


async def withdraw_everything(uow: UnitOfWork, contact_id: UUID) -> None:
    """Every yes ends, the newsletter's too. Also when something else has hidden the row already; again is nothing more."""
    await _take_back(uow, contact_id, "withdrawn", tuple(USE_NAMES), hidden_already=True)


async def _take_back(
    uow: UnitOfWork, contact_id: UUID, how: str, uses: Sequence[str], *, hidden_already: bool = False
) -> None:
    card = await held_contact(uow, contact_id)
    known = await candidate_row(uow, card.candidate_id)
    ended = await end(uow, contact_id, uses, how)
    if known is not None and (known.withdrawn_at is None or hidden_already):
        await hide(uow, card, known, how)
    elif ended:
        await record_change(
            uow, "candidate.consent_withdrawn", "contact", contact_id, persons=[card.person_id], uses=sorted(ended)
        )  # fmt: skip


@on_left
@on_suspended
async def hide_suspended(uow: UnitOfWork, contact_id: UUID) -> None:
    """A contact out of service, or who has left, is found by nobody (B19); they say yes again when they are back."""
    if await holding(uow, contact_id):
        await _take_back(uow, contact_id, "left", tuple(USE_NAMES))


@on_protected
async def hide_protected(uow: UnitOfWork, person_id: UUID) -> None:
    """Who gets a protected address is in the pool no longer."""
    contact_id: UUID | None = await uow.value(_CONTACT_OF, tenant=uow.context.tenant, person=person_id)
    if contact_id is not None:
        await refresh_candidate(uow, contact_id)


@on_assignment_made
async def count_more(uow: UnitOfWork, contact_id: UUID) -> None:
    """A candidate of one's own has got more to do at home."""
    await refresh_candidate(uow, contact_id)


@on_assignment_end
async def count_ending(uow: UnitOfWork, ended: EndedAssignment) -> None:
    """At home: hours are free again, it may be the longest so far, and it may have broken what was promised (B12)."""
    for held in await assignments_of_contact(uow, ended.contact_id):
        if held.id == ended.assignment_id:
            await note_ending(uow, held)
    await refresh_candidate(uow, ended.contact_id)
