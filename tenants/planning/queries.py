"""Reads of plans and evaluations. Who suggested, chose and said what is for readers who may see the case; what a shielded
participant suggested or chose is not counted before others of the staff. Participants and leaders, who meet everybody in
the group, see all texts and numbers and nobody's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.types import Boolean, Date

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, countable, purchasers_seen, visible
from tenants.groups.api import activity_group, group_place
from tenants.people.api import person
from tenants.planning.models import (
    ActivitySuggestion,
    ChoiceElsewhere,
    GroupEvaluation,
    GroupVoice,
    LeaderView,
    SuggestionChoice,
    VoiceElsewhere,
)
from tenants.planning.rules import QUESTIONS, half_end
from tenants.sessions.api import group_session

suggestion = ActivitySuggestion.__table__
choice = SuggestionChoice.__table__
choice_elsewhere = ChoiceElsewhere.__table__
evaluation = GroupEvaluation.__table__
voice = GroupVoice.__table__
voice_elsewhere = VoiceElsewhere.__table__
leader_view = LeaderView.__table__
MOST = 100


@dataclass(frozen=True, slots=True)
class SuggestionCard:
    """A suggestion with how many want it: `own` of one's own participants, `elsewhere` in other municipalities."""

    id: UUID
    group_id: UUID
    title: str
    where_to: str
    cost_ore: int | None
    transport: bool
    fits: str
    place_id: UUID | None
    how: str
    from_elsewhere: bool
    state: str
    session_id: UUID | None
    starts_at: Any
    own: int
    elsewhere: int

    @property
    def wanted(self) -> int:
        """How many want it in all, for sorting; not for showing where a border is crossed."""
        return self.own + self.elsewhere


@dataclass(frozen=True, slots=True)
class EvaluationCard:
    """The look back on a half-year of a group."""

    id: UUID
    group_id: UUID
    half: date
    state: str
    summary: str
    changes: str
    done_on: date | None
    done_by_name: str
    version: int


@dataclass(frozen=True, slots=True)
class Voice:
    """What one participant said, for readers who may see the case."""

    place_id: UUID
    person_id: UUID
    name: str
    answers: dict[str, str]
    words: str
    how: str
    said_on: date


@dataclass(frozen=True, slots=True)
class DueGroup:
    """A group whose last half-year nobody has evaluated."""

    group_id: UUID
    name: str


_places = choice.join(
    group_place, and_(group_place.c.tenant_id == choice.c.tenant_id, group_place.c.id == choice.c.place_id)
)
_assigned = and_(
    assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id
)
_of_case = and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
_of_person = and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id)
_everybody = bindparam("everybody", type_=Boolean())
_counted = case((or_(_everybody, countable()), 1))
_own_choices = (
    select(func.count(_counted))
    .select_from(_places.join(assignment, _assigned).join(case_file, _of_case))
    .where(
        choice.c.tenant_id == suggestion.c.tenant_id,
        choice.c.activity_suggestion_id == suggestion.c.id,
        group_place.c.valid_to.is_(None),
    )
    .correlate(suggestion)
    .scalar_subquery()
)
_from_elsewhere = (
    select(func.coalesce(func.sum(choice_elsewhere.c.choices), 0))
    .where(
        choice_elsewhere.c.tenant_id == suggestion.c.tenant_id,
        choice_elsewhere.c.activity_suggestion_id == suggestion.c.id,
    )
    .correlate(suggestion)
    .scalar_subquery()
)
_author_counted = (
    select(case_file.c.id)
    .select_from(group_place.join(assignment, _assigned).join(case_file, _of_case))
    .where(
        group_place.c.tenant_id == suggestion.c.tenant_id,
        group_place.c.id == suggestion.c.place_id,
        countable(),
    )
    .correlate(suggestion)
    .exists()
)
_SUGGESTION_FIELDS = (
    "id", "group_id", "title", "where_to", "cost_ore", "transport", "fits", "place_id", "how", "from_elsewhere", "state",
    "session_id",
)  # fmt: skip
_SUGGESTIONS = compile_query(
    select(
        *(suggestion.c[name] for name in _SUGGESTION_FIELDS),
        group_session.c.starts_at,
        _own_choices.label("own"),
        _from_elsewhere.label("elsewhere"),
    )
    .select_from(
        suggestion.outerjoin(
            group_session,
            and_(
                group_session.c.tenant_id == suggestion.c.tenant_id,
                group_session.c.id == suggestion.c.session_id,
            ),
        )
    )
    .where(
        suggestion.c.tenant_id == bindparam("tenant"),
        suggestion.c.group_id == bindparam("group"),
        suggestion.c.state != "dropped",
        or_(_everybody, suggestion.c.place_id.is_(None), _author_counted),
    )
    .order_by(suggestion.c.created_at.desc(), suggestion.c.id)
    .limit(MOST)
)
_CHOSEN = compile_query(
    select(choice.c.activity_suggestion_id)
    .join_from(
        choice,
        suggestion,
        and_(
            suggestion.c.tenant_id == choice.c.tenant_id, suggestion.c.id == choice.c.activity_suggestion_id
        ),
    )
    .where(
        choice.c.tenant_id == bindparam("tenant"),
        choice.c.place_id == bindparam("place"),
        suggestion.c.state == "open",
    )
)
_EVALUATIONS = compile_query(
    select(*(evaluation.c[name] for name in EvaluationCard.__dataclass_fields__))
    .where(evaluation.c.tenant_id == bindparam("tenant"), evaluation.c.group_id == bindparam("group"))
    .order_by(evaluation.c.half.desc())
)
_VOICE = (
    select(
        voice.c.place_id, assignment.c.person_id, person.c.given_name, person.c.family_name,
        *(voice.c[name] for name in QUESTIONS), voice.c.words, voice.c.how, voice.c.said_on,
    )
    .select_from(
        voice.join(
            group_place, and_(group_place.c.tenant_id == voice.c.tenant_id, group_place.c.id == voice.c.place_id)
        )
        .join(assignment, _assigned)
        .join(case_file, _of_case)
        .join(person, _of_person)
    )
    .where(voice.c.tenant_id == bindparam("tenant"), voice.c.group_evaluation_id == bindparam("evaluation"))
)  # fmt: skip
_VOICES = compile_query(
    _VOICE.where(visible()).order_by(person.c.given_name, person.c.family_name, voice.c.id)
)
_ALL_ANSWERS = compile_query(
    select(*(voice.c[name] for name in QUESTIONS)).where(
        voice.c.tenant_id == bindparam("tenant"), voice.c.group_evaluation_id == bindparam("evaluation")
    )
)
_OWN_VOICE = compile_query(
    select(*(voice.c[name] for name in QUESTIONS), voice.c.words, voice.c.how, voice.c.said_on).where(
        voice.c.tenant_id == bindparam("tenant"),
        voice.c.group_evaluation_id == bindparam("evaluation"),
        voice.c.place_id == bindparam("place"),
    )
)
_ELSEWHERE = compile_query(
    select(
        voice_elsewhere.c.question, func.sum(voice_elsewhere.c.said_yes).label("yes"),
        func.sum(voice_elsewhere.c.said_some).label("some"), func.sum(voice_elsewhere.c.said_no).label("no"),
    )
    .where(
        voice_elsewhere.c.tenant_id == bindparam("tenant"),
        voice_elsewhere.c.group_evaluation_id == bindparam("evaluation"),
    )
    .group_by(voice_elsewhere.c.question)
)  # fmt: skip
_VIEWS = compile_query(
    select(leader_view.c.contact_id, leader_view.c.went_well, leader_view.c.otherwise)
    .where(
        leader_view.c.tenant_id == bindparam("tenant"),
        leader_view.c.group_evaluation_id == bindparam("evaluation"),
    )
    .order_by(leader_view.c.created_at)
)
_half, _end = bindparam("half", type_=Date()), bindparam("last", type_=Date())
_DUE = compile_query(
    select(activity_group.c.id, activity_group.c.name)
    .select_from(
        activity_group.outerjoin(
            evaluation,
            and_(
                evaluation.c.tenant_id == activity_group.c.tenant_id,
                evaluation.c.group_id == activity_group.c.id,
                evaluation.c.half == _half,
            ),
        )
    )
    .where(
        activity_group.c.tenant_id == bindparam("tenant"),
        activity_group.c.valid_from <= _end - 28,
        or_(activity_group.c.valid_to.is_(None), activity_group.c.valid_to >= _half),
        or_(evaluation.c.id.is_(None), evaluation.c.state == "open"),
        activity_group.c.hosted,
    )
    .order_by(activity_group.c.name, activity_group.c.id)
)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    return {
        "tenant": uow.context.tenant,
        "reader": uow.context.user_id,
        "purchasers": purchasers_seen(uow.context),
    }


async def suggestions(uow: UnitOfWork, group_id: UUID, *, everybody: bool) -> list[SuggestionCard]:
    """What a group could do and will do, the most wanted first. `everybody`: for those who are in the group or lead it;
    else what shielded participants suggested and chose is left out for who is not in their circle.
    """
    rows = await uow.rows(
        _SUGGESTIONS, tenant=uow.context.tenant, reader=uow.context.user_id, group=group_id, everybody=everybody
    )  # fmt: skip
    found = [SuggestionCard(**dict(row)) for row in rows]
    return sorted(found, key=lambda one: (one.state != "open", -one.wanted))


async def chosen_by(uow: UnitOfWork, place_id: UUID) -> set[UUID]:
    """The open suggestions a participant wants. The caller has checked whose the place is."""
    rows = await uow.rows(_CHOSEN, tenant=uow.context.tenant, place=place_id)
    return {row["activity_suggestion_id"] for row in rows}


async def evaluations(uow: UnitOfWork, group_id: UUID) -> Sequence[EvaluationCard]:
    """A group's evaluations, the newest first."""
    rows = await uow.rows(_EVALUATIONS, tenant=uow.context.tenant, group=group_id)
    return [EvaluationCard(**dict(row)) for row in rows]


async def evaluation_card(uow: UnitOfWork, group_id: UUID, half: date) -> EvaluationCard:
    """One of them. Raises NotFound when nobody has said or written anything."""
    for one in await evaluations(uow, group_id):
        if one.half == half:
            return one
    raise NotFound


async def voices(uow: UnitOfWork, evaluation_id: UUID) -> list[Voice]:
    """What those the reader may see have said, by name. The caller writes the access log."""
    return [
        Voice(
            row["place_id"], row["person_id"], f"{row['given_name']} {row['family_name']}".strip(),
            {name: row[name] for name in QUESTIONS}, row["words"], row["how"], row["said_on"],
        )
        for row in await uow.rows(_VOICES, **_reader(uow), evaluation=evaluation_id)
    ]  # fmt: skip


async def all_answers(uow: UnitOfWork, evaluation_id: UUID) -> list[dict[str, str]]:
    """Every participant's answers, without whose they are: for numbers that go to the other municipalities."""
    rows = await uow.rows(_ALL_ANSWERS, tenant=uow.context.tenant, evaluation=evaluation_id)
    return [dict(row) for row in rows]


async def voice_of(uow: UnitOfWork, evaluation_id: UUID, place_id: UUID) -> dict[str, Any] | None:
    """What one participant has said. The caller has checked whose the place is."""
    row = await uow.row(_OWN_VOICE, tenant=uow.context.tenant, evaluation=evaluation_id, place=place_id)
    return None if row is None else dict(row)


async def said_elsewhere(uow: UnitOfWork, evaluation_id: UUID) -> dict[str, tuple[int, int, int]]:
    """What participants in other municipalities have said, question by question; empty when nobody has said anything."""
    rows = await uow.rows(_ELSEWHERE, tenant=uow.context.tenant, evaluation=evaluation_id)
    found = {row["question"]: (int(row["yes"]), int(row["some"]), int(row["no"])) for row in rows}
    return {code: found.get(code, (0, 0, 0)) for code in QUESTIONS} if found else {}


async def leader_views(uow: UnitOfWork, evaluation_id: UUID) -> dict[UUID, tuple[str, str]]:
    """Contact → (what goes well, what should be otherwise)."""
    rows = await uow.rows(_VIEWS, tenant=uow.context.tenant, evaluation=evaluation_id)
    return {row["contact_id"]: (row["went_well"], row["otherwise"]) for row in rows}


async def due_groups(uow: UnitOfWork, half: date) -> list[DueGroup]:
    """The municipality's own groups that met for at least four weeks of a half-year nobody has evaluated."""
    rows = await uow.rows(_DUE, tenant=uow.context.tenant, half=half, last=min(half_end(half), today()))
    return [DueGroup(row["id"], row["name"]) for row in rows]
