"""Planning a course, in a municipality that holds it and in the region that lays it out jointly: the same pages in both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from sammen.errors import Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, listed
from shared_pool.courses import forms, meetings, service, views
from shared_pool.courses.queries import (
    CourseCard,
    SessionCard,
    course_card,
    keeps,
    members_here,
    own_region,
    quotas_of,
    sessions_of,
)
from shared_pool.courses.routes.shown import crumbs
from shared_pool.courses.rules import KINDS
from shared_pool.courses.signups import colleagues
from shared_pool.resources.api import PANEL_TEMPLATE, booking_values

Handler = Callable[[Desk], Awaitable[Response[Any]]]
Door = Callable[[str, Permission], Callable[[Handler], HTTPRouteHandler]]
HANDLERS: list[HTTPRouteHandler] = []
PLACES = (("k", Permission.COURSE_HOLD), ("r", Permission.COURSE_WRITE))
NEW = N_("Nytt kurs")
OUT = {
    "region": N_("Kurset er lagt ut. Kommunene kan melde på."),
    "own": N_("Kurset er lagt ut. Dere kan melde på."),
}
CHANGE = N_("Endre kurset")
ADD = N_("Legg til en samling")
MEETING = N_("Endre samlingen")
CANCEL = N_("Avlys kurset")
COPY = N_("Kopier kurset")


def _in_both(
    door: Callable[[str, Permission], Callable[[Handler], HTTPRouteHandler]], path: str
) -> Callable[[Handler], Handler]:
    """Register a handler in a municipality for its coordinator, and in the region for who keeps its courses."""

    def register(handler: Handler) -> Handler:
        for kind, permission in PLACES:

            @wraps(handler)
            async def here(desk: Desk) -> Response[Any]:
                return await handler(desk)

            here.__name__ = f"{handler.__name__}_{kind}"
            HANDLERS.append(door(f"/{kind}/{{slug:str}}/kurs{path}", permission)(here))
        return handler

    return register


class Places(NamedTuple):
    """Who is in the region, by name, and the staff that may be named as holders of a list."""

    members: list[tuple[UUID, str]]
    staff: dict[UUID, str]


async def _places(desk: Desk) -> Places:
    region = await own_region(desk.uow)
    members = await members_here(desk.uow, region) if region is not None else []
    return Places(members, await colleagues(desk.uow))


async def _form(desk: Desk, title: str, action_url: str, back: str, **rest: Any) -> dict[str, Any]:
    places = await _places(desk)
    return {
        "current": "/kurs",
        "crumbs": await crumbs(desk, (desk.say(title), "")),
        "kinds": desk.options(KINDS),
        "repeats": desk.options(forms.REPEATS),
        "reaches": desk.options(forms.REACHES),
        "members": [(str(one), name) for one, name in places.members],
        "quotas": [(f"{forms.QUOTA}{one}", name) for one, name in places.members],
        "staff": [(str(user), name) for user, name in places.staff.items()],
        "home": desk.context.kind is PlaceKind.MUNICIPALITY,
        "places": places,
        "action": action_url,
        "back": back,
    } | rest


def _left_out(desk: Desk, off: Sequence[tuple[date, str]]) -> str:
    """The days a series leaves out, with why, as a list in words."""
    return listed([f"{date_long(day, desk.language)} ({desk.say(why)})" for day, why in off], desk.language)


# A new course -----------------------------------------------------------------------------------------------------------
@_in_both(page, "/ny")
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a course."""
    shown = await _form(desk, NEW, desk.url("/kurs/ny"), desk.url("/kurs"), card=None)
    values = views.new_values(desk.context.user_name)
    return await desk.render("courses/form.html", title=desk.say(NEW), values=values, **shown)


@_in_both(action, "/ny")
async def make(desk: Desk) -> Response[Any]:
    """Plan a course; the button says whether it is laid out at once."""
    shown = await _form(desk, NEW, desk.url("/kurs/ny"), desk.url("/kurs"), card=None)
    places: Places = shown["places"]
    draft = desk.form.text("steg") == "utkast"
    try:
        facts, found, off = forms.read_new(desk.form, [one for one, _ in places.members], places.staff)
        course = await service.make_course(desk.uow, facts, found, draft=draft)
    except Invalid as bad:
        return await desk.again("courses/form.html", bad, title=desk.say(NEW), **shown)
    url = desk.url(f"/kurs/{course}")
    if off:
        return desk.redirect(url, flash=N_("Kurset er lagret uten %(days)s."), days=_left_out(desk, off))
    return desk.redirect(url, flash=N_("Kurset er lagret som utkast.") if draft else OUT[facts.reach])


# Changing it ------------------------------------------------------------------------------------------------------------
async def _kept(desk: Desk) -> CourseCard:
    """The course of the address, for who may change it. Raises NotFound, and Forbidden for everybody else."""
    card = await course_card(desk.uow, desk.path_uuid("course_id"))
    if not keeps(desk.uow, card):
        raise Forbidden(N_("Bare den som holder kurset, kan endre det."))
    return card


def _url(desk: Desk, card: CourseCard, path: str = "") -> str:
    return desk.url(f"/kurs/{card.id}{path}")


async def _change(desk: Desk, card: CourseCard) -> dict[str, Any]:
    return await _form(desk, CHANGE, _url(desk, card, "/endre"), _url(desk, card), card=card)


@_in_both(page, "/{course_id:uuid}/endre")
async def change_form(desk: Desk) -> Response[str]:
    """The course as it stands, to change."""
    card = await _kept(desk)
    values = views.course_values(card, await quotas_of(desk.uow, card))
    return await desk.render(
        "courses/form.html", title=desk.say(CHANGE), values=values, **await _change(desk, card)
    )


@_in_both(action, "/{course_id:uuid}/endre")
async def change(desk: Desk) -> Response[Any]:
    """Change what a course is."""
    card = await _kept(desk)
    shown = await _change(desk, card)
    places: Places = shown["places"]
    try:
        facts = forms.read_course(desk.form, [one for one, _ in places.members])
        await service.change_course(desk.uow, card.id, facts, forms.read_version(desk.form))
    except Invalid as bad:
        return await desk.again("courses/form.html", bad, title=desk.say(CHANGE), **shown)
    return desk.redirect(shown["back"], flash=N_("Kurset er endret."))


@_in_both(action, "/{course_id:uuid}/legg-ut")
async def lay_out(desk: Desk) -> Response[Any]:
    """Make a draft visible to those it is for."""
    card = await _kept(desk)
    await service.lay_out(desk.uow, card.id)
    return desk.redirect(_url(desk, card), flash=OUT[card.reach])


async def _asked(desk: Desk, title: str, path: str) -> tuple[CourseCard, dict[str, Any]]:
    """What a page with one question about a course shows."""
    card = await _kept(desk)
    return card, {
        "current": "/kurs",
        "crumbs": await crumbs(desk, (card.title, _url(desk, card)), (desk.say(title), "")),
        "card": card,
        "when": views.when(card, desk.language),
        "action": _url(desk, card, path),
        "back": _url(desk, card),
    }


@_in_both(page, "/{course_id:uuid}/avlys")
async def cancel_form(desk: Desk) -> Response[str]:
    """Ask why a course is called off."""
    _, shown = await _asked(desk, CANCEL, "/avlys")
    return await desk.render("courses/cancel.html", title=desk.say(CANCEL), values={}, **shown)


@_in_both(action, "/{course_id:uuid}/avlys")
async def cancel(desk: Desk) -> Response[Any]:
    """Call a course off; everybody in it is told."""
    card, shown = await _asked(desk, CANCEL, "/avlys")
    try:
        await service.cancel_course(desk.uow, card.id, forms.read_reason(desk.form))
    except Invalid as bad:
        return await desk.again("courses/cancel.html", bad, title=desk.say(CANCEL), **shown)
    return desk.redirect(shown["back"], flash=N_("Kurset er avlyst. De påmeldte får beskjed."))


@_in_both(page, "/{course_id:uuid}/kopier")
async def copy_form(desk: Desk) -> Response[str]:
    """Ask when the copy begins."""
    card, shown = await _asked(desk, COPY, "/kopier")
    values = {"dato": views.copy_day(card)}
    return await desk.render("courses/copy.html", title=desk.say(COPY), values=values, **shown)


@_in_both(action, "/{course_id:uuid}/kopier")
async def copy(desk: Desk) -> Response[Any]:
    """A draft of the same course on another day."""
    card, shown = await _asked(desk, COPY, "/kopier")
    try:
        made = await service.copy_course(desk.uow, card.id, forms.read_day(desk.form))
    except Invalid as bad:
        return await desk.again("courses/copy.html", bad, title=desk.say(COPY), **shown)
    done = N_("Kopien er et utkast. Se over den, og legg den ut.")
    return desk.redirect(desk.url(f"/kurs/{made}"), flash=done)


# Its meetings -----------------------------------------------------------------------------------------------------------
async def _meeting_form(
    desk: Desk, card: CourseCard, title: str, path: str, one: SessionCard | None
) -> dict[str, Any]:
    shown = await _form(desk, title, _url(desk, card, path), _url(desk, card), card=card, one=one)
    way = await crumbs(desk, (card.title, _url(desk, card)), (desk.say(title), ""))
    rest: dict[str, Any] = {"crumbs": way, "off": "", "panel": None, "panel_template": PANEL_TEMPLATE}
    if one is not None:
        rest["off"] = f"{_url(desk, card)}/samlinger/{one.id}/avlys"
        rest["panel"] = await booking_values(desk.uow, "course", one.id, one.starts_at, one.ends_at)
    return shown | rest


@_in_both(page, "/{course_id:uuid}/samlinger/ny")
async def add_form(desk: Desk) -> Response[str]:
    """Another meeting of the course, or a series of them."""
    card = await _kept(desk)
    known = [one for one in await sessions_of(desk.uow, card.id) if one.planned]
    values = views.meeting_values(known[-1]) | {"dato": "", "gjenta": "once"} if known else {"gjenta": "once"}
    shown = await _meeting_form(desk, card, ADD, "/samlinger/ny", None)
    return await desk.render("courses/meeting.html", title=desk.say(ADD), values=values, **shown)


@_in_both(action, "/{course_id:uuid}/samlinger/ny")
async def add(desk: Desk) -> Response[Any]:
    """Add meetings; those with a seat are told."""
    card = await _kept(desk)
    shown = await _meeting_form(desk, card, ADD, "/samlinger/ny", None)
    places: Places = shown["places"]
    try:
        found, off = forms.read_meetings(desk.form, places.staff)
        await meetings.add_meetings(desk.uow, card.id, found)
    except Invalid as bad:
        return await desk.again("courses/meeting.html", bad, title=desk.say(ADD), **shown)
    if off:
        return desk.redirect(
            shown["back"], flash=N_("Samlingene er lagt til uten %(days)s."), days=_left_out(desk, off)
        )
    return desk.redirect(shown["back"], flash=N_("Lagt til. De påmeldte får beskjed."))


async def _meeting(desk: Desk) -> tuple[CourseCard, SessionCard]:
    """The course and the meeting of the address. Raises NotFound, Forbidden."""
    course_id, wanted = desk.path_uuid("course_id"), desk.path_uuid("course_session_id")
    found = next((one for one in await sessions_of(desk.uow, course_id) if one.id == wanted), None)
    if found is None:
        raise NotFound
    return await _kept(desk), found


@_in_both(page, "/{course_id:uuid}/samlinger/{course_session_id:uuid}/endre")
async def meeting_form(desk: Desk) -> Response[str]:
    """A meeting as it stands, to move or change."""
    card, one = await _meeting(desk)
    shown = await _meeting_form(desk, card, MEETING, f"/samlinger/{one.id}/endre", one)
    return await desk.render(
        "courses/meeting.html", title=desk.say(MEETING), values=views.meeting_values(one), **shown
    )


@_in_both(action, "/{course_id:uuid}/samlinger/{course_session_id:uuid}/endre")
async def change_meeting(desk: Desk) -> Response[Any]:
    """Move a meeting or change it; those with a seat are told when they must know."""
    card, one = await _meeting(desk)
    shown = await _meeting_form(desk, card, MEETING, f"/samlinger/{one.id}/endre", one)
    places: Places = shown["places"]
    try:
        # Who holds the list from another place is kept: this place has no names to show of them.
        kept = set(one.trainer_ids) - places.staff.keys()
        facts = forms.read_meeting(desk.form, places.staff)
        await meetings.change_meeting(desk.uow, card.id, one.id, facts, kept=kept)
    except Invalid as bad:
        return await desk.again("courses/meeting.html", bad, title=desk.say(MEETING), **shown)
    return desk.redirect(shown["back"], flash=N_("Samlingen er endret."))


@_in_both(action, "/{course_id:uuid}/samlinger/{course_session_id:uuid}/avlys")
async def cancel_meeting(desk: Desk) -> Response[Any]:
    """Call one meeting off."""
    card, one = await _meeting(desk)
    await meetings.cancel_meeting(desk.uow, card.id, one.id)
    return desk.redirect(_url(desk, card), flash=N_("Samlingen er avlyst. De påmeldte får beskjed."))
