"""What the map may tell: in fives, never under the limit, and nothing to subtract one's way to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.atlas.counting import AreaCount, by_area, most, told
from shared_pool.atlas.outline import DRAWING, OUTSIDE
from shared_pool.needs.api import AREAS


@given(st.integers(0, 500), st.integers(5, 20))
def test_a_count_is_told_in_fives_and_only_from_the_limit_up(count: int, least: int) -> None:
    shown = told(count, least)
    if count < least:
        assert shown is None
    else:
        assert shown is not None
        assert shown % 5 == 0
        assert abs(shown - count) <= 2


@given(st.integers(0, 100), st.integers(0, 100), st.integers(5, 10))
def test_a_member_that_takes_its_own_away_never_arrives_at_a_number_of_others(
    own: int, others: int, least: int
) -> None:
    """All the totals that are told alike, less one's own: more than one answer, or nobody at all."""
    shown = told(own + others, least)
    possible = {total - own for total in range(own, own + 210) if told(total, least) == shown}
    assert others in possible
    assert possible == {0} or len(possible) > 1


def test_a_limit_under_five_is_never_used_and_nobody_is_fewer_than_none() -> None:
    assert told(4, 1) is None
    with pytest.raises(ValueError, match="none"):
        told(-1, 5)


def test_areas_without_anybody_stand_there_and_look_like_those_with_a_few() -> None:
    counts = by_area(AREAS, ["north"] * 12 + ["south"] * 3, ["south"] * 8, 5)
    assert [(c.area, c.needs, c.candidates) for c in counts] == [
        ("north", 10, None), ("middle", None, None), ("south", None, 10), ("islands", None, None),
    ]  # fmt: skip
    assert [c.area for c in counts if c.short] == ["north"]


def test_where_most_are_is_said_only_when_one_area_has_most() -> None:
    counts = [AreaCount("north", 10, None), AreaCount("south", 10, 5), AreaCount("middle", None, None)]
    assert most(counts, "needs") is None
    assert most(counts, "candidates") == "south"
    assert most([AreaCount("north", None, None)], "needs") is None


def test_every_area_is_drawn_once_and_whose_the_lines_are_is_said() -> None:
    assert {shape.area for shape in DRAWING.shapes} == {*AREAS, OUTSIDE}
    assert "Kartverket" in DRAWING.attribution
    assert "Erik Bolstad" in DRAWING.attribution
    assert DRAWING.link == "www.erikbolstad.no/postnummer"
    for shape in DRAWING.shapes:
        assert shape.path.startswith("M")
        assert 0 < shape.x < DRAWING.width
        assert 0 < shape.y < DRAWING.height
