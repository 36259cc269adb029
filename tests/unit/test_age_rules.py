"""The age rules of deploy/reference_ages.py, a day before, on, and after each birthday that changes something (A14)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.reference_ages import AGE_RULES
from tenants.people.ages import (
    HOLDER_TEXTS,
    Acting,
    Holder,
    Rule,
    What,
    next_change,
    rule_on,
    standing,
    who_attests_hours,
    who_consents,
    who_gets_letters,
    who_is_party,
    who_sees_case,
    who_sees_log,
)
from tenants.people.ages import (
    birthday as day_of_age,
)
from tenants.people.representation import reachable

RULES = [Rule(*row) for row in AGE_RULES]
BORN = date(2010, 3, 14)
DAY = timedelta(days=1)


def birthday(age: int) -> date:
    return BORN.replace(year=BORN.year + age)


def acting(role: str = "parent", *scopes: str, responsible: bool = True, letters: bool = True,
           lives: str = "", start: date = date(2000, 1, 1), end: date | None = None) -> Acting:  # fmt: skip
    return Acting(uuid4(), role, scopes, responsible, lives, letters, start, end)


def holder(what: What, age: int, *, before: bool = False, child_welfare: bool = False) -> str:
    day = birthday(age) - DAY if before else birthday(age)
    return standing(RULES, what, child_welfare=child_welfare, birth_date=BORN, on=day).holder


def test_consent_to_care_is_the_parents_until_sixteen_and_the_child_is_heard_from_twelve() -> None:
    """Pasient- og brukerrettighetsloven §§ 4-3 and 4-4; barnelova §§ 31-33."""
    assert holder(What.CONSENT, 12, before=True) == Holder.PARENTS
    assert holder(What.CONSENT, 12) == Holder.PARENTS_HEARD
    assert holder(What.CONSENT, 16, before=True) == Holder.PARENTS_HEARD
    assert holder(What.CONSENT, 16) == Holder.SELF
    assert holder(What.CONSENT, 18) == Holder.SELF


def test_letters_about_care_go_to_the_child_too_at_fifteen_and_alone_from_sixteen() -> None:
    """Fvl. § 27 (a minor party over 15 is told, too); pasient- og brukerrettighetsloven § 3-4."""
    assert holder(What.LETTERS, 15, before=True) == Holder.PARENTS
    assert holder(What.LETTERS, 15) == Holder.BOTH
    assert holder(What.LETTERS, 16, before=True) == Holder.BOTH
    assert holder(What.LETTERS, 16) == Holder.SELF_PARENTS_NEED
    assert holder(What.LETTERS, 18, before=True) == Holder.SELF_PARENTS_NEED
    assert holder(What.LETTERS, 18) == Holder.SELF


def test_access_to_a_care_case_is_the_parents_with_a_limit_from_twelve_and_only_what_they_need_from_sixteen() -> (
    None
):
    """Fvl. § 18; pasient- og brukerrettighetsloven §§ 3-4 and 5-1."""
    assert holder(What.ACCESS, 12, before=True) == Holder.PARENTS
    assert holder(What.ACCESS, 12) == Holder.PARENTS_UNLESS
    assert holder(What.ACCESS, 15) == Holder.BOTH
    assert holder(What.ACCESS, 16, before=True) == Holder.BOTH
    assert holder(What.ACCESS, 16) == Holder.SELF_PARENTS_NEED
    assert holder(What.ACCESS, 18) == Holder.SELF


def test_the_log_of_readers_is_the_young_persons_own_from_sixteen() -> None:
    """Pasientjournalloven § 18 with pasient- og brukerrettighetsloven § 3-4."""
    mother = acting()
    for day, person, parents in (
        (birthday(16) - DAY, False, True),
        (birthday(16), True, False),
        (birthday(18), True, False),
    ):
        found = who_sees_log(RULES, child_welfare=False, birth_date=BORN, on=day, acting=[mother])
        assert (found.person, bool(found.representatives)) == (person, parents)


def test_hours_are_attested_by_the_person_from_sixteen_and_by_a_parent_before() -> None:
    """B8; pasient- og brukerrettighetsloven §§ 4-3 and 4-4."""
    mother = acting()
    before = who_attests_hours(
        RULES, child_welfare=False, birth_date=BORN, on=birthday(16) - DAY, acting=[mother]
    )
    after = who_attests_hours(RULES, child_welfare=False, birth_date=BORN, on=birthday(16), acting=[mother])
    assert (before.person, before.representatives) == (False, (mother,))
    assert (after.person, after.representatives) == (True, ())


def test_a_child_is_a_party_to_a_child_welfare_case_from_fifteen() -> None:
    """Barnevernsloven § 12-3 from 2023, the 1992 act's § 6-3 before it; consent §§ 1-4 and 12-3."""
    for what in (What.PARTY, What.LETTERS, What.ACCESS):
        assert holder(what, 15, before=True, child_welfare=True) == Holder.PARENTS
        assert holder(what, 15, child_welfare=True) == Holder.BOTH
        assert holder(what, 18, before=True, child_welfare=True) == Holder.BOTH
        assert holder(what, 18, child_welfare=True) == Holder.SELF
    assert holder(What.CONSENT, 15, before=True, child_welfare=True) == Holder.PARENTS_HEARD
    assert holder(What.CONSENT, 15, child_welfare=True) == Holder.BOTH


@pytest.mark.parametrize(
    ("day", "source"),
    [
        (date(2022, 12, 31), "Barnevernloven (1992) § 6-3"),
        (date(2023, 1, 1), "Barnevernsloven § 12-3"),
    ],
)
def test_the_law_in_force_on_the_day_is_the_one_that_counts(day: date, source: str) -> None:
    """Barnevernsloven replaced barnevernloven (1992) on 1 January 2023 (A13)."""
    born = date(2007, 6, 1)
    assert who_is_party(RULES, child_welfare=True, birth_date=born, on=day).source == source


def test_where_no_law_is_in_force_the_age_of_majority_decides() -> None:
    """Vergemålsloven §§ 9 and 16."""
    long_ago = date(1980, 5, 1)
    child = standing(RULES, What.LETTERS, child_welfare=False, birth_date=date(1970, 1, 1), on=long_ago)
    adult = standing(RULES, What.LETTERS, child_welfare=False, birth_date=date(1960, 1, 1), on=long_ago)
    assert (child.holder, adult.holder) == (Holder.PARENTS, Holder.SELF)


@pytest.mark.parametrize("age", [12, 15, 16, 18])
def test_who_is_born_on_leap_day_has_their_birthday_on_the_first_of_march(age: int) -> None:
    """The day an age is reached when the birth date does not come that year: the day after it would have been."""
    born = date(2008, 2, 29)
    year = born.year + age
    first = date(year, 2, 29) if year % 4 == 0 else date(year, 3, 1)

    def rule(day: date) -> int:
        found = [rule_on(RULES, what, child_welfare=False, birth_date=born, on=day) for what in What]
        return max(one.from_age for one in found if one is not None)

    assert rule(first) == age
    assert rule(first - DAY) < age


def test_parents_of_somebody_of_sixteen_or_seventeen_are_told_only_what_parental_responsibility_requires() -> (
    None
):
    """Pasient- og brukerrettighetsloven § 3-4 fourth paragraph."""
    mother, other = acting(), acting(responsible=False)
    found = who_sees_case(
        RULES, child_welfare=False, birth_date=BORN, on=birthday(17), acting=[mother, other]
    )
    assert found.person
    assert found.representatives == ()
    assert found.limited == (mother,)
    letters = who_gets_letters(RULES, child_welfare=False, birth_date=BORN, on=birthday(17), acting=[mother])
    assert (letters.person, letters.representatives, letters.limited) == (True, (), ())


def test_each_of_two_parents_stands_for_themselves() -> None:
    """A14: one gets letters; one has parental responsibility but no letters; one has no parental responsibility."""
    first, second, third = acting(), acting(letters=False), acting(responsible=False)
    letters = who_gets_letters(
        RULES, child_welfare=False, birth_date=BORN, on=birthday(9), acting=[first, second, third]
    )
    consent = who_consents(
        RULES, child_welfare=False, birth_date=BORN, on=birthday(9), acting=[first, second, third]
    )
    assert letters.representatives == (first,)
    assert consent.representatives == (first, second)


def test_parents_hold_nothing_from_the_eighteenth_birthday() -> None:
    """Vergemålsloven § 9."""
    for what in What:
        found = standing(
            RULES, what, child_welfare=False, birth_date=BORN, on=birthday(18), acting=[acting()]
        )
        assert (found.person, found.representatives, found.limited) == (True, (), ())


@pytest.mark.parametrize(("scopes", "reaches"), [(["personal"], True), (["economic"], False), ([], True),
                                                 (["personal", "economic"], True)])  # fmt: skip
def test_an_adults_guardian_reaches_as_far_as_the_mandate(scopes: list[str], reaches: bool) -> None:
    """Vergemålsloven §§ 26 and 31: personal and economic matters are mandates of their own."""
    verge = acting("guardian", *scopes)
    for what in (What.LETTERS, What.ACCESS, What.LOG, What.ATTEST, What.PARTY):
        found = standing(
            RULES, what, child_welfare=False, birth_date=date(1980, 1, 1), on=birthday(16), acting=[verge]
        )
        assert found.person
        assert (verge in found.representatives) is reaches


@pytest.mark.parametrize(("scope", "what"), [("letters", What.LETTERS), ("access", What.ACCESS), ("access", What.LOG),
                                             ("hours", What.ATTEST), ("case", What.PARTY)])  # fmt: skip
def test_a_power_of_attorney_reaches_exactly_what_it_says(scope: str, what: What) -> None:
    """Fvl. § 12."""
    one = acting("power_of_attorney", scope)
    for other in What:
        found = standing(
            RULES, other, child_welfare=False, birth_date=date(1980, 1, 1), on=birthday(16), acting=[one]
        )
        expected = other is what or (scope == "access" and other in (What.ACCESS, What.LOG))
        assert bool(found.representatives) is expected


def test_a_representative_acts_from_the_first_to_the_last_day_of_their_time() -> None:
    one = acting(start=date(2020, 5, 4), end=date(2020, 6, 1))
    assert [one.acts_on(day) for day in (date(2020, 5, 3), date(2020, 5, 4), date(2020, 6, 1), date(2020, 6, 2))] == [
        False, True, True, False]  # fmt: skip


def test_no_letter_about_a_protected_child_goes_to_a_parent_it_does_not_live_with() -> None:
    """E5: the address may be kept from that parent."""
    here, away, unknown = acting(lives="here"), acting(lives="visits"), acting()
    found = who_gets_letters(
        RULES, child_welfare=False, birth_date=BORN, on=birthday(9), acting=[here, away, unknown]
    )
    assert list(reachable(found, protected=True)) == [here]
    assert list(reachable(found, protected=False)) == [here, away, unknown]


@given(
    st.sampled_from(list(What)),
    st.booleans(),
    st.integers(0, 120),
    st.dates(date(1993, 10, 1), date(2040, 1, 1)),
)
def test_at_every_age_one_rule_at_most_answers(what: What, child_welfare: bool, age: int, day: date) -> None:
    ground = "child_welfare" if child_welfare else "care"
    found = [
        rule
        for rule in RULES
        if (rule.what, rule.ground) == (what, ground)
        and rule.from_age <= age
        and (rule.to_age is None or age < rule.to_age)
        and rule.valid_from <= day
        and (rule.valid_to is None or day <= rule.valid_to)
    ]
    assert len(found) == (0 if ground == "care" and day < date(2012, 1, 1) else 1)


def test_every_holder_has_words_and_every_rule_its_law() -> None:
    assert {rule.holder for rule in RULES} <= set(HOLDER_TEXTS)
    assert all("§" in rule.source or "artikkel" in rule.source for rule in RULES)


def test_the_next_birthday_that_changes_something_is_known_beforehand() -> None:
    def after(day: date, *, child_welfare: bool = False) -> date | None:
        return next_change(RULES, child_welfare=child_welfare, birth_date=BORN, on=day)

    assert after(birthday(12)) == birthday(15)
    assert after(birthday(15) - DAY) == birthday(15)
    assert after(birthday(12), child_welfare=True) == birthday(15)
    assert after(birthday(18)) is None
    assert day_of_age(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert day_of_age(date(2008, 2, 29), 16) == date(2024, 2, 29)
