"""Days of a weekly series, and which of them people have off: times are Norwegian clocks, so that 17:30 stays 17:30 when
summer time begins or ends.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sammen.clock import OSLO
from sammen.i18n_mark import N_
from sammen.workdays import easter_sunday

LONGEST = 60
"""The most days of one series: a little over a year."""
_FIXED = {
    (1, 1): N_("første nyttårsdag"),
    (5, 1): N_("første mai"),
    (5, 17): N_("søttende mai"),
    (12, 24): N_("julaften"),
    (12, 25): N_("første juledag"),
    (12, 26): N_("andre juledag"),
    (12, 31): N_("nyttårsaften"),
}
_FROM_EASTER = {
    -7: N_("palmesøndag"),
    -3: N_("skjærtorsdag"),
    -2: N_("langfredag"),
    -1: N_("påskeaften"),
    0: N_("første påskedag"),
    1: N_("andre påskedag"),
    39: N_("Kristi himmelfartsdag"),
    49: N_("første pinsedag"),
    50: N_("andre pinsedag"),
}
EASTER_WEEK = N_("påskeuka")
_EASTER_WEEK = frozenset({-6, -5, -4})


def day_off(day: date, *, easter_week: bool = True) -> str:
    """What keeps people at home that day (a msgid), or "": public holidays and the eves of Christmas and New Year, which
    most places are closed on, and with `easter_week` Monday to Wednesday before Easter as well.
    """
    name = _FIXED.get((day.month, day.day), "")
    if name:
        return name
    from_easter = (day - easter_sunday(day.year)).days
    if easter_week and from_easter in _EASTER_WEEK:
        return EASTER_WEEK
    return _FROM_EASTER.get(from_easter, "")


def weekly(first: date, last: date) -> list[date]:
    """The days from `first` to `last`, a week between them; none when `last` comes before. At most `LONGEST`."""
    weeks = (last - first).days // 7 + 1
    return [first + timedelta(days=7 * n) for n in range(max(0, min(weeks, LONGEST)))]


def moment(day: date, clock: time) -> datetime:
    """A Norwegian day and clock as a moment. The hour that summer time leaves out is read as the one after it; of the
    hour that comes twice, the first.
    """
    return datetime.combine(day, clock, OSLO)
