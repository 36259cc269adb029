"""Who consents, gets letters, sees the case and the access log, attests hours and is a party, at an age on a day (A14).

Pure: the rules are dated rows (models.AgeRule, filled from deploy/reference_ages.py), so that a changed law is a new
row. What stands here is how a rule is read, and what each kind of representative may hold:

* parents hold what a rule gives parents, those with parental responsibility (barnelova § 30), and nothing from the day
  the child is 18 (vergemålsloven § 9);
* a guardian (verge) stands in the parents' place for a minor (vergemålsloven § 16), and beside an adult within the
  mandate: here that is personal matters, never only economic ones (vergemålsloven §§ 26 and 31);
* a power of attorney reaches exactly as far as it says (fvl. § 12), at any age.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_

OF_AGE: Final = 18
"""Vergemålsloven § 9: minors are those under 18 years."""


class What(StrEnum):
    """What an age rule is about."""

    CONSENT = "consent"
    LETTERS = "letters"
    ACCESS = "access"
    LOG = "log"
    ATTEST = "attest"
    PARTY = "party"


class Holder(StrEnum):
    """Who holds it. `PARENTS_HEARD`: the parents, after the child has been heard. `PARENTS_UNLESS`: the parents, but not
    what the child with good reason wants kept. `SELF_PARENTS_NEED`: the young person, and the parents only what parental
    responsibility requires.
    """

    SELF = "self"
    PARENTS = "parents"
    PARENTS_HEARD = "parents_heard"
    BOTH = "both"
    PARENTS_UNLESS = "parents_unless"
    SELF_PARENTS_NEED = "self_parents_need"


HOLDER_TEXTS: Final = {
    Holder.SELF: N_("Personen selv"),
    Holder.PARENTS: N_("De som har foreldreansvar"),
    Holder.PARENTS_HEARD: N_("De som har foreldreansvar, når barnet er hørt"),
    Holder.BOTH: N_("Både den unge selv og de som har foreldreansvar"),
    Holder.PARENTS_UNLESS: N_("De som har foreldreansvar, men ikke det barnet av gode grunner vil holde for seg selv"),
    Holder.SELF_PARENTS_NEED: N_("Den unge selv. Foreldre får bare vite det foreldreansvaret krever"),
}  # fmt: skip
_PERSON_HOLDS = frozenset({Holder.SELF, Holder.BOTH, Holder.SELF_PARENTS_NEED})
_PARENTS_HOLD = frozenset({Holder.PARENTS, Holder.PARENTS_HEARD, Holder.PARENTS_UNLESS, Holder.BOTH})

GUARDIAN_SCOPES: Final = {
    "personal": N_("Personlige forhold"),
    "economic": N_("Økonomiske forhold"),
}
ATTORNEY_SCOPES: Final = {
    "case": N_("Søke, svare og klage"),
    "letters": N_("Få brev"),
    "access": N_("Se saken og hvem som har lest den"),
    "hours": N_("Godkjenne timelister"),
}
_ATTORNEY_MAY: Final = {
    What.LETTERS: "letters",
    What.ACCESS: "access",
    What.LOG: "access",
    What.ATTEST: "hours",
    What.PARTY: "case",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An age rule in force between two days. `to_age` is the birthday it ends on; None for life."""

    code: str
    what: str
    ground: str
    from_age: int
    to_age: int | None
    holder: str
    source: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Acting:
    """A representative as the rules see one; `valid_to` is the last day."""

    person_id: UUID
    role: str
    scopes: Sequence[str]
    parental_responsibility: bool
    child_lives: str
    receives_letters: bool
    valid_from: date
    valid_to: date | None

    def acts_on(self, day: date) -> bool:
        """Whether the day falls within the time it holds for."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds something on a day: the person, these representatives, or both. `source` is the law it rests on.

    `limited` are parents of somebody of 16 or 17: they are told only what parental responsibility requires.
    """

    person: bool
    representatives: Sequence[Acting]
    limited: Sequence[Acting]
    holder: Holder
    source: str


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years on a day; somebody born on 29 February has their birthday on 1 March in other years."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, age: int) -> date:
    """The day somebody reaches an age; 1 March for who is born on 29 February, in years without one."""
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def next_change(
    rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date
) -> date | None:
    """The next birthday on which somebody else holds something, by the rules in force today; None when there is none."""
    if birth_date is None:
        return None
    ground = "child_welfare" if child_welfare else "care"
    ages = {rule.from_age for rule in rules if rule.ground == ground and rule.from_age > 0}
    return min((day for day in (birthday(birth_date, age) for age in ages) if day > on), default=None)


def rule_on(
    rules: Iterable[Rule], what: What, *, child_welfare: bool, birth_date: date | None, on: date
) -> Rule | None:
    """The rule for an age on a day; None when no law in force says anything. An unknown birth date counts as of age."""
    ground = "child_welfare" if child_welfare else "care"
    known = age_on(birth_date, on)
    age = OF_AGE if known is None else max(0, known)
    return next(
        (
            rule
            for rule in rules
            if rule.what == what
            and rule.ground == ground
            and rule.from_age <= age
            and (rule.to_age is None or age < rule.to_age)
            and rule.valid_from <= on
            and (rule.valid_to is None or on <= rule.valid_to)
        ),
        None,
    )


def standing(
    rules: Iterable[Rule],
    what: What,
    *,
    child_welfare: bool,
    birth_date: date | None,
    on: date,
    acting: Iterable[Acting] = (),
) -> Standing:
    """Who holds `what` on a day. Where no rule is in force, the age of majority decides (vergemålsloven §§ 9 and 16)."""
    rule = rule_on(rules, what, child_welfare=child_welfare, birth_date=birth_date, on=on)
    age = age_on(birth_date, on)
    minor = age is not None and age < OF_AGE
    by_majority = Holder.PARENTS if minor else Holder.SELF
    holder = by_majority if rule is None else Holder(rule.holder)
    now = [one for one in acting if one.acts_on(on)]
    return Standing(
        person=holder in _PERSON_HOLDS,
        representatives=tuple(one for one in now if _holds(one, what, holder, minor=minor)),
        limited=tuple(one for one in now if minor and holder is Holder.SELF_PARENTS_NEED and _in_parents_place(one)),
        holder=holder,
        source=rule.source if rule is not None else "Vergemålsloven §§ 9 og 16",
    )  # fmt: skip


def _in_parents_place(one: Acting) -> bool:
    return (one.role == "parent" and one.parental_responsibility) or _personal_guardian(one)


def _personal_guardian(one: Acting) -> bool:
    # A mandate that nobody has looked up is taken to be whole, so that no guardian loses their letters by it.
    return one.role == "guardian" and (not one.scopes or "personal" in one.scopes)


def _holds(one: Acting, what: What, holder: Holder, *, minor: bool) -> bool:
    if one.role == "power_of_attorney":
        return _ATTORNEY_MAY.get(what) in one.scopes
    if minor:
        return holder in _PARENTS_HOLD and _in_parents_place(one)
    return _personal_guardian(one)


def who_consents(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                 acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who says yes to the service: pasient- og brukerrettighetsloven §§ 4-3 and 4-4, barnevernsloven §§ 1-4 and 12-3."""
    return standing(rules, What.CONSENT, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting)  # fmt: skip


def who_gets_letters(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                     acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who is written to: fvl. §§ 16 and 27, pasient- og brukerrettighetsloven § 3-4, barnevernsloven § 12-3.

    A representative who is registered as not receiving letters is left out; a parent of somebody of 16 or 17 gets none.
    """
    found = standing(rules, What.LETTERS, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting)  # fmt: skip
    return Standing(
        found.person,
        tuple(one for one in found.representatives if one.receives_letters),
        (),
        found.holder,
        found.source,
    )


def who_sees_case(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                  acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who may see the case: fvl. § 18, pasient- og brukerrettighetsloven §§ 3-4 and 5-1."""
    return standing(rules, What.ACCESS, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting)  # fmt: skip


def who_sees_log(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                 acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who may see who has read: pasientjournalloven § 18 with pasient- og brukerrettighetsloven § 3-4."""
    return standing(rules, What.LOG, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting)


def who_attests_hours(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                      acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who says that a contact's hours are right (B8): the person from 16, else a parent or guardian."""
    return standing(rules, What.ATTEST, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting)  # fmt: skip


def who_is_party(rules: Iterable[Rule], *, child_welfare: bool, birth_date: date | None, on: date,
                 acting: Iterable[Acting] = ()) -> Standing:  # fmt: skip
    """Who acts in the case, applies and complains: fvl. §§ 2 e and 12, vergemålsloven § 16, barnevernsloven § 12-3."""
    return standing(
        rules, What.PARTY, child_welfare=child_welfare, birth_date=birth_date, on=on, acting=acting
    )
