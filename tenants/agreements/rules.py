"""When a written agreement is due, and how long before its end one stands on a list. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from tenants.cases.api import add_months

WRITTEN_WITHIN = timedelta(days=7)
"""Days after the first until the agreement is in writing, when it lasts more than a month (aml. § 14-5)."""
RUNS_OUT_WITHIN = timedelta(days=60)
"""How long before its last day an agreement stands on the list of those that run out."""


def written_by(first: date, last: date | None) -> date:
    """The last day a written agreement may be signed on (aml. § 14-5; B2).

    At once (the first day) when the agreement lasts no more than a month, else within seven days of its start. `last`
    is the last day, None when there is none.
    """
    at_once = last is not None and last + timedelta(days=1) <= add_months(first, 1)
    return first if at_once else first + WRITTEN_WITHIN
