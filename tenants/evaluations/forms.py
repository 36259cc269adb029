"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader
from tenants.evaluations.rules import END_REASONS, OUTCOMES, SCOPES
from tenants.evaluations.service import EvaluationFacts, PlanFacts

PARTICIPANTS = {
    "self": N_("Personen selv"),
    "parent": N_("Forelder eller foresatt"),
    "guardian": N_("Verge"),
    "contact": N_("Støttekontakten"),
    "coordinator": N_("Koordinator hos utfører"),
    "other": N_("Andre, for eksempel skole eller bolig"),
}
WORDS_BY = {
    "said": N_("Personen sa det selv"),
    "helped": N_("Personen sa det med hjelp, for eksempel tegn, bilder eller tolk"),
    "observed": N_("Vi tolker det vi ser"),
}
GOAL_REACHED = {"yes": N_("Ja"), "partly": N_("Delvis"), "no": N_("Nei")}
FORM_FITS = {"yes": N_("Ja, tilbudet passer"), "no": N_("Nei, noe annet ville passet bedre")}
HOURS_FIT = {"fits": N_("Timene passer"), "too_few": N_("For få timer"), "too_many": N_("For mange timer")}
LONELY = {"no": N_("Nei"), "unsure": N_("Usikker"), "yes": N_("Ja")}
AGREES = {
    "yes": N_("Ja, personen er enig"),
    "no": N_("Nei. Da må kommunen varsle og fatte et nytt vedtak"),
}


def decision_of(form: Form) -> UUID:
    """The decision a form is about. Raises NotFound for what is no id."""
    try:
        return UUID(form.text("vedtak"))
    except ValueError:
        raise NotFound from None


def _day(reader: Reader, name: str, *, required: str | None = None) -> date | None:
    return reader.take(name, lambda text: parse_date(text, field=name), required=required)


def _known(reader: Reader, name: str, allowed: dict[str, str]) -> str:
    """A choice that may be left open in a draft; anything unknown is as if nothing was chosen."""
    value = reader.form.text(name)
    return value if value in allowed else ""


def read_plan(form: Form) -> PlanFacts:
    """The form for an agreed time. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = _day(reader, "dag", required=N_("Skriv dagen dere skal møtes."))
    at: time | None = reader.take("klokka", lambda text: parse_time(text, field="klokka"))
    where = reader.text("sted", most=300)
    reader.done()
    assert day is not None
    return PlanFacts(day, at, where)


def read_evaluation(form: Form) -> EvaluationFacts:
    """The evaluation form. A draft may lack anything, but what is there must be readable. Raises Invalid."""
    reader = Reader(form)
    facts = EvaluationFacts(
        scope=_known(reader, "omfang", SCOPES) or "full",
        held_on=_day(reader, "dato"),
        participants=reader.choices("deltok", PARTICIPANTS),
        own_words=reader.text("egne_ord"),
        words_by=_known(reader, "ordene", WORDS_BY) or "said",
        no_words_reason=reader.text("uten_ord", most=1_000),
        representative_words=reader.text("representant"),
        contact_view=reader.text("kontakt"),
        goal_reached=_known(reader, "maal", GOAL_REACHED),
        goal_seen=reader.text("maal_ser"),
        form_fits=_known(reader, "passer", FORM_FITS),
        hours_fit=_known(reader, "timer", HOURS_FIT),
        lonely=_known(reader, "ensom", LONELY),
        next_step=reader.text("videre"),
        outcome=_known(reader, "utfall", OUTCOMES),
        next_on=_day(reader, "neste"),
        end_reason=_known(reader, "grunn", END_REASONS),
        end_note=reader.text("grunn_tekst", most=1_000),
        ends_on=_day(reader, "slutt"),
        agrees=reader.form.text("enig") != "no",
    )
    reader.done()
    return facts
