"""Each of fifteen municipalities' published rules, said as data and paid right (B7). Sums are worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from tenants.provision.api import PayPeriod
from tenants.rates.api import (
    Agreed,
    Item,
    NoRate,
    Payee,
    RateStep,
    RateTable,
    RateTables,
    Terms,
    Worked,
    settle,
)
from tests.rate_samples import JANUARY, OWN_HOURLY, RULES, STATE, Published, met, tables_of

HERE, THERE = uuid4(), uuid4()
GROWN = Payee(date(1990, 6, 15), date(2020, 1, 1))
CHILD, ADULT = date(2012, 1, 1), date(1980, 1, 1)


def paid(
    rule: Published | RateTables, worked: Sequence[Worked], *, payee: Payee = GROWN, born: date = ADULT,
    agreed: tuple[Agreed, ...] = (), earlier: Sequence[Item] = (),
) -> dict[str, int]:  # fmt: skip
    """Øre by component."""
    tables = rule.tables if isinstance(rule, Published) else rule
    agreed = rule.agreed if isinstance(rule, Published) and not agreed else agreed
    terms = {line.assignment_id: Terms(born, agreed) for line in worked}
    found: Counter[str] = Counter()
    for item in settle(tables, payee, terms, worked, earlier):
        found[item.component] += item.amount_ore
    return dict(found)


def days(first: date, *hours: str, **more: str) -> list[Worked]:
    """A meeting a week from a day."""
    return [
        met(first + timedelta(days=7 * week), worth, at=HERE, **more)  # type: ignore[arg-type]  # texts only
        for week, worth in enumerate(hours)
    ]


MARCH = date(2026, 3, 2)


def test_all_fifteen_are_here_and_each_tells_where_it_was_published() -> None:
    assert len(RULES) == 15
    assert all(rule.source_url.startswith("https://") for rule in RULES.values())


def test_kvinnherad_pays_195_for_one_and_235_for_a_group() -> None:
    day = date(2023, 5, 4)
    worked = [met(day, "2.5", at=HERE), met(day, "2", form="group", at=THERE)]
    assert paid(RULES["kvinnherad"], worked) == {"hours": 48_750 + 47_000}


def test_levanger_pays_expenses_by_the_users_age_and_at_most_fifty_kilometres_for_children() -> None:
    first = date(2017, 3, 1)
    worked = days(first, "2", "2", "2", km="30")
    # 6 h × 147,95 = 887,70; 100 kr a month; 50 km × 4,10 = 205,00
    assert paid(RULES["levanger"], worked, born=date(2005, 1, 1)) == {
        "hours": 88_770, "expense": 10_000, "kilometres": 20_500,
    }  # fmt: skip
    assert paid(RULES["levanger"], worked, born=ADULT) == {"hours": 88_770, "expense": 5_000, "kilometres": 0}
    with pytest.raises(NoRate):
        paid(RULES["levanger"], worked, payee=Payee(date(2001, 1, 1)))


def test_hemnes_pays_receipts_up_to_200_a_hundred_kilometres_and_the_way_there_besides() -> None:
    worked = days(date(2010, 6, 1), "3", "3", kr="150", km="80", commute="12")
    # 6 × 126,98 = 761,88; 300 laid out → 200; 160 km → 100 × 3,65; 24 km × 3,65 = 87,60
    assert paid(RULES["hemnes"], worked) == {
        "hours": 76_188, "receipts": 20_000, "kilometres": 36_500, "commute": 8_760,
    }  # fmt: skip


def test_sandefjord_covers_expenses_by_the_hour() -> None:
    assert paid(RULES["sandefjord"], days(MARCH, "2.5", "2")) == {"hours": 90_000, "expense": 12_600}


def test_drammen_agrees_expenses_by_the_hour_or_the_month_and_kilometres_for_some() -> None:
    worked = days(MARCH, "2", "3", km="10")
    # 5 h × 30 = 150; 20 km × the state's 5,30 = 106
    assert paid(RULES["drammen"], worked) == {"hours": 100_000, "expense": 15_000, "kilometres": 10_600}
    monthly = (Agreed(JANUARY, expense_mode="per_month", expense_ore=300_00),)
    assert paid(RULES["drammen"], worked, agreed=monthly) == {
        "hours": 100_000, "expense": 30_000, "kilometres": 0,
    }  # fmt: skip


def test_molde_adds_twelve_per_cent_in_place_of_holiday_pay() -> None:
    assert paid(RULES["molde"], days(MARCH, "2.5")) == {"hours": 50_000, "holiday": 6_000}


@pytest.mark.parametrize(("name", "ore"), [("verdal", 2_399), ("stjordal", 3_330)])
def test_verdal_and_stjordal_pay_one_rate_to_everybody(name: str, ore: int) -> None:
    # 0,3 h × 79,95 = 23,985, rounded half up; 0,3 × 111 = 33,30
    assert paid(RULES[name], [met(date(2008, 5, 5), "0.3", at=HERE)]) == {"hours": ore}


def test_heroy_covers_one_journey_a_month_the_way_to_the_user_included() -> None:
    worked = [
        met(MARCH, km="10", commute="5", trips=1, at=HERE),
        met(MARCH + timedelta(days=7), km="20", commute="5", trips=1, at=HERE),
        met(date(2026, 4, 1), km="4", at=HERE),
    ]
    # March: the longest journey, 25 km × 4; April: 4 km × 4
    assert paid(RULES["heroy"], worked)["kilometres"] == 10_000 + 1_600


def test_hareid_stops_at_two_hundred_kroner_a_month() -> None:
    worked = [*days(MARCH, "2", "2", "2", km="30"), met(date(2026, 4, 1), km="30", at=HERE)]
    assert paid(RULES["hareid"], worked)["kilometres"] == 20_000 + 12_000


def test_sande_has_no_limit() -> None:
    assert paid(RULES["sande"], days(MARCH, "2", "2", "2", km="300"))["kilometres"] == 360_000


@pytest.mark.parametrize(("kilometres", "ore"), [("1", 6_000), ("17", 6_800), ("90", 8_000), ("0", 0)])
def test_volda_pays_between_sixty_and_eighty_kroner_a_month(kilometres: str, ore: int) -> None:
    assert paid(RULES["volda"], days(MARCH, "2", km=kilometres)).get("kilometres", 0) == ore


def test_fjord_has_steps_of_age_and_kilometres_by_agreement() -> None:
    born = date(2001, 3, 9)  # 25 between the two meetings
    worked = days(MARCH, "2", "2", km="30")
    assert paid(RULES["fjord"], worked, payee=Payee(born)) == {"hours": 84_000, "kilometres": 14_000}


def test_kragero_has_groups_beside_the_others() -> None:
    worked = [met(MARCH, "3", at=HERE), met(MARCH, "3", form="group", at=THERE)]
    assert paid(RULES["kragero"], worked) == {"hours": 60_000 + 75_000}


def test_meland_pays_holiday_pay_where_it_had_been_cut() -> None:
    worked = [met(date(2017, 4, 4), "2", at=HERE)]
    assert paid(RULES["meland"], worked) == {"hours": 40_000, "holiday": 4_080}
    cut = tables_of(OWN_HOURLY, valid_from=date(2017, 1, 1))
    assert paid(cut, worked) == {"hours": 40_000}


# Shapes others use ----------------------------------------------------------------------------------------------------
def test_seniority_and_age_steps_count_on_the_day_worked() -> None:
    tables = tables_of(
        RateStep("hours", "rate", 150_00, age_to=17), RateStep("hours", "rate", 180_00),
        RateStep("hours", "rate", 190_00, seniority_months=24), RateStep("hours", "rate", 210_00, seniority_months=60),
    )  # fmt: skip
    young = Payee(date(2008, 3, 9), date(2026, 1, 1))
    assert paid(tables, days(MARCH, "1", "1"), payee=young) == {"hours": 15_000 + 18_000}
    long_here = Payee(date(1980, 1, 1), date(2021, 3, 9))
    assert paid(tables, days(MARCH, "1", "1"), payee=long_here) == {"hours": 19_000 + 21_000}


def test_a_completed_course_counts_from_the_day_it_was_completed_and_while_it_holds() -> None:
    tables = tables_of(
        RateStep("hours", "rate", 180_00), RateStep("hours", "rate", 200_00, competence="first_aid")
    )
    payee = Payee(competences=((date(2026, 3, 9), date(2026, 3, 15), "first_aid"),))
    assert paid(tables, days(MARCH, "1", "1", "1"), payee=payee) == {"hours": 18_000 + 20_000 + 18_000}


def test_training_contacts_and_organisations_may_have_rates_of_their_own() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("hours", "rate", 260_00, form="training"))
    worked = [met(MARCH, "1", form=form, at=uuid4()) for form in ("training", "organisation", "individual")]
    assert paid(tables, worked) == {"hours": 26_000 + 20_000 + 20_000}


def test_contractors_get_holiday_pay_with_the_hours_and_employees_from_payroll() -> None:
    tables = tables_of(OWN_HOURLY, holiday=Decimal(12), holiday_for="contractor")
    assert paid(tables, days(MARCH, "1")) == {"hours": 20_000}
    contractor = Payee(engagements=((JANUARY, None, "contractor"),))
    assert paid(tables, days(MARCH, "1"), payee=contractor) == {"hours": 20_000, "holiday": 2_400}


def test_a_supplement_is_added_to_the_rate_that_holds() -> None:
    tables = tables_of(
        OWN_HOURLY, RateStep("hours", "supplement", 15_00, competence="first_aid"),
        RateStep("hours", "supplement", 5_00, form="group"),
    )  # fmt: skip
    payee = Payee(competences=((JANUARY, None, "first_aid"),))
    assert paid(tables, [met(MARCH, "1", form="group", at=HERE)], payee=payee) == {"hours": 22_000}


def test_a_rate_that_changes_in_mid_period_is_that_of_the_day() -> None:
    tables = RateTables.of(
        [RateTable(uuid4(), "", JANUARY, (RateStep("hours", "rate", 200_00),)),
         RateTable(uuid4(), "", date(2026, 3, 10), (RateStep("hours", "rate", 210_00),))], STATE,
    )  # fmt: skip
    assert paid(tables, days(MARCH, "1", "1", "1")) == {"hours": 20_000 + 20_000 + 21_000}


def test_a_period_from_the_21st_to_the_20th_gets_the_monthly_sum_once_for_each_calendar_month() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("expense", "per_month", 100_00))
    period = PayPeriod.of(date(2026, 4, 1), 21)
    first = [met(date(2026, 3, 10), "1", at=HERE)]
    second = [met(period.first, "1", at=HERE), met(period.last, "1", at=HERE)]
    terms = {HERE: Terms()}
    earlier = settle(tables, GROWN, terms, first)
    then = settle(tables, GROWN, terms, second, earlier)
    assert [item.month for item in then if item.component == "expense"] == [date(2026, 4, 1)]


def test_two_assignments_have_a_monthly_sum_and_limits_each() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("expense", "per_month", 100_00), RULES["hareid"].steps[1])
    worked = [met(MARCH, km="100", at=HERE), met(MARCH, km="100", at=THERE)]
    assert paid(tables, worked) == {"hours": 80_000, "expense": 20_000, "kilometres": 40_000}


def test_each_receipt_has_a_limit_and_the_month_has_one() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("receipts", "receipts", cap_receipt_ore=80_00, cap_ore=150_00))
    items = settle(tables, GROWN, {}, days(MARCH, "1", "1", "1", kr="100"))
    assert [item.amount_ore for item in items if item.component == "receipts"] == [8_000, 7_000, 0]
    assert items[-1].rule == "2026-01-01#cap_kroner"


def test_an_agreement_for_the_assignment_may_lower_the_limit_or_refuse_kilometres() -> None:
    own = (Agreed(JANUARY, cap_km=Decimal(20)),)
    assert paid(RULES["sande"], days(MARCH, "1", "1", km="15"), agreed=own)["kilometres"] == 8_000
    none = (Agreed(JANUARY, kilometres_mode="none"),)
    assert paid(RULES["sande"], days(MARCH, "1", km="15"), agreed=none)["kilometres"] == 0


def test_the_units_table_goes_before_the_municipalitys() -> None:
    tables = RateTables.of(
        [RateTable(uuid4(), "", JANUARY, (OWN_HOURLY,)),
         RateTable(uuid4(), "Psykisk helse", date(2026, 3, 9), (RateStep("hours", "rate", 230_00),))],
    )  # fmt: skip
    unit = (Agreed(JANUARY, unit="Psykisk helse"),)
    assert paid(tables, days(MARCH, "1", "1"), agreed=unit) == {"hours": 20_000 + 23_000}


def test_an_unknown_birth_date_fits_no_step_of_age_but_the_rest() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("hours", "rate", 300_00, age_from=50))
    assert paid(tables, days(MARCH, "1"), payee=Payee()) == {"hours": 20_000}


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2013, 6, 1)])
def test_a_day_without_a_rate_is_told_and_nothing_is_guessed(day: date) -> None:
    with pytest.raises(NoRate) as told:
        settle(tables_of(OWN_HOURLY), GROWN, {}, [met(day, at=HERE)])
    assert (told.value.day, told.value.form) == (day, "individual")


def test_the_states_rate_for_a_day_nobody_knows_it_is_told_and_nothing_is_guessed() -> None:
    tables = tables_of(OWN_HOURLY, RateStep("kilometres", "state"), valid_from=date(2012, 1, 1))
    with pytest.raises(NoRate) as told:
        settle(tables, GROWN, {}, [met(date(2013, 6, 1), km="3", at=HERE)])
    assert told.value.component == "kilometres"


def test_the_order_of_conditions_is_as_the_page_says() -> None:
    tables = tables_of(
        OWN_HOURLY, RateStep("hours", "rate", 210_00, seniority_months=12), RateStep("hours", "rate", 220_00, age_from=18),
        RateStep("hours", "rate", 230_00, competence="first_aid"), RateStep("hours", "rate", 240_00, form="group"),
    )  # fmt: skip
    payee = Payee(date(1990, 1, 1), date(2010, 1, 1), ((JANUARY, None, "first_aid"),))
    assert paid(tables, [met(MARCH, "1", form="group", at=HERE)], payee=payee) == {"hours": 24_000}
    assert paid(tables, [met(MARCH, "1", at=HERE)], payee=payee) == {"hours": 23_000}
    assert paid(tables, [met(MARCH, "1", at=HERE)], payee=GROWN) == {"hours": 22_000}
    assert paid(tables, [met(MARCH, "1", at=HERE)], payee=Payee(None, date(2010, 1, 1))) == {"hours": 21_000}


def test_what_is_claimed_and_covered_by_nothing_is_told_with_nought() -> None:
    items = settle(tables_of(OWN_HOURLY), GROWN, {}, days(MARCH, "1", kr="50", km="3"))
    assert [(one.component, one.amount_ore, one.rule[11:]) for one in items[1:]] == [
        ("receipts", 0, "none"), ("kilometres", 0, "none"),
    ]  # fmt: skip
