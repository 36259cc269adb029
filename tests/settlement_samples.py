"""What settlement's tests begin with: a contact of Re's lent to Horten, hours, an agreement, and statements' steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Date, DateTime

from deploy.database import administrator
from sammen.clock import today
from sammen.db.base import Base
from sammen.policy.roles import Role
from shared_pool.settlement.agreements import AgreementFacts, answer_agreement, propose_agreement
from shared_pool.settlement.books import StatementCard, agreement_card, all_books, statement_card
from shared_pool.settlement.jobs import report
from shared_pool.settlement.service import accept_statement, check_statement
from tenants.api import fill_order
from tests.isolation.canaries import MOMENT, Owner, canary, insert_row
from tests.payroll_samples import hours
from tests.provider_samples import contact, granted_order
from tests.worlds import SINCE, World

CONTACT = "Sigvart Kvamme"
USER = "Jonas Storli"
JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 6) for month in (7, 8, 9, 10))


async def _row(world: World, table: str, owner: Owner, **changes: Any) -> UUID:
    """A valid row of a shared table, as the isolation suite makes them, with a few columns of one's own."""
    made_of = Base.metadata.tables[f"sammen.{table}"]
    needed = {
        c.name
        for c in made_of.columns
        if c.server_default is None and (not c.nullable or isinstance(c.type, DateTime | Date))
    }
    row = {name: value for name, value in canary(made_of, owner).items() if name in needed}
    row |= {"id": uuid4(), **changes}
    async with administrator(world.database.admin_url) as admin:
        connection: asyncpg.Connection[asyncpg.Record] = admin
        await insert_row(connection, Base.metadata.tables[f"sammen.{table}"], row)
    made: UUID = row["id"]
    return made


async def lent_pair(
    world: World, *, home: str = "re", to: str = "horten", name: str = CONTACT, user: str = USER, courses: str = "1",
    candidate: UUID | None = None, contact_id: UUID | None = None, contact_here: UUID | None = None,
) -> tuple[UUID, UUID, UUID]:  # fmt: skip
    """(assignment in the borrowing municipality, candidate, contact at home) of a contact lent through the pool."""
    tenants = {"horten": world.horten, "re": world.re}
    borrower = Owner(to, tenants[to], world.region, 1)
    lender = Owner(home, tenants[home], world.region, 2)
    at_home = contact_id or await contact(world, home, name)
    if candidate is None:
        code = f"K-{uuid4().hex[:6]}"
        candidate = await _row(world, "candidate", lender, code=code)
        await world.sql("UPDATE support_contact SET candidate_id = $1 WHERE id = $2", candidate, at_home)
    need = await _row(world, "need", borrower, code=uuid4().hex[:6])
    proposal = await _row(
        world, "proposal", borrower, need_id=need, candidate_id=candidate, need_tenant_id=borrower.tenant,
        home_id=lender.tenant, state="matched", matched_at=MOMENT, candidate_card={"courses": int(courses)},
    )  # fmt: skip
    order = await granted_order(world, to, name=user)
    here = contact_here or await contact(world, to, name)
    async with world.at(to, Role.PROVIDER_COORDINATOR) as uow:
        assignment = await fill_order(uow, order, here, starts_on=today())
    await world.sql(
        "UPDATE assignment SET proposal_id = $1, source = 'pool' WHERE id = $2", proposal, assignment
    )
    return assignment, candidate, at_home


async def lent(world: World, **named: Any) -> UUID:
    """The assignment in Horten of a contact lent from Re."""
    return (await lent_pair(world, **named))[0]


def terms(world: World, **changes: Any) -> AgreementFacts:
    """What Horten proposes to Re: 45,50 kr an hour, 1 500 kr for recruiting, 800 for courses, a quarter at a time."""
    facts = AgreementFacts(world.re, date(2026, 1, 1), None, 3, 4550, 150000, 80000, 60000, 25000)
    return replace(facts, **changes)


async def agreed(world: World, **changes: Any) -> UUID:
    """An agreement between Horten and Re that both managers have said yes to."""
    async with world.at("horten", Role.MANAGER) as uow:
        made = await propose_agreement(uow, terms(world, **changes))
    async with world.at("re", Role.MANAGER) as uow:
        card = await agreement_card(uow, made)
        await answer_agreement(uow, made, yes=True, version=card.version)
    return made


async def reported(world: World, *tenants: UUID) -> None:
    """Each municipality's own nightly job."""
    for tenant in tenants or (world.horten, world.re):
        async with world.job(tenant, name="settlement.report") as uow:
            await report(uow, {})


async def statements(world: World, slug: str) -> list[StatementCard]:
    """A municipality's statements, the newest first, as its manager reads them."""
    async with world.at(slug, Role.MANAGER) as uow:
        return [card for books in (await all_books(uow)).values() for card in books.cards()]


async def checked(world: World, slug: str, statement_id: UUID) -> None:
    """Payroll has checked the lines as they are."""
    async with world.at(slug, Role.PAYROLL) as uow:
        card = await statement_card(uow, statement_id)
        await check_statement(uow, statement_id, digest=card.digest)


async def accepted(world: World, slug: str, statement_id: UUID) -> int | None:
    """Checked by payroll and accepted by the manager of one side; the number when it locked."""
    await checked(world, slug, statement_id)
    async with world.at(slug, Role.MANAGER) as uow:
        card = await statement_card(uow, statement_id)
        return await accept_statement(uow, statement_id, digest=card.digest)


async def locked(world: World, statement_id: UUID) -> int:
    """Accepted by both sides; its number."""
    await accepted(world, "horten", statement_id)
    number = await accepted(world, "re", statement_id)
    assert number is not None
    return number


async def places_held(
    world: World,
    since: date,
    until: date | None = None,
    *,
    places: int = 1,
    home: str = "re",
    host: str = "horten",
) -> UUID:
    """Places of one municipality's members in a group across borders that the other hosts; the group's shared row."""
    tenants = {"horten": world.horten, "re": world.re}
    owner = Owner(host, tenants[host], world.region, 3)
    group = await _row(
        world, "joint_group", owner, host_id=tenants[host], valid_from=since, seats=8, ends=time(12)
    )
    for _ in range(places):
        await world.sql(
            "INSERT INTO joint_seat (region_id, id, joint_group_id, home_id, state, taken_on, member_from, ended_on)"
            " VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $5, $6)",
            world.region, group, tenants[home], "ended" if until else "member", since, until,
        )  # fmt: skip
    return group


async def third_municipality(world: World) -> UUID:
    """Another member of the region, which has nothing to do with the other two."""
    tenant = uuid4()
    await world.sql(
        "INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ($1, '0704', 'tonsberg', 'Tønsberg', $2)",
        tenant, SINCE,
    )  # fmt: skip
    await world.sql(
        "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, $4)",
        uuid4(), world.region, tenant, SINCE,
    )  # fmt: skip
    return tenant


__all__ = [
    "AUGUST", "CONTACT", "JULY", "OCTOBER", "SEPTEMBER", "USER", "accepted", "agreed", "checked", "hours", "lent",
    "lent_pair", "locked", "places_held", "reported", "statements", "terms", "third_municipality",
]  # fmt: skip
