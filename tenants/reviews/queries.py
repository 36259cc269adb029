"""Reads of status reviews. An item or an action that hangs on a case is shown to those who see the case, nobody else;
nothing counts what is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.api import service_order
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.people.api import age_on, person
from tenants.quality.api import deviation
from tenants.reviews.models import ReviewAction, ReviewItem, StatusReview

review = StatusReview.__table__
item = ReviewItem.__table__
action = ReviewAction.__table__
ORDER = ("action", "application", "no_contact", "evaluation", "expiring", "deviation")
"""The order of the agenda."""


@dataclass(frozen=True, slots=True)
class ReviewCard:
    id: UUID
    meets_on: date
    since: date
    made_by_name: str
    participants: str
    notes: str
    held_at: datetime | None
    held_by_name: str
    version: int

    @property
    def held(self) -> bool:
        return self.held_at is not None


@dataclass(frozen=True, slots=True)
class ItemCard:
    """Something on the agenda that the reader may see, with what its kind needs to be told: a service's form, a
    deviation's rule or title, an earlier review's action.
    """

    id: UUID
    kind: str
    object_id: UUID
    case_id: UUID | None
    due_on: date | None
    minutes: str
    case_no: str | None
    person_id: UUID | None
    given_name: str | None
    family_name: str | None
    birth_date: date | None
    case_state: str | None
    form: str | None
    rule: str | None
    title: str | None
    action_review: UUID | None
    action_what: str | None
    action_owner: str | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}" if self.person_id else ""

    @property
    def age(self) -> int | None:
        return age_on(self.birth_date, today())

    @property
    def days_left(self) -> int | None:
        return (self.due_on - today()).days if self.due_on is not None else None


@dataclass(frozen=True, slots=True)
class ActionCard:
    """What somebody took on at a review."""

    id: UUID
    review_id: UUID
    item_id: UUID | None
    case_id: UUID | None
    case_no: str | None
    person_id: UUID | None
    given_name: str | None
    family_name: str | None
    what: str
    owner_id: UUID | None
    owner_name: str
    due_on: date
    done_on: date | None
    done_by_name: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}" if self.person_id else ""

    @property
    def days_left(self) -> int | None:
        return (self.due_on - today()).days if self.done_on is None else None


def _seen(table: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == bindparam("tenant"), or_(table.c.case_id.is_(None), visible()))


def _with_case(table: Any) -> Any:
    return table.outerjoin(
        case_file, and_(case_file.c.tenant_id == table.c.tenant_id, case_file.c.id == table.c.case_id)
    ).outerjoin(
        person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id)
    )


def _of_kind(table: Any, kind: str) -> ColumnElement[bool]:
    return and_(item.c.kind == kind, table.c.tenant_id == item.c.tenant_id, table.c.id == item.c.object_id)


_earlier = action.alias("earlier")
_MORE: Mapping[str, Any] = {
    "case_no": case_file.c.case_no,
    "person_id": case_file.c.person_id,
    "given_name": person.c.given_name,
    "family_name": person.c.family_name,
    "birth_date": person.c.birth_date,
    "case_state": case_file.c.state.label("case_state"),
    "form": service_order.c.form,
    "rule": deviation.c.rule,
    "title": deviation.c.title,
    "action_review": _earlier.c.review_id.label("action_review"),
    "action_what": _earlier.c.what.label("action_what"),
    "action_owner": _earlier.c.owner_name.label("action_owner"),
}


def _columns(card: Any, table: Any) -> list[Any]:
    return [_MORE[name] if name in _MORE else table.c[name] for name in card.__dataclass_fields__]


_ITEMS = (
    select(*_columns(ItemCard, item))
    .select_from(
        _with_case(item)
        .outerjoin(service_order, _of_kind(service_order, "no_contact"))
        .outerjoin(deviation, _of_kind(deviation, "deviation"))
        .outerjoin(_earlier, _of_kind(_earlier, "action"))
    )
    .where(_seen(item), item.c.review_id == bindparam("review"))
)
_ITEMS_OF = compile_query(
    _ITEMS.order_by(
        func.array_position(list(ORDER), item.c.kind), item.c.due_on.asc().nulls_last(), item.c.id
    )
)
_ACTIONS = select(*_columns(ActionCard, action)).select_from(_with_case(action)).where(_seen(action))
_ACTIONS_OF = compile_query(
    _ACTIONS.where(action.c.review_id == bindparam("review")).order_by(action.c.due_on, action.c.id)
)
_ACTION = compile_query(_ACTIONS.where(action.c.id == bindparam("action")))
_OPEN_ACTIONS = compile_query(
    _ACTIONS.where(action.c.done_on.is_(None)).order_by(action.c.due_on, action.c.id).limit(50)
)
_MY_ACTIONS = compile_query(
    _ACTIONS.where(
        action.c.done_on.is_(None),
        action.c.owner_id == any_(bindparam("owners", type_=ARRAY(PG_UUID(as_uuid=True)))),
        action.c.due_on <= bindparam("before"),
    )
    .order_by(action.c.due_on, action.c.id)
    .limit(25)
)
_REVIEWS = compile_query(
    select(*(review.c[name] for name in ReviewCard.__dataclass_fields__))
    .where(review.c.tenant_id == bindparam("tenant"))
    .order_by(review.c.meets_on.desc(), review.c.id.desc())
    .limit(bindparam("most"))
)
_REVIEW = compile_query(
    select(*(review.c[name] for name in ReviewCard.__dataclass_fields__)).where(
        review.c.tenant_id == bindparam("tenant"), review.c.id == bindparam("review")
    )
)
_COUNTS = compile_query(
    select(item.c.review_id, func.count().label("found"))
    .select_from(_with_case(item))
    .where(_seen(item), item.c.review_id == any_(bindparam("reviews", type_=ARRAY(PG_UUID(as_uuid=True)))))
    .group_by(item.c.review_id)
)
_SAID = compile_query(
    select(review.c.id, review.c.meets_on, item.c.minutes)
    .join_from(item, review, and_(review.c.tenant_id == item.c.tenant_id, review.c.id == item.c.review_id))
    .where(
        item.c.tenant_id == bindparam("tenant"),
        item.c.case_id == bindparam("case"),
        item.c.minutes != "",
        review.c.held_at.is_not(None),
    )
    .order_by(review.c.meets_on, item.c.id)
)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def review_card(uow: UnitOfWork, review_id: UUID) -> ReviewCard:
    """One review. Raises NotFound."""
    row = await uow.row(_REVIEW, tenant=uow.context.tenant, review=review_id)
    if row is None:
        raise NotFound
    return ReviewCard(**dict(row))


async def reviews(uow: UnitOfWork, *, most: int = 50) -> Sequence[tuple[ReviewCard, int]]:
    """The municipality's reviews, the newest first, each with how many items the reader may see."""
    cards = [
        ReviewCard(**dict(row)) for row in await uow.rows(_REVIEWS, tenant=uow.context.tenant, most=most)
    ]
    rows = await uow.rows(_COUNTS, **_reader(uow), reviews=[card.id for card in cards])
    counts = {row["review_id"]: row["found"] for row in rows}
    return [(card, counts.get(card.id, 0)) for card in cards]


async def items_of(uow: UnitOfWork, review_id: UUID) -> Sequence[ItemCard]:
    """The agenda as the reader may see it, in the order of ORDER, what binds first on top."""
    rows = await uow.rows(_ITEMS_OF, **_reader(uow), review=review_id)
    return [ItemCard(**dict(row)) for row in rows]


async def actions_of(uow: UnitOfWork, review_id: UUID) -> Sequence[ActionCard]:
    """What was taken on at a review, as the reader may see it."""
    return [ActionCard(**dict(row)) for row in await uow.rows(_ACTIONS_OF, **_reader(uow), review=review_id)]


async def action_card(uow: UnitOfWork, action_id: UUID) -> ActionCard:
    """One action. Raises NotFound also for one whose case the reader may not see."""
    row = await uow.row(_ACTION, **_reader(uow), action=action_id)
    if row is None:
        raise NotFound
    return ActionCard(**dict(row))


async def open_actions(uow: UnitOfWork) -> Sequence[ActionCard]:
    """What is not done, of all reviews, what binds first on top."""
    return [ActionCard(**dict(row)) for row in await uow.rows(_OPEN_ACTIONS, **_reader(uow))]


async def my_actions(uow: UnitOfWork, owners: Sequence[UUID], before: date) -> Sequence[ActionCard]:
    """Those of some of `owners`, due by a day, as the reader may see them."""
    rows = await uow.rows(_MY_ACTIONS, **_reader(uow), owners=list(owners), before=before)
    return [ActionCard(**dict(row)) for row in rows]


async def said_of(uow: UnitOfWork, case_id: UUID) -> Sequence[tuple[UUID, date, str]]:
    """What held reviews say of a case: review, day, words. The caller has asked whether the reader may see the case."""
    rows = await uow.rows(_SAID, tenant=uow.context.tenant, case=case_id)
    return [(row["id"], row["meets_on"], row["minutes"]) for row in rows]
