"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from tenants.offers.models import BANDS
from tenants.offers.service import CountFacts, OfferFacts, TriedFacts
from tenants.people.api import traits

KINDS = {
    "cafe": N_("Åpen kafé"),
    "open_offer": N_("Åpent tilbud"),
    "holiday_trip": N_("Ferietur"),
}
OUTCOMES = {
    "enough": N_("Det var nok"),
    "partly": N_("Det hjalp litt"),
    "not_enough": N_("Det var ikke nok"),
    "never_went": N_("Kom seg ikke dit"),
}
BAND_NAMES = {
    "0-12": N_("0–12 år"),
    "13-17": N_("13–17 år"),
    "18-29": N_("18–29 år"),
    "30-66": N_("30–66 år"),
    "67+": N_("67 år eller eldre"),
}
FIELDS = {band: f"kom_{band.rstrip('+').split('-')[0]}" for band in BANDS}
"""Field of a form by age band."""
OTHERS = {
    "frivillige": N_("Frivillige"),
    "kontakter": N_("Støttekontakter"),
    "ansatte": N_("Ansatte"),
    "samtaler": N_("Fikk veiledning"),
}


def _whole(reader: Reader, field: str, least: int, most: int) -> int | None:
    found = reader.take(field, partial(parse_decimal, field=field, decimals=0, minimum=least, maximum=most))
    return None if found is None else int(found)


def read_offer(form: Form) -> OfferFacts:
    """A planned offer. Raises Invalid with every field's error."""
    reader = Reader(form)
    name = reader.text("navn", required=N_("Skriv hva tilbudet heter."), most=100)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags tilbud det er."))
    about = reader.text("om", most=1000)
    place = reader.text("sted", required=N_("Skriv hvor det er."), most=200)
    weekday = form.text("ukedag") if form.text("ukedag") in traits.WEEKDAYS else ""
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"),
        required=N_("Skriv når det begynner, for eksempel 17:30."),
    )  # fmt: skip
    ends = reader.take(
        "slutter",
        partial(parse_time, field="slutter"),
        required=N_("Skriv når det slutter, for eksempel 19:30."),
    )
    first = reader.take("fra", partial(parse_date, field="fra"), required=N_("Skriv første dag."))
    last = reader.take("til", partial(parse_date, field="til"))
    responsible = reader.text("ansvarlig", most=120)
    places = _whole(reader, "plasser", 1, 1000)
    price = reader.take("pris", partial(parse_decimal, field="pris", decimals=2, minimum=0, maximum=100_000))
    reader.done()
    assert starts is not None
    assert ends is not None
    assert first is not None
    return OfferFacts(
        kind, name, about, place, weekday, starts, ends, first, last, responsible, places, price or Decimal(0)
    )


def read_count(form: Form) -> CountFacts:
    """Who was there. Raises Invalid with every field's error."""
    reader = Reader(form)
    came = {band: _whole(reader, field, 0, 1000) or 0 for band, field in FIELDS.items()}
    volunteers, contacts, staff, talks = (_whole(reader, field, 0, 1000) or 0 for field in OTHERS)
    guidance = reader.text("veiledning", most=2000)
    reader.done()
    return CountFacts(came, volunteers, contacts, staff, talks, guidance)


def read_day(form: Form) -> date:
    """The day that was typed. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("dag", partial(parse_date, field="dag"), required=N_("Skriv dagen."))
    reader.done()
    assert found is not None
    return found


def read_reason(form: Form) -> str:
    """Why a day is called off. Raises Invalid when it is too long."""
    reader = Reader(form)
    reason = reader.text("grunn", most=300)
    reader.done()
    return reason


def read_tried(form: Form) -> TriedFacts:
    """What somebody tried. Raises Invalid with every field's error."""
    reader = Reader(form)

    def chosen(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise BadInput("tilbud", N_("Velg et tilbud, eller skriv hva det heter.")) from None

    offer_id = reader.take("tilbud", chosen)
    name = reader.text("annet", most=100)
    if offer_id is None and not name:
        reader.fail("tilbud", N_("Velg et tilbud, eller skriv hva det heter."))
    first = reader.take(
        "fra", partial(parse_date, field="fra"), required=N_("Skriv når personen prøvde det første gang.")
    )
    last = reader.take("til", partial(parse_date, field="til"))
    times = _whole(reader, "ganger", 0, 1000)
    outcome = reader.choice("utfall", OUTCOMES, required=N_("Velg hvordan det gikk."))
    words = reader.text("ord", most=2000)
    reader.done()
    assert first is not None
    return TriedFacts(offer_id, name, first, last, times, outcome, words)
