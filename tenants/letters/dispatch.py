"""What happens to a letter after it is written: it is sent, or stopped before that. Nothing else can happen to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.cases.api import NOT_YOURS, case_card, may_decide_for
from tenants.letters.models import Letter

NOT_READY = N_("Brevet er allerede sendt eller stanset.")


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that has just left, for those who wait for it."""

    letter_id: UUID
    kind: str
    case_id: UUID
    about: UUID | None
    sent_on: date


@dataclass(frozen=True, slots=True)
class StoppedLetter:
    """A letter that will not leave."""

    letter_id: UUID
    kind: str
    case_id: UUID
    about: UUID | None


OnStopped = Callable[[UnitOfWork, StoppedLetter], Awaitable[None]]
_ON_STOPPED: list[OnStopped] = []
OnSent = Callable[[UnitOfWork, SentLetter], Awaitable[None]]
_ON_SENT: list[OnSent] = []


def on_sent(listener: OnSent) -> OnSent:
    """Register what happens when a letter has been sent; runs in the same transaction."""
    if listener not in _ON_SENT:
        _ON_SENT.append(listener)
    return listener


def on_stopped(listener: OnStopped) -> OnStopped:
    """Register what happens when a letter has been stopped by hand; runs in the same transaction."""
    if listener not in _ON_STOPPED:
        _ON_STOPPED.append(listener)
    return listener


async def mark_sent(uow: UnitOfWork, letter_ids: Sequence[UUID], on: date) -> int:
    """These letters have left, on a day. Returns how many: those somebody else has marked or stopped are left alone.

    Raises Invalid on a day ahead or before a letter was dated, NotFound for a letter of a case the reader may not see,
    Forbidden for one of somebody else's case.
    """
    if on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida. Skriv dagen brevet ble sendt."))
    letters = await _held(uow, letter_ids)
    if len(letters) < len(set(letter_ids)):
        raise NotFound
    for letter in letters:
        await _check(uow, letter)
    ready = [letter for letter in letters if letter.state == "ready"]
    if any(letter.dated > on for letter in ready):
        raise Invalid.one(
            "dato", N_("Et av brevene er skrevet etter denne dagen. Skriv dagen brevet ble sendt.")
        )
    for letter in ready:
        await settle_sent(uow, letter, on)
    return len(ready)


async def settle_sent(uow: UnitOfWork, letter: Letter, on: date) -> None:
    """Write that one letter has left, and tell those who wait: for channels that deliver by themselves, in a job."""
    letter.state, letter.sent_on = "sent", on
    letter.sent_by, letter.sent_by_name = uow.context.user_id, uow.context.user_name
    letter.version += 1
    await uow.session.flush()
    await record_change(
        uow, "letter.sent", "letter", letter.id, persons=[letter.person_id, letter.recipient_id], kind=letter.kind,
        sent_on=on, channel=letter.channel,
    )  # fmt: skip
    told = SentLetter(letter.id, letter.kind, letter.case_id, letter.about, on)
    for listener in _ON_SENT:
        await listener(uow, told)


async def cancel_letter(uow: UnitOfWork, letter_id: UUID, reason: str) -> None:
    """Stop a letter before it is sent. Raises Conflict when it has been, Invalid without a reason."""
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hvorfor brevet ikke skal sendes."))
    letters = await _held(uow, [letter_id])
    if not letters:
        raise NotFound
    letter = letters[0]
    await _check(uow, letter)
    if letter.state != "ready":
        raise Conflict(NOT_READY)
    letter.state, letter.cancel_reason = "cancelled", reason.strip()
    letter.version += 1
    await uow.session.flush()
    await record_change(
        uow, "letter.cancelled", "letter", letter.id, persons=[letter.person_id], kind=letter.kind
    )
    told = StoppedLetter(letter.id, letter.kind, letter.case_id, letter.about)
    for listener in _ON_STOPPED:
        await listener(uow, told)


async def cancel_ready_about(uow: UnitOfWork, about: UUID, reason: str) -> int:
    """Stop what is written and not sent about something that no longer holds; how many. The caller has checked."""
    return await _stop(uow, Letter.about == about, reason)


async def cancel_ready_in(uow: UnitOfWork, case_id: UUID, reason: str) -> int:
    """Stop everything that is written and not sent in a case: its person has died. How many. The caller has checked."""
    return await _stop(uow, Letter.case_id == case_id, reason)


async def _stop(uow: UnitOfWork, which: ColumnElement[bool], reason: str) -> int:
    waiting = await uow.session.scalars(
        select(Letter.id).where(Letter.tenant_id == uow.context.tenant, which, Letter.state == "ready")
    )
    stopped = 0
    for letter in await _held(uow, list(waiting)):
        if letter.state == "ready":
            letter.state, letter.cancel_reason = "cancelled", reason
            letter.version += 1
            stopped += 1
    await uow.session.flush()
    return stopped


async def _held(uow: UnitOfWork, letter_ids: Sequence[UUID]) -> list[Letter]:
    """The letters, locked in the order of their ids, so that two at once wait and never lock each other out."""
    return list(
        await uow.session.scalars(
            select(Letter)
            .where(Letter.tenant_id == uow.context.tenant, Letter.id.in_(letter_ids))
            .order_by(Letter.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


async def _check(uow: UnitOfWork, letter: Letter) -> None:
    case = await case_card(uow, letter.case_id)
    if not may_decide_for(uow.context, case.purchaser):
        raise Forbidden(NOT_YOURS)
