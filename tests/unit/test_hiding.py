"""Small numbers: what is hidden, and that nothing shown gives it back."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reporting.hiding import (
    HIDDEN,
    Cell,
    Measure,
    MunicipalityFigures,
    SingleTable,
    clashing_periods,
    hide_count,
    hide_counts,
    hide_mean,
    single_table,
)
from reporting.periods import parse

TWELVE = [
    "Andebu",
    "Hof",
    "Holmestrand",
    "Horten",
    "Lardal",
    "Larvik",
    "Nøtterøy",
    "Re",
    "Sandefjord",
    "Stokke",
    "Tjøme",
    "Tønsberg",
]
RATE = Decimal(385)


def figures(name: str, users: int, hours: int, *, served: int | None = None) -> MunicipalityFigures:
    cost = hours * RATE + 61_000
    return MunicipalityFigures(name, users, Decimal(hours), users if served is None else served, cost)


@st.composite
def regions(draw: st.DrawFn) -> list[MunicipalityFigures]:
    rows = []
    for name in draw(st.permutations(TWELVE)):
        users, served = draw(st.integers(0, 12)), draw(st.integers(0, 12))
        hours = draw(st.integers(1, 4000)) if served else 0
        rows.append(figures(name, users, hours, served=served))
    return rows


def cells(table: SingleTable) -> dict[str, Cell]:
    return {row.municipality: row.cell for row in table.rows}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_counts_of_one_to_four_are_hidden(count: int) -> None:
    assert hide_count(count) == HIDDEN
    assert hide_count(count).sign == ":"


def test_zero_is_shown_as_zero_and_five_as_five() -> None:
    assert hide_count(0) == Cell(0)
    assert hide_count(5) == Cell(5)
    assert hide_count(0).sign is None


def test_counts_come_in_norwegian_alphabetical_order_with_small_ones_hidden() -> None:
    hidden = hide_counts({"Ås": 7, "Tønsberg": 90, "Ørsta": 3, "Tjøme": 0, "Andebu": 4})
    assert list(hidden) == ["Andebu", "Tjøme", "Tønsberg", "Ørsta", "Ås"]
    assert [cell.value for cell in hidden.values()] == [None, 0, 90, None, 7]
    assert [cell.hidden for cell in hidden.values()] == [True, False, False, True, False]


def test_a_mean_over_fewer_than_five_is_hidden_and_over_nobody_is_absent() -> None:
    assert hide_mean(Decimal(100), 4) == HIDDEN
    assert hide_mean(Decimal(102), 5) == Cell(Decimal("20.4"))
    assert hide_mean(0, 0) == Cell(None)
    assert hide_mean(0, 0).sign == "–"


@pytest.mark.parametrize("threshold", [-1, 0, 1, 4])
def test_no_region_may_lower_the_threshold_below_five(threshold: int) -> None:
    with pytest.raises(ValueError, match="below 5"):
        hide_count(10, threshold=threshold)
    with pytest.raises(ValueError, match="below 5"):
        hide_mean(10, 10, threshold=threshold)
    with pytest.raises(ValueError, match="below 5"):
        single_table(Measure.USERS, [], threshold=threshold)


def test_a_region_may_raise_the_threshold() -> None:
    assert hide_count(9, threshold=10) == HIDDEN
    assert hide_count(10, threshold=10) == Cell(10)


def test_a_hidden_cell_cannot_be_made_with_a_value_and_the_error_does_not_tell_it() -> None:
    with pytest.raises(ValueError, match="cannot hold a value") as caught:
        Cell(3, hidden=True)
    assert "3" not in str(caught.value)


def test_negative_and_impossible_figures_are_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="negative") as caught:
        figures("Hof", -3, 10)
    assert "3" not in str(caught.value)
    with pytest.raises(ValueError, match="without anyone"):
        figures("Hof", 6, 10, served=0)
    with pytest.raises(ValueError, match="negative"):
        hide_count(-1)


def test_raw_figures_do_not_show_their_numbers_when_printed() -> None:
    assert repr(figures("Hof", 3, 417)) == "MunicipalityFigures(municipality='Hof')"


@pytest.mark.parametrize("measure", list(Measure))
def test_few_users_hide_every_measure_of_their_municipality(measure: Measure) -> None:
    table = single_table(measure, [figures("Hof", 3, 417), figures("Horten", 148, 14_800)])
    assert cells(table)["Hof"] == HIDDEN
    assert not cells(table)["Horten"].hidden


def test_hours_given_to_few_people_hide_hours_and_both_costs_but_not_the_users() -> None:
    rows = [figures("Hof", 9, 417, served=4), figures("Horten", 148, 14_800)]
    by_measure = {measure: cells(single_table(measure, rows))["Hof"] for measure in Measure}
    assert by_measure == {
        Measure.USERS: Cell(9),
        Measure.HOURS: HIDDEN,
        Measure.COST: HIDDEN,
        Measure.COST_PER_USER: HIDDEN,
    }


def test_a_municipality_without_users_shows_zero_and_has_no_cost_per_user() -> None:
    rows = [figures("Tjøme", 0, 0), figures("Horten", 100, 1_000)]
    assert cells(single_table(Measure.USERS, rows))["Tjøme"] == Cell(0)
    assert cells(single_table(Measure.COST, rows))["Tjøme"] == Cell(Decimal(61_000))
    per_user = single_table(Measure.COST_PER_USER, rows)
    assert cells(per_user)["Tjøme"] == Cell(None)
    assert per_user.region_mean == cells(per_user)["Horten"].value == Decimal(4_460)


def test_the_region_mean_stands_only_where_nothing_is_hidden() -> None:
    open_rows = [figures("Horten", 100, 1_000), figures("Re", 51, 400)]
    assert single_table(Measure.USERS, open_rows).region_mean == Decimal("75.5")
    assert single_table(Measure.HOURS, open_rows).region_mean == Decimal("700.0")
    for measure in Measure:
        assert single_table(measure, [*open_rows, figures("Hof", 1, 40)]).region_mean is None


def test_an_empty_table_has_no_mean() -> None:
    assert single_table(Measure.COST_PER_USER, []).region_mean is None
    assert single_table(Measure.USERS, []).rows == ()


def test_order_by_value_is_given_only_while_nothing_is_hidden() -> None:
    rows = [figures("Re", 51, 400), figures("Horten", 148, 1_000), figures("Andebu", 20, 90)]
    names = [row.municipality for row in single_table(Measure.USERS, rows, by_value=True).rows]
    assert names == ["Horten", "Re", "Andebu"]
    with_hidden = single_table(Measure.USERS, [*rows, figures("Hof", 2, 90)], by_value=True)
    assert [row.municipality for row in with_hidden.rows] == ["Andebu", "Hof", "Horten", "Re"]


def test_a_municipality_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        single_table(Measure.USERS, [figures("Hof", 9, 40), figures("Hof", 8, 40)])


@given(regions(), st.integers(5, 10), st.booleans())
def test_changing_what_is_hidden_changes_nothing_that_is_shown(
    rows: list[MunicipalityFigures], threshold: int, by_value: bool
) -> None:
    """The rule at its strongest: no reader of any or all tables can tell two hidden worlds apart."""
    small = [row for row in rows if 0 < row.users < threshold]
    assume(small)
    other_world = [
        figures(row.municipality, threshold - row.users, 7 + int(row.hours), served=threshold - 1)
        if row in small
        else row
        for row in rows
    ]
    for measure in Measure:
        ours = single_table(measure, rows, by_value=by_value, threshold=threshold)
        theirs = single_table(measure, other_world, by_value=by_value, threshold=threshold)
        assert ours == theirs
        assert pickle.dumps(ours) == pickle.dumps(theirs)


@given(regions(), st.integers(5, 10))
def test_changing_hours_given_to_few_people_changes_nothing_that_is_shown(
    rows: list[MunicipalityFigures], threshold: int
) -> None:
    few = [row for row in rows if 0 < row.served < threshold]
    assume(few)
    other_world = [
        figures(row.municipality, row.users, int(row.hours) + 13, served=threshold - row.served)
        if row in few
        else row
        for row in rows
    ]
    for measure in Measure:
        assert single_table(measure, rows, threshold=threshold) == single_table(
            measure, other_world, threshold=threshold
        )


@given(regions())
def test_what_is_shown_can_be_trusted(rows: list[MunicipalityFigures]) -> None:
    """Hiding must not be bought by falsifying: an open cell holds its municipality's own number."""
    users = cells(single_table(Measure.USERS, rows))
    hours = cells(single_table(Measure.HOURS, rows))
    for row in rows:
        assert users[row.municipality] in (Cell(row.users), HIDDEN)
        assert hours[row.municipality].hidden or hours[row.municipality].value == row.hours
        assert users[row.municipality].hidden == (1 <= row.users <= 4)


@given(regions())
def test_every_number_shown_rests_on_nobody_or_on_five(rows: list[MunicipalityFigures]) -> None:
    hours = cells(single_table(Measure.HOURS, rows))
    per_user = cells(single_table(Measure.COST_PER_USER, rows))
    for row in rows:
        if not hours[row.municipality].hidden:
            assert row.served == 0 or row.served >= 5
        if per_user[row.municipality].value is not None:
            assert row.users >= 5


def test_a_half_year_is_not_shown_beside_its_months_or_tertials() -> None:
    shown = [parse("2026-03"), parse("2025-12"), parse("2026-t2"), parse("2026-h1"), parse("2026")]
    assert clashing_periods(parse("2026-h1"), shown) == (parse("2026"), parse("2026-03"), parse("2026-t2"))
    assert clashing_periods(parse("2025-h1"), shown) == ()
