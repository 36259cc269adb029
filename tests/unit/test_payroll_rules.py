"""What payroll knows without a database: codes, accounting strings, pay days, differences, and the bytes of its files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.payroll.files import FileRow, kroner, own_csv, visma_file
from tenants.payroll.rules import Accounting, CodeRow, Codes, Difference, pay_day, unknown_places

ROW = FileRow(
    UUID(int=1), "1042", "Amund Vik", UUID(int=0xABCDEF), "pay", "hours", date(2026, 10, 6), Decimal("3.50"), 20_000, 70_000,
    "4200", "4120.0109.234", "4120", "0109", "234", "", "2020-01-01#hours", None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("purchaser", "expected"), [("child", "4120.0109.234"), ("adult", "4120.0109.234"), ("child_welfare", "0109.251.P7")]
)  # fmt: skip
def test_an_account_follows_the_purchaser_and_leaves_no_empty_place(purchaser: str, expected: str) -> None:
    made = Accounting(department="4120", child_project="P7")
    assert made.account(purchaser, "0109") == expected


def test_a_template_may_name_only_what_there_is() -> None:
    assert unknown_places("{ansvar}-{art}/{funksjon}") == []
    assert unknown_places("{ansvar}.{navn}") == ["navn"]
    assert unknown_places("{ansvar") == unknown_places('="x"') == [""]


def test_a_code_for_the_form_goes_before_one_for_all_and_a_later_one_waits_for_its_day() -> None:
    rows = [
        CodeRow(date(2026, 1, 1), "hours", "", "4200", ""), CodeRow(date(2026, 1, 1), "hours", "group", "4210", "0109"),
        CodeRow(date(2027, 1, 1), "hours", "", "5200", ""),
    ]  # fmt: skip
    codes = Codes(rows, date(2026, 12, 12))
    assert codes.of("hours", "group") == ("4210", "0109")
    assert codes.of("hours", "individual") == ("4200", "")
    assert codes.of("receipts", "group") == ("", "")
    assert Codes(rows, date(2027, 1, 12)).of("hours", "individual") == ("5200", "")


@pytest.mark.parametrize(
    ("last", "run_on", "expected"),
    [
        (date(2026, 10, 31), date(2026, 11, 3), date(2026, 11, 12)),
        (date(2026, 10, 31), date(2026, 11, 12), date(2026, 12, 12)),
        (date(2026, 11, 20), date(2026, 11, 22), date(2026, 12, 12)),
        (date(2026, 12, 31), date(2026, 12, 20), date(2027, 1, 12)),
    ],
)
def test_the_pay_day_comes_after_both_the_period_and_the_run(
    last: date, run_on: date, expected: date
) -> None:
    assert pay_day(last, run_on, 12) == expected


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (100, 0, "new"),
        (0, 100, "gone"),
        (151, 100, "up"),
        (150, 100, ""),
        (50, 100, ""),
        (49, 100, "down"),
        (0, 0, ""),
    ],
)
def test_more_than_half_up_or_down_is_pointed_out(now: int, before: int, change: str) -> None:
    assert Difference(now, before).change == change


def test_a_line_of_vismas_format_is_as_the_format_says() -> None:
    made = visma_file([ROW], year=2026, run=3).decode("cp1252")
    assert made == '2026;3;1042;4200;0.00;3.50;200.00;700.00;0109;;"4120";"";"234";"";"";"";\r\n'
    assert visma_file([ROW], year=2026, run=3, numbered=False).startswith(b"0;0;1042;")


def test_vismas_file_sums_an_employees_lines_by_code_and_rate_and_never_asks_for_the_employees_own_rate() -> (
    None
):
    same = replace(
        ROW, item_id=UUID(int=2), worked_on=date(2026, 10, 9), quantity=Decimal(2), amount_ore=40_000
    )
    lump = replace(ROW, item_id=UUID(int=3), component="expense", pay_code="4300", quantity=Decimal(1), rate_ore=45_000,
                   amount_ore=45_000)  # fmt: skip
    capped = replace(ROW, item_id=UUID(int=4), component="kilometres", pay_code="4240", quantity=Decimal(80), rate_ore=350,
                     amount_ore=20_000)  # fmt: skip
    nothing = replace(
        ROW, item_id=UUID(int=5), component="commute", pay_code="4241", quantity=Decimal(9), amount_ore=0
    )
    made = visma_file([capped, nothing, lump, same, ROW], year=2026, run=3).decode("cp1252").splitlines()
    assert [line.split(";")[3:8] for line in made] == [
        ["4200", "0.00", "5.50", "200.00", "1100.00"],
        ["4240", "0.00", "1.00", "200.00", "200.00"],
        ["4300", "0.00", "1.00", "450.00", "450.00"],
    ]


def test_what_is_taken_back_is_negative_and_nets_with_what_is_paid_again() -> None:
    back = replace(ROW, item_id=UUID(int=2), kind="reversal", quantity=Decimal("-3.50"), amount_ore=-70_000)
    assert visma_file([back], year=2026, run=3).decode("cp1252").split(";")[5:8] == [
        "-3.50",
        "200.00",
        "-700.00",
    ]
    assert visma_file([back, ROW], year=2026, run=3) == b""


def test_our_own_file_has_every_line_and_no_formula() -> None:
    text = own_csv([replace(ROW, name="=1+1")], year=2026, run=3, pay_on=date(2026, 12, 12)).decode(
        "utf-8-sig"
    )
    head, line = text.splitlines()
    assert head.split(";")[:4] == ["Lønnsår", "Kjøring", "Utbetales", "Ansattnummer"]
    assert line.split(";")[:16] == [
        "2026", "3", "12.12.2026", "1042", "'=1+1", "ABCDEF", "4200", "Timelønn", "Lønn", "06.10.2026", "3,50", "timer",
        "200,00", "700,00", "4120.0109.234", "4120",
    ]  # fmt: skip


@given(st.permutations(list(range(6))))
def test_the_same_lines_give_the_same_bytes_in_whatever_order_they_come(order: list[int]) -> None:
    rows = [replace(ROW, item_id=UUID(int=n + 1), worked_on=date(2026, 10, 1 + n % 3)) for n in range(6)]
    mixed = [rows[n] for n in order]
    assert own_csv(mixed, year=2026, run=1, pay_on=date(2026, 12, 12)) == own_csv(
        rows, year=2026, run=1, pay_on=date(2026, 12, 12)
    )
    assert visma_file(mixed, year=2026, run=1) == visma_file(rows, year=2026, run=1)


@given(st.integers(-(10**9), 10**9))
def test_sums_are_written_as_kroner_without_a_float(ore: int) -> None:
    assert Decimal(kroner(ore, ".")) * 100 == ore
