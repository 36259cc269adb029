"""What somebody does to an archive on its way: cut, changed, packed, aimed elsewhere. All refused, and nothing put in."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.archive import layout
from deploy.archive.age import CHUNK, Key, SealedReader, SealedWriter, SealError, new_identity
from deploy.archive.reading import Archive
from deploy.archive.restoring import restore
from deploy.archive.writing import ArchiveError, take
from deploy.database import administrator, plain_url
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tests.database import KEYS, TestDatabase, fresh_database
from tests.worlds import World, make_world

SECRET_KEY, PUBLIC_KEY = new_identity()
SEAL, OPEN = Key(recipient=PUBLIC_KEY), Key(identity=SECRET_KEY)
Parts = dict[str, bytes]
Change = Callable[[Parts], None]


@dataclass(frozen=True)
class House:
    """A small world's archive as its files, and an installation to put it into that stays empty."""

    world: World
    path: Path
    parts: Parts
    elsewhere: TestDatabase


@pytest.fixture(scope="module")
async def house(migrated: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    path = tmp_path_factory.mktemp("attack") / "horten.age"
    async with fresh_database(*migrated) as database, fresh_database(*migrated) as elsewhere:
        world = await make_world(database)
        await world.sql(
            "INSERT INTO person (tenant_id, id, given_name, family_name) VALUES ($1, $2, 'Ada', 'Lie')",
            world.horten,
            uuid4(),
        )
        await take(database.app_url, KEYS, world.horten, path, SEAL)
        with path.open("rb") as file:
            plain = zipfile.ZipFile(io.BytesIO(SealedReader(file, OPEN).readall()))
        yield House(world, path, {name: plain.read(name) for name in plain.namelist()}, elsewhere)
        await world.close()


def sealed_zip(path: Path, parts: Parts, *, how: int = zipfile.ZIP_STORED, twice: str = "") -> Path:
    """An archive made by somebody who knows how: the manifest agrees with what is in it."""
    manifest = json.loads(parts[layout.MANIFEST])
    for name, told in manifest["files"].items():
        if name in parts and told.pop("as told", None) is None:
            told.update(sha256=hashlib.sha256(parts[name]).hexdigest(), bytes=len(parts[name]))
            if "rows" in told:
                told["rows"] = parts[name].count(b"\n")
    with path.open("wb") as into:
        sealed = SealedWriter(into, SEAL)
        with zipfile.ZipFile(sealed, "w", how) as made:
            for name, content in {**parts, layout.MANIFEST: json.dumps(manifest).encode()}.items():
                made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, compress_type=how)
            if twice:
                made.writestr(twice, parts[twice])
        sealed.finish()
    return path


def _line(parts: Parts, name: str, change: Callable[[dict[str, object]], object]) -> None:
    rows = [json.loads(line) for line in parts[name].decode().splitlines()]
    change(rows[0])
    parts[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()


def _foreign_owner(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.update(tenant_id=str(uuid4())))


def _strange_column(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.update(is_admin=True))


def _missing_column(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.pop("given_name"))


def _wrong_kind(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.update(birth_date="2026-13-45"))


def _name_twice(parts: Parts) -> None:
    name = "data/person.jsonl"
    parts[name] = parts[name].replace(b'"given_name":', b'"given_name":"x","given_name":', 1)


def _operator(parts: Parts) -> None:
    _line(
        parts,
        "data/membership.jsonl",
        lambda row: row.update(kind="operations", municipality_id=None, role="operator"),
    )


def _role_elsewhere(parts: Parts) -> None:
    _line(parts, "data/membership.jsonl", lambda row: row.update(municipality_id=str(uuid4())))


def _password(parts: Parts) -> None:
    _line(parts, "data/user_account.jsonl", lambda row: row.update(password_hash="x"))


def _not_party(parts: Parts) -> None:
    _line(parts, "cooperation/region_membership.jsonl", lambda row: row.update(municipality_id=str(uuid4())))


def _other_schema(parts: Parts) -> None:
    parts[layout.SCHEMA] = parts[layout.SCHEMA].replace(b'"person"', b'"persom"')


def _half_a_line(parts: Parts) -> None:
    parts["data/person.jsonl"] = parts["data/person.jsonl"][:-1]


def _nul(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.update(given_name="A\x00da"))


def _deep(parts: Parts) -> None:
    parts["data/person.jsonl"] = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"


def _broken_reference(parts: Parts) -> None:
    _line(parts, "data/person.jsonl", lambda row: row.update(merged_into=str(uuid4())))


CHANGES: list[Change] = [
    _foreign_owner, _strange_column, _missing_column, _wrong_kind, _name_twice, _operator, _role_elsewhere, _password,
    _not_party, _other_schema, _half_a_line, _nul, _deep, _broken_reference,
]  # fmt: skip


async def _nothing_was_put_in(house: House) -> None:
    async with administrator(house.elsewhere.admin_url) as admin:
        counts = await admin.fetchrow(
            "SELECT (SELECT count(*) FROM sammen.municipality), (SELECT count(*) FROM sammen.user_account),"
            " (SELECT count(*) FROM sammen.person), (SELECT count(*) FROM sammen.brought_row),"
            " (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D')"
        )
    assert counts is not None
    assert tuple(counts) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
async def test_an_archive_that_was_changed_by_one_who_knows_the_format_is_refused_whole(
    house: House, tmp_path: Path, change: Change
) -> None:
    parts = dict(house.parts)
    change(parts)
    with pytest.raises(ArchiveError), Archive(sealed_zip(tmp_path / "x.age", parts), OPEN) as archive:
        await restore(house.elsewhere.admin_url, KEYS, archive)
    await _nothing_was_put_in(house)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "data/../x.jsonl", "data\\x.jsonl", "files/x", "data/x.py"]
)
def test_a_name_that_points_out_of_the_archive_is_refused(house: House, tmp_path: Path, name: str) -> None:
    parts = {**house.parts, name: b"x"}
    manifest = json.loads(parts[layout.MANIFEST])
    manifest["files"][name] = {}
    parts[layout.MANIFEST] = json.dumps(manifest).encode()
    with pytest.raises(ArchiveError, match="ikke kan ha"):
        Archive(sealed_zip(tmp_path / "x.age", parts), OPEN)


def test_packed_files_and_files_twice_are_refused_before_they_are_read(house: House, tmp_path: Path) -> None:
    bomb = {**house.parts, "data/person.jsonl": bytes(50_000_000)}
    with pytest.raises(ArchiveError, match="pakket"):
        Archive(sealed_zip(tmp_path / "x.age", bomb, how=zipfile.ZIP_DEFLATED), OPEN)
    with pytest.warns(UserWarning, match="Duplicate"), pytest.raises(ArchiveError, match="ikke kan ha"):
        Archive(sealed_zip(tmp_path / "y.age", house.parts, twice="data/person.jsonl"), OPEN)


def test_a_file_more_or_less_than_the_manifest_says_is_refused(house: House, tmp_path: Path) -> None:
    for change in ({"data/x.jsonl": b""}, None):
        parts = (
            {**house.parts, **change}
            if change
            else {n: c for n, c in house.parts.items() if n != "data/person.jsonl"}
        )
        with pytest.raises(ArchiveError, match="andre filer"):
            Archive(sealed_zip(tmp_path / "x.age", parts), OPEN)


def test_every_cut_and_every_changed_byte_of_the_sealed_file_is_noticed(house: House, tmp_path: Path) -> None:
    whole, path = house.path.read_bytes(), tmp_path / "x.age"
    for length in (0, 10, 150, 300, CHUNK, CHUNK + 400, len(whole) - 17, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveError):
            Archive(path, OPEN)
    path.write_bytes(whole + b"x")
    with pytest.raises(ArchiveError):
        Archive(path, OPEN)
    for at in range(5, len(whole), len(whole) // 60):
        changed = bytearray(whole)
        changed[at] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ArchiveError), Archive(path, OPEN) as archive:
            archive.verify()


def test_another_key_a_passphrase_and_a_made_up_cost_do_not_open_it(house: House) -> None:
    for key in (Key(identity=new_identity()[0]), Key(passphrase="fire tilfeldige ord her")):
        with pytest.raises(ArchiveError, match="Nøkkelen"):
            Archive(house.path, key)
    costly = b"age-encryption.org/v1\n-> scrypt " + base64.b64encode(bytes(16)).rstrip(b"=") + b" 40\n"
    costly += (
        base64.b64encode(bytes(32)).rstrip(b"=")
        + b"\n--- "
        + base64.b64encode(bytes(32)).rstrip(b"=")
        + b"\n"
    )
    with pytest.raises(SealError) as refused:
        SealedReader(io.BytesIO(costly + bytes(64)), Key(passphrase="x"))
    assert refused.value.code == "header"


def test_what_another_program_sealed_in_the_same_format_opens_here() -> None:
    # Made by rage (pyrage 1.3), with a stanza of its own beside ours.
    sealed = base64.b64decode(
        "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBuQzVYU1VsaVRZdkllZkFTd2lQQlBvSkppaXZrUnk3clVLUk1lcW9URVV3Ck1tYzV0UkdzdHR3"
        "K0JhSmlwVzVGY2JVdlMzbFRxS29vLzFJLzVqeW02SzQKLT4gUFw/JlEuTVktZ3JlYXNlIEBwIEs+CjlkNkcrMDBlbzAxNlY1NTFLSEhHSEJFSHdEbW1a"
        "aFpHdURQZ2Y1ODhPM2hYcHZHZHRROHRVMDBRV1IvNmVERVUKCi0tLSBrQlJ0WG1MVmdZM3pzU2h5OTQ3QlhYQ0d0WGh5T3Bzbnptdm9WMmpBRHAwCsfP"
        "/LhR8vlub/+3NIZjuyQWLg8ksZHoyBZwgTfjUmQaRV1d/rbdNa0lh9y4"
    )
    key = Key(identity="AGE-SECRET-KEY-1RZMTX24NFHGHUWLLFPN3824VGQSN6CNXL0644ZH7LDK32Q9DNALQGWYAMA")
    assert SealedReader(io.BytesIO(sealed), key).read() == b"hei fra rage"


async def test_it_is_refused_where_the_municipality_is_already(house: House) -> None:
    with Archive(house.path, OPEN) as archive, pytest.raises(ArchiveError, match="her fra før"):
        await restore(house.world.database.admin_url, KEYS, archive)


async def test_an_export_that_is_stopped_leaves_no_file_that_looks_finished(
    house: House, tmp_path: Path
) -> None:
    class Stopped(Exception):
        pass

    def stop(_name: str, _rows: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        await take(
            house.world.database.app_url, KEYS, house.world.horten, tmp_path / "x.age", SEAL, tell=stop
        )
    assert list(tmp_path.iterdir()) == []
    begun = io.BytesIO()
    SealedWriter(begun, SEAL).write(bytes(200_000))
    with pytest.raises(SealError):
        SealedReader(io.BytesIO(begun.getvalue()), OPEN)


async def test_an_injected_statement_lists_nobodys_address_through_the_archives_doors(house: House) -> None:
    uow = await enter_job(house.world.engine, KEYS, PlaceKind.MUNICIPALITY, house.world.horten, job="archive")
    try:
        for door in ("archive_people", "archive_memberships", "archive_head"):
            with pytest.raises(asyncpg.PostgresError, match="refused"):
                async with uow.raw.transaction():
                    await uow.raw.fetch(f"SELECT * FROM sammen.{door}($1, $2)", 4_000_000_000, bytes(32))
    finally:
        await uow.rollback()
    connection = await asyncpg.connect(plain_url(house.world.database.app_url))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM sammen.departure")
    finally:
        await connection.close()
