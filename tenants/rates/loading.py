"""Tables, payees and agreements out of the database, as the engine wants them.

By tenant, without asking who reads: for jobs and for sums. What is shown of it to people is checked where it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.contacts.api import contact_competence, engagement, support_contact
from tenants.people.api import person
from tenants.rates.models import AssignmentTerms, StateKmRate
from tenants.rates.models import RateStep as StepRow
from tenants.rates.models import RateTable as TableRow
from tenants.rates.tables import RateStep, RateTable, RateTables, StateRate
from tenants.rates.values import Agreed, Payee, Terms

rate_table = TableRow.__table__
rate_step = StepRow.__table__
assignment_terms = AssignmentTerms.__table__
state_km_rate = StateKmRate.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))

STEP_COLUMNS = (
    "component", "mode", "kroner", "form", "engagement", "age_from", "age_to", "seniority_months", "competence",
    "user_age_from", "user_age_to", "cap_km", "cap_kroner", "cap_receipt", "cap_trips", "least_kroner",
)  # fmt: skip
_TABLES = compile_query(
    select(
        *(
            rate_table.c[name]
            for name in ("id", "unit", "valid_from", "name", "holiday_percent", "holiday_for")
        )
    )
    .where(rate_table.c.tenant_id == bindparam("tenant"), rate_table.c.state == "in_force")
    .order_by(rate_table.c.valid_from.desc(), rate_table.c.unit)
)
_STEPS = compile_query(
    select(rate_step.c.table_id, *(rate_step.c[name] for name in STEP_COLUMNS))
    .where(
        rate_step.c.tenant_id == bindparam("tenant"),
        rate_step.c.table_id == any_(bindparam("tables", type_=IDS)),
    )
    .order_by(rate_step.c.table_id, rate_step.c.position)
)
_STATE = compile_query(
    select(state_km_rate.c.valid_from, state_km_rate.c.valid_to, state_km_rate.c.kroner).order_by(
        state_km_rate.c.valid_from
    )
)
_PAYEES = compile_query(
    select(support_contact.c.id, person.c.birth_date, support_contact.c.since)
    .select_from(
        support_contact.join(
            person,
            and_(
                person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id
            ),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.id == any_(bindparam("contacts", type_=IDS)),
    )
)
_ENGAGEMENTS = compile_query(
    select(engagement.c.contact_id, engagement.c.valid_from, engagement.c.valid_to, engagement.c.kind)
    .where(
        engagement.c.tenant_id == bindparam("tenant"),
        engagement.c.contact_id == any_(bindparam("contacts", type_=IDS)),
    )
    .order_by(engagement.c.contact_id, engagement.c.valid_from)
)
_COMPETENCES = compile_query(
    select(
        contact_competence.c.contact_id, contact_competence.c.completed_on, contact_competence.c.valid_to,
        contact_competence.c.code,
    )
    .where(
        contact_competence.c.tenant_id == bindparam("tenant"),
        contact_competence.c.contact_id == any_(bindparam("contacts", type_=IDS)),
    )
    .order_by(contact_competence.c.contact_id, contact_competence.c.completed_on, contact_competence.c.code)
)  # fmt: skip
_USERS = compile_query(
    select(assignment.c.id, person.c.birth_date)
    .select_from(
        assignment.join(
            person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id)
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.id == any_(bindparam("assignments", type_=IDS)),
    )
)
_AGREED = compile_query(
    select(
        *(
            assignment_terms.c[name]
            for name in (
                "assignment_id", "valid_from", "unit", "expense_mode", "expense_kroner", "expense_cap",
                "kilometres_mode", "km_kroner", "cap_km", "cap_km_kroner",
            )
        )
    )
    .where(
        assignment_terms.c.tenant_id == bindparam("tenant"),
        assignment_terms.c.assignment_id == any_(bindparam("assignments", type_=IDS)),
    )
    .order_by(assignment_terms.c.assignment_id, assignment_terms.c.valid_from.desc())
)  # fmt: skip


def ore(kroner: Decimal | None) -> int | None:
    """Kroner as whole øre; they have two decimals."""
    return None if kroner is None else int(kroner * 100)


def step_of(row: Any) -> RateStep:
    """A step from a row, or from a mapping, with the columns of STEP_COLUMNS."""
    return RateStep(
        component=row["component"], mode=row["mode"], rate_ore=ore(row["kroner"]), form=row["form"],
        engagement=row["engagement"], age_from=row["age_from"], age_to=row["age_to"],
        seniority_months=row["seniority_months"], competence=row["competence"],
        user_age_from=row["user_age_from"], user_age_to=row["user_age_to"], cap_km=row["cap_km"],
        cap_ore=ore(row["cap_kroner"]), cap_receipt_ore=ore(row["cap_receipt"]), cap_trips=row["cap_trips"],
        least_ore=ore(row["least_kroner"]),
    )  # fmt: skip


async def steps_of(uow: UnitOfWork, table_ids: Sequence[UUID]) -> dict[UUID, tuple[RateStep, ...]]:
    """Rows by table, as they stand."""
    found: dict[UUID, list[RateStep]] = {}
    for row in await uow.rows(_STEPS, tenant=uow.context.tenant, tables=list(table_ids)):
        found.setdefault(row["table_id"], []).append(step_of(row))
    return {table_id: tuple(steps) for table_id, steps in found.items()}


async def state_rates(uow: UnitOfWork) -> list[StateRate]:
    """The state's kilometre rates, as far as they are known."""
    return [
        StateRate(row["valid_from"], row["valid_to"], int(row["kroner"] * 100))
        for row in await uow.rows(_STATE)
    ]


async def rate_tables(uow: UnitOfWork) -> RateTables:
    """Every table in force in the municipality, and the state's kilometre rates."""
    rows = await uow.rows(_TABLES, tenant=uow.context.tenant)
    steps = await steps_of(uow, [row["id"] for row in rows])
    return RateTables.of(
        [RateTable(**dict(row), steps=steps.get(row["id"], ())) for row in rows], await state_rates(uow)
    )


async def payees(uow: UnitOfWork, contact_ids: Sequence[UUID]) -> dict[UUID, Payee]:
    """Birth date, first day, completed courses and agreements of contacts."""
    tenant, contacts = uow.context.tenant, list(contact_ids)
    held: dict[UUID, list[Any]] = {}
    for row in await uow.rows(_ENGAGEMENTS, tenant=tenant, contacts=contacts):
        held.setdefault(row["contact_id"], []).append((row["valid_from"], row["valid_to"], row["kind"]))
    done: dict[UUID, list[Any]] = {}
    for row in await uow.rows(_COMPETENCES, tenant=tenant, contacts=contacts):
        done.setdefault(row["contact_id"], []).append((row["completed_on"], row["valid_to"], row["code"]))
    return {
        row["id"]: Payee(
            row["birth_date"], row["since"], tuple(done.get(row["id"], ())), tuple(held.get(row["id"], ()))
        )
        for row in await uow.rows(_PAYEES, tenant=tenant, contacts=contacts)
    }


async def terms_of(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> dict[UUID, Terms]:
    """Each assignment's service user's birth date, and what has been agreed for it, newest first."""
    tenant, assignments = uow.context.tenant, list(assignment_ids)
    agreed: dict[UUID, list[Agreed]] = {}
    for row in await uow.rows(_AGREED, tenant=tenant, assignments=assignments):
        found = Agreed(
            row["valid_from"], row["unit"], row["expense_mode"], ore(row["expense_kroner"]), ore(row["expense_cap"]),
            row["kilometres_mode"], ore(row["km_kroner"]), row["cap_km"], ore(row["cap_km_kroner"]),
        )  # fmt: skip
        agreed.setdefault(row["assignment_id"], []).append(found)
    return {
        row["id"]: Terms(row["birth_date"], tuple(agreed.get(row["id"], ())))
        for row in await uow.rows(_USERS, tenant=tenant, assignments=assignments)
    }
