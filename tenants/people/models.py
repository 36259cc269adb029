"""People a municipality serves or who represent them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from sammen.db.base import Base, Municipal, Reference, Stamped, owned_fk


class Person(Municipal, Stamped, Base):
    """A person in one municipality. The national number is encrypted; `number_hash` finds it (keys.Keys.number_hash).

    `protection` follows the population register: kode 7 is a confidential address, kode 6 a strictly confidential one.
    `user_id` is set when the person has a login (contact, service user, representative). `individual_plan`: has one
    (helse- og omsorgstjenesteloven § 7-1). `merged_into` points from a duplicate to the person who is kept; nothing else
    is left of it than what was read and changed under its id.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("protection IN ('none', 'kode7', 'kode6')", name="protection"),
        CheckConstraint("sex IN ('F', 'M')", name="sex"),
        CheckConstraint("language_form IN ('nb', 'nn')", name="language_form"),
        CheckConstraint("merged_into IS NULL OR merged_into <> id", name="merged_into"),
        owned_fk("merged_into", "person"),
        UniqueConstraint("tenant_id", "number_hash"),
        Index("ix_person_birth", "tenant_id", "birth_date"),
        Index("ix_person_name", "tenant_id", "family_name", "given_name"),
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
    needs_interpreter: Mapped[bool] = mapped_column(default=False, server_default="false")
    interpreter_language: Mapped[str] = mapped_column(default="", server_default="")
    individual_plan: Mapped[bool] = mapped_column(default=False, server_default="false")
    died_on: Mapped[date | None]
    moved_on: Mapped[date | None]
    moved_to: Mapped[str] = mapped_column(default="", server_default="")
    merged_into: Mapped[UUID | None]


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
    """Acts for a service user: parent, guardian (verge) or holder of power of attorney, each on their own (A14).

    `scopes`: what a guardian (vergemålsloven § 26) or a power of attorney (fvl. § 12) reaches to, by the codes of
    representation.SCOPES; a guardian with none is one whose mandate nobody has looked up, and counts as having both.
    `parental_responsibility` and `child_lives` are a parent's. Ended by `valid_to` and `end_reason`, never deleted.
    """

    __tablename__ = "representative"
    __table_args__ = (
        owned_fk("person_id", "person"),
        owned_fk("acts_for_id", "person"),
        CheckConstraint("role IN ('parent', 'guardian', 'power_of_attorney')", name="role"),
        CheckConstraint("child_lives IN ('', 'here', 'visits', 'neither')", name="child_lives"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_representative_acts_for", "tenant_id", "acts_for_id"),
        Index("ix_representative_person", "tenant_id", "person_id"),
    )
    person_id: Mapped[UUID]
    acts_for_id: Mapped[UUID]
    role: Mapped[str]
    scope: Mapped[str] = mapped_column(default="", server_default="")
    scopes: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    parental_responsibility: Mapped[bool] = mapped_column(default=True, server_default="true")
    child_lives: Mapped[str] = mapped_column(default="", server_default="")
    receives_letters: Mapped[bool] = mapped_column(default=True, server_default="true")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")


class AgeRule(Reference, Base):
    """Who holds a right at an age, as dated data (A14): a changed law is a new row and an end date on the old one.

    `what` and `ground` (care or child_welfare), from `from_age` to the day before the birthday `to_age` (none: for
    life). `holder` is a code of ages.Holder. `source` is the section the rule is taken from.
    """

    __tablename__ = "age_rule"
    __table_args__ = (
        CheckConstraint("what IN ('consent', 'letters', 'access', 'log', 'attest', 'party')", name="what"),
        CheckConstraint("ground IN ('care', 'child_welfare')", name="ground"),
        CheckConstraint(
            "holder IN ('self', 'parents', 'parents_heard', 'both', 'parents_unless', 'self_parents_need')",
            name="holder",
        ),
        CheckConstraint("from_age >= 0 AND (to_age IS NULL OR to_age > from_age)", name="ages"),
        UniqueConstraint("what", "ground", "from_age", "valid_from"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str]
    ground: Mapped[str]
    from_age: Mapped[int]
    to_age: Mapped[int | None]
    holder: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
