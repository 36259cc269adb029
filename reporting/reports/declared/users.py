"""Reports of users, decisions and waiting."""

from __future__ import annotations

from typing import Final

from reporting.reports.spec import Report
from sammen.i18n_mark import N_

REPORTS: Final = (
    Report(
        "brukere", "users", N_("Brukere med tilbud"), N_("Hvor mange har tilbud i hver kommune?"),
        ("users", "users_per_1000"), "bars", filters=("age", "gender", "target"),
    ),
    Report(
        "dekning", "users", N_("Brukere for folketallet"), N_("Hvor stor del av innbyggerne har tilbud?"),
        ("users_per_1000", "users"), "map", filters=("age",),
    ),
    Report(
        "barn-og-unge", "users", N_("Barn og unge med tilbud"), N_("Hvor mange barn og unge har tilbud, for folketallet?"),
        ("users_per_1000", "users"), "bars", fixed={"alder": "0-17"},
    ),
    Report(
        "individuelt-eller-gruppe", "users", N_("Individuelt eller i gruppe"),
        N_("Hvor stor del av tjenestene er aktivitetsgrupper?"), ("services",), "shares", by="form", first="group",
    ),
    Report(
        "brukere-over-tid", "users", N_("Brukere over tid"), N_("Får flere eller færre tilbud enn før?"),
        ("users_per_1000", "users"), "multiples", filters=("age",),
    ),
    Report(
        "vedtak", "users", N_("Nye vedtak"), N_("Hvor mange får nytt vedtak, og hvor mange får avslag?"),
        ("new_decisions", "refused"), "bars", filters=("age", "user_form"),
    ),
    Report(
        "avsluttet", "users", N_("Hvorfor vedtak tar slutt"),
        N_("Tar tjenesten slutt fordi målet er nådd, eller av andre grunner?"),
        ("ended_decisions",), "shares", by="outcome",
    ),
    Report(
        "venter", "waiting", N_("Venter på å komme i gang"), N_("Hvor mange har vedtak og venter på at tjenesten starter?"),
        ("waiting", "waiting_per_100"), "bars", filters=("form", "age"),
    ),
    Report(
        "i-gang-innen-fire-uker", "waiting", N_("I gang innen fire uker"),
        N_("Hvor mange kommer i gang innen fire uker etter vedtaket?"), ("started_in_time",), "map",
    ),
    Report(
        "ventetid", "waiting", N_("Hvor lenge de ventet"), N_("Hvor lenge ventet de som kom i gang?"),
        ("waited",), "shares", by="wait", first="0-28",
    ),
    Report(
        "venting-over-tid", "waiting", N_("Venting over tid"), N_("Blir køen kortere?"),
        ("waiting_per_100", "waiting"), "lines",
    ),
)  # fmt: skip
