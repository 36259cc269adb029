"""Reasons in plain Norwegian: a code with parameters, turned into a sentence where it is read.

No sentence may display a rare trait (C3). That is made sure of in the parameters: a reason about a hidden
requirement has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sammen.i18n_mark import N_
from shared_pool.needs.api import INTERESTS, SHOWN_DAYS

SENTENCES: Final[Mapping[str, str]] = {
    # What speaks for, and what is only partly so.
    "shared_interests": N_("Liker også %(interests)s."),
    "related_interests": N_("Driver med noe lignende: %(interests)s."),
    "no_shared_interests": N_("Har ingen av interessene som er nevnt."),
    "no_interests_asked": N_("Behovet nevner ingen interesser."),
    "free_days": N_("Er ledig %(days)s."),
    "free_days_alternate": N_("Kan bare annenhver uke: %(days)s."),
    "free_kinds": N_("Er ledig noen %(days)s."),
    "free_then": N_("Er ledig når det trengs."),
    "free_then_alternate": N_("Er ledig når det trengs, men bare annenhver uke."),
    "not_free": N_("Har ikke oppgitt at tidene passer."),
    "no_times_asked": N_("Behovet nevner ingen faste tider."),
    "commitment": N_("Tilbyr seg å bli i %(months)s måneder."),
    "commitment_one_month": N_("Tilbyr seg å bli i én måned."),
    "long_engagement_months": N_("Har hatt det samme oppdraget i %(months)s måneder."),
    "long_engagement_years": N_("Har hatt det samme oppdraget i %(years)s år."),
    "broken_one": N_("Har selv valgt å avslutte ett oppdrag før tida."),
    "broken_more": N_("Har selv valgt å avslutte %(count)s oppdrag før tida."),
    "km": N_("Bor omtrent %(km)s km unna."),
    "km_unknown": N_("Avstanden er ikke kjent."),
    # In minutes: kept by proposals from before distances were kilometres.
    "distance": N_("Bor omtrent %(minutes)s minutter unna området."),
    "basic_course": N_("Har fullført grunnkurset."),
    "basic_and_theme_courses": N_("Har fullført grunnkurset og temakurs."),
    "no_basic_course": N_("Mangler grunnkurset."),
    "hidden_met": N_("Passer på krav som ikke vises."),
    # The load, with the light's own word (C6).
    "load_green_total": N_("Grønn belastning: %(now)s av %(max)s timer i uka, alle kommuner samlet."),
    "load_yellow_total": N_(
        "Gul belastning: %(now)s av %(max)s timer i uka. %(asked)s timer til går over grensa."
    ),
    "load_red_total": N_("Rød belastning: %(now)s av %(max)s timer i uka. Kan ikke få flere nå."),
    "load_green_stated": N_("Grønn belastning: har oppgitt %(free)s ledige timer i uka."),
    "load_yellow_stated": N_(
        "Gul belastning: har oppgitt %(free)s ledige timer i uka. %(asked)s timer går over grensa."
    ),
    "load_red_stated": N_("Rød belastning: har ingen ledige timer nå."),
    "load_yellow_shared": N_("Gul belastning: en del timer til sammen. Spør før du foreslår flere."),
    "load_red_shared": N_("Rød belastning: mange timer til sammen. Kan ikke få flere nå."),
    # What stands in the way.
    "no_consent": N_("Har ikke et samtykke som gjelder nå."),
    # One reason for no consent there and for not wanting to work there: why is the candidate's own business.
    "not_there": N_("Kan ikke foreslås for kommunen som har behovet."),
    "asked_before": N_("Er foreslått for dette behovet før."),
    "not_that_use": N_("Har ikke sagt ja til slike oppdrag."),
    "not_yet": N_("Er ikke ledig før oppdraget må begynne."),
    "not_that_area": N_("Tar ikke oppdrag i dette området."),
    "too_far": N_("Bor omtrent %(km)s km unna, og har ikke sagt ja til å reise så langt."),
    "no_shared_time": N_("Er ikke ledig på tidene behovet gjelder."),
    "red_load": N_("Har ingen timer igjen i uka."),
    "hours_too_few": N_("Har ledig mindre enn halvparten av timene behovet gjelder."),
    "wants_woman": N_("Brukeren ønsker en kvinne."),
    "wants_man": N_("Brukeren ønsker en mann."),
    "age_band_refused": N_("Tar ikke oppdrag i denne aldersgruppen."),
    "too_young": N_("Er yngre enn kommunen med behovet tar imot."),
    "no_licence": N_("Behovet krever førerkort."),
    "no_car": N_("Behovet krever egen bil."),
    "hidden_missing": N_("Passer ikke på krav som ikke vises."),
    "will_not_do": N_("Har sagt nei til %(interests)s."),
}
"""Every sentence a proposal may carry, by code. Bokmål msgids."""

AND: Final = N_("og")

Param = int | Decimal | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of `SENTENCES` with what fills it: whole numbers, hours, or codes of interests and weekdays.

    ValueError for an unknown code.
    """

    code: str
    params: tuple[tuple[str, Param], ...] = ()

    def __post_init__(self) -> None:
        if self.code not in SENTENCES:
            raise ValueError(f"no sentence for {self.code}")

    @classmethod
    def of(cls, code: str, **params: Param) -> Reason:
        """A reason with named parameters."""
        return cls(code, tuple(sorted(params.items())))

    def stored(self) -> dict[str, Any]:
        """As a proposal keeps it: JSON that `restored` reads back."""
        kept: dict[str, Any] = {}
        for name, value in self.params:
            kept[name] = (
                list(value)
                if isinstance(value, tuple)
                else str(value)
                if isinstance(value, Decimal)
                else value
            )
        return {"code": self.code, "params": kept}

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Reason:
        """A reason from what a proposal kept. ValueError for an unknown code."""
        read: dict[str, Param] = {}
        for name, value in kept["params"].items():
            read[name] = (
                tuple(value)
                if isinstance(value, list)
                else Decimal(value)
                if isinstance(value, str)
                else value
            )
        return cls.of(kept["code"], **read)

    def text(
        self, translate: Callable[[str], str] = str, hours: Callable[[Decimal], str] | None = None
    ) -> str:
        """The sentence, by `translate` from msgid to the reader's language and `hours` written as there; else Bokmål."""
        shown = {name: _shown(name, value, translate, hours or _hours) for name, value in self.params}
        return translate(SENTENCES[self.code]) % shown


def _hours(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _shown(name: str, value: Param, translate: Callable[[str], str], hours: Callable[[Decimal], str]) -> str:
    if isinstance(value, tuple):
        labels = SHOWN_DAYS if name == "days" else INTERESTS
        # In the vocabulary's order: Monday first, and one order of interests for everybody.
        words = [translate(label) for code, label in labels.items() if code in value]
        return _listed(words, translate(AND))
    if isinstance(value, Decimal):
        return hours(value)
    return str(value)


def _listed(words: Sequence[str], joiner: str) -> str:
    """ "a", "a og b", "a, b og c": Norwegian has no comma before the last."""
    return f" {joiner} ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])
