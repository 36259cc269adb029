"""Reads of the weights: which hold, those before, and one that is being tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.engine.api import DEFAULT, Weights
from shared_pool.weighing.models import MatchingWeights

table = MatchingWeights.__table__
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class WeightsCard:
    """A version of the weights. `number` is None of one that is only tried."""

    id: UUID
    state: str
    number: int | None
    weights: Weights
    why: str
    made_by: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """The weights that hold, and which version they are: 0 before the region has adopted any."""

    weights: Weights
    number: int


_COLUMNS = [table.c[name] for name in WeightsCard.__dataclass_fields__]
_IN_REGION = table.c.region_id == bindparam("region")
_ADOPTED = compile_query(
    select(*_COLUMNS)
    .where(_IN_REGION, table.c.state == "adopted")
    .order_by(table.c.number.desc())
    .limit(MOST_SHOWN)
)
_NEWEST = compile_query(
    select(table.c.weights, table.c.number)
    .where(_IN_REGION, table.c.state == "adopted")
    .order_by(table.c.number.desc())
    .limit(1)
)
_ONE = compile_query(select(*_COLUMNS).where(_IN_REGION, table.c.id == bindparam("id")))


def _card(row: object) -> WeightsCard:
    values = dict(row)  # type: ignore[call-overload]  # asyncpg's record has no stubs
    return WeightsCard(**values | {"weights": Weights.from_json(values["weights"])})


async def weights_in_force(uow: UnitOfWork, region_id: UUID) -> InForce:
    """The version adopted last, or the engine's own before there is one. In the region's context and its jobs."""
    row = await uow.row(_NEWEST, region=region_id)
    return InForce(DEFAULT, 0) if row is None else InForce(Weights.from_json(row["weights"]), row["number"])


async def weights_of(uow: UnitOfWork, region_id: UUID) -> Weights:
    """The weights that hold in a region."""
    return (await weights_in_force(uow, region_id)).weights


async def adopted_versions(uow: UnitOfWork) -> Sequence[WeightsCard]:
    """The region's adopted versions, the newest first."""
    return [_card(row) for row in await uow.rows(_ADOPTED, region=uow.context.region)]


async def version_card(uow: UnitOfWork, weights_id: UUID) -> WeightsCard:
    """One version, tried or adopted. Raises NotFound."""
    row = await uow.row(_ONE, region=uow.context.region, id=weights_id)
    if row is None:
        raise NotFound
    return _card(row)
