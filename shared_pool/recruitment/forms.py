"""Reading the slice's forms: what a contact agreed to, on paper or on their own page, and what is said of how they stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from shared_pool.recruitment.consents import CANDIDATE_USES
from shared_pool.recruitment.region import Home
from shared_pool.recruitment.service import PoolWishes
from tenants.api import traits

MONTHS = {
    "0": N_("Ikke avtalt"),
    "6": N_("Minst et halvt år"),
    "12": N_("Minst ett år"),
    "24": N_("Minst to år"),
}
HOLDS = {"91": N_("I tre måneder"), "182": N_("I et halvt år"), "365": N_("I ett år")}
"""How long a yes on one's own page holds, in days."""
UPHELD = {"ja": N_("Ja, vi retter det"), "nei": N_("Nei, vi mener det stemmer")}
OLDEST = 110
MOST_ELSEWHERE = Decimal(80)
MOST_AHEAD_DAYS = 366


@dataclass(frozen=True, slots=True)
class ShareForm:
    """What the contact agreed to, as the coordinator writes it down."""

    consent_on: date
    consent_until: date
    area: str
    hours_wanted: Decimal
    hours_elsewhere: Decimal | None
    commits_months: int
    will_not: list[str]
    wishes: PoolWishes
    seen: bool


def _age(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > OLDEST:
        raise BadInput(name, N_("Skriv alderen som et helt tall, for eksempel 16."))
    return int(text)


def _free_from(text: str) -> date:
    day = parse_date(text, field="fra", years_ahead=2)
    if day > today() + timedelta(days=MOST_AHEAD_DAYS):
        raise BadInput("fra", N_("Velg en dag innen ett år."))
    return day


def _elsewhere(text: str) -> Decimal:
    hours = parse_decimal(text, field="timer_andre")
    if not 0 <= hours <= MOST_ELSEWHERE:
        raise BadInput("timer_andre", N_("Skriv timer i uka, fra 0 til %(most)s."), most=MOST_ELSEWHERE)
    return hours


def _towns(reader: Reader, name: str, homes: Iterable[Home]) -> list[UUID]:
    """Municipalities by their number: what stands in a form is no id."""
    by_code = {home.code: home.id for home in homes}
    return [by_code[code] for code in reader.choices(name, by_code)]


def _uses(reader: Reader) -> list[str]:
    return reader.choices("bruk", CANDIDATE_USES)


def _slots(reader: Reader) -> list[str]:
    return reader.choices("annenhver", frozenset(traits.SLOTS))


def read_share(form: Form, homes: Mapping[UUID, Home]) -> ShareForm:
    """The form as facts. Raises Invalid with every field that must be mended, also when nobody has said yes."""
    reader = Reader(form)
    if not form.text("ja"):
        reader.fail("ja", N_("Støttekontakten må ha sagt ja. Kryss av når hun eller han har gjort det."))
    agreed = reader.take(
        "samtykke", partial(parse_date, field="samtykke"), required=N_("Skriv dagen støttekontakten sa ja.")
    )
    until = reader.take(
        "til", partial(parse_date, field="til"), required=N_("Skriv hvor lenge samtykket gjelder.")
    )
    hours = reader.take(
        "timer", partial(parse_decimal, field="timer"),
        required=N_("Skriv hvor mange timer i uka støttekontakten ønsker."),
    )  # fmt: skip
    elsewhere = reader.take("timer_andre", _elsewhere)
    area = reader.choice("omraade", traits.AREAS, required=N_("Velg et område fra lista."))
    months = reader.choice(
        "maneder", MONTHS, required=N_("Velg hvor lenge støttekontakten tilbyr seg å bli.")
    )
    youngest = reader.take("alder_fra", partial(_age, "alder_fra"))
    oldest = reader.take("alder_til", partial(_age, "alder_til"))
    if youngest is not None and oldest is not None and oldest < youngest:
        reader.fail("alder_til", N_("Den høyeste alderen er lavere enn den laveste."))
    uses = _uses(reader)
    if not uses:
        reader.fail("bruk", N_("Velg hva støttekontakten har sagt ja til."))
    chosen, not_in = _towns(reader, "kommuner", homes.values()), _towns(reader, "ikke_i", homes.values())
    if not set(chosen) - set(not_in):
        reader.fail("kommuner", N_("Velg minst én kommune."))
    wishes = PoolWishes(
        visible_to=chosen, uses=uses, not_in=not_in, areas=reader.choices("omraader", traits.AREAS),
        ages=(youngest, oldest), available_from=reader.take("fra", _free_from), alternate_slots=_slots(reader),
    )  # fmt: skip
    will_not = reader.choices("ikke", traits.INTERESTS)
    reader.done()
    assert agreed is not None
    assert until is not None
    assert hours is not None
    return ShareForm(
        agreed, until, area, hours, elsewhere, int(months), will_not, wishes, bool(form.text("sett"))
    )


@dataclass(frozen=True, slots=True)
class OwnForm:
    """What a contact says yes to on their own page. `until` is None when they chose no use."""

    wishes: PoolWishes
    until: date | None
    newsletter: bool
    light: bool


def read_own(form: Form, homes: Mapping[UUID, Home]) -> OwnForm:
    """The contact's own form. Raises Invalid with every field's error; no use at all is a no, and never wrong."""
    reader = Reader(form)
    uses = _uses(reader)
    chosen, not_in = _towns(reader, "kommuner", homes.values()), _towns(reader, "ikke_i", homes.values())
    until = None
    if uses:
        if not set(chosen) - set(not_in):
            reader.fail("kommuner", N_("Velg minst én kommune."))
        days = reader.choice("varer", HOLDS, required=N_("Velg hvor lenge det gjelder."))
        until = today() + timedelta(days=int(days)) if days else None
    wishes = PoolWishes(
        visible_to=chosen, uses=uses, not_in=not_in, available_from=reader.take("fra", _free_from),
        alternate_slots=_slots(reader), how="own_page",
    )  # fmt: skip
    reader.done()
    return OwnForm(wishes, until, bool(form.text("nyhetsbrev")), bool(form.text("lys")))


def read_answer(form: Form) -> tuple[bool, str, int | None]:
    """(upheld, answer, months) to an objection. Raises Invalid."""
    reader = Reader(form)
    upheld = reader.choice("rett", UPHELD, required=N_("Velg om støttekontakten har rett."))
    answer = reader.text("svar", required=N_("Skriv et svar til støttekontakten."), most=2_000)
    months = form.text("maneder_rett")
    if months and not (months.isascii() and months.isdigit() and len(months) <= 3):
        reader.fail("maneder_rett", N_("Skriv måneder som et helt tall, for eksempel 18."))
    reader.done()
    return upheld == "ja", answer, int(months) if months else None
