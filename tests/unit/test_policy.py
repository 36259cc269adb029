"""The compiled snapshot says what casbin says, and casbin says no to everything unsaid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sammen.policy.decide import enforcer, permissions_of, snapshot
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, ROLE_NAMES, ROLE_PLACE, Role

roles = st.sampled_from([role.value for role in Role])
places = st.sampled_from(["horten", "re", "vestfold"])


@settings(max_examples=60, deadline=None)
@given(
    held=st.lists(st.tuples(st.just("kari"), roles, places), max_size=6),
    asked=st.lists(st.tuples(places, st.sampled_from(list(Permission))), min_size=1, max_size=8),
)
def test_the_snapshot_answers_as_casbin_enforces(
    held: list[tuple[str, str, str]], asked: list[tuple[str, Permission]]
) -> None:
    judge = enforcer(held)
    for place, permission in asked:
        here = frozenset(role for _, role, where in held if where == place)
        assert (permission in permissions_of(here)) == judge.enforce("kari", place, permission.value)


def test_roles_in_two_places_never_add_up() -> None:
    judge = enforcer([("kari", Role.PAYROLL.value, "horten"), ("kari", Role.PURCHASER_CHILD.value, "re")])
    assert judge.enforce("kari", "re", Permission.DECISION_ISSUE.value)
    assert not judge.enforce("kari", "horten", Permission.DECISION_ISSUE.value)


@pytest.mark.parametrize(
    ("user", "place", "permission"),
    [
        ("kari", "", "case:read"),
        ("kari", "*", "case:read"),
        ("*", "horten", "case:read"),
        ("kari", "horten", "*"),
        ("kari", "horten", ""),
        ("ukjent", "horten", "case:read"),
    ],
)
def test_a_missing_place_a_wildcard_and_an_unknown_user_are_refused(
    user: str, place: str, permission: str
) -> None:
    judge = enforcer(
        [
            ("kari", Role.PURCHASER_CHILD.value, "horten"),
            ("kari", "made_up", "horten"),
            ("kari", "operator", ""),
        ]
    )
    assert not judge.enforce(user, place, permission)


def test_an_unknown_role_gives_nothing() -> None:
    assert permissions_of(frozenset({"made_up", "*", ""})) == frozenset()


def test_every_role_has_a_name_a_place_and_something_it_may_do() -> None:
    for role in Role:
        assert ROLE_NAMES[role]
        assert ROLE_PLACE[role] in {"municipality", "own", "region", "operations", "program"}
        assert snapshot()[role.value] == GRANTS[role]


def test_every_permission_is_held_by_some_role() -> None:
    assert frozenset().union(*GRANTS.values()) == frozenset(Permission)


def test_the_operator_and_the_steering_group_have_no_access_to_people() -> None:
    content = {
        p
        for p in Permission
        if p.value.split(":")[0] in {"case", "person", "decision", "contact", "order", "timesheet"}
    }
    for role in (Role.OPERATOR, Role.STEERING_GROUP_MEMBER, Role.PROJECT_MANAGER, Role.SHARED_COORDINATOR):
        assert not GRANTS[role] & content
