"""What a municipality has decided about the provider's work: dated rows, the newest that has begun is in force."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped


class ProvisionRule(Municipal, Stamped, Base):
    """The municipality's own rules for contacts, hours and follow-up from a day on (B2, B5, B6, B8, B10, B11)."""

    __tablename__ = "provision_rule"
    __table_args__ = (
        UniqueConstraint("tenant_id", "valid_from"),
        CheckConstraint("minimum_age BETWEEN 13 AND 25", name="minimum_age"),
        CheckConstraint("attest_from_age BETWEEN 12 AND 18", name="attest_from_age"),
        CheckConstraint("period_from_day BETWEEN 1 AND 28", name="period_from_day"),
        CheckConstraint("hand_in_day BETWEEN 1 AND 28", name="hand_in_day"),
        CheckConstraint("hand_in_months BETWEEN 1 AND 12", name="hand_in_months"),
        CheckConstraint("pay_day BETWEEN 1 AND 28", name="pay_day"),
        CheckConstraint("carry_over_months BETWEEN 0 AND 11", name="carry_over_months"),
        CheckConstraint("conversation_months BETWEEN 1 AND 12", name="conversation_months"),
        CheckConstraint("information_meetings BETWEEN 0 AND 12", name="information_meetings"),
        CheckConstraint("silent_days BETWEEN 7 AND 180", name="silent_days"),
        CheckConstraint("ask_hours BETWEEN 1 AND 168", name="ask_hours"),
    )
    valid_from: Mapped[date]
    minimum_age: Mapped[int] = mapped_column(default=18, server_default="18")
    """The youngest a contact may be on the first day (B11). Under 18 a parent must have said yes."""
    attest_required: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether hours are attested by the service user, or a parent or guardian, before they are approved (B8)."""
    attest_from_age: Mapped[int] = mapped_column(default=16, server_default="16")
    """From this age the service user attests alone; below it a parent or guardian does (B8)."""
    period_from_day: Mapped[int] = mapped_column(default=1, server_default="1")
    """The day of the month a pay period begins: 1 is the calendar month, 21 is from the 21st to the 20th."""
    hand_in_day: Mapped[int] = mapped_column(default=20, server_default="20")
    """The first day of this number after a period has ended is its deadline; 25 at some places."""
    hand_in_months: Mapped[int] = mapped_column(default=2, server_default="2")
    """Hours older than this many months are late, whatever the deadline (at least every second month: 2)."""
    pay_day: Mapped[int] = mapped_column(default=12, server_default="12")
    """The day of the month wages are paid out, as shown to the contact."""
    carry_over_months: Mapped[int] = mapped_column(default=2, server_default="2")
    """Hours not used may be used this many months later, within the decision and the calendar year; 0: never (B19)."""
    conversation_months: Mapped[int] = mapped_column(default=3, server_default="3")
    """The longest time between two conversations with a contact (B6; Sørum: every two to three months)."""
    guidance_before_start: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether a contact is given guidance before the first assignment begins (B4)."""
    course_before_start: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the introductory course is completed before the first assignment begins: guidance alone is not enough (B4)."""
    training_course_before_start: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether a treningskontakt must have passed the training course before the first such assignment begins (B16)."""
    information_meetings: Mapped[int] = mapped_column(default=2, server_default="2")
    """How many information meetings a contact takes part in during a calendar year (B5)."""
    silent_days: Mapped[int] = mapped_column(default=45, server_default="45")
    """A contact with a running assignment who has not been heard from for this long stands on a list."""
    ask_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    """How long a substitute has to answer when asked (B10)."""
    collective_agreement: Mapped[str] = mapped_column(default="", server_default="")
    """The collective agreement (tariffavtale) that employed contacts come under, named in their agreement (aml. § 14-6)."""
    pension: Mapped[str] = mapped_column(default="", server_default="")
    """Pension and insurance, and who gives them, named in the agreement of those employed (aml. § 14-6)."""
