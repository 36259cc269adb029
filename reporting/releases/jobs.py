"""The two jobs of a release. They run in nobody's name: only so does the database let them read approved figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from reporting.figures.api import approved_sets
from reporting.measures.api import DEFINITIONS
from reporting.periods import parse
from reporting.releases.models import Release, ReleaseCell, ReleaseMember, ReleaseProof
from reporting.releases.neighbours import Seen, follows, given_away, seen, to_hide
from reporting.releases.proof import Proof, pack, unpack
from reporting.releases.protecting import (
    CannotProtect,
    Made,
    Material,
    OtherShape,
    OutCell,
    Shape,
    protect_release,
)
from reporting.releases.queries import SEEN, groups_of, members_on
from reporting.releases.service import PROTECT, SHOW
from reporting.releases.tables import largest, offered, table_of
from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.registry import job
from sammen.jobs.tasks import advance, finish_task

READING = N_("Leser tallene kommunene har godkjent")
PROTECTING = N_("Skjuler tall som kan røpe noen, og prøver å regne dem ut igjen")
SECONDS_BETWEEN_STEPS = 0.5
Work = Callable[[Material], Awaitable[Made]]
CELLS = """
INSERT INTO sammen.release_cell (region_id, id, release_id, measure, table_id, place, key, value, hidden)
SELECT $1, gen_random_uuid(), $2, c.measure, c.table_id, c.place, c.key, c.value, c.value IS NULL
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[]) AS c (measure, table_id, place, key, value)
"""


@job(PROTECT, seconds=1800)
async def protect_job(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`release`, `task`: protect what was chosen, and keep it aside until somebody approves it."""
    task = UUID(str(args["task"]))
    row = await _held(uow, UUID(str(args["release"])), "making")
    if row is None or row.task_id != task:
        return
    ready = await made_ready(uow, row, task)
    await finish_task(
        uow, task, result_url=f"{uow.context.base_url}/publiseringer/{row.id}",
        message=N_("Publiseringen er klar til å godkjennes.") if ready else N_("Noen tall kan ikke skjules godt nok."),
    )  # fmt: skip


async def made_ready(
    uow: UnitOfWork, row: Release, task: UUID | None = None, *, work: Work | None = None
) -> bool:
    """Protect a release that is being made, in a job in nobody's name. False when some of it cannot be protected: then it
    is failed, and its report names what. `work`: who protects it, when it is not done here.
    """
    if task is not None:
        await advance(uow, task, 0, message=READING)
    material, about = await _material(uow, row)
    try:
        made = await (_in_a_thread(uow, task, material) if work is None else work(material))
        if told := given_away(await _seen(uow, row, after=True), made.cells):
            raise CannotProtect(told)
    except CannotProtect as error:
        about["failed"] = [
            {"measure": name, "by": list(by), "place": place, "key": list(key)} for name, (by, place, key) in error.cells
        ]  # fmt: skip
        await _ended(uow, row, "failed", about)
        return False
    except OtherShape as error:
        await _ended(uow, row, "failed", {**about, "other_shape": error.measure})
        return False
    await _put_proof(uow, row, Proof(made.state, made.cells))
    row.ready_at = now()
    await _ended(uow, row, "ready", {**about, **made.report})
    return True


async def _held(uow: UnitOfWork, release_id: UUID, state: str) -> Release | None:
    """The release, locked; None when it has been thrown away or done meanwhile."""
    row = await uow.session.scalar(
        select(Release)
        .where(Release.region_id == uow.context.region, Release.id == release_id)
        .with_for_update()
    )
    return row if row is not None and row.state == state else None


async def _ended(uow: UnitOfWork, row: Release, state: str, report: Mapping[str, Any]) -> None:
    row.state, row.report = state, dict(report)
    row.version += 1
    await uow.session.flush()
    await record_change(uow, f"release.{state}", "release", row.id, period=row.period, edition=row.edition)


async def _put_proof(uow: UnitOfWork, row: Release, proof: Proof) -> None:
    mine = (ReleaseProof.region_id == row.region_id, ReleaseProof.release_id == row.id)
    await uow.session.execute(delete(ReleaseProof).where(*mine))
    uow.session.add(ReleaseProof(region_id=row.region_id, id=uuid7(), release_id=row.id, content=pack(proof)))
    await uow.session.flush()


async def _proof(uow: UnitOfWork, region_id: UUID, release_id: UUID) -> Proof:
    content = await uow.session.scalar(
        select(ReleaseProof.content).where(
            ReleaseProof.region_id == region_id, ReleaseProof.release_id == release_id
        )
    )
    if content is None:
        raise LookupError("a release without a proof")
    return unpack(content)


async def _earlier(uow: UnitOfWork, row: Release) -> tuple[dict[str, Any], int]:
    """What the period's releases before this one have made known, withdrawn ones too, and how many they are."""
    before = (
        await uow.session.scalars(
            select(Release)
            .where(
                Release.region_id == row.region_id, Release.period == row.period, Release.state.in_(SEEN),
                Release.edition < row.edition,
            )
            .order_by(Release.edition.desc())
        )
    ).all()  # fmt: skip
    if not before:
        return {}, 0
    # Each state holds those before it: the last one is enough.
    return (await _proof(uow, row.region_id, before[0].id)).state, len(before)


async def _seen(uow: UnitOfWork, row: Release, *, after: bool) -> Seen:
    """What the region's releases of the period right before or after have shown and hidden, of whatever kind it is, and
    those that are withdrawn or on their way out too.
    """
    stored = (ReleaseCell.measure, ReleaseCell.table_id, ReleaseCell.place, ReleaseCell.key)
    period = parse(row.period)
    others = await uow.session.scalars(
        select(Release)
        .where(Release.region_id == row.region_id, Release.state.in_(SEEN))
        .order_by(Release.period, Release.edition)
    )
    there = [
        one
        for one in others.all()
        if follows(*((period, parse(one.period)) if after else (parse(one.period), period)))
    ]
    found = []
    for one in there:
        cells = (await _proof(uow, one.region_id, one.id)).cells
        if not cells:
            mine = (
                ReleaseCell.region_id == one.region_id,
                ReleaseCell.release_id == one.id,
                ReleaseCell.hidden,
            )
            hidden = await uow.session.execute(select(*stored).where(*mine))
            cells = tuple(
                OutCell(
                    measure,
                    tuple(by.split("|")) if by else (),
                    place,
                    tuple(key.split("|")) if by else (),
                    None,
                    True,
                )
                for measure, by, place, key in hidden.all()
            )
        found.append((one.tables, cells))
    return seen(found)


async def _material(uow: UnitOfWork, row: Release) -> tuple[Material, dict[str, Any]]:
    """What the release is made from, and what is told of that: whose editions, who is missing, who is in which group."""
    period = parse(row.period)
    sets = await approved_sets(uow, period)
    members = await members_on(uow, period.end)
    groups = await groups_of(uow)
    # Whatever stands in the row: what is not offered, such as what stays at home, is not released.
    row.tables = tables = largest([one for one in row.tables if one in _offered()])
    chosen = sorted({table_of(one)[0] for one in tables})
    earlier, count = await _earlier(uow, row)
    reported = [one for one in sets if one.municipality_id in members]
    figures = {
        str(one.municipality_id): {name: one.values[name] for name in chosen if name in one.values} for one in reported
    }  # fmt: skip
    names = {str(place): name for place, name in members.items()}
    about: dict[str, Any] = {
        "editions": {str(one.municipality_id): one.edition for one in reported},
        "names": names,
        "missing": sorted(names[place] for place in names.keys() - figures.keys()),
        "groups": {str(place): list(group) for place, group in groups.items() if place in members},
        "measured": {place: sorted(held) for place, held in figures.items()},
        "earlier": count,
        "threshold": row.threshold,
    }
    before = to_hide(await _seen(uow, row, after=False))
    material = Material(
        {name: shape_of(name) for name in chosen}, figures,
        {place: code for place, (code, _) in about["groups"].items()}, tuple(tables), row.threshold, earlier,
        before,
    )  # fmt: skip
    return material, about


def _offered() -> frozenset[str]:
    return frozenset(one.id for one in offered(DEFINITIONS.values()))


def shape_of(measure: str) -> Shape:
    """A measure's kind, and its dimensions with their codes. Raises KeyError for one that is not known."""
    one = DEFINITIONS[measure]
    return Shape(one.kind, tuple((d.id, tuple(code for code, _ in d.codes)) for d in one.dimensions))


async def _in_a_thread(uow: UnitOfWork, task: UUID | None, material: Material) -> Made:
    """Protect it beside the worker's own loop, with progress that is seen meanwhile."""
    steps = [0, 0]

    def note(done: int, total: int) -> None:
        steps[:] = [done, total]

    work = asyncio.create_task(asyncio.to_thread(protect_release, material, note, costs=task is not None))
    shown = -1
    while True:
        done, _ = await asyncio.wait({work}, timeout=SECONDS_BETWEEN_STEPS)
        if done:
            return work.result()
        if task is not None and steps[0] != shown:
            shown = steps[0]
            await advance(uow, task, shown, total=max(steps), message=PROTECTING)


# Showing ----------------------------------------------------------------------------------------------------------
@job(SHOW, seconds=300)
async def show_job(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`release`, `task`: put an approved release's numbers where they are read, in place of the one before it."""
    task = UUID(str(args["task"]))
    row = await _held(uow, UUID(str(args["release"])), "approved")
    if row is None:
        return
    await put_out(uow, row)
    address = f"{uow.context.base_url}/publiseringer/{row.id}"
    await finish_task(uow, task, message=N_("Tallene er publisert."), result_url=address)


async def put_out(uow: UnitOfWork, row: Release) -> None:
    """Write an approved release's numbers where they are read, and let it take the place of the one before."""
    proof = await _proof(uow, row.region_id, row.id)
    await _put_members(uow, row)
    await _put_cells(uow, row, proof.cells)
    await uow.session.execute(
        update(Release)
        .where(Release.region_id == row.region_id, Release.period == row.period, Release.state == "shown")
        .values(state="replaced", version=Release.version + 1)
    )
    row.state, row.version = "shown", row.version + 1
    await _put_proof(uow, row, Proof(proof.state))
    await record_change(uow, "release.shown", "release", row.id, period=row.period, edition=row.edition)


async def _put_members(uow: UnitOfWork, row: Release) -> None:
    about = row.report or {}
    for place in about["names"]:
        code, name = about["groups"].get(place, ("", ""))
        uow.session.add(
            ReleaseMember(
                region_id=row.region_id, id=uuid7(), release_id=row.id, municipality_id=UUID(place),
                figures_edition=about["editions"].get(place), measures=about["measured"].get(place, []),
                group_code=code, group_name=name,
            )
        )  # fmt: skip
    await uow.session.flush()


async def _put_cells(uow: UnitOfWork, row: Release, cells: Sequence[OutCell]) -> None:
    values: list[Decimal | None] = [None if one.hidden else one.value for one in cells]
    await uow.call(
        CELLS, row.region_id, row.id, [one.measure for one in cells], ["|".join(one.by) for one in cells],
        [one.place for one in cells], ["|".join(one.key) for one in cells], values,
    )  # fmt: skip
