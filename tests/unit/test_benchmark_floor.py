"""The benchmark's floor draws the case list's own template, so it must keep up with what the page hands over."""

from __future__ import annotations

from tenants.cases.listing import CaseList
from tests.benchmarks.floor import Floor


def test_the_floor_draws_the_same_template_as_the_case_list() -> None:
    drawn = Floor().draw(CaseList([], 0, 0))
    assert "<h1" in drawn
    assert "Kommune 1" in drawn
