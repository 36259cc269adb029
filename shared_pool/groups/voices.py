"""What participants suggest, choose and say, across a group: texts and numbers, never whose (C10, E5).

Each home tells its own; the others read sums of everybody else's, which are nothing under three (0065).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.groups.cards import JointCard, card_of_group, joint_groups, partners_of
from shared_pool.groups.limits import tellable
from shared_pool.groups.models import JointIdea, JointTally
from tenants.api import (
    SuggestionCopy,
    activity_suggestion,
    count_elsewhere,
    mirror_suggestion,
    on_chosen,
    on_suggested,
    on_voice,
    voices_elsewhere,
)

IDEAS = "joint.ideas"
TELLS = N_("Forslaget leses også i andre kommuner. Ta bort navn og det som sier noe om helse.")
_IDEAS = "SELECT * FROM sammen.joint_ideas($1)"
_STATE = "SELECT sammen.joint_idea_state($1, $2, $3)"
_SUMS = "SELECT * FROM sammen.joint_sums($1)"
_TEXT = compile_query(
    select(
        activity_suggestion.c.title, activity_suggestion.c.where_to, activity_suggestion.c.cost_ore,
        activity_suggestion.c.transport, activity_suggestion.c.fits, activity_suggestion.c.state,
        activity_suggestion.c.session_id, activity_suggestion.c.from_elsewhere,
    ).where(
        activity_suggestion.c.tenant_id == bindparam("tenant"), activity_suggestion.c.id == bindparam("suggestion")
    )
)  # fmt: skip


@on_suggested
async def share_idea(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID) -> None:
    """A suggestion was made, planned or dropped: all in the group read of it. Raises Invalid for a text that tells of
    somebody.
    """
    card = await card_of_group(uow, group_id)
    row = await uow.row(_TEXT, tenant=uow.context.tenant, suggestion=suggestion_id)
    if card is None or row is None:
        return
    if row["from_elsewhere"]:
        if card.own:
            await uow.call(_STATE, suggestion_id, row["state"], row["session_id"])
    else:
        for text in (row["title"], row["where_to"], row["fits"]):
            if await tellable(uow, text) != text:
                raise Invalid.one("forslag", TELLS)
        facts = {name: row[name] for name in ("title", "where_to", "cost_ore", "transport", "fits", "state")}
        await _put_idea(uow, card, suggestion_id, {**facts, "meeting_id": row["session_id"]})
    await _tell_the_others(uow, card)


async def _put_idea(uow: UnitOfWork, card: JointCard, suggestion_id: UUID, facts: dict[str, Any]) -> None:
    await uow.session.execute(
        insert(JointIdea)
        .values(
            region_id=card.region_id, id=suggestion_id, joint_group_id=card.id, home_id=uow.context.tenant, **facts
        )
        .on_conflict_do_update(
            index_elements=["region_id", "id"],
            set_={"state": facts["state"], "meeting_id": facts["meeting_id"], "version": JointIdea.version + 1},
        )
    )  # fmt: skip
    await uow.session.flush()


@on_chosen
async def share_choices(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID, choices: int) -> None:
    """So many of one's own participants want a suggestion."""
    card = await card_of_group(uow, group_id)
    if card is not None:
        await _put_tally(uow, card, "choice", (choices, 0, 0), subject_id=suggestion_id)
        await _tell_the_others(uow, card)


@on_voice
async def share_voices(
    uow: UnitOfWork, group_id: UUID, half: date, tally: Mapping[str, tuple[int, int, int]]
) -> None:
    """What one's own participants have said of a half-year, question by question."""
    card = await card_of_group(uow, group_id)
    if card is None:
        return
    for question, said in sorted(tally.items()):
        await _put_tally(uow, card, "voice", said, half=half, question=question)
    await _tell_the_others(uow, card)


async def _put_tally(
    uow: UnitOfWork, card: JointCard, kind: str, said: tuple[int, int, int], *, subject_id: UUID | None = None,
    half: date | None = None, question: str = "",
) -> None:  # fmt: skip
    yes, some, no = said
    await uow.session.execute(
        insert(JointTally)
        .values(
            region_id=card.region_id, id=random_id(), joint_group_id=card.id, home_id=uow.context.tenant, kind=kind,
            subject_id=subject_id, half=half, question=question, said_yes=yes, said_some=some, said_no=no,
        )
        .on_conflict_do_update(
            constraint="uq_joint_tally_what",
            set_={"said_yes": yes, "said_some": some, "said_no": no, "version": JointTally.version + 1},
        )
    )  # fmt: skip
    await uow.session.flush()


async def _tell_the_others(uow: UnitOfWork, card: JointCard) -> None:
    """A job for the host; its own tells the partners, whom a partner does not know by more than name."""
    if card.own:
        await tell_partners(uow, card.id)
    else:
        await enqueue_for(
            uow, PlaceKind.MUNICIPALITY, card.host_id, IDEAS, {"joint": card.id, "on": 1}, nameless=True
        )


async def tell_partners(uow: UnitOfWork, joint_id: UUID) -> None:
    """At the host: a job for each partner."""
    for one in await partners_of(uow, joint_id):
        if one.live and one.state == "yes":
            args = {"joint": joint_id, "on": 0}
            await enqueue_for(uow, PlaceKind.MUNICIPALITY, one.partner_id, IDEAS, args, nameless=True)


async def copy_voices(uow: UnitOfWork, joint_id: UUID) -> None:
    """For the job: keep what the others suggested, chose and said. Again changes nothing.

    Numbers are of all the others together, under the group's own id in place of a municipality's.
    """
    card = next((one for one in await joint_groups(uow) if one.id == joint_id), None)
    if card is None or not (card.own or card.answer == "yes"):
        return
    known = set()
    for row in await uow.call(_IDEAS, joint_id):
        known.add(row["id"])
        await mirror_suggestion(
            uow,
            SuggestionCopy(
                row["id"], card.here, row["title"], row["where_to"], row["cost_ore"], row["transport"], row["fits"],
                row["state"], row["meeting_id"],
            ),
        )  # fmt: skip
    voices: dict[date, dict[str, tuple[int, int, int]]] = {}
    for row in await uow.call(_SUMS, joint_id):
        if row["kind"] == "voice":
            said = (row["said_yes"], row["said_some"], row["said_no"])
            voices.setdefault(row["half"], {})[row["question"]] = said
        elif row["subject_id"] in known:
            await count_elsewhere(uow, row["subject_id"], joint_id, row["said_yes"])
    for half, tally in voices.items():
        await voices_elsewhere(uow, card.here, half, joint_id, tally)
