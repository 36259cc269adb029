"""Concerns: one that nobody has taken, one that is followed up, one that is closed; and a contact who is suspended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.plans import rest
from deploy.demo.work import RICH, Row, Work
from sammen.policy.roles import Role
from tenants.assignments.models import AssignmentPause
from tenants.concerns.models import Concern, ConcernStep, Suspension
from tenants.contacts.models import ContactStep, SupportContact

Step = tuple[int, str, str]
"""Days ago, what kind, and words."""


def write_hard_days(work: Work) -> None:
    """All of it where a contact can log in, and in the town with the longest queue."""
    if work.town.place.code not in RICH and work.town.place.code != "0709":
        return
    chance = work.stream("hard days")
    rows = work.ordinary()
    rows.sort(key=lambda row: str(row["id"]), reverse=True)
    told = [
        (one, row) for one in work.at_work() if one.taken
        for row in work.running[one.id] if row["form"] == "individual" and row["case_id"] not in work.shielded
    ]  # fmt: skip
    for contact, row in told[:1]:
        _concern(work, chance, row, 1, "Han var lei seg hele tida, og ville ikke si hvorfor. Han hadde ikke spist.",
                 told_as="contact", told_by=(work.persons[contact.person.id]["user_id"], contact.person.name))  # fmt: skip
    manager = work.town.staff[Role.MANAGER][0]
    for row in rows[:1]:
        _concern(
            work, chance, row, 2, "Ringte meg sent på kvelden og var redd. Roligere etterpå. Bør følges opp."
        )
    for row in rows[1:2]:
        _concern(
            work, chance, row, 11, "Sier at det er tomt i kjøleskapet mot slutten av måneden, og er mye alene.",
            steps=((10, "talked", "Snakket med støttekontakten. Det har vart siden sommeren."),
                   (8, "manager", "Tatt opp med leder. Vi ber om et møte."), (3, "talked", "Møte er avtalt neste uke.")),
        )  # fmt: skip
    for row in rows[2:3]:
        _concern(
            work, chance, row, 64, "Kom hjem med blåmerker, og sa at han hadde falt på sykkel.",
            steps=((63, "talked", "Snakket med foreldrene. Falt på vei fra skolen, lege er oppsøkt."),
                   (58, "note", "Skolen bekrefter.")),
            closed=("unfounded", "Forklart og bekreftet. Støttekontakten fikk vite at det var rett å si fra.", 57),
        )  # fmt: skip
    able = [row for row in rows[3:] if len(work.running[row["contact_id"]]) == 1]
    for row in able[:1] if work.horten else ():
        _suspend(work, chance, row, (manager.id, manager.name))


def _concern(work: Work, chance: Chance, row: Row, days: int, happened: str, *, about: str = "user",
             told_as: str = "staff", told_by: tuple[UUID, str] | None = None, steps: Sequence[Step] = (),
             closed: tuple[str, str, int] | None = None) -> UUID:  # fmt: skip
    """One concern with what was done; taken by the coordinator when anything was."""
    town, owner = work.town, work.coordinator
    when = at(work.as_of - timedelta(days=days), 9, 20)
    concern = chance.id_at(when)
    state = "closed" if closed else "taken" if steps else "new"
    who, name = told_by or (owner.id, owner.name)
    more: dict[str, Any] = {}
    if steps:
        more |= {"taken_by": owner.id, "taken_by_name": owner.name, "taken_at": when + timedelta(hours=2)}
    if closed:
        outcome, words, ago = closed
        more |= {"outcome": outcome, "outcome_words": words, "closed_on": work.as_of - timedelta(days=ago)}
    town.rows.add(
        Concern, tenant_id=town.id, id=concern, case_id=row["case_id"], assignment_id=row["id"],
        contact_id=row["contact_id"] if about == "contact" else None, about=about, happened=happened, told_as=told_as,
        told_by=who, told_by_name=name, state=state, created_at=when, **more,
    )  # fmt: skip
    for ago, kind, words in steps:
        day = work.as_of - timedelta(days=ago)
        town.rows.add(
            ConcernStep, tenant_id=town.id, id=chance.id_at(at(day, 12)), concern_id=concern, kind=kind, on_day=day,
            words=words, by_id=owner.id, by_name=owner.name, created_at=at(day, 12),
        )  # fmt: skip
    return concern


def _suspend(work: Work, chance: Chance, row: Row, manager: tuple[UUID, str]) -> None:
    """A parent has told of money that is gone: the contact meets nobody while it is looked into."""
    town, since = work.town, work.as_of - timedelta(days=4)
    concern = _concern(
        work, chance, row, 5, "Det mangler penger etter turene, og historiene stemmer ikke.", about="contact",
        steps=((4, "manager", "Leder har tatt støttekontakten ut av tjeneste mens vi undersøker."),
               (3, "talked", "Snakket med begge parter, hver for seg.")),
    )  # fmt: skip
    contact = work.contact(row["contact_id"])
    town.rows.add(
        Suspension, tenant_id=town.id, id=chance.id_at(since), contact_id=contact.id, concern_id=concern, since=since,
        reason="Penger mangler etter turer. Undersøkes.", suspended_by=manager[0], suspended_by_name=manager[1],
        created_at=at(since, 15),
    )  # fmt: skip
    town.rows.amend(SupportContact, contact.id, state="suspended", suspended_on=since)
    contact.state = "suspended"
    town.rows.add(
        ContactStep, tenant_id=town.id, id=chance.id_at(at(since, 15)), contact_id=contact.id, was="engaged",
        state="suspended", happened_on=since, noted_at=at(since, 15), noted_by=manager[0], noted_by_name=manager[1],
    )  # fmt: skip
    town.rows.add(
        AssignmentPause, tenant_id=town.id, id=chance.id_at(since), assignment_id=row["id"], first_day=since,
        last_day=None, reason="suspended",
    )  # fmt: skip
    work.quiet.append((row["id"], since, None))
    rest(work, row)
