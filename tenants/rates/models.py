"""What municipalities pay: dated tables of rates, and what has been agreed for one assignment (B7)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Reference, Stamped, owned_fk


class RateTable(Municipal, Stamped, Base):
    """What one unit of a municipality pays from a day until its next table begins. A draft pays nobody."""

    __tablename__ = "rate_table"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'in_force')", name="state"),
        CheckConstraint("holiday_percent >= 0 AND holiday_percent <= 25", name="holiday_percent"),
        CheckConstraint("holiday_for IN ('any', 'employee', 'contractor')", name="holiday_for"),
        Index(
            "uq_rate_table_in_force",
            "tenant_id",
            "unit",
            "valid_from",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
    )
    valid_from: Mapped[date]
    unit: Mapped[str] = mapped_column(default="", server_default="")
    """A unit with a table of its own; "" is the whole municipality. Units without one follow that."""
    name: Mapped[str] = mapped_column(default="", server_default="")
    holiday_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0), server_default="0")
    """Added to the hourly pay; 0 where holiday pay is not paid along with it."""
    holiday_for: Mapped[str] = mapped_column(default="any", server_default="any")
    """Whose hourly pay the percentage is added to: everybody's, employees' or contractors'."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    in_force_at: Mapped[datetime | None]
    in_force_by: Mapped[UUID | None]


class RateStep(Municipal, Base):
    """One row of a table: what is paid (`component`, `mode`, `kroner`), for whom, and its limits in a calendar month.

    Conditions that are not set hold for everybody; ages are whole years, both ends included.
    """

    __tablename__ = "rate_step"
    __table_args__ = (
        owned_fk("table_id", "rate_table", ondelete="CASCADE"),
        CheckConstraint(
            "(component = 'hours' AND mode IN ('rate', 'supplement'))"
            " OR (component = 'expense' AND mode IN ('per_hour', 'per_month', 'by_agreement', 'none'))"
            " OR (component = 'receipts' AND mode IN ('receipts', 'none'))"
            " OR (component = 'kilometres' AND mode IN ('rate', 'state', 'by_agreement', 'none'))"
            " OR (component = 'commute' AND mode IN ('rate', 'state', 'together', 'by_agreement', 'none'))",
            name="mode",
        ),
        CheckConstraint(
            "(mode IN ('rate', 'supplement', 'per_hour', 'per_month')) = (kroner IS NOT NULL)",
            name="kroner_given",
        ),
        CheckConstraint("kroner > 0", name="kroner"),
        CheckConstraint("form IN ('any', 'individual', 'group', 'organisation', 'training')", name="form"),
        CheckConstraint("engagement IN ('any', 'employee', 'contractor')", name="engagement"),
        CheckConstraint(
            "age_from >= 0 AND age_to >= COALESCE(age_from, 0) AND user_age_from >= 0"
            " AND user_age_to >= COALESCE(user_age_from, 0) AND seniority_months >= 0",
            name="ages",
        ),
        CheckConstraint(
            "cap_km > 0 AND cap_kroner > 0 AND cap_receipt > 0 AND cap_trips > 0 AND least_kroner > 0",
            name="limits",
        ),
        UniqueConstraint("tenant_id", "table_id", "position"),
    )
    table_id: Mapped[UUID]
    position: Mapped[int]
    component: Mapped[str]
    mode: Mapped[str]
    kroner: Mapped[Decimal | None]
    """Kroner an hour, a month or a kilometre, by component and mode."""
    form: Mapped[str] = mapped_column(default="any", server_default="any")
    engagement: Mapped[str] = mapped_column(default="any", server_default="any")
    age_from: Mapped[int | None]
    age_to: Mapped[int | None]
    seniority_months: Mapped[int | None]
    competence: Mapped[str] = mapped_column(default="", server_default="")
    """A code of `contacts.COMPETENCES`, completed by the day worked; "" asks for none."""
    user_age_from: Mapped[int | None]
    user_age_to: Mapped[int | None]
    cap_km: Mapped[Decimal | None]
    cap_kroner: Mapped[Decimal | None]
    cap_receipt: Mapped[Decimal | None]
    """The most that is covered of one meeting's receipts."""
    cap_trips: Mapped[int | None]
    least_kroner: Mapped[Decimal | None]
    """What a month with anything to pay comes to at the least."""


class AssignmentTerms(Municipal, Stamped, Base):
    """What has been agreed for one assignment from a day on, beside the table or within it (Drammen, Fjord)."""

    __tablename__ = "assignment_terms"
    __table_args__ = (
        owned_fk("assignment_id", "assignment"),
        CheckConstraint(
            "expense_mode IN ('', 'per_hour', 'per_month', 'receipts', 'none')", name="expense_mode"
        ),
        CheckConstraint(
            "(expense_mode IN ('per_hour', 'per_month')) = (expense_kroner IS NOT NULL)", name="expense"
        ),
        CheckConstraint("kilometres_mode IN ('', 'rate', 'state', 'none')", name="kilometres_mode"),
        CheckConstraint("(kilometres_mode = 'rate') = (km_kroner IS NOT NULL)", name="kilometres"),
        CheckConstraint(
            "expense_kroner > 0 AND expense_cap > 0 AND km_kroner > 0 AND cap_km > 0 AND cap_km_kroner > 0",
            name="amounts",
        ),
        UniqueConstraint("tenant_id", "assignment_id", "valid_from"),
    )
    assignment_id: Mapped[UUID]
    valid_from: Mapped[date]
    unit: Mapped[str] = mapped_column(default="", server_default="")
    """Whose table the assignment follows."""
    expense_mode: Mapped[str] = mapped_column(default="", server_default="")
    """"" follows the table."""
    expense_kroner: Mapped[Decimal | None]
    expense_cap: Mapped[Decimal | None]
    """The most against receipts in a calendar month."""
    kilometres_mode: Mapped[str] = mapped_column(default="", server_default="")
    km_kroner: Mapped[Decimal | None]
    cap_km: Mapped[Decimal | None]
    cap_km_kroner: Mapped[Decimal | None]
    note: Mapped[str] = mapped_column(default="", server_default="")


class StateKmRate(Reference, Base):
    """The state's kilometre rate for a private car, as far as it can be shown where it stands. Gaps are gaps."""

    __tablename__ = "state_km_rate"
    __table_args__ = (
        CheckConstraint("kroner > 0", name="kroner"),
        CheckConstraint("valid_to >= valid_from", name="days"),
    )
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    kroner: Mapped[Decimal]
    source: Mapped[str]


class AdministrationCost(Municipal, Stamped, Base):
    """What running the service costs in a year beside the hours, in kroner."""

    __tablename__ = "administration_cost"
    __table_args__ = (UniqueConstraint("tenant_id", "year"), CheckConstraint("kroner >= 0", name="kroner"))
    year: Mapped[int]
    kroner: Mapped[Decimal]
