"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import date_long, listed
from sammen.web.i18n import translate
from tenants.people.api import (
    HOLDER_TEXTS,
    ROLE_SCOPES,
    PersonCard,
    RepresentativeCard,
    Rule,
    What,
    age_on,
    next_change,
    standing,
    traits,
)
from tenants.record.forms import CHILD_LIVES, ROLES

WHAT_TEXTS = {
    What.CONSENT: N_("Samtykker til tjenesten"),
    What.PARTY: N_("Søker, svarer og klager"),
    What.LETTERS: N_("Får brev"),
    What.ACCESS: N_("Kan se saken"),
    What.LOG: N_("Kan se hvem som har lest"),
    What.ATTEST: N_("Godkjenner timelister"),
}
ENDED, LATER, NOW = N_("Avsluttet"), N_("Gjelder senere"), N_("Gjelder nå")


@dataclass(frozen=True, slots=True)
class RuleLine:
    """Who holds something by law today: in words, who that is by name, and the section."""

    what: str
    holder: str
    names: str
    source: str


@dataclass(frozen=True, slots=True)
class RepresentativeLine:
    """A representative as the table shows one."""

    card: RepresentativeCard
    role: str
    reach: str
    letters: str
    period: str
    state: str
    shape: str


def rule_lines(
    card: PersonCard,
    acting: Sequence[RepresentativeCard],
    rules: Sequence[Rule],
    language: str,
    *,
    child_welfare: bool,
) -> tuple[list[RuleLine], date | None]:
    """(what the law says today, for each thing it speaks of; the next birthday that changes it)."""
    names = {one.person_id: one.name for one in acting}
    lines = []
    for what, text in WHAT_TEXTS.items():
        found = standing(
            rules, what, child_welfare=child_welfare, birth_date=card.birth_date, on=today(),
            acting=[one.acting for one in acting],
        )  # fmt: skip
        who = [card.given_name] if found.person else []
        who += [names[one.person_id] for one in found.representatives]
        lines.append(
            RuleLine(
                translate(language, text),
                translate(language, HOLDER_TEXTS[found.holder]),
                listed(list(dict.fromkeys(who)), language) if who else translate(language, N_("Ingen er registrert")),
                found.source,
            )
        )  # fmt: skip
    change = next_change(rules, child_welfare=child_welfare, birth_date=card.birth_date, on=today())
    return lines, change


def representative_lines(found: Sequence[RepresentativeCard], language: str) -> list[RepresentativeLine]:
    """Everybody who acts, will act or has acted, in words; those who act now first."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    lines = []
    for one in found:
        state, shape = _state(one)
        lines.append(
            RepresentativeLine(one, say(ROLES[one.role]), _reach(one, language),
                               say(N_("Ja")) if one.receives_letters else say(N_("Nei")),
                               _period(one.valid_from, one.valid_to, language), say(state), shape)
        )  # fmt: skip
    order = {"ok": 0, "info": 1, "neutral": 2}
    return sorted(lines, key=lambda line: order[line.shape])


def _state(one: RepresentativeCard) -> tuple[str, str]:
    if one.valid_to is not None and one.valid_to < today():
        return ENDED, "neutral"
    return (LATER, "info") if one.valid_from > today() else (NOW, "ok")


def _reach(one: RepresentativeCard, language: str) -> str:
    def say(message: str) -> str:
        return translate(language, message)

    if one.role == "parent":
        parts = [
            say(N_("Har foreldreansvar") if one.parental_responsibility else N_("Har ikke foreldreansvar"))
        ]
        if one.child_lives:
            parts.append(say(CHILD_LIVES[one.child_lives]))
    else:
        parts = [say(text) for code, text in ROLE_SCOPES[one.role].items() if code in one.scopes]
        parts = parts or [say(N_("Omfanget er ikke registrert"))]
    return ". ".join([*parts, one.scope] if one.scope else parts)


def _period(start: date, end: date | None, language: str) -> str:
    first = date_long(start, language)
    if end is None:
        return translate(language, N_("fra %(day)s"), day=first)
    return f"{first} – {date_long(end, language)}"


def person_values(card: PersonCard) -> dict[str, Any]:
    """What the form begins with. A protected address is not in it: what is left empty stays as it is."""
    shown = not card.protected
    return {
        "fornavn": card.given_name,
        "etternavn": card.name.removeprefix(card.given_name).strip(),
        "fodselsnummer": "",
        "fodselsdato": format_date(card.birth_date) if card.birth_date else "",
        "adresse": card.street if shown else "",
        "postnummer": card.postcode if shown else "",
        "poststed": card.place if shown else "",
        "telefon": card.phone if shown else "",
        "epost": card.email,
        "adressesperre": card.protection,
        "brevform": card.language_form,
        "sprak": card.speaks,
        "tolk": "ja" if card.needs_interpreter else "",
        "tolkesprak": card.interpreter_language,
        "plan": "ja" if card.individual_plan else "",
        "versjon": card.version,
    }


def representative_values(one: RepresentativeCard) -> dict[str, Any]:
    """What the form that changes a representative begins with."""
    return {
        "rolle": one.role,
        "foreldreansvar": "ja" if one.parental_responsibility else "nei",
        "barnet_bor": one.child_lives,
        "omfang_verge": list(one.scopes),
        "omfang_fullmakt": list(one.scopes),
        "beskrivelse": one.scope,
        "faar_brev": "ja" if one.receives_letters else "nei",
        "fra": format_date(one.valid_from),
        "til": format_date(one.valid_to) if one.valid_to else "",
        "versjon": one.version,
        "sluttdato": format_date(today()),
        "grunn": "",
    }


def grown_with_parents(card: PersonCard, acting: Sequence[RepresentativeCard]) -> bool:
    """Whether parents are still registered for somebody who is 18: they hold nothing more (vergemålsloven § 9)."""
    age = age_on(card.birth_date, today())
    return age is not None and age >= 18 and any(one.role == "parent" for one in acting)


def spoken(language: str, reader: str) -> str:
    """A language as the reader says it, when it is one that we know by name; else as it was written."""
    return translate(reader, language) if language in traits.LANGUAGES.values() else language
