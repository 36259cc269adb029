"""The pages of a municipality's own figures, of who has sent theirs, and of inhabitants. The world is shared: each test
has a period of its own.
"""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

import shared_pool.api
import tenants.api
from reporting.figures.own import ended_periods
from reporting.periods import Period, PeriodKind, parse
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.figures import Measure, Reading
from sammen.policy.roles import Role
from tests.figure_samples import HALF, NUMBERS, report, told
from tests.worlds import Browser, World

OWN = "/k/horten/tall"
FORM = "/innlogginger"
CORRECTED = {**NUMBERS, "users": 151}


async def manager(world: World) -> Browser:
    return await world.browser("horten", Role.MANAGER)


async def project(world: World) -> Browser:
    return await world.browser("vestfold", Role.PROJECT_MANAGER)


def said(text: str) -> str:
    """What a reader sees, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).replace("\u00a0", " ").split())


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's measures say what they are told."""
    monkeypatch.setattr(tenants.api, "MEASURES", told(NUMBERS))
    monkeypatch.setattr(shared_pool.api, "MEASURES", ())


async def test_a_manager_computes_looks_comments_and_approves(shared_world: World, measured: None) -> None:
    world = shared_world
    await report(world, "horten", {**NUMBERS, "users": 100, "hours": 0}, period=HALF.previous)
    browser, path = await manager(world), f"{OWN}/2026-h1"
    assert "Tallene er ikke beregnet ennå" in (await browser.get(path)).text
    started = await browser.submit(f"{path}/beregn", page=path)
    waiting = await browser.get(started.headers["location"])
    assert "Beregner tallene" in waiting.text
    assert "Godkjenn tallene" not in waiting.text
    piece = await browser.get(started.headers["location"], headers={"HX-Request": "true"})
    assert "<html" not in piece.text
    await world.run_jobs()
    piece = await browser.get(started.headers["location"], headers={"HX-Request": "true"})
    assert piece.headers["hx-refresh"] == "true"
    page = await browser.get(started.headers["location"])
    text = said(page.text)
    assert "tall er endret mer enn 20 prosent. De er merket «Mye endret»." in text
    assert "«Mye endret». Vis hvilke Brukere med tilbud Godkjente timer" in text
    assert 'href="#godkjenn"' in page.text
    assert "100 endring +48 %" in text
    assert "går tallene for 1. halvår 2026 til Vestfoldsamarbeidet" in text
    edition = re.search(r'name="utgave" value="([^"]+)"', page.text)
    assert edition
    about = {"utgave": edition[1], "om": "users", "tekst": "Vi tok inn ventelista i mai."}
    assert (await browser.submit(f"{path}/kommentar", about, page=path)).status_code == 303
    note = {"utgave": edition[1], "kommentar": "Tallene er høyere fordi ventelista er tatt inn."}
    assert (await browser.submit(f"{path}/godkjenn", note, page=path)).status_code == 303
    text = said((await browser.get(path)).text)
    assert "Tallene er godkjent" in text
    assert "Vi tok inn ventelista i mai." in text
    over = said((await (await project(world)).get("/r/vestfold/innlevering?periode=2026-h1")).text)
    assert "Tallene er høyere fordi ventelista er tatt inn." in over
    assert "Vi tok inn ventelista" not in over
    assert "148" not in over


async def test_what_stands_in_the_way_is_told_with_the_way_there_and_leaves_no_edition(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_rate(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
        raise Invalid.one("sats", "Det mangler timesats for %(day)s.", day="02.03.2024")

    broken = [Measure("cost", "money", "kroner", (), no_rate) if m.id == "cost" else m for m in told(NUMBERS)]
    monkeypatch.setattr(tenants.api, "MEASURES", broken)
    monkeypatch.setattr(shared_pool.api, "MEASURES", ())
    browser, path = await manager(shared_world), f"{OWN}/2024-h1"
    started = await browser.submit(f"{path}/beregn", page=path)
    await shared_world.run_jobs()
    page = (await browser.get(started.headers["location"])).text
    assert "Det mangler timesats for 02.03.2024." in page
    assert 'href="/k/horten/satser"' in page
    assert "Tallene er ikke beregnet ennå" in page
    assert await shared_world.sql("SELECT 1 FROM figure_set WHERE period = '2024-h1'") == []


async def test_a_correction_asks_for_its_reason_keeps_what_was_typed_and_stands_in_the_history(
    shared_world: World,
) -> None:
    world, period, path = shared_world, parse("2023-h1"), f"{OWN}/2023-h1"
    first = await report(world, "horten", NUMBERS, period=period)
    second = await report(world, "horten", CORRECTED, period=period, approved=False)
    browser = await manager(world)
    typed = {"utgave": str(second), "grunn": "", "kommentar": "Vi rettet <b>mai</b>."}
    refused = await browser.submit(f"{path}/godkjenn", typed, page=path)
    assert refused.status_code == 422
    assert "hva som er rettet" in refused.text
    assert "Vi rettet &lt;b&gt;mai&lt;/b&gt;." in refused.text
    long = await browser.submit(f"{path}/godkjenn", {**typed, "grunn": "x" * 501}, page=path)
    assert long.status_code == 422
    assert "høyst 500 tegn" in long.text
    answer = await browser.submit(f"{path}/godkjenn", {**typed, "grunn": "Tre oppdrag manglet."}, page=path)
    assert answer.status_code == 303
    text = said((await browser.get(f"{path}/utgaver")).text)
    assert "Tre oppdrag manglet." in text
    assert "Brukere med tilbud: fra 148 til 151." in text
    old = await browser.submit(f"{path}/godkjenn", {"utgave": str(first)}, page=path)
    assert old.status_code == 409
    again = await browser.submit(f"{path}/godkjenn", {"utgave": str(second), "grunn": "x"}, page=path)
    assert again.status_code == 409
    assert "godkjent allerede" in again.text


async def test_nonsense_and_anothers_edition_are_not_found(shared_world: World) -> None:
    theirs = await report(shared_world, "re", NUMBERS, period=parse("2022-h1"), approved=False)
    mine = await report(shared_world, "horten", NUMBERS, period=parse("2022-h2"), approved=False)
    browser = await manager(shared_world)
    for verb in ("godkjenn", "kommentar"):
        for wrong in ("", "1", "00000000-0000-0000-0000-000000000000", str(theirs), str(mine)):
            sent = {"utgave": wrong, "tekst": "x"}
            assert (await browser.submit(f"{OWN}/2022-h1/{verb}", sent, page=FORM)).status_code == 404
    for period in (f"{today().year}", "2026-3", "2026-h3", "2026-H1", "1. halvår 2026", "tull", "9999-h1"):
        assert (await browser.get(f"{OWN}/{period}")).status_code == 404, period
    assert (await browser.get(f"{OWN}/1999-h1/utgaver")).status_code == 404
    assert (await browser.get(f"{OWN}?lengde=tull")).status_code == 200


async def test_a_form_sent_twenty_times_approves_once(shared_world: World) -> None:
    made = await report(shared_world, "horten", NUMBERS, period=parse("2021-h1"), approved=False)
    browser = await manager(shared_world)
    for _ in range(20):
        answer = await browser.submit(f"{OWN}/2021-h1/godkjenn", {"utgave": str(made)}, page=FORM, key="one")
        assert answer.status_code == 303
    assert len(await shared_world.sql("SELECT 1 FROM figure_approval WHERE period = '2021-h1'")) == 1


async def test_the_pages_open_for_those_who_may_and_do_what_they_may(shared_world: World) -> None:
    world, path = shared_world, f"{OWN}/2020-h1"
    made = await report(world, "horten", NUMBERS, period=parse("2020-h1"), approved=False)
    administrator = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    page = await administrator.get(path)
    assert "148" in page.text
    assert "Lederen godkjenner tallene." in page.text
    for verb in ("godkjenn", "beregn"):
        assert (
            await administrator.submit(f"{path}/{verb}", {"utgave": str(made)}, page=FORM)
        ).status_code == 403
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    elsewhere = await world.browser("re", Role.MANAGER)
    for address in (OWN, path, f"{path}/utgaver"):
        assert (await elsewhere.get(address)).status_code == 404
        assert (await (await project(world)).get(address)).status_code == 404
        assert (await coordinator.get(address)).status_code == 403
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    for address in ("innlevering", "folketall"):
        assert (await steering.get(f"/r/vestfold/{address}")).status_code == 200
        assert (await (await manager(world)).get(f"/r/vestfold/{address}")).status_code == 404
    assert "Les inn en ny fil" not in (await steering.get("/r/vestfold/folketall")).text
    for address in ("innlevering/2020-h1/minn", "folketall"):
        assert (await steering.submit(f"/r/vestfold/{address}", page=FORM)).status_code == 403


async def test_the_managers_day_begins_with_figures_that_wait_and_the_project_managers_with_who_is_late(
    shared_world: World,
) -> None:
    world, latest = shared_world, ended_periods(HALF.kind, today(), 1)[0]
    leader = await world.browser("re", Role.MANAGER)
    assert f"/tall/{latest.slug}" in (await leader.get("/k/re")).text
    overview = f"/r/vestfold/innlevering?periode={latest.slug}"
    late = latest.end.toordinal() + 42 < today().toordinal()
    boss = await project(world)
    assert (overview in (await boss.get("/r/vestfold/min-dag")).text) is late
    page = await boss.get(overview)
    assert "De er ikke null." in said(page.text)
    asked = await boss.submit(f"/r/vestfold/innlevering/{latest.slug}/minn", page=overview)
    assert asked.status_code == 303
    assert "Minn dem" not in (await boss.get(overview)).text
    await world.run_jobs()
    await report(world, "re", NUMBERS, period=latest, approved=False)
    assert "Samarbeidet venter på at du godkjenner" in said((await leader.get("/k/re")).text)
    await report(world, "re", NUMBERS, period=latest)
    assert f"/tall/{latest.slug}" not in (await leader.get("/k/re")).text
    for wrong in ("tull", "2026-02", f"{today().year + 1}-h1"):
        assert (await boss.submit(f"/r/vestfold/innlevering/{wrong}/minn", page=FORM)).status_code == 404


async def test_inhabitants_are_read_in_looked_over_and_used(shared_world: World) -> None:
    world, base = shared_world, "/r/vestfold/folketall"
    boss = await project(world)
    codes = [row["code"] for row in await world.sql("SELECT code FROM municipality ORDER BY name")]
    bands = (("0-17", 2000), ("18-66", 6000), ("67-79", 900), ("80+", 300), ("60-69", 7))
    lines = [f"2026;{code};;{band};{number}" for code in codes for band, number in bands]
    content = "\n".join(
        ["år;kode;kommune;alder;innbyggere", *lines, "2026;9999;Et annet sted;0-17;4"]
    ).encode()
    facts = {"kilde": "SSB tabell 07459", "hentet": "20.11.2026"}
    for wrong, word in (({**facts, "kilde": ""}, "hvor tallene er hentet"), ({**facts, "hentet": "i går"}, "28.02.2026"),
                        ({**facts, "hentet": "01.01.2090"}, "framtida")):  # fmt: skip
        answer = await boss.submit(base, wrong, page=base, files={"fil": ("folk.csv", content)})
        assert answer.status_code == 422
        assert word in said(answer.text)
    nofile = await boss.submit(base, facts, page=base, files={"fil": ("folk.pdf", b"%PDF-1.7 x")})
    assert nofile.status_code == 422
    made = await boss.submit(base, facts, page=base, files={"fil": ("folk.csv", content)})
    assert made.status_code == 303
    where = made.headers["location"]
    text = said((await boss.get(where)).text)
    assert "Linje 6, 11: Alderen «60-69» passer ikke." in text
    assert "Én linje gjelder en annen kommune" in text
    assert "9 200" in text
    assert "Kilde: SSB tabell 07459" not in said((await boss.get(base)).text)
    used = await boss.submit(f"{where}/bruk", {"versjon": "1"}, page=FORM)
    assert used.status_code == 303
    assert "Per 1. januar 2026. Kilde: SSB tabell 07459." in said((await boss.get(base)).text)
    for verb in ("bruk", "forkast"):
        assert (await boss.submit(f"{where}/{verb}", {"versjon": "1"}, page=FORM)).status_code == 409
    await report(world, "horten", {"users": 92}, period=parse("2025"), approved=False)
    await report(world, "horten", {"users": 92}, period=Period(PeriodKind.MONTH, 2026, 9), approved=False)
    page = said((await (await manager(world)).get(f"{OWN}/2026-09")).text)
    assert "Brukere per 1 000 innbyggere 10,0" in page
    assert "Kilde: SSB tabell 07459." in page
    absent = "00000000-0000-0000-0000-000000000000"
    assert (await boss.get(f"{base}/{absent}")).status_code == 404
    assert (await boss.submit(f"{base}/{absent}/bruk", {"versjon": "1"}, page=FORM)).status_code == 404
