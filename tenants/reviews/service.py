"""The life of a status review: planned with its agenda, written down, held. What was held stays as it was (A8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.permissions import Permission
from tenants.cases.api import add_months, case_card
from tenants.quality.api import who_may_follow_up
from tenants.reviews.agenda import Point, Span, agenda
from tenants.reviews.models import ReviewAction, ReviewItem, StatusReview
from tenants.reviews.queries import action_card, items_of

STALE = N_("Noen andre har skrevet i referatet imens. Det du skrev, er ikke lagret.")
IS_HELD = N_("Møtet er avsluttet. Referatet kan ikke endres.")
PLANNED_ALREADY = N_("Det er allerede planlagt et statusmøte. Avslutt det før du planlegger et nytt.")


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What was written down: the day, who was there, words on each item by its id, and words on no item."""

    meets_on: date
    participants: str
    notes: str
    items: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What somebody takes on, and by when; `item_id` when it belongs to something on the agenda."""

    what: str
    owner_id: UUID
    due_on: date
    item_id: UUID | None = None


async def plan_review(uow: UnitOfWork, meets_on: date) -> UUID:
    """Plan the next review; its agenda is found at once. Raises Conflict when one is planned already, Invalid for a day
    before the last one.
    """
    tenant = uow.context.tenant
    last = await uow.session.scalar(
        select(func.max(StatusReview.meets_on)).where(
            StatusReview.tenant_id == tenant, StatusReview.held_at.is_not(None)
        )
    )
    _check_day(meets_on, last)
    made: UUID | None = await uow.session.scalar(
        insert(StatusReview)
        .values(
            tenant_id=tenant, id=uuid7(), meets_on=meets_on, since=last or add_months(meets_on, -1),
            made_by_name=uow.context.user_name,
        )
        .on_conflict_do_nothing()
        .returning(StatusReview.id)
    )  # fmt: skip
    if made is None:
        raise Conflict(PLANNED_ALREADY)
    found = await _fill(uow, made, Span(last or add_months(meets_on, -1), meets_on))
    await record_change(uow, "review.planned", "review", made, meets_on=meets_on, items=found)
    return made


def _check_day(meets_on: date, last: date | None) -> None:
    if last is not None and meets_on < last:
        raise Invalid.one("dato", N_("Møtet kan ikke være før det forrige statusmøtet."))
    if meets_on > add_months(today(), 12):
        raise Invalid.one("dato", N_("Velg en dag innen et år."))


async def _fill(uow: UnitOfWork, review_id: UUID, span: Span) -> int:
    """Add what is new to the agenda, and take off what is no longer there and nobody has written about."""
    tenant, points = uow.context.tenant, list(await agenda(uow, span))
    written = await uow.session.execute(
        select(ReviewItem.kind, ReviewItem.object_id, ReviewItem.id, ReviewItem.minutes).where(
            ReviewItem.tenant_id == tenant, ReviewItem.review_id == review_id
        )
    )
    known = {(row.kind, row.object_id): row for row in written}
    there = {(point.kind, point.object_id) for point in points}
    held = select(ReviewAction.item_id).where(
        ReviewAction.tenant_id == tenant,
        ReviewAction.review_id == review_id,
        ReviewAction.item_id.is_not(None),
    )
    gone = [row.id for key, row in known.items() if key not in there and not row.minutes]
    if gone:
        await uow.session.execute(
            delete(ReviewItem).where(
                ReviewItem.tenant_id == tenant, ReviewItem.id.in_(gone), ReviewItem.id.not_in(held)
            )
        )
    new = [point for point in points if (point.kind, point.object_id) not in known]
    if new:
        rows = [_row(tenant, review_id, point) for point in new]
        await uow.session.execute(insert(ReviewItem).values(rows).on_conflict_do_nothing())
    return len(points)


def _row(tenant: UUID, review_id: UUID, point: Point) -> dict[str, Any]:
    return {
        "tenant_id": tenant, "id": uuid7(), "review_id": review_id, "kind": point.kind, "object_id": point.object_id,
        "case_id": point.case_id, "due_on": point.due_on,
    }  # fmt: skip


async def _planned(uow: UnitOfWork, review_id: UUID) -> StatusReview:
    """The review for changing, locked. Raises NotFound, and Conflict when it is held."""
    row = await uow.session.get(
        StatusReview, (uow.context.tenant, review_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.held_at is not None:
        raise Conflict(IS_HELD)
    return row


async def refresh_agenda(uow: UnitOfWork, review_id: UUID) -> None:
    """Look again for what there is to talk about. What somebody has written stays."""
    row = await _planned(uow, review_id)
    found = await _fill(uow, row.id, Span(row.since, row.meets_on))
    await record_change(uow, "review.refreshed", "review", row.id, items=found)


async def write_minutes(uow: UnitOfWork, review_id: UUID, facts: MinutesFacts, *, version: int) -> None:
    """Keep the minutes. Only items the reader may see can be written on. Raises Conflict with both texts when somebody
    wrote since `version`.
    """
    row = await _planned(uow, review_id)
    if row.version != version:
        raise Conflict(
            STALE,
            theirs={N_("Til stede"): row.participants, N_("Annet fra møtet"): row.notes},
            yours={N_("Til stede"): facts.participants, N_("Annet fra møtet"): facts.notes}
            | {f"{n}": text for n, text in enumerate(facts.items.values(), 1) if text},
        )
    last = await uow.session.scalar(
        select(func.max(StatusReview.meets_on)).where(
            StatusReview.tenant_id == row.tenant_id, StatusReview.held_at.is_not(None)
        )
    )
    _check_day(facts.meets_on, last)
    row.meets_on, row.participants, row.notes = facts.meets_on, facts.participants, facts.notes
    row.version += 1
    persons = set()
    for item in await items_of(uow, review_id):
        typed = facts.items.get(item.id)
        if typed is not None and typed != item.minutes:
            await uow.session.execute(
                update(ReviewItem)
                .where(ReviewItem.tenant_id == row.tenant_id, ReviewItem.id == item.id)
                .values(minutes=typed)
            )
            if item.person_id:
                persons.add(item.person_id)
    await uow.session.flush()
    await record_change(uow, "review.written", "review", row.id, persons=sorted(persons))


async def add_action(uow: UnitOfWork, review_id: UUID, facts: ActionFacts) -> UUID:
    """Note what somebody takes on. The owner must see the case it hangs on. Raises Invalid, NotFound, Conflict."""
    row = await _planned(uow, review_id)
    item = None
    if facts.item_id is not None:
        item = next((one for one in await items_of(uow, review_id) if one.id == facts.item_id), None)
        if item is None:
            raise Invalid.one("oppgave_punkt", N_("Velg et punkt fra sakslista."))
    if facts.due_on < today():
        raise Invalid.one("oppgave_frist", N_("Fristen har allerede vært. Skriv en dag fra i dag av."))
    case = await case_card(uow, item.case_id) if item is not None and item.case_id else None
    owner = next((one for one in await who_may_follow_up(uow, case) if one.id == facts.owner_id), None)
    if owner is None:
        raise Invalid.one(
            "oppgave_eier", N_("Velg en kollega fra lista. Den som får oppgaven, må kunne se saken.")
        )
    made = ReviewAction(
        tenant_id=row.tenant_id, id=uuid7(), review_id=row.id, item_id=item.id if item else None,
        case_id=case.id if case else None, what=facts.what, owner_id=owner.id, owner_name=owner.name, due_on=facts.due_on,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "review.action_added", "review", row.id, persons=[case.person_id] if case else [], owner=owner.id,
        due_on=facts.due_on,
    )  # fmt: skip
    return made.id


async def finish_action(uow: UnitOfWork, review_id: UUID, action_id: UUID) -> None:
    """Note that it is done, today: its owner, or who leads reviews. Also after the review. Harmless when done already."""
    card = await action_card(uow, action_id)
    if card.review_id != review_id:
        raise NotFound
    if card.owner_id != uow.context.user_id and not uow.context.may(Permission.REVIEW_WRITE):
        raise Forbidden(N_("Bare den som har oppgaven, eller den som leder møtet, kan merke den som gjort."))
    row = await uow.session.get(ReviewAction, (uow.context.tenant, action_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.done_on is not None:
        return
    row.done_on, row.done_by_name = today(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "review.action_done", "review", row.review_id, persons=[card.person_id] if card.person_id else []
    )


async def hold_review(uow: UnitOfWork, review_id: UUID, *, version: int) -> None:
    """End the review: from now on only that an action is done can change. Raises Invalid naming what is missing."""
    row = await _planned(uow, review_id)
    if row.version != version:
        raise Conflict(STALE)
    if row.meets_on > today():
        raise Invalid.one("dato", N_("Møtet er ikke holdt ennå. Rett datoen hvis dere møttes før."))
    if not row.participants:
        raise Invalid.one("til_stede", N_("Skriv hvem som var til stede, og lagre referatet."))
    for table in (ReviewItem, ReviewAction):
        await uow.session.execute(
            update(table)
            .where(table.tenant_id == row.tenant_id, table.review_id == row.id)
            .values(closed=True)
        )
    row.held_at, row.held_by_name = now(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "review.held", "review", row.id, meets_on=row.meets_on)


async def call_off(uow: UnitOfWork, review_id: UUID) -> None:
    """Take away a planned review about which nothing has been written. Raises Conflict otherwise."""
    row = await _planned(uow, review_id)
    tenant = row.tenant_id
    written = await uow.session.scalar(
        select(func.count())
        .select_from(ReviewItem)
        .where(ReviewItem.tenant_id == tenant, ReviewItem.review_id == row.id, ReviewItem.minutes != "")
    )
    actions = await uow.session.scalar(
        select(func.count())
        .select_from(ReviewAction)
        .where(ReviewAction.tenant_id == tenant, ReviewAction.review_id == row.id)
    )
    if written or actions or row.notes:
        raise Conflict(N_("Noen har skrevet i referatet. Avslutt møtet i stedet."))
    await uow.session.execute(
        delete(ReviewItem).where(ReviewItem.tenant_id == tenant, ReviewItem.review_id == row.id)
    )
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "review.called_off", "review", review_id)
