"""A half-year of the calendar on paper, for one target group (C14): large print, and every sign in words.

PDF/UA-1 with a list of contents. Made by a job, since it is many pages; what was printed before for the same half-year,
group and language is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import render_sheet
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue
from sammen.jobs.tasks import advance, finish_task, start_task
from sammen.web.formats import date_day_month, date_long, month_year, upper_first, weekday
from sammen.web.i18n import translate
from shared_pool.calendar import views
from shared_pool.calendar.codes import EDITION, ON_DAYS, TARGETS
from shared_pool.calendar.days import days_between, half_days, half_of
from shared_pool.calendar.models import CalendarEdition
from shared_pool.calendar.published import Event
from shared_pool.calendar.queries import members, published_events, whose

SHEET: Final = Path(__file__).with_name("edition.typ")
TITLE: Final = N_("Utgave av aktivitetskalenderen")
LANGUAGES: Final = ("nb", "nn")
MOST_LINES: Final = 1_500
"""More than any half-year has; a thicker book would be no help."""


def halves(day: date) -> list[str]:
    """The half-years one may print: this one and the next."""
    first, last = half_days(half_of(day))
    return [half_of(first), half_of(date.fromordinal(last.toordinal() + 1))]


def half_name(half: str, language: str) -> str:
    """«Våren 2027», «Høsten 2026»."""
    year, part = half.split("-")
    said = N_("Våren %(year)s") if part == "1" else N_("Høsten %(year)s")
    return translate(language, said, year=year)


async def ask_for_edition(uow: UnitOfWork, half: str, target: str, language: str) -> UUID:
    """Have a half-year printed; the task's id. Raises Invalid for a half-year, group or language there is none of."""
    await whose(uow)
    if half not in halves(today()):
        raise Invalid.one("halvaar", N_("Velg halvåret."))
    if target not in TARGETS:
        raise Invalid.one("gruppe", N_("Velg hvem utgaven er for."))
    if language not in LANGUAGES:
        raise Invalid.one("sprak", N_("Velg bokmål eller nynorsk."))
    task = await start_task(uow, TITLE, 2)
    await enqueue(uow, EDITION, {"half": half, "target": target, "language": language, "task": str(task)})
    return task


async def make_edition(uow: UnitOfWork, half: str, target: str, language: str, task: UUID) -> None:
    """Print it, in the place that asked: its municipality's events, or the whole region's."""
    at = await whose(uow)
    names = await members(uow, at.region_id)
    first, last = half_days(half)
    events = [
        one
        for one in await published_events(uow)
        if not one.cancelled
        and one.for_target(target)
        and (at.host_id is None or one.municipality_id in (None, at.host_id))
        and days_between(one.when, first, last)
    ]
    await advance(uow, task, 1, total=2)
    whose_name = names.get(at.host_id, "") if at.host_id is not None else at.region_name
    values = edition_values(
        events, half=half, target=target, language=language, names=names, place=whose_name, day=today()
    )
    content = await render_sheet(SHEET, values, today())
    await uow.session.execute(
        delete(CalendarEdition).where(
            CalendarEdition.region_id == at.region_id, CalendarEdition.host_id.is_not_distinct_from(at.host_id),
            CalendarEdition.half == half, CalendarEdition.target == target, CalendarEdition.language == language,
        )
    )  # fmt: skip
    made = CalendarEdition(
        region_id=at.region_id, id=random_id(), host_id=at.host_id, half=half, target=target, language=language,
        events=len(events), content=content,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "calendar.printed", "calendar_edition", made.id, half=half, target=target)
    await finish_task(uow, task, result_url=f"{uow.context.base_url}/aktivitetskalender/utgaver")


async def remove_edition(uow: UnitOfWork, edition_id: UUID) -> bool:
    """Take a printed half-year off the public pages. False when there is none such of the reader's place."""
    at = await whose(uow)
    row = await uow.session.get(CalendarEdition, (at.region_id, edition_id))
    if row is None or row.host_id != at.host_id:
        return False
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "calendar.edition_removed", "calendar_edition", edition_id)
    return True


def edition_values(
    events: Sequence[Event], *, half: str, target: str, language: str, names: Mapping[UUID, str], place: str, day: date
) -> dict[str, Any]:  # fmt: skip
    """What the sheet says: the weekly offers by weekday, then the dates by month. All finished text."""

    def say(message: str, **params: Any) -> str:
        return translate(language, message, **params)

    first, last = half_days(half)
    weekly = [one for one in events if one.series]
    by_weekday = [
        {"title": say(ON_DAYS[code]), "items": [_item(e, None, language, names) for e in _by_time(weekly, code)]}
        for code in ON_DAYS
        if any(code in e.weekdays for e in weekly)
    ]  # fmt: skip
    dated = sorted(
        ((on, e) for e in events if not e.series for on in days_between(e.when, first, last)),
        key=lambda pair: (pair[0], pair[1].starts, pair[1].title),
    )[:MOST_LINES]
    months: list[dict[str, Any]] = []
    for on, event in dated:
        name = upper_first(month_year(on, language))
        if not months or months[-1]["title"] != name:
            months.append({"title": name, "items": []})
        months[-1]["items"].append(_item(event, on, language, names))
    title = say(N_("Aktivitetskalender for %(place)s"), place=place)
    group = say(TARGETS[target])
    return {
        "language": language, "title": title, "subtitle": f"{half_name(half, language)} · {group}", "sender": place,
        "about": say(N_("%(half)s: hva som skjer, for %(group)s"), half=half_name(half, language), group=group.lower()),
        "made": say(N_("Slik kalenderen var %(day)s. Ring før du reiser langt."), day=date_long(day, language)),
        "contents": say(N_("Innhold")), "weekly": say(N_("Hver uke")), "weekdays": by_weekday, "months": months,
        "page": say(N_("Side {page} av {pages}")),
        "empty": say(N_("Ingenting står i kalenderen for dette halvåret ennå.")) if not events else "",
    }  # fmt: skip


def _by_time(events: Sequence[Event], code: str) -> list[Event]:
    return sorted((e for e in events if code in e.weekdays), key=lambda e: (e.starts, e.title))


def _item(event: Event, on: date | None, language: str, names: Mapping[UUID, str]) -> dict[str, Any]:
    hours = views.time_text(event, language)
    when = (
        views.when_text(event, language)
        if on is None
        else f"{upper_first(weekday(on, language))} {date_day_month(on, language)} {hours}"
    )
    where = ", ".join(
        part for part in (event.place, event.address, views.place_name(event, names, language)) if part
    )
    contact = ", ".join(
        part for part in (event.organiser, event.contact_phone, event.contact_email, event.link) if part
    )

    def say(message: str) -> str:
        return translate(language, message)

    lines = [
        (say(N_("Hvor")), where),
        (say(N_("For hvem")), views.whom_text(event, language)),
        (say(N_("Pris")), views.price_text(event, language)),
        (say(N_("Slik kommer du fram og inn")), ". ".join(views.access_texts(event, language))),
        (say(N_("Påmelding")), say(N_("Du må melde deg på.")) if event.enrolment else ""),
        (say(N_("Kontakt")), contact),
    ]
    return {
        "title": event.title,
        "when": when,
        "about": event.about,
        "facts": [pair for pair in lines if pair[1]],
    }
