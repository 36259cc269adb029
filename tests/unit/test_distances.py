"""Kilometres between a postcode and a coarse area: near what a driver would say, and no finer than the area."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.reference_postcodes import postcodes
from shared_pool.geography.distances import BRIDGES, LOCAL_KM, Bridge, Distances, Position, Spot
from shared_pool.needs.api import AREA_OF_MUNICIPALITY, AREAS

# The twelve's inhabitants of July 2011.
INHABITANTS = {
    "0701": 26138, "0702": 10184, "0704": 40281, "0706": 44008, "0709": 42802, "0714": 3091, "0716": 8838,
    "0719": 5408, "0720": 11214, "0722": 20877, "0723": 4767, "0728": 2432,
}  # fmt: skip
ROWS = postcodes()


def spots(**moved: Position) -> list[Spot]:
    """Vestfold's postcodes, each as heavy as its share of the municipality."""
    homes = [town for _, _, town, _, _, inhabited in ROWS if inhabited]
    return [
        Spot(
            code, town, moved.get(f"p{code}", Position(lat, lon)),
            INHABITANTS.get(town, 1) / homes.count(town) if lives else 0,
        )
        for code, _, town, lat, lon, lives in ROWS
    ]  # fmt: skip


@cache
def vestfold() -> Distances:
    return Distances(spots(), AREA_OF_MUNICIPALITY)


def km(place: str, area: str) -> int:
    found = vestfold().km(place, area)
    assert found is not None
    return found


CODES = st.sampled_from([row[0] for row in ROWS])


@given(CODES, st.sampled_from(sorted(AREAS)))
def test_every_postcode_has_whole_kilometres_to_every_area_at_least_one(code: str, area: str) -> None:
    assert isinstance(km(code, area), int)
    assert 1 <= km(code, area) < 120


def test_distances_in_vestfold_are_near_what_a_driver_would_say() -> None:
    assert km("3187", "north") <= 12  # Horten in its own area
    assert 15 <= km("3187", "middle") <= 25
    assert 45 <= km("3187", "south") <= 60
    assert km("3256", "south") < km("3256", "middle") < km("3256", "north")  # Larvik


def test_the_way_from_the_islands_goes_over_the_bridges_and_not_over_the_fjord() -> None:
    as_the_crow_flies = Distances(spots(), AREA_OF_MUNICIPALITY, {})
    by_air = as_the_crow_flies.km("3145", "south")
    assert by_air is not None
    assert km("3145", "south") > 1.3 * by_air  # Tjøme
    assert km("3145", "middle") > km("3140", "middle")  # past Nøtterøy
    assert km("3140", "islands") <= 12


def test_without_a_postcode_the_home_municipality_is_asked_and_says_what_its_people_would_on_average() -> (
    None
):
    own = [km(code, "south") for code, _, town, *_, lives in ROWS if town == "0701" and lives]
    assert min(own) <= km("0701", "south") <= max(own)


def test_a_place_that_is_not_known_has_no_distance() -> None:
    assert vestfold().km("0301", "north") is None
    assert vestfold().km("", "north") is None
    assert vestfold().km("3187", "east") is None


def test_nobody_can_ask_how_far_it_is_to_anything_finer_than_an_area() -> None:
    for finer in ("3187", "0701"):
        with pytest.raises(ValueError, match="by its area"):
            vestfold().km("3256", finer)


@given(CODES, st.sampled_from(sorted(AREAS)))
def test_a_distance_tells_the_area_and_nothing_of_where_in_it(code: str, area: str) -> None:
    # Two needs of one area are equally far from anybody: there is nothing else of a need to put in.
    again = Distances(reversed(spots()), AREA_OF_MUNICIPALITY)
    assert again.km(code, area) == km(code, area)


def test_post_boxes_weigh_nothing_in_an_area_and_can_still_be_lived_behind() -> None:
    boxes = [row[0] for row in ROWS if not row[5]]
    far = {f"p{code}": Position(0.0, 0.0) for code in boxes}
    moved = Distances(spots(**far), AREA_OF_MUNICIPALITY)
    assert moved.km("3187", "north") == km("3187", "north")
    assert km(boxes[0], "north") >= 1


def test_a_point_off_the_globe_a_negative_crowd_and_a_ring_of_bridges_are_met() -> None:
    with pytest.raises(ValueError, match="globe"):
        Position(95, 10)
    with pytest.raises(ValueError, match="fewer than none"):
        Spot("3187", "0701", Position(59, 10), -1)
    ring = {"0722": Bridge("0723", Position(59.2, 10.4)), "0723": Bridge("0722", Position(59.2, 10.4))}
    assert (Distances(spots(), AREA_OF_MUNICIPALITY, ring).km("3145", "islands") or 0) >= LOCAL_KM
    assert set(BRIDGES) == {"0722", "0723"}
