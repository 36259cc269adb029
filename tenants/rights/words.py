"""What an extract holds, in words: which tables, under which theme, and what a column is called (art. 15).

Ids, keys and files are never in it. A table that hangs on a person or a contact and stands in neither list fails
tests/architecture/test_extract_words.py, so that a new one is either told of or left out for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_

THEMES: Final[Mapping[str, str]] = {
    "who": N_("Hvem du er"),
    "cases": N_("Sakene dine"),
    "decisions": N_("Vedtak"),
    "letters": N_("Brev"),
    "service": N_("Tjenesten og møtene"),
    "evaluations": N_("Evalueringer"),
    "messages": N_("Meldinger og bekymringer"),
    "consents": N_("Samtykker og rettigheter"),
    "work": N_("Arbeidet ditt som støttekontakt"),
    "pay": N_("Timer og lønn"),
}
USER: Final[Mapping[str, tuple[str, str]]] = {
    "person": ("who", N_("Personen")),
    "representative": ("who", N_("Foresatt, verge eller fullmektig")),
    "notice_choice": ("who", N_("Varsler")),
    "case_file": ("cases", N_("Sak")),
    "application": ("cases", N_("Søknad")),
    "case_target": ("cases", N_("Målgruppe")),
    "mapping": ("cases", N_("Kartlegging")),
    "offer_tried": ("cases", N_("Tilbud som ble prøvd")),
    "respite_application": ("cases", N_("Søknad om avlastning")),
    "handover": ("cases", N_("Overføring")),
    "review_item": ("cases", N_("Fra statusmøte")),
    "review_action": ("cases", N_("Oppgave fra statusmøte")),
    "deviation": ("cases", N_("Avvik")),
    "deviation_measure": ("cases", N_("Tiltak etter avvik")),
    "decision": ("decisions", N_("Vedtak")),
    "service_grant": ("decisions", N_("Innvilget tjeneste")),
    "advance_notice": ("decisions", N_("Forhåndsvarsel")),
    "interim_reply": ("decisions", N_("Foreløpig svar")),
    "complaint": ("decisions", N_("Klage")),
    "letter": ("letters", N_("Brev")),
    "service_letter_receipt": ("letters", N_("Fellesbrev")),
    "service_order": ("service", N_("Bestilling")),
    "assignment": ("service", N_("Oppdrag")),
    "activity_plan": ("service", N_("Plan")),
    "activity_item": ("service", N_("Aktivitet i planen")),
    "assignment_pause": ("service", N_("Pause")),
    "contact_away": ("service", N_("Støttekontakten var borte")),
    "first_meeting": ("service", N_("Første møte")),
    "introduced_substitute": ("service", N_("Kjent vikar")),
    "ask_round": ("service", N_("Spurt om vikar")),
    "no_show": ("service", N_("Møte som ikke ble noe av")),
    "timesheet_line": ("service", N_("Timer")),
    "group_place": ("service", N_("Plass i gruppe")),
    "group_voice": ("service", N_("Hva du sa om gruppa")),
    "session_presence": ("service", N_("Oppmøte i gruppe")),
    "evaluation": ("evaluations", N_("Evaluering")),
    "message_thread": ("messages", N_("Samtale mellom støttekontakten og kommunen")),
    "message": ("messages", N_("Melding")),
    "concern": ("messages", N_("Bekymring")),
    "concern_step": ("messages", N_("Oppfølging av bekymring")),
    "transfer_consent": ("consents", N_("Samtykke til overføring")),
    "newsletter_subscriber": ("consents", N_("Nyhetsbrev")),
    "rights_request": ("consents", N_("Krav etter personvernreglene")),
    "disagreement_note": ("consents", N_("Merknad om uenighet")),
    "legal_hold": ("consents", N_("Sperre mot sletting")),
}
CONTACT: Final[Mapping[str, tuple[str, str]]] = {
    "person": ("who", N_("Personen")),
    "support_contact": ("work", N_("Støttekontakt")),
    "contact_competence": ("work", N_("Kurs og kompetanse")),
    "contact_interview": ("work", N_("Intervju")),
    "contact_spell": ("work", N_("Tidligere periode")),
    "contact_step": ("work", N_("Steg")),
    "contact_word": ("work", N_("Ønsker og tilbakemeldinger")),
    "conversation": ("work", N_("Oppfølgingssamtale")),
    "engagement": ("work", N_("Avtale")),
    "agreement_file": ("work", N_("Avtaledokument")),
    "guidance_wish": ("work", N_("Ønske om veiledning")),
    "course_certificate": ("work", N_("Kursbevis")),
    "course_signup": ("work", N_("Kurspåmelding")),
    "course_makeup": ("work", N_("Tatt igjen fra kurs")),
    "recognised_certificate": ("work", N_("Godkjent kursbevis")),
    "police_request": ("work", N_("Bedt om ny politiattest")),
    "vetting": ("work", N_("Politiattest og taushetsplikt")),
    "suspension": ("work", N_("Ute av tjeneste")),
    "broken_commitment": ("work", N_("Oppdrag som sluttet tidlig")),
    "pool_objection": ("consents", N_("Innsigelse")),
    "pool_consent": ("consents", N_("Samtykke til å bli spurt av andre kommuner")),
    "pool_wish": ("consents", N_("Ønsker for andre kommuner")),
    "message_thread": ("messages", N_("Samtale med kommunen")),
    "message": ("messages", N_("Melding")),
    "information_meeting_guest": ("work", N_("Informasjonsmøte")),
    "assembly_guest": ("work", N_("Samling")),
    "timesheet_line": ("pay", N_("Timer")),
    "receipt": ("pay", N_("Kvittering")),
    "pay_item": ("pay", N_("Lønn")),
    "rights_request": ("consents", N_("Krav etter personvernreglene")),
}
SHARED: Final[Mapping[str, tuple[str, str]]] = {
    "need": ("service", N_("Behov uten navn, vist til andre kommuner")),
    "need_requirement": ("service", N_("Det forslagene måtte passe med, vist til ingen")),
    "joint_seat": ("service", N_("Plass i gruppe sammen med andre kommuner")),
    "joint_presence": ("service", N_("Oppmøte i gruppe sammen med andre kommuner")),
    "candidate": ("work", N_("Det andre kommuner får se om deg, uten navn")),
}
"""Rows of the cooperation about the person, though they do not say so: what others have been told (art. 15 (1) c)."""
BESIDE: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    "information_meeting_guest": (
        ("on_day", "information_meeting_id", "information_meeting", "meets_on"),
        ("place", "information_meeting_id", "information_meeting", "place"),
    ),
    "assembly_guest": (
        ("starts", "assembly_meeting_id", "assembly_meeting", "starts_at"),
        ("place", "assembly_meeting_id", "assembly_meeting", "place"),
    ),
    "session_presence": (
        ("starts", "session_id", "group_session", "starts_at"),
        ("activity", "session_id", "group_session", "activity"),
    ),
    "group_place": (("name", "group_id", "activity_group", "name"),),
}
"""What a row says by what it points to: (told as, its column, the other table, that table's column). An answer without its
meeting tells nobody anything.
"""
_ORDERS = (("service_order", "need_id"), ("service_order", "substitute_need_id"))
REACHED: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "need": ("id", _ORDERS),
    "need_requirement": ("need_id", _ORDERS),
    "joint_seat": ("id", (("group_place", "seat_id"),)),
    "joint_presence": ("joint_seat_id", (("group_place", "seat_id"),)),
    "candidate": ("id", (("support_contact", "candidate_id"),)),
}
"""Each of SHARED by one of its columns, from what columns of the person's own rows: a shared row points to nobody."""
LEFT_OUT: Final[Mapping[str, str]] = {
    "login_invitation": "a code to log in with, gone when it is used",
    "emergency_access": "who opened a record in an emergency: told under who has read",
    "person_name_word": "the words of the name, for searching: the name itself is there",
    "case_member": "who of the staff is named on the case: about them",
    "assignment_terms": "what the contact is paid: about the contact",
    "attest_code": "a code that is over in minutes",
    "imported_row": "sealed copy of a row in a list; what came of it is in the case",
    "incoming_form": "sealed; what it said is the application",
    "day_card": "sealed card of one day, gone in a month",
    "newsletter_recipient": "sealed addresses of letters sent; the subscription is there",
    "document_mark": "the documents' numbers in the journal, which the journal gives",
    "substitute_ask": "which contacts were asked: about them",
    "pool_substitute": "technical",
    "activity_suggestion": "suggestions in a group, by whom is not told",
    "suggestion_choice": "choices in a group, by whom is not told",
    "deviation_event": "steps of the municipality's own work",
    "rights_extract": "the extract itself",
    "exchanged_person": "technical",
    "exchanged_decision": "technical",
    "pay_notice": "warnings to payroll",
    "payee_number": "the number in the payroll system, which payroll gives",
    "contact_reference": "what others said in confidence; given after they have been asked (art. 15 (4))",
    "assembly_member": "who is invited to what; the meetings are there",
    "leader_ask": "technical",
    "session_leader": "the meetings are there as hours",
    "group_leader_view": "about the group",
    "activity_group": "about the group",
    "assignment": "about the user; the hours are there",
}
SUBJECT_KEYS: Final = frozenset(
    {"person_id", "acts_for_id", "recipient_id", "about_id", "attester_id", "merged_into"}
)
"""Keys to a person. Only `person_id` and `acts_for_id` say that a row is about them."""
HIDDEN: Final = frozenset({
    "version", "changed_at", "form_key", "sha256", "size", "media_type", "attempts", "next_try_at", "last_error",
    "contact_no", "contact_read", "handled_no", "ours_no", "last_no", "replaced_at", "no_shows_seen_on", "seen_broken",
    "seen_at", "language_form", "guarded", "content", "pool_shown", "closed", "source", "part", "art", "rule", "pay_code",
    "account", "department", "kostra_function", "project", "number", "covers", "rate_ore", "checked_in_at", "hosted",
    "candidate_id", "impartial", "month", "employee_no",
})  # fmt: skip
"""Columns that say nothing about anybody: the machine's own."""
NAMES_OTHERS: Final = frozenset({
    "applicant_name", "complainant_name", "recipient_name", "applicant_contact", "planned_with", "participants",
    "asked_by_name", "given_by_name", "attention",
    "told_by_name", "reported_by_name", "author_name",
})  # fmt: skip
"""Columns that may hold another person's name: always looked at before they are given out."""
LOOKED_AT: Final = frozenset({"concern", "concern_step", "deviation", "review_item", "suspension"})
"""Tables every text of which is looked at, names or not: who told may be found again by what they told, and somebody may be
harmed by who asks for the person knowing it (personopplysningsloven § 16 d)."""
