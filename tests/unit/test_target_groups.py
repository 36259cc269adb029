"""Target groups in dated divisions (D9): pure."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sammen.figures import UNKNOWN
from tenants.cases.targets import (
    TARGET,
    VERSIONS,
    TargetRow,
    TargetVersion,
    dimension_of,
    target_code,
    target_now,
    version_on,
)

LATER = TargetVersion(date(2030, 1, 1), {"mental": ("Psykisk helse", ""), "substance": ("Rus", "")})


def row(code: str, day: date, minute: int) -> TargetRow:
    return TargetRow(code, day, datetime(2026, 3, 1, 9, minute, tzinfo=UTC), "Tove")


def test_a_new_division_is_a_break_and_every_code_there_has_been_keeps_a_name() -> None:
    divided = dimension_of((*VERSIONS, LATER))
    assert divided.breaks == (date(2030, 1, 1),)
    assert [code for code, _ in divided.codes][:2] == ["mental", "substance"]
    assert dict(divided.codes)["mental"] == "Psykisk helse"
    assert divided.code_set >= TARGET.code_set
    assert divided.codes[-1][0] == UNKNOWN
    assert TARGET.breaks == ()


def test_the_division_of_a_day_is_the_newest_that_has_begun_and_before_the_first_the_first() -> None:
    both = (*VERSIONS, LATER)
    assert version_on(date(2029, 12, 31), both) is VERSIONS[0]
    assert version_on(date(2030, 1, 1), both) is LATER
    assert version_on(date(1990, 1, 1), both) is VERSIONS[0]


def test_the_newest_that_has_begun_holds_and_the_first_one_holds_for_the_time_before_it() -> None:
    # As they come from the database: the newest day first, and of one day what was written last.
    rows = [
        row("ageing", date(2026, 9, 1), 9),
        row("other", date(2026, 3, 1), 5),
        row("mental", date(2026, 3, 1), 1),
    ]
    assert target_now(rows, date(2026, 12, 1)) is rows[0]
    assert target_now(rows, date(2026, 8, 31)) is rows[1]
    assert target_now(rows, date(2020, 1, 1)) is rows[1]
    assert target_now([], date(2026, 1, 1)) is None


def test_a_list_may_say_the_code_or_the_name_in_any_letters() -> None:
    assert target_code(" utviklingshemming ") == "intellectual"
    assert target_code("MENTAL") == "mental"
    assert target_code("noe annet") == ""
