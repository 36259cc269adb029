"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader
from tenants.followups.log import THEMES, EntryFacts
from tenants.followups.meetings import MeetingFacts
from tenants.followups.service import HOWS, KINDS, HeldFacts, PlanFacts

MOST = 4_000
KIND_MISSING = N_("Velg om det er en samtale eller veiledning før oppstart.")
HOW_MISSING = N_("Velg hvordan dere snakker sammen.")


def read_plan(form: Form) -> PlanFacts:
    """A planned conversation. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("plan_hva", KINDS, required=KIND_MISSING)
    how = reader.choice("plan_hvordan", HOWS, required=HOW_MISSING)
    day = reader.take(
        "plan_dag", partial(parse_date, field="plan_dag"), required=N_("Skriv dagen dere skal snakke sammen.")
    )
    at = reader.take("plan_klokka", partial(parse_time, field="plan_klokka"))
    place = reader.text("plan_sted", most=200)
    reader.done()
    assert day is not None
    return PlanFacts(kind, day, at, how, place)


def read_held(form: Form) -> HeldFacts:
    """A conversation that was held. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("hva", KINDS, required=KIND_MISSING)
    how = reader.choice("hvordan", HOWS, required=HOW_MISSING)
    day = reader.take(
        "dag", partial(parse_date, field="dag"), required=N_("Skriv dagen dere snakket sammen.")
    )
    good, hard = reader.text("bra", most=MOST), reader.text("vanskelig", most=MOST)
    wishes, going_on = reader.text("onsker", most=MOST), reader.text("videre", most=1_000)
    agreed = reader.text(
        "avtalt", required=N_("Skriv kort hva dere ble enige om. Støttekontakten leser det."), most=MOST
    )
    reader.done()
    assert day is not None
    return HeldFacts(kind, day, how, good, hard, wishes, agreed, going_on)


def read_meeting(form: Form) -> MeetingFacts:
    """An information meeting. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take("dag", partial(parse_date, field="dag"), required=N_("Skriv dagen møtet er."))
    starts = reader.take(
        "klokka", partial(parse_time, field="klokka"), required=N_("Skriv når møtet begynner.")
    )
    place = reader.text("sted", required=N_("Skriv hvor møtet er."), most=200)
    topic = reader.text("tema", required=N_("Skriv hva møtet handler om."), most=300)
    first = reader.take("for_mote", _meeting_id)
    reader.done()
    assert day is not None
    assert starts is not None
    return MeetingFacts(day, starts, place, topic, first)


def _meeting_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.one("for_mote", N_("Velg møtet fra lista.")).errors["for_mote"] from None


def read_present(form: Form) -> list[UUID]:
    """The ticked contacts; what is no id is nobody."""
    found = []
    for text in form.all("kom"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def read_entry(form: Form) -> EntryFacts:
    """A note in the team's log. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take("dag", partial(parse_date, field="dag", years_ahead=0), required=N_("Skriv dagen."))
    theme = reader.choice("emne", THEMES, required=N_("Velg hva notatet handler om."))
    text = reader.text("tekst", required=N_("Skriv hva dere har lært."), most=MOST)
    reader.done()
    assert day is not None
    return EntryFacts(day, theme, text, bool(form.text("lest")))
