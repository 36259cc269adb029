"""What goes over the wire: the types the door reads and writes, and the document is written from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from sammen.machine.operations import ExternalId, Name, Text80, Text200

Day = Annotated[date, Meta(description="ÅÅÅÅ-MM-DD")]


class Address(Struct, forbid_unknown_fields=True, frozen=True):
    """Hvor personen bor."""

    street: Text200
    postcode: Annotated[str, Meta(pattern=r"^[0-9]{4}$")]
    place: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class PersonIn(Struct, forbid_unknown_fields=True, frozen=True):
    """En person slik kommunens system har den. Feltene som ikke er med, endrer ingenting."""

    given_name: Name
    family_name: Name
    national_number: (
        Annotated[str, Meta(pattern=r"^[0-9]{11}$", description="Fødselsnummer eller d-nummer.")] | UnsetType
    ) = UNSET
    birth_date: Day | UnsetType = UNSET
    address: Address | UnsetType = UNSET
    protection: Literal["none", "kode7", "kode6"] = "none"
    language_form: Literal["nb", "nn"] = "nb"


class PersonOut(Struct, frozen=True):
    """En person slik Sammen har den. Adressen er null når den er sperret; nummeret gis aldri ut."""

    external_id: ExternalId
    given_name: str
    family_name: str
    birth_date: date | None
    has_national_number: bool
    address: Address | None
    protection: Literal["none", "kode7", "kode6"]
    language_form: Literal["nb", "nn"]
    version: int


class ServiceIn(Struct, forbid_unknown_fields=True, frozen=True):
    """En tjeneste i vedtaket. Uten timer: en gruppe, der omfanget er møtene."""

    form: Literal["individual", "group", "organisation", "training"]
    valid_from: Day
    hours: Annotated[float, Meta(ge=0.25, le=744, multiple_of=0.25)] | None = None
    per: Literal["week", "month"] = "week"
    valid_to: Day | None = None


class DecisionIn(Struct, forbid_unknown_fields=True, frozen=True):
    """Et vedtak som er gjort i kommunens fagsystem."""

    person: ExternalId
    received_on: Day
    decided_on: Day
    services: Annotated[list[ServiceIn], Meta(min_length=1, max_length=4)]
    evaluate_on: Day | None = None
    purchaser: Annotated[
        Literal["child", "adult"],
        Meta(description="Hvem saken hører til. Følger av alderen; oppgi det bare for å få det kontrollert."),
    ] | UnsetType = UNSET  # fmt: skip


class ServiceOut(Struct, frozen=True):
    """En tjeneste slik den står i Sammen nå."""

    form: str
    hours: float | None
    per: str
    valid_from: date | None
    valid_to: date | None


class DecisionOut(Struct, frozen=True):
    """Et vedtak som dette programmet har sendt, og hvordan det står i Sammen nå."""

    external_id: ExternalId
    person: ExternalId
    case_number: str
    purchaser: Literal["child", "adult", "child_welfare"]
    state: Literal["issued", "ended", "replaced"]
    decided_on: date | None
    evaluate_on: date | None
    services: list[ServiceOut]
    changed_at: datetime


class DecisionPage(Struct, frozen=True):
    """Vedtak, det som ble endret først, først."""

    items: list[DecisionOut]
    next: str | None


class ReceiptOut(Struct, frozen=True):
    """En kvittering fra lønnssystemet."""

    id: UUID
    outcome: str
    reference: str
    received_at: datetime


class RunOut(Struct, frozen=True):
    """En lukket lønnskjøring. Beløp i øre."""

    id: UUID
    year: int
    number: int
    first: date
    last: date
    pay_on: date
    total_ore: int
    lines: int
    contacts: int
    closed_at: datetime
    receipts: list[ReceiptOut]


class RunPage(Struct, frozen=True):
    """Lukkede kjøringer, i den rekkefølgen de ble lukket."""

    items: list[RunOut]
    next: str | None


class LineOut(Struct, frozen=True):
    """En lønnslinje, som i kjøringens egen fil. `about`: linja den trekker tilbake eller kommer på toppen av."""

    id: UUID
    employee_number: str
    name: str
    kind: str
    component: str
    worked_on: date
    quantity: Annotated[str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2}$")]
    rate_ore: int
    amount_ore: int
    pay_code: str
    account: str
    department: str
    art: str
    kostra_function: str
    project: str
    rule: str
    about: UUID | None


class LinePage(Struct, frozen=True):
    """Linjene i én kjøring, i fast rekkefølge."""

    items: list[LineOut]
    next: str | None


class ReceiptIn(Struct, forbid_unknown_fields=True, frozen=True):
    """Hva lønnssystemet har gjort med kjøringen."""

    outcome: Literal["received", "posted", "rejected"]
    reference: Text80 = ""
