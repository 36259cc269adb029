"""Base classes: every table declares one of five kinds, and from its kind follow its keys, its row-level security
and what the app role may do with it (docs/decisions/0002-five-kinds-of-tables.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, MetaData, Numeric, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sammen.ids import random_id, uuid7

SCHEMA = "sammen"

# Constraint names are stable, so that an error can be told by its name and a migration can find it again.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Kind(StrEnum):
    """What a table is, for isolation."""

    MUNICIPAL = "municipal"
    REGIONAL = "regional"
    SHARED = "shared"
    IDENTITY = "identity"
    REFERENCE = "reference"


class Base(DeclarativeBase):
    """Declarative base; all tables live in the schema `sammen`."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: PG_UUID(as_uuid=True),
        bytes: BYTEA(),
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        list[str]: ARRAY(Text()),
        list[UUID]: ARRAY(PG_UUID(as_uuid=True)),
        dict[str, Any]: JSONB(),
    }

    __kind__: ClassVar[Kind]
    __app_rights__: ClassVar[frozenset[str]]
    """What the app role may do: a subset of SELECT, INSERT, UPDATE, DELETE."""

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        table = cls.__dict__.get("__table__")
        if table is not None:
            table.info["kind"] = cls.__kind__
            table.info["rights"] = cls.__app_rights__
            for name in (
                "__parties__",
                "__party_may__",
                "__region_may__",
                "__region_sees__",
                "__region_door__",
                "__insert_check__",
                "__member_between__",
            ):
                if hasattr(cls, name):
                    table.info[name.strip("_")] = getattr(cls, name)


ALL_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
APPEND_ONLY = frozenset({"SELECT", "INSERT"})


class Municipal:
    """One municipality owns every row. `tenant_id` leads the primary key and every unique constraint."""

    __kind__: ClassVar[Kind] = Kind.MUNICIPAL
    __app_rights__: ClassVar[frozenset[str]] = ALL_RIGHTS
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-19)


class Regional:
    """A region owns every row. All its roles see them, or, with a `__region_door__` (see `Shared`), those it names."""

    __kind__: ClassVar[Kind] = Kind.REGIONAL
    __app_rights__: ClassVar[frozenset[str]] = ALL_RIGHTS
    region_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-19)


class Shared:
    """A region's row with municipalities as parties.

    The region's context sees the region's rows (those `__region_sees__` holds true for, an SQL condition, if given);
    a municipality sees only rows it is party to. `__party_may__` maps a command to the party columns that may run it.
    """

    __kind__: ClassVar[Kind] = Kind.SHARED
    __app_rights__: ClassVar[frozenset[str]] = ALL_RIGHTS
    __parties__: ClassVar[Sequence[str]]
    __party_may__: ClassVar[Mapping[str, Sequence[str]]]
    __region_may__: ClassVar[frozenset[str]]
    __region_door__: ClassVar[str]
    """Which function opens the region's side, by the roles that see such rows: `current_pool`, `current_needs`,
    `current_project`, `current_courses`, `current_steering` or `current_figures`."""
    __member_between__: ClassVar[tuple[str, str]]
    """Two days in SQL: a municipality may add a row when it was a member of the region at some time between them. Today
    unless given; for what is told afterwards, such as the hours of a month, by one that has left since."""
    region_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id, sort_order=-19)


class Identity:
    """Users, sessions, memberships and the like: the app role has no direct right, only through functions."""

    __kind__: ClassVar[Kind] = Kind.IDENTITY
    __app_rights__: ClassVar[frozenset[str]] = frozenset()
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-20)


class Reference:
    """No row-level security and no personal data; the app role may only read."""

    __kind__: ClassVar[Kind] = Kind.REFERENCE
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT"})


class Stamped:
    """When a row was made and last changed, and its version, by which two editors are told apart (409)."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    changed_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), sort_order=91
    )
    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=92)


def owned_fk(local: str, target: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Foreign key between two municipal tables: `(tenant_id, local) → target (tenant_id, id)`."""
    return ForeignKeyConstraint(
        ["tenant_id", local], [f"{SCHEMA}.{target}.tenant_id", f"{SCHEMA}.{target}.id"], ondelete=ondelete
    )


def region_fk(local: str, target: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Foreign key between two tables of one region: `(region_id, local) → target (region_id, id)`."""
    return ForeignKeyConstraint(
        ["region_id", local], [f"{SCHEMA}.{target}.region_id", f"{SCHEMA}.{target}.id"], ondelete=ondelete
    )
