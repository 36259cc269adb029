"""What decides about deviations: how long one may stay open, and when a late evaluation becomes one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

FOLLOW_UP_DAYS = 14
"""How long whoever is responsible has before a deviation that opened by itself is due; a person may choose otherwise."""
EVALUATION_GRACE_DAYS = 14
"""An evaluation is talked about at a meeting, which may be moved; so many days late it is a deviation (A7)."""


def follow_up_by(found_on: date) -> date:
    """The day a deviation that opened by itself should be closed by."""
    return found_on + timedelta(days=FOLLOW_UP_DAYS)


def evaluation_late_by(on: date) -> date:
    """Evaluations due on this day or before are deviations on `on`."""
    return on - timedelta(days=EVALUATION_GRACE_DAYS)


@dataclass(frozen=True, slots=True)
class Key:
    """The thing a rule found, and the day it was late from: the same key is the same deviation."""

    rule: str
    object_id: str
    began_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """What a night's look changes: new deviations, those put right, those late once more."""

    opened: frozenset[Key]
    put_right: frozenset[Key]
    late_again: frozenset[Key]


def compare(found: Collection[Key], still_open: Collection[Key], marked_right: Collection[Key],
            known: Collection[Key], looked: Collection[str]) -> Change:  # fmt: skip
    """What is found now against what stands: `still_open` without a mark, `marked_right` open and marked put right,
    `known` every deviation of a rule, closed ones too. Only the rules in `looked` can say that something is put right.

    A closed deviation is not opened by the rule that opened it: a person closed it, knowing.
    """
    now = frozenset(found)
    return Change(
        opened=now - frozenset(known),
        put_right=frozenset(key for key in still_open if key not in now and key.rule in looked),
        late_again=frozenset(marked_right) & now,
    )
