"""Planning: who has asked for what, when it was decided, and where it stands on the world's present day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID

from deploy.demo.chance import apportion
from deploy.demo.contacts import EVENING, Contact
from deploy.demo.town import Colleague, Somebody, Town
from deploy.demo.words import SAYINGS
from tenants.cases.api import add_months

USERS = 1500
# Kongsberg's 301 users by age: 0-17, 18-66, 67-79, 80 and over.
AGES = {(6, 17): 95, (18, 66): 191, (67, 79): 11, (80, 94): 4}
FORMS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("individual",), 0.60), (("group",), 0.15), (("individual", "group"), 0.08), (("organisation",), 0.08),
    (("training",), 0.09),
)  # fmt: skip
WEEKLY = [
    (Decimal("1.5"), 0.2),
    (Decimal(2), 0.3),
    (Decimal("2.5"), 0.2),
    (Decimal(3), 0.18),
    (Decimal(4), 0.12),
]
OLD_ACT, CARE_ACT, WELFARE_ACT = "sotjl-4-2-c", "hol-3-2-6b", "bvl-3-1"
OUTCOMES = ("not_needed", "ordinary_member", "moved", "wish", "other_service", "died")
CHANGES_A_YEAR = 0.22
# Told one by one in stories.py; they take the place of somebody drawn.
RESERVED: dict[str, tuple[str, ...]] = {"0701": ("waiting", "evaluating"), "0716": ("running",)}
CLIMBERS = {"0701": 8}
"""So many of the children are of Odin's age, since his need may say no more of him than is true of enough others (C3)."""
STRICTLY_PROTECTED_IN = "0704"


@dataclass(slots=True)
class Stretch:
    """A time with one contact, in one form. The contact is found when all stretches are known."""

    form: str
    first: date
    last: date | None
    weekly: Decimal
    contact: Contact | None = None
    weekday: int = 0
    hour: int = 17
    minute: int = 0
    proposal_id: UUID | None = None


@dataclass(slots=True)
class Written:
    """What was written of a life: the ids of its case, its application and its last decision, and that one's services.

    `orders` are of that decision.
    """

    worker: Colleague
    case_id: UUID
    application_id: UUID
    decision_id: UUID | None = None
    grants: list[tuple[UUID, str]] = field(default_factory=list)
    orders: list[UUID] = field(default_factory=list)


@dataclass(slots=True)
class Life:
    """One service user's time with the service. `periods`: (decided, first day, last day or None) of each decision."""

    person: Somebody
    state: str
    purchaser: str
    forms: tuple[str, ...]
    interests: list[str]
    slots: list[str]
    weekly: Decimal
    by_month: bool
    ground: str
    received: date
    decided: date | None = None
    ended: date | None = None
    evaluate_on: date | None = None
    held_on: date | None = None
    """The day of the last evaluation."""
    shielded: bool = False
    refused: bool = False
    need_id: UUID | None = None
    consent: tuple[date, str] | None = None
    match_consent: date | None = None
    displayed: dict[str, Any] | None = None
    """What the pool was shown of them, as the order keeps it."""
    substitute: UUID | None = None
    """The need for somebody who can stand in."""
    told: bool = False
    """Somebody of a story or of the pool, who is not made otherwise for others' sake."""
    periods: list[tuple[date, date, date | None]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    written: Written | None = None


def plan_lives(town: Town, inhabitants: int) -> list[Life]:
    """Everybody with a case: users now, applicants, and those whose time ended within the history."""
    habits, scale = town.place.habits, town.making.scale
    users = max(2, round(USERS * scale * town.place.inhabitants / inhabitants))
    ages = [
        age
        for age, share in zip(AGES, apportion(users, list(AGES.values())), strict=True)
        for _ in range(share)
    ]
    reserved = RESERVED.get(town.place.code, ())
    ages = ages[len(reserved) :]  # those told one by one are children
    young = min(len(ages), round(CLIMBERS.get(town.place.code, 0) * scale))
    ages[:young] = [(10, 13)] * young
    town.chance.shuffle(ages)
    waiting = min(users // 2, round(habits.waiting * scale) or int(habits.waiting > 0)) - reserved.count(
        "waiting"
    )
    evaluating = max(0, round(users * 0.09) - reserved.count("evaluating"))
    states = ["waiting"] * max(0, waiting) + ["evaluating"] * evaluating
    states += ["running"] * (len(ages) - len(states))
    late = _late_ones(states, habits.late)
    lives = [
        _user(town, state, age, late=n in late)
        for n, (state, age) in enumerate(zip(states, ages, strict=False))
    ]
    spread = [age for age, share in AGES.items() for _ in range(share)]
    lives.extend(_ended(town, town.chance.choice(spread)) for _ in range(round(users * 0.36)))
    applicants = max(1, round(users * 0.225))
    shares = zip(("received", "mapping", "deciding"), apportion(applicants, (45, 30, 25)), strict=True)
    asked = [state for state, share in shares for _ in range(share)]
    late = _late_ones(asked, habits.late * 0.6)
    lives.extend(
        _applicant(town, state, town.chance.choice(spread), late=n in late) for n, state in enumerate(asked)
    )
    _make_some_special(town, lives, users)
    return lives


def _late_ones(states: Sequence[str], share: float) -> set[int]:
    """Places in the list of those past their day: the same share of each state, and one where there would be part of one."""
    found: set[int] = set()
    for state in sorted(set(states)):
        places = [n for n, other in enumerate(states) if other == state]
        found.update(places[: ceil(len(places) * share)])
    return found


def _somebody(town: Town, age: tuple[int, int], on: date, *, protection: str = "none") -> Somebody:
    sex = town.chance.one([("M", 0.55), ("F", 0.45)])
    return town.person(town.born(*age, on=on), sex=sex, since=on, protection=protection)


def _draw(town: Town, person: Somebody, state: str, received: date) -> Life:
    chance = town.chance
    child = add_months(person.birth, 18 * 12) > town.as_of
    return Life(
        person, state, "child" if child else "adult", chance.one(FORMS), chance.some(list(SAYINGS), 1, 3),
        chance.some(EVENING, 1, 4), chance.one(WEEKLY), chance.often(0.2), CARE_ACT, received,
    )  # fmt: skip


def _user(town: Town, state: str, age: tuple[int, int], *, late: bool) -> Life:
    """Somebody with a decision in force."""
    chance, as_of = town.chance, town.as_of
    if state == "waiting":
        decided = as_of - timedelta(days=chance.randint(33, 120) if late else chance.randint(3, 27))
    elif chance.often(0.36):
        decided = chance.workday(town.began, as_of - timedelta(days=30))
    else:
        decided = chance.workday(town.began - timedelta(days=1100), town.began)
    received = decided - timedelta(days=chance.randint(16, 44) if late else chance.randint(12, 29))
    strictly = (
        town.place.code == STRICTLY_PROTECTED_IN
        and state == "running"
        and age == (18, 66)
        and not town.has_protected
    )
    town.has_protected |= strictly
    person = _somebody(town, age, as_of, protection="kode6" if strictly else "none")
    life = _draw(town, person, state, received)
    life.decided = decided
    _add_periods(town, life)
    if state == "evaluating":
        days = chance.randint(-150, -2) if late else chance.randint(2, 30)
        life.evaluate_on = as_of + timedelta(days=days)
    elif state == "running":
        life.evaluate_on = as_of + timedelta(days=chance.randint(36, 360))
    if state != "waiting":
        _add_stretches(town, life)
    return life


def _ended(town: Town, age: tuple[int, int]) -> Life:
    """Somebody whose case was closed within the history; now and then after a refusal."""
    chance = town.chance
    ended = chance.workday(town.began + timedelta(days=30), town.as_of - timedelta(days=10))
    if chance.often(0.08):
        life = _draw(
            town, _somebody(town, age, ended), "closed", ended - timedelta(days=chance.randint(14, 35))
        )
        life.decided, life.ended, life.refused = ended, ended, True
        return life
    decided = chance.workday(
        max(town.began, ended - timedelta(days=900)) - timedelta(days=500), ended - timedelta(days=120)
    )
    life = _draw(
        town, _somebody(town, age, ended), "closed", decided - timedelta(days=chance.randint(12, 40))
    )
    life.decided, life.ended = decided, ended
    _add_periods(town, life)
    _add_stretches(town, life)
    return life


def _applicant(town: Town, state: str, age: tuple[int, int], *, late: bool) -> Life:
    """Somebody who has applied, and has no decision yet. The one-month clock runs."""
    chance, as_of = town.chance, town.as_of
    youngest = {"received": 1, "mapping": 6, "deciding": 14}[state]
    received = as_of - timedelta(days=chance.randint(32, 44) if late else chance.randint(youngest, 29))
    return _draw(town, _somebody(town, age, as_of), state, received)


def _add_periods(town: Town, life: Life) -> None:
    """One decision after the other, each for a year or more, as far as the history reaches back."""
    assert life.decided is not None
    until = life.ended or town.as_of
    decided, first = life.decided, life.decided + timedelta(days=1)
    while True:
        months = town.chance.one([(12, 0.45), (24, 0.35), (36, 0.2)])
        last = add_months(first, months) - timedelta(days=1)
        if last >= town.began:
            life.periods.append((decided, first, last))
        if last >= until:
            return
        decided = min(last - timedelta(days=town.chance.randint(5, 25)), town.as_of)
        first = last + timedelta(days=1)


def _add_stretches(town: Town, life: Life) -> None:
    """Times with a contact in each form, with changes of contact and the gaps they leave."""
    assert life.decided is not None
    chance, until = town.chance, life.ended or town.as_of
    for form in life.forms:
        first = life.decided + timedelta(days=chance.randint(*town.place.habits.slow))
        first = max(first, town.began - timedelta(days=chance.randint(0, 200)))
        if first >= until:
            first = until - timedelta(days=20)
        weekly = Decimal("0.5") if form == "group" else Decimal(1) if form == "organisation" else life.weekly
        while True:
            stays = int(chance.expovariate(CHANGES_A_YEAR) * 365) + 60
            last = first + timedelta(days=stays)
            if form == "group" or last > until - timedelta(days=40):
                life.stretches.append(Stretch(form, first, life.ended, weekly))
                break
            life.stretches.append(Stretch(form, first, last, weekly))
            first = last + timedelta(days=chance.randint(7, 45))


def _make_some_special(town: Town, lives: Sequence[Life], users: int) -> None:
    """Child welfare, decisions under the act before this one, and one shielded case: in the towns large enough."""
    running = [life for life in lives if life.state == "running"]
    if users < 60:
        return
    for life in [life for life in running if life.purchaser == "child"][:3]:
        life.purchaser, life.ground = "child_welfare", WELFARE_ACT
    adults = [life for life in running if life.purchaser == "adult"]
    for life in adults[:2]:
        # An older decision without an end keeps its ground, and is long due for evaluation (A7, A13).
        life.ground, life.decided = OLD_ACT, date(2011, 5, 16)
        life.periods, life.received = [(life.decided, life.decided, None)], date(2011, 4, 11)
    if town.place.code == "0701":
        adults[-1].shielded = True
