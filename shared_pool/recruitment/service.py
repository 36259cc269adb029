"""A contact becomes a candidate by their own consent, and stops being one at once when they say so (C2).

In the home municipality's context. The pool's row holds codes and numbers; the name stays at home.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.recruitment.codes import add_with_code, candidate_code
from shared_pool.recruitment.models import Candidate
from shared_pool.recruitment.queries import home_months_and_hours
from shared_pool.recruitment.region import own_pool
from tenants.api import ContactCard, contact_card, link_candidate, on_left, on_suspended, person_card, traits

LONGEST_CONSENT_DAYS = 366
"""A consent to be seen is asked for again after a year at the most."""
MOST_HOURS = Decimal(40)

OnWithdrawn = Callable[[UnitOfWork, UUID], Awaitable[None]]
_ON_WITHDRAWN: list[OnWithdrawn] = []


def on_candidate_withdrawn(listener: OnWithdrawn) -> OnWithdrawn:
    """Register what a higher slice does when a candidate withdraws; runs in the withdrawal's own transaction."""
    if listener not in _ON_WITHDRAWN:
        _ON_WITHDRAWN.append(listener)
    return listener


async def share_contact(
    uow: UnitOfWork,
    contact_id: UUID,
    consent_until: date,
    area: str,
    *,
    consent_on: date | None = None,
    hours_wanted: Decimal | None = None,
    commits_months: int | None = None,
    will_not: Sequence[str] = (),
) -> UUID:
    """Make the contact a candidate of the region's pool until `consent_until`, or renew a consent; the candidate's id.

    What the pool sees is taken from the contact's own facts. `hours_wanted` (a week, at the most) and `commits_months`
    stand in for what the contact's row does not say. Raises Invalid, Forbidden for protected contacts, NotFound.
    """
    card = await contact_card(uow, contact_id)
    if (await person_card(uow, card.person_id)).protected:
        raise Forbidden(N_("Personen har sperret adresse og kan ikke stå i den felles banken."))
    if card.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet og kan ikke deles."))
    if card.state == "suspended":
        raise Conflict(N_("Støttekontakten er tatt ut av tjeneste og kan ikke deles."))
    agreed = consent_on or today()
    wanted = hours_wanted if hours_wanted is not None else card.wants_hours
    _check(card, agreed, consent_until, area, wanted, will_not)
    assert wanted is not None
    assert card.birth_date is not None
    months, hours_at_home = await home_months_and_hours(uow, contact_id)
    pool = await own_pool(uow)
    described = {
        "birth_year": card.birth_date.year,
        "gender": card.sex or "X",
        "interests": [code for code in card.interests if code not in will_not],
        "skills": list(card.skills),
        "languages": list(card.languages),
        "slots": list(card.slots),
        "area": area,
        "has_car": card.has_car,
        "hours_wanted": wanted,
        "hours_now": hours_at_home + card.lent_hours,
        "will_not": list(will_not),
        "longest_months": months,
        "commits_months": card.commits_months if commits_months is None else commits_months,
        "consent_on": agreed,
        "consent_until": consent_until,
        "withdrawn_at": None,
    }
    known = await uow.session.get(Candidate, (pool.id, card.candidate_id)) if card.candidate_id else None
    if known is not None:
        for name, value in described.items():
            setattr(known, name, value)
        known.version += 1
        await uow.session.flush()
        await record_change(
            uow, "candidate.renewed", "candidate", known.id, persons=[card.person_id], until=consent_until
        )
        return known.id

    def make(code: str) -> Candidate:
        return Candidate(
            region_id=pool.id, id=random_id(), home_id=uow.context.tenant, code=code, **described
        )

    made = cast(Candidate, await add_with_code(uow, make, candidate_code, "uq_candidate_region_id"))
    await link_candidate(uow, contact_id, made.id)
    await record_change(
        uow, "candidate.shared", "candidate", made.id, persons=[card.person_id], until=consent_until
    )
    return made.id


def _check(
    card: ContactCard, agreed: date, until: date, area: str, wanted: Decimal | None, will_not: Sequence[str]
) -> None:
    """Raises Invalid at the form's field."""
    if agreed > today():
        raise Invalid.one("samtykke", N_("Datoen er i framtida. Skriv dagen støttekontakten sa ja."))
    if until <= today():
        raise Invalid.one("til", N_("Velg en dag som ikke er kommet ennå."))
    if until > today() + timedelta(days=LONGEST_CONSENT_DAYS):
        raise Invalid.one("til", N_("Samtykket kan gjelde i høyst ett år om gangen."))
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


async def withdraw_candidate(uow: UnitOfWork, contact_id: UUID) -> None:
    """Hide the contact from the pool at once; what was under way for them ends. Raises NotFound when not shared."""
    card = await contact_card(uow, contact_id)
    candidate = None
    if card.candidate_id is not None:
        candidate = await uow.session.scalar(
            select(Candidate)
            .where(Candidate.home_id == uow.context.tenant, Candidate.id == card.candidate_id)
            .with_for_update()
        )
    if candidate is None or candidate.withdrawn_at is not None:
        raise NotFound
    candidate.withdrawn_at = now()
    candidate.version += 1
    await uow.session.flush()
    for listener in _ON_WITHDRAWN:
        await listener(uow, candidate.id)
    await record_change(uow, "candidate.withdrawn", "candidate", candidate.id, persons=[card.person_id])


@on_left
@on_suspended
async def hide_suspended(uow: UnitOfWork, contact_id: UUID) -> None:
    """A contact out of service, or who has left, is found by nobody (B19); they say yes again when they are back."""
    try:
        await withdraw_candidate(uow, contact_id)
    except NotFound:
        return  # never shared, or withdrawn already
