"""Weights are tried, and what was tried may be adopted with a reason. Nothing that was adopted is changed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.engine.api import Weights
from shared_pool.weighing.models import MatchingWeights
from shared_pool.weighing.queries import version_card, weights_in_force

MOST_WHY = 500
STALE = N_("Noen har vedtatt nye vekter siden du åpnet siden. Se over dem, og prøv på nytt.")


async def try_weights(uow: UnitOfWork, weights: Weights) -> UUID:
    """Keep weights to see what they would do; the version's id. Nothing else changes."""
    row = MatchingWeights(
        region_id=uow.context.region,
        id=uuid7(),
        state="tried",
        weights=weights.to_json(),
        made_by=uow.context.user,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.id


async def adopt(uow: UnitOfWork, weights_id: UUID, why: str, shown_with: int) -> int:
    """Let a version hold from now on, as the region's next; its number.

    `shown_with`: the number that held when the form was shown. Raises NotFound, Invalid without a reason, Conflict when
    another version has come to hold meanwhile, also by somebody at this very moment, or when this is what holds.
    """
    card = await version_card(uow, weights_id)
    if not why.strip():
        raise Invalid.one("grunn", N_("Skriv kort hvorfor vektene endres."))
    if len(why) > MOST_WHY:
        raise Invalid({"grunn": BadInput("grunn", N_("Skriv høyst %(most)s tegn."), most=MOST_WHY)})
    held = await weights_in_force(uow, uow.context.region)
    if held.number != shown_with:
        raise Conflict(STALE)
    if held.weights == card.weights:
        raise Conflict(N_("Disse vektene gjelder allerede."))
    row = MatchingWeights(
        region_id=uow.context.region, id=uuid7(), state="adopted", number=held.number + 1,
        weights=card.weights.to_json(), why=why.strip(), made_by=uow.context.user,
    )  # fmt: skip
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as error:
        if "uq_matching_weights" not in str(error.orig):
            raise
        raise Conflict(STALE) from error
    await record_change(
        uow, "weights.adopted", "matching_weights", row.id, number=held.number + 1, before=held.number
    )
    return held.number + 1
