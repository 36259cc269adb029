"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.responsibility.service import AbsenceFacts, HandoverFacts

CHOOSE = N_("Velg en kollega fra lista.")


@dataclass(frozen=True, slots=True)
class NamingFacts:
    """Somebody to be named on a case, why, and from and to which day."""

    user_id: UUID
    reason: str
    valid_from: date
    valid_to: date | None


def _colleague(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, CHOOSE) from None


def read_handover(form: Form) -> HandoverFacts:
    """The note, the receiver, and for child welfare the day. Raises Invalid with every field's error."""
    reader = Reader(form)
    facts = HandoverFacts(
        receiver_id=reader.take("mottaker", lambda text: _colleague("mottaker", text)),
        note=reader.text("notat", required=N_("Skriv det den nye saksbehandleren trenger å vite.")),
        moves_on=reader.take("dato", lambda text: parse_date(text, field="dato")),
    )
    reader.done()
    return facts


def read_naming(form: Form) -> NamingFacts:
    """Whom to name, why and for how long. Raises Invalid with every field's error."""
    reader = Reader(form)
    user = reader.take("kollega", lambda text: _colleague("kollega", text), required=CHOOSE)
    reason = reader.text("grunn", required=N_("Skriv hvorfor kollegaen trenger saken."), most=500)
    valid_from = reader.take("fra", lambda text: parse_date(text, field="fra"))
    valid_to = reader.take("til", lambda text: parse_date(text, field="til"))
    reader.done()
    assert user is not None
    return NamingFacts(user, reason, valid_from or today(), valid_to)


def read_one(form: Form, field: str) -> UUID:
    """A colleague's id. Raises Invalid when it is none."""
    reader = Reader(form)
    user = reader.take(field, lambda text: _colleague(field, text), required=CHOOSE)
    reader.done()
    assert user is not None
    return user


def read_shield_reason(form: Form) -> str:
    """Why a case is closed or opened. Raises Invalid without one."""
    reader = Reader(form)
    reason = reader.text("hvorfor", required=N_("Skriv hvorfor. Grunnen lagres i loggen."), most=500)
    reader.done()
    return reason


def read_absence(form: Form) -> AbsenceFacts:
    """Days away and who stands in. Raises Invalid with every field's error."""
    reader = Reader(form)
    start = reader.take(
        "fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv første dag du er borte.")
    )
    end = reader.take(
        "til", lambda text: parse_date(text, field="til"), required=N_("Skriv siste dag du er borte.")
    )
    stand_in = reader.take("stedfortreder", lambda text: _colleague("stedfortreder", text), required=CHOOSE)
    reader.done()
    assert start is not None
    assert end is not None
    assert stand_in is not None
    return AbsenceFacts(start, end, stand_in)
