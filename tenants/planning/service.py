"""What participants, leaders and coordinators do with a group's plan. Who may is checked by the caller: a participant by
`own_places`, a leader by `leads_group`, the staff by their role and `participants`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id, uuid7
from tenants.contacts.api import own_contact
from tenants.groups.api import ActivityGroup, GroupPlace, group_card
from tenants.planning.hooks import tell_chosen, tell_suggested
from tenants.planning.models import ActivitySuggestion, SuggestionChoice
from tenants.planning.queries import chosen_by
from tenants.planning.rules import CHOICES
from tenants.sessions.api import on_session_changed, session_card, sessions_led_by, set_activity

MOST_OPEN = 60
"""So many open suggestions a group may have: more is no choice."""
NEAR = timedelta(days=28)
"""Who leads a meeting so near leads the group, as far as its plan goes."""


@dataclass(frozen=True, slots=True)
class Idea:
    """A suggestion as somebody wrote it. `cost_ore` for each participant, in øre."""

    title: str
    where_to: str = ""
    cost_ore: int | None = None
    transport: bool = False
    fits: str = ""


async def leads_group(uow: UnitOfWork, group_id: UUID) -> UUID | None:
    """The contact that the signed-in user is, when they lead the group or a meeting of it about now; else None."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    card = await group_card(uow, group_id)
    if card.hosted and any(one.id == contact_id and one.there for one in card.leaders):
        return contact_id
    near = await sessions_led_by(uow, contact_id, today() - NEAR, today() + NEAR)
    return contact_id if any(one.group_id == group_id for one in near) else None


async def suggest(uow: UnitOfWork, group_id: UUID, idea: Idea, *, place_id: UUID | None, how: str) -> UUID:
    """Keep a suggestion; its id. `place_id`: the participant's whose idea it is. Raises Invalid when the group has a long
    list already or has the same one, NotFound.
    """
    group = await uow.session.get(ActivityGroup, (uow.context.tenant, group_id), with_for_update=True)
    if group is None:
        raise NotFound
    open_now = await uow.session.scalars(
        select(ActivitySuggestion.title).where(
            ActivitySuggestion.tenant_id == uow.context.tenant,
            ActivitySuggestion.group_id == group_id,
            ActivitySuggestion.state == "open",
        )
    )
    titles = {" ".join(one.casefold().split()) for one in open_now.all()}
    if " ".join(idea.title.casefold().split()) in titles:
        raise Invalid.one("forslag", N_("Dette er foreslått allerede. Velg det på lista."))
    if len(titles) >= MOST_OPEN:
        raise Invalid.one("forslag", N_("Lista er full. Velg blant forslagene, eller ta bort noen først."))
    row = ActivitySuggestion(
        tenant_id=uow.context.tenant, id=random_id(), group_id=group_id, title=idea.title, where_to=idea.where_to,
        cost_ore=idea.cost_ore, transport=idea.transport, fits=idea.fits, place_id=place_id, how=how,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "plan.suggested", "activity_suggestion", row.id, how=how)
    await tell_suggested(uow, group_id, row.id)
    return row.id


async def held_suggestion(uow: UnitOfWork, suggestion_id: UUID, group_id: UUID) -> ActivitySuggestion:
    """A suggestion of a group, held until the transaction ends. Raises NotFound."""
    row = await uow.session.get(
        ActivitySuggestion, (uow.context.tenant, suggestion_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.group_id != group_id:
        raise NotFound
    return row


async def _held_place(uow: UnitOfWork, place_id: UUID, group_id: UUID) -> None:
    """Hold a place while its choices are counted. Raises NotFound, Conflict for one that only waits or has ended."""
    row = await uow.session.get(
        GroupPlace, (uow.context.tenant, place_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.group_id != group_id:
        raise NotFound
    if row.valid_to is not None or row.state == "waiting":
        raise Conflict(N_("Bare de som har plass i gruppa, kan velge."))


async def want(
    uow: UnitOfWork, group_id: UUID, suggestion_id: UUID, place_id: UUID, *, wanted: bool, helped: bool
) -> None:
    """A participant wants a suggestion, or does not any more. Again changes nothing.

    Raises Invalid when they want CHOICES others already, Conflict when it is no longer open, NotFound.
    """
    await _held_place(uow, place_id, group_id)
    row = await held_suggestion(uow, suggestion_id, group_id)
    if row.state != "open":
        raise Conflict(N_("Dette er allerede satt på planen eller tatt bort."))
    chosen = await chosen_by(uow, place_id)
    if wanted == (suggestion_id in chosen):
        return
    if wanted and len(chosen) >= CHOICES:
        raise Invalid.one(
            "valg", N_("Du har valgt %(most)s. Ta bort et av dem hvis du heller vil ha dette."), most=CHOICES
        )
    await _set(uow, suggestion_id, place_id, wanted=wanted, helped=helped)
    await record_change(
        uow, "plan.chosen", "activity_suggestion", suggestion_id, wanted=wanted, helped=helped
    )
    await _tell_number(uow, group_id, suggestion_id)


async def choose_for(uow: UnitOfWork, group_id: UUID, place_id: UUID, wanted: set[UUID]) -> None:
    """Tick what a participant without a login wants, all at once. Raises Invalid for more than CHOICES or for what is no
    open suggestion of the group, Conflict and NotFound as want().
    """
    await _held_place(uow, place_id, group_id)
    if len(wanted) > CHOICES:
        raise Invalid.one("valg", N_("Kryss av for høyst %(most)s."), most=CHOICES)
    before = await chosen_by(uow, place_id)
    for suggestion_id in sorted(wanted ^ before):
        row = await held_suggestion(uow, suggestion_id, group_id)
        if row.state != "open":
            raise Invalid.one("valg", N_("Velg fra lista."))
        await _set(uow, suggestion_id, place_id, wanted=suggestion_id in wanted, helped=True)
        await _tell_number(uow, group_id, suggestion_id)
    await record_change(
        uow, "plan.chosen_for", "activity_group", group_id, place=place_id, chosen=len(wanted)
    )


async def _set(uow: UnitOfWork, suggestion_id: UUID, place_id: UUID, *, wanted: bool, helped: bool) -> None:
    tenant = uow.context.tenant
    if wanted:
        await uow.session.execute(
            insert(SuggestionChoice)
            .values(
                tenant_id=tenant, id=uuid7(), activity_suggestion_id=suggestion_id, place_id=place_id, helped=helped
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
    else:
        await uow.session.execute(
            delete(SuggestionChoice).where(
                SuggestionChoice.tenant_id == tenant,
                SuggestionChoice.activity_suggestion_id == suggestion_id,
                SuggestionChoice.place_id == place_id,
            )
        )
    await uow.session.flush()


async def _tell_number(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID) -> None:
    number = await uow.session.scalar(
        select(func.count()).where(
            SuggestionChoice.tenant_id == uow.context.tenant,
            SuggestionChoice.activity_suggestion_id == suggestion_id,
        )
    )
    await tell_chosen(uow, group_id, suggestion_id, int(number or 0))


async def put_on(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID, session_id: UUID) -> None:
    """Put a suggestion on a coming meeting: that is then what they do. Raises Conflict when it is no longer open, or the
    group is another municipality's, Invalid for a meeting that is none of the group's to come, NotFound.
    """
    row = await held_suggestion(uow, suggestion_id, group_id)
    if row.state != "open":
        raise Conflict(N_("Dette er allerede satt på planen eller tatt bort."))
    card = await session_card(uow, session_id)
    if card.group_id != group_id or card.state != "planned" or card.starts_at <= now():
        raise Invalid.one("treff", N_("Velg et treff som kommer."))
    await set_activity(uow, session_id, row.title)
    row.state, row.session_id = "planned", session_id
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "plan.put_on", "activity_suggestion", suggestion_id, session=session_id)
    await tell_suggested(uow, group_id, suggestion_id)


async def drop(uow: UnitOfWork, group_id: UUID, suggestion_id: UUID, *, only_of: UUID | None = None) -> None:
    """Take a suggestion off the list. `only_of`: the participant whose own it must be. Again changes nothing.

    Raises NotFound, Conflict for one that is on the plan.
    """
    row = await held_suggestion(uow, suggestion_id, group_id)
    if only_of is not None and row.place_id != only_of:
        raise NotFound
    if row.state == "planned":
        raise Conflict(N_("Dette er allerede satt på planen."))
    if row.state == "dropped":
        return
    row.state = "dropped"
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "plan.dropped", "activity_suggestion", suggestion_id)
    await tell_suggested(uow, group_id, suggestion_id)


@on_session_changed
async def come_back(uow: UnitOfWork, session_id: UUID, what: str) -> None:
    """What was to be done at a meeting that is called off stands on the list again."""
    if what != "cancelled":
        return
    rows = await uow.session.scalars(
        select(ActivitySuggestion)
        .where(
            ActivitySuggestion.tenant_id == uow.context.tenant,
            ActivitySuggestion.session_id == session_id,
            ActivitySuggestion.state == "planned",
            ActivitySuggestion.from_elsewhere.is_(False),
        )
        .with_for_update()
    )
    for row in rows.all():
        row.state, row.session_id = "open", None
        row.version += 1
        await uow.session.flush()
        await tell_suggested(uow, row.group_id, row.id)
