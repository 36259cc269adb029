"""A municipality's archive over every table there is: all of its own, nothing of anybody else's, and the same bytes again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from deploy.archive import layout, treatment
from deploy.archive.age import Key, SealedReader, new_identity
from deploy.archive.reading import Archive
from deploy.archive.restoring import restore
from deploy.archive.writing import Taken, take
from deploy.database import administrator
from sammen.audit.seal import seal_all
from sammen.audit.verify import verify
from sammen.db.base import Base, Kind
from sammen.db.install import fill_vault
from sammen.db.rls import kind_of
from sammen.keys import Keys
from tests.archive_samples import NUMBER, make_openable
from tests.database import KEYS, TestDatabase, fresh_database
from tests.isolation.canaries import ROOT_ID, Owner, fill_references
from tests.isolation.conftest import Filled, _make_filled

OTHER_SECRET = "another-house's-secret-of-more-than-thirty-two-characters"
OTHER_KEYS = Keys.derive(OTHER_SECRET)
SECRET_KEY, PUBLIC_KEY = new_identity()
SEAL, OPEN = Key(recipient=PUBLIC_KEY), Key(identity=SECRET_KEY)


@dataclass(frozen=True)
class Moved:
    """Horten's archive, what it was put into, and Horten's archive from there."""

    filled: Filled
    first: Path
    taken: Taken
    elsewhere: TestDatabase
    second: Path
    again: Taken


@pytest.fixture(scope="module")
async def moved(migrated: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Moved]:
    folder = tmp_path_factory.mktemp("archive")
    async with _make_filled(migrated) as filled, fresh_database(*migrated) as elsewhere:
        for owner in (filled.horten, filled.re, filled.skien):
            async with filled.world.job(owner.tenant) as uow:
                await seal_all(uow)
        async with administrator(filled.database.admin_url) as admin:
            # A canary's gap is no gap of this chain.
            await admin.execute("DELETE FROM sammen.audit_gap")
            await make_openable(admin, KEYS, (filled.horten, filled.re, filled.skien))
        first, second = folder / "horten.age", folder / "again.age"
        taken = await take(filled.database.app_url, KEYS, filled.horten.tenant, first, SEAL)
        async with administrator(elsewhere.admin_url) as admin:
            await fill_vault(admin, OTHER_SECRET)
            await fill_references(admin, Owner("alles", ROOT_ID, ROOT_ID, 0))
        with Archive(first, OPEN) as archive:
            await restore(elsewhere.admin_url, OTHER_KEYS, archive, send_waiting=True)
        again = await take(elsewhere.app_url, OTHER_KEYS, filled.horten.tenant, second, SEAL)
        yield Moved(filled, first, taken, elsewhere, second, again)


def plain(path: Path) -> bytes:
    with path.open("rb") as file:
        return io.BufferedReader(SealedReader(file, OPEN)).read()  # type: ignore[type-var]  # a raw file is one


def opened(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(plain(path)))


def lines(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, object]]:
    for line in archive.read(name).decode().splitlines():
        yield json.loads(line)


def test_every_column_of_bytes_has_been_placed_and_every_table_is_in_or_left_out_with_a_reason() -> None:
    assert treatment.unplaced() == []
    inside = {*layout.data_tables(), *layout.cooperation_tables()}
    assert inside | set(treatment.left_out()) == {table.name for table in Base.metadata.tables.values()}
    assert not inside & set(treatment.left_out())
    municipal = {table.name for table in Base.metadata.tables.values() if kind_of(table) is Kind.MUNICIPAL}
    assert municipal - inside == {"archive_export", "archive_chunk", "brought_row", "login_invitation"}


async def test_every_municipal_tables_row_is_there_and_no_foreign_mark_in_any_byte(moved: Moved) -> None:
    everything = plain(moved.first)
    archive = opened(moved.first)
    horten = moved.filled.horten
    missing = []
    for table in treatment.municipal_tables():
        ids = {UUID(str(row["id"])) for row in lines(archive, layout.data_name(table.name))}
        held = await moved.filled.world.sql(
            f"SELECT id FROM {table.name} WHERE tenant_id = $1", horten.tenant
        )
        if ids != {row["id"] for row in held} or (
            table.name not in ("access_index", "audit_gap") and not ids
        ):
            missing.append(table.name)
    assert missing == []
    assert horten.marker.encode() in everything
    for other in (moved.filled.re, moved.filled.skien):
        assert other.marker.encode() not in everything
        assert other.marker.lower().encode() not in everything
        assert str(other.tenant).encode() not in everything


def test_what_the_house_sealed_can_be_read_and_what_only_its_key_explains_is_not_there(moved: Moved) -> None:
    archive = opened(moved.first)
    [person] = [row for row in lines(archive, "data/person.jsonl") if row["number_cipher"]]
    assert person["number_cipher"] == NUMBER
    assert "number_hash" not in person
    assert not any("password_hash" in row for row in lines(archive, "data/user_account.jsonl"))
    assert NUMBER.encode() not in moved.first.read_bytes()


def test_documents_are_files_of_their_own(moved: Moved) -> None:
    archive = opened(moved.first)
    [letter] = list(lines(archive, "data/letter.jsonl"))
    assert moved.filled.horten.marker.encode() in archive.read(str(letter["pdf"]))


def test_taken_out_again_elsewhere_under_another_key_it_is_the_same_bytes(moved: Moved) -> None:
    assert moved.again.fingerprint == moved.taken.fingerprint
    assert plain(moved.second) == plain(moved.first)
    assert moved.second.read_bytes() != moved.first.read_bytes()


async def test_the_chain_of_the_log_is_whole_where_it_was_put(moved: Moved) -> None:
    found = {report.slug: report for report in await verify(moved.elsewhere.admin_url)}
    assert found["horten"].broken is None, found["horten"].text()


async def test_people_are_found_by_their_number_under_the_new_houses_key(moved: Moved) -> None:
    async with administrator(moved.elsewhere.admin_url) as admin:
        found = await admin.fetchval(
            "SELECT count(*) FROM sammen.person WHERE tenant_id = $1 AND number_hash = $2",
            moved.filled.horten.tenant,
            OTHER_KEYS.number_hash(moved.filled.horten.tenant, NUMBER),
        )
        guards = await admin.fetchval("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        ways_in = await admin.fetchval(
            "SELECT count(*) FROM sammen.user_account WHERE password_hash IS NOT NULL"
        )
    assert (found, guards, ways_in) == (1, 0, 0)
