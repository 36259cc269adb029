"""What is sent from the pages of releases, read into choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from reporting.releases.service import Choice, Group
from reporting.releases.tables import Offer, divisions
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.web.forms import Form, Reader

FIELD: Final = "t-"
"""What the fields of a measure's tables begin with; the measure's id follows."""
LONGEST_WHY: Final = 500
MOST_GROUP_NAME: Final = 60


def read_choice(form: Form, offers: list[Offer], *, again: bool) -> Choice:
    """The tables that were ticked, in their order; those that are not offered are passed over.

    `again`: the period has been released before, and what is new must be told. Raises Invalid.
    """
    reader = Reader(form)
    ticked = [one.id for one in offers if one.id in form.all(FIELD + one.measure)]
    if not ticked:
        reader.fail("tabeller", N_("Velg minst én tabell."))
    why = reader.text(
        "hvorfor", most=LONGEST_WHY,
        required=N_("Skriv hva som er nytt siden forrige publisering av perioden.") if again else None,
    )  # fmt: skip
    reader.done()
    return Choice(tuple(ticked), why)


def shown_choice(tables: tuple[str, ...], offers: list[Offer]) -> dict[str, list[str]]:
    """What the form begins with: the tables chosen before with their margins, or the usual ones; by their field's name."""
    before = divisions(tables)
    found: dict[str, list[str]] = {}
    for one in offers:
        if one.by in before.get(one.measure, ()) or (one.usual and not tables):
            found.setdefault(FIELD + one.measure, []).append(one.id)
    return found


def read_reason(form: Form) -> str:
    """Why a release is withdrawn. Raises Invalid."""
    reader = Reader(form)
    reason = reader.text(
        "grunn", most=LONGEST_WHY, required=N_("Skriv hvorfor publiseringen trekkes. Styringsgruppa ser grunnen.")
    )  # fmt: skip
    reader.done()
    return reason


def read_groups(form: Form, members: Mapping[UUID, str]) -> dict[UUID, Group | None]:
    """The group of each member by the name that was written; those without a name are in none. Raises Invalid."""
    reader = Reader(form)
    found: dict[UUID, Group | None] = {}
    for place in members:
        name = " ".join(reader.text(f"gruppe-{place}", most=MOST_GROUP_NAME).split())
        code = code_of(name)
        if name and not code:
            reader.fail(f"gruppe-{place}", N_("Skriv et navn med bokstaver eller tall."))
        found[place] = Group(code, name) if code else None
    reader.done()
    return _one_name_each(found)


def _one_name_each(found: dict[UUID, Group | None]) -> dict[UUID, Group | None]:
    """Groups whose names differ in small and capital letters alone are one, called as the first."""
    names: dict[str, str] = {}
    for one in found.values():
        if one is not None:
            names.setdefault(one.code, one.name)
    return {place: Group(one.code, names[one.code]) if one else None for place, one in found.items()}


def code_of(name: str) -> str:
    """A group's code from its name: small letters and digits. Empty when the name has none."""
    plain = name.casefold().translate(str.maketrans("æøå", "aoa"))
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40].strip("-")


def check_groups(groups: Mapping[UUID, Group | None]) -> None:
    """Raises Invalid, at its field, for a municipality alone in its group: the group's figures would be its own."""
    sizes: dict[str, list[UUID]] = {}
    for place, one in groups.items():
        if one is not None:
            sizes.setdefault(one.code, []).append(place)
    for places in sizes.values():
        if len(places) == 1:
            raise Invalid.one(
                f"gruppe-{places[0]}",
                N_("En gruppe må ha minst to kommuner. Ellers er gruppas tall kommunens egne."),
            )
