"""Second factors, one-time codes, and letters about an account. The app role reaches them only through functions.

Codes are kept as keyed hashes (keys.Keys.code_mark), secrets sealed (keys.Keys.seal_factor): neither a copy of the
database nor the house's key is enough.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity


class SecondFactor(Identity, Base):
    """A code app (TOTP, RFC 6238). `last_step`: the newest time step a code was taken for; older and equal ones are refused.

    At most one confirmed a person, and one that is being set up; confirming a new one takes the old one's place.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("octet_length(sealed) >= 28 AND octet_length(sealed) <= 200", name="sealed"),
        Index("ix_second_factor_user", "user_id"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0, server_default="0")
    confirmed_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SpareCode(Identity, Base):
    """A code that is good once. `recovery`: shown to the person for the day the app is lost. `sheet`: on paper, from the
    municipality, for those with neither app nor telephone.
    """

    __tablename__ = "spare_code"
    __table_args__ = (
        CheckConstraint("kind IN ('recovery', 'sheet')", name="kind"),
        UniqueConstraint("user_id", "mark"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    kind: Mapped[str]
    mark: Mapped[bytes]
    used_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SentCode(Identity, Base):
    """A code on its way by SMS or e-mail: six digits, ten minutes, five tries, once.

    `login`: to get in. `phone`, `email`: to show that one reads what is sent to `address`.
    """

    __tablename__ = "sent_code"
    __table_args__ = (
        CheckConstraint("what IN ('login', 'phone', 'email')", name="what"),
        Index("ix_sent_code_user", "user_id", "made_at"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    what: Mapped[str]
    address: Mapped[str]
    mark: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountLink(Identity, Base):
    """A link that is good once: `reset` for a new password (30 minutes), `join` for a new employee (7 days).

    A municipality or a region is who invited; `role` and its days are what an employee gets by answering.
    """

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("what IN ('reset', 'join')", name="what"),
        CheckConstraint("(what = 'join') = (role IS NOT NULL)", name="role"),
        UniqueConstraint("lookup"),
        Index("ix_account_link_user", "user_id"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    what: Mapped[str]
    lookup: Mapped[bytes]
    name: Mapped[str] = mapped_column(default="", server_default="")
    """What who invited calls them; the account's own name stays what it was."""
    role: Mapped[str | None]
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    role_to: Mapped[date | None]
    made_by: Mapped[UUID | None]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountNotice(Identity, Base):
    """A letter about an account on its way: past the municipalities' outboxes, since an account is no municipality's.

    `sealed` is the code or link it carries, emptied when it has left. `kind` and `scope_id` are the place whose job
    carries it, which reads nothing there.
    """

    __tablename__ = "account_notice"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint("state IN ('queued', 'sent', 'failed')", name="state"),
        Index("ix_account_notice_due", "made_at", postgresql_where="state = 'queued'"),
        Index("ix_account_notice_user", "user_id"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    kind: Mapped[str]
    scope_id: Mapped[UUID]
    channel: Mapped[str]
    address: Mapped[str]
    code: Mapped[str]
    sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    good_until: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountKnock(Identity, Base):
    """One knock at a door of accounts, so that they can be counted: keyed hashes of network or address, never those."""

    __tablename__ = "account_knock"
    __table_args__ = (Index("ix_account_knock_who", "who", "what", "at"),)
    who: Mapped[bytes]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
