"""The demo's region: the same each time, of the size it should be, and with nobody real in it."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from deploy.asgi import make_app
from deploy.database import administrator
from deploy.demo.personas import PERSONAS
from deploy.demo.places import all_places, taken_numbers
from deploy.demo.postings import MATCHED
from deploy.demo.world import World, build, generate
from sammen.audit.models import AuditEntry
from sammen.identity.models import Membership, UserAccount
from sammen.settings import Environment, Settings
from sammen.tenancy.models import Municipality
from shared_pool.campaigns.models import Campaign
from shared_pool.matching.loading import fits_for
from shared_pool.matching.models import PoolDecider, Proposal
from shared_pool.needs.api import NeedCard
from shared_pool.needs.bands import BANDS
from shared_pool.needs.models import Need, NeedRequirement
from shared_pool.needs.rules import LEAST_CROWD
from shared_pool.recruitment.api import CandidateCard, Home
from shared_pool.recruitment.models import Candidate, PoolObjection
from shared_pool.weighing.models import MatchingWeights
from tenants.assignments.models import Assignment, FirstMeeting, ServiceOrder
from tenants.cases.models import CaseFile, Mapping
from tenants.concerns.models import Concern
from tenants.contacts.models import SupportContact, Vetting
from tenants.messages.models import Message
from tenants.payroll.models import PayItem, PayrollRun
from tenants.people.api import NationalNumber, age_on
from tenants.people.models import Person
from tenants.provision.models import ProvisionRule
from tenants.rates.models import AdministrationCost, RateStep, RateTable
from tenants.substitutes.models import AskRound, IntroducedSubstitute
from tenants.timesheets.models import Receipt, TimesheetLine
from tests.database import KEYS, SECRET, TestDatabase, fresh_database
from tests.demo_samples import demo_template
from tests.worlds import Browser

AS_OF = date(2026, 11, 21)
SMALL: dict[str, Any] = {"scale": 0.02, "municipalities": ("0701", "0716")}
WITH_SERVICE = ("waiting", "running", "evaluating")


@pytest.fixture(scope="module")
def region() -> World:
    """All twelve, as rows."""
    return generate(SECRET, as_of=AS_OF)


@pytest.fixture(scope="module")
async def small(migrated: tuple[str, str]) -> AsyncIterator[TestDatabase]:
    """Horten and Re on a small scale, in a database."""
    async with fresh_database(*migrated) as database:
        await build(database.admin_url, database.app_url, SECRET, **SMALL)
        yield database


def _code(region: World) -> dict[Any, str]:
    return {row["id"]: row["code"] for row in region.rows.of(Municipality)}


def _number(row: dict[str, Any]) -> str:
    return KEYS.unseal(
        row["number_cipher"], bound_to=b"person-number" + row["tenant_id"].bytes + row["id"].bytes
    )


# Repeatable --------------------------------------------------------------------------------------------------------------
def test_the_same_day_gives_the_same_world() -> None:
    first = generate(SECRET, as_of=AS_OF, **SMALL)
    assert first.rows.fingerprint() == generate(SECRET, as_of=AS_OF, **SMALL).rows.fingerprint()
    assert first.rows.fingerprint() != generate(SECRET, as_of=date(2026, 11, 22), **SMALL).rows.fingerprint()


@pytest.mark.parametrize("as_of", [date(2027, 1, 1), date(2028, 2, 29), date(2026, 12, 31), date(2027, 7, 2)])
def test_the_world_can_be_made_on_any_day_of_the_year(as_of: date) -> None:
    made = generate(SECRET, as_of=as_of, **SMALL)
    assert all(row["worked_on"] < as_of for row in made.rows.of(TimesheetLine))


# Size --------------------------------------------------------------------------------------------------------------------
def test_about_fifteen_hundred_people_have_the_service_as_the_populations_are(region: World) -> None:
    codes = _code(region)
    cases = [row for row in region.rows.of(CaseFile) if row["state"] in WITH_SERVICE]
    assert 1485 <= len(cases) <= 1515
    counted = Counter(codes[row["tenant_id"]] for row in cases)
    everybody = sum(place.inhabitants for place in all_places())
    for place in all_places():
        assert abs(counted[place.code] - 1500 * place.inhabitants / everybody) <= 2, place.name


def test_their_ages_are_split_as_in_kongsberg(region: World) -> None:
    born = {row["id"]: row["birth_date"] for row in region.rows.of(Person)}
    ages = [
        age_on(born[row["person_id"]], AS_OF) or 0
        for row in region.rows.of(CaseFile)
        if row["state"] in WITH_SERVICE
    ]
    bands = Counter(
        "0-17" if age < 18 else "18-66" if age < 67 else "67-79" if age < 80 else "80+" for age in ages
    )
    for band, of_301 in {"0-17": 95, "18-66": 191, "67-79": 11, "80+": 4}.items():
        assert abs(bands[band] / len(ages) - of_301 / 301) < 0.01, (band, bands)


def test_a_year_costs_near_twenty_four_million_kroner(region: World) -> None:
    year = AS_OF.year - 1
    begins = {row["id"]: row["valid_from"].year for row in region.rows.of(RateTable)}
    rates = {
        (row["tenant_id"], begins[row["table_id"]]): row["kroner"]
        for row in region.rows.of(RateStep)
        if row["component"] == "hours" and row["form"] == "any" and row["seniority_months"] is None
    }
    hours = sum(
        (
            row["hours"] * rates[row["tenant_id"], year]
            for row in region.rows.of(TimesheetLine)
            if row["state"] == "approved" and row["worked_on"].year == year
        ),
        Decimal(0),
    )
    running = sum((r["kroner"] for r in region.rows.of(AdministrationCost) if r["year"] == year), Decimal(0))
    assert Decimal("21.6e6") <= hours + running <= Decimal("26.4e6")


def test_there_are_about_a_thousand_contacts_and_three_years_of_hours(region: World) -> None:
    states = Counter(row["state"] for row in region.rows.of(SupportContact))
    assert 950 <= sum(states.values()) - states["ended"] <= 1050
    assert set(states) == {"enquiry", "interview", "vetting", "engaged", "paused", "suspended", "ended"}
    lines = region.rows.of(TimesheetLine)
    assert 150_000 <= len(lines) <= 250_000
    assert min(row["worked_on"] for row in lines).year == AS_OF.year - 3
    assert {row["state"] for row in lines} == {"saved", "sent", "approved", "returned"}
    vetted = {row["contact_id"] for row in region.rows.of(Vetting) if row["police_shown_on"]}
    unvetted = [
        r for r in region.rows.of(SupportContact) if r["state"] == "engaged" and r["id"] not in vetted
    ]
    assert 5 <= len(unvetted) <= 40


def test_no_contact_is_in_two_places_at_once_nor_works_outside_an_assignment(region: World) -> None:
    held = {row["id"]: row for row in region.rows.of(Assignment)}
    met: dict[Any, list[Any]] = {}
    for row in region.rows.of(TimesheetLine):
        if row.get("corrects_id"):
            continue  # it stands instead of one of the others
        met.setdefault((row["contact_id"], row["worked_on"]), []).append((row["starts"], row["ends"]))
        during = held[row["assignment_id"]]
        assert during["starts_on"] <= row["worked_on"] <= (during["ended_on"] or AS_OF)
    for times in met.values():
        times.sort()
        assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(times))


def test_some_wait_in_some_municipalities_and_none_in_others(region: World) -> None:
    codes = _code(region)
    waiting = Counter(
        codes[row["tenant_id"]] for row in region.rows.of(CaseFile) if row["state"] == "waiting"
    )
    assert waiting["0701"] == 4
    assert waiting["0709"] > 30
    assert [code for code in codes.values() if not waiting[code]] == ["0714", "0716", "0722", "0723"]


def test_horten_has_some_218_open_cases_in_every_state(region: World) -> None:
    codes = _code(region)
    states = Counter(row["state"] for row in region.rows.of(CaseFile) if codes[row["tenant_id"]] == "0701")
    assert 214 <= sum(states.values()) - states["closed"] <= 222
    assert set(states) == {"received", "mapping", "deciding", "waiting", "running", "evaluating", "closed"}


def test_the_pool_has_needs_from_many_and_proposals_in_every_state(region: World) -> None:
    needs = region.rows.of(Need)
    opened = Counter(row["area"] for row in needs if row["state"] == "open")
    assert opened["south"] >= 8
    assert opened["middle"] >= 8
    assert opened["north"] >= 4
    assert not opened["islands"]
    assert {row["state"] for row in needs} == {"open", "filled", "withdrawn", "expired"}
    assert {row["purpose"] for row in needs if row["state"] == "open"} == {"regular", "substitute"}
    assert any(row["about"] for row in needs)
    assert any(
        AS_OF <= row["expires_on"] <= AS_OF + timedelta(days=7) for row in needs if row["state"] == "open"
    )
    assert any(row["exact_times"] for row in region.rows.of(NeedRequirement))
    assert 60 <= region.rows.count(Candidate) <= 90
    proposals = region.rows.of(Proposal)
    assert {row["state"] for row in proposals} == {
        "proposed", "accepted", "matched", "done", "learned", "declined", "withdrawn", "expired",
    }  # fmt: skip
    assert [
        row
        for row in proposals
        if row["state"] == "accepted" and row["asks_home"] and row["home_yes_at"] is None
    ]
    orders = region.rows.of(ServiceOrder)
    pointed_to = {row["need_id"] for row in orders} | {row.get("substitute_need_id") for row in orders}
    assert {row["id"] for row in needs if row["state"] in ("open", "filled")} <= pointed_to
    assert sum(row["source"] == "pool" for row in region.rows.of(Assignment)) == len(MATCHED) + 1


def test_the_pool_is_lived_in(region: World) -> None:
    codes = _code(region)
    assert {row["state"] for row in region.rows.of(Campaign)} == {"draft", "open", "closed"}
    asked = [row for row in region.rows.of(SupportContact) if row.get("came_from")]
    assert {codes[row["tenant_id"]] for row in asked} >= {"0701", "0706", "0709"}
    assert any(codes[row["tenant_id"]] == "0701" and row["answered_on"] is None for row in asked)
    assert {row["deputy"] for row in region.rows.of(PoolDecider) if codes[row["tenant_id"]] == "0701"} == {
        True,
        False,
    }
    assert {row["state"] for row in region.rows.of(MatchingWeights)} == {"tried", "adopted"}
    assert region.rows.count(PoolObjection) == 1
    assert any(row["consent_until"] == AS_OF + timedelta(days=10) for row in region.rows.of(Candidate))
    assert [row for row in region.rows.of(IntroducedSubstitute) if row.get("proposal_id")]


def test_no_need_is_posted_that_fewer_than_five_would_fit(region: World) -> None:
    people = {row["id"]: row for row in region.rows.of(Person)}
    likes = {row["case_id"]: set(row["interests"]) for row in region.rows.of(Mapping)}
    for need in region.rows.of(Need):
        band = BANDS[need["age_band"]]
        alike = [
            case
            for case in region.rows.of(CaseFile)
            if case["tenant_id"] == need["posted_by"] and case["state"] != "closed" and not case["shielded"]
            and case["purchaser"] != "child_welfare" and people[case["person_id"]]["protection"] == "none"
            and band.first <= (age_on(people[case["person_id"]]["birth_date"], AS_OF) or 0) <= band.last
            and (not need["interests"] or likes.get(case["id"], set()) & set(need["interests"]))
        ]  # fmt: skip
        assert len(alike) >= LEAST_CROWD, need["code"]


# Nobody real, and two protected ------------------------------------------------------------------------------------------
def test_no_number_could_be_anybodys_and_none_is_in_the_list_a_visitor_imports(region: World) -> None:
    numbers = [_number(row) for row in region.rows.of(Person)[::7] if row["number_cipher"]]
    assert all(81 <= int(number[2:4]) <= 92 for number in numbers)
    assert not taken_numbers() & set(numbers)
    for row in [row for row in region.rows.of(Person) if row["number_cipher"]][::211]:
        parsed = NationalNumber.parse(_number(row), accept_synthetic=True, today=AS_OF)
        assert (parsed.birth_date, parsed.sex) == (row["birth_date"], row["sex"])


def test_two_addresses_are_protected_and_neither_is_known(region: World) -> None:
    protected = [row for row in region.rows.of(Person) if row["protection"] != "none"]
    assert sorted(row["protection"] for row in protected) == ["kode6", "kode7"]
    assert {row["street"] + row["postcode"] + row["place"] for row in protected} == {""}
    posted = {row["person_id"] for row in region.rows.of(ServiceOrder) if row["need_id"]}
    assert not posted & {row["id"] for row in protected}


def test_nothing_was_done_in_the_future(region: World) -> None:
    assert max(row["at"] for row in region.rows.of(AuditEntry)).date() <= AS_OF
    assert max(row["worked_on"] for row in region.rows.of(TimesheetLine)) < AS_OF
    assert max(row["starts_on"] for row in region.rows.of(Assignment) if row["starts_on"]) <= AS_OF


# Those one can be --------------------------------------------------------------------------------------------------------
def test_every_persona_can_go_somewhere(region: World) -> None:
    accounts = {row["id"]: row for row in region.rows.of(UserAccount) if row["persona"]}
    assert {row["display_name"] for row in accounts.values()} == {persona.name for persona in PERSONAS}
    assert accounts.keys() <= {row["user_id"] for row in region.rows.of(Membership)}


def test_jonas_has_nine_and_a_half_hours_this_month_and_148_this_year(region: World) -> None:
    people = {row["given_name"] + " " + row["family_name"]: row for row in region.rows.of(Person)}
    jonas = people["Jonas Bergli"]
    assert age_on(jonas["birth_date"], AS_OF) == 12
    mine = {
        r["id"]
        for r in region.rows.of(Assignment)
        if r["person_id"] == jonas["id"] and r["form"] == "individual"
    }
    lines = [row for row in region.rows.of(TimesheetLine) if row["assignment_id"] in mine]
    assert sum(row["hours"] for row in lines) == 148
    assert sum(row["hours"] for row in lines if row["worked_on"].month == AS_OF.month) == Decimal("9.5")
    case = next(row for row in region.rows.of(CaseFile) if row["person_id"] == jonas["id"])
    assert (case["case_no"], case["deadline"], case["state"]) == (
        "2025-0187",
        date(2026, 12, 12),
        "evaluating",
    )


def test_k_118_fits_the_climbing_need_best(region: World) -> None:
    codes = _code(region)
    found = next(row for row in region.rows.of(Candidate) if row["code"] == "K-118")
    asked = next(row for row in region.rows.of(Need) if row["code"] == "3F9")
    assert codes[found["home_id"]] == "0716"
    assert not [row for row in region.rows.of(Proposal) if row["candidate_id"] == found["id"]]
    matched_on = next(row for row in region.rows.of(NeedRequirement) if row["need_id"] == asked["id"])
    told = {**dict.fromkeys(NeedCard.__dataclass_fields__, 1), **matched_on, **asked}
    need = NeedCard(**{name: told[name] for name in NeedCard.__dataclass_fields__})
    cards = [
        CandidateCard(
            **{name: row.get(name, 1) for name in CandidateCard.__dataclass_fields__} | {"withdrawn": False}
        )
        for row in region.rows.of(Candidate)
    ]
    homes = {
        row["id"]: Home(
            row["id"], row["code"], row["slug"], row["name"], row["latitude"], row["longitude"], 10_000
        )
        for row in region.rows.of(Municipality)
    }
    # By score alone: a consent that has lapsed since the world's day must not decide a test.
    best = max(fits_for(need, cards, homes), key=lambda fit: fit.score)
    assert (best.code, best.score > 80) == ("K-118", True)


# The provider's days -----------------------------------------------------------------------------------------------------
def test_horten_has_every_kind_of_day_a_provider_has(region: World) -> None:
    codes = _code(region)

    def there(model: Any, name: str = "state") -> set[Any]:
        return {row.get(name) for row in region.rows.of(model) if codes[row["tenant_id"]] == "0701"}

    assert there(Concern) == {"new", "taken", "closed"}
    assert there(AskRound) == {"open", "filled", "nobody"}
    assert there(Assignment) == {"planned", "running", "paused", "ended"}
    assert there(Assignment, "role") >= {"substitute", "bridge"}
    assert there(FirstMeeting) == {"agreed", "held", "missed"}
    assert there(TimesheetLine, "attested_how") >= {"own_page", "code", "paper"}
    assert there(Receipt, "media_type") == {"image/jpeg", ""}
    assert there(Message, "author") == {"contact", "municipality", "system"}
    assert len(there(ProvisionRule, "valid_from")) == 2


def test_the_parent_and_the_young_woman_each_have_hours_to_attest(region: World) -> None:
    people = {row["id"]: row for row in region.rows.of(Person)}
    whose = {row["id"]: people[row["person_id"]]["given_name"] for row in region.rows.of(Assignment)}
    waiting = Counter(
        whose[row["assignment_id"]]
        for row in region.rows.of(TimesheetLine)
        if row["state"] == "sent" and row.get("attested_at") is None
    )
    assert waiting["Jonas"] >= 2
    assert waiting["Selma"] >= 1


def test_everything_older_than_two_months_is_paid_once_where_payroll_is_shown(region: World) -> None:
    paid = Counter((row["line_id"], row["component"]) for row in region.rows.of(PayItem))
    assert len(paid) > 20_000
    assert max(paid.values()) == 1
    runs = {row["id"]: row for row in region.rows.of(PayrollRun)}
    for item in region.rows.of(PayItem)[::97]:
        assert runs[item["run_id"]]["first"] <= item["worked_on"] <= runs[item["run_id"]]["last"]


async def test_payroll_has_closed_runs_with_files_and_one_that_is_ready(migrated: tuple[str, str]) -> None:
    async with fresh_database(*migrated) as database:
        await build(database.admin_url, database.app_url, SECRET, municipalities=("0716",), scale=0.2)
        async with administrator(database.admin_url) as admin:
            states = await admin.fetch("SELECT state, count(*) AS n FROM sammen.payroll_run GROUP BY state")
            assert {row["state"] for row in states} == {"closed", "ready"}
            assert await admin.fetchval(
                "SELECT count(*) FROM sammen.payroll_run r WHERE state = 'closed' AND"
                " (SELECT count(*) FROM sammen.pay_file f WHERE f.run_id = r.id) <> 2"
            ) == 0  # fmt: skip


async def test_two_municipalities_have_settled_one_quarter_and_not_the_next(
    migrated: tuple[str, str],
) -> None:
    async with (
        fresh_database(*await demo_template(migrated, ("0701", "0716"))) as database,
        administrator(database.admin_url) as admin,
    ):
        await admin.execute("SET search_path = sammen")

        async def found(query: str) -> set[Any]:
            return {row[0] for row in await admin.fetch(query)}

        assert await found("SELECT state FROM settlement_agreement") == {"accepted", "proposed"}
        assert await found("SELECT state FROM settlement_statement") == {"locked", "open"}
        assert await found("SELECT state FROM settlement_statement WHERE last = (SELECT max(last) FROM"
                           " settlement_statement)") == {"open"}  # fmt: skip
        # Hours that were approved too late for the quarter they belong to.
        assert await found("SELECT max(revision) FROM settlement_fact") == {2}
        assert await admin.fetchval("SELECT count(*) FROM match_run") == 1
        assert await admin.fetchval("SELECT sum(confirmed) FROM campaign_result") > 5


# In a database -----------------------------------------------------------------------------------------------------------
@pytest.mark.slow
async def test_the_whole_region_meets_every_constraint(
    migrated: tuple[str, str],
) -> None:
    async with fresh_database(*migrated) as database:
        await build(database.admin_url, database.app_url, SECRET)
        async with administrator(database.admin_url) as admin:
            reported = await admin.fetch(
                "SELECT period, count(DISTINCT reported_by) AS towns FROM sammen.approved_figure GROUP BY period"
            )
            towns = {row["period"]: row["towns"] for row in reported}
            assert min(towns) == "2018-h1", "years before Sammen, for the lines over time"
            assert towns["2019-h2"] == 10, "two municipalities counted nothing then: a break in the line"
            assert list(towns.values()).count(12) >= 6
            assert towns[max(towns)] == 11, "one is late"
            releases = await admin.fetch(
                "SELECT period, state, report FROM sammen.release ORDER BY period, edition"
            )
            assert [(row["period"], row["state"]) for row in releases[-2:]] == [
                (max(towns), "shown"), (max(towns), "ready"),
            ]  # fmt: skip
            assert {row["state"] for row in releases[:-1]} == {"shown"}
            assert {row["period"] for row in releases} == towns.keys()
            assert all('"facts"' in row["report"] for row in releases), "what was tried is kept"
            corrected = await admin.fetch(
                "SELECT state FROM sammen.figure_set WHERE period = $1 AND edition = 2", max(towns)
            )
            assert {row["state"] for row in corrected} == {"approved", "computed"}, (
                "one mended, one to approve"
            )
            for table in ("target", "scenario", "meeting_pack", "scheme_answer", "population_edition"):
                assert await admin.fetchval(f"SELECT count(*) FROM sammen.{table}") > 0, table
            assert await admin.fetchval("SELECT count(*) FROM sammen.audit_entry WHERE seal_no IS NULL") == 0
            assert await admin.fetchval("SELECT count(*) FROM sammen.access_index") > 1_000


async def test_the_front_page_shows_those_one_can_be_and_leads_in(small: TestDatabase) -> None:
    settings = Settings(
        environment=Environment.DEMO, app_url=small.app_url, key=SECRET, personas=True, log_level="CRITICAL"
    )
    browser = Browser(make_app(settings))
    front = await browser.get("/")
    assert front.status_code == 200
    for name in ("Hanne Myhre", "Kari Lunde", "Amund Vik", "Sindre Falk", "Trine Bergli", "Eirik Fossum"):
        assert f"{name}, " in front.text
    assert "Rune Sletta" not in front.text, "there is no Larvik in this world"
    async with administrator(small.admin_url) as admin:
        kari = await admin.fetchval("SELECT id FROM sammen.user_account WHERE display_name = 'Kari Lunde'")
    entered = await browser.post("/demo", data={"persona": str(kari)})
    assert entered.status_code == 303
    browser.cookies.set("sammen", entered.cookies["sammen"])
    cases = await browser.get("/k/horten/saker")
    assert cases.status_code == 200
    assert "Jonas Bergli" in cases.text


async def test_without_personas_the_front_page_is_the_login(small: TestDatabase) -> None:
    settings = Settings(environment=Environment.TEST, app_url=small.app_url, key=SECRET, log_level="CRITICAL")
    answer = await Browser(make_app(dataclasses.replace(settings, personas=False))).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/logg-inn")
