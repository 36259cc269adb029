"""What the slice's pages show, put together from its reads: texts for templates, tabs, and what forms begin with; no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sammen.clock import OSLO, now, today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.formats import clock_range, date_weekday
from sammen.web.i18n import ntranslate, translate
from shared_pool.courses.forms import QUOTA
from shared_pool.courses.queries import CourseCard, SessionCard
from shared_pool.courses.rules import KINDS
from shared_pool.courses.signups import SignupCard

if TYPE_CHECKING:
    from sammen.web.desk import Desk

COURSES = N_("Kurs og samlinger")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: the course, its page's address, its tag (text, state), and counts as finished text."""

    card: CourseCard
    url: str
    when: str
    where: str
    kind: str
    tag: tuple[str, str]
    seats: str
    ours: str = ""
    near: bool = False


def course_tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of courses, gatherings and certificates in any place: (text, address, whether it is this page).

    `current` is kurs, samlinger or bevis.
    """
    context = desk.context
    found = [("kurs", N_("Kurs"), "/kurs")]
    if context.kind is PlaceKind.OWN or context.may(Permission.ASSEMBLY_WRITE):
        found.append(("samlinger", N_("Samlinger"), "/samlinger"))
    if context.kind is not PlaceKind.REGION:
        found.append(("bevis", N_("Kursbevis"), "/kurs/bevis"))
    return [(desk.say(text), desk.url(path), name == current) for name, text, path in found]


def session_when(one: SessionCard | CourseCard, language: str) -> str:
    """ "Torsdag 3. desember 2026, kl. 17.00–20.00"; over midnight both days are told."""
    starts, ends = one.starts_at.astimezone(OSLO), one.ends_at.astimezone(OSLO)
    if starts.date() == ends.date():
        return f"{date_weekday(starts, language)}, {clock_range(starts.time(), ends.time(), language)}"
    first, last = date_weekday(starts, language), date_weekday(ends, language)
    return f"{first}–{last[:1].lower()}{last[1:]}"


def when(card: CourseCard, language: str) -> str:
    """When a course begins, with how many meetings it has when there are more."""
    if card.sessions < 2:
        return session_when(card, language)
    return ntranslate(
        language, "%(day)s, én samling", "%(day)s, første av %(num)s samlinger", card.sessions,
        day=date_weekday(card.starts_at, language),
    )  # fmt: skip


def where(card: CourseCard, language: str) -> str:
    """The first meeting's place, or that it is by video."""
    return card.place or (translate(language, N_("Videomøte")) if card.video else "")


def seat_tag(card: CourseCard, language: str, *, near: bool) -> tuple[str, str]:
    """A course's state in a word, for a tag. `near`: for who keeps it, who reads all numbers."""
    say = partial(translate, language)
    if card.cancelled:
        return say(N_("Avlyst")), "danger"
    if card.state == "draft":
        return say(N_("Utkast")), "half"
    if card.ends_at <= now():
        return say(N_("Holdt")), "neutral"
    if card.begun:
        return say(N_("I gang")), "info"
    if not card.takes:
        return say(N_("Påmeldingen er stengt")), "neutral"
    room = card.free if near else card.room_told
    if room == 0:
        return say(N_("Fullt")), "half"
    if room is None:
        return say(N_("Ledige plasser")), "ok"
    return ntranslate(language, "Én ledig plass", "%(num)s ledige plasser", room), "ok"


def seats_text(card: CourseCard, language: str, *, near: bool) -> str:
    """How many seats there are, and of those taken only what the reader may know."""
    say = partial(translate, language)
    if near:
        told = say(N_("%(taken)s av %(seats)s plasser"), taken=card.taken, seats=card.seats)
        return (
            f"{told} · {ntranslate(language, 'én venter', '%(num)s venter', card.waiting)}"
            if card.waiting
            else told
        )
    return ntranslate(language, "én plass", "%(num)s plasser", card.seats)


def others_text(card: CourseCard, language: str) -> str:
    """How many others have seats, never fewer than three as a number."""
    others = card.others_told
    if others is None:
        return translate(language, N_("færre enn 3 fra andre kommuner"))
    if not others:
        return translate(language, N_("ingen fra andre kommuner"))
    return ntranslate(language, "én fra en annen kommune", "%(num)s fra andre kommuner", others)


def ours_text(card: CourseCard, language: str) -> str:
    """How many of the municipality's own have seats or wait."""
    told = [ntranslate(language, "én fra dere", "%(num)s fra dere", card.ours)] if card.ours else []
    if card.our_waiting:
        told.append(
            ntranslate(language, "én hos dere venter", "%(num)s hos dere venter", card.our_waiting)
        )  # fmt: skip
    return " · ".join(told)


def row(card: CourseCard, base: str, language: str, *, near: bool, ours: bool) -> Row:
    """A line of a list."""
    return Row(
        card, f"{base}/{card.id}", when(card, language), where(card, language), translate(language, KINDS[card.kind]),
        seat_tag(card, language, near=near), seats_text(card, language, near=near), ours_text(card, language) if ours else "",
        near,
    )  # fmt: skip


def split(cards: Sequence[CourseCard]) -> tuple[list[CourseCard], list[CourseCard]]:
    """(those that are not over, those that are), cancelled courses staying until they would have been."""
    coming = [card for card in cards if card.ends_at > now()]
    over = [card for card in cards if card.ends_at <= now()]
    return coming, over


def facts(card: CourseCard, language: str, *, near: bool, home: bool) -> list[tuple[str, Any]]:
    """What a reader must know of a course beside its meetings. `home`: in a municipality."""
    say = partial(translate, language)
    pairs: list[tuple[str, Any]] = [
        (say(N_("Slag")), say(KINDS[card.kind])),
        (say(N_("Plasser")), seats_text(card, language, near=near)),
    ]
    if home and not near:
        pairs.append((say(N_("Påmeldt")), " · ".join(
            part for part in (ours_text(card, language) or say(N_("ingen fra dere")), others_text(card, language)) if part
        )))  # fmt: skip
    if home and card.quota:
        pairs.append((say(N_("Holdt av til dere")), quota_text(card, language)))
    if card.min_hours:
        pairs.append(
            (say(N_("For å fullføre")), say(N_("%(hours)s timer"), hours=format_decimal(card.min_hours)))
        )
    pairs.append((say(N_("Påmeldingsfrist")), deadline_text(card, language)))
    pairs.append((say(N_("Ansvarlig")), card.responsible or "–"))
    return pairs


def deadline_text(card: CourseCard, language: str) -> str:
    """The last day to sign up."""
    if card.deadline_on is None:
        return translate(language, N_("til kurset begynner"))
    return format_date(card.deadline_on)


def quota_text(card: CourseCard, language: str) -> str:
    """How many of the seats kept for the municipality are left, and until when."""
    left = max(0, card.quota - card.ours)
    if not left:
        return ntranslate(language, "én plass, den er tatt", "%(num)s plasser, alle er tatt", card.quota)
    if card.release_on is None:
        return ntranslate(language, "%(num)s plass igjen", "%(num)s plasser igjen", left)
    return ntranslate(
        language, "%(num)s plass igjen, frigis %(day)s", "%(num)s plasser igjen, frigis %(day)s", left,
        day=format_date(card.release_on),
    )  # fmt: skip


def signup_tag(one: SignupCard, language: str) -> tuple[str, str]:
    """How it stands with somebody in a course."""
    say = partial(translate, language)
    if one.seated:
        return say(N_("Har plass")), "ok"
    if one.offered:
        return say(N_("Har fått tilbud om plass")), "info"
    return say(N_("På venteliste")), "half"


# What forms begin with --------------------------------------------------------------------------------------------------
def new_values(responsible: str) -> dict[str, Any]:
    """An empty course."""
    return {
        "plasser": "20", "ansvarlig": responsible, "gjenta": "once", "tilbudstimer": "48", "rekkevidde": "region",
        "begynner": "17:00", "slutter": "20:00",
    }  # fmt: skip


def course_values(card: CourseCard, quotas: Mapping[UUID, int]) -> dict[str, Any]:
    """A course as it stands."""
    return {
        "tittel": card.title, "slag": card.kind, "om": card.about, "tamed": card.bring, "krav": card.prerequisites,
        "ansvarlig": card.responsible, "telefon": card.phone, "plasser": str(card.seats),
        "minst": str(card.least) if card.least else "",
        "mintimer": format_decimal(card.min_hours) if card.min_hours else "",
        "frist": format_date(card.deadline_on) if card.deadline_on else "",
        "frigis": format_date(card.release_on) if card.release_on else "", "tilbudstimer": str(card.offer_hours),
        "versjon": str(card.version),
    } | {f"{QUOTA}{home}": str(seats) for home, seats in quotas.items()}  # fmt: skip


def meeting_values(one: SessionCard) -> dict[str, Any]:
    """A meeting as it stands."""
    starts, ends = one.starts_at.astimezone(OSLO), one.ends_at.astimezone(OSLO)
    return {
        "dato": format_date(starts.date()), "begynner": f"{starts:%H:%M}", "slutter": f"{ends:%H:%M}", "sted": one.place,
        "lenke": one.link, "tema": one.topic, "kursholdere": one.trainers, "lista": [str(user) for user in one.trainer_ids],
    }  # fmt: skip


def copy_day(card: CourseCard) -> str:
    """A day to suggest for a copy: the same weekday, half a year or so ahead of the course or of today."""
    day = card.starts_at.astimezone(OSLO).date()
    weeks = 26
    while (found := day.toordinal() + 7 * weeks) <= today().toordinal():
        weeks += 26
    return format_date(day.fromordinal(found))
