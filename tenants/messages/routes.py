"""The slice's pages: conversations and one of them in a municipality, and a contact's own on the phone."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.outbox.api import last_notice
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.assignments.api import own_assignments
from tenants.contacts.api import contact_card, own_contact
from tenants.messages import forms, views
from tenants.messages.notices import CHANNELS, choose_channel, notifying
from tenants.messages.queries import (
    STATES,
    MessageFilter,
    conversation,
    conversation_row,
    latest_texts,
    list_conversations,
    own_conversation,
    visible_subjects,
)
from tenants.messages.rules import seen_marks
from tenants.messages.service import (
    mark_read,
    settle_threads,
    take_threads,
    write_as_contact,
    write_to_contact,
)
from tenants.people.api import person_card, person_of_user

MESSAGES = N_("Meldinger")
NOTICES = N_("Varsel på e-post eller SMS")


# In a municipality ---------------------------------------------------------------------------------------------
@page("/k/{slug:str}/meldinger", Permission.MESSAGE_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Conversations with contacts: those that wait for an answer first."""
    wanted = MessageFilter.of(desk.query)
    rows, total = await list_conversations(desk.uow, wanted)
    latest = await latest_texts(desk.uow, [row.contact_id for row in rows])
    return await desk.render(
        "messages/list.html",
        title=desk.say(MESSAGES),
        current="/meldinger",
        rows=[(row, views.excerpt(latest.get(row.contact_id), desk.language)) for row in rows],
        total=total,
        wanted=wanted,
        states=desk.options(STATES),
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        page_size=PAGE_SIZE,
        last=last_page(total),
        base=desk.url("/meldinger"),
        contacts=desk.url("/kontakter"),
        reader=desk.context.user_id,
    )


async def _conversation_values(desk: Desk) -> dict[str, Any]:
    """What a conversation's page shows, and the access log's row for it."""
    uow = desk.uow
    card = await contact_card(uow, desk.path_uuid("contact_id"))
    subjects = await visible_subjects(uow, card.id)
    side = page_number(desk.query)
    found = await conversation(uow, card.id, side)
    about = {line.assignment_id for line in found.lines}
    persons = {card.person_id, *(s.person_id for s in subjects.values() if s.id in about or not s.ended)}
    await record_read(
        uow,
        "message.read",
        sorted(persons),
        why=N_("Leste meldinger"),
        object_kind="contact",
        object_id=card.id,
    )
    waiting = found.waiting
    return {
        "current": "/meldinger",
        "crumbs": [(desk.say(MESSAGES), desk.url("/meldinger")), (card.name, "")],
        "card": card,
        "first": [line for line in found.lines if line.waits],
        "lines": [line for line in found.lines if not line.waits],
        "subjects": subjects,
        "choices": views.subject_choices(
            subjects.values(), desk.language, asked=waiting.assignment_id if waiting else None
        ),
        "marks": seen_marks(found.shown.items()) if side == 1 else [],
        "waiting": waiting,
        "row": await conversation_row(uow, card.id),
        "how": await notifying(uow, await person_card(uow, card.person_id)),
        "chosen": {"gjelder": str(waiting.assignment_id) if waiting and waiting.assignment_id else ""},
        "older": f"?side={side + 1}" if found.older else None,
        "newer": f"?side={side - 1}" if side > 1 else None,
        "base": desk.url(f"/meldinger/{card.id}"),
        "contact_url": desk.url(f"/kontakter/{card.id}"),
        "may_write": desk.context.may(Permission.MESSAGE_WRITE) and side == 1,
        "reader": desk.context.user_id,
    }  # fmt: skip


@page("/k/{slug:str}/meldinger/{contact_id:uuid}", Permission.MESSAGE_READ)
async def show_conversation(desk: Desk) -> Response[str]:
    """One conversation, newest first, with the answer at the top."""
    shown = await _conversation_values(desk)
    return await desk.render(
        "messages/conversation.html", title=shown["card"].name, values=shown["chosen"], **shown
    )


@action("/k/{slug:str}/meldinger/{contact_id:uuid}", Permission.MESSAGE_WRITE)
async def write(desk: Desk) -> Response[Any]:
    """Send a message, which answers what the page showed."""
    shown = await _conversation_values(desk)
    try:
        await write_to_contact(
            desk.uow, shown["card"].id, desk.form.text("melding"), from_system=False,
            assignment_id=forms.read_subject(desk.form), seen=forms.read_shown(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("messages/conversation.html", bad, title=shown["card"].name, **shown)
    return desk.redirect(shown["base"], flash=N_("Meldingen er sendt."))


@action("/k/{slug:str}/meldinger/{contact_id:uuid}/svar", Permission.MESSAGE_WRITE)
async def answer(desk: Desk) -> Response[Any]:
    """Say that one answers, or that no answer is needed, by the button that was pressed."""
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    if desk.form.text("gjor") == "jeg":
        await take_threads(desk.uow, card.id)
        return desk.redirect(
            desk.url(f"/meldinger/{card.id}"), flash=N_("Du svarer. De andre ser det i lista.")
        )
    await settle_threads(desk.uow, card.id, forms.read_shown(desk.form))
    return desk.redirect(desk.url("/meldinger"), flash=N_("Ferdig. Meldingen venter ikke lenger på svar."))


# The contact's own ---------------------------------------------------------------------------------------------
async def _own_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    contact_id = await own_contact(uow)
    side = page_number(desk.query)
    found = await own_conversation(uow, contact_id, side) if contact_id is not None else None
    own = await own_assignments(uow) if contact_id is not None else []
    lines = found.lines if found else []
    about = {line.assignment_id for line in lines}
    persons = [one.person_id for one in own if one.id in about or one.ended_on is None]
    if persons:
        await record_read(uow, "own.read", persons, why=N_("Leste meldinger"))
    return {
        "current": "/meldinger",
        "contact": contact_id,
        "first": [line for line in lines if line.new_to_contact],
        "lines": [line for line in lines if not line.new_to_contact],
        "subjects": {one.id: one for one in own},
        "choices": views.own_choices(own, desk.language),
        "marks": seen_marks(found.shown.items()) if found and side == 1 else [],
        "older": f"?side={side + 1}" if found and found.older else None,
        "newer": f"?side={side - 1}" if side > 1 else None,
        "base": desk.url("/meldinger"),
        "notices": desk.url("/varsling"),
    }  # fmt: skip


@page("/min/{slug:str}/meldinger", Permission.CONTACT_OWN)
async def own_messages(desk: Desk) -> Response[str]:
    """A contact's messages with the municipality, newest first."""
    shown = await _own_values(desk)
    return await desk.render("messages/own.html", title=desk.say(MESSAGES), values={"gjelder": ""}, **shown)


@action("/min/{slug:str}/meldinger", Permission.CONTACT_OWN)
async def own_write(desk: Desk) -> Response[Any]:
    """Send a message to the municipality."""
    shown = await _own_values(desk)
    try:
        await write_as_contact(
            desk.uow, desk.form.text("melding"), assignment_id=forms.read_subject(desk.form),
            seen=forms.read_shown(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("messages/own.html", bad, title=desk.say(MESSAGES), **shown)
    return desk.redirect(shown["base"], flash=N_("Meldingen er sendt. Koordinatoren svarer deg her."))


@action("/min/{slug:str}/meldinger/lest", Permission.CONTACT_OWN)
async def own_read(desk: Desk) -> Response[Any]:
    """Say that one has read what the page showed: then the coordinator knows, too."""
    await mark_read(desk.uow, forms.read_shown(desk.form))
    return desk.redirect(desk.url("/meldinger"), flash=N_("Takk. Koordinatoren ser at du har lest."))


# How one is told -----------------------------------------------------------------------------------------------
async def _notice_values(desk: Desk) -> dict[str, Any]:
    person_id = await person_of_user(desk.uow)
    if person_id is None:
        return {"card": None, "current": "/varsling"}
    card = await person_card(desk.uow, person_id)
    how = await notifying(desk.uow, card)
    return {
        "current": "/varsling",
        "card": card,
        "how": how,
        "last": await last_notice(desk.uow, person_id),
        "channels": views.channel_choices(card, desk.language),
        "channel_names": {value: desk.say(name) for value, name in CHANNELS.items()},
        "base": desk.url("/varsling"),
        "home": desk.url(),
    }


@page("/min/{slug:str}/varsling", Permission.OWN_READ)
async def own_notices(desk: Desk) -> Response[str]:
    """How one is told that something waits."""
    shown = await _notice_values(desk)
    values = {"kanal": shown["how"].channel} if shown["card"] else {}
    return await desk.render("messages/notices.html", title=desk.say(NOTICES), values=values, **shown)


@action("/min/{slug:str}/varsling", Permission.OWN_READ)
async def own_choose(desk: Desk) -> Response[Any]:
    """Keep the choice."""
    shown = await _notice_values(desk)
    if shown["card"] is None:
        raise NotFound
    try:
        await choose_channel(desk.uow, shown["card"], desk.form.text("kanal"))
    except Invalid as bad:
        return await desk.again("messages/notices.html", bad, title=desk.say(NOTICES), **shown)
    return desk.redirect(shown["base"], flash=N_("Valget er lagret."))


HANDLERS = [
    show_list, show_conversation, write, answer, own_messages, own_write, own_read, own_notices, own_choose,
]  # fmt: skip
