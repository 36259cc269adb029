"""Withdrawn consent: gone from every list, page, export and plan on the very next request, for every role (C2)."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from openpyxl import load_workbook

from sammen.policy.roles import ROLE_PLACE, Role
from shared_pool.recruitment.queries import (
    CandidateFilter,
    candidates_for_run,
    list_candidates,
    open_candidates,
)
from shared_pool.recruitment.service import withdraw_candidate, withdraw_everything
from shared_pool.runs.service import run_plan
from tests.pool_samples import COORDINATOR, SHARED, Flow, proposed
from tests.worlds import Browser, World

MOST_PAGES = 120
Withdraw = Callable[[Flow], Awaitable[None]]


def text_of(answer: httpx.Response) -> str:
    """What a page or a spreadsheet says."""
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" not in kind:
        return html.unescape(answer.text)
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


async def all_pages(browser: Browser, start: str) -> dict[str, str]:
    """Every page of one place that links lead to from its first one: address → what it says."""
    waiting: list[str] = [start]
    seen: dict[str, str] = {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = await browser.get(path, follow_redirects=True)
        seen[path] = text_of(answer)
        links = (
            re.findall(r'href="(/[^"#]*)', answer.text) if "html" in answer.headers["content-type"] else []
        )
        waiting += [
            found for link in links if (found := html.unescape(link)).startswith(start) and found not in seen
        ]
    return seen


async def everywhere(world: World) -> dict[str, str]:
    """What everybody in the region and in both municipalities can read."""
    found: dict[str, str] = {}
    for role in Role:
        kind = ROLE_PLACE[role]
        for slug, start in (("vestfold", "/r/vestfold"), ("horten", "/k/horten"), ("re", "/k/re")):
            if (kind == "region") is (slug == "vestfold") and kind in ("region", "municipality"):
                pages = await all_pages(await world.browser(slug, role), start)
                found |= {f"{role}: {path}": text for path, text in pages.items()}
    return found


async def by_the_coordinator(flow: Flow) -> None:
    async with flow.world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, flow.contact_id)


async def by_the_contact(flow: Flow) -> None:
    me = await flow.world.browser("re", Role.CONTACT)
    answer = await me.submit("/min/re/banken/trekk", page="/min/re/banken")
    assert answer.status_code == 303


async def by_the_applicants_link(flow: Flow) -> None:
    await flow.world.sql("UPDATE candidate SET withdrawn_at = now()")
    async with flow.world.job(flow.world.re) as uow:
        await withdraw_everything(uow, flow.contact_id)


@pytest.mark.parametrize("withdraw", [by_the_coordinator, by_the_contact, by_the_applicants_link])
async def test_who_withdraws_is_nowhere_on_the_next_request(world: World, withdraw: Withdraw) -> None:
    flow = await proposed(world)
    async with world.at("vestfold", SHARED) as uow:
        await run_plan(uow)
    code = await flow.code()
    before = await everywhere(world)
    assert sum(code in text for text in before.values()) > 3
    await withdraw(flow)
    after = await everywhere(world)
    # At home they are known by name: their own municipality may say which of its contacts was lent.
    left = sorted(path for path, text in after.items() if code in text and "/k/re/" not in path)
    assert left == [], "\n".join(left)
    async with world.at("vestfold", SHARED) as uow:
        assert await open_candidates(uow) == []
        assert await candidates_for_run(uow) == []
        assert (await list_candidates(uow, CandidateFilter())).total == 0
        plan = await run_plan(uow)
        assert plan is not None
    assert await world.sql("SELECT 1 FROM match_suggestion WHERE candidate_id = $1", flow.candidate_id) == []
