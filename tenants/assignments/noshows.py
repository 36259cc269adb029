"""Meetings that came to nothing: who did not come, whether they had said so, and when it has become a pattern (B19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Date, and_, any_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.hooks import last_met
from tenants.assignments.meetings import running_assignment
from tenants.assignments.models import Assignment, NoShow
from tenants.assignments.own import own_assignment
from tenants.assignments.service import FUTURE
from tenants.cases.api import case_file, purchasers_seen, visible

no_show = NoShow.__table__
assignment = Assignment.__table__
WHO = {"user": N_("Brukeren kom ikke"), "contact": N_("Støttekontakten kom ikke")}
IN_A_ROW = 3
"""So many in a row, with no meeting between them, stand on Min dag."""
LONGEST_BACK = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class NoShowFacts:
    """A day, `user` or `contact`, whether they had said so beforehand, and what there is to say."""

    on_day: date
    who: str
    told: bool
    words: str


@dataclass(frozen=True, slots=True)
class NoShowCard:
    id: UUID
    assignment_id: UUID
    on_day: date
    who: str
    told: bool
    words: str
    noted_as: str


@dataclass(frozen=True, slots=True)
class Run:
    """An assignment in which meetings have come to nothing `number` times in a row, the first on `since`."""

    assignment_id: UUID
    case_id: UUID
    contact_id: UUID
    person_id: UUID
    number: int
    since: date


_OF = compile_query(
    select(*(no_show.c[name] for name in NoShowCard.__dataclass_fields__))
    .where(
        no_show.c.tenant_id == bindparam("tenant"),
        no_show.c.assignment_id == any_(bindparam("assignments", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(no_show.c.on_day.desc(), no_show.c.id.desc())
)


@lru_cache(maxsize=1)
def _runs() -> Query:
    """Made when first asked for: by then the slice that keeps the hours has told how the last meeting is found."""
    never = cast(literal("-infinity"), Date)
    return compile_query(
        select(
            assignment.c.id.label("assignment_id"), assignment.c.case_id, assignment.c.contact_id,
            assignment.c.person_id, func.count().label("number"), func.min(no_show.c.on_day).label("since"),
        )
        .select_from(
            assignment.join(
                no_show,
                and_(no_show.c.tenant_id == assignment.c.tenant_id, no_show.c.assignment_id == assignment.c.id),
            ).join(
                case_file,
                and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
            )
        )
        .where(
            visible(),
            assignment.c.state.in_(("running", "paused")),
            no_show.c.on_day > func.greatest(func.coalesce(assignment.c.no_shows_seen_on, never),
                                             func.coalesce(last_met(), never)),
        )
        .group_by(assignment.c.tenant_id, assignment.c.id)
        .having(func.count() >= IN_A_ROW)
        .order_by(func.min(no_show.c.on_day), assignment.c.id)
        .limit(50)
    )  # fmt: skip


async def no_shows_of(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> list[NoShowCard]:
    """Meetings that came to nothing in assignments the caller may show, newest first."""
    rows = await uow.rows(_OF, tenant=uow.context.tenant, assignments=list(assignment_ids))
    return [NoShowCard(**dict(row)) for row in rows]


async def no_show_runs(uow: UnitOfWork) -> list[Run]:
    """Assignments the reader may see where it has happened IN_A_ROW times or more with no meeting between."""
    context = uow.context
    rows = await uow.rows(
        _runs(), tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id
    )
    return [Run(**dict(row)) for row in rows]


async def note_no_show(uow: UnitOfWork, assignment_id: UUID, facts: NoShowFacts) -> UUID:
    """The coordinator notes that a meeting came to nothing. Raises Invalid on a day ahead, long ago or noted already."""
    return await _note(uow, await running_assignment(uow, assignment_id), facts, "staff")


async def note_own_no_show(uow: UnitOfWork, assignment_id: UUID, facts: NoShowFacts) -> UUID:
    """The contact notes it, of their own assignment. Raises as `note_no_show`, and NotFound for another's."""
    _, own = await own_assignment(uow, assignment_id)
    row = await uow.session.get(
        Assignment, (uow.context.tenant, own.id), with_for_update=True, populate_existing=True
    )
    if row is None or row.state == "ended":
        raise Conflict(N_("Oppdraget er avsluttet."))
    return await _note(uow, row, facts, "contact")


async def _note(uow: UnitOfWork, row: Assignment, facts: NoShowFacts, noted_as: str) -> UUID:
    if facts.who not in WHO:
        raise Invalid.one("ute_hvem", N_("Velg hvem som ikke kom."))
    if facts.on_day > today():
        raise Invalid.one("ute_dag", FUTURE)
    if facts.on_day < today() - LONGEST_BACK or (row.starts_on is not None and facts.on_day < row.starts_on):
        raise Invalid.one(
            "ute_dag", N_("Dagen er før oppdraget begynte, eller for lenge siden. Sjekk datoen.")
        )
    if row.starts_on is None:
        raise Invalid.one("ute_dag", N_("Oppdraget har ikke begynt. Noter det på det første møtet."))
    known = await uow.session.scalar(
        select(NoShow.id).where(
            NoShow.tenant_id == row.tenant_id,
            NoShow.assignment_id == row.id,
            NoShow.on_day == facts.on_day,
            NoShow.who == facts.who,
        )
    )
    if known is not None:
        raise Invalid.one("ute_dag", N_("Dette er allerede notert for denne dagen."))
    made = NoShow(
        tenant_id=row.tenant_id, id=uuid7(), assignment_id=row.id, on_day=facts.on_day, who=facts.who, told=facts.told,
        words=facts.words, noted_as=noted_as,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "no_show.noted", "assignment", row.id, persons=[row.person_id], on_day=facts.on_day, who=facts.who,
        told=facts.told,
    )  # fmt: skip
    return made.id


async def clear_run(uow: UnitOfWork, assignment_id: UUID) -> None:
    """The coordinator has talked with both: what has happened so far no longer warns."""
    row = await running_assignment(uow, assignment_id)
    row.no_shows_seen_on = today()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "no_show.talked", "assignment", row.id, persons=[row.person_id])
