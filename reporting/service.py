"""Computing and approving a municipality's figures (statistics.md, steps 1 and 2). Every edition is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update

from reporting.definitions import REPORTED
from reporting.hiding import MunicipalityFigures
from reporting.models import ApprovedFigure, Figure, FigureSet
from reporting.periods import Period, parse
from reporting.queries import regions_of
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.figures import Measure, Reading
from sammen.i18n_mark import N_
from sammen.ids import uuid7

Progress = Callable[[int], Awaitable[None]]
CENT = Decimal("0.01")


async def compute(
    uow: UnitOfWork, period: Period, measures: Sequence[Measure], *, progress: Progress | None = None
) -> UUID:
    """Compute every measure for `period` in the caller's own municipality, as a new edition; returns its id.

    `progress` is told how many measures are done. Earlier editions keep their numbers; those that nobody approved can
    no longer be. Raises Invalid when the period has not ended, or when the numbers contradict one another, and
    ValueError when a measure that the region's tables need is not among `measures`.
    """
    if period.end >= today():
        raise Invalid.one("periode", N_("Perioden er ikke over ennå. Beregn tallene når den er det."))
    missing = {d.id for d in REPORTED} - {measure.id for measure in measures}
    if missing:
        raise ValueError(f"no measure for {', '.join(sorted(missing))}")
    tenant = uow.context.tenant
    found: dict[str, dict[str, Decimal]] = {}
    for done, measure in enumerate(measures, 1):
        found[measure.id] = by_cell(measure, await measure.read(uow, period.start, period.end))
        if progress is not None:
            await progress(done)
    _check_whole(found)
    session = uow.session
    same = (FigureSet.tenant_id == tenant, FigureSet.period == period.slug)
    last = await session.scalar(select(func.max(FigureSet.edition)).where(*same))
    await session.execute(
        update(FigureSet).where(*same, FigureSet.state == "computed").values(state="replaced")
    )
    made = FigureSet(
        tenant_id=tenant, id=uuid7(), period=period.slug, edition=(last or 0) + 1, state="computed", computed_at=now()
    )  # fmt: skip
    session.add(made)
    await session.flush()
    session.add_all(
        Figure(tenant_id=tenant, set_id=made.id, measure=measure, cell=cell, value=value.quantize(CENT))
        for measure, cells in found.items()
        for cell, value in cells.items()
    )
    await session.flush()
    await record_change(
        uow, "figures.computed", "figure_set", made.id, period=period.slug, edition=made.edition
    )
    return made.id


def by_cell(measure: Measure, readings: Sequence[Reading]) -> dict[str, Decimal]:
    """What is kept of a measure: the sum of what the region compares, every cell of what stays at home."""
    if measure.id in {d.id for d in REPORTED}:
        return {"": sum((reading.value for reading in readings), Decimal(0))}
    return {"|".join(reading.key): reading.value for reading in readings}


def _check_whole(found: dict[str, dict[str, Decimal]]) -> None:
    """The numbers that hiding is decided over must be there and agree, or the dashboard could not trust them."""
    try:
        users, hours, served, cost = (found[d.id][""] for d in REPORTED)
        MunicipalityFigures("", int(users), hours, int(served), cost)
    except (KeyError, ValueError) as error:
        raise Invalid.one(
            "tall",
            N_(
                "Tallene henger ikke sammen: det er timer uten brukere, eller et tall mangler. Meld fra til drift."
            ),
        ) from error


async def approve(uow: UnitOfWork, set_id: UUID) -> None:
    """Approve an edition and copy what is reported to the municipality's region or regions, where it stays.

    What the municipality computes for itself alone (definitions.HOME) is not copied.

    Raises NotFound for a set that is not the caller's own, and Conflict when it is approved already or when the
    period has been computed again since.
    """
    context, session = uow.context, uow.session
    chosen = await session.scalar(
        select(FigureSet)
        .where(FigureSet.tenant_id == context.tenant, FigureSet.id == set_id)
        .with_for_update()
    )
    if chosen is None:
        raise NotFound
    same = (FigureSet.tenant_id == context.tenant, FigureSet.period == chosen.period)
    newest = await session.scalar(select(func.max(FigureSet.edition)).where(*same))
    if chosen.state == "approved":
        raise Conflict(N_("Tallene er godkjent allerede. Du trenger ikke å gjøre noe mer."))
    if chosen.state != "computed" or chosen.edition != newest:
        raise Conflict(N_("Tallene er beregnet på nytt siden. Se på de nyeste tallene og godkjenn dem."))
    at = now()
    await session.execute(
        update(FigureSet).where(*same, FigureSet.state == "approved").values(state="replaced")
    )
    chosen.state, chosen.approved_at, chosen.approved_by = "approved", at, context.user_id
    values = (
        await session.scalars(
            select(Figure).where(
                Figure.tenant_id == context.tenant,
                Figure.set_id == chosen.id,
                Figure.measure.in_([d.id for d in REPORTED]),
            )
        )
    ).all()
    # Another kind of period would be a whole beside its parts, and block the region's own (queries.shown_periods).
    kind = parse(chosen.period).kind
    regions = [region for region in await regions_of(uow) if region.kind is kind]
    session.add_all(
        ApprovedFigure(
            region_id=region.id, reported_by=context.tenant, period=chosen.period, edition=chosen.edition,
            measure=figure.measure, cell=figure.cell, value=figure.value, approved_at=at,
        )
        for region in regions
        for figure in values
    )  # fmt: skip
    await session.flush()
    await record_change(
        uow, "figures.approved", "figure_set", chosen.id, period=chosen.period, edition=chosen.edition
    )
