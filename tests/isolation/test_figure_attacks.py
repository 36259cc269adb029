"""Attacks on published figures that go around the tables of one measure: through what it costs, through the number at the
next period's end, through the same people counted elsewhere. All but the last without a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import update

from reporting.measures.api import DEFINITIONS
from reporting.periods import parse
from reporting.releases.api import released as read_release
from reporting.releases.models import Release
from reporting.releases.neighbours import Seen, follows, given_away, seen, to_hide
from reporting.releases.protecting import Made, Material, OutCell, Shape, protect_release
from reporting.releases.service import Choice, start_release
from reporting.releases.tables import MORE_THAN, PRICED, SAME, SEVERAL, STOCKS, TELLING, offered, priced
from sammen.figures import Reading
from sammen.policy.roles import Role
from tests.figure_samples import more_municipalities
from tests.release_samples import Cells, approved, put_out, released_now
from tests.worlds import World

PLACES = ("a", "b", "c", "d", "e")
FORMS = ("form", ("group", "individual"))
KINDS = ("cost_kind", ("expenses", "pay"))
KINDS_OF = ("deviation", ("incident", "service"))


def sums(*parts: tuple[str, str, int]) -> list[Reading]:
    """Amounts of forty people, or of few where it says so."""
    return [
        Reading((kind, form), Decimal(n), 40, Decimal(n) / 40, Decimal(n) / 40) for kind, form, n in parts
    ]


def hours_and_pay(place: str, number: int) -> dict[str, list[Reading]]:
    """Hours at a public rate of 200 kroner, and some expenses; in `a` two people have all hours in groups."""
    group, alone = 300 + 17 * number, 900 + 31 * number
    few = place == "a"
    return {
        "hours": [
            Reading(("group",), Decimal(group), 2 if few else 40, Decimal(group) / (2 if few else 40), Decimal(7)),
            Reading(("individual",), Decimal(alone), 40, Decimal(alone) / 40, Decimal(alone) / 40),
        ],
        "cost": sums(
            ("pay", "group", 200 * group), ("pay", "individual", 200 * alone),
            ("expenses", "group", 50_000 + 13 * number), ("expenses", "individual", 90_000 + 11 * number),
        ),
    }  # fmt: skip


def spots(made: Made, measure: str) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return {(one.by, one.place, one.key) for one in made.cells if one.hidden and one.measure == measure}


def test_hidden_hours_do_not_follow_from_the_pay_at_a_public_rate() -> None:
    shapes = {"hours": Shape("sum", (FORMS,)), "cost": Shape("money", (KINDS, FORMS))}
    held = {place: hours_and_pay(place, number) for number, place in enumerate(PLACES)}
    made = protect_release(Material(shapes, held, {}, ("hours:form", "cost:cost_kind|form"), 5))
    hidden = spots(made, "hours")
    assert (("form",), "a", ("group",)) in hidden
    for by, place, key in hidden:
        assert (("cost_kind", *by), place, ("pay", *key)) in spots(made, "cost")
    for by, place, key in spots(made, "cost"):
        if by == ("cost_kind", "form") and key[0] == "pay":
            assert (("form",), place, key[1:]) in hidden


def test_what_three_are_paid_is_hidden_also_when_each_has_expenses_and_drives() -> None:
    kinds = ("cost_kind", ("pay", "expenses", "travel"))
    shape = Shape("money", (kinds, FORMS))

    def paid(people: int, each: int) -> list[Reading]:
        return [
            Reading((kind, "group"), Decimal(n * people), people, Decimal(n + 9), Decimal(n + 8))
            for kind, n in (("pay", each), ("expenses", each // 2), ("travel", each // 3))
        ]

    held = {place: {"cost": paid(3 if place == "a" else 40, 9000 + 70 * n)} for n, place in enumerate(PLACES)}
    made = protect_release(Material({"cost": shape}, held, {}, ("cost:cost_kind",), 5))
    assert ((), "a", ()) in spots(made, "cost")
    # Three in one age and three in another are six, whatever services they have.
    three = [
        Reading((form, age), Decimal(900), 3, Decimal(310), Decimal(305))
        for form in FORMS[1]
        for age in ("x", "y")
    ]
    hours = {place: {"hours": three} for place in PLACES}
    shapes = {"hours": Shape("sum", (FORMS, ("age", ("x", "y"))))}
    made = protect_release(Material(shapes, hours, {}, ("hours:age",), 5))
    hidden = spots(made, "hours")
    assert (("age",), "a", ("x",)) in hidden
    assert ((), "a", ()) not in hidden


def test_every_sum_says_along_which_dimensions_one_person_may_stand_twice() -> None:
    of_people = {"age", "gender"}
    for one in DEFINITIONS.values():
        if one.kind in ("sum", "money"):
            assert {dimension.id for dimension in one.dimensions} - of_people == set(
                SEVERAL.get(one.id, ())
            ), one.id


Told = Mapping[str, int]


def deviations(opened: Told, closed: Told, left: Told) -> dict[str, dict[str, list[Reading]]]:
    """Deviations of one kind by place, with 20 of another kind beside them everywhere."""
    measures = {"deviations_opened": opened, "deviations_closed": closed, "deviations_open": left}
    return {
        place: {
            name: [
                Reading((kind,), Decimal(n)) for kind, n in (("incident", told[place]), ("service", 20)) if n
            ]
            for name, told in measures.items()
        }
        for place in PLACES
    }


def released(held: dict[str, dict[str, list[Reading]]], before: Seen) -> Made:
    shapes = {
        name: Shape("count", (KINDS_OF,))
        for name in ("deviations_opened", "deviations_closed", "deviations_open")
    }
    tables = tuple(f"{name}:deviation" for name in shapes)
    return protect_release(Material(shapes, held, {}, tables, 5, outside=to_hide(before)))


def solved(made: tuple[Made, Made], place: str) -> Decimal | None:
    """What was open at the first end, reckoned from the second: open less opened more closed. None when one is hidden."""
    told = {
        one.measure: one for one in made[1].cells if one.by == ("deviation",) and (one.place, one.key) == (place, ("incident",))
    }  # fmt: skip
    if any(one.hidden for one in told.values()):
        return None
    values = {name: one.value or Decimal(0) for name, one in told.items()}
    nought = Decimal(0)
    return (
        values.get("deviations_open", nought)
        - values.get("deviations_opened", nought)
        + values.get("deviations_closed", nought)
    )


def test_what_was_open_at_one_end_does_not_follow_from_the_next_when_nothing_came_or_went() -> None:
    still = dict.fromkeys(PLACES, 0)
    many = dict.fromkeys(PLACES, 30)
    first = released(deviations(many, many, {**many, "a": 3}), Seen())
    hidden = {place for by, place, key in spots(first, "deviations_open") if key == ("incident",) and place}
    assert "a" in hidden
    assert len(hidden) > 1
    before = seen([(("deviations_open:deviation",), first.cells)])
    # Five more come in `a`, so that nothing is small there now; elsewhere all stands still.
    held = deviations({**still, "a": 9}, still, {**many, "a": 12})
    careless = released(held, Seen())
    assert any(solved((first, careless), place) is not None for place in hidden), "the attack is one"
    careful = released(held, before)
    assert [place for place in hidden if solved((first, careful), place) is not None] == []
    # A year before a half-year is before it too.
    assert follows(parse("2025"), parse("2026-h1"))
    assert not follows(parse("2025-h1"), parse("2026-h1"))
    # And the other way round: the second end was published first.
    names = ("deviations_open", "deviations_opened", "deviations_closed")
    after = seen([([f"{name}:deviation" for name in names], careless.cells)])
    assert given_away(after, first.cells)
    assert not given_away(Seen(), first.cells)


def test_a_later_release_of_the_period_says_what_is_hidden_now() -> None:
    spot = ((), "a", ())
    old, new = OutCell("contacts", *spot, None, True), OutCell("contacts", *spot, Decimal(8), False)
    assert seen([(("contacts:",), [old])]).hidden == {("contacts", spot)}
    assert seen([(("contacts:",), [old]), (("contacts:",), [new])]).hidden == frozenset()
    assert seen([(("contacts:",), [old]), (("users:",), [])]).hidden == {("contacts", spot)}


def test_who_began_last_year_is_published_once_and_every_tie_names_a_measure_that_there_is() -> None:
    # Contacts kept, by how they came, are those who began a year before: their number was published then.
    assert "contacts_kept" not in {one.measure for one in offered(DEFINITIONS.values())}
    tied = {name for some, _ in SAME for name in some} | {name for some in TELLING for name in some}
    tied |= {name for name, _, _ in PRICED} | {name for pair in MORE_THAN for name in pair}
    tied |= {name for stock, flows, _ in STOCKS for name in (stock, *flows)}
    assert tied <= set(DEFINITIONS)


def test_what_others_are_paid_is_tied_to_the_hours_seats_and_places_at_the_agreed_price() -> None:
    hours = (("origin",), "a", ("other",))
    told = priced("cross_hours", hours, "cost")
    assert (("cost_kind",), "a", ("exchange",)) in told
    assert (("cost_kind", "form"), "a", ("exchange", "shared")) in told
    assert all(hours in priced("cost", spot, "cross_hours") for spot in told if spot[2][0] == "exchange")
    assert priced("course_seats", (("held_by",), "a", ("own",)), "cost") == set()
    # Every cell that is told of has its dimensions in the measure's own order, as the tables have them.
    for measure, part, cost in PRICED:
        for name, dimensions in ((measure, [*part]), ("cost", [*cost])):
            order = [one.id for one in DEFINITIONS[name].dimensions]
            assert [one for one in order if one in dimensions] == dimensions


async def test_the_job_reads_the_period_before_and_releases_no_table_that_is_not_offered(
    world: World,
) -> None:
    names = ("deviations_open", "deviations_opened", "deviations_closed")
    tables = tuple(f"{name}:deviation" for name in names)
    others = await more_municipalities(world, ["Larvik", "Færder", "Sandefjord", "Holmestrand"])
    places = [world.horten, world.re, *others.values()]
    older, newer = parse("2025-h2"), parse("2026-h1")

    def held(left: int, opened: int) -> dict[str, Cells]:
        numbers = {"deviations_open": left, "deviations_opened": opened, "deviations_closed": 0}
        return {
            **{name: {("incident",): n, ("service",): 20} for name, n in numbers.items()},
            "contacts_kept": {("yes", "campaign"): 50},
        }

    for at, place in enumerate(places):
        await approved(world, place, held(30 if at else 3, 30), period=older)
        await approved(world, place, held(30 if at else 12, 0 if at else 9), period=newer)
    first = await released_now(world, tables, period=older)
    # Somebody who could run SQL as the project manager asks for what stays at home.
    async with world.at("vestfold", Role.PROJECT_MANAGER) as uow:
        second = await start_release(uow, newer, Choice(tables))
        asked = update(Release).where(Release.id == second).values(tables=[*tables, "contacts_kept:stayed"])
        await uow.session.execute(asked)
    await world.run_jobs()
    await put_out(world, second)
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        before, after = await read_release(uow, first), await read_release(uow, second)
    assert after.measures == tuple(sorted(names))
    spot = (("deviation",), ("incident",))
    hidden = [one for one in map(str, places) if before.cell("deviations_open", spot[0], one, spot[1]).hidden]
    assert len(hidden) > 1
    for one in hidden:
        assert any(after.cell(name, spot[0], one, spot[1]).hidden for name in names), one
