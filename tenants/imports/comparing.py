"""A row beside the same row as it was imported before: what changed, and what a new file leaves as it is.

Pure. An emptied cell erases nothing a person, a decision or a mapping has: lists lose cells more often than people
lose addresses. Protection is never lowered by a list. The list's own remarks (contact, note, companion card) follow
the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from tenants.imports.facts import ImportedDecision, ImportedPerson, ImportedService, Protection
from tenants.imports.rules import ImportRow

STRENGTH: Final[dict[str, int]] = {"none": 0, "kode7": 1, "kode6": 2}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is otherwise in the new file. `was` and `now` are "" when only the fact itself may be shown."""

    label: str
    was: str = ""
    now: str = ""


def stronger(one: str, other: str) -> str:
    """The stricter of two protections of an address."""
    return one if STRENGTH[one] >= STRENGTH[other] else other


def fill_in(before: ImportRow, after: ImportRow) -> ImportRow:
    """The new row with what its emptied cells said before."""
    protection: Protection = (
        before.protection if STRENGTH[before.protection] > STRENGTH[after.protection] else after.protection
    )
    return replace(
        after,
        person=_fill_person(before.person, after.person),
        decision=_fill_decision(before.decision, after.decision),
        services=tuple(_fill_service(before.services, service) for service in after.services),
        interests=after.interests or before.interests,
        protection=protection,
        guardian_name=after.guardian_name or before.guardian_name,
    )


def changes(before: ImportRow, after: ImportRow) -> tuple[Change, ...]:
    """What differs, in the order of the page. `after` must have been through `fill_in`."""
    found: list[Change] = []
    old, new = before.person, after.person
    if old and new:
        if (old.family, old.given) != (new.family, new.given):
            found.append(Change(N_("Navn"), f"{old.given} {old.family}", f"{new.given} {new.family}"))
        if old.national_number is None and new.national_number is not None:
            found.append(Change(N_("Fødselsnummer")))
        if (old.address, old.postcode, old.place) != (new.address, new.postcode, new.place):
            # Without the words of it: the address may be one that must stay hidden.
            found.append(Change(N_("Adresse")))
    if before.protection != after.protection:
        found.append(Change(N_("Sperret adresse")))
    if before.application != after.application and before.application and after.application:
        found.append(
            Change(N_("Søknad mottatt"), format_date(before.application), format_date(after.application))
        )
    found += _decision_changes(before, after)
    found += [
        Change(label, was or NOTHING, now or NOTHING)
        for label, was, now in (
            (N_("Interesser"), ", ".join(before.interests), ", ".join(after.interests)),
            (N_("Støttekontakt"), before.contact_name or "", after.contact_name or ""),
            (N_("Verge"), before.guardian_name or "", after.guardian_name or ""),
            (N_("Merknad"), before.note, after.note),
        )
        if was != now
    ]
    if before.has_companion_card != after.has_companion_card:
        found.append(Change(N_("Ledsagerbevis")))
    return tuple(found)


def _decision_changes(before: ImportRow, after: ImportRow) -> list[Change]:
    found = []
    old, new = before.decision, after.decision
    if new and old is None:
        found.append(Change(N_("Vedtaksdato"), NOTHING, format_date(new.date)))
    if old and new:
        if old.valid_from != new.valid_from:
            found.append(Change(N_("Gjelder fra"), format_date(old.valid_from), format_date(new.valid_from)))
        if old.valid_to != new.valid_to:
            was = format_date(old.valid_to) if old.valid_to else NOTHING
            found.append(
                Change(N_("Gjelder til"), was, format_date(new.valid_to) if new.valid_to else NOTHING)
            )
    amounts = {service.form: service for service in before.services}
    for service in after.services:
        known = amounts.get(service.form)
        if known and (known.amount, known.unit) != (service.amount, service.unit):
            found.append(Change(N_("Timer"), _hours(known), _hours(service)))
    return found


def _hours(service: ImportedService) -> str:
    if service.amount is None:
        return NOTHING
    return f"{format_decimal(service.amount)} {'t/mnd' if service.unit == 'month' else 't/uke'}"


def _fill_person(before: ImportedPerson | None, after: ImportedPerson | None) -> ImportedPerson | None:
    if before is None or after is None:
        return after
    return replace(
        after,
        address=after.address or before.address,
        postcode=after.postcode or before.postcode,
        place=after.place or before.place,
    )


def _fill_decision(
    before: ImportedDecision | None, after: ImportedDecision | None
) -> ImportedDecision | None:
    if before is None or after is None:
        return after
    return replace(after, valid_to=after.valid_to or before.valid_to)


def _fill_service(before: tuple[ImportedService, ...], after: ImportedService) -> ImportedService:
    known = next((service for service in before if service.form == after.form), None)
    return known if known is not None and after.amount is None else after
