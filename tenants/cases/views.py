"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.web.contributions import Step, TimelineEvent
from sammen.web.formats import date_long, listed
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.cases.listing import DUE, FORM_NAMES, PURCHASERS, STATES, WHOSE, CaseFilter
from tenants.cases.queries import ApplicationCard, CaseCard, MappingCard
from tenants.cases.rules import ADULT_AGE, decide_by
from tenants.people.api import PersonCard, RepresentativeCard, Standing, birthday, reachable, traits

REPRESENTATIVE_ROLES = {
    "parent": N_("Forelder"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
OWN_LETTERS_AGE = 16
"""From when no law of care sends parents letters; why is told in words, what holds is people.ages."""
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
        ("ansvar", wanted.whose, WHOSE),
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
                      else say(N_("Fristen for vedtak er %(day)s."), day=date_long(decide_by(a.received_on), language)),
                      order=10)
        for a in applications
    ]  # fmt: skip
    events += [
        TimelineEvent(
            m.held_on,
            say(N_("Kartlegging") if m.made_by else N_("Interesser fra kommunens liste")),
            m.needs,
            order=20,
        )
        for m in mappings
    ]
    return events


def interest_labels(codes: Sequence[str], language: str) -> str:
    """Interests in words: "klatring, bygging og dataspill"."""
    said = [translate(language, traits.INTERESTS[code]) for code in codes if code in traits.INTERESTS]
    return listed(said, language)


def who_gets_letters_lines(
    person: PersonCard, representatives: Sequence[RepresentativeCard], found: Standing, language: str
) -> list[tuple[str, str]]:
    """Who is written to and who is not, and why: (role, name and reason). The rules are people.ages."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if person.died_on is not None:
        return [(say(N_("Ingen")), say(N_("Vi skriver ikke til en som er død.")))]
    reached = {one.person_id for one in reachable(found, protected=person.protected)}
    lines = []
    if found.person or not reached:
        own = N_("%(name)s får brev selv.") if found.person else N_("Brevet går til adressen til %(name)s.")
        lines.append((say(N_("Personen selv")), say(own, name=person.given_name)))
    for one in representatives:
        reason = "" if one.person_id in reached else say(_no_letter(one, person))
        lines.append((say(REPRESENTATIVE_ROLES[one.role]), f"{one.name}. {reason}".removesuffix(". ")))
    return lines


def nobody_gets_letters(person: PersonCard, found: Standing) -> bool:
    """Whether the person is too young to be written to, and nobody who acts for them may be: then letters go to the child."""
    return person.died_on is None and not found.person and not reachable(found, protected=person.protected)


def _no_letter(one: RepresentativeCard, person: PersonCard) -> str:
    """Why somebody who acts for the person gets no letters."""
    if not one.receives_letters:
        return N_("Skal ikke ha brev.")
    if one.role == "parent" and not one.parental_responsibility:
        return N_("Har ikke foreldreansvar og får ikke brev.")
    if one.role == "parent" and person.age is not None and person.age >= ADULT_AGE:
        return N_("Foreldre får ikke brev etter 18 år.")
    if one.role == "parent" and person.age is not None and person.age >= OWN_LETTERS_AGE:
        return N_("Får bare vite det foreldreansvaret krever.")
    if one.role == "parent" and person.protected and not one.child_lives:
        return N_("Skriv om barnet bor her. Før det får forelderen ikke brev, siden adressen er sperret.")
    if one.role == "parent" and person.protected:
        return N_("Bor ikke sammen med barnet. Får ikke brev når adressen er sperret.")
    return N_("Oppdraget gjelder ikke brev i denne saken.")


def handover_day(person: PersonCard, case: CaseCard) -> date | None:
    """The 18th birthday, when the case of a child passes to the other purchaser (A1); None when it does not."""
    if case.purchaser != "child" or person.birth_date is None or case.state == "closed":
        return None
    return birthday(person.birth_date, ADULT_AGE)


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
        text = N_("Bestillingen er hos utføreren.")
        if case.deadline and case.deadline < today():
            text = N_("Bestillingen er hos utføreren. Tjenesten skulle vært i gang innen %(day)s.")
        elif case.deadline:
            text = N_("Bestillingen er hos utføreren. Tjenesten må i gang innen %(day)s.")
        day = date_long(case.deadline, language) if case.deadline else ""
        return Step(say(N_("Neste: en støttekontakt")), say(text, day=day))
    if case.deadline and case.state != "closed":
        return Step(
            say(N_("Neste: evaluering innen %(day)s"), day=date_long(case.deadline, language)),
            say(N_("Snakk med %(name)s og støttekontakten. Spør om målet, timene og om tilbudet fortsatt passer."),
                name=person.given_name),
        )  # fmt: skip
    return None
