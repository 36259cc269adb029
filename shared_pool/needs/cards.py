"""How a need is shown to people who may not know whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sammen.i18n_mark import N_
from sammen.web.formats import hours_long
from shared_pool.needs.bands import BANDS
from shared_pool.needs.rules import GENDER_WISHES
from shared_pool.recruitment.api import Say, labels
from tenants.api import traits


def commitment(months: int, say: Say) -> str:
    """How long at least, in words."""
    if months == 12:
        return say(N_("minst ett år"))
    if months % 12 == 0:
        return say(N_("minst %(years)s år"), years=months // 12)
    return say(N_("minst %(months)s måneder"), months=months) if months > 1 else say(N_("minst én måned"))


def extent(shown: Mapping[str, Any], say: Say, language: str) -> str:
    """ "4 timer i uka, minst ett år"."""
    hours = hours_long(float(shown["hours"]), language)
    return f"{say(N_('%(hours)s i uka'), hours=hours)}, {commitment(shown['months'], say)}"


def need_facts(
    shown: Mapping[str, Any], say: Say, language: str, *, posted: str | None = None
) -> Sequence[tuple[str, str | None]]:
    """A need as (label, value) pairs in the reader's language; a value of None is left out. `posted`: when and by whom."""
    wish = say(GENDER_WISHES[shown["gender_wish"]]) if shown["gender_wish"] != "any" else None
    return (
        (say(N_("Alder")), say(BANDS[shown["age_band"]].label)),
        (say(N_("Liker")), labels(shown["interests"], traits.INTERESTS, say) or None),
        (say(N_("Når")), labels(shown["weekdays"], traits.WEEKDAYS, say) or None),
        (say(N_("Omfang")), extent(shown, say, language)),
        (say(N_("Område")), say(traits.AREAS[shown["area"]])),
        (say(N_("Trenger")), say(traits.PREDICTABILITY[shown["predictability"]])),
        (say(N_("Ønsker")), wish),
        (say(N_("Bil")), say(N_("Støttekontakten må ha bil")) if shown["needs_car"] else None),
        (say(N_("Meldt inn")), posted),
    )
