"""How often a service user has changed contact, how long they were without one, and what came after (A12). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from tenants.assignments.api import STILL_GRANTED
from tenants.cases.api import add_months

YEARS_BACK = 2
"""How far back the list looks: the project 12k's question is about children whose contacts do not stay."""
RESPITE_MONTHS = 12
"""Respite applied for within so many months after a contact was lost is counted as coming after the loss."""
LOSSES = STILL_GRANTED
"""Reasons for which a contact is lost while the service is still granted. A grant that ends is no loss of a contact."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A contact's time with a service user in one service. `ended` None: it goes on. `granted_to`: the service's last
    day, None when it is open.
    """

    form: str
    contact: UUID
    began: date
    ended: date | None
    reason: str
    granted_to: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without a contact in a service that was granted. `since` is the last day with one, `until` the first day with
    the next, or the day after the service itself ended; None while it goes on.
    """

    form: str
    since: date
    until: date | None
    days: int


@dataclass(frozen=True, slots=True)
class Stability:
    """`changes`: contacts that were followed by another; `losses`: the days on which one was lost."""

    changes: int
    losses: Sequence[date]
    gaps: Sequence[Gap]

    @property
    def days_without(self) -> int:
        """Days without a contact, in all gaps."""
        return sum(gap.days for gap in self.gaps)

    @property
    def without_now(self) -> bool:
        return any(gap.until is None for gap in self.gaps)


def stability(spells: Iterable[Spell], since: date, on: date) -> Stability:
    """What happened from `since` to `on`, both included, over all services of one person.

    A change is a new contact in the same service form (also under a decision that replaced the former): two services
    with a contact each are no change. A gap is counted when a contact was lost while the service was granted.
    """
    changes, losses, gaps = 0, [], []
    ordered = sorted((s for s in spells if s.began <= on), key=lambda s: (s.form, s.began, str(s.contact)))
    for _, group in groupby(ordered, key=lambda s: s.form):
        chain = list(group)
        for n, spell in enumerate(chain):
            before = chain[n - 1] if n else None
            if before is not None and before.contact != spell.contact and spell.began >= since:
                changes += 1
            if spell.ended is None or spell.reason not in LOSSES or spell.ended > on:
                continue
            if spell.ended >= since:
                losses.append(spell.ended)
            gap = _gap(spell, spell.ended, chain, on)
            if gap is not None and (gap.until or on) >= since:
                gaps.append(gap)
    return Stability(changes, sorted(losses), gaps)


def _gap(spell: Spell, lost: date, chain: Sequence[Spell], on: date) -> Gap | None:
    """The time without a contact after a loss; None when another was there already or came the next day."""
    if any(s is not spell and s.began <= lost and (s.ended is None or s.ended > lost) for s in chain):
        return None
    following = min((s.began for s in chain if s is not spell and s.began > lost), default=None)
    granted_to = spell.granted_to
    if following is not None:
        until: date | None = following
    elif granted_to is not None and granted_to < on:
        until = max(granted_to, lost) + timedelta(days=1)
    else:
        until = None
    days = ((until or on) - lost).days - (1 if until is not None else 0)
    return Gap(spell.form, lost, until, days) if days > 0 else None


def loss_before(
    applied_on: date, losses: Iterable[date], gaps: Iterable[Gap], months: int = RESPITE_MONTHS
) -> date | None:
    """The loss that an application for respite came after: the latest within `months`, or one whose gap still went on.

    That it came after is all that is said; why a family applied, nobody can read from two days.
    """
    near = [day for day in losses if day <= applied_on <= add_months(day, months)]
    lasting = [
        gap.since
        for gap in gaps
        if gap.since <= applied_on <= (gap.until if gap.until is not None else applied_on)
    ]
    return max([*near, *lasting], default=None)


def band_of(changes: int) -> str:
    """The cell of the figure: 0, 1, 2, or 3 and more."""
    return str(changes) if changes < 3 else "3+"


def look_back(on: date) -> date:
    """The first day the list counts from."""
    return add_months(on, -12 * YEARS_BACK) + timedelta(days=1)
