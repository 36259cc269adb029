"""Protects made-up tables and sets the attacker on the answer: what the tests, the benchmark and a night of seeds share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reporting.disclosure.api import Axis, Hierarchy, Inner, Protected, Rules, Table, Variable, protect
from tests.disclosure_attack import (
    Attacker,
    Knowledge,
    Range,
    Shown,
    attack,
    every_table,
    gather,
    members,
    outsiders,
    primary_only,
    second_contributors,
    whole_ranges,
)
from tests.disclosure_tables import Made, margins


def variable(made: Made) -> Variable:
    """The same in the package's own types."""
    axes = tuple(
        Axis(
            axis.name,
            axis.codes,
            tuple(Hierarchy(f"h{n}", parents) for n, parents in enumerate(axis.hierarchies)),
        )
        for axis in made.axes
    )
    inner = tuple(
        Inner(row.key, row.value, row.owner, row.contributors, row.largest, row.second, row.version)
        for row in made.rows
    )
    return Variable(made.name, made.kind, axes, inner)


def tables(made: Made) -> tuple[Table, ...]:
    return tuple(Table(f"{made.name}-{n}", made.name, by) for n, by in enumerate(made.tables))


def protected(made: Made, rules: Rules, earlier: Sequence[Mapping[str, object]] = ()) -> Protected:
    return protect([variable(made)], tables(made), rules=rules, earlier=earlier)


def shown(made: Made, done: Protected) -> Shown:
    """What the release shows, by the table's place and the key. A hidden cell carries no value."""
    place = {table.id: n for n, table in enumerate(tables(made))}
    assert all(cell.hidden == (cell.value is None) for cell in done.cells)
    return {
        (place[cell.table], cell.key): None if cell.value is None else int(cell.value) for cell in done.cells
    }


def hidden_wholly(made: Made) -> Shown:
    """A release of which nothing is shown but the noughts."""
    return {
        at: None if any(made.rows[row].value for row in rows) else 0 for at, rows in margins(made).items()
    }


@dataclass(slots=True)
class Trial:
    """A series of releases, what was shown each time, and the rules."""

    rules: Rules
    releases: list[tuple[Made, Shown]] = field(default_factory=list)
    done: list[Protected] = field(default_factory=list)
    _before: dict[int, Knowledge] = field(default_factory=dict)
    """By release: what was known before it was out, which no later one changes."""

    def release(self, made: Made) -> Protected:
        found = protected(made, self.rules, [self.done[-1].state] if self.done else ())
        self.done.append(found)
        self.releases.append((made, shown(made, found)))
        return found

    def known(self) -> Knowledge:
        return gather(self.releases)

    def wrongly_refused(self, made: Made, names: Collection[tuple[str, tuple[str, ...]]]) -> list[str]:
        """Cells (table's id, key) that were named as beyond protection, but are not told when all of the release is hidden."""
        after = gather([*self.releases, (made, hidden_wholly(made))])
        wanted = float(self.rules.width) if after.kind == "count" else 1e-3
        apart = after.hidden if after.kind == "money" else ()
        told = {
            cell.name
            for who in [*outsiders(), *members(after, pairs=True)]
            for cell in attack(after, who, wanted=wanted, apart=apart)
        }
        number, place = len(self.releases) + 1, {table.id: table.by for table in tables(made)}
        return [
            f"{table} {key}" for table, key in sorted(names)
            if table in place and not any(name.endswith(f"{place[table]} {key}") for name in told)
            and f"release {number}, {place[table]} {key}" not in told
        ]  # fmt: skip

    def _told_before(self, who: Attacker, cell: Range) -> bool:
        """Whether the attacker could tell a sum of a later release without that release: from the earlier ones, what has
        since been corrected or has come being their own. It is not small, and nothing can be done about it now.
        """
        number = int(cell.name.split(",")[0].removeprefix("release "))
        if number == 1 or cell.name in self._small():
            return False
        if number not in self._before:
            made = self.releases[number - 1][0]
            self._before[number] = gather([*self.releases[: number - 1], (made, hidden_wholly(made))])
        before = self._before[number]
        wanted = float(self.rules.width) if before.kind == "count" else 1e-3
        apart = before.hidden if before.kind == "money" else ()
        return any(attack(before, who, wanted=wanted, apart=apart, only={cell.name}))

    def _own_alone(self, known: Knowledge, who: Attacker, cell: Range) -> bool:
        """Whether all that is hidden in a sum is the attacker's own: what the others have in it anybody can add up."""
        mine = {at for at, owner in enumerate(known.owner) if owner in who.owners}
        rest = {at - mine: name for at, name in known.hidden.items() if name == cell.name and at & mine}
        bare = replace(known, hidden=rest)
        return any(found.determined for found in attack(bare, Attacker(), wanted=1e-3))

    def primary(self) -> set[frozenset[int]]:
        """The cells that must be hidden for their own sake, by the attacker's reading of the rules."""
        return set(self._by_rule().hidden)

    def _small(self) -> set[str]:
        """The same, release by release, by name."""
        p, found = self.rules.p or 0.0, set()
        for number, (made, _) in enumerate(self.releases, start=1):
            bare = primary_only(made, self.rules.threshold, p=p)
            found |= {f"release {number}, {made.tables[at[0]]} {at[1]}" for at in bare if bare[at] is None}
        return found

    def _by_rule(self) -> Knowledge:
        p = self.rules.p or 0.0
        return gather([(made, primary_only(made, self.rules.threshold, p=p)) for made, _ in self.releases])

    def found(
        self, *, strict: bool = True, pairs: bool = True, most: int | None = None, sample: int | None = None
    ) -> Iterator[str]:
        """What any attacker gets, in words; nothing when the tables are protected.

        `strict`: of money every hidden cell must be a tenth away to both sides, and not only those hidden by the rules.
        """
        known = self.known()
        yield from (f"{name} is published elsewhere" for name in known.lost)
        wanted = float(self.rules.width) if known.kind == "count" else 1e-3
        apart: Collection[frozenset[int]] = ()
        if known.kind == "money":
            apart = known.hidden if strict else self.primary()
        for who in [*outsiders(), *members(known, pairs=pairs, most=most)]:
            for cell in attack(known, who, wanted=wanted, apart=apart, sample=sample):
                if self._told_before(who, cell) or self._own_alone(known, who, cell):
                    continue
                yield f"{who.name}: {cell.name} is {cell.truth}, known as {cell.low:g} to {cell.high:g}"
        if known.kind == "money" and self.rules.p is not None:
            for name, above in second_contributors(self.releases, self.rules.p):
                yield f"the second largest: {name}, the largest within {above:.1f} %"

    def found_in_whole_numbers(self) -> Iterator[str]:
        """The same for counts by whole-number reasoning: every cell must still be able to be at least two things."""
        known = self.known()
        for who in [*outsiders(), *members(known, pairs=False)]:
            for cell in whole_ranges(known, who, told_only=True):
                if cell.determined:
                    yield f"{who.name}, in whole numbers: {cell.name} is {cell.truth}"

    def found_by_trying_everything(self) -> Iterator[str] | None:
        """By writing down every table that agrees with what is shown; None when there are too many to write down."""
        known = self.known()
        every = every_table(known, Attacker(knows_rule=True), most=20_000)
        if every is None:
            return None
        return (
            f"of {len(every)} tables every one has {name} = {known.value(cell)}"
            for cell, name in known.hidden.items()
            if len({sum(table[at] for at in cell) for table in every}) < 2 and known.value(cell)
        )
