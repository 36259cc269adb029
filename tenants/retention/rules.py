"""How long something is kept, as pure functions of dated rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sammen.i18n_mark import N_
from tenants.cases.api import add_months

ACTIONS = {
    "archive": N_("Slettes når arkivet har kvittert for dokumentene"),
    "delete": N_("Slettes"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind's rule from a day: how long after its event, what then, and by which section. `own`: the municipality's."""

    kind: str
    valid_from: date
    years: int
    months: int
    action: str
    basis: str
    own: bool = False

    def kept_until(self, event: date) -> date:
        """The last day something must stay, given the day of its event."""
        return add_months(event, 12 * self.years + self.months)

    def due(self, event: date, day: date) -> bool:
        """Whether it may go on `day`: the day after the last one it must stay."""
        return day > self.kept_until(event)


def standing(rules: Iterable[Rule], day: date) -> dict[str, Rule]:
    """For each kind the rule that holds on `day`: the municipality's own goes before the default, and the newest wins."""
    found: dict[str, Rule] = {}
    for rule in sorted(
        (one for one in rules if one.valid_from <= day), key=lambda one: (one.own, one.valid_from)
    ):
        found[rule.kind] = rule
    return found
