"""What a reader has chosen in the address of a report: period, municipality, divisions, order. Bad choices in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reporting.measures.api import INHABITANTS
from reporting.releases.api import Place, Released
from reporting.reports.quantities import NoSuchDivision, Quantity, narrowed, quantity
from reporting.reports.spec import Report
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_

FIELDS: Final = {
    "age": "alder",
    "gender": "kjonn",
    "form": "form",
    "user_form": "form",
    "target": "malgruppe",
}
"""Dimension → its name in addresses. A person's form and a service's are one choice to the reader."""
LABELS: Final = {
    "alder": N_("Alder"), "kjonn": N_("Kjønn"), "form": N_("Tjeneste"), "malgruppe": N_("Målgruppe"),
}  # fmt: skip
SORTS: Final = ("navn", "verdi")


@dataclass(frozen=True, slots=True)
class Choice:
    """`codes`: code by field name (alder, …). `place`: the municipality to highlight. `sort`: navn or verdi."""

    codes: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    sort: str = "navn"

    def query(self, **more: str) -> dict[str, str]:
        """The choice as the words of an address, for links and for downloads."""
        said = {**self.codes, **more}
        if self.sort != "navn":
            said["sorter"] = self.sort
        if self.place is not None:
            said.setdefault("kommune", self.place.slug)
        return said


def fields_of(report: Report, newest: Released) -> dict[str, list[tuple[str, str]]]:
    """The choices a report offers: field name → its (code, msgid), of the figure it charts. Only divisions that the
    release has a table for are offered.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for dimension in quantity(report.quantities[0]).dimensions:
        name = FIELDS.get(dimension.id)
        if name is not None and dimension.id in report.filters:
            first = Choice({name: dimension.codes[0][0]})
            if published(chosen(report, first)[0], newest):
                found[name] = list(dimension.codes)
    return found


def published(one: Quantity, newest: Released) -> bool:
    """Whether the release has a table for each part of a figure."""
    return all(
        any(set(by) == set(part.codes) for by in newest.tables(part.measure))
        for part in one.operands
        if part.measure != INHABITANTS
    )


def read_choice(
    report: Report, query: Mapping[str, str], newest: Released, *, own: Place | None = None
) -> Choice:
    """What the address says. Raises Invalid with a sentence for each field that makes no sense, NotFound for a
    municipality that is not in the figures.
    """
    errors: dict[str, BadInput] = {}
    codes: dict[str, str] = {}
    for name, options in fields_of(report, newest).items():
        code = query.get(name, "")
        if code and code not in {known for known, _ in options}:
            errors[name] = BadInput(name, N_("Dette valget finnes ikke i rapporten. Velg ett i lista."))
        elif code:
            codes[name] = code
    sort = query.get("sorter", "") or "navn"
    if sort not in SORTS:
        errors["sorter"] = BadInput("sorter", N_("Tabellen kan ordnes etter navn eller verdi."))
    unknown = {name for name in LABELS if query.get(name)} - set(fields_of(report, newest))
    for name in unknown:
        errors[name] = BadInput(name, N_("Tallene i denne rapporten er ikke delt slik."))
    if errors:
        raise Invalid(errors)
    place = own
    if own is None and query.get("kommune"):
        place = next((one for one in newest.places if one.slug == query["kommune"]), None)
        if place is None:
            raise NotFound
    choice = Choice(codes, place, sort)
    _refuse_unpublished(report, choice, newest)
    return choice


def _refuse_unpublished(report: Report, choice: Choice, newest: Released) -> None:
    """Refuse a combination that no published table has, rather than show a page of dashes."""
    if choice.codes and not published(chosen(report, choice)[0], newest):
        words = N_("Tallene er ikke publisert for disse valgene sammen. Velg bare ett av dem.")
        raise Invalid({name: BadInput(name, words) for name in choice.codes})


def chosen(report: Report, choice: Choice) -> list[Quantity]:
    """The report's figures, narrowed as chosen; those that are not divided so are left out, the first never."""
    wanted = {**report.fixed, **choice.codes}
    found = []
    for number, name in enumerate(report.quantities):
        one = quantity(name)
        codes = {
            dimension.id: wanted[FIELDS[dimension.id]]
            for dimension in one.dimensions
            if FIELDS.get(dimension.id) in wanted
        }
        if len(codes) == len(wanted):
            found.append(narrowed(one, codes))
        elif number == 0:
            raise NoSuchDivision(name)
    return found
