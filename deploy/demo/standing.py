"""What the pool rests on: who answers for a municipality, what the weights are, and what is said of somebody who stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Colleague, Making, Town
from sammen.policy.roles import Role
from shared_pool.engine.weights import DEFAULT, Weights
from shared_pool.matching.models import PoolDecider
from shared_pool.recruitment.models import BrokenCommitment, Candidate, PoolConsent, PoolObjection, PoolWish
from shared_pool.weighing.models import MatchingWeights
from tenants.assignments.models import Assignment
from tenants.contacts.models import ContactCompetence, ContactInterview, ContactReference, SupportContact

DECIDED_IN: Final = (HORTEN, RE, "0709")
DEPUTY: Final = "Liv Brenna"
FIRST_WEIGHTS: Final = Weights(
    {
        1: {"interests": 35, "times": 30, "stability": 15, "distance": 10, "courses": 10},
        2: {"interests": 35, "times": 30, "stability": 15, "distance": 10, "courses": 10},
        3: {"interests": 35, "times": 25, "stability": 20, "distance": 10, "courses": 10},
    },
    max_km=60,
)
NEARER: Final = Weights(
    {
        1: {"interests": 25, "times": 25, "stability": 20, "distance": 20, "courses": 10},
        2: {"interests": 23, "times": 22, "stability": 28, "distance": 18, "courses": 9},
        3: {"interests": 20, "times": 20, "stability": 35, "distance": 17, "courses": 8},
    },
    max_km=30,
)
SAID: Final = {
    "motivation": "Vil gjøre noe som betyr noe for en annen. Har selv hatt støttekontakt i familien.",
    "experience": "To somre på leir, og trener for jenter 11 i håndball.",
    "wants": "Helst en tenåring som liker å være i aktivitet. Ettermiddager.",
    "limits": "Kan ikke løfte tungt, og er borte i uke 8.",
}


def write_standing(making: Making, towns: Sequence[Town], coordinator: UUID) -> None:
    """Everything. `coordinator`: the shared one's user id."""
    by_code = {town.place.code: town for town in towns}
    for code in DECIDED_IN:
        if code in by_code:
            _write_deciders(making, by_code[code])
    _write_weights(making, coordinator)
    if HORTEN in by_code:
        _write_stability(making, by_code[HORTEN])
        _write_talks(making, by_code[HORTEN])


def teach(making: Making) -> None:
    """Sindre has taken the basic course, which is what tells him from the next best."""
    found = next((row for row in making.rows.of(Candidate) if row["code"] == "K-118"), None)
    contact = next(
        (row for row in making.rows.of(SupportContact) if found and row.get("candidate_id") == found["id"]),
        None,
    )
    if contact is None or any(
        row["contact_id"] == contact["id"] and row["code"] == "intro_course"
        for row in making.rows.of(ContactCompetence)
    ):
        return
    day = making.began + timedelta(days=40)
    making.rows.add(
        ContactCompetence, tenant_id=contact["tenant_id"], id=Chance("teach").id_at(day), contact_id=contact["id"],
        code="intro_course", completed_on=day, place="Vestfoldsamarbeidet",
    )  # fmt: skip


def _write_deciders(making: Making, town: Town) -> None:
    """The coordinator answers, and a deputy does when they are away; in Horten somebody did before."""
    chance, since = Chance(f"deciders/{town.place.code}"), making.as_of - timedelta(days=140)
    manager, decider = town.staff[Role.MANAGER][0], town.staff[Role.PROVIDER_COORDINATOR][0]
    deputy = None
    if town.place.code == HORTEN:
        # Beside the others, so that nothing that is drawn among coordinators falls on them.
        user = making.add_user(DEPUTY, town.place.slug, [(Role.PROVIDER_COORDINATOR, town.id)])
        deputy = Colleague(user, DEPUTY)
    named: list[tuple[Colleague, bool, date, date | None]] = [(decider, False, since, None)]
    if deputy is not None:
        named += [
            (deputy, False, since - timedelta(days=200), since - timedelta(days=1)),
            (deputy, True, since, None),
        ]
    for who, second, first, last in named:
        making.rows.add(
            PoolDecider, tenant_id=town.id, id=chance.id_at(first), user_id=who.id, name=who.name, deputy=second,
            valid_from=first, valid_to=last, named_by_name=manager.name, created_at=at(first, 10),
        )  # fmt: skip


def _write_weights(making: Making, coordinator: UUID) -> None:
    """Two adopted versions, the later of which holds, and one that was tried this week."""
    chance = Chance("weights")
    versions: tuple[tuple[int, str, int | None, Weights, str], ...] = (
        (210, "adopted", 1, FIRST_WEIGHTS, "Den første versjonen, som vi ble enige om på oppstartsmøtet."),
        (75, "adopted", 2, DEFAULT,
         "Noen brukere som trenger forutsigbarhet, mistet kontakten etter få uker. Det å bli lenge teller mer."),
        (2, "tried", None, NEARER, ""),
    )  # fmt: skip
    for days, state, number, weights, why in versions:
        made = making.as_of - timedelta(days=days)
        making.rows.add(
            MatchingWeights, region_id=making.region_id, id=chance.id_at(made), state=state, number=number,
            weights=weights.to_json(), why=why, made_by=coordinator, made_at=at(made, 13),
        )  # fmt: skip


# Those who stay, and those who come -------------------------------------------------------------------------------------
def _write_stability(making: Making, town: Town) -> None:
    """In the pool: one who objects, one who ended too early, and one whose yes is soon over."""
    rows, as_of, chance = making.rows, making.as_of, Chance("stability")
    own = [row for row in rows.of(Candidate) if row["home_id"] == town.id and row["code"] != "K-074"]
    contacts = {row["candidate_id"]: row for row in rows.of(SupportContact) if row.get("candidate_id")}
    free = sorted(own, key=lambda row: str(row["code"]))
    if len(free) < 3:
        return
    objects, broke, lapses = free[:3]
    rows.add(
        PoolObjection, tenant_id=town.id, id=chance.id_at(as_of), contact_id=contacts[objects["id"]]["id"], about="longest",
        broken_id=None, words="Jeg var støttekontakt i Larvik i to år før.", said_on=as_of - timedelta(days=2),
    )  # fmt: skip
    rows.amend(Candidate, objects["id"], stability_seen_at=None)  # nothing of it counts while it waits
    _end_early(making, town, broke, contacts[broke["id"]]["id"], chance)
    until = as_of + timedelta(days=10)
    given = until - timedelta(days=365)
    rows.amend(Candidate, lapses["id"], consent_on=given, consent_until=until)
    for row in rows.of(PoolConsent):
        if row["contact_id"] == contacts[lapses["id"]]["id"]:
            rows.amend(PoolConsent, row["id"], given_on=given, until=until)


def _end_early(making: Making, town: Town, candidate: dict[str, Any], contact: UUID, chance: Chance) -> None:
    """An assignment the contact left after five months, of the twelve that were promised."""
    over = [
        row for row in making.rows.of(Assignment)
        if row["tenant_id"] == town.id and row["state"] == "ended" and row["starts_on"] and row["ended_on"]
        and row.get("role", "regular") == "regular"
    ]  # fmt: skip
    theirs = [
        row
        for row in over
        if row["contact_id"] == contact and (row["ended_on"] - row["starts_on"]).days < 330
    ]
    if not theirs:
        return
    row = theirs[-1]
    making.rows.amend(Assignment, row["id"], end_reason="contact_left")
    making.rows.add(
        BrokenCommitment, tenant_id=town.id, id=chance.id_at(row["ended_on"]), contact_id=contact, assignment_id=row["id"],
        promised_months=12, lasted_months=(row["ended_on"] - row["starts_on"]).days // 31, ended_on=row["ended_on"],
        excused_on=None,
    )  # fmt: skip
    making.rows.amend(Candidate, candidate["id"], broken_by_choice=1)
    for wish in making.rows.of(PoolWish):
        if wish["contact_id"] == contact:
            making.rows.amend(PoolWish, wish["id"], seen_broken=1)


def _write_talks(making: Making, town: Town) -> None:
    """What came up in the first talk, a reference who may be asked, and one who said yes to the pool in the form."""
    rows, as_of, chance = making.rows, making.as_of, Chance("talks")
    held = {
        row["contact_id"]: row
        for row in rows.of(ContactInterview)
        if row["tenant_id"] == town.id and row["held_on"]
    }
    for contact, row in held.items():
        rows.amend(ContactInterview, row["id"], **SAID)
        for name, phone, asked in (("Eva Strand", "680 51 442", True), ("Nils Berge", "680 52 118", False)):
            rows.add(
                ContactReference, tenant_id=town.id, id=chance.id_at(row["held_on"]), contact_id=contact, name=name,
                phone=phone, relation="Leder i håndballklubben" if asked else "Leirsjef", consent_on=row["held_on"],
                asked_on=min(row["held_on"] + timedelta(days=1), as_of) if asked else None,
                asked_by_name=town.staff[Role.PROVIDER_COORDINATOR][0].name if asked else "",
                said="Alltid tidsnok, og ungene stoler på henne." if asked else "",
            )  # fmt: skip
    waiting = next(
        (row for row in rows.of(SupportContact) if row["tenant_id"] == town.id and row["state"] == "vetting"),
        None,
    )
    if waiting is not None:
        rows.add(
            PoolConsent, tenant_id=town.id, id=chance.id_at(waiting["created_at"]), contact_id=waiting["id"], use="pool",
            municipalities=sorted({row["home_id"] for row in rows.of(Candidate)}), given_on=waiting["created_at"].date(),
            until=waiting["created_at"].date() + timedelta(days=365), how="form",
        )  # fmt: skip
