"""The database's catalogue, read as it is after migration."""

from __future__ import annotations

import asyncpg
import pytest

from sammen.db.install import version_is_safe
from tests.isolation.catalogue import CHECKS, Check, all_names, split_or


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_catalogue_has_no_fault(check: Check, admin: asyncpg.Connection[asyncpg.Record]) -> None:
    assert await check(admin, all_names()) == []


async def test_the_server_holds_the_fixes_for_row_level_security(
    admin: asyncpg.Connection[asyncpg.Record],
) -> None:
    assert version_is_safe(int(await admin.fetchval("SHOW server_version_num")))


@pytest.mark.parametrize(
    ("number", "safe"),
    [
        (150013, False),
        (150014, True),
        (160009, False),
        (160010, True),
        (170005, False),
        (170006, True),
        (180000, True),
        (140099, False),
    ],
)
def test_versions_before_the_fixes_are_known(number: int, safe: bool) -> None:
    assert version_is_safe(number) is safe


def test_a_condition_is_split_at_its_outermost_or_only() -> None:
    assert split_or("((a = 1) OR (b = 2 AND (c OR d)))") == ["(a = 1)", "(b = 2 AND (c OR d))"]
    assert split_or("(a = ( SELECT 1 OR 2))") == ["a = ( SELECT 1 OR 2)"]
