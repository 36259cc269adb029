"""Figures of past half-years: computed by the measures themselves in each municipality's own context, and approved.

Only the days are the demo's: each is dated some weeks after its period ended, as it would have been.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.chance import at
from deploy.demo.places import populations
from deploy.demo.rows import Progress
from deploy.demo.stories import HORTEN
from deploy.demo.town import Making, Town
from reporting.figures.cells import checked, join_key
from reporting.figures.models import (
    ApprovedFigure,
    Figure,
    FigureApproval,
    FigureComment,
    FigureSet,
    PopulationCount,
    PopulationEdition,
)
from reporting.figures.population_file import age_range, band_of
from reporting.figures.words import home_measures
from reporting.measures.api import measures
from reporting.periods import Period, PeriodKind
from sammen.audit.seal import seal_all
from sammen.figures import Reading
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

DAYS_TO_COMPUTE, DAYS_TO_APPROVE = 20, 34
JOB = "figures.compute"
NOTE = "Vi tok inn mange fra ventelista i vår. Timene kommer etter, siden flere begynte først i juni."
COMMENT = "Timelistene for juni ble godkjent tidlig i juli og er med."


def half_years(making: Making) -> list[Period]:
    """Whole half-years of the history that have been over for some weeks."""
    found = []
    period = Period(PeriodKind.HALF_YEAR, making.began.year + 1, 1)
    while period.end + timedelta(days=DAYS_TO_APPROVE) < making.as_of:
        found.append(period)
        period = period.next
    return found


def latest_tertial(as_of: date) -> Period:
    """The tertial that ended last, for somebody to approve."""
    period = Period(PeriodKind.TERTIAL, as_of.year, 3)
    while period.end >= as_of:
        period = period.previous
    return period


async def add_figures(making: Making, towns: list[Town], engine: AsyncEngine, progress: Progress) -> None:
    """Read every measure for every period and put the rows with the world's others. Needs the world loaded."""
    for number, town in enumerate(towns):
        progress("Beregner tall", number, len(towns))
        for period in half_years(making):
            await _add(making, town, engine, period, approved=True)
        if town.place.code == HORTEN:
            await _add(making, town, engine, latest_tertial(making.as_of), approved=False)
    _add_inhabitants(making, towns)
    progress("Beregner tall", len(towns), len(towns))


def _add_inhabitants(making: Making, towns: list[Town]) -> None:
    """The file the project manager has read in: the newest year the towns have with the borders of the demo."""
    rows, chance, known = making.rows, making.chance, populations()
    reader, year = making.project_manager, max(year for _, year, _ in known)
    if reader is None:
        return
    read = at(making.as_of - timedelta(days=230), 10)
    edition = chance.id_at(read)
    rows.add(
        PopulationEdition, region_id=making.region_id, id=edition, edition=1, state="used", source="SSB, tabell 07459",
        as_of=read.date(), file_name="folkemengde.csv", faults={"rows": [], "count": 0, "others": 0}, read_by=reader,
        used_at=read, used_by=reader,
    )  # fmt: skip
    for town in towns:
        sums: dict[str, int] = {}
        for (code, when, ages), number in known.items():
            span = age_range(ages)
            band = band_of(*span) if span else None
            if (code, when) == (town.place.code, year) and band:
                sums[band] = sums.get(band, 0) + number
        for band, number in sums.items():
            rows.add(
                PopulationCount, region_id=making.region_id, id=chance.id_at(read), edition_id=edition,
                municipality_id=town.id, year=year, band=band, inhabitants=number,
            )  # fmt: skip


async def _add(making: Making, town: Town, engine: AsyncEngine, period: Period, *, approved: bool) -> None:
    rows, chance = making.rows, making.chance
    computed = at(min(period.end + timedelta(days=DAYS_TO_COMPUTE), making.as_of - timedelta(days=1)), 6)
    agreed = at(period.end + timedelta(days=DAYS_TO_APPROVE), 14)
    manager = town.staff[Role.MANAGER][0].id
    set_id = chance.id_at(computed)
    found = await _read(making, town.id, engine, period)
    note = NOTE if approved and town.place.code == HORTEN and period == half_years(making)[-1] else ""
    rows.add(
        FigureSet, tenant_id=town.id, id=set_id, period=period.slug, edition=1,
        state="approved" if approved else "computed", computed_at=computed, approved_at=agreed if approved else None,
        approved_by=manager if approved else None, measures=sorted(found), note=note,
    )  # fmt: skip
    if note:
        rows.add(
            FigureComment, tenant_id=town.id, id=chance.id_at(computed), set_id=set_id, measure="hours",
            body=COMMENT, written_by=manager, written_at=agreed - timedelta(days=3),
        )  # fmt: skip
    told = {"reported_by": town.id, "period": period.slug, "edition": 1, "approved_at": agreed}
    shared = {measure: cells for measure, cells in found.items() if measure not in home_measures()}
    if approved:
        rows.add(
            FigureApproval,
            region_id=making.region_id,
            id=chance.id(),
            measures=sorted(shared),
            note=note,
            **told,
        )
    for measure, cells in found.items():
        for cell in cells:
            values = {
                "measure": measure, "key": join_key(cell.key), "value": cell.value, "contributors": cell.contributors,
                "largest": cell.largest, "second": cell.second,
            }  # fmt: skip
            rows.add(Figure, tenant_id=town.id, id=chance.id_at(computed), set_id=set_id, **values)
            if approved and measure in shared:
                rows.add(ApprovedFigure, region_id=making.region_id, id=chance.id(), **told, **values)


async def _read(
    making: Making, tenant: UUID, engine: AsyncEngine, period: Period
) -> dict[str, list[Reading]]:
    uow = await enter_job(engine, making.keys, PlaceKind.MUNICIPALITY, tenant, job=JOB)
    try:
        return {
            measure.id: checked(measure, await measure.read(uow, period.start, period.end))
            for measure in measures()
        }
    finally:
        await uow.rollback()


async def seal_trails(making: Making, towns: list[Town], engine: AsyncEngine) -> None:
    """Seal what the world has put in the trails, as the clock's job would within a minute."""
    places = [(PlaceKind.MUNICIPALITY, town.id) for town in towns] + [(PlaceKind.REGION, making.region_id)]
    for kind, scope in places:
        uow = await enter_job(engine, making.keys, kind, scope, job="audit.seal")
        await seal_all(uow)
        await uow.commit()
