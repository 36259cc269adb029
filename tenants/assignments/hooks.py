"""What higher slices do when an order no longer waits, a meeting or a start is agreed, or an assignment is made or over:
told in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Date, cast, null
from sqlalchemy.sql import ColumnElement

from sammen.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ClosedOrder:
    """An order that no longer waits for a contact. `how`: filled (at home), returned or lapsed.

    `need_id` is the need it pointed to. The order has let go of it already: whoever is told closes the need.
    """

    order_id: UUID
    need_id: UUID
    how: str


@dataclass(frozen=True, slots=True)
class EndedAssignment:
    """An assignment that has ended; `proposal_id` when it came through the pool. One that never had a first day (`begun`
    is false) was a trial at the most: it counts against nobody.
    """

    assignment_id: UUID
    contact_id: UUID
    proposal_id: UUID | None
    begun: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What mends something that is missing before a contact may begin: finished text, and a button.

    `url` is posted to with `fields`; without a url there is nothing to press.
    """

    text: str
    label: str = ""
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


OnLack = Callable[[UnitOfWork, UUID, str, str], Awaitable[WayOut | None]]
OnClosed = Callable[[UnitOfWork, ClosedOrder], Awaitable[None]]
OnMade = Callable[[UnitOfWork, UUID], Awaitable[None]]
OnEnd = Callable[[UnitOfWork, EndedAssignment], Awaitable[None]]
OnAgreed = Callable[[UnitOfWork, UUID, UUID], Awaitable[None]]
OnStart = Callable[[UnitOfWork, UUID, UUID | None], Awaitable[None]]
_ON_LACK: list[OnLack] = []
_ON_CLOSED: list[OnClosed] = []
_ON_MADE: list[OnMade] = []
_ON_END: list[OnEnd] = []
_ON_AGREED: list[OnAgreed] = []
_ON_START: list[OnStart] = []
_LAST_MET: list[ColumnElement[date | None]] = []


def on_lack(listener: OnLack) -> OnLack:
    """Register what a higher slice knows of mending a lack: asked with the contact, the code of readiness.LACKS and the
    reader's language.
    """
    if listener not in _ON_LACK:
        _ON_LACK.append(listener)
    return listener


async def ways_out_of(uow: UnitOfWork, contact_id: UUID, code: str, language: str) -> list[WayOut]:
    """Every way out of a lack that somebody knows."""
    found = [await listener(uow, contact_id, code, language) for listener in _ON_LACK]
    return [way for way in found if way is not None]


def on_order_closed(listener: OnClosed) -> OnClosed:
    """Register what a higher slice does when an order with a need out is filled at home, returned, or lapses."""
    if listener not in _ON_CLOSED:
        _ON_CLOSED.append(listener)
    return listener


def on_assignment_made(listener: OnMade) -> OnMade:
    """Register what a higher slice does when a contact, whose id it is told, is given an assignment."""
    if listener not in _ON_MADE:
        _ON_MADE.append(listener)
    return listener


def on_assignment_end(listener: OnEnd) -> OnEnd:
    """Register what a higher slice does when an assignment ends."""
    if listener not in _ON_END:
        _ON_END.append(listener)
    return listener


def on_meeting_agreed(listener: OnAgreed) -> OnAgreed:
    """Register what a higher slice does when a first meeting is agreed: told the contact's id and the meeting's."""
    if listener not in _ON_AGREED:
        _ON_AGREED.append(listener)
    return listener


def on_start_agreed(listener: OnStart) -> OnStart:
    """Register what a higher slice does when the day an assignment begins is agreed, or moved: told the assignment's id
    and, when it came through the pool, the proposal's.
    """
    if listener not in _ON_START:
        _ON_START.append(listener)
    return listener


def knows_last_meeting(day: ColumnElement[date | None]) -> None:
    """Register how to find the last day the two of an assignment met: a scalar subquery that correlates `assignment`.
    The slice that keeps the hours knows; without one the day is unknown.
    """
    _LAST_MET[:] = [day]


def last_met() -> ColumnElement[date | None]:
    """The last day the two of an `assignment` met, as registered hours tell; NULL when none do."""
    return _LAST_MET[0] if _LAST_MET else cast(null(), Date())


async def tell_agreed(uow: UnitOfWork, contact_id: UUID, meeting_id: UUID) -> None:
    """Let every listener know."""
    for listener in _ON_AGREED:
        await listener(uow, contact_id, meeting_id)


async def tell_start(uow: UnitOfWork, assignment_id: UUID, proposal_id: UUID | None) -> None:
    """Let every listener know."""
    for listener in _ON_START:
        await listener(uow, assignment_id, proposal_id)


async def tell_closed(uow: UnitOfWork, closed: ClosedOrder) -> None:
    """Let every listener know."""
    for listener in _ON_CLOSED:
        await listener(uow, closed)


async def tell_made(uow: UnitOfWork, contact_id: UUID) -> None:
    """Let every listener know."""
    for listener in _ON_MADE:
        await listener(uow, contact_id)


async def tell_end(uow: UnitOfWork, ended: EndedAssignment) -> None:
    """Let every listener know."""
    for listener in _ON_END:
        await listener(uow, ended)
