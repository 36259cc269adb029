"""What the twelve do together, done by the pool's own functions when the world stands: the plan, the map, groups, settlement.

Each step is taken in its own place, as somebody who may; a municipality writes only what is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.across import go_across
from deploy.demo.doors import Doors
from deploy.demo.mailings import write_mailings
from deploy.demo.payday import approve_late
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role
from shared_pool.atlas.api import count_week
from shared_pool.campaigns.numbers import count_here
from shared_pool.gathering import service as gathering
from shared_pool.gathering.clusters import Cluster
from shared_pool.gathering.queries import own_asks
from shared_pool.needs.api import own_needs
from shared_pool.runs.service import run_plan
from shared_pool.settlement.agreements import AgreementFacts, answer_agreement, propose_agreement
from shared_pool.settlement.books import all_books, statement_card
from shared_pool.settlement.jobs import report
from shared_pool.settlement.reckoning import month_off
from shared_pool.settlement.service import accept_statement, check_statement, disagree

LARVIK, SANDEFJORD = "0709", "0706"
ASKED, READY = "climbing", "bowling"
"""What the groups are about that the municipalities are asked about: the first waits in Horten, the second is to be made."""
DISAGREES: Final = "Vi har to timer mindre den første måneden. Se på timelista én gang til."


async def work_together(making: Making, towns: Sequence[Town], engine: AsyncEngine) -> None:
    """Everything, in the order it happens. Needs the world loaded."""
    together = _Together(making, {town.place.code: town for town in towns}, engine)
    for town in towns:
        async with together.at(town) as uow:
            await count_here(uow)
    await together.plan()
    if HORTEN in together.towns and RE in together.towns and making.scale == 1:
        await together.gather()
        await go_across(together)
        await write_mailings(together)
        await together.settle()


class _Together(Doors):
    """The steps."""

    async def plan(self) -> None:
        """A run of the matching, and the week's map."""
        async with self.in_region() as uow:
            await run_plan(uow)
            await count_week(uow)

    # Groups ---------------------------------------------------------------------------------------------------------
    async def gather(self) -> None:
        """One suggestion waits for answers, one is ready; the third possible one is left for the visitor."""
        for interest in (ASKED, READY):
            async with self.in_region(self.making.coordinator) as uow:
                found = [one for one in await gathering.possible(uow) if one.key.interest == interest]
                made = await gathering.ask(uow, gathering.mark(found[0])) if found else None
            if made is None:
                continue
            await self._answers(found[0], host=interest == READY)
            async with self.in_region() as uow:
                await gathering.weigh(uow, made)

    async def _answers(self, cluster: Cluster, *, host: bool) -> None:
        """Each municipality says yes for its own; where nobody is to be host yet, only the first of them but Horten does."""
        homes = sorted({need.municipality for need in cluster.needs}, key=str)
        answering = [town for town in self.towns.values() if town.id in homes and town.place.code != HORTEN]
        for town in answering if host else answering[:1]:
            async with self.at(town, Role.PROVIDER_COORDINATOR) as uow:
                ask = next(one for one in await own_asks(uow) if one.interest == cluster.key.interest)
                mine = {need.id for need in await own_needs(uow)} & {need.id for need in cluster.needs}
                await gathering.answer(uow, ask.id, ask.version, mine, mine, can_host=host)

    # Settlement -----------------------------------------------------------------------------------------------------
    async def settle(self) -> None:
        """Prices between Horten and two others, and one asked for; a quarter that is locked, one that waits for Horten."""
        horten, re, larvik = self.towns[HORTEN], self.towns[RE], self.towns.get(LARVIK)
        await self._agree(horten, re)
        if larvik is not None:
            await self._agree(horten, larvik)
        async with self.at(self.towns.get(SANDEFJORD, re), Role.MANAGER) as uow:
            await propose_agreement(uow, self._terms(horten, 0, hour_ore=5200))
        for town in self.towns.values():
            async with self.at(town) as uow:
                await report(uow, {})
        *older, newest = await self._between(horten, re)
        for statement in older:
            for town in (re, horten):
                await self._say_yes(town, statement)
        for late in self.making.settled_late:
            async with self.at(re) as uow:
                await approve_late(uow, late)
                await report(uow, {})
        await self._say_yes(re, newest)
        if larvik is not None:
            for statement in (await self._between(horten, larvik))[-1:]:
                async with self.at(larvik, Role.PAYROLL) as uow:
                    card = await statement_card(uow, statement)
                    await disagree(uow, card.id, DISAGREES, digest=card.digest)

    async def _agree(self, one: Town, other: Town) -> None:
        async with self.at(one, Role.MANAGER) as uow:
            made = await propose_agreement(uow, self._terms(other, 13))
        async with self.at(other, Role.MANAGER) as uow:
            await answer_agreement(uow, made, yes=True, version=1)

    def _terms(self, other: Town, months: int, hour_ore: int = 4500) -> AgreementFacts:
        """From so many months back, or from the next month when none."""
        first = month_off(self.making.as_of, -months) if months else month_off(self.making.as_of, 1)
        return AgreementFacts(
            other_id=other.id, valid_from=first, valid_to=None, period_months=3, hour_ore=hour_ore, recruiting_ore=150_000,
            course_ore=80_000, seat_ore=60_000, place_ore=25_000,
        )  # fmt: skip

    async def _between(self, one: Town, other: Town) -> list[UUID]:
        """The statements between two municipalities, in the order of time."""
        async with self.at(one) as uow:
            found: list[tuple[date, UUID]] = [
                (row["first"], row["id"])
                for pair, books in (await all_books(uow)).items()
                if {pair.a, pair.b} == {one.id, other.id}
                for row in books.statements
            ]
        return [made for _, made in sorted(found)]

    async def _say_yes(self, town: Town, statement: UUID) -> None:
        for role, step in ((Role.PAYROLL, check_statement), (Role.MANAGER, accept_statement)):
            async with self.at(town, role) as uow:
                card = await statement_card(uow, statement)
                await step(uow, card.id, digest=card.digest)
