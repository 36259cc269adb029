"""The region's pages of the match as the shared coordinator, a partner and the steering group meet them."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from sammen.policy.roles import Role
from shared_pool.engine.api import DEFAULT, PARTS
from shared_pool.runs.service import run_plan
from shared_pool.weighing.api import field_of, values_of
from tests.integration.test_runs import another_need
from tests.pool_samples import SHARED, USER, posted_need, proposed, shared_candidate
from tests.web.test_pool_pages import main_of, text
from tests.worlds import World

PLAN, LOG, WEIGHTS = "/r/vestfold/formidling", "/r/vestfold/formidling/logg", "/r/vestfold/formidling/vekting"
NEEDS = "/r/vestfold/behov"


async def ran(world: World) -> None:
    """A run of the region."""
    async with world.at("vestfold", SHARED) as uow:
        await run_plan(uow)


async def code_of(world: World, table: str) -> str:
    """The code of the one row."""
    return str((await world.sql(f"SELECT code FROM {table}"))[0]["code"])


async def test_a_coordinator_runs_the_match_and_proposes_whom_it_names(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    assert "Ingen behov venter på et forslag nå" in await text(region, PLAN)
    _, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    need, candidate = await code_of(world, "need"), await code_of(world, "candidate")
    assert "Formidlingen er ikke kjørt ennå" in await text(region, PLAN)
    assert (await region.submit(f"{PLAN}/kjor", page=PLAN)).headers["location"] == PLAN
    waiting = main_of(await text(region, PLAN))
    assert 'hx-get="/r/vestfold/oppgaver/' in waiting
    assert "Kjør formidling" not in waiting
    await world.run_jobs()
    shown = main_of(await text(region, PLAN))
    assert f"Foreslå {candidate}" in shown
    assert "Liker også klatring" in shown
    assert "1 av 1 behov fikk et forslag." in shown
    assert not [word for word in (USER, "Horten", "Sigvart") if word in shown]
    form = f"{PLAN}/{need_id}/foresla/{candidate_id}"
    drafted = await text(region, form)
    assert re.search(r"<textarea[^>]*>\s*Liker også klatring", drafted)
    assert (await region.submit(form, {"grunn": "Klatrer selv."}, page=form)).status_code == 303
    after = main_of(await text(region, PLAN))
    assert f"{candidate} for behov {need}" in after
    assert f"Foreslå {candidate}" not in after


async def test_where_a_run_has_come_to_is_seen_by_the_coordinator_alone(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    await region.submit(f"{PLAN}/kjor", page=PLAN)
    task = (await world.sql("SELECT id FROM region_task"))[0]["id"]
    page = f"/r/vestfold/oppgaver/{task}"
    assert "Venter på tur" in await text(region, page)
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert (await steering.get(page)).status_code == 403
    assert (await region.get(f"/r/vestfold/oppgaver/{world.region}")).status_code == 404


async def test_a_second_run_is_not_begun_while_one_is_under_way(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    await region.submit(f"{PLAN}/kjor", page=PLAN)
    again = await region.submit(f"{PLAN}/kjor", page=PLAN)
    assert again.status_code == 409
    assert "allerede i gang" in again.text


async def test_many_are_proposed_at_once_and_each_is_told_how_it_went(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    _, first = await posted_need(world)
    second = await another_need(world, first)
    await shared_candidate(world)
    await shared_candidate(world, "re", "Marte Lie")
    await ran(world)
    pairs = re.findall(r'name="par" value="([^"]+)"', await text(region, PLAN))
    assert len(pairs) == 2
    # Somebody else takes one of the two meanwhile; a third is no pair at all.
    taken = next(pair for pair in pairs if pair.startswith(str(second)))
    other = await world.browser("vestfold", SHARED)
    before = await other.submit(f"{PLAN}/foresla", {"par": [taken]}, page=PLAN)
    assert "Ett forslag er sendt" in before.text
    told = await region.submit(f"{PLAN}/foresla", {"par": [*pairs, "tull"]}, page=PLAN)
    assert told.status_code == 200
    assert "Ett forslag er sendt" in told.text
    assert "Noen kan ha foreslått dem før deg" in told.text
    notes = [row["proposer_note"] for row in await world.sql("SELECT proposer_note FROM proposal")]
    assert len(notes) == 2
    assert all(0 < len(note) <= 300 for note in notes)
    assert (await region.get(f"{PLAN}/foresla")).headers["location"] == PLAN


async def test_two_who_tick_the_same_at_once_send_each_of_them_once_and_are_told(world: World) -> None:
    one, other = await world.browser("vestfold", SHARED), await world.browser("vestfold", SHARED)
    _, first = await posted_need(world)
    await another_need(world, first)
    await shared_candidate(world)
    await shared_candidate(world, "re", "Marte Lie")
    await ran(world)
    pairs = re.findall(r'name="par" value="([^"]+)"', await text(one, PLAN))
    answers = await asyncio.gather(
        one.submit(f"{PLAN}/foresla", {"par": pairs}, page=PLAN),
        other.submit(f"{PLAN}/foresla", {"par": pairs[::-1]}, page=PLAN),
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    told = [(answer.text.count(">Sendt<"), answer.text.count(">Ikke sendt<")) for answer in answers]
    assert [sent + refused for sent, refused in told] == [2, 2]
    assert sum(sent for sent, _ in told) == len(await world.sql("SELECT 1 FROM proposal")) == 2


async def test_ticking_none_is_answered_with_what_to_do(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    answered = await region.submit(f"{PLAN}/foresla", page=PLAN)
    assert answered.status_code == 303
    assert "Velg minst ett forslag" in await text(region, PLAN)


async def test_a_need_nobody_fits_says_what_would_help_and_counts_few_in_words(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    _, need_id = await posted_need(world)
    await shared_candidate(world)
    await world.sql("UPDATE candidate SET slots = '{sat-am}'")
    await ran(world)
    for page in (PLAN, f"{PLAN}/{need_id}"):
        shown = main_of(await text(region, page))
        assert "Noen få kandidater er ledige på andre tider" in shown


async def test_who_withdraws_is_gone_from_every_page_and_the_file_on_the_next_request(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    flow = await proposed(world)
    code = await flow.code()
    await world.sql("UPDATE proposal SET state = 'expired', ended_at = now(), ended_by = 'time'")
    await ran(world)
    pages = (PLAN, f"{PLAN}/{flow.need_id}", LOG)
    for page in pages:
        assert code in main_of(await text(region, page)), page
    assert "er ledig igjen" in await text(region, PLAN)
    assert "Klatrer selv." in sheet(await region.get(f"{LOG}/liste.xlsx"))
    await world.sql("UPDATE candidate SET withdrawn_at = now()")
    for page in pages:
        shown = main_of(await text(region, page))
        assert not [word for word in (code, "Klatrer selv.", "Liker også") if word in shown], page
    assert not [
        word for word in (code, "Klatrer selv.", "Liker også") if word in sheet(await region.get(f"{LOG}/liste.xlsx"))
    ]  # fmt: skip


def sheet(answer: Any) -> str:
    """All cells of a workbook as one text."""
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)


async def test_the_log_tells_who_got_what_and_why_by_municipality_status_and_time(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    flow = await proposed(world)
    code = await flow.code()
    await flow.accept()
    shown = main_of(await text(region, LOG)).split("<table", 1)[1]
    assert "Klatrer selv." in shown
    assert "Foreslått av" in shown
    assert "Kommunen sa ja" in shown
    # Who answered for the municipality would tell which it is.
    assert not [word for word in ("Horten", "i horten", USER) if word in shown]
    assert code in await text(region, f"{LOG}?kommune={world.re}&status=under&tid=30")
    for nothing in (f"kommune={world.horten}", "status=nothing"):
        assert code not in main_of(await text(region, f"{LOG}?{nothing}"))
    assert code in await text(region, f"{LOG}?kommune=tull&status=tull&tid=tull&side=tull")


async def test_the_log_as_a_file_cannot_be_taken_for_formulas(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    await proposed(world)
    await world.sql("UPDATE proposal SET proposer_note = '=HYPERLINK(\"http://x\")'")
    answer = await region.get(f"{LOG}/liste.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if "HYPERLINK" in str(cell.value)} == {"s"}
    assert (await world.sql("SELECT 1 FROM region_audit_entry WHERE action = 'matching.log_exported'")) != []


# The weights -----------------------------------------------------------------------------------------------------------
def typed(**changes: str) -> dict[str, str]:
    """The form of the weights as it begins, with changes."""
    return {name: str(value) for name, value in values_of(DEFAULT).items()} | changes


async def test_other_weights_are_tried_then_adopted_with_a_reason_and_listed(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    await posted_need(world)
    await shared_candidate(world)
    assert "Dere har ikke vedtatt egne" in await text(region, WEIGHTS)
    tried = await region.submit(WEIGHTS, typed(lengst="60", egne_forst="ja"), page=WEIGHTS)
    assert tried.status_code == 303
    page = tried.headers["location"]
    shown = main_of(await text(region, page))
    assert "Svaret er det samme for alle" in shown
    assert "1 av 1" in shown
    assert 'value="60"' in await text(region, f"{WEIGHTS}?fra={page.rsplit('/', 1)[1]}")
    assert (await region.submit(page, {"versjon": "0", "grunn": ""}, page=page)).status_code == 422
    done = await region.submit(page, {"versjon": "0", "grunn": "Mange vil reise lenger."}, page=page)
    assert done.status_code == 303
    kept = main_of(await text(region, WEIGHTS))
    assert "Mange vil reise lenger." in kept
    assert "Nummer\u00a01" in kept
    await ran(world)
    assert "Vektene er endret siden" not in await text(region, PLAN)
    stale = await region.submit(page, {"versjon": "0", "grunn": "En gang til."}, page=page)
    assert stale.status_code == 409
    assert "Noen har vedtatt nye vekter" in stale.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({field_of(part, 1): "x" for part in PARTS}, "Skriv hele poeng fra 0 til 100."),
        ({field_of("interests", 1): "31"}, "Poengene må bli 100 til sammen."),
        ({field_of("stability", 3): "10", field_of("distance", 3): "37"}, "kan ikke telle mindre"),
        ({"lengst": "5"}, "Skriv hele kilometer fra 9 til 300."),
        ({"lengst": "12345678901234567890"}, "Skriv hele kilometer fra 9 til 300."),
    ],
)
async def test_weights_that_cannot_be_used_are_told_why_with_what_was_typed(
    world: World, changes: dict[str, str], said: str
) -> None:
    region = await world.browser("vestfold", SHARED)
    answer = await region.submit(WEIGHTS, typed(**changes), page=WEIGHTS)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(f'value="{value}"' in answer.text for value in changes.values())
    assert not await world.sql("SELECT 1 FROM matching_weights")


async def test_an_address_nobody_gave_shows_the_weights_as_they_begin(world: World) -> None:
    region = await world.browser("vestfold", SHARED)
    assert 'value="40"' in await text(region, f"{WEIGHTS}?fra=tull")
    assert (await region.get(f"{WEIGHTS}?fra={world.region}")).status_code == 404
    assert (await region.get(f"{WEIGHTS}/{world.region}")).status_code == 404


# Who may ---------------------------------------------------------------------------------------------------------------
async def test_a_partner_sees_nameless_needs_and_nothing_else(world: World) -> None:
    _, need_id = await posted_need(world, skills=["autism"], languages=["so"])
    await shared_candidate(world)
    await ran(world)
    partner = await world.browser("vestfold", Role.PARTNER)
    assert (await partner.get("/r/vestfold")).headers["location"] == NEEDS
    shown = main_of(await text(partner, NEEDS))
    need, candidate = await code_of(world, "need"), await code_of(world, "candidate")
    assert need in shown
    assert "lagt ut denne uka" in shown
    assert not [word for word in (candidate, USER, "Horten", "somali", "autisme", "<a ") if word in shown]
    for path in (PLAN, f"{PLAN}/{need_id}", LOG, f"{LOG}/liste.xlsx", WEIGHTS, "/r/vestfold/kandidater"):
        assert (await partner.get(path)).status_code == 403, path


@pytest.mark.parametrize("role", [Role.STEERING_GROUP_MEMBER, Role.COURSE_COORDINATOR, Role.PROJECT_MANAGER])
async def test_others_of_the_region_come_to_none_of_these_pages(world: World, role: Role) -> None:
    _, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    browser = await world.browser("vestfold", role)
    for path in (
        PLAN, LOG, f"{LOG}/liste.xlsx", WEIGHTS, NEEDS, f"{PLAN}/{need_id}", f"{PLAN}/{need_id}/foresla/{candidate_id}",
        f"{PLAN}/foresla",
    ):  # fmt: skip
        assert (await browser.get(path)).status_code == 403, path
    for path in (f"{PLAN}/kjor", f"{PLAN}/foresla", WEIGHTS, f"{PLAN}/{need_id}/foresla/{candidate_id}"):
        assert (await browser.submit(path)).status_code == 403, path
