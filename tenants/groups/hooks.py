"""What higher slices and floors do when a group or somebody's place in one changes: told in the same transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

WHAT = frozenset({"waiting", "offered", "trial", "member", "ended", "needs", "yes"})
"""What may happen to a place: its new state; or it was offered to who waits; or its needs, or the yes across a border,
were written down.
"""
OnPlace = Callable[[UnitOfWork, UUID, UUID, str], Awaitable[None]]
OnGroup = Callable[[UnitOfWork, UUID], Awaitable[None]]
_ON_PLACE: list[OnPlace] = []
_ON_GROUP: list[OnGroup] = []


def on_place(listener: OnPlace) -> OnPlace:
    """Register what is done when a place changes: told the group's id, the place's and a word of WHAT. May raise Invalid
    with a sentence, such as when no shared seat is left: then nothing happens.
    """
    if listener not in _ON_PLACE:
        _ON_PLACE.append(listener)
    return listener


def on_group_changed(listener: OnGroup) -> OnGroup:
    """Register what is done when a group is made, edited, given leaders or closed: told its id."""
    if listener not in _ON_GROUP:
        _ON_GROUP.append(listener)
    return listener


async def tell_place(uow: UnitOfWork, group_id: UUID, place_id: UUID, what: str) -> None:
    """Let every listener know."""
    for listener in _ON_PLACE:
        await listener(uow, group_id, place_id, what)


async def tell_group(uow: UnitOfWork, group_id: UUID) -> None:
    """Let every listener know."""
    for listener in _ON_GROUP:
        await listener(uow, group_id)
