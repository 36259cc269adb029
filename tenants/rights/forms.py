"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.rights.rules import IDENTITY, KINDS
from tenants.rights.service import RequestFacts

SELF = "selv"
WHO = N_("Velg hvem som spør.")


def _who(text: str) -> UUID | None:
    if text == SELF:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("hvem", WHO) from None


def read_request(form: Form) -> RequestFacts:
    """A request to register. Raises Invalid."""
    reader = Reader(form)
    kind = reader.choice("krav", KINDS, required=N_("Velg hva det spørres om."))
    who = reader.take("hvem", _who, required=WHO)
    identity = reader.choice(
        "identitet", IDENTITY, required=N_("Velg hvordan dere vet hvem som spør (artikkel 12 nr. 6).")
    )
    received = reader.take(
        "mottatt", lambda text: parse_date(text, field="mottatt"), required=N_("Skriv dagen kravet kom.")
    )
    words = reader.text("ord", most=2_000)
    reader.done()
    return RequestFacts(kind, who, words, identity, received or today())
