"""Reads of releases: in the region by its own rows, in a member municipality through the doors of functions.sql.

A release's numbers never change, so they are read once a process; whether the reader may see the release is asked each time.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from reporting.periods import Period, parse
from reporting.releases.models import RegionGroup, Release, ReleaseCell, ReleaseMember
from reporting.releases.shown import HIDDEN, CellKey, Place, ReleaseCard, Released, Shown
from reporting.releases.tables import divisions, table_of
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.norwegian import alphabetical
from sammen.tenancy.models import Municipality, RegionMembership

release = Release.__table__
cell = ReleaseCell.__table__
member = ReleaseMember.__table__
group = RegionGroup.__table__
municipality = Municipality.__table__
membership = RegionMembership.__table__

KEPT: Final = 64
"""Releases kept in memory at a time: a region's last years, for some regions."""
READABLE: Final = ("shown", "replaced")
OPEN: Final = ("making", "ready", "failed", "approved")
SEEN: Final = ("approved", "shown", "replaced", "withdrawn")
"""Once approved, a release counts as known to everybody for good, also when it is withdrawn."""


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as its pages need it. `report` is what the job found (report.py); None until it has run."""

    id: UUID
    period: Period
    edition: int
    state: str
    tables: tuple[str, ...]
    threshold: int
    why: str
    made_by: UUID
    created_at: datetime
    task_id: UUID | None
    ready_at: datetime | None
    report: dict[str, Any] | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    reason: str
    version: int

    @property
    def card(self) -> ReleaseCard:
        """The release as readers of its figures meet it."""
        at = self.approved_at or self.created_at
        return ReleaseCard(self.id, self.period, self.edition, at, self.state == "replaced", self.state)


_COLUMNS = (
    release.c.id, release.c.period, release.c.edition, release.c.state, release.c.tables, release.c.threshold,
    release.c.why, release.c.made_by, release.c.created_at, release.c.task_id, release.c.ready_at, release.c.report,
    release.c.approved_at, release.c.withdrawn_at, release.c.reason, release.c.version,
)  # fmt: skip
_ALL = compile_query(
    select(*_COLUMNS)
    .where(release.c.region_id == bindparam("region"))
    .order_by(release.c.period.desc(), release.c.edition.desc())
)
_ONE = compile_query(
    select(*_COLUMNS).where(release.c.region_id == bindparam("region"), release.c.id == bindparam("id"))
)
_CELLS = compile_query(
    select(cell.c.measure, cell.c.table_id, cell.c.place, cell.c.key, cell.c.value, cell.c.hidden).where(
        cell.c.region_id == bindparam("region"), cell.c.release_id == bindparam("id")
    )
)
_PLACES = compile_query(
    select(
        member.c.municipality_id, municipality.c.name, municipality.c.slug, member.c.group_code,
        member.c.group_name, member.c.figures_edition, member.c.measures,
    )
    .join_from(member, municipality, municipality.c.id == member.c.municipality_id)
    .where(member.c.region_id == bindparam("region"), member.c.release_id == bindparam("id"))
)  # fmt: skip
_GROUPS = compile_query(
    select(group.c.municipality_id, group.c.code, group.c.name).where(
        group.c.region_id == bindparam("region")
    )
)
_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
)


def _row(found: Any) -> ReleaseRow:
    values = dict(found)
    report = values["report"]
    # Raw reads hand jsonb over as text: SQLAlchemy decodes it in its own result rows only.
    values["report"] = json.loads(report) if isinstance(report, str) else report
    return ReleaseRow(**{**values, "period": parse(values["period"]), "tables": tuple(values["tables"])})


async def releases(uow: UnitOfWork) -> list[ReleaseRow]:
    """Every release of the region, in the region's own context, the newest period and edition first."""
    rows = [_row(found) for found in await uow.rows(_ALL, region=uow.context.region)]
    return sorted(rows, key=lambda one: (one.period.start, one.period.end, one.edition), reverse=True)


async def any_withdrawn(uow: UnitOfWork) -> bool:
    """Whether the region has taken a release off the pages."""
    return any(row.state == "withdrawn" for row in await releases(uow))


async def release_row(uow: UnitOfWork, release_id: UUID) -> ReleaseRow:
    """One release of the caller's region. Raises NotFound."""
    found = await uow.row(_ONE, region=uow.context.region, id=release_id)
    if found is None:
        raise NotFound
    return _row(found)


async def releases_shown(uow: UnitOfWork) -> list[ReleaseCard]:
    """The release shown of each period, the newest period first: the region's, or those of the municipality's regions."""
    if uow.context.tenant_id is None:
        return [row.card for row in await releases(uow) if row.state == "shown"]
    rows = await uow.call("SELECT * FROM sammen.member_releases()")
    cards = [ReleaseCard(r["id"], parse(r["period"]), r["edition"], r["approved_at"]) for r in rows]
    return sorted(cards, key=lambda card: (card.period.start, card.period.end), reverse=True)


async def _seen(uow: UnitOfWork, release_id: UUID) -> tuple[ReleaseCard, tuple[str, ...]]:
    """The card and the tables of a release that the caller may read now. Raises NotFound."""
    if uow.context.tenant_id is None:
        row = await release_row(uow, release_id)
        if row.state not in READABLE:
            raise NotFound
        return row.card, row.tables
    for found in await uow.call("SELECT * FROM sammen.member_releases() WHERE id = $1", release_id):
        card = ReleaseCard(found["id"], parse(found["period"]), found["edition"], found["approved_at"])
        return card, tuple(found["tables"])
    raise NotFound


_KEPT: OrderedDict[UUID, Released] = OrderedDict()


async def released(uow: UnitOfWork, chosen: ReleaseCard | UUID) -> Released:
    """A release's figures: one read a process and release. Raises NotFound for one the caller may not see (now)."""
    release_id = chosen if isinstance(chosen, UUID) else chosen.id
    card, tables = await _seen(uow, release_id)
    kept = _KEPT.get(release_id)
    if kept is None:
        kept = await _read(uow, card, tables)
        _KEPT[release_id] = kept
        while len(_KEPT) > KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(release_id)
    return kept if kept.card == card else replace(kept, card=card)


def forget() -> None:
    """Read every release anew: for whoever has changed the database behind the process's back."""
    _KEPT.clear()


async def _read(uow: UnitOfWork, card: ReleaseCard, tables: tuple[str, ...]) -> Released:
    if uow.context.tenant_id is None:
        scope = {"region": uow.context.region, "id": card.id}
        people, numbers = await uow.rows(_PLACES, **scope), await uow.rows(_CELLS, **scope)
    else:
        people = await uow.call("SELECT * FROM sammen.member_release_places($1)", card.id)
        numbers = await uow.call("SELECT * FROM sammen.member_release_cells($1)", card.id)
    places = sorted(
        (
            Place(
                str(r["municipality_id"]),
                r["name"],
                r["slug"],
                r["group_code"] or "",
                r["figures_edition"] or 0,
            )
            for r in people
        ),
        key=lambda place: alphabetical(place.name),
    )
    named = {r["group_code"]: r["group_name"] for r in people if r["group_code"]}
    cells: dict[CellKey, Shown] = {}
    for r in numbers:
        _, by = table_of(f"{r['measure']}:{r['table_id']}")
        key = tuple(r["key"].split("|")) if by else ()
        cells[r["measure"], by, r["place"], key] = HIDDEN if r["hidden"] else Shown(r["value"])
    return Released(
        card, tuple(places), frozenset(place.id for place in places if not place.edition), cells,
        divisions(tables), tuple(sorted(named.items(), key=lambda pair: alphabetical(pair[1]))),
        frozenset(
            (measure, str(r["municipality_id"])) for r in people if r["figures_edition"]
            for measure in divisions(tables) if measure not in r["measures"]
        ),
    )  # fmt: skip


async def groups_of(uow: UnitOfWork) -> dict[UUID, tuple[str, str]]:
    """Code and name of the group each municipality of the region is compared in; those in none are absent."""
    return {
        r["municipality_id"]: (r["code"], r["name"])
        for r in await uow.rows(_GROUPS, region=uow.context.region)
    }


async def members_on(uow: UnitOfWork, day: date) -> dict[UUID, str]:
    """Names of the municipalities that were members of the caller's region on a day."""
    rows = await uow.rows(_MEMBERS, region=uow.context.region, day=day)
    return {r["id"]: r["name"] for r in rows}
