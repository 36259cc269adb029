"""A region's weights: what can be adopted, and how they are kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from shared_pool.engine.api import DEFAULT, FAULTS, PARTS, Weights, WeightsError
from tests.unit.matching_samples import weighings


@given(weighings())
def test_weights_are_read_back_as_they_were_kept(weights: Weights) -> None:
    assert Weights.from_json(json.loads(json.dumps(weights.to_json()))) == weights


def changed(level: int, **parts: Any) -> dict[int, dict[str, int]]:
    return {each: {**row, **(parts if each == level else {})} for each, row in DEFAULT.points.items()}


@pytest.mark.parametrize(
    ("points", "code", "level", "part"),
    [
        (changed(1, interests=31), "sum", 1, None),
        (changed(2, interests=101), "points", 2, "interests"),
        (changed(2, interests=-1), "points", 2, "interests"),
        (changed(3, times=2.5), "points", 3, "times"),
        (changed(3, times=True), "points", 3, "times"),
        (changed(1, language=0), "shape", 1, None),
        (changed(2, stability=10, interests=46), "stability", 2, "stability"),
        ({1: DEFAULT.points[1]}, "shape", None, None),
    ],
)
def test_weights_that_cannot_be_used_say_what_is_wrong_and_where(
    points: dict[int, dict[str, int]], code: str, level: int | None, part: str | None
) -> None:
    with pytest.raises(WeightsError) as caught:
        Weights(points)
    assert (caught.value.code, caught.value.predictability, caught.value.part) == (code, level, part)
    assert code in FAULTS


@pytest.mark.parametrize("km", [0, 8, 301, 40.5, True])
def test_the_longest_way_is_a_whole_number_of_kilometres_that_makes_sense(km: Any) -> None:
    with pytest.raises(WeightsError) as caught:
        Weights(DEFAULT.points, max_km=km)
    assert caught.value.code == "max_km"


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"points": []},
        {"points": {"one": {}}},
        {**DEFAULT.to_json(), "own_first": "no"},
        {"points": {"1": 3}},
    ],
)
def test_what_was_never_kept_is_not_read(kept: dict[str, Any]) -> None:
    with pytest.raises(WeightsError):
        Weights.from_json(kept)


def test_a_language_is_no_part_since_its_points_would_show_that_one_is_asked_for() -> None:
    assert "language" not in PARTS
    assert DEFAULT.most(3, "stability") > DEFAULT.most(1, "stability")
