"""What the tests of newsletters begin with: subscribers of each kind, and a newsletter that says something."""

from __future__ import annotations

from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from shared_pool.newsletters.subscribers import AddressFacts, add_address, choose
from shared_pool.newsletters.writing import (
    Block,
    NewsletterFacts,
    blocks_of,
    keep_block,
    make_newsletter,
    move_block,
    newsletter,
)
from tenants.api import person_card
from tests.worlds import World

ADDRESS = "https://sammen.example.no"
COORDINATOR = Role.PROVIDER_COORDINATOR
TEXT = "Velkommen til høsten.\n\nLes mer på https://horten.example.no/host."


async def home(
    world: World, slug: str, email: str, *, segment: str = "homes", name: str = "Solbakken"
) -> UUID:
    """A home in the register."""
    async with world.at(slug, COORDINATOR) as uow:
        return await add_address(uow, AddressFacts(segment, name, email))


async def said_yes(world: World, slug: str, person_id: UUID, email: str, *, segment: str = "users") -> UUID:
    """A person with an e-mail address who has said yes. The subscription's id."""
    await world.sql("UPDATE person SET email = $2 WHERE id = $1", person_id, email)
    async with world.at(slug, COORDINATOR) as uow:
        await choose(uow, await person_card(uow, person_id), segment, yes=True, source="own")
    (row,) = await world.sql(
        "SELECT id FROM newsletter_subscriber WHERE person_id = $1 AND segment = $2", person_id, segment
    )
    found: UUID = row["id"]
    return found


async def draft(
    uow: UnitOfWork, *, title: str = "Nytt i november", text: str = TEXT, segments: tuple[str, ...] = ("homes", "users")
) -> tuple[UUID, int]:  # fmt: skip
    """A newsletter with one text and no other block, in the place one is in: its id and version."""
    new = await make_newsletter(uow, NewsletterFacts(title, today().replace(day=1), "nb", segments))
    row = await newsletter(uow, new)
    first, *rest = blocks_of(row.body)
    await keep_block(uow, new, Block(first.id, "text", "Hei", text), row.version)
    for one in rest:
        await move_block(uow, new, one.id, (await newsletter(uow, new)).version, "bort")
    return new, (await newsletter(uow, new)).version
