"""Letters in a case, the interim reply of the one-month clock, and the legal texts that letters quote."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Reference, Stamped, owned_fk
from sammen.i18n_mark import N_

LETTER_KINDS = {
    "decision": N_("Vedtaksbrev"),
    "interim": N_("Foreløpig svar"),
    "advance_notice": N_("Forhåndsvarsel"),
    "complaint": N_("Brev om klage"),
    "evaluation": N_("Brev om evaluering"),
    "handover": N_("Brev om ny saksbehandler"),
    "ending": N_("Brev om at tjenesten er slutt"),
    "information": N_("Brev"),
}
"""What a letter is about; the name is what people see. A kind of its own gets a line here."""


class LegalText(Reference, Base):
    """What a letter says of rights, word for word, in a language and between two days (A6, A13): dated data."""

    __tablename__ = "legal_text"
    __table_args__ = (CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),)
    code: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    body: Mapped[str]


class Letter(Municipal, Stamped, Base):
    """A letter to one recipient, as it was written: never changed, only sent or stopped (a trigger holds it).

    `content` is what the sheet was given and `pdf` what came of it; `sha256` is the file's. `person_id` is whom the case
    is about, `recipient_id` who gets it. `about` is the decision, complaint or interim reply it tells of. `guarded` says
    that an address in the case is protected: then no address stands in the letter, and it is written by hand.
    """

    __tablename__ = "letter"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("person_id", "person"),
        owned_fk("recipient_id", "person"),
        owned_fk("corrects_id", "letter"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in LETTER_KINDS)})", name="kind"),
        CheckConstraint("state IN ('ready', 'sent', 'cancelled')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_on IS NOT NULL)", name="sent"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason <> '')", name="cancelled"),
        CheckConstraint("sent_on IS NULL OR sent_on >= dated", name="sent_after"),
        CheckConstraint("recipient_role IN ('self', 'parent', 'guardian', 'power_of_attorney')", name="role"),
        CheckConstraint("language_form IN ('nb', 'nn')", name="language_form"),
        Index("ix_letter_case", "tenant_id", "case_id"),
        Index("ix_letter_about", "tenant_id", "about"),
        Index("ix_letter_person", "tenant_id", "person_id"),
        Index("ix_letter_recipient", "tenant_id", "recipient_id"),
        Index("ix_letter_ready", "tenant_id", "send_by", "id", postgresql_where=text("state = 'ready'")),
        Index("ix_letter_sent", "tenant_id", "sent_on", "id", postgresql_where=text("state = 'sent'")),
    )
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="ready", server_default="ready")
    channel: Mapped[str] = mapped_column(default="print", server_default="print")
    dated: Mapped[date]
    send_by: Mapped[date | None]
    recipient_id: Mapped[UUID]
    recipient_name: Mapped[str]
    recipient_role: Mapped[str]
    guarded: Mapped[bool] = mapped_column(default=False, server_default="false")
    language_form: Mapped[str]
    title: Mapped[str]
    content: Mapped[dict[str, Any]]
    pdf: Mapped[bytes]
    sha256: Mapped[bytes]
    about: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None]
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(default="", server_default="")
    sent_on: Mapped[date | None]
    sent_by: Mapped[UUID | None]
    sent_by_name: Mapped[str] = mapped_column(default="", server_default="")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")


class InterimReply(Municipal, Stamped, Base):
    """The interim reply to one application (fvl. § 11 a; A5): drafted before the limit, written by the caseworker.

    `send_by` is the last day it may be sent, `expected_on` the day the decision is promised for. The letters that carry
    it have its id in `about`.
    """

    __tablename__ = "interim_reply"
    __table_args__ = (
        owned_fk("application_id", "application"),
        owned_fk("case_id", "case_file"),
        UniqueConstraint("tenant_id", "application_id", "send_by"),
        CheckConstraint("state IN ('draft', 'written', 'dropped')", name="state"),
        CheckConstraint("state <> 'written' OR (reason <> '' AND expected_on IS NOT NULL)", name="written"),
        Index("ix_interim_reply_case", "tenant_id", "case_id"),
        Index("ix_interim_reply_draft", "tenant_id", "send_by", postgresql_where=text("state = 'draft'")),
    )
    application_id: Mapped[UUID]
    case_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    send_by: Mapped[date]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    expected_on: Mapped[date | None]
    drafted_on: Mapped[date]
