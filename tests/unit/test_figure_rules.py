"""What a municipality's figures rest on: inner cells as they may be kept, changes worth a look, files of inhabitants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.figures.cells import by_dimension, changed_cells, checked, join_key, split_key, total
from reporting.figures.own import beside, checks, ended_periods, figures_of, period_states, rows, year_before
from reporting.figures.population_file import Place, age_range, band_of, no_rows, read_population
from reporting.figures.queries import due_days_from, kind_from
from reporting.measures.api import DEFINITIONS
from reporting.periods import Period, PeriodKind, parse
from sammen.documents.tables_in import UnreadableTable
from sammen.errors import Invalid
from sammen.figures import AGE, GENDER, Kind, Measure, Reading

HORTEN, RE = UUID(int=1), UUID(int=2)
PLACES = [Place(HORTEN, "0701", "Horten"), Place(RE, "0716", "Re")]


async def _never(*_: Any) -> Sequence[Reading]:
    return []


def measure(kind: Kind = "count") -> Measure:
    return Measure("tried", kind, "count", (AGE, GENDER), _never)


def test_a_counts_cell_says_who_stands_behind_it_and_nought_is_left_out() -> None:
    found = checked(
        measure(),
        [
            Reading(("80", "F"), Decimal(1)),
            Reading(("80", "M"), Decimal(0)),
            Reading(("0-17", "M"), Decimal(7)),
        ],
    )
    assert found == [
        Reading(("80", "F"), Decimal(1), 1, Decimal(1), Decimal(0)),
        Reading(("0-17", "M"), Decimal(7), 7, Decimal(1), Decimal(1)),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        [Reading(("80",), Decimal(1))],
        [Reading(("80", "X"), Decimal(1))],
        [Reading(("80", "F"), Decimal(1)), Reading(("80", "F"), Decimal(2))],
        [Reading(("80", "F"), Decimal(-1))],
        [Reading(("80", "F"), Decimal(5), 2, Decimal(6), Decimal(0))],
        [Reading(("80", "F"), Decimal(5), 2, Decimal(2), Decimal(3))],
    ],
)
def test_cells_that_could_not_be_protected_are_not_kept(wrong: list[Reading]) -> None:
    with pytest.raises(ValueError, match="tried"):
        checked(measure("sum"), wrong)


KEYS = st.tuples(st.sampled_from(sorted(AGE.code_set)), st.sampled_from(sorted(GENDER.code_set)))


@given(st.dictionaries(KEYS, st.decimals("0.01", "999", places=2)))
def test_every_table_is_a_sum_of_the_same_cells(cells: dict[tuple[str, ...], Decimal]) -> None:
    for place in (0, 1):
        assert sum(by_dimension(cells, place).values(), Decimal(0)) == total(cells)
    assert {split_key(join_key(key)) for key in cells} == set(cells)
    assert changed_cells(cells, cells) == 0
    assert changed_cells(cells, {}) == len(cells)


@pytest.mark.parametrize(
    ("value", "before", "percent", "big"),
    [(120, 100, 20, False), (121, 100, 21, True), (79, 100, -21, True), (6, 2, 200, False), (7, 2, 250, True),
     (4, 0, None, False), (5, 0, None, True), (0, 0, None, False)],
)  # fmt: skip
def test_a_change_is_pointed_out_above_twenty_per_cent_and_from_five(
    value: int, before: int, percent: int | None, big: bool
) -> None:
    found = beside(Decimal(value), Decimal(before))
    assert found is not None
    assert (found.percent, found.big) == (percent, big)
    assert beside(Decimal(value), None) is None


def cell(name: str, value: int) -> dict[tuple[str, ...], Decimal]:
    return {tuple(one.codes[0][0] for one in DEFINITIONS[name].dimensions): Decimal(value)}


def edition(**values: int) -> dict[str, dict[tuple[str, ...], Decimal]]:
    return {name: cell(name, value) if value else {} for name, value in values.items()}


def said(now: dict[str, int], before: dict[str, int] | None = None) -> str:
    return " ".join(one.message for one in checks(edition(**now), edition(**(before or {}))))


def test_what_does_not_look_right_is_said_and_a_sound_edition_is_silent() -> None:
    sound = {"users": 40, "hours": 900, "cost": 300_000, "hours_granted": 1000, "waiting": 3}
    assert said(sound, sound) == ""
    assert "timer er godkjent" in said({**sound, "hours": 0})
    assert "ingen hadde tilbud" in said({**sound, "users": 0})
    assert "kostnaden er null" in said({**sound, "cost": 0})
    assert "flere timer enn det er innvilget" in said({**sound, "hours": 1001})
    assert "Flere venter og færre" in said({**sound, "waiting": 4, "users": 39}, sound)
    assert said({"users": 40}) == "", "a measure that was not computed is not nought"


def test_what_is_derived_comes_of_the_editions_own_cells_and_the_inhabitants() -> None:
    found = figures_of(edition(users=40, cost=300_000), {"0-17": 5000, "18-66": 15_000})
    assert found["cost_per_user"] == 7500
    assert found["users_per_1000"] == 2
    assert "users_per_1000" not in figures_of(edition(users=40), {})
    assert "cost_per_user" not in figures_of(edition(users=0, cost=300_000), {})
    lines = rows(found, {"users": Decimal(20)}, {}, {"users": (Decimal(10), Decimal(90))})
    users = next(line for line in lines if line.said.id == "users")
    assert users.big
    assert users.range == (Decimal(10), Decimal(90))


def test_only_periods_that_are_over_are_offered_and_those_ever_computed() -> None:
    assert [p.slug for p in ended_periods(PeriodKind.HALF_YEAR, date(2026, 6, 30), 2)] == [
        "2025-h2",
        "2025-h1",
    ]
    assert [p.slug for p in ended_periods(PeriodKind.HALF_YEAR, date(2026, 7, 1), 2)] == [
        "2026-h1",
        "2025-h2",
    ]
    states = period_states([PeriodKind.YEAR], {"2010": (), "2010-h1": ()}, date(2026, 11, 21))
    assert [state.period for state in states][-1] == parse("2010")
    assert year_before(parse("2026-h1")) == parse("2025-h1")
    assert year_before(Period(PeriodKind.YEAR, 1990)) is None


@pytest.mark.parametrize(
    ("settings", "kind", "days"),
    [({}, PeriodKind.HALF_YEAR, 42), ('{"figure_period": "tertial", "figure_due_days": 30}', PeriodKind.TERTIAL, 30),
     ({"figure_period": "month", "figure_due_days": 1}, PeriodKind.HALF_YEAR, 42),
     ({"figure_period": ["year"], "figure_due_days": "snart"}, PeriodKind.HALF_YEAR, 42)],
)  # fmt: skip
def test_a_regions_settings_are_read_and_nonsense_is_the_default(
    settings: object, kind: PeriodKind, days: int
) -> None:
    assert kind_from(settings) is kind
    assert due_days_from(settings) == days


@pytest.mark.parametrize(
    ("text", "ages", "band"),
    [("0-5", (0, 5), "0-17"), ("13–17 år", (13, 17), "0-17"), ("18-66", (18, 66), "18-66"), ("5 år", (5, 5), "0-17"),
     ("90+", (90, 200), "80"), ("80 år og over", None, None), ("105 år eller eldre", (105, 200), "80"),
     ("60-69", (60, 69), None), ("alle", None, None), ("17-13", None, None), ("", None, None)],
)  # fmt: skip
def test_ages_are_read_as_people_write_them(
    text: str, ages: tuple[int, int] | None, band: str | None
) -> None:
    assert age_range(text) == ages
    assert (band_of(*ages) if ages else None) == band


NINE = ("0-5", "6-12", "13-17", "18-29", "30-49", "50-66", "67-79", "80-89", "90+")


def long_file(*rows_: tuple[str, str, str, str, str]) -> bytes:
    return "\n".join(["year,code,name,age_band,population", *(",".join(row) for row in rows_)]).encode()


def whole(code: str, name: str, year: str = "2026") -> list[tuple[str, str, str, str, str]]:
    return [(year, code, name, band, str(100 + at)) for at, band in enumerate(NINE)]


def test_nine_bands_become_our_four_and_other_municipalities_are_left_out() -> None:
    read = read_population(long_file(*whole("0701", "Horten"), *whole("3901", "Horten")), "folk.csv", PLACES)
    assert read.counts == {
        (HORTEN, 2026, "0-17"): 303, (HORTEN, 2026, "18-66"): 312, (HORTEN, 2026, "67-79"): 106, (HORTEN, 2026, "80"): 215
    }  # fmt: skip
    assert (read.faults, read.others) == ([], 9)


def test_the_statistics_banks_wide_table_is_read_with_the_name_on_the_first_line_only() -> None:
    text = (
        '"07459: Befolkning, etter region, alder, statistikkvariabel og år"\n\n'
        '"region";"alder";"Personer 2025";"Personer 2026"\n'
        '"K-0716 Re";"0-17 år";"2 100";"2 200"\n'
        '"";"18-66 år";5000;5100\n"";"67-79 år";900;910\n"";"80 år eller eldre";400;405\n'
    )
    read = read_population(text.encode("cp1252"), "ssb.csv", PLACES)
    assert read.faults == []
    assert read.counts[RE, 2025, "0-17"] == 2100
    assert read.counts[RE, 2026, "80"] == 405


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("2026", "0701", "Horten", "60-69", "10"), "passer ikke"),
        (("26", "0701", "Horten", "0-5", "10"), "Året"),
        (("2026", "0701", "Horten", "0-5", "ca 10"), "ikke et antall"),
        (("2026", "0701", "Horten", "0-5", "-3"), "ikke et antall"),
        (("2026", "", "", "0-5", "10"), "mangler kommune"),
        (
            ("2026", "0706+0719+0720", "Sandefjord+Andebu+Stokke (combined)", "0-5", "10"),
            "flere kommuner samlet",
        ),
        (("2026", "0701", "Horten", "0-5", "10"), "med to ganger"),
    ],
)
def test_what_cannot_be_used_is_a_fault_of_its_line(
    row: tuple[str, str, str, str, str], sentence: str
) -> None:
    read = read_population(long_file(*whole("0701", "Horten"), row), "folk.csv", PLACES)
    assert [sentence in fault.message for fault in read.faults] == [True]
    assert read.faults[0].line in (2, 11)


def test_a_municipality_with_a_gap_in_its_ages_is_not_used_and_the_others_are() -> None:
    read = read_population(long_file(*whole("0701", "Horten")[:-1], *whole("0716", "Re")), "folk.csv", PLACES)
    assert {place for place, _, _ in read.counts} == {RE}
    assert [fault.line for fault in read.faults] == [9]
    short = read_population(long_file(*whole("0701", "Horten")[:3]), "folk.csv", PLACES)
    assert (short.counts, len(short.faults)) == ({}, 1)
    nothing = no_rows(short)
    assert nothing is not None
    assert "mangler" in nothing.errors["fil"].text()


def test_a_file_without_the_columns_or_divided_by_gender_is_refused_in_words() -> None:
    for head in ("year,code,population", "year,code,age_band,population,kjønn"):
        with pytest.raises(Invalid):
            read_population(f"{head}\n2026,0701,3,1,1".encode(), "folk.csv", PLACES)
    with pytest.raises(UnreadableTable):
        read_population(b"%PDF-1.7", "folk.pdf", PLACES)
