"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sammen.clock import OSLO
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import hours_long
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.contacts.engagements import KINDS, EngagementCard
from tenants.contacts.listing import ContactFilter
from tenants.contacts.queries import STATES, ContactCard
from tenants.people.api import traits

STATE_SHAPES = {
    "enquiry": "neutral",
    "interview": "info",
    "vetting": "warning",
    "engaged": "ok",
    "paused": "saved",
    "suspended": "danger",
    "ended": "neutral",
}


def labels(codes: Sequence[str], names: Mapping[str, str], language: str) -> str:
    """Codes in words, with commas; codes no longer known are left out."""
    return ", ".join(translate(language, names[code]) for code in codes if code in names)


def slot_labels(slots: Sequence[str], language: str) -> str:
    """Times in words: "tirsdager ettermiddag, lørdager formiddag"."""
    said = []
    for slot in slots:
        day, _, part = slot.partition("-")
        if day in traits.WEEKDAYS and part in traits.DAY_PARTS:
            day_name, part_name = traits.WEEKDAYS[day], traits.DAY_PARTS[part]
            said.append(
                translate(
                    language,
                    N_("%(day)s %(part)s"),
                    day=translate(language, day_name),
                    part=translate(language, part_name),
                )
            )
    return ", ".join(said)


def about(card: ContactCard, language: str) -> list[tuple[str, str]]:
    """What the page's aside says of a contact, without empty lines."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    skills = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
    lines = [
        (say(N_("Liker")), labels(card.interests, traits.INTERESTS, language)),
        (say(N_("Kan")), labels(card.skills, skills, language)),
        (say(N_("Snakker også")), labels(card.languages, traits.LANGUAGES, language)),
        (say(N_("Tider som passer")), slot_labels(card.slots, language)),
        (say(N_("Bil")), say(N_("Har egen bil")) if card.has_car else ""),
        (
            say(N_("Ønsker høyst")),
            say(N_("%(hours)s i uka"), hours=hours_long(card.wants_hours, language))
            if card.wants_hours
            else "",
        ),
        (
            say(N_("Utlånt gjennom samarbeidet")),
            say(N_("%(hours)s i uka"), hours=hours_long(card.lent_hours, language))
            if card.lent_hours
            else "",
        ),
    ]
    return [(label, text) for label, text in lines if text]


def story(card: ContactCard, engagements: Sequence[EngagementCard], language: str) -> list[TimelineEvent]:
    """What has happened with the contact, oldest first."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = [
        TimelineEvent(card.created_at.astimezone(OSLO).date(), say(N_("Registrert som støttekontakt")), "")
    ]
    if card.police_shown_on is not None:
        shown = N_("Attesten ble vist fram og gitt tilbake.")
        events.append(TimelineEvent(card.police_shown_on, say(N_("Politiattest vist")), say(shown)))
    if card.confidentiality_signed_on is not None:
        events.append(
            TimelineEvent(card.confidentiality_signed_on, say(N_("Taushetserklæring underskrevet")), "")
        )
    for engagement in engagements:
        hours = engagement.hours_per_week
        text = say(N_("%(hours)s i uka"), hours=hours_long(hours, language)) if hours else ""
        events.append(TimelineEvent(engagement.valid_from, say(KINDS[engagement.kind]), text))
    return sorted(events, key=lambda event: event.on)


def chosen_filters(wanted: ContactFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = []
    if wanted.state:
        chips.append((translate(language, STATES[wanted.state]), with_query(query, status=None, side=None)))
    if wanted.interest:
        label = translate(language, traits.INTERESTS[wanted.interest])
        chips.append((label, with_query(query, interesse=None, side=None)))
    if wanted.missing:
        chips.append((translate(language, N_("Noe mangler")), with_query(query, mangler=None, side=None)))
    if wanted.text:
        chips.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    return chips


def form_values(card: ContactCard) -> dict[str, Any]:
    """What the form for a contact's facts begins with."""
    return {
        "interesser": card.interests,
        "erfaring": card.skills,
        "sprak_valg": card.languages,
        "tider": card.slots,
        "bil": "ja" if card.has_car else "",
        "timer": format_decimal(card.wants_hours) if card.wants_hours is not None else "",
        "binder_seg": str(card.commits_months),
        "versjon": card.version,
    }
