"""What goes into the engine and what comes out of it: meetings, who is paid, what is agreed, and items. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date

HOURS, HOLIDAY, EXPENSE, RECEIPTS = "hours", "holiday", "expense", "receipts"
KILOMETRES, COMMUTE = "kilometres", "commute"
COMPONENTS = (HOURS, HOLIDAY, EXPENSE, RECEIPTS, KILOMETRES, COMMUTE)


class NoRate(Invalid):
    """No row says what this day's hours, or kilometres, cost. `day`, `form` and `component` tell which is missing."""

    def __init__(self, day: date, form: str, component: str = HOURS) -> None:
        text = (
            N_("Det mangler sats for timer %(day)s. Legg den inn under Satser.")
            if component == HOURS
            else N_("Statens kilometersats for %(day)s er ikke kjent. Skriv en egen sats under Satser.")
        )
        super().__init__(Invalid.one("sats", text, day=format_date(day)).errors)
        self.day, self.form, self.component = day, form, component


@dataclass(frozen=True, slots=True)
class Worked:
    """One approved meeting: hours, kroner laid out, kilometres together and to and from, and how many journeys."""

    line_id: UUID
    assignment_id: UUID
    worked_on: date
    hours: Decimal
    form: str
    expenses: Decimal = Decimal(0)
    kilometres: Decimal = Decimal(0)
    commute_kilometres: Decimal = Decimal(0)
    trips: int = 0


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid: what a row of a table may ask about.

    `competences` are (completed on, last day it counts or None, code); `engagements` (first day, last day, kind).
    """

    birth_date: date | None = None
    since: date | None = None
    competences: tuple[tuple[date, date | None, str], ...] = ()
    engagements: tuple[tuple[date, date | None, str], ...] = ()

    def competences_on(self, day: date) -> tuple[str, ...]:
        """Codes of what is completed by a day, and still counts."""
        held = {one[2] for one in self.competences if one[0] <= day and (one[1] is None or day <= one[1])}
        return tuple(sorted(held))

    def engagement_on(self, day: date) -> str:
        """`employee` unless an agreement on that day says otherwise: that is presumed (aml. § 1-8; B3)."""
        held = [one for one in self.engagements if one[0] <= day and (one[1] is None or day <= one[1])]
        return max(held)[2] if held else "employee"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What has been agreed for an assignment from a day on; see models.AssignmentTerms. Amounts in øre."""

    valid_from: date
    unit: str = ""
    expense_mode: str = ""
    expense_ore: int | None = None
    expense_cap_ore: int | None = None
    kilometres_mode: str = ""
    km_ore: int | None = None
    cap_km: Decimal | None = None
    cap_km_ore: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """An assignment: how old the service user is, and what has been agreed, newest first."""

    user_birth_date: date | None = None
    agreed: tuple[Agreed, ...] = ()

    def on(self, day: date) -> Agreed:
        """What holds on a day; nothing of its own before the first."""
        return next((one for one in self.agreed if one.valid_from <= day), _NOTHING)


_NOTHING = Agreed(date.min)


@dataclass(frozen=True, slots=True)
class Item:
    """What is paid for a meeting, or for a month (`line_id` None). `month` is its first day.

    `amount_ore` is what is paid; quantity × rate says how it came about, and is more where a limit stopped it. `rule` is
    the table's first day and why, "2026-01-01#cap_km" (`words.REASONS`).
    """

    line_id: UUID | None
    assignment_id: UUID
    month: date
    component: str
    worked_on: date
    quantity: Decimal
    rate_ore: int
    amount_ore: int
    rule: str = ""


def months_between(first: date | None, day: date) -> int | None:
    """Whole months from `first` to `day`; None when the first day is not known."""
    if first is None:
        return None
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)
