"""A payroll run, what it pays line by line, the files it became, and what payroll must know to make them (B9).

Money is whole øre (`*_ore`). What a closed run pays never changes: triggers refuse it (`payroll_stands`), and what was
wrong is taken back by new items in a later run.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Stamped, owned_fk

COMPONENTS = ("hours", "holiday", "expense", "receipts", "kilometres", "commute")
"""What an hour's line may be paid for, as the rate engine names it."""
_COMPONENT = f"component IN {COMPONENTS}"


class PayrollRun(Municipal, Stamped, Base):
    """One run: everything approved and unpaid until `last`. `computing` → `ready` → `closed`, or `discarded`.

    At most one is open (computing or ready) in a municipality, so that no two runs can hold the same line. `number` is
    given when it closes, so that closed runs are numbered 1, 2, 3 … in the year of their pay day without holes.
    """

    __tablename__ = "payroll_run"
    __table_args__ = (
        CheckConstraint("state IN ('computing', 'ready', 'closed', 'discarded')", name="state"),
        CheckConstraint("first <= last", name="period"),
        CheckConstraint(
            "(state = 'closed') = (number IS NOT NULL) AND (state = 'closed') = (closed_at IS NOT NULL)", name="closed"
        ),
        UniqueConstraint("tenant_id", "pay_year", "number"),
        Index(
            "uq_payroll_run_open", "tenant_id", unique=True, postgresql_where=text("state IN ('computing', 'ready')")
        ),
        Index("ix_payroll_run_last", "tenant_id", "last"),
    )  # fmt: skip
    first: Mapped[date]
    last: Mapped[date]
    pay_on: Mapped[date]
    pay_year: Mapped[int]
    """The year of the pay day: the payroll system's year."""
    number: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="computing", server_default="computing")
    back_pay_from: Mapped[date | None]
    """When set: hours paid by older rates since this day are raised to the rates that hold now."""
    task_id: Mapped[UUID | None]
    computed_at: Mapped[datetime | None]
    rates_seen: Mapped[bytes] = mapped_column(default=b"", server_default=text("''::bytea"))
    """A digest of the rate tables it was computed by: it cannot be closed by others."""
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    total_ore: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    contact_count: Mapped[int] = mapped_column(default=0, server_default="0")
    line_count: Mapped[int] = mapped_column(default=0, server_default="0")
    summary: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """Sums by component and by KOSTRA function, and how many were left out for what: figures without people."""


class PayItem(Municipal, Base):
    """One component of one line, or of an assignment's month (`line_id` empty). Never changed, only taken back.

    `pay`: the first time. `reversal`: takes `reverses_id` back, since the line is corrected. `adjustment` and `back_pay`:
    the difference to what was paid, on top of `follows_id`. Each line's component is paid once, each item taken back
    once and followed once: unique keys hold it, whatever the code does.
    """

    __tablename__ = "pay_item"
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        owned_fk("run_id", "payroll_run"),
        owned_fk("contact_id", "support_contact"),
        owned_fk("assignment_id", "assignment"),
        owned_fk("line_id", "timesheet_line"),
        owned_fk("reverses_id", "pay_item"),
        owned_fk("follows_id", "pay_item"),
        CheckConstraint("kind IN ('pay', 'reversal', 'adjustment', 'back_pay')", name="kind"),
        CheckConstraint(_COMPONENT, name="component"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("(kind IN ('adjustment', 'back_pay')) = (follows_id IS NOT NULL)", name="follows"),
        Index(
            "uq_pay_item_line", "tenant_id", "line_id", "component", "part", unique=True,
            postgresql_where=text("kind = 'pay'"),
        ),
        Index(
            "uq_pay_item_month", "tenant_id", "assignment_id", "month", "component", "part", unique=True,
            postgresql_where=text("kind = 'pay' AND line_id IS NULL"),
        ),
        UniqueConstraint("tenant_id", "reverses_id"),
        UniqueConstraint("tenant_id", "follows_id"),
        Index("ix_pay_item_run", "tenant_id", "run_id", "contact_id"),
        Index("ix_pay_item_contact", "tenant_id", "contact_id", "month"),
    )  # fmt: skip
    run_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default="pay", server_default="pay")
    month: Mapped[date]
    """The first day of the calendar month the component counts in."""
    component: Mapped[str]
    part: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """A line that pushes cheaper kilometres out of a month's limit has a part for each: 0 is the first."""
    worked_on: Mapped[date]
    quantity: Mapped[Decimal]
    rate_ore: Mapped[int] = mapped_column(BigInteger)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    rule: Mapped[str]
    """Which row of the rate table, in words."""
    form: Mapped[str]
    employee_no: Mapped[str]
    pay_code: Mapped[str]
    """The payroll system's code as it was when the run was computed; empty when none is set, and then it cannot close."""
    account: Mapped[str]
    """The accounting string by the municipality's template."""
    art: Mapped[str]
    department: Mapped[str]
    kostra_function: Mapped[str]
    project: Mapped[str]
    reverses_id: Mapped[UUID | None]
    follows_id: Mapped[UUID | None]


class PayNotice(Municipal, Base):
    """Something payroll must know before a run is closed: what was left out, and why, or what looks odd."""

    __tablename__ = "pay_notice"
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (
        owned_fk("run_id", "payroll_run", ondelete="CASCADE"),
        owned_fk("contact_id", "support_contact"),
        owned_fk("assignment_id", "assignment"),
        CheckConstraint(
            "kind IN ('no_number', 'no_rate', 'no_agreement', 'not_attested', 'over_decision', 'lowered')", name="kind"
        ),
        CheckConstraint("lines > 0", name="lines"),
        Index("ix_pay_notice_run", "tenant_id", "run_id", "kind"),
    )  # fmt: skip
    run_id: Mapped[UUID]
    kind: Mapped[str]
    contact_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    lines: Mapped[int]
    """How many lines of hours it is about."""
    worked_on: Mapped[date]
    """The first of their days."""
    hours: Mapped[Decimal]


class PayFile(Municipal, Base):
    """A file of a closed run: made once, the same bytes however often it is fetched."""

    __tablename__ = "pay_file"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("run_id", "payroll_run"),
        CheckConstraint("format IN ('csv', 'visma')", name="format"),
        UniqueConstraint("tenant_id", "run_id", "format"),
    )
    run_id: Mapped[UUID]
    format: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes]
    sha256: Mapped[bytes]
    rows: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PayCode(Municipal, Stamped, Base):
    """The payroll system's code (lønnsart) and KOSTRA art for a component from a pay day on. `form` empty: every form."""

    __tablename__ = "pay_code"
    __table_args__ = (
        CheckConstraint(_COMPONENT, name="component"),
        CheckConstraint("form IN ('', 'individual', 'group', 'organisation', 'training')", name="form"),
        UniqueConstraint("tenant_id", "valid_from", "component", "form"),
    )
    valid_from: Mapped[date]
    component: Mapped[str]
    form: Mapped[str] = mapped_column(default="", server_default="")
    code: Mapped[str]
    art: Mapped[str] = mapped_column(default="", server_default="")


class PayAccounting(Municipal, Stamped, Base):
    """How an accounting string is put together from a pay day on, and its dimensions for the two kinds of purchaser.

    KOSTRA: function 234 for health and care, 251 for child welfare (barnevern), unless the municipality says otherwise.
    """

    __tablename__ = "pay_accounting"
    __table_args__ = (UniqueConstraint("tenant_id", "valid_from"),)
    valid_from: Mapped[date]
    template: Mapped[str]
    department: Mapped[str] = mapped_column(default="", server_default="")
    kostra_function: Mapped[str] = mapped_column(default="234", server_default="234")
    project: Mapped[str] = mapped_column(default="", server_default="")
    child_department: Mapped[str] = mapped_column(default="", server_default="")
    child_function: Mapped[str] = mapped_column(default="251", server_default="251")
    child_project: Mapped[str] = mapped_column(default="", server_default="")
    numbered: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether Visma's file carries year and run; Visma.net Payroll wants 0 in both."""


class PayeeNumber(Municipal, Stamped, Base):
    """A contact's employee number in the payroll system. Without one, hours wait: they are not lost."""

    __tablename__ = "payee_number"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "contact_id"),
        UniqueConstraint("tenant_id", "number"),
    )
    contact_id: Mapped[UUID]
    number: Mapped[str]
