"""What a host does: opens its own group for others, promises them places, and is followed when the group changes (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from shared_pool.gathering.api import wanted_groups
from shared_pool.groups.cards import JointCard, PartnerCard, joint_card, partners_of
from shared_pool.groups.limits import tellable
from shared_pool.groups.models import MOST_SEATS, JointGroup, JointSession
from shared_pool.recruitment.api import own_pool
from tenants.api import (
    ActivityGroup,
    GroupPlace,
    GroupSession,
    assignment,
    group_card,
    on_group_changed,
    on_session_changed,
    person,
    session_leader,
    support_contact,
)

COPY, MEETINGS, NOTE = "joint.group", "joint.meetings", "joint.note"
TOO_MANY = N_("Så mange plasser er ikke ledige å love bort. Skriv et lavere tall, eller gjør gruppa større.")
LESS = N_(
    "Kommunen har sagt ja til flere plasser, og det løftet kan ikke settes ned. Skriv heller en dag da ubrukte plasser frigis."
)
REFUSED = {
    "unknown": N_("Velg en kommune."),
    "no_member": N_("Velg en kommune som er med i samarbeidet."),
    "closed": N_("Gruppa er avsluttet."),
    "too_many": TOO_MANY,
    "less": LESS,
}
OVER = N_("Gruppa er avsluttet, eller kommunen er ikke med lenger.")
_PROMISE = "SELECT answer, partner_id FROM sammen.joint_promise($1, $2, $3, $4)"
_STOP = "SELECT sammen.joint_stop($1, $2) AS answer"
_SEAT = "SELECT answer, seat_id FROM sammen.joint_seat($1, $2, $3)"
_TRANSACTION = "SELECT pg_current_xact_id()::text AS number"
_LED_BY = compile_query(
    select(person.c.given_name)
    .select_from(
        session_leader.join(
            support_contact,
            (support_contact.c.tenant_id == session_leader.c.tenant_id)
            & (support_contact.c.id == session_leader.c.contact_id),
        ).join(
            person,
            (person.c.tenant_id == support_contact.c.tenant_id)
            & (person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        session_leader.c.tenant_id == bindparam("tenant"),
        session_leader.c.session_id == bindparam("session"),
        session_leader.c.state != "cannot",
    )
    .order_by(person.c.given_name)
)
_SHARED = ("name", "activity", "weekday", "starts", "ends", "seats", "valid_from", "valid_to")


async def open_group(uow: UnitOfWork, group_id: UUID) -> UUID:
    """Open one of the municipality's own groups for others; the shared row's id. Those with a place keep it. When the
    region's needs wanted such a group here (C11), it is the answer to that; the needs stay open until they have a place.

    Raises NotFound, Forbidden outside a region, Conflict for a group that is over, a copy, or open already.
    """
    uow.context.require(Permission.GROUP_JOIN)
    pool = await own_pool(uow)
    card = await group_card(uow, group_id)
    if not card.hosted or card.over or card.closed_on is not None:
        raise Conflict(N_("Bare deres egne grupper som går, kan åpnes for andre kommuner."))
    if card.joint_id is not None:
        raise Conflict(N_("Gruppa er allerede åpen for andre kommuner."))
    group = await _held(uow, group_id)
    row = JointGroup(
        region_id=pool.id,
        id=random_id(),
        host_id=uow.context.tenant,
        group_id=group_id,
        suggestion_id=await _wanted_for(uow, card.activity),
    )
    await _follow(uow, row, group)
    uow.session.add(row)
    group.joint_id = row.id
    group.version += 1
    await uow.session.flush()
    await _seat_those_there(uow, row.id, group_id)
    await record_change(uow, "joint.opened", "joint_group", row.id, seats=row.seats)
    for meeting in await _coming(uow, group_id):
        await _tell_meeting(uow, row, meeting)
    return row.id


async def opened_suggestions(uow: UnitOfWork) -> set[UUID]:
    """The region's suggestions that this municipality has opened a group for."""
    found = await uow.session.scalars(
        select(JointGroup.suggestion_id).where(
            JointGroup.host_id == uow.context.tenant, JointGroup.suggestion_id.is_not(None)
        )
    )
    return {one for one in found.all() if one is not None}


async def _wanted_for(uow: UnitOfWork, activity: str) -> UUID | None:
    """The wanted group that one's own group answers: of the same activity, hosted here, and not opened yet."""
    opened = await opened_suggestions(uow)
    return next(
        (
            one.suggestion_id
            for one in await wanted_groups(uow)
            if one.host_id == uow.context.tenant
            and one.interest == activity
            and one.suggestion_id not in opened
        ),
        None,
    )


async def _held(uow: UnitOfWork, group_id: UUID) -> ActivityGroup:
    found = await uow.session.get(
        ActivityGroup, (uow.context.tenant, group_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


async def _follow(uow: UnitOfWork, row: JointGroup, group: ActivityGroup) -> None:
    for name in _SHARED:
        setattr(row, name, getattr(group, name))
    row.place, row.transport = await tellable(uow, group.place), await tellable(uow, group.transport)
    leaders = (await group_card(uow, group.id)).leaders
    row.led_by = ", ".join(one.name.split(" ")[0] for one in leaders if one.there)
    row.state = "closed" if group.closed_on is not None else "open"


async def _seat_those_there(uow: UnitOfWork, joint_id: UUID, group_id: UUID) -> None:
    """Everybody with a place, on trial or in line gets the seat they have: there are as many seats as places."""
    tenant = uow.context.tenant
    found = await uow.session.scalars(
        select(GroupPlace)
        .join(assignment, (assignment.c.tenant_id == tenant) & (assignment.c.id == GroupPlace.assignment_id))
        .where(
            GroupPlace.tenant_id == tenant, GroupPlace.group_id == group_id, GroupPlace.valid_to.is_(None),
            or_(assignment.c.state != "ended", GroupPlace.stays),
        )
        .order_by(GroupPlace.valid_from, GroupPlace.id)
        .with_for_update(of=GroupPlace)
    )  # fmt: skip
    for place in found.all():
        place.seat_id = (await uow.call(_SEAT, joint_id, None, place.state))[0]["seat_id"]
    await uow.session.flush()


# Partners -------------------------------------------------------------------------------------------------------------
async def promise(
    uow: UnitOfWork, joint_id: UUID, partner_id: UUID, quota: int, release_on: date | None
) -> UUID:
    """Keep so many places for a municipality, and invite it; or change what is promised to one that is there. The id of its
    part. `release_on`: from that day unused places are for whoever needs them.

    Raises NotFound for somebody else's group, Invalid for more places than there are, a day that has passed, or a
    municipality outside the region.
    """
    uow.context.require(Permission.GROUP_JOIN)
    card = await hosted_card(uow, joint_id)
    if not 1 <= quota <= MOST_SEATS or quota > card.seats:
        raise Invalid.one(
            "plasser", N_("Gruppa har %(seats)s plasser. Skriv et lavere tall."), seats=card.seats
        )
    if release_on is not None and release_on <= today():
        raise Invalid.one("frigis", N_("Skriv en dag som kommer, eller la feltet stå tomt."))
    row = (await uow.call(_PROMISE, joint_id, partner_id, quota, release_on))[0]
    if row["answer"] in REFUSED:
        field = "plasser" if row["answer"] in ("too_many", "less") else "kommune"
        raise Invalid.one(field, REFUSED[row["answer"]])
    part: UUID = row["partner_id"]
    await _renew(uow, joint_id)
    await record_change(
        uow, f"joint.{row['answer']}", "joint_group", joint_id, partner=partner_id, places=quota
    )
    await note(uow, partner_id, row["answer"], joint_id)
    await enqueue_for(uow, PlaceKind.MUNICIPALITY, partner_id, COPY, {"joint": joint_id}, nameless=True)
    return part


async def stop_partner(uow: UnitOfWork, joint_id: UUID, part_id: UUID, last_day: date) -> None:
    """The host takes an invitation back at once, or says the last day a partner's participants take part.

    Raises NotFound, Invalid for a day that has passed, Conflict when it has stopped already.
    """
    uow.context.require(Permission.GROUP_JOIN)
    await hosted_card(uow, joint_id)
    part = await part_of(uow, joint_id, part_id)
    await stop(uow, part_id, last_day)
    await _renew(uow, joint_id)
    await record_change(
        uow, "joint.stopped", "joint_group", joint_id, partner=part.partner_id, last_day=last_day
    )
    await note(uow, part.partner_id, "stopped", joint_id)
    await enqueue_for(uow, PlaceKind.MUNICIPALITY, part.partner_id, COPY, {"joint": joint_id}, nameless=True)


async def part_of(uow: UnitOfWork, joint_id: UUID, part_id: UUID) -> PartnerCard:
    """A partner's part in a group of one's own. Raises NotFound."""
    part = next((one for one in await partners_of(uow, joint_id) if one.id == part_id), None)
    if part is None:
        raise NotFound
    return part


async def stop(uow: UnitOfWork, part_id: UUID, last_day: date) -> None:
    """Say the last day of a partner's part, as host or as partner. Raises Invalid, Conflict."""
    if last_day < today():
        raise Invalid.one("siste_dag", N_("Dagen har vært. Skriv i dag eller en dag som kommer."))
    if (await uow.call(_STOP, part_id, last_day))[0]["answer"] not in ("stopped", "withdrawn"):
        raise Conflict(OVER)


async def note(uow: UnitOfWork, municipality_id: UUID, what: str, joint_id: UUID) -> None:
    """The same step in the other municipality's trail, by a job of its own, without a name."""
    await enqueue_for(
        uow, PlaceKind.MUNICIPALITY, municipality_id, NOTE, {"what": what, "joint": joint_id}, nameless=True
    )


async def hosted_card(uow: UnitOfWork, joint_id: UUID) -> JointCard:
    """One's own open group. Raises NotFound for somebody else's."""
    card = await joint_card(uow, joint_id)
    if not card.own:
        raise NotFound
    return card


async def _renew(uow: UnitOfWork, joint_id: UUID) -> None:
    """A new version, so that copies are made anew: what is promised to a partner is on its copy."""
    row = await uow.session.scalar(
        select(JointGroup).where(JointGroup.host_id == uow.context.tenant, JointGroup.id == joint_id).with_for_update()
    )  # fmt: skip
    if row is not None:
        row.version += 1
        await uow.session.flush()


# What follows when the host's own group or meeting changes ------------------------------------------------------------
async def shared_row(uow: UnitOfWork, group_id: UUID) -> JointGroup | None:
    """The shared row of one of the municipality's own groups, held; None when it crosses no border."""
    found: JointGroup | None = await uow.session.scalar(
        select(JointGroup)
        .where(JointGroup.host_id == uow.context.tenant, JointGroup.group_id == group_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


@on_group_changed
async def follow_group(uow: UnitOfWork, group_id: UUID) -> None:
    """The group was edited, given leaders or closed: its partners are told. Raises Invalid for fewer places than promised."""
    row = await shared_row(uow, group_id)
    if row is None:
        return
    group = await _held(uow, group_id)
    promised = sum(one.quota for one in await partners_of(uow, row.id) if one.live)
    if group.seats < promised and group.closed_on is None:
        raise Invalid.one(
            "plasser", N_("Dere har lovet %(promised)s plasser til andre kommuner. Skriv minst så mange."), promised=promised
        )  # fmt: skip
    await _follow(uow, row, group)
    row.version += 1
    await uow.session.flush()
    for partner_id in await _partners(uow, row.id):
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, partner_id, COPY, {"joint": row.id}, nameless=True)


@on_session_changed
async def follow_session(uow: UnitOfWork, session_id: UUID, _what: str) -> None:
    """A meeting of a group of one's own is new, moved, called off, led by others, or held."""
    meeting = await uow.session.get(GroupSession, (uow.context.tenant, session_id), populate_existing=True)
    row = await shared_row(uow, meeting.group_id) if meeting is not None else None
    if meeting is not None and row is not None:
        await _tell_meeting(uow, row, meeting)


async def _led_by(uow: UnitOfWork, session_id: UUID) -> str:
    rows = await uow.rows(_LED_BY, tenant=uow.context.tenant, session=session_id)
    return ", ".join(row["given_name"] for row in rows)


async def _tell_meeting(uow: UnitOfWork, row: JointGroup, meeting: GroupSession) -> None:
    facts: dict[str, Any] = {
        "starts_at": meeting.starts_at, "ends_at": meeting.ends_at, "state": meeting.state,
        "place": await tellable(uow, meeting.place), "activity": await tellable(uow, meeting.activity),
        "transport": await tellable(uow, meeting.transport), "words": await tellable(uow, meeting.words),
        "cancel_reason": await tellable(uow, meeting.cancel_reason),
        "led_by": await _led_by(uow, meeting.id),
    }  # fmt: skip
    shared = await uow.session.get(
        JointSession, (row.region_id, meeting.id), with_for_update=True, populate_existing=True
    )
    if shared is None:
        shared = JointSession(
            region_id=row.region_id,
            id=meeting.id,
            joint_group_id=row.id,
            host_id=uow.context.tenant,
            version=0,
        )
        uow.session.add(shared)
    elif all(getattr(shared, name) == value for name, value in facts.items()):
        return
    for name, value in facts.items():
        setattr(shared, name, value)
    shared.version += 1
    await uow.session.flush()
    # Once for each partner and transaction: a whole season's meetings are made at once, and one job copies them all.
    number = (await uow.call(_TRANSACTION))[0]["number"]
    for partner_id in await _partners(uow, row.id):
        await enqueue_for(
            uow, PlaceKind.MUNICIPALITY, partner_id, MEETINGS, {"joint": row.id}, nameless=True,
            once=f"{MEETINGS}:{partner_id}:{row.id}:{number}",
        )  # fmt: skip


async def _partners(uow: UnitOfWork, joint_id: UUID) -> list[UUID]:
    return [one.partner_id for one in await partners_of(uow, joint_id) if one.live and one.state == "yes"]


async def _coming(uow: UnitOfWork, group_id: UUID) -> Sequence[GroupSession]:
    found = await uow.session.scalars(
        select(GroupSession)
        .where(
            GroupSession.tenant_id == uow.context.tenant, GroupSession.group_id == group_id, GroupSession.ends_at > now()
        )
        .order_by(GroupSession.starts_at)
    )  # fmt: skip
    return found.all()
