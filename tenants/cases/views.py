"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.i18n_mark import N_
from sammen.web.contributions import Step, TimelineEvent
from sammen.web.formats import date_long, listed
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.cases.listing import DUE, FORM_NAMES, PURCHASERS, STATES, CaseFilter
from tenants.cases.queries import ApplicationCard, CaseCard, MappingCard
from tenants.cases.rules import decide_by
from tenants.people.api import PersonCard, traits

REPRESENTATIVE_ROLES = {
    "parent": N_("Foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
DEADLINE_TEXTS = {
    "decide": N_("vedtak innen %(day)s"),
    "start": N_("i gang innen %(day)s"),
    "evaluate": N_("evaluering innen %(day)s"),
}


def chosen_filters(wanted: CaseFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = []
    for name, value, names in (
        ("status", wanted.state if wanted.state != "open" else "", STATES),
        ("tjeneste", wanted.form, FORM_NAMES),
        ("bestiller", wanted.purchaser, PURCHASERS),
        ("frist", wanted.due, DUE),
    ):
        if value:
            label = (
                translate(language, names[value]) if value in names else translate(language, N_("Alle saker"))
            )
            chips.append((label, with_query(query, **{name: None, "side": None})))
    if wanted.text:
        chips.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    return chips


def own_timeline(
    applications: Sequence[ApplicationCard], mappings: Sequence[MappingCard], language: str
) -> list[TimelineEvent]:
    """The case's own events: applications and mappings."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = [
        TimelineEvent(a.received_on, say(N_("Søknad")),
                      say(N_("Fristen for vedtak var %(day)s."), day=date_long(decide_by(a.received_on), language))
                      if a.state != "open"
                      else say(N_("Fristen for vedtak er %(day)s."), day=date_long(decide_by(a.received_on), language)))
        for a in applications
    ]  # fmt: skip
    events += [
        TimelineEvent(
            m.held_on, say(N_("Kartlegging") if m.made_by else N_("Interesser fra kommunens liste")), m.needs
        )
        for m in mappings
    ]
    return events


def interest_labels(codes: Sequence[str], language: str) -> str:
    """Interests in words: "klatring, bygging og dataspill"."""
    said = [translate(language, traits.INTERESTS[code]) for code in codes if code in traits.INTERESTS]
    return listed(said, language)


def own_step(
    case: CaseCard, person: PersonCard, base: str, language: str, *, mine: bool, mapped: bool
) -> Step | None:
    """What to do next in a case that nobody has begun to decide, or that waits for a contact."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if mine and case.state in ("received", "mapping") and not mapped:
        return Step(
            say(N_("Neste: kartlegg ønskene")),
            say(N_("Snakk med %(name)s om interesser, ønsker og drømmer før du skriver vedtaket."), name=person.given_name),
            ((say(N_("Start kartleggingen")), f"{base}/kartlegging", "primary"),
             (say(N_("Skriv vedtak uten kartlegging")), f"{base}/vedtak", "tertiary")),
        )  # fmt: skip
    if mine and case.state in ("received", "mapping"):
        return Step(
            say(N_("Neste: skriv vedtak")),
            say(N_("Frist for vedtak er %(day)s."), day=date_long(case.deadline, language)) if case.deadline else "",
            ((say(N_("Skriv vedtak")), f"{base}/vedtak", "primary"),
             (say(N_("Ny kartlegging")), f"{base}/kartlegging", "tertiary")),
        )  # fmt: skip
    if case.state == "waiting":
        return Step(
            say(N_("Neste: en støttekontakt")),
            say(
                N_("Utføreren leter. Tjenesten skulle vært i gang innen %(day)s."),
                day=date_long(case.deadline, language),
            )
            if case.deadline
            else say(N_("Utføreren leter.")),
        )
    if case.deadline and case.state != "closed":
        return Step(
            say(N_("Neste: evaluering innen %(day)s"), day=date_long(case.deadline, language)),
            say(N_("Snakk med %(name)s og støttekontakten. Spør om målet, timene og om tilbudet fortsatt passer."),
                name=person.given_name),
        )  # fmt: skip
    return None
