"""Who a service user knows and has said yes to as a substitute (B10): registered, and ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import check_contact, held_order
from tenants.contacts.api import contact_card
from tenants.substitutes.models import IntroducedSubstitute
from tenants.substitutes.queries import known_card

OnKnownEnded = Callable[[UnitOfWork, UUID], Awaitable[None]]
_ON_ENDED: list[OnKnownEnded] = []


def on_known_ended(listener: OnKnownEnded) -> OnKnownEnded:
    """Register what a higher slice does when a substitute who came of a match is one no longer; it is told the proposal."""
    if listener not in _ON_ENDED:
        _ON_ENDED.append(listener)
    return listener


@dataclass(frozen=True, slots=True)
class IntroductionFacts:
    """That two have met, when and how (a code of HOW), and who said yes to this contact as a substitute, when."""

    contact_id: UUID
    introduced_on: date
    how: str
    user_said_yes_on: date
    user_said_yes_by: str


async def introduce(
    uow: UnitOfWork, order_id: UUID, facts: IntroductionFacts, *, proposal_id: UUID | None = None
) -> UUID:
    """Note that the service user of an order knows a contact; the row's id. `proposal_id` when it came of the pool.

    Raises NotFound for an order the reader may not see; Invalid for a contact who may not meet anybody yet (B2), one's
    own person, or a day ahead; Conflict for somebody who is noted already.
    """
    order = await held_order(uow, order_id)
    contact = await contact_card(uow, facts.contact_id)
    check_contact(contact, order.person_id)
    bad = {
        "traff": facts.introduced_on > today(),
        "ja_dato": facts.user_said_yes_on > today(),
    }
    for field, ahead in bad.items():
        if ahead:
            raise Invalid.one(field, N_("Datoen er i framtida. Skriv dagen det skjedde."))
    row = IntroducedSubstitute
    already = await uow.session.scalar(
        select(row.id).where(
            row.tenant_id == order.tenant_id, row.case_id == order.case_id,
            row.contact_id == facts.contact_id, row.ended_on.is_(None),
        )
    )  # fmt: skip
    if already is not None:
        raise Conflict(N_("Støttekontakten står allerede på lista over kjente vikarer."))
    made = IntroducedSubstitute(
        tenant_id=order.tenant_id, id=uuid7(), case_id=order.case_id, person_id=order.person_id,
        contact_id=facts.contact_id, introduced_on=facts.introduced_on, how=facts.how,
        user_said_yes_on=facts.user_said_yes_on, user_said_yes_by=facts.user_said_yes_by, proposal_id=proposal_id,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "substitute.introduced", "introduced_substitute", made.id, persons=[order.person_id, contact.person_id]
    )  # fmt: skip
    return made.id


async def end_introduction(uow: UnitOfWork, known_id: UUID) -> UUID:
    """The contact is no longer somebody's substitute; the case's id. Raises NotFound for a case one may not see."""
    card = await known_card(uow, known_id)
    row = await uow.session.get(
        IntroducedSubstitute, (uow.context.tenant, known_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.ended_on is not None:
        raise NotFound
    row.ended_on = today()
    row.version += 1
    await uow.session.flush()
    if row.proposal_id is not None:
        for listener in _ON_ENDED:
            await listener(uow, row.proposal_id)
    await record_change(
        uow, "substitute.ended", "introduced_substitute", row.id, persons=[card.person_id, card.contact_person_id]
    )  # fmt: skip
    return card.case_id
