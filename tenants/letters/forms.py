"""From typed forms to facts: a sent day, a reason, an interim reply, a letter of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader

CHOSEN = "b-"
"""Letters chosen in the address, `b-<id>=1` each: an address holds one value a name."""


__all__ = [
    "CHOSEN",
    "InterimFacts",
    "OwnLetter",
    "chosen_in",
    "read_interim",
    "read_letter",
    "read_sent",
    "uuid_of",
]


@dataclass(frozen=True, slots=True)
class InterimFacts:
    application_id: UUID
    reason: str
    expected_on: date


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A letter written by hand: its title and its text."""

    title: str
    text: str


def chosen_in(query: Mapping[str, str]) -> list[UUID]:
    """The letters chosen in an address; what is no id is passed over."""
    return [found for name in query if name.startswith(CHOSEN) and (found := uuid_of(name[len(CHOSEN) :]))]


def read_sent(form: Form) -> tuple[list[UUID], date]:
    """(the letters, the day they were sent). Raises Invalid when none is chosen or the day cannot be read."""
    reader = Reader(form)
    letters = [found for text in form.all("brev") if (found := uuid_of(text))]
    if not letters:
        reader.fail("brev", N_("Velg minst ett brev."))
    day = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen brevet ble sendt.")
    )
    reader.done()
    assert day is not None
    return letters, day


def read_interim(form: Form) -> InterimFacts:
    """The interim reply as typed. Raises Invalid with every field's error."""
    reader = Reader(form)
    application = uuid_of(form.text("soknad"))
    if application is None:
        raise Invalid.one("", N_("Søknaden finnes ikke. Gå tilbake til saken og prøv igjen."))
    reason = reader.text("grunn", required=N_("Skriv hvorfor det tar lengre tid."))
    day = reader.take("forventet", lambda text: parse_date(text, field="forventet"),
                      required=N_("Skriv dagen dere regner med å svare."))  # fmt: skip
    reader.done()
    assert day is not None
    return InterimFacts(application, reason, day)


def read_letter(form: Form) -> OwnLetter:
    """A letter of one's own. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text(
        "tittel", required=N_("Skriv en overskrift som sier hva brevet handler om."), most=120
    )
    text = reader.text("tekst", required=N_("Skriv hva brevet skal si."), most=12_000)
    reader.done()
    return OwnLetter(" ".join(title.split()), text)


def uuid_of(text: str) -> UUID | None:
    """An id, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
