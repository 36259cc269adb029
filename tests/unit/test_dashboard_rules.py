"""What the dashboard makes of approved figures: nothing follows from what is hidden; headings say only what is sure."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import method, views
from reporting.dashboard import Dashboard, Raw, ShownTable, assemble, map_steps
from reporting.definitions import ALL, COST_PER_USER, HOURS, REPORTED, USERS, USERS_PER_1000
from reporting.figures.queries import kind_from
from reporting.hiding import ABSENT, Cell, MunicipalityFigures
from reporting.own import changes, ended_periods, period_states
from reporting.periods import PeriodKind, parse
from reporting.queries import threshold_from

NAMES = ["Andebu", "Hof", "Horten", "Re", "Tjøme", "Ørsta", "Ås"]
IDS = {name: UUID(int=number) for number, name in enumerate(NAMES, 1)}


def raw(
    rows: dict[str, tuple[int, int, int, int]], people: dict[str, int] | None = None
) -> tuple[Raw, dict[UUID, str]]:
    figures = {
        IDS[name]: MunicipalityFigures(name, users, Decimal(hours), served, Decimal(cost))
        for name, (users, hours, served, cost) in rows.items()
    }
    rates = {IDS[name]: Decimal(rows[name][0]) * 1000 / count for name, count in (people or {}).items()}
    return Raw(figures, rates), {IDS[name]: name for name in rows}


def board(rows: dict[str, tuple[int, int, int, int]], people: dict[str, int] | None = None) -> Dashboard:
    made, members = raw(rows, people)
    return assemble(made, members, threshold=5, population_year=2026)


def table(made: Dashboard, measure: object) -> ShownTable:
    return next(t for t in made.tables if t.measure is measure)


@st.composite
def two_regions_alike_but_for_what_is_hidden(draw: st.DrawFn) -> tuple[Dashboard, Dashboard]:
    """Two regions in which only numbers that must be hidden differ."""
    first, second = {}, {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1)):
        if draw(st.booleans()):
            one, other = draw(few_users()), draw(few_users())
        else:
            users = draw(st.integers(5, 300))
            one, other = draw(few_served(users)), draw(few_served(users))
            if draw(st.booleans()):
                one = other = (users, draw(st.integers(5, 9999)), draw(st.integers(5, 300)), 40_000)
        first[name], second[name] = one, other
    people = dict.fromkeys(first, 5000)
    return board(first, people), board(second, people)


@st.composite
def few_users(draw: st.DrawFn) -> tuple[int, int, int, int]:
    return (
        draw(st.integers(1, 4)),
        draw(st.integers(1, 999)),
        draw(st.integers(1, 4)),
        draw(st.integers(0, 99_999)),
    )


@st.composite
def few_served(draw: st.DrawFn, users: int) -> tuple[int, int, int, int]:
    return users, draw(st.integers(1, 999)), draw(st.integers(1, 4)), draw(st.integers(0, 99_999))


@given(two_regions_alike_but_for_what_is_hidden())
def test_regions_that_differ_only_in_what_is_hidden_look_exactly_the_same(
    pair: tuple[Dashboard, Dashboard],
) -> None:
    one, other = pair
    assert one == other
    assert views.sheet(one, "nb") == views.sheet(other, "nb")
    for mine, theirs in zip(one.tables, other.tables, strict=True):
        assert views.bar_figure(mine, "nb") == views.bar_figure(theirs, "nb")
    assert views.map_figure(one, "nb") == views.map_figure(other, "nb")


def test_a_shown_number_that_differs_is_seen() -> None:
    assert board({"Horten": (148, 9431, 131, 90_000)}) != board({"Horten": (149, 9431, 131, 90_000)})


def test_few_users_hide_the_rate_as_well() -> None:
    made = board({"Hof": (3, 100, 3, 9000), "Horten": (50, 900, 50, 90_000)}, {"Hof": 3000, "Horten": 25_000})
    rates = table(made, USERS_PER_1000)
    assert rates.by_name["Hof"].hidden
    assert rates.by_name["Horten"].value == Decimal("2.0")
    assert rates.mean is None


def test_few_served_hide_hours_and_cost_and_leave_users() -> None:
    made = board({"Tjøme": (6, 300, 4, 130_000), "Horten": (50, 900, 50, 90_000)})
    assert table(made, USERS).by_name["Tjøme"].value == 6
    assert table(made, HOURS).by_name["Tjøme"].hidden
    assert table(made, COST_PER_USER).by_name["Tjøme"].hidden


def test_a_heading_tells_who_is_highest_only_when_all_have_reported_and_nothing_is_hidden() -> None:
    whole = {"Horten": (148, 9431, 131, 3_885_572), "Re": (42, 2500, 40, 700_000)}
    assert views.heading(table(board(whole), USERS), "nb") == "Horten har flest brukere"
    hidden = {**whole, "Hof": (3, 1, 3, 1)}
    assert views.heading(table(board(hidden), USERS), "nb") == "Brukere med tilbud"
    made, members = raw(whole)
    late = assemble(made, {**members, IDS["Hof"]: "Hof"}, threshold=5)
    assert late.missing == ("Hof",)
    assert views.heading(table(late, USERS), "nb") == "Brukere med tilbud"


def test_two_that_share_the_highest_value_give_a_neutral_heading() -> None:
    made = board({"Horten": (42, 900, 40, 90_000), "Re": (42, 901, 40, 90_000)})
    assert table(made, USERS).leader is None
    assert table(made, HOURS).leader == "Re"


def test_a_mean_stands_only_over_several_municipalities_with_nothing_hidden() -> None:
    whole = {"Horten": (100, 1000, 90, 90_000), "Re": (50, 500, 40, 30_000)}
    assert table(board(whole), USERS).mean == Decimal("75.0")
    assert table(board(whole), COST_PER_USER).mean == Decimal(800)
    assert table(board({"Horten": whole["Horten"]}), USERS).mean is None
    assert table(board({**whole, "Hof": (2, 1, 1, 1)}), USERS).mean is None


def test_no_users_is_nought_and_has_no_cost_per_user_which_is_not_the_same_as_hidden() -> None:
    made = board({"Hof": (0, 0, 0, 5000), "Horten": (50, 900, 50, 90_000)})
    assert table(made, USERS).by_name["Hof"] == Cell(Decimal(0))
    cost = table(made, COST_PER_USER)
    assert cost.by_name["Hof"] == ABSENT
    assert not cost.has_hidden
    figure = views.bar_figure(cost, "nb")
    assert [name for name, _value, _text in figure.rows] == ["Horten"]
    assert "Uten tall for denne perioden: Hof." in figure.definition


def test_municipalities_with_a_hidden_one_among_them_stand_alphabetically_in_the_norwegian_way() -> None:
    many = {name: (number * 7, 900, 50, 90_000) for number, name in enumerate(reversed(NAMES), 1)}
    assert [name for name, _cell in table(board({**many, "Hof": (1, 1, 1, 1)}), USERS).rows] == NAMES


def test_hours_are_printed_and_filed_as_whole_hours() -> None:
    figures = {IDS["Horten"]: MunicipalityFigures("Horten", 50, Decimal("900.5"), 50, Decimal(1))}
    made = assemble(Raw(figures, {}), {}, threshold=5)
    assert table(made, HOURS).by_name["Horten"].value == Decimal(901)
    assert views.sheet(made, "nb")[1][0] == ["Horten", Decimal(50), Decimal(901), Decimal(0)]


def test_the_raw_figures_print_no_number() -> None:
    made, _members = raw({"Hof": (3, 117, 3, 71_919)}, {"Hof": 3000})
    assert "117" not in repr(made)
    assert "71919" not in repr(made)


def test_the_map_has_a_quarter_of_the_municipalities_in_each_step() -> None:
    close = {name: (60 + number, 900, 50, 1) for number, name in enumerate(("Andebu", "Hof", "Horten", "Re"))}
    cuts, placed = map_steps(table(board(close, dict.fromkeys(close, 10_000)), USERS_PER_1000))
    assert list(cuts) == [Decimal("6.1"), Decimal("6.2"), Decimal("6.3")]
    assert {name: step for name, step, _value in placed} == {"Andebu": 1, "Hof": 2, "Horten": 3, "Re": 4}


def test_equal_figures_share_the_maps_step_and_the_highest_stands_in_the_fourth() -> None:
    made = board({"Horten": (80, 900, 50, 1), "Re": (5, 900, 50, 1)}, {"Horten": 10_000, "Re": 10_000})
    cuts, placed = map_steps(table(made, USERS_PER_1000))
    assert list(cuts) == [Decimal("8.0")]
    assert placed == [("Horten", 4, Decimal("8.0")), ("Re", 3, Decimal("0.5"))]
    alike = board({"Horten": (80, 900, 50, 1), "Re": (80, 900, 50, 1)}, {"Horten": 10_000, "Re": 10_000})
    assert map_steps(table(alike, USERS_PER_1000))[0] == []
    assert views.map_figure(alike, "nb") is not None


def test_there_is_no_map_for_municipalities_it_does_not_draw() -> None:
    assert views.map_figure(board({"Ørsta": (50, 900, 50, 1)}, {"Ørsta": 10_000}), "nb") is None


def test_a_change_of_more_than_a_quarter_is_pointed_out_and_exactly_a_quarter_is_not() -> None:
    before = {"users": Decimal(100), "hours": Decimal(100), "served": Decimal(0), "cost": Decimal(100)}
    now = {"users": Decimal(125), "hours": Decimal("74.99"), "served": Decimal(1), "cost": Decimal(100)}
    found = {change.measure.id: change for change in changes(now, before)}
    assert [(name, found[name].percent, found[name].big) for name in ("users", "hours", "served", "cost")] == [
        ("users", 25, False), ("hours", -25, True), ("served", None, True), ("cost", 0, False)
    ]  # fmt: skip
    assert found["cost_per_user"].value == Decimal("0.8")


def test_without_a_previous_period_nothing_is_pointed_out() -> None:
    now = {measure.id: Decimal(10) for measure in REPORTED}
    assert [(change.before, change.big) for change in changes(now, {})] == [(None, False)] * 5


def test_only_periods_that_are_over_are_offered() -> None:
    assert [p.slug for p in ended_periods(PeriodKind.HALF_YEAR, date(2026, 6, 30), 2)] == [
        "2025-h2",
        "2025-h1",
    ]
    assert [p.slug for p in ended_periods(PeriodKind.HALF_YEAR, date(2026, 7, 1), 2)] == [
        "2026-h1",
        "2025-h2",
    ]
    states = period_states([PeriodKind.YEAR], {"2010": ()}, date(2026, 11, 21))
    assert [state.period for state in states][-1] == parse("2010")


@pytest.mark.parametrize(
    ("settings", "kind", "threshold"),
    [
        ({}, PeriodKind.HALF_YEAR, 5),
        ('{"figure_period": "tertial", "figure_threshold": 10}', PeriodKind.TERTIAL, 10),
        ({"figure_period": "month", "figure_threshold": 3}, PeriodKind.HALF_YEAR, 5),
        ({"figure_period": ["year"], "figure_threshold": "mange"}, PeriodKind.HALF_YEAR, 5),
    ],
)
def test_a_region_may_ask_for_longer_periods_and_larger_groups_but_not_smaller(
    settings: object, kind: PeriodKind, threshold: int
) -> None:
    assert kind_from(settings) is kind
    assert threshold_from(settings) == threshold


def test_every_measure_has_a_page_in_the_documentation_that_says_what_the_product_says() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in method.FOLDER.glob("*.md")}
    assert pages == {measure.id: method.method_page(measure) for measure in ALL.values()}


def test_the_page_of_a_measure_changes_when_its_definition_does() -> None:
    changed = dataclasses.replace(USERS, definition="Noe annet.")
    assert method.method_page(changed) != method.method_page(USERS)
