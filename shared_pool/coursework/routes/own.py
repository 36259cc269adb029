"""For a contact: tell that one has come, see one's hours, say what one thought, and one's certificates."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.clock import OSLO
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.courses.api import course_tabs
from shared_pool.coursework import forms
from shared_pool.coursework.certificates import STATES
from shared_pool.coursework.codes import shown_code
from shared_pool.coursework.own import WRONG, OwnCourse, check_in, own_course, say
from shared_pool.coursework.queries import certificates, exams_of
from shared_pool.coursework.routes.bevis import CERTIFICATES, SHAPES, pdf_answer
from shared_pool.coursework.rules import STATES as PRESENCE
from shared_pool.coursework.views import hours_line, lack_lines, shapes
from tenants.api import own_contact


async def _values(desk: Desk, own: OwnCourse) -> dict[str, Any]:
    mine = await certificates(desk.uow, own.signup.contact_id)
    session = own.open_now
    return {
        "current": "/kurs", "own": own, "card": own.card, "standing": own.standing,
        "hours": hours_line(own.standing, desk.language), "lacks": lack_lines(own.standing, desk.language),
        "states": dict(desk.options(PRESENCE)), "shapes": shapes, "exams": await exams_of(desk.uow, own.seat_id),
        "results": dict(desk.options(forms.RESULTS)), "until": session.ends_at.astimezone(OSLO) if session else None,
        "certificate": next((one for one in mine if one.course_id == own.card.id and one.state == "valid"), None),
        "scores": {"nytte": _scores(desk, N_("Lite nyttig"), N_("Svært nyttig")),
                   "undervisning": _scores(desk, N_("Dårlig"), N_("Svært god"))},
        "base": desk.url(f"/kurs/{own.card.id}"), "bevis": desk.url("/kurs/bevis"), "courses_url": desk.url("/kurs"),
    }  # fmt: skip


def _scores(desk: Desk, low: str, high: str) -> list[tuple[str, str]]:
    ends = {"1": f"1. {desk.say(low)}", "5": f"5. {desk.say(high)}"}
    return [(score, ends.get(score, score)) for score in forms.SCORES]


@page("/min/{slug:str}/kurs/{course_id:uuid}/mott", Permission.CONTACT_OWN)
async def show(desk: Desk) -> Response[str]:
    """One's own course: check in while it is on, hours, exam, certificate, and what one thought."""
    own = await own_course(desk.uow, desk.path_uuid("course_id"))
    return await desk.render(
        "coursework/own.html", title=own.card.title, values={}, **await _values(desk, own)
    )


@action("/min/{slug:str}/kurs/{course_id:uuid}/mott", Permission.CONTACT_OWN)
async def came(desk: Desk) -> Response[Any]:
    """Tell that one has come. A wrong code is counted, so the answer undoes nothing."""
    own = await own_course(desk.uow, desk.path_uuid("course_id"))
    back = desk.url(f"/kurs/{own.card.id}/mott")
    if not await check_in(desk.uow, own, desk.form.text("kode")[:20]):
        return desk.redirect(back, flash=WRONG, state="danger")
    return desk.redirect(back, flash=N_("Du er registrert. Velkommen!"))


@action("/min/{slug:str}/kurs/{course_id:uuid}/mening", Permission.CONTACT_OWN)
async def thought(desk: Desk) -> Response[Any]:
    """Say what one thought of the course."""
    own = await own_course(desk.uow, desk.path_uuid("course_id"))
    shown = await _values(desk, own)
    try:
        await say(desk.uow, own, *forms.read_voice(desk.form))
    except Invalid as bad:
        return await desk.again("coursework/own.html", bad, title=own.card.title, **shown)
    return desk.redirect(shown["base"] + "/mott", flash=N_("Takk for svaret! Ingen ser at det er ditt."))


@page("/min/{slug:str}/kurs/bevis", Permission.CONTACT_OWN)
async def show_certificates(desk: Desk) -> Response[str]:
    """One's own certificates."""
    contact = await own_contact(desk.uow)
    found = await certificates(desk.uow, contact) if contact is not None else []
    return await desk.render(
        "coursework/own_certificates.html", title=desk.say(CERTIFICATES), current="/kurs", shapes=SHAPES,
        rows=[(one, shown_code(one.code)) for one in found], states=dict(desk.options(STATES)), base=desk.url("/kurs/bevis"),
        tabs=course_tabs(desk, "bevis"),
    )  # fmt: skip


@page("/min/{slug:str}/kurs/bevis/{course_certificate_id:uuid}/pdf", Permission.CONTACT_OWN)
async def own_pdf(desk: Desk) -> Response[Any]:
    """One's own certificate on paper."""
    contact = await own_contact(desk.uow)
    wanted = desk.path_uuid("course_certificate_id")
    for one in await certificates(desk.uow, contact) if contact is not None else ():
        if one.id == wanted:
            return await pdf_answer(desk, one)
    raise NotFound


HANDLERS = [show, came, thought, show_certificates, own_pdf]
