"""Reading the form by which a contact is shared with the pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.api import traits

MONTHS = {
    "0": N_("Ikke avtalt"),
    "6": N_("Minst et halvt år"),
    "12": N_("Minst ett år"),
    "24": N_("Minst to år"),
}


@dataclass(frozen=True, slots=True)
class ShareForm:
    """What the contact agreed to."""

    consent_on: date
    consent_until: date
    area: str
    hours_wanted: Decimal
    commits_months: int
    will_not: list[str]


def read_share(form: Form) -> ShareForm:
    """The form as facts. Raises Invalid with every field that must be mended, also when nobody has said yes."""
    reader = Reader(form)
    if not form.text("ja"):
        reader.fail("ja", N_("Støttekontakten må ha sagt ja. Kryss av når hun eller han har gjort det."))
    agreed = reader.take(
        "samtykke", partial(parse_date, field="samtykke"), required=N_("Skriv dagen støttekontakten sa ja.")
    )
    until = reader.take(
        "til", partial(parse_date, field="til"), required=N_("Skriv hvor lenge samtykket gjelder.")
    )
    hours = reader.take(
        "timer", partial(parse_decimal, field="timer"),
        required=N_("Skriv hvor mange timer i uka støttekontakten ønsker."),
    )  # fmt: skip
    area = reader.choice("omraade", traits.AREAS, required=N_("Velg et område fra lista."))
    months = reader.choice(
        "maneder", MONTHS, required=N_("Velg hvor lenge støttekontakten tilbyr seg å bli.")
    )
    will_not = reader.choices("ikke", traits.INTERESTS)
    reader.done()
    assert agreed is not None
    assert until is not None
    assert hours is not None
    return ShareForm(agreed, until, area, hours, int(months), will_not)
