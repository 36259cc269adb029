"""What tests of letters begin with: a case with an application and an address, a parent, a plain letter."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.cases.api import ApplicationFacts, case_file, register_application
from tenants.letters.api import LetterBody, LetterCard, Paragraph, letters_of, write_letters
from tenants.people.api import PersonFacts
from tests.worlds import World

GROUND = "hol-3-2-6b"
CHILD_WELFARE = "bvl-3-1"
BORN = {"child": date(today().year - 12, 1, 14), "adult": date(today().year - 40, 1, 14)}


async def applied(world: World, slug: str = "horten", *, kind: str = "adult", received: date | None = None,
                  name: str = "Jonas Bergli", protection: str = "none", nynorsk: bool = False) -> UUID:  # fmt: skip
    """A case with an application; the person has an address."""
    role = {
        "adult": Role.PURCHASER_ADULT,
        "child": Role.PURCHASER_CHILD,
        "child_welfare": Role.PURCHASER_CHILD_WELFARE,
    }[kind]
    given, family = name.split(" ", 1)
    born = BORN["adult" if kind == "adult" else "child"]
    async with world.at(slug, role) as uow:
        case_id = await register_application(
            uow,
            ApplicationFacts(
                PersonFacts(given, family, birth_date=born, protection=protection), received or today(), "letter", "self", "",
                "", CHILD_WELFARE if kind == "child_welfare" else GROUND,
            ),
        )  # fmt: skip
    await world.sql(
        "UPDATE person SET street = 'Storgata 14', postcode = '3187', place = 'Horten', language_form = $2"
        " WHERE id = (SELECT person_id FROM case_file WHERE id = $1)", case_id, "nn" if nynorsk else "nb",
    )  # fmt: skip
    return case_id


async def written(
    world: World, case_id: UUID, *, role: Role = Role.PURCHASER_ADULT, slug: str = "horten"
) -> list[UUID]:
    """A plain letter in the case."""
    async with world.at(slug, role) as uow:
        person = await uow.session.scalar(person_of(case_id))
        return await write_letters(
            uow, kind="information", case_id=case_id, person_id=person, child_welfare=False,
            compose=lambda recipient: LetterBody("Hei", [Paragraph(f"Til {recipient.name}")]),
        )  # fmt: skip


def person_of(case_id: UUID) -> Any:
    return select(case_file.c.person_id).where(case_file.c.id == case_id)


async def of_case(world: World, case_id: UUID, role: Role = Role.PURCHASER_ADULT) -> list[LetterCard]:
    async with world.at("horten", role) as uow:
        return list(await letters_of(uow, case_id))


async def parent(world: World, case_id: UUID, name: str, form: str, *, protection: str = "none") -> UUID:
    """A parent of the case's person, living at the same address."""
    given, family = name.split(" ", 1)
    found = await world.sql(
        "INSERT INTO person (tenant_id, id, given_name, family_name, language_form, street, postcode, place, protection)"
        " SELECT tenant_id, gen_random_uuid(), $2, $3, $4, 'Storgata 14', '3187', 'Horten', $5 FROM case_file WHERE id = $1"
        " RETURNING id",
        case_id, given, family, form, protection,
    )  # fmt: skip
    await world.sql(
        "INSERT INTO representative (tenant_id, id, person_id, acts_for_id, role, valid_from, child_lives)"
        " SELECT tenant_id, gen_random_uuid(), $2, person_id, 'parent', DATE '2015-01-01', 'here' FROM case_file WHERE id = $1",
        case_id, found[0]["id"],
    )  # fmt: skip
    return UUID(str(found[0]["id"]))
