"""Newsletters that people have asked for, service letters that everybody concerned gets, and who has had them (C15).

See docs/decisions/0064-a-joint-newsletter-is-sent-by-each.md.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Municipal, Regional, Shared, Stamped, owned_fk, region_fk

SEGMENT_CHECK = "segment IN ('contacts', 'users', 'homes', 'units')"
SEGMENTS_CHECK = "segments <@ ARRAY['contacts', 'users', 'homes', 'units']::text[]"
LANGUAGE_CHECK = "language IN ('nb', 'nn')"
KEPT = frozenset({"SELECT", "INSERT", "UPDATE"})


class NewsletterSetting(Municipal, Stamped, Base):
    """A municipality's own rules: whether it passes the region's joint newsletter on, and whether one is due each month."""

    __tablename__ = "newsletter_setting"
    __app_rights__ = KEPT
    __table_args__ = (UniqueConstraint("tenant_id"),)
    joint: Mapped[bool] = mapped_column(default=True, server_default="true")
    monthly: Mapped[bool] = mapped_column(default=False, server_default="false")


class NewsletterSubscriber(Municipal, Stamped, Base):
    """Somebody who has said yes to the newsletter, once for each segment they are in.

    Either a person here (then the e-mail address is theirs, as it is on the day) or an address of its own: `mark` finds it,
    `email_sealed` is it, both bound to the municipality. `said_by` and `said_on`: who said yes, and when. `name` and
    `attention` are a home's or unit's. Ended is kept, so that a link in an old mail still answers.
    """

    __tablename__ = "newsletter_subscriber"
    __app_rights__ = KEPT
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint(SEGMENT_CHECK, name="segment"),
        CheckConstraint("(person_id IS NULL) = (mark IS NOT NULL)", name="one_of"),
        CheckConstraint("(mark IS NULL) = (email_sealed IS NULL)", name="sealed"),
        CheckConstraint("source IN ('own', 'coordinator', 'register', 'public', 'form')", name="source"),
        CheckConstraint("state IN ('active', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        UniqueConstraint("tenant_id", "segment", "person_id"),
        UniqueConstraint("tenant_id", "segment", "mark"),
        Index("ix_newsletter_subscriber_person", "tenant_id", "person_id"),
    )
    segment: Mapped[str]
    person_id: Mapped[UUID | None]
    mark: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    name: Mapped[str] = mapped_column(default="", server_default="")
    attention: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="nb", server_default="nb")
    source: Mapped[str]
    said_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="active", server_default="active")
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str] = mapped_column(default="", server_default="")


class Newsletter(Municipal, Stamped, Base):
    """One newsletter of a municipality. `body` is its blocks as they are written; `content` is what was sent, finished.

    `joint_id` is the region's delivery that this is the municipality's copy of: the region wrote it, and what is here is
    who got it.
    """

    __tablename__ = "newsletter"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'sending', 'sent')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint(SEGMENTS_CHECK, name="segments"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        UniqueConstraint("tenant_id", "joint_id"),
        Index("ix_newsletter_month", "tenant_id", "month"),
    )
    title: Mapped[str]
    month: Mapped[date]
    """The first day of the month it is for."""
    language: Mapped[str] = mapped_column(default="nb", server_default="nb")
    segments: Mapped[list[str]] = mapped_column(server_default="{}")
    body: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    content: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    joint_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    sent_by_name: Mapped[str] = mapped_column(default="", server_default="")


class NewsletterRecipient(Municipal, Base):
    """One address and one newsletter, frozen when it is sent: at most one row, whatever dies meanwhile.

    `address` is sealed, and gone when the mail has left or is given up. `last_error` is a code, never a server's words.
    """

    __tablename__ = "newsletter_recipient"
    __app_rights__ = KEPT
    __table_args__ = (
        owned_fk("newsletter_id", "newsletter"),
        owned_fk("subscriber_id", "newsletter_subscriber"),
        owned_fk("person_id", "person"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'left_out')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("reason IN ('', 'unreachable', 'ended')", name="reason"),
        UniqueConstraint("tenant_id", "newsletter_id", "mark"),
        Index("ix_newsletter_recipient_due", "tenant_id", "newsletter_id", "next_try_at",
              postgresql_where=text("state = 'queued'")),
        Index("ix_newsletter_recipient_subscriber", "tenant_id", "subscriber_id"),
        Index("ix_newsletter_recipient_person", "tenant_id", "person_id"),
    )  # fmt: skip
    newsletter_id: Mapped[UUID]
    subscriber_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    mark: Mapped[bytes]
    address: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    sent_at: Mapped[datetime | None]


class JointNewsletter(Regional, Stamped, Base):
    """One newsletter of the region, written once for all its municipalities. The region has no subscribers of its own."""

    __tablename__ = "joint_newsletter"
    __region_door__ = "current_project"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'sent')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint(SEGMENTS_CHECK, name="segments"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        Index("ix_joint_newsletter_month", "region_id", "month"),
    )
    title: Mapped[str]
    month: Mapped[date]
    language: Mapped[str] = mapped_column(default="nb", server_default="nb")
    segments: Mapped[list[str]] = mapped_column(server_default="{}")
    body: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    content: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    sent_at: Mapped[datetime | None]
    sent_by_name: Mapped[str] = mapped_column(default="", server_default="")


class NewsletterDelivery(Shared, Base):
    """The joint newsletter on its way through one municipality, which sends it to its own. Counts, and never who.

    The region makes the row with what is to be sent; the municipality writes how it went. `held`: it does not pass the
    joint newsletter on.
    """

    __tablename__ = "newsletter_delivery"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",), "UPDATE": ("home_id",)}
    __region_door__ = "current_project"
    __region_may__ = frozenset({"SELECT", "INSERT"})
    __app_rights__ = KEPT
    __table_args__ = (
        region_fk("newsletter_id", "joint_newsletter"),
        CheckConstraint("state IN ('queued', 'held', 'sending', 'done')", name="state"),
        CheckConstraint("sent >= 0 AND failed >= 0 AND left_out >= 0", name="counts"),
        CheckConstraint(SEGMENTS_CHECK, name="segments"),
        UniqueConstraint("region_id", "newsletter_id", "home_id"),
        Index("ix_newsletter_delivery_home", "home_id"),
    )
    newsletter_id: Mapped[UUID]
    home_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    segments: Mapped[list[str]] = mapped_column(server_default="{}")
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    sent: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class NewsletterSignup(Identity, Base):
    """An e-mail address somebody has typed in the public form, until its link is pressed (functions newsletter_*).

    It belongs to no municipality's list yet and is deleted after seven days. `sealed` is the address as the list will keep
    it; `mail` is the link's token, sealed, gone when the mail has left.
    """

    __tablename__ = "newsletter_signup"
    __table_args__ = (
        UniqueConstraint("lookup"),
        CheckConstraint(SEGMENT_CHECK, name="segment"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        CheckConstraint("mail_state IN ('queued', 'sent', 'failed')", name="mail_state"),
        Index("ix_newsletter_signup_expires", "expires_at"),
    )
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    segment: Mapped[str]
    language: Mapped[str]
    mark: Mapped[bytes]
    sealed: Mapped[bytes]
    lookup: Mapped[bytes]
    mail: Mapped[bytes | None]
    mail_state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    mail_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class ServiceLetter(Municipal, Stamped, Base):
    """A letter about a change that everybody concerned must get: nobody has asked for it, and nobody is taken off it.

    `audience`: everybody, the people of one group, those who are with one contact, or one purchaser's cases;
    `audience_id` is the group or the contact. `confirm`: the reader is asked to say that they have read it.
    """

    __tablename__ = "service_letter"
    __table_args__ = (
        CheckConstraint("audience IN ('everybody', 'group', 'contact', 'purchaser')", name="audience"),
        CheckConstraint("(audience IN ('group', 'contact')) = (audience_id IS NOT NULL)", name="audience_id"),
        CheckConstraint("(audience = 'purchaser') = (purchaser <> '')", name="purchaser"),
        CheckConstraint("purchaser IN ('', 'child', 'adult', 'child_welfare')", name="purchaser_code"),
        CheckConstraint("to_users OR to_contacts", name="somebody"),
        CheckConstraint("state IN ('draft', 'sending', 'sent')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint(LANGUAGE_CHECK, name="language"),
        Index("ix_service_letter_made", "tenant_id", "created_at"),
    )
    title: Mapped[str]
    words: Mapped[str]
    language: Mapped[str] = mapped_column(default="nb", server_default="nb")
    audience: Mapped[str]
    audience_id: Mapped[UUID | None]
    purchaser: Mapped[str] = mapped_column(default="", server_default="")
    to_users: Mapped[bool] = mapped_column(default=True, server_default="true")
    to_contacts: Mapped[bool] = mapped_column(default=True, server_default="true")
    confirm: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[UUID | None]
    sent_by_name: Mapped[str] = mapped_column(default="", server_default="")


class ServiceLetterReceipt(Municipal, Base):
    """That one person gets one service letter: how, and when it was opened, confirmed or printed.

    `about_id` is the service user it reaches them through, themselves or somebody they act for or are with.
    """

    __tablename__ = "service_letter_receipt"
    __app_rights__ = KEPT
    __table_args__ = (
        owned_fk("service_letter_id", "service_letter"),
        owned_fk("person_id", "person"),
        owned_fk("about_id", "person"),
        CheckConstraint(
            "role IN ('self', 'parent', 'guardian', 'power_of_attorney', 'contact')", name="role"
        ),
        CheckConstraint("way IN ('digital', 'paper')", name="way"),
        UniqueConstraint("tenant_id", "service_letter_id", "person_id"),
        Index("ix_service_letter_receipt_person", "tenant_id", "person_id"),
        Index("ix_service_letter_receipt_about", "tenant_id", "about_id"),
    )
    service_letter_id: Mapped[UUID]
    person_id: Mapped[UUID]
    about_id: Mapped[UUID | None]
    role: Mapped[str]
    way: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    opened_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]
    printed_by_name: Mapped[str] = mapped_column(default="", server_default="")
