"""People a municipality serves or who represent them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class Person(Municipal, Stamped, Base):
    """A person in one municipality. The national number is encrypted; `number_hash` finds it (keys.Keys.number_hash).

    `protection` follows the population register: kode 7 is a confidential address, kode 6 a strictly confidential one.
    `user_id` is set when the person has a login (contact, service user, representative).
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("protection IN ('none', 'kode7', 'kode6')", name="protection"),
        CheckConstraint("sex IN ('F', 'M')", name="sex"),
        CheckConstraint("language_form IN ('nb', 'nn')", name="language_form"),
        UniqueConstraint("tenant_id", "number_hash"),
        Index("ix_person_birth", "tenant_id", "birth_date"),
        Index("ix_person_user", "tenant_id", "user_id", postgresql_where="user_id IS NOT NULL"),
    )
    given_name: Mapped[str]
    family_name: Mapped[str]
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    number_cipher: Mapped[bytes | None]
    number_hash: Mapped[bytes | None]
    language_form: Mapped[str] = mapped_column(default="nb", server_default="nb")
    street: Mapped[str] = mapped_column(default="", server_default="")
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")
    protection: Mapped[str] = mapped_column(default="none", server_default="none")
    speaks: Mapped[str] = mapped_column(default="", server_default="")
    user_id: Mapped[UUID | None]


class PersonNameWord(Municipal, Base):
    """One folded word of a name (names.fold), `COLLATE "C"`: found by `starts_with()`, which keeps its index under
    row-level security where `lower(x) LIKE` does not.
    """

    __tablename__ = "person_name_word"
    __table_args__ = (
        owned_fk("person_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "person_id", "word"),
        Index("ix_person_name_word_word", "tenant_id", "word"),
    )
    person_id: Mapped[UUID]
    word: Mapped[str] = mapped_column(Text(collation="C"))


class Representative(Municipal, Stamped, Base):
    """Acts for a service user: parent, guardian (verge) or holder of power of attorney, each on their own (A14)."""

    __tablename__ = "representative"
    __table_args__ = (
        owned_fk("person_id", "person"),
        owned_fk("acts_for_id", "person"),
        CheckConstraint("role IN ('parent', 'guardian', 'power_of_attorney')", name="role"),
        Index("ix_representative_acts_for", "tenant_id", "acts_for_id"),
        Index("ix_representative_person", "tenant_id", "person_id"),
    )
    person_id: Mapped[UUID]
    acts_for_id: Mapped[UUID]
    role: Mapped[str]
    scope: Mapped[str] = mapped_column(default="", server_default="")
    receives_letters: Mapped[bool] = mapped_column(default=True, server_default="true")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
