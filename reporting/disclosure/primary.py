"""Which cells the rules hide, and how far from the truth an attacker must be left (statistics.md, "Attackers")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from reporting.disclosure.cells import Unknown
from reporting.disclosure.model import Rules


@dataclass(frozen=True, slots=True)
class Need:
    """The room a hidden cell must have in whole units: so far up, so far down, and so wide in all."""

    up: int
    down: int
    width: int


def part(share: float, value: int) -> int:
    """So many percent of a value, rounded up."""
    return int((Decimal(str(share)) * value / 100).to_integral_value(ROUND_CEILING))


def primary(unknowns: Iterable[Unknown], kind: str, rules: Rules) -> Need | None:
    """The room a cell over these inner cells needs by the rules; None where it may be shown."""
    inner = list(unknowns)
    value = sum(one.value for one in inner)
    if kind == "count":
        small = value < rules.threshold and (value > 0 or not rules.zeros_public)
        return secondary(value, kind, rules) if small and inner else None
    # Part of an amount may have nobody behind it (a budget line); only what people stand behind can tell of them.
    people = [one for one in inner if one.contributors]
    told = sum(one.value for one in people)
    if not told:
        return None
    parts = sorted((size for one in people for size in (one.largest, one.second)), reverse=True)
    largest, second = parts[0], parts[1]
    few = sum(one.contributors for one in people) < rules.threshold
    top = sum(parts[: min(rules.dominance_n, 2)])
    dominated = rules.dominance_k is not None and top * 100 > Decimal(str(rules.dominance_k)) * told
    margin = 0 if rules.p is None else part(rules.p, largest) - (told - largest - second)
    return forced(value, kind, rules, margin) if few or dominated or margin > 0 else None


def forced(value: int, kind: str, rules: Rules, margin: int = 0) -> Need:
    """The room of a cell that must be hidden: `margin` is what the p% rule wants above the truth."""
    if kind == "count":
        return Need(0, 0, rules.width)
    share = max(1, part(rules.min_share, value))
    return Need(max(share, margin), min(share, value), 1)


def secondary(value: int, kind: str, rules: Rules) -> Need:
    """The room of a cell hidden for others' sake: as for them, since nobody shall see which is which."""
    return forced(value, kind, rules)
