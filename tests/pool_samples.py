"""What the pool's tests begin with: a crowd and a need in Horten, a candidate with a login in Re, and each step taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.matching.lending import lend
from shared_pool.matching.service import accept, answer, propose, record_pool_vetting, record_user_yes
from shared_pool.needs.rules import NeedFacts
from shared_pool.needs.service import post_need
from shared_pool.recruitment.service import share_contact
from tenants.api import contact_card
from tenants.assignments.meetings import agree_start
from tests.provider_samples import contact, granted_order
from tests.worlds import World

USER = "Jonas Storli"
CANDIDATE = "Sigvart Kvamme"
COORDINATOR = Role.PROVIDER_COORDINATOR
SHARED = Role.SHARED_COORDINATOR
# Others of the same age who like the same: among them one hides.
CROWD = ("Ane Moe", "Bo Lie", "Cato Ruud", "Dina Foss")


def need_facts(**changes: Any) -> NeedFacts:
    """What Horten asks for: a boy of 12 who climbs, on Tuesdays, and a language that is matched on and never shown."""
    facts: dict[str, Any] = {
        "age_band": "10-13", "area": "north", "hours_per_week": Decimal(4), "legal_ground": "gdpr_6e_9h",
        "consent_by": "parent", "consent_on": today(), "interests": ["climbing", "building"], "slots": ["tue-pm"],
        "predictability": 2, "months": 12,
    }  # fmt: skip
    return NeedFacts(**(facts | changes))


async def crowd(world: World, slug: str = "horten", *, born: date | None = None) -> None:
    """Enough people alike that one more can be posted."""
    for name in CROWD:
        await granted_order(world, slug, name=name, born=born)


async def posted_need(world: World, **changes: Any) -> tuple[UUID, UUID]:
    """(order, need) in Horten, with its crowd."""
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    async with world.at("horten", COORDINATOR) as uow:
        return order_id, await post_need(uow, order_id, need_facts(**changes))


async def shared_candidate(
    world: World, slug: str = "re", name: str = CANDIDATE, **facts: Any
) -> tuple[UUID, UUID]:
    """(contact, candidate): a contact with a login who has agreed to be seen by the pool."""
    contact_id = await contact(world, slug, name, user=world.user(slug, Role.CONTACT), **facts)
    async with world.at(slug, COORDINATOR) as uow:
        candidate_id = await share_contact(uow, contact_id, today() + timedelta(days=180), "middle")
    return contact_id, candidate_id


@dataclass
class Flow:
    """A proposal and everything it is about."""

    world: World
    order_id: UUID
    need_id: UUID
    contact_id: UUID
    candidate_id: UUID
    proposal_id: UUID

    async def accept(self) -> None:
        async with self.world.at("horten", COORDINATOR) as uow:
            await accept(uow, self.proposal_id)

    async def user_yes(self) -> None:
        async with self.world.at("horten", COORDINATOR) as uow:
            await record_user_yes(uow, self.proposal_id, today())

    async def vetted(self) -> None:
        async with self.world.at("horten", COORDINATOR) as uow:
            await record_pool_vetting(
                uow, self.proposal_id, police_shown_on=today(), confidentiality_signed_on=today()
            )

    async def candidate_says(self, *, yes: bool = True) -> None:
        async with self.world.at("re", Role.CONTACT) as uow:
            await answer(uow, self.proposal_id, yes=yes)

    async def home_says_yes(self) -> None:
        async with self.world.at("re", COORDINATOR) as uow:
            await lend(uow, self.proposal_id)

    async def matched(self) -> None:
        """Every yes is there; the jobs of the match wait."""
        await self.accept()
        await self.candidate_says()
        await self.home_says_yes()
        await self.user_yes()
        await self.vetted()

    async def trial(self) -> UUID:
        """The names are shown and the two are to meet; the assignment's id."""
        await self.matched()
        await self.world.run_jobs()
        return await self.assignment()

    async def begun(self) -> UUID:
        """The two have met and go on from today; the assignment's id."""
        assignment_id = await self.trial()
        async with self.world.at("horten", COORDINATOR) as uow:
            await agree_start(uow, assignment_id, today())
        return assignment_id

    async def assignment(self) -> UUID:
        """The assignment the match made."""
        found = await self.world.sql("SELECT id FROM assignment WHERE proposal_id = $1", self.proposal_id)
        made: UUID = found[0]["id"]
        return made

    async def row(self) -> Any:
        """The proposal as it stands."""
        return (await self.world.sql("SELECT * FROM proposal WHERE id = $1", self.proposal_id))[0]

    async def state(self) -> str:
        return str((await self.row())["state"])

    async def code(self) -> str:
        """The candidate's code, such as K-118."""
        return str(
            (await self.world.sql("SELECT code FROM candidate WHERE id = $1", self.candidate_id))[0]["code"]
        )


async def proposed(world: World, **changes: Any) -> Flow:
    """A need in Horten with a candidate from Re proposed for it."""
    order_id, need_id = await posted_need(world, **changes)
    contact_id, candidate_id = await shared_candidate(world)
    async with world.at("vestfold", SHARED) as uow:
        proposal_id = await propose(uow, need_id, candidate_id, "Klatrer selv.")
    return Flow(world, order_id, need_id, contact_id, candidate_id, proposal_id)


async def user_of(world: World, slug: str, contact_id: UUID) -> UUID | None:
    """The login behind a contact."""
    async with world.at(slug, COORDINATOR) as uow:
        return (await contact_card(uow, contact_id)).user_id
