"""Who may see which cases within a municipality (A1, A16, E5): rules as data, used by every query of the slice.

Row-level security is the wall between municipalities; this is the wall between purchasers.
"""

from __future__ import annotations

from sqlalchemy import Boolean, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Text

from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from tenants.cases.models import CaseFile, CaseMember, EmergencyAccess, EmergencyEvent, EmergencyRule

case_file = CaseFile.__table__
case_member = CaseMember.__table__
emergency_access = EmergencyAccess.__table__
emergency_event = EmergencyEvent.__table__
emergency_rule = EmergencyRule.__table__

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
    """Condition on `case_file`: the reader is named on the case today, or has opened it in an emergency. Takes `reader`."""
    by_name = (
        select(case_member.c.id)
        .where(
            case_member.c.tenant_id == case_file.c.tenant_id,
            case_member.c.case_id == case_file.c.id,
            case_member.c.user_id == bindparam("reader"),
            named_today(),
        )
        .exists()
    )
    return or_(by_name, in_emergency())


def in_emergency() -> ColumnElement[bool]:
    """Condition on `case_file`: the reader has it open in an emergency. Takes `reader`, and `emergency` from the door.

    The door gives `emergency` where a page is read by somebody whose roles let them open in an emergency now
    (UnitOfWork.standing). Everywhere else it is false: in forms that change something, in jobs, in services called by
    anything else, and from the moment the role is gone.
    """
    mine = emergency_access
    ended = select(emergency_event.c.id).where(
        emergency_event.c.tenant_id == mine.c.tenant_id,
        emergency_event.c.access_id == mine.c.id,
        emergency_event.c.kind != "justified",
    )
    off = select(emergency_rule.c.id).where(
        emergency_rule.c.tenant_id == mine.c.tenant_id, emergency_rule.c.allowed.is_(False)
    )
    return bindparam("emergency", value=False, type_=Boolean()) & (
        select(mine.c.id)
        .where(
            mine.c.tenant_id == case_file.c.tenant_id,
            mine.c.case_id == case_file.c.id,
            mine.c.user_id == bindparam("reader"),
            mine.c.ends_at > func.now(),
            ~ended.exists(),
            ~off.exists(),
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
