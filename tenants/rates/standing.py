"""What holds for a meeting on a day: the table's row and the assignment's agreement taken together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from tenants.people.api import age_on
from tenants.rates.limits import Limit
from tenants.rates.tables import Facts, RateTable, RateTables
from tenants.rates.values import (
    EXPENSE,
    KILOMETRES,
    RECEIPTS,
    Agreed,
    Payee,
    Terms,
    Worked,
    months_between,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a component is paid on a day, table and agreement taken together."""

    mode: str
    rate_ore: int = 0
    cap_units: Decimal | None = None
    by_trips: bool = False
    cap_ore: int | None = None
    cap_receipt_ore: int | None = None
    least_ore: int = 0


NO_RULE = Rule("none")
_NO_TERMS = Terms()


class Standing:
    """What holds for one payee, by day and assignment. Remembers what it has worked out."""

    def __init__(self, tables: RateTables, payee: Payee, terms: Mapping[UUID, Terms]) -> None:
        self.tables, self.payee, self._terms = tables, payee, terms
        self._facts: dict[tuple[date, UUID, str], Facts] = {}
        self._rules: dict[tuple[str, date, UUID, str], Rule] = {}

    def terms(self, line: Worked) -> Terms:
        """What is agreed for the line's assignment."""
        return self._terms.get(line.assignment_id, _NO_TERMS)

    def table(self, day: date, line: Worked) -> RateTable | None:
        """The table the line's assignment follows on a day."""
        return self.tables.on(day, self.terms(line).on(day).unit)

    def facts(self, day: date, line: Worked) -> Facts:
        """What rows may ask about, on a day."""
        key = (day, line.assignment_id, line.form)
        if key not in self._facts:
            payee = self.payee
            self._facts[key] = Facts(
                line.form, payee.engagement_on(day), age_on(payee.birth_date, day),
                months_between(payee.since, day),
                payee.competences_on(day),
                age_on(self.terms(line).user_birth_date, day),
            )  # fmt: skip
        return self._facts[key]

    def rule(self, component: str, day: date, line: Worked) -> Rule:
        """How `component` is paid on a day."""
        key = (component, day, line.assignment_id, line.form)
        if key not in self._rules:
            self._rules[key] = self._rule(component, day, line)
        return self._rules[key]

    def _rule(self, component: str, day: date, line: Worked) -> Rule:
        table = self.table(day, line)
        step = table.best(component, self.facts(day, line)) if table and table.has(component) else None
        agreed = self.terms(line).on(day)
        rule = NO_RULE
        if step is not None:
            trips = step.cap_trips is not None
            units = Decimal(step.cap_trips) if step.cap_trips is not None else step.cap_km
            rule = Rule(
                step.mode, step.rate_ore or 0, units, trips, step.cap_ore, step.cap_receipt_ore,
                step.least_ore or 0,
            )  # fmt: skip
        if component in (EXPENSE, RECEIPTS):
            rule = _agreed_expense(component, rule, agreed)
        elif component == KILOMETRES or rule.mode == "by_agreement":
            rule = _agreed_kilometres(rule, agreed)
        if rule.mode == "state":
            rule = replace(rule, rate_ore=self.tables.state_ore(day) or 0)
        return rule

    def month_rules(self, component: str, line: Worked, modes: tuple[str, ...]) -> list[Rule]:
        """The month's rules for the component of these modes, in order of day: it may change within the month."""
        rules = (self.rule(component, day, line) for day in self._pieces(line))
        return [rule for rule in rules if rule.mode in modes]

    def _pieces(self, line: Worked) -> list[date]:
        """Days of the line's month from which something may hold that did not before; the first one always."""
        first = line.worked_on.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        payee, terms = self.payee, self.terms(line)
        days = {first}
        days |= {table.valid_from for table in self.tables.tables}
        days |= {rate.valid_from for rate in self.tables.state}
        days |= {agreed.valid_from for agreed in terms.agreed}
        for begins, ends, _ in (*payee.engagements, *payee.competences):
            days |= {begins, ends + timedelta(days=1)} if ends and ends < date.max else {begins}
        for born in (payee.birth_date, terms.user_birth_date, payee.since):
            if born is not None and born.day <= last.day:
                days.add(first.replace(day=born.day))
        return sorted(day for day in days if first <= day <= last)


def _agreed_expense(component: str, rule: Rule, agreed: Agreed) -> Rule:
    """An agreement about expenses stands instead of the table's rows for them (Drammen)."""
    mode = agreed.expense_mode
    if not mode:
        return NO_RULE if rule.mode == "by_agreement" else rule
    if mode == "receipts":
        if component == EXPENSE:
            return NO_RULE
        return Rule("receipts", cap_ore=agreed.expense_cap_ore, cap_receipt_ore=rule.cap_receipt_ore)
    if component == RECEIPTS or mode == "none":
        return NO_RULE
    return Rule(mode, agreed.expense_ore or 0)


def _agreed_kilometres(rule: Rule, agreed: Agreed) -> Rule:
    """An agreement may allow kilometres, refuse them, or set limits of its own within what the table pays."""
    if agreed.kilometres_mode == "none":
        return NO_RULE
    if agreed.kilometres_mode:
        rule = replace(rule, mode=agreed.kilometres_mode, rate_ore=agreed.km_ore or 0)
    elif rule.mode == "by_agreement":
        return NO_RULE
    if agreed.cap_km is not None:
        rule = replace(rule, cap_units=agreed.cap_km, by_trips=False)
    if agreed.cap_km_ore is not None:
        rule = replace(rule, cap_ore=agreed.cap_km_ore)
    return rule


def most_generous(rules: Sequence[Rule]) -> Limit:
    """The month's limits where they change within it: the highest of each, for the whole month, whatever came first."""
    by_trips = rules[-1].by_trips
    units = [rule.cap_units for rule in rules if rule.by_trips == by_trips or rule.cap_units is None]
    kroner = [rule.cap_ore for rule in rules]
    return Limit(
        max((one for one in units if one is not None), default=None) if None not in units else None,
        by_trips,
        max((one for one in kroner if one is not None), default=None) if None not in kroner else None,
        max(rule.least_ore for rule in rules),
    )
