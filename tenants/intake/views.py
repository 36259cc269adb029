"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.cases.api import ADULT_AGE, DUE, WHOSE, Application, decide_by
from tenants.cases.api import CHANNELS as STAFF_CHANNELS
from tenants.intake import content
from tenants.intake.codes import grouped
from tenants.intake.content import PublicForm
from tenants.intake.queries import ApplicationFilter, FormRow

FORM = N_("Skjema fra nettet")
CHANNELS = {**STAFF_CHANNELS, "import": N_("Fra kommunens liste")}
STEPS = {
    "received": N_("Kartlegg ønskene"),
    "mapping": N_("Skriv vedtaket"),
    "deciding": N_("Fatt vedtaket"),
    "waiting": N_("Vurder et nytt vedtak"),
    "running": N_("Vurder et nytt vedtak"),
    "evaluating": N_("Vurder et nytt vedtak"),
}


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form that waits: what the list may say of it before it is opened."""

    title: str
    meta: str
    url: str
    days_left: int
    received_on: date
    answer_by: date


def labels(names: Mapping[str, str], language: str) -> dict[str, str]:
    """Each code's words in the reader's language."""
    return {code: translate(language, name) for code, name in names.items()}


def answer_day(received_on: date) -> date:
    """The last day to answer an application (fvl. § 11 a; A5)."""
    return decide_by(received_on)


def days_left(received_on: date) -> int:
    """Days to that day, negative when it has passed."""
    return (decide_by(received_on) - today()).days


def form_lines(rows: Sequence[FormRow], base_url: str, language: str) -> list[FormLine]:
    """Forms that wait, without names: opening one is what is logged."""
    return [
        FormLine(
            translate(language, N_("Barn eller ungdom, %(age)s år") if row.age < ADULT_AGE else N_("Voksen, %(age)s år"),
                      age=row.age),
            translate(language, N_("Kom %(day)s. Referanse %(reference)s."), day=date_long(row.received_on, language),
                      reference=grouped(row.reference, 4)),
            f"{base_url}/soknader/skjema/{row.id}",
            days_left(row.received_on),
            row.received_on,
            answer_day(row.received_on),
        )
        for row in rows
    ]  # fmt: skip


def chosen_filters(wanted: ApplicationFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = [
        (translate(language, names[value]), with_query(query, **{name: None, "side": None}))
        for name, value, names in (("frist", wanted.due, DUE), ("ansvar", wanted.whose, WHOSE))
        if value
    ]
    if wanted.text:
        chips.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    return chips


def form_parts(sent: PublicForm, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """A sent form under its headings: what was asked, and what was answered."""

    def say(message: str) -> str:
        return translate(language, message)

    address = ", ".join(
        filter(None, (sent.text("adresse"), f"{sent.text('postnummer')} {sent.text('poststed')}".strip()))
    )
    interpreter = sent.text("tolk_sprak") if sent.text("tolk") == "ja" else say(content.YES_NO["nei"])
    parts = (
        (N_("Hvem søknaden gjelder"), (
            (N_("Navn"), sent.name), (N_("Fødselsdato"), sent.text("fodselsdato")),
            (N_("Fødselsnummer"), sent.text("fodselsnummer")), (N_("Adresse"), address),
        )),
        (N_("Hvem som søker"), (
            (N_("Søker"), say(content.APPLICANTS.get(sent.text("soker"), ""))), (N_("Navn"), sent.text("soker_navn")),
            (N_("Telefon"), sent.text("telefon")), (N_("E-post"), sent.text("epost")),
        )),
        (N_("Språk"), (
            (N_("Tolk"), interpreter), (N_("Brev på"), say(content.LETTERS.get(sent.text("brev"), N_("Bokmål")))),
        )),
    )  # fmt: skip
    return [(say(title), [(say(label), text) for label, text in lines if text]) for title, lines in parts]


def form_more(sent: PublicForm, language: str) -> list[tuple[str, str]]:
    """What was said besides wishes and needs."""
    lines = ((N_("Tider som passer"), sent.text("tider")), (N_("Annet"), sent.text("annet")))
    return [(translate(language, label), text) for label, text in lines if text]


def application_choices(waiting: Sequence[Application], language: str) -> list[tuple[str, str]]:
    """A case's open applications as options."""
    return [
        (str(one.id), translate(language, N_("Søknaden som kom %(day)s"), day=date_long(one.received_on, language)))
        for one in waiting
    ]  # fmt: skip
