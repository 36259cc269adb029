"""The releases a page is made of: the chosen one, the one before it, and those of the years before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from reporting.figures.api import Denominators, denominators
from reporting.periods import Period, PeriodError, parse
from reporting.releases.api import Place, ReleaseCard, Released, released, releases_shown
from reporting.reports.frame import Framed, People, frame, warm
from reporting.reports.quantities import Quantity
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound

LONGEST: Final = 24
"""How many periods a series has at most: twelve years of half-years."""


@dataclass(frozen=True, slots=True)
class Board:
    """`cards`: every period shown, newest first. `series`: oldest first, the last being the chosen one (`current`)."""

    cards: tuple[ReleaseCard, ...]
    series: tuple[Released, ...]
    people: Mapping[str, People]
    population: Mapping[str, Denominators]

    @property
    def current(self) -> Released:
        """The chosen release."""
        return self.series[-1]

    @property
    def period(self) -> Period:
        """The chosen period."""
        return self.current.card.period

    @property
    def before(self) -> Period:
        """The period right before, whether it is shown or not."""
        return self.period.previous

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the municipalities that have no figures in the chosen release."""
        return tuple(place.name for place in self.current.places if place.id in self.current.missing)

    @property
    def comparable(self) -> bool:
        """Whether the region's figures have the same municipalities behind them as those of the period before."""
        earlier = next((one for one in self.series if one.card.period == self.before), None)
        return earlier is None or {p.id for p in earlier.reported} == {p.id for p in self.current.reported}

    def has(self, one: Quantity, by: str = "") -> bool:
        """Whether the chosen release has what the figure is made of, and its parts along the dimension `by`."""
        more = {by} if by else set()
        return all(
            any(
                {*part.codes, *more} <= set(division)
                for division in self.current.divided.get(part.measure, ())
            )
            for part in one.operands
            if part.measure in one.measures
        )

    def shows(self, slug: str) -> bool:
        """Whether the municipality with this slug is among those of the period."""
        return any(place.slug == slug for place in self.current.places)

    def place(self, slug: str) -> Place:
        """The municipality with this slug. Raises NotFound."""
        for place in self.current.places:
            if place.slug == slug:
                return place
        raise NotFound

    def framed(self, quantities: Iterable[Quantity], *, whole: bool = True) -> Framed:
        """Frame figures over the series, or (not `whole`) over the chosen period and the one before."""
        kept = self.series if whole else self.series[-2:]
        return frame(kept, quantities, self.people)

    @property
    def axis(self) -> list[Period]:
        """Every period from the first of the series to the chosen one: those nobody published stand as gaps."""
        found = [self.period]
        while found[-1].start > self.series[0].card.period.start:
            found.append(found[-1].previous)
        return found[::-1]


async def open_board(uow: UnitOfWork, wanted: str = "") -> Board | None:
    """The board for a period's slug, or for the newest; None when nothing is published. NotFound for any other slug."""
    cards = await releases_shown(uow)
    if not cards:
        if wanted:
            raise NotFound
        return None
    card = _chosen(cards, wanted)
    kept = [
        one for one in cards if one.period.kind is card.period.kind and one.period.start <= card.period.start
    ]
    await warm()
    return await _with_people(
        uow, tuple(cards), tuple([await released(uow, one) for one in reversed(kept[:LONGEST])])
    )


async def kept_board(uow: UnitOfWork, series: Iterable[UUID]) -> Board | None:
    """The board of these releases, the oldest first, as it once was: also when newer ones are shown instead.

    Those that have been withdrawn are left out; None when the last one has.
    """
    found: list[Released] = []
    last = False
    for release_id in series:
        try:
            found.append(await released(uow, release_id))
        except NotFound:
            last = False
        else:
            last = True
    if not last:
        return None
    await warm()
    return await _with_people(uow, tuple(one.card for one in reversed(found)), tuple(found))


async def _with_people(
    uow: UnitOfWork, cards: tuple[ReleaseCard, ...], series: tuple[Released, ...]
) -> Board:
    """Give releases the inhabitants of their years."""
    by_year: dict[int, Denominators] = {}
    for year in {one.card.period.end.year for one in series}:
        by_year[year] = await denominators(uow, year)
    population = {one.card.period.slug: by_year[one.card.period.end.year] for one in series}
    people = {
        slug: {(str(place), band): count for (place, band), count in found.inhabitants.items()}
        for slug, found in population.items()
    }
    return Board(cards, series, people, population)


def _chosen(cards: Iterable[ReleaseCard], wanted: str) -> ReleaseCard:
    listed = list(cards)
    if not wanted:
        return listed[0]
    try:
        period = parse(wanted)
    except PeriodError:
        raise NotFound from None
    # One period has one address; "1. halvår 2026" is a name of it, not an address.
    found = next((one for one in listed if one.period == period and period.slug == wanted), None)
    if found is None:
        raise NotFound
    return found
