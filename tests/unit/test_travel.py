"""Estimated travel between municipalities and coarse areas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.geography.travel import LOCAL_MINUTES, Point, RegionMap, travel_minutes
from tests.unit.matching_samples import (
    MINUTES,
    PLACES,
    VESTFOLD,
)


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
def test_travel_takes_as_long_both_ways_and_never_less_than_within_a_municipality(a: str, b: str) -> None:
    assert MINUTES(a, b) == MINUTES(b, a) >= LOCAL_MINUTES


def test_travel_in_vestfold_is_near_what_a_driver_would_say() -> None:
    assert MINUTES("0701", "0701") == 8
    assert 15 <= MINUTES("0701", "0704") <= 25  # Horten to Tønsberg
    assert 55 <= MINUTES("0702", "0709") <= 75  # Holmestrand to Larvik
    assert MINUTES("0716", "north") > MINUTES("0701", "north")


def test_the_way_from_the_islands_goes_over_the_bridges_and_not_over_the_fjord() -> None:
    as_the_crow_flies = RegionMap(VESTFOLD.points, VESTFOLD.areas)
    assert MINUTES("0723", "0706") > 1.5 * travel_minutes(as_the_crow_flies, "0723", "0706")
    assert MINUTES("0723", "0722") == travel_minutes(as_the_crow_flies, "0723", "0722")
    assert MINUTES("0723", "0704") >= MINUTES("0722", "0704")


def test_a_place_or_point_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        MINUTES("0301", "north")
    with pytest.raises(ValueError, match="no point for 0701"):
        RegionMap({}, {"0701": "north"})
    with pytest.raises(ValueError, match="globe"):
        Point(95, 10, 1)
    with pytest.raises(ValueError, match="inhabitants"):
        Point(59, 10, 0)


def test_bridges_that_go_in_a_ring_do_not_go_on_for_ever() -> None:
    ring = RegionMap(VESTFOLD.points, VESTFOLD.areas, {"0722": "0723", "0723": "0722"})
    assert travel_minutes(ring, "0722", "0723") >= LOCAL_MINUTES
