"""Numbers a municipality sets for itself, as fields of a form: what each means, its least and most, and reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_decimal
from sammen.web.desk import Desk
from sammen.web.forms import Reader

DAYS, MONTHS = N_("dager"), N_("måneder")


@dataclass(frozen=True, slots=True)
class Limit:
    """One number a municipality sets: its field, column, least and most, what it means, and what is said when it is missing."""

    field: str
    column: str
    least: int
    most: int
    label: str
    meaning: str
    unit: str
    missing: str


def read_limits(reader: Reader, limits: Sequence[Limit]) -> dict[str, int]:
    """The numbers by column; those that could not be read are left out, and noted in the reader."""
    found = {
        one.column: reader.take(one.field, partial(_number, limit=one), required=one.missing)
        for one in limits
    }
    return {column: number for column, number in found.items() if number is not None}


def limit_rows(desk: Desk, limits: Sequence[Limit], rules: object) -> list[tuple[str, str, str, str, int]]:
    """(field, label, meaning, unit, number now) of each, in the reader's language, for a page."""
    return [
        (one.field, desk.say(one.label), desk.say(one.meaning), desk.say(one.unit) if one.unit else "",
         getattr(rules, one.column))
        for one in limits
    ]  # fmt: skip


def limit_values(limits: Sequence[Limit], rules: object) -> Mapping[str, Any]:
    """What the form's fields begin with: the rules in force."""
    return {one.field: str(getattr(rules, one.column)) for one in limits}


def _number(text: str, *, limit: Limit) -> int:
    try:
        amount = parse_decimal(text, field=limit.field, decimals=0, minimum=limit.least, maximum=limit.most)
    except BadInput:
        raise BadInput(
            limit.field,
            N_("Skriv et helt tall fra %(least)s til %(most)s."),
            least=limit.least,
            most=limit.most,
        ) from None
    return int(amount)
