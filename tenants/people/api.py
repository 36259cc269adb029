"""What other slices may use of people."""

from __future__ import annotations

from tenants.people import traits
from tenants.people.names import FullName, fold, name_words, query_words, split_family_given
from tenants.people.national_number import NationalNumber, NationalNumberError, Sex, make_synthetic

__all__ = [
    "FullName",
    "NationalNumber",
    "NationalNumberError",
    "Sex",
    "fold",
    "make_synthetic",
    "name_words",
    "query_words",
    "split_family_given",
    "traits",
]
