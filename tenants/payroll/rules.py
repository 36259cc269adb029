"""What payroll knows without asking a database: codes, accounting strings, pay days and differences (B9). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sammen.i18n_mark import N_

COMPONENT_NAMES: Mapping[str, str] = {
    "hours": N_("Timelønn"),
    "holiday": N_("Feriepenger"),
    "expense": N_("Utgiftsdekning"),
    "receipts": N_("Utlegg med kvittering"),
    "kilometres": N_("Kjøring sammen med bruker"),
    "commute": N_("Kjøring til og fra"),
}
UNIT_NAMES: Mapping[str, str] = {
    "hours": N_("timer"),
    "kilometres": N_("km"),
    "commute": N_("km"),
}
KIND_NAMES: Mapping[str, str] = {
    "pay": "",
    "reversal": N_("Trukket tilbake, timene er rettet"),
    "adjustment": N_("Justert etter en rettelse"),
    "back_pay": N_("Etterbetaling"),
}
NOTICE_NAMES: Mapping[str, str] = {
    "no_number": N_("Mangler ansattnummer"),
    "no_rate": N_("Mangler sats"),
    "no_agreement": N_("Mangler avtale"),
    "not_attested": N_("Ikke bekreftet av bruker eller foresatt"),
    "over_decision": N_("Mer enn vedtaket gir"),
    "lowered": N_("Ny sats er lavere enn det som er betalt"),
}
RULE_NAMES: Mapping[str, str] = {
    "cap_km": N_("Grensen for kilometer i måneden er nådd."),
    "cap_trips": N_("Grensen for turer i måneden er nådd."),
    "cap_kroner": N_("Grensen i kroner for måneden er nådd."),
    "least": N_("Løftet til det minste en måned gir."),
    "month": N_("Fast sum for måneden."),
    "none": N_("Satsene dekker ikke dette."),
    "meeting": N_("Samme møte i gruppa. Timene er betalt på en annen linje."),
    "nothing": N_("Timene er rettet til ingenting."),
}
"""Why an amount is not simply quantity times rate, by what stands after # in an item's rule."""
LEFT_OUT = ("no_number", "no_rate")
"""The notices that keep hours out of the run. They come along in the first run after it is mended."""

PLACES = ("ansvar", "art", "funksjon", "prosjekt")
DEFAULT_TEMPLATE = "{ansvar}.{art}.{funksjon}.{prosjekt}"
_PLACE = re.compile(r"\{([^{}]*)\}")
_TEMPLATE = re.compile(r"[0-9A-Za-zÆØÅæøå{}./ \-]{1,120}")
DIMENSION = re.compile(r"[0-9A-Za-zÆØÅæøå.\-]{0,20}")
CODE = re.compile(r"[0-9A-Za-z]{1,10}")
NUMBER = re.compile(r"[0-9A-Za-z\-]{1,20}")
MUCH = 50
"""A contact whose sum differs by more per cent than this from the last run is pointed out."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """Dimensions by purchaser: health and care, or child welfare (KOSTRA function 234 and 251)."""

    template: str = DEFAULT_TEMPLATE
    department: str = ""
    kostra_function: str = "234"
    project: str = ""
    child_department: str = ""
    child_function: str = "251"
    child_project: str = ""
    numbered: bool = True

    def dimensions(self, purchaser: str) -> tuple[str, str, str]:
        """(department, function, project) for a case's purchaser."""
        if purchaser == "child_welfare":
            return self.child_department, self.child_function, self.child_project
        return self.department, self.kostra_function, self.project

    def account(self, purchaser: str, art: str) -> str:
        """The accounting string of a line. What the municipality does not use leaves no empty place behind.

        >>> Accounting(department="4120").account("child", "0109")
        '4120.0109.234'
        """
        department, function, project = self.dimensions(purchaser)
        values = {"ansvar": department, "art": art, "funksjon": function, "prosjekt": project}
        return filled(self.template, values)


def unknown_places(template: str) -> list[str]:
    """Names in braces that no template may have; [""] for a template that is no template at all."""
    rest = _PLACE.sub("", template)
    if not _TEMPLATE.fullmatch(template) or "{" in rest or "}" in rest:
        return [""]
    return [name for name in _PLACE.findall(template) if name not in PLACES]


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values; a separator beside an empty value goes with it."""
    parts = re.split(r"([./ \-])", template)
    found: list[str] = []
    for place, mark in zip(parts[::2], [*parts[1::2], ""], strict=True):
        said = _PLACE.sub(lambda name: values.get(name[1], ""), place)
        if said:
            found += [said, mark]
    return "".join(found[:-1]) if found else ""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A pay code in force: its component, and the form it is for ("" for all)."""

    valid_from: date
    component: str
    form: str
    code: str
    art: str


class Codes:
    """The codes as they stand on a pay day. A code for the form goes before one for every form; newer before older."""

    def __init__(self, rows: Sequence[CodeRow], on: date) -> None:
        self._known: dict[tuple[str, str], CodeRow] = {}
        for row in sorted(rows, key=lambda row: row.valid_from):
            if row.valid_from <= on:
                self._known[row.component, row.form] = row

    def of(self, component: str, form: str) -> tuple[str, str]:
        """(code, art); empty when the municipality has set none."""
        row = self._known.get((component, form)) or self._known.get((component, ""))
        return (row.code, row.art) if row else ("", "")


def pay_day(last: date, run_on: date, day: int) -> date:
    """The pay day of a run: the first day of that number after both the period's end and the day of the run (B9)."""
    after = max(last, run_on)
    same = after.replace(day=day)
    if same > after:
        return same
    first = (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=day)


def why(rule: str) -> str:
    """The sentence (a msgid) for an item's rule, "" for the ordinary."""
    return RULE_NAMES.get(rule.partition("#")[2], "")


def assignment_code(assignment_id: UUID) -> str:
    """How payroll is shown an assignment: whose it is stays unsaid. The last digits of a random part of its id."""
    return assignment_id.hex[-6:].upper()


@dataclass(frozen=True, slots=True)
class Difference:
    """A contact's sum in a run beside the last one, in øre. `change`: new, gone, up, down, or "" for about the same."""

    now_ore: int
    before_ore: int

    @property
    def percent(self) -> int | None:
        """Per cent up or down, towards zero; None where there was nothing before."""
        if self.before_ore == 0:
            return None
        return int((self.now_ore - self.before_ore) * 100 / abs(self.before_ore))

    @property
    def change(self) -> str:
        if self.now_ore == self.before_ore:
            return ""
        if self.before_ore == 0:
            return "new"
        if self.now_ore == 0:
            return "gone"
        # In whole øre, so that exactly 50 % is about the same everywhere.
        much = abs(self.now_ore - self.before_ore) * 100 > MUCH * abs(self.before_ore)
        return "" if not much else "up" if self.now_ore > self.before_ore else "down"
