"""Cases on their way from one purchaser to another, and absences. What is not the reader's has no name here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.types import Date, Text

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from tenants.cases.api import (
    PURCHASER_ROLES,
    Absence,
    case_file,
    case_member,
    colleagues,
    duty,
    mine,
    named_today,
    purchasers_seen,
    visible,
)
from tenants.people.api import age_on, person
from tenants.responsibility.models import Handover
from tenants.responsibility.rules import AHEAD, NEWLY_MOVED, SOON, adult_born_by, comes_of_age

handover = Handover.__table__
absence = Absence.__table__
MOST = 200
OPEN = ("prepared", "confirmed")

_PERSON = (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id)
_OPEN_HANDOVER = (
    (handover.c.tenant_id == case_file.c.tenant_id)
    & (handover.c.case_id == case_file.c.id)
    & handover.c.state.in_(OPEN)
)
_COLUMNS = (
    case_file.c.id.label("case_id"), case_file.c.person_id, person.c.given_name, person.c.family_name,
    person.c.birth_date, case_file.c.case_no, case_file.c.purchaser,
    (case_file.c.state == "closed").label("closed"), case_file.c.responsible_id,
    case_file.c.responsible_name, handover.c.state, handover.c.to_purchaser, handover.c.moves_on, handover.c.note,
    handover.c.receiver_id, handover.c.receiver_name, handover.c.prepared_by_name, handover.c.prepared_on,
    handover.c.confirmed_on,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A case that leaves or comes. `state` is "" while nobody has prepared it; `moves_on` the day it changes hands."""

    case_id: UUID
    person_id: UUID
    name: str
    age: int | None
    case_no: str
    purchaser: str
    closed: bool
    responsible_id: UUID | None
    responsible_name: str
    state: str
    to_purchaser: str
    moves_on: date
    note: str
    receiver_id: UUID | None
    receiver_name: str
    prepared_by_name: str
    prepared_on: date | None
    confirmed_on: date | None

    @property
    def days_left(self) -> int:
        return (self.moves_on - today()).days


@dataclass(frozen=True, slots=True)
class Coming:
    """Cases that will come and that the reader may not know whose they are: the day, and how many."""

    on: date
    cases: int


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Somebody's time away, both days included."""

    id: UUID
    user_id: UUID
    user_name: str
    stand_in_id: UUID
    stand_in_name: str
    starts_on: date
    ends_on: date


def _own_kinds() -> ColumnElement[bool]:
    return case_file.c.purchaser == any_(bindparam("own", type_=ARRAY(Text())))


_LEAVING = (
    select(*_COLUMNS)
    .select_from(case_file.join(person, _PERSON).outerjoin(handover, _OPEN_HANDOVER))
    .where(
        visible(),
        _own_kinds(),
        case_file.c.state != "closed",
        handover.c.id.is_not(None)
        | (
            (person.c.birth_date <= bindparam("born_by", type_=Date()))
            & (case_file.c.purchaser.in_(("child", "child_welfare")))
        ),
    )
    .order_by(person.c.birth_date, case_file.c.id)
    .limit(MOST)
)
_ALL_LEAVING = compile_query(_LEAVING)
_MINE_UNPREPARED = compile_query(
    _LEAVING.where(mine(), handover.c.id.is_(None), case_file.c.purchaser == "child")
)
_TO_ME = compile_query(
    select(*_COLUMNS)
    .select_from(case_file.join(person, _PERSON).join(handover, _OPEN_HANDOVER))
    .where(visible(), case_file.c.state != "closed", handover.c.receiver_id == bindparam("reader"))
    .order_by(handover.c.moves_on, case_file.c.id)
    .limit(MOST)
)
_OF_CASE = compile_query(
    select(*_COLUMNS)
    .select_from(case_file.join(person, _PERSON).outerjoin(handover, _OPEN_HANDOVER))
    .where(visible(), case_file.c.id == bindparam("case"))
)
# Shielded and protected people stand in no list and no count of somebody who is not named (E5).
_NAMELESS = compile_query(
    select(person.c.birth_date, func.count().label("cases"))
    .select_from(case_file.join(person, _PERSON))
    .where(
        case_file.c.tenant_id == bindparam("tenant"),
        case_file.c.purchaser == "child",
        case_file.c.state != "closed",
        case_file.c.shielded.is_(False),
        person.c.protection == "none",
        person.c.birth_date <= bindparam("born_by", type_=Date()),
        ~visible(),
    )
    .group_by(person.c.birth_date)
    .order_by(person.c.birth_date)
    .limit(MOST)
)
_NEWLY_MOVED = compile_query(
    select(case_file.c.id, case_file.c.person_id, person.c.given_name, person.c.family_name, handover.c.moved_on,
           handover.c.from_purchaser)
    .select_from(
        handover.join(
            case_file, (case_file.c.tenant_id == handover.c.tenant_id) & (case_file.c.id == handover.c.case_id)
        ).join(person, _PERSON)
    )
    .where(
        visible(), _own_kinds(), handover.c.state == "moved", handover.c.moved_on >= bindparam("since", type_=Date()),
        handover.c.to_purchaser == case_file.c.purchaser, case_file.c.state != "closed",
        case_file.c.responsible_id.is_(None),
    )
    .order_by(handover.c.moved_on, case_file.c.id)
    .limit(50)
)  # fmt: skip
_A_COORDINATOR = (
    select(case_member.c.id)
    .where(
        case_member.c.tenant_id == case_file.c.tenant_id,
        case_member.c.case_id == case_file.c.id,
        case_member.c.user_id == any_(bindparam("coordinators", type_=ARRAY(PG_UUID(as_uuid=True)))),
        named_today(),
    )
    .exists()
)
_UNSEEN_BY_PROVIDER = compile_query(
    select(case_file.c.id, case_file.c.person_id, person.c.given_name, person.c.family_name, case_file.c.deadline,
           case_file.c.changed_at)
    .select_from(case_file.join(person, _PERSON))
    .where(
        visible(), _own_kinds(), mine(), case_file.c.state == "waiting",
        or_(case_file.c.shielded, case_file.c.purchaser == "child_welfare"), ~_A_COORDINATOR,
        bindparam("case", None, type_=PG_UUID(as_uuid=True)).is_(None)
        | (case_file.c.id == bindparam("case", None, type_=PG_UUID(as_uuid=True))),
    )
    .order_by(case_file.c.deadline.nulls_last(), case_file.c.id)
    .limit(50)
)  # fmt: skip
_ABSENCES = compile_query(
    select(*(absence.c[name] for name in AbsenceRow.__dataclass_fields__))
    .where(
        absence.c.tenant_id == bindparam("tenant"),
        (absence.c.user_id == bindparam("reader")) | (absence.c.stand_in_id == bindparam("reader")),
        absence.c.ends_on >= bindparam("since", type_=Date()),
    )
    .order_by(absence.c.starts_on, absence.c.id)
    .limit(50)
)


_MOVES = compile_query(
    select(handover.c.moved_on, handover.c.from_purchaser, handover.c.to_purchaser)
    .where(
        handover.c.tenant_id == bindparam("tenant"), handover.c.case_id == bindparam("case"),
        handover.c.state == "moved",
    )
    .order_by(handover.c.moved_on)
)  # fmt: skip


def own_kinds(uow: UnitOfWork) -> list[str]:
    """The purchasers the reader is, in a stable order."""
    return sorted(kind for kind, role in PURCHASER_ROLES.items() if role in uow.context.roles)


def _who(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {
        "tenant": context.tenant,
        "purchasers": purchasers_seen(context),
        "reader": context.user,
    }


def _row(record: Any) -> HandoverRow:
    values = dict(record)
    born = values.pop("birth_date")
    name = f"{values.pop('given_name')} {values.pop('family_name')}"
    day = values.pop("moves_on")
    if day is None:
        # Only somebody with a birth date comes of age; a case without one is on the list by its handover alone.
        day = comes_of_age(born) if born else today()
    values |= {key: values[key] or "" for key in ("state", "note", "receiver_name", "prepared_by_name")}
    values["to_purchaser"] = values["to_purchaser"] or "adult"
    return HandoverRow(name=name, age=age_on(born, today()), moves_on=day, **values)


async def leaving(uow: UnitOfWork) -> Sequence[HandoverRow]:
    """The reader's own cases that will go to another purchaser: who comes of age within AHEAD, and what is prepared."""
    rows = await uow.rows(
        _ALL_LEAVING, **_who(uow), own=own_kinds(uow), born_by=adult_born_by(today() + AHEAD)
    )
    return sorted(map(_row, rows), key=lambda row: (row.moves_on, row.case_no))


async def to_prepare(uow: UnitOfWork) -> Sequence[HandoverRow]:
    """Those of the reader's work that come of age SOON and that nobody has prepared."""
    rows = await uow.rows(
        _MINE_UNPREPARED, **_who(uow), own=own_kinds(uow), born_by=adult_born_by(today() + SOON),
        others=(await duty(uow)).others,
    )  # fmt: skip
    return [_row(row) for row in rows]


async def handed_to_me(uow: UnitOfWork) -> Sequence[HandoverRow]:
    """What colleagues have prepared for the reader, by the day it moves."""
    return [_row(row) for row in await uow.rows(_TO_ME, **_who(uow))]


async def coming(uow: UnitOfWork) -> Sequence[Coming]:
    """For the adult purchaser: the days that child cases come which they are not named on, and how many. No names."""
    if Role.PURCHASER_ADULT not in uow.context.roles:
        return []
    rows = await uow.rows(_NAMELESS, **_who(uow), born_by=adult_born_by(today() + AHEAD))
    found: dict[date, int] = {}
    for row in rows:
        # Those born on 29 February and on 1 March come of age on the same day.
        day = comes_of_age(row["birth_date"])
        found[day] = found.get(day, 0) + row["cases"]
    return [Coming(day, cases) for day, cases in sorted(found.items())]


async def handover_of(uow: UnitOfWork, case_id: UUID) -> HandoverRow | None:
    """How a case stands: prepared or not. None for a case the reader may not see."""
    row = await uow.row(_OF_CASE, **_who(uow), case=case_id)
    return _row(row) if row is not None else None


async def moves_of(uow: UnitOfWork, case_id: UUID) -> Sequence[tuple[date, str, str]]:
    """When a case has changed purchaser: the day, from whom, to whom. The caller has seen the case."""
    rows = await uow.rows(_MOVES, tenant=uow.context.tenant, case=case_id)
    return [(row["moved_on"], row["from_purchaser"], row["to_purchaser"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case that waits for something of the reader's."""

    id: UUID
    person_id: UUID
    name: str
    day: date


async def newly_moved(uow: UnitOfWork) -> Sequence[CaseLine]:
    """Cases that have come to the reader's purchaser and that nobody has taken."""
    rows = await uow.rows(_NEWLY_MOVED, **_who(uow), own=own_kinds(uow), since=today() - NEWLY_MOVED)
    return [
        CaseLine(row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["moved_on"])
        for row in rows
    ]


async def unseen_by_provider(uow: UnitOfWork, case_id: UUID | None = None) -> Sequence[CaseLine]:
    """Closed cases (child welfare, shielded) of the reader's that wait for a contact while no coordinator may open them
    (A16); of one case when it is given.
    """
    among = [one.id for one in await colleagues(uow) if Role.PROVIDER_COORDINATOR in one.roles]
    rows = await uow.rows(
        _UNSEEN_BY_PROVIDER, **_who(uow), own=own_kinds(uow), others=(await duty(uow)).others, coordinators=among,
        case=case_id,
    )  # fmt: skip
    return [
        CaseLine(row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}",
                 row["deadline"] or row["changed_at"].date())
        for row in rows
    ]  # fmt: skip


async def absences(uow: UnitOfWork) -> Sequence[AbsenceRow]:
    """The reader's own absences, and those they stand in for, from today on."""
    rows = await uow.rows(_ABSENCES, tenant=uow.context.tenant, reader=uow.context.user, since=today())
    return [AbsenceRow(**dict(row)) for row in rows]
