"""A group's meetings as its weekday, season and rest days give them. Making them anew keeps what somebody changed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.groups.api import ActivityGroup, GroupCard, group_card, on_group_changed
from tenants.sessions.hooks import tell_session
from tenants.sessions.models import GroupSession
from tenants.sessions.queries import RESTS
from tenants.sessions.rules import Rearranged, SeriesDay, rearrange, series_days, times_on
from tenants.sessions.service import add_leaders, call_off, fixed_leaders, leader_rows

CLOSED = N_("Gruppa er avsluttet.")


def days_of(card: GroupCard) -> list[SeriesDay]:
    """The days ahead that a group's weekday and season give, with those it rests and why."""
    return series_days(card.weekday, card.valid_from, card.valid_to, today(), card.rest)


@on_group_changed
async def plan_series(uow: UnitOfWork, group_id: UUID) -> None:
    """Make a group's meetings as it is now planned: new ones, those that move with it, and those that fall away. What
    somebody has moved, cancelled or added by hand stays, unless the group is over by then. Again changes nothing.
    """
    group = await uow.session.get(
        ActivityGroup, (uow.context.tenant, group_id), with_for_update=True, populate_existing=True
    )
    if group is None or not group.hosted:
        return
    days = days_of(await group_card(uow, group_id))
    clock = now()
    rows = await uow.session.scalars(
        select(GroupSession)
        .where(
            GroupSession.tenant_id == uow.context.tenant,
            GroupSession.group_id == group_id,
            GroupSession.ends_at > clock - timedelta(days=7),
        )
        .order_by(GroupSession.starts_at)
        .with_for_update()
    )
    found = {one.id: one for one in rows.all()}
    free = {
        one.id: one.series_day
        for one in found.values()
        if one.series_day is not None and not one.by_hand and _untouched(one) and one.starts_at > clock
    }
    taken = [one.series_day for one in found.values() if one.series_day is not None and one.id not in free]
    wanted = [
        one.day for one in days if not one.off and times_on(one.day, group.starts, group.ends)[1] > clock
    ]
    await _carry_out(uow, group, found, rearrange(wanted, free, taken))
    await _end_with_group(uow, group, found)


def _untouched(held: GroupSession) -> bool:
    """Whether the series may do with a meeting as it likes: it is planned, or the series itself took it away."""
    return held.state == "planned" or (held.state == "cancelled" and held.cancel_reason in (CLOSED, RESTS))


async def _carry_out(
    uow: UnitOfWork, group: ActivityGroup, found: dict[UUID, GroupSession], plan: Rearranged
) -> None:
    for session_id, day in {**plan.keep, **plan.move}.items():
        held = found[session_id]
        starts_at, ends_at = times_on(day, group.starts, group.ends)
        await _match_leaders(uow, group, held)
        if (held.series_day, held.starts_at, held.ends_at, held.place) == (
            day,
            starts_at,
            ends_at,
            group.place,
        ):
            continue
        held.series_day, held.starts_at, held.ends_at, held.place = day, starts_at, ends_at, group.place
        held.started_at = None
        held.version += 1
        await uow.session.flush()
        await tell_session(uow, session_id, "moved")
    over = group.closed_on is not None
    for session_id in plan.gone:
        held = found[session_id]
        if held.state == "cancelled":
            continue
        await call_off(uow, held, CLOSED if over and group.valid_to and held.series_day and
                       held.series_day > group.valid_to else RESTS)  # fmt: skip
    made = [_new(uow, group, day) for day in plan.new]
    await uow.session.flush()
    leaders = fixed_leaders(group)
    for session_id in made:
        add_leaders(uow, session_id, leaders)
    await uow.session.flush()
    for session_id in made:
        await tell_session(uow, session_id, "planned")
    if made or plan.move or plan.gone:
        await record_change(
            uow, "session.series", "activity_group", group.id, made=len(made), moved=len(plan.move),
            gone=len(plan.gone),
        )  # fmt: skip


def _new(uow: UnitOfWork, group: ActivityGroup, day: date) -> UUID:
    starts_at, ends_at = times_on(day, group.starts, group.ends)
    made = GroupSession(
        tenant_id=group.tenant_id, id=uuid7(), group_id=group.id, series_day=day, starts_at=starts_at, ends_at=ends_at,
        place=group.place,
    )  # fmt: skip
    uow.session.add(made)
    return made.id


async def _match_leaders(uow: UnitOfWork, group: ActivityGroup, held: GroupSession) -> None:
    """The group's leaders lead its meetings: new ones are put in, former ones taken out. Who stands in stays, and so does
    what somebody has said of not coming.
    """
    own = fixed_leaders(group)
    rows = {one.contact_id: one for one in await leader_rows(uow, held.id)}
    former = [
        row
        for row in rows.values()
        if not row.stand_in and row.state == "coming" and row.contact_id not in own
    ]
    missing = [one for one in own if one not in rows]
    if not former and not missing:
        return
    for row in former:
        await uow.session.delete(row)
    add_leaders(uow, held.id, missing)
    held.version += 1
    await uow.session.flush()
    await tell_session(uow, held.id, "leaders")


async def _end_with_group(uow: UnitOfWork, group: ActivityGroup, found: dict[UUID, GroupSession]) -> None:
    """Meetings after a closed group's last day are off, also those somebody made or moved by hand."""
    if group.closed_on is None or group.valid_to is None:
        return
    for held in found.values():
        day = held.starts_at.astimezone(OSLO).date()
        if held.state == "planned" and held.by_hand and day > group.valid_to:
            await call_off(uow, held, CLOSED)
