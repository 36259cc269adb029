"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from uuid import UUID

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.concerns.service import OwnWords, StaffWords
from tenants.concerns.words import ABOUT, OUTCOMES, STEPS, SUSPENSION_OUTCOMES

DANGER = {"nei": N_("Nei"), "ja": N_("Ja, noen er i fare nå")}
OTHER = "annet"


def read_own(form: Form, subjects: Mapping[str, str]) -> OwnWords:
    """What somebody tells from their own page; `subjects` are the keys they may choose. Raises Invalid."""
    reader = Reader(form)
    subject = reader.choice("hvem", {**subjects, OTHER: ""}, required=N_("Velg hvem det gjelder."))
    danger = reader.choice("fare", DANGER, required=N_("Velg om noen er i fare nå."))
    happened = reader.text(
        "hendelse", required=N_("Skriv hva som har skjedd, eller hva som bekymrer deg."), most=8_000
    )
    reader.done()
    return OwnWords("" if subject == OTHER else subject, happened, danger == "ja")


def id_in(query: Mapping[str, str], name: str) -> UUID | None:
    """An id that a link brought along; None when there is none. Raises NotFound for what is no id."""
    text = query.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def read_staff(form: Form, assignment_id: UUID | None, contact_id: UUID | None) -> StaffWords:
    """What somebody at work notes. Raises Invalid with every field's error."""
    reader = Reader(form)
    about = reader.choice("gjelder", ABOUT, required=N_("Velg hvem det gjelder."))
    danger = reader.choice("fare", DANGER, required=N_("Velg om noen er i fare nå."))
    happened = reader.text(
        "hendelse", required=N_("Skriv hva som har skjedd, eller hva som bekymrer deg."), most=8_000
    )
    reader.done()
    return StaffWords(
        about, assignment_id, contact_id if about == "contact" else None, happened, danger == "ja"
    )


def read_step(form: Form) -> tuple[str, date, str]:
    """(kind, day, words) of something that was done. Raises Invalid."""
    reader = Reader(form)
    kind = reader.choice("steg", STEPS, required=N_("Velg hva som er gjort."))
    day = reader.take(
        "steg_dag", partial(parse_date, field="steg_dag"), required=N_("Skriv dagen det ble gjort.")
    )
    words = reader.text("steg_ord")
    reader.done()
    assert day is not None
    return kind, day, words


def read_outcome(form: Form, *, suspension: bool = False) -> tuple[str, str]:
    """(outcome, words) of a concern or a suspension. Raises Invalid."""
    reader = Reader(form)
    allowed = SUSPENSION_OUTCOMES if suspension else OUTCOMES
    outcome = reader.choice("utfall", allowed, required=N_("Velg hvordan det endte."))
    words = reader.text(
        "utfall_ord", required=N_("Skriv kort hva som ble gjort, så den som leser om et år, forstår det.")
    )
    reader.done()
    return outcome, words
