"""Newsletters with those who asked for them, service letters with receipts, a printed half-year, and addresses of calendars:
made by the slices' own functions, since what is kept of them is sealed (C14, C15).
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, select

from deploy.demo.doors import Doors
from deploy.demo.stories import HORTEN
from deploy.demo.town import Town
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.tasks import start_task
from sammen.policy.roles import Role
from shared_pool.calendar.editions import make_edition
from shared_pool.newsletters.sending import send_newsletter
from shared_pool.newsletters.service_letters import LetterFacts, deliver_letter, make_letter, send_letter
from shared_pool.newsletters.subscribers import AddressFacts, add_address, choose
from shared_pool.newsletters.writing import (
    Block,
    NewsletterFacts,
    blocks_of,
    keep_block,
    make_newsletter,
    newsletter,
)
from tenants.api import person_card
from tenants.contacts.models import SupportContact
from tenants.feeds.service import make_feed
from tenants.people.models import Person

COORDINATOR = Role.PROVIDER_COORDINATOR
ADDRESS = "http://127.0.0.1:8000"
"""What links in the mails begin with: the demo's own address when nobody has chosen another."""
REGISTER = (
    ("homes", "Solbakken bofellesskap", "post@solbakken.example.no"),
    ("homes", "Strandveien bokollektiv", "post@strandveien.example.no"),
    ("units", "Åsgata aktivitetssenter", "aasgata@horten.example.no"),
    ("units", "Horten videregående, tilrettelagt avdeling", "tilrettelagt@skole.example.no"),
)  # fmt: skip
NOVEMBER = "Velkommen til en måned med lys i mørket.\n\nDet er plass på flere kurs før jul. Se også hva som skjer i kalenderen."
LAST = "Takk for en fin høstferie.\n\nVi har fått minibuss som dere kan reservere til treff i gruppene."
JOINT = "Nytt fra samarbeidet: felles samling i desember, og en åpen dag for fritid på nyåret."
CLOSED = (
    "Kjære deg.\n\nKontoret er stengt fra 24. desember til 1. januar. Ring vakttelefonen hvis noe haster."
)
BUS = "Kjære deg.\n\nFra nyttår går minibussen fra Torget klokka 16.30. Gi beskjed hvis det ikke passer."


async def write_mailings(doors: Doors) -> None:
    """All of it, in Horten and in the region."""
    horten = doors.towns[HORTEN]
    await _subscribers(doors, horten)
    this = today().replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    async with doors.at(horten, COORDINATOR) as uow:
        await _newsletter(uow, "Nytt fra støttekontakttjenesten", this, NOVEMBER)
        sent = await _newsletter(uow, "Nytt i forrige måned", before, LAST)
        await send_newsletter(uow, sent, (await newsletter(uow, sent)).version, ADDRESS)
    async with doors.in_region(doors.making.coordinator) as uow:
        await _newsletter(uow, "Sammen i Vestfold", this, JOINT)
    await _letters(doors, horten)
    half = f"{today().year}-{1 if today().month < 8 else 2}"
    async with doors.at(horten) as uow:
        task = await start_task(uow, "Aktivitetskalender", 2)
        await make_edition(uow, half, "all", "nb", task)
    await _feeds(doors, horten)


async def _subscribers(doors: Doors, town: Town) -> None:
    """Homes and units in the register, contacts who said yes themselves, and the personas."""
    async with doors.at(town, COORDINATOR) as uow:
        for segment, name, email in REGISTER:
            await add_address(uow, AddressFacts(segment, name, email))
        people = await uow.session.scalars(
            select(SupportContact.person_id)
            .where(SupportContact.tenant_id == uow.context.tenant, SupportContact.state == "engaged")
            .order_by(SupportContact.id)
            .limit(14)
        )
        for number, person in enumerate(people):
            source = "own" if number % 3 else "coordinator"
            await choose(
                uow, await person_card(uow, person), "contacts", yes=True, source=source, said_on=today()
            )
        for person in await _personas(uow):
            await choose(uow, await person_card(uow, person), "users", yes=True, source="own")


async def _personas(uow: UnitOfWork) -> list[UUID]:
    """Those of the municipality's people who can log in and are no contacts: who has the service, or speaks for who has."""
    rows = await uow.session.scalars(
        select(Person.id)
        .join(SupportContact, and_(SupportContact.tenant_id == Person.tenant_id, SupportContact.person_id == Person.id),
              isouter=True)
        .where(Person.tenant_id == uow.context.tenant, Person.user_id.is_not(None), SupportContact.id.is_(None))
        .order_by(Person.id)
    )  # fmt: skip
    return list(rows)


async def _newsletter(uow: UnitOfWork, title: str, month: date, text: str) -> UUID:
    """A newsletter with a text, the courses that come and the calendar."""
    made = await make_newsletter(
        uow, NewsletterFacts(title, month, "nb", ("contacts", "users", "homes", "units"))
    )
    row = await newsletter(uow, made)
    first = blocks_of(row.body)[0]
    await keep_block(uow, made, Block(first.id, "text", "Hei", text), row.version)
    return made


async def _letters(doors: Doors, town: Town) -> None:
    """One that is being written, and one that everybody concerned has had."""
    everybody = LetterFacts("Stengt i romjula", CLOSED, "nb", "everybody", None, "", True, True, True)
    async with doors.at(town, COORDINATOR) as uow:
        await make_letter(
            uow,
            LetterFacts("Ny tid for minibussen", BUS, "nb", "purchaser", None, "adult", True, False, False),
        )
        sent = await make_letter(uow, everybody)
        await send_letter(uow, sent, 1)
    async with doors.at(town) as uow:
        await deliver_letter(uow, sent)


async def _feeds(doors: Doors, town: Town) -> None:
    """The contact and the coordinator read their own calendar in a program of their own."""
    async with doors.at(town) as uow:
        rows = await uow.session.execute(
            select(Person.user_id, Person.given_name)
            .join(SupportContact, and_(SupportContact.tenant_id == Person.tenant_id, SupportContact.person_id == Person.id))
            .where(Person.tenant_id == uow.context.tenant, Person.user_id.is_not(None))
        )  # fmt: skip
        own = list(rows)
    for user, name in ((row.user_id, row.given_name) for row in own if row.user_id is not None):
        async with doors.at(town, Role.CONTACT, person=(user, name)) as uow:
            await make_feed(uow)
    async with doors.at(town, COORDINATOR) as uow:
        await make_feed(uow)
