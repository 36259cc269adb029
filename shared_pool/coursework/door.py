"""The holder's side: who is expected today, who came, and exams. Every answer comes from the database's own functions, which
know who holds the course; a name from another municipality is on the page on the day alone (ADR 0060).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sammen.audit.trail import record_change, record_read
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.courses.api import signups_in
from shared_pool.coursework.queries import nameable
from shared_pool.coursework.rules import STATES, minutes_there
from shared_pool.daylists.api import read_cards

_DOORS = "SELECT * FROM sammen.course_doors($1)"
_SEATS = "SELECT * FROM sammen.course_seats_at($1)"
_NOTE = "SELECT sammen.note_presence($1, $2, $3, $4) AS answer"
_EXAMS = "SELECT * FROM sammen.course_exams($1)"
_EXAM = "SELECT sammen.note_exam($1, $2, $3, $4, $5) AS answer"
_VOICES = "SELECT useful, teaching, words FROM sammen.course_voices($1)"
OPENS = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
REFUSED = {
    "early": N_("Samlingen har ikke begynt. Lista åpner en time før."),
    "late": N_("Det er mer enn 30 dager siden. Si fra til kommunen som deltakeren kommer fra."),
}
EXAM_REFUSED = {
    "soon": N_("Det må gå %(days)s dager mellom to forsøk. Velg en senere dag."),
    "passed": N_("Deltakeren har allerede bestått."),
    "future": N_("Velg en dag fra kurset begynte til og med i dag."),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A session that the reader holds. Of its `seats`, `noted` have something written, and `came` were there."""

    id: UUID
    course_id: UUID
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str
    topic: str
    seats: int
    noted: int
    came: int

    @property
    def day(self) -> date:
        """Its Norwegian day."""
        return self.starts_at.astimezone(OSLO).date()

    @property
    def on_today(self) -> bool:
        """Whether names from other municipalities may be read."""
        return self.day == today()

    @property
    def open(self) -> bool:
        """Whether one may note who comes."""
        return now() >= self.starts_at - OPENS

    @property
    def begun(self) -> bool:
        """Whether it has begun, and who has not come may be noted as such."""
        return now() >= self.starts_at + QUARTER

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ends_at <= now()


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat at a session. `name` is "" where it may not stand: another day, or somebody whom nobody may name."""

    id: UUID
    home_id: UUID
    home: str
    name: str
    state: str
    minutes: int
    by_self: bool
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExamSeat:
    """A seat with its newest result ("" when there is none), and how many tries there have been."""

    id: UUID
    home_id: UUID
    home: str
    name: str
    minutes: int
    result: str
    taken_on: date | None
    set_by: str
    tries: int


async def doors(uow: UnitOfWork, course_id: UUID) -> Sequence[Door]:
    """The sessions of a course that the reader holds, in their order. Raises NotFound when there is none."""
    found = [Door(**dict(row)) for row in await uow.call(_DOORS, course_id)]
    if not found:
        raise NotFound
    return found


async def door(uow: UnitOfWork, course_id: UUID, session_id: UUID) -> Door:
    """One session that the reader holds. Raises NotFound."""
    for one in await doors(uow, course_id):
        if one.id == session_id:
            return one
    raise NotFound


async def _own_names(uow: UnitOfWork, course_id: UUID) -> Mapping[UUID, tuple[str, UUID | None]]:
    """In a municipality: seat → (name, person) of its own, those left out whom nobody may name on a list."""
    if uow.context.tenant_id is None:
        return {}
    mine = [one for one in await signups_in(uow, course_id) if one.seated]
    plain = await nameable(uow, [one.contact_id for one in mine if one.contact_id is not None])
    return {
        one.enrolment_id: (one.name, one.person_id)
        for one in mine
        if one.enrolment_id is not None and (one.contact_id is None or one.contact_id in plain)
    }


async def names_today(uow: UnitOfWork, here: Door) -> Mapping[UUID, str]:
    """Seat → name for who holds the session: one's own municipality's on any day, the others' on the day. Both readings are
    logged, each where the person belongs.
    """
    own = await _own_names(uow, here.course_id)
    persons = sorted({who for _, who in own.values() if who is not None})
    if persons:
        await record_read(
            uow, "course.day_list", persons, why=N_("Dagslista for kurset"), object_kind="session", object_id=here.id
        )  # fmt: skip
    names = {seat: name for seat, (name, _) in own.items()}
    if here.on_today:
        names |= {one.seat_id: one.facts.name for one in await read_cards(uow, "course_day_list", here.id)}
    return names


async def seats_at(uow: UnitOfWork, here: Door) -> Sequence[Seat]:
    """Everybody with a seat at the session, by name; those without a name last."""
    names = await names_today(uow, here)
    found = [
        Seat(
            row["seat_id"], row["home_id"], row["home"], names.get(row["seat_id"], ""), row["state"], row["minutes"],
            row["by_self"], row["noted_at"],
        )
        for row in await uow.call(_SEATS, here.id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.name, one.name.casefold(), one.home, one.id))


async def note_presence(
    uow: UnitOfWork, here: Door, seat_id: UUID, state: str, at: datetime | None = None
) -> None:
    """Note how somebody was at the session; `at` is when they came or went. The same again changes nothing.

    Raises Invalid before the list opens, or more than thirty days after; NotFound for a seat that is not in the course.
    """
    if state not in STATES:
        raise Invalid.one("hvordan", N_("Velg hvordan det var."))
    minutes = minutes_there(state, here.starts_at, here.ends_at, at)
    answer = (await uow.call(_NOTE, here.id, seat_id, state, minutes))[0]["answer"]
    if answer == "unknown":
        raise NotFound
    if answer != "saved":
        raise Invalid.one("hvordan", REFUSED[answer])


async def note_came(uow: UnitOfWork, here: Door, seats: Sequence[UUID], *, late: bool = False) -> int:
    """Note that these have come; how many. `late`: that they came just now, more than a quarter of an hour into the session.
    Else they were there from the start, whenever it is written: who ticks in the break takes hours from nobody.
    """
    state, at = arriving(here, now()) if late else ("present", None)
    for seat_id in seats:
        await note_presence(uow, here, seat_id, state, at)
    if seats:
        await record_change(uow, "course.presence", "session", here.id, seats=len(seats))
    return len(seats)


def arriving(here: Door, moment: datetime) -> tuple[str, datetime | None]:
    """(state, when) of who came at a moment: on time until a quarter past the start, and when it is written up after the
    end, since nobody then knows better.
    """
    late = here.starts_at + QUARTER < moment < here.ends_at
    return ("late", moment) if late else ("present", None)


async def note_rest_absent(uow: UnitOfWork, here: Door) -> int:
    """Note that everybody of whom nothing is written did not come; how many. Raises Invalid before it has begun."""
    if now() < here.starts_at + QUARTER:
        raise Invalid.one(
            "", N_("Vent til kurset har vart i et kvarter. Da kan du føre resten som ikke møtt.")
        )
    rest = [row["seat_id"] for row in await uow.call(_SEATS, here.id) if not row["state"]]
    for seat_id in rest:
        await note_presence(uow, here, seat_id, "absent")
    await record_change(uow, "course.presence", "session", here.id, seats=len(rest))
    return len(rest)


# Exams ----------------------------------------------------------------------------------------------------------------
async def exam_seats(uow: UnitOfWork, course_id: UUID) -> Sequence[ExamSeat]:
    """The course's seats with results, for who holds it. Names as on the list of a session that is on today."""
    held = await doors(uow, course_id)
    now_on = next((one for one in held if one.on_today), held[0])
    names = await names_today(uow, now_on)
    found = [
        ExamSeat(
            row["seat_id"], row["home_id"], row["home"], names.get(row["seat_id"], ""), row["minutes"], row["result"],
            row["taken_on"], row["set_by"], row["tries"],
        )
        for row in await uow.call(_EXAMS, course_id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.name, one.name.casefold(), one.home, one.id))


async def note_exam(
    uow: UnitOfWork, course_id: UUID, seat_id: UUID, result: str, taken_on: date, *, retake_days: int
) -> None:
    """Note a result, in the reader's name. The same day again puts it right; another day is a new try.

    Raises Invalid for a day outside the course, a try too soon after the last (`retake_days`), or after a pass; NotFound
    for a seat that is not in a course the reader holds.
    """
    if result not in ("passed", "failed"):
        raise Invalid.one("resultat", N_("Velg bestått eller ikke bestått."))
    answer = (await uow.call(_EXAM, course_id, seat_id, result, taken_on, uow.context.user_name))[0]["answer"]
    if answer == "unknown":
        raise NotFound
    if answer != "saved":
        raise Invalid.one("dag", EXAM_REFUSED[answer], days=retake_days)
    await record_change(uow, "course.exam", "enrolment", seat_id, taken_on=taken_on)


# What participants thought ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Voices:
    """What five or more participants said: two means of one to five, and their own words in no order."""

    count: int
    useful: float
    teaching: float
    words: Sequence[str]


async def voices(uow: UnitOfWork, course_id: UUID) -> Voices | None:
    """What participants thought, for who holds the course; None until five may be shown together."""
    rows = await uow.call(_VOICES, course_id)
    if not rows:
        return None
    count = len(rows)
    return Voices(
        count, sum(row["useful"] for row in rows) / count, sum(row["teaching"] for row in rows) / count,
        [row["words"] for row in rows if row["words"]],
    )  # fmt: skip
