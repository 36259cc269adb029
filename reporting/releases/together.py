"""Measures that give one another are held together: what is hidden of one is hidden of the others, until nothing changes.

Measures that have nothing to do with each other are apart, and may be protected at the same time in processes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from reporting.disclosure.api import Variable, side_by_side
from reporting.releases.tables import COST, PRICED, Spot, same_as, tied

Progress = Callable[[int, int], None]
STEPS: Final = 1000
ENOUGH: Final = 400
"""Inner cells for which a process of its own is worth its start."""


class CannotProtect(Exception):
    """These cells follow from what has been shown before, whatever is hidden now: (measure, spot)."""

    def __init__(self, cells: Sequence[tuple[str, Spot]]) -> None:
        super().__init__(f"{len(cells)} cells cannot be protected")
        self.cells = tuple(cells)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.cells,)


class Held(Protocol):
    """What this needs of a measure on its way through."""

    variable: Variable
    forced: set[Spot]

    def run(self, progress: Progress | None = None) -> None:
        """Protect it with what is forced now."""

    def ready(self) -> bool:
        """Whether it has been protected."""

    def hidden(self) -> set[Spot]:
        """The cells that are hidden."""

    def tells(self) -> set[Spot]:
        """Those of them that others must not tell."""

    def known(self, spot: Spot) -> bool:
        """Whether this measure has the cell, and it is not nought."""


M = TypeVar("M", bound=Held)


def hold_together(run: Mapping[str, M], progress: Progress | None, workers: int) -> dict[str, M]:
    """Every measure protected, such that none tells what another hides. Raises CannotProtect."""

    def told(part: float) -> None:
        if progress is not None:
            progress(int(STEPS * part), STEPS)

    groups = [{name: run[name] for name in names} for names in apart(run)]
    sizes = [sum(len(one.variable.inner) for one in group.values()) for group in groups]
    some = workers if sum(sizes) >= ENOUGH else 1
    done: dict[str, M] = {}
    failed: list[tuple[str, Spot]] = []
    for held, lost in side_by_side(_one_group, groups, sizes, workers=some, told=told):
        done |= held
        failed += lost
    if failed:
        raise CannotProtect(sorted(failed))
    return done


def apart(names: Iterable[str]) -> list[list[str]]:
    """The measures in groups that have nothing to do with each other, in a fixed order."""
    left, groups = set(names), []
    while left:
        group, new = set[str](), {min(left)}
        while new:
            group |= new
            new = {more for name in new for more in neighbours(name)} & left - group
        groups.append(sorted(group))
        left -= group
    return groups


def neighbours(measure: str) -> frozenset[str]:
    """The measures that `tied` can name cells of."""
    priced_ones = frozenset(name for name, *_ in PRICED)
    return frozenset(same_as(measure)) | (
        priced_ones if measure == COST else {COST} if measure in priced_ones else frozenset()
    )


def _one_group(
    run: dict[str, M], tell: Callable[[float], None]
) -> tuple[dict[str, M], list[tuple[str, Spot]]]:
    """Protect each measure, and again those of which another hides more, until none does. Forced cells only grow.

    The smallest first, so that the large ones hear at once what they must hide.
    """
    failed: list[tuple[str, Spot]] = []
    order = sorted(run, key=lambda name: (len(run[name].variable.inner), name))
    wanted: dict[str, set[Spot]] = {name: set() for name in order}
    waiting, done = list(order), 0
    while waiting:
        name = waiting.pop(0)
        run[name].forced |= wanted[name]
        try:
            run[name].run(_part(tell, done, done + 1 + len(waiting)))
        except CannotProtect as error:
            failed += error.cells
        done += 1
        if run[name].ready():
            for other in neighbours(name) & run.keys():
                hidden = {more for spot in run[name].tells() for more in tied(name, spot, other)}
                wanted[other] |= {spot for spot in hidden if run[other].known(spot)}
        if not failed:
            waiting = [one for one in order if one in waiting or _lacks(run[one], wanted[one])]
    return run, failed


def _lacks(one: Held, wanted: set[Spot]) -> bool:
    """Whether a measure that has been protected shows what another hides now."""
    return one.ready() and bool(wanted - one.hidden())


def _part(tell: Callable[[float], None], done: int, total: int) -> Progress:
    def step(part: int, whole: int) -> None:
        tell((done + (part / whole if whole else 0)) / total)

    return step
