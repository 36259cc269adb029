"""What the provider's tests begin with: a granted service in a municipality, and contacts, on top of worlds.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order, order_card, orders_of_case
from tenants.cases.api import ApplicationFacts, MappingFacts
from tenants.cases.applications import register_application
from tenants.cases.circle import name_on_case
from tenants.cases.service import record_mapping
from tenants.contacts.api import ContactFacts, add_competence, engage, record_vetting, register_contact
from tenants.decisions.api import DecisionFacts, GrantFacts
from tenants.decisions.service import issue_decision, propose_decision
from tenants.people.api import PersonFacts, let_in, register_person
from tests.worlds import World

GROUND = "hol-3-2-6b"
CHILD_WELFARE = "bvl-3-1"


def individual(
    hours: str = "4", *, start: date | None = None, end: date | None = None, unit: str = "week"
) -> GrantFacts:
    """An individual contact for some hours, since three months back unless told otherwise."""
    begins = start or today() - timedelta(days=90)
    return GrantFacts(
        "individual",
        Decimal(hours),
        unit,
        "Tirsdager etter skolen",
        begins,
        end or today() + timedelta(days=200),
        "Klatre i hallen og øve på bussen dit.",
    )


async def granted_orders(
    world: World, slug: str, grants: Sequence[GrantFacts], *, name: str = "Jonas Bergli", born: date | None = None,
    protection: str = "none", child_welfare: bool = False,
) -> list[UUID]:  # fmt: skip
    """An issued decision with these services; the ids of the orders it became, in the order granted."""
    given, family = name.split(" ", 1)
    born = born or date(today().year - 12, 1, 14)
    adult = born.year <= today().year - 18
    role = Role.PURCHASER_ADULT if adult else Role.PURCHASER_CHILD
    if child_welfare:
        role = Role.PURCHASER_CHILD_WELFARE
    async with world.at(slug, role) as uow:
        case_id = await register_application(
            uow,
            ApplicationFacts(
                PersonFacts(given, family, birth_date=born, protection=protection, phone="900 00 001"),
                today() - timedelta(days=100), "letter", "self", "", "", CHILD_WELFARE if child_welfare else GROUND,
            ),
        )  # fmt: skip
        await record_mapping(
            uow, case_id,
            MappingFacts(today() - timedelta(days=95), "Jeg vil klatre.", ["climbing", "building"], ["tue-pm", "sat-am"],
                         "Trenger en som er tålmodig.", "Mor og mormor.", ["individual"]),
        )  # fmt: skip
        if protection != "none":
            # Shielded at once; whoever is to decide and to deliver is let into the circle.
            await name_on_case(uow, case_id, world.user(slug, Role.PROVIDER_COORDINATOR))
            await name_on_case(uow, case_id, world.user(slug, role, second=True))
        proposed = await propose_decision(
            uow, case_id,
            DecisionFacts("grant", grants, "En fast aktivitet hver uke.", "Jeg vil klatre.", "Jonas er mye alene.",
                          CHILD_WELFARE if child_welfare else GROUND, today() + timedelta(days=180)),
            version=0, impartial=True,
        )  # fmt: skip
    async with world.at(slug, role, second=True) as uow:
        await issue_decision(uow, proposed, version=2, impartial=True)
        return [order.id for order in await orders_of_case(uow, case_id)]


async def granted_order(world: World, slug: str, **named: Any) -> UUID:
    """One order for four hours a week."""
    return (await granted_orders(world, slug, [individual()], **named))[0]


async def contact(
    world: World, slug: str, name: str = "Amund Vik", *, vetted: bool = True, user: UUID | None = None,
    guided: bool = True, interests: Sequence[str] = ("climbing", "music"), slots: Sequence[str] = ("tue-pm",), hours: str = "8",
) -> UUID:  # fmt: skip
    """A contact with an agreement; with a login when `user` is given."""
    given, family = name.split(" ", 1)
    async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
        person_id = await register_person(
            uow, PersonFacts(given, family, birth_date=date(2001, 5, 2), phone="900 00 002")
        )
        facts = ContactFacts(
            interests=interests, slots=slots, wants_hours=Decimal(hours), has_car=True, commits_months=12
        )
        contact_id = await register_contact(uow, person_id, facts)
        await engage(uow, contact_id, "employee", Decimal(hours), today() - timedelta(days=120))
        if vetted:
            await record_vetting(
                uow, contact_id, police_shown_on=today() - timedelta(days=100),
                confidentiality_signed_on=today() - timedelta(days=99),
            )  # fmt: skip
        if guided:
            await add_competence(uow, contact_id, "guidance", today() - timedelta(days=98))
        if user is not None:
            await let_in(uow, person_id, user, "contact")
        return contact_id


async def assigned(world: World, slug: str, *, name: str = "Jonas Bergli", contact_name: str = "Amund Vik",
                   hours: str = "4", days_ago: int = 60) -> tuple[UUID, UUID, UUID]:  # fmt: skip
    """(order, contact, assignment): a running assignment whose contact is the municipality's contact persona."""
    order_id = (await granted_orders(world, slug, [individual(hours)], name=name))[0]
    contact_id = await contact(world, slug, contact_name, user=world.user(slug, Role.CONTACT))
    async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
        assignment_id = await fill_order(
            uow, order_id, contact_id, starts_on=today() - timedelta(days=days_ago)
        )
    return order_id, contact_id, assignment_id


async def case_of(world: World, slug: str, order_id: UUID) -> UUID:
    """The case an order belongs to."""
    async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
        return (await order_card(uow, order_id)).case_id
