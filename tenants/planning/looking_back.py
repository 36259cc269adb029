"""The half-yearly look back on a group: the participants first, then the leaders, then what the coordinator sums up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.groups.api import GroupPlace, group_card
from tenants.planning.copies import open_evaluation
from tenants.planning.hooks import tell_voice
from tenants.planning.models import GroupEvaluation, GroupVoice, LeaderView
from tenants.planning.queries import all_answers
from tenants.planning.rules import ANSWERS, HOW, QUESTIONS, tally

DONE = N_("Evalueringen er ferdig. Den kan ikke endres.")


async def _open(uow: UnitOfWork, group_id: UUID, half: date) -> GroupEvaluation:
    """The half-year's evaluation, held. Raises NotFound for a half-year that has not begun, Conflict when it is done."""
    await group_card(uow, group_id)
    if half > today():
        raise NotFound
    evaluation_id = await open_evaluation(uow, group_id, half)
    row = await uow.session.get(
        GroupEvaluation, (uow.context.tenant, evaluation_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.state == "done":
        raise Conflict(DONE)
    return row


async def say(
    uow: UnitOfWork,
    group_id: UUID,
    half: date,
    place_id: UUID,
    person_id: UUID,
    answers: Mapping[str, str],
    words: str,
    *,
    how: str,
) -> None:
    """Keep what a participant says of a half-year; said again, it is changed until the evaluation is done.

    The caller has checked whose the place is. `how`: of rules.HOW. Raises Invalid with a sentence for each question that
    is not answered, NotFound, Conflict when it is done.
    """
    missing = {name for name in QUESTIONS if answers.get(name) not in ANSWERS}
    if missing:
        raise Invalid({name: BadInput(name, N_("Velg ett svar.")) for name in QUESTIONS if name in missing})
    if how not in HOW:
        raise Invalid.one("hvordan", N_("Velg hvem som hjalp til."))
    place = await uow.session.get(GroupPlace, (uow.context.tenant, place_id))
    if place is None or place.group_id != group_id or place.state == "waiting":
        raise NotFound
    row = await _open(uow, group_id, half)
    values = {**{name: answers[name] for name in QUESTIONS}, "words": words, "how": how, "said_on": today()}
    await uow.session.execute(
        insert(GroupVoice)
        .values(
            tenant_id=uow.context.tenant, id=uuid7(), group_evaluation_id=row.id, place_id=place_id, **values
        )
        .on_conflict_do_update(index_elements=["tenant_id", "group_evaluation_id", "place_id"], set_=values)
    )
    await uow.session.flush()
    await record_change(
        uow, "group_evaluation.said", "group_evaluation", row.id, persons=[person_id], how=how
    )
    await tell_voice(uow, group_id, half, tally(await all_answers(uow, row.id)))


async def leader_says(
    uow: UnitOfWork, group_id: UUID, half: date, contact_id: UUID, went_well: str, otherwise: str
) -> None:
    """Keep how a leader has seen the half-year. Raises Invalid when both are empty, Conflict when it is done, NotFound."""
    if not went_well and not otherwise:
        raise Invalid.one("bra", N_("Skriv hva som går bra, eller hva som bør bli annerledes."))
    row = await _open(uow, group_id, half)
    values = {"went_well": went_well, "otherwise": otherwise}
    await uow.session.execute(
        insert(LeaderView)
        .values(
            tenant_id=uow.context.tenant, id=uuid7(), group_evaluation_id=row.id, contact_id=contact_id, **values
        )
        .on_conflict_do_update(index_elements=["tenant_id", "group_evaluation_id", "contact_id"], set_=values)
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, "group_evaluation.leader_said", "group_evaluation", row.id)


async def finish(
    uow: UnitOfWork, group_id: UUID, half: date, summary: str, changes: str, *, version: int
) -> None:
    """Sum a half-year up, and say what follows. Raises Invalid, NotFound, and Conflict when it is done, somebody wrote since
    `version`, or another municipality holds the group.
    """
    errors = {}
    if not summary:
        errors["oppsummering"] = BadInput(
            "oppsummering", N_("Skriv hva deltakerne og gruppelederne har sagt.")
        )
    if not changes:
        errors["endringer"] = BadInput("endringer", N_("Skriv hva dere endrer, eller at alt blir som før."))
    if errors:
        raise Invalid(errors)
    if not (await group_card(uow, group_id)).hosted:
        raise Conflict(N_("Gruppa hører til en annen kommune. De skriver evalueringen."))
    row = await _open(uow, group_id, half)
    if row.version != version:
        raise Conflict(N_("Noen andre har endret evalueringen i mellomtida. Se på den igjen."))
    row.summary, row.changes, row.state = summary, changes, "done"
    row.done_on, row.done_by_name = today(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "group_evaluation.done", "group_evaluation", row.id)
