"""Inhabitants: read in by the project manager in editions, and what figures are divided by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select

from reporting.figures.models import PopulationCount, PopulationEdition
from reporting.figures.population_file import Place, Read, age_range, band_of, no_rows, read_population
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.tenancy.models import Municipality, MunicipalityPopulation, RegionMembership

edition = PopulationEdition.__table__
count = PopulationCount.__table__
municipality = Municipality.__table__
membership = RegionMembership.__table__
reference = MunicipalityPopulation.__table__
START = N_("Statistisk sentralbyrå, tabell 07459")
KEPT_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Denominators:
    """Inhabitants on 1 January of `year` (0 when none are known), by municipality and age band, and where from.

    `source` is as the project manager wrote it, a msgid when it is the start value; `as_of` the day it was fetched.
    """

    year: int
    inhabitants: Mapping[tuple[UUID, str], int] = field(repr=False)
    source: str
    as_of: date | None

    def of(self, place: UUID, band: str = "") -> int | None:
        """Inhabitants of a municipality, of all ages or of a band; None when unknown."""
        if band:
            return self.inhabitants.get((place, band))
        found = [number for (one, _), number in self.inhabitants.items() if one == place]
        return sum(found) if found else None


@dataclass(frozen=True, slots=True)
class EditionCard:
    """A file that was read in. `faults`: (line, sentence as a msgid, its parameters)."""

    id: UUID
    edition: int
    state: str
    source: str
    as_of: date
    file_name: str
    created_at: datetime
    used_at: datetime | None
    version: int
    faults: tuple[tuple[int, str, Mapping[str, str]], ...]
    fault_count: int
    others: int


_READ_IN = "SELECT * FROM sammen.region_inhabitants($1)"
_REFERENCE_YEAR = compile_query(
    select(func.max(reference.c.year)).where(
        reference.c.year <= bindparam("year"), reference.c.municipality_id == func.any(bindparam("ids"))
    )
)
_REFERENCE = compile_query(
    select(reference.c.municipality_id, reference.c.age_band, reference.c.inhabitants).where(
        reference.c.year == bindparam("year"), reference.c.municipality_id == func.any(bindparam("ids"))
    )
)
_EVER = compile_query(
    select(municipality.c.id, municipality.c.code, municipality.c.name)
    .distinct()
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(membership.c.region_id == bindparam("region"))
    .order_by(municipality.c.name)
)
_mine = membership.alias("mine")
_BESIDE = compile_query(
    select(membership.c.municipality_id)
    .distinct()
    .where(
        membership.c.region_id.in_(
            select(_mine.c.region_id).where(_mine.c.municipality_id == bindparam("tenant"))
        )
    )
)
_CARDS = compile_query(
    select(
        edition.c.id, edition.c.edition, edition.c.state, edition.c.source, edition.c.as_of, edition.c.file_name,
        edition.c.created_at, edition.c.used_at, edition.c.version, edition.c.faults,
    )
    .where(edition.c.region_id == bindparam("region"))
    .order_by(edition.c.edition.desc())
)  # fmt: skip
_COUNTS = compile_query(
    select(municipality.c.name, count.c.year, count.c.band, count.c.inhabitants)
    .join_from(count, municipality, municipality.c.id == count.c.municipality_id)
    .where(count.c.region_id == bindparam("region"), count.c.edition_id == bindparam("edition"))
    .order_by(municipality.c.name, count.c.year)
)


async def places_of(uow: UnitOfWork) -> list[Place]:
    """Every municipality that is or has been in the region: earlier years are theirs as well."""
    rows = await uow.rows(_EVER, region=uow.context.region)
    return [Place(row["id"], row["code"], row["name"]) for row in rows]


async def denominators(uow: UnitOfWork, year: int) -> Denominators:
    """Inhabitants of the newest year up to `year`, in a region's context or a member municipality's.

    What the region has read in; until then what Sammen knows of its municipalities from Statistics Norway.
    """
    rows = await uow.call(_READ_IN, year)
    if rows:
        newest = max(rows, key=lambda row: row["as_of"])
        found = {(row["municipality_id"], row["band"]): int(row["inhabitants"]) for row in rows}
        return Denominators(rows[0]["year"], found, newest["source"], newest["as_of"])
    return await start_values(uow, year)


async def start_values(uow: UnitOfWork, year: int) -> Denominators:
    """What Sammen knows of the municipalities without anybody having read anything in."""
    if uow.context.region_id is not None:
        ids = [place.id for place in await places_of(uow)]
    else:
        ids = [row[0] for row in await uow.rows(_BESIDE, tenant=uow.context.tenant)] or [uow.context.tenant]
    known = await uow.value(_REFERENCE_YEAR, year=year, ids=ids)
    found: dict[tuple[UUID, str], int] = {}
    if known is None:
        return Denominators(0, found, START, None)
    for row in await uow.rows(_REFERENCE, year=known, ids=ids):
        span = age_range(row["age_band"])
        band = band_of(*span) if span else None
        if band:
            key = (row["municipality_id"], band)
            found[key] = found.get(key, 0) + int(row["inhabitants"])
    return Denominators(known, found, START, None)


async def editions(uow: UnitOfWork) -> list[EditionCard]:
    """Every file that was read in, newest first."""
    return [_card(dict(row)) for row in await uow.rows(_CARDS, region=uow.context.region)]


def _card(row: dict[str, Any]) -> EditionCard:
    told = row.pop("faults")
    said = json.loads(told) if isinstance(told, str) else told
    rows = tuple((int(line), str(text), dict(params)) for line, text, params in said.get("rows", []))
    return EditionCard(
        **row, faults=rows, fault_count=int(said.get("count", len(rows))), others=int(said.get("others", 0))
    )


async def edition_card(uow: UnitOfWork, wanted: UUID) -> EditionCard:
    """One file of the region's. Raises NotFound."""
    for one in await editions(uow):
        if one.id == wanted:
            return one
    raise NotFound


async def counts_of(uow: UnitOfWork, wanted: UUID) -> list[tuple[str, int, dict[str, int]]]:
    """(municipality, year, inhabitants by band) of one of the region's files, by name and year."""
    found: dict[tuple[str, int], dict[str, int]] = {}
    for row in await uow.rows(_COUNTS, region=uow.context.region, edition=wanted):
        found.setdefault((row["name"], row["year"]), {})[row["band"]] = row["inhabitants"]
    return [(name, year, bands) for (name, year), bands in found.items()]


async def read_in(uow: UnitOfWork, data: bytes, filename: str, *, source: str, as_of: date) -> UUID:
    """Keep a file's inhabitants as a draft to look over. Raises Invalid and UnreadableTable with what to mend."""
    if not source or len(source) > 200:
        raise Invalid.one("kilde", N_("Skriv hvor tallene er hentet, med høyst 200 tegn."))
    if as_of > today():
        raise Invalid.one("hentet", N_("Dagen er i framtida. Skriv dagen tallene ble hentet."))
    read = read_population(data, filename, await places_of(uow))
    if (nothing := no_rows(read)) is not None:
        raise nothing
    region, session, user = uow.context.region, uow.session, uow.context.user_id
    assert user is not None, "somebody reads the file in"
    last = await session.scalar(
        select(func.max(PopulationEdition.edition)).where(PopulationEdition.region_id == region)
    )
    made = PopulationEdition(
        region_id=region, id=uuid7(), edition=(last or 0) + 1, source=source, as_of=as_of, file_name=filename[:200],
        faults=_kept_faults(read), read_by=user,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    rows = [
        {"region_id": region, "id": uuid7(), "edition_id": made.id, "municipality_id": place, "year": year, "band": band,
         "inhabitants": number}
        for (place, year, band), number in read.counts.items()
    ]  # fmt: skip
    for at in range(0, len(rows), 1000):
        await session.execute(insert(PopulationCount), rows[at : at + 1000])
    await record_change(uow, "population.read_in", "population_edition", made.id, edition=made.edition)
    return made.id


def _kept_faults(read: Read) -> dict[str, Any]:
    kept = [[one.line, one.message, dict(one.params)] for one in read.faults[:KEPT_FAULTS]]
    return {"rows": kept, "count": len(read.faults), "others": read.others}


async def _draft(uow: UnitOfWork, wanted: UUID, version: int) -> PopulationEdition:
    found = await uow.session.scalar(
        select(PopulationEdition)
        .where(PopulationEdition.region_id == uow.context.region, PopulationEdition.id == wanted)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    if found.state != "draft" or found.version != version:
        raise Conflict(N_("Noen har tatt fila i bruk eller forkastet den. Se lista over filer."))
    return found


async def use(uow: UnitOfWork, wanted: UUID, version: int) -> None:
    """Take a draft into use: from now on its municipalities and years are divided by it. Raises NotFound, Conflict."""
    found = await _draft(uow, wanted, version)
    found.state, found.used_at, found.used_by = "used", now(), uow.context.user_id
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "population.used", "population_edition", found.id, edition=found.edition)


async def discard(uow: UnitOfWork, wanted: UUID, version: int) -> None:
    """Put a draft aside; it stays in the list. Raises NotFound, Conflict."""
    found = await _draft(uow, wanted, version)
    found.state = "discarded"
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "population.discarded", "population_edition", found.id, edition=found.edition)
