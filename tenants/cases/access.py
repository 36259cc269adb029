"""Who may see which cases within a municipality (A1, A16, E5): rules as data, used by every query of the slice.

Row-level security is the wall between municipalities; this is the wall between purchasers.
"""

from __future__ import annotations

from sqlalchemy import any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Text

from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from tenants.cases.models import CaseFile, CaseMember

case_file = CaseFile.__table__
case_member = CaseMember.__table__

# Purchasers see their own; provider and manager see what is delivered, but child welfare only where they are named.
SEES: dict[str, frozenset[str]] = {
    Role.PURCHASER_CHILD: frozenset({"child"}),
    Role.PURCHASER_ADULT: frozenset({"adult"}),
    Role.PURCHASER_CHILD_WELFARE: frozenset({"child_welfare"}),
    Role.PROVIDER_COORDINATOR: frozenset({"child", "adult"}),
    Role.MANAGER: frozenset({"child", "adult"}),
}


def purchasers_seen(context: Context) -> list[str]:
    """The purchasers whose cases the roles held here open, in a stable order. Empty for a job: it sees none."""
    return sorted(frozenset().union(*(SEES.get(role, frozenset()) for role in context.roles)))


def may_decide_for(context: Context, purchaser: str) -> bool:
    """Whether the reader is a purchaser of that kind (not merely somebody who may read)."""
    return f"purchaser_{purchaser}" in context.roles


def named_today() -> ColumnElement[bool]:
    """Condition on `case_member`: the naming has begun and is not over. Asked of the database, so that a day that ends
    ends it everywhere at once.
    """
    day = select(func.sammen.norwegian_day()).scalar_subquery()
    return (case_member.c.valid_from.is_(None) | (case_member.c.valid_from <= day)) & (
        case_member.c.valid_to.is_(None) | (case_member.c.valid_to >= day)
    )


def open_to_role() -> ColumnElement[bool]:
    """Condition on `case_file`: what the reader's roles open to all who hold them. Takes `purchasers`."""
    purchasers = bindparam("purchasers", type_=ARRAY(Text()))
    return (case_file.c.purchaser == any_(purchasers)) & case_file.c.shielded.is_(False)


def named() -> ColumnElement[bool]:
    """Condition on `case_file`: the reader is named on the case today. Takes `reader`."""
    return (
        select(case_member.c.id)
        .where(
            case_member.c.tenant_id == case_file.c.tenant_id,
            case_member.c.case_id == case_file.c.id,
            case_member.c.user_id == bindparam("reader"),
            named_today(),
        )
        .exists()
    )


def countable() -> ColumnElement[bool]:
    """Condition on `case_file`: may be counted before a reader who is told no name. Another purchaser's case may; a
    shielded one may not, since a count that is one too high tells that somebody is there (E5). Takes `reader`.
    """
    return case_file.c.shielded.is_(False) | named()


def visible() -> ColumnElement[bool]:
    """Condition on `case_file`; takes `tenant`, `purchasers` (purchasers_seen) and `reader` (the user's id)."""
    return (case_file.c.tenant_id == bindparam("tenant")) & or_(open_to_role(), named())
