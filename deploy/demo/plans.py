"""What happens while assignments last: first meetings, plans of activities, pauses, meetings that came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from deploy.demo import words
from deploy.demo.chance import Chance, at
from deploy.demo.work import RICH, Row, Work, weekday
from tenants.assignments.models import (
    ActivityItem,
    ActivityPlan,
    Assignment,
    AssignmentPause,
    FirstMeeting,
    NoShow,
    ServiceOrder,
)

OWN_WORDS = (
    "Jeg vil bestemme annenhver gang. Og ha med matpakke.", "Vi begynner med det jeg kan fra før.",
    "Ikke for mange folk. Helst ute når det er fint.", "Jeg vil lære å ta bussen alene til sommeren.",
)  # fmt: skip
WHEN = ("Annenhver uke", "I høstferien", "Når det er fint vær", "Før jul", "")
STORY_PLAN = (
    ("Klatre på den store veggen", "Hver tirsdag", True), ("Ta bussen hjem", "Etter klatringen", True),
    ("Bygge lego på biblioteket", "Én lørdag i måneden", True), ("Gå på kino", "Når det kommer en ny film", False),
    ("Lage pizza", "Før jul", False),
)  # fmt: skip
STORY_WORDS = "Jeg vil klatre på den store veggen, og bygge lego når det regner."


def write_plans(work: Work) -> None:
    """In every town some plans; in the rich ones everything else too."""
    chance = work.stream("plans")
    rows = sorted(work.ordinary(), key=lambda row: str(row["id"]))
    chance.shuffle(rows)
    for row in rows[: 30 if work.horten else 4]:
        _plan(work, chance, row)
    for contact in (one for one in work.at_work() if one.taken):
        for row in [one for one in work.running[contact.id] if one["form"] == "individual"][:1]:
            _story_plan(work, chance, row)
    if work.town.place.code not in RICH and len(rows) < 20:
        return
    _meet_soon(work, chance)
    _lately(work, chance, sorted(rows, key=lambda row: (row["starts_on"], str(row["id"])))[-6:])
    _pause(work, chance, rows[36:40])
    _no_shows(work, chance, rows[40:46])
    for row in rows[46:47]:
        work.town.rows.amend(
            Assignment, row["id"], stop_wish_on=work.as_of - timedelta(days=2), stop_wish_reason="contact_study",
            stop_wish_words="Jeg begynner å studere i Bergen etter jul. Kan vi få til en fin avslutning?",
        )  # fmt: skip


# Plans ----------------------------------------------------------------------------------------------------------------
def _plan(work: Work, chance: Chance, row: Row) -> None:
    life = next(life for life in work.lives if life.person.id == row["person_id"])
    items = [(words.meeting(chance, life.interests).rstrip("."), chance.choice(WHEN), chance.often(0.5))
             for _ in range(chance.randint(2, 4))]  # fmt: skip
    took = "De to og mor" if life.purchaser != "adult" else "De to selv"
    _write_plan(work, chance, row, chance.choice(OWN_WORDS), took, list(dict.fromkeys(items)))


def _story_plan(work: Work, chance: Chance, row: Row) -> None:
    _write_plan(work, chance, row, STORY_WORDS, "Jonas, Amund og mor", STORY_PLAN)


def _write_plan(work: Work, chance: Chance, row: Row, own: str, took: str,
                items: Sequence[tuple[str, str, bool]]) -> None:  # fmt: skip
    agreed = min(max(row["starts_on"] + timedelta(days=7), work.as_of - timedelta(days=160)), work.as_of)
    town = work.town
    town.rows.add(
        ActivityPlan, tenant_id=town.id, id=chance.id_at(agreed), assignment_id=row["id"], own_words=own,
        agreed_on=agreed, took_part=took, created_at=at(agreed, 15),
    )  # fmt: skip
    for number, (what, when, done) in enumerate(items):
        town.rows.add(
            ActivityItem, tenant_id=town.id, id=chance.id_at(agreed + timedelta(minutes=number)),
            assignment_id=row["id"], what=what, when_words=when, added_as="contact" if number == 3 else "staff",
            done_on=chance.day(agreed, work.as_of) if done else None, created_at=at(agreed, 15, number),
        )  # fmt: skip


# Meetings -------------------------------------------------------------------------------------------------------------
def _meet_soon(work: Work, chance: Chance) -> None:
    """Somebody who waits has been given a contact, and a day is agreed for the first meeting."""
    waiting = [
        life for life in work.lives
        if life.state == "waiting" and life.need_id is None and life.written and life.forms == ("individual",)
        and not life.shielded and life.person.name != "Odin Viken" and life.written.orders
    ]  # fmt: skip
    free = [
        one for one in work.contacts
        if one.state == "engaged" and not one.taken and one.wants - one.hours_on(work.as_of) >= 4
        and one.candidate_id is None
    ]  # fmt: skip
    town = work.town
    for life, contact in zip(waiting[-1:], free, strict=False):
        assert life.written is not None
        day = weekday(work.as_of + timedelta(days=5))
        planned = chance.id_at(work.as_of - timedelta(days=1))
        order = next(row for row in town.rows.of(ServiceOrder) if row["id"] == life.written.orders[-1])
        town.rows.add(
            Assignment, tenant_id=town.id, id=planned, order_id=order["id"], case_id=life.written.case_id,
            person_id=life.person.id, contact_id=contact.id, form="individual", state="planned", source="home",
            amount=life.weekly, unit="week", starts_on=None, ended_on=None, revealed_at=at(work.as_of - timedelta(days=1), 9),
            created_at=at(work.as_of - timedelta(days=1), 9),
        )  # fmt: skip
        town.rows.amend(ServiceOrder, order["id"], state="filled")
        for kind, ahead, hour, place in (
            ("trial", 2, 16, "Biblioteket"),
            ("first", 0, 17, "Rådhuset, møterom 1"),
        ):
            town.rows.add(
                FirstMeeting, tenant_id=town.id, id=chance.id_at(work.as_of - timedelta(days=1)), assignment_id=planned,
                kind=kind, on_day=min(day, weekday(work.as_of + timedelta(days=2))) if ahead else day, at=time(hour),
                place=place, takes_part="Bruker, støttekontakt og koordinator", state="agreed",
            )  # fmt: skip


def _lately(work: Work, chance: Chance, rows: Sequence[Row]) -> None:
    """First meetings that were held, one of them after the first time came to nothing."""
    for number, row in enumerate(rows):
        day = row["starts_on"]
        if number == 0:
            _first(work, chance, row, day - timedelta(days=6), "missed", "Ble syk. Ny dag er avtalt.")
        _first(work, chance, row, day, "held", "De møttes på rådhuset, og gikk en tur etterpå.")


def _first(work: Work, chance: Chance, row: Row, day: date, state: str, note: str) -> None:
    work.town.rows.add(
        FirstMeeting, tenant_id=work.town.id, id=chance.id_at(day), assignment_id=row["id"], kind="first", on_day=day,
        at=time(16), place="Rådhuset", takes_part="Bruker, støttekontakt og koordinator", state=state,
        missed_by="user" if state == "missed" else "", note=note, created_at=at(day, 10),
    )  # fmt: skip


# Pauses and meetings that came to nothing -------------------------------------------------------------------------------
def _pause(work: Work, chance: Chance, rows: Sequence[Row]) -> None:
    """One that is over, one for a holiday, and one without a last day: the assignment rests."""
    as_of, town = work.as_of, work.town
    told = (
        (as_of - timedelta(days=80), as_of - timedelta(days=59), "user_illness", "Operert, trenger ro."),
        (as_of + timedelta(days=20), as_of + timedelta(days=41), "holiday", "Reiser bort over jul."),
        (as_of - timedelta(days=9), None, "hospital", "Innlagt. Vi hører fra pårørende."),
    )
    for row, (first, last, reason, note) in zip(rows, told, strict=False):
        town.rows.add(
            AssignmentPause, tenant_id=town.id, id=chance.id_at(min(first, as_of)), assignment_id=row["id"],
            first_day=first, last_day=last, reason=reason, note=note,
        )  # fmt: skip
        if first <= as_of:
            work.quiet.append((row["id"], first, last))
        if last is None:
            rest(work, row)


def rest(work: Work, row: Row) -> None:
    """The assignment is paused now: neither hours nor lists count it as running, and what was met since is taken away."""
    work.town.rows.amend(Assignment, row["id"], state="paused")
    work.running[row["contact_id"]].remove(row)
    if not work.running[row["contact_id"]]:
        del work.running[row["contact_id"]]


def _no_shows(work: Work, chance: Chance, rows: Sequence[Row]) -> None:
    """Three in a row with one, and single ones with others."""
    as_of, town = work.as_of, work.town
    for number, row in enumerate(rows):
        days = (3, 10, 17) if number == 0 else (5 + 7 * number,)
        if number == 0:
            work.quiet.append((row["id"], as_of - timedelta(days=18), None))
        for back, ago in enumerate(days):
            told = number > 2 or back == 2
            town.rows.add(
                NoShow, tenant_id=town.id, id=chance.id_at(as_of - timedelta(days=ago)), assignment_id=row["id"],
                on_day=as_of - timedelta(days=ago), who="contact" if number == 4 else "user", told=told,
                words="Ringte, men fikk ikke svar." if not told else "Sa fra samme dag.",
                noted_as="staff" if number == 3 else "contact", created_at=at(as_of - timedelta(days=ago), 19),
            )  # fmt: skip
