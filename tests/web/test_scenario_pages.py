"""Scenarios as the project manager and the steering group meet them: tried, saved, and reckoned again."""

from __future__ import annotations

from urllib.parse import urlencode

from reporting.periods import parse
from reporting.releases import queries
from sammen.policy.roles import Role
from tests.released_samples import made_up, publish
from tests.web.test_own_figures_pages import said
from tests.worlds import World

HERE = "/r/vestfold/hva-om"
RATES = {
    "sats_fra": "220", "sats_til": "240", "timer_fra": "95", "timer_til": "105", "andel_fra": "50", "andel_til": "80",
}  # fmt: skip


async def test_a_scenario_is_tried_saved_and_the_same_when_it_is_opened_again(shared_world: World) -> None:
    world = shared_world
    member = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    leader = await world.browser("vestfold", Role.PROJECT_MANAGER)
    assert "Ingen tall er publisert ennå" in (await member.get(HERE)).text
    assert "Ingen tall er publisert ennå" in (await member.get(f"{HERE}/satser")).text
    ids = {"Horten": str(world.horten), "Re": str(world.re)}
    figures: dict[str, dict[str, int | None]] = {
        "Horten": {"cost": 4_321_000, "hours": 9_876},
        "Re": {"cost": None, "hours": 3_210},
    }
    await publish(world, made_up(figures, ids=ids, region_hidden=("cost",)))
    tried = said((await member.get(f"{HERE}/satser?{urlencode(RATES)}")).text)
    assert "Kan ikke regnes for Re." in tried
    assert "Samarbeidet samlet kan ikke regnes" in tried
    assert "Lagre scenarioet" not in tried
    # What makes no sense comes back as it was typed.
    bad = await member.get(f"{HERE}/satser?{urlencode({**RATES, 'sats_fra': '300', 'timer_til': 'mye'})}")
    assert bad.status_code == 422
    assert 'value="mye"' in bad.text
    assert "Samarbeidet samlet" not in bad.text
    assert (await member.get(f"{HERE}/satser?periode=2019-h1")).status_code == 404
    assert (await member.get(f"{HERE}/satser/regnet.xlsx?sats_fra=x")).status_code == 422
    page = f"{HERE}/satser?{urlencode(RATES)}"
    typed = {**RATES, "periode": "2026-h1"}
    unnamed = await leader.submit(f"{HERE}/satser", typed, page=page)
    assert unnamed.status_code == 422
    assert "Skriv hva scenarioet skal hete." in unnamed.text
    answer = await leader.submit(f"{HERE}/satser", {**typed, "navn": "220 til 240 til alle"}, page=page)
    assert answer.status_code == 303
    saved = answer.headers["location"]
    queries.forget()
    shown = said((await member.get(saved)).text)
    assert "Svaret er det samme som da scenarioet ble lagret." in shown
    assert "Nyere tall er publisert" not in shown
    assert "220 til 240 til alle" in (await member.get(HERE)).text
    assert (await member.get(f"{saved}/regnet.xlsx")).content[:2] == b"PK"
    newer = made_up(figures, ids=ids, period=parse("2026-h1").next, region_hidden=("cost",))
    await publish(world, newer)
    assert "Nyere tall er publisert" in (await member.get(saved)).text
    # Who withdraws a release takes its figures from the scenarios as well.
    await world.sql(
        "UPDATE release SET state = 'withdrawn', withdrawn_at = now(), reason = 'Feil' WHERE period = '2026-h1'"
    )
    gone = said((await member.get(saved)).text)
    assert "Publiseringen er trukket tilbake" in gone
    assert "mindre" not in gone
    assert (await member.submit(f"{HERE}/satser", typed, page=HERE)).status_code == 403
