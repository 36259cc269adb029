"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from tenants.timesheets.service import LineFacts

MOST_KRONER = 10_000
MOST_KILOMETRES = 1_000
MOST_LINES = 500


def read_line(form: Form) -> LineFacts:
    """The form for hours. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take(
        "dato", partial(parse_date, field="dato", years_ahead=0), required=N_("Skriv dagen dere møttes.")
    )
    starts = reader.take("fra", partial(parse_time, field="fra"), required=N_("Skriv når dere begynte."))
    ends = reader.take("til", partial(parse_time, field="til"), required=N_("Skriv når dere var ferdige."))
    activity = reader.text("hva", required=N_("Skriv kort hva dere gjorde."), most=500)
    kroner = reader.take("kr", partial(parse_decimal, field="kr", minimum=0, maximum=MOST_KRONER))
    kilometres = reader.take(
        "km", partial(parse_decimal, field="km", decimals=1, minimum=0, maximum=MOST_KILOMETRES)
    )
    reader.done()
    assert day is not None
    assert starts is not None
    assert ends is not None
    return LineFacts(day, starts, ends, activity, kroner or Decimal(0), kilometres or Decimal(0))


def read_chosen(form: Form) -> list[UUID]:
    """The ticked lines. Raises Invalid for none, or for what is no line."""
    try:
        chosen = [UUID(text) for text in form.all("linje")]
    except ValueError:
        raise Invalid.one("linje", N_("Velg minst én føring.")) from None
    if not chosen or len(chosen) > MOST_LINES:
        raise Invalid.one("linje", N_("Velg minst én føring."))
    return chosen


def read_seen(form: Form) -> dict[str, str]:
    """Id → version, as text, of the lines the page showed: what is approved is what was read."""
    return dict(text.partition(":")[::2] for text in form.all("sett"))


def version_of(form: Form, name: str = "versjon", *, missing: int | None = None) -> int:
    """The version a form was shown with; anything unreadable counts as stale. `missing` is for a form without one."""
    text = form.text(name)
    if not text and missing is not None:
        return missing
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid.one(name, N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    return int(text)
