"""One transaction per request or job, always inside a context.

| what happens          | what the unit of work does                                   |
|-----------------------|--------------------------------------------------------------|
| handler returns       | `commit()`, before the answer is sent                         |
| handler raises        | `rollback()`                                                  |
| page is ready to draw | `finish()`: commit and give the connection back, then render  |

Nobody else commits. After the end every further read raises, since the ticket went with the transaction.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from sammen.db.raw import Query
from sammen.errors import Unavailable
from sammen.keys import Keys
from sammen.tenancy.context import Context

DOWN = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.DiskFullError,
    # A standby that was asked before it had become the primary, or a server that somebody has locked.
    asyncpg.ReadOnlySQLTransactionError,
    # What a connection says that was cut while it was being used or put back.
    asyncpg.InternalClientError,
    ResourceClosedError,
)


def is_down(error: BaseException) -> bool:
    """Whether the server or the connection went away, however wrapped: nothing was kept, and it may be tried again."""
    origin = getattr(error, "orig", None) or error
    return any(isinstance(one, DOWN) for one in (error, origin, origin.__cause__))


def asyncpg_url(url: str) -> str:
    """Any PostgreSQL address as SQLAlchemy's asyncpg address."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


AWAY_S = 2
"""How long entering may take, and giving back: a database that needs longer is away, and the answer is 503."""
SILENT_S = 20
"""How long any statement may be without an answer. The server ends its own after 15 (db/install.py), so it is gone."""
TUNED = {"jit": "off", "random_page_cost": "1.1"}
"""What pages want of the server. The app role has the same as its own (db/install.py), for where a pooler drops it."""


def make_engine(
    url: str, *, pool_size: int = 16, application: str = "sammen", pooled: bool = False
) -> AsyncEngine:
    """The engine of a process. A pool that is empty for two seconds, or a server that is away, means 503.

    What pages read lies in memory, so a row found by an index costs hardly more than the next one (`random_page_cost`):
    with the server's default, made for turning disks, it reads a whole municipality's cases to count them.

    `pooled`: PgBouncer stands between. It refuses to start a session with settings it does not know; prepared statements
    go through it by name since 1.21, so those stay.
    """
    return create_async_engine(
        asyncpg_url(url),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=AWAY_S,
        pool_use_lifo=True,
        connect_args={
            "timeout": AWAY_S,
            "command_timeout": SILENT_S,
            "statement_cache_size": 400,
            "server_settings": {"application_name": application} | ({} if pooled else TUNED),
        },
    )


class UnitOfWork:
    """A transaction with its context. `raw` is for hot reads, `session` for writes; both are the same transaction."""

    __slots__ = ("_connection", "_session", "context", "ended", "keys", "raw", "standing")

    def __init__(self, connection: AsyncConnection, raw: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection: AsyncConnection | None = connection
        self._session: AsyncSession | None = None
        self.raw = raw
        self.ended = False
        self.standing: dict[str, Any] = {}
        """What the door knows of the whole request: it fills parameters of that name in compiled reads, which have a safe
        default where nobody gave it."""
        # Set by whoever opened it (tenancy/enter.py), before anyone else sees it.
        self.context: Context = cast(Context, None)
        self.keys: Keys = cast(Keys, None)

    @classmethod
    async def open(
        cls, engine: AsyncEngine, first: str, *arguments: Any
    ) -> tuple[UnitOfWork, list[Mapping[str, Any]]]:
        """Borrow a connection, begin, and run the `first` statement, which everything after it depends on.

        Returns the unit of work and the first statement's rows. Raises Unavailable when the database is away.
        """
        connection = engine.connect()
        try:
            began = time.monotonic()
            await connection.start()
            with _answered_within(connection, max(AWAY_S / 4, AWAY_S - (time.monotonic() - began))):
                # Through SQLAlchemy, so that its adapter begins the transaction that raw reads then are inside of.
                result = await connection.exec_driver_sql(first, arguments)
            rows = list(result.mappings()) if result.returns_rows else []
            adapted = await connection.get_raw_connection()
        except BaseException as error:
            await asyncio.shield(_close_quietly(connection))
            if is_down(error):
                raise Unavailable from error
            raise
        raw = cast("asyncpg.Connection[asyncpg.Record]", adapted.driver_connection)
        return cls(connection, raw), cast("list[Mapping[str, Any]]", rows)

    @property
    def engine(self) -> AsyncEngine:
        """The engine this came from, for a short transaction beside this one (a job's progress)."""
        self._alive()
        assert self._connection is not None
        return self._connection.engine

    @property
    def session(self) -> AsyncSession:
        """The ORM's session on this transaction, made when first asked for."""
        self._alive()
        if self._session is None:
            self._session = AsyncSession(self._connection, expire_on_commit=False, autoflush=True)
        return self._session

    def _alive(self) -> None:
        if self.ended:
            raise RuntimeError("this unit of work has ended")

    def _arguments(self, query: Query, values: dict[str, Any]) -> list[Any]:
        for name, value in self.standing.items():
            if name in query.names:
                values.setdefault(name, value)
        return query.arguments(values)

    async def rows(self, query: Query, **values: Any) -> list[asyncpg.Record]:
        """All rows of a compiled query."""
        self._alive()
        found: list[asyncpg.Record] = await self.raw.fetch(query.sql, *self._arguments(query, values))
        return found

    async def row(self, query: Query, **values: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        self._alive()
        return await self.raw.fetchrow(query.sql, *self._arguments(query, values))

    async def value(self, query: Query, **values: Any) -> Any:
        """The first column of the first row, or None."""
        self._alive()
        return await self.raw.fetchval(query.sql, *self._arguments(query, values))

    async def call(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Call one of the database's functions with fixed SQL text; `arguments` fill `$1…`."""
        self._alive()
        found: list[asyncpg.Record] = await self.raw.fetch(sql, *arguments)
        return found

    async def commit(self) -> None:
        """Flush the ORM, commit and give the connection back. Does nothing when already ended."""
        if self.ended:
            return
        assert self._connection is not None
        try:
            if self._session is not None:
                await self._session.flush()
            await self._connection.commit()
        finally:
            await self._release()

    finish = commit

    async def rollback(self) -> None:
        """Undo everything and give the connection back. Does nothing when already ended."""
        if not self.ended:
            await self._release()

    async def _release(self) -> None:
        self.ended = True
        connection, self._connection = self._connection, None
        if connection is not None:
            # Shielded: a client that goes away must not leave a connection with a ticket half returned.
            await asyncio.shield(_close_quietly(connection))


async def _close_quietly(connection: AsyncConnection) -> None:
    if connection.sync_connection is None:
        return  # It never began: the database was away, or the client was gone before the pool had a connection.
    try:
        with _answered_within(connection, AWAY_S):
            await connection.close()
    except (DBAPIError, *DOWN):
        # Closed half-way already, when the server cut it: then the pool has let go of it.
        with suppress(DBAPIError, *DOWN):
            await connection.invalidate()


@contextmanager
def _answered_within(connection: AsyncConnection, seconds: float) -> Iterator[None]:
    """Hang up when the block takes longer: a server that is frozen, or behind a cut line, takes all and never answers.

    The line is cut below whoever waits, who then sees a lost connection. To cancel the waiting instead would have the
    driver say goodbye first, and wait for that answer, too.
    """
    timer = asyncio.get_running_loop().call_later(seconds, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: AsyncConnection) -> None:
    if connection.sync_connection is None or connection.sync_connection.invalidated:
        return
    with suppress(DBAPIError, *DOWN):
        driver = connection.sync_connection.connection.driver_connection
        if driver is not None:
            driver.terminate()


@asynccontextmanager
async def plain_transaction(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A short transaction with no context, for the doors that need none (login, refusals). Commits on leaving."""
    uow, _ = await UnitOfWork.open(engine, "SELECT 1")
    try:
        yield uow.raw
    except BaseException:
        await uow.rollback()
        raise
    await uow.commit()
