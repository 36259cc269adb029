"""Saving a scenario, and reading saved ones: in the region's own context."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from reporting.releases.api import Released
from reporting.scenarios.forms import Typed, saved
from reporting.scenarios.model import VERSION
from reporting.scenarios.models import Scenario
from reporting.scenarios.reading import Outcome
from sammen.audit.trail import record_change
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound

scenario = Scenario.__table__
MOST = 200
"""Saved scenarios a list shows, the newest."""


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario as it was saved. `results`: low and high by place id, or why there was none."""

    id: UUID
    release_id: UUID
    lever: str
    name: str
    inputs: dict[str, Any]
    results: dict[str, Any] = field(repr=False)
    model_version: int
    saved_by_name: str
    created_at: datetime


_COLUMNS = tuple(scenario.c[name] for name in ScenarioRow.__dataclass_fields__)
_ALL = compile_query(
    select(*_COLUMNS)
    .where(scenario.c.region_id == bindparam("region"))
    .order_by(scenario.c.created_at.desc(), scenario.c.id.desc())
    .limit(MOST)
)
_ONE = compile_query(
    select(*_COLUMNS).where(scenario.c.region_id == bindparam("region"), scenario.c.id == bindparam("id"))
)


def _row(found: Any) -> ScenarioRow:
    values = dict(found)
    # Raw reads hand jsonb over as text.
    for name in ("inputs", "results"):
        values[name] = json.loads(values[name]) if isinstance(values[name], str) else values[name]
    return ScenarioRow(**values)


async def scenarios(uow: UnitOfWork) -> list[ScenarioRow]:
    """The region's saved scenarios, newest first."""
    return [_row(found) for found in await uow.rows(_ALL, region=uow.context.region)]


async def scenario_row(uow: UnitOfWork, scenario_id: UUID) -> ScenarioRow:
    """One saved scenario of the caller's region. Raises NotFound."""
    found = await uow.row(_ONE, region=uow.context.region, id=scenario_id)
    if found is None:
        raise NotFound
    return _row(found)


async def save_scenario(
    uow: UnitOfWork, release: Released, typed: Typed, outcome: Outcome, name: str
) -> UUID:
    """Keep what was assumed and what came out. The results stand on the page that was saved: published figures alone."""
    context = uow.context
    assert context.user_id is not None
    made = Scenario(
        region_id=context.region, release_id=release.card.id, lever=outcome.lever.id, name=name, inputs=saved(typed),
        results=outcome.results(), model_version=VERSION, saved_by=context.user_id, saved_by_name=context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "scenario.saved", "scenario", made.id, lever=outcome.lever.id, release=str(release.card.id)
    )
    return made.id
