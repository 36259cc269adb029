"""Groups across borders as a municipality knows them: its own that it has opened, and others' it is invited to (C10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.tenancy.models import Municipality
from shared_pool.groups.models import JointPartner, JointSeat

partner = JointPartner.__table__
seat = JointSeat.__table__
municipality = Municipality.__table__


@dataclass(frozen=True, slots=True)
class JointCard:
    """A group across borders. `own`: this municipality hosts it, and `group_id` is its own row; else `partner_id` and what
    follows is its own part: what it answered, how many places are kept for it, until when, and the last day if it stops.
    `partners` are the names of the municipalities that take part besides the host.
    """

    id: UUID
    region_id: UUID
    host_id: UUID
    host: str
    own: bool
    group_id: UUID | None
    name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    place: str
    transport: str
    led_by: str
    seats: int
    valid_from: date
    valid_to: date | None
    state: str
    version: int
    partner_id: UUID | None
    answer: str | None
    quota: int | None
    release_on: date | None
    invited_on: date | None
    answered_on: date | None
    leaves_on: date | None
    duty_phone: str | None
    partners: Sequence[str]

    @property
    def here(self) -> UUID:
        """The group's row in this municipality: the host's own, or the copy, which has the shared row's id."""
        return self.group_id or self.id

    @property
    def waits(self) -> bool:
        """Whether an invitation waits for this municipality's answer."""
        return self.answer == "invited"

    @property
    def last_day(self) -> date | None:
        """The last day this municipality's participants take part, if one is known."""
        days = [day for day in (self.valid_to if self.state == "closed" else None, self.leaves_on) if day]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A partner of one's own group: how many places it is promised, and what it has answered. Never how many it uses."""

    id: UUID
    joint_group_id: UUID
    partner_id: UUID
    name: str
    quota: int
    release_on: date | None
    state: str
    invited_on: date
    answered_on: date | None
    leaves_on: date | None
    version: int

    @property
    def live(self) -> bool:
        """Whether it is invited or takes part."""
        return self.state in ("invited", "yes") and (self.leaves_on is None or self.leaves_on >= today())


@dataclass(frozen=True, slots=True)
class Room:
    """What may be said of a group's places (docs/decisions/0065): how many are kept for this municipality and not used,
    whether there is one more beyond those, and how many all the others have together, None for fewer than three.
    """

    kept: int
    more: bool
    others: int | None

    @property
    def any(self) -> bool:
        """Whether one more of this municipality's may have a place now."""
        return self.kept > 0 or self.more


@dataclass(frozen=True, slots=True)
class UsedPlaces:
    """How many places this municipality's members have held in groups of `host_id` in a month (its first day)."""

    region_id: UUID
    host_id: UUID
    month: date
    places: int


@dataclass(frozen=True, slots=True)
class RegionGroup:
    """A group as the region's coordinator sees it: `taken` is None for fewer than three participants in all."""

    id: UUID
    name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    host: str
    partners: Sequence[str]
    seats: int
    taken: int | None


_GROUPS = "SELECT * FROM sammen.joint_groups()"
_VIEW = "SELECT kept, more, others FROM sammen.joint_view($1)"
_COUNTS = "SELECT * FROM sammen.joint_counts()"
_HELD = "SELECT region_id, host_id, month, places FROM sammen.joint_held()"
_PARTNERS = compile_query(
    select(
        partner.c.id, partner.c.joint_group_id, partner.c.partner_id, municipality.c.name, partner.c.quota,
        partner.c.release_on, partner.c.state, partner.c.invited_on, partner.c.answered_on, partner.c.leaves_on,
        partner.c.version,
    )
    .join_from(partner, municipality, municipality.c.id == partner.c.partner_id)
    .where(partner.c.host_id == bindparam("tenant"), partner.c.joint_group_id == bindparam("joint"))
    .order_by(municipality.c.name)
)  # fmt: skip
_NAMES = compile_query(
    select(municipality.c.id, municipality.c.name).where(
        municipality.c.id == any_(bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True))))
    )
)


async def joint_groups(uow: UnitOfWork) -> list[JointCard]:
    """Those this municipality has opened, is invited to, or has places in; by name."""
    return [JointCard(**dict(row)) for row in await uow.call(_GROUPS)]


async def joint_card(uow: UnitOfWork, joint_id: UUID) -> JointCard:
    """One of `joint_groups`. Raises NotFound for any other."""
    found = next((card for card in await joint_groups(uow) if card.id == joint_id), None)
    if found is None:
        raise NotFound
    return found


async def card_of_group(uow: UnitOfWork, group_id: UUID) -> JointCard | None:
    """The joint group that a group here is (the host's own, or a copy), or None when it crosses no border."""
    return next((card for card in await joint_groups(uow) if card.here == group_id), None)


async def partners_of(uow: UnitOfWork, joint_id: UUID) -> list[PartnerCard]:
    """The partners of one's own group, by name; none for a group of somebody else's."""
    rows = await uow.rows(_PARTNERS, tenant=uow.context.tenant, joint=joint_id)
    return [PartnerCard(**dict(row)) for row in rows]


async def promised(uow: UnitOfWork, card: JointCard) -> int:
    """How many places a host has promised its partners; 0 for a group of somebody else's, whose promises are not ours."""
    return sum(one.quota for one in await partners_of(uow, card.id) if one.live) if card.own else 0


async def room_in(uow: UnitOfWork, joint_id: UUID) -> Room | None:
    """What may be said of a group's places, to one that takes part; None to all others."""
    rows = await uow.call(_VIEW, joint_id)
    return Room(rows[0]["kept"], rows[0]["more"], rows[0]["others"]) if rows else None


async def region_groups(uow: UnitOfWork) -> list[RegionGroup]:
    """In the region, for those who run the pool: the open groups across borders, as counts."""
    return [RegionGroup(**dict(row)) for row in await uow.call(_COUNTS)]


async def places_used(uow: UnitOfWork) -> list[UsedPlaces]:
    """The municipality's own places in others' groups by month: counts of nobody, for the settlement (C5)."""
    return [UsedPlaces(**dict(row)) for row in await uow.call(_HELD)]
