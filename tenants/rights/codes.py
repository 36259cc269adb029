"""What a kept code is called where it is read by people, in an extract: closed sets of words, table by table (art. 12 (1)).

Everything the tables' check constraints allow has words here, or tests/architecture/test_extract_words.py fails. The slices'
own words are for who works there ("Vi vurderer …"); these are for the person it is about, years after.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_
from tenants.cases.api import FORM_NAMES, PURCHASERS
from tenants.cases.api import STATES as CASE_STATES
from tenants.people.api import traits
from tenants.rights.rules import GROUNDS, IDENTITY, KINDS

Words = Mapping[str, str]

YES_NO: Final[Words] = {
    "yes": N_("Ja"), "no": N_("Nei"), "some": N_("Litt"), "partly": N_("Delvis"), "unsure": N_("Usikker"),
}  # fmt: skip
WHO: Final[Words] = {
    "self": N_("Personen selv"), "parent": N_("Forelder eller foresatt"), "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"), "contact": N_("Støttekontakten"), "user": N_("Brukeren"),
    "coordinator": N_("Koordinator hos utfører"), "staff": N_("Kommunen"), "office": N_("Kommunen"),
    "municipality": N_("Kommunen"), "system": N_("Kommunen"), "service_user": N_("Brukeren"),
    "representative": N_("Foresatt, verge eller fullmektig"), "other": N_("En annen"),
}  # fmt: skip
ENDINGS: Final[Words] = {
    "ordinary_member": N_("Fortsetter som vanlig medlem"), "not_needed": N_("Trenger ikke tjenesten lenger"),
    "other_service": N_("Har fått en annen tjeneste"), "wish": N_("Ønsker selv å slutte"), "moved": N_("Har flyttet"),
    "died": N_("Er død"), "other": N_("Noe annet"), "changed": N_("Endret"), "refused": N_("Avslått"),
    "withdrawn": N_("Trukket"),
}  # fmt: skip
LEAVING: Final[Words] = {
    "own_wish": N_("Ønsker ikke å fortsette"), "no_time": N_("Har ikke tid lenger"), "other_work": N_("Har fått annet arbeid"),
    "illness": N_("Sykdom"), "parental_leave": N_("Fødsel eller omsorg for eget barn"), "studies": N_("Studier eller skole"),
    "moved": N_("Har flyttet"), "died": N_("Er død"), "municipality": N_("Kommunen avsluttet"),
    "not_relevant": N_("Ikke aktuell"),
}  # fmt: skip
STOPPING: Final[Words] = {
    "contact_left": N_("Støttekontakten slutter"), "contact_illness": N_("Støttekontakten er syk"),
    "contact_birth": N_("Støttekontakten skal ha barn eller er i permisjon"),
    "contact_study": N_("Støttekontakten skal studere"), "contact_moved": N_("Støttekontakten flytter"),
    "municipality": N_("Kommunen avslutter avtalen"), "user_wish": N_("Brukeren ønsker en annen"),
    "no_fit": N_("De passet ikke sammen"), "service_ended": N_("Tjenesten er avsluttet"),
    "moved": N_("Brukeren har flyttet"), "grant_ended": N_("Vedtaket er gått ut"), "stood_in": N_("Vikartida er over"),
    "new_decision": N_("Et nytt vedtak tok over"),
}  # fmt: skip
COURSES: Final[Words] = {
    "intro": N_("Innføringskurs"), "theme": N_("Temakurs"), "first_aid": N_("Førstehjelpskurs"),
    "mental_health": N_("Kurs i psykisk helse"), "training": N_("Treningskontaktkurs"), "supervisor": N_("Veilederkurs"),
}  # fmt: skip
COMPETENCES: Final[Words] = {
    "intro_course": N_("Innføringskurs for støttekontakter"), "guidance": N_("Veiledning før oppstart"),
    "theme_course": N_("Temakurs"), "training_course": N_("Treningskontaktkurs (40 timer)"),
    "first_aid": N_("Førstehjelpskurs"), "mental_health": N_("Kurs om psykisk helse"),
    "driving_course": N_("Kurs i sikker kjøring"), "upper_secondary": N_("Videregående opplæring"),
    "skilled_worker": N_("Fagbrev"), "health_education": N_("Helse- eller sosialfaglig utdanning"),
    "pedagogy": N_("Pedagogisk utdanning"), "bachelor": N_("Bachelorgrad eller høyere"),
}  # fmt: skip
CERTIFICATE: Final[Words] = {
    "valid": N_("Gyldig"), "replaced": N_("Erstattet av et nytt"), "withdrawn": N_("Trukket tilbake"),
}  # fmt: skip
CONTACT_STATES: Final[Words] = {
    "enquiry": N_("Har meldt interesse"), "interview": N_("Til intervju"), "vetting": N_("Under godkjenning"),
    "engaged": N_("Godkjent"), "paused": N_("Har pause"), "suspended": N_("Tatt ut av tjeneste"), "ended": N_("Sluttet"),
}  # fmt: skip
LANGUAGE_FORMS: Final[Words] = {"nb": N_("Bokmål"), "nn": N_("Nynorsk"), "en": N_("Engelsk")}
SKILLS: Final[Words] = {code: one.label for code, one in traits.SKILLS.items()}
SEX: Final[Words] = {"F": N_("Kvinne"), "M": N_("Mann"), "X": N_("Annet")}
AIMS: Final[Words] = {
    "company": N_("Vil treffe andre og få venner"), "interest": N_("Vil gjøre noe bestemt, en hobby eller aktivitet"),
    "training": N_("Vil trene eller bli i bedre form"), "club": N_("Vil være med i et lag, en forening eller et kurs"),
    "independence": N_("Vil klare mer på egen hånd"),
    "predictable": N_("Trenger at samme person kommer, til faste tider"),
    "one_to_one": N_("Har det best med én person om gangen"), "out": N_("Trenger hjelp til å komme seg ut"),
}  # fmt: skip

EVERYWHERE: Final[Mapping[str, Words]] = {
    "sex": SEX, "gender": SEX,
    "gender_wish": {**traits.CONTACT_PREFERENCES, "any": N_("Ingen")},
    "form": FORM_NAMES, "forms": FORM_NAMES, "suggested_forms": FORM_NAMES, "kinds": FORM_NAMES,
    "uses": {**FORM_NAMES, "substitute": N_("Vikar")},
    "purchaser": PURCHASERS, "from_purchaser": PURCHASERS, "to_purchaser": PURCHASERS,
    "interests": traits.INTERESTS, "will_not": traits.INTERESTS, "skills": SKILLS, "languages": traits.LANGUAGES,
    "language": LANGUAGE_FORMS, "area": traits.AREAS, "areas": traits.AREAS, "weekdays": traits.WEEKDAYS,
    "age_band": traits.AGE_BANDS, "age_bands": traits.AGE_BANDS, "competence": COMPETENCES, "courses": COMPETENCES,
    "unit": {"week": N_("uke"), "month": N_("måned")},
    "participants": {**WHO, "other": N_("Andre, for eksempel skole eller bolig")},
    "role": WHO, "applicant": WHO, "complainant": WHO, "recipient_role": WHO, "given_by": WHO, "withdrawn_by": WHO,
    "pool_consent_by": WHO, "added_as": WHO, "missed_by": WHO, "who": WHO, "noted_as": WHO, "author": WHO, "told_as": WHO,
    "predictability": {str(code): name for code, name in traits.PREDICTABILITY.items()},
    "light": {"green": N_("Grønt"), "yellow": N_("Gult"), "red": N_("Rødt")},
}  # fmt: skip
"""By the column's name, where no table has words of its own for it."""

_USER: Final[Mapping[str, Mapping[str, Words]]] = {
    "person": {"protection": {
        "none": N_("Vanlig adresse"), "kode7": N_("Fortrolig adresse (kode 7)"),
        "kode6": N_("Strengt fortrolig adresse (kode 6)")}},
    "representative": {
        "child_lives": {"here": N_("Barnet bor her"), "visits": N_("Barnet bor hos den andre og er på samvær her"),
                        "neither": N_("Barnet bor ikke her og har ikke samvær")},
        "scopes": {"personal": N_("Personlige forhold"), "economic": N_("Økonomiske forhold"),
                   "case": N_("Søke, svare og klage"), "letters": N_("Få brev"),
                   "access": N_("Se saken og hvem som har lest den"), "hours": N_("Godkjenne timelister")},
        "end_reason": {"came_of_age": N_("Personen er blitt 18 år"), "withdrawn": N_("Fullmakten er trukket tilbake"),
                       "appointed_other": N_("En annen har tatt over"), "died": N_("Representanten er død"),
                       "authority": N_("Statsforvalteren eller retten har bestemt det"),
                       "mistake": N_("Registrert ved en feil")}},
    "notice_choice": {"channel": {"none": N_("Ikke send varsel"), "email": N_("E-post"), "sms": N_("SMS")}},
    "case_file": {"state": CASE_STATES, "outcome": ENDINGS, "deadline_kind": {
        "none": N_("Ingen"), "decide": N_("Vedtak"), "start": N_("Å komme i gang"), "evaluate": N_("Evaluering")}},
    "application": {
        "state": {"open": N_("Åpen"), "decided": N_("Avgjort"), "withdrawn": N_("Trukket")},
        "channel": {"form": N_("Skjema"), "letter": N_("Brev"), "phone": N_("Telefon eller oppmøte"),
                    "import": N_("Fra kommunens liste")}},
    "case_target": {"target_group": {
        "developmental": N_("Autisme, ADHD eller annen utviklingsforstyrrelse"), "intellectual": N_("Utviklingshemming"),
        "physical": N_("Bevegelse, sansetap eller langvarig sykdom"), "mental": N_("Psykisk helse eller rus"),
        "ageing": N_("Aldring eller demens"), "other": N_("Andre")}},
    "mapping": {"aims": AIMS, "transport": {
        "alone": N_("Kommer seg fram selv"), "practises": N_("Øver på å ta buss eller tog"),
        "fetched": N_("Må hentes og bringes"), "special": N_("Trenger tilpasset transport")}},
    "offer_tried": {"outcome": {"enough": N_("Det var nok"), "partly": N_("Det hjalp litt"),
                                "not_enough": N_("Det var ikke nok"), "never_went": N_("Kom seg ikke dit")}},
    "respite_application": {"outcome": {"pending": N_("Ikke avgjort"), "granted": N_("Innvilget"), "refused": N_("Avslått"),
                                        "withdrawn": N_("Trukket")}},
    "handover": {"state": {"prepared": N_("Forberedt"), "confirmed": N_("Bekreftet"), "moved": N_("Overført"),
                           "cancelled": N_("Stanset")}},
    "review_item": {"kind": {
        "action": N_("Ikke gjort siden sist"), "application": N_("Nye søknader"), "deviation": N_("Avvik"),
        "evaluation": N_("Evalueringer"), "expiring": N_("Vedtak som går ut"), "no_contact": N_("Vedtak uten støttekontakt")}},
    "deviation": {"kind": {
        "deadline": N_("Frist ikke holdt"), "incident": N_("Uønsket hendelse"), "other": N_("Annet"),
        "privacy": N_("Personvern eller taushetsplikt"), "routine": N_("Rutine ikke fulgt"),
        "service": N_("Tjeneste ikke gitt som vedtatt")}},
    "deviation_measure": {"horizon": {"short": N_("Nå"), "long": N_("På lengre sikt")}},
    "decision": {
        "state": {"draft": N_("Utkast"), "proposed": N_("Venter på godkjenning"), "issued": N_("Fattet"),
                  "replaced": N_("Erstattet"), "ended": N_("Avsluttet")},
        "kind": {"grant": N_("Vedtak"), "partial": N_("Vedtak om en del av det som ble søkt"), "refusal": N_("Avslag"),
                 "change": N_("Endret vedtak"), "ending": N_("Vedtak om å avslutte"), "withdrawal": N_("Søknaden er trukket")},
        "outcome": ENDINGS},
    "service_grant": {"outcome": ENDINGS},
    "advance_notice": {"waiver": {
        "impracticable": N_("Det er ikke praktisk mulig å varsle"), "no_address": N_("Adressen er ukjent"),
        "known": N_("Personen vet om det, og har fått tid til å uttale seg")}},
    "interim_reply": {"state": {"draft": N_("Utkast"), "written": N_("Skrevet"), "dropped": N_("Trengtes ikke")}},
    "complaint": {
        "state": {"received": N_("Vurderes på nytt"), "proposed": N_("Venter på godkjenning"),
                  "appealed": N_("Hos Statsforvalteren"), "closed": N_("Avsluttet")},
        "channel": {"form": N_("Digitalt, eller levert for hånd"), "letter": N_("Brev"), "oral": N_("Muntlig")},
        "late_ground": {"no_blame": N_("Klageren kan ikke lastes for forsinkelsen"),
                        "special": N_("Særlige grunner gjør det rimelig å behandle klagen")},
        "dismiss_ground": {"late": N_("Klagen kom for sent"), "no_decision": N_("Det er ikke klaget på et vedtak"),
                           "no_party": N_("Den som klager, har ikke klagerett")},
        "deferral": {"none": N_("Ingen har bedt om at vedtaket venter"),
                     "granted": N_("Vedtaket venter til klagen er avgjort."),
                     "asked": N_("Klageren ber om at vedtaket venter. Det er ikke avgjort."),
                     "refused": N_("Vedtaket gjelder mens klagen behandles.")},
        "answer": {"changed": N_("Fikk medhold"), "partly": N_("Fikk medhold i noe"), "dismissed": N_("Avvist"),
                   "upheld": N_("Vedtaket står. Klagen sendes Statsforvalteren")},
        "appeal_result": {"annulled": N_("Opphevet"), "changed": N_("Endret"), "confirmed": N_("Stadfestet"),
                          "dismissed": N_("Avvist")}},
    "letter": {
        "kind": {"advance_notice": N_("Forhåndsvarsel"), "complaint": N_("Brev om klage"), "decision": N_("Vedtaksbrev"),
                 "ending": N_("Brev om at tjenesten er slutt"), "evaluation": N_("Brev om evaluering"),
                 "handover": N_("Brev om ny saksbehandler"), "information": N_("Brev"), "interim": N_("Foreløpig svar")},
        "state": {"ready": N_("Skal sendes"), "sent": N_("Sendt"), "cancelled": N_("Stanset")},
        "channel": {"print": N_("Papir")}},
    "service_letter_receipt": {"way": {"digital": N_("På egen side"), "paper": N_("Papir")}},
    "service_order": {
        "state": {"sent": N_("Ny bestilling"), "accepted": N_("Leter etter støttekontakt"), "filled": N_("Har støttekontakt"),
                  "returned": N_("Sendt tilbake"), "ended": N_("Avsluttet")},
        "pool_ground": {"gdpr_6e_9h": N_("Nødvendig for tjenesten (personvernforordningen artikkel 6 nr. 1 e og 9 nr. 2 h)"),
                        "gdpr_6a_9a": N_("Samtykke: personvernforordningen artikkel 6 nr. 1 a og 9 nr. 2 a")}},
    "need": {
        "state": {"open": N_("Åpen"), "filled": N_("Har støttekontakt"), "withdrawn": N_("Trukket tilbake"),
                  "expired": N_("Gikk ut")},
        "purpose": {"regular": N_("Fast støttekontakt"), "substitute": N_("Vikar")}},
    "joint_seat": {"state": {"waiting": N_("Venteliste"), "trial": N_("Prøver noen treff"), "member": N_("Fast plass"),
                             "ended": N_("Avsluttet")}},
    "joint_presence": {"state": {"present": N_("Kom"), "absent": N_("Kom ikke"), "told": N_("Sa fra")}},
    "assignment": {
        "state": {"planned": N_("Begynner snart"), "running": N_("I gang"), "paused": N_("Pause"), "ended": N_("Avsluttet")},
        "role": {"regular": N_("Fast støttekontakt"), "substitute": N_("Vikar"), "bridge": N_("Vikar mens brukeren venter")},
        "end_reason": STOPPING, "stop_wish_reason": STOPPING},
    "assignment_pause": {"reason": {
        "user_illness": N_("Brukeren er syk"), "user_wish": N_("Brukeren ønsker en pause"),
        "hospital": N_("Brukeren er innlagt"),
        "contact_illness": N_("Støttekontakten er syk"), "contact_wish": N_("Støttekontakten ønsker en pause"),
        "holiday": N_("Ferie"), "suspended": N_("Bestemt av kommunen"), "other": N_("Noe annet")}},
    "contact_away": {"state": {"reported": N_("Ingen er satt inn"), "covered": N_("Vikar er funnet"),
                               "cancelled": N_("Avlyst"), "withdrawn": N_("Kan likevel")}},
    "first_meeting": {"kind": {"first": N_("Første møte"), "trial": N_("Prøvemøte")},
                      "state": {"agreed": N_("Avtalt"), "held": N_("Holdt"), "missed": N_("Ikke noe av"),
                                "cancelled": N_("Avlyst")}},
    "introduced_substitute": {"how": {
        "with_contact": N_("Traff hverandre sammen med den faste støttekontakten"),
        "with_family": N_("Traff hverandre hjemme eller med familien"), "group": N_("Kjenner hverandre fra en gruppe"),
        "earlier": N_("Har vært støttekontakt eller vikar før")}},
    "ask_round": {"role": {"substitute": N_("Vikar"), "bridge": N_("Vikar mens brukeren venter")},
                  "state": {"open": N_("Spør nå"), "filled": N_("Vikar funnet"), "nobody": N_("Ingen kunne"),
                            "stopped": N_("Stoppet")}},
    "timesheet_line": {
        "state": {"saved": N_("Lagret"), "sent": N_("Sendt"), "approved": N_("Godkjent"), "returned": N_("Sendt tilbake")},
        "attested_how": {"own_page": N_("På egen side"), "code": N_("Med kode på støttekontaktens telefon"),
                         "paper": N_("Papir"),
                         "not_reached": N_("Ikke nådd, så kommunen avgjorde")}},
    "group_place": {"state": {"waiting": N_("Venteliste"), "trial": N_("Prøver noen treff"), "member": N_("Fast plass")},
                    "trial_answer": YES_NO},
    "group_voice": {**dict.fromkeys(("likes", "doing", "company", "deciding", "safe"), YES_NO), "how": {
        "own": N_("Svarte selv"), "contact": N_("Svarte sammen med støttekontakten"),
        "leader": N_("Svarte sammen med gruppelederen"), "office": N_("Sa det til koordinatoren"),
        "representative": N_("Svarte sammen med foresatt eller verge")}},
    "session_presence": {"state": {"present": N_("Kom"), "absent": N_("Kom ikke"), "told": N_("Sa fra")}},
    "evaluation": {
        "state": {"planned": N_("Planlagt"), "draft": N_("Utkast"), "done": N_("Gjort")},
        "scope": {"full": N_("Full evaluering"), "light": N_("Lett evaluering")},
        "words_by": {"said": N_("Personen sa det selv"), "observed": N_("Kommunen tolket det som ble sett"),
                     "helped": N_("Personen sa det med hjelp, for eksempel tegn, bilder eller tolk")},
        "goal_reached": YES_NO, "lonely": YES_NO,
        "form_fits": {"yes": N_("Ja, tilbudet passer"), "no": N_("Nei, noe annet ville passet bedre")},
        "hours_fit": {"fits": N_("Timene passer"), "too_few": N_("For få timer"), "too_many": N_("For mange timer")},
        "outcome": {"continue": N_("Fortsetter som nå"), "change": N_("Endres"), "prolong": N_("Forlenges med nytt vedtak"),
                    "end": N_("Avsluttes"), "end_contested": N_("Kommunen vil avslutte, og brukeren er uenig")},
        "end_reason": ENDINGS},
    "concern": {
        "about": {"user": N_("En bruker"), "contact": N_("En støttekontakt"), "other": N_("Noe annet")},
        "state": {"new": N_("Ny"), "taken": N_("Følges opp"), "closed": N_("Avsluttet")},
        "outcome": {"handled": N_("Det er tatt hånd om"), "passed_on": N_("Barnevernet, politiet eller andre har tatt over"),
                    "unfounded": N_("Det var ikke grunn til bekymring"), "watched": N_("Kommunen følger med videre")}},
    "concern_step": {"kind": {
        "talked": N_("Snakket med noen"), "manager": N_("Tatt opp med leder"), "child_welfare": N_("Meldt til barnevernet"),
        "police": N_("Meldt til politiet"), "health": N_("Tatt opp med helsetjenesten"), "emergency": N_("Ringt nødnummer"),
        "note": N_("Annet som er gjort")}},
    "newsletter_subscriber": {
        "segment": {"contacts": N_("Støttekontakter"), "homes": N_("Boliger"), "units": N_("Andre enheter"),
                    "users": N_("Brukere og pårørende")},
        "state": {"active": N_("Får nyhetsbrevet"), "ended": N_("Avsluttet")}},
    "rights_request": {"kind": KINDS, "identity": IDENTITY, "ground": GROUNDS, "state": {
        "open": N_("Venter på svar"), "answered": N_("Besvart"), "refused": N_("Avslått"), "withdrawn": N_("Trukket")}},
    "disagreement_note": {"outcome": {"stands": N_("Står i saken")}},
}  # fmt: skip

_CONTACT: Final[Mapping[str, Mapping[str, Words]]] = {
    "support_contact": {"state": CONTACT_STATES, "end_reason": LEAVING},
    "contact_competence": {"code": COMPETENCES},
    "contact_spell": {"end_reason": LEAVING},
    "contact_step": {"was": CONTACT_STATES, "state": CONTACT_STATES},
    "contact_word": {"about": {"wish": N_("Ønske"), "going_on": N_("Om å fortsette"), "correction": N_("Retting")}},
    "conversation": {"kind": {"conversation": N_("Samtale"), "guidance": N_("Veiledning før oppstart")},
                     "how": {"meeting": N_("Møte"), "phone": N_("Telefon"), "video": N_("Video"), "walk": N_("Tur")}},
    "engagement": {
        "kind": {"contractor": N_("Oppdragsavtale"), "employee": N_("Arbeidsavtale")},
        "signs": {"personal": N_("Støttekontakten må gjøre jobben selv og kan ikke sende en annen"),
                  "directed": N_("Kommunen bestemmer når, hvor og hvordan, og følger opp arbeidet"),
                  "equipment": N_("Kommunen dekker utgifter og det som trengs til jobben"),
                  "only_client": N_("Støttekontakten har ingen andre oppdragsgivere"),
                  "own_business": N_("Støttekontakten har eget firma og andre oppdragsgivere"),
                  "may_send": N_("Støttekontakten kan sende en annen")},
        "fixed_term": {"substitute": N_("Vikar for en annen"), "temporary": N_("Arbeidet er midlertidig")},
        "end_reason": {"agreed": N_("Dere ble enige om det"), "dismissed": N_("Kommunen sa opp"),
                       "left": N_("Sluttet som støttekontakt"), "replaced": N_("Ny avtale tok over"),
                       "resigned": N_("Støttekontakten sa opp")}},
    "course_certificate": {"state": CERTIFICATE, "kind": COURSES},
    "recognised_certificate": {"state": CERTIFICATE, "kind": COURSES},
    "course_signup": {"ended": {"withdrawn": N_("Meldt av"), "cancelled": N_("Avlyst"), "offer_over": N_("Tilbudet gikk ut")},
                      "outcome": {"completed": N_("Fullført"), "missed": N_("Ikke fullført")}},
    "course_makeup": {"how": {"noted": N_("Gjorde noe annet i stedet"),
                              "other_course": N_("Var på en samling i et annet kurs")}},
    "police_request": {"ground": {
        "new_offer": N_("Tilbud om en ny stilling eller et nytt oppdrag (helse- og omsorgstjenesteloven § 5-4)"),
        "renewed_check": N_("Fornyet vandelskontroll (politiregisterloven § 43)"),
        "expired_unused": N_("Attesten var eldre enn tre måneder (helse- og omsorgstjenesteloven § 5-4)")}},
    "suspension": {"outcome": {"left": N_("Støttekontakten sluttet"), "lifted": N_("Støttekontakten er tilbake")}},
    "pool_objection": {"about": {"broken": N_("Et oppdrag jeg skal ha sluttet i før tida"),
                                 "longest": N_("Hvor lenge jeg har vært i et oppdrag")}},
    "pool_consent": {
        "use": {"pool": N_("Bli foreslått for én person"), "group": N_("Bli spurt om å lede en gruppe"),
                "substitute": N_("Bli spurt om å være vikar"), "newsletter": N_("Få nyhetsbrevet"),
                "load_light": N_("Vise lyset for timer til sammen, bare fargen")},
        "how": {"form": N_("i søknaden"), "own_link": N_("på egen lenke"), "own_page": N_("på egen side"),
                "writing": N_("på papir eller i samtale")},
        "ended_how": {"lapsed": N_("Gikk ut"), "left": N_("Tatt bort av kommunen"), "replaced": N_("Endret"),
                      "withdrawn": N_("Trukket")}},
    "information_meeting_guest": {"answer": {"yes": N_("Kommer"), "no": N_("Kommer ikke")}},
    "assembly_guest": {"answer": {"yes": N_("Kommer"), "no": N_("Kommer ikke")}},
    "pay_item": {
        "kind": {"pay": N_("Lønn"), "adjustment": N_("Justert etter en rettelse"), "back_pay": N_("Etterbetaling"),
                 "reversal": N_("Trukket tilbake, timene er rettet")},
        "component": {"hours": N_("Timelønn"), "kilometres": N_("Kjøring sammen"), "commute": N_("Reise til og fra"),
                      "expense": N_("Utgiftsdekning"), "receipts": N_("Utlegg mot kvittering"), "holiday": N_("Feriepenger")}},
}  # fmt: skip
CODES: Final[Mapping[str, Mapping[str, Words]]] = {**_USER, **_CONTACT}


def words_of(table: str, column: str) -> Words:
    """The words of a column's codes; none for a column of text."""
    own = CODES.get(table, {}).get(column)
    return own if own is not None else EVERYWHERE.get(column, {})
