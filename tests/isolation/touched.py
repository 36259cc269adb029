"""Which tables a statement has been at: the database tells, so that only those need be looked at again.

Of some twenty thousand attempts hardly any touches one, and to read all the tables took ten times as long as the answer.
"""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg

TELL = """
CREATE SCHEMA kept;
CREATE TABLE kept.told_of (name text);
CREATE FUNCTION kept.tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO kept.told_of VALUES (TG_TABLE_NAME);
  RETURN NULL;
END $$
"""


async def listen(admin: asyncpg.Connection[asyncpg.Record], names: Iterable[str]) -> None:
    """From now on these tables tell. What this connection itself changes is not told."""
    await admin.execute(TELL)
    for name in names:
        await admin.execute(
            f"CREATE TRIGGER zz_told AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sammen.{name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION kept.tell()"
        )
    await admin.execute("SET session_replication_role = replica")


async def heard(admin: asyncpg.Connection[asyncpg.Record]) -> set[str]:
    """The tables that have told since they were last asked."""
    return {row["name"] for row in await admin.fetch("DELETE FROM kept.told_of RETURNING name")}
