"""Periods: their days, their names and their neighbours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.periods import FIRST_YEAR, LAST_YEAR, Period, PeriodError, PeriodKind, parse

ALL_KINDS = list(PeriodKind)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    kind = draw(st.sampled_from(ALL_KINDS))
    year = draw(st.integers(FIRST_YEAR + 1, LAST_YEAR - 1))
    return Period(kind, year, draw(st.integers(1, kind.in_a_year)))


@pytest.mark.parametrize(
    ("slug", "label", "start", "end"),
    [
        ("2026-03", "mars 2026", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-12", "desember 2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("2024-02", "februar 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-t2", "2. tertial 2026", date(2026, 5, 1), date(2026, 8, 31)),
        ("2026-h1", "1. halvår 2026", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-h2", "2. halvår 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_one_slug_one_name_and_its_days(slug: str, label: str, start: date, end: date) -> None:
    period = parse(slug)
    assert (period.slug, period.label("nb"), period.start, period.end) == (slug, label, start, end)
    assert period.label("nn") == label
    assert str(period) == slug


@pytest.mark.parametrize(
    ("slug", "label"),
    [
        ("2026-03", "March 2026"),
        ("2026-t2", "tertial 2 of 2026"),
        ("2026-h1", "half 1 of 2026"),
        ("2026", "2026"),
    ],
)
def test_a_period_has_an_english_name(slug: str, label: str) -> None:
    assert parse(slug).label("en") == label
    assert parse(label) == parse(slug)


@given(periods())
def test_slug_and_names_are_read_back_as_the_same_period(period: Period) -> None:
    assert parse(period.slug) == period
    assert parse(period.label("nb")) == period
    assert parse(f"  {period.label('nn').upper()} ") == period


@given(periods())
def test_periods_of_a_kind_meet_without_gap_or_overlap(period: Period) -> None:
    assert period.next.start == period.end + timedelta(days=1)
    assert period.previous.end == period.start - timedelta(days=1)
    assert period.next.previous == period == period.previous.next
    assert not period.overlaps(period.next)


@given(st.sampled_from(ALL_KINDS), st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
def test_every_day_is_in_exactly_the_period_made_for_it(kind: PeriodKind, day: date) -> None:
    period = Period.of(kind, day)
    assert period.contains(day)
    in_the_same_year = [Period(kind, day.year, number) for number in range(1, kind.in_a_year + 1)]
    assert [other for other in in_the_same_year if other.contains(day)] == [period]


def test_a_tertial_and_a_half_year_overlap_when_they_share_a_month() -> None:
    assert parse("2026-t2").overlaps(parse("2026-h1"))
    assert parse("2026-t2").overlaps(parse("2026-h2"))
    assert not parse("2026-t1").overlaps(parse("2026-h2"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-00",
        "2026-3",
        "2026-003",
        "2026-t4",
        "2026-h3",
        "2026-q1",
        "26",
        "3026",
        "0000",
        "1. halvår",
        "3. halvår 2026",
        "marsj 2026",
        "2026-h1x",
        "٢٠٢٦",
        "halvår ٢٠٢٦",
        "2026-h1; drop table",
        "🙂",
    ],
)
def test_a_text_that_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        parse(text)


def test_a_period_outside_its_year_cannot_be_made() -> None:
    with pytest.raises(PeriodError):
        Period(PeriodKind.HALF_YEAR, 2026, 3)
    with pytest.raises(PeriodError):
        Period(PeriodKind.MONTH, 2026, 0)
    with pytest.raises(PeriodError):
        Period(PeriodKind.YEAR, 1066)
