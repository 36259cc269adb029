"""What approved hours come to: pure, in int øre, the same however a period is split (B7).

Hours, holiday pay and whatever has no limit are rounded meeting by meeting, half up. What has a limit in the calendar
month is counted over the month (limits.py). A table of another day never touches items that are made already: they come
in as `earlier` and only what is left is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from tenants.rates.limits import Claim, share
from tenants.rates.standing import Rule, Standing, most_generous
from tenants.rates.tables import RateTables
from tenants.rates.values import (
    COMMUTE,
    COMPONENTS,
    EXPENSE,
    HOLIDAY,
    HOURS,
    KILOMETRES,
    RECEIPTS,
    Item,
    NoRate,
    Payee,
    Terms,
    Worked,
)

NOUGHT = Decimal(0)
MONTH = "month"
"""The monthly sum alone, as a component to settle; its items are of the component `expense`."""
MODES = {
    EXPENSE: ("per_hour",),
    RECEIPTS: ("receipts",),
    KILOMETRES: ("rate", "state"),
    COMMUTE: ("rate", "state"),
}
"""What a component with limits in the month is paid by."""
Earlier = Mapping[tuple[UUID, date], Sequence[Item]]


def half_up(value: Decimal) -> int:
    """Whole øre, half up."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def settle(
    tables: RateTables,
    payee: Payee,
    terms: Mapping[UUID, Terms],
    worked: Iterable[Worked],
    earlier: Iterable[Item] = (),
    *,
    components: frozenset[str] = frozenset(COMPONENTS),
) -> list[Item]:
    """What `worked` adds to what is made `earlier`; both are one payee's, of any assignments and months.

    `terms` by assignment. Settling A and then B with A's items as `earlier` comes to the same, per assignment, month and
    component, as settling both at once, in whatever order the lines are given. `earlier` may hold items taken back, with
    negative quantity and amount. Raises NoRate.
    """
    before: dict[tuple[UUID, date], list[Item]] = {}
    for item in earlier:
        before.setdefault((item.assignment_id, item.month), []).append(item)
    months: dict[tuple[UUID, date], list[Worked]] = {}
    for line in worked:
        if line.hours > 0 or line.expenses or line.kilometres or line.commute_kilometres:
            months.setdefault((line.assignment_id, line.worked_on.replace(day=1)), []).append(line)
    standing = Standing(tables, payee, terms)
    found: list[Item] = []
    for key in sorted(months, key=lambda one: (one[1], str(one[0]))):
        lines = sorted(months[key], key=lambda line: (line.worked_on, str(line.line_id)))
        found += _month(standing, lines, before.get(key, ()), components)
    return found


def _month(
    standing: Standing, lines: Sequence[Worked], earlier: Sequence[Item], components: frozenset[str]
) -> list[Item]:
    """One assignment's calendar month."""
    found: list[Item] = []
    if HOURS in components:
        for line in lines:
            found += _hours(standing, line)
    if components & {EXPENSE, MONTH}:
        found += _lump(standing, lines, earlier)
    for component in MODES:
        if component in components:
            found += _limited(standing, component, lines, earlier)
    return found


def hour_pay(standing: Standing, line: Worked) -> tuple[int, int, Decimal, int]:
    """(øre an hour, hourly pay, per cent on top, holiday pay) of a meeting, by the day worked. Raises NoRate."""
    table, facts = standing.table(line.worked_on, line), standing.facts(line.worked_on, line)
    rate = table.hour_ore(facts) if table else None
    if table is None or rate is None:
        raise NoRate(line.worked_on, line.form)
    pay, percent = half_up(line.hours * rate), table.holiday(facts.engagement)
    return rate, pay, percent, half_up(pay * percent / 100) if percent else 0


def _hours(standing: Standing, line: Worked) -> list[Item]:
    """The hourly pay of the day worked, and holiday pay on top where the table gives it."""
    if line.hours <= 0:
        return []
    rate, pay, percent, extra = hour_pay(standing, line)
    found = [_item(standing, line, HOURS, line.hours, rate, pay, HOURS)]
    if percent:
        each = half_up(rate * percent / 100)
        found.append(_item(standing, line, HOLIDAY, line.hours, each, extra, HOLIDAY))
    return found


def _lump(standing: Standing, lines: Sequence[Worked], earlier: Sequence[Item]) -> list[Item]:
    """A sum for a month with at least one paid hour; the highest of the month, once, however it is split."""
    monthly = ("per_month",)
    entitled = [
        line
        for line in lines
        if line.hours > 0 and standing.rule(EXPENSE, line.worked_on, line).mode in monthly
    ]
    if not entitled:
        return []
    rules = [rule for line in _one_a_form(entitled) for rule in standing.month_rules(EXPENSE, line, monthly)]
    due = max(rule.rate_ore for rule in [*rules, standing.rule(EXPENSE, entitled[0].worked_on, entitled[0])])
    left = due - sum(
        item.amount_ore for item in earlier if item.component == EXPENSE and item.line_id is None
    )
    if left <= 0:
        return []
    return [replace(_item(standing, entitled[0], EXPENSE, Decimal(1), left, left, MONTH), line_id=None)]


def _limited(
    standing: Standing, component: str, lines: Sequence[Worked], earlier: Sequence[Item]
) -> list[Item]:
    """A component that may have limits in the month (see limits.share)."""
    claims: list[tuple[Claim, Worked]] = []
    items: list[Item] = []
    for line in lines:
        rule = standing.rule(component, line.worked_on, line)
        asked = _asked(standing, component, rule, line)
        if asked is None:
            if _left_out(standing, component, rule, line):
                items.append(_item(standing, line, component, NOUGHT, 0, 0, "none"))
            continue
        if rule.mode == "state" and not rule.rate_ore:
            raise NoRate(line.worked_on, line.form, component)
        claims.append((Claim(*asked, max(line.trips, 1), line.worked_on, str(line.line_id)), line))
    if not claims:
        return items
    before = [
        (item.quantity, item.rate_ore, item.amount_ore)
        for item in earlier
        if item.component == component and item.line_id is not None
    ]
    rules = [
        rule
        for line in _one_a_form([line for _, line in claims])
        for rule in standing.month_rules(component, line, MODES[component])
    ]
    for number, quantity, rate, amount, why in share(
        [one for one, _ in claims], most_generous(rules), before
    ):
        items.append(_item(standing, claims[number][1], component, quantity, rate, amount, why or component))
    return items


def _asked(standing: Standing, component: str, rule: Rule, line: Worked) -> tuple[Decimal, int] | None:
    """(quantity, øre each) that the line asks for under the rule; None for nothing."""
    if rule.mode not in MODES[component]:
        return None
    if component == EXPENSE:
        return (line.hours, rule.rate_ore) if line.hours > 0 else None
    if component == RECEIPTS:
        laid_out, most = half_up(line.expenses * 100), rule.cap_receipt_ore
        return (Decimal(1), laid_out if most is None else min(laid_out, most)) if laid_out > 0 else None
    driven = _driven(standing, component, line)
    return (driven, rule.rate_ore) if driven > 0 else None


def _driven(standing: Standing, component: str, line: Worked) -> Decimal:
    """Kilometres of the component; those to and from the meeting stand with the others where the table says so."""
    together = standing.rule(COMMUTE, line.worked_on, line).mode == "together"
    if component == COMMUTE:
        return NOUGHT if together else line.commute_kilometres
    return line.kilometres + line.commute_kilometres if together else line.kilometres


def _left_out(standing: Standing, component: str, rule: Rule, line: Worked) -> bool:
    """Whether the line claims something of the component that nobody pays, which the contact should be told."""
    if rule.mode in MODES[component] or component == EXPENSE:
        return False
    if component == RECEIPTS:
        covered = standing.rule(EXPENSE, line.worked_on, line).mode in ("per_hour", "per_month")
        return line.expenses > 0 and not covered
    return _driven(standing, component, line) > 0


def _one_a_form(lines: Sequence[Worked]) -> list[Worked]:
    return list({line.form: line for line in reversed(lines)}.values())


def _item(
    standing: Standing, line: Worked, component: str, quantity: Decimal, rate: int, amount: int, why: str
) -> Item:
    table = standing.table(line.worked_on, line)
    rule = f"{table.valid_from if table else ''}#{why}"
    month = line.worked_on.replace(day=1)
    return Item(
        line.line_id, line.assignment_id, month, component, line.worked_on, quantity, rate, amount, rule
    )


def can_price(tables: RateTables, payee: Payee, terms: Mapping[UUID, Terms], line: Worked) -> bool:
    """Whether some row says what the meeting's hours cost."""
    standing = Standing(tables, payee, terms)
    table = standing.table(line.worked_on, line)
    return table is not None and table.hour_ore(standing.facts(line.worked_on, line)) is not None
