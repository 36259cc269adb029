"""What the tests of campaigns begin with: an open campaign with sources, and somebody who fills in its form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

import shared_pool.campaigns.jobs  # noqa: F401 - registers the jobs that carry mail and take forms in
from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.campaigns.codes import MAIL
from shared_pool.campaigns.service import CampaignFacts, SourceFacts, add_source, make_campaign, open_campaign
from tests.message_samples import Carrier, carried, run_waiting
from tests.worlds import Browser, World

COORDINATOR = Role.SHARED_COORDINATOR
PAGE = "/bli-med/vestfold/har-du-to-timer-i-uka"
FORM = f"{PAGE}/skjema"
TEXTS = {
    "nb": {
        "title": "Har du to timer i uka?",
        "lede": "Bli støttekontakt.",
        "body": "Du får lønn.\n\nDu får kurs.",
    },
    "nn": {"title": "Har du to timar i veka?", "lede": "Bli støttekontakt.", "body": ""},
    "en": {"title": "Two hours a week?", "lede": "Become a support contact.", "body": ""},
}


@dataclass(frozen=True)
class Opened:
    """An open campaign: its id, and the poster's id and code."""

    id: UUID
    poster: UUID
    code: str


async def opened(world: World, *, places: tuple[UUID, ...] = (), days: int = 60) -> Opened:
    """A campaign for Horten and Re that is open today, with a poster at the library."""
    async with world.at("vestfold", COORDINATOR) as uow:
        campaign_id = await make_campaign(
            uow,
            CampaignFacts(today(), today() + timedelta(days=days), places or (world.horten, world.re), TEXTS),
        )
        poster = await add_source(uow, campaign_id, SourceFacts("poster", "Biblioteket", None))
        await open_campaign(uow, campaign_id)
    (row,) = await world.sql("SELECT code FROM campaign_source WHERE id = $1", poster)
    return Opened(campaign_id, poster, row["code"])


def filled(world: World, **changes: Any) -> dict[str, Any]:
    """A whole form, for Horten by its postcode, that says yes to the pool in both municipalities."""
    return {
        "fornavn": "Ida", "etternavn": "Solberg", "fodselsdato": "4.3.1999", "epost": "ida@example.no",
        "telefon": "912 34 567", "postnummer": "3187", "kommune": "", "interesser": ["climbing", "cinema"],
        "ikke": ["fishing"], "tider": ["tue-eve", "sat-am"], "timer": "4", "slag": ["individual"], "erfaring": ["autism"],
        "sprak": ["en"], "hvorfor": "Jeg liker folk.", "ja_kommune": "ja", "ja_bank": "ja",
        "kommuner": [str(world.horten), str(world.re)], "varighet": "6", "_key": "the-page", **changes,
    }  # fmt: skip


async def sent(world: World, *, code: str = "", **changes: Any) -> httpx.Response:
    """The form, sent by somebody new."""
    return await Browser(world.app).post(f"{FORM}?k={code}" if code else FORM, data=filled(world, **changes))


def faults(answer: httpx.Response) -> list[str]:
    """The errors a form came back with."""
    return re.findall(r"validation-message[^>]*>([^<]+)", answer.text)


async def mailed(world: World) -> Carrier:
    """Send the mails that wait."""
    with carried() as carrier:
        await run_waiting(world, MAIL)
    return carrier


def link_in(carrier: Carrier, path: str) -> str:
    """The path of the link in the newest mail."""
    found = re.findall(rf"https://sammen\.example\.no({re.escape(path)}\S+)", carrier.notices[-1].body)
    assert found, carrier.notices[-1].body
    return str(found[-1])


async def confirmed(world: World, *, code: str = "", **changes: Any) -> str:
    """A form that is sent and confirmed, and taken in by its municipality. The path of the applicant's own link."""
    answer = await sent(world, code=code, **changes)
    assert answer.status_code == 303, faults(answer)
    confirm = link_in(await mailed(world), "/bli-med/bekreft/")
    pressed = await Browser(world.app).post(confirm)
    assert pressed.status_code == 303, pressed.text[:500]
    with carried():
        await world.run_jobs()
    return str(pressed.headers["location"])
