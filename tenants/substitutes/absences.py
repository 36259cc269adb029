"""A contact cannot come: said from the phone, or noted by the coordinator who was called (B10, B19).

Why is not asked. The coordinator finds it on Min dag and chooses: ask substitutes, or let the meetings fall out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import AssignmentCard, assignment_card, own_assignment
from tenants.cases.api import case_card
from tenants.substitutes.models import AskRound, ContactAway
from tenants.substitutes.queries import absence_card
from tenants.substitutes.rounds import stop_asking
from tenants.substitutes.rules import MOST_DAYS

DEALT_WITH = N_("Noen har allerede tatt seg av dette. Last siden på nytt.")


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """From and to which day, both included, and what whoever steps in should know."""

    first_day: date
    last_day: date
    note: str = ""


async def report_own_absence(uow: UnitOfWork, assignment_id: UUID, facts: AbsenceFacts) -> UUID:
    """The signed-in contact says that they cannot come; the absence's id. Raises NotFound for another's assignment."""
    contact_id, _ = await own_assignment(uow, assignment_id)
    return await _keep(uow, await assignment_card(uow, assignment_id), contact_id, facts, by_contact=True)


async def note_absence(uow: UnitOfWork, assignment_id: UUID, facts: AbsenceFacts) -> UUID:
    """The coordinator, who was called, notes it. Raises NotFound for a case one may not see."""
    card = await assignment_card(uow, assignment_id)
    await case_card(uow, card.case_id)
    return await _keep(uow, card, card.contact_id, facts, by_contact=False)


async def _keep(
    uow: UnitOfWork, card: AssignmentCard, contact_id: UUID, facts: AbsenceFacts, *, by_contact: bool
) -> UUID:
    _check(card, facts)
    # One change at a time for an assignment: two windows must not both find the days free.
    await uow.call("SELECT pg_advisory_xact_lock(hashtextextended('absence.' || $1::text, 0))", str(card.id))
    row = ContactAway
    already = await uow.session.scalar(
        select(row.id).where(
            row.tenant_id == uow.context.tenant, row.assignment_id == card.id, row.state != "withdrawn",
            row.first_day <= facts.last_day, row.last_day >= facts.first_day,
        ).limit(1)
    )  # fmt: skip
    if already is not None:
        raise Invalid.one("fra", N_("Det er allerede sagt fra om en av disse dagene."))
    made = ContactAway(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=card.case_id, person_id=card.person_id,
        assignment_id=card.id, contact_id=contact_id, first_day=facts.first_day, last_day=facts.last_day,
        note=facts.note, by_contact=by_contact,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "absence.reported", "contact_away", made.id, persons=[card.person_id],
        first_day=facts.first_day, last_day=facts.last_day, by_contact=by_contact,
    )  # fmt: skip
    return made.id


def _check(card: AssignmentCard, facts: AbsenceFacts) -> None:
    if card.form == "group":
        raise Conflict(N_("En gruppe får ikke vikar her. Bytt gruppeleder på gruppas side."))
    if card.state == "ended":
        raise Conflict(N_("Oppdraget er avsluttet."))
    if facts.first_day < today():
        raise Invalid.one("fra", N_("Dagen har vært. Skriv den første dagen som kommer."))
    if facts.last_day < facts.first_day:
        raise Invalid.one("til", N_("Den siste dagen er før den første."))
    if facts.last_day - facts.first_day > timedelta(days=MOST_DAYS):
        raise Invalid.one("til", N_("Er det mer enn to måneder? Ring koordinatoren."))


async def withdraw_own_absence(uow: UnitOfWork, assignment_id: UUID, away_id: UUID) -> None:
    """The contact can come after all. Raises NotFound for another's, Conflict when somebody steps in already."""
    await own_assignment(uow, assignment_id)
    held = await _open_round(uow, away_id)
    row = await _held(uow, away_id)
    if row.assignment_id != assignment_id:
        raise NotFound
    if row.state != "reported":
        raise Conflict(N_("En vikar har sagt ja, eller avtalen er avlyst. Ring koordinatoren."))
    await _close(uow, row, "withdrawn", held)


async def cancel_meetings(uow: UnitOfWork, away_id: UUID) -> None:
    """Nobody steps in: the meetings fall out, and the coordinator has told the service user. Conflict when dealt with."""
    await absence_card(uow, away_id)
    held = await _open_round(uow, away_id)
    row = await _held(uow, away_id)
    if row.state != "reported":
        raise Conflict(DEALT_WITH)
    await _close(uow, row, "cancelled", held)


async def _held(uow: UnitOfWork, away_id: UUID) -> ContactAway:
    row = await uow.session.get(
        ContactAway, (uow.context.tenant, away_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


async def _open_round(uow: UnitOfWork, away_id: UUID) -> AskRound | None:
    """The round that asks for these days, held before the absence: in the order of somebody's yes, so that a yes and a
    cancelling at once wait for each other and none is broken off.
    """
    found: AskRound | None = await uow.session.scalar(
        select(AskRound)
        .where(
            AskRound.tenant_id == uow.context.tenant, AskRound.away_id == away_id,
            AskRound.state.in_(("open", "nobody")),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return found


async def _close(uow: UnitOfWork, row: ContactAway, state: str, open_round: AskRound | None) -> None:
    """Set the state. A round that asks for these days stops: nobody is needed."""
    row.state = state
    row.version += 1
    await uow.session.flush()
    await record_change(uow, f"absence.{state}", "contact_away", row.id, persons=[row.person_id])
    if open_round is not None:
        await stop_asking(uow, open_round)
