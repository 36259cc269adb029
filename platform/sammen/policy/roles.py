"""Which role gives which permissions. The policy is this file: reviewed as code, the same in every municipality.

A role is held in one place for a time (identity/models.py, Membership). Names on screen follow the glossary.
"""

from __future__ import annotations

from enum import StrEnum

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission

P = Permission


class Role(StrEnum):
    """Roles, grouped by the kind of place they are held in."""

    PURCHASER_CHILD = "purchaser_child"
    PURCHASER_ADULT = "purchaser_adult"
    PURCHASER_CHILD_WELFARE = "purchaser_child_welfare"
    PROVIDER_COORDINATOR = "provider_coordinator"
    PAYROLL = "payroll"
    MANAGER = "manager"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    MUNICIPALITY_ADMINISTRATOR = "municipality_administrator"
    SHARED_COORDINATOR = "shared_coordinator"
    COURSE_COORDINATOR = "course_coordinator"
    STEERING_GROUP_MEMBER = "steering_group_member"
    PROJECT_MANAGER = "project_manager"
    PARTNER = "partner"
    CONTACT = "contact"
    SERVICE_USER = "service_user"
    REPRESENTATIVE = "representative"
    OPERATOR = "operator"
    PROGRAM_PEOPLE = "program_people"
    PROGRAM_DECISIONS = "program_decisions"
    PROGRAM_PAYROLL = "program_payroll"
    PROGRAM_FIGURES = "program_figures"
    PROGRAM_CALENDAR = "program_calendar"


ROLE_PLACE: dict[Role, str] = {
    **dict.fromkeys(list(Role)[:8], "municipality"),
    **dict.fromkeys(list(Role)[8:13], "region"),
    **dict.fromkeys(list(Role)[13:16], "own"),
    Role.OPERATOR: "operations",
    # No person holds these: a municipality lets a program of another system in by them (machine/).
    **dict.fromkeys(list(Role)[17:22], "program"),
}

ROLE_NAMES: dict[Role, str] = {
    Role.PURCHASER_CHILD: N_("Saksbehandler, barn og unge"),
    Role.PURCHASER_ADULT: N_("Saksbehandler, voksne"),
    Role.PURCHASER_CHILD_WELFARE: N_("Saksbehandler, barnevern"),
    Role.PROVIDER_COORDINATOR: N_("Koordinator"),
    Role.PAYROLL: N_("Lønn"),
    Role.MANAGER: N_("Leder"),
    Role.DATA_PROTECTION_OFFICER: N_("Personvernombud"),
    Role.MUNICIPALITY_ADMINISTRATOR: N_("Administrator"),
    Role.SHARED_COORDINATOR: N_("Felles koordinator"),
    Role.COURSE_COORDINATOR: N_("Kurskoordinator"),
    Role.STEERING_GROUP_MEMBER: N_("Styringsgruppa"),
    Role.PROJECT_MANAGER: N_("Prosjektleder"),
    Role.PARTNER: N_("Samarbeidspartner"),
    Role.CONTACT: N_("Støttekontakt"),
    Role.SERVICE_USER: N_("Bruker"),
    Role.REPRESENTATIVE: N_("Foresatt, verge eller fullmektig"),
    Role.OPERATOR: N_("Driftsansvarlig"),
    Role.PROGRAM_PEOPLE: N_("Program: personer inn"),
    Role.PROGRAM_DECISIONS: N_("Program: vedtak inn"),
    Role.PROGRAM_PAYROLL: N_("Program: lønnslinjer ut"),
    Role.PROGRAM_FIGURES: N_("Program: tall ut"),
    Role.PROGRAM_CALENDAR: N_("Program: kalender ut"),
}

_PURCHASER = frozenset({
    P.TODAY_READ, P.CASE_READ, P.CASE_WRITE, P.APPLICATION_REGISTER, P.MAPPING_WRITE, P.DECISION_DRAFT,
    P.DECISION_ISSUE, P.IMPORT_RUN, P.PERSON_READ, P.PERSON_WRITE, P.ORDER_READ, P.ASSIGNMENT_READ, P.NEED_READ,
    P.TASK_READ, P.EVALUATION_READ, P.EVALUATION_WRITE, P.COMPLAINT_READ, P.COMPLAINT_WRITE, P.LETTER_READ,
    P.LETTER_SEND, P.WAITING_READ, P.DEVIATION_READ, P.DEVIATION_WRITE, P.REVIEW_READ, P.REVIEW_WRITE,
    P.CONCERN_READ, P.CONCERN_WRITE, P.OFFER_READ, P.EMERGENCY_OPEN, P.RIGHTS_HANDLE,
})  # fmt: skip

GRANTS: dict[Role, frozenset[P]] = {
    Role.PURCHASER_CHILD: _PURCHASER,
    Role.PURCHASER_ADULT: _PURCHASER,
    Role.PURCHASER_CHILD_WELFARE: _PURCHASER,
    Role.PROVIDER_COORDINATOR: frozenset({
        P.TODAY_READ, P.CASE_READ, P.PERSON_READ, P.ORDER_READ, P.ORDER_ANSWER, P.CONTACT_READ, P.CONTACT_WRITE,
        P.VETTING_RECORD, P.ASSIGNMENT_READ, P.ASSIGNMENT_WRITE, P.TIMESHEET_READ, P.TIMESHEET_APPROVE, P.NEED_READ,
        P.NEED_POST, P.PROPOSAL_DECIDE, P.CANDIDATE_SHARE, P.CAMPAIGN_READ, P.GATHERING_ANSWER,
        P.TASK_READ, P.WAITING_READ, P.DEVIATION_READ, P.DEVIATION_WRITE,
        P.REVIEW_READ, P.MESSAGE_READ, P.MESSAGE_WRITE, P.CONCERN_READ, P.CONCERN_WRITE, P.FOLLOWUP_READ, P.FOLLOWUP_WRITE,
        P.COURSE_HOLD, P.ASSEMBLY_WRITE, P.RESOURCE_READ, P.RESOURCE_BOOK, P.RESOURCE_KEEP, P.GROUP_JOIN, P.OFFER_READ,
        P.OFFER_WRITE, P.CALENDAR_WRITE, P.NEWSLETTER_WRITE, P.SERVICE_LETTER_SEND, P.SCHEME_WRITE, P.EMERGENCY_OPEN,
    }),
    Role.PAYROLL: frozenset({P.TODAY_READ, P.TIMESHEET_READ, P.RATE_WRITE, P.PAYROLL_READ, P.PAYROLL_RUN, P.TASK_READ,
                             P.SETTLEMENT_READ, P.SETTLEMENT_CHECK}),
    Role.MANAGER: frozenset({P.TODAY_READ, P.CASE_READ, P.PERSON_READ, P.ORDER_READ, P.CONTACT_READ, P.ASSIGNMENT_READ,
                             P.TIMESHEET_READ, P.RATE_WRITE, P.FIGURE_READ, P.FIGURE_APPROVE, P.NEED_READ, P.TASK_READ,
                             P.WAITING_READ, P.DEVIATION_READ, P.DEVIATION_WRITE, P.REVIEW_READ, P.REVIEW_WRITE,
                             P.LETTER_READ, P.RULES_WRITE, P.EVALUATION_READ, P.COMPLAINT_READ, P.DECISION_ISSUE,
                             P.PAYROLL_READ, P.CONCERN_READ, P.CONCERN_WRITE, P.FOLLOWUP_READ, P.DECIDER_NAME,
                             P.CAMPAIGN_READ, P.SETTLEMENT_READ, P.SETTLEMENT_CHECK, P.SETTLEMENT_ACCEPT,
                             P.RESOURCE_READ, P.GROUP_JOIN, P.OFFER_READ, P.NEWSLETTER_WRITE, P.SERVICE_LETTER_SEND,
                             P.FIGURE_COMPARE, P.SCHEME_WRITE, P.OVERSIGHT_REVIEW, P.EMERGENCY_OPEN,
                             P.RIGHTS_HANDLE, P.RETENTION_READ, P.RETENTION_APPROVE, P.ARCHIVE_READ, P.ARCHIVE_APPROVE,
                             P.HOLD_WRITE, P.ACCORD_READ,
                             P.ACCORD_SIGN, P.CLIENT_CONFIRM}),
    Role.DATA_PROTECTION_OFFICER: frozenset({P.TODAY_READ, P.TRAIL_READ, P.OVERSIGHT_REVIEW, P.RETENTION_READ,
                                             P.ARCHIVE_READ, P.HOLD_WRITE, P.ACCORD_READ}),
    Role.MUNICIPALITY_ADMINISTRATOR: frozenset({P.TODAY_READ, P.MEMBER_READ, P.RATE_WRITE, P.FIGURE_READ, P.TASK_READ,
                                                P.RULES_WRITE, P.DECIDER_NAME, P.RESOURCE_READ, P.RESOURCE_KEEP,
                                                P.CALENDAR_WRITE, P.NEWSLETTER_WRITE, P.FIGURE_COMPARE,
                                                P.SCHEME_WRITE, P.MEMBER_WRITE, P.CLIENT_WRITE, P.CLIENT_CONFIRM,
                                                P.RETENTION_READ, P.RETENTION_WRITE, P.ARCHIVE_READ, P.ARCHIVE_ORDER,
                                                P.ACCORD_READ}),
    Role.SHARED_COORDINATOR: frozenset({
        P.REGION_READ, P.POOL_READ, P.NEED_SEE, P.PROPOSAL_MAKE, P.MATCHING_RUN, P.WEIGHTS_WRITE, P.CAMPAIGN_WRITE,
        P.CAMPAIGN_FIGURES, P.GATHERING_WRITE, P.ATLAS_READ, P.COURSE_WRITE, P.ASSEMBLY_WRITE, P.RESOURCE_READ,
        P.RESOURCE_BOOK, P.CALENDAR_WRITE, P.NEWSLETTER_WRITE,
    }),
    Role.COURSE_COORDINATOR: frozenset({P.REGION_READ, P.COURSE_WRITE, P.ASSEMBLY_WRITE, P.RESOURCE_READ, P.RESOURCE_BOOK}),
    Role.STEERING_GROUP_MEMBER: frozenset({P.REGION_READ, P.DASHBOARD_READ, P.RELEASE_READ, P.ACCORD_READ}),
    Role.PROJECT_MANAGER: frozenset({P.REGION_READ, P.DASHBOARD_READ, P.CAMPAIGN_FIGURES, P.ATLAS_READ, P.CALENDAR_WRITE,
                                    P.NEWSLETTER_WRITE, P.RELEASE_READ, P.RELEASE_WRITE, P.RELEASE_APPROVE,
                                    P.TARGET_WRITE, P.SCENARIO_WRITE, P.DENOMINATOR_WRITE, P.ACCORD_READ,
                                    P.ACCORD_WRITE}),
    Role.PARTNER: frozenset({P.REGION_READ, P.NEED_SEE}),
    Role.CONTACT: frozenset({P.OWN_READ, P.CONTACT_OWN, P.GROUP_LEAD, P.HOURS_REGISTER, P.PROPOSAL_ANSWER}),
    Role.SERVICE_USER: frozenset({P.OWN_READ, P.GROUP_TAKE_PART, P.HOURS_ATTEST}),
    Role.REPRESENTATIVE: frozenset({P.OWN_READ, P.GROUP_TAKE_PART, P.HOURS_ATTEST}),
    Role.OPERATOR: frozenset({P.OPERATIONS_READ, P.JOB_RETRY, P.PROVIDER_WRITE}),
    Role.PROGRAM_PEOPLE: frozenset({P.INTERCHANGE_PEOPLE}),
    Role.PROGRAM_DECISIONS: frozenset({P.INTERCHANGE_DECISIONS}),
    Role.PROGRAM_PAYROLL: frozenset({P.INTERCHANGE_PAYROLL}),
    Role.PROGRAM_FIGURES: frozenset({P.INTERCHANGE_FIGURES}),
    Role.PROGRAM_CALENDAR: frozenset({P.INTERCHANGE_CALENDAR}),
}  # fmt: skip
