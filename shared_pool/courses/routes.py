"""The slice's pages: the region's courses, a municipality's participants in them, and a contact's own."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_day_month
from shared_pool.courses import forms
from shared_pool.courses.queries import (
    KINDS,
    SignupCard,
    contacts_here,
    courses,
    hosts,
    may_hold,
    seats_by_home,
    signups,
    signups_of,
)
from shared_pool.courses.service import make_course, record_outcome, sign_up, withdraw
from tenants.api import own_contact

COURSES = N_("Kurs")
NEW = N_("Nytt kurs")
SIGNED_UP = N_("%(name)s er meldt på kurset.")


def _kinds(desk: Desk) -> dict[str, str]:
    return {code: desk.say(name) for code, name in KINDS.items()}


# The region -----------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/kurs", Permission.REGION_READ)
async def show_region(desk: Desk) -> Response[str]:
    """The region's courses with their seats; for those who keep them, how many seats each municipality has."""
    keeps = desk.context.may(Permission.COURSE_WRITE)
    found = await courses(desk.uow)
    homes = await seats_by_home(desk.uow) if keeps else {}
    return await desk.render(
        "courses/region.html", title=desk.say(COURSES), current="/kurs", rows=found, homes=homes, kinds=_kinds(desk),
        may_make=keeps, base=desk.url("/kurs"), hosts=await hosts(desk.uow),
    )  # fmt: skip


async def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(COURSES), desk.url("/kurs")), (desk.say(NEW), "")],
        "kinds": list(_kinds(desk).items()),
        "places": [(str(one), name) for one, name in await may_hold(desk.uow)],
        "action": desk.url("/kurs/ny"),
        "back": desk.url("/kurs"),
    }


@page("/r/{slug:str}/kurs/ny", Permission.COURSE_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a course."""
    values = {"plasser": "20", "ansvarlig": desk.context.user_name}
    return await desk.render(
        "courses/form.html", title=desk.say(NEW), values=values, **await _form_values(desk)
    )


@action("/r/{slug:str}/kurs/ny", Permission.COURSE_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan a course."""
    shown = await _form_values(desk)
    try:
        await make_course(desk.uow, forms.read_course(desk.form))
    except Invalid as bad:
        return await desk.again("courses/form.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(shown["back"], flash=N_("Kurset er lagt ut. Kommunene kan melde på."))


# A municipality -------------------------------------------------------------------------------------------------------
async def _municipal_values(desk: Desk) -> dict[str, Any]:
    """What the municipality's page shows, and the access log's row for it."""
    uow, changes = desk.uow, desk.context.may(Permission.CONTACT_WRITE)
    found, seated = await courses(uow), await signups(uow)
    contacts = await contacts_here(uow) if changes else []
    ours: dict[Any, list[SignupCard]] = {}
    for one in seated:
        ours.setdefault(one.course_id, []).append(one)
    persons = {one.person_id for one in seated} | {person for _, person, _ in contacts}
    await record_read(uow, "course.list", sorted(persons), why=N_("Kurs og påmeldinger"))
    return {
        "current": "/kurs",
        "rows": [(card, ours.get(card.id, [])) for card in found],
        "kinds": _kinds(desk),
        "hosts": {
            course: name for course, (host, name) in (await hosts(uow)).items() if host != desk.context.tenant
        },
        "open": [
            (str(card.id), f"{card.title}, {date_day_month(card.starts_at, desk.language)}")
            for card in found
            if not card.begun and card.free
        ],
        "contacts": [(str(contact), name) for contact, _, name in contacts],
        "names": {contact: name for contact, _, name in contacts},
        "changes": changes,
        "place": desk.url(),
        "base": desk.url("/kurs"),
    }


@page("/k/{slug:str}/kurs", Permission.CONTACT_READ)
async def show_municipality(desk: Desk) -> Response[str]:
    """The region's courses, with the municipality's own participants by name and the others as a number."""
    shown = await _municipal_values(desk)
    return await desk.render("courses/municipality.html", title=desk.say(COURSES), values={}, **shown)


@action("/k/{slug:str}/kurs", Permission.CONTACT_WRITE)
async def sign_contact_up(desk: Desk) -> Response[Any]:
    """Sign one of our contacts up."""
    shown = await _municipal_values(desk)
    try:
        course, contact = forms.read_signup(desk.form)
        await sign_up(desk.uow, course, contact)
    except Invalid as bad:
        return await desk.again("courses/municipality.html", bad, title=desk.say(COURSES), **shown)
    return desk.redirect(shown["base"], flash=SIGNED_UP, name=shown["names"][contact])


@action("/k/{slug:str}/kurs/{course_signup_id:uuid}/avmeld", Permission.CONTACT_WRITE)
async def withdraw_contact(desk: Desk) -> Response[Any]:
    """Give a contact's seat back."""
    await withdraw(desk.uow, desk.path_uuid("course_signup_id"))
    return desk.redirect(desk.url("/kurs"), flash=N_("Påmeldingen er trukket."))


@action("/k/{slug:str}/kurs/{course_signup_id:uuid}/fullfort", Permission.CONTACT_WRITE)
async def note_outcome(desk: Desk) -> Response[Any]:
    """Note who completed a course, by the button that was pressed."""
    completed = desk.form.text("fullfort") == "ja"
    await record_outcome(desk.uow, desk.path_uuid("course_signup_id"), completed=completed)
    done = N_("Kurset teller nå som fullført, her og i den felles banken.")
    return desk.redirect(desk.url("/kurs"), flash=done if completed else N_("Lagret."))


# One's own ------------------------------------------------------------------------------------------------------------
async def _own_values(desk: Desk) -> dict[str, Any]:
    contact = await own_contact(desk.uow)
    mine = await signups_of(desk.uow, contact) if contact is not None else {}
    found = [card for card in await courses(desk.uow) if not card.begun or card.id in mine]
    return {
        "current": "/kurs", "contact": contact, "rows": [(card, mine.get(card.id)) for card in found],
        "kinds": _kinds(desk), "base": desk.url("/kurs"),
    }  # fmt: skip


@page("/min/{slug:str}/kurs", Permission.HOURS_REGISTER)
async def show_own(desk: Desk) -> Response[str]:
    """Courses a contact may go to, and those they are signed up for."""
    return await desk.render("courses/own.html", title=desk.say(COURSES), **await _own_values(desk))


@action("/min/{slug:str}/kurs", Permission.HOURS_REGISTER)
async def sign_oneself_up(desk: Desk) -> Response[Any]:
    """A contact takes a seat."""
    shown = await _own_values(desk)
    if shown["contact"] is None:
        raise Forbidden(N_("Bare støttekontakter i kommunen kan melde seg på."))
    try:
        await sign_up(desk.uow, forms.read_course_choice(desk.form), shown["contact"])
    except Invalid as bad:
        return await desk.again("courses/own.html", bad, title=desk.say(COURSES), **shown)
    return desk.redirect(shown["base"], flash=N_("Du er meldt på kurset."))


@action("/min/{slug:str}/kurs/{course_signup_id:uuid}/avmeld", Permission.HOURS_REGISTER)
async def withdraw_oneself(desk: Desk) -> Response[Any]:
    """A contact gives the seat back."""
    contact = await own_contact(desk.uow)
    if contact is None:
        raise Forbidden(N_("Bare støttekontakter i kommunen kan melde seg på."))
    await withdraw(desk.uow, desk.path_uuid("course_signup_id"), only_for=contact)
    return desk.redirect(desk.url("/kurs"), flash=N_("Du er meldt av kurset."))


HANDLERS = [
    show_region, new_form, make, show_municipality, sign_contact_up, withdraw_contact, note_outcome, show_own, sign_oneself_up,
    withdraw_oneself,
]  # fmt: skip
