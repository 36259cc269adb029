"""How far it is from where a candidate lives to a need's coarse area, in whole kilometres by road.

An estimate from points and populations, not a route: the great circle times a road factor, over the bridges where there
is no other way. **A need says no more of its place than the area, so neither may the distance**: it is what one would
expect of somebody who lives anywhere in the area, each postcode weighing as much as it has inhabitants. It is made from
the candidate's postcode and the area's name alone, so nothing finer about the need can be read back from it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_KM: Final = 6371.0
# Roads are longer than the great circle: 1.2 to 1.4 times in settled country without mountains. A round guess, which
# gives 20 km from Horten to the middle of Vestfold and 52 to the south; it ranks candidates, it plans no trip.
ROAD_FACTOR: Final = 1.3
LOCAL_KM: Final = 1.5
"""Two people with the same postcode do not live at its point. Nothing is nearer than this."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the globe, in degrees. ValueError outside it."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("a point must lie on the globe")


@dataclass(frozen=True, slots=True)
class Bridge:
    """The one way off an island: which municipality one comes to, and where one crosses."""

    onto: str
    at: Position


BRIDGES: Final[Mapping[str, Bridge]] = {
    "0723": Bridge("0722", Position(59.164, 10.402)),  # Tjøme, over Vrengen
    "0722": Bridge("0704", Position(59.264, 10.412)),  # Nøtterøy, over Kanalen in Tønsberg
}
"""Tjøme is reached only over Nøtterøy, and Nøtterøy only over Tønsberg. As the crow flies, Tjøme is a neighbour of
Sandefjord; by road the fjord lies between.
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """A postcode's point, its municipality, and how many live there: the weight in an area's mean (0: post boxes)."""

    code: str
    municipality: str
    point: Position
    inhabitants: float

    def __post_init__(self) -> None:
        if self.inhabitants < 0:
            raise ValueError("nobody is fewer than none")


class Distances:
    """Kilometres between places, made once from rows and asked as often as one likes. Pure.

    `spots`: the postcodes. `areas`: each municipality's coarse area. `only_by`: the islands and their bridges. A place
    is a postcode, a municipality's number or an area's code; the postcode is looked for first.
    """

    def __init__(
        self, spots: Iterable[Spot], areas: Mapping[str, str], only_by: Mapping[str, Bridge] = BRIDGES
    ) -> None:
        self._only_by = only_by
        self._places: dict[str, list[Spot]] = {}
        towns, wide = defaultdict(list), defaultdict(list)
        # Sorted, so that sums are added up in one order and the same rows always give the same kilometres.
        for spot in sorted(spots, key=lambda one: one.code):
            towns[spot.municipality].append(spot)
            if spot.municipality in areas:
                wide[areas[spot.municipality]].append(spot)
            self._places[spot.code] = [spot]
        for name, members in (*towns.items(), *wide.items()):
            self._places.setdefault(name, members)
        self._areas = frozenset(wide)
        self._known: dict[tuple[str, str], int] = {}

    def km(self, postcode_or_municipality_code: str, area: str) -> int | None:
        """Expected whole kilometres from a place to somebody in the area, at least 1; None when either is unknown.

        ValueError if asked how far it is to anything finer than an area.
        """
        place = postcode_or_municipality_code
        if area in self._places and area not in self._areas:
            raise ValueError("a need is no nearer known than by its area")
        if place not in self._places or area not in self._areas:
            return None
        if (place, area) not in self._known:
            self._known[place, area] = self._expected(self._places[place], self._places[area])
        return self._known[place, area]

    def _expected(self, here: list[Spot], there: list[Spot]) -> int:
        weight = total = 0.0
        for a, b in itertools.product(_weighed(here), _weighed(there)):
            both = a[1] * b[1]
            weight += both
            total += both * max(LOCAL_KM, self._by_road(a[0], b[0]))
        return max(1, round(total / weight))

    def _by_road(self, a: Spot, b: Spot) -> float:
        """Over the bridges off the islands only one of them is on."""
        out, home = self._way_out(a.municipality), self._way_out(b.municipality)
        stops = [
            a.point,
            *(bridge.at for island, bridge in out if (island, bridge) not in home),
            *(bridge.at for island, bridge in reversed(home) if (island, bridge) not in out),
            b.point,
        ]
        return ROAD_FACTOR * sum(great_circle_km(start, end) for start, end in itertools.pairwise(stops))

    def _way_out(self, municipality: str) -> list[tuple[str, Bridge]]:
        way: list[tuple[str, Bridge]] = []
        island = municipality
        # A ring in the data would never end.
        while (bridge := self._only_by.get(island)) is not None and (island, bridge) not in way:
            way.append((island, bridge))
            island = bridge.onto
        return way


def _weighed(spots: list[Spot]) -> list[tuple[Spot, float]]:
    """Each with its weight; the same for all where nobody is counted, as for one post box."""
    counted = [(spot, spot.inhabitants) for spot in spots if spot.inhabitants > 0]
    return counted or [(spot, 1.0) for spot in spots]


def great_circle_km(a: Position, b: Position) -> float:
    """Kilometres along the surface (haversine), which is exact enough at these distances."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.longitude - a.longitude) / 2
    square = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(square)))
