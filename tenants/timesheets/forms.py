"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader, Typed
from tenants.timesheets.checks import LineFacts, hours_by_clock
from tenants.timesheets.pictures import Picture, draw_aside
from tenants.timesheets.receipts import Claim

MOST_KRONER = 10_000
MOST_KILOMETRES = 1_000
MOST_TRIPS = 20
MOST_LINES = 500
MOST_RECEIPTS = 6
ROWS = range(1, MOST_RECEIPTS + 1)


async def draw_pictures(form: Form) -> tuple[dict[int, Picture], dict[str, BadInput]]:
    """The form's photos of receipts drawn again, by row; and the error of each that is no picture."""
    pictures: dict[int, Picture] = {}
    broken: dict[str, BadInput] = {}
    for row in ROWS:
        upload = form.uploads.get(f"bilde-{row}")
        if upload is None:
            continue
        try:
            pictures[row] = await draw_aside(upload.content, field=f"bilde-{row}")
        except Invalid as bad:
            broken |= bad.errors
    return pictures, broken


def read_line(
    form: Form, pictures: Mapping[int, Picture] | None = None, broken: Mapping[str, BadInput] | None = None
) -> LineFacts:
    """The form for hours, with its photos as `draw_pictures` gave them. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take(
        "dato", partial(parse_date, field="dato", years_ahead=0), required=N_("Skriv dagen dere møttes.")
    )
    starts = reader.take("fra", partial(parse_time, field="fra"))
    ends = reader.take("til", partial(parse_time, field="til"))
    hours = reader.take("timer", partial(parse_decimal, field="timer", maximum=24))
    if hours is not None and hours <= 0:
        reader.fail("timer", N_("Skriv timer som er mer enn 0, for eksempel 2 eller 2,5."))
    if not {"fra", "til", "timer"} & reader.errors.keys():
        # Told with the others: who stands at a bus stop should mend it all in one go.
        try:
            hours_by_clock(LineFacts(day or today(), starts, ends, "", hours=hours))
        except Invalid as unclear:
            reader.errors |= unclear.errors
    activity = reader.text("hva", required=N_("Skriv kort hva dere gjorde."), most=500)
    claims = [claim for row in ROWS if (claim := _claim(reader, row, (pictures or {}).get(row))) is not None]
    kilometres = _distance(reader, "km")
    commute = _distance(reader, "km_til_fra")
    trips = reader.take(
        "turer", partial(parse_decimal, field="turer", decimals=0, minimum=0, maximum=MOST_TRIPS)
    )
    for name, bad in (broken or {}).items():
        reader.fail(name, bad.message, **bad.params)
    reader.done()
    assert day is not None
    return LineFacts(
        day, starts, ends, activity, Decimal(0), kilometres, hours, commute, int(trips or 0), tuple(claims)
    )


def _distance(reader: Reader, name: str) -> Decimal:
    parse = partial(parse_decimal, field=name, decimals=1, minimum=0, maximum=MOST_KILOMETRES)
    return reader.take(name, parse) or Decimal(0)


def _claim(reader: Reader, row: int, picture: Picture | None) -> Claim | None:
    """One row of receipts; None for an empty one, and for one that is to go."""
    form = reader.form
    kept = _kept(form.text(f"bilag-{row}"))
    typed = form.text(f"kr-{row}") or form.text(f"utlegg-{row}")
    if form.text(f"fjern-{row}") or not (typed or picture or kept or f"bilde-{row}" in form.uploads):
        return None
    kroner = reader.take(
        f"kr-{row}", partial(parse_decimal, field=f"kr-{row}", maximum=MOST_KRONER),
        required=N_("Skriv beløpet på kvitteringen."),
    )  # fmt: skip
    if kroner is not None and kroner <= 0:
        reader.fail(f"kr-{row}", N_("Skriv et beløp som er mer enn 0."))
    what = reader.text(f"utlegg-{row}", required=N_("Skriv hva du betalte for."), most=120)
    return Claim(kroner or Decimal(0), what, picture, kept, row)


def _kept(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def read_correction(
    form: Form, pictures: Mapping[int, Picture], broken: Mapping[str, BadInput]
) -> tuple[LineFacts | None, str]:
    """(the facts as they should be, None when there was no meeting; why). Raises Invalid with every field's error."""
    reader = Reader(form)
    why = reader.text("grunn", required=N_("Skriv hva som er rettet, og hvorfor."), most=500)
    if form.text("ikke_mott"):
        reader.done()
        return None, why
    try:
        facts = read_line(form, pictures, broken)
    except Invalid as bad:
        for name, error in bad.errors.items():
            reader.fail(name, error.message, **error.params)
        reader.done()
        raise
    reader.done()
    return facts, why


def retyped(values: Mapping[str, Any]) -> Typed:
    """What was typed, with what we have added to it, for showing the form again."""
    return Typed(values)


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


def read_over(form: Form) -> str:
    """Why hours beyond the decision are approved; "" when that is not ticked. Raises Invalid for a tick without words."""
    if not form.text("over"):
        return ""
    reader = Reader(form)
    why = reader.text(
        "over_grunn",
        required=N_("Timene er flere enn vedtaket gir. Skriv hvorfor de likevel godkjennes."),
        most=500,
    )
    reader.done()
    return why
