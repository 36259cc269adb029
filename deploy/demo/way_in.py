"""Contacts on their way in, those who came back, one who is not of age, and how each came to where they stand."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.stories import HORTEN
from deploy.demo.work import Work, weekday
from tenants.cases.api import add_months
from tenants.contacts.models import (
    ContactInterview,
    ContactSpell,
    ContactStep,
    Engagement,
    PoliceRequest,
    SupportContact,
    Vetting,
)

WAITED = 4
"""Days since the first enquiry in a town, which nobody has answered."""
NOTES = (
    "Ringte. Har sett plakaten på biblioteket, og har tid etter skolen.", "Skrev e-post. Tipset av en som er støttekontakt.",
    "Kom innom. Vil gjerne være med noen på tur.",
)  # fmt: skip
HELD = (
    "Rolig og tydelig. Har vært leirleder, og har lappen. Vi ser etter noen som liker å være ute.",
    "Vil helst ha en tenåring. Kan begynne etter eksamen.",
)  # fmt: skip
YOUNG_IN = {HORTEN: ("Mina", "Solheim")}


def write_way_in(work: Work) -> None:
    """The stations in one town, and the trail of those who came within the last year."""
    chance = work.stream("way in")
    _stations(work, chance)
    _wishes(work, chance)
    _came_back(work, chance)
    if work.town.place.code in YOUNG_IN:
        _young(work, chance, *YOUNG_IN[work.town.place.code])
    since = work.as_of - timedelta(days=365)
    for contact in work.contacts:
        if contact.since >= since and contact.state != "ended":
            _steps(work, chance, contact)
    if work.horten:
        _ask_again(work, chance)


# Stations -------------------------------------------------------------------------------------------------------------
def _stations(work: Work, chance: Chance) -> None:
    """The first enquiry waits for an answer; others are answered, and two of those being vetted are to be interviewed."""
    rows, as_of = work.town.rows, work.as_of
    asked = [one for one in work.contacts if one.state == "enquiry"]
    for number, contact in enumerate(asked):
        contact.since = as_of - timedelta(days=WAITED) if number == 0 else contact.since
        answered = None if number == 0 else min(weekday(contact.since + timedelta(days=1)), as_of)
        rows.amend(SupportContact, contact.id, created_at=at(contact.since, 10), answered_on=answered)
    shown = [one for one in work.contacts if one.state == "vetting" and not one.taken]
    for number, contact in enumerate(shown[:2] if len(shown) > 2 else ()):
        contact.state = "interview"
        rows.amend(SupportContact, contact.id, state="interview")
        coming = number == 0
        day = weekday(as_of + timedelta(days=2)) if coming else contact.since + timedelta(days=2)
        rows.add(
            ContactInterview, tenant_id=work.town.id, id=chance.id_at(contact.since), contact_id=contact.id,
            planned_on=day, planned_at=time(14), place="Rådhuset, møterom 2", held_on=None if coming else day,
            held_by_name="" if coming else work.coordinator.name, notes="" if coming else HELD[number % len(HELD)],
            created_at=at(contact.since, 11),
        )  # fmt: skip
        for row in rows.of(Vetting):  # nobody signs before they are met
            if row["contact_id"] == contact.id:
                rows.amend(Vetting, row["id"], confidentiality_signed_on=None, confidentiality_seen_by=None,
                           confidentiality_seen_name="")  # fmt: skip


def _steps(work: Work, chance: Chance, contact: Contact) -> None:
    """Each station with its day, some weeks apart; the enquiry is when the contact became known."""
    stations = ["enquiry", "interview", "vetting", "engaged"]
    state = contact.state if contact.state in stations else "engaged"
    passed = stations[: stations.index(state) + 1]
    begun = contact.since - timedelta(days=chance.randint(30, 70) if state == "engaged" else 0)
    days = [begun + (contact.since - begun) * n // max(1, len(passed) - 1) for n in range(len(passed))]
    if state != "engaged":
        days = [min(begun + timedelta(days=n), work.as_of) for n in range(len(passed))]
    was = ""
    for station, day in zip(passed, days, strict=True):
        work.town.rows.add(
            ContactStep, tenant_id=work.town.id, id=chance.id_at(day), contact_id=contact.id, was=was, state=station,
            happened_on=day, noted_at=at(day, 13), noted_by=work.coordinator.id, noted_by_name=work.coordinator.name,
            note=chance.choice(NOTES) if station == "enquiry" else "",
        )  # fmt: skip
        was = station
    if state == "engaged":
        work.town.rows.amend(SupportContact, contact.id, created_at=at(begun, 9))


# Who they are ---------------------------------------------------------------------------------------------------------
def _wishes(work: Work, chance: Chance) -> None:
    """What some want to do, whom they want to be with, and what they will not do."""
    rows = work.town.rows
    there = [one for one in work.contacts if one.state == "engaged" and not one.taken]
    for contact in chance.sample(there, len(there) // 4):
        forms = {row["form"] for row in work.running.get(contact.id, ())}
        kinds = ["individual"] + [
            kind for kind in ("group", "training") if kind in forms or chance.often(0.3)
        ]
        young = chance.often(0.5)
        rows.amend(
            SupportContact, contact.id, kinds=kinds, age_from=None if young else 18, age_to=20 if young else None,
            will_not=chance.some(["swimming", "animals", "cooking"], 1, 1) if chance.often(0.3) else [],
        )  # fmt: skip


def _came_back(work: Work, chance: Chance) -> None:
    """Two who had left, and began again."""
    there = [one for one in work.at_work() if not one.taken and one.since > work.town.began]
    for contact, reason in zip(there[:2], ("studies", "parental_leave"), strict=False):
        ended = contact.since - timedelta(days=chance.randint(200, 500))
        work.town.rows.add(
            ContactSpell, tenant_id=work.town.id, id=chance.id_at(ended), contact_id=contact.id,
            since=ended - timedelta(days=chance.randint(300, 900)), ended_on=ended, end_reason=reason, commits_months=12,
        )  # fmt: skip


def _young(work: Work, chance: Chance, given: str, family: str) -> None:
    """Somebody of seventeen, engaged with a parent's consent (B11)."""
    town, since = work.town, work.as_of - timedelta(days=24)
    person = town.person(
        add_months(work.as_of, -17 * 12) - timedelta(days=100), sex="F", given=given, family=family, reach=True,
        since=since,
    )  # fmt: skip
    contact = Contact(
        chance.id_at(since), person, "engaged", since, None, Decimal(3), ["football", "baking"], ["mon-eve", "sat-pm"],
        [], [], False, 12, False, taken=True,
    )  # fmt: skip
    coordinator = work.coordinator
    town.rows.add(
        SupportContact, tenant_id=town.id, id=contact.id, person_id=person.id, state="engaged",
        interests=contact.interests, skills=[], languages=[], slots=contact.slots, has_car=False,
        wants_hours=contact.wants, commits_months=12, since=since, follow_up_owner=coordinator.id,
        follow_up_name=coordinator.name, answered_on=since - timedelta(days=20), age_to=14,
        created_at=at(since - timedelta(days=21), 9),
    )  # fmt: skip
    shown = since - timedelta(days=3)
    town.rows.add(
        Vetting, tenant_id=town.id, id=chance.id_at(shown), contact_id=contact.id, police_shown_on=shown,
        police_seen_by=coordinator.id, police_seen_name=coordinator.name, confidentiality_signed_on=shown,
        confidentiality_seen_by=coordinator.id, confidentiality_seen_name=coordinator.name,
    )  # fmt: skip
    town.rows.add(
        Engagement, tenant_id=town.id, id=chance.id_at(since), contact_id=contact.id, kind="employee",
        hours_per_week=contact.wants, valid_from=since, signed_by_contact_on=since, signed_by_municipality_on=since,
        signed_by_name=coordinator.name, parent_consent_on=shown, parent_consent_by=f"Lise {family}, mor",
    )  # fmt: skip
    if isinstance(work.contacts, list):
        work.contacts.append(contact)


def _ask_again(work: Work, chance: Chance) -> None:
    """One has been asked to show politiattest again, since an offer is changed so that it is asked for on another ground."""
    for contact in [one for one in work.at_work() if not one.taken][5:6]:
        asked: date = work.as_of - timedelta(days=8)
        work.town.rows.add(
            PoliceRequest, tenant_id=work.town.id, id=chance.id_at(asked), contact_id=contact.id, ground="new_offer",
            words="Skal nå også være med barn. Attesten vi så, gjaldt voksne.", asked_on=asked,
            asked_by_name=work.coordinator.name,
        )  # fmt: skip
