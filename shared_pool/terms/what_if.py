"""What a municipality's own approved hours would have cost under another table of rates. Sums only, of its own hours.

Hours the other table has no rate for are left out of both sums, and said. Nobody's pay is shown: who would have got more
or less is counted, and fewer than FEW are not counted out loud. Nor is a sum that belongs to fewer than FEW shown to who
does not run payroll: a table of one's own making, with a row for one age, would else ask for one contact's pay.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.terms.sharing import shared_tables
from tenants.api import (
    EXAMPLES,
    Item,
    Payee,
    RateTable,
    RateTables,
    Terms,
    Worked,
    can_price,
    payees,
    rate_tables,
    settle,
    table_card,
    terms_of,
    worked_between,
)

FEW = 5
MONTHS = (1, 3, 6, 12)
EXAMPLE_ID = UUID(int=0)


@dataclass
class Outcome:
    """Øre under the rates that hold and under the others, by component and by service, and contacts by direction."""

    now: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)
    now_by_form: Counter[str] = field(default_factory=Counter)
    then_by_form: Counter[str] = field(default_factory=Counter)
    more: int = 0
    less: int = 0
    same: int = 0
    contacts: int = 0
    unpriced_contacts: int = 0
    by_form_contacts: Counter[str] = field(default_factory=Counter)
    hours: Decimal = Decimal(0)
    unpriced_hours: Decimal = Decimal(0)

    @property
    def difference(self) -> int:
        return self.then.total() - self.now.total()

    @property
    def of_few(self) -> bool:
        """Whether the sums, or what sets them apart, belong to fewer than FEW contacts."""
        numbers = (self.contacts, self.more + self.less, self.unpriced_contacts)
        return any(hidden_count(number) is None for number in numbers)

    @property
    def forms_of_few(self) -> bool:
        """Whether a service has fewer than FEW contacts: with the whole sum, the others would tell its."""
        return any(hidden_count(number) is None for number in self.by_form_contacts.values())


def hidden_count(number: int) -> int | None:
    """A number of people as it may be shown: None where they are fewer than FEW, but not none."""
    return None if 0 < number < FEW else number


def whole_months(number: int) -> tuple[date, date]:
    """First and last day of the newest `number` whole months."""
    last = today().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    for _ in range(number - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, last


async def other_tables(uow: UnitOfWork, chosen: str, held: RateTables) -> RateTables | None:
    """The rates to compare with: `egen:<id>`, `delt:<id>` or `eksempel:<code>`; None for what is not there.

    A unit's own table stands in for that unit's; any other for the whole municipality. They hold for every day, so that
    the newest hours can be tried on them.
    """
    kind, _, name = chosen.partition(":")
    table: RateTable | None = None
    if kind == "egen" and (table_id := _uuid(name)) is not None:
        table = (await table_card(uow, table_id)).table
    elif kind == "delt" and (table_id := _uuid(name)) is not None:
        table = next((one.table for one in await shared_tables(uow) if one.id == table_id), None)
    elif kind == "eksempel" and name in EXAMPLES and EXAMPLES[name].priced:
        example = EXAMPLES[name]
        table = RateTable(EXAMPLE_ID, "", date.min, example.steps, "", example.holiday_percent)
    if table is None:
        return None
    always = RateTable(
        table.id, table.unit, date.min, table.steps, "", table.holiday_percent, table.holiday_for
    )
    kept = [one for one in held.tables if table.unit and one.unit != table.unit]
    return RateTables.of([*kept, always], held.state)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def compare(uow: UnitOfWork, others: RateTables, first: date, last: date) -> Outcome:
    """The municipality's approved hours from `first` to `last` under both. Raises NoRate when its own have a gap."""
    held = await rate_tables(uow)
    worked = await worked_between(uow, first, last)
    people = await payees(uow, list(worked))
    terms = await terms_of(uow, list({line.assignment_id for lines in worked.values() for line in lines}))
    return await asyncio.to_thread(reckon, held, others, worked, people, terms)


def reckon(
    held: RateTables,
    others: RateTables,
    worked: Mapping[UUID, Sequence[Worked]],
    people: Mapping[UUID, Payee],
    terms: Mapping[UUID, Terms],
) -> Outcome:
    """Pure. Raises NoRate for hours the rates that hold do not price, and for kilometres neither state nor table does."""
    found = Outcome()
    for contact_id, lines in worked.items():
        payee = people.get(contact_id, Payee())
        priced = [line for line in lines if can_price(others, payee, terms, line)]
        found.hours += sum((line.hours for line in priced), Decimal(0))
        found.unpriced_hours += sum((line.hours for line in lines), Decimal(0)) - sum(
            (line.hours for line in priced), Decimal(0)
        )
        found.unpriced_contacts += len(priced) < len(lines)
        if not priced:
            continue
        found.contacts += 1
        found.by_form_contacts.update({line.form for line in priced})
        forms = {line.assignment_id: line.form for line in priced}
        now = settle(held, payee, terms, priced)
        then = settle(others, payee, terms, priced)
        _add(found.now, found.now_by_form, now, forms)
        _add(found.then, found.then_by_form, then, forms)
        difference = sum(one.amount_ore for one in then) - sum(one.amount_ore for one in now)
        found.more += difference > 0
        found.less += difference < 0
        found.same += difference == 0
    return found


def _add(
    by_component: Counter[str], by_form: Counter[str], items: Iterable[Item], forms: Mapping[UUID, str]
) -> None:
    for item in items:
        by_component[item.component] += item.amount_ore
        by_form[forms[item.assignment_id]] += item.amount_ore
