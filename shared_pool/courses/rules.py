"""The slice's rules, without a database: how seats are kept, to whom a free one is offered, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_

KINDS: Final = {
    "intro": N_("Innføringskurs"),
    "theme": N_("Temakurs"),
    "first_aid": N_("Førstehjelpskurs"),
    "mental_health": N_("Kurs i psykisk helse"),
    "training": N_("Treningskontaktkurs"),
    "supervisor": N_("Veilederkurs"),
}
"""Kinds of course (C7). `intro` is what a municipality may want before the first assignment (B4), `training` has 40 hours
and an exam (B16), and `supervisor` is for those who guide contacts (C8)."""
TRAINING_HOURS: Final = 40
SHORTEST_OFFER: Final = timedelta(hours=1)
FEW: Final = 3
"""Fewer of others than this are told as «færre enn», never as a number."""


@dataclass(frozen=True, slots=True)
class Home:
    """What a municipality has in a course: seats (offers that stand are seats), and seats kept for it until released."""

    used: int = 0
    kept: int = 0

    @property
    def kept_left(self) -> int:
        """Kept for it, and not taken yet."""
        return max(0, self.kept - self.used)


def open_left(seats: int, homes: Iterable[Home]) -> int:
    """Seats that are neither taken nor kept for a municipality that has not taken them yet."""
    return max(0, seats - sum(home.used + home.kept_left for home in homes))


def to_offer(
    seats: int, homes: Mapping[UUID, Home], waiting: Sequence[tuple[UUID, UUID]]
) -> list[tuple[UUID, UUID]]:
    """Who of those that wait, (place, municipality) in their order, are offered a free seat now.

    A seat that is kept goes to the first of its own municipality; an open one to the first of all who has none kept.
    """
    state = dict(homes)
    offered: list[tuple[UUID, UUID]] = []
    for place, who in waiting:
        home = state.get(who, Home())
        if sum(one.used for one in state.values()) >= seats:
            break
        if home.kept_left or open_left(seats, state.values()):
            offered.append((place, who))
            state[who] = replace(home, used=home.used + 1)
    return offered


def offer_until(at: datetime, starts: datetime, hours: int) -> datetime:
    """Until when an offer made at `at` stands: the course's own number of hours, but never more than a quarter of the time
    that is left, so that there is time for the next; at least an hour, and never past the start.
    """
    left = starts - at
    return min(starts, at + max(SHORTEST_OFFER, min(timedelta(hours=hours), left / 4)))


@dataclass(frozen=True, slots=True)
class Overbooked:
    """Quotas and seats that do not fit: how many are kept or taken in all, and how many there are."""

    wanted: int
    seats: int


def quotas_fit(seats: int, quotas: Mapping[UUID, int], used: Mapping[UUID, int]) -> Overbooked | None:
    """None when the course has room for what is kept for each municipality beside what each has taken already; a seat that
    is taken counts in its own municipality's quota first.
    """
    wanted = sum(max(quotas.get(home, 0), used.get(home, 0)) for home in quotas.keys() | used.keys())
    return Overbooked(wanted, seats) if wanted > seats else None


def others_told(others: int) -> int | None:
    """How many of others may be told as a number: none at all, or `FEW` and more; None means «fewer than three»."""
    return None if 0 < others < FEW else others
