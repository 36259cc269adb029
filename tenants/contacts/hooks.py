"""What higher slices do at the moment a contact leaves or is suspended, and whom they let one be taken for: registered here,
run in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

Listener = Callable[[UnitOfWork, UUID], Awaitable[None]]
"""Gets the unit of work and the contact's id."""

Seer = Callable[[UnitOfWork, UUID], Awaitable[bool]]
"""Gets the unit of work and a person's id; True when whoever is at work may see that the person is known."""

_BEFORE_LEAVING: list[Listener] = []
_LEFT: list[Listener] = []
_SUSPENDED: list[Listener] = []
_LIFTED: list[Listener] = []
_CHANGED: list[Listener] = []
_MOVED: list[Listener] = []
_BEFORE_KNOWN: list[Seer] = []


def before_known(seer: Seer) -> Seer:
    """Register what is asked before somebody new is taken for a person who is known by the same name and birth date."""
    if seer not in _BEFORE_KNOWN:
        _BEFORE_KNOWN.append(seer)
    return seer


async def may_be_known(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether all who are asked let the reader know that the person is there."""
    return all([await seer(uow, person_id) for seer in _BEFORE_KNOWN])


def before_leaving(listener: Listener) -> Listener:
    """Register what is asked before a contact leaves: raise Conflict while something holds them here."""
    return _add(_BEFORE_LEAVING, listener)


def on_left(listener: Listener) -> Listener:
    """Register what happens when a contact has left."""
    return _add(_LEFT, listener)


def on_suspended(listener: Listener) -> Listener:
    """Register what happens when a contact is suspended (B19)."""
    return _add(_SUSPENDED, listener)


def on_lifted(listener: Listener) -> Listener:
    """Register what happens when a suspension is lifted."""
    return _add(_LIFTED, listener)


def on_moved(listener: Listener) -> Listener:
    """Register what happens when a contact goes from one state to the next."""
    return _add(_MOVED, listener)


def on_changed(listener: Listener) -> Listener:
    """Register what happens when what a contact likes, can or wishes has changed, or a course is noted or taken away."""
    return _add(_CHANGED, listener)


def _add(listeners: list[Listener], listener: Listener) -> Listener:
    if listener not in listeners:
        listeners.append(listener)
    return listener


async def _tell(listeners: list[Listener], uow: UnitOfWork, contact_id: UUID) -> None:
    for listener in listeners:
        await listener(uow, contact_id)


async def ask_before_leaving(uow: UnitOfWork, contact_id: UUID) -> None:
    """Run the questions before somebody leaves; a Conflict stops it."""
    await _tell(_BEFORE_LEAVING, uow, contact_id)


async def tell_left(uow: UnitOfWork, contact_id: UUID) -> None:
    await _tell(_LEFT, uow, contact_id)


async def tell_suspended(uow: UnitOfWork, contact_id: UUID) -> None:
    await _tell(_SUSPENDED, uow, contact_id)


async def tell_lifted(uow: UnitOfWork, contact_id: UUID) -> None:
    await _tell(_LIFTED, uow, contact_id)


async def tell_moved(uow: UnitOfWork, contact_id: UUID) -> None:
    await _tell(_MOVED, uow, contact_id)


async def tell_changed(uow: UnitOfWork, contact_id: UUID) -> None:
    await _tell(_CHANGED, uow, contact_id)
