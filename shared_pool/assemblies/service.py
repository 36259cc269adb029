"""What a municipality does with a meeting it holds: alone, or jointly with the shared row first."""

from __future__ import annotations

from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.assemblies.joint import add_joint, cancel_joint, make_joint, move_joint, summarise_joint
from shared_pool.assemblies.queries import meeting_card, series_meetings
from shared_pool.assemblies.series import (
    MeetingFacts,
    SeriesFacts,
    apply,
    check_open,
    check_summary,
    check_when,
    make_series,
    own_meeting,
    put_meeting,
)


async def plan(uow: UnitOfWork, facts: SeriesFacts) -> UUID:
    """Plan a series in a municipality, for oneself or jointly; its own id. Raises Invalid."""
    if not facts.joint:
        return await make_series(uow, facts)
    _, assembly_id = await make_joint(uow, facts)
    if assembly_id is None:
        raise NotFound
    return assembly_id


async def add_meeting(uow: UnitOfWork, assembly_id: UUID, facts: MeetingFacts) -> None:
    """Add a meeting to a series that we hold. Raises Invalid, NotFound."""
    series = await series_meetings(uow, assembly_id)
    if not series[0].hosted:
        raise NotFound
    if facts.makeup_for is not None and facts.makeup_for not in {card.id for card in series}:
        raise Invalid.one("for_mote", N_("Velg et møte fra lista."))
    if series[0].joint_id is not None:
        await add_joint(uow, series[0].joint_id, facts)
        return
    check_when(facts)
    await put_meeting(uow, assembly_id, facts)


async def move_meeting(uow: UnitOfWork, meeting_id: UUID, facts: MeetingFacts, version: int) -> None:
    """Another time or place. Raises Invalid, NotFound, Conflict when it is another's, has begun, or was changed."""
    row = await own_meeting(uow, meeting_id, version)
    check_when(facts)
    check_open(row)
    if (await meeting_card(uow, meeting_id)).joint_id is not None:
        await move_joint(uow, meeting_id, facts, None)
        return
    values = {name: getattr(facts, name) for name in ("starts_at", "ends_at", "place", "link")}
    await apply(uow, row, values)
    await record_change(uow, "assembly.moved", "assembly_meeting", meeting_id)


async def cancel_meeting(uow: UnitOfWork, meeting_id: UUID, why: str, version: int) -> None:
    """Call a meeting off; those invited are told at once. Raises NotFound, Conflict as move_meeting."""
    row = await own_meeting(uow, meeting_id, version)
    check_open(row)
    if (await meeting_card(uow, meeting_id)).joint_id is not None:
        await cancel_joint(uow, meeting_id, why, None)
        return
    await apply(uow, row, {"state": "cancelled", "cancel_why": why})
    await record_change(uow, "assembly.cancelled", "assembly_meeting", meeting_id)


async def summarise(uow: UnitOfWork, meeting_id: UUID, text: str, version: int) -> None:
    """Write what was said, for those invited. Raises Invalid before it begins, NotFound, Conflict."""
    row = await own_meeting(uow, meeting_id, version)
    check_summary(row.starts_at, row.state, text)
    if (await meeting_card(uow, meeting_id)).joint_id is not None:
        await summarise_joint(uow, meeting_id, text, None)
        return
    await apply(uow, row, {"summary": text, "summary_at": now() if text else None})
    await record_change(uow, "assembly.summarised", "assembly_meeting", meeting_id)
