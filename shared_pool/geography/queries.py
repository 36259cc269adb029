"""The postcodes and the inhabitants distances are made of. Reference data: no wall, no people."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Municipality, MunicipalityPopulation
from shared_pool.geography.distances import Distances, Position, Spot
from shared_pool.geography.models import Postcode
from tenants.api import traits

postcode = Postcode.__table__
municipality = Municipality.__table__
population = MunicipalityPopulation.__table__

_POSTCODES = compile_query(select(postcode).order_by(postcode.c.code))
_latest = select(func.max(population.c.year)).scalar_subquery()
_INHABITANTS = compile_query(
    select(municipality.c.code, func.sum(population.c.inhabitants).label("inhabitants"))
    .join_from(population, municipality, municipality.c.id == population.c.municipality_id)
    .where(population.c.year == _latest)
    .group_by(municipality.c.code)
)
LEAST_WEIGHT = 1.0
"""A municipality nobody has counted weighs as little as can be, and is still there."""


async def load_distances(uow: UnitOfWork) -> Distances:
    """Kilometres from the postcodes in the database. Once for a request or a run: the answer remembers what it was asked.

    A municipality's inhabitants are spread evenly over its postcodes: how many live in each is not published for free.
    """
    rows = await uow.rows(_POSTCODES)
    inhabitants = {row["code"]: float(row["inhabitants"]) for row in await uow.rows(_INHABITANTS)}
    homes = Counter(row["municipality_code"] for row in rows if row["inhabited"])
    return Distances(
        (
            Spot(
                row["code"],
                row["municipality_code"],
                Position(row["latitude"], row["longitude"]),
                inhabitants.get(row["municipality_code"], LEAST_WEIGHT) / homes[row["municipality_code"]]
                if row["inhabited"]
                else 0.0,
            )
            for row in rows
        ),
        traits.AREA_OF_MUNICIPALITY,
    )
