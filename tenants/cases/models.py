"""The municipality's file for one service user: applications and mapping. What is decided lives in `decisions/`."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, SCHEMA, Base, Municipal, Reference, Stamped, owned_fk

FORM_CODES = ("individual", "group", "organisation", "training")
"""The forms a service may have (A3)."""


class LegalGround(Reference, Base):
    """A legal ground with its validity and complaint deadline: dated data, not code (A9, A13)."""

    __tablename__ = "legal_ground"
    code: Mapped[str] = mapped_column(primary_key=True)
    text_nb: Mapped[str]
    text_nn: Mapped[str]
    complaint_weeks: Mapped[int]
    child_welfare: Mapped[bool] = mapped_column(default=False, server_default="false")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


_SEEN = ("purchaser", "shielded")
"""What access.visible asks of a case: with these in an index, a list is counted without opening its rows."""


def _of_open(name: str, *columns: str, where: str = "") -> Index:
    """An index on the open cases in the list's own order: by `columns`, then as the deadline comes."""
    return Index(
        f"ix_case_file_{name}", "tenant_id", *columns, "deadline", "id",
        postgresql_include=[column for column in _SEEN if column not in columns],
        postgresql_where=text(f"state <> 'closed'{where}"),
    )  # fmt: skip


_LIST_INDEXES = (
    _of_open("deadline"),
    _of_open("purchaser", "purchaser"),
    # An array's words cannot be looked up behind row-level security (its operators are not leakproof); a condition of
    # the index itself can.
    *(_of_open(form, where=f" AND '{form}' = ANY (forms)") for form in FORM_CODES),
    Index("ix_case_file_state", "tenant_id", "state", "deadline", "id", postgresql_include=list(_SEEN)),
    # The beginning of a case number: starts_with() uses an index in byte order only.
    Index("ix_case_file_number", "tenant_id", "case_no", postgresql_ops={"case_no": "text_pattern_ops"}),
)


class CaseFile(Municipal, Stamped, Base):
    """A case. `purchaser` says which purchaser it belongs to (A1, A16); `deadline` is the next date that binds.

    `form`, `deadline` and `deadline_kind` are kept by the service as facts change, so that the list sorts by index.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("purchaser IN ('child', 'adult', 'child_welfare')", name="purchaser"),
        CheckConstraint(
            "state IN ('received', 'mapping', 'deciding', 'waiting', 'running', 'evaluating', 'closed')",
            name="state",
        ),
        CheckConstraint("deadline_kind IN ('decide', 'start', 'evaluate', 'none')", name="deadline_kind"),
        UniqueConstraint("tenant_id", "case_no"),
        Index("ix_case_file_person", "tenant_id", "person_id"),
        *_LIST_INDEXES,
    )
    person_id: Mapped[UUID]
    case_no: Mapped[str]
    purchaser: Mapped[str]
    state: Mapped[str] = mapped_column(default="received", server_default="received")
    forms: Mapped[list[str]] = mapped_column(server_default="{}")
    responsible_id: Mapped[UUID | None]
    responsible_name: Mapped[str] = mapped_column(default="", server_default="")
    deadline: Mapped[date | None]
    deadline_kind: Mapped[str] = mapped_column(default="none", server_default="none")
    shielded: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Only those named on the case may open it (E5)."""
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")


class CaseMember(Municipal, Base):
    """Named access to a case: to a shielded one, or to one of another purchaser (E5). A date left out has no limit."""

    __tablename__ = "case_member"
    __table_args__ = (
        owned_fk("case_id", "case_file", ondelete="CASCADE"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),
        UniqueConstraint("tenant_id", "case_id", "user_id"),
        Index("ix_case_member_user", "tenant_id", "user_id"),
    )
    case_id: Mapped[UUID]
    user_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    named_by: Mapped[UUID | None]
    named_by_name: Mapped[str] = mapped_column(default="", server_default="")


class Absence(Municipal, Stamped, Base):
    """A caseworker's time away, both days included, and the colleague who stands in (A15). It ends by itself."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("stand_in_id <> user_id", name="stand_in"),
        Index("ix_absence_user", "tenant_id", "user_id", "starts_on"),
    )
    user_id: Mapped[UUID]
    user_name: Mapped[str]
    stand_in_id: Mapped[UUID]
    stand_in_name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Application(Municipal, Stamped, Base):
    """A request, with the day it was received: from then the one-month clock runs (A5)."""

    __tablename__ = "application"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("channel IN ('letter', 'phone', 'form', 'import')", name="channel"),
        CheckConstraint(
            "applicant IN ('self', 'parent', 'guardian', 'power_of_attorney', 'other')", name="applicant"
        ),
        CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name="state"),
        owned_fk("representative_id", "representative"),
        Index("ix_application_case", "tenant_id", "case_id"),
        Index("ix_application_open", "tenant_id", "received_on", postgresql_where=text("state = 'open'")),
    )
    case_id: Mapped[UUID]
    received_on: Mapped[date]
    channel: Mapped[str]
    applicant: Mapped[str] = mapped_column(default="self", server_default="self")
    applicant_name: Mapped[str] = mapped_column(default="", server_default="")
    wishes: Mapped[str] = mapped_column(default="", server_default="")
    legal_ground: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.legal_ground.code"))
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    expected_on: Mapped[date | None]
    """The day the decision is promised for, once an interim reply has been sent (letters/interim.py)."""
    representative_id: Mapped[UUID | None]
    """Who applied, when that is one of the person's registered representatives (A14)."""
    applicant_contact: Mapped[str] = mapped_column(default="", server_default="")
    """How to reach who applied: a phone number or an e-mail address."""
    handed_by: Mapped[UUID | None]
    """The colleague of another purchaser who took it in and handed it over unseen (A1)."""
    handed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who took it back: `self`, or the role of the one who spoke for the person."""
    withdrawn_reason: Mapped[str] = mapped_column(default="", server_default="")


class Mapping(Municipal, Stamped, Base):
    """The conversation before the decision; the user's own words are kept as they were said (A4)."""

    __tablename__ = "mapping"
    __table_args__ = (owned_fk("case_id", "case_file"), Index("ix_mapping_case", "tenant_id", "case_id"))
    case_id: Mapped[UUID]
    held_on: Mapped[date]
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    needs: Mapped[str] = mapped_column(default="", server_default="")
    network: Mapped[str] = mapped_column(default="", server_default="")
    dreams: Mapped[str] = mapped_column(default="", server_default="")
    strengths: Mapped[str] = mapped_column(default="", server_default="")
    aims: Mapped[list[str]] = mapped_column(server_default="{}")
    """What is wanted of the service: codes of forms_proposal.AIMS, from which forms are proposed."""
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    """What the contact must know: codes of people.traits.SKILLS."""
    area: Mapped[str] = mapped_column(default="", server_default="")
    transport: Mapped[str] = mapped_column(default="", server_default="")
    visit_notes: Mapped[str] = mapped_column(default="", server_default="")
    """What was seen at the first visit; no quotation, and never sent on."""
    suggested_forms: Mapped[list[str]] = mapped_column(server_default="{}")
    made_by: Mapped[UUID | None]


class CaseTarget(Municipal, Base):
    """Which coarse target group a case belongs to from a day on (D9): a code of targets.VERSIONS. Only ever added.

    Of two from the same day the newest holds. The first one holds for the time before it too: nobody had said.
    """

    __tablename__ = "case_target"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        Index("ix_case_target_case", "tenant_id", "case_id", "valid_from"),
    )
    __app_rights__ = APPEND_ONLY
    case_id: Mapped[UUID]
    target_group: Mapped[str]
    valid_from: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    noted_by: Mapped[UUID | None]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")


class AllocationRule(Municipal, Stamped, Base):
    """The municipality's own limits from a day on; the newest row that has begun is in force (A5, A6, A7, A10).

    `start_limit_days`: how long a decision may wait to take effect. `four_eyes`: somebody else than the writer decides.
    `evaluation_months`: the longest time to the next evaluation. `interim_days_before`: when the interim letter is
    drafted. `expiry_days`: how long beforehand a decision's end stands on a list. `reconsider_days`: the
    municipality's own limit to answer a complaint or send it on to Statsforvalteren (A9).
    """

    __tablename__ = "allocation_rule"
    __table_args__ = (
        UniqueConstraint("tenant_id", "valid_from"),
        CheckConstraint("start_limit_days BETWEEN 1 AND 365", name="start_limit_days"),
        CheckConstraint("evaluation_months BETWEEN 1 AND 12", name="evaluation_months"),
        CheckConstraint("interim_days_before BETWEEN 1 AND 25", name="interim_days_before"),
        CheckConstraint("expiry_days BETWEEN 7 AND 365", name="expiry_days"),
        CheckConstraint("reconsider_days BETWEEN 1 AND 90", name="reconsider_days"),
    )
    valid_from: Mapped[date]
    start_limit_days: Mapped[int] = mapped_column(default=30, server_default="30")
    four_eyes: Mapped[bool] = mapped_column(default=True, server_default="true")
    evaluation_months: Mapped[int] = mapped_column(default=12, server_default="12")
    interim_days_before: Mapped[int] = mapped_column(default=10, server_default="10")
    expiry_days: Mapped[int] = mapped_column(default=90, server_default="90")
    notice_days: Mapped[int] = mapped_column(default=14, server_default="14")
    reconsider_days: Mapped[int] = mapped_column(default=28, server_default="28")


ONESELF = "COALESCE((select sammen.current_user_id()), {})"
"""Whoever is signed in, and anybody for a job, which nobody is signed in to."""


class EmergencyRule(Municipal, Stamped, Base):
    """Whether cases may be opened in an emergency in this municipality, and for how many minutes. No row: 60 minutes.

    Switched off, what is open closes at once: the condition in access.py asks.
    """

    __tablename__ = "emergency_rule"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint("minutes >= 10 AND minutes <= 120", name="minutes"),
    )
    allowed: Mapped[bool] = mapped_column(default=True, server_default="true")
    minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    changed_by_name: Mapped[str] = mapped_column(default="", server_default="")


class EmergencyAccess(Municipal, Base):
    """Somebody opened a case they may not see, in an emergency, for reading and for a short time (E5).

    Only ever added: neither the time nor the reason can be changed afterwards, and one who needs longer opens anew, with
    a new reason and a new review. `address_reason`: why the protected address is needed too, "" when it is not.
    """

    __tablename__ = "emergency_access"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("ends_at > opened_at AND ends_at <= opened_at + interval '2 hours'", name="time"),
        Index("ix_emergency_access_reader", "tenant_id", "user_id", "ends_at"),
        Index("ix_emergency_access_case", "tenant_id", "case_id"),
    )
    __app_rights__ = APPEND_ONLY
    # In one's own name, and from this moment: nobody opens for a colleague, or for tomorrow. Jobs are nobody.
    __insert_check__ = (
        f"user_id = {ONESELF.format('user_id')} AND opened_at = CASE WHEN (select sammen.current_user_id()) IS NULL"
        " THEN opened_at ELSE now() END"
    )
    case_id: Mapped[UUID]
    user_id: Mapped[UUID]
    user_name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(server_default="{}")
    reason: Mapped[str]
    address_reason: Mapped[str] = mapped_column(default="", server_default="")
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ends_at: Mapped[datetime]


class EmergencyEvent(Municipal, Base):
    """What came after an emergency access: its reader closed it, or somebody else reviewed it. Only ever added.

    `unjustified` closes it too. Nobody reviews their own.
    """

    __tablename__ = "emergency_event"
    __table_args__ = (
        owned_fk("access_id", "emergency_access"),
        CheckConstraint("kind IN ('justified', 'unjustified', 'closed')", name="kind"),
        CheckConstraint("(kind = 'closed') = (by_id = opened_by)", name="not_ones_own"),
        Index("ix_emergency_event_access", "tenant_id", "access_id"),
        Index("uq_emergency_event_review", "tenant_id", "access_id", unique=True,
              postgresql_where=text("kind <> 'closed'")),
    )  # fmt: skip
    __app_rights__ = APPEND_ONLY
    __insert_check__ = f"by_id = {ONESELF.format('by_id')}"
    access_id: Mapped[UUID]
    opened_by: Mapped[UUID]
    kind: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    by_id: Mapped[UUID]
    by_name: Mapped[str] = mapped_column(default="", server_default="")


class EmergencyTry(Municipal, Base):
    """Somebody typed a number on the emergency page; `found`: a case opened. They are counted, so that nobody guesses."""

    __tablename__ = "emergency_try"
    __table_args__ = (Index("ix_emergency_try_user", "tenant_id", "user_id", "at"),)
    __app_rights__ = APPEND_ONLY
    __insert_check__ = f"user_id = {ONESELF.format('user_id')}"
    user_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    found: Mapped[bool]
