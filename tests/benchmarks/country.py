"""A country of regions like Vestfold: twelve municipalities in four areas each, people in proportion, nobody real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from uuid import UUID

from shared_pool.engine.api import USES, CandidateProfile, Hours, Light, NeedProfile, Stability
from shared_pool.needs.api import (
    AGE_BANDS,
    AREA_OF_MUNICIPALITY,
    INTERESTS,
    LANGUAGES,
    SKILLS,
    SLOTS,
    WEEKDAYS,
    Sex,
    is_rare_skill,
    slot_day,
)

NEEDS_A_REGION = 1_000
"""How many needs a region has in the largest world: 30 000 make thirty regions."""
POSTCODES = 14
PEOPLE = {
    "0701": 26138, "0702": 10184, "0704": 40281, "0706": 44008, "0709": 42802, "0714": 3091,
    "0716": 8838, "0719": 5408, "0720": 11214, "0722": 20877, "0723": 4767, "0728": 2432,
}  # fmt: skip
# As the roads go, from each municipality to the middle of each area.
ACROSS = {"north": 0, "middle": 18, "south": 42, "islands": 24}
RARE_SKILLS = [code for code in SKILLS if is_rare_skill(code)]


@dataclass(frozen=True, slots=True)
class Roads:
    """Kilometres by where an area lies in its region and how far out the postcode is; the next region is far."""

    def km(self, place: str, area: str, /) -> int | None:
        """`place` is "region-municipality-postcode", `area` "region-area"."""
        region, municipality, postcode = place.split("-")
        other, name = area.split("-")
        home = AREA_OF_MUNICIPALITY[municipality]
        near = abs(ACROSS[home] - ACROSS[name]) + 6 + int(postcode)
        return near + 55 * abs(int(region) - int(other))


@dataclass(frozen=True, slots=True)
class World:
    """Needs and candidates, and the roads between them."""

    needs: Sequence[NeedProfile]
    candidates: Sequence[CandidateProfile]
    distances: Roads


def make_world(needs: int, candidates: int, seed: int = 1) -> World:
    """So many of each. The same numbers give the same world."""
    chance = Random(f"{needs} {candidates} {seed}")  # noqa: S311 - must be repeatable, not secret
    regions = max(1, round(needs / NEEDS_A_REGION))
    return World(
        [_need(chance, regions) for _ in range(needs)],
        [_candidate(chance, regions, number) for number in range(candidates)],
        Roads(),
    )


def _town(chance: Random, regions: int) -> tuple[int, str]:
    return chance.randrange(regions), chance.choices(list(PEOPLE), list(PEOPLE.values()))[0]


def _id_of(region: int, municipality: str) -> UUID:
    return UUID(int=region * 10_000 + int(municipality))


def _sex(chance: Random, women: int, men: int, neither: int) -> Sex | None:
    codes: list[Sex | None] = ["F", "M", None]
    return chance.choices(codes, [women, men, neither])[0]


def _some(chance: Random, of: Iterable[str], least: int, most: int) -> frozenset[str]:
    return frozenset(chance.sample(list(of), chance.randint(least, most)))


def _need(chance: Random, regions: int) -> NeedProfile:
    region, municipality = _town(chance, regions)
    # Most are wanted in the afternoon and in the evening.
    slots = frozenset(
        f"{chance.choice(list(WEEKDAYS))}-{chance.choices(['am', 'pm', 'eve'], [1, 4, 4])[0]}"
        for _ in range(chance.randint(1, 3))
    )
    skills = {"car"} if chance.random() < 0.2 else set()
    if chance.random() < 0.12:
        skills.add(chance.choice(RARE_SKILLS))
    return NeedProfile(
        id=UUID(int=chance.getrandbits(128)),
        municipality=_id_of(region, municipality),
        age_band=chance.choice(list(AGE_BANDS)),
        area=f"{region}-{AREA_OF_MUNICIPALITY[municipality]}",
        hours=Decimal(chance.choice([2, 4, 4, 6])),
        use="substitute" if chance.random() < 0.1 else "individual",
        waited_weeks=min(80, int(chance.expovariate(1 / 12))),
        interests=_some(chance, INTERESTS, 1, 4),
        slots=slots,
        days_told=frozenset(slot_day(slot) for slot in slots),
        months=chance.choice([6, 12, 12, 24]),
        predictability=chance.choices([1, 2, 3], [5, 3, 2])[0],
        preferred_sex=_sex(chance, 3, 2, 5),
        min_contact_age=18,
        skills=frozenset(skills),
        languages=_some(chance, LANGUAGES, 1, 1) if chance.random() < 0.05 else frozenset(),
    )


def _candidate(chance: Random, regions: int, number: int) -> CandidateProfile:
    region, municipality = _town(chance, regions)
    towns = [_id_of(region, code) for code in PEOPLE]
    if chance.random() < 0.1:
        towns += [_id_of((region + 1) % regions, code) for code in PEOPLE]
    seen = frozenset(towns if chance.random() < 0.6 else chance.sample(towns, chance.randint(2, len(towns))))
    will_not = _some(chance, INTERESTS, 0, 2)
    areas = [f"{region}-{name}" for name in ACROSS] + [f"{(region + 1) % regions}-north"]
    return CandidateProfile(
        id=UUID(int=chance.getrandbits(128)),
        code=f"K-{number}",
        home=_id_of(region, municipality),
        place=f"{region}-{municipality}-{chance.randrange(POSTCODES)}",
        hours=Hours.stated(Decimal(chance.choice([0, 2, 3, 4, 5, 8, 10]))),
        consents=chance.random() < 0.98,
        age=int(chance.triangular(17, 75, 30)),
        visible_to=seen,
        uses=frozenset({"individual"}) if chance.random() < 0.6 else frozenset(USES),
        areas=_some(chance, areas, 1, 3) if chance.random() < 0.3 else frozenset(),
        light=chance.choices([None, Light.GREEN, Light.YELLOW, Light.RED], [70, 20, 8, 2])[0],
        sex=_sex(chance, 60, 38, 2),
        interests=_some(chance, INTERESTS, 2, 7) - will_not,
        will_not_do=will_not,
        slots=_some(chance, SLOTS, 2, 8),
        age_bands=_some(chance, AGE_BANDS, 2, 5) if chance.random() < 0.6 else frozenset(),
        stability=Stability(chance.choice([None, 6, 12, 24]), chance.choice([None, 3, 14, 40]), seen=True),
        basic_course=chance.random() < 0.6,
        theme_courses=chance.choice([0, 0, 1, 2]),
        skills=_some(chance, SKILLS, 0, 4),
        languages=_some(chance, LANGUAGES, 0, 2),
    )
