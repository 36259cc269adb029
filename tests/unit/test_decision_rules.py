"""What a decision must say, what it takes away, when notice is settled, and what a mapping points to (A3, A4, A6, A15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import Forbidden, Invalid
from sammen.policy.four_eyes import Approval, declared_impartial
from tenants.cases.forms_proposal import AIMS, TRANSPORT, Wanted, near_in_age, propose_forms
from tenants.cases.listing import FORM_NAMES
from tenants.decisions.reductions import Reduction, least_reply_by, reductions, settled, told_of
from tenants.decisions.rules import (
    Checked,
    GrantFacts,
    checklist,
    evaluate_by,
    hours_a_year,
    is_vague_goal,
    overlap,
    period_after,
    turns_adult,
)
from tenants.people.api import age_on, traits
from tenants.timesheets.rules import Month, month_hours

START, END = date(2026, 1, 1), date(2026, 12, 31)
GRANT = GrantFacts(
    "individual", Decimal(3), "week", "mandager", START, END, "Klatre i hallen og øve på bussen dit."
)
GROUP = GrantFacts("group", None, "week", "tirsdager", START, END, "Gå tur sammen med andre.")
WHOLE = Checked("grant", [GRANT], "En fast aktivitet hver uke", "Hun er mye alene", "x", END)
amounts = st.decimals(Decimal("0.5"), Decimal(100), places=1)
units = st.sampled_from(["week", "month"])
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def missing(**changes: object) -> set[str]:
    return {answer.label for answer in checklist(replace(WHOLE, **changes)) if not answer.done}  # type: ignore[arg-type]  # varied on purpose


def test_a_whole_decision_lacks_nothing() -> None:
    assert missing() == set()


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"grants": []}, {"Hvilken tjeneste", "Hvor mye", "Hva det skal brukes til", "Når", "Hvor lenge"}),
        ({"grants": [replace(GRANT, amount=None)]}, {"Hvor mye"}),
        ({"grants": [GROUP]}, set()),
        ({"grants": [GRANT, replace(GROUP, times=" ", valid_to=None)]}, {"Når", "Hvor lenge"}),
        ({"grants": [replace(GRANT, content="")]}, {"Hva det skal brukes til"}),
        ({"grants": [replace(GRANT, content="Litt ymse")]}, {"Hva det skal brukes til"}),
        ({"goal": "  "}, {"Mot hvilket mål"}),
        ({"goal": "Bedre livskvalitet og trivsel i hverdagen"}, {"Mot hvilket mål"}),
        ({"goal": "", "grants": [replace(GRANT, goal="Ta bussen alene til hallen")]}, set()),
        ({"goal": "", "grants": [replace(GRANT, goal="Ta bussen alene"), GROUP]}, {"Mot hvilket mål"}),
        ({"reasons": ""}, {"Hvorfor"}),
        ({"reasons": "Som før"}, {"Hvorfor"}),
        ({"legal_ground": None}, {"Lovhjemmel"}),
        ({"evaluate_on": None}, {"Dato for evaluering"}),
        ({"evaluate_on": date(2027, 1, 2)}, {"Dato for evaluering"}),
        ({"evaluate_on": date(2026, 7, 2), "evaluation_months": 6}, {"Dato for evaluering"}),
        ({"kind": "partial"}, {"Hva som ikke er innvilget"}),
        ({"kind": "partial", "not_granted": "Reiser til utlandet er ikke med"}, set()),
        ({"kind": "refusal", "grants": [], "goal": "", "evaluate_on": None}, set()),
        ({"kind": "refusal", "grants": [], "reasons": ""}, {"Hvorfor"}),
        ({"kind": "ending", "grants": []}, {"Når det slutter", "Hva som skjedde"}),
        ({"kind": "ending", "grants": [], "ends_on": END, "outcome": "wish"}, set()),
        ({"reduction_settled": False}, {"Forhåndsvarsel"}),
        ({"reduction_settled": True}, set()),
    ],
)
def test_the_checklist_names_what_is_missing_or_vague(changes: dict[str, object], lacks: set[str]) -> None:
    assert missing(**changes) == lacks


def test_hours_without_what_they_are_for_are_answered_in_those_words() -> None:
    wrong = [replace(GRANT, content="Klatre og gå tur"), replace(GROUP, amount=Decimal(2), content="")]
    answer = next(a for a in checklist(replace(WHOLE, grants=wrong)) if not a.done)
    assert answer.field == "innhold_1"
    assert answer.advice == "Du har skrevet timer, men ikke hva timene skal brukes til."


@pytest.mark.parametrize(
    "goal", ["Ha det bra i hverdagen", "Økt livskvalitet", "Være glad", "Mer selvstendighet og trivsel"]
)
def test_a_goal_that_nobody_can_see_is_vague(goal: str) -> None:
    assert is_vague_goal(goal)


# One conversion -------------------------------------------------------------------------------------------------------
@given(amounts, units, st.sampled_from([2025, 2026, 2027]))
def test_a_years_hours_are_what_the_months_give_together(amount: Decimal, unit: str, year: int) -> None:
    months = [month_hours(amount, unit, Month(year, n)) for n in range(1, 13)]
    together = sum((hours for hours in months if hours is not None), Decimal(0))
    assert abs(together - hours_a_year(amount, unit)) <= Decimal("0.25") * 12


def test_four_hours_a_week_are_more_than_sixteen_a_month_and_kprs_four_weeks_are_not_used() -> None:
    assert (
        hours_a_year(Decimal(4), "week")
        > hours_a_year(Decimal(17), "month")
        > hours_a_year(Decimal(16), "month")
    )


# Reductions (fvl. § 16) -----------------------------------------------------------------------------------------------
def test_what_is_taken_away_is_named() -> None:
    before = [GRANT, GROUP]
    after = [replace(GRANT, amount=Decimal(12), unit="month", valid_to=date(2026, 6, 30))]
    assert reductions(before, after) == [
        Reduction("individual", "hours", "144.00"),
        Reduction("individual", "shorter", "2026-06-30"),
        Reduction("group", "gone"),
    ]


@given(amounts, units, amounts, units)
def test_a_reduction_is_fewer_hours_in_whatever_unit(a: Decimal, one: str, b: Decimal, other: str) -> None:
    taken = reductions([replace(GRANT, amount=a, unit=one)], [replace(GRANT, amount=b, unit=other)])
    assert bool(taken) == (hours_a_year(b, other) < hours_a_year(a, one))


@given(days, days)
def test_a_reduction_is_an_earlier_last_day(was: date, now: date) -> None:
    first = date(2024, 1, 1)
    before, after = (
        replace(GRANT, valid_from=first, valid_to=was),
        replace(GRANT, valid_from=first, valid_to=now),
    )
    assert bool(reductions([before], [after])) == (now < was)
    assert bool(reductions([replace(before, valid_to=None)], [after]))
    assert not reductions([before], [replace(after, valid_to=None)])


@given(st.sampled_from([Reduction("individual", "hours", "100.00"), Reduction("individual", "shorter", "2026-05-01"),
                        Reduction("group", "gone")]))  # fmt: skip
def test_a_reduction_is_read_as_it_was_written(one: Reduction) -> None:
    assert Reduction.parse(str(one)) == one
    assert one.within(one)
    assert one.within(Reduction(one.form, "gone"))


@dataclass(frozen=True)
class Notice:
    covers: tuple[str, ...]
    reply_by: date | None = None
    waiver: str = ""
    replied_on: date | None = None


TAKEN = [Reduction("individual", "hours", "100.00")]
TOLD = Notice(tuple(map(str, TAKEN)), reply_by=date(2026, 11, 17))


@pytest.mark.parametrize(
    ("day", "may"), [(date(2026, 11, 16), False), (date(2026, 11, 17), False), (date(2026, 11, 18), True)]
)
def test_nothing_is_taken_away_before_the_reply_deadline_is_over(day: date, may: bool) -> None:
    """Fvl. § 16 first paragraph: the party is given the chance to speak within a stated time; its last day is theirs."""
    assert settled(TAKEN, [TOLD], day) is may


def test_a_reply_or_a_reason_not_to_notify_settles_it_at_once() -> None:
    """Fvl. § 16: who has spoken has had the notice's good; third paragraph says when none is needed."""
    day = date(2026, 11, 5)
    assert settled(TAKEN, [replace(TOLD, replied_on=day)], day) is True
    assert settled(TAKEN, [replace(TOLD, reply_by=None, waiver="known")], day) is True
    assert settled(TAKEN, [], day) is False
    assert settled([], [], day) is None


def test_a_notice_holds_for_as_much_as_it_told_of_and_no_more() -> None:
    assert told_of([Reduction("individual", "hours", "150.00")], TOLD)
    assert not told_of([Reduction("individual", "hours", "99.00")], TOLD)
    assert not told_of([Reduction("individual", "shorter", "2026-01-01")], TOLD)
    assert not told_of([Reduction("group", "gone")], TOLD)
    assert told_of([Reduction("individual", "shorter", "2026-01-01")], Notice(("individual:gone:",)))


def test_the_reply_deadline_is_two_weeks_or_what_the_municipality_has_set() -> None:
    """Fvl. § 16: a stated time. The days are dated data of the municipality, never fewer than fourteen."""
    assert least_reply_by(date(2026, 2, 20), 14) == date(2026, 3, 6)
    assert least_reply_by(date(2026, 12, 20), 21) == date(2027, 1, 10)


# Periods --------------------------------------------------------------------------------------------------------------
@given(days, days, days, days)
def test_periods_overlap_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    shared = max(one[0], other[0]) <= min(one[1], other[1])
    assert overlap(one, other) is overlap(other, one) is shared
    assert overlap((one[0], None), (None, None))


@pytest.mark.parametrize(
    ("born", "first", "last", "birthday"),
    [
        (date(2009, 3, 14), date(2026, 12, 1), date(2027, 11, 30), date(2027, 3, 14)),
        (date(2008, 2, 29), date(2025, 12, 1), date(2026, 11, 30), date(2026, 3, 1)),
        (date(2009, 3, 14), date(2027, 3, 14), date(2027, 11, 30), None),
        (date(2009, 3, 14), date(2026, 1, 1), date(2027, 3, 13), None),
        (date(2009, 3, 14), date(2026, 1, 1), None, date(2027, 3, 14)),
        (date(1980, 1, 1), date(2026, 1, 1), date(2026, 12, 31), None),
        (None, date(2026, 1, 1), date(2026, 12, 31), None),
    ],
)
def test_an_18th_birthday_within_the_period_is_found(
    born: date | None, first: date, last: date | None, birthday: date | None
) -> None:
    assert turns_adult(born, first, last) == birthday
    if birthday is not None:
        assert (age_on(born, birthday), age_on(born, birthday - timedelta(days=1))) == (18, 17)


@given(days, st.one_of(st.none(), days))
def test_a_decision_that_follows_begins_the_day_after_and_lasts_a_year(
    today: date, expires: date | None
) -> None:
    first, last = period_after(expires, today, soon=90)
    assert first > today
    assert last == evaluate_by([replace(GRANT, valid_from=first)], 12) - timedelta(days=1)  # type: ignore[operator]  # there is a first day
    if expires is not None and today <= expires <= today + timedelta(days=90):
        assert first == expires + timedelta(days=1)


# Four eyes ------------------------------------------------------------------------------------------------------------
def test_nobody_decides_what_they_have_proposed_unless_the_municipality_lets_one_do_both() -> None:
    one, other = uuid4(), uuid4()
    Approval(one, other)
    Approval(one, one, four_eyes=False)
    with pytest.raises(Forbidden):
        Approval(one, one)


def test_who_prepares_or_decides_declares_that_they_are_impartial() -> None:
    """Fvl. § 6: who is partial neither prepares the ground for a decision nor makes it."""
    declared_impartial(True)
    with pytest.raises(Invalid):
        declared_impartial(False)


# What a mapping points to (A4) ----------------------------------------------------------------------------------------
wanted = st.builds(
    Wanted,
    aims=st.frozensets(st.sampled_from(sorted(AIMS))),
    interests=st.frozensets(st.sampled_from(sorted(traits.INTERESTS)), max_size=5),
    skills=st.frozensets(st.sampled_from(sorted(traits.SKILLS)), max_size=2),
    transport=st.sampled_from(["", *TRANSPORT]),
    alike=st.integers(0, 12),
)


@given(wanted)
def test_something_is_always_proposed_and_always_with_a_reason_that_can_be_said(facts: Wanted) -> None:
    found = propose_forms(facts)
    assert found
    assert len({one.form for one in found}) == len(found)
    for one in found:
        assert one.form in FORM_NAMES
        assert one.reasons
        for why in one.reasons:
            assert why.text % why.params if why.params else why.text


@pytest.mark.parametrize(
    ("facts", "forms"),
    [
        (Wanted({"company"}), ["group"]),
        (Wanted({"company", "predictable"}), ["individual", "group"]),
        (Wanted({"one_to_one"}, alike=9), ["individual"]),
        (Wanted({"interest"}, {"climbing"}, alike=5), ["group"]),
        (Wanted({"interest"}, {"climbing"}, alike=2), ["individual"]),
        (Wanted({"training"}, {"swimming"}), ["training"]),
        (Wanted({"club", "out"}), ["individual", "organisation"]),
        (Wanted({"interest", "company"}), ["group", "organisation"]),
        (Wanted(set(), skills={"sign"}), ["individual"]),
        (Wanted(set()), ["individual"]),
    ],
)
def test_the_forms_follow_from_what_is_wanted(facts: Wanted, forms: list[str]) -> None:
    assert [one.form for one in propose_forms(facts)] == forms


def test_about_the_same_age_is_two_years_for_a_child_and_ten_for_an_adult() -> None:
    day = date(2026, 11, 22)
    assert near_in_age(date(2016, 2, 29), day) == (date(2014, 2, 28), date(2018, 2, 28))
    assert near_in_age(date(1980, 5, 1), day) == (date(1970, 5, 1), date(1990, 5, 1))
    assert near_in_age(None, day) is None
