"""The provider's work in the towns, written when everybody has a place: one writer after the other."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.demo.decided import write_decided
from deploy.demo.following import write_following
from deploy.demo.pool import Settled
from deploy.demo.town import Making
from deploy.demo.work import works_of
from deploy.demo.written import write_messages
from tenants.assignments.models import Assignment


def write_provided(making: Making, settled: Iterable[Settled]) -> None:
    """Everything about contacts at work, in every town."""
    for work in works_of(settled, making.rows.of(Assignment)):
        write_decided(work)
        write_following(work)
        write_messages(work)
