"""Ways round the trust in accounts: another's address, another's telephone, another's number, another's letter."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.traffic.metrics import Metrics
from tenants.rights.extract import MASK, released
from tests.database import KEYS
from tests.hostile_provider import hostile_provider, register
from tests.oidc_steps import log_in, registered, sessions
from tests.web.test_account_pages import NEW, Post, logged_in, person, post
from tests.web.test_login_pages import form, invited
from tests.worlds import Browser, World

__all__ = ["post"]
ADMINISTRATOR = Role.MUNICIPALITY_ADMINISTRATOR


def last_link(post: Post) -> str:
    """The link in the latest letter that has one: others may leave the house at the same moment."""
    links: list[str] = [link for one in post.carried for link in re.findall(r"/lenke/\S+", one.body)]
    return links[-1]


async def test_who_wrote_anothers_address_as_their_login_is_not_given_the_others_role(
    shared_world: World, post: Post
) -> None:
    """The attack: a contact makes a login of an address that an employee will be invited at, and waits."""
    _, _, code = await invited(shared_world, "Tom Tyv")
    thief = Browser(shared_world.app)
    assert (await thief.post("/velkommen", data=form(code, "ny.sjef@horten.test"))).status_code == 303
    leader = await shared_world.browser("horten", ADMINISTRATOR)
    offer = {"navn": "Ny Sjef", "epost": "ny.sjef@horten.test", "roller": ["manager"]}
    assert (await leader.submit("/k/horten/ansatte/ny", offer)).status_code == 303
    await shared_world.run_jobs()
    link = last_link(post)
    boss = Browser(shared_world.app)
    assert "Logg inn først" in (await boss.get(link)).text
    assert "Logg inn først" in (await boss.post(link, data={"passord": NEW})).text
    held = "SELECT role FROM membership b JOIN user_account u ON u.id = b.user_id WHERE u.email = 'ny.sjef@horten.test'"
    assert [row["role"] for row in await shared_world.sql(held)] == ["contact"]
    # Whoever has both the mailbox and the password is the one who was meant.
    owner = await logged_in(shared_world, "ny.sjef@horten.test", NEW)
    assert "Ta imot rollen" in (await owner.get(link)).text
    assert (await owner.post(link, data={})).status_code == 303
    assert {row["role"] for row in await shared_world.sql(held)} == {"contact", "manager"}
    assert await shared_world.sql(
        "SELECT 1 FROM user_account WHERE email = 'ny.sjef@horten.test' AND email_checked_at IS NOT NULL"
    )
    await shared_world.sql(
        "UPDATE membership SET valid_to = '2000-01-02', valid_from = '2000-01-01' WHERE role = 'manager'"
        " AND user_id = (SELECT id FROM user_account WHERE email = 'ny.sjef@horten.test')"
    )


async def test_a_changed_address_takes_the_links_sent_to_the_old_one_with_it(
    shared_world: World, post: Post
) -> None:
    browser, user, email = await person(shared_world, Role.PURCHASER_ADULT)
    await Browser(shared_world.app).post("/glemt", data={"brukernavn": email})
    await shared_world.run_jobs()
    link = last_link(post)
    await browser.submit("/konto/epost", {"epost": "ny.adresse@horten.test"})
    await shared_world.run_jobs()
    code = re.findall(r"\b\d{6}\b", post.carried[-1].body)[0]
    assert (
        await browser.submit("/konto/epost/kode", {"kode": code}, page="/konto/epost?sendt=1")
    ).status_code == 303
    assert (await shared_world.sql("SELECT email FROM user_account WHERE id = $1", user))[0][
        "email"
    ] == "ny.adresse@horten.test"
    assert (await Browser(shared_world.app).get(link)).status_code == 404
    await shared_world.sql("UPDATE user_account SET email = $2 WHERE id = $1", user, email)


async def test_an_administrator_takes_no_app_that_keeps_anothers_door(shared_world: World) -> None:
    leader, user = (
        await shared_world.browser("horten", ADMINISTRATOR),
        shared_world.user("horten", Role.PAYROLL),
    )
    page, reset = f"/k/horten/ansatte/{user}", {"kodeapp": "ja", "grunn": "Mistet telefonen"}
    await shared_world.sql(
        "INSERT INTO second_factor (id, user_id, sealed, confirmed_at) VALUES ($1, $2, $3, now())",
        uuid4(), user, b"x" * 40,
    )  # fmt: skip
    region = (await shared_world.sql("SELECT id FROM region WHERE slug = 'vestfold'"))[0]["id"]
    for kind, place, shared, role in (
        ("operations", None, None, "operator"), ("municipality", shared_world.re, None, "manager"),
        ("region", None, region, "shared_coordinator"),
    ):  # fmt: skip
        await shared_world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, region_id, role, valid_from, granted_by)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, '2000-01-01', 'attack')", user, kind, place, shared, role,
        )  # fmt: skip
        assert "utenfor kommunen" in (await leader.submit(f"{page}/ut", reset)).text
        assert await shared_world.sql("SELECT 1 FROM second_factor WHERE user_id = $1", user)
        await shared_world.sql("DELETE FROM membership WHERE granted_by = 'attack'")
    assert (await leader.submit(f"{page}/ut", reset)).status_code == 303
    shared_world.tokens.pop(user, None)


async def test_what_an_administrator_offered_goes_with_their_role(shared_world: World, post: Post) -> None:
    """The attack: invite a mailbox of one's own the day before one is shut out."""
    leader, rogue = (
        await shared_world.browser("horten", ADMINISTRATOR),
        shared_world.user("horten", Role.PAYROLL),
    )
    page = f"/k/horten/ansatte/{rogue}"
    given = {"rolle": ADMINISTRATOR.value, "fra": format_date(today())}
    assert (await leader.submit(f"{page}/rolle", given)).status_code == 303
    other = await shared_world.browser("horten", Role.PAYROLL)
    offer = {"navn": "Min Andre", "epost": "min.andre@horten.test", "roller": ["manager"]}
    assert (await other.submit("/k/horten/ansatte/ny", offer)).status_code == 303
    await shared_world.run_jobs()
    link = last_link(post)
    assert (await Browser(shared_world.app).get(link)).status_code == 200
    assert (await leader.submit(f"{page}/rolle/fjern", {"rolle": ADMINISTRATOR.value})).status_code == 303
    assert (await Browser(shared_world.app).get(link)).status_code == 404
    assert (await Browser(shared_world.app).post(link, data={"passord": NEW})).status_code == 404


async def test_an_offer_falls_when_the_role_of_who_made_it_runs_out_by_its_date(
    shared_world: World, post: Post
) -> None:
    """The attack: be a substitute administrator to the end of the week, and offer a role to be taken the week after."""
    rogue = shared_world.user("horten", Role.PURCHASER_CHILD_WELFARE)
    await shared_world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'municipality_administrator', '2020-01-01', 'attack')",
        rogue, shared_world.horten,
    )  # fmt: skip
    other = await shared_world.browser("horten", Role.PURCHASER_CHILD_WELFARE)
    offer = {"navn": "Min Tredje", "epost": "min.tredje@horten.test", "roller": ["manager"]}
    assert (await other.submit("/k/horten/ansatte/ny", offer)).status_code == 303
    await shared_world.run_jobs()
    link = last_link(post)
    assert (await Browser(shared_world.app).get(link)).status_code == 200
    await shared_world.sql(
        "UPDATE membership SET valid_to = $1 WHERE granted_by = 'attack'", today() - timedelta(1)
    )
    assert (await Browser(shared_world.app).get(link)).status_code == 404
    assert (await Browser(shared_world.app).post(link, data={"passord": NEW})).status_code == 404
    leader = await shared_world.browser("horten", ADMINISTRATOR)
    assert "Gått ut. Inviter på nytt." in (await leader.get("/k/horten/ansatte")).text
    await shared_world.sql("DELETE FROM membership WHERE granted_by = 'attack'")


async def test_of_who_has_left_an_administrator_sees_what_they_were_and_not_what_they_do(
    shared_world: World,
) -> None:
    leader, user = await shared_world.browser("horten", ADMINISTRATOR), shared_world.user("re", Role.PAYROLL)
    email = (await shared_world.sql("SELECT email FROM user_account WHERE id = $1", user))[0]["email"]
    await shared_world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, valid_to, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'payroll', '2000-01-01', $3, 'attack')",
        user, shared_world.horten, today() - timedelta(9),
    )  # fmt: skip
    for path in ("/k/horten/ansatte", f"/k/horten/ansatte/{user}"):
        answer = await leader.get(path)
        assert (answer.status_code, email in answer.text) == (200, False)
    await shared_world.sql("DELETE FROM membership WHERE granted_by = 'attack'")


async def test_a_number_that_a_caseworker_wrote_opens_no_staff_page(shared_world: World) -> None:
    """The attack: a coordinator writes their own national number on a colleague who is a contact too, and logs in."""
    manager, number = shared_world.user("horten", Role.MANAGER), "15890098765"
    with hostile_provider() as provider:
        code = f"p{uuid4().hex[:8]}"
        await register(shared_world, provider.issuer, code, kind="idporten", municipality_id=None,
                       auth_method="client_secret_post", levels={"idporten-loa-high": "high"})  # fmt: skip
        await shared_world.sql(
            "INSERT INTO person (tenant_id, id, given_name, family_name, number_hash, user_id)"
            " VALUES ($1, $2, 'Ida', 'Lie', $3, $4)",
            shared_world.horten, uuid4(), KEYS.number_hash(shared_world.horten, number), manager,
        )  # fmt: skip
        await shared_world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
            " VALUES (gen_random_uuid(), $1, 'own', $2, 'contact', '2000-01-01', 'attack')",
            manager, shared_world.horten,
        )  # fmt: skip
        provider.claims = {"pid": number, "acr": "idporten-loa-high"}
        browser, _ = await log_in(shared_world, provider, code)
        assert [row["user_id"] for row in await sessions(shared_world, code)] == [manager]
        seen = [(await browser.get(path)).status_code for path in ("/min/horten", "/k/horten")]
        assert seen == [200, 404]
        await shared_world.sql("DELETE FROM membership WHERE granted_by = 'attack'")
        await shared_world.sql("DELETE FROM person WHERE user_id = $1 AND given_name = 'Ida'", manager)


async def test_refused_logins_through_others_fill_no_table(shared_world: World) -> None:
    with hostile_provider() as provider:
        async with registered(shared_world, provider) as code:
            stranger = Browser(shared_world.app)
            for _ in range(65):
                assert (await stranger.get(f"/logg-inn/med/{code}/svar")).status_code == 400
            rows = await shared_world.sql(
                "SELECT count(*) AS n FROM system_audit_entry WHERE action = 'login.provider_refused'"
                " AND details ->> 'provider' = $1", code,
            )  # fmt: skip
            assert rows[0]["n"] == 60


async def test_a_childs_letter_adds_nothing_to_a_parents_account(shared_world: World) -> None:
    _, parent, code = await invited(shared_world, "Per Far")
    browser = Browser(shared_world.app)
    assert (await browser.post("/velkommen", data=form(code, "per.far"))).status_code == 303
    _, child, code = await invited(shared_world, "Pia Barn")
    answer = await browser.submit("/konto/kode", {"kode": code, "fodt": "04.05.1992"})
    assert "er en annens" in answer.text
    rows = await shared_world.sql("SELECT id, user_id FROM person WHERE id = ANY($1)", [parent, child])
    assert {row["id"]: row["user_id"] is not None for row in rows} == {parent: True, child: False}
    assert (
        await Browser(shared_world.app).post("/velkommen", data=form(code, "pia.barn"))
    ).status_code == 303


def test_of_a_double_name_nothing_is_left_in_an_extract() -> None:
    content = {"tables": [{"table": "meeting", "rows": [{"words": "Kari-Anne Moe kom, Kari også."}]}]}
    flags = {"meeting/0/words": {"names": ["Kari", "Kari-Anne", "Moe"], "choice": "names"}}
    words = released(content, flags)["tables"][0]["rows"][0]["words"]
    assert words == f"{MASK} {MASK} kom, {MASK} også."


def test_methods_that_somebody_makes_up_are_one_line_of_the_metrics() -> None:
    metrics = Metrics()
    for number in range(50):
        metrics.answered(f"X{number}", "", 405, 0.01)
    metrics.answered("GET", "/k/{slug}", 200, 0.01)
    told = [sample.labels["method"] for family in metrics.requests.collect() for sample in family.samples
            if sample.name == "sammen_requests_total"]  # fmt: skip
    assert sorted(told) == ["GET", "OTHER"]
