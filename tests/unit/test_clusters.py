"""Which needs could be one group (C11): everybody fits the whole, nobody stands in two, and the order changes nothing."""

from __future__ import annotations

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.gathering.clusters import GROUP_BANDS, Cluster, GatherNeed, clusters, group_bands, neighbours
from shared_pool.needs.api import AREAS, BANDS

LEAST = 5
NEAR = {
    "north": frozenset({"middle"}), "middle": frozenset({"north", "south", "islands"}), "south": frozenset({"middle"}),
    "islands": frozenset({"middle"}),
}  # fmt: skip


def need(number: int, home: int = 1, **changes: object) -> GatherNeed:
    values: dict[str, object] = {
        "age_band": "10-13", "area": "south", "interests": frozenset({"climbing"}), "slots": frozenset({"tue-pm"}),
    } | changes  # fmt: skip
    return GatherNeed(UUID(int=number), UUID(int=1000 + home), **values)  # type: ignore[arg-type] # real fields


def spread(count: int, homes: int = 3, **changes: object) -> list[GatherNeed]:
    return [need(number, number % homes, **changes) for number in range(1, count + 1)]


@st.composite
def worlds(draw: st.DrawFn) -> list[GatherNeed]:
    few = ["climbing", "gaming", "walking"]
    return [
        need(
            number, draw(st.integers(0, 4)), age_band=draw(st.sampled_from(["10-13", "14-17", "6-17", "18-29", "18-66"])),
            area=draw(st.sampled_from(sorted(AREAS))), interests=draw(st.frozensets(st.sampled_from(few))),
            slots=draw(st.frozensets(st.sampled_from(["tue-pm", "wed-eve"]))), waited_weeks=draw(st.integers(0, 9)),
        )
        for number in range(1, draw(st.integers(0, 40)) + 1)
    ]  # fmt: skip


def shape(found: list[Cluster]) -> list[tuple[object, ...]]:
    return [(one.key, tuple(need.id for need in one.needs)) for one in found]


@given(worlds())
def test_every_member_fits_the_whole_group_and_stands_in_no_other(world: list[GatherNeed]) -> None:
    found = clusters(world, LEAST, NEAR)
    for group in found:
        assert all(group.key.fits(one) for one in group.needs)
        assert len(group.key.areas) == 1 or group.key.areas[1] in NEAR[group.key.areas[0]]
    everyone = [one.id for group in found for one in group.needs]
    assert len(everyone) == len(set(everyone))


@given(worlds())
def test_a_group_has_enough_and_no_municipality_in_it_has_enough_alone(world: list[GatherNeed]) -> None:
    for group in clusters(world, LEAST, NEAR):
        homes = Counter(one.municipality for one in group.needs)
        assert len(group.needs) >= LEAST
        assert max(homes.values()) < LEAST
        assert group.municipalities == len(homes) >= 2


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_needs_come_in_changes_nothing(world: list[GatherNeed], chance: Random) -> None:
    shuffled = list(world)
    chance.shuffle(shuffled)
    assert shape(clusters(shuffled, LEAST, NEAR)) == shape(clusters(world, LEAST, NEAR))


@given(worlds())
def test_nobody_is_left_who_could_have_been_one_more_group(world: list[GatherNeed]) -> None:
    found = clusters(world, LEAST, NEAR)
    used = {one.id for group in found for one in group.needs}
    assert clusters([one for one in world if one.id not in used], LEAST, NEAR) == []


def test_the_largest_group_comes_first_and_uses_its_needs_up() -> None:
    climbers = spread(6, interests=frozenset({"climbing", "gaming"}))
    gamers = [need(20 + n, n, interests=frozenset({"gaming"})) for n in range(3)]
    first, *rest = clusters([*climbers, *gamers], LEAST, NEAR)
    assert first.key.interest == "gaming"
    assert len(first.needs) == 9
    assert rest == []


def test_of_equal_groups_the_one_that_has_waited_longest_comes_first() -> None:
    new = spread(5, interests=frozenset({"climbing"}), waited_weeks=1)
    old = [need(20 + n, n % 3, interests=frozenset({"gaming"}), waited_weeks=8) for n in range(5)]
    assert [one.key.interest for one in clusters([*new, *old], LEAST, NEAR)] == ["gaming", "climbing"]


def test_one_area_and_a_narrow_band_are_enough_when_nobody_comes_by_widening() -> None:
    only = clusters(spread(6), LEAST, NEAR)[0]
    assert only.key.areas == ("south",)
    assert only.key.age_band == "10-13"
    grown = clusters(spread(6, age_band="18-29"), LEAST, NEAR)[0]
    assert grown.key.age_band == "18-29"


def test_four_are_too_few_and_areas_far_apart_are_no_group() -> None:
    assert clusters(spread(4), LEAST, NEAR) == []
    far = [*spread(3, area="north"), *(need(20 + n, n, area="south") for n in range(3))]
    assert clusters(far, LEAST, NEAR) == []
    near = [*spread(3, area="middle"), *(need(20 + n, n, area="south") for n in range(3))]
    assert clusters(near, LEAST, NEAR)[0].key.areas == ("middle", "south")


def test_a_municipality_that_has_enough_alone_is_left_out() -> None:
    assert clusters([need(n, 1) for n in range(1, 7)], LEAST, NEAR) == []
    mixed = [*(need(n, 1) for n in range(1, 7)), *(need(20 + n, 2 + n % 3) for n in range(5))]
    assert [len(one.needs) for one in clusters(mixed, LEAST, NEAR)] == [5]


def test_children_of_six_and_of_seventeen_are_never_one_group() -> None:
    assert "6-17" not in GROUP_BANDS
    young, old = (
        [need(n, n, age_band="6-9") for n in range(1, 4)],
        [need(n, n, age_band="14-17") for n in range(4, 7)],
    )
    assert clusters([*young, *old], LEAST, NEAR) == []
    assert set(group_bands("6-17")) == {"6-9", "10-13", "14-17"}
    assert "18-66" in group_bands("30-49")
    assert all(group_bands(code) for code in BANDS)


def test_areas_are_neighbours_within_reach_and_unknown_distances_are_none() -> None:
    far = {("a", "b"): 20, ("b", "a"): 20, ("a", "c"): 60, ("c", "a"): 60}
    found = neighbours(["a", "b", "c"], lambda one, other: far.get((one, other)))
    assert found == {"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset()}


def test_one_alone_and_the_same_need_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="alone"):
        clusters([], 1, NEAR)
    with pytest.raises(ValueError, match="twice"):
        clusters([need(1), need(1)], LEAST, NEAR)
