"""How far it is between a candidate's municipality and a need's coarse area, in minutes.

An estimate from points and populations, not a route: great-circle distance times a road factor, at one
speed. A need says no more of its place than the area, so neither may the distance: it is what one would
expect of somebody who lives anywhere in the area, each municipality weighing as much as it has inhabitants.
Nothing finer can be read back from it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_KM: Final = 6371.0
# Roads are longer than the great circle: 1.2 to 1.4 times in settled country without mountains. The speed is
# door to door, on main roads with town at both ends. Both are round guesses, giving Horten-Tønsberg 17 minutes
# and Holmestrand-Larvik 68; they rank candidates, they plan no trip.
ROAD_FACTOR: Final = 1.3
SPEED_KM_PER_HOUR: Final = 50.0
# Two people in the same municipality do not live at its point. Nothing is nearer than this.
LOCAL_MINUTES: Final = 8.0

ONLY_BY: Final[Mapping[str, str]] = {"0723": "0722", "0722": "0704"}
"""Tjøme is reached only over Nøtterøy, and Nøtterøy only over Tønsberg. As the crow flies, Tjøme is a
neighbour of Sandefjord; by road the fjord lies between.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a municipality's people are, as one point in degrees, and how many they are.

    ValueError outside the globe or without inhabitants, who are the weight in an area's mean.
    """

    lat: float
    lon: float
    inhabitants: int

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError("a point must lie on the globe")
        if self.inhabitants <= 0:
            raise ValueError("a point needs inhabitants")


@dataclass(frozen=True, slots=True)
class RegionMap:
    """What travel is reckoned on: each municipality's point by number, and the area each belongs to.

    Handed in by the caller from the reference data, which this floor does not read itself. `only_by` names,
    for an island, the municipality every road from it passes. ValueError when a municipality has no point.
    """

    points: Mapping[str, Point]
    areas: Mapping[str, str]
    only_by: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {*self.areas, *self.only_by, *self.only_by.values()}
        missing = sorted(named - set(self.points))
        if missing:
            raise ValueError(f"no point for {', '.join(missing)}")

    def members(self, place: str) -> list[tuple[str, Point]]:
        """The municipalities of an area, or the one municipality itself. KeyError when the place is
        unknown.
        """
        if place in self.points:
            return [(place, self.points[place])]
        found = [(code, self.points[code]) for code in sorted(self.areas) if self.areas[code] == place]
        if not found:
            raise KeyError(place)
        return found


def travel_minutes(region: RegionMap, a: str, b: str) -> int:
    """Expected whole minutes between two places, each a municipality number or an area's code.

    The same both ways, never under `LOCAL_MINUTES`. KeyError for a place the region does not have.
    """
    weight = minutes = 0.0
    # Sorted, so that the sum is added up in one order and comes out the same both ways.
    first, second = sorted((a, b))
    for code_a, point_a in region.members(first):
        for code_b, point_b in region.members(second):
            both = float(point_a.inhabitants * point_b.inhabitants)
            weight += both
            minutes += both * max(LOCAL_MINUTES, _drive(region, code_a, code_b))
    return round(minutes / weight)


def _drive(region: RegionMap, a: str, b: str) -> float:
    """Minutes by road between two municipalities: along the ways off their islands to where they meet."""
    way_a, way_b = _way_out(region, a), _way_out(region, b)
    shared = next((code for code in way_a if code in way_b), None)
    if shared is None:
        legs = [*way_a, *reversed(way_b)]
    else:
        legs = [*way_a[: way_a.index(shared) + 1], *reversed(way_b[: way_b.index(shared)])]
    km = sum(
        great_circle_km(region.points[start], region.points[end]) for start, end in itertools.pairwise(legs)
    )
    return km * ROAD_FACTOR / SPEED_KM_PER_HOUR * 60


def _way_out(region: RegionMap, code: str) -> list[str]:
    way = [code]
    # A round trip in the data would never end.
    while (onward := region.only_by.get(way[-1])) is not None and onward not in way:
        way.append(onward)
    return way


def great_circle_km(a: Point, b: Point) -> float:
    """Kilometres along the surface (haversine), which is exact enough at these distances."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    square = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(square)))
