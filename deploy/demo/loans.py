"""Contacts who help in another municipality than their own: who, since when, and as the borrowing municipality has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.lives import Life
from deploy.demo.postings import MATCHED, STEPS, Posting
from deploy.demo.proposals import propose
from shared_pool.engine.ranking import Fit
from shared_pool.matching.loading import fits_for
from tenants.assignments.models import Assignment, FirstMeeting, ServiceOrder
from tenants.substitutes.models import IntroducedSubstitute

if TYPE_CHECKING:
    from deploy.demo.pool import Pool, Settled


FORGETS = "0716"


@dataclass(frozen=True, slots=True)
class Loan:
    """A contact of `home` in place of one of `settled`'s own, for the newest stretch of a life."""

    posting: Posting
    settled: Settled
    life: Life
    contact: Contact
    home: Settled


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two who came together through the pool and have met, or are to: written when the case has its rows."""

    settled: Settled
    life: Life
    contact: Contact
    proposal: UUID
    known_on: date


def plan_loans(pool: Pool, chosen: Sequence[tuple[Settled, Contact]]) -> list[Loan]:
    """For some whose contact came through the pool: the lending municipality's contact takes the place of theirs."""
    found: list[Loan] = []
    lent: set[UUID] = set()
    for posting in MATCHED if pool.making.scale == 1 else ():
        settled = pool.towns.get(posting.where)
        if settled is None:
            continue
        for life in _began_lately(settled, pool.making.as_of):
            stretch = life.stretches[-1]
            able = [
                (home, contact) for home, contact in chosen
                if home is not settled and contact.id not in lent and contact.since < stretch.first - timedelta(days=60)
                and contact.wants - contact.hours_on(stretch.first) >= stretch.weekly
                and (not posting.lender or home.town.place.code == posting.lender)
            ]  # fmt: skip
            if able:
                # The one with most in common, and by chance among equals.
                pool.chance.shuffle(able)
                home, contact = max(able, key=lambda pair: len(set(pair[1].interests) & set(life.interests)))
                lent.add(contact.id)
                contact.lent += stretch.weekly
                life.told = True
                found.append(Loan(posting, settled, life, contact, home))
                break
    return found


def _began_lately(settled: Settled, as_of: date) -> list[Life]:
    """Those whose contact began within the year, the longest first: they have hours to settle."""
    found = [
        life for life in settled.lives
        if life.state == "running" and life.forms == ("individual",) and not life.shielded and not life.told
        and life.purchaser != "child_welfare"
        and as_of - timedelta(days=330) < life.stretches[-1].first < as_of - timedelta(days=40)
    ]  # fmt: skip
    return sorted(found, key=lambda life: life.stretches[-1].first)


def carry_out(pool: Pool, loan: Loan) -> None:
    """The need, the proposal with every yes, and the borrowed contact as the borrowing municipality has them."""
    life, stretch, settled = loan.life, loan.life.stretches[-1], loan.settled
    made = stretch.first - timedelta(days=12)
    known = made + timedelta(days=5)
    need = pool.need(loan.posting, settled, life, made - timedelta(days=14), "filled", known)
    life.need_id, life.match_consent = need.id, made + timedelta(days=2)
    fit = next(f for f in fits_for(need, [card for card, _, _ in pool.cards.values()], pool.homes)
               if f.candidate_id == loan.contact.candidate_id)  # fmt: skip
    stretch.proposal_id = propose(pool, need, fit, STEPS["done"], made=made, proposal=pool.chance.id())
    borrowed = _borrow(pool, settled, loan.contact, known, stretch.weekly)
    borrowed.load = [(stretch.first, None, stretch.weekly)]
    if stretch.contact is not None:
        stretch.contact.load.remove((stretch.first, stretch.last, stretch.weekly))
    stretch.contact = borrowed


def _borrow(pool: Pool, settled: Settled, contact: Contact, known: date, weekly: Decimal) -> Contact:
    """The contact as a person and a contact of the borrowing municipality, from the day the names were shown."""
    who, chance = contact.person, Chance(f"borrowed/{contact.id}")
    person = settled.town.person(
        who.birth, sex=who.sex, given=who.given, family=who.family, reach=True, since=known
    )
    borrowed = Contact(
        chance.id_at(known), person, "engaged", known, None, weekly, contact.interests, contact.slots, [], [],
        contact.has_car, contact.commits, contact.sends_early,
    )  # fmt: skip
    settled.contacts.append(borrowed)
    pool.borrowed.add(borrowed.id)
    return borrowed


def meet(pool: Pool, settled: Settled, life: Life, fit: Fit, proposal: UUID, known: date) -> None:
    """Let the two know of each other; what is written of it waits for the case's rows."""
    contact = pool.cards[fit.candidate_id][2]
    life.match_consent = known - timedelta(days=3) if life.state == "waiting" else None
    borrowed = _borrow(pool, settled, contact, known, life.weekly)
    # Nobody gives the borrowed one other engagements: they are there for one person.
    borrowed.taken = True
    pool.met.append(Meeting(settled, life, borrowed, proposal, known))


def write_loans(pool: Pool) -> None:
    """What the orders keep of the pool, and the two kinds of meeting: on trial, and to be known as a substitute."""
    rows = pool.making.rows
    for settled in pool.towns.values():
        for life in settled.lives:
            if life.displayed is None or life.written is None or not life.written.orders:
                continue
            changed: dict[str, object] = {"pool_shown": [life.displayed]}
            if life.substitute is not None and life.consent is not None:
                changed |= {
                    "substitute_need_id": life.substitute, "pool_consent_on": life.consent[0],
                    "pool_consent_by": life.consent[1], "pool_ground": "gdpr_6e_9h",
                }  # fmt: skip
            rows.amend(ServiceOrder, life.written.orders[-1], **changed)
    _hold_back(pool)
    for meeting in pool.met:
        if meeting.life.written is not None:
            (_write_known if meeting.life.substitute else _write_trial)(pool, meeting)


def _hold_back(pool: Pool) -> None:
    """Some hours that Re forgot in the spring, so that a later statement corrects an earlier one."""
    settled = pool.towns.get(FORGETS)
    if settled is None:
        return
    last = (pool.making.as_of.replace(day=1) - timedelta(days=100)).replace(day=1)
    for contact in settled.contacts:
        if contact.id in pool.borrowed:
            late = settled.book.hold_back(contact.id, last - timedelta(days=130), last)
            pool.making.settled_late += [late] if late else []


def _write_known(pool: Pool, meeting: Meeting) -> None:
    life = meeting.life
    assert life.written is not None
    met = meeting.known_on + timedelta(days=4)
    pool.making.rows.add(
        IntroducedSubstitute, tenant_id=meeting.settled.town.id, id=pool.chance.id_at(met), case_id=life.written.case_id,
        person_id=life.person.id, contact_id=meeting.contact.id, introduced_on=met, how="with_contact",
        user_said_yes_on=met, user_said_yes_by=f"{life.person.given} selv", proposal_id=meeting.proposal,
        created_at=at(met, 15),
    )  # fmt: skip


def _write_trial(pool: Pool, meeting: Meeting) -> None:
    """An assignment without a first day, and the day the two are to meet."""
    life, rows, tenant = meeting.life, pool.making.rows, meeting.settled.town.id
    assert life.written is not None
    order = life.written.orders[-1]
    rows.amend(ServiceOrder, order, state="filled")
    made = pool.chance.id_at(meeting.known_on)
    rows.add(
        Assignment, tenant_id=tenant, id=made, order_id=order, case_id=life.written.case_id, person_id=life.person.id,
        contact_id=meeting.contact.id, form="individual", state="planned", source="pool", proposal_id=meeting.proposal,
        amount=life.weekly, unit="week", starts_on=None, ended_on=None, revealed_at=at(meeting.known_on, 13),
        created_at=at(meeting.known_on, 13),
    )  # fmt: skip
    rows.add(
        FirstMeeting, tenant_id=tenant, id=pool.chance.id_at(meeting.known_on), assignment_id=made, kind="trial",
        on_day=pool.making.as_of + timedelta(days=3), at=time(17), place="Biblioteket, kafeen i første etasje",
        takes_part="Koordinatoren er med den første halvtimen.", created_at=at(meeting.known_on, 14),
    )  # fmt: skip
