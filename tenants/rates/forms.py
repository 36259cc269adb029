"""Reading the slice's forms. A table's rows are numbered as they stand on the page: `kroner-3` is the third row's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal, parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.contacts.api import COMPETENCES
from tenants.rates.rules import MOST_HOURLY, MOST_ROWS, TableFacts, check_steps, field
from tenants.rates.tables import RateStep
from tenants.rates.words import ENGAGEMENTS, FORMS, KINDS, WITH_KRONER

PARTS = (
    "hva", "kroner", "form", "avtale", "alder_fra", "alder_til", "ansiennitet", "kurs", "bruker_fra", "bruker_til",
    "tak_km", "tak_kroner", "tak_kvittering", "tak_turer", "minst_kroner",
)  # fmt: skip
BLANK = {"form": "any", "avtale": "any"}
OLDEST = 120
MOST_LIMIT = 100_000
Row = dict[str, str]


def typed_rows(form: Form, *, without: int = 0) -> list[Row]:
    """The rows as they were typed, in order, those left blank and the one numbered `without` taken out."""
    number = form.text("rader")
    count = min(int(number), MOST_ROWS) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    found = []
    for row in range(1, count + 1):
        typed = {part: form.text(field(part, row)) for part in PARTS}
        if row != without and any(text and text != BLANK.get(part) for part, text in typed.items()):
            found.append(typed)
    return found


def row_values(rows: list[Row]) -> dict[str, str]:
    """Typed rows as the values of the form's fields."""
    return {field(part, number): row.get(part, "") for number, row in enumerate(rows, 1) for part in PARTS}


def rows_of(steps: tuple[RateStep, ...]) -> list[Row]:
    """A table's rows as they would have been typed."""
    return [_typed(step) for step in steps]


def _typed(step: RateStep) -> Row:
    def kroner(ore: int | None) -> str:
        return "" if ore is None else format_decimal(Decimal(ore) / 100)

    def whole(value: int | None) -> str:
        return "" if value is None else str(value)

    seniority = step.seniority_months
    return {
        "hva": f"{step.component}:{step.mode}", "kroner": kroner(step.rate_ore), "form": step.form,
        "avtale": step.engagement, "alder_fra": whole(step.age_from), "alder_til": whole(step.age_to),
        "ansiennitet": "" if seniority is None else format_decimal((Decimal(seniority) / 12).quantize(Decimal("0.01"))),
        "kurs": step.competence, "bruker_fra": whole(step.user_age_from), "bruker_til": whole(step.user_age_to),
        "tak_km": "" if step.cap_km is None else format_decimal(step.cap_km), "tak_kroner": kroner(step.cap_ore),
        "tak_kvittering": kroner(step.cap_receipt_ore), "tak_turer": whole(step.cap_trips),
        "minst_kroner": kroner(step.least_ore),
    }  # fmt: skip


def head_values(facts: TableFacts) -> dict[str, str]:
    """A table's own fields as they would have been typed."""
    return {
        "fra": format_date(facts.valid_from), "navn": facts.name, "enhet": facts.unit, "merknad": facts.note,
        "feriepenger": format_decimal(facts.holiday_percent) if facts.holiday_percent else "",
        "feriepenger_for": facts.holiday_for,
    }  # fmt: skip


def read_table(form: Form, rows: list[Row]) -> TableFacts:
    """A table from its form, `rows` as `typed_rows` gave them. Raises Invalid with every field's error."""
    reader = Reader(Form({**dict(form.fields), **{name: [text] for name, text in row_values(rows).items()}}))
    since = reader.take(
        "fra",
        partial(parse_date, field="fra", years_ahead=5),
        required=N_("Skriv dagen tabellen gjelder fra."),
    )
    name = reader.text("navn", most=100)
    unit = reader.text("enhet", most=100)
    percent = reader.take("feriepenger", partial(parse_decimal, field="feriepenger", minimum=0, maximum=25))
    holiday_for = form.text("feriepenger_for") if form.text("feriepenger_for") in ENGAGEMENTS else "any"
    note = reader.text("merknad", most=1_000)
    steps = [_read_row(reader, number) for number in range(1, len(rows) + 1)]
    reader.done()
    assert since is not None
    check_steps(steps)
    return TableFacts(since, tuple(steps), unit, name, percent or Decimal(0), holiday_for, note)


def _read_row(reader: Reader, number: int) -> RateStep:
    """One row; its errors are noted, and what could not be read is left out of what is returned."""
    form = reader.form
    kind = reader.choice(field("hva", number), KINDS, required=N_("Velg hva raden gjelder."))

    def amount(part: str, most: int = MOST_LIMIT) -> int | None:
        name = field(part, number)
        kroner = reader.take(name, partial(parse_decimal, field=name, minimum=Decimal("0.01"), maximum=most))
        return None if kroner is None else int(kroner * 100)

    def whole(part: str, least: int = 0, most: int = OLDEST) -> int | None:
        name = field(part, number)
        value = reader.take(name, partial(parse_decimal, field=name, decimals=0, minimum=least, maximum=most))
        return None if value is None else int(value)

    rate = amount("kroner", MOST_LIMIT)
    if kind in WITH_KRONER and not form.text(field("kroner", number)):
        reader.fail(field("kroner", number), N_("Skriv kroner i rad %(row)s."), row=number)
    elif kind and kind not in WITH_KRONER and rate is not None:
        reader.fail(field("kroner", number), N_("Raden har ingen egen sats. La kroner stå tomt."))
    component, _, mode = (kind or "hours:rate").partition(":")
    km_name = field("tak_km", number)
    cap_km = reader.take(
        km_name, partial(parse_decimal, field=km_name, decimals=1, minimum=Decimal("0.1"), maximum=MOST_LIMIT)
    )
    return RateStep(
        component, mode, rate if kind in WITH_KRONER else None,
        _one_of(reader, field("form", number), FORMS, "any"),
        _one_of(reader, field("avtale", number), ENGAGEMENTS, "any"),
        whole("alder_fra"), whole("alder_til"), _seniority(reader, number),
        _one_of(reader, field("kurs", number), COMPETENCES, ""), whole("bruker_fra"), whole("bruker_til"), cap_km,
        amount("tak_kroner"), amount("tak_kvittering"), whole("tak_turer", 1, 100), amount("minst_kroner"),
    )  # fmt: skip


def _seniority(reader: Reader, number: int) -> int | None:
    """Years, halves and quarters of years too, as whole months."""
    name = field("ansiennitet", number)
    years = reader.take(name, partial(parse_decimal, field=name, minimum=0, maximum=50))
    return None if years is None else int((years * 12).to_integral_value())


def _one_of(reader: Reader, name: str, allowed: Mapping[str, str], default: str) -> str:
    value = reader.form.text(name) or default
    if value != default and value not in allowed:
        reader.fail(name, N_("Velg fra lista."))
        return default
    return value


def read_simple(form: Form) -> tuple[date, Decimal]:
    """(first day, kroner an hour). Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take("fra", partial(parse_date, field="fra"), required=N_("Skriv dagen satsen gjelder fra."))
    kroner = reader.take("sats", partial(parse_decimal, field="sats"), required=N_("Skriv satsen i kroner."))
    if kroner is not None and not 0 < kroner <= MOST_HOURLY:
        reader.errors.setdefault(
            "sats", BadInput("sats", N_("Skriv kroner mellom 1 og %(most)s."), most=MOST_HOURLY)
        )
    reader.done()
    assert day is not None
    assert kroner is not None
    return day, kroner


def read_administration(form: Form) -> tuple[int, Decimal]:
    """(year, kroner). Raises Invalid with every field's error."""
    reader = Reader(form)
    year = reader.take("aar", partial(parse_decimal, field="aar", decimals=0), required=N_("Skriv året."))
    kroner = reader.take("sum", partial(parse_decimal, field="sum"), required=N_("Skriv beløpet i kroner."))
    reader.done()
    assert year is not None
    assert kroner is not None
    return int(year), kroner
