"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from shared_pool.groups.models import MOST_SEATS

CHOOSE = N_("Velg en kommune.")
_PHONE = re.compile(r"\+?\d[\d ]{6,18}")


@dataclass(frozen=True, slots=True)
class Promise:
    """So many places for a municipality, kept until a day, or always."""

    partner_id: UUID
    quota: int
    release_on: date | None


def _municipality(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("kommune", CHOOSE) from None


def read_promise(form: Form) -> Promise:
    """Who is invited, and to how many places. Raises Invalid with every field's error."""
    reader = Reader(form)
    partner = reader.take("kommune", _municipality, required=CHOOSE)
    quota = reader.take(
        "plasser", partial(parse_decimal, field="plasser", decimals=0, minimum=1, maximum=MOST_SEATS),
        required=N_("Skriv hvor mange plasser dere holder av."),
    )  # fmt: skip
    release_on = reader.take("frigis", partial(parse_date, field="frigis"))
    reader.done()
    assert partner is not None
    assert quota is not None
    return Promise(partner, int(quota), release_on)


def read_answer(form: Form) -> tuple[bool, str]:
    """(yes, the number leaders may ring). A yes wants a number. Raises Invalid."""
    reader = Reader(form)
    yes = form.text("svar") != "nei"
    phone = reader.text("vakt", most=20) if yes else ""
    if yes and not _PHONE.fullmatch(phone):
        reader.fail(
            "vakt", N_("Skriv telefonnummeret gruppelederne kan ringe på kvelden, for eksempel 33 08 50 00.")
        )
    reader.done()
    return yes, phone


def read_last_day(form: Form) -> date:
    """The last day a municipality's participants take part. Raises Invalid."""
    reader = Reader(form)
    day = reader.take(
        "siste_dag",
        partial(parse_date, field="siste_dag"),
        required=N_("Skriv den siste dagen deltakerne er med."),
    )
    reader.done()
    assert day is not None
    return day
