"""Every report, and what stands on the region's front page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reporting.reports.declared import money, service, users
from reporting.reports.spec import Key, Report
from sammen.i18n_mark import N_

REPORTS: Final[Mapping[str, Report]] = MappingProxyType(
    {report.id: report for module in (users, service, money) for report in module.REPORTS}
)
"""By the id in their addresses, in the order of the themes."""
FRONT: Final = (
    "barn-og-unge",
    "i-gang-innen-fire-uker",
    "kostnad-per-time",
    "individuelt-eller-gruppe",
    "brukere-over-tid",
)
"""The reports of the front page; the second and fourth stand to the right."""
KEYS: Final = (
    Key("waiting", N_("Flere venter på å komme i gang enn %(ago)s."), N_("Færre venter på å komme i gang enn %(ago)s.")),
    Key("deviations_open", N_("Det er flere åpne avvik enn %(ago)s."), N_("Det er færre åpne avvik enn %(ago)s.")),
    Key("users", N_("Flere får tilbud enn %(ago)s."), N_("Færre får tilbud enn %(ago)s.")),
    Key("cost_per_hour", N_("En time koster mer enn %(ago)s."), N_("En time koster mindre enn %(ago)s.")),
    Key(
        "evaluated_in_time", N_("En større del er evaluert i tide enn %(ago)s."),
        N_("En mindre del er evaluert i tide enn %(ago)s."),
    ),
    Key(
        "turnover", N_("En større del av støttekontaktene slutter enn %(ago)s."),
        N_("En mindre del av støttekontaktene slutter enn %(ago)s."),
    ),
    # Stands in for one above that is not published.
    Key("contacts", N_("Det er flere støttekontakter enn %(ago)s."), N_("Det er færre støttekontakter enn %(ago)s.")),
)  # fmt: skip


def reports_of(theme: str) -> list[Report]:
    """The reports of a theme, in their order."""
    return [report for report in REPORTS.values() if report.theme == theme]
