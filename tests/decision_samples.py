"""A decision as its form is filled in, and the two steps over HTTP, for tests of pages."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.worlds import Browser, World

GROUND = "hol-3-2-6b"


def decision(**changes: str) -> dict[str, str]:
    """A whole decision that lacks nothing, sent to somebody else to decide."""
    start, end = today() + timedelta(days=10), today() + timedelta(days=300)
    return {
        "utfall": "grant", "form_0": "individual", "timer_0": "3", "enhet_0": "week",
        "innhold_0": "Ri på Blakken og stelle i stallen.", "naar_0": "Mandager etter skolen",
        "fra_0": format_date(start), "til_0": format_date(end), "maal": "En fast aktivitet hver uke.",
        "egne_ord": "Jeg vil ri.", "begrunnelse": "Selma er mye alene.", "hjemmel": GROUND,
        "evaluering": format_date(today() + timedelta(days=180)), "habilitet": "ja", "versjon": "0", "gjor": "send",
        **changes,
    }  # fmt: skip


def version_on(text: str) -> str:
    """The version the page's form was shown with."""
    found = re.search(r'name="versjon" value="(\d+)"', text)
    assert found
    return found.group(1)


async def proposed(browser: Browser, case: str, **changes: str) -> str:
    """The address of a decision sent to approval; `case` is the case's address."""
    shown = await browser.get(f"{case}/vedtak")
    filled = decision(**{"versjon": version_on(shown.text), **changes})
    answer = await browser.submit(f"{case}/vedtak", filled, page=f"{case}/vedtak")
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    return str(answer.headers["location"])


async def decide(browser: Browser, page: str, **changes: str) -> httpx.Response:
    """Somebody presses «Fatt vedtaket» on the decision's page."""
    shown = await browser.get(page)
    answer = {"versjon": version_on(shown.text), "habilitet": "ja", **changes}
    return await browser.submit(f"{page}/fatt", answer, page=page)


async def decided(world: World, slug: str, role: Role, case: str, **changes: str) -> str:
    """The address of a decision that one purchaser proposed and the other made."""
    page = await proposed(await world.browser(slug, role), case, **changes)
    answer = await decide(await world.browser(slug, role, second=True), page)
    assert answer.status_code == 303, answer.text
    return page
