"""Statements: opened when a period is over, checked and accepted by both sides, and locked when both have said yes (C5).

Each side adds acts of its own and nobody else's. An act holds for the lines it was made of (their digest): should a fact
or a price change meanwhile, it is overtaken, and whoever made it looks again.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue, enqueue_for
from sammen.policy.four_eyes import Approval
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from shared_pool.settlement.agreements import NOTE
from shared_pool.settlement.books import Books, Pair, StatementCard, all_books, books_with
from shared_pool.settlement.facts import Memberships
from shared_pool.settlement.models import SettlementAct, SettlementStatement
from shared_pool.settlement.reckoning import month_off, to_document, to_open
from shared_pool.settlement.words import check_words

REPORT = "settlement.report"
CHANGED = N_("Tallene er endret siden du åpnet siden. Se på dem på nytt.")
LOCKED = N_("Oppgjøret er låst. Feil rettes i neste oppgjør.")
OWN_CHECK = N_("Du har selv kontrollert oppgjøret. En annen enn deg må godkjenne det.")
OTHER_SIDE = N_(
    "Du har selv godkjent oppgjøret for den andre kommunen. En annen enn deg må godkjenne det her."
)
UNCHECKED = N_("Oppgjøret må kontrolleres av noen hos dere før det kan godkjennes.")
UNAGREED = N_("Noe i oppgjøret har ingen avtalt pris. Bli enige om en avtale for disse månedene først.")
WITHOUT_WORDS = N_("Skriv hva som ikke stemmer, så den andre kommunen kan se på det.")


# Opening --------------------------------------------------------------------------------------------------------------
async def open_statements(uow: UnitOfWork) -> int:
    """Open a statement for each period that is over and has something in it; how many.

    Either municipality's job does it, and the other finds it there: the pair's lock lets them come one after the other.
    """
    opened = 0
    for pair in sorted(await all_books(uow)):
        await _pair_lock(uow, pair)
        opened += await _open_between(uow, await books_with(uow, pair))
    return opened


async def _open_between(uow: UnitOfWork, books: Books) -> int:
    ended = month_off(today(), -1)
    covered = {
        month_off(row["first"], step)
        for row in books.statements
        for step in range(months_between(row["first"], row["last"]))
    }
    months = {one.key.month for one in books.facts if one.quantity}
    if books.owing() and not any(month not in covered for month in months if month <= ended):
        months |= {ended}  # what is to be corrected waits for no new hours
    members = await Memberships.read(uow)
    periods = [
        (first, last)
        for first, last in to_open(months, frozenset(covered), books.prices, ended)
        # After one of them has left there is nothing to settle, and what is to be corrected is settled outside.
        if any(
            members.both(books.pair.region, (books.pair.a, books.pair.b), month_off(first, step))
            for step in range(months_between(first, last))
        )
    ]
    for first, last_month in periods:
        row = SettlementStatement(
            region_id=books.pair.region, id=random_id(), a_id=books.pair.a, b_id=books.pair.b, first=first,
            last=month_off(last_month, 1) - timedelta(days=1), document={},
        )  # fmt: skip
        uow.session.add(row)
        await uow.session.flush()
        await record_change(uow, "settlement.opened", "settlement_statement", row.id)
    return len(periods)


def months_between(first: date, last: date) -> int:
    """How many months a period covers."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


async def _pair_lock(uow: UnitOfWork, pair: Pair) -> None:
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('settlement.' || $1::text || $2::text, 0))", str(pair.a), str(pair.b)
    )  # fmt: skip


# Steps ----------------------------------------------------------------------------------------------------------------
async def check_statement(uow: UnitOfWork, statement_id: UUID, *, digest: bytes) -> None:
    """Somebody of the municipality has gone through the lines as they were shown.

    Raises NotFound, and Conflict when it is locked, checked already, or the lines have changed.
    """
    uow.context.require(Permission.SETTLEMENT_CHECK)
    card, row = await _held(uow, statement_id, digest)
    if uow.context.tenant in card.standing.checked:
        raise Conflict(N_("En annen hos dere har alt kontrollert oppgjøret."))
    await _act(uow, row, card, "checked")


async def accept_statement(uow: UnitOfWork, statement_id: UUID, *, digest: bytes) -> int | None:
    """The municipality's yes to the lines as they were shown, by somebody else than who checked them. When the other has
    said yes to the same lines, the statement is locked: its number, else None.

    Raises NotFound, Forbidden for the one who checked, and Conflict when it is locked, unchecked, accepted already, lacks
    an agreed price, or has changed.
    """
    uow.context.require(Permission.SETTLEMENT_ACCEPT)
    card, row = await _held(uow, statement_id, digest)
    tenant, standing = uow.context.tenant, card.standing
    if tenant in standing.accepted:
        raise Conflict(N_("En annen hos dere har alt godkjent oppgjøret."))
    checked = standing.checked.get(tenant)
    if checked is None:
        raise Conflict(UNCHECKED)
    if checked.user_id == uow.context.user_id:
        raise Forbidden(OWN_CHECK)
    # Somebody who works in both municipalities says yes for one of them: money crosses the border by two people's word.
    theirs = standing.accepted.get(card.pair.other(tenant))
    if theirs is not None and theirs.user_id == uow.context.user_id:
        raise Forbidden(OTHER_SIDE)
    if card.unagreed:
        raise Conflict(UNAGREED)
    approval = Approval(checked.user_id, uow.context.user)
    await _act(uow, row, card, "accepted", checked_by=approval.proposed_by)
    return await _lock(uow, row, card) if card.pair.other(tenant) in standing.accepted else None


async def _lock(uow: UnitOfWork, row: SettlementStatement, card: StatementCard) -> int:
    await _pair_lock(uow, card.pair)
    numbers = await uow.session.scalars(
        select(SettlementStatement.number).where(
            SettlementStatement.region_id == row.region_id, SettlementStatement.a_id == row.a_id,
            SettlementStatement.b_id == row.b_id, SettlementStatement.number.is_not(None),
        )
    )  # fmt: skip
    number = max((one for one in numbers if one is not None), default=0) + 1
    row.state, row.number, row.locked_at = "locked", number, now()
    row.digest, row.document = card.digest, to_document(card.lines)
    row.a_owes_ore, row.b_owes_ore = card.owed_by(row.a_id), card.owed_by(row.b_id)
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "settlement.locked", "settlement_statement", row.id, number=number)
    await _tell(uow, card, "locked")
    return number


async def disagree(uow: UnitOfWork, statement_id: UUID, words: str, *, digest: bytes) -> None:
    """Send the statement back with words about what is wrong: every yes falls, and both tell their facts anew.

    Raises NotFound, Invalid without words or with what may tell of a service user, and Conflict when it is locked or has
    changed.
    """
    uow.context.require(Permission.SETTLEMENT_CHECK)
    if not words:
        raise Invalid.one("uenig", WITHOUT_WORDS)
    card, row = await _held(uow, statement_id, digest)
    await check_words(uow, words, card.lines)
    await _act(uow, row, card, "disagreed", words=words)
    other = card.pair.other(uow.context.tenant)
    await enqueue(uow, REPORT, {}, once=f"{REPORT}:{uow.context.tenant}")
    await enqueue_for(uow, PlaceKind.MUNICIPALITY, other, REPORT, {}, nameless=True, once=f"{REPORT}:{other}")


async def _held(
    uow: UnitOfWork, statement_id: UUID, digest: bytes | None
) -> tuple[StatementCard, SettlementStatement]:
    """The open statement, held: who acts at the same time waits, and finds what the first has done."""
    tenant = uow.context.tenant
    row = await uow.session.scalar(
        select(SettlementStatement)
        .where(
            SettlementStatement.id == statement_id,
            (SettlementStatement.a_id == tenant) | (SettlementStatement.b_id == tenant),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.state == "locked":
        raise Conflict(LOCKED)
    card = (await books_with(uow, Pair(row.region_id, row.a_id, row.b_id))).card(row.id)
    if digest is not None and card.digest != digest:
        raise Conflict(CHANGED)
    return card, row


async def _act(
    uow: UnitOfWork,
    row: SettlementStatement,
    card: StatementCard,
    kind: str,
    *,
    checked_by: UUID | None = None,
    words: str = "",
) -> None:
    step = max((one.step for one in card.acts), default=0) + 1
    uow.session.add(
        SettlementAct(
            region_id=row.region_id, id=random_id(), statement_id=row.id, a_id=row.a_id, b_id=row.b_id,
            by_id=uow.context.tenant, step=step, kind=kind, digest=card.digest, user_id=uow.context.user,
            user_name=uow.context.user_name, checked_by=checked_by, words=words,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, f"settlement.{kind}", "settlement_statement", row.id)
    await _tell(uow, card, kind)


async def _tell(uow: UnitOfWork, card: StatementCard, what: str) -> None:
    """The same step in the other municipality's trail, by a job of its own."""
    other = card.pair.other(uow.context.tenant)
    await enqueue_for(
        uow, PlaceKind.MUNICIPALITY, other, NOTE, {"what": what, "object": card.id}, nameless=True
    )
