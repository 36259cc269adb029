"""Casbin decides; a compiled snapshot of its policy answers at request speed.

The model is RBAC with domains: a user has a role in one place (the domain). Role policies do not depend on the
place, so the snapshot is role → permissions; `tests/unit/test_policy.py` holds it against `enforce` over random
users, places and permissions. Missing place, unknown role or wildcard: deny.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache

import casbin
from casbin.model import Model

from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, Role

MODEL = """
[request_definition]
r = user, place, permission
[policy_definition]
p = role, permission
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.user, p.role, r.place) && r.permission == p.permission
"""


def enforcer(memberships: Iterable[tuple[str, str, str]] = ()) -> casbin.Enforcer:
    """A casbin enforcer over the reviewed grants and the given (user, role, place) memberships."""
    model = Model()
    model.load_model_from_text(MODEL)
    made = casbin.Enforcer(model)
    logging.getLogger("casbin").setLevel(logging.ERROR)
    made.add_policies([(role.value, p.value) for role, granted in GRANTS.items() for p in sorted(granted)])
    for user, role, place in memberships:
        if place and role in Role.__members__.values():
            made.add_grouping_policy(user, role, place)
    return made


@lru_cache(maxsize=1)
def snapshot() -> dict[str, frozenset[Permission]]:
    """Role → permissions, read out of casbin's own policy rather than beside it."""
    granted: dict[str, set[Permission]] = {}
    for role, permission in enforcer().get_policy():
        granted.setdefault(role, set()).add(Permission(permission))
    return {role: frozenset(permissions) for role, permissions in granted.items()}


@lru_cache(maxsize=512)
def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    """The union of what the roles of *one place* give. Unknown roles give nothing."""
    known = snapshot()
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))
