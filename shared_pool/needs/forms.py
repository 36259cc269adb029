"""Reading the form of a need: choices from closed lists, one short text that is checked, and who has said yes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader
from shared_pool.needs.bands import BANDS
from shared_pool.needs.crowd import Displayed, Way
from shared_pool.needs.hours import HOURS, hours_band
from shared_pool.needs.rules import (
    CONSENTERS,
    GENDER_WISHES,
    LEGAL_GROUNDS,
    MOST_ABOUT,
    MOST_INTERESTS,
    NeedFacts,
)
from shared_pool.needs.times import DAYS_TOLD, KINDS_OF_DAY, ExactTime
from tenants.api import OrderCard, traits

SKILLS = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
PREDICTABILITY = {str(level): label for level, label in traits.PREDICTABILITY.items()}
MONTHS = {"6": N_("Minst et halvt år"), "12": N_("Minst ett år"), "24": N_("Minst to år")}
WEEKS_PER_MONTH = 4


def prefilled(order: OrderCard, bands: Sequence[str], areas: Sequence[str]) -> dict[str, Any]:
    """The form's first values: from the order and the mapping, never more than may be posted."""
    amount = order.amount
    if amount is not None and order.unit == "month":
        amount = (amount / WEEKS_PER_MONTH).quantize(amount)
    band = hours_band(amount) if amount is not None else None
    days = {traits.slot_day(slot) for slot in order.slots}
    parts = {slot.partition("-")[2] for slot in order.slots}
    return {
        "alder": bands[0],
        "interesser": [code for code in traits.INTERESTS if code in order.interests][:MOST_INTERESTS],
        "dager": [day for day in traits.WEEKDAYS if day in days],
        "dager_vises": "kind",
        "deler": [part for part in traits.DAY_PARTS if part in parts],
        "timer": band.code if band is not None else "",
        "omraade": areas[0] if len(areas) == 1 else "",
        "kjonn": "any",
        "forutsigbarhet": "2",
        "maneder": "12",
    }


def read_need(form: Form, purpose: str = "regular") -> NeedFacts:
    """The form as facts, for a code of rules.PURPOSES. Raises Invalid with every field that must be mended; the rules ask
    the rest (rules.py).
    """
    reader = Reader(form)
    band = reader.choice("alder", BANDS, required=N_("Velg alder fra lista."))
    days = reader.choices("dager", traits.WEEKDAYS)
    parts = reader.choices("deler", traits.DAY_PARTS) or list(traits.DAY_PARTS)
    told = reader.choice("dager_vises", DAYS_TOLD, required=N_("Velg hvor nøyaktig dagene vises."))
    hours = reader.choice("timer", HOURS, required=N_("Velg hvor mange timer i uka det gjelder."))
    area = reader.choice("omraade", traits.AREAS, required=N_("Velg et område fra lista."))
    months = reader.choice("maneder", MONTHS, required=N_("Velg hvor lenge."))
    level = reader.choice(
        "forutsigbarhet", PREDICTABILITY, required=N_("Velg hvor viktig det er at samme person blir.")
    )
    wish = reader.choice("kjonn", GENDER_WISHES, required=N_("Velg fra lista."))
    ground = reader.choice("hjemmel", LEGAL_GROUNDS, required=N_("Velg grunnlaget for å dele behovet."))
    by = reader.choice("samtykke_av", CONSENTERS, required=N_("Velg hvem som har sagt ja."))
    on = reader.take(
        "samtykke_dato", partial(parse_date, field="samtykke_dato"), required=N_("Skriv dagen de sa ja.")
    )
    about = reader.text("om", most=MOST_ABOUT)
    interests = reader.choices("interesser", traits.INTERESTS)
    skills = reader.choices("ferdigheter", SKILLS)
    languages = reader.choices("spraak", traits.LANGUAGES)
    exact = _exact(reader)
    reader.done()
    assert on is not None
    return NeedFacts(
        age_band=band, area=area, hours_from=HOURS[hours].over, hours_per_week=HOURS[hours].upto, legal_ground=ground,
        consent_by=by, consent_on=on, gender_wish=wish, interests=interests, days_shown=told,
        slots=[slot for slot in traits.SLOTS if _chosen(slot, days, parts)], skills=skills, languages=languages,
        exact_times=exact, needs_car=bool(form.text("bil")), predictability=int(level), months=int(months), about=about,
        about_words=frozenset(form.all("om_ord")), about_read=bool(form.text("om_lest")), purpose=purpose,
    )  # fmt: skip


def _exact(reader: Reader) -> list[ExactTime]:
    """One time that the contact must be able to come at, or none."""
    if not any(reader.form.text(name) for name in ("fast_dag", "fast_fra", "fast_til")):
        return []
    day = reader.choice("fast_dag", traits.WEEKDAYS, required=N_("Velg hvilken dag klokkeslettene gjelder."))
    start = reader.take(
        "fast_fra", partial(parse_time, field="fast_fra"), required=N_("Skriv når det begynner.")
    )
    end = reader.take(
        "fast_til", partial(parse_time, field="fast_til"), required=N_("Skriv når det slutter.")
    )
    if not day or start is None or end is None:
        return []
    if start >= end:
        reader.fail("fast_til", N_("Det må slutte etter at det begynner."))
        return []
    return [ExactTime(day, start, end)]


def _chosen(slot: str, days: list[str], parts: list[str]) -> bool:
    day, _, part = slot.partition("-")
    return day in days and part in parts


def with_way(form: Form, way: Way) -> Form:
    """The form as if what a proposal says had been chosen in it."""
    shown = way.displayed
    changed = {
        "alder": [shown.age_band],
        "interesser": sorted(shown.interests),
        "dager_vises": [_told(shown)],
        "timer": [shown.hours],
        "kjonn": [shown.gender_wish],
        "bil": ["1"] if shown.needs_car else [],
        "forutsigbarhet": [str(shown.predictability)],
    }
    return Form({**form.fields, **changed})


def _told(shown: Displayed) -> str:
    if not shown.weekdays:
        return "none"
    return "kind" if shown.weekdays <= set(KINDS_OF_DAY) else "days"
