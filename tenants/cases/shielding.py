"""Shielding a case: from then only those named on it open it (E5). A protected address shields by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from tenants.cases.access import case_member, purchasers_seen
from tenants.cases.models import CaseFile, CaseMember
from tenants.people.api import on_protected

OnShielded = Callable[[UnitOfWork, UUID], Awaitable[None]]
_ON_SHIELDED: list[OnShielded] = []


def on_case_shielded(listener: OnShielded) -> OnShielded:
    """Register what a higher slice does when a case is shielded: it is told the case; same transaction."""
    if listener not in _ON_SHIELDED:
        _ON_SHIELDED.append(listener)
    return listener


async def shield_case(uow: UnitOfWork, case: CaseFile, *, why: str) -> None:
    """Close a case to all but its circle: who is responsible for it, who shields it (if the case was theirs to see), and
    who is named already. A case that would be nobody's is named to the purchasers it belongs to. Harmless again.
    """
    if case.shielded:
        return
    circle = await _circle(uow, case)
    case.shielded = True
    case.version += 1
    await uow.session.flush()
    if circle:
        rows = [
            {"tenant_id": case.tenant_id, "id": uuid7(), "case_id": case.id, "user_id": one} for one in circle
        ]
        # Somebody whose access was for a time has it for good now: the case would otherwise close to them.
        await uow.session.execute(
            insert(CaseMember)
            .values(rows)
            .on_conflict_do_update(
                index_elements=["tenant_id", "case_id", "user_id"],
                set_={"valid_from": None, "valid_to": None},
            )
        )
    await record_change(
        uow, "case.shielded", "case", case.id, persons=[case.person_id], reason=why, named=sorted(circle, key=str)
    )  # fmt: skip
    for listener in _ON_SHIELDED:
        await listener(uow, case.id)


async def _circle(uow: UnitOfWork, case: CaseFile) -> set[UUID]:
    context = uow.context
    circle = {case.responsible_id} if case.responsible_id is not None else set()
    # A job has no roles: it acts for somebody who has read the case in the list they brought.
    saw = not context.roles or case.purchaser in purchasers_seen(context)
    if context.user_id is not None and saw:
        circle.add(context.user_id)
    if circle or await _named(uow, case):
        return circle
    role = f"purchaser_{case.purchaser}"
    return {
        row["user_id"] for row in await uow.call("SELECT * FROM sammen.colleagues()") if role in row["roles"]
    }


async def _named(uow: UnitOfWork, case: CaseFile) -> bool:
    found = select(case_member.c.id).where(
        case_member.c.tenant_id == case.tenant_id,
        case_member.c.case_id == case.id,
        case_member.c.valid_from.is_(None) | (case_member.c.valid_from <= today()),
        case_member.c.valid_to.is_(None),
    )
    return await uow.session.scalar(found.limit(1)) is not None


@on_protected
async def shield_cases_of(uow: UnitOfWork, person_id: UUID) -> None:
    """The person's address is protected: every case of theirs is shielded, closed ones too."""
    for case in await uow.session.scalars(
        select(CaseFile)
        .where(
            CaseFile.tenant_id == uow.context.tenant,
            CaseFile.person_id == person_id,
            CaseFile.shielded.is_(False),
        )
        .with_for_update()
    ):
        await shield_case(uow, case, why="protected_address")
