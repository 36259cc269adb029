"""Figures are computed by a job in the municipality's own context, when somebody asks, and by itself after a period."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from reporting.figures.own import ended_periods
from reporting.figures.queries import own_editions, parse_or_none, regions_of
from reporting.figures.service import compute
from reporting.measures.api import measures
from reporting.periods import Period, parse
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import enqueue, put
from sammen.jobs.registry import job, visitor
from sammen.jobs.tasks import advance, finish_task, start_task
from sammen.keys import Keys
from sammen.outbox import api as outbox
from sammen.tenancy.context import PlaceKind

JOB, NIGHT, REMIND = "figures.compute", "figures.night", "figures.remind"
SETTLED_DAYS: Final = 10
"""Days after a period's end before it is computed by itself: timesheets of its last week are approved by then."""
GIVEN_UP_DAYS: Final = 60
"""Days after which a period that nobody could compute is left to the people."""
MEND: Final = {"sats": "/satser"}
"""Where one goes to mend what stands in a measure's way, by the error's field."""
WANTED = "figures_wanted"
_MEMBERS = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""

outbox.register_text(
    WANTED,
    N_("Samarbeidet venter på tall fra dere"),
    N_(
        "Tall for en periode er ikke godkjent ennå. Logg inn i Sammen for å se over og godkjenne dem: %(address)s"
    ),
)


async def start_computing(uow: UnitOfWork, period: Period) -> UUID:
    """Queue the computation of a period in the caller's municipality; returns the task that tells how far it is.

    Raises Conflict when one for the same period already waits or runs.
    """
    task = await start_task(uow, N_("Beregning av tall"), len(measures()))
    once = f"{JOB}:{uow.context.tenant}:{period.slug}"
    if await enqueue(uow, JOB, {"period": period.slug, "task": task}, once=once) is None:
        raise Conflict(N_("Tallene blir beregnet akkurat nå. Last siden på nytt om litt."))
    return task


@job(JOB, seconds=1800)
async def compute_figures(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """Compute `args["period"]` as a new edition, moving the task `args["task"]` along.

    What stands in the way becomes the task's message, its result the place to mend it; then there is no edition.
    """
    period, task = parse(args["period"]), UUID(args["task"])
    found = measures()

    async def progress(done: int) -> None:
        await advance(uow, task, done, total=len(found))

    base = uow.context.base_url
    try:
        await compute(uow, period, found, progress=progress)
    except Invalid as bad:
        # Something a person can mend (a rate that is missing): told where they wait, and not tried again by itself.
        where = next((base + MEND[name] for name in bad.errors if name in MEND), None)
        message = " ".join(error.text() for error in bad.errors.values())
        await finish_task(uow, task, message=message, result_url=where)
        return
    await finish_task(uow, task, result_url=f"{base}/tall/{period.slug}")


def due_by_itself(period: Period, computed: bool) -> bool:
    """Whether a period that has ended is to be computed without anybody asking."""
    since = (today() - period.end).days
    return not computed and SETTLED_DAYS <= since <= GIVEN_UP_DAYS


@job(NIGHT, seconds=1800)
async def compute_what_is_over(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: the last period each of its regions compares, if it is over and nobody has computed it."""
    editions = await own_editions(uow)
    for kind in {region.kind for region in await regions_of(uow)}:
        period = ended_periods(kind, today(), 1)[0]
        if due_by_itself(period, period.slug in editions):
            try:
                await compute(uow, period, measures())
            except Invalid:
                # Nobody waits here; who opens the page is asked to compute, and told what to mend.
                continue


@visitor("figures.municipalities", "15 5 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every night, after what the day does to cases and hours: one job for each municipality of a region."""
    for row in await connection.fetch(_MEMBERS):
        order = Order(NIGHT, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{NIGHT}:{row['id']}")


@job(REMIND)
async def remind(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """In a municipality that was asked: a mail to its leaders, unless the figures were approved meanwhile."""
    period = parse_or_none(args["period"])
    if period is None:
        return
    editions = (await own_editions(uow)).get(period.slug, [])
    if any(edition.state == "approved" for edition in editions):
        return
    for row in await uow.call("SELECT user_id, email FROM sammen.figure_approvers()"):
        await outbox.put(
            uow, channel="email", address=row["email"], code=WANTED, once=f"{REMIND}:{args['reminder']}:{row['user_id']}"
        )  # fmt: skip


def overdue(period: Period, due_days: int) -> bool:
    """Whether the region's deadline for a period has passed."""
    return today() > period.end + timedelta(days=due_days)
