"""The meeting pack that the project manager has made ready for the steering group's next meeting."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.chance import at
from deploy.demo.figures import SOME
from deploy.demo.town import Making, Town
from reporting.papers.models import MeetingPack
from reporting.papers.pack import usual_reports
from reporting.releases.api import releases_shown
from sammen.ids import uuid7
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

MANAGER = "Marianne Klever"
DAYS_TO_MEETING, DAYS_AGO = 11, 5
AGENDA = (
    "Godkjenning av innkalling og saksliste",
    "Tall for halvåret: hvem bruker tilbudet, og hva koster det",
    "Ventelister: hva gjør vi for å komme til null",
    "Felles rekruttering: anslag og neste kampanje",
    "Eventuelt",
)
FOREWORD = (
    "Lardal har ikke godkjent tall for halvåret og mangler i oversiktene. Stokke har rettet timene for gruppene sine. De"
    " rettede tallene kommer i neste utgave."
)


async def add_pack(making: Making, towns: list[Town], engine: AsyncEngine) -> None:
    """One pack over the newest release shown and those before it; none when nothing is shown."""
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job="pack.demo")
    cards = await releases_shown(uow)
    manager = making.project_manager
    if cards and manager is not None:
        uow.session.add(
            MeetingPack(
                region_id=making.region_id, id=uuid7(), release_id=cards[0].id, series=[one.id for one in reversed(cards)],
                held_on=making.as_of + timedelta(days=DAYS_TO_MEETING), held_at=time(9, 30), place="Rådhuset i Tønsberg",
                agenda=list(AGENDA), reports=list(usual_reports()), made_by=manager,
                foreword=FOREWORD if len(towns) > SOME else "", made_by_name=MANAGER,
                created_at=at(making.as_of - timedelta(days=DAYS_AGO), 14),
            )
        )  # fmt: skip
    await uow.commit()
