"""Names of what a deviation may be, and the sentences of the rules that open one by themselves. All are msgids."""

from __future__ import annotations

from sammen.i18n_mark import N_

SOURCES = {
    "own": N_("Oss selv"),
    "user": N_("Bruker eller pårørende"),
    "supervision": N_("Tilsyn"),
}
KINDS = {
    "deadline": N_("Frist ikke holdt"),
    "service": N_("Tjeneste ikke gitt som vedtatt"),
    "incident": N_("Uønsket hendelse"),
    "privacy": N_("Personvern eller taushetsplikt"),
    "routine": N_("Rutine ikke fulgt"),
    "other": N_("Annet"),
}
HORIZONS = {"short": N_("Nå"), "long": N_("På lengre sikt")}
RULES = {
    "not_started": N_("Tjenesten er ikke i gang innen grensa"),
    "month_limit": N_("Verken vedtak eller foreløpig svar innen en måned"),
    "promised_day": N_("Vedtaket kom ikke den dagen som var lovet"),
    "evaluation": N_("Vedtaket er ikke evaluert i tide"),
    "complaint": N_("Klagen er ikke behandlet i tide"),
}
RULE_KINDS = {"not_started": "service"}
"""The kind of what a rule finds; else a deadline that was not kept."""
RULE_SOURCES = {
    "not_started": N_("Kommunens egen grense for når en innvilget tjeneste skal være i gang."),
    "month_limit": N_("Forvaltningsloven § 11 a: vedtak eller foreløpig svar innen en måned."),
    "promised_day": N_("Dagen kommunen lovet i det foreløpige svaret."),
    "evaluation": N_("Alle vedtak skal evalueres minst en gang i året."),
    "complaint": N_("Kommunens frist for å behandle klagen."),
}
RULE_SINCE = {
    "not_started": N_("Har ventet siden %(day)s."),
    "month_limit": N_("Fristen var %(day)s."),
    "promised_day": N_("Den lovede dagen var %(day)s."),
    "evaluation": N_("Skulle vært evaluert innen %(day)s."),
    "complaint": N_("Skulle vært behandlet innen %(day)s."),
}
"""The day a rule's deviation was late from."""
EVENTS = {
    "opened": N_("Meldt"),
    "put_right": N_("Rettet"),
    "late_again": N_("Ikke rettet likevel"),
    "closed": N_("Lukket"),
    "reopened": N_("Åpnet igjen"),
}
STATES = {
    "open": N_("Åpne"),
    "overdue": N_("Over fristen"),
    "closed": N_("Lukket"),
    "all": N_("Alle"),
}
