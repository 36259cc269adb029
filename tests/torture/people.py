"""Who works while things die: a small world with enough cases, courses, hours and letters in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sammen.policy.roles import Role
from tests.course_samples import crowd, planned
from tests.newsletter_samples import draft, home
from tests.payroll_samples import ready
from tests.people_samples import applied
from tests.provider_samples import assigned
from tests.worlds import World

SEATS, HOMES, LINES_A_MONTH = 3, 5, 6
USERS = {
    "purchaser": ("horten", Role.PURCHASER_CHILD),
    "neighbour": ("re", Role.PURCHASER_CHILD),
    "contact": ("horten", Role.CONTACT),
    "coordinator": ("horten", Role.PROVIDER_COORDINATOR),
    "taker": ("re", Role.PROVIDER_COORDINATOR),
    "payroll": ("horten", Role.PAYROLL),
}
LINES = """
INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, hours, activity, state, sent_at, decided_at,
  attested_at, attested_how)
SELECT a.tenant_id, gen_random_uuid(), a.id, a.contact_id, (date '2026-10-01' - make_interval(months => m))::date + d * 3,
       2, 'Bading', 'approved', now(), now(), now(), 'own_page'
  FROM assignment a, generate_series(0, $2 - 1) m, generate_series(1, $3) d WHERE a.id = $1
"""


@dataclass(slots=True)
class People:
    """What the clients need to know of the world: who they are, and what there is to work on."""

    tokens: dict[str, str]
    assignment: UUID
    cases: list[UUID]
    courses: list[UUID]
    takers: list[UUID]
    drafts: list[UUID]
    months: list[str] = field(default_factory=list)


async def settle(world: World, *, size: int) -> People:
    """Fill the world. `size` is how much there is to send, take and pay: about one for each five kills."""
    tokens = {name: await world.token(world.user(slug, role)) for name, (slug, role) in USERS.items()}
    _, contact, assignment = await assigned(world, "horten")
    await world.sql(
        "UPDATE person SET email = 'amund@example.no' WHERE id = (SELECT person_id FROM support_contact WHERE id = $1)",
        contact,
    )
    months = min(24, 3 + size)
    await ready(world, "horten", contact)
    await world.sql(LINES, assignment, months, LINES_A_MONTH)
    cases = [(await applied(world, f"Jonas Nr{number}", age=12))[0] for number in range(6)]
    courses = [await planned(world, SEATS) for _ in range(3 + size)]
    takers = await crowd(world, "re", 9)
    for number in range(HOMES):
        await home(world, "horten", f"bolig{number}@example.no", name=f"Bolig {number}")
    drafts = []
    for number in range(3 + size):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            drafts.append(
                (await draft(uow, title=f"Brev {number} {uuid4().hex[:6]}", segments=("homes",)))[0]
            )
    names = [f"{2026 - (m + 2) // 12}-{(9 - m) % 12 + 1:02d}" for m in reversed(range(months))]
    return People(tokens, assignment, cases, courses, takers, drafts, names)
