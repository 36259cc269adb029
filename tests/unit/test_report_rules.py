"""What reports do with released figures: frame them, compare them, break their series, and keep quiet about the hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.periods import parse
from reporting.releases.api import REGION, Released
from reporting.reports.api import (
    KEYS,
    REPORTS,
    Choice,
    Figure,
    available,
    build,
    frame,
    known,
    lead,
    light,
    quantity,
    tiles,
)
from reporting.reports.bar_charts import map_steps
from reporting.reports.comparison import COLUMNS, compared, comparisons
from reporting.reports.declared import FRONT
from reporting.reports.drawing import Drawing
from reporting.reports.quantities import NoSuchDivision, narrowed, parts_of
from reporting.reports.series import breaks, end_years, labels
from reporting.reports.targets import TargetRow, in_force
from sammen.web.series_charts import Line, line_chart, share_chart
from tests.released_samples import Figures, board_of, made_up, place_id

FIGURES: Figures = {
    "Horten": {"users": 148, "hours": 9431, "cost": 3_885_572, "services": 160},
    "Re": {"users": 42, "hours": 2500, "cost": 700_014, "services": 44},
    "Åsgård": {"users": 7, "hours": 300, "cost": 130_000, "services": 9},
}
HIDDEN_TOO: Figures = {**FIGURES, "Hof": {"users": None, "hours": None, "cost": None, "services": None}}
PEOPLE = {"Horten": 25_000, "Re": 8600, "Åsgård": 3000, "Hof": 3000}


def test_every_declared_report_and_key_figure_is_of_something_that_is_counted() -> None:
    named = {name for report in REPORTS.values() for name in report.quantities}
    named |= {name for columns in COLUMNS.values() for name in columns} | {key.quantity for key in KEYS}
    assert {name for name in named if not known(name)} == set()
    assert set(FRONT) <= set(REPORTS)
    for report in REPORTS.values():
        charted = quantity(report.quantities[0])
        dimensions = {dimension.id for dimension in charted.dimensions}
        assert {*report.filters, *([report.by] if report.by else [])} <= dimensions, report.id


def test_a_derived_figure_is_shown_only_when_all_it_rests_on_is() -> None:
    release = made_up(HIDDEN_TOO)
    cells = {**release.cells}
    for key, shown in release.cells.items():
        if key[0] == "hours" and key[2] == place_id("Re"):
            cells[key] = replace(shown, value=None, hidden=True)
    framed = frame([replace(release, cells=cells)], [quantity("cost_per_hour"), quantity("cost_per_user")])
    at = {name: framed.at("2026-h1", place_id(name), "cost_per_hour") for name in HIDDEN_TOO}
    assert at["Horten"] == Figure(Decimal(412))
    assert at["Re"].hidden
    assert at["Hof"].hidden
    assert framed.at("2026-h1", place_id("Re"), "cost_per_user") == Figure(Decimal(16667))
    assert framed.at("2026-h1", place_id("Hof"), "cost_per_user").hidden


def test_nought_to_divide_by_gives_no_figure_and_a_missing_municipality_is_no_nought() -> None:
    release = made_up({"Horten": {"users": 0, "cost": 20_000}}, missing=["Re"])
    framed = frame([release], [quantity("cost_per_user"), quantity("users")])
    assert framed.at("2026-h1", place_id("Horten"), "cost_per_user").sign == "–"
    assert framed.at("2026-h1", place_id("Horten"), "users").value == 0
    assert framed.at("2026-h1", place_id("Re"), "users").sign == "–"
    assert framed.at("2025-h2", place_id("Horten"), "users").sign == "–"


def test_the_regions_rate_counts_only_the_inhabitants_of_those_who_reported() -> None:
    board = board_of(made_up(FIGURES, missing=["Hof"]), inhabitants=PEOPLE)
    framed = board.framed([quantity("users_per_1000")])
    people = PEOPLE["Horten"] + PEOPLE["Re"] + PEOPLE["Åsgård"]
    expected = (Decimal(197) * 1000 / people).quantize(Decimal("0.1"))
    assert framed.at("2026-h1", REGION, "users_per_1000").value == expected


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=12), st.integers(1, 10**6))
def test_numbers_are_rounded_half_up_from_exact_ones_and_the_index_from_those_printed(
    values: list[int], hours: int
) -> None:
    figures: dict[str, dict[str, int | None]] = {
        f"Kommune {n}": {"cost": value, "hours": hours} for n, value in enumerate(values)
    }
    framed = frame([made_up(figures)], [quantity("cost_per_hour")])
    table = compared(framed, "cost_per_hour").reset_index("period")
    rows = {str(place): row for place, row in table.iterrows()}
    for name, of_place in figures.items():
        printed = (Decimal(of_place["cost"] or 0) / hours).quantize(Decimal(1), rounding="ROUND_HALF_UP")
        assert framed.at("2026-h1", place_id(name), "cost_per_hour").value == printed
        index = framed.index("2026-h1", place_id(name), "cost_per_hour")
        row = rows[place_id(name)]
        assert Decimal(int(row["number"])) == printed
        assert Decimal(int(row["index"])) == (Decimal(-1) if index.value is None else index.value)
    spread = framed.spread("2026-h1", "cost_per_hour")
    ends = tuple(Decimal(int(row[name])) for name in ("mean", "lowest", "highest"))
    assert (spread.mean, spread.lowest, spread.highest) == ends


def test_a_narrowed_figure_narrows_both_its_parts_and_refuses_what_it_is_not_divided_by() -> None:
    young = narrowed(quantity("users_per_1000"), {"age": "0-17"})
    assert [part.codes for part in young.operands] == [{"age": ("0-17",)}, {"age": ("0-17",)}]
    for wrong in ({"age": "tull"}, {"gender": "F"}, {"nothing": "x"}):
        with pytest.raises(NoSuchDivision):
            narrowed(quantity("users_per_1000"), wrong)
    with pytest.raises(NoSuchDivision):
        parts_of(quantity("cost_per_hour"), "form")


def test_a_heading_tells_who_is_highest_only_when_all_have_reported_and_nothing_is_hidden() -> None:
    def title(*, figures: Figures = FIGURES, missing: tuple[str, ...] = ()) -> str:
        board = board_of(made_up(figures, missing=missing), inhabitants=PEOPLE)
        return build(board, REPORTS["kostnad-per-bruker"], {}, "nb").chart.title

    assert "Horten" in title()
    for neutral in (title(figures=HIDDEN_TOO), title(missing=("Hof",))):
        assert neutral == "Kostnad per bruker"
    equal = {"Horten": FIGURES["Horten"], "Re": FIGURES["Horten"]}
    assert title(figures=equal) == "Kostnad per bruker"


def test_while_a_number_is_hidden_municipalities_stand_in_the_order_of_the_norwegian_alphabet() -> None:
    for figures, expected in (
        (HIDDEN_TOO, ["Hof", "Horten", "Re", "Åsgård", "Samarbeidet"]),
        (FIGURES, ["Horten", "Re", "Åsgård", "Samarbeidet"]),
    ):
        board = board_of(made_up(figures), inhabitants=PEOPLE)
        result = build(board, REPORTS["brukere"], {"sorter": "verdi"}, "nb")
        assert [row.name for row in result.rows] == expected
        assert result.may_sort is ("Hof" not in figures)


def test_releases_that_differ_only_in_what_is_hidden_give_the_same_everything() -> None:
    one, other = made_up(HIDDEN_TOO), made_up({**HIDDEN_TOO, "Hof": dict.fromkeys(FIGURES["Re"])})
    boards = [board_of(each, inhabitants=PEOPLE) for each in (one, other)]
    for report in REPORTS.values():
        if available(report, boards[0]):
            first, second = (build(board, report, {}, "nb") for board in boards)
            assert (first.chart, first.rows, first.notes) == (second.chart, second.rows, second.notes)


def test_a_series_is_broken_where_others_are_behind_the_regions_figure_and_has_a_gap_where_nothing_is_published() -> (
    None
):
    def at(period: str, missing: tuple[str, ...] = ()) -> Released:
        kept = {name: values for name, values in FIGURES.items() if name not in missing}
        return made_up(kept, period=parse(period), missing=missing)

    board = board_of(at("2024-h1"), at("2025-h1", ("Re",)), at("2025-h2"), at("2026-h1"))
    drawing = Drawing(board, REPORTS["kostnad-per-time"], Choice(), "nb")
    marks, why = breaks(drawing, drawing.charted)
    assert [index for index, _text in marks] == [2, 3]
    assert len(why) == 1
    values = build(board, REPORTS["kostnad-per-time"], {}, "nb").chart.values
    assert [value is None for value in values["lines"][0].values] == [False, True, False, False, False]
    assert values["rows"][1][1] == "–"


def test_a_definition_that_changes_breaks_the_series_for_everybody() -> None:
    board = board_of(made_up(FIGURES, period=parse("2025-h2")), made_up(FIGURES))
    drawing = Drawing(board, REPORTS["kostnad-per-time"], Choice(), "nb")
    changed = replace(drawing.charted, breaks=((date(2026, 3, 1), "Fra mars er feriepenger med."),))
    assert breaks(drawing, changed) == ([(1, "Brudd i 2026")], ["Fra mars er feriepenger med."])


def test_the_map_has_a_quarter_of_the_municipalities_in_each_step_and_none_for_the_hidden() -> None:
    places = made_up({f"K{n}": {"users": n} for n in range(9)}).places
    rows = [(place, Figure(Decimal(n))) for n, place in enumerate(places[:8])] + [
        (places[8], Figure(None, ":"))
    ]
    cuts, steps = map_steps(rows)
    assert cuts == [2, 4, 6]
    assert [steps[place.name] for place, _f in rows] == [1, 1, 2, 2, 3, 3, 4, 4, None]
    equal = [(place, Figure(Decimal(3))) for place in places]
    assert map_steps(equal) == ([], {place.name: 4 for place in places})


def test_the_lead_tells_of_what_changed_most_and_nothing_of_what_is_hidden() -> None:
    before = made_up({"Horten": {"users": 100}, "Re": {"users": 50}}, period=parse("2025-h2"))
    after = made_up({"Horten": {"users": 148}, "Re": {"users": None}}, region_hidden=["users"])
    assert lead(board_of(before, after), KEYS, None, "nb") == ""
    board = board_of(before, after)
    assert lead(board, KEYS, board.place("horten"), "nb") == "Flere får tilbud enn for et halvt år siden."


def test_the_region_is_not_compared_with_a_period_that_other_municipalities_are_behind() -> None:
    before = made_up(FIGURES, period=parse("2025-h2"))
    after = made_up({name: row for name, row in FIGURES.items() if name != "Re"}, missing=["Re"])
    board = board_of(before, after)
    assert lead(board, KEYS, None, "nb").startswith("Ikke de samme kommunene er med som sist.")
    users = next(one for one in tiles(board, KEYS, None, {}, "nb") if one["label"] == "Brukere med tilbud")
    assert (users["value"], users["compare"]) == ("155", [])


def test_what_cannot_be_drawn_is_said_and_what_is_not_published_is_left_out() -> None:
    hidden: Figures = {name: dict.fromkeys(row) for name, row in FIGURES.items()}
    board = board_of(made_up(hidden, region_hidden=["users", "cost", "hours"]))
    drawn = build(board, REPORTS["brukere"], {}, "nb").chart
    assert (
        drawn.blank == "Alle tallene for kommunene er skjult i 1. halvår 2026, fordi få personer ligger bak."
    )
    parts = build(board_of(made_up({name: {"services": None} for name in FIGURES}, region_hidden=["services"])),
                  REPORTS["individuelt-eller-gruppe"], {}, "nb").chart  # fmt: skip
    assert parts.blank == (
        "Fordelingen i 1. halvår 2026 kan ikke tegnes, fordi minst én av delene er skjult i hver kommune."
    )
    line = build(board_of(made_up(FIGURES)), REPORTS["kostnad-per-time"], {}, "nb").chart
    assert line.blank == "Linja kommer når tall for flere perioder er publisert."
    whole = made_up(FIGURES)
    board = board_of(replace(whole, divided={**whole.divided, "services": frozenset({()})}))
    assert available(REPORTS["brukere"], board)
    assert not available(REPORTS["individuelt-eller-gruppe"], board)


def test_a_light_says_nothing_of_a_hidden_figure() -> None:
    row = TargetRow(
        "waiting", "most", Decimal(0), date(2026, 1, 1), "", "Berit Aasen", datetime(2026, 1, 1, tzinfo=UTC)
    )
    one = quantity("waiting")
    at = [light(row, Figure(value, sign), Figure(Decimal(11)), one, "nb") for value, sign in
          ((Decimal(0), ""), (Decimal(4), ""), (Decimal(12), ""), (None, ":"), (None, "–"))]  # fmt: skip
    assert [lit and lit.state for lit in at] == ["ok", "warning", "danger", None, None]


def test_the_comparison_and_the_key_figures_say_the_same_of_a_target_and_of_a_mean() -> None:
    row = TargetRow(
        "users", "least", Decimal(400), date(2026, 1, 1), "", "", datetime(2026, 1, 1, tzinfo=UTC)
    )
    fewer: Figures = {name: {**of, "users": (of["users"] or 0) - 1} for name, of in FIGURES.items()}
    board = board_of(made_up(fewer, period=parse("2025-h2")), made_up(FIGURES))
    tile = next(
        one
        for one in tiles(board, KEYS, None, {"users": row}, "nb")
        if one["label"] == quantity("users").name
    )
    table = next(one for one in comparisons(board, None, {"users": row}, "nb") if one.theme == "users")
    at = [column.one.id for column in table.columns].index("users")
    region = next(one for one in table.rows if one.kind == "region")
    assert tile["goal"][1] == region.texts[at][2] == "warning"
    bars = build(board, REPORTS["brukere"], {}, "nb").chart
    mean = next(one for one in table.rows if one.kind == "spread").texts[at][0]
    assert bars.values["mean_text"] == f"Gjennomsnitt {mean}"


def test_a_small_chart_names_the_year_of_each_of_its_ends() -> None:
    axis = [parse(slug) for slug in ("2024-h2", "2025-h1", "2025-h2", "2026-h1")]
    assert end_years(axis) == ["2024", "", "", "2026"]
    assert labels(axis) == ["2024", "2025", "", "2026"]


def test_of_two_targets_the_latest_counts_and_one_without_a_value_ends_it() -> None:
    def row(day: date, value: int | None, hour: int = 0) -> TargetRow:
        kept = None if value is None else Decimal(value)
        return TargetRow("waiting", "most", kept, day, "", "", datetime(2026, 1, 1, hour, tzinfo=UTC))

    rows = [
        row(date(2026, 6, 1), None),
        row(date(2026, 3, 1), 5, 2),
        row(date(2026, 3, 1), 9, 1),
        row(date(2026, 1, 1), 0),
    ]
    assert in_force(rows, date(2026, 2, 1))["waiting"].value == 0
    assert in_force(rows, date(2026, 3, 1))["waiting"].value == 5
    assert in_force(rows, date(2026, 6, 1)) == {}


def test_the_comparison_shows_the_spread_of_those_that_are_shown() -> None:
    board = board_of(made_up(HIDDEN_TOO), inhabitants=PEOPLE)
    cost = next(table for table in comparisons(board, None, {}, "nb") if table.theme == "cost")
    texts = {row.name: row.texts[0][0] for row in cost.rows}
    assert texts["Hof"] == ":"
    assert texts["Lavest av dem som vises"] == texts["Re"] == "280"
    assert texts["Høyest av dem som vises"] == texts["Åsgård"] == "433"


def test_lines_have_gaps_and_labels_that_stand_apart_and_shares_fill_their_row() -> None:
    lines = [Line("own", "a", (1, None, 3, 4), "4 a"), Line("region", "b", (2, 2, 3, 4), "4 b")]
    chart = line_chart(lines, ["2023", "", "2024", ""], breaks=(2,), width=540)
    assert len(chart.lines[0].dots) == 1
    assert len(chart.lines[1].runs) == 2
    assert abs(chart.lines[0].end_y - chart.lines[1].end_y) >= 18
    for bad in ([Line("own", "a", (1,))], [Line("own", "a", (-1, 0, 0, 0))]):
        with pytest.raises(ValueError, match="line"):
            line_chart(bad, ["", "", "", ""], width=540)
    parts = share_chart([("a", "own", ((1, "25 %"), (3, "75 %")), ""), ("b", "other", None, ":")], width=350)
    assert [part.css for part in parts.rows[0].parts] == ["b-own", "b-other"]
    assert parts.rows[1] == replace(parts.rows[1], parts=(), sign=":")
