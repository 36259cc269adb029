"""What the public pages show. They are the same for everybody who asks for the same, so nothing here knows who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sammen.i18n_mark import N_
from sammen.web.formats import month_year, upper_first
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, translate
from sammen.web.render import LanguageEnvironment, Page, render, with_query
from shared_pool.calendar import views
from shared_pool.calendar.codes import ACCESS, ON_DAYS, TARGETS, WEEKDAYS
from shared_pool.calendar.editions import half_name
from shared_pool.calendar.filters import Filters, in_place, months_ahead
from shared_pool.calendar.published import Event
from shared_pool.calendar.shelf import Almanac, Place
from tenants.api import traits

PAGE_SIZE: Final = 60
SCHEMA: Final = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip


def language_of(query: Mapping[str, Sequence[str]]) -> str:
    """The page's language: by its address alone, so that a page kept on the way is right for whoever gets it."""
    asked = (query.get("sprak") or [""])[-1]
    return asked if asked in LANGUAGES else SOURCE_LANGUAGE


def chosen(events: Sequence[Event], filters: Filters, almanac: Almanac) -> list[Event]:
    """The events an address asks for, whenever they are; what is over is left out."""
    place = almanac.place(filters.place).id if filters.place else None
    return [e for e in in_place(events, place) if filters.fits(e)]


def path_of(almanac: Almanac, place: Place | None, suffix: str = "") -> str:
    base = f"{views.BASE}/{almanac.region.slug}"
    return f"{base}/{place.slug}{suffix}" if place else f"{base}{suffix}"


def title_of(almanac: Almanac, place: Place | None, language: str) -> str:
    name = place.name if place else almanac.region.name
    return translate(language, N_("Aktivitetskalender for %(place)s"), place=name)


def draw(
    env: LanguageEnvironment, template: str, language: str, title: str, languages: Sequence[tuple[str, str]], **values: Any
) -> bytes:  # fmt: skip
    """A public page. It holds no token, no name and no way to know anybody by: it may be kept by anyone."""
    page = Page(title=title, lang=language)
    return render(env, template, lang=language, page=page, errors={}, languages=languages, **values).encode()


def language_links(path: str, query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(language, address) of the same page in each language."""
    return [
        (code, path + _plain(with_query(query, sprak=None if code == SOURCE_LANGUAGE else code)))
        for code in LANGUAGES
    ]


def _plain(query: str) -> str:
    return "" if query == "?" else query


# The list ------------------------------------------------------------------------------------------------------------------
def list_values(almanac: Almanac, filters: Filters, side: int, language: str) -> dict[str, Any]:
    """The list: what comes back every week, then the dates, a page at a time."""
    place = almanac.place(filters.place) if filters.place else None
    first, last = filters.period(almanac.day)
    names = almanac.names
    found = chosen(almanac.events, filters, almanac)
    region = almanac.region.slug
    weekly = [
        (on, e) for e in found if e.series for on in (e.next_day(first),) if on is not None and on <= last
    ]
    dated = [
        (on, e)
        for e in found
        if not e.series
        for on in e.days
        if first <= on <= last and (not filters.weekday or WEEKDAYS[on.weekday()] == filters.weekday)
    ]
    dated.sort(key=lambda pair: (pair[0], pair[1].starts, pair[1].title))
    weekly.sort(
        key=lambda pair: (WEEKDAYS.index(_first_weekday(pair[1], filters)), pair[1].starts, pair[1].title)
    )
    pages = max(1, -(-len(dated) // PAGE_SIZE))
    side = min(max(1, side), pages)
    shown = dated[(side - 1) * PAGE_SIZE : side * PAGE_SIZE]
    query = {**filters.query(), **({"sprak": language} if language != SOURCE_LANGUAGE else {})}
    path = path_of(almanac, place)
    return {
        "place": place, "path": path, "query": query, "filters": filters, "side": side, "pages": pages,
        "heading": title_of(almanac, place, language), "first": first, "last": last,
        "weekly": [views.card(e, on, language, region, names) for on, e in weekly] if side == 1 else [],
        "days": [
            (on, [views.card(e, on, language, region, names) for e in events])
            for on, events in views.days_shown(shown)
        ],
        "count": len({e.id for _, e in (*weekly, *dated)}), "chips": _chips(filters, path, query, language),
        "places": [(p.name, path_of(almanac, p) + _plain(with_query(query)), p == place) for p in almanac.places],
        "all_url": path_of(almanac, None) + _plain(with_query(query)),
        "feed_url": path_of(almanac, place, ".ics") + _plain(with_query(query)),
        "send_url": path_of(almanac, None, "/meld-inn")
        + _plain(with_query({"sprak": query.get("sprak"), "kommune": place.slug if place else None})),
        "editions": _editions(almanac, place, language), **_options(almanac, language),
    }  # fmt: skip


def _first_weekday(event: Event, filters: Filters) -> str:
    if filters.weekday:
        return filters.weekday
    return min(event.weekdays, key=WEEKDAYS.index)


def _options(almanac: Almanac, language: str) -> dict[str, Any]:
    def said(names: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(code, upper_first(translate(language, name))) for code, name in names.items()]

    present = {code for e in almanac.events for code in e.interests}
    return {
        "targets": said({code: name for code, name in TARGETS.items() if code != "all"}), "weekdays": said(ON_DAYS),
        "access_options": said(ACCESS),
        "interests": said({code: name for code, name in traits.INTERESTS.items() if code in present}),
        "months": [(m.strftime("%Y-%m"), upper_first(month_year(m, language))) for m in months_ahead(almanac.day)],
    }  # fmt: skip


def _chips(filters: Filters, path: str, query: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What is chosen, each with the address without it."""

    def say(message: str, **params: Any) -> str:
        return translate(language, message, **params)

    def without(**changes: Any) -> str:
        return path + _plain(with_query(query, **changes))

    found: list[tuple[str, str]] = []
    if filters.target:
        found.append((say(TARGETS[filters.target]), without(gruppe=None)))
    if filters.age is not None:
        found.append((say(N_("%(age)s år"), age=filters.age), without(alder=None)))
    if filters.interest:
        found.append((upper_first(say(traits.INTERESTS[filters.interest])), without(interesse=None)))
    if filters.weekday:
        found.append((say(ON_DAYS[filters.weekday]), without(dag=None)))
    if filters.month is not None:
        found.append((upper_first(month_year(filters.month, language)), without(maaned=None)))
    found += [
        (say(ACCESS[code]), without(tilgang=[c for c in filters.access if c != code]))
        for code in filters.access
    ]
    if filters.companion:
        found.append((say(N_("Ledsagerbevis gjelder")), without(ledsager=None)))
    if filters.free:
        found.append((say(N_("Gratis")), without(gratis=None)))
    return found


def _editions(almanac: Almanac, place: Place | None, language: str) -> list[dict[str, Any]]:
    rows = [
        e for e in almanac.editions
        if e.host_id == (place.id if place else None) or (place is not None and e.host_id is None)
    ]  # fmt: skip
    rows.sort(
        key=lambda e: (e.host_id is None, e.half, list(TARGETS).index(e.target), e.language), reverse=False
    )
    return [
        {
            "url": path_of(almanac, None, f"/utgaver/{e.id}"),
            "text": translate(
                language, N_("%(half)s, %(group)s, %(language)s (PDF)"), half=half_name(e.half, language),
                group=translate(language, TARGETS[e.target]).lower(), language=LANGUAGES[e.language].lower(),
            ),
            "whole": place is not None and e.host_id is None, "made": e.made_at, "kilobytes": max(1, round(e.bytes / 1024)),
        }
        for e in rows
    ]  # fmt: skip


# One event ----------------------------------------------------------------------------------------------------------------
def event_values(almanac: Almanac, event: Event, language: str) -> dict[str, Any]:
    """An event's own page, with schema.org's words for it."""
    names, region = almanac.names, almanac.region.slug
    coming = [day for day in event.days if day >= almanac.day][:12]
    day: date = coming[0] if coming else event.last_day
    place = next((p for p in almanac.places if p.id == event.municipality_id), None)
    query = {"sprak": language} if language != SOURCE_LANGUAGE else {}
    ended = event.ended(day)
    return {
        "event": event, "card": views.card(event, day, language, region, names), "coming": coming,
        "left_out": views.left_out_texts(event, language, almanac.day), "over": not coming,
        "interests": views.interest_texts(event, language), "municipality": views.place_name(event, names, language),
        "back_url": path_of(almanac, place) + _plain(with_query(query)),
        "back": title_of(almanac, place, language),
        "feed_url": f"{views.public_url(region, event)}/kalender.ics{_plain(with_query(query))}",
        "paragraphs": [part.strip() for part in event.about.split("\n\n") if part.strip()],
        "starts": event.begins(day).isoformat(), "ends": ended.isoformat() if ended else "",
        "schema_days": [SCHEMA[code] for code in SCHEMA if code in event.weekdays],
        "price": f"{(event.price_ore or 0) / 100:.2f}" if event.price_ore is not None else "",
    }  # fmt: skip
