"""The administrator's pages for staff: an invitation's way, roles in time, and what nobody may do to themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.web.test_account_pages import NEW, Post, post
from tests.worlds import Browser, World

__all__ = ["post"]
ADMINISTRATOR = Role.MUNICIPALITY_ADMINISTRATOR


async def test_an_invited_employee_makes_a_password_and_has_the_role(shared_world: World, post: Post) -> None:
    leader = await shared_world.browser("horten", ADMINISTRATOR)
    empty = await leader.submit("/k/horten/ansatte/ny", {"epost": "nei", "til": "01.01.2020"})
    for said in ("Skriv navnet.", "som navn@eksempel.no", "Velg minst én rolle.", "Siste dag har vært."):
        assert said in empty.text
    form = {
        "navn": "Nora Nydal",
        "epost": "Nora@horten.test",
        "roller": ["payroll"],
        "til": format_date(today() + timedelta(30)),
    }
    assert (await leader.submit("/k/horten/ansatte/ny", form)).status_code == 303
    assert "Nora Nydal" in (await leader.get("/k/horten/ansatte")).text
    await shared_world.run_jobs()
    letter = post.carried[-1]
    assert letter.address == "nora@horten.test"
    link = re.findall(r"/lenke/\S+", letter.body)[0]
    nora = Browser(shared_world.app)
    assert "rollen lønn" in (await nora.get(link)).text
    assert (await nora.post(link, data={"passord": NEW})).headers["location"] == "/logg-inn"
    assert (
        await nora.post("/logg-inn", data={"brukernavn": "nora@horten.test", "passord": NEW})
    ).status_code == 303
    assert (await nora.get("/k/horten")).headers["location"].startswith("/bekreft?nivaa=second_factor")
    row = await shared_world.sql("SELECT id FROM user_account WHERE email = 'nora@horten.test'")
    held = await shared_world.sql("SELECT role, valid_to FROM membership WHERE user_id = $1", row[0]["id"])
    assert [(one["role"], one["valid_to"]) for one in held] == [("payroll", today() + timedelta(30))]
    trail = await shared_world.sql(
        "SELECT action FROM audit_entry WHERE object_id = $1 OR action = 'member.invited'", row[0]["id"]
    )
    assert {one["action"] for one in trail} == {"member.invited", "member.joined"}


async def test_an_offer_to_somebody_with_an_account_changes_neither_name_nor_password(
    shared_world: World, post: Post
) -> None:
    leader, user = await shared_world.browser("horten", ADMINISTRATOR), shared_world.user("re", Role.PAYROLL)
    before = (
        await shared_world.sql(
            "UPDATE user_account SET password_hash = 'x', email_checked_at = now() WHERE id = $1"
            " RETURNING email, display_name",
            user,
        )
    )[0]
    form = {"navn": "Et annet navn", "epost": before["email"], "roller": ["payroll"]}
    await leader.submit("/k/horten/ansatte/ny", form)
    shown = (await leader.get("/k/horten/ansatte")).text
    assert "Et annet navn" in shown
    await shared_world.run_jobs()
    link = re.findall(r"/lenke/\S+", post.carried[-1].body)[0]
    stranger = Browser(shared_world.app)
    assert "Du har en konto fra før" in (await stranger.get(link)).text
    await stranger.post(link, data={"passord": NEW})
    after = (
        await shared_world.sql("SELECT password_hash, display_name FROM user_account WHERE id = $1", user)
    )[0]
    assert (after["password_hash"], after["display_name"]) == ("x", before["display_name"])
    await shared_world.sql(
        "DELETE FROM membership WHERE user_id = $1 AND municipality_id = $2", user, shared_world.horten
    )


async def test_nobody_gives_themselves_a_role_and_the_last_administrator_stays(shared_world: World) -> None:
    leader, me = (
        await shared_world.browser("horten", ADMINISTRATOR),
        shared_world.user("horten", ADMINISTRATOR),
    )
    page = f"/k/horten/ansatte/{me}"
    role = {"rolle": "manager", "fra": format_date(today())}
    assert (await leader.submit(f"{page}/rolle", role)).status_code == 403
    kept = await leader.submit(f"{page}/rolle/fjern", {"rolle": ADMINISTRATOR.value})
    assert kept.status_code == 422
    assert "Kommunen må ha en administrator" in kept.text
    assert (await leader.submit(f"{page}/ut", {"grunn": "x"})).status_code == 403


async def test_a_role_for_a_time_is_given_once_and_gone_at_the_next_click(shared_world: World) -> None:
    leader, user = (
        await shared_world.browser("horten", ADMINISTRATOR),
        shared_world.user("horten", Role.PAYROLL),
    )
    page = f"/k/horten/ansatte/{user}"
    form = {"rolle": "manager", "fra": format_date(today()), "til": format_date(today() + timedelta(7))}
    assert (await leader.submit(f"{page}/rolle", {**form, "fra": "01.01.2020"})).status_code == 422
    assert (await leader.submit(f"{page}/rolle", {**form, "til": "01.01.2020"})).status_code == 422
    assert (await leader.submit(f"{page}/rolle", form)).status_code == 303
    assert "Personen har rollen allerede" in (await leader.submit(f"{page}/rolle", form)).text
    worker = await shared_world.browser("horten", Role.PAYROLL)
    assert (await worker.get("/k/horten/tall")).status_code == 200
    assert (await leader.submit(f"{page}/rolle/fjern", {"rolle": "manager"})).status_code == 303
    assert (await worker.get("/k/horten/tall")).status_code == 403
    assert (await leader.submit(f"{page}/rolle/fjern", {"rolle": "manager"})).status_code == 404


async def test_a_lost_telephone_is_mended_with_a_reason_and_the_person_is_told(
    shared_world: World, post: Post
) -> None:
    leader, user = (
        await shared_world.browser("horten", ADMINISTRATOR),
        shared_world.user("horten", Role.MANAGER),
    )
    worker = await shared_world.browser("horten", Role.MANAGER)
    await shared_world.sql("UPDATE user_account SET email_checked_at = now() WHERE id = $1", user)
    await shared_world.sql(
        "INSERT INTO second_factor (id, user_id, sealed, confirmed_at) VALUES ($1, $2, $3, now())",
        uuid4(),
        user,
        b"x" * 40,
    )
    page = f"/k/horten/ansatte/{user}"
    assert "Skriv hvorfor." in (await leader.submit(f"{page}/ut", {"kodeapp": "ja"})).text
    assert (
        await leader.submit(f"{page}/ut", {"kodeapp": "ja", "grunn": "Mistet telefonen"})
    ).status_code == 303
    assert (await worker.get("/k/horten")).headers["location"].startswith("/logg-inn")
    shared_world.tokens.pop(user)
    assert not await shared_world.sql("SELECT 1 FROM second_factor WHERE user_id = $1", user)
    await shared_world.run_jobs()
    assert "nullstilt" in post.carried[-1].body
    told = await shared_world.sql("SELECT why FROM audit_entry WHERE action = 'member.factor_reset'")
    assert told[0]["why"] == "Mistet telefonen"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DATA_PROTECTION_OFFICER, Role.PROVIDER_COORDINATOR])
async def test_others_see_no_list_of_employees_and_nobody_sees_the_neighbours(
    shared_world: World, role: Role
) -> None:
    browser = await shared_world.browser("horten", role)
    assert (await browser.get("/k/horten/ansatte")).status_code == 403
    leader = await shared_world.browser("horten", ADMINISTRATOR)
    foreign = shared_world.user("re", Role.MANAGER)
    absent = await leader.get(f"/k/horten/ansatte/{uuid4()}")
    assert (await leader.get(f"/k/horten/ansatte/{foreign}")).content == absent.content
    async with shared_world.at("horten", role) as uow:
        with pytest.raises(Exception, match="not allowed here"):
            await uow.call("SELECT * FROM sammen.members()")


async def test_a_new_municipality_is_told_what_it_lacks_until_it_has_it(shared_world: World) -> None:
    """D13: nobody is told that all is done where nothing has begun."""
    leader = await shared_world.browser("horten", ADMINISTRATOR)
    await shared_world.sql(
        "UPDATE membership SET valid_to = '2001-01-01' WHERE role = 'data_protection_officer' AND municipality_id = $1",
        shared_world.horten,
    )
    page = (await leader.get("/k/horten")).text
    for said in (
        "Ingen har ennå rollen personvernombud.",
        "Skriv hvem folk kan ringe",
        "Legg inn timesatsen",
    ):
        assert said in page
    await shared_world.sql(
        "UPDATE membership SET valid_to = NULL WHERE valid_to = '2001-01-01' AND municipality_id = $1",
        shared_world.horten,
    )
    await shared_world.sql(
        'UPDATE municipality SET settings = settings || \'{"brev": {"linjer": ["Telefon 680 50 701"]}}\' WHERE id = $1',
        shared_world.horten,
    )
    page = (await leader.get("/k/horten")).text
    assert "Ingen har ennå rollen" not in page
    assert "Skriv hvem folk kan ringe" not in page
    await shared_world.sql(
        "UPDATE municipality SET settings = settings - 'brev' WHERE id = $1", shared_world.horten
    )


async def test_outside_a_collaboration_a_shared_page_says_so_and_blames_no_role(world: World) -> None:
    await world.sql("DELETE FROM region_membership WHERE municipality_id = $1", world.horten)
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    for path in ("/k/horten/formidling", "/k/horten/rekruttering", "/k/horten/aktivitetskalender"):
        answer = await coordinator.get(path)
        assert answer.status_code == 403
        assert '<h1 class="ds-heading">Kommunen er ikke med i et samarbeid</h1>' in answer.text
        assert "Spør den som styrer tilganger" not in answer.text
    manager = await world.browser("horten", Role.MANAGER)
    for path, said in (
        ("/tall/sammenlign", "Da er det ingen å sammenligne med."),
        ("/ordninger", "Da er det ingen å svare til."),
    ):
        page = (await manager.get("/k/horten" + path)).text
        assert said in page
        assert "Lagre svarene" not in page


async def test_only_who_may_read_cases_is_shown_the_search_for_them(shared_world: World) -> None:
    for role, shown in (
        (ADMINISTRATOR, False),
        (Role.PAYROLL, False),
        (Role.DATA_PROTECTION_OFFICER, False),
        (Role.MANAGER, True),
    ):
        page = (await (await shared_world.browser("horten", role)).get("/k/horten")).text
        assert ('role="search"' in page) is shown, role
