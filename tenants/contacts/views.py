"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sammen.clock import OSLO, today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import date_long, hours_long, lower_first
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.contacts.engagements import KINDS, EngagementCard
from tenants.contacts.forms import COMMITMENTS
from tenants.contacts.leaving import Spell
from tenants.contacts.listing import ContactFilter
from tenants.contacts.pipeline import Interview, Step
from tenants.contacts.queries import ContactCard
from tenants.contacts.rules import KINDS as WORK_KINDS
from tenants.contacts.rules import REASON_NAMES, committed_until, tenure_months
from tenants.contacts.vetting import Request
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


STEP_TITLES = {
    "enquiry": N_("Meldte interesse"),
    "interview": N_("Gikk videre til intervju"),
    "vetting": N_("Til godkjenning"),
    "engaged": N_("Godkjent"),
    "paused": N_("Fikk pause"),
    "suspended": N_("Tatt ut av tjeneste"),
    "ended": N_("Sluttet"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """What a contact's history is told from."""

    steps: Sequence[Step]
    requests: Sequence[Request]
    engagements: Sequence[EngagementCard]


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


def commitment(card: ContactCard, language: str) -> str:
    """How long the contact has said they will stay; "" when nothing was agreed."""
    until = committed_until(card.since, card.commits_months)
    if until is not None:
        return translate(language, N_("Minst til %(day)s"), day=date_long(until, language))
    return translate(language, COMMITMENTS[str(card.commits_months)]) if card.commits_months else ""


def ages(card: ContactCard, language: str) -> str:
    """The ages of service users a contact wishes to be with, in words; "" without a limit."""
    match card.age_from, card.age_to:
        case None, None:
            return ""
        case None, oldest:
            return translate(language, N_("Til og med %(oldest)s år"), oldest=oldest)
        case youngest, None:
            return translate(language, N_("Fra %(youngest)s år"), youngest=youngest)
        case youngest, oldest:
            return translate(language, N_("%(youngest)s til %(oldest)s år"), youngest=youngest, oldest=oldest)


def about(card: ContactCard, language: str) -> list[tuple[str, str]]:
    """What the page's aside says of a contact, without empty lines."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    skills = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
    unwanted = labels(card.will_not, traits.INTERESTS, language)
    lines = [
        (say(N_("Liker")), labels(card.interests, traits.INTERESTS, language)),
        (say(N_("Kan")), labels(card.skills, skills, language)),
        (say(N_("Snakker også")), labels(card.languages, traits.LANGUAGES, language)),
        (say(N_("Tider som passer")), slot_labels(card.slots, language)),
        (say(N_("Bil")), say(N_("Har egen bil")) if card.has_car else ""),
        (say(N_("Vil være med på")), labels(card.kinds, WORK_KINDS, language)),
        (say(N_("Kan møte")), labels(card.areas, traits.AREAS, language)),
        (say(N_("Brukerens alder")), ages(card, language)),
        (say(N_("Vil ikke")), ", ".join(part for part in (unwanted, card.will_not_words) if part)),
        (say(N_("Vil være støttekontakt")), commitment(card, language)),
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


def story(card: ContactCard, told: Story, language: str) -> list[TimelineEvent]:
    """What has happened with the contact, oldest first."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = [_step(one, language) for one in told.steps]
    if not any(one.was == "" for one in told.steps):
        registered = card.created_at.astimezone(OSLO).date()
        events.append(TimelineEvent(registered, say(N_("Registrert som støttekontakt")), ""))
    if card.police_shown_on is not None:
        shown = N_("Attesten ble vist fram og gitt tilbake.")
        events.append(TimelineEvent(card.police_shown_on, say(N_("Politiattest vist")), say(shown)))
    if card.confidentiality_signed_on is not None:
        signed = say(N_("Taushetserklæring underskrevet"))
        events.append(TimelineEvent(card.confidentiality_signed_on, signed, ""))
    for request in told.requests:
        asked = say(N_("Bedt om politiattest på nytt"))
        events.append(
            TimelineEvent(request.asked_on, asked, request.text_nn if language == "nn" else request.text_nb)
        )
    for engagement in told.engagements:
        hours = engagement.hours_per_week
        text = say(N_("%(hours)s i uka"), hours=hours_long(hours, language)) if hours else ""
        events.append(TimelineEvent(engagement.valid_from, say(KINDS[engagement.kind]), text))
    if card.ended_on is not None and not any(one.state == "ended" for one in told.steps):
        events.append(
            TimelineEvent(card.ended_on, say(N_("Sluttet")), say(REASON_NAMES.get(card.end_reason, "")))
        )
    return sorted(events, key=lambda event: event.on)


def _step(one: Step, language: str) -> TimelineEvent:
    title = STEP_TITLES.get(one.state, one.state) if one.was != one.state else N_("Notat")
    note = translate(language, one.note) if one.note else ""
    by = translate(language, N_("Skrevet av %(name)s"), name=one.noted_by_name) if one.noted_by_name else ""
    return TimelineEvent(one.happened_on, translate(language, title), " · ".join(t for t in (note, by) if t))


def spell_lines(card: ContactCard, spells: Sequence[Spell], language: str) -> list[str]:
    """Each time as a contact in one sentence, with how long and why it ended; a promise that was broken is said (B12)."""
    lines = []
    ended = [*spells]
    if card.ended_on is not None:
        ended.append(Spell(card.since, card.ended_on, card.end_reason, card.commits_months))
    for one in ended:
        if one.since is None:
            continue
        lines.append(
            translate(
                language, N_("%(first)s til %(last)s, %(months)s måneder: %(reason)s."),
                first=date_long(one.since, language), last=date_long(one.ended_on, language),
                months=tenure_months(one.since, one.ended_on),
                reason=lower_first(translate(language, REASON_NAMES.get(one.end_reason, N_("Ikke skrevet")))),
            )
        )  # fmt: skip
    return lines


def next_step(card: ContactCard, waiting: Interview | None, language: str) -> tuple[str, str] | None:
    """What the coordinator does next with somebody on the way in: (title, text); None when nothing waits."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    reach = " · ".join(part for part in (card.phone, card.email) if part)
    if card.state == "enquiry":
        title = N_("Neste: avtal intervju") if card.answered_on else N_("Neste: ring eller skriv tilbake")
        return say(title), say(N_("%(name)s venter på svar: %(reach)s"), name=card.given_name, reach=reach)
    if card.state == "interview" and waiting is not None and waiting.planned_on is not None:
        if waiting.planned_on >= today():
            day = date_long(waiting.planned_on, language)
            return say(N_("Neste: intervju")), say(
                N_("%(day)s %(clock)s %(place)s"), day=day,
                clock=say(N_("kl. %(time)s"), time=f"{waiting.planned_at:%H.%M}") if waiting.planned_at else "",
                place=waiting.place,
            ).strip()  # fmt: skip
        return say(N_("Neste: skriv hva dere snakket om")), say(N_("Intervjuet skulle være %(day)s."),
                                                               day=date_long(waiting.planned_on, language))  # fmt: skip
    if card.state == "interview":
        return say(N_("Neste: bestem om dere går videre")), say(N_("Intervjuet er holdt."))
    return None


def chosen_filters(wanted: ContactFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = []
    if wanted.kind:
        chips.append((translate(language, WORK_KINDS[wanted.kind]), with_query(query, slag=None, side=None)))
    if wanted.mine:
        chips.append((translate(language, N_("De jeg følger opp")), with_query(query, mine=None, side=None)))
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
        "slag": card.kinds,
        "omraader": card.areas,
        "alder_fra": "" if card.age_from is None else str(card.age_from),
        "alder_til": "" if card.age_to is None else str(card.age_to),
        "ikke": card.will_not,
        "ikke_annet": card.will_not_words,
        "fornavn": card.given_name,
        "etternavn": card.family_name,
        "telefon": card.phone,
        "epost": card.email,
        "postnummer": card.postcode,
        "poststed": card.place,
        "fodselsdato": format_date(card.birth_date) if card.birth_date else "",
        "versjon": card.version,
    }
