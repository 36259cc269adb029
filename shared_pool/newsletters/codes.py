"""Names of jobs, segments and kinds of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_

SEND: Final = "newsletters.send"
ONE: Final = "newsletters.one"
SIGNUP: Final = "newsletters.signup"
JOINT: Final = "newsletters.joint"
TEST: Final = "newsletters.test"
LETTER: Final = "newsletters.letter"

SEGMENTS: Final[Mapping[str, str]] = {
    "contacts": N_("Støttekontakter"),
    "users": N_("Brukere og pårørende"),
    "homes": N_("Boliger"),
    "units": N_("Andre enheter"),
}
"""Who may say yes to newsletters, each for themselves (C15)."""
WHO: Final[Mapping[str, str]] = {
    "contacts": N_("Støttekontakt"),
    "users": N_("Bruker eller pårørende"),
    "homes": N_("Ansatt i en bolig"),
    "units": N_("Ansatt i en annen enhet"),
}
"""The same, as somebody says it of themselves."""
OWN_SEGMENTS: Final = ("contacts", "users")
"""Those of people. Homes and units stand in the municipality's register of addresses."""
KINDS: Final[Mapping[str, str]] = {
    "text": N_("Tekst"),
    "courses": N_("Nye kurs"),
    "calendar": N_("Fra aktivitetskalenderen"),
}
MAIL_LANGUAGES: Final[Mapping[str, str]] = {"nb": N_("Bokmål"), "nn": N_("Nynorsk")}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": (N_("Utkast"), "neutral"),
    "sending": (N_("Sendes nå"), "info"),
    "sent": (N_("Sendt"), "ok"),
}
AUDIENCES: Final[Mapping[str, str]] = {
    "everybody": N_("Alle som har tjenesten"),
    "purchaser": N_("En enhet"),
    "group": N_("En aktivitetsgruppe"),
    "contact": N_("De som har én bestemt støttekontakt"),
}
PURCHASERS: Final[Mapping[str, str]] = {
    "child": N_("Barn og unge"),
    "adult": N_("Voksne"),
    "child_welfare": N_("Barnevern"),
}
