"""Values for the slice's templates: what a message may be about, a line of the newest one, and the channels there are."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.i18n import translate
from tenants.assignments.api import OwnAssignment
from tenants.messages.notices import CHANNELS
from tenants.messages.queries import STATES, MessageFilter, Subject
from tenants.people.api import PersonCard

EXCERPT = 90
OTHER = N_("Noe annet")
ABOUT = N_("Oppdraget med %(name)s")


def excerpt(latest: tuple[str, str] | None, language: str) -> str:
    """The beginning of the newest message, with who wrote it when it was us."""
    if latest is None:
        return ""
    author, text = latest
    line = " ".join(text.split())
    short = line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + " …"
    return short if author == "contact" else translate(language, N_("Vi skrev: %(text)s"), text=short)


def subject_choices(
    subjects: Iterable[Subject], language: str, *, asked: UUID | None = None
) -> list[tuple[str, str]]:
    """What a message may be about: something else, the assignments that are not ended, and the one that was `asked` of."""
    named = [
        (str(subject.id), translate(language, ABOUT, name=subject.given_name))
        for subject in subjects
        if not subject.ended or subject.id == asked
    ]
    return [("", translate(language, OTHER)), *named]


def own_choices(own: Iterable[OwnAssignment], language: str) -> list[tuple[str, str]]:
    """The same for the contact."""
    named = [
        (str(one.id), translate(language, ABOUT, name=one.given_name)) for one in own if one.ended_on is None
    ]
    return [("", translate(language, OTHER)), *named]


def chosen_filters(wanted: MessageFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """A chip for each filter that is set: its text, and the address without it."""
    chips = []
    for name, text in (
        ("q", f"«{wanted.text}»" if wanted.text else ""),
        ("status", translate(language, STATES[wanted.state]) if wanted.state else ""),
    ):
        if text:
            rest = {key: value for key, value in query.items() if key not in (name, "side") and value}
            chips.append((text, "?" + urlencode(rest)))
    return chips


def channel_choices(card: PersonCard, language: str) -> list[tuple[str, str, str]]:
    """(channel, its name, the address it goes to or what is missing), for the radios."""
    missing = translate(language, N_("Vi har ingen adresse. Gi den til kommunen først."))
    where = {
        "email": card.email or missing,
        "sms": card.phone or missing,
        "none": translate(language, N_("Du må logge inn av deg selv for å se om noe venter.")),
    }
    return [(channel, translate(language, name), where[channel]) for channel, name in CHANNELS.items()]
