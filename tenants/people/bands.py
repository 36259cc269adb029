"""How figures divide people: by age on a period's last day, and by gender as it is registered (D9)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import TIMESTAMP, Date, Integer, bindparam, case, cast, func
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Text

from sammen.figures import AGE_BANDS, UNKNOWN
from tenants.people.queries import person

END: Final[ColumnElement[object]] = bindparam("end", type_=Date())


def age_code() -> ColumnElement[str]:
    """The code of sammen.figures.AGE a joined `person` has on the day `end`: as ages.age_on and figures.age_band say.

    Takes `end`. age() of PostgreSQL counts whole years as age_on does, with 1 March for who is born on 29 February.
    """
    born = cast(person.c.birth_date, TIMESTAMP)
    years = cast(func.date_part("year", func.age(cast(END, TIMESTAMP), born)), Integer)
    return cast(
        case(
            # A day of birth after the period is a mistake: age() would call less than a year 0 years.
            (person.c.birth_date > END, UNKNOWN),
            *((years.between(low, high), code) for code, (low, high) in AGE_BANDS.items()),
            else_=UNKNOWN,
        ),
        Text,
    )


def gender_code() -> ColumnElement[str]:
    """The code of sammen.figures.GENDER of a joined `person`."""
    return func.coalesce(person.c.sex, UNKNOWN, type_=Text)
