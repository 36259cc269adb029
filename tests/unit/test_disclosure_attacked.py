"""What disclosure control publishes is attacked by somebody who has never seen its code.

Small tables with everything awkward about them come from hypothesis; two in the shape of the real ones are released three
times over. Each trial is also made with the small cells alone hidden, to see that the attacker can attack.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reporting.disclosure.api import Protected, Rules, Table, Unprotectable, Variable, protect
from tests import disclosure_tables as shapes
from tests.disclosure_attack import Attacker, attack, every_table, gather, members, primary_only, whole_ranges
from tests.disclosure_tables import Made, Pick, any_shape, by_seed, counted, real_shape, series
from tests.disclosure_trial import Trial, shown, tables, variable

ROOT = Path(__file__).resolve().parents[2]
# A table that fails is told as it is: to make it smaller takes a hundred trials. `tests.disclosure_night` finds small ones.
# The same tables every time: others are for the night, where the one that fails can be made again.
WITHIN = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


def picker(data: st.DataObject) -> Pick:
    return lambda low, high: data.draw(st.integers(low, high))


@WITHIN
@given(st.data())
def test_no_attacker_finds_a_hidden_count_whatever_the_table_looks_like(data: st.DataObject) -> None:
    trial = Trial(Rules(threshold=data.draw(st.sampled_from([3, 5]))))
    trial.release(any_shape(picker(data), regions=5))
    assert list(trial.found()) == []


@WITHIN
@given(st.data())
def test_no_attacker_comes_near_a_hidden_amount_and_no_contributor_near_the_largest(
    data: st.DataObject,
) -> None:
    trial = Trial(Rules(threshold=3))
    trial.release(any_shape(picker(data), regions=4, money=True))
    assert list(trial.found()) == []


@settings(WITHIN, max_examples=8)
@given(st.data())
def test_whole_numbers_and_every_table_that_can_be_written_down_give_nothing_either(
    data: st.DataObject,
) -> None:
    trial = Trial(Rules(threshold=3))
    trial.release(any_shape(picker(data), regions=3))
    assert list(trial.found_in_whole_numbers()) == []
    assert list(trial.found_by_trying_everything() or ()) == []


@settings(WITHIN, max_examples=8)
@given(st.data())
def test_three_releases_laid_beside_each_other_give_nothing_or_the_next_is_refused_for_a_reason(
    data: st.DataObject,
) -> None:
    made = any_shape(picker(data), regions=6)
    if len(made.axes[0].codes) < 3:
        return
    trial = Trial(Rules(threshold=3))
    for each in series(made, data.draw(st.integers(0, 99))):
        try:
            trial.release(each)
        except Unprotectable as refused:
            names = [(cell.table, cell.key) for cell in refused.cells]
            assert trial.wrongly_refused(each, names) == []
            break
    assert trial.done, "the first release can always be protected, by hiding more"
    assert list(trial.found()) == []


@pytest.mark.parametrize(("kind", "further"), [("count", {"age": 3, "gender": 2}), ("money", {"age": 3})])
def test_three_releases_of_twelve_municipalities_stand_against_everybody(
    kind: Literal["count", "money"], further: dict[str, int]
) -> None:
    made = real_shape(3, 12, further=further, mean=3.0, counties=2, groups=4, kind=kind)
    trial = Trial(Rules(threshold=3))
    for each in series(made, 5):
        trial.release(each)
    assert list(trial.found(most=12)) == []
    bare = gather([(made, primary_only(made, 3))])
    told = list(attack(bare, Attacker(knows_rule=True), wanted=1e-3))
    assert len(told) >= len(bare.hidden) / 2, "the attacker finds much of what is not protected"


def test_the_attackers_programs_agree_with_writing_down_every_table() -> None:
    compared = 0
    for seed in range(14):
        made = any_shape(by_seed(seed), regions=3)
        known = gather([(made, primary_only(made, 3))])
        who: Attacker
        for who in (Attacker(), Attacker(knows_rule=True), *members(known, pairs=False)):
            every = every_table(known, who, most=60)
            if every is None or len(made.tables) > 1:
                continue
            loose = {each.name: each for each in attack(known, who, wanted=1e9)}
            for whole in whole_ranges(known, who):
                values = [
                    sum(table[at] for at in cell)
                    for cell, name in known.hidden.items()
                    if name == whole.name
                    for table in every
                ]
                if (
                    whole.high < whole.truth + 100
                ):  # else nothing published bounds it, and the list of tables is cut
                    assert (whole.low, whole.high) == (min(values), max(values))
                    assert loose[whole.name].low <= whole.low + 1e-6
                    assert loose[whole.name].high >= whole.high - 1e-6
                    compared += 1
    assert compared > 40


def _pattern(done: Protected) -> dict[tuple[str, tuple[str, ...]], object]:
    return {(cell.table, cell.key): cell.value for cell in done.cells}


@settings(WITHIN, max_examples=6)
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_things_come_in_changes_nothing(data: st.DataObject, chance: object) -> None:
    made = any_shape(picker(data), regions=5)
    once = protect([variable(made)], tables(made), rules=Rules(threshold=3))
    rows = list(made.rows)
    chance.shuffle(rows)  # type: ignore[attr-defined]
    axes = tuple(
        replace(
            axis, hierarchies=tuple(dict(reversed(list(parents.items()))) for parents in axis.hierarchies)
        )
        for axis in made.axes
    )
    again = protect(
        [variable(replace(made, rows=tuple(rows), axes=axes))], tables(made), rules=Rules(threshold=3)
    )
    assert _pattern(once) == _pattern(again)
    assert shown(made, once) == shown(made, again)


def pattern_of(made: Made) -> str:
    """What is shown, as text: for a process with other hashes to be compared with."""
    done = protect([variable(made)], tables(made), rules=Rules(threshold=3))
    return repr(sorted(_pattern(done).items()))


def test_another_process_with_other_hashes_hides_the_same_cells() -> None:
    code = (
        "from tests.disclosure_tables import real_shape as r; from tests.unit.test_disclosure_attacked import pattern_of;"
        "print(hash('a')); print(pattern_of(r(4, 6, further={'age': 2}, counties=2, groups=2)))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for seed in ("1", "2")
    ]
    assert told[0][0] != told[1][0]
    assert told[0][1] == told[1][1]


def test_a_table_of_every_smaller_one_alone_is_protected_too() -> None:
    """Linked tables whose finest cross is never shown: three two-way tables over three axes."""
    made = replace(
        real_shape(6, 6, further={"age": 3, "gender": 2}, mean=2.0, counties=2, groups=2),
        tables=(("region", "age"), ("region", "gender"), ("age", "gender")),
    )
    trial = Trial(Rules(threshold=3))
    trial.release(made)
    assert list(trial.found(most=4)) == []


def test_as_many_people_as_there_are_crosses_with_somebody_tells_nothing_where_no_table_has_the_crosses() -> (
    None
):
    """Fourteen people, one in each of fourteen crosses: whoever knew which were empty would know them all."""
    first = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 1), (2, 2)}
    second = {(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 1)}
    axes = (shapes.Axis("region", ("r0", "r1")), shapes.Axis("a", ("a0", "a1", "a2")),
            shapes.Axis("b", ("b0", "b1", "b2", "b3")))  # fmt: skip
    rows = tuple(
        counted((region, f"a{a}", f"b{b}"), 1, region)
        for region, crosses in (("r0", first), ("r1", second))
        for a, b in sorted(crosses)
    )
    trial = Trial(Rules(threshold=3))
    trial.release(Made("v", "count", axes, rows, (("region", "a"), ("region", "b"), ("a", "b"))))
    assert trial.known().hidden
    assert list(trial.found_in_whole_numbers()) == []


@pytest.mark.parametrize("seed", [903, 918, 942, 953])
def test_three_releases_that_have_told_too_much_before(seed: int) -> None:
    pick = by_seed(seed)
    made = any_shape(pick, regions=7)
    trial = Trial(Rules(threshold=pick(2, 5)))
    for each in series(made, seed):
        trial.release(each)
    assert list(trial.found()) == []


def test_two_variables_in_one_release_are_each_protected() -> None:
    users = real_shape(7, 6, further={"age": 3}, mean=2.0, counties=2, groups=2, name="users")
    hours = real_shape(8, 6, further={"age": 3}, mean=4.0, counties=2, groups=2, name="hours", kind="money")
    both: list[Variable] = [variable(users), variable(hours)]
    all_tables: list[Table] = [*tables(users), *tables(hours)]
    done = protect(both, all_tables, rules=Rules(threshold=3))
    for made in (users, hours):
        own = replace(done, cells=tuple(cell for cell in done.cells if cell.table.startswith(made.name)))
        trial = Trial(Rules(threshold=3), [(made, shown(made, own))], [own])
        assert list(trial.found()) == []
