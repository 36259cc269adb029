"""Rules of assemblies, without a database."""

from __future__ import annotations

import calendar
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sammen.i18n_mark import N_
from sammen.series import LONGEST, day_off

KINDS = {
    "guidance": N_("Veiledningsgruppe"),
    "gathering": N_("Samling"),
    "network": N_("Nettverksmøte"),
    "information": N_("Informasjonsmøte"),
}
AUDIENCES = {
    "engaged": N_("Alle støttekontaktene som er i tjeneste"),
    "groups": N_("De som leder eller har oppdrag i grupper"),
    "picked": N_("De jeg krysser av for"),
}
EVERY = {
    "once": N_("Bare én gang"),
    "week": N_("Hver uke"),
    "two_weeks": N_("Annenhver uke"),
    "month": N_("Hver måned, samme ukedag"),
    "days": N_("På dager jeg skriver selv"),
}
ANSWERS = {"yes": N_("Kommer"), "no": N_("Kommer ikke")}
CODE_LETTERS = "ACDEFHJKLMNPRTUVWXY34679"
"""Letters and digits that are not taken for each other when read from a board."""
OPENS, CLOSES = timedelta(minutes=30), timedelta(hours=2)
"""One can check in from so long before the meeting begins until so long after it ends."""
DOOR_SHOWN = timedelta(hours=24)
"""So long beforehand the holder sees the code for the board."""
SHORT_NOTICE = timedelta(hours=48)
"""Called off with less notice than this, those who said they come are to be rung as well."""
REMIND = timedelta(days=3)
LEAST = 3
"""Numbers of others under this are not told."""


def new_code() -> str:
    """What is written on the board: five letters and digits."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(5))


def same_code(typed: str, wanted: str) -> bool:
    """Whether somebody typed the code, whatever the case and spaces."""
    plain = "".join(typed.upper().split()).replace("-", "")
    return bool(wanted) and secrets.compare_digest(plain.encode(), wanted.encode())


def may_check_in(now: datetime, starts: datetime, ends: datetime) -> bool:
    """Whether the door is open: from half an hour before until two hours after."""
    return starts - OPENS <= now <= ends + CLOSES


def _nth(day: date) -> int:
    return (day.day - 1) // 7


def _monthly(first: date, last: date) -> list[date]:
    """The same weekday of each month: the first Tuesday stays the first. A fifth one is the last where there are four."""
    found: list[date] = []
    year, month = first.year, first.month
    while len(found) < LONGEST:
        offset = (first.weekday() - date(year, month, 1).weekday()) % 7
        days = range(1 + offset, calendar.monthrange(year, month)[1] + 1, 7)
        day = date(year, month, days[min(_nth(first), len(days) - 1)])
        if day > last:
            break
        found.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def series_days(every: str, first: date, last: date, days: Sequence[date] = ()) -> list[date]:
    """The days of a series from `first` to `last`, both with; `every` is one of EVERY. At most a little over a year."""
    if every == "days":
        return sorted({first, *days})[:LONGEST]
    if every == "month":
        return _monthly(first, last)
    if every == "once":
        return [first]
    step = 7 if every == "week" else 14
    count = max(0, min((last - first).days // step + 1, LONGEST))
    return [first + timedelta(days=step * n) for n in range(count)]


def without_holidays(days: Sequence[date], *, easter_week: bool) -> tuple[list[date], list[tuple[date, str]]]:
    """(days to keep, days left out with the holiday's name as a msgid). `easter_week`: leave Mon–Wed before Easter out."""
    kept, left = [], []
    for day in days:
        name = day_off(day, easter_week=easter_week)
        if name:
            left.append((day, name))
        else:
            kept.append(day)
    return kept, left
