"""What other slices may use of people: functions, rules, and the tables they may join."""

from __future__ import annotations

from tenants.people import traits
from tenants.people.names import FullName, fold, name_words, query_words, split_family_given
from tenants.people.national_number import NationalNumber, NationalNumberError, Sex, make_synthetic
from tenants.people.queries import (
    PersonCard,
    RepresentativeCard,
    age_on,
    matches_word,
    person,
    person_card,
    person_of_user,
    representatives_of,
    wards_of_user,
)
from tenants.people.service import (
    PersonFacts,
    appoint_representative,
    correct_person,
    find_person,
    keep_number,
    let_in,
    read_number,
    register_person,
)

__all__ = [
    "FullName",
    "NationalNumber",
    "NationalNumberError",
    "PersonCard",
    "PersonFacts",
    "RepresentativeCard",
    "Sex",
    "age_on",
    "appoint_representative",
    "correct_person",
    "find_person",
    "fold",
    "keep_number",
    "let_in",
    "make_synthetic",
    "matches_word",
    "name_words",
    "person",
    "person_card",
    "person_of_user",
    "query_words",
    "read_number",
    "register_person",
    "representatives_of",
    "split_family_given",
    "traits",
    "wards_of_user",
]
