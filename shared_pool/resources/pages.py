"""What the slice's pages need, for a municipality and for the region's coordinators alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sammen.clock import OSLO, today
from sammen.errors import BadInput, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, parse_date
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.desk import Desk
from sammen.web.formats import date_day_month, weekday
from shared_pool.resources import forms, views
from shared_pool.resources.hooks import PurposeCard, purpose_card
from shared_pool.resources.queries import (
    BookingCard,
    ResourceCard,
    booking_card,
    bookings_ahead,
    bookings_between,
    home_region,
    neighbours,
    resource_card,
    resources,
    taken,
)
from shared_pool.resources.rules import WEEKDAYS

RESOURCES = N_("Ressurser")
BOOKINGS = N_("Reservasjoner")
NEW = N_("Ny ressurs")
PATH = "/ressurser"


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The week, the list of bookings, and the list of things."""
    return [
        (desk.say(label), desk.url(PATH + path), path == current)
        for label, path in ((N_("Uka"), ""), (BOOKINGS, "/reservasjoner"), (N_("Alle ressursene"), "/alle"))
    ]


def _day(desk: Desk) -> date:
    try:
        return parse_date(desk.query.get("uke", ""), field="uke")
    except BadInput:
        return today()


async def week_values(desk: Desk, chosen: list[ResourceCard], path: str) -> dict[str, Any]:
    """The table of a week: `rows`, its days, and the weeks beside it."""
    monday = views.monday_of(_day(desk))
    days = views.week_days(monday)
    first, last = views.whole_week(days)
    busy, known = await taken(desk.uow, first, last), await bookings_between(desk.uow, first, last)
    kind = desk.query.get("slag", "")
    keep = f"&slag={kind}" if kind in forms.KINDS else ""
    return {
        "heads": [(weekday(one, desk.language), date_day_month(one, desk.language)) for one in days],
        "today_at": (today() - monday).days,
        "rows": views.week_rows(chosen, busy, known, days, desk.url(PATH), desk.language),
        "week": (date_day_month(days[0], desk.language), date_day_month(days[-1], desk.language)),
        "week_no": monday.isocalendar().week,
        "before": f"{path}?uke={format_date(monday - timedelta(days=7))}{keep}",
        "after": f"{path}?uke={format_date(monday + timedelta(days=7))}{keep}",
        "this": "" if monday == views.monday_of(today()) else path + (f"?slag={kind}" if keep else ""),
    }


async def overview_values(desk: Desk) -> dict[str, Any]:
    """The page of the week."""
    found = [card for card in await resources(desk.uow) if not card.retired]
    kind, monday = desk.query.get("slag", ""), format_date(views.monday_of(_day(desk)))
    chosen = [card for card in found if kind not in forms.KINDS or card.kind == kind]
    path = desk.url(PATH)
    counts = {code: sum(card.kind == code for card in found) for code in forms.KINDS}
    kinds = [(desk.say(N_("Alt")), f"{path}?uke={monday}", len(found), kind not in forms.KINDS)]
    kinds += [
        (desk.say(name), f"{path}?uke={monday}&slag={code}", counts[code], kind == code)
        for code, name in forms.KINDS.items()
        if counts[code]
    ]
    return {
        "current": PATH, "tabs": tabs(desk, ""), "kinds": kinds if len(kinds) > 2 else [], "base": path, "any": bool(found),
        "keeps": desk.context.may(Permission.RESOURCE_KEEP), "books": desk.context.may(Permission.RESOURCE_BOOK),
        **await week_values(desk, chosen, path),
    }  # fmt: skip


async def list_values(desk: Desk) -> dict[str, Any]:
    """The page of all things, also those the owner has taken out of use."""
    return {
        "current": PATH, "tabs": tabs(desk, "/alle"), "cards": await resources(desk.uow), "base": desk.url(PATH),
        "kind_names": {code: desk.say(name) for code, name in forms.KINDS.items()},
        "keeps": desk.context.may(Permission.RESOURCE_KEEP),
        "lending": {code: desk.say(name) for code, name in forms.LENDING.items()},
    }  # fmt: skip


def _line(desk: Desk, card: BookingCard) -> tuple[BookingCard, str, str, str, str]:
    name, look = views.STATES[card.state]
    waits = views.WAITS.get(card.waits, "")
    return (
        card,
        views.when(card.starts_at, card.ends_at, desk.language),
        desk.say(name),
        look,
        desk.say(waits) if waits else "",
    )


async def bookings_values(desk: Desk) -> dict[str, Any]:
    """The page of bookings from now on: one's own, and what one lends."""
    found = await bookings_ahead(desk.uow)
    return {
        "current": PATH, "tabs": tabs(desk, "/reservasjoner"), "base": desk.url(PATH),
        "own": [_line(desk, card) for card in found if card.own],
        "lent": [_line(desk, card) for card in found if card.lent],
        "lends": desk.context.kind is PlaceKind.MUNICIPALITY,
    }  # fmt: skip


def crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Ressurser › … with finished words."""
    return [(desk.say(RESOURCES), desk.url(PATH)), *more]


async def resource_values(desk: Desk) -> dict[str, Any]:
    """The page of one thing: what it is, its week, and for the owner what is booked."""
    card = await resource_card(desk.uow, desk.path_uuid("resource_id"))
    path = desk.url(f"{PATH}/{card.id}")
    ahead = [one for one in await bookings_ahead(desk.uow) if one.resource_id == card.id]
    return {
        "current": PATH, "crumbs": crumbs(desk, (card.name, "")), "card": card, "path": path, "base": desk.url(PATH),
        "kind": desk.say(forms.KINDS[card.kind]), "opening": views.opening(card, desk.language),
        "lending": desk.say(forms.LENDING[card.lending]), "ahead": [_line(desk, one) for one in ahead],
        "keeps": card.ours and desk.context.may(Permission.RESOURCE_KEEP),
        "books": desk.context.may(Permission.RESOURCE_BOOK) and not card.retired,
        **await week_values(desk, [card], path),
    }  # fmt: skip


async def book_values(desk: Desk) -> dict[str, Any]:
    """The form for booking: what it is for may come with the address (`formal`, `gjelder`), and is looked up."""
    card = await resource_card(desk.uow, desk.path_uuid("resource_id"))
    if card.retired:
        raise NotFound
    purpose = desk.form.text("formal") or desk.query.get("formal", "")
    held = desk.form.text("gjelder") or desk.query.get("gjelder", "")
    about = await purpose_card(desk.uow, purpose, _uuid(held)) if held else None
    return {
        "current": PATH, "card": card, "about": about, "held": held if about else "", "back": desk.url(f"{PATH}/{card.id}"),
        "about_url": _page_of(desk, about), "purpose": purpose,
        "about_when": views.when(about.starts, about.ends, desk.language) if about else "",
        "crumbs": crumbs(desk, (card.name, desk.url(f"{PATH}/{card.id}")), (desk.say(N_("Reserver")), "")),
        "action": desk.url(f"{PATH}/{card.id}/reserver"), "opening": views.opening(card, desk.language),
        "purposes": desk.options({**forms.PURPOSES, **(forms.MAINTENANCE if card.ours else {})}),
        "days_off": desk.options(forms.DAYS_OFF),
    }  # fmt: skip


def _uuid(text: str) -> Any:
    try:
        return forms.one_id(text, field="gjelder")
    except BadInput:
        return None


def first_values(shown: dict[str, Any], day: str) -> dict[str, Any]:
    """What the form for booking begins with: the time of what it is for, or a day that was clicked."""
    values = {**forms.WHEN_PLANNED, "dag": day}
    about = shown["about"]
    if about is not None:
        starts, ends = about.starts.astimezone(OSLO), about.ends.astimezone(OSLO)
        values |= {
            "formal": shown["purpose"], "dag": format_date(starts.date()), "fra": f"{starts:%H:%M}", "til": f"{ends:%H:%M}",
        }  # fmt: skip
        if ends.date() != starts.date():
            values["til_dag"] = format_date(ends.date())
    return values


def _page_of(desk: Desk, about: PurposeCard | None) -> str:
    """The address of what is booked for; "" for who may not open it."""
    if about is None or not (about.permission is None or desk.context.may(about.permission)):
        return ""
    return desk.url(about.url)


async def booking_values(desk: Desk) -> dict[str, Any]:
    """The page of one booking, and what the reader may do with it now."""
    card = await booking_card(desk.uow, desk.path_uuid("booking_id"))
    about = await purpose_card(desk.uow, card.purpose, card.purpose_id)
    books = desk.context.may(Permission.RESOURCE_BOOK)
    keeps = desk.context.may(Permission.RESOURCE_KEEP)
    name, look = views.STATES[card.state]
    starts, ends = card.starts_at.astimezone(OSLO), card.ends_at.astimezone(OSLO)
    known = {one.id for one in await resources(desk.uow)}
    names = {**forms.PURPOSES, **forms.MAINTENANCE}
    return {
        "current": PATH, "card": card, "about": about, "path": desk.url(f"{PATH}/reservasjoner/{card.id}"),
        "about_url": _page_of(desk, about), "when": views.when(card.starts_at, card.ends_at, desk.language),
        "crumbs": crumbs(desk, (desk.say(BOOKINGS), desk.url(f"{PATH}/reservasjoner")), (card.resource_name, "")),
        "state": desk.say(name), "look": look, "purpose": desk.say(names[card.purpose]),
        "resource_url": desk.url(f"{PATH}/{card.resource_id}") if card.resource_id in known else "",
        "answers": keeps and card.lent and card.state == "asked",
        "cancels": books and (card.own or card.lent) and card.state in ("asked", "booked"),
        "moves": books and card.own and card.state in ("asked", "booked"),
        "hands": books and card.state == "booked" and starts.date() <= today() <= ends.date(),
        "returns": books and card.state == "handed_out", "reads": books and card.waits in ("see_damage", "find_other"),
        "first": {
            "dag": format_date(starts.date()), "fra": f"{starts:%H:%M}", "til": f"{ends:%H:%M}",
            "til_dag": format_date(ends.date()) if ends.date() != starts.date() else "",
        },
        "places": PlaceKind.MUNICIPALITY is desk.context.kind,
    }  # fmt: skip


async def form_values(desk: Desk, action: str, back: str, last: str) -> dict[str, Any]:
    """The form for a resource: what it may be, and who it may be lent to."""
    monday = date(2026, 11, 23)
    return {
        "current": PATH, "crumbs": crumbs(desk, (last, "")), "action": action, "back": back,
        "kinds": desk.options(forms.KINDS), "lendings": desk.options(forms.LENDING),
        "members": [(str(one), name) for one, name in await neighbours(desk.uow, await home_region(desk.uow))],
        "weekdays": [
            (code, weekday(monday + timedelta(days=n), desk.language)) for n, code in enumerate(WEEKDAYS)
        ],
    }  # fmt: skip


def only_owner(card: ResourceCard) -> None:
    """Raises NotFound for what somebody else owns: others' things have no such page."""
    if not card.ours:
        raise NotFound
