"""For a municipality's own participants: how they stand in a course, what they made up for, and whether they completed it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_day_month, decimal
from shared_pool.courses.api import CourseCard, course_card, sign_up
from shared_pool.coursework import forms
from shared_pool.coursework.completing import (
    Participant,
    complete,
    drop_makeup,
    elsewhere,
    make_up,
    note_missed,
    participant,
    participants,
)
from shared_pool.coursework.queries import certificates, exams_of, makeups_of
from shared_pool.coursework.rules import MENDED_BY_HAND, STATES
from shared_pool.coursework.views import COURSES, hours_line, lack_lines, shapes
from tenants.api import contact_card

PARTICIPANTS = N_("Deltakerne våre")


def _crumbs(desk: Desk, card: CourseCard, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(COURSES), desk.url("/kurs")), (card.title, desk.url(f"/kurs/{card.id}")), *more]


@page("/k/{slug:str}/kurs/{course_id:uuid}/deltakere", Permission.CONTACT_READ)
async def show_participants(desk: Desk) -> Response[str]:
    """The municipality's own in a course, with hours, exam and outcome."""
    card = await course_card(desk.uow, desk.path_uuid("course_id"))
    found = await participants(desk.uow, card)
    persons = [one.person_id for one in found if one.person_id is not None]
    await record_read(
        desk.uow, "course.participants", persons, why=N_("Deltakere i kurset"), object_kind="course", object_id=card.id
    )  # fmt: skip
    return await desk.render(
        "coursework/participants.html", title=desk.say(PARTICIPANTS), current="/kurs",
        crumbs=_crumbs(desk, card, (desk.say(PARTICIPANTS), "")), card=card,
        rows=[(one, hours_line(one.standing, desk.language), lack_lines(one.standing, desk.language)) for one in found],
        base=desk.url(f"/kurs/{card.id}/deltakere"),
    )  # fmt: skip


# One participant ----------------------------------------------------------------------------------------------------------
async def _one(desk: Desk) -> tuple[CourseCard, Participant]:
    card = await course_card(desk.uow, desk.path_uuid("course_id"))
    return card, await participant(desk.uow, card, desk.path_uuid("course_signup_id"))


async def _one_values(desk: Desk, card: CourseCard, who: Participant) -> dict[str, Any]:
    uow, standing = desk.uow, who.standing
    base = desk.url(f"/kurs/{card.id}/deltakere")
    if who.person_id is not None:
        await record_read(
            uow, "course.participant", [who.person_id], why=N_("Oppmøte og kursbevis"), object_kind="course_signup",
            object_id=who.signup_id,
        )  # fmt: skip
    others = await elsewhere(uow, who.contact_id, card) if who.contact_id is not None else []
    mine = await certificates(uow, who.contact_id) if who.contact_id is not None else []
    return {
        "current": "/kurs",
        "crumbs": _crumbs(desk, card, (desk.say(PARTICIPANTS), base), (who.name, "")),
        "card": card, "who": who, "standing": standing, "hours": hours_line(standing, desk.language),
        "lacks": lack_lines(standing, desk.language),
        "may_complete": all(code in MENDED_BY_HAND for code in standing.lacks) and who.outcome != "completed",
        "reason": bool(standing.lacks) and standing.lacks != ["no_list"],
        "states": dict(desk.options(STATES)), "shapes": shapes,
        "missed": [(str(one.session_id), date_day_month(one.starts_at, desk.language)) for one in standing.missed],
        "made_up": await makeups_of(uow, who.signup_id),
        "days": {one.session_id: one.starts_at for one in standing.meetings},
        "exams": await exams_of(uow, who.seat_id), "results": dict(desk.options(forms.RESULTS)),
        "how": desk.options(forms.HOW) if others else desk.options(forms.HOW)[:1],
        "others": [
            (str(one.session_id), f"{other.title}, {date_day_month(one.starts_at, desk.language)}") for other, one in others
        ],
        "certificate": next((one for one in mine if one.course_id == card.id and one.state == "valid"), None),
        "changes": desk.context.may(Permission.CONTACT_WRITE),
        "base": f"{base}/{who.signup_id}", "bevis": desk.url("/kurs/bevis"), "place": desk.url(),
    }  # fmt: skip


@page("/k/{slug:str}/kurs/{course_id:uuid}/deltakere/{course_signup_id:uuid}", Permission.CONTACT_READ)
async def show_participant(desk: Desk) -> Response[str]:
    """One of the municipality's own in a course: session by session, and what is left."""
    card, who = await _one(desk)
    shown = await _one_values(desk, card, who)
    first = {"dag": format_date(today()), "hvordan": "noted"}
    if who.standing.missed:
        first |= {
            "samling": str(who.standing.missed[0].session_id),
            "timer": decimal(who.standing.missed[0].hours, None, "nb"),
        }
    return await desk.render("coursework/participant.html", title=who.name, values=first, **shown)


@action(
    "/k/{slug:str}/kurs/{course_id:uuid}/deltakere/{course_signup_id:uuid}/fullfort", Permission.CONTACT_WRITE
)
async def completed(desk: Desk) -> Response[Any]:
    """Note that somebody completed the course: with a reason where hours are lacking."""
    card, who = await _one(desk)
    shown = await _one_values(desk, card, who)
    try:
        made = await complete(desk.uow, who.signup_id, why=desk.form.text("grunn")[:500])
    except Invalid as bad:
        return await desk.again("coursework/participant.html", bad, title=who.name, **shown)
    flash = N_("Kurset er fullført, og kursbeviset er klart.") if made else N_("Kurset er fullført.")
    return desk.redirect(shown["base"], flash=flash)


@action(
    "/k/{slug:str}/kurs/{course_id:uuid}/deltakere/{course_signup_id:uuid}/ikke-fullfort",
    Permission.CONTACT_WRITE,
)
async def not_completed(desk: Desk) -> Response[Any]:
    """Note that somebody did not complete the course."""
    card, who = await _one(desk)
    await note_missed(desk.uow, who.signup_id)
    return desk.redirect(
        desk.url(f"/kurs/{card.id}/deltakere/{who.signup_id}"),
        flash=N_("Lagret at kurset ikke ble fullført."),
    )


@action(
    "/k/{slug:str}/kurs/{course_id:uuid}/deltakere/{course_signup_id:uuid}/tatt-igjen",
    Permission.CONTACT_WRITE,
)
async def made_up_for(desk: Desk) -> Response[Any]:
    """Note what was done instead of a session."""
    card, who = await _one(desk)
    shown = await _one_values(desk, card, who)
    try:
        await make_up(desk.uow, who.signup_id, forms.read_makeup(desk.form))
    except Invalid as bad:
        return await desk.again("coursework/participant.html", bad, title=who.name, **shown)
    return desk.redirect(shown["base"], flash=N_("Samlingen er tatt igjen."))


@action(
    "/k/{slug:str}/kurs/{course_id:uuid}/deltakere/{course_signup_id:uuid}/tatt-igjen/{course_makeup_id:uuid}/fjern",
    Permission.CONTACT_WRITE,
)
async def not_made_up_for(desk: Desk) -> Response[Any]:
    """Take away what was noted by mistake."""
    card, who = await _one(desk)
    await drop_makeup(desk.uow, who.signup_id, desk.path_uuid("course_makeup_id"))
    return desk.redirect(desk.url(f"/kurs/{card.id}/deltakere/{who.signup_id}"), flash=N_("Tatt bort."))


@action("/k/{slug:str}/kurs/{course_id:uuid}/plass", Permission.CONTACT_WRITE)
async def take_seat(desk: Desk) -> Response[Any]:
    """Sign up somebody who is held back by a course they lack: from the assignment's page or their own."""
    card = await course_card(desk.uow, desk.path_uuid("course_id"))
    try:
        contact = await contact_card(desk.uow, forms.read_contact(desk.form))
        await sign_up(desk.uow, card.id, contact.id)
    except Invalid as bad:
        if "kontakt" in bad.errors:
            raise NotFound from None
        return desk.redirect(
            desk.url(f"/kurs/{card.id}"),
            state="warning",
            flash=N_("Det er ikke plass lenger. Se om noen venter."),
        )
    return desk.redirect(
        desk.url(f"/kontakter/{contact.id}"), flash=N_("%(name)s er meldt på %(course)s."), name=contact.name,
        course=card.title,
    )  # fmt: skip


HANDLERS = [
    show_participants, show_participant, completed, not_completed, made_up_for, not_made_up_for, take_seat,
]  # fmt: skip
