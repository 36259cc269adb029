"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.reviews.service import ActionFacts, MinutesFacts

MINUTES = "referat_"
"""A field's name is this and the item's id."""


def _id(name: str, text: str, message: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(name, message) from None


def read_day(form: Form) -> date:
    """The day of a review to plan. Raises Invalid."""
    reader = Reader(form)
    day = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen dere skal møtes.")
    )
    reader.done()
    return day or today()


def read_minutes(form: Form, items: Iterable[UUID]) -> MinutesFacts:
    """The minutes; `items` are those the reader was shown. An item that was not sent is left as it is. Raises Invalid."""
    reader = Reader(form)
    day = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen dere møttes.")
    )
    words = {
        item: reader.text(f"{MINUTES}{item}", most=4_000) for item in items if f"{MINUTES}{item}" in form
    }
    facts = MinutesFacts(day or today(), reader.text("til_stede", most=500), reader.text("annet"), words)
    reader.done()
    return facts


def read_action(form: Form) -> ActionFacts:
    """What somebody takes on. Raises Invalid with every field's error."""
    reader = Reader(form)
    what = reader.text("oppgave", required=N_("Skriv hva som skal gjøres."), most=1_000)
    owner = reader.take(
        "oppgave_eier", lambda text: _id("oppgave_eier", text, N_("Velg en kollega fra lista.")),
        required=N_("Velg hvem som gjør det."),
    )  # fmt: skip
    due_on = reader.take(
        "oppgave_frist", lambda text: parse_date(text, field="oppgave_frist"),
        required=N_("Skriv når det skal være gjort."),
    )  # fmt: skip
    item = reader.take(
        "oppgave_punkt", lambda text: _id("oppgave_punkt", text, N_("Velg et punkt fra sakslista."))
    )
    reader.done()
    assert owner is not None
    return ActionFacts(what, owner, due_on or today(), item)
