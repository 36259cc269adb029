"""Items on their way into a run, and what they follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sammen.ids import uuid7
from tenants.payroll.gather import PaidItem
from tenants.rates.api import Item


@dataclass(frozen=True, slots=True)
class Draft:
    """An item of the run that is computed. `of`: the item it takes back, whose code and account it keeps."""

    contact_id: UUID
    assignment_id: UUID
    line_id: UUID | None
    kind: str
    month: date
    component: str
    part: int
    worked_on: date
    quantity: Decimal
    rate_ore: int
    amount_ore: int
    rule: str
    form: str
    reverses_id: UUID | None = None
    follows_id: UUID | None = None
    of: PaidItem | None = None
    id: UUID = field(default_factory=uuid7)


Known = PaidItem | Draft
Key = tuple[UUID | None, UUID, date, str]
"""(line, assignment, month, component): what is paid once."""


def key_of(item: Known | Item) -> Key:
    return item.line_id, item.assignment_id, item.month, item.component


def as_item(item: Known) -> Item:
    """As the rate engine reads what is made earlier."""
    return Item(
        item.line_id, item.assignment_id, item.month, item.component, item.worked_on, item.quantity, item.rate_ore,
        item.amount_ore, item.rule,
    )  # fmt: skip


class Ledger:
    """One contact's items, paid and drafted: what stands on each key, and which item the next one follows."""

    def __init__(self, contact_id: UUID, paid: Sequence[PaidItem]) -> None:
        self.contact_id, self.paid = contact_id, paid
        self.drafts: list[Draft] = []
        self._by_key: dict[Key, list[Known]] = {}
        self._taken = {item.reverses_id for item in paid if item.reverses_id is not None}
        for item in sorted(paid, key=lambda one: one.id):
            self._by_key.setdefault(key_of(item), []).append(item)

    def items(self) -> list[Item]:
        """Everything, for the engine's `earlier`."""
        return [as_item(one) for known in self._by_key.values() for one in known]

    def standing(self, key: Key) -> list[Known]:
        """The items of a key that are not taken back, and take nothing back."""
        return [
            one for one in self._by_key.get(key, ()) if one.kind != "reversal" and one.id not in self._taken
        ]

    def keys(self, *, line_id: UUID | None = None, lumps: bool = False) -> list[Key]:
        """The keys of a line, or of every sum for a month."""
        return [key for key in self._by_key if (key[0] is None if lumps else key[0] == line_id)]

    def net_ore(self, key: Key) -> int:
        return sum(one.amount_ore for one in self._by_key.get(key, ()))

    def net_quantity(self, key: Key) -> Decimal:
        return sum((one.quantity for one in self._by_key.get(key, ())), Decimal(0))

    def rates(self, key: Key) -> set[int]:
        """The rates something was paid by."""
        return {one.rate_ore for one in self.standing(key) if one.quantity}

    def take_back(self, key: Key) -> None:
        """Everything that stands on the key, with the signs turned."""
        for one in self.standing(key):
            if isinstance(one, PaidItem):
                self._add(
                    Draft(
                        self.contact_id, one.assignment_id, one.line_id, "reversal", one.month, one.component, one.part,
                        one.worked_on, -one.quantity, one.rate_ore, -one.amount_ore, one.rule, one.form,
                        reverses_id=one.id, of=one,
                    )
                )  # fmt: skip
                self._taken.add(one.id)

    def add(self, items: Iterable[Item], forms: dict[UUID, str], *, kind: str = "adjustment") -> None:
        """Put items on. The first on a key pays it, and so do its further parts; later ones follow as `kind`."""
        fresh: dict[Key, int] = {}
        for item in items:
            key = key_of(item)
            known = self._by_key.get(key)
            first = not known or key in fresh
            part = fresh.get(key, 0)
            if first:
                fresh[key] = part + 1
            self._add(
                Draft(
                    self.contact_id, item.assignment_id, item.line_id, "pay" if first else kind, item.month,
                    item.component, part if first else 0, item.worked_on, item.quantity, item.rate_ore, item.amount_ore,
                    item.rule, forms[item.assignment_id], follows_id=None if first or not known else known[-1].id,
                )
            )  # fmt: skip

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self._by_key.setdefault(key_of(draft), []).append(draft)
