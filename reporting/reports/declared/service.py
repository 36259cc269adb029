"""Reports of hours, contacts and quality."""

from __future__ import annotations

from typing import Final

from reporting.reports.spec import Report
from sammen.i18n_mark import N_

REPORTS: Final = (
    Report(
        "timer", "hours", N_("Timer per bruker"), N_("Hvor mange timer får hver bruker?"),
        ("hours_per_user", "hours"), "bars", filters=("age",),
    ),
    Report(
        "timer-levert", "hours", N_("Timer som ble gitt av dem som er innvilget"),
        N_("Får brukerne de timene de har vedtak om?"), ("hours_delivered", "hours", "hours_granted"),
        "lines", filters=("age",),
    ),
    Report(
        "timer-etter-tjeneste", "hours", N_("Timer etter tjeneste"), N_("Hvor stor del av timene går til grupper?"),
        ("hours",), "shares", by="form", first="group",
    ),
    Report(
        "stottekontakter", "contacts", N_("Støttekontakter"), N_("Hvor mange støttekontakter har kommunene?"),
        ("contacts", "contacts_began", "contacts_left"), "bars", filters=("contact_age",),
    ),
    Report(
        "hvem-rekrutterer", "contacts", N_("Nye støttekontakter"), N_("Hvem rekrutterer flest?"),
        ("contacts_began_share", "contacts_began"), "bars",
    ),
    Report(
        "hvem-beholder", "contacts", N_("Støttekontakter som sluttet"), N_("Hvem beholder støttekontaktene sine?"),
        ("turnover", "contacts_left"), "lines",
    ),
    Report(
        "klar-for-oppdrag", "contacts", N_("Politiattest, kurs og oppfølging"),
        N_("Har støttekontaktene politiattest, kurs og oppfølging?"),
        ("vetted_share", "trained_share", "followed_up_share"), "bars",
    ),
    Report(
        "bytter", "contacts", N_("Bytte av støttekontakt"), N_("Hvor mange må bytte støttekontakt?"),
        ("changed_contact",), "bars", filters=("age",),
    ),
    Report(
        "evaluert", "quality", N_("Evaluert i tide"), N_("Blir tjenestene evaluert når de skal?"),
        ("evaluated_in_time",), "lines",
    ),
    Report(
        "mal-nadd", "quality", N_("Mål som er nådd"), N_("Når brukerne målene de har satt?"),
        ("goal_reached_share", "hours_fit_share"), "bars",
    ),
    Report(
        "avvik", "quality", N_("Åpne avvik"), N_("Hvor mange avvik er ikke lukket?"),
        ("deviations_open", "deviations_opened", "deviations_closed", "deviations_per_100"), "bars",
    ),
    Report(
        "slag-avvik", "quality", N_("Hva avvikene gjelder"), N_("Hva går galt oftest?"),
        ("deviations_opened",), "shares", by="deviation",
    ),
    Report(
        "klager", "quality", N_("Klager"), N_("Hvor mange klager på vedtaket?"),
        ("complaints_per_100", "complaints"), "bars",
    ),
    Report(
        "gruppene", "quality", N_("Fornøyde i gruppene"), N_("Trives de som går i gruppe?"),
        ("voices_like",), "bars",
    ),
)  # fmt: skip
