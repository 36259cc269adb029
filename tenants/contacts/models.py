"""Støttekontakter in one municipality: who they are, what they like, vetting and engagement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class SupportContact(Municipal, Stamped, Base):
    """The paid contact. `state`: enquiry → vetting → engaged → paused → ended. Codes are those of needs/traits."""

    __tablename__ = "support_contact"
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("state IN ('enquiry', 'vetting', 'engaged', 'paused', 'ended')", name="state"),
        UniqueConstraint("tenant_id", "person_id"),
        Index("ix_support_contact_state", "tenant_id", "state"),
    )
    person_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="enquiry", server_default="enquiry")
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    has_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    wants_hours: Mapped[Decimal | None]
    """Hours a week the contact wants at the most."""
    commits_months: Mapped[int] = mapped_column(default=0, server_default="0")
    since: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    follow_up_owner: Mapped[UUID | None]
    candidate_id: Mapped[UUID | None]
    """Pointer to the pool's row, when the contact has said yes to being seen there. Never the other way."""
    lent_hours: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Hours a week engaged by other municipalities through the pool: hours only, never for whom (C4)."""
    stated_hours: Mapped[Decimal | None]
    """Hours a week the contact says they have elsewhere, instead of the light over municipalities (C6). Not checked."""
    stated_on: Mapped[date | None]


class Vetting(Municipal, Stamped, Base):
    """Politiattest shown (never the document itself) and confidentiality signed, in this municipality (B2)."""

    __tablename__ = "vetting"
    __table_args__ = (owned_fk("contact_id", "support_contact"), UniqueConstraint("tenant_id", "contact_id"))
    contact_id: Mapped[UUID]
    police_shown_on: Mapped[date | None]
    police_seen_by: Mapped[UUID | None]
    confidentiality_signed_on: Mapped[date | None]
    confidentiality_seen_by: Mapped[UUID | None]

    @property
    def complete(self) -> bool:
        """Whether names may be shown and a first meeting held."""
        return self.police_shown_on is not None and self.confidentiality_signed_on is not None


class Engagement(Municipal, Stamped, Base):
    """The agreement between municipality and contact; arbeidstaker is presumed (aml. § 1-8; B3).

    `valid_to` is the last day, agreed from the start (`fixed_term` says on what ground, aml. § 14-9) or set when the
    agreement ended (`end_reason`). `version` counts the terms: a file sent to signing carries the one it shows.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("kind IN ('employee', 'contractor')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("fixed_term IN ('', 'temporary', 'substitute')", name="fixed_term"),
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
