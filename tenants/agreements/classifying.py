"""What points to employment and what away from it, with reasons in words (aml. § 1-8 as amended in 2024; B3). Pure.

The law presumes arbeidstaker unless the municipality makes it clearly more likely that it is not. It has no limit of
hours: the numbers here only say when to look again. The helper warns and gives its reasons; people decide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sammen.i18n_mark import N_

MANY_HOURS = Decimal(5)
"""Hours a week, agreed or worked, that make the work a steady part of somebody's income."""
LONG_MONTHS = 6
SEVERAL_USERS = 2
YEAR = 12
STRONG = 3
"""So many signs and none against: the warning says so plainly."""

EMPLOYED_SIGNS = {
    "personal": N_("Støttekontakten må gjøre jobben selv og kan ikke sende en annen"),
    "directed": N_("Kommunen bestemmer når, hvor og hvordan, og følger opp arbeidet"),
    "equipment": N_("Kommunen dekker utgifter og det som trengs til jobben"),
    "only_client": N_("Støttekontakten har ingen andre oppdragsgivere"),
}
CONTRACTOR_SIGNS = {
    "own_business": N_("Støttekontakten har eget firma og andre oppdragsgivere"),
    "may_send": N_("Støttekontakten kan sende en annen"),
}
SIGNS = {**EMPLOYED_SIGNS, **CONTRACTOR_SIGNS}
"""What a coordinator ticks of how the work is done; the codes are kept with the agreement."""

_LAW = {
    "personal": N_("Den som selv må gjøre jobben, er oftest arbeidstaker (arbeidsmiljøloven § 1-8)."),
    "directed": N_("Styring, ledelse og kontroll peker mot et arbeidsforhold (arbeidsmiljøloven § 1-8)."),
    "equipment": N_("Den som driver for seg selv, har selv utgiftene og risikoen."),
    "only_client": N_("Den som bare har én oppdragsgiver, er avhengig av den slik en arbeidstaker er."),
    "own_business": N_("Den som driver for seg selv med flere kunder, er oftere oppdragstaker."),
    "may_send": N_("Den som kan sende en annen, er oftere oppdragstaker."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """How the work is agreed and done. Hours are a week's; `worked` is the mean of the last three months, None when no
    hours are sent. `months` is how long it has lasted, or is agreed to last; None without an end and not yet begun.
    """

    signs: Collection[str] = ()
    agreed: Decimal | None = None
    worked: Decimal | None = None
    months: int | None = None
    open_ended: bool = False
    users: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason: a sentence with its parameters, and whether it points to employment."""

    code: str
    text: str
    params: tuple[tuple[str, object], ...] = ()
    employed: bool = True


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found. `level`: "none", "some" (look again) or "strong" (employment is likely)."""

    signs: Sequence[Sign]

    @property
    def toward(self) -> Sequence[Sign]:
        return [sign for sign in self.signs if sign.employed]

    @property
    def away(self) -> Sequence[Sign]:
        return [sign for sign in self.signs if not sign.employed]

    @property
    def level(self) -> str:
        if not self.toward:
            return "none"
        codes = {sign.code for sign in self.toward}
        clear = {"personal", "directed"} <= codes or len(codes) >= STRONG
        return "strong" if clear and not self.away else "some"


def classify(situation: Situation) -> Assessment:
    """The signs in a situation, those that weigh most in the law first."""
    found = [Sign(code, _LAW[code]) for code in EMPLOYED_SIGNS if code in situation.signs]
    if situation.worked is not None and situation.worked >= MANY_HOURS:
        found.append(Sign(
            "worked", N_("De siste tre månedene er det jobbet %(hours)s i uka i snitt. Det likner en stilling."),
            (("hours", situation.worked),),
        ))  # fmt: skip
    elif situation.agreed is not None and situation.agreed >= MANY_HOURS:
        found.append(Sign(
            "agreed", N_("Avtalen er på %(hours)s i uka. Det likner en stilling."),
            (("hours", situation.agreed),),
        ))  # fmt: skip
    if situation.agreed and situation.worked is not None and situation.worked > situation.agreed:
        found.append(Sign(
            "more", N_("Det er jobbet mer enn avtalt: %(worked)s i uka mot %(agreed)s."),
            (("worked", situation.worked), ("agreed", situation.agreed)),
        ))  # fmt: skip
    if situation.months is not None and situation.months >= 2 * YEAR:
        found.append(Sign(
            "long", N_("Arbeidet varer i %(years)s år eller mer. Det som varer, peker mot et arbeidsforhold."),
            (("years", situation.months // YEAR),),
        ))  # fmt: skip
    elif situation.months is not None and situation.months >= LONG_MONTHS:
        found.append(Sign(
            "long", N_("Arbeidet varer i %(months)s måneder eller mer. Det som varer, peker mot et arbeidsforhold."),
            (("months", situation.months),),
        ))  # fmt: skip
    elif situation.open_ended:
        found.append(Sign(
            "open", N_("Avtalen har ingen sluttdato. Et oppdrag er vanligvis avgrenset.")
        ))  # fmt: skip
    if situation.users >= SEVERAL_USERS:
        found.append(Sign(
            "users", N_("Støttekontakten har %(count)s brukere. Når kommunen deler ut arbeidet, likner det en stilling."),
            (("count", situation.users),),
        ))  # fmt: skip
    found += [Sign(code, _LAW[code], employed=False) for code in CONTRACTOR_SIGNS if code in situation.signs]
    return Assessment(found)
