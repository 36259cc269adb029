"""The sums of the scenarios: ranges that hold, and nothing of what is hidden."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.releases.api import Released
from reporting.scenarios.forms import Typed, saved, unsaved, usual
from reporting.scenarios.model import LEVERS, ROUND_TO, Range, outcome, swings
from reporting.scenarios.reading import HIDDEN, Outcome, offered_rates, reckon
from reporting.scenarios.views import summary
from tests.released_samples import made_up, place_id

FULL = {
    "cost": 2_400_000, "hours": 9000, "services": 160, "course_seats": 90, "contacts_mean": 110,
}  # fmt: skip


def release(**hidden: str) -> Released:
    """Four municipalities; `hidden`: municipality → the measure that is hidden there."""
    names = ("Horten", "Larvik", "Re", "Sandefjord")
    figures = {
        name: {measure: None if hidden.get(name) == measure else value * (at + 2) // 2 for measure, value in FULL.items()}
        for at, name in enumerate(names)
    }  # fmt: skip
    return made_up(figures, missing=("Færder",), region_hidden=sorted(set(hidden.values())))


def of(lever: str, shown: Released, typed: Typed | None = None) -> Outcome:
    said = typed or usual(LEVERS[lever])
    return reckon(shown, LEVERS[lever], said.inputs, said.choice, "Samarbeidet")


def test_common_rates_cost_the_part_of_the_difference_that_is_theirs() -> None:
    now = {"hours": Decimal(1000), "cost": Decimal(380_000)}
    said = {
        "sats": Range(Decimal(350), Decimal(400)),
        "andel": Range(Decimal(50), Decimal(100)),
        "timer": Range(Decimal(100), Decimal(110)),
    }
    assert outcome(LEVERS["satser"], now, said) == Range(Decimal(-33_000), Decimal(22_000))
    assert outcome(LEVERS["satser"], {**now, "hours": Decimal(0)}, said) is None
    moved = swings(LEVERS["satser"], now, said)
    assert [one.id for one, _ in moved] == ["sats", "andel", "timer"]
    assert moved[0][1] == Range(Decimal(-24_000), Decimal(16_000))


def test_fewer_who_leave_save_what_a_new_one_costs_less_the_joint_work() -> None:
    now = {"contacts": Decimal(100)}
    typed = (("slutter", 20), ("faerre", 25), ("ny", 10_000), ("felles", 300))
    said = {name: Range(Decimal(n), Decimal(n)) for name, n in typed}
    assert outcome(LEVERS["rekruttering"], now, said) == Range(Decimal(-20_000), Decimal(-20_000))
    assert swings(LEVERS["rekruttering"], now, said) == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LEVERS)), st.data())
def test_no_value_between_the_ends_falls_outside_the_range(lever_id: str, data: st.DataObject) -> None:
    lever = LEVERS[lever_id]
    now = {one.id: Decimal(data.draw(st.integers(1, 10**6))) for one in lever.operands}
    said = {}
    for one in lever.assumptions:
        low, high = sorted(
            data.draw(st.lists(st.integers(int(one.least), int(one.most)), min_size=2, max_size=2))
        )
        said[one.id] = Range(Decimal(low), Decimal(high))
    found = outcome(lever, now, said)
    assert found is not None
    assert not found.low % ROUND_TO
    assert not found.high % ROUND_TO
    for part in product((Decimal(0), Decimal("0.37"), Decimal(1)), repeat=len(said)):
        values = {
            name: one.low + (one.high - one.low) * at
            for (name, one), at in zip(said.items(), part, strict=True)
        }
        exact = lever.reckon(now, values)
        assert exact is not None
        assert found.low <= exact <= found.high


def test_a_place_with_a_hidden_number_has_no_result_and_neither_has_a_region_whose_number_is_hidden() -> None:
    operand = {
        "satser": "hours",
        "kurs": "course_seats",
        "grupper": "services",
        "rekruttering": "contacts_mean",
    }
    for lever, measure in operand.items():
        found = of(lever, release(Re=measure))
        by_name = {one.name: one for one in found.places}
        assert by_name["Horten"].change is not None
        assert (by_name["Re"].change, by_name["Re"].today, by_name["Re"].why) == (None, None, HIDDEN)
        assert by_name["Færder"].why == "missing"
        assert (found.region.change, found.region.why, found.swings) == (None, HIDDEN, ())
        assert summary(found, "nb")[-1] == "Kan ikke regnes for Færder og Re."


def test_the_chosen_rate_is_of_municipalities_that_are_shown_and_never_of_fewer_than_three() -> None:
    lever = LEVERS["satser"]
    rates = offered_rates(release(Re="hours"), lever)
    assert set(rates) == {"lowest", "median", "highest"}
    assert rates["lowest"] <= rates["median"] <= rates["highest"]
    assert offered_rates(release(Re="hours", Horten="cost"), lever) == {}
    chosen = of("satser", release(), Typed(usual(lever).inputs, "highest"))
    assert chosen.inputs["sats"].low == offered_rates(release(), lever)["highest"]


def test_what_is_saved_reads_back_and_gives_the_same_again() -> None:
    for lever in LEVERS.values():
        typed = usual(lever)
        first = of(lever.id, release(Re="hours"), typed)
        again = unsaved(lever, json.loads(json.dumps(saved(typed))))
        assert again == typed
        assert of(lever.id, release(Re="hours"), again).results() == first.results()
        assert set(first.results()) == {
            "",
            *(place_id(n) for n in ("Færder", "Horten", "Larvik", "Re", "Sandefjord")),
        }
    assert unsaved(LEVERS["kurs"], saved(usual(LEVERS["satser"]))) is None
