"""Putting a meeting pack together, changing it, and taking it away."""

from __future__ import annotations

from uuid import UUID

from reporting.papers.forms import PackFacts
from reporting.papers.models import MeetingPack
from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_

CHANGED = N_("Heftet er endret av noen andre siden du åpnet det. Se over det på nytt.")


async def _pack(uow: UnitOfWork, pack_id: UUID) -> MeetingPack:
    row = await uow.session.get(MeetingPack, (uow.context.region, pack_id), with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _fill(row: MeetingPack, facts: PackFacts) -> None:
    row.release_id, row.series = facts.series[-1], list(facts.series)
    row.held_on, row.held_at, row.place = facts.held_on, facts.held_at, facts.place
    row.agenda, row.reports, row.foreword = list(facts.agenda), list(facts.reports), facts.foreword


async def make_pack(uow: UnitOfWork, facts: PackFacts) -> UUID:
    """Keep a new pack; its id. What it says of figures is its releases' and is not copied."""
    context = uow.context
    assert context.user_id is not None
    row = MeetingPack(region_id=context.region, made_by=context.user_id, made_by_name=context.user_name)
    _fill(row, facts)
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "pack.made", "meeting_pack", row.id, held_on=facts.held_on.isoformat())
    return row.id


async def change_pack(uow: UnitOfWork, pack_id: UUID, facts: PackFacts, version: int) -> None:
    """Change a pack. Raises NotFound, and Conflict when somebody else has changed it since the form was shown."""
    row = await _pack(uow, pack_id)
    if row.version != version:
        raise Conflict(CHANGED)
    _fill(row, facts)
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "pack.changed", "meeting_pack", row.id, held_on=facts.held_on.isoformat())


async def remove_pack(uow: UnitOfWork, pack_id: UUID) -> None:
    """Take a pack away. The figures stand where they stood. Raises NotFound."""
    row = await _pack(uow, pack_id)
    held_on = row.held_on.isoformat()
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "pack.removed", "meeting_pack", pack_id, held_on=held_on)
