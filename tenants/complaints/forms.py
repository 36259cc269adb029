"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.complaints.happenings import AppealFacts
from tenants.complaints.rules import ANSWERS, APPEAL_RESULTS, DISMISS_GROUNDS, LATE_GROUNDS
from tenants.complaints.service import AnswerFacts, ReceivedFacts

CHANNELS = {
    "letter": N_("Brev i posten"),
    "form": N_("Digitalt, eller levert for hånd"),
    "oral": N_("Muntlig. Du har skrevet den ned"),
}
COMPLAINANTS = {
    "self": N_("Personen selv"),
    "parent": N_("Forelder eller foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig, for eksempel advokat"),
    "other": N_("En annen"),
}
DEFERRALS = {
    "granted": N_("Ja, vedtaket venter til klagen er avgjort"),
    "refused": N_("Nei, vedtaket settes i verk"),
}


def decision_of(form: Form) -> UUID:
    """The decision that is complained of. Raises NotFound for what is no id."""
    try:
        return UUID(form.text("vedtak"))
    except ValueError:
        raise NotFound from None


def _day(reader: Reader, name: str, *, required: str | None = None) -> date | None:
    return reader.take(name, lambda text: parse_date(text, field=name), required=required)


def read_received(form: Form) -> ReceivedFacts:
    """The form for a complaint as it came. Raises Invalid with every field's error."""
    reader = Reader(form)
    received = _day(reader, "mottatt", required=N_("Skriv dagen klagen kom."))
    channel = reader.choice("kanal", CHANNELS, required=N_("Velg hvordan klagen kom."))
    posted = _day(reader, "postlagt")
    complainant = reader.choice("klager", COMPLAINANTS, required=N_("Velg hvem som klager."))
    name = reader.text("klager_navn", most=200)
    if complainant not in ("", "self") and not name:
        reader.fail("klager_navn", N_("Skriv navnet på den som klager."))
    wants = reader.text(
        "onsker", required=N_("Skriv hva klageren er uenig i, og hva klageren ønsker i stedet.")
    )
    reached = _day(reader, "framme")
    reader.done()
    assert received is not None
    return ReceivedFacts(
        decision_of(form), received, posted if channel == "letter" else None, channel, complainant, name, wants,
        reached, bool(form.text("vente")),
    )  # fmt: skip


def read_answer(form: Form, *, deferral: str) -> AnswerFacts:
    """The municipality's answer; a draft may leave anything open. `deferral` is what is known of it before."""
    reader = Reader(form)

    def known(name: str, allowed: dict[str, str]) -> str:
        value = form.text(name)
        return value if value in allowed else ""

    facts = AnswerFacts(
        answer=known("svar", ANSWERS),
        reasons=reader.text("begrunnelse", most=15_000),
        late_ground=known("for_sent", LATE_GROUNDS),
        late_reason=reader.text("for_sent_grunn", most=2_000),
        dismiss_ground=known("avvist", DISMISS_GROUNDS),
        deferral=known("vente", DEFERRALS) or ("none" if deferral == "none" else "asked"),
        deferral_reason=reader.text("vente_grunn", most=2_000),
    )
    reader.done()
    return facts


def read_day(form: Form, name: str) -> date:
    """One required day. Raises Invalid."""
    reader = Reader(form)
    found = _day(reader, name, required=N_("Skriv en dato, for eksempel 28.02.2026."))
    reader.done()
    assert found is not None
    return found


def read_interim(form: Form) -> tuple[str, date]:
    """Why the answer takes longer, and the day it is promised for. Raises Invalid."""
    reader = Reader(form)
    reason = reader.text("grunn", required=N_("Skriv hvorfor svaret tar lengre tid."), most=2_000)
    expected = _day(reader, "svar_innen", required=N_("Skriv dagen klageren kan vente svar."))
    reader.done()
    assert expected is not None
    return reason, expected


def read_withdrawal(form: Form) -> tuple[date, str]:
    """The day it was taken back, and what was said. Raises Invalid."""
    reader = Reader(form)
    day = _day(reader, "dato", required=N_("Skriv dagen klagen ble trukket."))
    note = reader.text("merknad", most=1_000)
    reader.done()
    assert day is not None
    return day, note


def read_appeal(form: Form) -> AppealFacts:
    """What Statsforvalteren decided. Raises Invalid."""
    reader = Reader(form)
    result = reader.choice("utfall", APPEAL_RESULTS, required=N_("Velg hva Statsforvalteren bestemte."))
    day = _day(reader, "dato", required=N_("Skriv datoen på Statsforvalterens avgjørelse."))
    note = reader.text("merknad", most=2_000)
    reader.done()
    assert day is not None
    return AppealFacts(result, day, note)
