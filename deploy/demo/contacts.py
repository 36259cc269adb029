"""Støttekontakter: who they are, what they like, how much they want, and whether everything has been shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo.chance import at
from deploy.demo.town import Somebody, Town
from deploy.demo.words import SAYINGS
from sammen.policy.roles import Role
from tenants.contacts.models import Engagement, SupportContact, Vetting
from tenants.people.api import traits

CONTACTS = 1000
END_REASONS = ("moved", "studies", "other_work", "own_wish", "parental_leave", "illness")
EVENING = [slot for slot in traits.SLOTS if slot.endswith(("pm", "eve")) or slot.startswith(("sat", "sun"))]
SKILLED = [
    (code, 1.0)
    for code in ("autism", "adhd", "intellectual", "mental_health", "first_aid", "wheelchair", "epilepsy")
]


@dataclass(slots=True)
class Contact:
    """A contact while the world is made. `load`: (first, last or None, hours a week) of each engagement so far."""

    id: UUID
    person: Somebody
    state: str
    since: date
    ended: date | None
    wants: Decimal
    interests: list[str]
    slots: list[str]
    skills: list[str]
    languages: list[str]
    has_car: bool
    commits: int
    sends_early: bool
    taken: bool = False
    """Has the engagements of a story, and is given no others."""
    candidate_id: UUID | None = None
    lent: Decimal = Decimal(0)
    load: list[tuple[date, date | None, Decimal]] = field(default_factory=list)
    days: list[tuple[int, date | None]] = field(default_factory=list)

    def there(self, first: date, last: date | None) -> bool:
        """Whether they were a contact all that time."""
        return self.since <= first and (self.ended is None or (last is not None and last <= self.ended))

    def hours_on(self, day: date) -> Decimal:
        """Hours a week they were engaged for on a day."""
        return sum(
            (h for first, last, h in self.load if first <= day and (last is None or last >= day)), Decimal(0)
        )

    def free_weekday(self, first: date) -> int:
        """A weekday with no other meeting, so that two never fall on the same afternoon; Sunday when all are taken."""
        taken = {day for day, last in self.days if last is None or last >= first}
        return next((day for day in (1, 3, 0, 2, 5, 4) if day not in taken), 6)


def make_contacts(town: Town, inhabitants: int) -> list[Contact]:
    """The municipality's contacts, as many as its inhabitants make of a thousand, and those who have ended."""
    chance = town.chance
    count = max(4, round(CONTACTS * town.making.scale * town.place.inhabitants / inhabitants))
    states = (
        ["enquiry"] * round(count * 0.02)
        + ["vetting"] * round(count * 0.04)
        + ["paused"] * round(count * 0.04)
    )
    states += ["engaged"] * (count - len(states)) + ["ended"] * round(count * 0.15)
    made = []
    for number, state in enumerate(states):
        old = number % 2 == 0 or number > len(states) - 3
        since = (
            chance.day(town.began - timedelta(days=2400), town.began)
            if old
            else chance.day(town.began, town.as_of)
        )
        if state in ("enquiry", "vetting"):
            since = chance.day(town.as_of - timedelta(days=50), town.as_of - timedelta(days=3))
        ended = None
        if state == "ended":
            since = min(since, town.as_of - timedelta(days=200))
            ended = chance.day(max(since, town.began) + timedelta(days=150), town.as_of - timedelta(days=5))
        made.append(draw_contact(town, state, since, ended))
    return made


def draw_contact(town: Town, state: str, since: date, ended: date | None) -> Contact:
    """A contact by chance: mostly young, or with grown-up children."""
    chance = town.chance
    youngest, oldest = chance.one([((18, 29), 0.45), ((30, 49), 0.25), ((50, 66), 0.22), ((67, 74), 0.08)])
    birth = min(town.born(youngest, oldest), since - timedelta(days=18 * 366))
    person = town.person(birth, sex=chance.one([("F", 0.6), ("M", 0.4)]), reach=True, since=since)
    return Contact(
        chance.id_at(since), person, state, since, ended, Decimal(chance.choice((4, 5, 6, 6, 8, 8, 10, 12, 15))),
        chance.some(list(SAYINGS), 2, 5), chance.some(EVENING, 2, 6), [s for s, _ in SKILLED if chance.often(0.08)],
        [person.speaks] if person.speaks else (["en"] if chance.often(0.1) else []), chance.often(0.6),
        chance.choice((0, 6, 12, 12, 12, 24)), chance.often(0.08),
    )  # fmt: skip


def write_contacts(town: Town, contacts: Sequence[Contact]) -> None:
    """The rows, once it is known who is in the pool and what they are lent for."""
    chance = town.chance
    coordinator = town.staff[Role.PROVIDER_COORDINATOR][0]
    missing = max(1, round(len(contacts) * 0.02)) if len(contacts) > 8 else 0
    for contact in contacts:
        vetted = contact.state in ("engaged", "paused", "ended")
        if (
            vetted
            and missing
            and not contact.load
            and contact.candidate_id is None
            and contact.state == "engaged"
        ):
            vetted, missing = False, missing - 1
        town.rows.add(
            SupportContact, tenant_id=town.id, id=contact.id, person_id=contact.person.id, state=contact.state,
            interests=contact.interests, skills=contact.skills + (["driving"] if contact.has_car else []),
            languages=contact.languages, slots=contact.slots, has_car=contact.has_car, wants_hours=contact.wants,
            commits_months=contact.commits, ended_on=contact.ended,
            since=None if contact.state in ("enquiry", "vetting") else contact.since,
            end_reason=chance.choice(END_REASONS) if contact.ended else "", follow_up_owner=coordinator.id,
            follow_up_name=coordinator.name, answered_on=None if contact.state == "enquiry" else contact.since,
            candidate_id=contact.candidate_id, lent_hours=contact.lent, created_at=at(contact.since, 9),
        )  # fmt: skip
        shown = contact.since - timedelta(days=chance.randint(2, 12))
        signed = shown + timedelta(days=1)
        half = not vetted and contact.state == "vetting" and chance.often(0.5)
        if vetted or half:
            town.rows.add(
                Vetting, tenant_id=town.id, id=chance.id_at(shown), contact_id=contact.id,
                police_shown_on=shown if vetted else None, police_seen_by=coordinator.id if vetted else None,
                police_seen_name=coordinator.name if vetted else "", confidentiality_signed_on=signed,
                confidentiality_seen_by=coordinator.id, confidentiality_seen_name=coordinator.name,
            )  # fmt: skip
        if vetted:
            _write_agreement(town, contact, coordinator.name)


def _write_agreement(town: Town, contact: Contact, signed_by: str) -> None:
    """The agreement: nearly all signed on the first day, a few not yet, some for a time that is soon over."""
    contractor = town.chance.often(0.05)
    mark = contact.id.int % 29
    fresh = contact.since > town.as_of - timedelta(days=150) and mark % 6 == 0
    signed = None if fresh and contact.ended is None else contact.since
    soon_over = mark == 1 and contact.ended is None and not contractor
    town.rows.add(
        Engagement, tenant_id=town.id, id=town.chance.id_at(contact.since), contact_id=contact.id,
        kind="contractor" if contractor else "employee", hours_per_week=contact.wants, valid_from=contact.since,
        valid_to=town.as_of + timedelta(days=33) if soon_over else contact.ended,
        fixed_term="temporary" if soon_over else "",
        reasons="Har eget firma og tar oppdrag for flere." if contractor else "",
        signs=["own_business"] if contractor and mark % 2 else ["personal", "directed"] if contractor else [],
        signed_by_contact_on=signed, signed_by_municipality_on=signed, signed_by_name=signed_by if signed else "",
        end_reason="left" if contact.ended else "",
    )  # fmt: skip
