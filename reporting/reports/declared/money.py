"""Reports of cost, courses and what municipalities do together."""

from __future__ import annotations

from typing import Final

from reporting.reports.spec import Report
from sammen.i18n_mark import N_

REPORTS: Final = (
    Report(
        "kostnad-per-time", "cost", N_("Kostnad per time"), N_("Hva koster en time hos oss og hos de andre?"),
        ("cost_per_hour", "cost_per_user", "cost_per_inhabitant"), "lines",
    ),
    Report(
        "kostnad-per-bruker", "cost", N_("Kostnad per bruker"), N_("Hva koster tilbudet for hver bruker?"),
        ("cost_per_user",), "bars",
    ),
    Report(
        "kostnad-per-innbygger", "cost", N_("Kostnad per innbygger"),
        N_("Hvor mye bruker kommunen på tilbudet, for folketallet?"),
        ("cost_per_inhabitant", "cost"), "map",
    ),
    Report(
        "kostnad-etter-slag", "cost", N_("Hva pengene går til"),
        N_("Hvor stor del går til lønn, reise og administrasjon?"),
        ("cost",), "shares", by="cost_kind",
    ),
    Report(
        "gruppe-mot-individuelt", "cost", N_("Kostnad for én tjeneste"),
        N_("Hva koster en plass i gruppe mot en støttekontakt?"),
        ("cost_per_service",), "bars", filters=("form",),
    ),
    Report(
        "lonn", "cost", N_("Timelønn"), N_("Får støttekontaktene like mye for likt arbeid?"),
        ("pay_bands",), "shares", by="pay", filters=("work",),
    ),
    Report(
        "kursplasser", "courses", N_("Kursplasser"), N_("Hvor mange går på kurs?"), ("course_seats",), "bars",
    ),
    Report(
        "over-grensa", "together", N_("Timer over kommunegrensa"), N_("Hvor mye hjelper kommunene hverandre?"),
        ("cross_share", "cross_hours", "cross_users"), "lines",
    ),
    Report(
        "behov", "together", N_("Behov som ble dekket"), N_("Finner samarbeidet noen til behovene?"),
        ("needs_filled_share", "needs_posted", "needs_ended"), "lines",
    ),
    Report(
        "gruppeplasser", "together", N_("Plasser i grupper"), N_("Hvor mange plasser er det i gruppene?"),
        ("group_places",), "bars",
    ),
)  # fmt: skip
