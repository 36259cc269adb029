"""Rules of what participants plan and say, without a database (C10, E5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sammen.i18n_mark import N_

CHOICES = 3
"""So many suggestions each participant may want at a time: enough to choose by, few enough to mean something."""
LEAST = 3
"""Numbers of others under this are not told."""
QUESTIONS = {
    "likes": N_("Har du det fint i gruppa?"),
    "doing": N_("Gjør dere ting du liker?"),
    "company": N_("Har du noen å være sammen med der?"),
    "deciding": N_("Får du være med og bestemme hva dere gjør?"),
    "safe": N_("Føler du deg trygg i gruppa?"),
}
ANSWERS = {"yes": N_("Ja"), "some": N_("Litt"), "no": N_("Nei")}
FACES = {"yes": "☺", "some": "😐", "no": "☹"}
"""Beside the word, never instead of it."""
HOW = {
    "own": N_("Svarte selv"),
    "representative": N_("Svarte sammen med foresatt eller verge"),
    "contact": N_("Svarte sammen med støttekontakten"),
    "leader": N_("Svarte sammen med gruppelederen"),
    "office": N_("Sa det til koordinatoren"),
}
BEFORE, AFTER = timedelta(days=42), timedelta(days=90)
"""A half-year is asked about from so long before it ends until so long after."""


def half_of(day: date) -> date:
    """The first day of the half-year that `day` lies in."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def half_end(half: date) -> date:
    """The last day of a half-year."""
    return date(half.year, 6, 30) if half.month == 1 else date(half.year, 12, 31)


def before(half: date) -> date:
    """The half-year before."""
    return half_of(half - timedelta(days=1))


def half_code(half: date) -> str:
    """As it stands in an address: 2026-2."""
    return f"{half.year}-{1 if half.month == 1 else 2}"


def read_half(code: str) -> date | None:
    """The half-year of an address; None for what is none."""
    year, _, number = code.partition("-")
    if number not in ("1", "2") or not (year.isascii() and year.isdigit() and len(year) == 4):
        return None
    if not 2000 <= int(year) <= 2199:
        return None
    return date(int(year), 1 if number == "1" else 7, 1)


def asked_half(day: date) -> date | None:
    """The half-year that is asked about on a day: the present one in its last six weeks, else the last one for three
    months; None in between.
    """
    now = half_of(day)
    if day > half_end(now) - BEFORE:
        return now
    last = before(now)
    return last if day <= half_end(last) + AFTER else None


def due_half(day: date) -> date | None:
    """The half-year whose evaluation is due: the last one, for three months after its end."""
    last = before(half_of(day))
    return last if day <= half_end(last) + AFTER else None


def due_by(half: date) -> date:
    """The day an evaluation should be done: the end of January or July."""
    return half_end(half) + timedelta(days=31)


def tally(voices: Sequence[Mapping[str, str]]) -> dict[str, tuple[int, int, int]]:
    """Question → how many said yes, some and no."""
    return {
        question: (
            sum(one[question] == "yes" for one in voices),
            sum(one[question] == "some" for one in voices),
            sum(one[question] == "no" for one in voices),
        )
        for question in QUESTIONS
    }


def told(
    numbers: Mapping[str, tuple[int, int, int]], voices: int
) -> Mapping[str, tuple[int, int, int]] | None:
    """What may be told to others than one's own coordinator: nothing when fewer than three have answered (E5)."""
    return numbers if voices >= LEAST else None
