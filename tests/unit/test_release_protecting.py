"""What ties measures together in a release, which tables there are, and what a proof keeps. Without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reporting.releases.proof import Proof, pack, unpack
from reporting.releases.protecting import Made, Material, OtherShape, Shape, protect_release, spot_of
from reporting.releases.rules import LEAST, THRESHOLD, threshold_of
from reporting.releases.shown import HIDDEN, Shown
from reporting.releases.tables import divisions, largest, table_id, table_of
from sammen.figures import Reading

AGES = ("age", ("young", "old"))
PLACES = ("a", "b", "c", "d")
SHAPES = {
    "users": Shape("count", (AGES,)), "hours": Shape("sum", (AGES,)), "cost": Shape("money", (AGES,)),
    "services": Shape("count", (("form", ("one", "group")),)),
}  # fmt: skip
TABLES = ("users:age", "hours:age", "cost:age", "services:form")


def amount(key: str, value: int, people: int) -> Reading:
    return Reading(
        (key,), Decimal(value), people, Decimal(value) / max(people, 1), Decimal(value) / max(people, 1)
    )


def place(young: int, few_hours: int = 0) -> dict[str, list[Reading]]:
    """`young` users under 18 among others; hours of the old given to `few_hours` of them only, if any."""
    return {
        "users": [Reading(("young",), Decimal(young)), Reading(("old",), Decimal(40))],
        "hours": [amount("young", 300 * young, 30), amount("old", 9000, few_hours or 40)],
        "cost": [amount("young", 90_000 * young, 30), amount("old", 2_700_000, 40)],
        "services": [Reading(("one",), Decimal(young + 40)), Reading(("group",), Decimal(25))],
    }


def material(*young: int, few_hours: int = 0, earlier: Made | None = None) -> Material:
    held = {name: place(n, few_hours if name == "a" else 0) for name, n in zip(PLACES, young, strict=True)}
    return Material(SHAPES, held, {}, TABLES, 5, earlier.state if earlier else {})


def hidden(made: Made, measure: str) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return {(one.by, one.place, one.key) for one in made.cells if one.hidden and one.measure == measure}


def test_where_users_are_few_their_hours_and_their_cost_are_hidden_too() -> None:
    made = protect_release(material(3, 20, 25, 30))
    spot = (("age",), "a", ("young",))
    assert all(spot in hidden(made, measure) for measure in ("users", "hours", "cost"))
    assert hidden(made, "hours") == hidden(made, "cost")


def test_what_is_hidden_of_hours_is_hidden_of_their_cost_and_users_may_stand() -> None:
    made = protect_release(material(20, 20, 25, 30, few_hours=2))
    assert (("age",), "a", ("old",)) in hidden(made, "hours")
    assert hidden(made, "hours") == hidden(made, "cost")
    assert hidden(made, "users") == set()


def test_the_total_of_services_is_hidden_where_few_have_several() -> None:
    held = {name: place(20) for name in PLACES}
    held["a"]["services"] = [Reading(("one",), Decimal(40)), Reading(("group",), Decimal(22))]
    made = protect_release(Material(SHAPES, held, {}, ("users:age", "services:form"), 5))
    assert ((), "a", ()) in hidden(made, "services")
    assert hidden(made, "users") == set()


def test_the_same_figures_give_the_same_release_and_the_report_has_no_value() -> None:
    one, other = protect_release(material(3, 20, 25, 30)), protect_release(material(3, 20, 25, 30))
    assert one.cells == other.cells
    assert pack(Proof(one.state, one.cells)) == pack(Proof(other.state, other.cells))
    assert unpack(pack(Proof(one.state, one.cells))).cells == one.cells
    assert all(cell.value is None for cell in one.cells if cell.hidden)
    assert {fact["determined"] + fact["narrow"] for fact in one.report["facts"]} == {0}
    with pytest.raises(ValueError, match="no proof"):
        unpack(b"x")


def test_a_measure_that_is_divided_otherwise_than_before_is_refused() -> None:
    first = protect_release(material(3, 20, 25, 30))
    other = {**SHAPES, "users": Shape("count", (AGES, ("gender", ("F", "M"))))}
    with pytest.raises(OtherShape):
        protect_release(Material(other, {}, {}, TABLES, 5, first.state))


def test_a_table_has_all_its_margins_and_one_that_is_a_margin_is_not_protected_twice() -> None:
    assert divisions([table_id("users", ("age", "gender"))]) == {
        "users": frozenset({(), ("age",), ("gender",), ("age", "gender")})
    }
    assert largest(["users:", "users:age", "users:age|gender", "cost:"]) == ["cost:", "users:age|gender"]
    assert table_of("users:") == ("users", ())
    assert spot_of("users:age|gender", ("a", "", "F")) == (("gender",), "a", ("F",))


def test_a_region_may_ask_for_more_people_behind_a_number_but_not_for_fewer_than_three() -> None:
    assert [threshold_of({"figure_threshold": asked}) for asked in (1, 3, 10, True, "7")] == [
        LEAST,
        3,
        10,
        5,
        5,
    ]
    assert threshold_of('{"figure_threshold": 4}') == 4
    assert threshold_of(None) == THRESHOLD


def test_what_is_not_shown_holds_no_number() -> None:
    assert (HIDDEN.sign, Shown(None, missing=True).sign, Shown(Decimal(0)).sign) == (":", "–", "")
    with pytest.raises(ValueError, match="hold a value"):
        Shown(Decimal(3), hidden=True)
