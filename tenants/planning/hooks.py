"""What slices above planning do at the same moment: carry what is suggested, chosen and said across a joint group."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

OnSuggested = Callable[[UnitOfWork, UUID, UUID], Awaitable[None]]
OnChosen = Callable[[UnitOfWork, UUID, UUID, int], Awaitable[None]]
Tally = Mapping[str, tuple[int, int, int]]
"""Question → how many said yes, some and no."""
OnVoice = Callable[[UnitOfWork, UUID, date, Tally], Awaitable[None]]

suggested: list[OnSuggested] = []
chosen: list[OnChosen] = []
voiced: list[OnVoice] = []


def on_suggested(listener: OnSuggested) -> OnSuggested:
    """Register `listener(uow, group_id, suggestion_id)`, called when a suggestion is made, planned, or dropped."""
    suggested.append(listener)
    return listener


def on_chosen(listener: OnChosen) -> OnChosen:
    """Register `listener(uow, group_id, suggestion_id, choices)`: how many of one's own participants now want it."""
    chosen.append(listener)
    return listener


def on_voice(listener: OnVoice) -> OnVoice:
    """Register `listener(uow, group_id, half, tally)`: what one's own participants have said of a half-year, as numbers."""
    voiced.append(listener)
    return listener


async def tell_suggested(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID) -> None:
    """Call those who asked to know of suggestions."""
    for listener in suggested:
        await listener(uow, group_id, suggestion_id)


async def tell_chosen(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID, choices: int) -> None:
    """Call those who asked to know of choices."""
    for listener in chosen:
        await listener(uow, group_id, suggestion_id, choices)


async def tell_voice(uow: UnitOfWork, group_id: UUID, half: date, tally: Tally) -> None:
    """Call those who asked to know of what was said."""
    for listener in voiced:
        await listener(uow, group_id, half, tally)
