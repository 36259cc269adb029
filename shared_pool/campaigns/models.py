"""Campaigns, where they were put up, how often they were opened, and those who answered without having logged in.

See docs/decisions/0054-who-answers-a-poster.md.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Regional, Shared, Stamped, region_fk


class Campaign(Regional, Stamped, Base):
    """A joint advertisement (C1). Its page is public from `opens_on` to `closes_on` when it is `open`.

    `texts` is what the page says, by language: {"nb": {"title", "lede", "body"}, …}; a language that is left empty is
    shown in Bokmål. `municipalities` are those one may choose.
    """

    __tablename__ = "campaign"
    __region_door__ = "current_project"
    __table_args__ = (
        UniqueConstraint("region_id", "slug"),
        CheckConstraint("state IN ('draft', 'open', 'closed')", name="state"),
        CheckConstraint("slug ~ '^[a-z0-9-]+$'", name="slug"),
        CheckConstraint("closes_on >= opens_on", name="period"),
    )
    slug: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    municipalities: Mapped[list[UUID]] = mapped_column(server_default="{}")
    texts: Mapped[dict[str, Any]]


class CampaignSource(Regional, Stamped, Base):
    """Where a campaign meets people: a poster on a wall, a link somebody shared, a newsletter; or no known place.

    `code` stands in the address of the QR code. It is drawn at random and tells nothing; `place` does, to those who work
    with the campaign.
    """

    __tablename__ = "campaign_source"
    __region_door__ = "current_project"
    __table_args__ = (
        region_fk("campaign_id", "campaign"),
        UniqueConstraint("region_id", "code"),
        CheckConstraint("kind IN ('direct', 'poster', 'link', 'newsletter')", name="kind"),
        Index("ix_campaign_source_campaign", "region_id", "campaign_id"),
    )
    campaign_id: Mapped[UUID]
    code: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str] = mapped_column(default="", server_default="")
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))


class CampaignTally(Regional, Base):
    """How many times a day a campaign's page was opened, or its form sent, by source. Written by functions only.

    `municipality_id` is whom the form was for; an opened page is for nobody in particular. Numbers, never who.
    """

    __tablename__ = "campaign_tally"
    __region_door__ = "current_project"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("campaign_id", "campaign"),
        region_fk("source_id", "campaign_source"),
        CheckConstraint("what IN ('view', 'sent')", name="what"),
        CheckConstraint("times > 0", name="times"),
        Index("ix_campaign_tally_source", "region_id", "source_id", "on_day"),
    )
    campaign_id: Mapped[UUID]
    source_id: Mapped[UUID]
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    what: Mapped[str]
    on_day: Mapped[date]
    times: Mapped[int]


class CampaignResult(Shared, Base):
    """How far those who came from a source have got in one municipality: counts it has made itself, of its own contacts.

    Each counts all who have ever come so far, so no number falls when somebody leaves.
    """

    __tablename__ = "campaign_result"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("home_id",), "INSERT": ("home_id",), "UPDATE": ("home_id",)}  # fmt: skip
    __region_door__ = "current_project"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "source_id", "home_id"),
        CheckConstraint(
            "confirmed >= interviewed AND interviewed >= 0 AND pooled >= 0 AND engaged >= 0"
            " AND confirmed >= pooled AND confirmed >= engaged",
            name="counts",
        ),
        Index("ix_campaign_result_home", "home_id"),
    )
    home_id: Mapped[UUID]
    source_id: Mapped[UUID]
    confirmed: Mapped[int] = mapped_column(default=0, server_default="0")
    interviewed: Mapped[int] = mapped_column(default=0, server_default="0")
    pooled: Mapped[int] = mapped_column(default=0, server_default="0")
    engaged: Mapped[int] = mapped_column(default=0, server_default="0")
    counted_on: Mapped[date] = mapped_column(server_default=func.current_date())


class CandidateApplication(Identity, Base):
    """What somebody without a login has sent (functions candidate_*). Nobody reads a row without a link or a job's ticket.

    Until the link in the e-mail is pressed (`confirmed_at`) it belongs to no municipality, and is deleted when
    `expires_at` has come. `sealed` is the form, gone when the municipality has taken it in; `wishes` is what they have
    said yes to, in codes, as they have it now. `mail` is the token of a notice on its way, sealed, gone when it has left.
    """

    __tablename__ = "candidate_application"
    __table_args__ = (
        UniqueConstraint("region_id", "sending"),
        UniqueConstraint("lookup"),
        UniqueConstraint("link"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),
        CheckConstraint("mail_state IN ('queued', 'sent', 'failed')", name="mail_state"),
        CheckConstraint("(link IS NOT NULL) = (confirmed_at IS NOT NULL)", name="link"),
        Index("ix_candidate_application_email", "region_id", "email"),
        Index(
            "ix_candidate_application_expires", "expires_at", postgresql_where=text("confirmed_at IS NULL")
        ),
        Index("ix_candidate_application_contact", "municipality_id", "contact_id"),
    )
    region_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    source_id: Mapped[UUID]
    language: Mapped[str]
    sending: Mapped[bytes]
    """A hash of the page's own key: the same form sent again is the same form."""
    email: Mapped[bytes]
    """A keyed hash of the address, to count how much goes to it and to find the row when the link is lost."""
    lookup: Mapped[bytes | None]
    """A keyed hash of the token in the confirmation; none when it has been used."""
    link: Mapped[bytes | None]
    """A keyed hash of the token in the applicant's own link."""
    who_sealed: Mapped[bytes]
    """The first name and the e-mail address, sealed: what the applicant's own page says, and where notices go."""
    sealed: Mapped[bytes | None]
    wishes: Mapped[dict[str, Any]]
    mail: Mapped[bytes | None]
    mail_state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    mail_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When the newest notice was asked for: after a week without anybody to carry it, it says nothing any more."""
    mailed: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many notices have been asked for: there is a most."""
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    contact_id: Mapped[UUID | None]
    """The contact it became in its municipality, when that has taken it in."""


class CampaignKnock(Identity, Base):
    """One use of the campaign's doors, so that they can be counted: a keyed hash of the address, never the address."""

    __tablename__ = "campaign_knock"
    __table_args__ = (
        CheckConstraint("what IN ('view', 'send', 'mail', 'link')", name="what"),
        Index("ix_campaign_knock_address", "address", "what", "at"),
    )
    address: Mapped[bytes]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
