"""Ordering an archive: one asks, another says yes, a job makes it, and whoever asked fetches it and tells its fingerprint.

An archive is everything at once, beyond any purchaser's reach. So no one person can have one made: the administrator, who
reads no case, orders it for a key; a manager, who does, approves. The file opens with that key alone.
"""

from __future__ import annotations

import getpass
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.archive.age import Key, SealError, recipient_key
from deploy.archive.models import ArchiveChunk, ArchiveExport
from deploy.archive.writing import ArchiveError, Progress, Taken, take, write
from sammen.audit.seal import seal_all
from sammen.audit.trail import record_change, record_read
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork, make_engine
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.keys import Keys
from sammen.policy.four_eyes import Approval
from sammen.settings import Settings
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

JOB: Final = "archive.make"
KEPT_DAYS: Final = 7
PIECE: Final = 1024 * 1024
LARGEST: Final = 128 * PIECE
"""What a page hands out. A larger archive is made by the operator, at the command line."""
WRONG: Final = N_("Dette er ikke arkivets fingeravtrykk. Kontroller fila med sammen municipality verify.")
LONGEST_REASON: Final = 500
PUT: Final = (
    "INSERT INTO sammen.archive_chunk (tenant_id, id, export_id, number, content) VALUES ($1, $2, $3, $4, $5)"
)
archive_export, archive_chunk = ArchiveExport.__table__, ArchiveChunk.__table__


@dataclass(frozen=True, slots=True)
class ExportCard:
    """One ordered archive as its page shows it: never its fingerprint."""

    id: UUID
    state: str
    reason: str
    recipient: str
    ordered_by: UUID | None
    ordered_by_name: str
    approved_by_name: str
    as_of: datetime | None
    taken_at: datetime | None
    rows: int
    size: int
    expires_on: date | None
    confirmed_at: datetime | None
    confirmed_by_name: str
    created_at: datetime
    version: int


_COLUMNS = [archive_export.c[name] for name in ExportCard.__dataclass_fields__]
_ALL = compile_query(
    select(*_COLUMNS)
    .where(archive_export.c.tenant_id == bindparam("tenant"))
    .order_by(archive_export.c.created_at.desc(), archive_export.c.id.desc())
    .limit(50)
)
_ONE = compile_query(
    select(*_COLUMNS).where(
        archive_export.c.tenant_id == bindparam("tenant"), archive_export.c.id == bindparam("export")
    )
)
_CHUNKS = compile_query(
    select(archive_chunk.c.content)
    .where(archive_chunk.c.tenant_id == bindparam("tenant"), archive_chunk.c.export_id == bindparam("export"))
    .order_by(archive_chunk.c.number)
)


async def exports(uow: UnitOfWork) -> list[ExportCard]:
    """The municipality's archives, newest first."""
    return [ExportCard(**dict(row)) for row in await uow.rows(_ALL, tenant=uow.context.tenant)]


async def export_card(uow: UnitOfWork, export_id: UUID) -> ExportCard:
    """One of them. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, export=export_id)
    if row is None:
        raise NotFound
    return ExportCard(**dict(row))


async def order(uow: UnitOfWork, recipient: str, reason: str) -> UUID:
    """Ask for an archive, sealed for `recipient` (`age1…`). Raises Invalid for a key that is none, or no reason."""
    errors = {}
    try:
        recipient_key(recipient)
    except SealError:
        errors["mottaker"] = BadInput(
            "mottaker", N_("Dette er ikke en offentlig age-nøkkel. Den begynner med age1.")
        )
    if not reason.strip():
        errors["grunn"] = BadInput("grunn", N_("Skriv hva arkivet skal brukes til."))
    elif len(reason) > LONGEST_REASON:
        errors["grunn"] = BadInput("grunn", N_("Teksten er for lang. Bruk høyst 500 tegn."))
    if errors:
        raise Invalid(errors)
    row = ArchiveExport(
        tenant_id=uow.context.tenant, id=uuid7(), recipient=recipient.strip(), reason=reason.strip(),
        ordered_by=uow.context.user, ordered_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "archive.ordered", "archive_export", row.id)
    return row.id


async def _held(uow: UnitOfWork, export_id: UUID, state: str) -> ArchiveExport:
    row = await uow.session.get(ArchiveExport, (uow.context.tenant, export_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.state != state:
        raise Conflict(N_("Dette er alt gjort. Last siden på nytt."))
    return row


async def decide(uow: UnitOfWork, export_id: UUID, *, yes: bool) -> None:
    """Approve what another has ordered, or say no. Raises NotFound, Conflict, and Forbidden for one's own order."""
    row = await _held(uow, export_id, "ordered")
    if yes:
        Approval(row.ordered_by or UUID(int=0), uow.context.user)
    row.state = "making" if yes else "refused"
    row.approved_by = uow.context.user if row.ordered_by != uow.context.user else None
    row.approved_by_name = uow.context.user_name
    await record_change(uow, "archive.approved" if yes else "archive.refused", "archive_export", row.id)
    if yes:
        await enqueue(uow, JOB, {"export": export_id}, once=f"{JOB}:{export_id}")


async def confirm(uow: UnitOfWork, export_id: UUID, typed: str) -> None:
    """The municipality has opened the archive, and says so by its fingerprint. Raises Invalid for another one."""
    row = await uow.session.get(ArchiveExport, (uow.context.tenant, export_id), with_for_update=True)
    if row is None or row.fingerprint is None:
        raise NotFound
    if "".join(typed.split()).lower() != row.fingerprint.hex():
        raise Invalid.one("fingeravtrykk", WRONG)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by_name = now(), uow.context.user_name
        await record_change(uow, "archive.confirmed", "archive_export", row.id)


async def content(uow: UnitOfWork, export_id: UUID) -> bytes:
    """The sealed file. Raises NotFound when it is not ready, or its last day is over; Forbidden for others' orders."""
    card = await export_card(uow, export_id)
    if card.state != "ready" or (card.expires_on and card.expires_on < today()):
        raise NotFound
    if card.ordered_by != uow.context.user:
        raise Forbidden(N_("Bare den som bestilte arkivet, kan hente det."))
    await record_read(
        uow,
        "archive.fetched",
        [],
        why=N_("Arkivet ble hentet"),
        object_kind="archive_export",
        object_id=export_id,
    )
    pieces = await uow.rows(_CHUNKS, tenant=uow.context.tenant, export=export_id)
    return b"".join([bytes(row["content"]) for row in pieces])


async def make(uow: UnitOfWork, export_id: UUID) -> None:
    """The job: take the archive and keep the sealed file. Done again after a stop, it is made anew. Raises NotFound."""
    row = await uow.session.get(ArchiveExport, (uow.context.tenant, export_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.state != "making":
        return
    # This transaction waits while the snapshot is read on a connection of its own.
    await uow.call("SET LOCAL idle_in_transaction_session_timeout = '30min'")
    await seal_first(uow.engine, uow.keys, uow.context.tenant)
    app_url = uow.engine.url.render_as_string(hide_password=False)
    with tempfile.TemporaryFile() as into:
        try:
            taken = await write(app_url, uow.keys, uow.context.tenant, into, Key(recipient=row.recipient))
        except ArchiveError:
            row.state = "failed"
            return
        row.as_of, row.taken_at, row.fingerprint = taken.as_of, now(), taken.fingerprint
        row.rows, row.size = taken.rows, taken.size
        if taken.size > LARGEST:
            row.state = "failed"
            return
        into.seek(0)
        for number, piece in enumerate(iter(lambda: into.read(PIECE), b"")):
            await uow.call(PUT, row.tenant_id, uuid7(), row.id, number, piece)
    row.state, row.expires_on = "ready", today() + timedelta(days=KEPT_DAYS)
    await record_change(uow, "archive.taken", "archive_export", row.id, rows=taken.rows)


async def drop_old(uow: UnitOfWork) -> int:
    """The job of a day: files whose last day is over go; that they were there stays. Returns how many."""
    rows = await uow.call(
        "UPDATE sammen.archive_export SET state = 'gone' WHERE tenant_id = $1 AND state = 'ready' AND expires_on < $2"
        " RETURNING id",
        uow.context.tenant,
        today(),
    )
    for row in rows:
        await uow.call(
            "DELETE FROM sammen.archive_chunk WHERE tenant_id = $1 AND export_id = $2",
            uow.context.tenant,
            row["id"],
        )
    return len(rows)


async def seal_first(engine: AsyncEngine, keys: Keys, tenant: UUID) -> None:
    """Seal the trail before the snapshot, so that the archive holds a chain without a loose end."""
    uow = await enter_job(engine, keys, PlaceKind.MUNICIPALITY, tenant, job="archive", seconds=900)
    try:
        await seal_all(uow)
    except BaseException:
        await uow.rollback()
        raise
    await uow.commit()


async def export_by_hand(
    settings: Settings, slug: str, path: Path, key: Key, *, tell: Progress = lambda _name, _rows: None
) -> Taken:
    """The operator's export, to a file. That it was taken stands in the municipality's own trail. Raises ArchiveError."""
    from deploy.administration import app_url

    engine, keys = make_engine(app_url(settings), pool_size=2, application="sammen-cli"), Keys.of(settings)
    try:
        async with engine.connect() as connection:
            found = await connection.exec_driver_sql(
                "SELECT id FROM sammen.municipality WHERE slug = $1", (slug,)
            )
            tenant = found.scalar_one_or_none()
        if tenant is None:
            raise ArchiveError(f"Ingen kommune har adressen {slug}.")
        await seal_first(engine, keys, tenant)
        taken = await take(app_url(settings), keys, tenant, path, key, tell=tell)
        uow = await enter_job(engine, keys, PlaceKind.MUNICIPALITY, tenant, job="archive")
        try:
            row = ArchiveExport(
                tenant_id=tenant, id=uuid7(), state="gone", recipient=key.recipient,
                ordered_by_name=f"drift: {getpass.getuser()}",
                as_of=taken.as_of, taken_at=now(), fingerprint=taken.fingerprint, rows=taken.rows, size=taken.size,
            )  # fmt: skip
            uow.session.add(row)
            await uow.session.flush()
            await record_change(uow, "archive.taken", "archive_export", row.id, rows=taken.rows)
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()
    finally:
        await engine.dispose()
    return taken


def short_key(recipient: str) -> str:
    """A public key as people compare them: its beginning and end."""
    return f"{recipient[:10]}…{recipient[-6:]}" if recipient else ""


def waiting(cards: Sequence[ExportCard], user: UUID) -> list[ExportCard]:
    """Orders that wait for somebody else than who made them."""
    return [card for card in cards if card.state == "ordered" and card.ordered_by != user]
