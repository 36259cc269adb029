"""Reads of groups. A group is everybody's in the municipality; who takes part is for those who may see the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import OSLO, now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, countable, purchasers_seen, visible
from tenants.contacts.api import support_contact, vetting
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.rules import LEADERS_NEEDED, next_meeting, rest_on
from tenants.people.api import age_on, person

group = ActivityGroup.__table__
group_place = GroupPlace.__table__
MOST = 200
IDS = ARRAY(PG_UUID(as_uuid=True))


@dataclass(frozen=True, slots=True)
class Leader:
    """A contact who leads a group. `there`: they have not left, and have no pause."""

    id: UUID
    person_id: UUID
    name: str
    phone: str
    there: bool


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group with its leaders; `taken` of its `seats` have somebody, so far as the reader may know (`countable`)."""

    id: UUID
    name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    place: str
    seats: int
    valid_from: date
    valid_to: date | None
    version: int
    transport: str
    autumn_week: int | None
    winter_week: int | None
    easter_off: bool
    closed_on: date | None
    joint_id: UUID | None
    hosted: bool
    led_by: str
    taken: int
    leaders: tuple[Leader, ...]

    @property
    def free(self) -> int:
        """Places nobody has."""
        return max(0, self.seats - self.taken)

    @property
    def led(self) -> bool:
        """Whether enough leaders are there for a meeting to be held (C10). Elsewhere the host sees to it."""
        return (
            not self.hosted or len({leader.id for leader in self.leaders if leader.there}) >= LEADERS_NEEDED
        )

    @property
    def over(self) -> bool:
        """Whether its last day has passed."""
        return self.valid_to is not None and self.valid_to < today()

    @property
    def next_on(self) -> date | None:
        """The next meeting, or None when there are no more."""
        return next_meeting(
            self.weekday,
            self.ends,
            self.valid_from,
            self.valid_to,
            now().astimezone(OSLO),
            rests=lambda day: bool(self.rest(day)),
        )

    def rest(self, day: date) -> str:
        """Why the group does not meet on one of its days (a msgid), or ""."""
        return rest_on(day, self.autumn_week, self.winter_week, easter_off=self.easter_off)


@dataclass(frozen=True, slots=True)
class WithoutGroup:
    """Somebody with a group assignment and no place in a group."""

    assignment_id: UUID
    person_id: UUID
    name: str
    age: int | None


held = and_(
    group_place.c.valid_to.is_(None),
    group_place.c.state != "waiting",
    or_(assignment.c.state != "ended", group_place.c.stays),
)
_assigned = group_place.join(
    assignment,
    and_(assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id),
)
of_case = and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
_taken = (
    select(func.count())
    .select_from(_assigned.join(case_file, of_case))
    .where(
        group_place.c.tenant_id == group.c.tenant_id, group_place.c.group_id == group.c.id, held, countable()
    )
    .correlate(group)
    .scalar_subquery()
)
_OWN = (
    "id",
    "name",
    "activity",
    "weekday",
    "starts",
    "ends",
    "place",
    "seats",
    "valid_from",
    "valid_to",
    "version",
    "transport",
    "autumn_week",
    "winter_week",
    "easter_off",
    "closed_on",
    "joint_id",
    "hosted",
    "led_by",
)


def _groups() -> Any:
    columns: list[Any] = [*(group.c[name] for name in _OWN), _taken.label("taken")]
    joined: Any = group
    for number, key in enumerate((group.c.leader_id, group.c.second_leader_id), 1):
        contact, who = support_contact.alias(f"contact{number}"), person.alias(f"leader{number}")
        joined = joined.outerjoin(
            contact, and_(contact.c.tenant_id == group.c.tenant_id, contact.c.id == key)
        )
        joined = joined.outerjoin(
            who, and_(who.c.tenant_id == contact.c.tenant_id, who.c.id == contact.c.person_id)
        )
        columns += [
            contact.c.id.label(f"contact{number}"), contact.c.person_id.label(f"person{number}"),
            contact.c.state.label(f"state{number}"), who.c.given_name.label(f"given{number}"),
            who.c.family_name.label(f"family{number}"), who.c.phone.label(f"phone{number}"),
        ]  # fmt: skip
    return select(*columns).select_from(joined).where(group.c.tenant_id == bindparam("tenant"))


_LIST = compile_query(
    _groups()
    .where(or_(group.c.valid_to.is_(None), group.c.valid_to >= bindparam("day")))
    .order_by(group.c.name, group.c.id)
    .limit(MOST)
)
_ONE = compile_query(_groups().where(group.c.id == bindparam("group")))
_COUNT = compile_query(
    select(func.count())
    .select_from(_assigned)
    .where(group_place.c.tenant_id == bindparam("tenant"), group_place.c.group_id == bindparam("group"), held)
)
of_person = and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id)
_placed = (
    select(group_place.c.id)
    .where(
        group_place.c.tenant_id == assignment.c.tenant_id,
        group_place.c.assignment_id == assignment.c.id,
        group_place.c.valid_to.is_(None),
    )
    .correlate(assignment)
    .exists()
)
_WITHOUT = compile_query(
    select(
        assignment.c.id,
        assignment.c.person_id,
        person.c.given_name,
        person.c.family_name,
        person.c.birth_date,
    )
    .select_from(assignment.join(case_file, of_case).join(person, of_person))
    .where(visible(), assignment.c.form == "group", assignment.c.state != "ended", not_(_placed))
    .order_by(person.c.given_name, person.c.family_name, assignment.c.id)
    .limit(MOST)
)
_LEADERS = compile_query(
    select(support_contact.c.id, person.c.given_name, person.c.family_name)
    .select_from(
        support_contact.join(
            person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
        ).join(
            vetting,
            and_(vetting.c.tenant_id == support_contact.c.tenant_id, vetting.c.contact_id == support_contact.c.id),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state == "engaged",
        vetting.c.police_shown_on.is_not(None),
        vetting.c.confidentiality_signed_on.is_not(None),
    )
    .order_by(person.c.given_name, person.c.family_name, support_contact.c.id)
)  # fmt: skip


def _card(row: Any) -> GroupCard:
    leaders = tuple(
        Leader(
            row[f"contact{n}"], row[f"person{n}"], f"{row[f'given{n}']} {row[f'family{n}']}", row[f"phone{n}"],
            row[f"state{n}"] == "engaged",
        )
        for n in (1, 2)
        if row[f"contact{n}"] is not None
    )  # fmt: skip
    return GroupCard(**{name: row[name] for name in _OWN}, taken=row["taken"], leaders=leaders)


async def list_groups(uow: UnitOfWork) -> Sequence[GroupCard]:
    """The municipality's groups that are not over, by name. The caller writes the access log for their leaders."""
    return [
        _card(row)
        for row in await uow.rows(_LIST, tenant=uow.context.tenant, day=today(), reader=uow.context.user_id)
    ]


_SEASONS = compile_query(
    _groups()
    .where(
        group.c.hosted,
        group.c.closed_on.is_(None),
        group.c.valid_to < bindparam("day"),
        _taken > 0,
    )
    .order_by(group.c.valid_to, group.c.id)
    .limit(MOST)
)


async def seasons_over(uow: UnitOfWork) -> Sequence[GroupCard]:
    """The municipality's own groups whose season is over, that nobody has closed, and where somebody still has a place."""
    rows = await uow.rows(_SEASONS, tenant=uow.context.tenant, day=today(), reader=uow.context.user_id)
    return [_card(row) for row in rows]


async def group_card(uow: UnitOfWork, group_id: UUID) -> GroupCard:
    """One group. Raises NotFound. The caller writes the access log, knowing why."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, group=group_id, reader=uow.context.user_id)
    if row is None:
        raise NotFound
    return _card(row)


async def places_taken(uow: UnitOfWork, group_id: UUID) -> int:
    """How many places of a group somebody has, whoever may see who."""
    taken: int = await uow.value(_COUNT, tenant=uow.context.tenant, group=group_id)
    return taken


def reader_values(uow: UnitOfWork) -> dict[str, Any]:
    """What `visible()` takes: who reads, and whose cases their roles open."""
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def without_group(uow: UnitOfWork) -> Sequence[WithoutGroup]:
    """Those with a group assignment and no place, whose case the reader may see. The caller writes the access log."""
    return [
        WithoutGroup(
            row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}",
            age_on(row["birth_date"], today()),
        )
        for row in await uow.rows(_WITHOUT, **reader_values(uow))
    ]  # fmt: skip


async def possible_leaders(uow: UnitOfWork) -> Sequence[tuple[UUID, str]]:
    """(id, name) of contacts who may meet people: engaged, with politiattest and confidentiality in place (B2)."""
    rows = await uow.rows(_LEADERS, tenant=uow.context.tenant)
    return [(row["id"], f"{row['given_name']} {row['family_name']}") for row in rows]


_GROUPS_ON = compile_query(
    select(group_place.c.assignment_id, group_place.c.group_id).where(
        group_place.c.tenant_id == bindparam("tenant"),
        group_place.c.assignment_id == any_(bindparam("assignments", type_=IDS)),
        group_place.c.valid_from <= bindparam("day"),
        or_(group_place.c.valid_to.is_(None), group_place.c.valid_to >= bindparam("day")),
    )
)


async def groups_on(uow: UnitOfWork, assignment_ids: Sequence[UUID], day: date) -> dict[UUID, UUID]:
    """The group each of these assignments has a place in on a day; those without a place are left out.

    The caller has checked whose the assignments are.
    """
    rows = await uow.rows(_GROUPS_ON, tenant=uow.context.tenant, assignments=list(assignment_ids), day=day)
    return {row["assignment_id"]: row["group_id"] for row in rows}
