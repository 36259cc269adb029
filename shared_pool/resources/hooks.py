"""What a booking may be for: slices that have meetings, sessions and offers tell what an id of theirs is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission


@dataclass(frozen=True, slots=True)
class PurposeCard:
    """What is held, for whom may see it: its name, its page, and its time. `url` follows the place's address; who has not
    the `permission` reads the name and gets no link.
    """

    title: str
    url: str
    starts: datetime
    ends: datetime
    permission: Permission | None = None


ReadsPurpose = Callable[[UnitOfWork, UUID], Awaitable[PurposeCard | None]]
_READERS: dict[str, ReadsPurpose] = {}


def register_purpose(purpose: str, reader: ReadsPurpose) -> None:
    """Register who knows the ids of a purpose (group, course, assembly, offer). `reader` answers None for what is absent
    or not for the reader to know of.
    """
    _READERS[purpose] = reader


async def purpose_card(uow: UnitOfWork, purpose: str, purpose_id: UUID | None) -> PurposeCard | None:
    """What a booking is for, or None when nobody knows it."""
    reader = _READERS.get(purpose)
    return await reader(uow, purpose_id) if reader is not None and purpose_id is not None else None
