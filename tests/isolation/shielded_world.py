"""Horten twice: once as it is, and once with shielded people added, in every table that hangs on a person or a case.

The tables are read out of the metadata, so that what a new slice keeps about somebody is under the tests without anyone
thinking of it. One person would stand in one state of each list only: so there are several, who take turns through every
word that a check constraint allows, half of them with their open days empty.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
from sqlalchemy import Column, Table
from sqlalchemy import types as t

from deploy.asgi import make_house
from deploy.database import administrator
from sammen.db.base import Kind
from sammen.db.rls import kind_of
from sammen.db.unit_of_work import make_engine
from sammen.policy.roles import ROLE_PLACE, Role
from sammen.settings import Environment, Settings
from tenants.people.api import fold, make_synthetic
from tests.database import KEYS, SECRET, TestDatabase, fresh_database
from tests.isolation.canaries import ROOT_ID, Owner, canary, fill_references, insert_row, walled_tables
from tests.isolation.lawful_rows import REFUSED, allowed_words, insert_lawful
from tests.worlds import SINCE, World, app_of, make_world

ROOTS = frozenset({"person", "case_file"})
NOT_ABOUT_THEM = frozenset({"support_contact"})
"""Tables with a key to a person who is no service user: what hangs on these hangs on the bystander, an ordinary contact."""
HOW_MANY = 14
"""More than twice as many as the longest closed set of words has, so that each word is taken with days and without."""
SHIELDING = ("shielded", "protection")
SHIELDED_NAME = "hemmelig"
CANARY = re.compile(r"KANARIHEMMELIG[A-Z]*", re.IGNORECASE)
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CASE_YEAR = 1987
"""The shielded cases' numbers begin with it, so that they are known wherever they turn up."""
ABOVE_THE_CIRCLE = frozenset({"access_index"})
"""Written by the database itself from the trail."""


def hanging() -> list[Table]:
    """The municipal tables whose rows hang on a service user or a case, by their foreign keys, parents first."""
    found: list[Table] = []
    names = set(ROOTS)
    for table in walled_tables(Kind.MUNICIPAL):
        if table.name in NOT_ABOUT_THEM | ABOVE_THE_CIRCLE:
            continue
        pointed = {key.column.table.name for column in table.columns for key in column.foreign_keys}
        if table.name in ROOTS or pointed & names:
            names.add(table.name)
            found.append(table)
    return found


class _Ids(dict[str, UUID]):
    """The ids of a shielded person's rows: their own where a table hangs on them, else those of whom they are beside."""

    def __init__(self, name: str, others: Owner) -> None:
        super().__init__({table.name: uuid5(ROOT_ID, f"{name} {table.name}") for table in hanging()})
        self._name, self._others = name, others

    def get(self, key: str, default: Any = None) -> Any:
        """As Owner.id_in asks for it. A column's own id (`table.column`) is the person's own too."""
        return (
            self[key]
            if key in self
            else uuid5(ROOT_ID, f"{self._name} {key}")
            if "." in key
            else self._others.id_in(key)
        )


@dataclass(frozen=True, slots=True)
class Shielded:
    """One shielded person. `turn` decides which words and which empty days their rows have."""

    owner: Owner
    turn: int
    beside: Owner
    """Whose ordinary rows theirs stand beside: that person is every shielded one's contact and representative."""

    @property
    def number(self) -> str:
        """A synthetic national number of theirs."""
        return make_synthetic(self.born, "F", self.turn)

    @property
    def born(self) -> date:
        return date(2009, 3, 1 + self.turn)

    @property
    def case_no(self) -> str:
        return f"{CASE_YEAR}-{self.turn:04d}"

    def row(self, table: Table, *, turned: bool) -> dict[str, Any]:
        """Their canary row. Not `turned`: in the first state of every set of words, with every day."""
        made = canary(table, self.owner)
        for column in table.columns if turned else ():
            made |= self._turned(table, column)
        return made | self._fixed(table.name)

    def _turned(self, table: Table, column: Column[Any]) -> dict[str, Any]:
        words = allowed_words(table, column.name)
        if words and isinstance(column.type, t.String):
            return {column.name: words[(self.turn // 2) % len(words)]}
        empty = column.nullable and isinstance(column.type, t.Date | t.DateTime) and self.turn % 2
        # Nobody shielded has anything in the pool, and what points there is somebody else's, or to what is not there.
        pooled = column.name in ("need_id", "substitute_need_id", "proposal_id")
        if pooled and not column.nullable:
            return {column.name: uuid5(ROOT_ID, f"{column.name} {self.turn}")}
        return {column.name: None} if empty or pooled else {}

    def _fixed(self, table: str) -> dict[str, Any]:
        fixed: Mapping[str, dict[str, Any]] = {
            "person": {
                "protection": "kode6", "birth_date": self.born,
                "number_hash": KEYS.number_hash(self.owner.tenant, self.number),
            },
            "case_file": {"shielded": True, "case_no": self.case_no},
            "person_name_word": {"word": fold(self.owner.marker)},
            "representative": {"person_id": self.beside.id_in("person")},
            # One that nobody has registered yet is on no case.
            "incoming_form": {"state": "registered"},
        }  # fmt: skip
        return fixed.get(table, {})

    @property
    def secrets(self) -> dict[str, str]:
        """What tells of them wherever it stands, and what it is. Their texts are CANARY."""
        own = {str(self.owner.id_in(table.name)): f"{table.name} id" for table in hanging()}
        return own | {self.case_no: "case number", self.number: "national number"}


@dataclass(frozen=True)
class Twins:
    """`without` and `among`: the same Horten, the same people logged in; `among` has the shielded people too.

    `circle` has a session for each of Horten's roles, of somebody who is named on every shielded case.
    """

    without: World
    among: World
    horten: Owner
    beside: Owner
    """Horten's rows, but for a person: the shielded people's contact and representative, who has no case."""
    shielded: Sequence[Shielded]
    circle: Mapping[Role, str]
    refused: Sequence[str]
    """Rows that the database's own rules let into their first state only, as "table turn"."""

    @cached_property
    def secrets(self) -> dict[str, str]:
        """Whatever tells of any of them, and what it is."""
        return {text: what for one in self.shielded for text, what in one.secrets.items()}

    @cached_property
    def _numbers(self) -> re.Pattern[str]:
        """Their numbers, few enough to look for one by one; their ids are a thousand and more."""
        return re.compile("|".join(re.escape(text) for text in self.secrets if not UUID_TEXT.fullmatch(text)))

    def told_in(self, text: str) -> list[str]:
        """What a text tells of the shielded people: "person id", "case number", or the words of theirs that stand there."""
        ids = (found.lower() for found in UUID_TEXT.findall(text))
        found = {self.secrets[one] for one in ids if one in self.secrets}
        found |= {self.secrets[one] for one in self._numbers.findall(text)}
        return sorted(found | set(CANARY.findall(text)))


def shielded_people(base: Owner, beside: Owner) -> Iterator[Shielded]:
    """Everybody who is shielded; contacts and groups around them are the bystander's and Horten's own."""
    for turn in range(HOW_MANY):
        name = f"{SHIELDED_NAME}{chr(ord('a') + turn)}"
        yield Shielded(Owner(name, base.tenant, base.region, 10 + turn, _Ids(name, beside)), turn, beside)


async def _insert(admin: asyncpg.Connection[asyncpg.Record], one: Shielded, table: Table) -> list[str]:
    """Insert one's row in its turn's state, or in whichever the table's rules allow; then says that it is not its turn's."""
    words = [column.name for column in table.columns if allowed_words(table, column.name)]
    for keep in (words, ["state"]):
        with suppress(*REFUSED):
            await insert_lawful(admin, table, one.row(table, turned=True), keep=[*keep, *SHIELDING])
            return [] if keep is words else [f"{table.name} {one.turn}"]
    await insert_lawful(admin, table, one.row(table, turned=False), keep=SHIELDING)
    return [f"{table.name} {one.turn}"]


async def _fill(admin: asyncpg.Connection[asyncpg.Record], owners: Sequence[Owner]) -> None:
    """The canaries of canaries.fill, made lawful where they are not."""
    await fill_references(admin, Owner("referanse", ROOT_ID, ROOT_ID, 0))
    regions: dict[str, UUID] = {}
    for table in walled_tables():
        for owner in owners:
            row = canary(table, owner)
            if kind_of(table) is Kind.REGIONAL and table.name in regions:
                owner.known[table.name] = regions[table.name]
                continue
            await insert_lawful(admin, table, row)
            if kind_of(table) is Kind.REGIONAL:
                regions[table.name] = row["id"]


async def _add_bystander(admin: asyncpg.Connection[asyncpg.Record], base: Owner) -> Owner:
    """A contact who is no service user: of the shielded people's assignments, and the leader of their group."""
    tables = [
        table for table in walled_tables(Kind.MUNICIPAL)
        if table.name in ("person", "support_contact", "vetting", "engagement", "activity_group")
    ]  # fmt: skip
    known = {table.name: uuid5(ROOT_ID, f"bystander {table.name}") for table in tables}
    owner = Owner("tilskuer", base.tenant, base.region, 9, known)
    for table in tables:
        row = canary(table, owner)
        if table.name == "person":
            row |= {"number_hash": None, "birth_date": date(1980, 1, 2)}
        await insert_row(admin, table, row)
    return owner


async def _add_circle(world: World) -> dict[Role, tuple[UUID, str]]:
    """Somebody more in each of Horten's roles, logged in: who is named on the shielded cases later."""
    found = {}
    for role in (role for role in Role if ROLE_PLACE[role] == "municipality"):
        user = uuid4()
        await world.sql(
            "INSERT INTO user_account (id, email, display_name) VALUES ($1, $2, 'Anne i kretsen')",
            user,
            f"{user}@x.test",
        )
        await world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
            " VALUES ($1, $2, 'municipality', $3, $4, $5, 'test')", uuid4(), user, world.horten, role.value, SINCE,
        )  # fmt: skip
        found[role] = user, await world.token(user)
    return found


async def _add_shielded(
    database: TestDatabase, people: Sequence[Shielded], circle: Mapping[Role, tuple[UUID, str]]
) -> list[str]:
    refused = []
    async with administrator(database.admin_url) as admin, admin.transaction():
        for table in hanging():
            for one in people:
                refused += await _insert(admin, one, table)
        await admin.execute("SET LOCAL search_path = sammen")
        for one in people:
            for user, _ in circle.values():
                await admin.execute(
                    "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, $2, $3, $4)",
                    one.owner.tenant, uuid4(), one.owner.id_in("case_file"), user,
                )  # fmt: skip
    return refused


def _serve(world: World, database: TestDatabase) -> World:
    """The same world's people on another database."""
    settings = Settings(
        environment=Environment.TEST, app_url=database.app_url, key=SECRET, personas=True, pool_size=8,
        log_level="CRITICAL",
    )  # fmt: skip
    house = make_house(settings)
    engine = make_engine(database.app_url, pool_size=8)
    return replace(world, database=database, engine=engine, house=house, app=app_of(house))


@asynccontextmanager
async def twins(migrated: tuple[str, str]) -> AsyncIterator[Twins]:
    """Make both worlds, the second a copy of the first with the shielded people added; dropped on leaving."""
    async with fresh_database(*migrated) as first:
        world = await make_world(first)
        horten, re_ = Owner("horten", world.horten, world.region, 1), Owner("re", world.re, world.region, 2)
        async with administrator(first.admin_url) as admin:
            async with admin.transaction():
                await _fill(admin, (horten, re_))
            bystander = await _add_bystander(admin, horten)
        for role, owner in ((Role.CONTACT, horten), (Role.CONTACT, re_)):
            user = world.user(owner.name, role)
            await world.sql("UPDATE person SET user_id = $2 WHERE id = $1", owner.id_in("person"), user)
        for user in world.users.values():
            await world.token(user)
        circle = await _add_circle(world)
        await world.close()  # a database is copied when nobody is connected to it
        async with fresh_database(migrated[0], first.name) as second:
            beside = replace(horten, known={**horten.known, **bystander.known})
            people = list(shielded_people(horten, beside))
            refused = await _add_shielded(second, people, circle)
            without, among = _serve(world, first), _serve(world, second)
            try:
                yield Twins(
                    without,
                    among,
                    horten,
                    beside,
                    people,
                    {role: token for role, (_, token) in circle.items()},
                    refused,
                )
            finally:
                await without.close()
                await among.close()
