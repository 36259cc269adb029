"""The forms of this slice turned into facts, with every field's error at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader


@dataclass(frozen=True, slots=True)
class PopulationFacts:
    """A file of inhabitants: its name and bytes, where it comes from, and when it was fetched."""

    filename: str
    content: bytes
    source: str
    as_of: date


def read_population_form(form: Form) -> PopulationFacts:
    """File, source and day, all required."""
    reader = Reader(form)
    upload = form.uploads.get("fil")
    if upload is None or not upload.content:
        reader.fail("fil", N_("Velg en fil. Den kan ikke være tom."))
    source = reader.text(
        "kilde", required=N_("Skriv hvor tallene er hentet, for eksempel «SSB tabell 07459»."), most=200
    )
    as_of = reader.take(
        "hentet",
        lambda text: parse_date(text, field="hentet"),
        required=N_("Skriv dagen tallene ble hentet."),
    )
    reader.done()
    assert upload is not None, "checked above"
    assert as_of is not None, "checked above"
    return PopulationFacts(upload.filename, upload.content, source, as_of)
