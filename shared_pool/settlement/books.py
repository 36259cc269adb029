"""Reads of settlement: the books between one's own municipality and each of the others, as both see them.

No `access.py`: what stands here is everybody's in the two municipalities who has the permission. Of people there are the
contacts lent between them, by name; the caller writes the access log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.tenancy.models import Municipality
from shared_pool.settlement.models import (
    SettlementAct,
    SettlementAgreement,
    SettlementFact,
    SettlementStatement,
)
from shared_pool.settlement.reckoning import (
    Fact,
    Key,
    Line,
    Prices,
    Settled,
    digest_of,
    from_document,
    lines_of,
    owed,
    unagreed,
)

agreement = SettlementAgreement.__table__
fact = SettlementFact.__table__
statement = SettlementStatement.__table__
act = SettlementAct.__table__
municipality = Municipality.__table__


class Pair(NamedTuple):
    """Two municipalities of a region; `a` is the lower id."""

    region: UUID
    a: UUID
    b: UUID

    def other(self, one: UUID) -> UUID:
        """The other of the two."""
        return self.b if one == self.a else self.a


def pair_of(region: UUID, one: UUID, other: UUID) -> Pair:
    """The pair of two municipalities, whichever comes first."""
    return Pair(region, *sorted((one, other)))


@dataclass(frozen=True, slots=True)
class AgreementCard:
    """An agreement on prices (models.SettlementAgreement)."""

    id: UUID
    region_id: UUID
    a_id: UUID
    b_id: UUID
    valid_from: date
    valid_to: date | None
    period_months: int
    hour_ore: int
    recruiting_ore: int
    course_ore: int
    seat_ore: int
    place_ore: int
    state: str
    proposed_by_id: UUID
    proposed_by: UUID
    proposed_by_name: str
    accepted_by_id: UUID | None
    accepted_by_name: str
    accepted_at: datetime | None
    ended_by_id: UUID | None
    created_at: datetime
    version: int

    @property
    def pair(self) -> Pair:
        return Pair(self.region_id, self.a_id, self.b_id)

    @property
    def prices(self) -> Prices:
        """As the lines are reckoned by it."""
        return Prices(**{name: getattr(self, name) for name in Prices.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Act:
    """What one side did with a statement."""

    statement_id: UUID
    by_id: UUID
    step: int
    kind: str
    digest: bytes
    user_id: UUID
    user_name: str
    words: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far each side has come with the lines as they are now. `checked` and `accepted` hold the side's act, by
    municipality; `disagreed` the act that sent it back, while nobody has done anything since.
    """

    checked: dict[UUID, Act]
    accepted: dict[UUID, Act]
    disagreed: Act | None
    overtaken: frozenset[UUID]
    """Who said yes to lines that have changed since."""


@dataclass(frozen=True, slots=True)
class StatementCard:
    """A statement with its lines: as locked, or as they are now."""

    id: UUID
    pair: Pair
    first: date
    last: date
    state: str
    number: int | None
    locked_at: datetime | None
    created_at: datetime
    lines: Sequence[Line]
    acts: Sequence[Act]
    told: dict[UUID, date]
    """The day each of the two last told a fact of these months."""

    @property
    def locked(self) -> bool:
        return self.state == "locked"

    @property
    def digest(self) -> bytes:
        """What a yes is a yes to."""
        return digest_of(self.lines)

    def owed_by(self, one: UUID) -> int:
        """What a municipality owes the other, in øre."""
        return owed(self.lines, one)

    def net(self, one: UUID) -> int:
        """What a municipality is to pay the other when both debts are set against each other; below 0 it is paid."""
        return self.owed_by(one) - self.owed_by(self.pair.other(one))

    @property
    def unagreed(self) -> list[Line]:
        return unagreed(self.lines)

    @property
    def standing(self) -> Standing:
        """Who has checked and accepted these very lines, since anybody last disagreed."""
        back = max((one.step for one in self.acts if one.kind == "disagreed"), default=0)
        later = [one for one in self.acts if one.step > back]
        digest = self.digest
        holding = [one for one in later if one.digest == digest]
        accepted = {one.by_id: one for one in holding if one.kind == "accepted"}
        return Standing(
            checked={one.by_id: one for one in holding if one.kind == "checked"},
            accepted=accepted,
            disagreed=next((one for one in self.acts if one.step == back), None) if not later else None,
            overtaken=frozenset(
                one.by_id for one in later if one.kind == "accepted" and one.by_id not in accepted
            ),
        )


@dataclass(slots=True)
class Books:
    """Everything between two municipalities: what statements are reckoned from."""

    pair: Pair
    facts: list[Fact] = field(default_factory=list)
    agreements: list[AgreementCard] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    told: dict[tuple[UUID, date], date] = field(default_factory=dict)

    @property
    def prices(self) -> list[Prices]:
        """The accepted agreements."""
        return [one.prices for one in self.agreements if one.state == "accepted"]

    @property
    def settled(self) -> list[Settled]:
        """The locked statements."""
        return [
            Settled(one["number"], one["first"], one["last"], from_document(one["document"]))
            for one in self.statements
            if one["state"] == "locked"
        ]

    @property
    def oldest_open(self) -> UUID | None:
        """The statement that takes corrections."""
        found = min((one for one in self.statements if one["state"] == "open"), key=_first, default=None)
        return found["id"] if found is not None else None

    def cards(self) -> list[StatementCard]:
        """Every statement, the newest first."""
        settled, prices, oldest = self.settled, self.prices, self.oldest_open
        return [
            self._card(row, settled, prices, corrections=row["id"] == oldest)
            for row in sorted(self.statements, key=_first, reverse=True)
        ]

    def card(self, statement_id: UUID) -> StatementCard:
        """One statement. Raises NotFound when it is not between these two."""
        found = next((one for one in self.cards() if one.id == statement_id), None)
        if found is None:
            raise NotFound
        return found

    def _card(
        self, row: dict[str, Any], settled: list[Settled], prices: list[Prices], *, corrections: bool
    ) -> StatementCard:
        first, last = row["first"], row["last"]
        lines = (
            from_document(row["document"])
            if row["state"] == "locked"
            else lines_of(first, last, self.facts, prices, settled, corrections=corrections)
        )
        told: dict[UUID, date] = {}
        for (who, month), day in self.told.items():
            if first <= month <= last:
                told[who] = max(day, told.get(who, day))
        return StatementCard(
            row["id"], self.pair, first, last, row["state"], row["number"], row["locked_at"], row["created_at"], lines,
            [one for one in self.acts if one.statement_id == row["id"]], told,
        )  # fmt: skip

    def owing(self) -> list[Line]:
        """Corrections of locked statements that no open one takes, since there is none."""
        if self.oldest_open is not None:
            return []
        never = date.min
        return lines_of(never, never, self.facts, self.prices, self.settled, corrections=True)


def _first(row: dict[str, Any]) -> date:
    first: date = row["first"]
    return first


def _ours(*columns: ColumnElement[UUID]) -> ColumnElement[bool]:
    return or_(*(column == bindparam("tenant") for column in columns))


_AGREEMENTS = compile_query(
    select(*(agreement.c[name] for name in AgreementCard.__dataclass_fields__))
    .where(_ours(agreement.c.a_id, agreement.c.b_id))
    .order_by(agreement.c.valid_from.desc(), agreement.c.created_at.desc(), agreement.c.id)
)
_FACTS = compile_query(
    select(
        *(fact.c[name] for name in ("region_id", "debtor_id", "creditor_id", "kind", "month",
                                    "candidate_id", "contact_name", "quantity", "told_on"))
    )
    .where(_ours(fact.c.debtor_id, fact.c.creditor_id))
    .order_by(fact.c.revision)
)  # fmt: skip
_STATEMENTS = compile_query(
    select(
        *(statement.c[name] for name in ("id", "region_id", "a_id", "b_id", "first", "last", "state", "number",
                                         "locked_at", "document", "created_at", "version"))
    ).where(_ours(statement.c.a_id, statement.c.b_id))
)  # fmt: skip
_ACTS = compile_query(
    select(
        act.c.region_id, act.c.a_id, act.c.b_id, *(act.c[name] for name in Act.__dataclass_fields__)
    ).where(_ours(act.c.a_id, act.c.b_id)).order_by(act.c.step)
)  # fmt: skip
_OPEN = compile_query(
    select(
        or_(
            select(statement.c.id)
            .where(_ours(statement.c.a_id, statement.c.b_id), statement.c.state == "open")
            .exists(),
            select(agreement.c.id)
            .where(_ours(agreement.c.a_id, agreement.c.b_id), agreement.c.state == "proposed")
            .exists(),
        )
    )
)
_NAMES = compile_query(select(municipality.c.id, municipality.c.name))


async def all_books(uow: UnitOfWork) -> dict[Pair, Books]:
    """The books with every other municipality there is anything between."""
    tenant = uow.context.tenant
    found: dict[Pair, Books] = {}

    def books(region: UUID, one: UUID, other: UUID) -> Books:
        pair = pair_of(region, one, other)
        return found.setdefault(pair, Books(pair))

    for row in await uow.rows(_AGREEMENTS, tenant=tenant):
        books(row["region_id"], row["a_id"], row["b_id"]).agreements.append(AgreementCard(**dict(row)))
    newest: dict[tuple[UUID, Key], Fact] = {}
    for row in await uow.rows(_FACTS, tenant=tenant):
        key = Key(row["debtor_id"], row["creditor_id"], row["kind"], row["month"], row["candidate_id"])
        newest[row["region_id"], key] = Fact(key, row["contact_name"], row["quantity"])
        told = books(row["region_id"], key.debtor, key.creditor).told
        told[key.debtor, key.month] = max(row["told_on"], told.get((key.debtor, key.month), row["told_on"]))
    for (region, key), one in newest.items():
        books(region, key.debtor, key.creditor).facts.append(one)
    for row in await uow.rows(_STATEMENTS, tenant=tenant):
        document = row["document"]
        shown = {**dict(row), "document": json.loads(document) if isinstance(document, str) else document}
        books(row["region_id"], row["a_id"], row["b_id"]).statements.append(shown)
    for row in await uow.rows(_ACTS, tenant=tenant):
        values = {name: row[name] for name in Act.__dataclass_fields__}
        books(row["region_id"], row["a_id"], row["b_id"]).acts.append(Act(**values))
    return found


async def anything_open(uow: UnitOfWork) -> bool:
    """Whether any statement is open or any agreement waits for an answer: on most days there is nothing to read."""
    return bool(await uow.value(_OPEN, tenant=uow.context.tenant))


async def books_with(uow: UnitOfWork, pair: Pair) -> Books:
    """The books of one pair; empty when there is nothing between the two yet."""
    return (await all_books(uow)).get(pair, Books(pair))


async def statement_card(uow: UnitOfWork, statement_id: UUID) -> StatementCard:
    """One statement the municipality is a party to. Raises NotFound."""
    for books in (await all_books(uow)).values():
        if any(row["id"] == statement_id for row in books.statements):
            return books.card(statement_id)
    raise NotFound


async def agreement_card(uow: UnitOfWork, agreement_id: UUID) -> AgreementCard:
    """One agreement the municipality is a party to. Raises NotFound."""
    return (await agreement_among(uow, agreement_id))[0]


async def agreement_among(uow: UnitOfWork, agreement_id: UUID) -> tuple[AgreementCard, list[AgreementCard]]:
    """One agreement, and all between the same two. Raises NotFound."""
    for books in (await all_books(uow)).values():
        for one in books.agreements:
            if one.id == agreement_id:
                return one, books.agreements
    raise NotFound


async def names_of(uow: UnitOfWork) -> dict[UUID, str]:
    """Every municipality's name, also of those that have left the region."""
    return {row["id"]: row["name"] for row in await uow.rows(_NAMES)}


def contacts_in(lines: Iterable[Line]) -> list[UUID]:
    """The candidates whose names stand in lines: whom the access log says were read."""
    return sorted({line.key.candidate for line in lines if line.key.candidate is not None})
