"""Who is at work, and whose the work is today: the responsible colleague's, or of who stands in for them (A15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.roles import Role
from sammen.web.i18n import translate
from tenants.cases.access import case_file
from tenants.cases.models import Absence

absence = Absence.__table__

PURCHASER_ROLES: Mapping[str, str] = {
    "child": Role.PURCHASER_CHILD,
    "adult": Role.PURCHASER_ADULT,
    "child_welfare": Role.PURCHASER_CHILD_WELFARE,
}
_AWAY = compile_query(
    select(absence.c.user_id, absence.c.user_name, absence.c.stand_in_id).where(
        absence.c.tenant_id == bindparam("tenant"),
        absence.c.starts_on <= bindparam("day"),
        absence.c.ends_on >= bindparam("day"),
    )
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a role in this municipality today."""

    id: UUID
    name: str
    roles: frozenset[str]

    @property
    def kinds(self) -> frozenset[str]:
        """The purchasers they are."""
        return frozenset(kind for kind, role in PURCHASER_ROLES.items() if role in self.roles)

    def decides_for(self, purchaser: str) -> bool:
        """Whether they are a purchaser of that kind."""
        return PURCHASER_ROLES[purchaser] in self.roles


@dataclass(frozen=True, slots=True)
class Duty:
    """`others`: purchasers whose work somebody else does today. `stands_in_for`: id and name of those the reader does
    it for.
    """

    others: Sequence[UUID]
    stands_in_for: Mapping[UUID, str]


async def colleagues(uow: UnitOfWork) -> Sequence[Colleague]:
    """Everybody with a role here today, by name."""
    rows = await uow.call("SELECT * FROM sammen.colleagues()")
    return [Colleague(row["user_id"], row["display_name"], frozenset(row["roles"])) for row in rows]


async def purchasers_at_work(uow: UnitOfWork, purchaser: str) -> Sequence[Colleague]:
    """The municipality's purchasers of one kind, by name."""
    return [one for one in await colleagues(uow) if one.decides_for(purchaser)]


def who_does_it(user: UUID, stand_ins: Mapping[UUID, UUID]) -> UUID | None:
    """Who does a colleague's work when `stand_ins` says who stands in for whom. A stand-in may be away too; None when
    all of them wait for each other.
    """
    asked = {user}
    while user in stand_ins:
        user = stand_ins[user]
        if user in asked:
            return None
        asked.add(user)
    return user


async def duty(uow: UnitOfWork) -> Duty:
    """Whose work the reader does today. Nobody's work falls between: what no purchaser at work does, is everybody's."""
    away = await uow.rows(_AWAY, tenant=uow.context.tenant, day=today())
    stand_ins = {row["user_id"]: row["stand_in_id"] for row in away}
    reader = uow.context.user
    known = {one.id: one for one in await colleagues(uow) if one.kinds}
    does = {user: who_does_it(user, stand_ins) for user in known}
    return Duty(
        [
            user
            for user, who in does.items()
            if user != reader
            and who is not None
            and who != reader
            and who in known
            # A stand-in who has lost a role since does only some of it: then it is everybody's.
            and known[user].kinds <= known[who].kinds
        ],
        {
            row["user_id"]: row["user_name"]
            for row in away
            if row["user_id"] != reader and who_does_it(row["user_id"], stand_ins) == reader
        },
    )


def stand_in_note(work: Duty, responsible: UUID | None, language: str) -> str:
    """A sentence, with a space before it, for work that is the reader's because its own is away; else nothing."""
    if responsible is None or responsible not in work.stands_in_for:
        return ""
    name = work.stands_in_for[responsible]
    return " " + translate(language, N_("Du er stedfortreder for %(name)s."), name=name)


def mine() -> ColumnElement[bool]:
    """Condition on `case_file`: the reader's own, those they stand in for, and nobody's. Takes `others` (Duty)."""
    others = bindparam("others", type_=ARRAY(PG_UUID(as_uuid=True)))
    return case_file.c.responsible_id.is_(None) | ~(case_file.c.responsible_id == any_(others))
