"""The pool's candidates, described without a name, and what each of them has said yes to at home."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Shared, Stamped, owned_fk

USES_CHECK = "uses <@ ARRAY['individual', 'substitute', 'group']::text[]"


class Candidate(Shared, Stamped, Base):
    """Somebody who said yes to being seen by the pool until a date (C2). The name stays in the home municipality.

    The region sees a row only while the consent holds and the contact is not on a pause: withdrawal hides at once, in
    the policy itself. What the row says follows from the home municipality's own rows (keeping.py), so that nobody has
    to remember to change it.
    """

    __tablename__ = "candidate"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("home_id",), "INSERT": ("home_id",), "UPDATE": ("home_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT"})
    __region_sees__ = (
        "withdrawn_at IS NULL AND NOT paused AND consent_until >= (select sammen.norwegian_day())"
    )
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "code"),
        CheckConstraint("gender IN ('F', 'M', 'X')", name="gender"),
        CheckConstraint(USES_CHECK, name="uses"),
        CheckConstraint("light IN ('green', 'yellow', 'red')", name="light"),
        Index("ix_candidate_home", "home_id"),
        Index("ix_candidate_open", "region_id", postgresql_where=text("withdrawn_at IS NULL")),
    )
    home_id: Mapped[UUID]
    code: Mapped[str]
    """What others call the candidate, e.g. K-118. Given at random, so that it tells nothing of when or where."""
    birth_year: Mapped[int]
    gender: Mapped[str]
    interests: Mapped[list[str]] = mapped_column(server_default="{}")
    skills: Mapped[list[str]] = mapped_column(server_default="{}")
    languages: Mapped[list[str]] = mapped_column(server_default="{}")
    slots: Mapped[list[str]] = mapped_column(server_default="{}")
    alternate_slots: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Those of `slots` that are free every other week only."""
    area: Mapped[str]
    """Where they live, as coarse as a need is."""
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    """Matched on (distance between postcode areas), never displayed. Empty: not known, or protected."""
    areas: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Areas they will travel to; none is any within reach."""
    visible_to: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    """Municipalities whose needs they may be proposed for: a consent for each."""
    not_in: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    """Municipalities they will not work in: a conflict of interest, or their own reasons."""
    uses: Mapped[list[str]] = mapped_column(default=lambda: ["individual"], server_default="{individual}")
    age_bands: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Ages they wish to be with (traits.AGE_BANDS); none is any."""
    has_car: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours_wanted: Mapped[Decimal]
    hours_now: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Hours a week at home and lent through the pool."""
    hours_elsewhere: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Hours a week elsewhere, as they say themselves (C6)."""
    light: Mapped[str | None]
    """Total load as a colour, by their own yes; none for who has not said it, which is no worse."""
    will_not: Mapped[list[str]] = mapped_column(server_default="{}")
    longest_months: Mapped[int] = mapped_column(default=0, server_default="0")
    commits_months: Mapped[int] = mapped_column(default=0, server_default="0")
    broken_by_choice: Mapped[int] = mapped_column(default=0, server_default="0")
    """Commitments they ended early by choice (B12): never illness, birth, study, a move or the municipality's ending."""
    stability_seen_at: Mapped[datetime | None]
    """When they saw what is said of their stability, and had nothing to object. None: it does not count."""
    courses: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """What they have completed and still counts (tenants/contacts COMPETENCES)."""
    available_from: Mapped[date | None]
    engaged_at_home: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the home municipality has them in use, and so is asked before they are lent."""
    paused: Mapped[bool] = mapped_column(default=False, server_default="false")
    consent_on: Mapped[date]
    consent_until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]


class PoolConsent(Municipal, Base):
    """One yes, for one use, by one contact (C2): the ledger that the candidate's row follows from.

    A yes that is renewed or narrowed is a new row, and the one before it ends as replaced. Nothing is deleted while the
    contact is here: it is how the municipality shows that there was a yes (GDPR art. 7 no. 1).
    """

    __tablename__ = "pool_consent"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("use IN ('pool', 'substitute', 'group', 'newsletter', 'load_light')", name="use"),
        CheckConstraint("how IN ('own_page', 'writing', 'form', 'own_link')", name="how"),
        CheckConstraint("ended_how IN ('', 'withdrawn', 'replaced', 'lapsed', 'left')", name="ended_how"),
        CheckConstraint("(ended_at IS NULL) = (ended_how = '')", name="ended"),
        Index(
            "uq_pool_consent_open", "tenant_id", "contact_id", "use", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_pool_consent_until", "tenant_id", "until", postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    contact_id: Mapped[UUID]
    use: Mapped[str]
    municipalities: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    """Whose needs they may be proposed for; empty where a use is not about municipalities."""
    given_on: Mapped[date]
    until: Mapped[date | None]
    """The last day it holds; none for what holds until it is withdrawn (newsletter)."""
    how: Mapped[str]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    warned_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str] = mapped_column(default="", server_default="")


class PoolWish(Municipal, Stamped, Base):
    """What a contact wishes of the pool beyond what their own row says, and what they have seen said of themself."""

    __tablename__ = "pool_wish"
    __table_args__ = (owned_fk("contact_id", "support_contact"), UniqueConstraint("tenant_id", "contact_id"))
    contact_id: Mapped[UUID]
    not_in: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    available_from: Mapped[date | None]
    alternate_slots: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    area: Mapped[str] = mapped_column(default="", server_default="")
    """Where they live, as coarse as a need is; empty: where the municipality lies."""
    seen_at: Mapped[datetime | None]
    """When they last saw what is said of their stability, and `seen_broken` how many broken commitments it said."""
    seen_broken: Mapped[int] = mapped_column(default=0, server_default="0")
    corrected_months: Mapped[int | None]
    """The longest engagement in months as the coordinator has corrected it after an objection."""


class BrokenCommitment(Municipal, Base):
    """An assignment that its contact ended early by choice (B12), judged on the day it ended by what was promised then.

    A promise that is made longer later changes nothing of what has been. `excused_on`: the contact was right to object.
    One with somebody shielded is never kept, since it is shown to coordinators outside the circle; `assignment_id` is
    therefore no key to a case.
    """

    __tablename__ = "broken_commitment"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "assignment_id"),
        CheckConstraint("promised_months > 0 AND lasted_months >= 0", name="months"),
        CheckConstraint("lasted_months < promised_months", name="early"),
        Index("ix_broken_commitment_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    promised_months: Mapped[int]
    lasted_months: Mapped[int]
    ended_on: Mapped[date]
    excused_on: Mapped[date | None]


class PoolObjection(Municipal, Base):
    """ "Dette stemmer ikke", about what is said of a contact's stability (B12). While it waits, nothing of it counts."""

    __tablename__ = "pool_objection"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        owned_fk("broken_id", "broken_commitment"),
        CheckConstraint("about IN ('longest', 'broken')", name="about"),
        CheckConstraint("(about = 'broken') = (broken_id IS NOT NULL)", name="broken"),
        CheckConstraint("(answered_on IS NULL) = (upheld IS NULL)", name="answered"),
        Index("ix_pool_objection_contact", "tenant_id", "contact_id"),
    )
    contact_id: Mapped[UUID]
    about: Mapped[str]
    broken_id: Mapped[UUID | None]
    words: Mapped[str]
    said_on: Mapped[date]
    answered_on: Mapped[date | None]
    answered_by_name: Mapped[str] = mapped_column(default="", server_default="")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    upheld: Mapped[bool | None]
    """Whether the contact was right; then that ending does not count, or the months were corrected."""
