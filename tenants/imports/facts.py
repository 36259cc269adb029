"""What one row of a case list becomes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from sammen.norwegian import HoursUnit
from tenants.imports.columns import Column
from tenants.people.api import NationalNumber

Verdict = Literal["ok", "warning", "error", "skip"]
Level = Literal["note", "warning", "error"]
Protection = Literal["none", "kode6", "kode7"]
Form = Literal["individual", "group", "organisation", "training"]
Role = Literal["parent", "guardian", "power_of_attorney"]


@dataclass(frozen=True)
class RowMessage:
    """Something to tell about a row. `field` is ours, `column` the file's heading; `message` is a msgid."""

    row_no: int
    field: Column
    column: str
    level: Level
    message: str
    params: dict[str, Any]

    @property
    def sentence(self) -> str:
        """The sentence alone, in Bokmål, for a page that shows row and column beside it."""
        return self.message % self.params if self.params else self.message

    @property
    def text(self) -> str:
        """Row, column and sentence in Bokmål: "Rad 23, Timer: Skriv timer som tall, ..."."""
        return f"Rad {self.row_no}, {self.column}: {self.sentence}"


@dataclass(frozen=True)
class ImportedPerson:
    """Who the row is about. Either `national_number` or `birth_date` is there; nothing of it is printed."""

    national_number: NationalNumber | None
    family: str = field(repr=False)
    given: str = field(repr=False)
    birth_date: dt.date | None = field(repr=False)
    address: str = field(repr=False)
    postcode: str = field(repr=False)
    place: str = field(repr=False)


@dataclass(frozen=True)
class ImportedDecision:
    """A decision: its day and the days it is valid, both included. `valid_to` None is without end."""

    date: dt.date
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class ImportedService:
    """One service. `amount` is hours for each `unit`; both None when the row does not say."""

    form: Form
    amount: Decimal | None
    unit: HoursUnit | None


@dataclass(frozen=True)
class ImportedRepresentative:
    """Somebody who acts for the person (A14). `name` is given name first."""

    role: Role
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class ImportedContact:
    """The support contact a row names, given name first. With `since` they have the assignment, from that day on;
    without it the name is a remark. `phone` tells two of one name apart.
    """

    name: str = field(repr=False)
    phone: str = field(repr=False)
    since: dt.date | None
