"""The longer sentences of a written agreement, with the law each rests on. Reviewed as text, changed as code."""

from __future__ import annotations

from sammen.i18n_mark import N_

MOVING = N_(
    "Arbeidet utføres der oppdraget er, hjemme hos brukeren eller ute. Det kan være flere steder. "
    "Arbeidsgiver holder til i %(place)s."
)
WORK = N_(
    "Å gi en person en meningsfull fritid sammen med andre, slik vedtaket og planen for oppdraget sier."
)
VARYING = N_(
    "Arbeidstida varierer. Dager og klokkeslett avtales med brukeren innenfor planen for oppdraget, i god"
    " tid. Endringer avtales med koordinatoren. Er arbeidsdagen lenger enn fem og en halv time, er det "
    "minst én pause (arbeidsmiljøloven § 10-9)."
)
HOLIDAY = N_("Feriepenger og ferie følger ferieloven. Kommunen og støttekontakten avtaler når ferien tas.")
ABSENCE = N_(
    "Ved sykdom og annet fravær gjelder folketrygdloven, arbeidsmiljøloven kapittel 12 og tariffavtalen."
)
IN_WRITING = N_(
    "Oppsigelse skal være skriftlig. Før kommunen sier opp, skal saken drøftes med støttekontakten "
    "(arbeidsmiljøloven §§ 15-1 og 15-4). Fristene er de samme for begge parter."
)
TRAINING = N_(
    "Kommunen gir veiledning og tilbud om kurs. Tida teller som arbeidstid når kommunen ber om at "
    "støttekontakten møter."
)
SAFETY = N_(
    "Kommunen har ansvar for et trygt arbeidsmiljø. Støttekontakten følger rutinene, og melder fra om "
    "skader, trusler og farlige forhold (arbeidsmiljøloven §§ 2-1 og 2-3)."
)
NOT_EMPLOYED = N_(
    "Partene er enige om at støttekontakten ikke er ansatt. Viser arbeidet seg å være et arbeidsforhold, "
    "gjelder arbeidsmiljøloven likevel (§ 1-8)."
)
CONFIDENTIALITY = N_(
    "Støttekontakten har taushetsplikt om det hun eller han får vite om noens personlige forhold, også "
    "etter at arbeidet er slutt (helse- og omsorgstjenesteloven § 12-1, forvaltningsloven § 13). "
    "Politiattest skal være vist og taushetserklæring underskrevet før det første møtet (helse- og "
    "omsorgstjenesteloven § 5-4)."
)
CHANGES = N_(
    "Endringer i avtalen skrives ned så tidlig som mulig, og senest den dagen de gjelder fra "
    "(arbeidsmiljøloven § 14-8)."
)
CONSENTED = N_("%(name)s har som forelder samtykket til avtalen %(day)s.")
PAID = N_(
    "Timene betales etter kommunens satstabell for støttekontakter, slik den er den dagen timen er "
    "jobbet. Utgifter og kjøring dekkes etter den samme tabellen. Timer føres i Sammen, bekreftes og "
    "godkjennes, og betales ut den %(day)s. i måneden til kontoen støttekontakten har oppgitt."
)
