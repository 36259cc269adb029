"""Writing, reading and settling messages between the coordinators and a contact.

A thread's row is held while a message is numbered, so that two who write at once follow each other, and "read as far as
this" never covers what was not shown. Nothing here changes or removes a message that is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.api import contact_card, own_contact
from tenants.messages.models import MOST_TEXT, Message, MessageThread
from tenants.messages.notices import notify_person
from tenants.messages.queries import subject_of, visible_subjects
from tenants.messages.rules import has_national_number

Seen = Mapping[UUID, int]
"""How far a reader was shown: thread's id → number of the last message on the page."""


def checked_text(text: str) -> str:
    """The text, trimmed. Raises Invalid when there is none, too much of it, or a national number in it."""
    text = text.strip()
    if not text:
        raise Invalid.one("melding", N_("Skriv en melding."))
    if len(text) > MOST_TEXT:
        raise Invalid.one("melding", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=MOST_TEXT)
    if has_national_number(text):
        raise Invalid.one(
            "melding", N_("Det står et fødselsnummer i meldingen. Ta det bort, og skriv fornavnet.")
        )
    return text


async def write_to_contact(
    uow: UnitOfWork,
    contact_id: UUID,
    text: str,
    *,
    from_system: bool,
    assignment_id: UUID | None = None,
    seen: Seen | None = None,
) -> UUID:
    """Write to a contact from the municipality, and tell them that a message waits. Returns the message's id.

    `from_system`: Sammen writes (a job, or an effect of somebody's work), and settles nothing. Otherwise the signed-in
    person answers what they were shown (`seen`). With an assignment, it must be the contact's own and its case the
    reader's to see; a job, which sees no case, may write about any assignment of the contact. Raises NotFound, Invalid.
    """
    text = checked_text(text)
    card = await contact_card(uow, contact_id)
    if assignment_id is not None:
        allowed = await subject_of(uow, contact_id, assignment_id) if uow.context.user_id is None or from_system else (
            assignment_id in await visible_subjects(uow, contact_id)
        )  # fmt: skip
        if not allowed:
            raise NotFound
    if not from_system:
        # One page, one answer: everything that stood on it is answered, whatever the answer is filed under.
        await _settle_shown(uow, contact_id, seen or {})
    thread = await _held_thread(uow, contact_id, assignment_id)
    message = _next(uow, thread, "system" if from_system else "municipality", text)
    thread.ours_no = thread.last_no
    await uow.session.flush()
    await record_change(
        uow, "message.sent", "contact", contact_id, persons=[card.person_id], author=message.author
    )
    # One a day while they have not read: a notice for each line of a conversation would soon be turned off.
    mark = f"message:{thread.id}:{thread.contact_read}:{today()}"
    await notify_person(uow, card.person_id, "message", once=mark)
    return message.id


async def write_as_contact(
    uow: UnitOfWork, text: str, *, assignment_id: UUID | None = None, seen: Seen | None = None
) -> UUID:
    """Write to the municipality as the signed-in contact, who has then read what they were shown. Returns the message's id.

    The assignment, if given, must be among their own. Raises NotFound for somebody who is no contact here, Invalid.
    """
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    text = checked_text(text)
    if assignment_id is not None and not await subject_of(uow, contact_id, assignment_id):
        raise NotFound
    # First, since it holds the threads in their order: whoever writes and whoever settles never wait for each other.
    await mark_read(uow, seen or {})
    thread = await _held_thread(uow, contact_id, assignment_id)
    message = _next(uow, thread, "contact", text)
    thread.contact_no = thread.last_no
    if thread.waiting_since is None:
        thread.waiting_since = message.sent_at
    await uow.session.flush()
    card = await contact_card(uow, contact_id)
    await record_change(
        uow, "message.sent", "contact", contact_id, persons=[card.person_id], author="contact"
    )
    return message.id


async def mark_read(uow: UnitOfWork, seen: Seen) -> None:
    """The signed-in contact has read what the page showed. Threads that are not theirs are passed by. Raises NotFound."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    for thread in await _threads(uow, contact_id):
        thread.contact_read = max(thread.contact_read, min(seen.get(thread.id, 0), thread.last_no))
    await uow.session.flush()


async def settle_threads(uow: UnitOfWork, contact_id: UUID, seen: Seen) -> None:
    """What the reader was shown needs no (further) answer. What came since still waits. Raises NotFound."""
    card = await contact_card(uow, contact_id)
    await _settle_shown(uow, contact_id, seen)
    await record_change(uow, "message.settled", "contact", contact_id, persons=[card.person_id])


async def take_threads(uow: UnitOfWork, contact_id: UUID) -> None:
    """The signed-in coordinator says that they answer what waits, so that two do not. The last to say so does."""
    card = await contact_card(uow, contact_id)
    subjects = await visible_subjects(uow, contact_id)
    for thread in await _threads(uow, contact_id):
        if thread.waiting_since is not None and (
            thread.assignment_id is None or thread.assignment_id in subjects
        ):
            thread.responder_id, thread.responder_name = uow.context.user, uow.context.user_name
    await uow.session.flush()
    await record_change(uow, "message.taken", "contact", contact_id, persons=[card.person_id])


# The pieces ---------------------------------------------------------------------------------------------------
async def _held_thread(uow: UnitOfWork, contact_id: UUID, assignment_id: UUID | None) -> MessageThread:
    """The thread, made when there is none, and held until the transaction ends."""
    tenant = uow.context.tenant
    await uow.session.execute(
        insert(MessageThread)
        .values(tenant_id=tenant, id=uuid7(), contact_id=contact_id, assignment_id=assignment_id)
        .on_conflict_do_nothing()
    )
    found: MessageThread = (
        await uow.session.scalars(
            select(MessageThread)
            .where(
                MessageThread.tenant_id == tenant,
                MessageThread.contact_id == contact_id,
                MessageThread.assignment_id.is_not_distinct_from(assignment_id),
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    return found


async def _threads(uow: UnitOfWork, contact_id: UUID) -> list[MessageThread]:
    """All threads of a contact, held in the order of their ids, so that two who hold them never wait for each other."""
    rows = await uow.session.scalars(
        select(MessageThread)
        .where(MessageThread.tenant_id == uow.context.tenant, MessageThread.contact_id == contact_id)
        .order_by(MessageThread.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _next(uow: UnitOfWork, thread: MessageThread, author: str, text: str) -> Message:
    sent_at = now()
    thread.last_no += 1
    thread.last_at = sent_at
    by_person = author != "system"
    message = Message(
        tenant_id=thread.tenant_id, id=uuid7(), thread_id=thread.id, number=thread.last_no, author=author,
        author_id=uow.context.user_id if by_person else None,
        author_name=uow.context.user_name if by_person else "", text=text, sent_at=sent_at,
    )  # fmt: skip
    uow.session.add(message)
    return message


async def _settle_shown(uow: UnitOfWork, contact_id: UUID, seen: Seen) -> None:
    """Settle what was shown of every thread the reader may see."""
    subjects = await visible_subjects(uow, contact_id)
    for thread in await _threads(uow, contact_id):
        if thread.assignment_id is None or thread.assignment_id in subjects:
            await _settle(uow, thread, seen.get(thread.id, 0))
    await uow.session.flush()


async def _settle(uow: UnitOfWork, thread: MessageThread, shown: int) -> None:
    """Handled as far as was shown; what the contact wrote after that waits from when they wrote it."""
    thread.handled_no = max(thread.handled_no, min(shown, thread.last_no))
    thread.waiting_since = await _oldest_unhandled(uow, thread)
    if thread.waiting_since is None:
        thread.responder_id, thread.responder_name = None, ""


async def _oldest_unhandled(uow: UnitOfWork, thread: MessageThread) -> datetime | None:
    if thread.contact_no <= thread.handled_no:
        return None
    found: datetime | None = await uow.session.scalar(
        select(Message.sent_at)
        .where(
            Message.tenant_id == thread.tenant_id,
            Message.thread_id == thread.id,
            Message.author == "contact",
            Message.number > thread.handled_no,
        )
        .order_by(Message.number)
        .limit(1)
    )
    return found
