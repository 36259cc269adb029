"""From plans to files: contacts are found for everybody in the order they began, then the rows are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo import words
from deploy.demo.book import Book
from deploy.demo.contacts import Contact
from deploy.demo.hours import write_hours
from deploy.demo.lives import OUTCOMES, Life, Stretch, Written
from deploy.demo.town import Colleague, Somebody, Town
from sammen.policy.roles import Role
from tenants.cases.api import add_months, decide_by, start_by
from tenants.people.api import traits

SEATS = 5
"""How many a leader follows in one group meeting: half an hour of the meeting is booked on each."""


def find_contacts(town: Town, lives: Sequence[Life], contacts: Sequence[Contact]) -> None:
    """Give every stretch a contact: somebody with hours left, rather one who likes the same things."""
    stretches = [(stretch, life) for life in lives for stretch in life.stretches]
    stretches.sort(key=lambda pair: (pair[0].first, str(pair[1].person.id), pair[0].form))
    groups: list[_Group] = []
    contacts = [c for c in contacts if not c.taken]
    leaders = [c for c in sorted(contacts, key=lambda c: (c.since, str(c.id))) if c.state == "engaged"]
    for stretch, life in stretches:
        if stretch.contact is not None:
            continue  # a story has chosen
        if stretch.form == "group":
            _seat(stretch, groups, leaders)
        else:
            _meet(town, stretch, life, contacts)


@dataclass
class _Group:
    """A group with its leader and weekday. `seats`: the last stretch in each."""

    leader: Contact
    weekday: int
    seats: list[Stretch | None]


def _seat(stretch: Stretch, groups: list[_Group], leaders: Sequence[Contact]) -> None:
    """The first free seat in a group; else a new group with the next leader."""
    for group in groups:
        for seat, taken in enumerate(group.seats):
            if taken is None or (taken.last is not None and taken.last < stretch.first):
                return _take_seat(stretch, group, seat)
    leader = leaders[len(groups) % len(leaders)]
    group = _Group(leader, leader.free_weekday(max(stretch.first, leader.since)), [None] * SEATS)
    leader.days.append((group.weekday, None))
    leader.load.append((max(stretch.first, leader.since), None, Decimal("2.5")))
    groups.append(group)
    return _take_seat(stretch, group, 0)


def _take_seat(stretch: Stretch, group: _Group, seat: int) -> None:
    group.seats[seat] = stretch
    stretch.contact, stretch.weekday = group.leader, group.weekday
    stretch.first = max(stretch.first, group.leader.since)
    stretch.hour, stretch.minute = 17 + seat // 2, 30 * (seat % 2)


def _meet(town: Town, stretch: Stretch, life: Life, contacts: Sequence[Contact]) -> None:
    last = stretch.last
    there = [c for c in contacts if c.state in ("engaged", "ended") and c.there(stretch.first, last)]
    if not there:
        there = [
            c
            for c in contacts
            if c.state == "engaged" and (last is None or c.since < last - timedelta(days=14))
        ]
    if not there:
        there = [c for c in contacts if c.state == "engaged"][:1]
    free = [c for c in there if c.hours_on(stretch.first) + stretch.weekly <= c.wants]
    alike = [c for c in free if set(c.interests) & set(life.interests)]
    if free:
        # Of two who would do, the one with less to do already: so more of them are in use.
        pair = town.chance.choices(alike if alike and town.chance.often(0.7) else free, k=2)
        chosen = min(pair, key=lambda c: c.hours_on(stretch.first))
    else:
        chosen = min(there, key=lambda c: (c.hours_on(stretch.first), str(c.id)))
    stretch.first = max(stretch.first, chosen.since)
    stretch.weekday = chosen.free_weekday(stretch.first)
    stretch.hour, stretch.minute, stretch.contact = (12 if stretch.weekday >= 5 else 17), 0, chosen
    chosen.load.append((stretch.first, last, stretch.weekly))
    chosen.days.append((stretch.weekday, last))


def write_files(town: Town, book: Book, lives: Sequence[Life]) -> None:
    """Every case with what belongs to it, in the order they were opened, so that numbers run as days do."""
    for life in sorted(lives, key=lambda life: (life.received, str(life.person.id))):
        _write_file(town, book, life)


def _caseworker(town: Town, purchaser: str) -> Colleague:
    return town.colleague(Role(f"purchaser_{purchaser}"))


def deadline_of(life: Life) -> tuple[date | None, str]:
    """The next day that binds, and what for: as the case slice keeps it."""
    if life.state in ("received", "mapping", "deciding"):
        return decide_by(life.received), "decide"
    if life.state == "waiting":
        assert life.decided is not None
        # As the platform counts: nobody is late before the first day of what was granted.
        return start_by(max([life.decided, *(first for _, first, _ in life.periods[-1:])])), "start"
    return (life.evaluate_on, "evaluate") if life.evaluate_on else (None, "none")


def _write_file(town: Town, book: Book, life: Life) -> None:
    chance, person = town.chance, life.person
    worker = _caseworker(town, life.purchaser)
    deadline, kind = deadline_of(life)
    case_id = book.case(
        person, received=life.received, purchaser=life.purchaser, state=life.state,
        forms=() if life.state == "received" or life.refused else life.forms, responsible=worker,
        deadline=deadline, kind=kind, shielded=life.shielded, closed_on=life.ended,
        outcome="refused" if life.refused else chance.choice(OUTCOMES) if life.ended else "",
    )  # fmt: skip
    if life.shielded:
        for colleague in (worker, town.staff[Role.PROVIDER_COORDINATOR][0]):
            book.name_on(case_id, colleague, life.received)
    applicant, name = _represent(town, life)
    said = words.own_words(chance, life.interests, child=life.purchaser != "adult")
    application_id = book.application(
        case_id, received=life.received, channel=chance.one([("letter", 0.3), ("form", 0.5), ("phone", 0.2)]),
        applicant=applicant, name=name, wishes=f"Ønsker hjelp til {words.liking(life.interests[0])}.", ground=life.ground,
        state="decided" if life.decided else "open",
    )  # fmt: skip
    life.written = Written(worker, case_id, application_id)
    if life.state != "received" and not life.refused:
        held = min(life.received + timedelta(days=chance.randint(3, 10)), town.as_of - timedelta(days=1))
        book.mapping(
            case_id, held=max(held, life.received), own_words=said, interests=life.interests, slots=life.slots,
            needs=chance.choice(words.NEEDS), network=chance.choice(words.NETWORK), forms=life.forms, by=worker,
        )  # fmt: skip
    if life.state == "deciding":
        _write_draft(town, book, life, case_id, worker, said)
    elif life.refused:
        life.written.decision_id = book.decision(
            case_id, decided=life.decided, by=worker, goal="", own_words="", kind="refusal", ground=life.ground,
            reasons="Behovet dekkes av tilbud som er åpne for alle. Vi hjelper gjerne med å komme i gang.",
            evaluate_on=None,
        )  # fmt: skip
    for number, period in enumerate(life.periods):
        _write_decision(town, book, life, case_id, worker, said, period, last=number == len(life.periods) - 1)


def _represent(town: Town, life: Life) -> tuple[str, str]:
    """Parents for a child, a guardian for some adults; and who sent the application, with the name."""
    chance, person = town.chance, life.person
    if life.purchaser != "adult":
        parents: list[Somebody] = []
        for sex in ("F", "M") if chance.often(0.6) else ("F",) if chance.often(0.75) else ("M",):
            birth = person.birth - timedelta(days=chance.randint(22 * 365, 42 * 365))
            parents.append(
                town.person(
                    birth, sex=sex, family=person.family, home=person.home, reach=True, since=life.received
                )
            )
            town.represent(parents[-1], person, "parent", person.birth)
        return "parent", parents[0].name
    if chance.often(0.12):
        guardian = town.person(town.born(30, 70), reach=True, since=life.received)
        town.represent(
            guardian, person, chance.one([("guardian", 0.8), ("power_of_attorney", 0.2)]), life.received
        )
        return "guardian", guardian.name
    return "self", ""


def _amount(life: Life, form: str) -> tuple[Decimal | None, str]:
    if form == "group":
        return Decimal(2), "week"
    weekly = Decimal(1) if form == "organisation" else life.weekly
    return (weekly * 4, "month") if life.by_month else (weekly, "week")


def times_of(slots: Sequence[str]) -> str:
    """When, as a decision says it: "tirsdager ettermiddag"."""
    day, _, part = slots[0].partition("-")
    return f"{traits.WEEKDAYS[day]} {traits.DAY_PARTS[part]}"


def _write_draft(town: Town, book: Book, life: Life, case_id: UUID, worker: Colleague, said: str) -> None:
    decision = book.decision(
        case_id, decided=None, by=worker, goal=words.goal(life.interests), own_words=said,
        reasons=words.reasons(town.chance, life.interests), ground=life.ground, evaluate_on=None,
    )  # fmt: skip
    assert life.written is not None
    life.written.decision_id = decision
    first = (town.as_of.replace(day=1) + timedelta(days=32)).replace(day=1)
    for form in life.forms:
        amount, unit = _amount(life, form)
        grant = book.grant(
            decision, form=form, amount=amount, unit=unit, times=times_of(life.slots), first=first,
            last=add_months(first, 24) - timedelta(days=1), content=words.content(life.interests),
        )  # fmt: skip
        life.written.grants.append((grant, form))


def _write_decision(town: Town, book: Book, life: Life, case_id: UUID, worker: Colleague, said: str,
                    period: tuple[date, date, date | None], *, last: bool) -> None:  # fmt: skip
    chance = town.chance
    decided, first, until = period
    over = not last or life.ended is not None
    ended_on = (life.ended if last else until) if over else None
    # Once it is evaluated, the next day is the evaluation's; the decision's own stays as it was.
    evaluate_on = (life.evaluate_on if last and life.held_on is None else None) or decided + timedelta(
        days=365
    )
    decision = book.decision(
        case_id, decided=decided, by=worker, goal=words.goal(life.interests), own_words=said,
        reasons=words.reasons(chance, life.interests), ground=life.ground, evaluate_on=evaluate_on, ended=over,
    )  # fmt: skip
    assert life.written is not None
    life.written = Written(worker, case_id, life.written.application_id, decision)
    for form in life.forms:
        amount, unit = _amount(life, form)
        grant = book.grant(
            decision, form=form, amount=amount, unit=unit, times=times_of(life.slots), first=first, last=until,
            ended_on=ended_on, outcome=chance.choice(OUTCOMES) if last and over else "",
            content=words.content(life.interests),
        )  # fmt: skip
        life.written.grants.append((grant, form))
        # An order that has just come is not yet answered; one that waits has been accepted, and nobody found.
        fresh = life.state == "waiting" and life.need_id is None and decided > town.as_of - timedelta(days=9)
        order = book.order(
            case_id, grant, life.person, form=form, sent=decided,
            state="ended" if over else "sent" if fresh else "accepted" if life.state == "waiting" else "filled",
            answered=None if fresh else min(decided + timedelta(days=chance.randint(1, 5)), town.as_of),
            need_id=life.need_id if last else None, consent=life.consent if last else None,
            match_consent=life.match_consent if last else None,
        )  # fmt: skip
        life.written.orders.append(order)
        for stretch in life.stretches:
            if stretch.form == form:
                _write_assignment(town, book, life, case_id, order, stretch, first, ended_on, (amount, unit))


def _write_assignment(town: Town, book: Book, life: Life, case_id: UUID, order: UUID, stretch: Stretch, first: date,
                      ended_on: date | None, extent: tuple[Decimal | None, str]) -> None:  # fmt: skip
    """The part of a stretch that falls within one decision."""
    contact = stretch.contact
    starts = max(stretch.first, first)
    ends = min((day for day in (stretch.last, ended_on) if day is not None), default=None)
    if contact is None or (ends is not None and ends <= starts) or starts > town.as_of:
        return
    if ends is None or ends > town.as_of:
        reason, ends = "", None
    elif ends == life.ended:
        reason = "service_ended"
    elif ends == stretch.last:
        reason = (
            "contact_left" if contact.ended else town.chance.choice(("contact_left", "user_wish", "no_fit"))
        )
    else:
        reason = "new_decision"
    assignment = book.assignment(
        order, case_id, life.person, contact.id, form=stretch.form, amount=extent[0], unit=extent[1], starts=starts,
        ended=ends, reason=reason, proposal_id=stretch.proposal_id if starts == stretch.first else None,
    )  # fmt: skip
    write_hours(town, book, assignment, stretch, life.interests, starts, ends)
