"""What kinds of things a municipality keeps, and which table belongs to which: the one place where it is written down.

A kind has an anchor, the row from which its deletion walks down the foreign keys, and an event from which time counts.
Every municipal table stands in TABLES once (tests/architecture/test_retention_map.py), so that none is forgotten.
`docs/retention.md` tells the same to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sammen.i18n_mark import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """`anchor` is its table, `due` an SQL expression over it (alias a): the day time counts from, NULL while it goes on.
    `takes`: kinds whose rows go with it when they hang on it. `default` is years, months, action and the section.
    """

    name: str
    event: str
    anchor: str
    due: str
    default: tuple[int, int, str, str]
    takes: tuple[str, ...] = ()
    person: str = "NULL::uuid"
    case: str = "NULL::uuid"
    contact: str = "NULL::uuid"


SINCE: Final = date(2026, 1, 1)
ARCHIVE: Final = "Arkivlova og arkivforskrifta: bevares i kommunens arkiv. Her slettes kopien (personvernforordningen artikkel 5 nr. 1 e)"  # noqa: E501 - the section as it is shown
STORAGE: Final = "Personvernforordningen artikkel 5 nr. 1 e: ikke lenger enn nødvendig"
NO_CASE: Final = """
  CASE WHEN a.merged_into IS NULL
   AND NOT EXISTS (SELECT 1 FROM sammen.case_file x WHERE x.tenant_id = a.tenant_id AND x.person_id = a.id)
   AND NOT EXISTS (SELECT 1 FROM sammen.support_contact x WHERE x.tenant_id = a.tenant_id AND x.person_id = a.id)
   AND NOT EXISTS (SELECT 1 FROM sammen.representative x JOIN sammen.case_file c ON c.tenant_id = x.tenant_id
         AND c.person_id = x.acts_for_id WHERE x.tenant_id = a.tenant_id AND x.person_id = a.id)
  THEN greatest(a.died_on, a.changed_at::date) END"""

KINDS: Final[Mapping[str, Kind]] = {
    "case": Kind(
        N_("Saker"), N_("Saken ble lukket"), "case_file", "CASE WHEN a.state = 'closed' THEN a.closed_on END",
        (10, 0, "archive", ARCHIVE), ("hours", "message", "concern", "deviation", "form", "presence", "hold", "register",
                                      "review", "away"),
        person="a.person_id", case="a.id",
    ),
    "contact": Kind(
        N_("Støttekontakter som har sluttet"), N_("Støttekontakten sluttet"), "support_contact",
        "CASE WHEN a.state = 'ended' THEN a.ended_on END",
        (5, 0, "archive", "Arkivlova (avtalen bevares i arkivet) og personvernforordningen artikkel 5 nr. 1 e. Politiattest:"
         " bare at den er sett, er notert (politiregisterforskriften kapittel 37)"),
        ("message", "concern", "hold", "register", "gathering", "assembly", "leading"), person="a.person_id", contact="a.id",
    ),
    "person": Kind(
        N_("Personer uten sak"), N_("Personen døde eller hadde ikke lenger noen sak"), "person", NO_CASE,
        (1, 0, "delete", STORAGE), ("subscriber", "newsletter", "service_letter", "away", "hold"), person="a.id",
    ),
    "form": Kind(
        N_("Innsendte skjemaer"), N_("Skjemaet ble avvist"), "incoming_form",
        "CASE WHEN a.state = 'dismissed' THEN a.handled_on END", (0, 6, "delete", STORAGE),
    ),
    "pay": Kind(
        N_("Lønnskjøringer"), N_("Regnskapsåret tok slutt"), "payroll_run",
        "CASE WHEN a.state IN ('closed', 'discarded') THEN make_date(a.pay_year, 12, 31) END",
        (5, 0, "delete", "Bokføringsloven § 13: fem år etter regnskapsårets slutt"),
    ),
    "message": Kind(
        N_("Meldinger med støttekontakter"), N_("Siste melding"), "message_thread",
        "a.last_at::date", (10, 0, "delete", STORAGE), contact="a.contact_id",
    ),
    "concern": Kind(
        N_("Bekymringer"), N_("Bekymringen ble avsluttet"), "concern", "a.closed_on", (10, 0, "delete", STORAGE),
        case="a.case_id", contact="a.contact_id",
    ),
    "deviation": Kind(
        N_("Avvik"), N_("Avviket ble lukket"), "deviation", "a.closed_on",
        (10, 0, "delete", "Kommuneloven § 25-1 (internkontroll) og personvernforordningen artikkel 5 nr. 1 e"),
        case="a.case_id",
    ),
    "review": Kind(
        N_("Statusmøter"), N_("Møtet ble holdt"), "status_review",
        "CASE WHEN a.held_at IS NOT NULL THEN a.meets_on END", (10, 0, "archive", ARCHIVE),
    ),
    "team": Kind(N_("Teamlogg"), N_("Innlegget ble skrevet"), "team_log_entry", "a.noted_on", (3, 0, "delete", STORAGE)),
    "group": Kind(
        N_("Aktivitetsgrupper"), N_("Gruppa ble lagt ned"), "activity_group", "a.closed_on", (5, 0, "delete", STORAGE),
        ("presence", "leading"),
    ),
    "gathering": Kind(
        N_("Informasjonsmøter"), N_("Møtet var"), "information_meeting", "a.meets_on",
        (2, 0, "delete", STORAGE),
    ),
    "assembly": Kind(
        N_("Samlinger for støttekontakter"), N_("Samlingen var"), "assembly_meeting", "a.ends_at::date",
        (2, 0, "delete", STORAGE),
    ),
    "subscriber": Kind(
        N_("Mottakere av nyhetsbrev"), N_("Mottakeren meldte seg av"), "newsletter_subscriber", "a.ended_at::date",
        (1, 0, "delete", "Markedsføringsloven § 15 og personvernforordningen artikkel 5 nr. 1 e"), ("newsletter",),
        person="a.person_id",
    ),
    "newsletter": Kind(
        N_("Sendte nyhetsbrev"), N_("Brevet ble sendt"), "newsletter", "a.sent_at::date", (5, 0, "delete", STORAGE),
    ),
    "service_letter": Kind(
        N_("Tjenestebrev"), N_("Brevet ble sendt"), "service_letter", "a.sent_at::date", (5, 0, "archive", ARCHIVE),
    ),
    "import": Kind(
        N_("Innleste sakslister"), N_("Lista ble lest inn eller forkastet"), "case_import",
        "CASE WHEN a.state IN ('confirmed', 'dropped') THEN coalesce(a.confirmed_at, a.changed_at)::date END",
        (1, 0, "delete", STORAGE),
    ),
    "notice": Kind(
        N_("E-post og SMS som er sendt"), N_("Meldingen ble sendt"), "outgoing",
        "CASE WHEN a.state <> 'waiting' THEN coalesce(a.sent_at, a.queued_at)::date END", (1, 0, "delete", STORAGE),
        person="a.person_id",
    ),
    "away": Kind(N_("Kort for dagen"), N_("Dagen var"), "day_card", "a.day", (0, 1, "delete", STORAGE), person="a.person_id"),
    "rights": Kind(
        N_("Innsyn og andre rettigheter"), N_("Kravet ble besvart"), "rights_request", "a.closed_on",
        (3, 0, "delete", "Personvernforordningen artikkel 5 nr. 2 (kunne vise at kravet er besvart)"),
        person="a.person_id", contact="a.contact_id",
    ),
    "task": Kind(N_("Jobber noen ventet på"), N_("Jobben tok slutt"), "task", "a.ended_at::date", (0, 3, "delete", STORAGE)),
    "log": Kind(
        N_("Innsynslogg"), N_("Oppføringen ble laget"), "audit_entry", "a.at::date",
        (10, 0, "delete", "Personvernforordningen artikkel 5 nr. 1 e og artikkel 32. Kjeden kan fortsatt kontrolleres"),
    ),
}  # fmt: skip
HELD_BY: Final[Mapping[str, str]] = {
    "hours": N_("Timer: går med saken, når lønna er slettet."),
    "presence": N_("Oppmøte i grupper: går med saken eller gruppa."),
    "leading": N_("Hvem som ledet en gruppe: går med støttekontakten eller gruppa."),
    "hold": N_("Sperrer: går med det de gjaldt, når de er opphevet."),
    "register": N_("Journal og arkivkvittering: går med det dokumentet hørte til."),
    "export": N_("Arkiv: tømmes av seg selv når de går ut."),
    "own": N_("Kommunens egne regler, tall og oppsett. Slettes ikke ved kjøring."),
    "control": N_("Hva som er slettet, og etter hvilken regel. Beholdes: det er beviset."),
}
"""Kinds without an anchor of their own: what they go with, or why they stay."""


def _all(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


TABLES: Final[Mapping[str, str]] = {
    **_all("case", """
        case_file application case_member case_target mapping decision service_grant handover introduced_substitute letter
        offer_tried respite_application advance_notice complaint evaluation interim_reply service_order assignment
        pool_substitute activity_item activity_plan assignment_pause assignment_terms attest_code contact_away
        emergency_access emergency_event
        first_meeting group_place imported_row no_show ask_round substitute_ask disagreement_note exchanged_decision"""),
    **_all("hours", "timesheet_line receipt"),
    **_all("pay", "payroll_run pay_item pay_file pay_notice payroll_receipt"),
    **_all("presence", "session_presence group_voice suggestion_choice"),
    **_all("leading", "leader_ask session_leader group_leader_view"),
    **_all("contact", """
        support_contact contact_competence contact_interview contact_reference contact_spell contact_step contact_word
        conversation engagement agreement_file guidance_wish course_certificate course_signup course_makeup
        recognised_certificate payee_number police_request vetting pool_consent pool_wish pool_objection broken_commitment
        suspension"""),
    **_all("person", "person person_name_word representative notice_choice transfer_consent exchanged_person login_invitation"),
    **_all("message", "message_thread message"),
    **_all("concern", "concern concern_step"),
    **_all("deviation", "deviation deviation_event deviation_measure"),
    **_all("review", "status_review review_item review_action"),
    **_all("group", """
        activity_group group_session group_evaluation voice_elsewhere activity_suggestion choice_elsewhere"""),
    **_all("gathering", "information_meeting information_meeting_guest"),
    **_all("assembly", "assembly_meeting assembly_guest assembly_member"),
    **_all("subscriber", "newsletter_subscriber"),
    **_all("newsletter", "newsletter newsletter_recipient"),
    **_all("service_letter", "service_letter service_letter_receipt"),
    **_all("form", "incoming_form"),
    **_all("import", "case_import case_import_row"),
    **_all("notice", "outgoing"),
    **_all("away", "day_card"),
    **_all("team", "team_log_entry"),
    **_all("task", "task"),
    **_all("log", "audit_entry access_index"),
    **_all("rights", "rights_request rights_extract"),
    **_all("hold", "legal_hold"),
    **_all("register", "document_mark"),
    **_all("export", "archive_chunk brought_row"),
    **_all("control", "retention_rule retention_run retention_item audit_gap archive_export unusual_read emergency_try"),
    **_all("own", """
        absence administration_cost allocation_rule assembly calendar_feed course_answered emergency_rule log_rule
        figure_set figure figure_comment newsletter_setting open_offer offer_day offer_count pay_accounting pay_code
        pool_decider program_client provision_rule rate_table rate_step"""),
}  # fmt: skip

LOOSENED: Final = frozenset({
    ("activity_group", "leader_id"), ("activity_group", "second_leader_id"), ("activity_suggestion", "place_id"),
    ("suspension", "concern_id"), ("information_meeting", "makeup_for"), ("assembly_meeting", "makeup_for"),
    ("service_letter_receipt", "about_id"), ("newsletter_recipient", "person_id"), ("disagreement_note", "request_id"),
    ("contact_word", "answers_id"), ("review_action", "item_id"),
})  # fmt: skip
"""Keys that are emptied when what they point to goes: the row that has them is about something else and stays."""


def reach(kind: str) -> frozenset[str]:
    """The tables that a deletion of `kind` may touch: its own and those of the kinds it takes."""
    taken = {kind, *KINDS[kind].takes}
    loosened = {table for table, _ in LOOSENED}
    return frozenset(table for table, of in TABLES.items() if of in taken) | loosened
