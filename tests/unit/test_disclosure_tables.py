"""Disclosure control on tables small enough to see through: what is hidden, what is shown, and what can be told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from reporting.disclosure.api import (
    Axis,
    BadInput,
    CellName,
    Hierarchy,
    Inner,
    Protected,
    Rules,
    Table,
    Unprotectable,
    Variable,
    protect,
)

PLACES = ("A", "B", "C", "D", "E")
AGES = ("young", "old", "older")
SMALL = Rules(threshold=3)


def counts(
    rows: Sequence[Sequence[int]], places: Sequence[str] = PLACES, **hierarchies: dict[str, str]
) -> Variable:
    """Places down, ages across; every place knows its own."""
    gathered = tuple(Hierarchy(name, parent) for name, parent in hierarchies.items())
    ages = AGES[: len(rows[0])]
    inner = tuple(
        Inner((place, age), value, owner=place)
        for place, row in zip(places, rows, strict=True)
        for age, value in zip(ages, row, strict=True)
    )
    return Variable("users", "count", (Axis("place", tuple(places), gathered), Axis("age", ages)), inner)


BOTH = Table("t", "users", ("place", "age"))


def made(variable: Variable, rules: Rules = SMALL, **more: object) -> Protected:
    return protect([variable], [BOTH], rules=rules, **more)  # type: ignore[arg-type]


def hidden(release: Protected) -> set[tuple[str, ...]]:
    return {cell.key for cell in release.cells if cell.hidden}


ORDINARY = counts([[2, 9, 8], [7, 12, 9], [8, 6, 14], [11, 9, 7], [9, 13, 10]])


def test_a_small_count_is_hidden_and_never_alone_in_its_row_or_column() -> None:
    keys = hidden(made(ORDINARY))
    assert ("A", "young") in keys
    assert len([key for key in keys if key[0] == "A"]) > 1
    assert len([key for key in keys if key[1] == "young"]) > 3, (
        "any two members together must be left in doubt"
    )


def test_every_shown_number_is_the_true_sum() -> None:
    values = {inner.key: inner.value for inner in ORDINARY.inner}
    for cell in made(ORDINARY).cells:
        true = sum(
            int(value) for (place, age), value in values.items()
            if cell.key[0] in ("", place) and cell.key[1] in ("", age)
        )  # fmt: skip
        assert cell.value == (None if cell.hidden else true)


def test_nothing_small_means_nothing_hidden() -> None:
    assert hidden(made(counts([[4, 9], [7, 12], [8, 6], [5, 5], [9, 9]]))) == set()


def test_three_ones_do_not_hide_behind_their_sum_of_three() -> None:
    """Each is 1 at least, and three of them are 3: the sum tells them all, though no cell follows by subtraction."""
    variable = counts([[1], [1], [1], [0], [0]])
    assert ("", "") in hidden(made(variable, Rules(threshold=3, coalition=0)))


def test_noughts_that_are_secret_are_hidden_with_the_full_cell_they_follow_from() -> None:
    variable = counts([[6, 0], [9, 8], [7, 9], [8, 8], [9, 7]])
    assert hidden(made(variable)) == set()
    keys = hidden(made(variable, Rules(threshold=3, zeros_public=False, coalition=0)))
    assert {("A", "old")} < keys
    assert ("A", "young") in keys or ("A", "") in keys


def test_a_sum_in_one_hierarchy_less_its_parts_in_another_gives_no_one_away() -> None:
    """County X is A, B and C; group G is B and C, H the others: X less G is A."""
    variable = counts(
        [[2], [9], [7], [8], [9]], county=dict(zip(PLACES, "XXXYY", strict=True)),
        group=dict(zip(PLACES, "HGGHH", strict=True)),
    )  # fmt: skip
    rules = Rules(threshold=3, coalition=0)
    keys = hidden(made(variable, rules))
    assert ("A", "") in keys
    shown = {("X", ""), ("G", "")} - keys
    assert len(shown) < 2


def test_a_member_cannot_subtract_its_own_figures() -> None:
    """Two places share a small rest: what the one knows would tell the other's."""
    variable = counts([[2], [9], [8], [7], [9]])
    assert len(hidden(made(variable, Rules(threshold=3, coalition=0)))) == 2 * 2
    assert len(hidden(made(variable, Rules(threshold=3, coalition=1)))) >= 2 * 3


def test_the_audit_tells_each_attacker_and_that_none_got_through() -> None:
    audit = made(ORDINARY).audit
    assert [(one.attacker, one.attackers) for one in audit.facts] == [
        ("outsider", 1), ("rule", 1), ("member", 5), ("pair", 10)
    ]  # fmt: skip
    assert all(not one.determined and not one.narrow and (one.narrowest or 0) >= 3 for one in audit.facts)
    assert audit.primary == 1
    assert audit.secondary > 3


def later(rows: Sequence[Sequence[int]], before: Protected, places: Sequence[str] = PLACES) -> Protected:
    return made(counts(rows, places), earlier=[json.loads(json.dumps(before.state))])


def test_a_correction_does_not_uncover_what_the_first_release_hid() -> None:
    first = made(ORDINARY)
    rows = [[2, 9, 8], [7, 12, 9], [8, 6, 15], [11, 9, 7], [9, 13, 10]]
    second = later(rows, first)
    untouched = {key for key in hidden(first) if key[0] in ("A", "B", "D", "E")}
    assert untouched <= hidden(second), "a number that stands as it was stays hidden"


def test_a_late_place_is_not_the_difference_between_two_releases() -> None:
    places = PLACES[:4]
    first = made(counts([[8, 9, 8], [7, 12, 9], [8, 6, 14], [11, 9, 7]], places))
    assert hidden(first) == set()
    second = later([[8, 9, 8], [7, 12, 9], [8, 6, 14], [11, 9, 7], [2, 13, 10]], first)
    assert {("E", "young"), ("", "young")} <= hidden(second), (
        "the sum of all less the sum of before is the late one"
    )


def test_a_place_that_leaves_takes_its_secret_with_it() -> None:
    first = made(counts([[8, 9, 8], [7, 12, 9], [8, 6, 14], [11, 9, 7], [2, 13, 10]]))
    shown = {cell.key: cell.value for cell in first.cells if not cell.hidden}
    second = later([[8, 9, 8], [7, 12, 9], [8, 6, 14], [11, 9, 7]], first, PLACES[:4])
    after = {cell.key: cell.value for cell in second.cells if not cell.hidden}
    assert not {("", "young")} <= shown.keys() & after.keys()


def test_what_was_shown_before_and_is_small_by_a_stricter_rule_is_named() -> None:
    first = made(counts([[4, 9], [7, 12], [8, 6], [5, 5], [9, 9]]))
    with pytest.raises(Unprotectable) as stopped:
        made(counts([[4, 9], [7, 12], [8, 6], [5, 5], [9, 9]]), Rules(threshold=5), earlier=[first.state])
    assert stopped.value.cells == (CellName("t", ("A", "young")),)


def money(parts: Sequence[tuple[int, int, int]]) -> Variable:
    """Places with an amount, its largest part and its second largest, of ten contributors."""
    inner = tuple(
        Inner((place,), Decimal(value), place, 10, Decimal(largest), Decimal(second))
        for place, (value, largest, second) in zip(PLACES, parts, strict=True)
    )
    return Variable("cost", "money", (Axis("place", PLACES),), inner)


def test_an_amount_that_one_has_most_of_is_hidden_and_stays_ten_percent_off() -> None:
    even = (100_000, 12_000, 11_000)
    release = protect(
        [money([(50_000, 45_000, 1_000), even, even, even, even])],
        [Table("c", "cost", ("place",))],
        rules=Rules(),
    )
    keys = hidden(release)
    assert ("A",) in keys
    assert len(keys) >= 4
    assert "second" in {one.attacker for one in release.audit.facts}


def test_the_p_percent_rule_sees_two_that_have_nearly_all() -> None:
    """The second largest knows its own half, and so the other's within the small rest."""
    even = (100_000, 12_000, 11_000)
    rows = [(80_000, 40_000, 39_000), even, even, even, even]
    table = [Table("c", "cost", ("place",))]
    assert ("A",) in hidden(protect([money(rows)], table, rules=Rules(dominance_k=None)))
    assert hidden(protect([money(rows)], table, rules=Rules(p=None))) == set()


def test_the_order_of_what_comes_in_does_not_matter() -> None:
    turned = Variable("users", "count", ORDINARY.axes, ORDINARY.inner[::-1])
    first, second = made(ORDINARY), made(turned)
    assert first.cells == second.cells
    assert json.dumps(first.state) == json.dumps(second.state)


def test_a_cell_hidden_on_request_is_protected_too() -> None:
    variable = counts([[8, 9], [7, 12], [8, 6], [5, 5], [9, 9]])
    release = made(variable, forced=[("t", ("B", "young"))])
    assert ("B", "young") in hidden(release)
    assert release.audit.forced == 1
    assert len(hidden(release)) > 4


@pytest.mark.parametrize(
    ("variable", "why"),
    [
        (counts([[2, 9], [1, -1], [1, 1], [1, 1], [1, 1]]), "negative"),
        (Variable("users", "count", ORDINARY.axes, (Inner(("A", "new"), 1),)), "no code 'new'"),
        (Variable("users", "count", ORDINARY.axes, ORDINARY.inner[:1] * 2), "given twice"),
        (
            Variable("users", "count", ORDINARY.axes, (Inner(("A", "old"), Decimal("1.5")),)),
            "not a whole number",
        ),
    ],
)
def test_bad_input_is_named(variable: Variable, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        made(variable)


def test_a_variable_of_noughts_shows_noughts() -> None:
    for variable in (counts([[0, 0]] * 5), Variable("users", "count", ORDINARY.axes, ())):
        release = made(variable)
        assert {cell.value for cell in release.cells} == {0}
        assert made(ORDINARY, earlier=[release.state]).audit.primary == 1


def test_two_processes_give_what_one_gives_and_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    several = [replace(ORDINARY, id="users"), replace(ORDINARY, id="waiting")]
    wanted = [Table("t", "users", BOTH.by), Table("w", "waiting", BOTH.by)]
    alone = protect(several, wanted, rules=SMALL)
    steps: list[tuple[int, int]] = []
    assert (
        protect(several, wanted, rules=SMALL, workers=2, progress=lambda *step: steps.append(step)) == alone
    )
    assert steps[-1] == (1000, 1000)
    assert steps == sorted(steps)
    monkeypatch.setattr("sys.executable", "/no/such/program")
    assert protect(several, wanted, rules=SMALL, workers=2) == alone
