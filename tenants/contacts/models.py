"""Støttekontakter in one municipality: who they are, what they like, vetting and engagement."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, SCHEMA, Base, Municipal, Reference, Stamped, owned_fk


class SupportContact(Municipal, Stamped, Base):
    """The paid contact. `state`: enquiry → interview → vetting → engaged, and from there paused, suspended, ended (B1).
    Codes are those of people.traits. Former spells of somebody who came back are in `contact_spell`.
    """

    __tablename__ = "support_contact"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint(
            "state IN ('enquiry', 'interview', 'vetting', 'engaged', 'paused', 'suspended', 'ended')",
            name="state",
        ),
        CheckConstraint("(state = 'suspended') = (suspended_on IS NOT NULL)", name="suspended"),
        CheckConstraint("age_from >= 0 AND age_from <= 110 AND age_to >= 0 AND age_to <= 110", name="ages"),
        CheckConstraint("age_from <= age_to", name="age_order"),
        UniqueConstraint("tenant_id", "person_id"),
        Index("ix_support_contact_state", "tenant_id", "state"),
    )
    person_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="enquiry", server_default="enquiry")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    kinds: Mapped[list[str]] = mapped_column(default=lambda: ["individual"], server_default="{individual}")
    """What they want to do: be with one person, lead a group, follow somebody to training."""
    areas: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Where they can meet, as coarse as the pool says it (traits.AREAS); none chosen is everywhere."""
    age_from: Mapped[int | None]
    """The youngest service user they wish to be with, and `age_to` the oldest. Not known is no limit."""
    age_to: Mapped[int | None]
    will_not: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Interests they do not want to take part in; `will_not_words` is the rest, as they said it."""
    will_not_words: Mapped[str] = mapped_column(default="", server_default="")
    has_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    wants_hours: Mapped[Decimal | None]
    """Hours a week the contact wants at the most."""
    commits_months: Mapped[int] = mapped_column(default=0, server_default="0")
    since: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    follow_up_owner: Mapped[UUID | None]
    follow_up_name: Mapped[str] = mapped_column(default="", server_default="")
    """Who it was that follows them up, as they were called then: the contact reads it too."""
    answered_on: Mapped[date | None]
    """The day somebody here first answered the enquiry."""
    suspended_on: Mapped[date | None]
    candidate_id: Mapped[UUID | None]
    """Pointer to the pool's row, when the contact has said yes to being seen there. Never the other way."""
    lent_hours: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Hours a week engaged by other municipalities through the pool: hours only, never for whom (C4)."""
    lent_since: Mapped[date | None]
    """The day they first began with somebody of another municipality; it stays when that is over."""
    stated_hours: Mapped[Decimal | None]
    """Hours a week the contact says they have elsewhere, instead of the light over municipalities (C6). Not checked."""
    stated_on: Mapped[date | None]
    came_from: Mapped[UUID | None]
    """The campaign's source (a poster, a link) that brought them here through the public form; none: some other way."""


class Vetting(Municipal, Stamped, Base):
    """Politiattest and confidentiality in this municipality (B2; helse- og omsorgstjenesteloven § 5-4).

    Four days: asked for, shown, handed out, signed; and who saw. There is no column for what stood on it: a shown one is
    one that was accepted. When it is not, this row goes (vetting.py).
    """

    __tablename__ = "vetting"
    __table_args__ = (owned_fk("contact_id", "support_contact"), UniqueConstraint("tenant_id", "contact_id"))
    contact_id: Mapped[UUID]
    police_asked_on: Mapped[date | None]
    police_shown_on: Mapped[date | None]
    police_seen_by: Mapped[UUID | None]
    police_seen_name: Mapped[str] = mapped_column(default="", server_default="")
    confidentiality_given_on: Mapped[date | None]
    confidentiality_signed_on: Mapped[date | None]
    confidentiality_seen_by: Mapped[UUID | None]
    confidentiality_seen_name: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def complete(self) -> bool:
        """Whether names may be shown and a first meeting held."""
        return self.police_shown_on is not None and self.confidentiality_signed_on is not None


class PoliceGround(Reference, Base):
    """A legal ground to ask a contact for politiattest again (B2): dated data, put in place by deploy/reference.py."""

    __tablename__ = "police_ground"
    code: Mapped[str] = mapped_column(primary_key=True)
    text_nb: Mapped[str]
    text_nn: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class PoliceRequest(Municipal, Base):
    """That politiattest was asked for again, on which ground and why; open until a new one is shown (B2)."""

    __tablename__ = "police_request"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        Index("ix_police_request_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    ground: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.police_ground.code"))
    words: Mapped[str]
    asked_on: Mapped[date]
    asked_by_name: Mapped[str]
    shown_on: Mapped[date | None]


class Engagement(Municipal, Stamped, Base):
    """The agreement between municipality and contact; arbeidstaker is presumed (aml. § 1-8; B3).

    `valid_to` is the last day, agreed from the start (`fixed_term` says on what ground, aml. § 14-9) or set when the
    agreement ended (`end_reason`); one that never began ends the day before its first. `version` counts the terms: a
    file sent to signing carries the one it shows.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("kind IN ('employee', 'contractor')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="period"),
        CheckConstraint("fixed_term IN ('', 'temporary', 'substitute')", name="fixed_term"),
        CheckConstraint(
            "signs <@ ARRAY['directed', 'personal', 'equipment', 'only_client', 'own_business', 'may_send']::text[]",
            name="signs",
        ),
        CheckConstraint("probation_months BETWEEN 0 AND 6", name="probation"),
        CheckConstraint("notice_months BETWEEN 0 AND 6", name="notice"),
        CheckConstraint("(parent_consent_on IS NULL) = (parent_consent_by = '')", name="consent"),
        CheckConstraint(
            "end_reason IN ('', 'replaced', 'resigned', 'dismissed', 'agreed', 'left')", name="end_reason"
        ),
        Index("ix_engagement_contact", "tenant_id", "contact_id"),
        Index(
            "uq_engagement_open",
            "tenant_id",
            "contact_id",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    contact_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="employee", server_default="employee")
    reasons: Mapped[str] = mapped_column(default="", server_default="")
    """Why the contact is oppdragstaker, in writing; a new agreement of that kind cannot be made without (B3)."""
    signs: Mapped[list[str]] = mapped_column(server_default="{}")
    """What was ticked of how the work is done when the kind was weighed (codes of agreements/classifying.py)."""
    hours_per_week: Mapped[Decimal | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    work: Mapped[str] = mapped_column(default="", server_default="")
    """What the work is, where it is more than being a støttekontakt."""
    place: Mapped[str] = mapped_column(default="", server_default="")
    fixed_term: Mapped[str] = mapped_column(default="", server_default="")
    probation_months: Mapped[int] = mapped_column(default=0, server_default="0")
    notice_months: Mapped[int] = mapped_column(default=1, server_default="1")
    parent_consent_on: Mapped[date | None]
    """The day a parent said yes to somebody under 18 on the first day (B11), and `parent_consent_by` who it was."""
    parent_consent_by: Mapped[str] = mapped_column(default="", server_default="")
    signed_by_contact_on: Mapped[date | None]
    signed_by_municipality_on: Mapped[date | None]
    signed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    """Who signed for the municipality."""
    end_reason: Mapped[str] = mapped_column(default="", server_default="")


class ContactStep(Municipal, Base):
    """That a contact moved from `was` to `state`, the day it happened and who noted it. Only ever added (B1)."""

    __tablename__ = "contact_step"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        Index("ix_contact_step_contact", "tenant_id", "contact_id"),
    )
    __app_rights__ = APPEND_ONLY
    contact_id: Mapped[UUID]
    was: Mapped[str]
    state: Mapped[str]
    happened_on: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    noted_by: Mapped[UUID | None]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")


class ContactSpell(Municipal, Base):
    """A former time as a contact of somebody who came back: its days and why it ended (a code of leaving.REASONS)."""

    __tablename__ = "contact_spell"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        Index("ix_contact_spell_contact", "tenant_id", "contact_id"),
    )
    __app_rights__ = APPEND_ONLY
    contact_id: Mapped[UUID]
    since: Mapped[date | None]
    ended_on: Mapped[date]
    end_reason: Mapped[str]
    commits_months: Mapped[int]


class ContactInterview(Municipal, Stamped, Base):
    """A conversation with somebody who wants to be a contact: agreed for a day, then held, with what came up in words."""

    __tablename__ = "contact_interview"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("planned_on IS NOT NULL OR held_on IS NOT NULL", name="day"),
        Index("ix_contact_interview_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    planned_on: Mapped[date | None]
    planned_at: Mapped[time | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    held_on: Mapped[date | None]
    held_by_name: Mapped[str] = mapped_column(default="", server_default="")
    motivation: Mapped[str] = mapped_column(default="", server_default="")
    """Why they want to be a contact, and below: what they have done before, what they want, and whom and what not."""
    experience: Mapped[str] = mapped_column(default="", server_default="")
    wants: Mapped[str] = mapped_column(default="", server_default="")
    limits: Mapped[str] = mapped_column(default="", server_default="")
    notes: Mapped[str] = mapped_column(default="", server_default="")


class ContactReference(Municipal, Stamped, Base):
    """Somebody an applicant lets the municipality ask about them, and what was said, in words. Never in the pool.

    Not asked before the applicant has said yes (`consent_on`). The rows go when the applicant does not become a contact,
    and a year after they did (references.py).
    """

    __tablename__ = "contact_reference"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("asked_on IS NOT NULL OR said = ''", name="asked"),
        Index("ix_contact_reference_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    relation: Mapped[str]
    """How they know the applicant: "leder på jobben", "trener"."""
    consent_on: Mapped[date]
    asked_on: Mapped[date | None]
    asked_by_name: Mapped[str] = mapped_column(default="", server_default="")
    said: Mapped[str] = mapped_column(default="", server_default="")


class ContactCompetence(Municipal, Stamped, Base):
    """A course or an education with the day it was completed; codes are those of competences.COMPETENCES (B4, B7)."""

    __tablename__ = "contact_competence"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("valid_to >= completed_on", name="validity"),
        UniqueConstraint("tenant_id", "contact_id", "code", "completed_on"),
    )
    contact_id: Mapped[UUID]
    code: Mapped[str]
    completed_on: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day it counts; none: for good."""
    place: Mapped[str] = mapped_column(default="", server_default="")
    """Where, or who held it."""


class ContactWord(Municipal, Base):
    """What a contact said of going on, wished or corrects, in words, with the day and who wrote it down (B12).

    A correction is a row of its own that `answers_id` the one it is about: nothing that was noted is changed in silence.
    `seen_on` is when somebody here has read what the contact wrote.
    """

    __tablename__ = "contact_word"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        owned_fk("answers_id", "contact_word"),
        CheckConstraint("about IN ('going_on', 'wish', 'correction')", name="about"),
        Index("ix_contact_word_contact", "tenant_id", "contact_id"),
    )
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    contact_id: Mapped[UUID]
    about: Mapped[str]
    words: Mapped[str]
    said_on: Mapped[date]
    by_contact: Mapped[bool] = mapped_column(default=False, server_default="false")
    noted_by: Mapped[UUID | None]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    answers_id: Mapped[UUID | None]
    seen_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
