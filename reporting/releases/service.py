"""Making, approving, withdrawing and throwing away a release (D4). The numbers themselves are a job's (jobs.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from reporting.figures.api import approvals
from reporting.periods import Period
from reporting.releases.models import RegionGroup, Release
from reporting.releases.queries import OPEN, SEEN, ReleaseRow, members_on, release_row, releases
from reporting.releases.rules import kind_of, threshold_of
from reporting.releases.tables import largest
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue_for
from sammen.jobs.tasks import read_task, start_task
from sammen.tenancy.context import PlaceKind

PROTECT: Final = "release.protect"
SHOW: Final = "release.show"
TITLE: Final = N_("Publisering av tall")
CHANGED = N_("Publiseringen er endret siden du åpnet siden. Se på den på nytt.")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a release is made of: table ids (tables.py), and what is new since the last one of the period."""

    tables: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of municipalities that are compared with one another."""

    code: str
    name: str


def clashes(period: Period, rows: Sequence[ReleaseRow]) -> list[Period]:
    """Periods that somebody has seen figures of, and that share days with `period` without being it, earliest first.

    A half-year minus its five open months gives the sixth, so a region never releases a whole beside its parts.
    """
    found = {row.period for row in rows if row.state in SEEN and row.period != period}
    return sorted((one for one in found if one.overlaps(period)), key=lambda one: (one.start, one.end))


async def periods_to_release(uow: UnitOfWork) -> list[Period]:
    """The region's own periods that are over and have not begun to be released, the newest first: two years back."""
    kind = kind_of(uow.context.settings)
    taken = {row.period for row in await releases(uow) if row.state in (*OPEN, *SEEN)}
    period = Period.of(kind, today()).previous
    found = []
    for _ in range(2 * kind.in_a_year):
        if period not in taken:
            found.append(period)
        period = period.previous
    return found


async def _check_period(uow: UnitOfWork, period: Period, rows: Sequence[ReleaseRow]) -> None:
    if period.end >= today():
        raise Invalid.one(
            "periode", N_("Perioden er ikke over ennå. Publiser tallene når kommunene har godkjent dem.")
        )
    if clashes(period, rows):
        raise Invalid.one(
            "periode",
            N_(
                "Det er publisert tall for en periode som deler dager med denne. Hele året minus det ene"
                " halvåret er det andre, så dere må velge samme lengde som før."
            ),
        )
    if period.kind is not kind_of(uow.context.settings):
        raise Invalid.one(
            "periode", N_("Samarbeidet sammenligner perioder av en annen lengde. Velg en periode fra lista.")
        )
    if not await approvals(uow, period):
        raise Invalid.one(
            "periode", N_("Ingen kommuner har godkjent tall for perioden. Be dem godkjenne først.")
        )


async def start_release(uow: UnitOfWork, period: Period, choice: Choice) -> UUID:
    """A new release of a period, and the job that protects it; the release's id.

    Raises Invalid for a period that cannot be released and for no tables, and Conflict when one is being worked on.
    """
    rows = await releases(uow)
    await _check_period(uow, period, rows)
    same = [row for row in rows if row.period == period]
    if any(row.state in OPEN for row in same):
        raise Conflict(N_("En publisering av perioden er i arbeid. Godkjenn eller forkast den først."))
    _check_choice(choice, any(row.state in SEEN for row in same))
    task = await start_task(uow, TITLE)
    made = Release(
        region_id=uow.context.region, id=uuid7(), period=period.slug, edition=max((r.edition for r in same), default=0) + 1,
        tables=largest(choice.tables), threshold=threshold_of(uow.context.settings), why=choice.why,
        made_by=_user(uow), task_id=task,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await _queue(uow, PROTECT, made.id, task)
    await record_change(
        uow, "release.started", "release", made.id, period=period.slug, edition=made.edition, tables=len(made.tables)
    )  # fmt: skip
    return made.id


def _check_choice(choice: Choice, again: bool) -> None:
    if not choice.tables:
        raise Invalid.one("tabeller", N_("Velg minst én tabell."))
    if again and not choice.why:
        raise Invalid.one("hvorfor", N_("Skriv hva som er nytt siden forrige publisering av perioden."))


def _user(uow: UnitOfWork) -> UUID:
    user = uow.context.user_id
    if user is None:
        raise LookupError("a release is made by somebody")
    return user


async def _queue(uow: UnitOfWork, name: str, release_id: UUID, task: UUID) -> None:
    """In nobody's name: only so does the job read what no person's request may."""
    region = uow.context.region
    await enqueue_for(
        uow, PlaceKind.REGION, region, name, {"release": release_id, "task": task}, nameless=True,
        once=f"{name}:{release_id}",
    )  # fmt: skip


async def _held(uow: UnitOfWork, release_id: UUID, version: int, states: Sequence[str]) -> Release:
    """The row, locked, as the reader saw it. Raises NotFound, and Conflict when somebody has changed it since."""
    row = await uow.session.scalar(
        select(Release)
        .where(Release.region_id == uow.context.region, Release.id == release_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    if row.version != version or row.state not in states:
        raise Conflict(CHANGED)
    row.version += 1
    return row


async def choose_again(uow: UnitOfWork, release_id: UUID, version: int, choice: Choice) -> None:
    """Other tables for a release that is not approved, and the job again. Raises Invalid, NotFound, Conflict."""
    row = await _held(uow, release_id, version, ("ready", "failed"))
    _check_choice(Choice(choice.tables, row.why or choice.why), False)
    row.tables = largest(choice.tables)
    await _again(uow, row)


async def try_again(uow: UnitOfWork, release_id: UUID, version: int) -> None:
    """Protect the release anew, over the figures that are approved now. Raises NotFound, Conflict."""
    row = await _held(uow, release_id, version, ("making", "ready", "failed"))
    if row.state == "making" and not await stopped(uow, row.task_id):
        raise Conflict(N_("Publiseringen lages allerede. Vent til den er ferdig."))
    await _again(uow, row)


async def _again(uow: UnitOfWork, row: Release) -> None:
    row.state, row.report, row.ready_at = "making", None, None
    row.threshold = threshold_of(uow.context.settings)
    row.task_id = await start_task(uow, TITLE)
    await uow.session.flush()
    await _queue(uow, PROTECT, row.id, row.task_id)
    await record_change(uow, "release.started", "release", row.id, period=row.period, edition=row.edition,
                        tables=len(row.tables))  # fmt: skip


async def stopped(uow: UnitOfWork, task: UUID | None) -> bool:
    """Whether the job that a release waits for has given up."""
    found = await read_task(uow, task) if task is not None else None
    return found is None or found.state == "failed"


async def stale(uow: UnitOfWork, row: ReleaseRow) -> bool:
    """Whether a municipality has approved something since the release was made ready."""
    made_of = (row.report or {}).get("editions", {})
    newest = {str(one.municipality_id): one.edition for one in await approvals(uow, row.period)}
    return bool(newest != made_of)


async def approve_release(uow: UnitOfWork, release_id: UUID, version: int) -> None:
    """Approve what is ready; a job then shows it in place of the one before. Raises NotFound, Conflict."""
    shown = await release_row(uow, release_id)
    if shown.state == "ready" and await stale(uow, shown):
        raise Conflict(
            N_("En kommune har godkjent nye tall siden. Lag publiseringen på nytt, så kommer de med.")
        )
    row = await _held(uow, release_id, version, ("ready",))
    row.state, row.approved_at, row.approved_by = "approved", now(), _user(uow)
    row.task_id = await start_task(uow, TITLE)
    await uow.session.flush()
    await _queue(uow, SHOW, row.id, row.task_id)
    await record_change(uow, "release.approved", "release", row.id, period=row.period, edition=row.edition)


async def show_again(uow: UnitOfWork, release_id: UUID, version: int) -> None:
    """Queue the showing anew, when the job gave up. Raises NotFound, Conflict."""
    row = await _held(uow, release_id, version, ("approved",))
    if not await stopped(uow, row.task_id):
        raise Conflict(N_("Publiseringen er på vei ut. Vent litt."))
    row.task_id = await start_task(uow, TITLE)
    await uow.session.flush()
    await _queue(uow, SHOW, row.id, row.task_id)


async def discard(uow: UnitOfWork, release_id: UUID, version: int) -> None:
    """Throw away what nobody has approved. Raises NotFound, Conflict."""
    row = await _held(uow, release_id, version, ("making", "ready", "failed"))
    row.state = "discarded"
    await uow.session.flush()
    await record_change(uow, "release.discarded", "release", row.id, period=row.period, edition=row.edition)


async def withdraw(uow: UnitOfWork, release_id: UUID, version: int, reason: str) -> None:
    """Take a release off the pages. What has been seen has been seen, so later releases still count it.

    Raises Invalid without a reason, NotFound, Conflict.
    """
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor publiseringen trekkes. Styringsgruppa ser grunnen."))
    row = await _held(uow, release_id, version, ("shown", "replaced"))
    row.state, row.withdrawn_at, row.withdrawn_by, row.reason = "withdrawn", now(), _user(uow), reason
    await uow.session.flush()
    await record_change(uow, "release.withdrawn", "release", row.id, period=row.period, edition=row.edition)


async def set_groups(uow: UnitOfWork, chosen: Mapping[UUID, Group | None]) -> None:
    """Put municipalities in groups; those with None are in none. For releases that are made from now on.

    Raises NotFound for a municipality that is no member today, and Invalid for a group of one: its figures would be that
    municipality's own.
    """
    if not set(chosen) <= set(await members_on(uow, today())):
        raise NotFound
    sizes: dict[str, int] = {}
    for one in chosen.values():
        if one is not None:
            sizes[one.code] = sizes.get(one.code, 0) + 1
    if 1 in sizes.values():
        raise Invalid.one(
            "grupper", N_("En gruppe må ha minst to kommuner. Ellers er gruppas tall kommunens egne.")
        )
    region = uow.context.region
    await uow.session.execute(delete(RegionGroup).where(RegionGroup.region_id == region))
    uow.session.add_all(
        RegionGroup(region_id=region, id=uuid7(), municipality_id=place, code=one.code, name=one.name)
        for place, one in chosen.items()
        if one is not None
    )
    await uow.session.flush()
    await record_change(uow, "groups.changed", "region", region, groups=len(sizes))
