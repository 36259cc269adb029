"""Activity groups: those whose assignments share a leader meet together, and each has the place they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance
from deploy.demo.contacts import Contact
from deploy.demo.files import SEATS
from deploy.demo.lives import Life
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Town
from tenants.assignments.models import Assignment
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.people.api import traits

Row = dict[str, Any]
Key = tuple[UUID, int]
"""A leader and a weekday."""
NAMES = {
    "climbing": "Klatregruppa", "outdoors": "Friluftsgruppa", "walking": "Turgruppa", "swimming": "Svømmegruppa",
    "cinema": "Filmkvelden", "music": "Musikkgruppa", "bowling": "Bowlinggruppa", "cooking": "Matlagingsgruppa",
    "boardgames": "Brettspillkvelden", "gaming": "Spillgruppa", "drawing": "Tegnegruppa", "dance": "Dansegruppa",
    "football": "Fotballgruppa", "training": "Treningsgruppa", "cafe": "Kafégruppa", "crafts": "Håndarbeidsgruppa",
    "theatre": "Teatergruppa", "animals": "Dyregruppa", "building": "Byggegruppa", "photo": "Fotogruppa",
}  # fmt: skip
PLACES = (
    "Frivilligsentralen",
    "Biblioteket",
    "Kulturhuset",
    "Ungdomshuset",
    "Idrettshallen",
    "Aktivitetssenteret",
)
LEFT_OVER = 24
"""Every so many have an assignment and no group, so that there is somebody to give a place."""
SPARE = {HORTEN: 1, RE: 2, "0704": 1}
"""In so many groups of these towns the newest has no place, and may have one in a neighbour's group."""
LACKS_A_LEADER = "0709"
"""The municipality where one group has one leader only."""
STARTS, ENDS = time(17), time(19, 30)
CO_LEADER = "Amund Vik"
"""Leads one of Horten's groups with somebody: there is one to log in as."""
SEATS_FOR_OTHERS = 10
"""Of the group he leads, so that neighbours may have places there."""
AUTUMN_WEEK, WINTER_WEEK = 40, 8
"""The school holidays' ISO weeks in Vestfold, when the groups rest."""
NEEDS = (
    "Nøtteallergi. Har adrenalinpenn i sekken.", "Går med rullator.", "Trenger å vite hva som skjer, i rekkefølge.",
    "Vil ha en pause når det blir mye lyd.", "Drar med TT-bil. Den henter utenfor døra.", "Spiser ikke gluten.",
)  # fmt: skip
DRIVES = (
    "Minibussen henter ved Torget 16.40.", "Vi møtes der. Bussen stopper rett utenfor.",
    "Én av lederne kjører. Si fra hvis du vil sitte på.",
)  # fmt: skip


def write_groups(town: Town, lives: Sequence[Life], contacts: Sequence[Contact]) -> None:
    """The groups of a town, and the places of those who are in one now. Draws from a stream of its own."""
    chance = Chance(f"groups/{town.place.code}")
    days = {
        (life.person.id, stretch.contact.id): stretch.weekday
        for life in lives
        for stretch in life.stretches
        if stretch.form == "group" and stretch.contact is not None
    }
    likes = {life.person.id: life.interests for life in lives}
    held: dict[Key, list[Row]] = {}
    for row in town.rows.of(Assignment):
        if row["tenant_id"] == town.id and row["form"] == "group" and row["state"] == "running":
            weekday = days.get((row["person_id"], row["contact_id"]), row["starts_on"].weekday())
            held.setdefault((row["contact_id"], weekday), []).append(row)
    able = [one.id for one in contacts if one.state == "engaged" and one.load]
    taken: Counter[str] = Counter()
    own_found, spare = False, SPARE.get(town.place.code, 0)
    for number, ((leader, weekday), (rows, other)) in enumerate(_together(held)):
        others = [one for one in able if one != leader]
        alone = not others or (not number and town.place.code == LACKS_A_LEADER)
        chosen = other or (None if alone else chance.choice(others))
        with_login = None if own_found or weekday != 3 else _with_login(town, contacts)
        if with_login is not None:
            chosen, own_found = with_login, True
        activity = _activity(rows, likes, taken)
        taken[activity] += 1
        _write_group(town, chance, rows, leader=leader, second=chosen, activity=activity, weekday=weekday,
                     again=taken[activity], others=with_login is not None, spare=spare > 0 and with_login is None)  # fmt: skip
        spare -= with_login is None


def _with_login(town: Town, contacts: Sequence[Contact]) -> UUID | None:
    """Horten's contact that one can be in the demo."""
    found = (one.id for one in contacts if one.person.name == CO_LEADER)
    return next(found, None) if town.place.code == HORTEN else None


def _together(held: dict[Key, list[Row]]) -> list[tuple[Key, tuple[list[Row], UUID | None]]]:
    """The groups with a second leader where one is given: somebody alone joins another group, of the same weekday
    if there is one, and the two leaders lead it together.
    """
    left = dict(held)
    made: list[tuple[Key, tuple[list[Row], UUID | None]]] = []
    for key in [key for key, rows in held.items() if len(rows) == 1]:
        larger = [one for one, rows in left.items() if len(rows) > 1]
        if larger:
            other = min(larger, key=lambda one: one[1] != key[1])
            made.append((key, ([*left.pop(key), *left.pop(other)], other[0])))
    return made + [(key, (rows, None)) for key, rows in left.items()]


def _activity(rows: Sequence[Row], likes: Mapping[UUID, Sequence[str]], taken: Mapping[str, int]) -> str:
    """What most of them like, rather than what another group does already. Those told in a story climb."""
    if any(row["person_id"] not in likes for row in rows) and not taken["climbing"]:
        return "climbing"
    wished = Counter(code for row in rows for code in likes.get(row["person_id"], ()) if code in NAMES)
    return min(wished, key=lambda code: (taken[code], -wished[code], code), default="walking")


def _write_group(town: Town, chance: Chance, rows: Sequence[Row], *, leader: UUID, second: UUID | None,
                 activity: str, weekday: int, again: int, others: bool, spare: bool) -> None:  # fmt: skip
    """One group and its places; `again` numbers those with the same activity, `others` has room for neighbours, `spare` leaves
    one out.
    """
    began = min(row["starts_on"] for row in rows)
    group_id = chance.id_at(began)
    name = NAMES[activity] if again == 1 else f"{NAMES[activity]} {again}"
    place, seats = chance.choice(PLACES), max(len(rows), SEATS) + chance.randint(0, 3)
    there = sorted(
        (row for row in rows if not _left_over(town, rows, row)),
        key=lambda row: (row["starts_on"], str(row["id"])),
    )
    there = there[:-1] if spare and len(there) > 2 else there
    newest = there[-1] if there else None
    state = "member" if others or len(there) < 4 else ("waiting", "trial", "member")[group_id.int % 3]
    town.rows.add(
        ActivityGroup, tenant_id=town.id, id=group_id, name=name, activity=activity,
        weekday=tuple(traits.WEEKDAYS)[weekday], starts=STARTS, ends=ENDS, place=place, leader_id=leader,
        second_leader_id=second, seats=SEATS_FOR_OTHERS if others else len(there) - 1 if state == "waiting" else seats,
        valid_from=began, valid_to=None, autumn_week=AUTUMN_WEEK, winter_week=WINTER_WEEK,
        transport=DRIVES[group_id.int % len(DRIVES)] if group_id.int % 2 else "",
    )  # fmt: skip
    for row in there:
        new = row is newest and state != "member"
        since = max(row["starts_on"], town.as_of - timedelta(days=9)) if new else row["starts_on"]
        mark = row["id"].int
        town.rows.add(
            GroupPlace, tenant_id=town.id, id=chance.id_at(row["starts_on"]), group_id=group_id,
            assignment_id=row["id"], valid_from=since, valid_to=None, state=state if new else "member",
            trial_to=town.as_of + timedelta(days=10) if new and state == "trial" else None,
            needs=NEEDS[mark % len(NEEDS)] if mark % 3 == 0 else "", with_contact=mark % 7 == 0,
        )  # fmt: skip


def _left_over(town: Town, rows: Sequence[Row], row: Row) -> bool:
    """Whether this one is left without a group, for a visitor to find a place for."""
    recent = row["starts_on"] > town.as_of - timedelta(days=200)
    return bool(recent and len(rows) > 1 and row["id"].int % LEFT_OVER == 0)
