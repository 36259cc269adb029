"""Figures of past half-years: computed by the measures themselves in each municipality's own context, and approved.

Only the days are the demo's: each is dated some weeks after its period ended, as it would have been. One municipality is
late, one found a mistake after the figures were released, and Horten has counted again and not approved that yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.apart import Helpers
from deploy.demo.chance import at
from deploy.demo.editions import DAYS_TO_APPROVE, DAYS_TO_COMPUTE, Cells, Edition, write_edition
from deploy.demo.places import populations
from deploy.demo.rows import Progress, Rows
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from deploy.demo.years_before import write_years_before
from reporting.figures.cells import checked
from reporting.figures.models import FigureComment, FigureReminder, PopulationCount, PopulationEdition
from reporting.figures.population_file import age_range, band_of
from reporting.measures.api import measures
from reporting.periods import Period, PeriodKind
from sammen.audit.seal import seal_all
from sammen.db.unit_of_work import make_engine
from sammen.figures import Reading
from sammen.keys import Keys
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

JOB = "figures.compute"
LATE, CORRECTS = "0728", "0720"
"""Lardal has not approved the newest half-year; Stokke has approved it twice."""
SOME = 6
"""With this many municipalities or fewer it is a part of the world: without the years before."""
DAYS_TO_CORRECT = 40
WITHOUT_A_GROUP, BEFORE_THE_LAST = Decimal("0.6"), Decimal("0.98")
DAYS_SINCE_COUNTED_AGAIN = 3
MENDED = "Timene til noen av aktivitetsgruppene manglet da vi godkjente første gang. Nå er de med."
GROWN = Decimal("1.05")
NOTES = {
    HORTEN: (
        "users",
        "Vi tok inn mange fra ventelista i vår. Timene kommer etter, siden flere begynte først i juni.",
    ),
    RE: (
        "contacts",
        "Vi har fått mange nye støttekontakter i vår. Økningen er stor, og tallet er kontrollert.",
    ),
}
"""Measure that must have grown, and what the manager then says. People's own words, in the municipality's own language."""
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


async def add_figures(
    making: Making, towns: list[Town], app_url: str, others: Helpers, progress: Progress
) -> Rows:
    """Read every measure for every period and put the rows with the world's others. Needs the world loaded.

    Returns what a municipality corrected after the newest half-year was released: to load when that has been done.
    """
    periods, again, done = half_years(making), Rows(), 0
    found: dict[tuple[str, Period], Cells] = {}

    async def one(town: Town) -> None:
        nonlocal done
        wanted = [*periods, *([latest_tertial(making.as_of)] if town.place.code == HORTEN else [])]
        read = await others.do(read_measures, app_url, making.keys, town.id, wanted)
        found.update(((town.place.code, period), cells) for period, cells in zip(wanted, read, strict=True))
        done += 1
        progress("Beregner tall", done, len(towns))

    # The largest first, so that nobody waits for it at last. The rows are drawn in order: the same each time.
    await asyncio.gather(*(one(town) for town in sorted(towns, key=lambda town: -town.place.inhabitants)))
    for town in towns:
        for period in periods:
            _tell(making, town, period, found, again)
        if town.place.code == HORTEN:
            tertial = latest_tertial(making.as_of)
            write_edition(making, town, Edition(tertial, "computed"), found[HORTEN, tertial])
        if len(towns) > SOME:
            write_years_before(making, town, periods, {p: found[town.place.code, p] for p in periods})
    _add_inhabitants(making, towns)
    return again


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


def _tell(
    making: Making, town: Town, period: Period, read: Mapping[tuple[str, Period], Cells], again: Rows
) -> None:
    """What a municipality did with the figures of a half-year: most approve them, in time and once."""
    code = town.place.code
    found, newest = read[code, period], period == half_years(making)[-1]
    if newest and code == LATE:
        write_edition(making, town, Edition(period, "computed"), found)
        _remind(making, town, period)
    elif newest and code == CORRECTS:
        write_edition(
            making, town, Edition(period, "replaced"), seen_at_first(found, "group", WITHOUT_A_GROUP)
        )
        corrected = Edition(period, "approved", 2, reason=MENDED, days_later=DAYS_TO_CORRECT)
        write_edition(making, town, corrected, found, again)
    else:
        note, again_at_home = _note(code, read, period) if newest else "", newest and code == HORTEN
        first = seen_at_first(found, "individual", BEFORE_THE_LAST) if again_at_home else found
        told = write_edition(making, town, Edition(period, "approved", note=note), first)
        if again_at_home:
            since = (making.as_of - period.end).days - DAYS_TO_COMPUTE - DAYS_SINCE_COUNTED_AGAIN
            write_edition(making, town, Edition(period, "computed", 2, note=note, days_later=since), found)
            agreed = at(period.end + timedelta(days=DAYS_TO_APPROVE), 14)
            making.rows.add(
                FigureComment, tenant_id=town.id, id=making.chance.id_at(agreed), set_id=told, measure="hours", body=COMMENT,
                written_by=town.staff[Role.MANAGER][0].id, written_at=agreed - timedelta(days=3),
            )  # fmt: skip


def _note(code: str, read: Mapping[tuple[str, Period], Cells], period: Period) -> str:
    """What stands beside the newest figures, where they are as it says. Without numbers: those may have to be hidden."""
    measure, text = NOTES.get(code, ("", ""))
    before = read.get((code, period.previous), {})
    now, then = (sum(cell.value for cell in cells.get(measure, ())) for cells in (read[code, period], before))
    return text if then and now >= then * GROWN else ""


def seen_at_first(found: Cells, form: str, part: Decimal) -> Cells:
    """The figures as they were while some hours of a form, and what they cost, were still missing."""
    return {
        measure: [_share(cell, part) if form in cell.key else cell for cell in cells]
        if measure in ("hours", "cost")
        else cells
        for measure, cells in found.items()
    }


def _share(cell: Reading, part: Decimal) -> Reading:
    value, largest, second = (
        (n * part).quantize(Decimal("0.01")) for n in (cell.value, cell.largest, cell.second)
    )
    return Reading(cell.key, value, cell.contributors, largest, second)


def _remind(making: Making, town: Town, period: Period) -> None:
    if making.project_manager is not None:
        asked = at(making.as_of - timedelta(days=12), 9)
        making.rows.add(
            FigureReminder, region_id=making.region_id, id=making.chance.id_at(asked), municipality_id=town.id,
            period=period.slug, asked_at=asked, asked_by=making.project_manager,
        )  # fmt: skip


def read_measures(app_url: str, keys: Keys, tenant: UUID, periods: Sequence[Period]) -> list[Cells]:
    """Every measure of a municipality for each period, as its own job reads them: for a process or thread of its own."""
    return asyncio.run(_read(app_url, keys, tenant, periods))


async def _read(app_url: str, keys: Keys, tenant: UUID, periods: Sequence[Period]) -> list[Cells]:
    engine, found = make_engine(app_url, pool_size=1, application="sammen-demo"), list[Cells]()
    try:
        for period in periods:
            uow = await enter_job(engine, keys, PlaceKind.MUNICIPALITY, tenant, job=JOB)
            found.append(
                {
                    measure.id: checked(measure, await measure.read(uow, period.start, period.end))
                    for measure in measures()
                }
            )
            await uow.rollback()
    finally:
        await engine.dispose()
    return found


async def seal_trails(making: Making, towns: list[Town], engine: AsyncEngine) -> None:
    """Seal what the world has put in the trails, as the clock's job would within a minute."""
    places = [(PlaceKind.MUNICIPALITY, town.id) for town in towns] + [(PlaceKind.REGION, making.region_id)]
    for kind, scope in places:
        uow = await enter_job(engine, making.keys, kind, scope, job="audit.seal")
        await seal_all(uow)
        await uow.commit()
