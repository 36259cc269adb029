"""What the rules, outcomes and log entries are called on screen and paper. Bokmål msgids."""

from __future__ import annotations

from collections.abc import Mapping

from sammen.i18n_mark import N_

RULES: Mapping[str, str] = {
    "many": N_("Åpnet uvanlig mange"),
    "own": N_("Åpnet opplysninger om seg selv"),
    "surname": N_("Samme sjeldne etternavn"),
    "address": N_("Samme adresse"),
    "unconnected": N_("Åpnet mange uten egen sak"),
    "repeated": N_("Leste om én person flere dager"),
    "searched_and_left": N_("Søkte, åpnet og gikk videre"),
    "by_night": N_("Leste om natta eller i helga"),
    "refused_then_read": N_("Ble nektet, og leste likevel"),
    "refused": N_("Ble nektet mange ganger"),
    "missed": N_("Prøvde numre i nødåpning"),
}
SENTENCES: Mapping[str, str] = {
    "many": N_(
        "Åpnet %(count)s personer på en uke. Vanlig for den som leste, er %(own)s, for andre i rollen %(peers)s."
    ),
    "own": N_("Åpnet opplysninger om seg selv eller noen med samme navn. Antall oppslag: %(count)s."),
    "surname": N_(
        "Har samme etternavn som personen, og bare %(alike)s i kommunen heter det. Antall oppslag: %(count)s."
    ),
    "address": N_("Er registrert på samme adresse som personen. Antall oppslag: %(count)s."),
    "unconnected": N_(
        "Åpnet %(count)s personer uten å ha sak, oppdrag eller endring hos dem. Det ble åpnet %(all)s i alt."
    ),
    "repeated": N_(
        "Leste om personen %(days)s ulike dager, %(count)s ganger i alt, uten å ha sak eller endre noe."
    ),
    "searched_and_left": N_(
        "Søkte fram %(count)s personer, åpnet dem innen %(minutes)s minutter og gjorde ikke mer."
    ),
    "by_night": N_("Åpnet personer %(count)s ganger mellom kl. 22 og 6, i helga eller på en helligdag."),
    "refused_then_read": N_(
        "Ble nektet, og åpnet den samme personen innen %(minutes)s minutter. Antall oppslag: %(count)s."
    ),
    "refused": N_("Ble nektet %(count)s ganger på en uke."),
    "missed": N_("Skrev %(count)s numre på siden for nødåpning som ikke åpnet noe."),
}
WHY: Mapping[str, str] = {
    "many": N_("Den som ser mye mer enn før og mer enn andre, kan lete etter noe som ikke er jobben."),
    "own": N_("Ingen skal behandle seg selv. Egne opplysninger leses på egne sider."),
    "surname": N_("Slektninger er inhabile (fvl. § 6). Vanlige etternavn er ikke med."),
    "address": N_("De som bor sammen, er inhabile (fvl. § 6)."),
    "unconnected": N_("Tilgang gis for å gjøre en jobb med saken (helsepersonelloven § 21 a)."),
    "repeated": N_("Den som følger med på én person uten å ha saken, kan ha en annen grunn enn jobben."),
    "searched_and_left": N_("Å slå opp mange og gå rett videre ligner på nysgjerrighet."),
    "by_night": N_("Tjenesten har kontortid. Beredskap og helgevakt er en god forklaring."),
    "refused_then_read": N_("Den som ble nektet, fant en annen vei."),
    "refused": N_("Mange avslag tyder på prøving, eller på en rolle som ikke passer jobben."),
    "missed": N_("Mange numre uten sak kan være gjetting."),
}
OUTCOMES: Mapping[str, str] = {
    "in_order": N_("I orden, det finnes en forklaring"),
    "talked": N_("Snakket med den som leste"),
    "breach": N_("Brudd, meldt videre som avvik"),
}
OUTCOME_SHAPES = {"in_order": "ok", "talked": "info", "breach": "danger"}
REVIEWS: Mapping[str, str] = {"justified": N_("Berettiget"), "unjustified": N_("Ikke berettiget")}
CATEGORIES: Mapping[str, tuple[str, str]] = {
    "read": (N_("Leste"), "info"),
    "change": (N_("Endret"), "saved"),
    "refusal": (N_("Ble nektet"), "warning"),
}
FILTERS: Mapping[str, str] = {
    "": N_("Alt"), "read": N_("Det som er lest"), "change": N_("Det som er endret"),
    "refusal": N_("Det noen ble nektet"), "emergency": N_("Det som er lest i nødstilfelle"),
}  # fmt: skip
OBJECTS: Mapping[str, str] = {
    "agreement": N_("avtalen"), "application": N_("søknaden"), "assignment": N_("oppdraget"), "case": N_("saken"),
    "complaint": N_("klagen"), "concern": N_("bekymringen"), "contact": N_("støttekontakten"),
    "decision": N_("vedtaket"), "deviation": N_("avviket"), "evaluation": N_("evalueringen"),
    "group": N_("gruppa"), "letter": N_("brevet"), "mapping": N_("kartleggingen"), "need": N_("behovet"),
    "order": N_("bestillingen"), "person": N_("opplysningene om personen"), "representative": N_("hvem som handler for deg"),
    "review": N_("gjennomgangen"), "session": N_("treffet"), "thread": N_("meldingene"), "timesheet": N_("timelista"),
}  # fmt: skip
LIST = N_("en liste der personen står")
