"""What higher slices do when a decision is made, a service granted or ended, or notice given: told in the same transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class IssuedGrant:
    """What an issued decision tells those who act on it (orders): one granted service.

    `line_id` is the first grant of the line it goes on with, None when it begins one. `begins` is its first day.
    """

    case_id: UUID
    person_id: UUID
    decision_id: UUID
    grant_id: UUID
    form: str
    decided_on: date
    line_id: UUID | None = None
    begins: date | None = None


@dataclass(frozen=True, slots=True)
class DecidedDecision:
    """A decision just made in Sammen (not one taken over from a list), for those who write to people about it."""

    case_id: UUID
    person_id: UUID
    decision_id: UUID
    kind: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """An advance notice just given (fvl. § 16), for those who write to people: what, why, and until when to reply."""

    case_id: UUID
    person_id: UUID
    decision_id: UUID
    notice_id: UUID
    what: str
    why: str
    reply_by: date
    child_welfare: bool


OnDecided = Callable[[UnitOfWork, DecidedDecision], Awaitable[None]]
OnIssue = Callable[[UnitOfWork, IssuedGrant], Awaitable[None]]
OnLapse = Callable[[UnitOfWork, UUID, date], Awaitable[None]]
OnNotice = Callable[[UnitOfWork, GivenNotice], Awaitable[None]]
_ON_DECIDED: list[OnDecided] = []
_ON_ISSUE: list[OnIssue] = []
_ON_LAPSE: list[OnLapse] = []
_ON_NOTICE: list[OnNotice] = []


def on_issue(listener: OnIssue) -> OnIssue:
    """Register what a higher slice does when a service is granted; runs in the decision's own transaction."""
    if listener not in _ON_ISSUE:
        _ON_ISSUE.append(listener)
    return listener


def on_decided(listener: OnDecided) -> OnDecided:
    """Register what a higher slice does when a decision is made; runs in the same transaction, after on_issue."""
    if listener not in _ON_DECIDED:
        _ON_DECIDED.append(listener)
    return listener


def on_lapse(listener: OnLapse) -> OnLapse:
    """Register what a higher slice does when a grant turns out to be over; runs in the same transaction."""
    if listener not in _ON_LAPSE:
        _ON_LAPSE.append(listener)
    return listener


def on_notice(listener: OnNotice) -> OnNotice:
    """Register what a higher slice does when an advance notice is given; runs in the same transaction."""
    if listener not in _ON_NOTICE:
        _ON_NOTICE.append(listener)
    return listener


async def tell_issued(uow: UnitOfWork, told: IssuedGrant) -> None:
    """Let every listener know."""
    for listener in _ON_ISSUE:
        await listener(uow, told)


async def tell_decided(uow: UnitOfWork, told: DecidedDecision) -> None:
    """Let every listener know."""
    for listener in _ON_DECIDED:
        await listener(uow, told)


async def tell_lapsed(uow: UnitOfWork, grant_id: UUID, on: date) -> None:
    """Let every listener know that a grant's last day was `on`."""
    for listener in _ON_LAPSE:
        await listener(uow, grant_id, on)


async def tell_noticed(uow: UnitOfWork, told: GivenNotice) -> None:
    """Let every listener know."""
    for listener in _ON_NOTICE:
        await listener(uow, told)
