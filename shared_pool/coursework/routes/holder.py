"""For whoever holds a course, in a municipality or the region: the list at the door, exams, and what participants thought.

Anybody on the staff may be named as a trainer, so the routes ask for no more than being one; the database decides whether
the course is theirs, and what is not theirs is not found.
"""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.clock import OSLO, today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.coursework import forms
from shared_pool.coursework.codes import door_code, seat_label, shown_door
from shared_pool.coursework.door import (
    Door,
    ExamSeat,
    Seat,
    door,
    doors,
    exam_seats,
    note_came,
    note_exam,
    note_presence,
    note_rest_absent,
    seats_at,
    voices,
)
from shared_pool.coursework.queries import rule_of
from shared_pool.coursework.rules import STATES
from shared_pool.coursework.views import COURSES, label_of, shapes

PRESENCE = N_("Oppmøte")
HOME, REGION = Permission.TODAY_READ, Permission.REGION_READ


def _base(desk: Desk) -> str:
    return desk.url(f"/kurs/{desk.path_uuid('course_id')}/oppmote")


# All sessions -------------------------------------------------------------------------------------------------------------
async def _overview(desk: Desk) -> Response[str]:
    course_id = desk.path_uuid("course_id")
    held = await doors(desk.uow, course_id)
    first = held[0]
    rule = await rule_of(desk.uow, first.kind, first.day)
    seats = await exam_seats(desk.uow, course_id) if rule.needs_exam else []
    return await desk.render(
        "coursework/overview.html", title=first.title, current="/kurs",
        crumbs=[(desk.say(COURSES), desk.url("/kurs")), (first.title, desk.url(f"/kurs/{course_id}")),
                (desk.say(PRESENCE), "")],
        doors=held, course=first, rule=rule, seats=[(one, label_of(one.name, one.id, desk.language)) for one in seats],
        exam_base=desk.url(f"/kurs/{course_id}/eksamen"), results=dict(desk.options(forms.RESULTS)),
        voices=await voices(desk.uow, course_id), base=_base(desk),
    )  # fmt: skip


@page("/k/{slug:str}/kurs/{course_id:uuid}/oppmote", HOME)
async def overview_home(desk: Desk) -> Response[str]:
    """The sessions one holds, exams, and what participants thought."""
    return await _overview(desk)


@page("/r/{slug:str}/kurs/{course_id:uuid}/oppmote", REGION)
async def overview_region(desk: Desk) -> Response[str]:
    """As `overview_home`, for a joint course."""
    return await _overview(desk)


# One session --------------------------------------------------------------------------------------------------------------
async def _door(desk: Desk) -> Door:
    return await door(desk.uow, desk.path_uuid("course_id"), desk.path_uuid("course_session_id"))


def _list_values(desk: Desk, here: Door, seats: list[Seat]) -> dict[str, Any]:
    course = desk.url(f"/kurs/{here.course_id}")
    waiting = [one for one in seats if not one.state]
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(COURSES), desk.url("/kurs")), (here.title, course),
                   (desk.say(PRESENCE), f"{course}/oppmote"), (format_date(here.day), "")],
        "here": here,
        "waiting": [(str(one.id), label_of(one.name, one.id, desk.language), one.home) for one in waiting],
        "noted": [(one, label_of(one.name, one.id, desk.language)) for one in seats if one.state],
        "came": sum(1 for one in seats if one.state and one.state != "absent"),
        "seats": len(seats),
        "unnamed": sum(1 for one in seats if not one.name),
        "saved_at": max((one.noted_at for one in seats if one.noted_at is not None), default=None),
        "states": dict(desk.options(STATES)),
        "shapes": shapes,
        "code": shown_door(door_code(desk.house.keys, here.id)),
        "base": f"{course}/oppmote/{here.id}",
    }  # fmt: skip


async def _list(desk: Desk) -> Response[str]:
    here = await _door(desk)
    shown = _list_values(desk, here, list(await seats_at(desk.uow, here)))
    return await desk.render("coursework/door.html", title=here.title, values={}, **shown)


async def _tick(desk: Desk) -> Response[Any]:
    here = await _door(desk)
    seats = list(await seats_at(desk.uow, here))
    shown = _list_values(desk, here, seats)
    try:
        chosen = forms.read_seats(desk.form, {one.id: one.name for one in seats})
        count = await note_came(desk.uow, here, chosen, late=desk.form.text("sent") == "ja")
    except Invalid as bad:
        return await desk.again("coursework/door.html", bad, title=here.title, **shown)
    return desk.redirect(shown["base"], flash=N_("Lagret. %(count)s er ført som kommet."), count=count)


async def _rest(desk: Desk) -> Response[Any]:
    here = await _door(desk)
    shown = _list_values(desk, here, list(await seats_at(desk.uow, here)))
    try:
        count = await note_rest_absent(desk.uow, here)
    except Invalid as bad:
        return await desk.again("coursework/door.html", bad, title=here.title, **shown)
    return desk.redirect(shown["base"], flash=N_("Lagret. %(count)s er ført som ikke møtt."), count=count)


@page("/k/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}", HOME)
async def list_home(desk: Desk) -> Response[str]:
    """Who is expected, and who has come."""
    return await _list(desk)


@page("/r/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}", REGION)
async def list_region(desk: Desk) -> Response[str]:
    """As `list_home`, for a joint course."""
    return await _list(desk)


@action("/k/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}", HOME)
async def tick_home(desk: Desk) -> Response[Any]:
    """Note those who have come. Sent twice, it is noted once."""
    return await _tick(desk)


@action("/r/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}", REGION)
async def tick_region(desk: Desk) -> Response[Any]:
    """As `tick_home`, for a joint course."""
    return await _tick(desk)


@action("/k/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/resten", HOME)
async def rest_home(desk: Desk) -> Response[Any]:
    """Note that everybody else did not come."""
    return await _rest(desk)


@action("/r/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/resten", REGION)
async def rest_region(desk: Desk) -> Response[Any]:
    """As `rest_home`, for a joint course."""
    return await _rest(desk)


# One seat -----------------------------------------------------------------------------------------------------------------
async def _seat(desk: Desk) -> tuple[Door, Seat]:
    here = await _door(desk)
    for one in await seats_at(desk.uow, here):
        if one.id == desk.path_uuid("enrolment_id"):
            return here, one
    raise NotFound


def _seat_values(desk: Desk, here: Door, one: Seat) -> dict[str, Any]:
    course = desk.url(f"/kurs/{here.course_id}")
    back = f"{course}/oppmote/{here.id}"
    return {
        "current": "/kurs",
        "crumbs": [(here.title, course), (desk.say(PRESENCE), back), (label_of(one.name, one.id, desk.language), "")],
        "here": here, "one": one, "label": label_of(one.name, one.id, desk.language), "states": desk.options(STATES),
        "action": f"{back}/{one.id}", "back": back,
    }  # fmt: skip


def _clock(here: Door, one: Seat) -> str:
    """When somebody came or left, from the minutes that count."""
    starts, ends = here.starts_at.astimezone(OSLO), here.ends_at.astimezone(OSLO)
    whole = (ends - starts).total_seconds() / 60
    if one.state not in ("late", "left_early"):
        return ""
    part = (ends - starts) * (one.minutes / whole)
    return f"{(ends - part if one.state == 'late' else starts + part):%H:%M}"


async def _show_seat(desk: Desk) -> Response[str]:
    here, one = await _seat(desk)
    shown = _seat_values(desk, here, one)
    values = {"hvordan": one.state, "kl": _clock(here, one)}
    return await desk.render("coursework/seat.html", title=shown["label"], values=values, **shown)


async def _save_seat(desk: Desk) -> Response[Any]:
    here, one = await _seat(desk)
    shown = _seat_values(desk, here, one)
    try:
        state, at = forms.read_presence(desk.form, here)
        await note_presence(desk.uow, here, one.id, state, at)
    except Invalid as bad:
        return await desk.again("coursework/seat.html", bad, title=shown["label"], **shown)
    return desk.redirect(shown["back"], flash=N_("Oppmøtet er lagret."))


@page("/k/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/{enrolment_id:uuid}", HOME)
async def seat_home(desk: Desk) -> Response[str]:
    """How one participant was at a session."""
    return await _show_seat(desk)


@page("/r/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/{enrolment_id:uuid}", REGION)
async def seat_region(desk: Desk) -> Response[str]:
    """As `seat_home`, for a joint course."""
    return await _show_seat(desk)


@action("/k/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/{enrolment_id:uuid}", HOME)
async def save_seat_home(desk: Desk) -> Response[Any]:
    """Note how one participant was."""
    return await _save_seat(desk)


@action("/r/{slug:str}/kurs/{course_id:uuid}/oppmote/{course_session_id:uuid}/{enrolment_id:uuid}", REGION)
async def save_seat_region(desk: Desk) -> Response[Any]:
    """As `save_seat_home`, for a joint course."""
    return await _save_seat(desk)


# Exams --------------------------------------------------------------------------------------------------------------------
async def _exam_seat(desk: Desk) -> tuple[Door, ExamSeat, int]:
    course_id = desk.path_uuid("course_id")
    held = await doors(desk.uow, course_id)
    rule = await rule_of(desk.uow, held[0].kind, today())
    for one in await exam_seats(desk.uow, course_id):
        if one.id == desk.path_uuid("enrolment_id") and rule.needs_exam:
            return held[0], one, rule.retake_days
    raise NotFound


def _exam_values(desk: Desk, here: Door, one: ExamSeat, days: int) -> dict[str, Any]:
    course = desk.url(f"/kurs/{here.course_id}")
    return {
        "current": "/kurs",
        "crumbs": [(here.title, course), (desk.say(PRESENCE), f"{course}/oppmote"), (desk.say(N_("Eksamen")), "")],
        "one": one, "label": label_of(one.name, one.id, desk.language), "results": desk.options(forms.RESULTS), "days": days,
        "result_names": dict(desk.options(forms.RESULTS)),
        "seat_label": seat_label(one.id), "action": f"{course}/eksamen/{one.id}", "back": f"{course}/oppmote",
    }  # fmt: skip


async def _show_exam(desk: Desk) -> Response[str]:
    shown = _exam_values(desk, *await _exam_seat(desk))
    values = {"dag": format_date(today())}
    return await desk.render("coursework/exam.html", title=desk.say(N_("Eksamen")), values=values, **shown)


async def _save_exam(desk: Desk) -> Response[Any]:
    here, one, days = await _exam_seat(desk)
    shown = _exam_values(desk, here, one, days)
    try:
        result, day = forms.read_exam(desk.form)
        await note_exam(desk.uow, here.course_id, one.id, result, day, retake_days=days)
    except Invalid as bad:
        return await desk.again("coursework/exam.html", bad, title=desk.say(N_("Eksamen")), **shown)
    return desk.redirect(shown["back"], flash=N_("Resultatet er lagret. Kommunen til deltakeren ser det nå."))


@page("/k/{slug:str}/kurs/{course_id:uuid}/eksamen/{enrolment_id:uuid}", HOME)
async def exam_home(desk: Desk) -> Response[str]:
    """The form for one participant's result."""
    return await _show_exam(desk)


@page("/r/{slug:str}/kurs/{course_id:uuid}/eksamen/{enrolment_id:uuid}", REGION)
async def exam_region(desk: Desk) -> Response[str]:
    """As `exam_home`, for a joint course."""
    return await _show_exam(desk)


@action("/k/{slug:str}/kurs/{course_id:uuid}/eksamen/{enrolment_id:uuid}", HOME)
async def save_exam_home(desk: Desk) -> Response[Any]:
    """Note one participant's result."""
    return await _save_exam(desk)


@action("/r/{slug:str}/kurs/{course_id:uuid}/eksamen/{enrolment_id:uuid}", REGION)
async def save_exam_region(desk: Desk) -> Response[Any]:
    """As `save_exam_home`, for a joint course."""
    return await _save_exam(desk)


HANDLERS = [
    overview_home, overview_region, list_home, list_region, tick_home, tick_region, rest_home, rest_region, seat_home,
    seat_region, save_seat_home, save_seat_region, exam_home, exam_region, save_exam_home, save_exam_region,
]  # fmt: skip
