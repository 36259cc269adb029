"""Writing the trail, in the transaction of what it tells about: if it cannot be written, nothing happens.

Raw inserts without a lock; a job seals them within a minute (seal.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7

_COLUMNS = "id, category, action, actor_id, actor_name, role, why, persons, object_kind, object_id, details, request_id"
_VALUES = ", ".join(f"${n}" for n in range(2, 14))
_MUNICIPAL = f"INSERT INTO sammen.audit_entry (tenant_id, {_COLUMNS}) VALUES ($1, {_VALUES})"  # noqa: S608 - constants only
_REGIONAL = f"INSERT INTO sammen.region_audit_entry (region_id, {_COLUMNS}) VALUES ($1, {_VALUES})"  # noqa: S608 - constants only


async def _write(
    uow: UnitOfWork,
    category: str,
    action: str,
    why: str,
    persons: Sequence[UUID],
    object_kind: str | None,
    object_id: UUID | None,
    details: dict[str, Any] | None,
) -> None:
    context = uow.context
    scope = context.tenant_id or context.region_id
    if scope is None:
        raise LookupError("nothing can be logged outside a place")
    await uow.call(
        _MUNICIPAL if context.tenant_id else _REGIONAL,
        scope,
        uuid7(),
        category,
        action,
        context.user_id,
        context.user_name,
        ",".join(sorted(context.roles)),
        why or context.purpose,
        list(persons),
        object_kind,
        object_id,
        json.dumps(details or {}, ensure_ascii=False, default=str, sort_keys=True),
        context.request_id,
    )


async def record_read(
    uow: UnitOfWork,
    action: str,
    persons: Sequence[UUID],
    *,
    why: str,
    object_kind: str | None = None,
    object_id: UUID | None = None,
) -> None:
    """Access log: `persons` were read. A list writes one row for all it showed. `why` is a Bokmål phrase."""
    await _write(uow, "read", action, why, persons, object_kind, object_id, None)


async def record_change(
    uow: UnitOfWork,
    action: str,
    object_kind: str,
    object_id: UUID,
    *,
    persons: Sequence[UUID] = (),
    why: str = "",
    **details: Any,
) -> None:
    """Change event, such as `decision.issued`. `details` are facts that may be logged: no free text, no numbers of people."""
    await _write(uow, "change", action, why, persons, object_kind, object_id, details)
