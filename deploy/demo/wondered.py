"""A scenario for each thing the steering group wonders about, saved by the project manager: reckoned by the pages' own sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.chance import at
from deploy.demo.town import Making
from reporting.releases.api import released, releases_shown
from reporting.scenarios.forms import saved, usual
from reporting.scenarios.model import LEVERS, VERSION
from reporting.scenarios.models import Scenario
from reporting.scenarios.reading import reckon
from sammen.ids import uuid7
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

MANAGER: Final = "Marianne Klever"
NAMES: Final = {
    "satser": "Like satser i hele Vestfold, 350–400 kr per time", "rekruttering": "Felles rekruttering, forsiktig anslag",
}  # fmt: skip
DAYS_AGO: Final = 12


async def add_scenarios(making: Making, engine: AsyncEngine) -> None:
    """Save the scenarios over the newest release shown; none when nothing is."""
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job="scenario.demo")
    cards = await releases_shown(uow)
    manager = making.project_manager
    if cards and manager is not None:
        release = await released(uow, cards[0])
        for lever_id, name in NAMES.items():
            lever, typed = LEVERS[lever_id], usual(LEVERS[lever_id])
            found = reckon(release, lever, typed.inputs, typed.choice, "")
            uow.session.add(
                Scenario(
                    region_id=making.region_id, id=uuid7(), release_id=release.card.id, lever=lever_id, name=name,
                    inputs=saved(typed), results=found.results(), model_version=VERSION, saved_by=manager,
                    saved_by_name=MANAGER, created_at=at(making.as_of - timedelta(days=DAYS_AGO), 11),
                )
            )  # fmt: skip
    await uow.commit()
