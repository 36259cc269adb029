"""How much of the service is given by another municipality's contacts (C4), counted where the service users live. docs/data/
has the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import FORM, Dimension, Measure, Reading, counted, summed
from sammen.i18n_mark import N_
from shared_pool.matching.models import Proposal
from tenants.api import assignment, introduced_substitute, timesheet_line

proposal = Proposal.__table__
line = timesheet_line
known = introduced_substitute
ORIGIN: Final = Dimension(
    "origin", N_("Støttekontakten kommer fra"),
    (("own", N_("Kommunen selv")), ("other", N_("En annen kommune, gjennom den felles banken"))),
)  # fmt: skip
# A substitute's days have no proposal of their own: the one that made them known to the service user has.
_introduced = (
    select(known.c.proposal_id)
    .where(
        known.c.tenant_id == assignment.c.tenant_id,
        known.c.case_id == assignment.c.case_id,
        known.c.contact_id == assignment.c.contact_id,
    )
    .correlate(assignment)
)
_lent = (
    select(proposal.c.id)
    .where(
        proposal.c.need_tenant_id == bindparam("tenant"),
        proposal.c.home_id != bindparam("tenant"),
        proposal.c.matched_at.is_not(None),
        or_(
            proposal.c.id == assignment.c.proposal_id,
            and_(assignment.c.role != "regular", proposal.c.id.in_(_introduced)),
        ),
    )
    .correlate(assignment)
    .exists()
)
_HOURS = compile_query(
    select(
        _lent.label("lent"), assignment.c.form, assignment.c.person_id, func.sum(line.c.hours).label("hours")
    )
    .select_from(
        line.join(
            assignment,
            and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id),
        )
    )
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.state == "approved",
        line.c.replaced_at.is_(None),
        line.c.hours > 0,
        line.c.worked_on >= bindparam("start"),
        line.c.worked_on <= bindparam("end"),
    )
    .group_by("lent", assignment.c.form, assignment.c.person_id)
)


async def _hours(uow: UnitOfWork, start: date, end: date) -> Sequence[Any]:
    return await uow.rows(_HOURS, tenant=uow.context.tenant, start=start, end=end)


async def cross_hours(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """The hours of `hours`, by whether the contact is another municipality's; the users stand behind them."""
    return summed(
        ((_origin(row["lent"]), row["form"]), row["person_id"], row["hours"])
        for row in await _hours(uow, start, end)
    )


async def cross_users(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """People with an approved hour in the period: those with any of another municipality's contact, and the rest."""
    served: dict[Any, bool] = {}
    for row in await _hours(uow, start, end):
        served[row["person_id"]] = served.get(row["person_id"], False) or row["lent"]
    lent = sum(served.values())
    return counted({("other",): lent, ("own",): len(served) - lent})


def _origin(lent: bool) -> str:
    return "other" if lent else "own"


MEASURES = [
    Measure("cross_hours", "sum", "hours", (ORIGIN, FORM), cross_hours),
    Measure("cross_users", "count", "count", (ORIGIN,), cross_users),
]
