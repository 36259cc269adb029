"""Norwegian formats against CLDR, the catalogues' tools, and the arithmetic of charts."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import BadInput
from sammen.web import charts, formats
from sammen.web.i18n import catalogue, error_texts, known_language, loading, ntranslate, translate
from sammen.web.region_map import REGION_MAP

LANGUAGES = st.sampled_from(["nb", "nn"])
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False)


@given(DAYS, LANGUAGES)
def test_long_dates_and_weekdays_are_written_as_cldr_writes_them(day: date, lang: str) -> None:
    assert formats.date_long(day, lang) == format_date(day, "d. MMMM y", locale=lang)
    assert formats.date_day_month(day, lang) == format_date(day, "d. MMMM", locale=lang)
    assert formats.weekday(day, lang) == format_date(day, "EEEE", locale=lang)
    assert formats.date_short(day, lang) == format_date(day, "dd.MM.y", locale=lang)


@given(AMOUNTS, LANGUAGES)
def test_numbers_are_written_as_cldr_writes_them(amount: Decimal, lang: str) -> None:
    # CLDR may choose a narrow space between thousands; to the reader it is a space that does not break.
    expected = format_decimal(amount, "#,##0.00", locale=lang)
    expected = expected.replace("\N{NARROW NO-BREAK SPACE}", formats.NBSP).replace("-", formats.MINUS)
    if amount == 0:
        expected = expected.lstrip(formats.MINUS)
    assert formats.decimal(amount, 2, lang) == expected


def test_the_formats_people_see() -> None:
    assert formats.date_weekday(date(2026, 11, 23)) == "Mandag 23. november 2026"
    assert formats.date_weekday(date(2026, 11, 24), "nn") == "Tysdag 24. november 2026"
    assert formats.month_year(date(2026, 3, 1)) == "mars 2026"
    assert formats.decimal(1234.5) == "1\u00a0234,5"
    assert formats.decimal(0.1 + 0.2) == "0,3"
    assert formats.decimal(-3) == "−3"
    assert formats.decimal(Decimal("-0.00")) == "0"
    assert formats.money(Decimal("1234.5")) == "1\u00a0234,50\u00a0kr"
    assert formats.money(Decimal("0.5"), 0) == "1\u00a0kr"
    assert formats.percent(94) == "94\u00a0%"
    assert formats.hours(Decimal("3.50")) == "3,5\u00a0t"
    assert formats.hours_long(1) == "1\u00a0time"
    assert formats.hours_long(Decimal("1.5"), "nn") == "1,5\u00a0timar"
    assert formats.clock(time(8, 5)) == "kl.\u00a08.05"
    assert formats.initials("Kari Anne Lunde") == "KL"
    assert formats.initials("") == ""
    assert formats.lower_first("Felles koordinator") == "felles koordinator"


def test_moments_are_shown_on_norwegian_clocks_summer_and_winter() -> None:
    assert formats.moment(datetime(2026, 11, 23, 7, 41, tzinfo=UTC)) == "23. november 2026 kl.\u00a08.41"
    assert formats.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2. juli 2026 kl.\u00a00.30"


@pytest.mark.parametrize(
    ("days", "bokmaal", "nynorsk"),
    [
        (-4, "4 dager over fristen", "4 dagar over fristen"),
        (-1, "1 dag over fristen", "1 dag over fristen"),
        (0, "Frist i dag", "Frist i dag"),
        (1, "1 dag igjen", "1 dag att"),
        (12, "12 dager igjen", "12 dagar att"),
    ],
)
def test_a_deadline_is_told_in_days(days: int, bokmaal: str, nynorsk: str) -> None:
    assert formats.days_left(days) == bokmaal
    assert formats.days_left(days, "nn") == nynorsk


def test_age_is_whole_years_and_leap_day_children_turn_on_the_first_of_march() -> None:
    assert formats.age(date(2014, 3, 14), date(2026, 3, 13)) == 11
    assert formats.age(date(2014, 3, 14), date(2026, 3, 14)) == 12
    assert formats.age(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert formats.age(date(2012, 2, 29), date(2026, 3, 1)) == 14
    assert formats.age_text(date(2014, 3, 14), date(2026, 3, 14)) == "12 år"


def test_a_sentence_with_parameters_is_translated_before_they_are_filled_in() -> None:
    assert translate("nn", "Side %(number)s", number=3) == "Side 3"
    assert translate("nb", "100 %") == "100 %"
    assert ntranslate("nn", "Ventet %(num)s dag", "Ventet %(num)s dager", 2) == "Venta 2 dagar"
    errors = {"fra": BadInput("fra", "Side %(number)s", number=1)}
    assert error_texts("nn", errors) == {"fra": "Side 1"}
    assert known_language("de") == known_language(None) == "nb"
    with pytest.raises(ValueError, match="no such language"):
        translate("de", "Søk")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one Python file and one template, and a Nynorsk catalogue of its own."""
    templates = tmp_path / "tenants" / "prøve" / "templates"
    templates.mkdir(parents=True)
    (templates / "side.html").write_text(
        '{{ _("Vedtak %(no)s", no=1) }}{% trans %}Ny sak{% endtrans %}', encoding="utf-8"
    )
    (templates.parent / "routes.py").write_text(
        'N_("Søknad")\nBadInput("timer", "Skriv timer")\nngettext("sak", "saker", 2)\n', encoding="utf-8"
    )
    monkeypatch.setattr(loading, "CATALOGUE_ROOT", tmp_path / "i18n")
    loading.po_path("nn").parent.mkdir(parents=True)
    loading.po_path("nn").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Vedtak %(no)s"\nmsgstr "Vedtak %(nr)s"\n\n#, fuzzy\nmsgid "Søknad"\nmsgstr "Søknad"\n\n'
        'msgid "Skriv timer"\nmsgstr ""\n\nmsgid "sak"\nmsgid_plural "saker"\nmsgstr[0] "sak"\nmsgstr[1] "saker"\n\n'
        'msgid "Borte"\nmsgstr "Vekke"\n',
        encoding="utf-8",
    )
    return tmp_path


def test_the_check_finds_what_is_missing_empty_fuzzy_or_filled_with_other_names(house: Path) -> None:
    faults = {fault.msgid: fault.why for fault in catalogue.check("nn", catalogue.extract(house))}
    assert faults.pop("Vedtak %(no)s").startswith("placeholders differ")
    assert faults == {"Ny sak": "missing", "Søknad": "fuzzy", "Skriv timer": "empty"}


def test_an_update_adds_what_is_new_keeps_what_is_translated_and_drops_what_is_gone(house: Path) -> None:
    catalogue.update("nn", catalogue.extract(house))
    text = loading.po_path("nn").read_text(encoding="utf-8")
    assert 'msgid "Ny sak"\nmsgstr ""' in text
    assert 'msgstr[1] "saker"' in text
    assert "Borte" not in text
    again = loading.po_path("nn")
    before = again.read_bytes()
    catalogue.update("nn", catalogue.extract(house))
    assert again.read_bytes() == before


def test_a_changed_catalogue_is_compiled_again_when_it_is_loaded(house: Path) -> None:
    assert loading.load("nn").gettext("Skriv timer") == "Skriv timer"
    po = loading.po_path("nn")
    po.write_text(
        po.read_text(encoding="utf-8").replace('timer"\nmsgstr ""', 'timer"\nmsgstr "Skriv timar"'),
        encoding="utf-8",
    )
    later = loading.mo_path("nn").stat().st_mtime_ns + 1_000_000
    os.utime(po, ns=(later, later))
    assert loading.load("nn").gettext("Skriv timer") == "Skriv timar"
    assert list(po.parent.glob("*.tmp")) == []


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=12), st.integers(200, 800))
def test_bars_fit_their_picture_and_keep_their_proportions(values: list[float | None], width: int) -> None:
    rows = [(f"K{n}", value, "x") for n, value in enumerate(values)]
    chart = charts.bar_chart(rows, own="K0", mean=None, width=width)
    space = width - charts.LEFT - charts.VALUE_SPACE
    assert all(0 <= row.width <= space + 0.05 for row in chart.rows)
    assert all(row.width == 0 for row in chart.rows if row.value is None)
    peak = max((value for value in values if value is not None), default=0.0)
    if peak >= 1:
        for row in chart.rows:
            if row.value is not None:
                assert row.width == pytest.approx(float(row.value) / peak * space, abs=0.06)
    assert all(charts.LEFT <= x <= width - charts.VALUE_SPACE + 0.05 for x in chart.grid)


def test_a_scale_counts_in_round_steps() -> None:
    assert [charts.nice_step(top) for top in (9.7, 100, 412, 1, 0)] == [2, 20, 100, 0.2, 1]
    with pytest.raises(ValueError, match="below nought"):
        charts.bar_chart([("a", -1, "−1")], own=None, mean=None, width=350)


def test_the_map_draws_the_twelve_and_the_two_neighbours() -> None:
    assert len([place for place in REGION_MAP if place.member]) == 12
    assert sorted(place.name for place in REGION_MAP if not place.member) == ["Sande", "Svelvik"]
