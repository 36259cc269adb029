"""What ends when a person dies or moves away: decisions, services, cases, letters; and the consent to hand a case over.

Every case of the person ends, also those that whoever registers it may not see: the facts are about the person. The
trail says who did it; nothing of an unseen case is shown to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.api import CaseFile, close_case
from tenants.decisions.api import decisions_of, drop_at_work, end_decision
from tenants.letters.api import cancel_ready_in
from tenants.people.api import (
    Holder,
    Person,
    PersonCard,
    Standing,
    age_rules,
    representatives_of,
    who_consents,
)
from tenants.record.access import own_person
from tenants.record.models import TransferConsent
from tenants.record.queries import cases_of

STALE = N_("Noen andre har endret personen imens. Last siden på nytt.")
DEAD = N_("Personen er allerede registrert som død.")
GONE = N_("Personen er registrert som død. Det som er registrert, kan ikke endres.")
NOT_THEIRS = N_(
    "Etter loven er det ikke denne som samtykker ved denne alderen (%(source)s). Spør den loven gir retten til."
)
LONGEST_AHEAD: Final = timedelta(days=366)
STOPPED_DEAD = "Mottakeren er død."
"""Kept with the letters that were stopped; read by caseworkers on the letter log."""


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """Who says yes to handing the case over, in which role, when, and to which municipality."""

    given_by: str
    given_by_name: str
    given_on: date
    receiver: str


async def _locked(uow: UnitOfWork, person_id: UUID, version: int | None) -> Person:
    # Not the key: a decision being made just now holds the case and points to the person, and this waits for the case.
    person = await uow.session.get(
        Person, (uow.context.tenant, person_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if person is None:
        raise NotFound
    if version is not None and person.version != version:
        raise Conflict(STALE)
    return person


async def register_death(uow: UnitOfWork, person_id: UUID, died_on: date, *, version: int) -> int:
    """Note that somebody has died; how many cases were closed by it.

    Decisions in force end with the outcome `died`, and with them orders, assignments and needs; cases are closed, and
    what was written and not sent is stopped. Raises NotFound, Forbidden, Conflict when stale, Invalid on a day ahead,
    before the birth, or a second time.
    """
    await own_person(uow, person_id)
    person = await _locked(uow, person_id, version)
    if person.died_on is not None:
        raise Invalid.one("dato", DEAD)
    if died_on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida. Skriv dagen personen døde."))
    if person.birth_date is not None and died_on < person.birth_date:
        raise Invalid.one("dato", N_("Datoen er før personen ble født."))
    person.died_on = died_on
    person.version += 1
    await uow.session.flush()
    await record_change(uow, "person.died", "person", person_id, persons=[person_id], died_on=died_on)
    return await _end_everything(uow, person_id, died_on, "died")


async def register_move(
    uow: UnitOfWork, person_id: UUID, moved_on: date, moved_to: str, *, version: int
) -> int:
    """Note a move to another municipality; how many cases were closed by it: none when the day is still ahead.

    From the day after the last one here everything ends as at a death, with the outcome `moved`; a day ahead is waited
    for (`close_moved`, each night). Raises NotFound, Forbidden, Conflict when stale, Invalid more than a year ahead or
    for somebody who has died.
    """
    await own_person(uow, person_id)
    person = await _locked(uow, person_id, version)
    if person.died_on is not None:
        raise Invalid.one("dato", GONE)
    if moved_on > today() + LONGEST_AHEAD:
        raise Invalid.one("dato", N_("Datoen er mer enn et år fram. Skriv den når den nærmer seg."))
    if person.birth_date is not None and moved_on < person.birth_date:
        raise Invalid.one("dato", N_("Datoen er før personen ble født."))
    person.moved_on, person.moved_to = moved_on, moved_to
    person.version += 1
    await uow.session.flush()
    await record_change(uow, "person.moved", "person", person_id, persons=[person_id], moved_on=moved_on)
    return await _end_everything(uow, person_id, moved_on, "moved") if moved_on <= today() else 0


async def cancel_move(uow: UnitOfWork, person_id: UUID, *, version: int) -> None:
    """The person does not move after all, or is back. Cases that were closed stay closed. Raises as `register_move`."""
    await own_person(uow, person_id)
    person = await _locked(uow, person_id, version)
    person.moved_on, person.moved_to = None, ""
    person.version += 1
    await uow.session.flush()
    await record_change(uow, "person.stayed", "person", person_id, persons=[person_id])


async def close_moved(uow: UnitOfWork) -> int:
    """In a municipality, by night: close the cases of those whose day of moving has come; how many cases."""
    moved = await uow.session.execute(
        select(Person.id, Person.moved_on)
        .join(CaseFile, (CaseFile.tenant_id == Person.tenant_id) & (CaseFile.person_id == Person.id))
        .where(
            Person.tenant_id == uow.context.tenant,
            Person.moved_on <= today(),
            CaseFile.state != "closed",
            # A case opened after the move, by Norwegian days, is one of somebody who has come back.
            func.date(func.timezone("Europe/Oslo", CaseFile.created_at)) <= Person.moved_on,
        )
        .distinct()
        .order_by(Person.id)
    )
    closed = 0
    for person_id, moved_on in moved.all():
        if moved_on is not None:
            closed += await _end_everything(uow, person_id, moved_on, "moved")
    return closed


async def _end_everything(uow: UnitOfWork, person_id: UUID, on: date, outcome: str) -> int:
    cases = (
        await uow.session.scalars(
            select(CaseFile)
            .where(
                CaseFile.tenant_id == uow.context.tenant,
                CaseFile.person_id == person_id,
                CaseFile.state != "closed",
            )
            .order_by(CaseFile.id)
            .with_for_update()
        )
    ).all()
    for case in cases:
        for decision in await decisions_of(uow, case.id):
            if decision.state == "issued":
                await end_decision(uow, decision.id, on, outcome)
        await drop_at_work(uow, case.id)
        await close_case(uow, case.id, on, outcome)
        if outcome == "died":
            await cancel_ready_in(uow, case.id, STOPPED_DEAD)
    return len(cases)


# Handing over ---------------------------------------------------------------------------------------------------------
async def who_may_consent(uow: UnitOfWork, card: PersonCard, on: date) -> list[Standing]:
    """Who holds consent on a day, by the rules of each ground the person has a case on that the reader sees (A14)."""
    rules = await age_rules(uow, on)
    acting = [one.acting for one in await representatives_of(uow, card.id, on=on)]
    grounds = {case.purchaser == "child_welfare" for case in await cases_of(uow, card.id)} or {False}
    return [
        who_consents(rules, child_welfare=ground, birth_date=card.birth_date, on=on, acting=acting)
        for ground in sorted(grounds)
    ]


def may_give(given_by: str, found: Standing) -> bool:
    """Whether a consent may be given in a role: the person or the parents as the rule says. A guardian or somebody with
    a power of attorney shows a mandate, which whoever records the consent has read.
    """
    if given_by == "self":
        return found.person
    if given_by == "parent":
        return found.holder not in (Holder.SELF, Holder.SELF_PARENTS_NEED)
    return True


async def record_consent(uow: UnitOfWork, person_id: UUID, facts: ConsentFacts) -> UUID:
    """Keep somebody's yes to handing the case over.

    Raises NotFound, Forbidden, Invalid on a day ahead and for somebody whose yes the age rules do not ask for
    (pasient- og brukerrettighetsloven §§ 4-3 and 4-4, barnevernsloven § 12-3).
    """
    card = await own_person(uow, person_id)
    if facts.given_on > today():
        raise Invalid.one("samtykke_dato", N_("Datoen er i framtida. Skriv dagen samtykket ble gitt."))
    for found in await who_may_consent(uow, card, facts.given_on):
        if not may_give(facts.given_by, found):
            raise Invalid.one("hvem", NOT_THEIRS, source=found.source)
    row = TransferConsent(
        tenant_id=uow.context.tenant, id=uuid7(), person_id=person_id, given_by=facts.given_by,
        given_by_name=facts.given_by_name, given_on=facts.given_on, receiver=facts.receiver,
        recorded_by=uow.context.user_id, recorded_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "transfer.consented", "person", person_id, persons=[person_id], given_by=facts.given_by,
        given_on=facts.given_on,
    )  # fmt: skip
    return row.id


async def withdraw_consent(uow: UnitOfWork, person_id: UUID, consent_id: UUID) -> None:
    """The yes is taken back: from now there is no package. Harmless again. Raises NotFound, Forbidden."""
    await own_person(uow, person_id)
    row = await uow.session.get(TransferConsent, (uow.context.tenant, consent_id), with_for_update=True)
    if row is None or row.person_id != person_id:
        raise NotFound
    if row.withdrawn_on is None:
        row.withdrawn_on = today()
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "transfer.withdrawn", "person", person_id, persons=[person_id])
