"""Figures out: a municipality's own, as it approved them, and what its regions have published.

Nothing else is read than what the municipality may see on its own pages; a hidden cell holds no number here either (0071).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Text, bindparam, or_, select, tuple_

from reporting.figures.api import Figure, FigureSet, own_editions
from reporting.interchange.shapes import (
    CellOut,
    CellPage,
    EditionOut,
    EditionPage,
    ReleasedCellOut,
    ReleasedCellPage,
    ReleaseOut,
    ReleasePage,
)
from sammen.db.raw import compile_query
from sammen.errors import NotFound
from sammen.machine.lists import page_of, position_of
from sammen.machine.operations import Answer, Call

EDITIONS: Final = "/api/v1/figures/editions"
RELEASES: Final = "/api/v1/figures/releases"
_RELEASES: Final = "SELECT * FROM sammen.member_releases()"
_RELEASED: Final = """
SELECT c.measure, c.table_id, c.place, c.key, c.value, c.hidden FROM sammen.member_release_cells($1) c
 WHERE $2::text IS NULL OR (c.measure, c.table_id, c.place, c.key) > ($2, $3, $4, $5)
 ORDER BY c.measure, c.table_id, c.place, c.key LIMIT $6
"""
_TEXT = Text()
figure, figure_set = Figure.__table__, FigureSet.__table__
_APPROVED = compile_query(
    select(figure_set.c.id).where(
        figure_set.c.tenant_id == bindparam("tenant"),
        figure_set.c.id == bindparam("edition"),
        figure_set.c.state == "approved",
    )
)
_CELLS = compile_query(
    select(figure.c.measure, figure.c.key, figure.c.value)
    .where(
        figure.c.tenant_id == bindparam("tenant"),
        figure.c.set_id == bindparam("edition"),
        or_(
            bindparam("measure", type_=_TEXT).is_(None),
            tuple_(figure.c.measure, figure.c.key)
            > tuple_(bindparam("measure", type_=_TEXT), bindparam("key", type_=_TEXT)),
        ),
    )
    .order_by(figure.c.measure, figure.c.key)
    .limit(bindparam("most"))
)


async def list_editions(call: Call) -> Answer:
    """The municipality's approved figures."""
    found = sorted(
        (one for editions in (await own_editions(call.uow)).values() for one in editions if one.state == "approved"),
        key=lambda one: (one.period, one.edition),
    )  # fmt: skip
    position = position_of(call, EDITIONS)
    if position:
        found = [one for one in found if (one.period, one.edition) > (position[0], int(position[1]))]
    page, following = page_of(
        call, EDITIONS, found[: call.query.limit + 1], lambda one: (one.period, str(one.edition))
    )
    items = []
    for one in page:
        assert one.approved_at is not None
        items.append(EditionOut(one.id, one.period, one.edition, one.approved_at, list(one.measures)))
    return Answer(EditionPage(items, following))


async def list_cells(call: Call) -> Answer:
    """The cells of one approved edition. Raises NotFound for one that is not approved."""
    edition, tenant = call.id("figure_set_id"), call.uow.context.tenant
    if await call.uow.value(_APPROVED, tenant=tenant, edition=edition) is None:
        raise NotFound
    path = f"{EDITIONS}/{edition}/cells"
    measure, key = position_of(call, path) or (None, None)
    rows = await call.uow.rows(
        _CELLS, tenant=tenant, edition=edition, measure=measure, key=key, most=call.query.limit + 1
    )
    page, following = page_of(call, path, rows, lambda row: (row["measure"], row["key"]))
    return Answer(
        CellPage([CellOut(row["measure"], row["key"], _number(row["value"])) for row in page], following)
    )


async def list_releases(call: Call) -> Answer:
    """What the municipality's regions show today."""
    rows = sorted(await call.uow.call(_RELEASES), key=lambda row: (row["period"], str(row["id"])))
    position = position_of(call, RELEASES)
    if position:
        rows = [row for row in rows if (row["period"], str(row["id"])) > (position[0], position[1])]
    page, following = page_of(
        call, RELEASES, rows[: call.query.limit + 1], lambda row: (row["period"], str(row["id"]))
    )
    items = [
        ReleaseOut(row["id"], row["region_name"], row["period"], row["edition"], row["approved_at"], list(row["tables"]))
        for row in page
    ]  # fmt: skip
    return Answer(ReleasePage(items, following))


async def list_released_cells(call: Call) -> Answer:
    """The cells of one release that the municipality may see. Raises NotFound for any other."""
    release = call.id("release_id")
    if release not in {row["id"] for row in await call.uow.call(_RELEASES)}:
        raise NotFound
    path = f"{RELEASES}/{release}/cells"
    after: Sequence[str | None] = position_of(call, path) or (None, None, None, None)
    rows = await call.uow.call(_RELEASED, release, *after, call.query.limit + 1)
    page, following = page_of(
        call, path, rows, lambda row: (row["measure"], row["table_id"], row["place"], row["key"])
    )
    return Answer(ReleasedCellPage([_released(row) for row in page], following))


def _released(row: Any) -> ReleasedCellOut:
    value = None if row["hidden"] or row["value"] is None else _number(row["value"])
    return ReleasedCellOut(row["measure"], row["table_id"], row["place"], row["key"], value, row["hidden"])


def _number(value: Any) -> str:
    return f"{Decimal(value):.2f}"
