"""For those who keep a calendar: a municipality's own, and the region's. The same pages in both places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import read_task
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader, version_of
from sammen.web.i18n import LANGUAGES
from shared_pool.calendar import editions, views
from shared_pool.calendar.codes import STATES, TARGETS
from shared_pool.calendar.content import first_values, read_event, values_of
from shared_pool.calendar.form_views import form_values
from shared_pool.calendar.published import Event
from shared_pool.calendar.queries import Where, members, own_editions, own_event, own_events, whose
from shared_pool.calendar.service import (
    cancel_event,
    change_event,
    copy_event,
    publish_event,
    reject_event,
    remove_event,
    write_event,
)

CALENDAR = N_("Aktivitetskalender")
NEW, EDIT = N_("Ny aktivitet"), N_("Endre aktiviteten")
EDITIONS = N_("Trykte utgaver")
EVERYWHERE = N_("Hele regionen, eller på nett")
HERE = "/aktivitetskalender"
SHOWN = {
    "kommende": N_("Kommende"),
    "venter": N_("Venter på svar"),
    "utkast": N_("Utkast"),
    "tidligere": N_("Tidligere, avlyst og avslått"),
}
LONGEST_REASON = 500

Handler = Callable[[Desk], Awaitable[Response[Any]]]
HANDLERS: list[HTTPRouteHandler] = []


def _both(
    make: Callable[[str, Permission], Callable[[Handler], HTTPRouteHandler]], path: str
) -> Callable[[Handler], Handler]:
    """The page in municipalities and in the region, each under a name of its own."""

    def wrap(handler: Handler) -> Handler:
        for kind in ("k", "r"):

            async def one(desk: Desk) -> Response[Any]:
                return await handler(desk)

            one.__name__, one.__doc__, one.__module__ = (
                f"{handler.__name__}_{kind}",
                handler.__doc__,
                handler.__module__,
            )
            HANDLERS.append(make(f"/{kind}/{{slug:str}}{HERE}{path}", Permission.CALENDAR_WRITE)(one))
        return handler

    return wrap


def _belongs(event: Event) -> str:
    """Which of the list's parts an event stands in."""
    if event.state == "submitted":
        return "venter"
    if event.state == "draft":
        return "utkast"
    return "kommende" if event.state == "published" and event.next_day(today()) is not None else "tidligere"


def _crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(CALENDAR), desk.url(HERE)), *more]


def _public(desk: Desk, at: Where, names: Mapping[UUID, str]) -> str:
    """The public pages of one's own calendar."""
    base = f"{views.BASE}/{at.region_slug}"
    return f"{base}/{desk.context.slug}" if at.host_id in names else base


# The list ----------------------------------------------------------------------------------------------------------------
@_both(page, "")
async def show_list(desk: Desk) -> Response[str]:
    """What one's own place is host of, by what is to be done with it, and searched by its words."""
    at = await whose(desk.uow)
    names = await members(desk.uow, at.region_id)
    events = await own_events(desk.uow)
    counts = {part: sum(_belongs(one) == part for one in events) for part in SHOWN}
    asked = desk.query.get("vis", "")
    part = asked if asked in SHOWN else "venter" if counts["venter"] else "kommende"
    words = desk.query.get("q", "").casefold().split()
    rows = [
        one for one in events
        if _belongs(one) == part
        and all(word in f"{one.title} {one.place} {one.organiser}".casefold() for word in words)
    ]  # fmt: skip
    rows.sort(key=lambda e: (e.next_day(today()) or e.last_day, e.starts), reverse=part == "tidligere")
    return await desk.render(
        "calendar/list.html", title=desk.say(CALENDAR), current=HERE, base=desk.url(HERE),
        kinds=[(desk.say(SHOWN[one]), f"{desk.url(HERE)}?vis={one}", counts[one], one == part) for one in SHOWN],
        rows=[_row(desk, one, names) for one in rows[:200]], total=len(rows), part=part, any=bool(events),
        many=len(events) > 10,
        public=_public(desk, at, names),
    )  # fmt: skip


def _row(desk: Desk, event: Event, names: Mapping[UUID, str]) -> dict[str, Any]:
    word, colour = STATES[event.state]
    return {
        "event": event, "url": desk.url(f"{HERE}/{event.id}"), "state": (desk.say(word), colour),
        "when": views.when_text(event, desk.language), "next": event.next_day(today()),
        "municipality": views.place_name(event, names, desk.language), "whom": views.whom_text(event, desk.language),
    }  # fmt: skip


# Writing one -------------------------------------------------------------------------------------------------------------
async def _form(desk: Desk, title: str, event: Event | None = None) -> dict[str, Any]:
    at = await whose(desk.uow)
    names = await members(desk.uow, at.region_id)
    base = desk.url(HERE)
    crumbs = [(event.title, f"{base}/{event.id}")] if event is not None else []
    return {
        "current": HERE, "crumbs": _crumbs(desk, *crumbs, (desk.say(title), "")), "names": names,
        "back": f"{base}/{event.id}" if event is not None else base, "version": event.version if event is not None else 0,
        "published": event is not None and event.state == "published", **form_values(desk, names, EVERYWHERE),
    }  # fmt: skip


@_both(page, "/ny")
async def new_form(desk: Desk) -> Response[str]:
    """An empty form: in one's own municipality."""
    shown = await _form(desk, NEW)
    return await desk.render(
        "calendar/edit.html", title=desk.say(NEW), values=first_values(desk.context.tenant_id),
        action=desk.url(f"{HERE}/ny"), **shown,
    )  # fmt: skip


@_both(action, "/ny")
async def make_one(desk: Desk) -> Response[Any]:
    """Keep the draft, or publish it at once."""
    shown = await _form(desk, NEW)
    try:
        made = await write_event(desk.uow, read_event(desk.form, shown["names"]))
        if desk.form.text("publiser") == "ja":
            await _publish(desk, made)
    except Invalid as bad:
        return await desk.again(
            "calendar/edit.html", bad, title=desk.say(NEW), action=desk.url(f"{HERE}/ny"), **shown
        )
    return desk.redirect(
        desk.url(f"{HERE}/{made}"),
        flash=N_("Aktiviteten står i kalenderen.")
        if desk.form.text("publiser") == "ja"
        else N_("Utkastet er lagret. Ingen andre ser det før du publiserer."),
    )


async def _publish(desk: Desk, event_id: UUID) -> None:
    """Publish from the form: what stands in the way is said at the form's days."""
    try:
        await publish_event(desk.uow, event_id)
    except Conflict as stands:
        raise Invalid.one("naar", stands.message) from None


@_both(page, "/{calendar_event_id:uuid}/endre")
async def edit_form(desk: Desk) -> Response[str]:
    """The event as it is written."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    shown = await _form(desk, EDIT, event)
    return await desk.render(
        "calendar/edit.html", title=desk.say(EDIT), values=values_of(event),
        action=desk.url(f"{HERE}/{event.id}/endre"), **shown,
    )  # fmt: skip


@_both(action, "/{calendar_event_id:uuid}/endre")
async def save(desk: Desk) -> Response[Any]:
    """Keep what is mended."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    shown = await _form(desk, EDIT, event)
    try:
        await change_event(
            desk.uow, event.id, read_event(desk.form, shown["names"]), version=version_of(desk.form)
        )
        if desk.form.text("publiser") == "ja" and event.state != "published":
            await _publish(desk, event.id)
    except Invalid as bad:
        return await desk.again(
            "calendar/edit.html", bad, title=desk.say(EDIT), action=desk.url(f"{HERE}/{event.id}/endre"), **shown
        )  # fmt: skip
    return desk.redirect(desk.url(f"{HERE}/{event.id}"), flash=N_("Endringen er lagret."))


# One event ---------------------------------------------------------------------------------------------------------------
@_both(page, "/{calendar_event_id:uuid}")
async def show_one(desk: Desk) -> Response[str]:
    """An event of one's own, and what may be done with it."""
    return await _one(desk, await own_event(desk.uow, desk.path_uuid("calendar_event_id")))


async def _one(desk: Desk, event: Event, **more: Any) -> Response[str]:
    at = await whose(desk.uow)
    names = await members(desk.uow, at.region_id)
    word, colour = STATES[event.state]
    coming = [day for day in event.days if day >= today()]
    return await desk.render(
        "calendar/one.html", title=event.title, current=HERE, crumbs=_crumbs(desk, (event.title, "")), event=event,
        base=desk.url(f"{HERE}/{event.id}"), state=(desk.say(word), colour), when=views.when_text(event, desk.language),
        whom=views.whom_text(event, desk.language), price=views.price_text(event, desk.language),
        access=views.access_texts(event, desk.language), interests=views.interest_texts(event, desk.language),
        municipality=views.place_name(event, names, desk.language), coming=coming[:8], more_days=max(0, len(coming) - 8),
        left_out=views.left_out_texts(event, desk.language, today()),
        public=views.public_url(at.region_slug, event) if event.state in ("published", "cancelled") else "",
        **{"values": {}, **more},
    )  # fmt: skip


@_both(action, "/{calendar_event_id:uuid}/publiser")
async def publish(desk: Desk) -> Response[Any]:
    """Let everybody read it."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    await publish_event(desk.uow, event.id)
    said = (
        N_("Aktiviteten står i kalenderen. Den som meldte den inn, får beskjed.")
        if event.outside
        else N_("Aktiviteten står i kalenderen.")
    )
    return desk.redirect(desk.url(f"{HERE}/{event.id}"), flash=said)


def _reason(desk: Desk) -> str:
    reader = Reader(desk.form)
    reason = reader.text("grunn", most=LONGEST_REASON)
    reader.done()
    return reason


@_both(action, "/{calendar_event_id:uuid}/avslaa")
async def reject(desk: Desk) -> Response[Any]:
    """Say no to what others have sent in, with a reason."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    try:
        await reject_event(desk.uow, event.id, _reason(desk))
    except Invalid as bad:
        return await _one(desk, event, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(HERE), flash=N_("Svaret er sendt til den som meldte det inn."))


@_both(action, "/{calendar_event_id:uuid}/avlys")
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    try:
        await cancel_event(desk.uow, event.id, _reason(desk))
    except Invalid as bad:
        return await _one(desk, event, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(
        desk.url(f"{HERE}/{event.id}"),
        flash=N_("Aktiviteten er avlyst. Det står på den åpne siden i 30 dager."),
    )


@_both(action, "/{calendar_event_id:uuid}/kopier")
async def copy(desk: Desk) -> Response[Any]:
    """A draft with the same words, to give new days."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    made = await copy_event(desk.uow, event.id)
    return desk.redirect(
        desk.url(f"{HERE}/{made}/endre"), flash=N_("Kopien er et utkast. Skriv de nye dagene.")
    )


@_both(action, "/{calendar_event_id:uuid}/slett")
async def remove(desk: Desk) -> Response[Any]:
    """Take away a draft."""
    event = await own_event(desk.uow, desk.path_uuid("calendar_event_id"))
    await remove_event(desk.uow, event.id)
    return desk.redirect(desk.url(f"{HERE}?vis=utkast"), flash=N_("Utkastet er slettet."))


# Printed half-years ----------------------------------------------------------------------------------------------------
@_both(page, "/utgaver")
async def show_editions(desk: Desk) -> Response[str]:
    """The half-years one has had printed, and a form for another."""
    return await _editions(desk)


async def _editions(desk: Desk, **more: Any) -> Response[str]:
    at = await whose(desk.uow)
    rows = await own_editions(desk.uow)
    base = desk.url(f"{HERE}/utgaver")
    halves = editions.halves(today())
    return await desk.render(
        "calendar/editions.html", title=desk.say(EDITIONS), current=HERE, crumbs=_crumbs(desk, (desk.say(EDITIONS), "")),
        base=base, halves=[(half, editions.half_name(half, desk.language)) for half in halves], targets=desk.options(TARGETS),
        languages=[(code, LANGUAGES[code]) for code in editions.LANGUAGES], task=await _task(desk),
        rows=[
            {
                "id": row.id, "half": editions.half_name(row.half, desk.language), "target": desk.say(TARGETS[row.target]),
                "language": LANGUAGES[row.language], "events": row.events, "made_at": row.made_at,
                "url": f"{views.BASE}/{at.region_slug}/utgaver/{row.id}", "remove": f"{base}/{row.id}/fjern",
            }
            for row in rows
        ],
        **{"values": {"halvaar": halves[-1], "gruppe": "all", "sprak": "nb"}, **more},
    )  # fmt: skip


async def _task(desk: Desk) -> Any:
    """The printing one has just asked for, if the address says so."""
    try:
        return await read_task(desk.uow, UUID(desk.query.get("jobb", "")))
    except ValueError:
        return None


@_both(action, "/utgaver")
async def make_edition(desk: Desk) -> Response[Any]:
    """Have a half-year printed."""
    form = desk.form
    try:
        task = await editions.ask_for_edition(
            desk.uow, form.text("halvaar"), form.text("gruppe"), form.text("sprak")
        )
    except Invalid as bad:
        return await _editions(desk, status=422, errors=bad.errors, values=form.values())
    return desk.redirect(
        desk.url(f"{HERE}/utgaver?jobb={task}"),
        flash=N_("Utgaven lages. Last siden på nytt om litt."),
        state="info",
    )


@_both(action, "/utgaver/{calendar_edition_id:uuid}/fjern")
async def remove_edition(desk: Desk) -> Response[Any]:
    """Take a printed half-year off the public pages."""
    if not await editions.remove_edition(desk.uow, desk.path_uuid("calendar_edition_id")):
        raise NotFound
    return desk.redirect(desk.url(f"{HERE}/utgaver"), flash=N_("Utgaven er tatt bort."))


__all__: Sequence[str] = ["HANDLERS"]
