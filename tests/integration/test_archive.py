"""Ordering an archive with four eyes, and leaving: closed, regretted, deleted in pieces, proven gone, and attested."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.archive import certificate as paper
from deploy.archive import leaving, ordering
from deploy.archive.age import Key, new_identity
from deploy.archive.reading import Archive
from deploy.archive.writing import ArchiveError, take
from deploy.database import administrator
from sammen.clock import today
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.documents.pdf import set_pages
from sammen.errors import Forbidden, Invalid
from sammen.policy.roles import Role
from tests.archive_samples import make_openable
from tests.database import KEYS, SECRET
from tests.isolation.conftest import Filled, _make_filled
from tests.worlds import World

SECRET_KEY, PUBLIC_KEY = new_identity()
ADMINISTRATOR = Role.MUNICIPALITY_ADMINISTRATOR


async def test_one_orders_another_approves_and_who_ordered_says_that_it_opens(
    world: World, tmp_path: Path
) -> None:
    async with world.at("horten", ADMINISTRATOR) as uow:
        with pytest.raises(Invalid) as bad:
            await ordering.order(uow, "age1ikkeennøkkel", " ")
        assert list(bad.value.errors) == ["mottaker", "grunn"]
        export_id = await ordering.order(uow, PUBLIC_KEY, "Vi bytter system.")
        with pytest.raises(Forbidden):
            await ordering.decide(uow, export_id, yes=True)
    async with world.at("horten", Role.MANAGER) as uow:
        await ordering.decide(uow, export_id, yes=True)
    await world.run_jobs()
    async with world.at("horten", ADMINISTRATOR) as uow:
        path = tmp_path / "horten.age"
        path.write_bytes(await ordering.content(uow, export_id))
        with pytest.raises(Invalid):
            await ordering.confirm(uow, export_id, hashlib.sha256(path.read_bytes()).hexdigest())
        with Archive(path, Key(identity=SECRET_KEY)) as archive:
            found = archive.verify()
        await ordering.confirm(uow, export_id, found.fingerprint.hex().upper())
    async with world.at("horten", Role.MANAGER) as uow:
        with pytest.raises(Forbidden):
            await ordering.content(uow, export_id)
    trail = [
        row["action"]
        for row in await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'archive%' ORDER BY id")
    ]
    assert trail == [
        "archive.ordered",
        "archive.approved",
        "archive.taken",
        "archive.fetched",
        "archive.confirmed",
    ]


async def test_a_file_goes_when_its_last_day_is_over(world: World) -> None:
    async with world.at("horten", ADMINISTRATOR) as uow:
        export_id = await ordering.order(uow, PUBLIC_KEY, "Vi bytter system.")
    async with world.at("horten", Role.MANAGER) as uow:
        await ordering.decide(uow, export_id, yes=True)
    await world.run_jobs()
    await world.sql("UPDATE archive_export SET expires_on = $1", today() - timedelta(days=1))
    async with world.job(world.horten) as uow:
        assert await ordering.drop_old(uow) == 1
    assert (await world.sql("SELECT count(*) AS many FROM archive_chunk"))[0]["many"] == 0


@pytest.fixture
async def filled(migrated: tuple[str, str]) -> AsyncIterator[Filled]:
    async with _make_filled(migrated) as made:
        yield made


async def _digest(filled: Filled, tenant: UUID) -> dict[str, str]:
    """Every municipal and shared table's rows of one municipality, as a hash each."""
    found = {}
    async with administrator(filled.database.admin_url) as admin:
        for table in Base.metadata.sorted_tables:
            columns = (
                ["tenant_id"] if kind_of(table) is Kind.MUNICIPAL else list(table.info.get("parties", ()))
            )
            if kind_of(table) in (Kind.MUNICIPAL, Kind.SHARED):
                own = " OR ".join(f"t.{name} = $1" for name in columns)
                asked = f"SELECT t::text AS said FROM sammen.{table.name} t WHERE {own} ORDER BY 1"
                rows = await admin.fetch(asked, tenant)
                found[table.name] = hashlib.sha256(
                    "\n".join(row["said"] for row in rows).encode()
                ).hexdigest()
    return found


async def _make_ready(filled: Filled, tmp_path: Path) -> None:
    """Everything of the checklist that the canaries leave open, closed past the pages; and a confirmed archive."""
    world, tenant = filled.world, filled.horten.tenant
    async with administrator(filled.database.admin_url) as admin:
        await make_openable(admin, KEYS, (filled.horten,))
        await admin.execute("SET session_replication_role = replica")
        await admin.execute("SET search_path = sammen")
        # How a thing comes to its end is tried where it lives; here they are only over.
        for row in await admin.fetch(
            "SELECT conrelid::regclass::text AS of, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'sammen'::regnamespace"
        ):
            await admin.execute(f'ALTER TABLE {row["of"]} DROP CONSTRAINT "{row["conname"]}"')
        for statement in (
            "UPDATE legal_hold SET lifted_on = current_date, lift_reason = 'x' WHERE tenant_id = $1",
            "UPDATE rights_request SET state = 'withdrawn', closed_on = current_date WHERE tenant_id = $1",
            "UPDATE timesheet_line SET state = 'returned' WHERE tenant_id = $1",
            "UPDATE payroll_run SET state = 'discarded' WHERE tenant_id = $1",
            "UPDATE settlement_statement SET state = 'locked' WHERE a_id = $1 OR b_id = $1",
            "UPDATE need SET state = 'filled' WHERE posted_by = $1",
            "UPDATE joint_group SET state = 'closed' WHERE host_id = $1",
            "UPDATE joint_seat SET state = 'ended' WHERE home_id = $1",
            "UPDATE course SET state = 'held' WHERE host_id = $1",
            "UPDATE course_wait SET state = 'left' WHERE home_id = $1",
            "UPDATE booking SET state = 'cancelled' WHERE owner_id = $1 OR booker_id = $1",
            "UPDATE outgoing SET state = 'given_up' WHERE tenant_id = $1",
            "UPDATE letter SET state = 'cancelled', cancel_reason = 'x' WHERE tenant_id = $1",
            "UPDATE task SET state = 'done' WHERE tenant_id = $1",
            "DELETE FROM document_mark WHERE tenant_id = $1",
            "DELETE FROM archive_chunk WHERE tenant_id = $1",
            "DELETE FROM archive_export WHERE tenant_id = $1",
        ):
            await admin.execute(statement, tenant)
        from tenants.retention.plan import DOCUMENTS

        for table, when in DOCUMENTS.items():
            await admin.execute(
                "INSERT INTO document_mark (tenant_id, id, object_kind, object_id, journalled_on, journal_ref, archived_on,"
                f" archive_receipt) SELECT tenant_id, gen_random_uuid(), '{table}', id, current_date, '26/1', current_date,"
                f" 'kvittering' FROM {table} WHERE tenant_id = $1 AND {when}",
                tenant,
            )
    await ordering.seal_first(world.engine, KEYS, tenant)
    taken = await take(filled.database.app_url, KEYS, tenant, tmp_path / "ut.age", Key(recipient=PUBLIC_KEY))
    await world.sql(
        "INSERT INTO archive_export (tenant_id, id, state, as_of, taken_at, fingerprint, confirmed_at, confirmed_by_name)"
        " VALUES ($1, gen_random_uuid(), 'gone', $2, now(), $3, now(), 'Leif Tangen')",
        tenant, taken.as_of, taken.fingerprint,
    )  # fmt: skip


class _Killed(Exception):
    pass


async def test_a_municipality_leaves_and_nothing_of_it_remains_but_what_is_said(
    filled: Filled, tmp_path: Path
) -> None:
    url, horten = filled.database.admin_url, filled.horten.tenant
    lacking = {
        check.code for check in (await leaving.standing(url, "horten", today())).checks if not check.met
    }
    assert {"receipt", "requests", "hours", "controller"} <= lacking
    with pytest.raises(ArchiveError, match="kan ikke lukkes"):
        await leaving.close(url, "horten", today(), controller="Nye Horten", receipt="26/9")
    await _make_ready(filled, tmp_path)
    still = [
        check.said
        for check in (await leaving.standing(url, "horten", today(), "Nye Horten")).checks
        if not check.met
    ]
    assert still == []
    before = {owner.name: await _digest(filled, owner.tenant) for owner in (filled.re, filled.skien)}

    await leaving.close(url, "horten", today(), controller="Nye Horten", receipt="26/9")
    browser = await filled.world.browser("horten", Role.MANAGER)
    assert (await browser.get("/k/horten")).status_code == 404
    await leaving.reopen(url, "horten")
    assert (await browser.get("/k/horten")).status_code == 200
    await leaving.close(url, "horten", today(), controller="Nye Horten", receipt="26/9")
    with pytest.raises(ArchiveError, match="tidligst"):
        await leaving.delete(url, SECRET, "horten", today())

    later = today() + timedelta(days=31)
    seen: list[str] = []

    def tell(table: str, _rows: int) -> None:
        seen.append(table)
        if len(seen) == 40:
            raise _Killed

    with pytest.raises(_Killed):
        await leaving.delete(url, SECRET, "horten", later, batch=1, tell=tell)
    with pytest.raises(ArchiveError, match="begynt"):
        await leaving.reopen(url, "horten")
    made = await leaving.delete(url, SECRET, "horten", later)

    async with administrator(url) as admin:
        await admin.execute("SET search_path = sammen")
        left = await leaving.remains(admin, horten)
        signed = await leaving.certificate_of(url, "horten")
    assert left == made.with_others
    assert {name: kind_of(Base.metadata.tables[f"sammen.{name}"]) for name in left} == dict.fromkeys(
        left, Kind.SHARED
    )
    assert {owner.name: await _digest(filled, owner.tenant) for owner in (filled.re, filled.skien)} == before
    assert signed[2] == "nb"
    await _attests(made, signed[1])


async def _attests(made: paper.Certificate, signature: bytes) -> None:
    public = paper.public_key(SECRET)
    assert paper.signature_holds(public, made, signature)
    again, signature_again, _ = paper.from_file(paper.as_file(made, signature, public))
    assert again == made
    assert signature_again == signature
    other = paper.Certificate.parse(made.text().replace("Nye Horten", "Gamle Horten"))
    assert not paper.signature_holds(public, other, signature)
    assert set_pages(paper.document(made, signature, public, "Sammen").as_json()).startswith(b"%PDF")
    assert paper.document(made, signature, public, "Sammen", "nn").language == "nn", (
        "a municipality's own form"
    )


def test_every_table_that_says_whose_a_row_is_is_emptied_or_named_as_kept() -> None:
    emptied = {table.name for table in leaving.pointing()} - leaving.KEPT.keys()
    municipal = {table.name for table in Base.metadata.tables.values() if kind_of(table) is Kind.MUNICIPAL}
    shared = {table.name for table in Base.metadata.tables.values() if kind_of(table) is Kind.SHARED}
    assert municipal | shared <= emptied
    unknown: list[Any] = [
        name for name in leaving.KEPT if name not in {t.name for t in leaving.pointing()} | {"municipality"}
    ]
    assert unknown == []
