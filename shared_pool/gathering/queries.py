"""Reads of suggested groups: the region's, by counts; and a municipality's own part of each.

A municipality's rows are everybody's in it who may answer, and hold ids of its own needs alone; who is behind a need goes
through the order's own door (views.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.gathering.models import GroupAsk, GroupSuggestion

suggestion = GroupSuggestion.__table__
ask = GroupAsk.__table__
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class AskCard:
    """A municipality's part of a suggestion, for itself."""

    id: UUID
    region_id: UUID
    suggestion_id: UUID
    interest: str
    weekday: str
    age_band: str
    areas: Sequence[str]
    least: int
    answer_by: date
    need_ids: Sequence[UUID]
    yes_ids: Sequence[UUID]
    can_host: bool
    state: str
    answered_on: date | None
    outcome: str
    host_id: UUID | None
    partners: Sequence[UUID]
    version: int

    @property
    def live(self) -> bool:
        """Whether the group may still come to be."""
        return self.outcome in ("open", "ready")

    @property
    def waits(self) -> bool:
        """Whether the municipality has yet to answer, and may."""
        return self.live and self.state == "asked" and self.answer_by >= today()


@dataclass(frozen=True, slots=True)
class SuggestionCard:
    """A suggestion as the region has it. `yes` is how many needs have a yes, `answered` how many municipalities have."""

    id: UUID
    interest: str
    slot: str
    age_band: str
    areas: Sequence[str]
    needs: int
    municipalities: int
    least: int
    state: str
    asked_on: date
    answer_by: date
    host_id: UUID | None
    ended_on: date | None
    ended_why: str
    yes: int
    answered: int
    hosts: int
    """How many municipalities have said that they can host it."""


_TOLD = [name for name in SuggestionCard.__dataclass_fields__ if name not in ("yes", "answered", "hosts")]
_SUGGESTIONS = compile_query(
    select(
        *(suggestion.c[name] for name in _TOLD),
        func.coalesce(func.sum(func.cardinality(ask.c.yes_ids)), 0).label("yes"),
        func.count(ask.c.id).filter(ask.c.state.in_(("yes", "no"))).label("answered"),
        func.count(ask.c.id).filter(ask.c.can_host).label("hosts"),
    )
    .join_from(
        suggestion,
        ask,
        (ask.c.region_id == suggestion.c.region_id) & (ask.c.suggestion_id == suggestion.c.id),
        isouter=True,
    )
    .where(suggestion.c.region_id == bindparam("region"))
    .group_by(suggestion.c.region_id, suggestion.c.id)
    .order_by(
        suggestion.c.state.in_(("asked", "ready")).desc(), suggestion.c.asked_on.desc(), suggestion.c.id
    )
    .limit(MOST_SHOWN)
)
_TAKEN = compile_query(
    select(ask.c.need_ids, ask.c.yes_ids, ask.c.state, ask.c.outcome).where(
        ask.c.region_id == bindparam("region")
    )
)
_ASK = [ask.c[name] for name in AskCard.__dataclass_fields__]
_ASKS = compile_query(
    select(*_ASK)
    .where(ask.c.municipality_id == bindparam("tenant"))
    .order_by(ask.c.outcome.in_(("open", "ready")).desc(), ask.c.answer_by.desc(), ask.c.id)
    .limit(MOST_SHOWN)
)
_ONE_ASK = compile_query(
    select(*_ASK).where(ask.c.municipality_id == bindparam("tenant"), ask.c.id == bindparam("ask"))
)


async def suggestions(uow: UnitOfWork) -> Sequence[SuggestionCard]:
    """The region's suggestions, those under way first. Counts alone: no name stands in them."""
    return [SuggestionCard(**dict(row)) for row in await uow.rows(_SUGGESTIONS, region=uow.context.region)]


async def taken_needs(uow: UnitOfWork) -> frozenset[UUID]:
    """Needs that are not to be gathered again: in a group that is asked about, or said no to by their municipality."""
    found: set[UUID] = set()
    for row in await uow.rows(_TAKEN, region=uow.context.region):
        found |= _taken(row)
    return frozenset(found)


def _taken(row: Any) -> set[UUID]:
    if row["outcome"] in ("open", "ready"):
        return set(row["need_ids"])
    if row["state"] in ("yes", "no"):
        return set(row["need_ids"]) - set(row["yes_ids"])
    return set()


async def own_asks(uow: UnitOfWork) -> Sequence[AskCard]:
    """What the municipality has been asked about, those that may still come to be first."""
    return [AskCard(**dict(row)) for row in await uow.rows(_ASKS, tenant=uow.context.tenant)]


async def own_ask(uow: UnitOfWork, ask_id: UUID) -> AskCard:
    """One of them. Raises NotFound."""
    row = await uow.row(_ONE_ASK, tenant=uow.context.tenant, ask=ask_id)
    if row is None:
        raise NotFound
    return AskCard(**dict(row))
