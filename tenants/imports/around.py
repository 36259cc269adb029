"""The cells of a row about those around the person: representatives, the contact who is there already, and what the
municipality has agreed of evaluation and of keeping an address secret.
"""

from __future__ import annotations

import datetime as dt
import re

from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from tenants.cases.api import target_code
from tenants.imports.columns import Column
from tenants.imports.facts import (
    ImportedContact,
    ImportedDecision,
    ImportedRepresentative,
    Protection,
    Role,
)
from tenants.imports.reading import CellReader
from tenants.people.api import age_on, fold

OF_AGE = 18
_PHONE = re.compile(r"\+?[\d\s().-]{5,30}")
_SEVERAL = re.compile(r"\s*(?:[;/&+]|\bog\b)\s*", re.IGNORECASE)
_PROTECTED: dict[str, Protection] = {
    **dict.fromkeys(("6", "kode 6", "kode6", "strengt fortrolig", "strengt fortrolig adresse"), "kode6"),
    **dict.fromkeys(("7", "kode 7", "kode7", "fortrolig", "fortrolig adresse"), "kode7"),
}
_OPEN = frozenset({"", "nei", "n", "ingen", "apen", "ugradert", "0", "-"})
_PROTECTED_SOMEHOW = frozenset({"ja", "j", "x", "sperret", "skjermet"})
_ROLES: dict[str, Role] = {
    **dict.fromkeys(("forelder", "foresatt", "mor", "far", "foreldre", "foresatte"), "parent"),
    **dict.fromkeys(("verge", "hjelpeverge"), "guardian"),
    **dict.fromkeys(("fullmektig", "fullmakt"), "power_of_attorney"),
}
_OWN_COLUMNS: tuple[tuple[Role, Column, Column], ...] = (
    ("parent", "parent", "parent_phone"),
    ("parent", "other_parent", "other_parent_phone"),
    ("guardian", "guardian", "guardian_phone"),
    ("power_of_attorney", "attorney", "attorney_phone"),
)


def read_protection(reader: CellReader, in_note: Protection) -> Protection:
    """The stricter of what the remark and a column of its own say. "Ja" is read as kode 7, and says so: both shield."""
    typed = fold(reader.cell("protection"))
    if typed in _OPEN:
        return in_note
    if typed in _PROTECTED_SOMEHOW:
        reader.tell(
            "warning", "protection", N_("Lest som fortrolig adresse (kode 7). Skriv kode 6 hvis den er strengt fortrolig.")
        )  # fmt: skip
        found: Protection = "kode7"
    elif typed in _PROTECTED:
        found = _PROTECTED[typed]
    else:
        reader.unread["protection"] = reader.cell("protection")
        reader.tell("error", "protection", N_("Skriv kode 6 eller kode 7, eller la feltet stå tomt."))
        return in_note
    return "kode6" if "kode6" in (found, in_note) else found


def read_target(reader: CellReader) -> str:
    """The code of the row's target group (D9); "" for none. One we do not have is left out, and the row says so."""
    typed = reader.cell("target")
    found = target_code(typed) if typed else ""
    if typed and not found:
        reader.tell(
            "warning",
            "target",
            N_("Vi har ikke denne målgruppa. Den hentes ikke inn. Velg målgruppe på saken."),
        )
    return found


def read_representatives(
    reader: CellReader, birth_date: dt.date | None, guardian_in_note: str | None
) -> tuple[ImportedRepresentative, ...]:
    """Everybody the row names as acting for the person, in the columns' order; nobody twice in one role.

    Parents stand for minors only (barnelova § 30): of somebody who is of age they are left out, and the row says so.
    """
    found: list[ImportedRepresentative] = []
    for role, column, phone_column in _OWN_COLUMNS:
        names = _names(reader, column, several=column == "parent")
        phone = _phone(reader, phone_column, of_somebody=bool(names))
        # One number beside two names is the first one's.
        found += [ImportedRepresentative(role, name, "" if n else phone) for n, name in enumerate(names)]
    found += _with_role(reader)
    if guardian_in_note is not None:
        found.append(ImportedRepresentative("guardian", guardian_in_note, ""))
    age = age_on(birth_date, reader.today)
    if age is not None and age >= OF_AGE and any(one.role == "parent" for one in found):
        reader.tell("warning", "parent", N_("Personen er over 18 år. Foresatte blir ikke med."))
        found = [one for one in found if one.role != "parent"]
    unique: dict[tuple[Role, str], ImportedRepresentative] = {}
    for one in found:
        unique.setdefault((one.role, fold(one.name)), one)
    return tuple(unique.values())


def _with_role(reader: CellReader) -> list[ImportedRepresentative]:
    """The representative of the column that says itself who it is."""
    names = _names(reader, "representative", several=False)
    phone = _phone(reader, "representative_phone", of_somebody=bool(names))
    typed = reader.cell("representative_role")
    if not names:
        if typed:
            reader.tell(
                "warning", "representative", N_("Rollen er ikke brukt, for raden har ingen representant.")
            )
        return []
    role = _ROLES.get(fold(typed))
    if role is None:
        reader.unread["representative_role"] = typed
        reader.tell(
            "error", "representative_role",
            N_("Skriv forelder, verge eller fullmektig. Andre pårørende representerer ikke personen."),
        )  # fmt: skip
        return []
    return [ImportedRepresentative(role, names[0], phone)]


def read_contact(
    reader: CellReader, name: str | None, decision: ImportedDecision | None
) -> ImportedContact | None:
    """The contact who has the assignment already. Without a day it began, the name stays a remark."""
    since = reader.date("contact_since", years_ahead=1)
    phone = _phone(reader, "contact_phone", of_somebody=name is not None)
    if name is None:
        if since is not None:
            reader.tell(
                "warning", "contact_since", N_("Datoen er ikke brukt, for raden har ingen støttekontakt.")
            )
        return None
    if since is None:
        return ImportedContact(name, phone, None)
    if decision is None:
        reader.tell(
            "warning", "contact_since", N_("Oppdraget blir ikke med, for raden har ingen vedtaksdato.")
        )
        return ImportedContact(name, phone, None)
    if decision.valid_to is not None and since > decision.valid_to:
        reader.tell(
            "error", "contact_since", N_("Datoen er etter at vedtaket gikk ut %(date)s. Rett en av dem."),
            date=format_date(decision.valid_to),
        )  # fmt: skip
        return None
    whole = _whole_name(name)
    if whole is None or len(_SEVERAL.split(name)) > 1:
        reader.tell(
            "error", "contact", N_("Skriv fornavn og etternavn på én støttekontakt. Har personen to, skriv én rad for hver.")
        )  # fmt: skip
        return None
    if decision.valid_to is not None and decision.valid_to < reader.today:
        reader.tell("note", "contact", N_("Vedtaket har gått ut, så oppdraget blir ikke med."))
        return ImportedContact(whole, phone, None)
    return ImportedContact(whole, phone, since)


def read_evaluation(reader: CellReader, decision: ImportedDecision | None) -> dt.date | None:
    """The day the decision is to be evaluated by (A7)."""
    day = reader.date("evaluate_on")
    if day is None:
        return None
    if decision is None:
        reader.tell("warning", "evaluate_on", N_("Datoen blir ikke med, for raden har ingen vedtaksdato."))
        return None
    if day < decision.date:
        reader.tell("error", "evaluate_on", N_("Datoen er før vedtaket ble fattet. Skriv en senere dato."))
        return None
    if day < reader.today:
        reader.tell(
            "note", "evaluate_on", N_("Evalueringen skulle vært gjort. Vedtaket står på lista over dem.")
        )
    return day


def _names(reader: CellReader, column: Column, *, several: bool) -> list[str]:
    """The names of a cell, given name first; none when one of them is not whole, which is told."""
    typed = reader.text(column, 200)
    if fold(typed) in ("", "nei", "ingen", "mangler", "-"):
        return []
    parts = [part for part in _SEVERAL.split(typed) if part] if several else [typed]
    # "Liv og Per Moen": the family name is both's.
    last = parts[-1].split()
    if len(parts) == 2 and " " not in parts[0] and len(last) > 1:
        parts[0] = f"{parts[0]} {last[-1]}"
    found = [_whole_name(part) for part in parts]
    if None in found:
        reader.unread[column] = typed
        reader.tell("error", column, N_("Skriv både fornavn og etternavn."))
        return []
    return [name for name in found if name is not None]


def _whole_name(typed: str) -> str | None:
    """ "Moen, Liv" and "Liv Moen" as "Liv Moen"; None when one of the two names is missing."""
    family, comma, given = (" ".join(part.split()).strip(" .") for part in typed.partition(","))
    name = f"{given} {family}".strip() if comma else family
    whole = " " in name and not any(sign.isdigit() for sign in name)
    return name if whole and (not comma or (family and given)) else None


def _phone(reader: CellReader, column: Column, *, of_somebody: bool) -> str:
    """A telephone number as it was written. One that is none is told and left out; one without a name too."""
    typed = reader.text(column, 60)
    if not typed:
        return ""
    if not of_somebody:
        reader.tell("warning", column, N_("Nummeret er ikke brukt, for raden har ikke noe navn til det."))
        return ""
    if _PHONE.fullmatch(typed) is None:
        reader.unread[column] = typed
        reader.tell(
            "warning", column, N_("Telefonnummeret er ikke lest. Skriv bare sifre, for eksempel 911 22 333.")
        )
        return ""
    return typed
