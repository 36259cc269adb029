"""What a report is: a declaration. The engine makes the table, the chart, the downloads and the words from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sammen.policy.permissions import Permission

Chart = Literal["bars", "lines", "shares", "map", "multiples"]


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `question` is what it answers, `quantities` ids of measures and derived figures, the first the
    charted one. `fixed` narrows it for good (field of the address → code). `by` divides a whole in parts (shares),
    `first` being the part that is coloured. `filters` are the dimensions a reader may narrow it by.
    """

    id: str
    theme: str
    title: str
    question: str
    quantities: tuple[str, ...]
    chart: Chart
    by: str = ""
    first: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    permission: Permission = Permission.DASHBOARD_READ


@dataclass(frozen=True, slots=True)
class Key:
    """A key figure of the front page: which figure, and whole sentences for the lead when it has changed.

    `more` and `fewer` are msgids: whole sentences with `%(ago)s`, the time since the period before.
    """

    quantity: str
    more: str
    fewer: str
