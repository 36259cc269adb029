"""Changes to a municipality's own series and meetings, and to its copies of what is held jointly. What is said of a meeting
to those invited is said here, once, wherever the change came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.assemblies.inviting import invite_members
from shared_pool.assemblies.models import Assembly, AssemblyGuest, AssemblyMeeting
from shared_pool.assemblies.queries import guests_of, meeting_card
from shared_pool.assemblies.rules import new_code
from tenants.api import notify_person

STALE = N_("Noen andre har endret møtet i mellomtida. Se på det igjen.")
LONGEST_SUMMARY = 6_000


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """A series as planned. `times`: when each meeting begins and ends, with a zone. `joint`: every member may come."""

    kind: str
    title: str
    about: str
    led_by: str
    times: Sequence[tuple[datetime, datetime]]
    place: str
    link: str
    joint: bool = False


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """When and where a meeting is. `makeup_for`: the meeting it stands in for."""

    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    makeup_for: UUID | None = None


def check_when(facts: MeetingFacts) -> None:
    """Raise Invalid for times that run backwards or are past, and for a meeting that is nowhere."""
    if facts.ends_at <= facts.starts_at:
        raise Invalid.one("slutter", N_("Møtet må slutte etter at det begynner."))
    if facts.starts_at <= now():
        raise Invalid.one("dato", N_("Datoen har vært. Skriv en dag i framtida."))
    if not facts.place and not facts.link:
        raise Invalid.one("sted", N_("Skriv hvor dere møtes, eller lenken til videomøtet."))


def check_series(facts: SeriesFacts) -> None:
    """Raise Invalid unless there is at least one meeting, and each may be held."""
    if not facts.times:
        raise Invalid.one(
            "dato", N_("Det er ingen dager igjen når helligdagene er tatt ut. Velg en annen dag.")
        )
    for starts, ends in facts.times:
        check_when(MeetingFacts(starts, ends, facts.place, facts.link))


async def make_series(uow: UnitOfWork, facts: SeriesFacts) -> UUID:
    """Plan a series for one's own municipality; its id. Raises Invalid. What is joint is made in joint.py."""
    if facts.kind == "information":
        raise Invalid.one(
            "slag", N_("Informasjonsmøter for bare deres egne kaller du inn til under Oppfølging.")
        )
    check_series(facts)
    row = Assembly(
        tenant_id=uow.context.tenant, id=uuid7(), kind=facts.kind, title=facts.title, about=facts.about, led_by=facts.led_by,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    for starts, ends in facts.times:
        _add(uow, row.id, uuid7(), MeetingFacts(starts, ends, facts.place, facts.link), new_code())
    await uow.session.flush()
    await record_change(uow, "assembly.made", "assembly", row.id, kind=facts.kind, meetings=len(facts.times))
    return row.id


def _add(
    uow: UnitOfWork, assembly_id: UUID, meeting_id: UUID, facts: MeetingFacts, code: str
) -> AssemblyMeeting:
    row = AssemblyMeeting(
        tenant_id=uow.context.tenant, id=meeting_id, assembly_id=assembly_id, starts_at=facts.starts_at,
        ends_at=facts.ends_at, place=facts.place, link=facts.link, makeup_for=facts.makeup_for, door_code=code,
    )  # fmt: skip
    uow.session.add(row)
    return row


async def put_meeting(
    uow: UnitOfWork, assembly_id: UUID, facts: MeetingFacts, *, meeting_id: UUID | None = None, code: str = ""
) -> UUID:
    """Add a meeting to a series, and invite those the series is for; its id."""
    row = _add(uow, assembly_id, meeting_id or uuid7(), facts, code or new_code())
    await uow.session.flush()
    card = await meeting_card(uow, row.id)
    if card.audience and not card.begun:
        await invite_members(uow, card)
    await record_change(uow, "assembly.meeting_added", "assembly_meeting", row.id)
    return row.id


async def held_meeting(uow: UnitOfWork, meeting_id: UUID, version: int | None = None) -> AssemblyMeeting:
    """The meeting, held until the transaction ends. Raises NotFound, Conflict when it was changed since `version`."""
    row = await uow.session.get(
        AssemblyMeeting, (uow.context.tenant, meeting_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Conflict(STALE)
    return row


async def apply(uow: UnitOfWork, row: AssemblyMeeting, values: dict[str, Any]) -> bool:
    """Give a meeting what is new, and tell those invited what it means to them. False when nothing is.

    Another time empties the answers: who said yes to Tuesday has not said yes to Thursday.
    """
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    await uow.session.flush()
    upcoming = row.starts_at > now() and row.state == "planned"
    if "state" in changed and row.state == "cancelled":
        await _tell(uow, row, "called_off")
    elif upcoming and changed.keys() & {"starts_at", "ends_at", "place", "link"}:
        if "starts_at" in changed:
            await _forget_answers(uow, row)
        await _tell(uow, row, "moved")
    elif "summary" in changed and row.summary:
        await _tell(uow, row, "message")
    return True


async def _forget_answers(uow: UnitOfWork, row: AssemblyMeeting) -> None:
    await uow.session.execute(
        update(AssemblyGuest)
        .where(AssemblyGuest.tenant_id == row.tenant_id, AssemblyGuest.assembly_meeting_id == row.id)
        .values(answer="", answered_at=None, by_office=False)
        .execution_options(synchronize_session=False)
    )
    row.reminded_on = None
    await uow.session.flush()


async def _tell(uow: UnitOfWork, row: AssemblyMeeting, code: str) -> None:
    for one in await guests_of(uow, row.id):
        if one.person_id is not None and not (code == "called_off" and one.answer == "no"):
            await notify_person(
                uow,
                one.person_id,
                code,
                once=f"assembly_meeting:{row.id}:{one.person_id}:{code}:{row.version}",
            )


async def own_meeting(uow: UnitOfWork, meeting_id: UUID, version: int) -> AssemblyMeeting:
    """A meeting that we hold, and alone. Raises NotFound, Conflict when another municipality holds it."""
    card = await meeting_card(uow, meeting_id)
    if not card.hosted:
        raise Conflict(
            N_(
                "Det er en annen kommune eller samarbeidet som holder møtet. Snakk med dem hvis noe må endres."
            )
        )
    return await held_meeting(uow, meeting_id, version)


def check_open(row: AssemblyMeeting) -> None:
    """Raise Conflict for what is called off or has begun."""
    if row.state != "planned":
        raise Conflict(N_("Møtet er allerede avlyst."))
    if row.starts_at <= now():
        raise Conflict(N_("Møtet har begynt."))


def check_summary(starts_at: datetime, state: str, text: str) -> None:
    """Raise Invalid for a summary of what has not been, or one that is too long."""
    if state != "planned" or starts_at > now():
        raise Invalid.one("oppsummering", N_("Skriv oppsummeringen når møtet er holdt."))
    if len(text) > LONGEST_SUMMARY:
        raise Invalid.one(
            "oppsummering", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=LONGEST_SUMMARY
        )
