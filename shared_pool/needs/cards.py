"""How a need is shown to people who may not know whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sammen.i18n_mark import N_
from sammen.web.formats import decimal, hours_long
from shared_pool.needs.bands import BANDS
from shared_pool.needs.queries import NeedCard
from shared_pool.needs.rules import GENDER_WISHES, PURPOSES
from shared_pool.needs.times import SHOWN_DAYS
from shared_pool.recruitment.api import Say, labels
from tenants.api import traits


def commitment(months: int, say: Say) -> str:
    """How long at least, in words."""
    if months == 12:
        return say(N_("minst ett år"))
    if months % 12 == 0:
        return say(N_("minst %(years)s år"), years=months // 12)
    return say(N_("minst %(months)s måneder"), months=months) if months > 1 else say(N_("minst én måned"))


def hours_words(over: Decimal, upto: Decimal, say: Say, language: str) -> str:
    """ "2–4 timer i uka", "inntil 4 timer i uka"."""
    hours = hours_long(float(upto), language)
    if over <= 0:
        return say(N_("inntil %(hours)s i uka"), hours=hours)
    return say(N_("%(over)s–%(hours)s i uka"), over=decimal(float(over), None, language), hours=hours)


def extent(shown: Mapping[str, Any], say: Say, language: str) -> str:
    """ "2–4 timer i uka, minst ett år". A card kept from before hours were told in bands says "inntil"."""
    hours = hours_words(Decimal(shown.get("hours_from", 0)), Decimal(shown["hours"]), say, language)
    return f"{hours}, {commitment(shown['months'], say)}"


def age_words(card: NeedCard, say: Say) -> str:
    """How long a need has waited, no finer than weeks: all that is told of when it was posted."""
    weeks = card.waited_weeks
    if weeks == 0:
        return say(N_("lagt ut denne uka"))
    return (
        say(N_("har ventet i %(weeks)s uker"), weeks=weeks) if weeks > 1 else say(N_("har ventet i én uke"))
    )


def need_facts(
    shown: Mapping[str, Any], say: Say, language: str, *, posted: str | None = None
) -> Sequence[tuple[str, str | None]]:
    """A need as (label, value) pairs in the reader's language; a value of None is left out. `posted`: when and by whom."""
    wish = say(GENDER_WISHES[shown["gender_wish"]]) if shown["gender_wish"] != "any" else None
    stands_in = shown.get("purpose") == "substitute"
    return (
        (say(N_("Alder")), say(BANDS[shown["age_band"]].label)),
        (say(N_("Liker")), labels(shown["interests"], traits.INTERESTS, say) or None),
        (say(N_("Når")), labels(shown["weekdays"], SHOWN_DAYS, say) or None),
        (say(N_("Omfang")), extent(shown, say, language)),
        (say(N_("Område")), say(traits.AREAS[shown["area"]])),
        (say(N_("Trenger")), say(traits.PREDICTABILITY[shown["predictability"]])),
        (say(N_("Ønsker")), wish),
        (say(N_("Bil")), say(N_("Støttekontakten må ha bil")) if shown["needs_car"] else None),
        (say(N_("Gjelder")), say(PURPOSES["substitute"]) if stands_in else None),
        (say(N_("Mer")), shown.get("about") or None),
        (say(N_("Meldt inn")), posted),
    )
