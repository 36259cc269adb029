"""A municipality puts its own people's cards out before the day; whoever leads or holds that day reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select

from sammen.audit.trail import record_change
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.daylists.cards import DayFacts, open_card, seal_card
from shared_pool.daylists.models import DayCard

card = DayCard.__table__
WHY = {
    "group": N_("Gruppelederne leste dagslista for gruppa"),
    "course": N_("Kursholderen leste dagslista for kurset"),
}
"""What the trail at home says of a reading: `sammen.read_day_cards()` writes these words."""
_HELD = compile_query(
    select(card.c.seat_id, card.c.person_id, card.c.day, card.c.sealed).where(
        card.c.tenant_id == bindparam("tenant"), card.c.session_id == bindparam("session")
    )
)
_CLEAR = delete(DayCard).where(
    DayCard.tenant_id == bindparam("tenant"), DayCard.session_id == bindparam("session")
)
_INSERT = insert(DayCard)


@dataclass(frozen=True, slots=True)
class OwnCard:
    """One of the municipality's own people on a day's list, by the place they have there."""

    seat_id: UUID
    person_id: UUID
    facts: DayFacts


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """Somebody from another municipality, as told for today; `home_id` is that municipality."""

    home_id: UUID
    seat_id: UUID
    facts: DayFacts


async def put_cards(
    uow: UnitOfWork,
    purpose: Literal["group", "course"],
    session_id: UUID,
    day: date,
    cards: Sequence[OwnCard],
) -> bool:
    """In a municipality: make its cards for a meeting be these, and no others; whether that changed any.

    The caller has checked that the places are the municipality's own, and left out who may not be named anywhere: a
    protected address or a shielded case is never on a list (E5).
    """
    tenant = uow.context.tenant
    wanted = {one.seat_id: one for one in cards}
    before = {
        row["seat_id"]: (
            row["person_id"],
            row["day"],
            open_card(uow.keys, session_id, row["seat_id"], row["sealed"]),
        )
        for row in await uow.rows(_HELD, tenant=tenant, session=session_id)
    }
    if before == {seat: (one.person_id, day, one.facts) for seat, one in wanted.items()}:
        return False
    await uow.session.execute(_CLEAR, {"tenant": tenant, "session": session_id})
    if wanted:
        rows = [
            {
                "tenant_id": tenant, "id": uuid7(), "purpose": purpose, "session_id": session_id, "seat_id": one.seat_id,
                "person_id": one.person_id, "day": day, "sealed": seal_card(uow.keys, session_id, one.seat_id, one.facts),
            }
            for one in wanted.values()
        ]  # fmt: skip
        await uow.session.execute(_INSERT, rows)
    await uow.session.flush()
    persons = sorted(
        {one.person_id for one in wanted.values()} | {person for person, _, _ in before.values()}
    )
    await record_change(uow, "day_list.told", "session", session_id, persons=persons, cards=len(wanted))
    return True


async def read_cards(uow: UnitOfWork, function: str, session_id: UUID) -> Sequence[OpenedCard]:
    """Others' cards for a meeting today, through the database's own `function` (its name: it decides who may, and writes
    the reading in each home's trail). What cannot be opened is left out.
    """
    found = []
    for row in await uow.call(f"SELECT home_id, seat_id, sealed FROM sammen.{function}($1)", session_id):  # noqa: S608 - a constant of the calling slice
        facts = open_card(uow.keys, session_id, row["seat_id"], row["sealed"])
        if facts is not None:
            found.append(OpenedCard(row["home_id"], row["seat_id"], facts))
    return sorted(found, key=lambda one: (one.facts.name, one.seat_id))
