"""What a participant does: tells that they have come, with the code at the door, and says what they thought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.web.visitor import visitors_proof
from shared_pool.courses.api import CourseCard, SessionCard, SignupCard, course_card, sessions_of, signups_of
from shared_pool.coursework.codes import door_code
from shared_pool.coursework.queries import answered_seats, standings
from shared_pool.coursework.rules import Standing
from tenants.api import own_contact

OPENS = timedelta(minutes=45)
ANSWER_DAYS = 21
_TRY = "SELECT sammen.check_in_try($1) AS free"
_IN = "SELECT sammen.check_in($1, $2, $3, $4) AS answer"
_SAY = "SELECT sammen.course_say($1, $2, $3, $4) AS answer"
WRONG = N_("Koden stemmer ikke. Se etter på plakaten i døra, og skriv de seks tallene på nytt.")
TOO_MANY = N_("Du har prøvd mange ganger. Si fra til den som holder kurset, så fører de deg opp.")
CLOSED = N_("Du kan bare melde fra mens samlingen varer. Si fra til den som holder kurset.")


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A course the reader has a seat in, and where they stand. `open_now`: the session one may check in to."""

    card: CourseCard
    signup: SignupCard
    seat_id: UUID
    standing: Standing
    open_now: SessionCard | None
    asked: bool
    """Whether it is time to say what they thought, and they have not."""

    @property
    def checked_in(self) -> bool:
        """Whether something is noted of the session that is on."""
        now_on = self.open_now
        return now_on is not None and any(
            one.session_id == now_on.id and one.state for one in self.standing.meetings
        )


async def own_course(uow: UnitOfWork, course_id: UUID) -> OwnCourse:
    """The reader's own seat in a course. Raises NotFound when they have none."""
    contact = await own_contact(uow)
    mine = (await signups_of(uow, contact)).get(course_id) if contact is not None else None
    if mine is None:
        raise NotFound
    return await _own(uow, await course_card(uow, course_id), mine)


async def _own(uow: UnitOfWork, card: CourseCard, mine: SignupCard) -> OwnCourse:
    if mine.enrolment_id is None:
        raise NotFound
    sessions = await sessions_of(uow, card.id)
    standing = (await standings(uow, card, {mine.id: mine.enrolment_id}, sessions))[mine.id]
    moment = now()
    open_now = next(
        (one for one in sessions if one.planned and one.starts_at - OPENS <= moment <= one.ends_at), None
    )
    over = standing.over and moment <= card.ends_at + timedelta(days=ANSWER_DAYS)
    asked = over and mine.enrolment_id not in await answered_seats(uow, [mine.enrolment_id])
    return OwnCourse(card, mine, mine.enrolment_id, standing, open_now, asked)


async def own_courses(uow: UnitOfWork, cards: Sequence[CourseCard]) -> Sequence[OwnCourse]:
    """Those of the courses the reader has a seat in."""
    contact = await own_contact(uow)
    mine = await signups_of(uow, contact) if contact is not None else {}
    return [
        await _own(uow, card, mine[card.id]) for card in cards if card.id in mine and mine[card.id].seated
    ]


async def check_in(uow: UnitOfWork, own: OwnCourse, typed: str) -> bool:
    """Tell that one has come, with the code at the door: whether it was right. A wrong one is kept as a try, so the caller
    answers it without undoing the transaction. What the holder has noted stands.

    Raises Conflict when no session is on.
    """
    if own.open_now is None:
        raise Conflict(CLOSED)
    if not (await uow.call(_TRY, own.seat_id))[0]["free"]:
        raise Conflict(TOO_MANY)
    session = own.open_now.id
    if "".join(sign for sign in typed if sign.isdigit()) != door_code(uow.keys, session):
        return False
    message = f"course.check_in|{session}|{own.seat_id}|{uow.context.user_id}"
    answer = (await uow.call(_IN, session, own.seat_id, *visitors_proof(uow.keys, message)))[0]["answer"]
    if answer not in ("in", "already"):
        raise Conflict(CLOSED)
    return True


async def say(uow: UnitOfWork, own: OwnCourse, useful: int, teaching: int, words: str) -> None:
    """Say what one thought, once: kept without who and without when, so nothing of it is in the trail.

    Raises Conflict when one has answered already, or three weeks have gone.
    """
    if not (1 <= useful <= 5 and 1 <= teaching <= 5):
        raise Invalid.one("nytte", N_("Velg fra 1 til 5."))
    answer = (await uow.call(_SAY, own.seat_id, useful, teaching, words))[0]["answer"]
    if answer == "again":
        raise Conflict(N_("Du har allerede svart. Takk!"))
    if answer != "thanks":
        raise Conflict(N_("Det er for sent å svare. Du kunne svare i tre uker etter kurset."))
