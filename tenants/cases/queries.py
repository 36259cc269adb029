"""Reads for the case page and the forms. The list has a file of its own: listing.py."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.access import case_file, purchasers_seen, visible
from tenants.cases.models import Application, LegalGround, Mapping
from tenants.people.api import person

application = Application.__table__
mapping = Mapping.__table__
legal_ground = LegalGround.__table__


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case the reader may see; it cannot be made without the check (see `case_card`)."""

    id: UUID
    person_id: UUID
    case_no: str
    purchaser: str
    state: str
    forms: list[str]
    responsible_id: UUID | None
    responsible_name: str
    deadline: date | None
    deadline_kind: str
    shielded: bool
    closed_on: date | None
    outcome: str
    version: int

    @property
    def days_left(self) -> int | None:
        """Days to the deadline, negative when it has passed."""
        return (self.deadline - today()).days if self.deadline is not None else None


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    id: UUID
    received_on: date
    channel: str
    applicant: str
    applicant_name: str
    wishes: str
    legal_ground: str
    state: str
    expected_on: date | None
    representative_id: UUID | None
    applicant_contact: str
    handed_by_name: str
    withdrawn_on: date | None
    withdrawn_by: str


@dataclass(frozen=True, slots=True)
class MappingCard:
    """A mapping conversation, or (`made_by` None) what a list said of interests, which nobody has asked about yet."""

    id: UUID
    held_on: date
    own_words: str
    interests: list[str]
    slots: list[str]
    needs: str
    network: str
    dreams: str
    strengths: str
    aims: list[str]
    skills: list[str]
    area: str
    transport: str
    visit_notes: str
    suggested_forms: list[str]
    made_by: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground in force, with how many weeks one may complain."""

    code: str
    text_nb: str
    text_nn: str
    complaint_weeks: int
    child_welfare: bool

    def text(self, language: str) -> str:
        return self.text_nn if language == "nn" else self.text_nb


_CARD = compile_query(
    select(
        case_file.c.id, case_file.c.person_id, case_file.c.case_no, case_file.c.purchaser, case_file.c.state,
        case_file.c.forms, case_file.c.responsible_id, case_file.c.responsible_name, case_file.c.deadline,
        case_file.c.deadline_kind, case_file.c.shielded, case_file.c.closed_on, case_file.c.outcome, case_file.c.version,
    ).where(visible(), case_file.c.id == bindparam("case"))
)  # fmt: skip


_APPLICATIONS = compile_query(
    select(*(application.c[name] for name in ApplicationCard.__dataclass_fields__))
    .where(application.c.tenant_id == bindparam("tenant"), application.c.case_id == bindparam("case"))
    .order_by(application.c.received_on.desc(), application.c.id.desc())
)
_MAPPINGS = compile_query(
    select(*(mapping.c[name] for name in MappingCard.__dataclass_fields__))
    .where(mapping.c.tenant_id == bindparam("tenant"), mapping.c.case_id == bindparam("case"))
    .order_by(mapping.c.held_on.desc(), mapping.c.id.desc())
)
_GROUNDS = compile_query(
    select(*(legal_ground.c[name] for name in Ground.__dataclass_fields__))
    .where(
        legal_ground.c.valid_from <= bindparam("day"),
        legal_ground.c.valid_to.is_(None) | (legal_ground.c.valid_to >= bindparam("day")),
    )
    .order_by(legal_ground.c.child_welfare, legal_ground.c.code)
)
_EVERY_GROUND = compile_query(select(*(legal_ground.c[name] for name in Ground.__dataclass_fields__)))
_ALIKE = (
    select(func.count(case_file.c.person_id.distinct()))
    .join_from(
        case_file,
        person,
        (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id),
    )
    .where(
        visible(),
        case_file.c.state != "closed",
        case_file.c.shielded.is_(False),
        person.c.protection == "none",
        person.c.birth_date > bindparam("born_after"),
        person.c.birth_date <= bindparam("born_by"),
    )
)
_LIKES = (
    select(mapping.c.id)
    .where(
        mapping.c.tenant_id == case_file.c.tenant_id,
        mapping.c.case_id == case_file.c.id,
        mapping.c.interests.overlap(bindparam("interests", type_=ARRAY(Text()))),
    )
    .exists()
)
_SIMILAR = {True: compile_query(_ALIKE.where(_LIKES)), False: compile_query(_ALIKE)}


async def count_similar(
    uow: UnitOfWork, born_after: date, born_by: date, interests: Collection[str] = ()
) -> int:
    """How many service users with an open case the reader may see were born after one day and by another, and like
    something of `interests` (anything when empty). Protected and shielded people are not counted: a crowd that nobody
    may know of hides nobody (C3).
    """
    values = {"interests": list(interests)} if interests else {}
    context = uow.context
    found: int = await uow.value(
        _SIMILAR[bool(interests)], tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user,
        born_after=born_after, born_by=born_by, **values,
    )  # fmt: skip
    return found


async def case_card(uow: UnitOfWork, case_id: UUID) -> CaseCard:
    """The case, if the reader may see it. Raises NotFound otherwise: no difference between absent and not yours."""
    context = uow.context
    row = await uow.row(
        _CARD, tenant=context.tenant, case=case_id, purchasers=purchasers_seen(context), reader=context.user
    )
    if row is None:
        raise NotFound
    return CaseCard(**dict(row))


async def applications_of(uow: UnitOfWork, case_id: UUID) -> Sequence[ApplicationCard]:
    """Newest first."""
    return [
        ApplicationCard(**dict(row))
        for row in await uow.rows(_APPLICATIONS, tenant=uow.context.tenant, case=case_id)
    ]


async def mappings_of(uow: UnitOfWork, case_id: UUID) -> Sequence[MappingCard]:
    """Newest first."""
    return [
        MappingCard(**dict(row)) for row in await uow.rows(_MAPPINGS, tenant=uow.context.tenant, case=case_id)
    ]


async def grounds_on(uow: UnitOfWork, day: date) -> Sequence[Ground]:
    """Legal grounds in force on a day (A13)."""
    return [Ground(**dict(row)) for row in await uow.rows(_GROUNDS, day=day)]


async def legal_ground_names(uow: UnitOfWork, language: str) -> dict[str, str]:
    """What every ground is called, also those no longer in force: a decision keeps the one it was made on (A13)."""
    return {row["code"]: Ground(**dict(row)).text(language) for row in await uow.rows(_EVERY_GROUND)}
