"""From approved lines to the items of a run (B9). Pure: what was gathered in, items and notices out.

New lines are added to what is paid already (`settle` with it as `earlier`), so that a new table changes nothing that is
paid. Where a paid line has been corrected, its items are taken back, the correction is paid, and what a limit of the month
then leaves room for is given to the others. Back pay is reckoned only when a run asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from tenants.payroll.drafts import Draft, Key, Ledger, key_of
from tenants.payroll.gather import Gathered, HourLine
from tenants.rates.api import Item, NoRate, Payee, RateTables, Terms, Worked, settle

NOUGHT = Decimal(0)
LUMP_OR_HOURS = ("hours", "holiday")
"""Components no limit counts in: back pay on them is one line, the difference."""
SAME_MEETING, NOTHING = "#meeting", "#nothing"


@dataclass(frozen=True, slots=True)
class Notice:
    """See models.PayNotice."""

    kind: str
    contact_id: UUID
    assignment_id: UUID | None
    lines: int
    worked_on: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The items of a run and what must be known of it. `lines` are those that are paid in it."""

    items: Sequence[Draft]
    notices: Sequence[Notice]
    lines: Sequence[HourLine]


@dataclass(slots=True)
class _Share:
    """One contact's part of what was gathered."""

    lines: list[HourLine] = field(default_factory=list)
    standing: list[HourLine] = field(default_factory=list)
    replaced: dict[UUID, UUID] = field(default_factory=dict)


def notices_of(kind: str, lines: Iterable[HourLine], *, by_assignment: bool = True) -> list[Notice]:
    """One notice for each contact (and assignment) of these lines."""
    found: dict[tuple[UUID, UUID | None], list[HourLine]] = defaultdict(list)
    for line in lines:
        found[line.contact_id, line.assignment_id if by_assignment else None].append(line)
    return [
        Notice(kind, contact, assignment, len(these), min(one.worked_on for one in these),
               sum((one.hours for one in these), NOUGHT))
        for (contact, assignment), these in found.items()
    ]  # fmt: skip


def reckon(
    gathered: Gathered,
    tables: RateTables,
    payees: Mapping[UUID, Payee],
    terms: Mapping[UUID, Terms],
    *,
    raised_from: date | None = None,
    attested: bool = True,
) -> Reckoned:
    """The items and notices of a run. `attested`: the municipality asks for it; lines without are pointed out.

    A contact without an employee number waits, and so do lines no rate is known for: they come in a later run.
    """
    shares: dict[UUID, _Share] = defaultdict(_Share)
    for line in gathered.lines:
        shares[line.contact_id].lines.append(line)
    for line in gathered.standing:
        shares[line.contact_id].standing.append(line)
    paid = defaultdict(list)
    for item in gathered.paid:
        paid[item.contact_id].append(item)
        if item.line_id is not None and item.line_id in gathered.replaced:
            shares[item.contact_id].replaced[item.line_id] = gathered.replaced[item.line_id]
    items: list[Draft] = []
    notices: list[Notice] = []
    lines: list[HourLine] = []
    for contact_id in sorted(shares):
        share = shares[contact_id]
        if contact_id not in gathered.numbers:
            notices += notices_of("no_number", share.lines, by_assignment=False)
            continue
        one = _Contact(
            share, Ledger(contact_id, paid[contact_id]), tables, payees.get(contact_id, Payee()), terms
        )
        one.pay()
        one.fill_room({month for contact, month in gathered.touched if contact == contact_id})
        if raised_from is not None:
            one.raise_from(raised_from)
        items += one.ledger.drafts
        lines += one.payable
        notices += one.notices(attested=attested)
    return Reckoned(items, notices, lines)


class _Contact:
    """One contact's run."""

    def __init__(
        self,
        share: _Share,
        ledger: Ledger,
        tables: RateTables,
        payee: Payee,
        terms: Mapping[UUID, Terms],
    ) -> None:
        self.share, self.ledger, self.tables, self.payee, self.terms = share, ledger, tables, payee, terms
        self.forms = {line.assignment_id: line.form for line in (*share.lines, *share.standing)}
        self.payable: list[HourLine] = []
        self.held: list[HourLine] = []
        self.lowered: list[HourLine] = []
        self.gone: set[UUID] = set()

    # New lines and corrections ----------------------------------------------------------------------------------------
    def pay(self) -> None:
        """Take back what is replaced and add what is new; lines without a rate are held back, with what they replace."""
        paid, held = self.ledger.paid, set[UUID]()
        while True:
            self.ledger = Ledger(self.ledger.contact_id, paid)
            self.payable = [line for line in self.share.lines if line.id not in held]
            self._take_back()
            try:
                found = settle(
                    self.tables,
                    self.payee,
                    self.terms,
                    self._worked(self.payable),
                    self.ledger.items(),
                )
            except NoRate as missing:
                more = {
                    line.id for line in self.payable if (line.worked_on, line.form) == (missing.day, missing.form)
                }  # fmt: skip
                if not more:
                    raise
                held |= more
                continue
            break
        self.held = [line for line in self.share.lines if line.id in held]
        self.ledger.add(_merged(found), self.forms)
        self._mark(found)

    def _take_back(self) -> None:
        here = {line.id for line in (*self.payable, *self.share.standing)}
        self.gone = {old for old, last in self.share.replaced.items() if last in here}
        for old in sorted(self.gone):
            for key in self.ledger.keys(line_id=old):
                self.ledger.take_back(key)
        if not self.gone:
            return
        alive = {
            (line.assignment_id, line.worked_on.replace(day=1))
            for line in (*self.payable, *self.share.standing)
            if line.hours > 0
        }
        touched = {
            (one.assignment_id, one.month) for one in self.ledger.drafts
        }  # months nothing was taken back from keep their sum
        for key in self.ledger.keys(lumps=True):
            if (key[1], key[2]) in touched - alive:
                self.ledger.take_back(key)

    def _worked(self, lines: Sequence[HourLine]) -> list[Worked]:
        """The lines as the engine reads them: of a group's meeting, one line carries the hours."""
        carriers: dict[object, UUID] = {}
        for line in sorted(self.share.standing, key=lambda one: one.id):
            if line.meeting and self._hours_paid(line) > 0:
                carriers.setdefault(line.meeting, line.id)
        for line in sorted(lines, key=lambda one: one.id):
            # One that is corrected to nothing carries nothing: the leader was there for the others all the same.
            if line.meeting and line.hours > 0:
                carriers.setdefault(line.meeting, line.id)
        return [
            Worked(
                line.id, line.assignment_id, line.worked_on,
                line.hours if carriers.get(line.meeting, line.id) == line.id else NOUGHT,
                line.form, line.expenses, line.kilometres, line.commute_kilometres, line.trips,
            )
            for line in lines
        ]  # fmt: skip

    def _hours_paid(self, line: HourLine) -> Decimal:
        return self.ledger.net_quantity((line.id, line.assignment_id, line.worked_on.replace(day=1), "hours"))

    def _mark(self, found: Sequence[Item]) -> None:
        """A line with nothing to pay is in the run all the same, so that it does not come back in the next."""
        having = {item.line_id for item in found}
        self.ledger.add(
            [
                Item(line.id, line.assignment_id, line.worked_on.replace(day=1), "hours", line.worked_on, NOUGHT, 0, 0,
                     NOTHING if line.empty else SAME_MEETING)
                for line in self.payable
                if line.id not in having
            ],
            self.forms,
        )  # fmt: skip

    # What a correction leaves room for --------------------------------------------------------------------------------
    def fill_room(self, months: set[date]) -> None:
        """Give what a month's limit has room for after a correction to the lines it had stopped, by the rates they had."""
        if not self.gone:
            return
        lines = [
            line for line in (*self.share.standing, *self.payable)
            if line.worked_on.replace(day=1) in months and line.id not in self.gone
        ]  # fmt: skip
        target = self._target(lines)
        if target is None:
            return
        steady = {
            key for key, items in target.items()
            if not self.ledger.rates(key) or {one.rate_ore for one in items if one.quantity} <= self.ledger.rates(key)
        }  # fmt: skip
        added: list[Item] = []
        for keys in _by_month(key for key in target if key in steady and key[0] is not None).values():
            room = sum(_ore(target[key]) - self.ledger.net_ore(key) for key in keys)
            for key in keys:
                more = min(room, _ore(target[key]) - self.ledger.net_ore(key))
                if more <= 0:
                    continue
                last = target[key][-1]
                quantity = sum((one.quantity for one in target[key]), NOUGHT) - self.ledger.net_quantity(key)
                added.append(replace(last, quantity=quantity, amount_ore=more))
                room -= more
        self.ledger.add(added, self.forms)

    def _target(self, lines: Sequence[HourLine]) -> dict[Key, list[Item]] | None:
        """What the lines would come to if nothing had been paid; None when a rate is missing."""
        try:
            found = settle(self.tables, self.payee, self.terms, self._worked(lines))
        except NoRate:
            return None
        target: dict[Key, list[Item]] = {}
        for item in _merged(found):
            target.setdefault(key_of(item), []).append(item)
        return target

    # Back pay ---------------------------------------------------------------------------------------------------------
    def raise_from(self, day: date) -> None:
        """Raise what is paid for days since `day` to the rates that hold now. Nothing is lowered: that is pointed out."""
        paid = {line.id: line for line in self.share.standing if line.id not in self.gone}
        lines = [
            line for line in (*paid.values(), *self.payable) if line.worked_on >= day.replace(day=1)
        ]  # fmt: skip
        target = self._target(lines)
        if target is None:
            self.held += [line for line in paid.values() if line.worked_on >= day]
            return
        wanted = [
            key for key, items in target.items()
            if (key[0] in paid or (key[0] is None and self.ledger.standing(key))) and items[0].worked_on >= day
        ]  # fmt: skip
        for keys in _by_month(wanted).values():
            room = sum(_ore(target[key]) - self.ledger.net_ore(key) for key in keys)
            if room < 0:
                self.lowered += [paid[key[0]] for key in keys if key[0] in paid]
            for key in keys:
                more = min(room, _ore(target[key]) - self.ledger.net_ore(key))
                if more > 0:
                    self.ledger.add(self._raised(key, target[key], more), self.forms, kind="back_pay")
                    room -= more

    def _raised(self, key: Key, items: Sequence[Item], more: int) -> list[Item]:
        last, paid = items[-1], self.ledger.net_quantity(key)
        rates = self.ledger.rates(key)
        if key[0] is None or key[3] in LUMP_OR_HOURS or len(rates) != 1 or len(items) != 1:
            if len(rates) == 1 and paid == last.quantity and key[0] is not None:
                return [replace(last, rate_ore=last.rate_ore - rates.pop(), amount_ore=more)]
            return [
                replace(
                    last, quantity=Decimal(1) if key[0] is None else NOUGHT, rate_ore=more, amount_ore=more
                )
            ]
        # A limit counts quantities: the old ones go out and the new ones come in, so that it counts them once.
        net = self.ledger.net_ore(key)
        return [
            replace(last, quantity=-paid, rate_ore=rates.pop(), amount_ore=-net),
            replace(last, amount_ore=net + more),
        ]

    # What must be known -----------------------------------------------------------------------------------------------
    def notices(self, *, attested: bool) -> list[Notice]:
        """What is odd about the contact's lines in the run, and what was held back."""
        found = notices_of("no_rate", self.held)
        bare = [line for line in self.payable if not _agreed(self.payee, line.worked_on)]
        found += notices_of("no_agreement", bare, by_assignment=False)
        if attested:
            found += notices_of(
                "not_attested", [line for line in self.payable if not line.attested and not line.empty]
            )
        return found + notices_of("lowered", {line.id: line for line in self.lowered}.values())


def _agreed(payee: Payee, day: date) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last, _ in payee.engagements)


def _ore(items: Iterable[Item]) -> int:
    return sum(one.amount_ore for one in items)


def _merged(items: Iterable[Item]) -> list[Item]:
    """Sums for a month that came in several pieces as one each; the rest as they are."""
    found: list[Item] = []
    lumps: dict[Key, int] = {}
    for item in items:
        key = key_of(item)
        if item.line_id is None and key in lumps:
            known = found[lumps[key]]
            total = known.amount_ore + item.amount_ore
            found[lumps[key]] = replace(known, quantity=Decimal(1), rate_ore=total, amount_ore=total)
            continue
        if item.line_id is None:
            lumps[key] = len(found)
        found.append(item)
    return found


def _by_month(keys: Iterable[Key]) -> dict[tuple[UUID, date, str], list[Key]]:
    """Keys by what a limit counts together: assignment, month and component."""
    found: dict[tuple[UUID, date, str], list[Key]] = defaultdict(list)
    for key in keys:
        found[key[1], key[2], key[3]].append(key)
    return found
