"""Reading the form of a need: choices from closed lists, and nowhere to write a name."""

from __future__ import annotations

from functools import partial
from typing import Any

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from shared_pool.needs.bands import BANDS
from shared_pool.needs.rules import CONSENTERS, GENDER_WISHES, LEGAL_GROUNDS, MOST_INTERESTS, NeedFacts
from tenants.api import OrderCard, traits

SKILLS = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
PREDICTABILITY = {str(level): label for level, label in traits.PREDICTABILITY.items()}
MONTHS = {"6": N_("Minst et halvt år"), "12": N_("Minst ett år"), "24": N_("Minst to år")}
WEEKS_PER_MONTH = 4


def prefilled(order: OrderCard, bands: list[str], area: str) -> dict[str, Any]:
    """The form's first values: from the order and the mapping, never more than may be posted."""
    amount = order.amount
    if amount is not None and order.unit == "month":
        amount = (amount / WEEKS_PER_MONTH).quantize(amount)
    days = {traits.slot_day(slot) for slot in order.slots}
    parts = {slot.partition("-")[2] for slot in order.slots}
    return {
        "alder": bands[0],
        "interesser": [code for code in traits.INTERESTS if code in order.interests][:MOST_INTERESTS],
        "dager": [day for day in traits.WEEKDAYS if day in days],
        "deler": [part for part in traits.DAY_PARTS if part in parts],
        "timer": amount,
        "omraade": area,
        "kjonn": "any",
        "forutsigbarhet": "2",
        "maneder": "12",
    }


def read_need(form: Form) -> NeedFacts:
    """The form as facts. Raises Invalid with every field that must be mended; the rules ask the rest (rules.py)."""
    reader = Reader(form)
    band = reader.choice("alder", BANDS, required=N_("Velg alder fra lista."))
    days = reader.choices("dager", traits.WEEKDAYS)
    parts = reader.choices("deler", traits.DAY_PARTS) or list(traits.DAY_PARTS)
    hours = reader.take(
        "timer",
        partial(parse_decimal, field="timer"),
        required=N_("Skriv hvor mange timer i uka det gjelder."),
    )
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
    interests = reader.choices("interesser", traits.INTERESTS)
    skills = reader.choices("ferdigheter", SKILLS)
    languages = reader.choices("spraak", traits.LANGUAGES)
    reader.done()
    assert hours is not None
    assert on is not None
    return NeedFacts(
        age_band=band, area=area, hours_per_week=hours, legal_ground=ground, consent_by=by, consent_on=on,
        gender_wish=wish, interests=interests, slots=[slot for slot in traits.SLOTS if _chosen(slot, days, parts)],
        skills=skills, languages=languages, needs_car=bool(form.text("bil")), predictability=int(level),
        months=int(months),
    )  # fmt: skip


def _chosen(slot: str, days: list[str], parts: list[str]) -> bool:
    day, _, part = slot.partition("-")
    return day in days and part in parts
