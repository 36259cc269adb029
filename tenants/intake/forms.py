"""Reading the caseworker's forms of the slice: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from sammen.web.i18n import translate
from tenants.cases.api import CHANNELS, ApplicationFacts, WithdrawalFacts
from tenants.people.api import PersonFacts, RepresentativeCard

WRONG_CODE = N_(
    "Vi finner ikke noe lagret skjema med denne koden. Sjekk hvert tegn. Etter 30 dager er skjemaet slettet."
)
WITHDRAWERS = {
    "self": N_("Personen selv"),
    "parent": N_("Forelder eller foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
ROLE_NAMES = {
    "parent": N_("%(name)s (forelder eller foresatt)"),
    "guardian": N_("%(name)s (verge)"),
    "power_of_attorney": N_("%(name)s (fullmektig)"),
}
OTHER = N_("En annen, for eksempel skole eller lege")


def read_reason(form: Form) -> str:
    """Why a form is put aside. Raises Invalid when it is far too long."""
    reader = Reader(form)
    reason = reader.text("grunn", required=N_("Skriv hvorfor skjemaet ikke skal bli en søknad."), most=1_000)
    reader.done()
    return reason


def who_may_apply(known: Sequence[RepresentativeCard], language: str) -> list[tuple[str, str]]:
    """Options for who applies: the person, each registered representative, or somebody else."""
    return [
        ("self", translate(language, WITHDRAWERS["self"])),
        *((str(one.id), translate(language, ROLE_NAMES[one.role], name=one.name)) for one in known),
        ("other", translate(language, OTHER)),
    ]


def read_again(form: Form, known: Sequence[RepresentativeCard]) -> ApplicationFacts:
    """Another application on a case: the person is known. Raises Invalid with every field's error."""
    reader = Reader(form)
    received = reader.take(
        "mottatt", lambda text: parse_date(text, field="mottatt"), required=N_("Skriv dagen søknaden kom.")
    )
    channel = reader.choice("kanal", CHANNELS, required=N_("Velg hvordan søknaden kom."))
    speaks = {str(one.id): one for one in known}
    who = reader.choice("hvem", frozenset({"self", "other", *speaks}), required=N_("Velg hvem som søker."))
    name = reader.text("soker_navn", most=200)
    if who == "other" and not name:
        reader.fail("soker_navn", N_("Skriv navnet på den som søker."))
    chosen = speaks.get(who)
    facts = ApplicationFacts(
        person=PersonFacts("", ""),
        received_on=received or today(),
        channel=channel,
        applicant=chosen.role if chosen else who,
        applicant_name=chosen.name if chosen else name if who == "other" else "",
        wishes=reader.text("onsker"),
        legal_ground=reader.text("hjemmel", required=N_("Velg en hjemmel fra lista."), most=60),
        applicant_contact=reader.text("soker_kontakt", most=200),
        representative_id=chosen.id if chosen else None,
    )
    reader.done()
    return facts


def read_withdrawal(form: Form, among: Collection[str]) -> tuple[UUID, WithdrawalFacts]:
    """Which application was taken back, when and by whom. Raises Invalid with every field's error."""
    reader = Reader(form)
    which = reader.choice("soknad", frozenset(among), required=N_("Velg hvilken søknad det gjelder."))
    on = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen søknaden ble trukket.")
    )
    by = reader.choice("av", WITHDRAWERS, required=N_("Velg hvem som trakk søknaden."))
    reason = reader.text("grunn", most=1_000)
    reader.done()
    assert on is not None
    return UUID(which), WithdrawalFacts(on, by, reason)
