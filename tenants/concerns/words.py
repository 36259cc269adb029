"""The slice's words: whom a concern is about, what was done, how it ended, and whom to ring at once."""

from __future__ import annotations

from sammen.i18n_mark import N_

STATES = {"new": N_("Ny"), "taken": N_("Følges opp"), "closed": N_("Avsluttet")}
STATE_SHAPES = {"new": "danger", "taken": "half", "closed": "neutral"}
ABOUT = {"user": N_("En bruker"), "contact": N_("En støttekontakt"), "other": N_("Noe annet")}
TOLD_AS = {
    "contact": N_("Støttekontakten"),
    "service_user": N_("Brukeren"),
    "representative": N_("Foresatt, verge eller fullmektig"),
    "staff": N_("Kommunen"),
}
STEPS = {
    "talked": N_("Snakket med noen"),
    "child_welfare": N_("Meldt til barnevernet"),
    "police": N_("Meldt til politiet"),
    "emergency": N_("Ringt nødnummer"),
    "health": N_("Tatt opp med helsetjenesten"),
    "manager": N_("Tatt opp med leder"),
    "note": N_("Annet som er gjort"),
}
OUTCOMES = {
    "handled": N_("Det er tatt hånd om"),
    "passed_on": N_("Barnevernet, politiet eller andre har tatt over"),
    "unfounded": N_("Det var ikke grunn til bekymring"),
    "watched": N_("Vi følger med videre"),
}
SUSPENSION_OUTCOMES = {
    "lifted": N_("Støttekontakten er tilbake"),
    "left": N_("Støttekontakten slutter hos oss"),
}
NUMBERS = (
    ("112", N_("Politiet, når noen er i fare")),
    ("113", N_("Ambulansen, når noen er skadet eller syke")),
    ("116 117", N_("Legevakta")),
    ("116 111", N_("Alarmtelefonen for barn og unge, hele døgnet")),
)
"""Norwegian emergency numbers and helplines, with when to ring them."""
DUTY = N_(
    "Gjelder det et barn som kan være utsatt for vold, overgrep eller alvorlig omsorgssvikt, skal den som arbeider for"
    " kommunen, selv melde fra til barnevernet uten å vente på andre."
)
"""Barnevernsloven § 13-2 and helsepersonelloven § 33: the duty is one's own, whoever else has been told."""
