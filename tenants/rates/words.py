"""Rows of a table in plain words, and what an item of pay says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sammen.i18n_mark import N_
from sammen.web.formats import decimal, money
from tenants.cases.api import FORM_NAMES
from tenants.contacts.api import COMPETENCES
from tenants.rates.tables import RateStep

Say = Callable[..., str]

COMPONENT_NAMES = {
    "hours": N_("Timelønn"),
    "holiday": N_("Feriepenger"),
    "expense": N_("Utgiftsdekning"),
    "receipts": N_("Utlegg mot kvittering"),
    "kilometres": N_("Kjøring sammen"),
    "commute": N_("Reise til og fra"),
}
KINDS = {
    "hours:rate": N_("Timelønn"),
    "hours:supplement": N_("Tillegg på timelønna"),
    "expense:per_hour": N_("Utgiftsdekning per time"),
    "expense:per_month": N_("Utgiftsdekning per måned"),
    "expense:by_agreement": N_("Utgiftsdekning avtales for hvert oppdrag"),
    "expense:none": N_("Ingen utgiftsdekning"),
    "receipts:receipts": N_("Utlegg mot kvittering"),
    "receipts:none": N_("Utlegg dekkes ikke"),
    "kilometres:rate": N_("Kjøring sammen, egen sats per km"),
    "kilometres:state": N_("Kjøring sammen, statens sats"),
    "kilometres:by_agreement": N_("Kjøring sammen avtales for hvert oppdrag"),
    "kilometres:none": N_("Kjøring sammen dekkes ikke"),
    "commute:rate": N_("Reise til og fra, egen sats per km"),
    "commute:state": N_("Reise til og fra, statens sats"),
    "commute:together": N_("Reise til og fra regnes med i kjøringen"),
    "commute:by_agreement": N_("Reise til og fra avtales for hvert oppdrag"),
    "commute:none": N_("Reise til og fra dekkes ikke"),
}
"""What a row may be: component and mode."""
WITH_KRONER = frozenset(
    {
        "hours:rate",
        "hours:supplement",
        "expense:per_hour",
        "expense:per_month",
        "kilometres:rate",
        "commute:rate",
    }
)
FORMS = {"any": N_("Alle tjenester"), **FORM_NAMES}
ENGAGEMENTS = {"any": N_("Alle"), "employee": N_("Med arbeidsavtale"), "contractor": N_("Med oppdragsavtale")}
REASONS = {
    "hours": N_("Satsen den dagen"),
    "holiday": N_("Prosent av timelønna"),
    "month": N_("Månedsbeløp"),
    "expense": N_("Satsen den dagen"),
    "receipts": N_("Etter kvittering"),
    "kilometres": N_("Satsen den dagen"),
    "commute": N_("Satsen den dagen"),
    "cap_km": N_("Taket i kilometer er nådd"),
    "cap_trips": N_("Taket i turer er nådd"),
    "cap_kroner": N_("Taket i kroner er nådd"),
    "within": N_("Innenfor taket"),
    "least": N_("Minste beløp i måneden"),
    "none": N_("Dekkes ikke etter satsene"),
    "taken_back": N_("Trukket tilbake"),
}


def reason(rule: str) -> str:
    """The msgid that tells why an item came to what it did, from its `rule`."""
    return REASONS.get(rule.partition("#")[2], N_("Satsen den dagen"))


@dataclass(frozen=True, slots=True)
class RowWords:
    """A row as people read it: who it is for, what is paid, and its limits. Each is whole phrases."""

    kind: str
    who: Sequence[str]
    pays: str
    limits: Sequence[str]
    component: str


def row_words(step: RateStep, say: Say, lang: str) -> RowWords:
    """A row in the reader's language."""
    kind = f"{step.component}:{step.mode}"
    return RowWords(
        say(KINDS[kind]), _who(step, say, lang) or [say(N_("Alle"))], _pays(step, say, lang), _limits(step, say, lang),
        step.component,
    )  # fmt: skip


def _who(step: RateStep, say: Say, lang: str) -> list[str]:
    found = []
    if step.form != "any":
        found.append(say(FORMS[step.form]))
    if step.competence:
        found.append(say(COMPETENCES.get(step.competence, step.competence)))
    if step.engagement != "any":
        found.append(say(ENGAGEMENTS[step.engagement]))
    if step.age_from is not None or step.age_to is not None:
        found.append(_ages(step.age_from, step.age_to, say, user=False))
    if step.seniority_months is not None:
        years = decimal_years(step.seniority_months)
        found.append(say(N_("Fra %(years)s års ansiennitet"), years=decimal(years, lang=lang)))
    if step.user_age_from is not None or step.user_age_to is not None:
        found.append(_ages(step.user_age_from, step.user_age_to, say, user=True))
    return found


def decimal_years(months: int) -> float:
    """Months as years, for showing only."""
    return round(months / 12, 2)


def _ages(low: int | None, high: int | None, say: Say, *, user: bool) -> str:
    if user:
        between, below, above = (
            N_("Brukere %(low)s–%(high)s år"), N_("Brukere under %(limit)s år"), N_("Brukere fra %(low)s år"),
        )  # fmt: skip
    else:
        between, below, above = (
            N_("Støttekontakter %(low)s–%(high)s år"), N_("Støttekontakter under %(limit)s år"),
            N_("Støttekontakter fra %(low)s år"),
        )  # fmt: skip
    if low is None or low == 0:
        return say(below, limit=(high or 0) + 1)
    return say(between, low=low, high=high) if high is not None else say(above, low=low)


def _pays(step: RateStep, say: Say, lang: str) -> str:
    kind = f"{step.component}:{step.mode}"
    kroner = money((step.rate_ore or 0) / 100, lang=lang)
    match kind:
        case "hours:rate" | "expense:per_hour":
            return say(N_("%(kroner)s i timen"), kroner=kroner)
        case "hours:supplement":
            return say(N_("%(kroner)s mer i timen"), kroner=kroner)
        case "expense:per_month":
            return say(N_("%(kroner)s i måneden"), kroner=kroner)
        case "kilometres:rate" | "commute:rate":
            return say(N_("%(kroner)s per km"), kroner=kroner)
        case "kilometres:state" | "commute:state":
            return say(N_("Statens sats per km"))
        case "receipts:receipts":
            return say(N_("Det kvitteringene viser"))
        case _:
            return say(KINDS[kind])


def _limits(step: RateStep, say: Say, lang: str) -> list[str]:
    found = []
    if step.cap_km is not None:
        found.append(say(N_("Høyst %(km)s km i måneden"), km=decimal(step.cap_km, lang=lang)))
    if step.cap_trips is not None:
        found.append(say(N_("Høyst %(trips)s turer i måneden"), trips=step.cap_trips))
    if step.cap_ore is not None:
        found.append(say(N_("Høyst %(kroner)s i måneden"), kroner=money(step.cap_ore / 100, lang=lang)))
    if step.cap_receipt_ore is not None:
        kroner = money(step.cap_receipt_ore / 100, lang=lang)
        found.append(say(N_("Høyst %(kroner)s for hvert møte"), kroner=kroner))
    if step.least_ore is not None:
        found.append(say(N_("Minst %(kroner)s i måneden"), kroner=money(step.least_ore / 100, lang=lang)))
    return found
