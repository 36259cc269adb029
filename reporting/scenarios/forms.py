"""What is typed about a scenario. Every assumption has a low and a high end, in the fields `<id>_fra` and `<id>_til`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.scenarios.model import RATE_ASSUMPTION, Inputs, Lever, Range
from reporting.scenarios.reading import CHOICES
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal, parse_decimal
from sammen.web.forms import Form, Reader

LOW, HIGH = "_fra", "_til"
CHOICE = "velg"
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Typed:
    """The assumptions of a form, and which rate was chosen ("typed" where there is no choice)."""

    inputs: Inputs
    choice: str


def usual(lever: Lever) -> Typed:
    """The assumptions before anybody has typed."""
    return Typed({one.id: one.usual for one in lever.assumptions}, "typed")


def fields(typed: Typed, *, chosen: bool) -> dict[str, str]:
    """The fields a form begins with. `chosen`: whether the lever has a choice of rate."""
    found = {CHOICE: typed.choice} if chosen else {}
    for name, said in typed.inputs.items():
        found[name + LOW], found[name + HIGH] = format_decimal(said.low), format_decimal(said.high)
    return found


def has_choice(lever: Lever) -> bool:
    """Whether the lever's rate can be one of the published."""
    return any(one.id == RATE_ASSUMPTION for one in lever.assumptions)


def is_asked(lever: Lever, form: Form) -> bool:
    """Whether anything of the lever was typed at all."""
    return any(one.id + end in form for one in lever.assumptions for end in (LOW, HIGH)) or CHOICE in form


def read(lever: Lever, form: Form, offered: Mapping[str, Decimal]) -> Typed:
    """The form as assumptions. `offered`: the published rates that can be chosen. Raises Invalid with every field's error."""
    reader = Reader(form)
    choice = form.text(CHOICE) or "typed"
    if not has_choice(lever):
        choice = "typed"
    elif choice not in CHOICES:
        reader.fail(CHOICE, N_("Velg hvilken kostnad per time alle skal ha."))
    elif choice != "typed" and choice not in offered:
        reader.fail(CHOICE, N_("Færre enn tre kommuner viser kostnaden per time. Skriv den selv."))
    inputs = {}
    for one in lever.assumptions:
        low = _end(reader, one.id + LOW, one.least, one.most, N_("Skriv det laveste tallet."))
        high = _end(reader, one.id + HIGH, one.least, one.most, N_("Skriv det høyeste tallet."))
        if low is not None and high is not None and low > high:
            reader.fail(one.id + HIGH, N_("Skriv et tall som er like stort som det laveste, eller større."))
        if low is not None and high is not None:
            inputs[one.id] = Range(low, high)
    reader.done()
    return Typed(inputs, choice)


def _end(reader: Reader, name: str, least: Decimal, most: Decimal, required: str) -> Decimal | None:
    return reader.take(
        name, lambda text: parse_decimal(text, field=name, minimum=least, maximum=most), required=required
    )


def read_name(form: Form) -> str:
    """What the scenario is to be called. Raises Invalid."""
    reader = Reader(form)
    name = reader.text("navn", required=N_("Skriv hva scenarioet skal hete."), most=LONGEST_NAME)
    reader.done()
    return name


def saved(typed: Typed) -> dict[str, Any]:
    """The assumptions as they are kept: numbers as text, exact."""
    return {
        CHOICE: typed.choice,
        "ranges": {name: [str(said.low), str(said.high)] for name, said in typed.inputs.items()},
    }


def unsaved(lever: Lever, kept: Mapping[str, Any]) -> Typed | None:
    """The assumptions as they were kept; None when this lever does not know them."""
    ranges, choice = kept.get("ranges"), kept.get(CHOICE)
    if (
        not isinstance(ranges, dict)
        or choice not in CHOICES
        or set(ranges) != {one.id for one in lever.assumptions}
    ):
        return None
    return Typed({one.id: Range(*map(Decimal, ranges[one.id])) for one in lever.assumptions}, str(choice))
