"""A row beside the same row as it was imported before: what changed, and what a new file leaves as it is.

Pure. An emptied cell erases nothing a person, a decision or a mapping has: lists lose cells more often than people
lose addresses. Protection is never lowered by a list. The list's own remarks (contact, note, companion card) follow
the list.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from tenants.imports.facts import (
    ImportedContact,
    ImportedDecision,
    ImportedPerson,
    ImportedRepresentative,
    ImportedService,
    Protection,
    Role,
)
from tenants.imports.rules import ImportRow
from tenants.people.api import fold

STRENGTH: Final[dict[str, int]] = {"none": 0, "kode7": 1, "kode6": 2}
NOTHING = "–"
REPRESENTATIVE_NAMES: Final[dict[Role, str]] = {
    "parent": N_("Foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}


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
        representatives=_fill_representatives(before.representatives, after.representatives),
        contact=_fill_contact(before.contact, after.contact),
        evaluate_on=after.evaluate_on or before.evaluate_on,
        target=after.target or before.target,
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
            *(
                (label, _acting(before, role), _acting(after, role))
                for role, label in REPRESENTATIVE_NAMES.items()
            ),
            (N_("Evaluering"), _day(before.evaluate_on), _day(after.evaluate_on)),
            (N_("Oppdrag"), _assigned(before.contact), _assigned(after.contact)),
            (N_("Merknad"), before.note, after.note),
        )
        if was != now
    ]
    if before.has_companion_card != after.has_companion_card:
        found.append(Change(N_("Ledsagerbevis")))
    if before.target != after.target:
        found.append(Change(N_("Målgruppe")))
    return tuple(found)


def _acting(row: ImportRow, role: Role) -> str:
    """Who acts in a role: "Liv Moen 911 22 333 og Per Moen"."""
    return " og ".join(f"{one.name} {one.phone}".strip() for one in row.representatives if one.role == role)


def _assigned(contact: ImportedContact | None) -> str:
    if contact is None or contact.since is None:
        return ""
    return f"{contact.name} {contact.phone}".strip() + f", {format_date(contact.since)}"


def _day(day: dt.date | None) -> str:
    return format_date(day) if day else ""


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


def _fill_representatives(
    before: tuple[ImportedRepresentative, ...], after: tuple[ImportedRepresentative, ...]
) -> tuple[ImportedRepresentative, ...]:
    """The new list's, with the telephone numbers it lost; of a role it names nobody in, those it named before."""
    phones = {(one.role, fold(one.name)): one.phone for one in before}
    kept = [replace(one, phone=one.phone or phones.get((one.role, fold(one.name)), "")) for one in after]
    roles = {one.role for one in after}
    return tuple(sorted([*kept, *(one for one in before if one.role not in roles)], key=_in_order))


def _in_order(one: ImportedRepresentative) -> int:
    return list(REPRESENTATIVE_NAMES).index(one.role)


def _fill_contact(before: ImportedContact | None, after: ImportedContact | None) -> ImportedContact | None:
    """An emptied cell ends no assignment; a contact with the assignment keeps it, and the number that was known."""
    if before is None or before.since is None:
        return after
    if after is None or (after.since is None and fold(after.name) == fold(before.name)):
        return before
    if fold(after.name) == fold(before.name):
        return replace(after, phone=after.phone or before.phone)
    return after if after.since is not None else before
