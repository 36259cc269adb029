"""Computing and approving a municipality's figures (statistics.md, steps 1 and 2). Every edition is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import func, insert, select, update

from reporting.figures.cells import checked, join_key
from reporting.figures.models import ApprovedFigure, Figure, FigureApproval, FigureComment, FigureSet
from reporting.figures.queries import regions_of
from reporting.figures.words import home_measures, known_measure
from reporting.periods import Period, parse
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.figures import Measure, Reading
from sammen.i18n_mark import N_
from sammen.ids import random_id, uuid7

Progress = Callable[[int], Awaitable[None]]
NOTE_MOST, COMMENT_MOST = 500, 1000
BATCH = 1000


async def compute(
    uow: UnitOfWork, period: Period, measures: Sequence[Measure], *, progress: Progress | None = None
) -> UUID:
    """Compute every measure for `period` in the caller's own municipality, as a new edition; returns its id.

    `progress` is told how many measures are done. Earlier editions keep their numbers; those that nobody approved can
    no longer be. An edition is whole or not at all. Raises Invalid when the period has not ended, and with one error for
    each measure that something stands in the way of (a day without a rate): each says what to mend. ValueError for a
    measure whose cells could not be protected.
    """
    if period.end >= today():
        raise Invalid.one("periode", N_("Perioden er ikke over ennå. Beregn tallene når den er det."))
    found = await _read_all(uow, period, measures, progress)
    tenant, session = uow.context.tenant, uow.session
    same = (FigureSet.tenant_id == tenant, FigureSet.period == period.slug)
    last = await session.scalar(select(func.max(FigureSet.edition)).where(*same))
    await session.execute(
        update(FigureSet).where(*same, FigureSet.state == "computed").values(state="replaced")
    )
    made = FigureSet(
        tenant_id=tenant, id=uuid7(), period=period.slug, edition=(last or 0) + 1, state="computed", computed_at=now(),
        measures=sorted(found),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    rows = [
        {
            "tenant_id": tenant, "id": uuid7(), "set_id": made.id, "measure": measure, "key": join_key(cell.key),
            "value": cell.value, "contributors": cell.contributors, "largest": cell.largest, "second": cell.second,
        }
        for measure, cells in found.items()
        for cell in cells
    ]  # fmt: skip
    for at in range(0, len(rows), BATCH):
        await session.execute(insert(Figure), rows[at : at + BATCH])
    await record_change(
        uow, "figures.computed", "figure_set", made.id, period=period.slug, edition=made.edition
    )
    return made.id


async def _read_all(
    uow: UnitOfWork, period: Period, measures: Sequence[Measure], progress: Progress | None
) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    faults: dict[str, BadInput] = {}
    for done, measure in enumerate(measures, 1):
        try:
            found[measure.id] = checked(measure, await measure.read(uow, period.start, period.end))
        except Invalid as bad:
            # Two measures may miss the same rate: said once.
            faults |= {name: error for name, error in bad.errors.items() if name not in faults}
        if progress is not None:
            await progress(done)
    if faults:
        raise Invalid(faults)
    return found


async def _newest(uow: UnitOfWork, set_id: UUID) -> tuple[FigureSet, int]:
    """The caller's own edition, locked, and the newest edition of its period. Raises NotFound."""
    tenant, session = uow.context.tenant, uow.session
    chosen = await session.scalar(
        select(FigureSet).where(FigureSet.tenant_id == tenant, FigureSet.id == set_id).with_for_update()
    )
    if chosen is None:
        raise NotFound
    newest = await session.scalar(
        select(func.max(FigureSet.edition)).where(
            FigureSet.tenant_id == tenant, FigureSet.period == chosen.period
        )
    )
    return chosen, newest or 0


async def approve(uow: UnitOfWork, set_id: UUID, *, note: str = "", reason: str = "") -> None:
    """Approve an edition, and copy its cells to the municipality's region or regions, where they stay.

    `note` is what the municipality wants read beside its figures; `reason` says what was mended, and must be there when
    the edition takes the place of one that was approved. What a municipality computes for itself alone is not copied.

    Raises NotFound for a set that is not the caller's own, Invalid for texts, and Conflict when it is approved already or
    when the period has been computed again since.
    """
    context, session = uow.context, uow.session
    chosen, newest = await _newest(uow, set_id)
    if chosen.state == "approved":
        raise Conflict(N_("Tallene er godkjent allerede. Du trenger ikke å gjøre noe mer."))
    if chosen.state != "computed" or chosen.edition != newest:
        raise Conflict(N_("Tallene er beregnet på nytt siden. Se på de nyeste tallene og godkjenn dem."))
    same = (FigureSet.tenant_id == context.tenant, FigureSet.period == chosen.period)
    stood = await session.scalar(select(FigureSet.id).where(*same, FigureSet.state == "approved"))
    _check_texts(note, reason, corrects=stood is not None)
    at = now()
    await session.execute(
        update(FigureSet).where(*same, FigureSet.state == "approved").values(state="replaced")
    )
    chosen.state, chosen.approved_at, chosen.approved_by = "approved", at, context.user_id
    chosen.note, chosen.reason, chosen.version = note, reason if stood else "", chosen.version + 1
    await session.flush()
    # Another kind of period would be a whole beside its parts, and block the region's own.
    kind = parse(chosen.period).kind
    for region in await regions_of(uow):
        if region.kind is kind:
            await _report(uow, region.id, chosen)
    await record_change(
        uow, "figures.approved", "figure_set", chosen.id, period=chosen.period, edition=chosen.edition
    )


def _check_texts(note: str, reason: str, *, corrects: bool) -> None:
    faults = {}
    if corrects and not reason:
        faults["grunn"] = BadInput("grunn", N_("Skriv kort hva som er rettet siden utgaven som er godkjent."))
    for name, text in (("grunn", reason), ("kommentar", note)):
        if len(text) > NOTE_MOST:
            faults[name] = BadInput(
                name, N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=NOTE_MOST
            )
    if faults:
        raise Invalid(faults)


async def _report(uow: UnitOfWork, region_id: UUID, chosen: FigureSet) -> None:
    """The region's copy: that it is approved, and every cell that is not the municipality's alone."""
    tenant, session = uow.context.tenant, uow.session
    told = {
        "region_id": region_id, "reported_by": tenant, "period": chosen.period, "edition": chosen.edition,
        "approved_at": chosen.approved_at,
    }  # fmt: skip
    reported = [measure for measure in chosen.measures if measure not in home_measures()]
    session.add(FigureApproval(**told, note=chosen.note, reason=chosen.reason, measures=reported))
    await session.flush()
    cells = (
        await session.scalars(
            select(Figure).where(
                Figure.tenant_id == tenant,
                Figure.set_id == chosen.id,
                Figure.measure.not_in(home_measures()),
            )
        )
    ).all()
    rows = [
        {
            **told, "id": random_id(), "measure": cell.measure, "key": cell.key, "value": cell.value,
            "contributors": cell.contributors, "largest": cell.largest, "second": cell.second,
        }
        for cell in cells
    ]  # fmt: skip
    for start in range(0, len(rows), BATCH):
        await session.execute(insert(ApprovedFigure), rows[start : start + BATCH])


async def comment(uow: UnitOfWork, set_id: UUID, body: str, *, measure: str = "") -> UUID:
    """Say something about an edition, or about one measure of it; it stays with that edition, in the municipality.

    Raises NotFound for an edition that is not the caller's own or a measure there is not, Invalid for the text.
    """
    chosen, _ = await _newest(uow, set_id)
    if measure and not known_measure(measure):
        raise NotFound
    if not body:
        raise Invalid.one("tekst", N_("Skriv kommentaren."))
    if len(body) > COMMENT_MOST:
        raise Invalid.one("tekst", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=COMMENT_MOST)
    writer = uow.context.user_id
    assert writer is not None, "a comment is a person's"
    made = FigureComment(
        tenant_id=uow.context.tenant, id=uuid7(), set_id=chosen.id, measure=measure, body=body, written_by=writer,
        written_at=now(),
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "figures.commented", "figure_set", chosen.id, period=chosen.period, edition=chosen.edition
    )
    return made.id
