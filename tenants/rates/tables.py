"""Rate tables as values: which row holds for an hour, a month or a kilometre. Pure; kroner are int øre (B7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

CONDITIONS = ("form", "competence", "engagement", "age", "seniority", "user_age")
"""The order conditions count in: of the rows that fit, the one that names the service goes before one that does not,
then the one that names a course, and so on. What is left is the row whose step is the highest (see `RateStep.rank`)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row may ask about, on a day. An age that is not known fits no row that asks for one."""

    form: str
    engagement: str = "employee"
    age: int | None = None
    months: int | None = None
    competences: tuple[str, ...] = ()
    user_age: int | None = None


@dataclass(frozen=True, slots=True)
class RateStep:
    """See models.RateStep for what each field means. `rate_ore` is øre an hour, a month or a kilometre."""

    component: str
    mode: str
    rate_ore: int | None = None
    form: str = "any"
    engagement: str = "any"
    age_from: int | None = None
    age_to: int | None = None
    seniority_months: int | None = None
    competence: str = ""
    user_age_from: int | None = None
    user_age_to: int | None = None
    cap_km: Decimal | None = None
    cap_ore: int | None = None
    cap_receipt_ore: int | None = None
    cap_trips: int | None = None
    least_ore: int | None = None

    @property
    def conditions(self) -> tuple[object, ...]:
        """What tells two rows of one component apart; rows alike in this say the same, and only one may stand."""
        return (
            self.form, self.competence, self.engagement, self.age_from, self.age_to, self.seniority_months,
            self.user_age_from, self.user_age_to,
        )  # fmt: skip

    @property
    def names(self) -> tuple[bool, ...]:
        """Which conditions the row has, in the order of CONDITIONS."""
        return (
            self.form != "any",
            bool(self.competence),
            self.engagement != "any",
            self.age_from is not None or self.age_to is not None,
            self.seniority_months is not None,
            self.user_age_from is not None or self.user_age_to is not None,
        )

    @property
    def rank(self) -> tuple[object, ...]:
        """Sorts the row that is to win last: most named, then the highest step, the narrowest, the dearest."""
        return (
            self.names,
            self.age_from or 0, -(self.age_to or 999),
            self.seniority_months or 0,
            self.user_age_from or 0, -(self.user_age_to or 999),
            self.rate_ore or 0, self.competence,
        )  # fmt: skip

    def fits(self, facts: Facts) -> bool:
        """Whether every condition of the row holds."""
        return (
            self.form in ("any", facts.form)
            and self.engagement in ("any", facts.engagement)
            and (not self.competence or self.competence in facts.competences)
            and _within(facts.age, self.age_from, self.age_to)
            and _within(facts.months, self.seniority_months, None)
            and _within(facts.user_age, self.user_age_from, self.user_age_to)
        )


def _within(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


@dataclass(frozen=True)
class RateTable:
    """A table in force from `valid_from`. `holiday_percent` is added to hourly pay, for `holiday_for`."""

    id: UUID
    unit: str
    valid_from: date
    steps: tuple[RateStep, ...]
    name: str = ""
    holiday_percent: Decimal = Decimal(0)
    holiday_for: str = "any"

    @cached_property
    def _ranked(self) -> Mapping[tuple[str, str], Sequence[RateStep]]:
        """(component, "supplement" or "") → rows, the one that is to win first."""
        found: dict[tuple[str, str], list[RateStep]] = {}
        for step in sorted(self.steps, key=lambda one: one.rank, reverse=True):
            extra = "supplement" if step.mode == "supplement" else ""
            found.setdefault((step.component, extra), []).append(step)
        return found

    @cached_property
    def personal(self) -> bool:
        """Whether an hour's pay depends on who works it, or for whom, and not only on the service."""
        rows = [*self._ranked.get(("hours", ""), ()), *self._ranked.get(("hours", "supplement"), ())]
        return any(any(step.names[1:]) for step in rows) or (
            self.holiday_for != "any" and self.holiday_percent > 0
        )

    def has(self, component: str) -> bool:
        """Whether the table has a row of the component."""
        return (component, "") in self._ranked

    def best(self, component: str, facts: Facts) -> RateStep | None:
        """The row that holds, or None when none fits."""
        return next((step for step in self._ranked.get((component, ""), ()) if step.fits(facts)), None)

    def hour_ore(self, facts: Facts) -> int | None:
        """Øre an hour: the row that holds and every supplement that fits. None when no row does."""
        step = self.best("hours", facts)
        if step is None or step.rate_ore is None:
            return None
        extras = self._ranked.get(("hours", "supplement"), ())
        return step.rate_ore + sum(one.rate_ore or 0 for one in extras if one.fits(facts))

    def holiday(self, engagement: str) -> Decimal:
        """The percentage added to hourly pay for an employee or a contractor."""
        return self.holiday_percent if self.holiday_for in ("any", engagement) else Decimal(0)


@dataclass(frozen=True, slots=True)
class StateRate:
    """The state's kilometre rate, øre, from a day to a day or on."""

    valid_from: date
    valid_to: date | None
    rate_ore: int


@dataclass(frozen=True)
class RateTables:
    """Every table in force of a municipality, newest first, and the state's kilometre rates, newest first."""

    tables: tuple[RateTable, ...]
    state: tuple[StateRate, ...] = ()
    _found: dict[tuple[date, str], RateTable | None] = field(
        default_factory=dict, repr=False, compare=False, hash=False
    )

    @classmethod
    def of(cls, tables: Sequence[RateTable], state: Sequence[StateRate] = ()) -> RateTables:
        """Put in order."""
        return cls(
            tuple(sorted(tables, key=lambda one: (one.valid_from, one.unit, str(one.id)), reverse=True)),
            tuple(sorted(state, key=lambda one: one.valid_from, reverse=True)),
        )

    def on(self, day: date, unit: str = "") -> RateTable | None:
        """The table in force on a day for a unit; the municipality's own where the unit has none."""
        key = (day, unit)
        if key not in self._found:
            self._found[key] = next(
                (
                    table
                    for wanted in dict.fromkeys((unit, ""))
                    for table in self.tables
                    if table.unit == wanted and table.valid_from <= day
                ),
                None,
            )
        return self._found[key]

    def state_ore(self, day: date) -> int | None:
        """The state's rate for a kilometre on a day, or None where it is not known."""
        for rate in self.state:
            if rate.valid_from <= day:
                return rate.rate_ore if rate.valid_to is None or day <= rate.valid_to else None
        return None

    @property
    def personal(self) -> bool:
        """Whether any table asks about people (see RateTable.personal), or units have tables of their own."""
        return any(table.personal or table.unit for table in self.tables)
