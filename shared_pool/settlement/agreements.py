"""Agreements on prices: one municipality proposes, the other says yes or no, and either may give notice (C5).

Who proposes and who accepts are managers of the two; the table itself refuses anything else, also a change of terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.policy.four_eyes import Approval
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from shared_pool.recruitment.api import homes_of, own_pool
from shared_pool.settlement.books import AgreementCard, Pair, all_books, pair_of
from shared_pool.settlement.models import SettlementAgreement
from shared_pool.settlement.reckoning import in_force, month_off

NOTE = "settlement.note"
STALE = N_("Avtalen er endret siden du åpnet siden. Se på den på nytt.")
NOT_A_MEMBER = N_("Velg en kommune som er med i samarbeidet nå.")
TAKEN = N_("Det gjelder alt en avtale fra denne dagen. Foreslå en annen dag.")
EARLIEST_MONTHS = 24
"""How far back an agreement may reach: hours older than that are another matter than a price list."""


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """Terms as proposed. `valid_from` is the first day of a month, `valid_to` the last of one. Prices in whole øre."""

    other_id: UUID
    valid_from: date
    valid_to: date | None
    period_months: int
    hour_ore: int
    recruiting_ore: int
    course_ore: int
    seat_ore: int
    place_ore: int


async def partners(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """(id, name) of the municipalities one may agree with: the others in the region today. None without a region."""
    try:
        pool = await own_pool(uow)
    except Forbidden:
        return []
    homes = (await homes_of(uow, pool.id)).values()
    return sorted(
        ((home.id, home.name) for home in homes if home.id != uow.context.tenant), key=lambda one: one[1]
    )


async def propose_agreement(uow: UnitOfWork, facts: AgreementFacts) -> UUID:
    """Propose terms to another municipality of the region; the agreement's id.

    Raises Invalid for a municipality that is no member, a day too far back or one that an agreement begins on already.
    """
    uow.context.require(Permission.SETTLEMENT_ACCEPT)
    pool = await own_pool(uow)
    tenant = uow.context.tenant
    if facts.other_id == tenant or facts.other_id not in await homes_of(uow, pool.id):
        raise Invalid.one("kommune", NOT_A_MEMBER)
    if facts.valid_from < month_off(today(), -EARLIEST_MONTHS):
        raise Invalid.one("fra", N_("Velg en måned i de siste to årene, eller en som kommer."))
    pair = pair_of(pool.id, tenant, facts.other_id)
    known = (await _agreements(uow, pair)) or []
    if any(one.state == "accepted" and one.valid_from == facts.valid_from for one in known):
        raise Invalid.one("fra", TAKEN)
    if any(one.state == "proposed" for one in known):
        raise Conflict(N_("Det ligger alt et forslag mellom dere. Svar på det, eller trekk det, først."))
    row = SettlementAgreement(
        region_id=pair.region, id=random_id(), a_id=pair.a, b_id=pair.b, valid_from=facts.valid_from, valid_to=facts.valid_to,
        period_months=facts.period_months, hour_ore=facts.hour_ore, recruiting_ore=facts.recruiting_ore,
        course_ore=facts.course_ore, seat_ore=facts.seat_ore, place_ore=facts.place_ore, proposed_by_id=tenant,
        proposed_by=uow.context.user, proposed_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await _tell(uow, row, "proposed")
    return row.id


async def _agreements(uow: UnitOfWork, pair: Pair) -> Sequence[AgreementCard]:
    books = (await all_books(uow)).get(pair)
    return books.agreements if books is not None else []


async def answer_agreement(uow: UnitOfWork, agreement_id: UUID, *, yes: bool, version: int) -> None:
    """The other municipality's answer. Raises NotFound, Conflict when it has been answered or taken back, and Forbidden
    for the proposer and for the municipality that proposed.
    """
    uow.context.require(Permission.SETTLEMENT_ACCEPT)
    row = await _held(uow, agreement_id, version)
    if row.proposed_by_id == uow.context.tenant:
        raise Forbidden(N_("Dere har selv foreslått avtalen. Den andre kommunen må svare."))
    if row.state != "proposed":
        raise Conflict(STALE)
    Approval(row.proposed_by, uow.context.user)
    if yes:
        row.accepted_by_id, row.accepted_by = uow.context.tenant, uow.context.user
        row.accepted_by_name, row.accepted_at = uow.context.user_name, now()
    row.state = "accepted" if yes else "declined"
    row.version += 1
    try:
        await uow.session.flush()
    except IntegrityError as error:
        if "uq_settlement_agreement_from" in str(error):
            raise Conflict(TAKEN) from error
        raise
    await _tell(uow, row, row.state)


async def withdraw_agreement(uow: UnitOfWork, agreement_id: UUID, *, version: int) -> None:
    """Take one's own municipality's proposal back before it is answered. Raises NotFound, Conflict, Forbidden."""
    uow.context.require(Permission.SETTLEMENT_ACCEPT)
    row = await _held(uow, agreement_id, version)
    if row.proposed_by_id != uow.context.tenant:
        raise Forbidden(N_("Bare kommunen som foreslo avtalen, kan trekke den."))
    if row.state != "proposed":
        raise Conflict(STALE)
    row.state = "withdrawn"
    row.version += 1
    await uow.session.flush()
    await _tell(uow, row, "withdrawn")


async def end_agreement(uow: UnitOfWork, agreement_id: UUID, last: date, *, version: int) -> None:
    """Give notice: the agreement holds until `last`, the last day of this month or a later one.

    Raises NotFound, Invalid for another day, Conflict when it is not in force or ends before that day already.
    """
    uow.context.require(Permission.SETTLEMENT_ACCEPT)
    row = await _held(uow, agreement_id, version)
    if row.state != "accepted":
        raise Conflict(STALE)
    if last < today() or (last + timedelta(days=1)).day != 1 or last <= row.valid_from:
        raise Invalid.one("til", N_("Velg den siste dagen i denne måneden eller en måned som kommer."))
    if row.valid_to is not None and row.valid_to <= last:
        raise Conflict(N_("Avtalen slutter alt før denne dagen."))
    row.valid_to, row.ended_by_id = last, uow.context.tenant
    row.version += 1
    await uow.session.flush()
    await _tell(uow, row, "ended")


async def _held(uow: UnitOfWork, agreement_id: UUID, version: int) -> SettlementAgreement:
    tenant = uow.context.tenant
    row = await uow.session.scalar(
        select(SettlementAgreement)
        .where(
            SettlementAgreement.id == agreement_id,
            (SettlementAgreement.a_id == tenant) | (SettlementAgreement.b_id == tenant),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.version != version:
        raise Conflict(STALE)
    return row


async def _tell(uow: UnitOfWork, row: SettlementAgreement, what: str) -> None:
    """The step in one's own trail, and, by a job, in the other's."""
    other = row.b_id if row.a_id == uow.context.tenant else row.a_id
    await record_change(uow, f"settlement.agreement_{what}", "settlement_agreement", row.id)
    told = {"what": f"agreement_{what}", "object": row.id}
    await enqueue_for(uow, PlaceKind.MUNICIPALITY, other, NOTE, told, nameless=True)


def template_of(cards: Sequence[AgreementCard]) -> AgreementCard | None:
    """The newest agreement in force between anybody: what a new one may begin with."""
    agreed = [
        one for one in cards if one.state == "accepted" and in_force([one.prices], month_off(today(), 0))
    ]
    return max(agreed, key=lambda one: (one.valid_from, one.accepted_at), default=None)
