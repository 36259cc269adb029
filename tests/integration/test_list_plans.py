"""The case list at 5 000 cases: each filter and search finds its rows by an index of its own, behind row-level security.

The plans are those of the app role inside a ticket. A municipality next door has as many cases in the same tables.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.database import administrator
from sammen.clock import today
from sammen.policy.roles import Role
from tenants.cases.listing import CaseFilter, _count_query, _list_query, _parameters, list_cases
from tests.database import KEYS, fresh_database
from tests.worlds import World, make_world

CASES = 5_000
NUMBER = "20814420281"
FILL = """
INSERT INTO person (tenant_id, id, given_name, family_name, birth_date)
SELECT t, md5(t::text || c)::uuid, 'Ga' || chr(97 + c % 26) || chr(97 + c / 26 % 26),
       'Fa' || chr(97 + c % 23) || chr(97 + c / 23 % 23), date '1950-01-01' + c * 5
  FROM unnest($1::uuid[]) t, generate_series(1, 5000) c;
INSERT INTO person_name_word (tenant_id, id, person_id, word)
SELECT tenant_id, gen_random_uuid(), id, lower(unnest(ARRAY[given_name, family_name])) FROM person;
INSERT INTO case_file (tenant_id, id, person_id, case_no, purchaser, state, forms, deadline, deadline_kind)
SELECT t, md5('case' || t || c)::uuid, md5(t::text || c)::uuid, '2026-' || lpad(c::text, 4, '0'),
       CASE WHEN c % 3 = 0 THEN 'child' ELSE 'adult' END,
       CASE c % 20 WHEN 0 THEN 'closed' WHEN 1 THEN 'received' WHEN 2 THEN 'mapping' WHEN 3 THEN 'deciding'
            WHEN 4 THEN 'waiting' WHEN 5 THEN 'evaluating' ELSE 'running' END,
       ARRAY[CASE WHEN c % 41 = 0 THEN 'training' WHEN c % 10 = 1 THEN 'organisation' WHEN c % 10 = 2 THEN 'group'
             ELSE 'individual' END],
       CASE WHEN c % 20 <> 0 THEN current_date + c % 365 - 15 END, 'decide'
  FROM unnest($1::uuid[]) t, generate_series(1, 5000) c;
"""


@pytest.fixture(scope="module")
async def full(migrated: tuple[str, str]) -> AsyncIterator[World]:
    """Horten and Re with 5 000 cases each, most of them running, analysed as autovacuum would."""
    async with fresh_database(*migrated) as database:
        made = await make_world(database)
        async with administrator(database.admin_url) as admin:
            await admin.execute("SET search_path = sammen")
            await admin.execute("SET synchronous_commit = on")  # else VACUUM finds no page that all may see
            people, words, cases = FILL.strip().removesuffix(";").split(";\n")
            await admin.execute(people, [made.horten, made.re])
            await admin.execute(words)
            await admin.execute(cases, [made.horten, made.re])
            await admin.execute(
                "UPDATE person SET number_hash = $1 WHERE id = md5($2::uuid::text || 77)::uuid",
                KEYS.number_hash(made.horten, NUMBER), made.horten,
            )  # fmt: skip
            await admin.execute("VACUUM ANALYZE")
        yield made
        await made.close()


async def plan_of(world: World, query: dict[str, str], *, count: bool = False) -> str:
    """How the database finds the rows of an address, as text."""
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        wanted = CaseFilter.of(query)
        shape, values = _parameters(uow, wanted)
        more: dict[str, Any] = {}
        if count:
            statement, more = _count_query(shape), {"today": today()}
        else:
            statement = _list_query(shape, "first" if wanted.page == 1 else "later")
            more = {} if wanted.page == 1 else {"skip": (wanted.page - 1) * 50}
        found = await uow.raw.fetch(
            f"EXPLAIN (ANALYZE, TIMING OFF) {statement.sql}", *statement.arguments({**values, **more})
        )
        return "\n".join(line[0] for line in found)


FILTERS = {
    "the open list, by deadline": ({}, "ix_case_file_deadline"),
    "what is late": ({"frist": "over"}, "ix_case_file_deadline"),
    "what is due within a week": ({"frist": "week"}, "ix_case_file_deadline"),
    "a state": ({"status": "waiting"}, "ix_case_file_state"),
    "closed cases": ({"status": "closed"}, "ix_case_file_state"),
    "a purchaser": ({"bestiller": "child"}, "ix_case_file_purchaser"),
    "a form that most have": ({"tjeneste": "individual"}, "ix_case_file_individual"),
    "a form that few have": ({"tjeneste": "training"}, "ix_case_file_training"),
    "in order of state": ({"sorter": "status"}, "ix_case_file_state"),
    "in order of name": ({"sorter": "person"}, "ix_person_name"),
    "the beginning of a name": ({"q": "gaba"}, "ix_person_name_word_word"),
    "the beginning of two names": ({"q": "GABA fá"}, "ix_person_name_word_word"),
    "the beginning of a case number": ({"q": "2026-004"}, "ix_case_file_number"),
    "a birth date": ({"q": "2.3.1960"}, "ix_person_birth"),
    "a national number": ({"q": NUMBER}, "uq_person_tenant_id_number_hash"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILTERS)
async def test_a_list_of_5_000_finds_its_page_by_an_index(what: str, full: World) -> None:
    query, index = FILTERS[what]
    plan = await plan_of(full, query)
    assert f"using {index} on " in plan or f"Bitmap Index Scan on {index} " in plan, plan
    assert "Seq Scan on case_file" not in plan, plan
    assert "Seq Scan on person" not in plan, plan


@pytest.mark.parametrize(
    "query", [{}, {"bestiller": "child"}, {"status": "waiting"}, {"tjeneste": "group"}], ids=str
)
async def test_cases_are_counted_in_an_index_without_opening_them(query: dict[str, str], full: World) -> None:
    plan = await plan_of(full, query, count=True)
    assert "Index Only Scan using ix_case_file_" in plan, plan
    assert "Heap Fetches: 0" in plan, plan


async def test_the_last_page_reads_no_more_people_than_the_first(full: World) -> None:
    plan = await plan_of(full, {"side": "90"})
    people = next(line for line in plan.splitlines() if "on person " in line)
    assert "loops=50" in people, plan


async def test_what_the_filters_find_is_what_was_asked_for(full: World) -> None:
    rows = await full.sql("SELECT * FROM case_file WHERE tenant_id = $1", full.horten)
    opened = [row for row in rows if row["state"] != "closed"]
    wanted = {
        "": opened,
        "status=waiting": [row for row in rows if row["state"] == "waiting"],
        "status=closed": [row for row in rows if row["state"] == "closed"],
        "status=all": rows,
        "bestiller=child": [row for row in opened if row["purchaser"] == "child"],
        "tjeneste=training": [row for row in opened if "training" in row["forms"]],
        "frist=over": [row for row in opened if row["deadline"] < today()],
        "q=2026-004": [row for row in opened if row["case_no"].startswith("2026-004")],
    }
    async with full.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        for query, expected in wanted.items():
            name, _, value = query.partition("=")
            found = await list_cases(uow, CaseFilter.of({name: value} if name else {}))
            assert found.total == len(expected), query
            assert found.overdue == sum(
                row["deadline"] is not None and row["deadline"] < today() for row in expected
            )
            assert len(found.rows) == min(50, len(expected)), query


@pytest.mark.parametrize("sort", ["frist", "person", "tjeneste", "status"])
async def test_pages_follow_each_other_without_gap_or_overlap(sort: str, full: World) -> None:
    async with full.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        first = await list_cases(uow, CaseFilter.of({"sorter": sort}))
        pages = [
            await list_cases(uow, CaseFilter.of({"sorter": sort, "side": str(page)}))
            for page in range(1, -(-first.total // 50) + 1)
        ]
        everything = await list_cases(uow, CaseFilter.of({"sorter": sort}), export=True)
    seen = [row.id for page in pages for row in page.rows]
    assert len(seen) == len(set(seen)) == first.total
    assert seen == [row.id for row in everything.rows]


async def test_a_case_seen_by_name_is_counted_once_whether_the_role_opens_it_or_not(full: World) -> None:
    reader = full.user("horten", Role.PURCHASER_CHILD)
    async with full.at("horten", Role.PURCHASER_CHILD) as uow:
        before = (await list_cases(uow, CaseFilter())).total
    for number in (
        "2026-0003",
        "2026-0004",
    ):  # a child's, which the role opens; an adult's, which it does not
        await full.sql(
            "INSERT INTO case_member (tenant_id, id, case_id, user_id) SELECT tenant_id, gen_random_uuid(), id, $2"
            " FROM case_file WHERE tenant_id = $1 AND case_no = $3", full.horten, reader, number,
        )  # fmt: skip
    async with full.at("horten", Role.PURCHASER_CHILD) as uow:
        found = await list_cases(uow, CaseFilter())
        assert found.total == before + 1
        named = await list_cases(uow, CaseFilter.of({"q": "2026-0004"}))
    assert [row.case_no for row in named.rows] == ["2026-0004"]
