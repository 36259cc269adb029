"""From needs alike to a group somebody will host (C11): the region asks, each municipality answers for its own.

The individual offer stays open all the way: nothing here closes a need, and nobody is signed up for anything.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.atlas.api import region_limit
from shared_pool.gathering.clusters import Cluster, GatherNeed, clusters, neighbours
from shared_pool.gathering.models import GroupAsk, GroupSuggestion
from shared_pool.gathering.queries import taken_needs
from shared_pool.geography.api import load_distances
from shared_pool.needs.api import AREAS, NeedCard, needs_for_run, on_need_closed, own_needs, slot_day

ANSWER_DAYS = 14
LIVE = ("asked", "ready")
WEIGH = "gathering.weigh"
CHANGED = N_(
    "Gruppa har endret seg siden du så den. Se på lista igjen, og spør på nytt om den fortsatt står der."
)
OVER = N_("Gruppeforslaget er avsluttet. Behovene står fortsatt åpne for en egen støttekontakt.")
NONE_CHOSEN = N_("Kryss av for minst ett behov, eller svar nei.")


# The region ------------------------------------------------------------------------------------------------------------
def gather_need(card: NeedCard) -> GatherNeed:
    """A need's row for gathering."""
    return GatherNeed(
        card.id, card.posted_by, card.age_band, card.area, frozenset(card.interests), frozenset(card.slots),
        card.waited_weeks, frozenset(card.weekdays),
    )  # fmt: skip


async def possible(uow: UnitOfWork) -> list[Cluster]:
    """The groups that could be asked about now, best first. In the region's context."""
    taken = await taken_needs(uow)
    needs = [
        gather_need(card)
        for card in await needs_for_run(uow)
        if card.purpose == "regular" and card.id not in taken
    ]
    distances = await load_distances(uow)
    return clusters(needs, await region_limit(uow), neighbours(AREAS, distances.km))


def mark(cluster: Cluster) -> str:
    """What tells one possible group from another on a page: made of the needs' random ids, so that it says nothing."""
    return sha256(b"".join(need.id.bytes for need in cluster.needs)).hexdigest()[:20]


async def ask(uow: UnitOfWork, wanted: str) -> UUID:
    """Ask the municipalities about a possible group, by its `mark`; the suggestion's id.

    Raises Conflict when the group is not the same any more: a need has gone, or somebody else has asked.
    """
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('gathering.' || $1::text, 0))", str(uow.context.region)
    )
    cluster = next((one for one in await possible(uow) if mark(one) == wanted), None)
    if cluster is None:
        raise Conflict(CHANGED)
    key, least, day = cluster.key, await region_limit(uow), today()
    row = GroupSuggestion(
        region_id=uow.context.region, id=random_id(), interest=key.interest, slot=cluster.told_day, age_band=key.age_band,
        areas=list(key.areas), needs=len(cluster.needs), municipalities=cluster.municipalities, least=least,
        asked_by=uow.context.user, asked_on=day, answer_by=day + timedelta(days=ANSWER_DAYS),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    for home in sorted({need.municipality for need in cluster.needs}):
        uow.session.add(
            GroupAsk(
                region_id=row.region_id, id=random_id(), suggestion_id=row.id, municipality_id=home,
                interest=key.interest, weekday=slot_day(key.slot), age_band=key.age_band, areas=list(key.areas),
                least=least, answer_by=row.answer_by, need_ids=[n.id for n in cluster.needs if n.municipality == home],
            )
        )  # fmt: skip
    await uow.session.flush()
    await record_change(
        uow, "group.asked", "group_suggestion", row.id, interest=key.interest, needs=row.needs,
        municipalities=row.municipalities,
    )  # fmt: skip
    return row.id


async def withdraw(uow: UnitOfWork, suggestion_id: UUID) -> None:
    """The region takes a suggestion back. Raises NotFound, Conflict when it has ended."""
    row = await _held(uow, suggestion_id)
    if row.state not in LIVE:
        raise Conflict(OVER)
    await _end(uow, row, "withdrawn", "withdrawn")


# A municipality --------------------------------------------------------------------------------------------------------
async def answer(
    uow: UnitOfWork,
    ask_id: UUID,
    version: int,
    yes: Collection[UUID],
    seen: Collection[UUID],
    *,
    can_host: bool,
) -> None:
    """Say yes for some of the municipality's own needs, or no (an empty `yes`). May be changed until it has ended.

    `seen`: the needs whose cases the reader may see; what others have said of the rest stands. Raises NotFound, Invalid
    for a need that is not theirs to answer for, Conflict when it has ended or somebody has answered meanwhile.
    """
    row = await _own(uow, ask_id)
    if row.outcome not in ("open", "ready"):
        raise Conflict(OVER)
    if row.answer_by < today() and row.state == "asked":
        raise Conflict(N_("Fristen for å svare er gått ut."))
    if row.version != version:
        raise Conflict(
            N_("En annen i kommunen har svart mens du hadde siden åpen. Se på svaret, og endre det om du må.")
        )
    open_now = {need.id for need in await own_needs(uow) if need.open}
    if not set(yes) <= set(row.need_ids) & set(seen) & open_now:
        raise Invalid.one("behov", N_("Velg fra lista."))
    kept = {one for one in row.yes_ids if one not in seen}
    row.yes_ids = [one for one in row.need_ids if one in yes or one in kept]
    row.state = "yes" if row.yes_ids else "no"
    row.can_host = can_host and row.state == "yes"
    row.answered_on = today()
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, f"group.said_{row.state}", "group_ask", row.id, needs=len(row.yes_ids), host=row.can_host
    )
    await _ask_for_weighing(uow, row)


@on_need_closed
async def leave_groups(uow: UnitOfWork, need_id: UUID, _why: str) -> None:
    """A need that is taken back or runs out leaves its suggestion at once; the region then sees whether enough are left."""
    found = await uow.session.scalars(
        select(GroupAsk)
        .where(
            GroupAsk.municipality_id == uow.context.tenant,
            GroupAsk.need_ids.contains([need_id]),
            GroupAsk.outcome.in_(("open", "ready")),
        )
        .with_for_update()
    )
    for row in found.all():
        keep_only(row, [one for one in row.need_ids if one != need_id])
        await uow.session.flush()
        await _ask_for_weighing(uow, row)


def keep_only(row: GroupAsk, needs: Collection[UUID]) -> None:
    """Take the needs that have gone out of a municipality's part."""
    if set(row.need_ids) <= set(needs):
        return
    row.yes_ids = [one for one in row.yes_ids if one in needs]
    row.need_ids = [one for one in row.need_ids if one in needs]
    if row.state == "yes" and not row.yes_ids:
        row.state, row.can_host = "no", False
    row.version += 1


async def _ask_for_weighing(uow: UnitOfWork, row: GroupAsk) -> None:
    """One job for each answer: one that is running may have read before this was written."""
    args = {"suggestion": row.suggestion_id}
    await enqueue_for(uow, PlaceKind.REGION, row.region_id, WEIGH, args, nameless=True)


async def _own(uow: UnitOfWork, ask_id: UUID) -> GroupAsk:
    row = await uow.session.scalar(
        select(GroupAsk)
        .where(GroupAsk.municipality_id == uow.context.tenant, GroupAsk.id == ask_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


# What follows, in the region's context ---------------------------------------------------------------------------------
async def weigh(uow: UnitOfWork, suggestion_id: UUID) -> None:
    """See how a suggestion stands: enough yeses and a host make it ready; too few left, or time out, end it.

    Doing it again changes nothing. Needs that are no longer open leave it here too: one that got its contact did not
    close, and told nobody.
    """
    row = await _held(uow, suggestion_id)
    if row.state not in LIVE:
        return
    asks = await _asks(uow, row)
    still = {need.id for need in await needs_for_run(uow)}
    for one in asks:
        keep_only(one, [need for need in one.need_ids if need in still])
    yes = sum(len(one.yes_ids) for one in asks)
    may_come = yes + sum(
        len(one.need_ids) for one in asks if one.state == "asked" and row.answer_by >= today()
    )
    host = _host(row, asks)
    if yes >= row.least and host is not None:
        await _make_ready(uow, row, asks, host)
    elif may_come < row.least or row.state == "ready" or row.answer_by < today():
        await _end(uow, row, "fallen", "too_few" if yes < row.least else "no_host")
    await uow.session.flush()


def _host(row: GroupSuggestion, asks: Collection[GroupAsk]) -> UUID | None:
    """Who hosts: the one who does already, else whoever first said they can. How many needs each has does not count."""
    able = [one for one in asks if one.can_host]
    if any(one.municipality_id == row.host_id for one in able):
        return row.host_id
    first = min(able, key=lambda one: (one.answered_on or today(), one.id), default=None)
    return first.municipality_id if first is not None else None


async def _make_ready(uow: UnitOfWork, row: GroupSuggestion, asks: Collection[GroupAsk], host: UUID) -> None:
    """The host learns which municipalities are in it, the others who the host is; none how many another has."""
    others = [one.municipality_id for one in asks if one.state == "yes" and one.municipality_id != host]
    for one in asks:
        partners = sorted(others) if one.municipality_id == host else []
        if (one.outcome, one.host_id, list(one.partners)) != ("ready", host, partners):
            one.outcome, one.host_id, one.partners = "ready", host, partners
            one.version += 1
    if row.state == "ready" and row.host_id == host:
        return
    row.state, row.host_id = "ready", host
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "group.ready", "group_suggestion", row.id)


async def _end(uow: UnitOfWork, row: GroupSuggestion, state: str, why: str) -> None:
    for one in await _asks(uow, row):
        one.outcome = state
        if one.state == "asked":
            one.state = "lapsed"
        one.partners = []
        one.version += 1
    row.state, row.ended_why, row.ended_on = state, why, today()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, f"group.{state}", "group_suggestion", row.id, why=why)


async def weigh_all(uow: UnitOfWork) -> int:
    """Every suggestion under way, as the day makes it; how many there were."""
    found = await uow.session.scalars(
        select(GroupSuggestion.id)
        .where(GroupSuggestion.region_id == uow.context.region, GroupSuggestion.state.in_(LIVE))
        .order_by(GroupSuggestion.id)
    )
    ids = found.all()
    for one in ids:
        await weigh(uow, one)
    return len(ids)


async def _held(uow: UnitOfWork, suggestion_id: UUID) -> GroupSuggestion:
    row = await uow.session.scalar(
        select(GroupSuggestion)
        .where(GroupSuggestion.region_id == uow.context.region, GroupSuggestion.id == suggestion_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


async def _asks(uow: UnitOfWork, row: GroupSuggestion) -> list[GroupAsk]:
    found = await uow.session.scalars(
        select(GroupAsk)
        .where(GroupAsk.region_id == row.region_id, GroupAsk.suggestion_id == row.id)
        .order_by(GroupAsk.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found.all())
