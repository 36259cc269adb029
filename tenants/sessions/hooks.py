"""What higher slices and floors do when a meeting changes, and what they know of its guests: other municipalities'
participants. Told in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

WHAT = frozenset({"planned", "moved", "cancelled", "held", "leaders"})
"""What may happen to a meeting: it is new, its time, place or words changed, it is called off or over, or others lead."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Another municipality's participant, as leaders read them on the day. `seat_id` is the shared seat; `phone` is the
    emergency number, `duty` the home municipality's own number ("" when it has none).
    """

    seat_id: UUID
    home_name: str
    name: str
    needs: str
    phone: str
    duty: str = ""


OnSession = Callable[[UnitOfWork, UUID, str], Awaitable[None]]
ReadsGuests = Callable[[UnitOfWork, UUID], Awaitable[Sequence[Guest]]]
OnGuests = Callable[[UnitOfWork, UUID, Mapping[UUID, str]], Awaitable[None]]
OnTold = Callable[[UnitOfWork, UUID, UUID, bool], Awaitable[None]]
_ON_SESSION: list[OnSession] = []
_GUESTS: list[ReadsGuests] = []
_ON_GUESTS: list[OnGuests] = []
_ON_TOLD: list[OnTold] = []


def on_session_changed(listener: OnSession) -> OnSession:
    """Register what is done when a meeting changes: told its id and a word of WHAT. Also told of copies."""
    if listener not in _ON_SESSION:
        _ON_SESSION.append(listener)
    return listener


def register_guests(reader: ReadsGuests) -> ReadsGuests:
    """Register who knows a meeting's guests. Asked on the day alone, by a leader of the meeting; it writes the homes'
    trails itself. A meeting without guests gives none.
    """
    if reader not in _GUESTS:
        _GUESTS.append(reader)
    return reader


def on_guest_presence(listener: OnGuests) -> OnGuests:
    """Register what is done with guests' presence: told the meeting's id, and `present` or `absent` by seat."""
    if listener not in _ON_GUESTS:
        _ON_GUESTS.append(listener)
    return listener


def on_told(listener: OnTold) -> OnTold:
    """Register what is done when a participant says that they do not come (true), or come after all (false): told the
    meeting's id and the place's, here at home.
    """
    if listener not in _ON_TOLD:
        _ON_TOLD.append(listener)
    return listener


async def tell_session(uow: UnitOfWork, session_id: UUID, what: str) -> None:
    """Let every listener know."""
    for listener in _ON_SESSION:
        await listener(uow, session_id, what)


async def guests_of(uow: UnitOfWork, session_id: UUID) -> list[Guest]:
    """The guests that those who know of any tell of, by home and name. For a leader of the meeting, on its day."""
    found = [guest for reader in _GUESTS for guest in await reader(uow, session_id)]
    return sorted(found, key=lambda guest: (guest.home_name, guest.name, str(guest.seat_id)))


async def tell_guests(uow: UnitOfWork, session_id: UUID, states: Mapping[UUID, str]) -> None:
    """Let every listener know."""
    for listener in _ON_GUESTS:
        await listener(uow, session_id, states)


async def tell_told(uow: UnitOfWork, session_id: UUID, place_id: UUID, *, stays_away: bool) -> None:
    """Let every listener know."""
    for listener in _ON_TOLD:
        await listener(uow, session_id, place_id, stays_away)
