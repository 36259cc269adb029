"""What a decision takes away from the one it replaces, and the notice that must come first (fvl. § 16; A15). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from sammen.i18n_mark import N_
from tenants.decisions.rules import hours_a_year

WAIVERS: Mapping[str, tuple[str, str]] = {
    "known": (
        N_("Personen vet om det, og har fått tid til å uttale seg"),
        N_("Forvaltningsloven § 16 tredje ledd bokstav c. Også når varsel er åpenbart unødvendig."),
    ),
    "impracticable": (
        N_("Det er ikke praktisk mulig å varsle"),
        N_("Forvaltningsloven § 16 tredje ledd bokstav a. Også når et varsel kan hindre at vedtaket virker."),
    ),
    "no_address": (
        N_("Adressen er ukjent"),
        N_("Forvaltningsloven § 16 tredje ledd bokstav b. Skriv hvordan dere har lett."),
    ),
}
"""When notice need not be given (fvl. § 16 third paragraph): code, what it says, and where it stands."""


class Granted(Protocol):
    """What a service is compared by: facts in a form, or a row."""

    @property
    def form(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Reduction:
    """Something taken away. `what`: gone, hours (`left` hours a year) or shorter (`left` is the new last day)."""

    form: str
    what: str
    left: str = ""

    def __str__(self) -> str:
        return f"{self.form}:{self.what}:{self.left}"

    @classmethod
    def parse(cls, text: str) -> Reduction:
        """Read what `str` wrote."""
        form, what, left = text.split(":", 2)
        return cls(form, what, left)

    def within(self, told: Reduction) -> bool:
        """Whether a notice that told of `told` told of this too: as much taken, or less."""
        if self.form != told.form:
            return False
        if told.what == "gone":
            return True
        if self.what != told.what:
            return False
        return Decimal(self.left) >= Decimal(told.left) if self.what == "hours" else self.left >= told.left


def reductions(before: Sequence[Granted], after: Sequence[Granted]) -> list[Reduction]:
    """What `after` takes away: a form that is gone, fewer hours (compared by hours_a_year), an earlier last day.

    A group whose hours are not stated gives what its meetings give: no reduction.
    """
    found = []
    now = {grant.form: grant for grant in after}
    for was in before:
        grant = now.get(was.form)
        if grant is None:
            found.append(Reduction(was.form, "gone"))
            continue
        if was.amount is not None and grant.amount is not None:
            left = hours_a_year(grant.amount, grant.unit)
            if left < hours_a_year(was.amount, was.unit):
                found.append(Reduction(was.form, "hours", f"{left:.2f}"))
        if grant.valid_to is not None and (was.valid_to is None or grant.valid_to < was.valid_to):
            found.append(Reduction(was.form, "shorter", grant.valid_to.isoformat()))
    return found


def least_reply_by(given: date, notice_days: int) -> date:
    """The earliest reply deadline: the municipality's days after the notice, two weeks at least (fvl. § 16 first
    paragraph asks for a stated time; the days are dated data, AllocationRule.notice_days).
    """
    return given + timedelta(days=notice_days)


class Given(Protocol):
    """A notice as kept."""

    @property
    def covers(self) -> Sequence[str]: ...
    @property
    def reply_by(self) -> date | None: ...
    @property
    def waiver(self) -> str: ...
    @property
    def replied_on(self) -> date | None: ...


def told_of(taken: Sequence[Reduction], notice: Given) -> bool:
    """Whether the notice told of everything that is taken away."""
    told = [Reduction.parse(text) for text in notice.covers]
    return all(any(one.within(known) for known in told) for one in taken)


def settled(taken: Sequence[Reduction], notices: Sequence[Given], today: date) -> bool | None:
    """Whether a decision that takes `taken` away may be made today: somebody was told of all of it, and has replied, or
    the deadline has passed, or there is a reason not to give notice (fvl. § 16). None when nothing is taken away.
    """
    if not taken:
        return None
    return any(
        told_of(taken, notice)
        and (
            bool(notice.waiver)
            or notice.replied_on is not None
            or (notice.reply_by is not None and notice.reply_by < today)
        )
        for notice in notices
    )
