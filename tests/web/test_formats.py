"""Norwegian formats against CLDR, the catalogues' tools, and the arithmetic of charts."""

from __future__ import annotations

import ast
import os
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import BadInput
from sammen.i18n_mark import C_, Word
from sammen.norwegian import parse_date
from sammen.web import charts, formats
from sammen.web.i18n import LANGUAGES, catalogue, error_texts, known_language, loading, ntranslate, translate
from sammen.web.region_map import REGION_MAP
from sammen.web.render import typed

NORWEGIAN = st.sampled_from(["nb", "nn"])
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False)


@given(DAYS, NORWEGIAN)
def test_long_dates_and_weekdays_are_written_as_cldr_writes_them(day: date, lang: str) -> None:
    assert formats.date_long(day, lang) == format_date(day, "d. MMMM y", locale=lang)
    assert formats.date_day_month(day, lang) == format_date(day, "d. MMMM", locale=lang)
    assert formats.weekday(day, lang) == format_date(day, "EEEE", locale=lang)
    assert formats.date_short(day, lang) == format_date(day, "dd.MM.y", locale=lang)


@given(AMOUNTS, NORWEGIAN)
def test_numbers_are_written_as_cldr_writes_them(amount: Decimal, lang: str) -> None:
    # CLDR may choose a narrow space between thousands; to the reader it is a space that does not break.
    expected = format_decimal(amount, "#,##0.00", locale=lang)
    expected = expected.replace("\N{NARROW NO-BREAK SPACE}", formats.NBSP).replace("-", formats.MINUS)
    if amount == 0:
        expected = expected.lstrip(formats.MINUS)
    assert formats.decimal(amount, 2, lang) == expected


@given(DAYS)
def test_english_days_are_written_as_british_cldr_writes_them(day: date) -> None:
    assert formats.date_long(day, "en") == format_date(day, "long", locale="en_GB")
    assert formats.date_short(day, "en").replace(formats.NBSP, " ") == format_date(
        day, "medium", locale="en_GB"
    )
    assert formats.date_day_month(day, "en") == format_date(day, "d MMMM", locale="en_GB")
    assert formats.weekday(day, "en") == format_date(day, "EEEE", locale="en_GB")


@given(AMOUNTS)
def test_english_numbers_money_and_clocks_are_written_as_british_cldr_writes_them(amount: Decimal) -> None:
    written = format_decimal(amount, "#,##0.00", locale="en_GB").replace("-", formats.MINUS)
    # CLDR sets the three letters close to the number; a space that does not break reads better.
    priced = (
        format_currency(amount, "NOK", locale="en_GB").replace("-", formats.MINUS).replace("NOK", "NOK\u00a0")
    )
    if amount == 0:
        written, priced = written.lstrip(formats.MINUS), priced.lstrip(formats.MINUS)
    assert formats.decimal(amount, 2, "en") == written
    assert formats.money(amount, lang="en") == priced
    at = time(int(abs(amount)) % 24, int(abs(amount)) % 60)
    assert formats.clock(at, "en") == format_time(at, "short", locale="en_GB")


def test_the_formats_people_see_in_english() -> None:
    assert formats.date_weekday(date(2026, 11, 23), "en") == "Monday 23 November 2026"
    assert formats.month_year(date(2026, 3, 1), "en") == "March 2026"
    assert formats.moment(datetime(2026, 11, 23, 7, 41, tzinfo=UTC), "en") == "23 November 2026 at 08:41"
    assert formats.clock_range(time(17, 30), time(19), "en") == "17:30–19:00"
    assert formats.clock_range(time(17, 30), time(19)) == "kl.\u00a017.30–19.00"
    assert formats.decimal(1234.5, lang="en") == "1,234.5"
    assert formats.money(Decimal(-1234), 0, "en") == "−NOK\u00a01,234"
    assert formats.percent(94, lang="en") == "94%"
    assert formats.hours(Decimal("3.50"), "en") == "3.5\u00a0h"
    assert formats.hours_long(Decimal("0.5"), "en") == "0.5\u00a0hours"
    assert formats.hours_long(1, "en") == "1\u00a0hour"
    assert formats.age_text(date(2014, 3, 14), date(2026, 3, 14), "en") == "12 years old"
    assert formats.days_waited(1, "en") == "Waited 1 day"
    assert formats.listed(["Hof", "Lardal", "Tønsberg"], "en") == "Hof, Lardal and Tønsberg"
    assert formats.listed(["Hof", "Lardal", "Tønsberg"], "nn") == "Hof, Lardal og Tønsberg"
    assert formats.listed([], "en") == ""
    assert formats.upper_first("tirsdager i Re") == "Tirsdager i Re"


def test_a_field_shows_dates_alike_in_every_language_and_numbers_as_the_reader_writes_them() -> None:
    for lang in LANGUAGES:
        assert typed(date(2026, 3, 1), lang=lang) == "01.03.2026"
    assert typed(Decimal("1234.5")) == "1234,5"
    assert typed(Decimal("1234.5"), lang="en") == "1234.5"


def test_a_field_reads_a_day_as_english_writes_it() -> None:
    for text in ("22 Nov 2026", "22 november 2026", "22. nov. 2026", "22/11/2026"):
        assert parse_date(text, field="dato") == date(2026, 11, 22)
    for number in range(1, 13):
        day = date(2026, number, 5)
        assert parse_date(formats.date_short(day, "en"), field="dato") == day
        assert parse_date(formats.date_long(day, "en"), field="dato") == day
    with pytest.raises(BadInput) as bad:
        parse_date("30.02.2026", field="dato")
    assert translate("en", bad.value.message, **bad.value.params).startswith(
        "Choose a date that exists. February"
    )


@pytest.mark.parametrize("folder", ["tenants", "shared_pool", "reporting", "deploy"])
def test_every_text_that_is_formatted_says_in_which_language(folder: str) -> None:
    # Norwegian happens to be the same in both forms, so a forgotten language shows only in English.
    needed = {"decimal": 3, "money": 3, "percent": 3, "age_text": 3, "clock_range": 3}
    same_everywhere = {"age", "initials", "lower_first", "upper_first"}
    found = []
    for path in (catalogue.PROJECT_ROOT / folder).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "sammen.web.formats"
            for name in node.names
        }
        # Without a language date_short is what stands in a field.
        for node in ast.walk(tree):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if not isinstance(node, ast.Call) or name not in imported - same_everywhere - {"date_short"}:
                continue
            if len(node.args) < needed.get(name, 2) and not any(k.arg == "lang" for k in node.keywords):
                found.append(f"{path.relative_to(catalogue.PROJECT_ROOT)}:{node.lineno} {name}")
    assert found == []


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


@pytest.mark.parametrize(
    ("days", "english"), [(-4, "4 days overdue"), (0, "Due today"), (1, "1 day left"), (9, "9 days left")]
)
def test_a_deadline_is_told_in_english(days: int, english: str) -> None:
    assert formats.days_left(days, "en") == english


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
    # Marked one by one, as a constant is, and not as a pair.
    assert ntranslate("en", "Én ting venter på deg.", "%(num)s ting venter på deg.", 2).startswith("2 things")
    assert (
        ntranslate("nn", "Én ting venter på deg.", "%(num)s ting venter på deg.", 1)
        == "Éin ting ventar på deg."
    )
    errors = {"fra": BadInput("fra", "Side %(number)s", number=1)}
    assert error_texts("nn", errors) == {"fra": "Side 1"}
    assert translate("en", "Tall for %(period)s", period=Word("Mai")) == "Figures for May"
    for lang, one, several in (
        ("nb", "Vedtak", "Vedtak"),
        ("nn", "Vedtak", "Vedtak"),
        ("en", "Decision", "Decisions"),
    ):
        assert translate(lang, "Vedtak") == one
        assert translate(lang, C_("flere", "Vedtak")) == several
    assert translate("en", C_("ukjent", "Aldri hørt")) == "Aldri hørt"
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
        'N_("Søknad")\nBadInput("timer", "Skriv timer")\nngettext("sak", "saker", 2)\n'
        'translate(lang, NAMES["self"])\nC_("flere", "Brev")\n',
        encoding="utf-8",
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
    assert faults == {"Ny sak": "missing", "Søknad": "fuzzy", "Skriv timer": "empty", "Brev": "missing"}


def test_the_check_finds_english_that_was_left_in_bokmaal_and_placeholders_that_were_left_out(
    house: Path,
) -> None:
    loading.po_path("en").parent.mkdir(parents=True)
    loading.po_path("en").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Vedtak %(no)s"\nmsgstr "The decision"\n\nmsgid "Ny sak"\nmsgstr "Ny sak"\n\n'
        'msgid "Søknad"\nmsgstr "Application"\n\nmsgid "Skriv timer"\nmsgstr "Write hours"\n\n'
        'msgid "sak"\nmsgid_plural "saker"\nmsgstr[0] "case"\nmsgstr[1] "cases"\n',
        encoding="utf-8",
    )
    faults = {fault.msgid: fault.why for fault in catalogue.check("en", catalogue.extract(house))}
    assert faults.pop("Vedtak %(no)s").startswith("placeholders differ")
    assert faults == {"Ny sak": "same as the source", "Brev": "missing"}


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


def test_numbers_in_free_text_can_be_rung_and_other_figures_not() -> None:
    said = formats.phone_parts("Mor, 680 56 547 eller +47 68055649. Født 2014, sak 2026-0187.")
    assert [part for part, rings in said if rings] == ["680 56 547", "+47 68055649"]
    assert (
        "".join(part for part, _ in said) == "Mor, 680 56 547 eller +47 68055649. Født 2014, sak 2026-0187."
    )
    assert formats.phone_parts("") == []


def test_a_scale_counts_in_round_steps() -> None:
    assert [charts.nice_step(top) for top in (9.7, 100, 412, 1, 0)] == [2, 20, 100, 0.2, 1]
    with pytest.raises(ValueError, match="below nought"):
        charts.bar_chart([("a", -1, "−1")], own=None, mean=None, width=350)


def test_the_map_draws_the_twelve_and_the_two_neighbours() -> None:
    assert len([place for place in REGION_MAP if place.member]) == 12
    assert sorted(place.name for place in REGION_MAP if not place.member) == ["Sande", "Svelvik"]
