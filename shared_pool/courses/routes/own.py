"""A contact's own courses, on a phone: what there is, an offer to answer, and what one must know of one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.courses import views
from shared_pool.courses.queries import CourseCard, course_card, courses, sessions_of
from shared_pool.courses.rules import KINDS
from shared_pool.courses.seats import accept_offer, sign_up, withdraw
from shared_pool.courses.signups import SignupCard, signups_of
from tenants.api import own_contact

NOT_ONE = N_("Bare støttekontakter i kommunen kan melde seg på.")


async def _mine(desk: Desk) -> tuple[UUID | None, dict[UUID, SignupCard]]:
    contact = await own_contact(desk.uow)
    return contact, await signups_of(desk.uow, contact) if contact is not None else {}


def _shown(card: CourseCard, one: SignupCard | None) -> bool:
    """A contact may read of the courses there are for contacts, and of what is theirs."""
    return one is not None or (card.kind != "supervisor" and card.state in ("open", "held"))


@page("/min/{slug:str}/kurs", Permission.HOURS_REGISTER)
async def show_own(desk: Desk) -> Response[str]:
    """Courses a contact may go to, and before those the ones they are signed up for."""
    contact, mine = await _mine(desk)
    base, language = desk.url("/kurs"), desk.language
    rows = [
        (views.row(card, base, language, near=False, ours=False), mine.get(card.id))
        for card in await courses(desk.uow)
        if _shown(card, mine.get(card.id)) and (card.id in mine or not card.begun)
    ]
    return await desk.render(
        "courses/own.html", title=desk.say(views.COURSES), current="/kurs", contact=contact,
        own=[(row, one, views.signup_tag(one, language)) for row, one in rows if one is not None],
        others=[row for row, one in rows if one is None], tabs=views.course_tabs(desk, "kurs"),
    )  # fmt: skip


async def _one(desk: Desk) -> dict[str, Any]:
    """What a contact is shown of one course; the video's address when the seat is theirs. Raises NotFound."""
    contact, mine = await _mine(desk)
    card = await course_card(desk.uow, desk.path_uuid("course_id"))
    one = mine.get(card.id)
    if not _shown(card, one):
        raise NotFound
    seated = one is not None and one.seated
    return {
        "current": "/kurs",
        "card": card,
        "one": one,
        "seated": seated,
        "contact": contact,
        "tag": views.signup_tag(one, desk.language) if one else views.seat_tag(card, desk.language, near=False),
        "kind": desk.say(KINDS[card.kind]),
        "deadline": views.deadline_text(card, desk.language),
        "meetings": [
            (meeting, views.session_when(meeting, desk.language)) for meeting in await sessions_of(desk.uow, card.id)
        ],
        "base": desk.url(f"/kurs/{card.id}"),
        "answer": desk.url(f"/kurs/paameldt/{one.id}") if one else "",
        "back": desk.url("/kurs"),
    }  # fmt: skip


@page("/min/{slug:str}/kurs/{course_id:uuid}", Permission.HOURS_REGISTER)
async def show_one(desk: Desk) -> Response[str]:
    """One course: when, where, what to bring, and whom to ring."""
    shown = await _one(desk)
    return await desk.render("courses/own_one.html", title=shown["card"].title, **shown)


@action("/min/{slug:str}/kurs/{course_id:uuid}/meld-paa", Permission.HOURS_REGISTER)
async def sign_oneself_up(desk: Desk) -> Response[Any]:
    """A contact takes a seat, or a place in the waiting list."""
    shown = await _one(desk)
    if shown["contact"] is None:
        raise Forbidden(NOT_ONE)
    wait = bool(desk.form.text("vent"))
    try:
        await sign_up(desk.uow, shown["card"].id, shown["contact"], wait=wait, oneself=True)
    except Invalid as bad:
        return await desk.again("courses/own_one.html", bad, title=shown["card"].title, **shown)
    done = (
        N_("Du står på venteliste. Du får beskjed når det blir en plass.")
        if wait
        else N_("Du er meldt på kurset.")
    )
    return desk.redirect(shown["base"], flash=done)


async def _contact(desk: Desk) -> UUID:
    contact = await own_contact(desk.uow)
    if contact is None:
        raise Forbidden(NOT_ONE)
    return contact


@action("/min/{slug:str}/kurs/paameldt/{course_signup_id:uuid}/avmeld", Permission.HOURS_REGISTER)
async def withdraw_oneself(desk: Desk) -> Response[Any]:
    """A contact gives the seat back, leaves the waiting list, or says no to an offer."""
    await withdraw(desk.uow, desk.path_uuid("course_signup_id"), only_for=await _contact(desk))
    return desk.redirect(desk.url("/kurs"), flash=N_("Du er meldt av kurset."))


@action("/min/{slug:str}/kurs/paameldt/{course_signup_id:uuid}/ta-imot", Permission.HOURS_REGISTER)
async def accept_oneself(desk: Desk) -> Response[Any]:
    """A contact takes the seat they were offered."""
    signup, contact = desk.path_uuid("course_signup_id"), await _contact(desk)
    course_id = await accept_offer(desk.uow, signup, only_for=contact)
    return desk.redirect(desk.url(f"/kurs/{course_id}"), flash=N_("Plassen er din."))


HANDLERS = [show_own, show_one, sign_oneself_up, withdraw_oneself, accept_oneself]
