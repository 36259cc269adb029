"""Two registrations that are one person: finding such pairs, and making one of them.

Everything that points to the one that goes is moved to the one that stays, in every municipal table with a key to a
person; the list comes from the metadata, so that a new table is not forgotten. The one that goes keeps its name and a
pointer: the trail still says what was read under its id. It is not undone by a button, so it asks for a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, Table, UniqueConstraint, bindparam, func, select, update

from sammen.audit.trail import record_change
from sammen.db.base import Base, Kind
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.people.api import Person, index_name, move_number, person, representative, tell_protected
from tenants.record.access import own_person, person_seen, reader_values

NOT_MOVED: Final = frozenset({("person", "merged_into"), ("person_name_word", "person_id")})
"""Keys to a person that are the registration itself: its pointer and the words of its name."""
FACTS: Final[Mapping[str, Sequence[str]]] = {
    "name": ("given_name", "family_name"),
    "address": ("street", "postcode", "place"),
    "phone": ("phone",),
    "email": ("email",),
    "language_form": ("language_form",),
    "speaks": ("speaks",),
    "interpreter": ("needs_interpreter", "interpreter_language"),
}
"""What one chooses between, and the columns of each. The number with its birth date is not chosen: there is at most one.
"""
_STRICTNESS: Final = ("none", "kode7", "kode6")
MOST_PAIRS: Final = 50
TWICE = N_(
    "Begge er registrert som støttekontakt eller noe annet en person bare kan være én gang. Avslutt den ene først."
)
STALE = N_("Noen andre har endret en av dem imens. Last siden på nytt.")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations that look like one person: same name and birth date. `kept` is the one with a number, if any."""

    kept: UUID
    gone: UUID
    name: str
    birth_date: date


def person_keys() -> list[tuple[Table, str]]:
    """Every municipal table and column that points to a person, but those in NOT_MOVED; ordered by name.

    A pointer is a key to `person`, or a column called `person_id` that the application may write.
    """
    found = {
        (table.name, name): table
        for table in Base.metadata.tables.values()
        if table.info.get("kind") is Kind.MUNICIPAL
        for name in [*_keys(table), *_plain(table)]
        if (table.name, name) not in NOT_MOVED
    }
    return [(found[key], key[1]) for key in sorted(found)]


def _keys(table: Table) -> list[str]:
    return [
        element.parent.name
        for key in table.foreign_key_constraints
        if key.referred_table.name == "person"
        for element in key.elements
        if element.parent.name != "tenant_id"
    ]


def _plain(table: Table) -> list[str]:
    return ["person_id"] if "person_id" in table.c and "UPDATE" in table.info["rights"] else []


_other = person.alias("other")
_ALIKE = (
    (_other.c.tenant_id == person.c.tenant_id)
    & (_other.c.id > person.c.id)
    & (_other.c.birth_date == person.c.birth_date)
    & (func.lower(_other.c.given_name) == func.lower(person.c.given_name))
    & (func.lower(_other.c.family_name) == func.lower(person.c.family_name))
    # Two numbers are two people, whatever they are called.
    & (_other.c.number_hash.is_(None) | person.c.number_hash.is_(None))
    & _other.c.merged_into.is_(None)
    & person.c.merged_into.is_(None)
)
_PAIRS = compile_query(
    select(person.c.id, _other.c.id.label("other_id"), _other.c.number_hash.is_not(None).label("other_numbered"),
           person.c.given_name, person.c.family_name, person.c.birth_date)
    .select_from(person.join(_other, _ALIKE))
    .where(person_seen(), person_seen(_other))
    .order_by(person.c.family_name, person.c.given_name, person.c.id)
    .limit(bindparam("most"))
)  # fmt: skip


async def alike(uow: UnitOfWork) -> Sequence[Pair]:
    """Pairs the reader may see both of, by name; at most fifty."""
    rows = await uow.rows(_PAIRS, most=MOST_PAIRS, **reader_values(uow))
    pairs = []
    for row in rows:
        kept, gone = (row["other_id"], row["id"]) if row["other_numbered"] else (row["id"], row["other_id"])
        pairs.append(Pair(kept, gone, f"{row['given_name']} {row['family_name']}", row["birth_date"]))
    return pairs


async def _both(
    uow: UnitOfWork, kept_id: UUID, gone_id: UUID, versions: tuple[int, int]
) -> tuple[Person, Person]:
    """The two, locked in the order of their ids, so that two who merge at once wait and never lock each other out."""
    rows = {
        row.id: row
        for row in await uow.session.scalars(
            select(Person)
            .where(Person.tenant_id == uow.context.tenant, Person.id.in_([kept_id, gone_id]))
            .order_by(Person.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    kept, gone = rows.get(kept_id), rows.get(gone_id)
    if kept is None or gone is None or kept is gone or kept.merged_into or gone.merged_into:
        raise NotFound
    if (kept.version, gone.version) != versions:
        raise Conflict(STALE)
    return kept, gone


async def merge_people(
    uow: UnitOfWork,
    kept_id: UUID,
    gone_id: UUID,
    *,
    chosen: Mapping[str, str],
    reason: str,
    versions: tuple[int, int],
) -> int:
    """Make two registrations one; how many rows were moved. `chosen`: name of FACTS → "gone" to take that one's.

    The stricter protection is kept, and shields every case. Raises NotFound, Forbidden, Conflict when one of them has
    changed since it was shown, Invalid without a reason, for two numbers, two logins, or when one acts for the other.
    """
    await own_person(uow, kept_id)
    await own_person(uow, gone_id)
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hvordan du vet at de er samme person."))
    kept, gone = await _both(uow, kept_id, gone_id, versions)
    await _may_merge(uow, kept, gone)
    for fact, columns in FACTS.items():
        if chosen.get(fact) == "gone":
            for name in columns:
                setattr(kept, name, getattr(gone, name))
    kept.individual_plan = kept.individual_plan or gone.individual_plan
    kept.died_on, kept.moved_on = kept.died_on or gone.died_on, kept.moved_on or gone.moved_on
    kept.moved_to = kept.moved_to or gone.moved_to
    kept.birth_date, kept.sex = kept.birth_date or gone.birth_date, kept.sex or gone.sex
    kept.protection = max(kept.protection, gone.protection, key=_STRICTNESS.index)
    login, gone.user_id = kept.user_id or gone.user_id, None
    await move_number(uow, gone, kept)
    kept.user_id, gone.merged_into = login, kept.id
    gone.street = gone.postcode = gone.place = gone.phone = gone.email = ""
    kept.version += 1
    gone.version += 1
    await uow.session.flush()
    moved = await _move_rows(uow, kept.id, gone.id)
    await index_name(uow, kept.id, kept.given_name, kept.family_name)
    await index_name(uow, gone.id, "", "")
    await record_change(
        uow, "person.merged", "person", kept.id, persons=[kept.id, gone.id], why=reason.strip(), gone=gone.id,
        rows=moved, facts=sorted(name for name, side in chosen.items() if side == "gone"),
    )  # fmt: skip
    if kept.protection != "none":
        await tell_protected(uow, kept.id)
    return moved


async def _may_merge(uow: UnitOfWork, kept: Person, gone: Person) -> None:
    if kept.number_hash is not None and gone.number_hash is not None:
        raise Invalid.one(
            "", N_("De har hvert sitt fødselsnummer. Da er de to personer og kan ikke slås sammen.")
        )
    if kept.user_id and gone.user_id and kept.user_id != gone.user_id:
        raise Invalid.one("", N_("Begge har egen innlogging. Be administratoren fjerne den ene først."))
    acts = select(representative.c.id).where(
        representative.c.tenant_id == kept.tenant_id,
        representative.c.person_id.in_([kept.id, gone.id]),
        representative.c.acts_for_id.in_([kept.id, gone.id]),
        representative.c.person_id != representative.c.acts_for_id,
    )
    if await uow.session.scalar(acts.limit(1)) is not None:
        raise Invalid.one("", N_("Den ene er representant for den andre. Da er de to personer."))


async def _move_rows(uow: UnitOfWork, kept: UUID, gone: UUID) -> int:
    """Point every row at the one that stays. Raises Invalid where both stand in what a person may be in once only."""
    tenant, moved = uow.context.tenant, 0
    for table, name in person_keys():
        await _no_clash(uow, table, name, kept, gone)
        of_gone = (table.c.tenant_id == tenant) & (table.c[name] == gone)
        done: Any = await uow.session.execute(
            update(table).where(of_gone).values({name: kept}).execution_options(synchronize_session=False)
        )
        moved += done.rowcount
    return moved


def _unique(table: Table, name: str) -> list[list[str]]:
    """For each set of columns that must be unique and has `name` in it, the others but the municipality."""
    sets = [
        [column.name for column in one.columns]
        for one in (*table.constraints, *(index for index in table.indexes if index.unique))
        if isinstance(one, UniqueConstraint | Index)
    ]
    return [[other for other in names if other not in (name, "tenant_id")] for names in sets if name in names]


async def _no_clash(uow: UnitOfWork, table: Table, name: str, kept: UUID, gone: UUID) -> None:
    first, second = table.alias("first"), table.alias("second")
    for others in _unique(table, name):
        twice = select(first.c.id).where(
            first.c.tenant_id == uow.context.tenant,
            second.c.tenant_id == first.c.tenant_id,
            first.c[name] == gone,
            second.c[name] == kept,
            *(first.c[other] == second.c[other] for other in others),
        )
        if await uow.session.scalar(twice.limit(1)) is not None:
            raise Invalid.one("", TWICE)
