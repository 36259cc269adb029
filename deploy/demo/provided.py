"""The provider's work in the towns, written when everybody has a place: one writer after the other."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.demo.decided import write_decided
from deploy.demo.following import write_following
from deploy.demo.handed_in import write_handed_in
from deploy.demo.hard_days import write_hard_days
from deploy.demo.light import write_light
from deploy.demo.payday import write_paid
from deploy.demo.plans import write_plans
from deploy.demo.pool import Settled
from deploy.demo.standing_in import write_standing_in
from deploy.demo.town import Making
from deploy.demo.way_in import write_way_in
from deploy.demo.work import works_of
from deploy.demo.written import write_messages
from tenants.assignments.models import Assignment
from tenants.people.models import Person


def write_provided(making: Making, settled: Iterable[Settled]) -> None:
    """Everything about contacts at work, in every town: first what changes who is at work."""
    works = works_of(settled, making.rows.of(Assignment), making.rows.of(Person))
    write_light(making, works)
    for work in works:
        write_way_in(work)
        write_plans(work)
        write_hard_days(work)
        write_standing_in(work)
        write_decided(work)
        write_following(work)
        write_messages(work)
    write_handed_in(making, works)
    write_paid(making, works)
