"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date, time
from functools import partial
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader
from tenants.assignments.ending import END_REASONS
from tenants.assignments.meetings import KINDS, OUTCOMES, MeetingFacts
from tenants.assignments.noshows import WHO, NoShowFacts
from tenants.assignments.pausing import REASONS
from tenants.assignments.plan import PlanFacts
from tenants.assignments.stopping import CONTACT_REASONS

SHORT = 200
TOLD = {"ja": N_("Ja, det var sagt fra på forhånd"), "nei": N_("Nei")}


def _day(reader: Reader, name: str, *, required: str | None = None) -> date | None:
    return reader.take(name, partial(parse_date, field=name), required=required)


def read_choice(form: Form) -> tuple[UUID, date | None]:
    """(contact, first day or None when it is agreed later) as chosen for an order. Raises Invalid."""
    reader = Reader(form)
    chosen = form.text("kontakt")
    field = "kontakt" if "kontakt" in form else "annen"
    if chosen in ("", "annen"):
        chosen = form.text("annen")
    contact_id = None
    try:
        contact_id = UUID(chosen)
    except ValueError:
        reader.fail(field, N_("Velg en støttekontakt."))
    start = _day(reader, "start")
    reader.done()
    assert contact_id is not None
    return contact_id, start


def read_meeting(form: Form) -> MeetingFacts:
    """What is agreed for a first or trial meeting. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice(
        "mote_slag", KINDS, required=N_("Velg om det er det første møtet eller et prøvemøte.")
    )
    day = _day(reader, "mote_dag", required=N_("Skriv dagen de skal møtes."))
    at: time | None = reader.take("mote_kl", lambda text: parse_time(text, field="mote_kl"))
    place = reader.text("mote_sted", most=SHORT)
    takes_part = reader.text("mote_hvem", most=SHORT)
    reader.done()
    assert day is not None
    return MeetingFacts(kind, day, at, place, takes_part)


def read_outcome(form: Form) -> tuple[str, str]:
    """(what came of a meeting, what there is to say). Raises Invalid."""
    reader = Reader(form)
    outcome = reader.choice("utfall", OUTCOMES, required=N_("Velg hvordan det gikk."))
    note = reader.text("utfall_ord", most=1_000)
    reader.done()
    return outcome, note


def read_start(form: Form) -> date:
    """The agreed first day. Raises Invalid."""
    reader = Reader(form)
    start = _day(reader, "start", required=N_("Skriv dagen oppdraget begynner."))
    reader.done()
    assert start is not None
    return start


def read_pause(form: Form) -> tuple[date, date | None, str, str]:
    """(first day, last day or None, code of REASONS, words). Raises Invalid with every field's error."""
    reader = Reader(form)
    first = _day(reader, "pause_fra", required=N_("Skriv den første dagen i pausen."))
    last = _day(reader, "pause_til")
    reason = reader.choice("pause_grunn", REASONS, required=N_("Velg hvorfor oppdraget har pause."))
    note = reader.text("pause_ord", most=1_000)
    reader.done()
    assert first is not None
    return first, last, reason, note


def read_no_show(form: Form) -> NoShowFacts:
    """A meeting that came to nothing. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = _day(reader, "ute_dag", required=N_("Skriv dagen dere skulle møtes."))
    who = reader.choice("ute_hvem", WHO, required=N_("Velg hvem som ikke kom."))
    told = reader.choice("ute_sagt", TOLD, required=N_("Velg om det var sagt fra på forhånd."))
    words = reader.text("ute_ord", most=1_000)
    reader.done()
    assert day is not None
    return NoShowFacts(day, who, told == "ja", words)


def read_end(form: Form) -> tuple[date, str, str]:
    """(last day, code of END_REASONS, last words). Raises Invalid with every field's error."""
    reader = Reader(form)
    ended = _day(reader, "sluttdato", required=N_("Skriv den siste dagen."))
    reason = reader.choice("grunn_slutt", END_REASONS, required=N_("Velg hvorfor oppdraget avsluttes."))
    words = reader.text("siste_ord", most=2_000)
    reader.done()
    assert ended is not None
    return ended, reason, words


def read_stop_wish(form: Form) -> tuple[str, str]:
    """(code of CONTACT_REASONS, words). Raises Invalid."""
    reader = Reader(form)
    reason = reader.choice("slutt_grunn", CONTACT_REASONS, required=N_("Velg hvorfor du vil slutte."))
    words = reader.text("slutt_ord", most=2_000)
    reader.done()
    return reason, words


def read_plan(form: Form) -> PlanFacts:
    """What was agreed with the service user. Raises Invalid with every field's error."""
    reader = Reader(form)
    own_words = reader.text("egne_ord", required=N_("Skriv hva brukeren selv sier."), most=2_000)
    agreed = _day(reader, "avtalt", required=N_("Skriv dagen dere ble enige."))
    took_part = reader.text("deltok", required=N_("Skriv hvem som var med."), most=SHORT)
    reader.done()
    assert agreed is not None
    return PlanFacts(own_words, agreed, took_part)


def read_item(form: Form) -> tuple[str, str]:
    """(what, when in words) of something they want to do. Raises Invalid."""
    reader = Reader(form)
    what = reader.text("hva", required=N_("Skriv hva dere vil gjøre."), most=SHORT)
    when_words = reader.text("naar", most=SHORT)
    reader.done()
    return what, when_words
