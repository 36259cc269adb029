"""What a table of rates must be to be understood, and to be put in force (B7). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from tenants.rates.tables import RateStep

MOST_ROWS = 40
MOST_HOURLY = 2_000
MOST_KILOMETRE = 50
MOST_MONTH = 20_000
DRIVING = ("kilometres", "commute")


class Fail(Protocol):
    """How a check tells what is wrong with a field of a row."""

    def __call__(self, part: str, number: int, message: str, **params: object) -> None: ...


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as it is typed. Holiday pay in per cent of the hourly pay; `unit` is "" for the whole municipality."""

    valid_from: date
    steps: Sequence[RateStep]
    unit: str = ""
    name: str = ""
    holiday_percent: Decimal = Decimal(0)
    holiday_for: str = "any"
    note: str = ""


def field(part: str, row: int) -> str:
    """The name of a row's field in the form, rows counted from 1: `kroner-3`."""
    return f"{part}-{row}"


def check_steps(steps: Sequence[RateStep]) -> None:
    """Raises Invalid at the fields of the rows, numbered from 1 as they stand on the page."""
    errors: dict[str, BadInput] = {}

    def fail(part: str, number: int, message: str, **params: object) -> None:
        errors.setdefault(field(part, number), BadInput(field(part, number), message, **params))

    said: dict[tuple[object, ...], int] = {}
    for number, step in enumerate(steps, 1):
        key = (step.component, step.mode == "supplement", step.conditions)
        if key in said:
            fail("hva", number, N_("Rad %(row)s sier det samme som rad %(other)s. Fjern den ene."),
                 row=number, other=said[key])  # fmt: skip
        said.setdefault(key, number)
        _check_amount(step, number, fail)
        for low, high, part in (
            (step.age_from, step.age_to, "alder_til"), (step.user_age_from, step.user_age_to, "bruker_til"),
        ):  # fmt: skip
            if low is not None and high is not None and high < low:
                fail(part, number, N_("Den høyeste alderen må være minst like høy som den laveste."))
        _check_limits(step, number, fail)
    if not any(step.component == "hours" and step.mode == "rate" for step in steps):
        errors.setdefault("rader", BadInput("rader", N_("Legg inn minst én rad med timelønn.")))
    if errors:
        raise Invalid(errors)


def _check_amount(step: RateStep, number: int, fail: Fail) -> None:
    if step.mode not in ("rate", "supplement", "per_hour", "per_month"):
        return
    most = MOST_KILOMETRE if step.component in DRIVING else MOST_HOURLY
    most = MOST_MONTH if step.mode == "per_month" else most
    if step.rate_ore is None:
        fail("kroner", number, N_("Skriv kroner i rad %(row)s."), row=number)
    elif not 0 < step.rate_ore <= most * 100:
        fail("kroner", number, N_("Skriv mer enn 0 og høyst %(most)s kroner."), most=most)


def _check_limits(step: RateStep, number: int, fail: Fail) -> None:
    driving = step.component in DRIVING and step.mode in ("rate", "state", "by_agreement")
    limited = driving or step.mode in ("receipts", "per_hour")
    wrong = N_("Dette taket passer ikke til det raden gjelder. La feltet stå tomt.")
    if step.cap_km is not None and not driving:
        fail("tak_km", number, wrong)
    if step.cap_trips is not None and not driving:
        fail("tak_turer", number, wrong)
    elif step.cap_trips is not None and step.cap_km is not None:
        fail("tak_turer", number, N_("Velg enten tak i kilometer eller tak i turer."))
    if step.cap_receipt_ore is not None and step.mode != "receipts":
        fail("tak_kvittering", number, wrong)
    if step.cap_ore is not None and not limited:
        fail("tak_kroner", number, wrong)
    if step.least_ore is not None and not limited:
        fail("minst_kroner", number, wrong)
    elif step.least_ore is not None and step.cap_ore is not None and step.least_ore > step.cap_ore:
        fail("minst_kroner", number, N_("Det minste beløpet kan ikke være høyere enn taket."))
