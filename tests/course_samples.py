"""What tests of courses begin with: a planned course, its meetings, and crowds of contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sammen.clock import now
from sammen.policy.roles import Role
from shared_pool.courses.service import CourseFacts, SessionFacts, make_course
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


def facts(seats: int = 12, **changes: Any) -> CourseFacts:
    """An introduction for so many."""
    made = CourseFacts("Innføringskurs", "intro", seats, responsible="Jostein Ravn", phone="900 00 002")
    return replace(made, **changes)


def meeting(days: float = 20, **changes: Any) -> SessionFacts:
    """Three hours in the library, so many days from now."""
    starts = now() + timedelta(days=days)
    return replace(
        SessionFacts(starts, starts + timedelta(hours=3), "Tønsberg bibliotek", trainers="Jostein Ravn"), **changes
    )  # fmt: skip


async def planned(world: World, seats: int = 12, *, days: float = 20, **changes: Any) -> UUID:
    """A course that the region has laid out."""
    async with world.at("vestfold", Role.COURSE_COORDINATOR) as uow:
        return await make_course(uow, facts(seats, **changes), [meeting(days)])


async def hosted(world: World, slug: str, seats: int = 12, *, days: float = 20, **changes: Any) -> UUID:
    """A course that a municipality has laid out."""
    async with world.at(slug, COORDINATOR) as uow:
        return await make_course(uow, facts(seats, **changes), [meeting(days)])


async def crowd(world: World, slug: str, count: int) -> list[UUID]:
    """Contacts, made past the services since nothing but their being there matters."""
    tenant, made = getattr(world, slug), []
    for number in range(count):
        person, found = uuid4(), uuid4()
        await world.sql(
            "INSERT INTO person (tenant_id, id, given_name, family_name) VALUES ($1, $2, $3, $4)",
            tenant, person, f"Nummer{number}", slug.capitalize(),
        )  # fmt: skip
        await world.sql(
            "INSERT INTO support_contact (tenant_id, id, person_id, state) VALUES ($1, $2, $3, 'engaged')",
            tenant, found, person,
        )  # fmt: skip
        made.append(found)
    return made


async def begin(world: World, course: UUID, *, over: bool = False) -> None:
    """Let a course have begun a minute ago, or be over."""
    first, last = ("3 hours", "1 minute") if over else ("1 minute", "-3 hours")
    for table, key in (("course", "id"), ("course_session", "course_id")):
        await world.sql(
            f"UPDATE {table} SET starts_at = now() - interval '{first}', ends_at = now() - interval '{last}'"
            f" WHERE {key} = $1",
            course,
        )
