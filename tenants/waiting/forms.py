"""Reading the form for respite: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.waiting.service import OUTCOMES, RespiteFacts


def read_respite(form: Form) -> RespiteFacts:
    """Raises Invalid with every field's error."""
    reader = Reader(form)
    applied = reader.take(
        "sokt", lambda text: parse_date(text, field="sokt"), required=N_("Skriv dagen det ble søkt.")
    )
    outcome = reader.choice("utfall", OUTCOMES, required=N_("Velg hvordan det gikk."))
    answered = reader.take("svart", lambda text: parse_date(text, field="svart"))
    note = reader.text("notat", most=1_000)
    reader.done()
    return RespiteFacts(applied or today(), outcome, answered, note)
