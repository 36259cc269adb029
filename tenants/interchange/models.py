"""Which of our rows another system's ids mean, and what it has said of the payroll lines it fetched.

An external id is the program's own: two programs may use the same one for different people (0085).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Stamped, owned_fk


class ExchangedPerson(Municipal, Stamped, Base):
    """The person a program's id stands for. `fingerprint`: a keyed hash of what it last sent, by which the same is told
    from something new.
    """

    __tablename__ = "exchanged_person"
    __table_args__ = (
        owned_fk("client_id", "program_client"),
        owned_fk("person_id", "person"),
        UniqueConstraint("tenant_id", "client_id", "external_id"),
        Index("ix_exchanged_person_person", "tenant_id", "person_id"),
    )
    client_id: Mapped[UUID]
    external_id: Mapped[str]
    person_id: Mapped[UUID]
    fingerprint: Mapped[bytes]


class ExchangedDecision(Municipal, Stamped, Base):
    """The decision a program's id stands for, and what it last said of it (`listed`), so that a correction corrects what
    changed and nothing else.
    """

    __tablename__ = "exchanged_decision"
    __table_args__ = (
        owned_fk("client_id", "program_client"),
        owned_fk("exchanged_person_id", "exchanged_person"),
        owned_fk("case_id", "case_file"),
        owned_fk("application_id", "application"),
        owned_fk("decision_id", "decision"),
        UniqueConstraint("tenant_id", "client_id", "external_id"),
        Index("ix_exchanged_decision_since", "tenant_id", "client_id", "changed_at", "id"),
    )
    client_id: Mapped[UUID]
    external_id: Mapped[str]
    exchanged_person_id: Mapped[UUID]
    case_id: Mapped[UUID]
    application_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    listed: Mapped[dict[str, Any]]
    fingerprint: Mapped[bytes]


class PayrollReceipt(Municipal, Base):
    """What the payroll system said of a run's lines: received, posted or rejected, with its own reference."""

    __tablename__ = "payroll_receipt"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("client_id", "program_client"),
        owned_fk("run_id", "payroll_run"),
        CheckConstraint("outcome IN ('received', 'posted', 'rejected')", name="outcome"),
        CheckConstraint("length(reference) <= 80", name="reference"),
        Index("ix_payroll_receipt_run", "tenant_id", "run_id"),
    )
    client_id: Mapped[UUID]
    run_id: Mapped[UUID]
    outcome: Mapped[str]
    reference: Mapped[str] = mapped_column(default="", server_default="")
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
