"""Reads: what holders have noted of one's own participants, what they have made up for, certificates, and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.tenancy.models import Region
from shared_pool.courses.api import CourseCard, SessionCard, sessions_of
from shared_pool.coursework.models import (
    CourseAnswered,
    CourseCertificate,
    CourseExam,
    CourseMakeup,
    CoursePresence,
    CourseRule,
    RecognisedCertificate,
)
from shared_pool.coursework.rules import Meeting, Standing
from tenants.api import contact_competence, person, support_contact

presence = CoursePresence.__table__
exam = CourseExam.__table__
makeup = CourseMakeup.__table__
rule = CourseRule.__table__
certificate = CourseCertificate.__table__
recognised = RecognisedCertificate.__table__
answered = CourseAnswered.__table__
region = Region.__table__
_IDS = ARRAY(PG_UUID(as_uuid=True))
WARN_DAYS = 60
"""So long before a course no longer counts it is told of, where its rule says nothing else."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of course asks for and leads to on a day: see models.CourseRule."""

    competence: str
    needs_exam: bool
    retake_days: int
    valid_months: int | None
    warn_days: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as issued. `valid_to` is the last day it counts, None for good."""

    id: UUID
    contact_id: UUID
    course_id: UUID
    code: str
    given_name: str
    family_name: str
    title: str
    kind: str
    competence: str
    hours: Decimal
    held_by: str
    completed_on: date
    valid_to: date | None
    exam: bool
    issued_on: date
    state: str
    replaced_by: UUID | None
    why: str
    version: int

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def over(self) -> bool:
        """Whether it counts no more by its day."""
        return self.valid_to is not None and self.valid_to < today()


@dataclass(frozen=True, slots=True)
class Recognised:
    """Another municipality's certificate that one of ours showed."""

    id: UUID
    contact_id: UUID
    code: str
    title: str
    kind: str
    hours: Decimal
    held_by: str
    issued_by: str
    completed_on: date
    valid_to: date | None
    state: str
    seen_on: date | None


@dataclass(frozen=True, slots=True)
class Expiring:
    """A competence that soon counts no more, and that nothing newer has taken over for."""

    id: UUID
    contact_id: UUID
    person_id: UUID
    name: str
    code: str
    valid_to: date


_RULE = compile_query(
    select(*(rule.c[name] for name in Rule.__dataclass_fields__))
    .where(rule.c.kind == bindparam("kind"), rule.c.valid_from <= bindparam("day", type_=rule.c.valid_from.type))
    .order_by(rule.c.valid_from.desc())
    .limit(1)
)  # fmt: skip
_PRESENCE = compile_query(
    select(presence.c.enrolment_id, presence.c.session_id, presence.c.state, presence.c.minutes, presence.c.by_self)
    .where(
        presence.c.home_id == bindparam("tenant"),
        presence.c.enrolment_id == any_(bindparam("seats", type_=_IDS)),
    )
)  # fmt: skip
_EXAMS = compile_query(
    select(exam.c.enrolment_id, exam.c.result, exam.c.taken_on, exam.c.set_by)
    .where(exam.c.home_id == bindparam("tenant"), exam.c.enrolment_id == any_(bindparam("seats", type_=_IDS)))
    .order_by(exam.c.taken_on)
)
_MAKEUPS = compile_query(
    select(makeup.c.signup_id, makeup.c.session_id, makeup.c.hours).where(
        makeup.c.tenant_id == bindparam("tenant"),
        makeup.c.signup_id == any_(bindparam("signups", type_=_IDS)),
    )
)
_MAKEUPS_OF = compile_query(
    select(makeup.c.id, makeup.c.session_id, makeup.c.how, makeup.c.what, makeup.c.hours, makeup.c.done_on)
    .where(makeup.c.tenant_id == bindparam("tenant"), makeup.c.signup_id == bindparam("signup"))
    .order_by(makeup.c.done_on, makeup.c.id)
)
_CERTIFICATE_COLUMNS = tuple(certificate.c[name] for name in Certificate.__dataclass_fields__)
_CERTIFICATES = compile_query(
    select(*_CERTIFICATE_COLUMNS)
    .where(certificate.c.tenant_id == bindparam("tenant"))
    .order_by(certificate.c.completed_on.desc(), certificate.c.id.desc())
    .limit(500)
)
_CERTIFICATES_OF = compile_query(
    select(*_CERTIFICATE_COLUMNS)
    .where(certificate.c.tenant_id == bindparam("tenant"), certificate.c.contact_id == bindparam("contact"))
    .order_by(certificate.c.completed_on.desc(), certificate.c.id.desc())
)
_CERTIFICATE = compile_query(
    select(*_CERTIFICATE_COLUMNS).where(
        certificate.c.tenant_id == bindparam("tenant"), certificate.c.id == bindparam("certificate")
    )
)
_RECOGNISED = compile_query(
    select(*(recognised.c[name] for name in Recognised.__dataclass_fields__))
    .where(recognised.c.tenant_id == bindparam("tenant"))
    .order_by(recognised.c.completed_on.desc(), recognised.c.id.desc())
    .limit(500)
)
_ANSWERED = compile_query(
    select(answered.c.enrolment_id).where(
        answered.c.tenant_id == bindparam("tenant"), answered.c.enrolment_id == any_(bindparam("seats", type_=_IDS))
    )
)  # fmt: skip
_REGION = compile_query(select(region.c.name).where(region.c.id == bindparam("region")))
_newer = contact_competence.alias("newer")
_EXPIRING = compile_query(
    select(
        contact_competence.c.id, contact_competence.c.contact_id, support_contact.c.person_id, person.c.given_name,
        person.c.family_name, contact_competence.c.code, contact_competence.c.valid_to,
    )
    .select_from(
        contact_competence.join(
            support_contact,
            and_(
                support_contact.c.tenant_id == contact_competence.c.tenant_id,
                support_contact.c.id == contact_competence.c.contact_id,
            ),
        ).join(
            person,
            and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        contact_competence.c.tenant_id == bindparam("tenant"),
        contact_competence.c.valid_to >= bindparam("first", type_=contact_competence.c.valid_to.type),
        contact_competence.c.valid_to <= bindparam("last", type_=contact_competence.c.valid_to.type),
        support_contact.c.state.in_(("engaged", "paused")),
        ~select(_newer.c.id)
        .where(
            _newer.c.tenant_id == contact_competence.c.tenant_id,
            _newer.c.contact_id == contact_competence.c.contact_id,
            _newer.c.code == contact_competence.c.code,
            or_(_newer.c.valid_to.is_(None), _newer.c.valid_to > contact_competence.c.valid_to),
        )
        .exists(),
    )
    .order_by(contact_competence.c.valid_to, contact_competence.c.id)
    .limit(50)
)  # fmt: skip
_NAMES = compile_query(
    select(
        support_contact.c.id, support_contact.c.person_id,
        func.concat_ws(" ", person.c.given_name, person.c.family_name).label("name"),
    )
    .select_from(
        support_contact.join(
            person,
            and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
    )
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == any_(bindparam("contacts", type_=_IDS)))
)  # fmt: skip
_PLAIN = compile_query(
    select(support_contact.c.id)
    .select_from(
        support_contact.join(
            person,
            and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.id == any_(bindparam("contacts", type_=_IDS)),
        person.c.protection == "none",
    )
)  # fmt: skip


async def rule_of(uow: UnitOfWork, kind: str, on: date) -> Rule:
    """The rule of a kind of course on a day. A kind without one leads to nothing and asks for nothing."""
    row = await uow.row(_RULE, kind=kind, day=on)
    return Rule(**dict(row)) if row is not None else Rule("", False, 0, None, WARN_DAYS)


async def held_by(uow: UnitOfWork, card: CourseCard) -> str:
    """Who held a course, as a certificate names them: the municipality, or the region."""
    return card.host or str(await uow.value(_REGION, region=card.region_id) or "")


def _exam_result(rows: Sequence[Mapping[str, object]]) -> str:
    """The newest result, but a pass stands."""
    results = [str(row["result"]) for row in rows]
    return "passed" if "passed" in results else (results[-1] if results else "")


async def standings(
    uow: UnitOfWork,
    card: CourseCard,
    seats: Mapping[UUID, UUID],
    sessions: Sequence[SessionCard] | None = None,
) -> dict[UUID, Standing]:
    """In a municipality: where its own participants stand. `seats`: sign-up → enrolment. By sign-up."""
    tenant = uow.context.tenant
    planned = [one for one in sessions or await sessions_of(uow, card.id) if one.planned]
    ids = list(seats.values())
    came = {
        (row["enrolment_id"], row["session_id"]): row
        for row in await uow.rows(_PRESENCE, tenant=tenant, seats=ids)
    }
    made = {
        (row["signup_id"], row["session_id"]): row["hours"]
        for row in await uow.rows(_MAKEUPS, tenant=tenant, signups=list(seats))
    }
    results: dict[UUID, list[Mapping[str, object]]] = {}
    for row in await uow.rows(_EXAMS, tenant=tenant, seats=ids):
        results.setdefault(row["enrolment_id"], []).append(row)
    needs = (await rule_of(uow, card.kind, today())).needs_exam
    over = card.state != "cancelled" and card.ends_at <= now()
    found = {}
    for signup_id, seat in seats.items():
        meetings = []
        for one in planned:
            row = came.get((seat, one.id))
            meetings.append(
                Meeting(
                    one.id, one.starts_at, one.ends_at, one.topic, row["state"] if row else "", row["minutes"] if row else 0,
                    made.get((signup_id, one.id), Decimal(0)), bool(row and row["by_self"]),
                )
            )  # fmt: skip
        found[signup_id] = Standing(
            meetings, card.min_hours, over, needs, _exam_result(results.get(seat, []))
        )
    return found


async def exams_of(uow: UnitOfWork, seat_id: UUID) -> Sequence[Mapping[str, object]]:
    """Every result of a seat of one's own, oldest first: result, taken_on, set_by."""
    return [dict(row) for row in await uow.rows(_EXAMS, tenant=uow.context.tenant, seats=[seat_id])]


async def makeups_of(uow: UnitOfWork, signup_id: UUID) -> Sequence[Mapping[str, object]]:
    """What a participant has done instead of sessions: id, session_id, how, what, hours, done_on."""
    rows = await uow.rows(_MAKEUPS_OF, tenant=uow.context.tenant, signup=signup_id)
    return [dict(row) for row in rows]


async def certificates(uow: UnitOfWork, contact_id: UUID | None = None) -> Sequence[Certificate]:
    """The municipality's certificates, or one contact's, newest first. The caller writes the access log."""
    tenant = uow.context.tenant
    if contact_id is None:
        rows = await uow.rows(_CERTIFICATES, tenant=tenant)
    else:
        rows = await uow.rows(_CERTIFICATES_OF, tenant=tenant, contact=contact_id)
    return [Certificate(**dict(row)) for row in rows]


async def certificate_card(uow: UnitOfWork, certificate_id: UUID) -> Certificate:
    """One of the municipality's own. Raises NotFound."""
    row = await uow.row(_CERTIFICATE, tenant=uow.context.tenant, certificate=certificate_id)
    if row is None:
        raise NotFound
    return Certificate(**dict(row))


async def recognised_here(uow: UnitOfWork) -> Sequence[Recognised]:
    """Certificates from elsewhere that the municipality has registered, newest first."""
    rows = await uow.rows(_RECOGNISED, tenant=uow.context.tenant)
    return [Recognised(**dict(row)) for row in rows]


async def names_of(uow: UnitOfWork, contacts: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Contact → (person, whole name). The caller writes the access log."""
    rows = await uow.rows(_NAMES, tenant=uow.context.tenant, contacts=list(contacts))
    return {row["id"]: (row["person_id"], row["name"]) for row in rows}


async def nameable(uow: UnitOfWork, contacts: Sequence[UUID]) -> set[UUID]:
    """Those of the contacts who may stand on a list for the day: without a protected address (E5)."""
    return {row["id"] for row in await uow.rows(_PLAIN, tenant=uow.context.tenant, contacts=list(contacts))}


async def answered_seats(uow: UnitOfWork, seats: Sequence[UUID]) -> set[UUID]:
    """Those of one's own seats that have said what they thought of the course."""
    rows = await uow.rows(_ANSWERED, tenant=uow.context.tenant, seats=list(seats))
    return {row["enrolment_id"] for row in rows}


async def expiring(uow: UnitOfWork, days: int = WARN_DAYS) -> Sequence[Expiring]:
    """Competences that count no more within so many days, of contacts who work here, the first to go first."""
    rows = await uow.rows(
        _EXPIRING, tenant=uow.context.tenant, first=today(), last=today() + timedelta(days=days)
    )
    return [
        Expiring(
            row["id"], row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["code"],
            row["valid_to"],
        )
        for row in rows
    ]  # fmt: skip
