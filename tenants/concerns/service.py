"""The life of a concern: told, taken, followed step by step, closed with its outcome; and suspension at once (B19).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
What was said is never in the trail's details.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.permissions import Permission
from tenants.assignments.api import assignment_card
from tenants.cases.api import case_card
from tenants.concerns.models import Concern, ConcernStep, Suspension
from tenants.concerns.own import OwnSubject, own_subjects
from tenants.concerns.queries import concern_card, suspensions_of
from tenants.concerns.words import OUTCOMES, STEPS, SUSPENSION_OUTCOMES
from tenants.contacts.api import before_leaving, contact_card, is_oneself, lift_suspension, suspend_contact

FUTURE = N_("Datoen er i framtida. Skriv dagen det skjedde.")
CLOSED = N_("Bekymringen er avsluttet.")
PASSED_ON = "Koordinatoren har fått vite om støttekontakten, uten saken."
"""The step's words, kept in Bokmål as what people write themselves."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What somebody tells from their own page: `subject` is one of own_subjects' keys, or "" for something else."""

    subject: str
    happened: str
    danger: bool


@dataclass(frozen=True, slots=True)
class StaffWords:
    """What somebody at work notes: about an assignment's user, its contact, a contact in general, or neither."""

    about: str
    assignment_id: UUID | None
    contact_id: UUID | None
    happened: str
    danger: bool


async def tell_concern(uow: UnitOfWork, words: OwnWords) -> UUID:
    """A contact, service user or representative tells what worries them. Raises Invalid for a subject not theirs."""
    if not words.happened:
        raise Invalid.one("hendelse", N_("Skriv hva som har skjedd, eller hva som bekymrer deg."))
    subjects = await own_subjects(uow)
    subject = next((one for one in subjects if one.key == words.subject), None)
    if words.subject and subject is None:
        raise Invalid.one("hvem", N_("Velg hvem det gjelder."))
    told_as = subject.told_as if subject is not None else await _told_as(uow)
    found = subject or OwnSubject("", "", "other", told_as, None, None, None)
    return await _keep(uow, found, words.happened, words.danger, told_as)


async def note_concern(uow: UnitOfWork, words: StaffWords) -> UUID:
    """Somebody at work notes what they were told or saw. The assignment's case must be the reader's (NotFound)."""
    if not words.happened:
        raise Invalid.one("hendelse", N_("Skriv hva som har skjedd, eller hva som bekymrer deg."))
    case_id, contact_id = None, words.contact_id
    if words.assignment_id is not None:
        card = await assignment_card(uow, words.assignment_id)
        case_id = (await case_card(uow, card.case_id)).id
        if words.about == "contact":
            contact_id = card.contact_id
    elif words.about == "user":
        raise Invalid.one("gjelder", N_("Åpne oppdraget til brukeren, og meld fra derfra."))
    if contact_id is not None:
        await contact_card(uow, contact_id)
        if await is_oneself(uow, contact_id):
            raise Forbidden(N_("Du kan ikke skrive om deg selv her."))
    subject = OwnSubject("", "", words.about, "staff", case_id, words.assignment_id, contact_id)
    return await _keep(uow, subject, words.happened, words.danger, "staff")


async def pass_on(uow: UnitOfWork, concern_id: UUID, words: StaffWords) -> UUID:
    """Tell those who answer for the contacts what they must know of the one a concern names, without its case (B19).

    What is kept is a concern of its own about the contact alone, which the teller may not be able to read again, and a step
    of the first one. Raises NotFound for one that names no contact, Invalid without words, Conflict when it is closed.
    """
    row = await _open(uow, concern_id)
    if row.contact_id is None:
        raise NotFound
    if not words.happened:
        raise Invalid.one("hendelse", N_("Skriv hva som har skjedd, eller hva som bekymrer deg."))
    subject = OwnSubject("", "", "contact", "staff", None, None, row.contact_id)
    made = await _keep(uow, subject, words.happened, words.danger, "staff")
    await add_step(uow, concern_id, "note", today(), PASSED_ON)
    return made


async def _told_as(uow: UnitOfWork) -> str:
    return "contact" if uow.context.may(Permission.CONTACT_OWN) else (
        "service_user" if "service_user" in uow.context.roles else "representative"
    )  # fmt: skip


async def _keep(uow: UnitOfWork, subject: OwnSubject, happened: str, danger: bool, told_as: str) -> UUID:
    row = Concern(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=subject.case_id, assignment_id=subject.assignment_id,
        contact_id=subject.contact_id, about=subject.about, happened=happened, danger=danger, told_as=told_as,
        told_by=uow.context.user, told_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "concern.told", "concern", row.id, told_as=told_as, danger=danger, about=subject.about
    )
    return row.id


async def take_concern(uow: UnitOfWork, concern_id: UUID) -> None:
    """Say that one follows up: whoever told sees it. Taking it over from a colleague is allowed while it is open."""
    row = await _open(uow, concern_id)
    row.state, row.taken_by, row.taken_by_name, row.taken_at = (
        "taken",
        uow.context.user,
        uow.context.user_name,
        now(),
    )
    await _changed(uow, row, "concern.taken")


async def add_step(uow: UnitOfWork, concern_id: UUID, kind: str, on_day: date, words: str) -> None:
    """Note what was done. Taking it comes with the first step. Raises Invalid on an unknown kind or a day ahead."""
    row = await _open(uow, concern_id)
    if kind not in STEPS:
        raise Invalid.one("steg", N_("Velg hva som er gjort."))
    if on_day > today():
        raise Invalid.one("steg_dag", FUTURE)
    uow.session.add(
        ConcernStep(
            tenant_id=row.tenant_id, id=uuid7(), concern_id=row.id, kind=kind, on_day=on_day, words=words,
            by_id=uow.context.user, by_name=uow.context.user_name,
        )
    )  # fmt: skip
    if row.state == "new":
        row.state, row.taken_by, row.taken_by_name = "taken", uow.context.user, uow.context.user_name
        row.taken_at = now()
    await _changed(uow, row, "concern.step", code=kind)


async def close_concern(uow: UnitOfWork, concern_id: UUID, outcome: str, words: str) -> None:
    """Close it with what came of it. Raises Invalid without a known outcome and words, Conflict when it is closed."""
    row = await _open(uow, concern_id)
    if outcome not in OUTCOMES:
        raise Invalid.one("utfall", N_("Velg hvordan det endte."))
    if not words:
        raise Invalid.one(
            "utfall_ord", N_("Skriv kort hva som ble gjort, så den som leser om et år, forstår det.")
        )
    row.state, row.closed_on, row.outcome, row.outcome_words = "closed", today(), outcome, words
    await _changed(uow, row, "concern.closed", code=outcome)


async def _open(uow: UnitOfWork, concern_id: UUID) -> Concern:
    card = await concern_card(uow, concern_id)
    row = await uow.session.get(
        Concern, (uow.context.tenant, card.id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.state == "closed":
        raise Conflict(CLOSED)
    return row


async def _changed(uow: UnitOfWork, row: Concern, action: str, *, code: str = "") -> None:
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "concern", row.id, code=code)


# Suspension -----------------------------------------------------------------------------------------------------------
async def suspend(uow: UnitOfWork, contact_id: UUID, reason: str, concern_id: UUID | None = None) -> UUID:
    """Suspend a contact from now: everything they do is paused in the same transaction, and the pool forgets them.

    The reason stands here alone, for those who read concerns. Raises Invalid without one, Conflict when they are
    suspended or have left, Forbidden for oneself.
    """
    uow.context.require(Permission.CONTACT_READ)
    contact = await contact_card(uow, contact_id)
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor. Bare de som følger opp bekymringer, kan lese det."))
    if await is_oneself(uow, contact_id):
        raise Forbidden(N_("Du kan ikke gjøre dette med deg selv."))
    if concern_id is not None:
        await concern_card(uow, concern_id)
    await suspend_contact(uow, contact_id, today(), "")
    row = Suspension(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, concern_id=concern_id, since=today(),
        reason=reason, suspended_by=uow.context.user, suspended_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "suspension.made", "contact", contact_id, persons=[contact.person_id])
    return row.id


@before_leaving
async def nothing_open(uow: UnitOfWork, contact_id: UUID) -> None:
    """Raise Conflict while it is not settled why the contact is out: else they could come back as if nothing had been."""
    open_ = await uow.session.scalar(
        select(Suspension.id).where(
            Suspension.tenant_id == uow.context.tenant,
            Suspension.contact_id == contact_id,
            Suspension.ended_on.is_(None),
        )
    )
    if open_ is not None:
        raise Conflict(
            N_("Støttekontakten er tatt ut av tjeneste. Skriv først hva dere har kommet fram til.")
        )


async def end_suspension(uow: UnitOfWork, contact_id: UUID, outcome: str, words: str) -> None:
    """Lift it, or note that the contact leaves: then their assignments are to be ended, each with its reason.

    Raises Invalid without a known outcome and words, Conflict when there is none, Forbidden for oneself and over a concern
    that is not the reader's.
    """
    uow.context.require(Permission.CONTACT_READ)
    contact = await contact_card(uow, contact_id)
    if outcome not in SUSPENSION_OUTCOMES:
        raise Invalid.one("utfall", N_("Velg hva dere har kommet fram til."))
    if not words:
        raise Invalid.one("utfall_ord", N_("Skriv kort hva dere har kommet fram til."))
    if await is_oneself(uow, contact_id):
        raise Forbidden(N_("Du kan ikke gjøre dette med deg selv."))
    row = await uow.session.scalar(
        select(Suspension)
        .where(
            Suspension.tenant_id == uow.context.tenant,
            Suspension.contact_id == contact_id,
            Suspension.ended_on.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise Conflict(N_("Støttekontakten er ikke tatt ut av tjeneste."))
    if row.id not in {one.id for one in await suspensions_of(uow, contact_id)}:
        raise Forbidden(N_("Andre følger opp dette. Spør lederen din."))
    row.ended_on, row.outcome, row.outcome_words = today(), outcome, words
    row.version += 1
    await uow.session.flush()
    if outcome == "lifted":
        await lift_suspension(uow, contact_id)
    await record_change(
        uow, "suspension.ended", "contact", contact_id, persons=[contact.person_id], outcome=outcome
    )
