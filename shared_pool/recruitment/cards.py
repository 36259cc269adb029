"""How a candidate is described to people who may not know the name: closed words only, no rare trait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, hours_long
from sammen.web.i18n import ntranslate
from shared_pool.recruitment.queries import CandidateCard
from shared_pool.recruitment.words import Say, labels
from tenants.api import traits

COURSES = frozenset({"intro_course", "theme_course", "training_course", "first_aid", "driving_course"})
"""Competences that are courses; only how many is shown."""
GENDERS = {"F": N_("Kvinne"), "M": N_("Mann")}
"""Words for the national number's codes; who has stated neither is described by age alone."""


def describe(card: CandidateCard, home_name: str) -> dict[str, Any]:
    """The card that a proposal keeps: what the need's municipality may know before names are shown."""
    return {
        "code": card.code,
        "home": home_name,
        "gender": card.gender,
        "decade": (today().year - card.birth_year) // 10 * 10,
        "interests": list(card.interests),
        "weekdays": card.weekdays,
        "area": card.area,
        "has_car": card.has_car,
        "hours_free": str(card.hours_free),
        "commits_months": card.commits_months,
        "longest_months": card.longest_months,
        "courses": len(COURSES & set(card.courses)),
        "areas": list(card.areas),
        "uses": list(card.uses),
        "alternate": card.alternate_days,
        "available_from": card.available_from.isoformat() if card.available_from else None,
        "stability_counts": card.stability_counts,
        "broken": card.broken_by_choice if card.stability_counts else None,
    }


def candidate_facts(shown: dict[str, Any], say: Say, language: str) -> Sequence[tuple[str, str | None]]:
    """A described candidate as (label, value) pairs in the reader's language; a value of None is left out."""
    decade = (
        say(N_("i %(decade)s-årene"), decade=shown["decade"])
        if shown["decade"] >= 20
        else say(N_("under 20 år"))
    )
    months, longest = shown["commits_months"], shown.get("longest_months", 0)
    free_from = date.fromisoformat(shown["available_from"]) if shown.get("available_from") else None
    counts = shown.get("stability_counts", False)
    return (
        (say(N_("Hjemme i")), shown["home"]),
        (
            say(N_("Hvem")),
            f"{say(GENDERS[shown['gender']])}, {decade}" if shown["gender"] in GENDERS else decade,
        ),
        (say(N_("Liker")), labels(shown["interests"], traits.INTERESTS, say) or None),
        (say(N_("Kan")), labels(shown["weekdays"], traits.WEEKDAYS, say) or None),
        (
            say(N_("Ledig")),
            say(N_("%(hours)s i uka"), hours=hours_long(float(shown["hours_free"]), language)),
        ),
        (say(N_("Annenhver uke")), labels(shown.get("alternate", ()), traits.WEEKDAYS, say) or None),
        (say(N_("Område")), say(traits.AREAS[shown["area"]])),
        (say(N_("Reiser til")), labels(shown.get("areas", ()), traits.AREAS, say) or None),
        (say(N_("Egen bil")), say(N_("ja")) if shown["has_car"] else say(N_("nei"))),
        (
            say(N_("Tilbyr seg å bli")),
            ntranslate(language, "én måned", "%(num)s måneder", months) if months else None,
        ),
        (
            say(N_("Lengst i et oppdrag")),
            ntranslate(language, "én måned", "%(num)s måneder", longest) if longest and counts else None,
        ),
        (say(N_("Kurs")), str(shown["courses"]) if shown.get("courses") else None),
        (say(N_("Ledig fra")), date_long(free_from, language) if free_from and free_from > today() else None),
    )
