"""What the participants of a group plan and say: suggestions, choices, and an evaluation each half-year (C10, E5).

Who suggested, chose or said what is known in their own municipality alone. Of a group across borders the other
municipalities' choices and answers are here as numbers by municipality, put there by shared_pool/groups.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk
from sammen.ids import random_id

_MARK = "IN ('yes', 'some', 'no')"


class ActivitySuggestion(Municipal, Stamped, Base):
    """Something the group could do. `state`: open → planned (on a meeting) or dropped. `place_id`: whose idea it was, of
    one's own participants; none when a leader or coordinator had it, or when it came from another municipality
    (`from_elsewhere`). Its id is random, since partners' copies have the same.
    """

    __tablename__ = "activity_suggestion"
    __table_args__ = (
        owned_fk("group_id", "activity_group"),
        owned_fk("place_id", "group_place"),
        owned_fk("session_id", "group_session", ondelete="SET NULL (session_id)"),
        CheckConstraint("state IN ('open', 'planned', 'dropped')", name="state"),
        CheckConstraint("how IN ('own', 'helped', 'leader', 'office')", name="how"),
        CheckConstraint("cost_ore >= 0 AND cost_ore <= 1000000", name="cost"),
        CheckConstraint("title <> ''", name="title"),
        Index("ix_activity_suggestion_group", "tenant_id", "group_id", "state"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id, sort_order=-19)
    group_id: Mapped[UUID]
    title: Mapped[str]
    where_to: Mapped[str] = mapped_column(default="", server_default="")
    cost_ore: Mapped[int | None]
    """What it costs each participant, in øre; none when nobody has said."""
    transport: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether somebody must drive."""
    fits: Mapped[str] = mapped_column(default="", server_default="")
    """What to think of: steps, food, noise."""
    place_id: Mapped[UUID | None]
    how: Mapped[str] = mapped_column(default="own", server_default="own")
    from_elsewhere: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    session_id: Mapped[UUID | None]


class SuggestionChoice(Municipal, Base):
    """That a participant wants a suggestion. `helped`: a leader or coordinator ticked it for them."""

    __tablename__ = "suggestion_choice"
    __table_args__ = (
        owned_fk("activity_suggestion_id", "activity_suggestion", ondelete="CASCADE"),
        owned_fk("place_id", "group_place"),
        UniqueConstraint("tenant_id", "activity_suggestion_id", "place_id"),
        Index("ix_suggestion_choice_place", "tenant_id", "place_id"),
    )
    activity_suggestion_id: Mapped[UUID]
    place_id: Mapped[UUID]
    helped: Mapped[bool] = mapped_column(default=False, server_default="false")


class ChoiceElsewhere(Municipal, Base):
    """How many of another municipality's participants want a suggestion. `home` is that municipality's id."""

    __tablename__ = "choice_elsewhere"
    __table_args__ = (
        owned_fk("activity_suggestion_id", "activity_suggestion", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "activity_suggestion_id", "home"),
        CheckConstraint("choices >= 0", name="choices"),
    )
    activity_suggestion_id: Mapped[UUID]
    home: Mapped[UUID]
    choices: Mapped[int]


class GroupEvaluation(Municipal, Stamped, Base):
    """The look back on a half-year of a group. `half` is its first day (1 January or 1 July).

    open → done. `summary` is what the participants said, in the coordinator's words, and `changes` what follows from it.
    """

    __tablename__ = "group_evaluation"
    __table_args__ = (
        owned_fk("group_id", "activity_group"),
        UniqueConstraint("tenant_id", "group_id", "half"),
        CheckConstraint(
            "EXTRACT(day FROM half) = 1 AND EXTRACT(month FROM half) IN (1, 7)", name="half"
        ),
        CheckConstraint("state IN ('open', 'done')", name="state"),
        CheckConstraint("state <> 'done' OR (summary <> '' AND changes <> '' AND done_on IS NOT NULL)", name="done"),
    )  # fmt: skip
    group_id: Mapped[UUID]
    half: Mapped[date]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    summary: Mapped[str] = mapped_column(default="", server_default="")
    changes: Mapped[str] = mapped_column(default="", server_default="")
    done_on: Mapped[date | None]
    done_by_name: Mapped[str] = mapped_column(default="", server_default="")


class GroupVoice(Municipal, Stamped, Base):
    """What a participant said, question by question (rules.QUESTIONS): yes, some or no. One for each place and half-year;
    said again, it is changed. `how`: by themselves, or with whose help. Other participants and leaders never read it.
    """

    __tablename__ = "group_voice"
    __table_args__ = (
        owned_fk("group_evaluation_id", "group_evaluation"),
        owned_fk("place_id", "group_place"),
        UniqueConstraint("tenant_id", "group_evaluation_id", "place_id"),
        CheckConstraint("how IN ('own', 'representative', 'contact', 'leader', 'office')", name="how"),
        CheckConstraint(f"likes {_MARK}", name="likes"),
        CheckConstraint(f"doing {_MARK}", name="doing"),
        CheckConstraint(f"company {_MARK}", name="company"),
        CheckConstraint(f"deciding {_MARK}", name="deciding"),
        CheckConstraint(f"safe {_MARK}", name="safe"),
        Index("ix_group_voice_place", "tenant_id", "place_id"),
    )
    group_evaluation_id: Mapped[UUID]
    place_id: Mapped[UUID]
    likes: Mapped[str]
    doing: Mapped[str]
    company: Mapped[str]
    deciding: Mapped[str]
    safe: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    how: Mapped[str] = mapped_column(default="own", server_default="own")
    said_on: Mapped[date]


class VoiceElsewhere(Municipal, Base):
    """What another municipality's participants answered to one question, as numbers. `home` is that municipality's id."""

    __tablename__ = "voice_elsewhere"
    __table_args__ = (
        owned_fk("group_evaluation_id", "group_evaluation"),
        UniqueConstraint("tenant_id", "group_evaluation_id", "home", "question"),
        CheckConstraint("question IN ('likes', 'doing', 'company', 'deciding', 'safe')", name="question"),
        CheckConstraint("said_yes >= 0 AND said_some >= 0 AND said_no >= 0", name="numbers"),
    )
    group_evaluation_id: Mapped[UUID]
    home: Mapped[UUID]
    question: Mapped[str]
    said_yes: Mapped[int]
    said_some: Mapped[int]
    said_no: Mapped[int]


class LeaderView(Municipal, Stamped, Base):
    """How a leader has seen the half-year: what goes well, and what should be otherwise. For the coordinator."""

    __tablename__ = "group_leader_view"
    __table_args__ = (
        owned_fk("group_evaluation_id", "group_evaluation"),
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "group_evaluation_id", "contact_id"),
    )
    group_evaluation_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    went_well: Mapped[str] = mapped_column(default="", server_default="")
    otherwise: Mapped[str] = mapped_column(default="", server_default="")
