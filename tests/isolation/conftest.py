"""A world of three municipalities in two regions, with one canary row of each in every table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import administrator, plain_url
from reporting.periods import parse
from sammen.keys import Keys
from sammen.policy.roles import Role
from tests.database import KEYS, TestDatabase, fresh_database
from tests.isolation.canaries import Canaries, Owner, fill
from tests.released_samples import made_up, publish
from tests.worlds import SINCE, World, make_world


@dataclass(frozen=True, slots=True)
class Filled:
    """The world and its canaries. Horten and Re share Vestfold; Skien is in Grenland and shares nothing with them."""

    world: World
    canaries: Canaries
    horten: Owner
    re: Owner
    skien: Owner

    @property
    def database(self) -> TestDatabase:
        return self.world.database

    @property
    def keys(self) -> Keys:
        return KEYS


async def _add_skien(world: World) -> Owner:
    skien = Owner("skien", uuid4(), uuid4(), 3)
    await world.sql(
        "INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ($1, '0806', 'skien', 'Skien', $2)",
        skien.tenant,
        SINCE,
    )
    await world.sql(
        "INSERT INTO region (id, slug, name, valid_from) VALUES ($1, 'grenland', 'Grenland', $2)",
        skien.region,
        SINCE,
    )
    await world.sql(
        "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, $4)",
        uuid4(), skien.region, skien.tenant, SINCE,
    )  # fmt: skip
    return skien


@asynccontextmanager
async def _make_filled(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    async with fresh_database(*migrated) as database:
        world = await make_world(database)
        horten, re_ = Owner("horten", world.horten, world.region, 1), Owner("re", world.re, world.region, 2)
        skien = await _add_skien(world)
        async with administrator(database.admin_url) as admin:
            canaries = await fill(admin, (horten, re_, skien))
        try:
            yield Filled(world, canaries, horten, re_, skien)
        finally:
            await world.close()


@pytest.fixture(scope="session")
async def filled(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    """One filled world for a whole test process: its tests roll back what they do, or leave only trail entries."""
    async with _make_filled(migrated) as made:
        yield made


@asynccontextmanager
async def _make_lively(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    """A filled world of a file's own, which its tests may change through the application.

    The canary person in each municipality is also the one who logs in as its contact, so that their own pages open; the
    canary task and import are a purchaser's own, and the import was uploaded, since its rows' sealed content cannot be
    made up. What the contact was worried about is told by them, and the team's log was written by the coordinator.
    """
    async with _make_filled(migrated) as made:
        for owner in (made.horten, made.re):
            contact = made.world.user(owner.name, Role.CONTACT)
            purchaser = made.world.user(owner.name, Role.PURCHASER_CHILD)
            await made.world.sql("UPDATE person SET user_id = $2 WHERE tenant_id = $1", owner.tenant, contact)
            await made.world.sql(
                "UPDATE task SET asked_by = $2 WHERE tenant_id = $1", owner.tenant, purchaser
            )
            await made.world.sql(
                "UPDATE concern SET told_by = $2 WHERE tenant_id = $1", owner.tenant, contact
            )
            await made.world.sql(
                "UPDATE team_log_entry SET written_by = $2 WHERE tenant_id = $1", owner.tenant,
                made.world.user(owner.name, Role.PROVIDER_COORDINATOR),
            )  # fmt: skip
            await made.world.sql(
                "UPDATE archive_export SET ordered_by = $2 WHERE tenant_id = $1", owner.tenant,
                made.world.user(owner.name, Role.MUNICIPALITY_ADMINISTRATOR),
            )  # fmt: skip
            await made.world.sql("DELETE FROM case_import WHERE tenant_id = $1", owner.tenant)
            owner.known["case_import"] = await _upload(made.world, owner)
            await made.world.sql(
                "UPDATE case_import SET task_id = $2 WHERE tenant_id = $1", owner.tenant, owner.id_in("task")
            )
        # Figures that are shown, so that the pages made of them open.
        ids = {"Horten": str(made.world.horten), "Re": str(made.world.re)}
        await publish(
            made.world, made_up({name: {"users": 148} for name in ids}, period=parse("2025-h2"), ids=ids)
        )
        yield made


@pytest.fixture(scope="module")
async def lively(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    """A filled world of a file's own, which its tests may change through the application."""
    async with _make_lively(migrated) as made:
        yield made


@pytest.fixture(scope="module")
async def untouched(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    """As `lively`, for tests that need every row as it was made: none of them changes anything."""
    async with _make_lively(migrated) as made:
        yield made


async def _upload(world: World, owner: Owner) -> UUID:
    """A list with a good row and a faulty one, each with the owner's mark, as a purchaser uploads it."""
    lines = (
        "Fødselsdato;Etternavn, fornavn;Adresse;Postnr/sted;Tjeneste;Timer;Søknad mottatt;Vedtaksdato;Vedtak t.o.m.",
        f"04.05.2010;{owner.marker}, Ola;Sti 1;3187 Horten;Støttekontakt individuell;2;12.01.2026;05.02.2026;05.02.2027",
        f"31.02.2010;{owner.marker}, Kari;Sti 2;3187 Horten;Støttekontakt individuell;x;12.01.2026;31.02.2026;",
    )
    browser = await world.browser(owner.name, Role.PURCHASER_CHILD)
    page = f"/k/{owner.name}/import"
    answer = await browser.submit(page, page=page, files={"fil": ("liste.csv", "\n".join(lines).encode())})
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rsplit("/", 1)[1])


@pytest.fixture
async def admin(filled: Filled) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """An administrator's connection to the filled world, in a transaction that is rolled back."""
    async with administrator(filled.database.admin_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


@pytest.fixture
async def app(filled: Filled) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection as the app role, without a context."""
    connection = await asyncpg.connect(plain_url(filled.database.app_url))
    try:
        yield connection
    finally:
        await connection.close()
