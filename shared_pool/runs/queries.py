"""Reads of runs: the newest, and its suggestions as far as needs and candidates are still open (pages never see a row
of a run alone).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.models import RegionTask
from sammen.jobs.tasks import TaskView
from shared_pool.engine.api import Weights
from shared_pool.recruitment.api import Candidate
from shared_pool.runs.models import MatchLack, MatchRun, MatchSuggestion

run = MatchRun.__table__
suggestion = MatchSuggestion.__table__
lack = MatchLack.__table__
task = RegionTask.__table__
candidate = Candidate.__table__
MOST_RUNS = 30


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run and what it came to. `asked_by` is None for the night's own."""

    id: UUID
    started_at: datetime
    asked_by: UUID | None
    weights: Weights
    weights_number: int
    needs: int
    candidates: int
    matched: int
    changed: int
    seconds: Decimal


@dataclass(frozen=True, slots=True)
class Suggested:
    """Whom the newest run names for a need: candidates' ids, the best first in `alternatives`."""

    best: UUID | None = None
    backup: UUID | None = None
    alternatives: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a need got nobody, and how many candidates one requirement alone keeps away."""

    why: str
    alone: Mapping[str, int] = field(default_factory=dict)


_RUNS = compile_query(
    select(*(run.c[name] for name in RunCard.__dataclass_fields__))
    .where(run.c.region_id == bindparam("region"))
    .order_by(run.c.started_at.desc(), run.c.id.desc())
    .limit(bindparam("most"))
)
_SUGGESTIONS = compile_query(
    select(suggestion.c.need_id, suggestion.c.candidate_id, suggestion.c.place)
    .where(suggestion.c.region_id == bindparam("region"), suggestion.c.run_id == bindparam("run"))
    .order_by(suggestion.c.need_id, suggestion.c.rank)
)
_LACKS = compile_query(
    select(lack.c.need_id, lack.c.why, lack.c.alone).where(
        lack.c.region_id == bindparam("region"), lack.c.run_id == bindparam("run")
    )
)
_UNDER_WAY = compile_query(
    select(*(task.c[name] for name in TaskView.__dataclass_fields__))
    .where(
        task.c.region_id == bindparam("region"),
        task.c.title == bindparam("title"),
        task.c.ended_at.is_(None),
    )
    .order_by(task.c.id.desc())
    .limit(1)
)
_NEW_CANDIDATES = compile_query(
    select(func.count()).where(
        candidate.c.region_id == bindparam("region"), candidate.c.created_at > bindparam("since")
    )
)


async def runs(uow: UnitOfWork, most: int = MOST_RUNS) -> Sequence[RunCard]:
    """The region's runs, the newest first."""
    return [
        RunCard(**dict(row) | {"weights": Weights.from_json(row["weights"])})
        for row in await uow.rows(_RUNS, region=uow.context.region, most=most)
    ]


async def newest_run(uow: UnitOfWork) -> RunCard | None:
    """The run whose suggestions are shown; None before the first."""
    found = await runs(uow, 1)
    return found[0] if found else None


async def suggestions_of(uow: UnitOfWork, run_id: UUID) -> dict[UUID, Suggested]:
    """By need. The ids are to be looked up among candidates that are open now; what is not found there is not shown."""
    by_need: dict[UUID, dict[str, Any]] = {}
    for row in await uow.rows(_SUGGESTIONS, region=uow.context.region, run=run_id):
        found = by_need.setdefault(row["need_id"], {"alternatives": []})
        if row["place"] == "alternative":
            found["alternatives"].append(row["candidate_id"])
        else:
            found[row["place"]] = row["candidate_id"]
    return {
        need: Suggested(found.get("best"), found.get("backup"), tuple(found["alternatives"]))
        for need, found in by_need.items()
    }


async def lacks_of(uow: UnitOfWork, run_id: UUID) -> dict[UUID, Lack]:
    """Why, by the need that got nobody."""
    rows = await uow.rows(_LACKS, region=uow.context.region, run=run_id)
    return {row["need_id"]: Lack(row["why"], row["alone"]) for row in rows}


async def run_under_way(uow: UnitOfWork, title: str) -> TaskView | None:
    """The run somebody has asked for and that has not ended, if any."""
    row = await uow.row(_UNDER_WAY, region=uow.context.region, title=title)
    return TaskView(**dict(row)) if row is not None else None
