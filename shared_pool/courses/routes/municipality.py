"""Courses as a municipality sees them: what there is, its own people in them by name, and the others as a number."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.courses import forms, views
from shared_pool.courses.queries import courses, keeps
from shared_pool.courses.routes.shown import home_values
from shared_pool.courses.seats import accept_offer, sign_colleague_up, sign_up, withdraw


@page("/k/{slug:str}/kurs", Permission.CONTACT_READ)
async def show_municipality(desk: Desk) -> Response[str]:
    """The courses the municipality's contacts may go to, and its own."""
    uow, base, language = desk.uow, desk.url("/kurs"), desk.language
    coming, over = views.split(await courses(uow))
    await record_read(uow, "course.list", [], why=N_("Kurs og påmeldinger"))
    return await desk.render(
        "courses/list.html", title=desk.say(views.COURSES), current="/kurs", homes={},
        coming=[views.row(card, base, language, near=keeps(uow, card), ours=True) for card in coming],
        over=[views.row(card, base, language, near=keeps(uow, card), ours=True) for card in over],
        may_make=desk.context.may(Permission.COURSE_HOLD), base=base, tabs=views.course_tabs(desk, "kurs"), home=True,
    )  # fmt: skip


@page("/k/{slug:str}/kurs/{course_id:uuid}", Permission.CONTACT_READ)
async def show_course(desk: Desk) -> Response[str]:
    """One course, with the municipality's own participants by name and the others as a number."""
    shown = await home_values(desk, desk.path_uuid("course_id"))
    return await desk.render("courses/one.html", title=shown["card"].title, **shown)


@action("/k/{slug:str}/kurs/{course_id:uuid}/meld-paa", Permission.CONTACT_WRITE)
async def sign_somebody_up(desk: Desk) -> Response[Any]:
    """Sign one of our contacts up, or in a supervisors' course a colleague; or put them on the waiting list."""
    shown = await home_values(desk, desk.path_uuid("course_id"))
    card, names = shown["card"], dict(shown["people"])
    wait = bool(desk.form.text("vent"))
    try:
        who = forms.read_who(desk.form)
        if card.kind == "supervisor":
            await sign_colleague_up(desk.uow, card.id, who, wait=wait)
        else:
            await sign_up(desk.uow, card.id, who, wait=wait)
    except Invalid as bad:
        shown.pop("values")
        return await desk.again("courses/one.html", bad, title=card.title, **shown)
    done = N_("%(name)s står på venteliste.") if wait else N_("%(name)s er meldt på kurset.")
    return desk.redirect(shown["base"], flash=done, name=names.get(str(who), ""))


@action("/k/{slug:str}/kurs/paameldte/{course_signup_id:uuid}/avmeld", Permission.CONTACT_WRITE)
async def withdraw_somebody(desk: Desk) -> Response[Any]:
    """Give a seat back, leave the waiting list, or say no to an offer."""
    course_id = await withdraw(desk.uow, desk.path_uuid("course_signup_id"))
    return desk.redirect(desk.url(f"/kurs/{course_id}"), flash=N_("Påmeldingen er trukket."))


@action("/k/{slug:str}/kurs/paameldte/{course_signup_id:uuid}/ta-imot", Permission.CONTACT_WRITE)
async def accept_for_somebody(desk: Desk) -> Response[Any]:
    """Take the seat that one of ours was offered."""
    course_id = await accept_offer(desk.uow, desk.path_uuid("course_signup_id"))
    return desk.redirect(desk.url(f"/kurs/{course_id}"), flash=N_("Plassen er tatt imot."))


HANDLERS = [show_municipality, show_course, sign_somebody_up, withdraw_somebody, accept_for_somebody]
