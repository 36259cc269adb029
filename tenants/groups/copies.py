"""Copies of other municipalities' groups, for jobs in this municipality's own context (docs/decisions/0065)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.groups.models import ActivityGroup


@dataclass(frozen=True, slots=True)
class GroupCopy:
    """What a partner may know of a group. `id` and `joint_id` are the original's; `seats` is this municipality's quota;
    `led_by` first names; `version` grows with every change of the original.
    """

    id: UUID
    joint_id: UUID
    version: int
    name: str
    activity: str
    weekday: str
    starts: time
    ends: time
    place: str
    seats: int
    valid_from: date
    valid_to: date | None
    led_by: str
    transport: str = ""
    closed: bool = False


async def mirror_group(uow: UnitOfWork, copy: GroupCopy) -> bool:
    """Make or renew the copy under the original's id; whether anything was written. An older version than the one that is
    there changes nothing, and neither does the same again. Never touches a group of the municipality's own.
    """
    held = await uow.session.get(
        ActivityGroup, (uow.context.tenant, copy.id), with_for_update=True, populate_existing=True
    )
    if held is not None and (held.hosted or held.copied >= copy.version):
        return False
    if held is None:
        held = ActivityGroup(tenant_id=uow.context.tenant, id=copy.id, hosted=False)
        uow.session.add(held)
    for name in (
        "joint_id",
        "name",
        "activity",
        "weekday",
        "starts",
        "ends",
        "place",
        "seats",
        "valid_from",
        "led_by",
    ):
        setattr(held, name, getattr(copy, name))
    held.valid_to, held.transport, held.copied = copy.valid_to, copy.transport, copy.version
    held.closed_on = (held.closed_on or today()) if copy.closed else None
    held.version = (held.version or 0) + 1
    await uow.session.flush()
    await record_change(uow, "group.copied", "activity_group", copy.id, version=copy.version)
    return True
