"""What a municipality sets about itself: who its letters are from, and how surely each role must be known (ADR 0080).

Both stand in the municipality's settings, which the database writes for its administrator, and the first for its manager too
(`place_setting` in functions.sql): a reference table is nobody's to write in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.policy.assurance import LEAST, LEVEL_NAMES, Level, rank
from sammen.policy.permissions import Permission
from sammen.policy.roles import ROLE_NAMES, ROLE_PLACE, Role
from sammen.web.forms import Form, Reader
from sammen.web.office import LONGEST_LINE, MOST_LINES, OFFICE_SETTING

LETTERS: Final = OFFICE_SETTING
LEVELS: Final = "levels"
ASKED: Final = tuple(role for role in Role if ROLE_PLACE[role] in ("municipality", "own"))
"""Roles a municipality may ask more of: its staff's, and those of people with pages of their own."""
OTHER = N_("Noen andre har endret reglene imens. Det du skrev, er ikke lagret.")


def choices(role: Role) -> dict[str, str]:
    """The levels that may be asked of a role, by code: never less than the house asks of it."""
    return {level.value: LEVEL_NAMES[level] for level in Level if rank(level) >= rank(LEAST[role])}


def place_settings(settings: Mapping[str, Any], part: str) -> tuple[Mapping[str, Any], int]:
    """(what the municipality has set, its version) of LETTERS or LEVELS; ({}, 0) where it has set nothing."""
    found: Mapping[str, Any] = settings.get(part) or {}
    return found, int(found.get("versjon") or 0)


def asked_of(levels: Mapping[str, Any]) -> dict[str, str]:
    """The least level of each role by the municipality's setting `levels`, or the house's where that is more."""
    return {role.value: max(LEAST[role].value, str(levels.get(role, "")), key=rank) for role in ASKED}


def level_names(say: Callable[[str], str]) -> dict[str, str]:
    """Each level's name in the reader's language."""
    return {level.value: say(name) for level, name in LEVEL_NAMES.items()}


async def _set(uow: UnitOfWork, part: str, value: Mapping[str, Any], version: int) -> str:
    rows = await uow.call(
        "SELECT sammen.place_setting($1, $2::text::jsonb, $3) AS said", part, json.dumps(value), version
    )
    said = str(rows[0]["said"])
    if said == "stale":
        raise Conflict(OTHER)
    return said


async def set_letters(uow: UnitOfWork, department: str, lines: Sequence[str], version: int) -> None:
    """Write who the letters are from. An empty `department`: the service that has the case. Raises Conflict, Forbidden."""
    uow.context.require(Permission.RULES_WRITE)
    await _set(uow, LETTERS, {"avdeling": department, "linjer": list(lines)}, version)
    await record_change(uow, "place.letters", "municipality", uow.context.tenant, lines=len(lines))


async def set_levels(uow: UnitOfWork, wanted: Mapping[Role, str], version: int) -> None:
    """Write the least level of each role: it holds at everybody's next click.

    Raises Invalid when it would shut out who asks, or everybody with the role; Conflict when somebody changed it first;
    Forbidden without the right.
    """
    uow.context.require(Permission.MEMBER_WRITE)
    before, _ = place_settings(uow.context.settings, LEVELS)
    kept = {role.value: level for role, level in wanted.items() if rank(level) > rank(LEAST[role])}
    said, _, code = (await _set(uow, LEVELS, kept, version)).partition(":")
    if said == "self":
        raise Invalid.one(
            code, N_("Du er ikke så sikkert logget inn selv, og ville blitt stengt ute. Velg et lavere nivå.")
        )
    if said == "nobody":
        raise Invalid.one(
            code,
            N_(
                "Ingen innlogging som er åpen for kommunen, når det nivået. Be driften om å sette opp en først."
            ),
        )
    was = {code: level for code, level in before.items() if code != "versjon"}
    await record_change(uow, "place.levels", "municipality", uow.context.tenant, before=was, after=kept)


def read_letters(form: Form) -> tuple[str, list[str]]:
    """The form: (department, lines). Raises Invalid with every field's error."""
    reader = Reader(form)
    department = reader.text("avdeling", most=LONGEST_LINE)
    lines = [line.strip() for line in reader.text("linjer", most=1_000).splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        reader.fail("linjer", N_("Skriv høyst fem linjer. Flere får ikke plass i brevet."))
    elif any(len(line) > LONGEST_LINE for line in lines):
        reader.fail("linjer", N_("Skriv høyst 80 tegn på en linje."))
    reader.done()
    return department, lines


def read_levels(form: Form) -> dict[Role, str]:
    """The form: a level for each role. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = {
        role: reader.choice(
            role.value, choices(role), required=N_("Velg hvor sikkert de skal være logget inn.")
        )
        for role in ASKED
    }
    reader.done()
    return found


def level_fields(say: Callable[[str], str], kind: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(field, label, options) for the roles of a kind of place: "municipality" or "own"."""
    return [
        (role.value, say(ROLE_NAMES[role]), [(code, say(name)) for code, name in choices(role).items()])
        for role in ASKED
        if ROLE_PLACE[role] == kind
    ]
