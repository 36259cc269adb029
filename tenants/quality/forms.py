"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.quality.service import ClosingFacts, DeviationFacts, FollowUpFacts, MeasureFacts
from tenants.quality.words import HORIZONS, KINDS, SOURCES

TITLE = 120


def _date(reader: Reader, name: str, required: str | None = None) -> date | None:
    return reader.take(name, lambda text: parse_date(text, field=name), required=required)


def _colleague(reader: Reader, name: str, required: str | None = None) -> UUID | None:
    def parse(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise BadInput(name, N_("Velg en kollega fra lista.")) from None

    return reader.take(name, parse, required=required)


def read_report(form: Form, case_id: UUID | None) -> DeviationFacts:
    """The form for a new deviation. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text("tittel", required=N_("Skriv kort hva som er galt."), most=TITLE)
    description = reader.text("hendelse", required=N_("Skriv hva som skjedde."))
    found = _date(reader, "oppdaget", N_("Skriv dagen det ble oppdaget."))
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags avvik det er."))
    source = reader.choice("kilde", SOURCES, required=N_("Velg hvem som sa fra."))
    authority, reply_by = "", None
    if source == "supervision":
        authority = reader.text(
            "myndighet", required=N_("Skriv hvilken myndighet som fører tilsyn."), most=200
        )
        reply_by = _date(reader, "svarfrist", N_("Skriv når dere må svare tilsynet."))
    responsible = _colleague(reader, "ansvarlig")
    due_on = _date(reader, "frist")
    reader.done()
    return DeviationFacts(
        kind=kind, title=title, description=description, source=source, case_id=case_id, found_on=found,
        responsible_id=responsible, due_on=due_on, authority=authority, reply_by=reply_by,
    )  # fmt: skip


def read_follow_up(form: Form, *, by_rule: bool, supervision: bool) -> FollowUpFacts:
    """The form for following up. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = "" if by_rule else reader.text("tittel", required=N_("Skriv kort hva som er galt."), most=TITLE)
    description = reader.text("hendelse", required=None if by_rule else N_("Skriv hva som skjedde."))
    cause = reader.text("arsak")
    responsible, due_on = _colleague(reader, "ansvarlig"), _date(reader, "frist")
    authority, reply_by, replied_on = "", None, None
    if supervision:
        authority = reader.text(
            "myndighet", required=N_("Skriv hvilken myndighet som fører tilsyn."), most=200
        )
        reply_by = _date(reader, "svarfrist", N_("Skriv når dere må svare tilsynet."))
        replied_on = _date(reader, "svart")
    reader.done()
    return FollowUpFacts(title, description, cause, responsible, due_on, authority, reply_by, replied_on)


def read_measure(form: Form) -> MeasureFacts:
    """The form for something to do. Raises Invalid with every field's error."""
    reader = Reader(form)
    what = reader.text("tiltak", required=N_("Skriv hva som skal gjøres."), most=1_000)
    horizon = reader.choice(
        "tiltak_naar", HORIZONS, required=N_("Velg om det gjelder nå eller på lengre sikt.")
    )
    who = _colleague(reader, "tiltak_ansvarlig", N_("Velg hvem som gjør det."))
    due_on = _date(reader, "tiltak_frist", N_("Skriv når det skal være gjort."))
    reader.done()
    assert who is not None
    return MeasureFacts(horizon, what, who, due_on or today())


def read_closing(form: Form, *, supervision: bool) -> ClosingFacts:
    """The form for closing. Raises Invalid with every field's error."""
    reader = Reader(form)
    done = reader.text("lukket_med", required=N_("Skriv hva som ble gjort."))
    letter_on = _date(reader, "brev_dato") if supervision else None
    letter = reader.text("brev_tekst") if supervision else ""
    reader.done()
    return ClosingFacts(done, letter_on, letter)


def read_why(form: Form) -> str:
    """Why a closed deviation is opened again. Raises Invalid."""
    reader = Reader(form)
    why = reader.text("hvorfor", required=N_("Skriv hvorfor avviket åpnes igjen."), most=1_000)
    reader.done()
    return why
