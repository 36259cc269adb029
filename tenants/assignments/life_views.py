"""What an assignment's page shows of its life, put together from the slice's reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import clock, date_long
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.assignments.ending import REASON_NAMES
from tenants.assignments.hooks import WayOut, ways_out_of
from tenants.assignments.listing import STATE_SHAPES, STATES, AssignmentFilter
from tenants.assignments.meetings import KINDS, MISSED_BY, MeetingCard, meetings_of
from tenants.assignments.models import Assignment
from tenants.assignments.noshows import IN_A_ROW, WHO, NoShowCard, no_shows_of
from tenants.assignments.pausing import REASON_NAMES as PAUSE_REASONS
from tenants.assignments.pausing import Pause, pauses_of
from tenants.assignments.plan import PlanCard, plans_of
from tenants.assignments.queries import AssignmentCard
from tenants.assignments.readiness import LACKS, lacks_before_start
from tenants.assignments.stopping import CONTACT_REASONS
from tenants.assignments.views import ContactName, contact_names
from tenants.cases.api import FORM_NAMES

assignment = Assignment.__table__
_WORDS = compile_query(
    select(
        assignment.c.stop_wish_on, assignment.c.stop_wish_reason, assignment.c.stop_wish_words,
        assignment.c.no_shows_seen_on, assignment.c.last_words,
    ).where(assignment.c.tenant_id == bindparam("tenant"), assignment.c.id == bindparam("assignment"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Life:
    """All that belongs to one assignment. `words`: what is said of stopping, of no-shows and at the end, by column.
    `lacks`: codes of readiness.LACKS, asked for only while it waits to begin.
    """

    contact: ContactName
    meetings: Sequence[MeetingCard]
    pauses: Sequence[Pause]
    no_shows: Sequence[NoShowCard]
    plan: PlanCard
    words: dict[str, Any]
    lacks: Sequence[str]

    @property
    def agreed(self) -> MeetingCard | None:
        """The first or trial meeting that is agreed and not settled."""
        return next((one for one in self.meetings if one.state == "agreed"), None)

    @property
    def met(self) -> bool:
        return any(one.state == "held" for one in self.meetings)

    @property
    def current_pauses(self) -> list[Pause]:
        """Those that are not over."""
        return [one for one in self.pauses if not one.over]

    @property
    def many_no_shows(self) -> bool:
        """So many since a coordinator last talked with both that somebody ought to."""
        seen = self.words["no_shows_seen_on"]
        return sum(1 for one in self.no_shows if seen is None or one.on_day > seen) >= IN_A_ROW


async def life_of(uow: UnitOfWork, card: AssignmentCard) -> Life:
    """Everything of an assignment the caller may show."""
    row = await uow.row(_WORDS, tenant=uow.context.tenant, assignment=card.id)
    assert row is not None
    return Life(
        (await contact_names(uow, [card.contact_id]))[card.contact_id],
        await meetings_of(uow, [card.id]),
        await pauses_of(uow, [card.id]),
        await no_shows_of(uow, [card.id]),
        (await plans_of(uow, [card.id]))[card.id],
        dict(row),
        await lacks_before_start(uow, card.contact_id, today(), form=card.form)
        if card.state == "planned"
        else (),
    )


def state_of(card: AssignmentCard, life: Life, language: str) -> tuple[str, str]:
    """(words, shape) of how the assignment stands."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if card.state == "ended" and card.ended_on is not None:
        return say(N_("Avsluttet %(day)s"), day=date_long(card.ended_on, language)), "neutral"
    if card.state == "paused":
        now = next((one for one in life.pauses if one.covers(today())), None)
        if now is not None and now.last_day is not None:
            return say(N_("Pause til og med %(day)s"), day=date_long(now.last_day, language)), "saved"
        return say(N_("Pause inntil videre")), "saved"
    if card.starts_on is None:
        return say(N_("Oppstart er ikke avtalt")), "half"
    if not card.begun:
        return say(N_("Begynner %(day)s"), day=date_long(card.starts_on, language)), "info"
    return say(N_("I gang siden %(day)s"), day=date_long(card.starts_on, language)), STATE_SHAPES["running"]


async def ways_out(uow: UnitOfWork, card: AssignmentCard, life: Life, language: str) -> list[WayOut]:
    """What mends what is missing, where a higher slice knows: the next course with a free seat."""
    return [way for code in life.lacks for way in await ways_out_of(uow, card.contact_id, code, language)]


def lacks_of(life: Life, language: str) -> list[str]:
    """What is missing before it may begin, in sentences."""
    return [translate(language, LACKS[code]) for code in life.lacks]


def meeting_line(one: MeetingCard, language: str) -> str:
    """When, where and who, in one line: what a telephone call would say."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    when = date_long(one.on_day, language)
    parts = [f"{when} {clock(one.at, language)}" if one.at is not None else when, one.place]
    if one.takes_part:
        parts.append(say(N_("Med: %(who)s"), who=one.takes_part))
    return ". ".join(part for part in parts if part)


def events_of(card: AssignmentCard, life: Life, language: str) -> list[TimelineEvent]:
    """What has happened and will happen in the assignment, oldest first."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for one in life.meetings:
        text = {"agreed": meeting_line(one, language), "held": one.note, "cancelled": say(N_("Avlyst.")),
                "missed": say(MISSED_BY.get(one.missed_by, ""))}[one.state]  # fmt: skip
        events.append(TimelineEvent(one.on_day, say(KINDS[one.kind]), text, done=one.state != "agreed"))
    if card.starts_on is not None:
        title = N_("Oppstart") if card.begun else N_("Avtalt oppstart")
        events.append(TimelineEvent(card.starts_on, say(title), "", done=card.begun))
    for gap in life.pauses:
        until = say(N_("Til og med %(day)s."), day=date_long(gap.last_day, language)) if gap.last_day else ""
        text = " ".join(part for part in (say(PAUSE_REASONS[gap.reason]) + ".", until, gap.note) if part)
        events.append(TimelineEvent(gap.first_day, say(N_("Pause")), text, done=gap.first_day <= today()))
    for miss in life.no_shows:
        told = say(N_("Det var sagt fra.")) if miss.told else say(N_("Det var ikke sagt fra."))
        events.append(TimelineEvent(miss.on_day, say(WHO[miss.who]), f"{told} {miss.words}".strip()))
    if card.state == "ended" and card.ended_on is not None:
        reason = say(REASON_NAMES[card.end_reason]) if card.end_reason in REASON_NAMES else ""
        text = f"{reason}. {life.words['last_words']}".strip() if reason else life.words["last_words"]
        events.append(TimelineEvent(card.ended_on, say(N_("Oppdraget ble avsluttet")), text))
    return sorted(events, key=lambda event: event.on)


def pause_line(one: Pause, language: str) -> str:
    """From when to when, and why, in one line."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    first = date_long(one.first_day, language)
    if one.last_day is None:
        when = say(N_("Fra %(day)s og inntil videre."), day=first)
    else:
        when = say(
            N_("Fra %(first)s til og med %(last)s."), first=first, last=date_long(one.last_day, language)
        )
    return " ".join(part for part in (when, say(PAUSE_REASONS[one.reason]) + ".", one.note) if part)


def stop_reason(code: str, language: str) -> str:
    """What a contact who wants to stop has chosen, in their own words."""
    return translate(language, CONTACT_REASONS[code]) if code in CONTACT_REASONS else ""


def first_values(life: Life) -> dict[str, str]:
    """What the form for a meeting begins with: the one that is agreed, to be moved."""
    if life.agreed is None:
        return {}
    one = life.agreed
    return {
        "mote_slag": one.kind, "mote_dag": format_date(one.on_day), "mote_kl": f"{one.at:%H:%M}" if one.at else "",
        "mote_sted": one.place, "mote_hvem": one.takes_part,
    }  # fmt: skip


def chosen_filters(wanted: AssignmentFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = []
    if wanted.text:
        chips.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    if wanted.state != "open":
        label = STATES.get(wanted.state, N_("Alle oppdrag"))
        chips.append((translate(language, label), with_query(query, status=None, side=None)))
    if wanted.form:
        chips.append(
            (translate(language, FORM_NAMES[wanted.form]), with_query(query, tjeneste=None, side=None))
        )
    if wanted.silent:
        chips.append(
            (translate(language, N_("Ingen timer på 30 dager")), with_query(query, stille=None, side=None))
        )
    return chips
