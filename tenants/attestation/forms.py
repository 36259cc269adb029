"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.timesheets.api import read_chosen

DIGITS = 6


def read_words(form: Form) -> str:
    """What is not right. Raises Invalid without words."""
    reader = Reader(form)
    words = reader.text(
        "ord", required=N_("Skriv hva som ikke stemmer. Støttekontakten får lese det."), most=1_000
    )
    reader.done()
    return words


def read_person(form: Form, name: str, required: str) -> UUID:
    """Whose id was chosen. Raises Invalid."""
    try:
        return UUID(form.text(name))
    except ValueError:
        raise Invalid.one(name, required) from None


def read_code(form: Form) -> str:
    """The six digits. Raises Invalid for what can be no code: a slip of the thumb is no try."""
    digits = "".join(c for c in form.text("kode") if c.isascii() and c.isdigit())
    if len(digits) != DIGITS:
        raise Invalid.one("kode", N_("Skriv de seks sifrene i koden."))
    return digits


def read_paper(form: Form) -> tuple[list[UUID], UUID, date]:
    """(lines, who signed, when). Raises Invalid with every field's error."""
    reader = Reader(form)
    lines: list[UUID] = []
    by_person = None
    try:
        lines = read_chosen(form)
    except Invalid as bad:
        reader.errors |= bad.errors
    try:
        by_person = read_person(form, "av", N_("Velg hvem som har skrevet under."))
    except Invalid as bad:
        reader.errors |= bad.errors
    signed = reader.take(
        "dato", partial(parse_date, field="dato"), required=N_("Skriv dagen det ble skrevet under.")
    )
    reader.done()
    assert by_person is not None
    assert signed is not None
    return lines, by_person, signed
