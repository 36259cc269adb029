"""Pure rules of contacts: what vetting lacks, how long somebody stays, and which endings are the contact's own choice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Protocol

from sammen.i18n_mark import N_

KINDS: Final[Mapping[str, str]] = {
    "individual": N_("Én bruker om gangen"),
    "group": N_("Aktivitetsgruppe"),
    "training": N_("Treningskontakt"),
}
"""What a contact wants to do (B1)."""

REASONS: Final[Mapping[str, str]] = {
    "own_wish": N_("Ønsker ikke å fortsette"),
    "no_time": N_("Har ikke tid lenger"),
    "other_work": N_("Har fått annet arbeid"),
    "illness": N_("Sykdom"),
    "parental_leave": N_("Fødsel eller omsorg for eget barn"),
    "studies": N_("Studier eller skole"),
    "moved": N_("Har flyttet"),
    "died": N_("Er død"),
    "municipality": N_("Kommunen avsluttet"),
}
"""Why a contact leaves, as a person may choose it."""
NOT_RELEVANT = "not_relevant"
REASON_NAMES: Final[Mapping[str, str]] = {**REASONS, NOT_RELEVANT: N_("Ikke aktuell")}
OWN_CHOICE: Final = frozenset({"own_wish", "no_time", "other_work"})
"""What counts as a commitment broken by choice (B12): never illness, birth, study, moving or the municipality's ending."""

ENQUIRY_DAYS: Final = 3
"""An enquiry that nobody has answered after so many days stands on Min dag."""


class _Vetted(Protocol):
    @property
    def police_shown_on(self) -> date | None: ...

    @property
    def confidentiality_signed_on(self) -> date | None: ...


def lacking(card: _Vetted) -> list[str]:
    """What is missing before names may be shown and a first meeting held (B2), as msgids: none when all is in place."""
    missing = []
    if card.police_shown_on is None:
        missing.append(N_("politiattest"))
    if card.confidentiality_signed_on is None:
        missing.append(N_("taushetserklæring"))
    return missing


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


def tenure_months(since: date, until: date) -> int:
    """Whole months from the first day to a day; 0 before the first month has gone."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(0, months - (add_months(since, months) > until))


def committed_until(since: date | None, commits_months: int) -> date | None:
    """The day the contact has said they will stay until; None when nothing was promised or they have not begun (B12)."""
    return add_months(since, commits_months) if since is not None and commits_months else None


def broken_by_choice(since: date | None, commits_months: int, ended_on: date, reason: str) -> bool:
    """Whether somebody left before the time they had promised, of their own choice (B12)."""
    until = committed_until(since, commits_months)
    return until is not None and ended_on < until and reason in OWN_CHOICE


def turnover(at_start: int, left: int) -> int | None:
    """How many of a hundred contacts at the start of a year have left in it, whole percent; None without anybody."""
    return round(100 * left / at_start) if at_start else None
