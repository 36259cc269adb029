"""What is held jointly, by a municipality or by the region: one shared row, a copy in every member, and numbers back.

A change is made in the shared row; the holder's own copy follows at once, each other member's by a job in its own context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.types import Date

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id, uuid7
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.models import RegionMembership
from shared_pool.assemblies.inviting import invite_missed
from shared_pool.assemblies.models import Assembly, AssemblyMeeting, JointAssembly, JointMeeting
from shared_pool.assemblies.queries import JointRow, joint_meetings, own_copy
from shared_pool.assemblies.rules import new_code
from shared_pool.assemblies.series import (
    STALE,
    MeetingFacts,
    SeriesFacts,
    apply,
    check_series,
    check_summary,
    check_when,
    held_meeting,
    put_meeting,
)
from shared_pool.assemblies.telling import tell_counts

COPY = "assemblies.copy"
LEFT = N_("Kommunen er ikke lenger med i samarbeidet.")
membership = RegionMembership.__table__
_today = or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day", type_=Date()))
_MEMBERS = compile_query(
    select(membership.c.municipality_id).where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day", type_=Date()),
        _today,
    )
)
_REGIONS = compile_query(
    select(membership.c.region_id)
    .where(
        membership.c.municipality_id == bindparam("tenant"),
        membership.c.valid_from <= bindparam("day", type_=Date()),
        _today,
    )
    .order_by(membership.c.valid_from, membership.c.region_id)
)
_MEETING_FIELDS = ("starts_at", "ends_at", "place", "link", "state", "cancel_why", "summary", "summary_at")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds what is joint: the region itself (no host), or a municipality in it."""

    region_id: UUID
    host_id: UUID | None


async def holder(uow: UnitOfWork) -> Holder:
    """Who one is, as a holder. Raises Invalid for a municipality that is in no cooperation."""
    if uow.context.region_id is not None:
        return Holder(uow.context.region_id, None)
    region: UUID | None = await uow.value(_REGIONS, tenant=uow.context.tenant, day=today())
    if region is None:
        raise Invalid.one(
            "felles", N_("Kommunen er ikke med i noe samarbeid. Sett opp samlingen for dere selv.")
        )
    return Holder(region, uow.context.tenant)


async def make_joint(uow: UnitOfWork, facts: SeriesFacts) -> tuple[UUID, UUID | None]:
    """Plan what is held jointly: (the shared row's id, the holder's own copy's, None in the region). Raises Invalid."""
    check_series(facts)
    who = await holder(uow)
    row = JointAssembly(
        region_id=who.region_id, id=random_id(), host_id=who.host_id, kind=facts.kind, title=facts.title, about=facts.about,
        led_by=facts.led_by,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    for starts, ends in facts.times:
        uow.session.add(_joint_meeting(who, row.id, MeetingFacts(starts, ends, facts.place, facts.link)))
    await uow.session.flush()
    await record_change(
        uow, "assembly.joint_made", "joint_assembly", row.id, kind=facts.kind, meetings=len(facts.times)
    )
    await _follow(uow, who, row.id)
    return row.id, None if who.host_id is None else await own_copy(uow, row.id)


def _joint_meeting(who: Holder, joint_id: UUID, facts: MeetingFacts) -> JointMeeting:
    return JointMeeting(
        region_id=who.region_id, id=random_id(), host_id=who.host_id, joint_assembly_id=joint_id, door_code=new_code(),
        **asdict(facts),
    )  # fmt: skip


async def _follow(uow: UnitOfWork, who: Holder, joint_id: UUID) -> None:
    """One's own copy at once; a job in every other member."""
    if who.host_id is not None:
        await copy_joint(uow, joint_id)
    for row in await uow.rows(_MEMBERS, region=who.region_id, day=today()):
        if row["municipality_id"] != who.host_id:
            await enqueue_for(
                uow, PlaceKind.MUNICIPALITY, row["municipality_id"], COPY, {"joint": joint_id}, nameless=True
            )


async def _held(uow: UnitOfWork, meeting_id: UUID, version: int | None) -> tuple[Holder, JointMeeting]:
    """A joint meeting that the reader holds. Raises NotFound, Conflict when it was changed since `version`."""
    who = await holder(uow)
    row: JointMeeting | None = await uow.session.scalar(
        select(JointMeeting)
        .where(
            JointMeeting.region_id == who.region_id,
            JointMeeting.id == meeting_id,
            JointMeeting.host_id.is_not_distinct_from(who.host_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Conflict(STALE)
    return who, row


async def add_joint(uow: UnitOfWork, joint_id: UUID, facts: MeetingFacts) -> UUID:
    """Add a meeting to what one holds; its id. Raises Invalid, NotFound."""
    check_when(facts)
    who = await holder(uow)
    series = [row for row in await joint_meetings(uow) if row.assembly_id == joint_id]
    if not series or series[0].host_id != who.host_id or series[0].region_id != who.region_id:
        raise NotFound
    if facts.makeup_for is not None and facts.makeup_for not in {row.id for row in series}:
        raise Invalid.one("for_mote", N_("Velg et møte fra lista."))
    row = _joint_meeting(who, joint_id, facts)
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "assembly.joint_added", "joint_meeting", row.id)
    await _follow(uow, who, joint_id)
    return row.id


async def move_joint(uow: UnitOfWork, meeting_id: UUID, facts: MeetingFacts, version: int | None) -> None:
    """Another time or place. Raises Invalid, NotFound, Conflict when it has begun, is called off, or was changed."""
    check_when(facts)
    who, row = await _held(uow, meeting_id, version)
    _check_open(row)
    row.starts_at, row.ends_at, row.place, row.link = facts.starts_at, facts.ends_at, facts.place, facts.link
    await _changed(uow, who, row, "assembly.joint_moved")


async def cancel_joint(uow: UnitOfWork, meeting_id: UUID, why: str, version: int | None) -> None:
    """Call it off, for everybody. Raises NotFound, Conflict when it has begun, is called off, or was changed."""
    who, row = await _held(uow, meeting_id, version)
    _check_open(row)
    row.state, row.cancel_why = "cancelled", why
    await _changed(uow, who, row, "assembly.joint_cancelled")


async def summarise_joint(uow: UnitOfWork, meeting_id: UUID, text: str, version: int | None) -> None:
    """Write what was said, for everybody invited anywhere: it names nobody. Raises Invalid, NotFound, Conflict."""
    who, row = await _held(uow, meeting_id, version)
    check_summary(row.starts_at, row.state, text)
    row.summary, row.summary_at = text, now() if text else None
    await _changed(uow, who, row, "assembly.joint_summarised")


def _check_open(row: JointMeeting) -> None:
    if row.state != "planned":
        raise Conflict(N_("Møtet er allerede avlyst."))
    if row.starts_at <= now():
        raise Conflict(N_("Møtet har begynt."))


async def _changed(uow: UnitOfWork, who: Holder, row: JointMeeting, action: str) -> None:
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "joint_meeting", row.id)
    await _follow(uow, who, row.joint_assembly_id)


# A member's copy ---------------------------------------------------------------------------------------------------------
async def copy_joint(uow: UnitOfWork, joint_id: UUID, rows: Sequence[JointRow] | None = None) -> None:
    """Make or mend the municipality's own copy of what is held jointly. Doing it again changes nothing."""
    found = rows if rows is not None else await joint_meetings(uow)
    series = [row for row in found if row.assembly_id == joint_id]
    if not series:
        return
    first, tenant = series[0], uow.context.tenant
    assembly_id = await own_copy(uow, joint_id)
    if assembly_id is None:
        if all(row.over or not row.on for row in series):
            return
        made = Assembly(
            tenant_id=tenant, id=uuid7(), kind=first.kind, title=first.title, about=first.about, led_by=first.led_by,
            joint_id=joint_id, hosted=first.host_id == tenant, host_name=first.host,
        )  # fmt: skip
        uow.session.add(made)
        await uow.session.flush()
        assembly_id = made.id
        await record_change(uow, "assembly.copied", "assembly", assembly_id, joint=joint_id)
    # A meeting that stands in for another comes after it.
    for row in sorted(series, key=lambda one: (one.makeup_for is not None, one.starts_at)):
        await _copy_meeting(uow, assembly_id, row)


async def _copy_meeting(uow: UnitOfWork, assembly_id: UUID, row: JointRow) -> None:
    known: AssemblyMeeting | None = await uow.session.get(
        AssemblyMeeting, (uow.context.tenant, row.id), with_for_update=True, populate_existing=True
    )
    if known is None:
        facts = MeetingFacts(row.starts_at, row.ends_at, row.place, row.link, row.makeup_for)
        await put_meeting(uow, assembly_id, facts, meeting_id=row.id, code=row.door_code)
        if row.makeup_for is not None:
            await invite_missed(uow, row.makeup_for)
        known = await held_meeting(uow, row.id)
    values: dict[str, Any] = {name: getattr(row, name) for name in _MEETING_FIELDS}
    if await apply(uow, known, values):
        await tell_counts(uow, row.id)


async def copy_all(uow: UnitOfWork) -> None:
    """Make and mend every copy, and call off those of a cooperation the municipality has left: nobody there expects us."""
    rows = await joint_meetings(uow)
    there = {row.assembly_id for row in rows}
    for joint_id in sorted(there):
        await copy_joint(uow, joint_id, rows)
    copies = await uow.session.scalars(
        select(AssemblyMeeting)
        .join(
            Assembly,
            (Assembly.tenant_id == AssemblyMeeting.tenant_id) & (Assembly.id == AssemblyMeeting.assembly_id),
        )
        .where(
            AssemblyMeeting.tenant_id == uow.context.tenant,
            Assembly.joint_id.is_not(None),
            Assembly.joint_id.not_in(there),
            Assembly.hosted.is_(False),
            AssemblyMeeting.state == "planned",
            AssemblyMeeting.starts_at > now(),
        )
        .with_for_update(of=AssemblyMeeting)
    )
    for row in copies.all():
        await apply(uow, row, {"state": "cancelled", "cancel_why": LEFT})
