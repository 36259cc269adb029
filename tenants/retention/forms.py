"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.retention.kinds import KINDS
from tenants.retention.rules import ACTIONS
from tenants.retention.service import HoldFacts, MarkFacts, RuleFacts


def _whole(name: str, text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) > most:
        raise BadInput(name, N_("Skriv et helt tall, høyst %(most)s."), most=most)
    return int(text)


def read_rule(form: Form) -> RuleFacts:
    """A proposed rule. Raises Invalid."""
    reader = Reader(form)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva regelen gjelder."))
    years = reader.take("aar", lambda text: _whole("aar", text, 100))
    months = reader.take("maaneder", lambda text: _whole("maaneder", text, 11))
    if not years and not months:
        reader.fail("aar", N_("Skriv hvor lenge det skal beholdes."))
    then = reader.choice("saa", ACTIONS, required=N_("Velg hva som skal skje da."))
    first = reader.take(
        "fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv dagen regelen gjelder fra.")
    )
    basis = reader.text("hjemmel", required=N_("Skriv paragrafen regelen bygger på."), most=300)
    reason = reader.text("grunn", required=N_("Skriv hvorfor regelen skal endres."), most=1_000)
    reader.done()
    return RuleFacts(kind, first or today(), years or 0, months or 0, then, basis, reason)


def contact_of(text: str) -> UUID | None:
    """The contact an address or a form names; none where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_hold(form: Form) -> HoldFacts:
    """A hold to place, on the case with the number or on the contact in the form. Raises Invalid."""
    reader = Reader(form)
    contact = contact_of(form.text("stottekontakt"))
    case_no = "" if contact else reader.text("saksnummer", required=N_("Skriv saksnummeret."), most=40)
    reason = reader.text(
        "grunn", required=N_("Skriv hvorfor det ikke må slettes. Skriv ikke navn her."), most=1_000
    )
    first = reader.take(
        "fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv dagen sperren gjelder fra.")
    )
    last = reader.take("til", lambda text: parse_date(text, field="til"))
    review = reader.take(
        "se_paa",
        lambda text: parse_date(text, field="se_paa"),
        required=N_("Skriv dagen noen skal se på sperren igjen."),
    )
    reader.done()
    whole = bool(form.text("hele")) and contact is None
    return HoldFacts(case_no, whole, reason, first or today(), last, review or today(), contact)


def read_review(form: Form) -> date | None:
    """The next day somebody looks at a hold. Raises Invalid for what is no day."""
    reader = Reader(form)
    day = reader.take("se_igjen", lambda text: parse_date(text, field="se_igjen"))
    reader.done()
    return day


def read_marks(form: Form, *, receipt: bool) -> tuple[list[tuple[str, UUID]], MarkFacts]:
    """The chosen documents, and what is said of all of them: a journal number, or the archive's `receipt`. Raises Invalid."""
    reader = Reader(form)
    chosen = []
    for one in form.all("dokumenter"):
        kind, _, text = one.partition(":")
        try:
            chosen.append((kind, UUID(text)))
        except ValueError:
            reader.fail("dokumenter", N_("Velg minst ett dokument."))
    if not chosen:
        reader.fail("dokumenter", N_("Velg minst ett dokument."))
    number = reader.text(
        "nummer",
        required=N_("Skriv arkivets kvittering.") if receipt else N_("Skriv journalnummeret."),
        most=100,
    )
    day = reader.take("dag", lambda text: parse_date(text, field="dag"), required=N_("Skriv dagen."))
    reader.done()
    on = day or today()
    if on > today():
        raise Invalid.one("dag", N_("Dagen kan ikke ligge i framtida."))
    return chosen, MarkFacts(on, "", on, number) if receipt else MarkFacts(on, number, None, "")


def read_mark(form: Form) -> MarkFacts:
    """A document's journal number and the archive's receipt. Raises Invalid."""
    reader = Reader(form)
    day = reader.take(
        "journalfort",
        lambda text: parse_date(text, field="journalfort"),
        required=N_("Skriv dagen det ble journalført."),
    )
    number = reader.text("journal", required=N_("Skriv journalnummeret."), most=100)
    archived = reader.take("arkivert", lambda text: parse_date(text, field="arkivert"))
    receipt = reader.text("kvittering", most=200)
    reader.done()
    return MarkFacts(day or today(), number, archived, receipt)
