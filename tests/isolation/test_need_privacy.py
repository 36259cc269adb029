"""From everything that can be read outside the municipality before names are shown, nobody can tell whose need it is (C3).

Four who look: the region's shared coordinator, a partner, the municipality that lends the candidate, and the candidate.
They are given all the rows their ticket opens, as an injected query would be, and all the pages they can click to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

import pytest

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.policy.roles import Role
from shared_pool.matching.service import accept, propose
from shared_pool.needs.queries import needs_for_run, open_needs
from shared_pool.needs.service import post_need, withdraw_need
from shared_pool.needs.times import ExactTime
from tests.clocks import stop_clock
from tests.pool_samples import COORDINATOR, SHARED, USER, crowd, need_facts, shared_candidate
from tests.provider_samples import granted_order
from tests.worlds import Browser, World

POSTED = date(2026, 11, 5)  # a Thursday
MONDAY = date(2026, 11, 2)
SAID_YES = date(2026, 11, 3)
SEEN = (2026, 11, 18)
OUTSIDERS = (
    ("vestfold", SHARED),
    ("vestfold", Role.PARTNER),
    ("re", COORDINATOR),
    ("re", Role.CONTACT),
)
POOL_TABLES = ("need", "need_requirement")
WEEKS = {"posted_week": 1, "closed_week": 1, "expires_on": 7}
"""The only times of a need, each with the weekday it must fall on."""
POINTERS = {"region_id", "id", "posted_by", "need_id"}


@dataclass
class Posted:
    """A posted need with a proposal the municipality has accepted, and all that only Horten may know."""

    world: World
    order_id: UUID
    need_id: UUID
    code: str
    secrets: dict[str, str] = field(default_factory=dict)


@pytest.fixture
async def posted(world: World, monkeypatch: pytest.MonkeyPatch) -> Posted:
    stop_clock(monkeypatch, POSTED.year, POSTED.month, POSTED.day, 10, 17)
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    exact = ExactTime("tue", time(13, 50), time(16, 5))
    facts = need_facts(
        consent_on=SAID_YES, exact_times=[exact], skills=["autism"], languages=["so"], days_shown="kind"
    )
    async with world.at("horten", COORDINATOR) as uow:
        need_id = await post_need(uow, order_id, facts)
    stop_clock(monkeypatch, *SEEN)
    _, candidate_id = await shared_candidate(world, slots=("tue-pm",))
    await world.sql("UPDATE candidate SET skills = '{autism}', languages = '{so}'")
    async with world.at("vestfold", SHARED) as uow:
        proposal_id = await propose(uow, need_id, candidate_id, "Klatrer selv.")
    async with world.at("horten", COORDINATOR) as uow:
        await accept(uow, proposal_id)
    code = (await world.sql("SELECT code FROM need WHERE id = $1", need_id))[0]["code"]
    found = Posted(world, order_id, need_id, code)
    found.secrets = await _secrets(world, order_id)
    return found


async def _secrets(world: World, order_id: UUID) -> dict[str, str]:
    """Everything of the person, the case, the order and the yes, as it may be written."""
    row = (
        await world.sql(
            "SELECT o.*, p.given_name, p.family_name, p.birth_date, c.case_no, m.own_words, g.decision_id, m.id AS mapping"
            " FROM service_order o JOIN person p ON p.id = o.person_id JOIN case_file c ON c.id = o.case_id"
            " JOIN mapping m ON m.case_id = c.id JOIN service_grant g ON g.id = o.grant_id WHERE o.id = $1",
            order_id,
        )
    )[0]
    days = {"posted": POSTED, "yes": SAID_YES, "born": row["birth_date"]}
    found = {name: str(row[name]) for name in ("given_name", "family_name", "case_no", "own_words")}
    found |= {f"{name} in SQL": day.isoformat() for name, day in days.items()}
    found |= {f"{name} in words": f"{day.day:02}.{day.month:02}.{day.year}" for name, day in days.items()}
    ids = ("id", "person_id", "case_id", "grant_id", "decision_id", "mapping")
    found |= {f"id {name}": str(row[name]) for name in ids}
    # A v7 id begins with its moment: the first eight digits are the minute.
    found |= {f"moment of {name}": str(row[name])[:8] for name in ids}
    return found | {"minute": "10:17", "exact time": "13:50"}


async def _rows(world: World, place: str, role: Role) -> dict[str, str]:
    """All that an outsider's ticket opens, table by table. One's own municipality's other tables are not asked."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if kind_of(table) not in (Kind.SHARED, Kind.REGIONAL) or "SELECT" not in table.info["rights"]:
            continue
        async with world.at(place, role) as uow:
            rows = await uow.call(f"SELECT * FROM sammen.{table.name}")
        found[table.name] = "\n".join(str(dict(row)) for row in rows)
    return found


async def _pages(browser: Browser, starts: Sequence[str], most: int = 60) -> dict[str, str]:
    """The pages that can be reached by links from some, each as it is sent, tags and all."""
    waiting, seen = list(starts), dict[str, str]()
    root = "/".join(starts[0].split("/")[:3])
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        if url in seen:
            continue
        answer = await browser.get(url)
        seen[url] = answer.content.decode("utf-8", "replace")
        if "text/html" in answer.headers.get("content-type", ""):
            links = re.findall(r'href="(/[^"#]*)"', seen[url])
            waiting += [link.replace("&amp;", "&") for link in links if link.startswith(root)]
    return seen


def told(texts: dict[str, str], secrets: dict[str, str], *, but: frozenset[str] = frozenset()) -> list[str]:
    """Which secret is told where."""
    return [
        f"{where}: {name}"
        for where, text in texts.items()
        for name, secret in secrets.items()
        if name not in but and secret in text
    ]


# What can be read -----------------------------------------------------------------------------------------------------
async def test_no_row_that_an_outsider_reads_tells_of_the_person_the_case_the_order_or_the_day(
    posted: Posted,
) -> None:
    # The shared coordinator matches on an exact time, and reads it; it is on no page.
    for place, role in OUTSIDERS:
        but = frozenset({"exact time"}) if role is SHARED else frozenset[str]()
        rows = await _rows(posted.world, place, role)
        assert told(rows, posted.secrets, but=but) == [], (place, role)
        if role in (SHARED, Role.PARTNER):
            assert posted.code in rows["need"]


@pytest.mark.parametrize(
    ("place", "role", "starts"),
    [
        ("vestfold", SHARED, ("/r/vestfold", "/r/vestfold/formidling", "/r/vestfold/behov")),
        ("vestfold", Role.PARTNER, ("/r/vestfold", "/r/vestfold/behov")),
        ("re", COORDINATOR, ("/k/re/formidling", "/k/re")),
        ("re", Role.CONTACT, ("/min/re", "/min/re/foresporsler")),
    ],
)
async def test_no_page_that_an_outsider_can_click_to_tells_of_them_either(
    posted: Posted, place: str, role: Role, starts: tuple[str, ...]
) -> None:
    pages = await _pages(await posted.world.browser(place, role), starts)
    rare = {"rare language": "somali", "rare skill": "autisme", "id of the order": str(posted.order_id)}
    # What begins a v7 id may begin another that was made in the same minute, by the outsider's own.
    but = frozenset(name for name in posted.secrets if name.startswith("moment of"))
    lists = (
        frozenset({"rare language", "rare skill"})
        if role in (COORDINATOR, Role.CONTACT)
        else frozenset[str]()
    )
    assert told(pages, posted.secrets | rare, but=but | lists) == []
    if place == "vestfold":
        assert any(posted.code in page for page in pages.values()), list(pages)


async def test_the_municipality_that_lends_and_the_candidate_have_no_way_to_the_needs_own_row(
    posted: Posted,
) -> None:
    for role in (COORDINATOR, Role.CONTACT):
        async with posted.world.at("re", role) as uow:
            for table in POOL_TABLES:
                assert await uow.call(f"SELECT 1 FROM sammen.{table}") == []


async def test_a_partner_reads_the_displayed_row_and_nothing_that_is_matched_on(posted: Posted) -> None:
    rows = await _rows(posted.world, "vestfold", Role.PARTNER)
    assert rows["need"]
    assert {name for name, text in rows.items() if text} == {"need"}
    for hidden in ("autism", "'so'", "tue-pm", "13:50"):
        assert hidden not in rows["need"], hidden
    async with posted.world.at("vestfold", Role.PARTNER) as uow:
        for query in (
            "SELECT r.slots FROM sammen.need n JOIN sammen.need_requirement r ON r.need_id = n.id",
            "SELECT count(*) FROM sammen.need_requirement WHERE 'so' = ANY (languages) HAVING count(*) > 0",
            "SELECT 1 FROM sammen.proposal",
            "SELECT 1 FROM sammen.candidate",
        ):
            assert await uow.call(query) == [], query


async def test_the_regions_trail_says_nothing_of_a_need_before_the_region_does_something_with_it(
    world: World,
) -> None:
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    async with world.at("horten", COORDINATOR) as uow:
        need_id = await post_need(uow, order_id, need_facts())
    own = await world.sql("SELECT tenant_id FROM audit_entry WHERE object_id = $1", need_id)
    assert [row["tenant_id"] for row in own] == [world.horten]
    assert await world.sql("SELECT 1 FROM region_audit_entry") == []
    for role in (SHARED, Role.PARTNER):
        async with world.at("vestfold", role) as uow:
            assert await uow.call("SELECT 1 FROM sammen.audit_entry") == []


# Ids, codes, versions, times and order --------------------------------------------------------------------------------
async def faults(world: World) -> list[str]:
    """What the needs' tables tell beyond the week, the words and the municipality."""
    found = []
    for table in POOL_TABLES:
        columns = await world.sql(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
            " WHERE table_schema = 'sammen' AND table_name = $1",
            table,
        )
        for column in columns:
            name, kind = column["name"], column["type"]
            if kind.startswith(("timestamp", "time")) or (kind == "date" and name not in WEEKS):
                found.append(f"{table}.{name} tells a time")
            if kind == "uuid" and name not in POINTERS:
                found.append(f"{table}.{name} points at something")
            if kind in ("bigint", "jsonb") or (kind == "integer" and "serial" in name):
                found.append(f"{table}.{name} may carry anything")
    for name, weekday in WEEKS.items():
        off = await world.sql(f"SELECT 1 FROM need WHERE EXTRACT(isodow FROM {name}) <> {weekday}")
        found += [f"{name} is a day and not a week"] * len(off)
    ids = await world.sql("SELECT id FROM need UNION ALL SELECT id FROM need_requirement")
    found += [f"{row['id']} is not random" for row in ids if row["id"].version != 4]
    async with world.at("vestfold", Role.PARTNER) as uow:
        for table in ("need_requirement", "proposal", "candidate", "service_order", "audit_entry"):
            if await uow.call(f"SELECT 1 FROM sammen.{table} LIMIT 1"):
                found.append(f"a partner reads {table}")
    return found


async def test_the_needs_tables_tell_no_moment_and_point_at_nobody(posted: Posted) -> None:
    assert await faults(posted.world) == []
    row = (await posted.world.sql("SELECT posted_week, version FROM need WHERE id = $1", posted.need_id))[0]
    assert (row["posted_week"], row["version"]) == (MONDAY, 1)


@pytest.mark.parametrize(
    "mutation",
    [
        "ALTER TABLE need ADD COLUMN created_at timestamptz NOT NULL DEFAULT now()",
        "ALTER TABLE need ADD COLUMN posted_on date NOT NULL DEFAULT '2026-11-05'",
        "ALTER TABLE need ADD COLUMN order_ref uuid",
        "ALTER TABLE need ADD COLUMN serial_no integer GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE need ADD COLUMN extra jsonb",
        "ALTER TABLE need_requirement ADD COLUMN person uuid",
        "UPDATE need SET expires_on = expires_on - 3",
        "ALTER TABLE need DROP CONSTRAINT ck_need_posted_week; UPDATE need SET posted_week = '2026-11-05'",
        "ALTER TABLE need_requirement DROP CONSTRAINT pk_need_requirement;"
        " UPDATE need_requirement SET id = '01a20264-5272-7ec9-adb3-f1b7b4899f3d'",
        "DROP POLICY need_requirement_select ON need_requirement; CREATE POLICY need_requirement_select ON need_requirement"
        " FOR SELECT TO sammen_app USING (region_id = (SELECT sammen.current_needs()))",
    ],
)  # fmt: skip
async def test_a_table_that_told_more_would_be_found(posted: Posted, mutation: str) -> None:
    for statement in mutation.split(";"):
        await posted.world.sql(statement)
    assert await faults(posted.world) != []


async def _needs_in(world: World, monkeypatch: pytest.MonkeyPatch, count: int) -> list[UUID]:
    """Needs posted one after the other in one week, in the order they were posted."""
    names = ("Ane Moe", "Bo Lie", "Cato Ruud", "Dina Foss", USER)
    await crowd(world)
    await granted_order(world, "horten", name=USER)
    posted = []
    for number, name in enumerate(names[:count]):
        stop_clock(monkeypatch, 2026, 11, 2 + number, 9)
        order = await world.sql(
            "SELECT o.id FROM service_order o JOIN person p ON p.id = o.person_id WHERE p.given_name = $1",
            name.split()[0],
        )
        async with world.at("horten", COORDINATOR) as uow:
            posted.append(await post_need(uow, order[0]["id"], need_facts(consent_on=date(2026, 10, 30))))
    return posted


async def test_lists_of_a_week_are_ordered_by_code_and_never_by_who_was_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _needs_in(world, monkeypatch, 5)
    for role, read in ((SHARED, needs_for_run), (SHARED, open_needs), (Role.PARTNER, open_needs)):
        async with world.at("vestfold", role) as uow:
            cards = await read(uow)
        assert [card.code for card in cards] == sorted(card.code for card in cards)
        assert {card.waited_weeks for card in cards} == {0}


async def test_the_needs_of_siblings_have_nothing_in_common_but_what_they_say(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await _needs_in(world, monkeypatch, 2)
    await world.sql("UPDATE person SET family_name = 'Foss'")
    first, second = [
        dict((await world.sql("SELECT * FROM need WHERE id = $1", need_id))[0]) for need_id in ids
    ]
    differs = {name for name in first if first[name] != second[name]}
    assert differs == {"id", "code"}
    assert first["id"].version == second["id"].version == 4
    assert first["id"].hex[:8] != second["id"].hex[:8]
    assert first["code"][:2] != second["code"][:2] or len({first["code"], second["code"]}) == 2


async def test_a_need_posted_again_is_another_need(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = await _needs_in(world, monkeypatch, 1)
    before = (await world.sql("SELECT * FROM need WHERE id = $1", first))[0]
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, first)
        orders = await world.sql(
            "SELECT o.id FROM service_order o JOIN person p ON p.id = o.person_id WHERE p.given_name = 'Ane'"
        )
        again = await post_need(uow, orders[0]["id"], need_facts(consent_on=date(2026, 10, 30)))
    after = (await world.sql("SELECT * FROM need WHERE id = $1", again))[0]
    assert after["id"] != before["id"]
    assert after["code"] != before["code"]
    assert after["version"] == 1
    async with world.at("vestfold", SHARED) as uow:
        assert [card.id for card in await open_needs(uow)] == [again]
