"""Which needs could be one group, when no single municipality has enough of them (C11). Pure, and the same every time.

The rule. A group is an interest, a weekday and part of the day, an age band, and one area or two neighbouring ones. A need
is in it when it likes the interest, the time suits, its age may lie in the band and its area is one of them: so every
member fits the whole, and not only the next one. A municipality that has enough by itself is left out, since it can make the
group alone. What is left must be at least as many as the region's limit. The largest group is taken first, then the one whose
needs have waited longest, then the one in fewer areas and the narrower band; its needs are used up, and the rest are
looked at again. No need is in two suggestions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from shared_pool.needs.api import BANDS, KINDS_OF_DAY, slot_day

GROUP_BANDS: Final[tuple[str, ...]] = (
    *(code for code, band in BANDS.items() if band.covers == {code}),
    "18-66",
    "67+",
)
"""The ages a group may be for: narrow bands, and the wide ones of grown-ups. Children of six and of seventeen are no group."""
REACH_KM: Final = 35
"""Two areas whose people live so near each other, as one would expect of any two of them, may share a group."""


@dataclass(frozen=True, slots=True)
class GatherNeed:
    """What is known of a need here. `slots`, which are matched on and never displayed, stay out of `repr`."""

    id: UUID
    municipality: UUID
    age_band: str
    area: str
    interests: frozenset[str]
    slots: frozenset[str] = field(repr=False)
    waited_weeks: int = 0
    days: frozenset[str] = frozenset()
    """What others are told of the days (needs SHOWN_DAYS)."""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What a group's members have in common. `areas` sorted, one or two."""

    interest: str
    slot: str
    age_band: str
    areas: tuple[str, ...]

    def fits(self, need: GatherNeed) -> bool:
        """Whether a need could be in a group like this."""
        return (
            self.interest in need.interests
            and self.slot in need.slots
            and self.age_band in group_bands(need.age_band)
            and need.area in self.areas
        )


@dataclass(frozen=True, slots=True)
class Cluster:
    """A possible group: what it has in common, and its needs, by id."""

    key: GroupKey
    needs: tuple[GatherNeed, ...]

    @property
    def municipalities(self) -> int:
        """How many municipalities they come from."""
        return len({need.municipality for need in self.needs})

    @property
    def told_day(self) -> str:
        """The weekday as the region may read it, a code of SHOWN_DAYS: no finer than every need in it tells. "" for none.

        Whoever knows which needs these are, by what they like and where, would else read a hidden day of each of them.
        """
        day = slot_day(self.key.slot)
        kind = next(code for code, days in KINDS_OF_DAY.items() if day in days)
        if all(day in need.days for need in self.needs):
            return day
        return kind if all(need.days & (KINDS_OF_DAY[kind] | {kind}) for need in self.needs) else ""


def group_bands(age_band: str) -> tuple[str, ...]:
    """The bands of `GROUP_BANDS` somebody of a need's band may belong to.

    A need in a wide band may be of any age in it: its own municipality knows, and answers.
    """
    covers = BANDS[age_band].covers
    return tuple(
        code
        for code in GROUP_BANDS
        if (code in covers if BANDS[code].covers == {code} else covers <= BANDS[code].covers)
    )


def neighbours(areas: Iterable[str], km: Callable[[str, str], int | None]) -> dict[str, frozenset[str]]:
    """For each area, the others within `REACH_KM`; none where the distance is unknown."""
    found = list(areas)
    return {
        a: frozenset(b for b in found if b != a and (far := km(a, b)) is not None and far <= REACH_KM)
        for a in found
    }


def clusters(needs: Iterable[GatherNeed], least: int, near: Mapping[str, frozenset[str]]) -> list[Cluster]:
    """The possible groups, best first. ValueError for a limit under two, or the same need twice."""
    if least < 2:
        raise ValueError("one alone is no group")
    given = sorted(needs, key=lambda need: need.id)
    by_id = {need.id: need for need in given}
    if len(by_id) != len(given):
        raise ValueError("a need stands here twice")
    keys_of = {need.id: _keys(need, near) for need in given}
    members: dict[GroupKey, set[UUID]] = defaultdict(set)
    for need in given:
        for key in keys_of[need.id]:
            members[key].add(need.id)
    found = {key: group for key, ids in members.items() if (group := _group(ids, by_id, least))}
    chosen: list[Cluster] = []
    while found:
        key = min(found, key=lambda one: _rank(one, found[one]))
        chosen.append(Cluster(key, tuple(found[key])))
        touched: set[GroupKey] = set()
        for need in chosen[-1].needs:
            for other in keys_of[need.id]:
                members[other].discard(need.id)
                touched.add(other)
        for other in touched:
            found.pop(other, None)
            if group := _group(members[other], by_id, least):
                found[other] = group
    return chosen


def _keys(need: GatherNeed, near: Mapping[str, frozenset[str]]) -> list[GroupKey]:
    places = [(need.area,), *(tuple(sorted((need.area, other))) for other in near.get(need.area, ()))]
    return [
        GroupKey(interest, slot, band, areas)
        for interest in need.interests
        for slot in need.slots
        for band in group_bands(need.age_band)
        for areas in places
    ]


def _group(ids: Iterable[UUID], by_id: Mapping[UUID, GatherNeed], least: int) -> list[GatherNeed]:
    """The needs that are gathered: without those of a municipality that has enough alone; empty when too few."""
    found = [by_id[one] for one in sorted(ids)]
    if len(found) < least:
        return []
    homes = Counter(need.municipality for need in found)
    left = [need for need in found if homes[need.municipality] < least]
    return left if len(left) >= least else []


def _rank(key: GroupKey, group: Sequence[GatherNeed]) -> tuple[object, ...]:
    waited = sum(need.waited_weeks for need in group)
    return (
        -len(group), -waited, len(key.areas), len(BANDS[key.age_band].covers), key.areas, key.age_band,
        key.interest, key.slot,
    )  # fmt: skip
