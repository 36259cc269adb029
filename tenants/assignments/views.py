"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import hours_long
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.assignments.queries import STATES, OrderCard, OrderFilter
from tenants.cases.api import FORM_NAMES, case_file, countable, purchasers_seen, visible
from tenants.contacts.api import labels, slot_labels, support_contact, vetting
from tenants.people.api import age_on, person, traits

STATE_SHAPES = {"sent": "info", "accepted": "half", "returned": "danger", "filled": "ok", "ended": "neutral"}
UNITS = {"week": N_("%(hours)s i uka"), "month": N_("%(hours)s i måneden")}
IDS = ARRAY(PG_UUID(as_uuid=True))


@dataclass(frozen=True, slots=True)
class ContactName:
    """A contact beside a service user: name, and what was shown before they could meet."""

    person_id: UUID
    name: str
    age: int | None
    phone: str
    police_shown_on: date | None


@dataclass(frozen=True, slots=True)
class PersonName:
    """A service user beside a contact; only made for a reader who may see the case."""

    person_id: UUID
    name: str
    given_name: str
    age: int | None


_CONTACTS = compile_query(
    select(
        support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name,
        person.c.birth_date, person.c.phone, vetting.c.police_shown_on,
    )
    .select_from(
        support_contact.join(
            person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
        ).outerjoin(
            vetting,
            and_(vetting.c.tenant_id == support_contact.c.tenant_id, vetting.c.contact_id == support_contact.c.id),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == any_(bindparam("contacts", type_=IDS))
    )
)  # fmt: skip
_PERSONS = compile_query(
    select(
        case_file.c.id, case_file.c.person_id, person.c.given_name, person.c.family_name, person.c.birth_date
    )
    .select_from(
        case_file.join(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))
    )
    .where(visible(), case_file.c.id == any_(bindparam("cases", type_=IDS)))
)  # fmt: skip


_COUNTABLE = compile_query(
    select(case_file.c.id).where(
        case_file.c.tenant_id == bindparam("tenant"),
        case_file.c.id == any_(bindparam("cases", type_=IDS)),
        countable(),
    )
)


async def countable_cases(uow: UnitOfWork, cases: Sequence[UUID]) -> set[UUID]:
    """Those of the cases that the reader may be told the number of, though not whose they are."""
    rows = await uow.rows(
        _COUNTABLE, tenant=uow.context.tenant, reader=uow.context.user_id, cases=list(cases)
    )
    return {row["id"] for row in rows}


async def contact_names(uow: UnitOfWork, contacts: Sequence[UUID]) -> dict[UUID, ContactName]:
    """Names of contacts by id. The caller has checked that the reader may see the assignments they come from."""
    rows = await uow.rows(_CONTACTS, tenant=uow.context.tenant, contacts=list(contacts))
    return {
        row["id"]: ContactName(
            row["person_id"], f"{row['given_name']} {row['family_name']}", age_on(row["birth_date"], today()),
            row["phone"], row["police_shown_on"],
        )
        for row in rows
    }  # fmt: skip


async def person_names(uow: UnitOfWork, cases: Sequence[UUID]) -> dict[UUID, PersonName]:
    """Names of service users by case id, for the cases the reader may see."""
    context = uow.context
    rows = await uow.rows(
        _PERSONS,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user_id,
        cases=list(cases),
    )
    return {
        row["id"]: PersonName(
            row["person_id"], f"{row['given_name']} {row['family_name']}", row["given_name"],
            age_on(row["birth_date"], today()),
        )
        for row in rows
    }  # fmt: skip


def extent(amount: Decimal | None, unit: str, language: str) -> str:
    """ "4 timer i uka", or "" for a group whose meetings are its extent."""
    return translate(language, UNITS[unit], hours=hours_long(amount, language)) if amount is not None else ""


def asked_for(order: OrderCard, language: str) -> list[tuple[str, str]]:
    """What the order asks for, line by line, without empty lines."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    period = ""
    if order.valid_from is not None:
        period = f"{format_date(order.valid_from)} – {format_date(order.valid_to) if order.valid_to else ''}"
    lines = [
        (say(N_("Tjeneste")), say(FORM_NAMES[order.form])),
        (say(N_("Hvor mye")), extent(order.amount, order.unit, language)),
        (say(N_("Skal brukes til")), order.content),
        (say(N_("Når")), order.times),
        (say(N_("Periode")), period.strip()),
        (say(N_("Mål")), order.goal),
        (say(N_("Liker")), labels(order.interests, traits.INTERESTS, language)),
        (say(N_("Tider som passer")), slot_labels(order.slots, language)),
        (say(N_("Støttekontakten må kunne")), order.needs),
    ]
    return [(label, text) for label, text in lines if text]


def chosen_filters(wanted: OrderFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chips = []
    if wanted.text:
        chips.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    if wanted.state != "open":
        label = STATES.get(wanted.state, N_("Alle bestillinger"))
        chips.append((translate(language, label), with_query(query, status=None, side=None)))
    if wanted.form:
        label = translate(language, FORM_NAMES[wanted.form])
        chips.append((label, with_query(query, tjeneste=None, side=None)))
    return chips
