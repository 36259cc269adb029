"""Who answers proposals for a municipality: a decider and a deputy, named by its manager (C4).

While somebody is named, they alone say yes and no for the municipality; the deputy always may. When nobody is, or those
who are no longer hold the role, anyone who may decide proposals does, and the pages say that somebody should be named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, Role
from shared_pool.matching.models import PoolDecider

pool_decider = PoolDecider.__table__
NOT_DECIDER = N_("Kommunen har valgt hvem som svarer på forslag. Navnene står under Formidling.")
_TODAY = compile_query(
    select(
        pool_decider.c.user_id, pool_decider.c.name, pool_decider.c.deputy, pool_decider.c.valid_from,
        pool_decider.c.valid_to,
    )
    .where(
        pool_decider.c.tenant_id == bindparam("tenant"),
        pool_decider.c.valid_from <= bindparam("day"),
        or_(pool_decider.c.valid_to.is_(None), pool_decider.c.valid_to >= bindparam("day")),
    )
    .order_by(pool_decider.c.deputy, pool_decider.c.id)
)  # fmt: skip
_HISTORY = compile_query(
    select(
        pool_decider.c.name, pool_decider.c.deputy, pool_decider.c.valid_from, pool_decider.c.valid_to,
        pool_decider.c.named_by_name,
    )
    .where(
        pool_decider.c.tenant_id == bindparam("tenant"),
        pool_decider.c.valid_to.is_(None) | (pool_decider.c.valid_to >= pool_decider.c.valid_from),
    )
    .order_by(pool_decider.c.valid_from.desc(), pool_decider.c.id.desc())
    .limit(40)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody named. `active` is false for who no longer holds a role that decides proposals here."""

    user_id: UUID
    name: str
    deputy: bool
    valid_from: date
    valid_to: date | None
    active: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """A line of the list of who has decided: name, as what, from and to, and who named them."""

    name: str
    deputy: bool
    valid_from: date
    valid_to: date | None
    named_by_name: str


async def eligible(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """Who may be named: the municipality's people with a role that decides proposals, by name. Staff's pages only."""
    rows = await uow.call("SELECT user_id, display_name, roles FROM sammen.colleagues()")
    return [(row["user_id"], row["display_name"]) for row in rows if _decides(row["roles"])]


def _decides(roles: Sequence[str]) -> bool:
    return any(Permission.PROPOSAL_DECIDE in GRANTS[Role(role)] for role in roles)


async def deciders(uow: UnitOfWork) -> list[Decider]:
    """Who is named today, the decider before the deputy."""
    rows = await uow.rows(_TODAY, tenant=uow.context.tenant, day=today())
    may = {user_id for user_id, _ in await eligible(uow)} if rows else set()
    return [Decider(**dict(row), active=row["user_id"] in may) for row in rows]


async def namings(uow: UnitOfWork) -> list[Naming]:
    """Who has been named, newest first."""
    return [Naming(**dict(row)) for row in await uow.rows(_HISTORY, tenant=uow.context.tenant)]


async def may_decide(uow: UnitOfWork) -> bool:
    """Whether the reader answers for the municipality today."""
    if not uow.context.may(Permission.PROPOSAL_DECIDE):
        return False
    named = [one.user_id for one in await deciders(uow) if one.active]
    return not named or uow.context.user_id in named


async def require_decider(uow: UnitOfWork) -> None:
    """Raises Forbidden for anybody else than those who are named."""
    if not await may_decide(uow):
        raise Forbidden(NOT_DECIDER)


async def name_deciders(uow: UnitOfWork, decider: UUID | None, deputy: UUID | None) -> None:
    """Name who answers from today, and a deputy or none; those they replace end with yesterday. Naming the same two
    changes nothing.

    Raises Invalid for somebody who may not decide proposals, or twice the same person; Conflict when another named
    somebody at the same time.
    """
    if decider is not None and decider == deputy:
        raise Invalid.one("stedfortreder", N_("Beslutter og stedfortreder må være to personer."))
    names = dict(await eligible(uow))
    for field, user_id in (("beslutter", decider), ("stedfortreder", deputy)):
        if user_id is not None and user_id not in names:
            raise Invalid.one(field, N_("Velg en som kan svare på forslag i kommunen."))
    held = await _now(uow)
    for is_deputy, user_id in ((False, decider), (True, deputy)):
        known = held.get(is_deputy)
        if (known.user_id if known is not None else None) == user_id:
            continue
        if known is not None:
            known.valid_to = max(today(), known.valid_from) - timedelta(days=1)
            known.version += 1
            await uow.session.flush()
            await record_change(
                uow, "pool.decider_released", "pool_decider", known.id, deputy=is_deputy, user=known.user_id
            )
        if user_id is not None:
            await _name(uow, user_id, names[user_id], deputy=is_deputy)


async def _name(uow: UnitOfWork, user_id: UUID, name: str, *, deputy: bool) -> None:
    row = PoolDecider(
        tenant_id=uow.context.tenant, id=uuid7(), user_id=user_id, name=name, deputy=deputy, valid_from=today(),
        named_by_name=uow.context.user_name,
    )  # fmt: skip
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as error:
        raise Conflict(N_("Noen andre valgte beslutter imens. Se hvem det ble.")) from error
    await record_change(uow, "pool.decider_named", "pool_decider", row.id, deputy=deputy, user=user_id)


async def _now(uow: UnitOfWork) -> dict[bool, PoolDecider]:
    """The rows in force, held: deputy or not → row."""
    found = await uow.session.scalars(
        select(PoolDecider)
        .where(PoolDecider.tenant_id == uow.context.tenant, PoolDecider.valid_to.is_(None))
        .order_by(PoolDecider.deputy)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.deputy: row for row in found.all()}
