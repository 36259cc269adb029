"""The life of a deviation: reported, followed up with measures, closed, and opened again if it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.api import Colleague, case_card
from tenants.quality.models import Deviation, DeviationEvent, DeviationMeasure
from tenants.quality.queries import DeviationCard, deviation_card
from tenants.quality.responsible import who_may_follow_up

STALE = N_("Noen andre har endret avviket imens. Det du skrev, er ikke lagret.")
IS_CLOSED = N_("Avviket er lukket. Åpne det igjen hvis det skal endres.")
NOT_FROM_LIST = N_("Velg en kollega fra lista. Den som får avviket, må kunne se saken.")


@dataclass(frozen=True, slots=True)
class DeviationFacts:
    """What went wrong. `source` and `kind` are codes of words.py; `title` is short, for lists.

    `rule`, `object_id` and `began_on` belong to a deviation that a rule opens: together they make it the same one.
    `authority` and `reply_by` belong to supervision (A17).
    """

    kind: str
    title: str = ""
    description: str = ""
    source: str = "own"
    case_id: UUID | None = None
    found_on: date | None = None
    responsible_id: UUID | None = None
    responsible_name: str = ""
    """Known to a job only; a person's choice is looked up among colleagues."""
    due_on: date | None = None
    rule: str = ""
    object_id: UUID | None = None
    began_on: date | None = None
    authority: str = ""
    reply_by: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """What whoever follows up writes: why it happened, who is responsible, by when, and what supervision was answered."""

    title: str
    description: str
    cause: str
    responsible_id: UUID | None
    due_on: date | None
    authority: str = ""
    reply_by: date | None = None
    replied_on: date | None = None


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """Something to do: a code of words.HORIZONS, what, who, and by when."""

    horizon: str
    what: str
    responsible_id: UUID
    due_on: date


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What was done; for supervision also the authority's closing letter: its day and what it says (A17)."""

    what_was_done: str
    closing_letter_on: date | None = None
    closing_letter: str = ""


async def open_deviation(uow: UnitOfWork, facts: DeviationFacts) -> UUID:
    """Report a deviation; its id comes back, the known one's when a rule found the same thing before.

    A person must see the case it hangs on (NotFound); a job acts for the municipality. Raises Invalid for a day in the
    future and for a responsible colleague who may not see the case.
    """
    by_person = uow.context.session_id is not None
    found_on = facts.found_on or today()
    case = await case_card(uow, facts.case_id) if by_person and facts.case_id else None
    if by_person:
        if found_on > today():
            raise Invalid.one("oppdaget", N_("Datoen er i framtida. Skriv dagen det ble oppdaget."))
        _check_days(found_on, facts.due_on, facts.reply_by)
    chosen = facts.responsible_id if by_person else None
    responsible = _colleague(chosen, await who_may_follow_up(uow, case), "ansvarlig") if chosen else None
    values = {
        "tenant_id": uow.context.tenant, "id": uuid7(), "case_id": facts.case_id, "source": facts.source,
        "kind": facts.kind, "rule": facts.rule, "object_id": facts.object_id, "began_on": facts.began_on,
        "found_on": found_on, "title": facts.title, "description": facts.description,
        "reported_by": uow.context.user_id, "reported_by_name": uow.context.user_name,
        "responsible_id": responsible.id if responsible else facts.responsible_id,
        "responsible_name": responsible.name if responsible else facts.responsible_name, "due_on": facts.due_on,
        "authority": facts.authority, "reply_by": facts.reply_by,
    }  # fmt: skip
    made: UUID | None = await uow.session.scalar(
        insert(Deviation).values(values).on_conflict_do_nothing().returning(Deviation.id)
    )
    if made is None:
        return await _known(uow, facts)
    await happened(uow, made, "opened", found_on)
    await record_change(
        uow, "deviation.opened", "deviation", made, persons=[case.person_id] if case else (), source=facts.source,
        kind=facts.kind, rule=facts.rule, case=facts.case_id,
    )  # fmt: skip
    return made


async def _known(uow: UnitOfWork, facts: DeviationFacts) -> UUID:
    known = await uow.session.scalar(
        select(Deviation.id).where(
            Deviation.tenant_id == uow.context.tenant,
            Deviation.rule == facts.rule,
            Deviation.object_id == facts.object_id,
            Deviation.began_on == facts.began_on,
        )
    )
    assert known is not None
    return known


def _check_days(found_on: date, due_on: date | None, reply_by: date | None) -> None:
    if due_on is not None and due_on < found_on:
        raise Invalid.one("frist", N_("Fristen kan ikke være før avviket ble oppdaget."))
    if reply_by is not None and reply_by < found_on:
        raise Invalid.one("svarfrist", N_("Svarfristen kan ikke være før dere fikk vite om det."))


def _colleague(user_id: UUID, may: Sequence[Colleague], field: str) -> Colleague:
    found = next((one for one in may if one.id == user_id), None)
    if found is None:
        raise Invalid.one(field, NOT_FROM_LIST)
    return found


async def happened(uow: UnitOfWork, deviation_id: UUID, what: str, on: date, words: str = "") -> None:
    """Add to the deviation's story, which nobody changes: a code of words.EVENTS, the day, and words."""
    uow.session.add(
        DeviationEvent(
            tenant_id=uow.context.tenant, id=uuid7(), deviation_id=deviation_id, what=what, happened_on=on,
            by_name=uow.context.user_name, words=words,
        )
    )  # fmt: skip
    await uow.session.flush()


async def _for_change(uow: UnitOfWork, deviation_id: UUID) -> tuple[DeviationCard, Deviation]:
    """The deviation for changing, locked, if the reader may see it. Raises NotFound."""
    card = await deviation_card(uow, deviation_id)
    row = await uow.session.get(
        Deviation, (uow.context.tenant, deviation_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return card, row


async def may_be_given(uow: UnitOfWork, card: DeviationCard) -> Sequence[Colleague]:
    """Colleagues who may be responsible for a deviation and its measures."""
    return await who_may_follow_up(uow, await case_card(uow, card.case_id) if card.case_id else None)


async def follow_up(uow: UnitOfWork, deviation_id: UUID, facts: FollowUpFacts, *, version: int) -> None:
    """Write cause, responsible and deadline. Raises Conflict with both texts on a stale version or a closed deviation."""
    card, row = await _for_change(uow, deviation_id)
    if row.closed_on is not None:
        raise Conflict(IS_CLOSED)
    if row.version != version:
        raise Conflict(
            STALE,
            theirs={N_("Hva skjedde"): row.description, N_("Årsak"): row.cause},
            yours={N_("Hva skjedde"): facts.description, N_("Årsak"): facts.cause},
        )
    _check_days(row.found_on, facts.due_on, facts.reply_by)
    if facts.replied_on is not None and not row.found_on <= facts.replied_on <= today():
        raise Invalid.one(
            "svart", N_("Skriv dagen dere svarte: etter at dere fikk vite om det, og ikke i framtida.")
        )
    may = await may_be_given(uow, card)
    kept = facts.responsible_id == row.responsible_id
    if not kept:
        chosen = facts.responsible_id
        responsible = _colleague(chosen, may, "ansvarlig") if chosen else None
        row.responsible_id = responsible.id if responsible else None
        row.responsible_name = responsible.name if responsible else ""
    if not row.rule:
        row.title = facts.title
    row.description, row.cause, row.due_on = facts.description, facts.cause, facts.due_on
    if row.source == "supervision":
        row.authority, row.reply_by, row.replied_on = facts.authority, facts.reply_by, facts.replied_on
    row.version += 1
    await uow.session.flush()
    await _record(uow, "deviation.followed_up", card, responsible=row.responsible_id, due_on=row.due_on)


async def add_measure(uow: UnitOfWork, deviation_id: UUID, facts: MeasureFacts) -> UUID:
    """Add something to do. Raises Invalid for a day that has passed, Conflict when the deviation is closed."""
    card, row = await _for_change(uow, deviation_id)
    if row.closed_on is not None:
        raise Conflict(IS_CLOSED)
    if facts.due_on < today():
        raise Invalid.one("tiltak_frist", N_("Fristen har allerede vært. Skriv en dag fra i dag av."))
    who = _colleague(facts.responsible_id, await may_be_given(uow, card), "tiltak_ansvarlig")
    made = DeviationMeasure(
        tenant_id=row.tenant_id, id=uuid7(), deviation_id=row.id, horizon=facts.horizon, what=facts.what,
        responsible_id=who.id, responsible_name=who.name, due_on=facts.due_on,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await _record(uow, "deviation.measure_added", card, horizon=facts.horizon, due_on=facts.due_on)
    return made.id


async def finish_measure(uow: UnitOfWork, deviation_id: UUID, measure_id: UUID) -> None:
    """Note that a measure is done, today. Harmless when it is done already. Raises NotFound."""
    card, _ = await _for_change(uow, deviation_id)
    row = await uow.session.get(DeviationMeasure, (uow.context.tenant, measure_id), with_for_update=True)
    if row is None or row.deviation_id != deviation_id:
        raise NotFound
    if row.done_on is not None:
        return
    row.done_on, row.done_by_name = today(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await _record(uow, "deviation.measure_done", card)


async def close_deviation(uow: UnitOfWork, deviation_id: UUID, facts: ClosingFacts, *, version: int) -> None:
    """Close it with what was done. Measures must be done first, and supervision answered and ended by its letter (A17).

    Raises Invalid naming what is missing, Conflict when it is closed already or was changed since `version`.
    """
    card, row = await _for_change(uow, deviation_id)
    if row.closed_on is not None:
        raise Conflict(N_("Avviket er allerede lukket."))
    if row.version != version:
        raise Conflict(STALE, yours={N_("Hva ble gjort"): facts.what_was_done})
    if card.measures_open:
        raise Invalid.one(
            "lukket_med", N_("Det står tiltak igjen. Merk dem som gjort før du lukker avviket.")
        )
    if row.source == "supervision":
        if row.replied_on is None:
            raise Invalid.one("lukket_med", N_("Skriv først dagen dere svarte tilsynet."))
        if facts.closing_letter_on is None:
            raise Invalid.one("brev_dato", N_("Skriv datoen på brevet der tilsynet avslutter saken."))
        if not row.found_on <= facts.closing_letter_on <= today():
            raise Invalid.one(
                "brev_dato", N_("Brevet kan ikke være fra framtida, og ikke fra før tilsynet begynte.")
            )
        row.closing_letter_on, row.closing_letter = facts.closing_letter_on, facts.closing_letter
    row.closed_on, row.closed_by_name, row.closing_text = (
        today(),
        uow.context.user_name,
        facts.what_was_done,
    )
    row.version += 1
    await happened(uow, row.id, "closed", today(), facts.what_was_done)
    await _record(uow, "deviation.closed", card)


async def reopen_deviation(uow: UnitOfWork, deviation_id: UUID, why: str) -> None:
    """Open a closed deviation again, with the reason; what it was closed with stays in its story. Raises Conflict."""
    card, row = await _for_change(uow, deviation_id)
    if row.closed_on is None:
        raise Conflict(N_("Avviket er allerede åpent."))
    row.closed_on, row.closed_by_name, row.closing_text = None, "", ""
    row.version += 1
    await happened(uow, row.id, "reopened", today(), why)
    await _record(uow, "deviation.reopened", card)


async def _record(uow: UnitOfWork, action: str, card: DeviationCard, **details: Any) -> None:
    persons = [card.person_id] if card.person_id else []
    await record_change(uow, action, "deviation", card.id, persons=persons, **details)
