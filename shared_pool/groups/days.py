"""The day of a meeting: cards from each home, guests for the leaders, and who came back to the homes (C10, 0060)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.daylists.api import DayFacts, OwnCard, put_cards, read_cards
from shared_pool.groups.cards import card_of_group, joint_groups
from shared_pool.groups.models import JointPresence
from shared_pool.groups.seats import OwnPlace, places_by_seat, places_of
from tenants.api import (
    GroupSession,
    Guest,
    PresenceCopy,
    activity_group,
    emergency_of,
    group_place,
    group_session,
    mirror_guest_told,
    mirror_presence,
    on_guest_presence,
    on_told,
    register_guests,
)

PRESENCE, TOLD = "joint.presence", "joint.told"
presence = JointPresence.__table__
_NOTE = "SELECT sammen.joint_note_presence($1, $2, $3) AS home"
_DUTY = "SELECT home_id, home, duty FROM sammen.group_day_duty($1)"
_PLAN = compile_query(
    select(
        group_session.c.id, group_session.c.group_id, group_session.c.starts_at, group_session.c.ends_at, group_session.c.state,
        activity_group.c.joint_id, activity_group.c.hosted,
    )
    .join_from(
        group_session, activity_group,
        (activity_group.c.tenant_id == group_session.c.tenant_id) & (activity_group.c.id == group_session.c.group_id),
    )
    .where(
        group_session.c.tenant_id == bindparam("tenant"),
        group_session.c.id == any_(bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
)  # fmt: skip
_OWN_PRESENCE = compile_query(
    select(presence.c.joint_seat_id, presence.c.state).where(
        presence.c.home_id == bindparam("tenant"), presence.c.joint_session_id == bindparam("session")
    )
)
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('joint.cards.' || $1::text || $2::text, 0))"
_SEAT_OF = compile_query(
    select(group_place.c.seat_id).where(
        group_place.c.tenant_id == bindparam("tenant"), group_place.c.id == bindparam("place")
    )
)


async def _meeting(uow: UnitOfWork, session_id: UUID) -> Any:
    found = await uow.rows(_PLAN, tenant=uow.context.tenant, ids=[session_id])
    return found[0] if found else None


# At the host ----------------------------------------------------------------------------------------------------------
@register_guests
async def guests(uow: UnitOfWork, session_id: UUID) -> Sequence[Guest]:
    """Who comes from other municipalities today, for a leader of the meeting on their own pages: the database decides whether
    the reader is one, and each home's trail tells that they were read. Nobody, for anybody else and on any other day.
    """
    meeting = await _meeting(uow, session_id)
    if meeting is None or meeting["joint_id"] is None or not meeting["hosted"]:
        return []
    homes = {row["home_id"]: (row["home"], row["duty"]) for row in await uow.call(_DUTY, session_id)}
    return [
        Guest(
            card.seat_id, homes[card.home_id][0], card.facts.name, card.facts.needs, card.facts.phone,
            homes[card.home_id][1],
        )
        for card in await read_cards(uow, "group_day_list", session_id)
        if card.home_id in homes
    ]  # fmt: skip


@on_guest_presence
async def tell_homes(uow: UnitOfWork, session_id: UUID, states: Mapping[UUID, str]) -> None:
    """Leaders noted guests: each home is told of its own seats, and finds out by itself whose they are."""
    homes = set()
    for seat_id, state in sorted(states.items(), key=lambda item: str(item[0])):
        homes.add((await uow.call(_NOTE, session_id, seat_id, state))[0]["home"])
    for home in sorted(one for one in homes if one is not None):
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, home, PRESENCE, {"session": session_id}, nameless=True)


async def guest_told(uow: UnitOfWork, session_id: UUID, seat_id: UUID, *, stays_away: bool) -> None:
    """For the host's job: a guest's home says that they do not come. A meeting that is gone changes nothing."""
    meeting = await _meeting(uow, session_id)
    if meeting is not None and meeting["joint_id"] is not None and meeting["hosted"]:
        await mirror_guest_told(uow, session_id, seat_id, stays_away=stays_away)


# At home --------------------------------------------------------------------------------------------------------------
@on_told
async def tell_host(uow: UnitOfWork, session_id: UUID, place_id: UUID, stays_away: bool) -> None:
    """A participant of one's own says that they do not come to a meeting elsewhere, or that they do after all."""
    meeting = await _meeting(uow, session_id)
    seat_id = await uow.value(_SEAT_OF, tenant=uow.context.tenant, place=place_id)
    if meeting is None or meeting["hosted"] or seat_id is None:
        return
    card = await card_of_group(uow, meeting["group_id"])
    if card is not None and not card.own:
        args = {"session": session_id, "seat": seat_id, "away": int(stays_away)}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, card.host_id, TOLD, args, nameless=True)


async def take_presence(uow: UnitOfWork, session_id: UUID) -> None:
    """For the home's job: what the host's leaders noted of one's own participants. Raises NotFound when the meeting's copy is
    not here yet: the job is tried again.
    """
    meeting = await _meeting(uow, session_id)
    if meeting is None:
        raise NotFound
    length = Decimal((meeting["ends_at"] - meeting["starts_at"]).total_seconds()) / 3600
    by_seat = await places_by_seat(uow, meeting["group_id"])
    noted = {
        by_seat[row["joint_seat_id"]]: PresenceCopy(
            row["state"], hours=round(length, 2) if row["state"] == "present" else None
        )
        for row in await uow.rows(_OWN_PRESENCE, tenant=uow.context.tenant, session=session_id)
        if row["joint_seat_id"] in by_seat
    }
    await mirror_presence(uow, session_id, noted)


async def put_own_cards(uow: UnitOfWork) -> int:
    """Put out the municipality's own cards for meetings elsewhere today and tomorrow; for how many meetings they changed."""
    changed = 0
    for card in await joint_groups(uow):
        if not card.own and card.answer == "yes":
            changed += await put_group_cards(uow, card.id)
    return changed


async def put_group_cards(uow: UnitOfWork, joint_id: UUID) -> int:
    """The same for one group, by its copy's id. A meeting that is called off has no cards.

    One at a time for a group: two jobs that both found no card would both put one out, and the later should know the most.
    """
    await uow.call(_HOLD, str(uow.context.tenant), str(joint_id))
    changed, places = 0, await places_of(uow, joint_id)
    for meeting in await _soon(uow, joint_id):
        day = meeting.starts_at.astimezone(OSLO).date()
        there = (
            [one for one in places if _comes(one, day) and not one.hosted]
            if meeting.state == "planned"
            else []
        )
        cards = [
            OwnCard(one.seat_id, one.person_id, await _facts(uow, one, there)) for one in there if one.seat_id
        ]
        changed += await put_cards(uow, "group", meeting.id, day, cards)
    return changed


async def _soon(uow: UnitOfWork, group_id: UUID) -> Sequence[GroupSession]:
    """The group's meetings today and tomorrow, whatever has become of them."""
    found = await uow.session.scalars(
        select(GroupSession)
        .where(GroupSession.tenant_id == uow.context.tenant, GroupSession.group_id == group_id)
        .order_by(GroupSession.starts_at)
        .execution_options(populate_existing=True)
    )
    first = today()
    days = (first, first + timedelta(days=1))
    return [one for one in found.all() if one.starts_at.astimezone(OSLO).date() in days]


def _comes(place: OwnPlace, day: date) -> bool:
    return (
        place.runs and place.nameable and place.cross_yes and place.state in ("trial", "member") and place.valid_from <= day
    )  # fmt: skip


async def _facts(uow: UnitOfWork, place: OwnPlace, there: Sequence[OwnPlace]) -> DayFacts:
    """First name (and a letter, where two of ours share it), what helps, and whom to ring."""
    shared = [one for one in there if one.given_name == place.given_name]
    name = f"{place.given_name} {place.family_name[:1]}." if len(shared) > 1 else place.given_name
    # Of who acts for them the number alone: their whole name would be the participant's as well.
    phone = place.emergency or (await emergency_of(uow, place.person_id)).rpartition(", ")[2]
    return DayFacts(name, place.needs, phone)
