"""The contact's own pages: what they are asked, and that they cannot come. Everything is asked for by who is signed in.

Before a yes no name is told of somebody the contact has not met: the days, the service, an age band and what is liked
are enough to answer by. Who knows the service user reads the first name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.types import Date

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.jobs.queue import enqueue
from tenants.assignments.api import service_order
from tenants.cases.api import mappings_of
from tenants.contacts.api import own_contact
from tenants.decisions.api import service_grant
from tenants.people.api import age_on, person, traits
from tenants.substitutes.models import SubstituteAsk
from tenants.substitutes.queries import absence, ask, ask_round, same
from tenants.substitutes.rounds import ASK_NEXT, fill_round, held_round, let_off
from tenants.substitutes.rules import names_in

ANSWERS = frozenset({"yes", "no", "taken", "closed"})
"""What became of an answer: theirs, or that somebody was before them, or that nobody is needed any more."""


@dataclass(frozen=True, slots=True)
class OwnAsk:
    """What a contact is asked. `given_name` is "" unless they know each other; codes are of people.traits."""

    id: UUID
    state: str
    round_state: str
    introduced: bool
    role: str
    first_day: date
    last_day: date | None
    form: str
    amount: Decimal | None
    unit: str
    times: str
    given_name: str
    age_band: str
    interests: Sequence[str]
    round_words: str
    words: str
    answer_by: datetime
    protected: bool

    @property
    def open(self) -> bool:
        """Whether an answer is still of use: also one that comes late, as long as nobody else has said yes."""
        return self.round_state == "open" and self.state in ("asked", "expired")


@dataclass(frozen=True, slots=True)
class OwnAbsence:
    """Days a contact has said that they cannot come."""

    id: UUID
    assignment_id: UUID
    first_day: date
    last_day: date
    state: str


_ASK = (
    select(
        ask.c.id, ask.c.state, ask_round.c.state.label("round_state"), ask.c.introduced, ask_round.c.role,
        ask_round.c.first_day, ask_round.c.last_day, service_order.c.form, service_grant.c.amount, service_grant.c.unit,
        service_grant.c.times, person.c.given_name, person.c.family_name, person.c.birth_date, person.c.protection,
        ask.c.case_id, ask_round.c.words.label("round_words"), ask.c.words, ask.c.answer_by,
    )
    .select_from(
        ask.join(ask_round, same(ask_round, ask.c.round_id, ask))
        .join(person, same(person, ask_round.c.person_id, ask_round))
        .join(service_order, same(service_order, ask_round.c.order_id, ask_round))
        .join(service_grant, same(service_grant, service_order.c.grant_id, service_order))
    )
    .where(ask.c.tenant_id == bindparam("tenant"), ask.c.contact_id == bindparam("contact"))
)  # fmt: skip
_WAITING = compile_query(
    _ASK.where(ask_round.c.state == "open", ask.c.state.in_(("asked", "expired"))).order_by(ask.c.answer_by)
)
_ONE = compile_query(_ASK.where(ask.c.id == bindparam("ask")))
_ABSENCES = compile_query(
    select(*(absence.c[name] for name in OwnAbsence.__dataclass_fields__))
    .where(
        absence.c.tenant_id == bindparam("tenant"),
        absence.c.contact_id == bindparam("contact"),
        absence.c.state != "withdrawn",
        absence.c.last_day >= bindparam("day", type_=Date()),
    )
    .order_by(absence.c.first_day, absence.c.id)
)


async def own_asks(uow: UnitOfWork) -> list[OwnAsk]:
    """What the signed-in contact has not answered and can still answer, the most urgent first."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return []
    rows = await uow.rows(_WAITING, tenant=uow.context.tenant, contact=contact_id)
    return [await _ask(uow, row) for row in rows]


async def own_ask(uow: UnitOfWork, ask_id: UUID) -> OwnAsk:
    """One ask of the signed-in contact's. Raises NotFound for another's."""
    contact_id = await own_contact(uow)
    row = None
    if contact_id is not None:
        row = await uow.row(_ONE, tenant=uow.context.tenant, contact=contact_id, ask=ask_id)
    if row is None:
        raise NotFound
    return await _ask(uow, row)


async def _ask(uow: UnitOfWork, row: Any) -> OwnAsk:
    found = await mappings_of(uow, row["case_id"])
    age = age_on(row["birth_date"], today())
    return OwnAsk(
        row["id"], row["state"], row["round_state"], row["introduced"], row["role"], row["first_day"], row["last_day"],
        row["form"], row["amount"], row["unit"],
        # Words of the decision: they may say a name that is not told yet.
        row["times"] if row["introduced"] or not names_in(row["times"], row["given_name"], row["family_name"]) else "",
        row["given_name"] if row["introduced"] else "",
        traits.AGE_BANDS.get(traits.age_band_of(age) or "", "") if age is not None else "",
        found[0].interests if found else (), row["round_words"], row["words"], row["answer_by"],
        row["protection"] != "none",
    )  # fmt: skip


async def own_absences(uow: UnitOfWork) -> Sequence[OwnAbsence]:
    """Days ahead on which the signed-in contact has said that they cannot come."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return []
    rows = await uow.rows(_ABSENCES, tenant=uow.context.tenant, contact=contact_id, day=today())
    return [OwnAbsence(**dict(row)) for row in rows]


async def answer_ask(uow: UnitOfWork, ask_id: UUID, *, yes: bool, words: str = "") -> str:
    """The signed-in contact answers; what became of it, a word of ANSWERS.

    The first yes wins, also one that comes after the time was out. To answer again the same changes nothing. Raises
    NotFound for another's ask.
    """
    contact_id = await own_contact(uow)
    seen = await uow.session.get(SubstituteAsk, (uow.context.tenant, ask_id))
    if contact_id is None or seen is None or seen.contact_id != contact_id:
        raise NotFound
    held = await held_round(uow, seen.round_id)
    one = await uow.session.get(
        SubstituteAsk, (uow.context.tenant, ask_id), with_for_update=True, populate_existing=True
    )
    assert one is not None
    if one.state in ("yes", "no"):
        return one.state
    if held.state != "open":
        return "taken" if held.state == "filled" else "closed"
    outcome = await _answered(uow, one, words, yes=yes)
    await uow.session.flush()
    if outcome == "yes":
        await let_off(uow, held, "taken")
    elif outcome == "no":
        # The next one is asked by a job: who that is, is no business of the one who said no.
        await enqueue(uow, ASK_NEXT, {"round": held.id})
    return outcome


async def _answered(uow: UnitOfWork, one: SubstituteAsk, words: str, *, yes: bool) -> str:
    held = await held_round(uow, one.round_id)
    outcome = "yes" if yes else "no"
    if yes:
        try:
            await fill_round(uow, held, one.contact_id)
        except (Conflict, Invalid):
            # Something has changed since they were asked: a pause, the order, the days. The coordinator sees the round.
            outcome = "closed"
    one.state = {"yes": "yes", "no": "no"}.get(outcome, "stopped")
    one.answered_at, one.words = now(), words.strip()
    one.version += 1
    await record_change(
        uow, f"substitute.{one.state}", "substitute_ask", one.id, persons=[held.person_id] if yes else []
    )
    if outcome == "closed":
        await enqueue(uow, ASK_NEXT, {"round": held.id})
    return outcome
