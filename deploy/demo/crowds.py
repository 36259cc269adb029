"""What a need of the demo may say: as much as the anonymity check of the pool lets stand, with enough alike beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from deploy.demo.lives import Life
from shared_pool.needs.api import HOURS
from shared_pool.needs.bands import bands_for
from shared_pool.needs.crowd import Displayed, crowd_for, narrow_hours
from shared_pool.needs.rules import LEAST_CROWD, MOST_INTERESTS
from shared_pool.needs.times import days_told
from tenants.api import KnownUser
from tenants.people.api import age_on

if TYPE_CHECKING:
    from deploy.demo.pool import Settled

ENOUGH = LEAST_CROWD + 1
"""So many others are let like the same, when a need of the story is to say what somebody likes."""


def known_users(lives: Sequence[Life]) -> list[KnownUser]:
    """A town's service users as the pool's own rule counts them (C3)."""
    return [
        KnownUser(
            life.person.id, life.person.birth, frozenset(life.interests), frozenset(life.slots),
            frozenset({life.weekly}), life.state == "running",
        )
        for life in lives
        if counted(life) and {"individual", "training"} & set(life.forms)
    ]  # fmt: skip


def counted(life: Life) -> bool:
    """Whether somebody is one of the crowd."""
    usual = life.purchaser != "child_welfare" and not life.shielded
    return usual and life.state in ("waiting", "running")


def coarse_enough(
    settled: Settled, life: Life, as_of: date, level: int, *, days: str = "kind", purpose: str = "regular"
) -> Displayed:
    """What a need may display of somebody: as much as the anonymity check lets stand, and else its best proposal. The
    widest there is, when nothing is enough.
    """
    narrow, wide = bands_for(age_on(life.person.birth, as_of) or 0)
    shown = Displayed(
        narrow.code, frozenset(life.interests[:MOST_INTERESTS]), frozenset(days_told(life.slots, days)),
        narrow_hours(life.weekly), predictability=level, purpose=purpose,
    )  # fmt: skip
    crowd = crowd_for(shown, (), known_users(settled.lives), LEAST_CROWD, as_of)
    if crowd.enough:
        return shown
    if crowd.coarser:
        return crowd.coarser[0].displayed
    hours = "0-8" if life.weekly <= HOURS["0-8"].upto else "8-40"
    return Displayed(wide.code, hours=hours, purpose=purpose)


def let_like(
    settled: Settled, life: Life, interests: Collection[str], slots: Collection[str], as_of: date
) -> None:
    """Let somebody who is to be posted like this at these times, and enough others of the town too, so that their need
    may say it. Those alike in age and hours come first.
    """
    narrow, wide = bands_for(age_on(life.person.birth, as_of) or 0)
    hours = HOURS[narrow_hours(life.weekly)]

    def unlike(other: Life) -> tuple[int, str]:
        age = age_on(other.person.birth, as_of) or 0
        near = narrow.first <= age <= narrow.last
        return 2 * (not near) + (not hours.holds(other.weekly)), str(other.person.id)

    others = [
        other for other in settled.lives
        if other is not life and counted(other) and {"individual", "training"} & set(other.forms)
        and wide.first <= (age_on(other.person.birth, as_of) or 0) <= wide.last and not other.told
    ]  # fmt: skip
    for one in [life, *sorted(others, key=unlike)[:ENOUGH]]:
        one.interests = list(dict.fromkeys([*interests, *one.interests]))[: max(len(interests), 3)]
        one.slots = list(dict.fromkeys([*slots, *one.slots]))
