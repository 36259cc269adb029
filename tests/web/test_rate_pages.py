"""Tables of rates from the screens: entered row by row, read back in plain words, put in force, copied, tried, shared."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.rates.api import RateStep, add_simple_table, rate_tables, tables_of
from tests.provider_samples import assigned
from tests.rate_samples import RULES
from tests.worlds import Browser, World

SATSER = "/k/horten/satser"
Rows = list[dict[str, str]]

KVINNHERAD: Rows = [
    {"hva": "hours:rate", "kroner": "195", "form": "any"}, {"hva": "hours:rate", "kroner": "235,00", "form": "group"},
]  # fmt: skip
LEVANGER: Rows = [
    {"hva": "hours:rate", "kroner": "147,95", "alder_fra": "18"},
    {"hva": "expense:per_month", "kroner": "50"},
    {"hva": "expense:per_month", "kroner": "100", "bruker_til": "17"},
    {"hva": "kilometres:state", "bruker_til": "17", "tak_km": "50"},
]
HEMNES: Rows = [
    {"hva": "hours:rate", "kroner": "126,98"},
    {"hva": "receipts:receipts", "tak_kroner": "200"},
    {"hva": "kilometres:rate", "kroner": "3,65", "tak_km": "100"},
    {"hva": "commute:rate", "kroner": "3,65"},
]


def typed(rows: Rows, **head: str) -> dict[str, str]:
    """A table's form as a browser sends it, with a blank row at the end."""
    found = {
        "fra": "01.01.2026",
        "feriepenger_for": "any",
        "gjor": "lagre",
        "rader": str(len(rows) + 1),
        **head,
    }
    for number, row in enumerate([*rows, {}], 1):
        for part in (
            "hva",
            "kroner",
            "form",
            "alder_fra",
            "bruker_til",
            "tak_km",
            "tak_kroner",
            "tak_turer",
            "minst_kroner",
        ):
            found[f"{part}-{number}"] = row.get(part, "any" if part == "form" else "")
        for part, text in row.items():
            found[f"{part}-{number}"] = text
    return found


def plain(text: str) -> str:
    """A page's words, without tags."""
    words = re.sub(r"<[^>]+>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(words).replace("\N{NO-BREAK SPACE}", " "))


async def entered(browser: Browser, rows: Rows, **head: str) -> str:
    """Draft a table; the address of its page."""
    answer = await browser.submit(f"{SATSER}/ny", typed(rows, **head), page=f"{SATSER}/ny")
    assert answer.status_code == 303, plain(answer.text)[:2000]
    return str(answer.headers["location"])


async def version(browser: Browser, path: str) -> str:
    found = re.search(r'name="versjon" value="(\d+)"', (await browser.get(path)).text)
    assert found
    return found[1]


async def in_force(browser: Browser, path: str) -> None:
    answer = await browser.submit(path, {"gjor": "bruk", "versjon": await version(browser, path)}, page=path)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "rows", "says"),
    [
        ("kvinnherad", KVINNHERAD, ["Alle 195,00 kr i timen", "Aktivitetsgruppe 235,00 kr i timen"]),
        ("levanger", LEVANGER, [
            "Støttekontakter fra 18 år 147,95 kr i timen", "Alle 50,00 kr i måneden", "Brukere under 18 år 100,00 kr i måneden",
            "Brukere under 18 år Statens sats per km Høyst 50 km i måneden",
        ]),
        ("hemnes", HEMNES, [
            "Alle 126,98 kr i timen", "Det kvitteringene viser Høyst 200,00 kr i måneden",
            "3,65 kr per km Høyst 100 km i måneden",
        ]),
    ],
)  # fmt: skip
async def test_a_published_rule_is_entered_from_the_form_and_read_back(
    world: World, name: str, rows: Rows, says: list[str]
) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    path = await entered(payroll, rows)
    shown = plain((await payroll.get(path)).text)
    for sentence in says:
        assert sentence in shown, shown
    await in_force(payroll, path)
    assert "Gjelder nå" in plain((await payroll.get(path)).text)
    async with world.at("horten", Role.PAYROLL) as uow:
        kept = (await rate_tables(uow)).tables[0]
    assert set(kept.steps) == set(RULES[name].steps)


async def test_every_published_rule_can_be_typed(world: World) -> None:
    """All fifteen, each field of their rows as a person would fill it in."""
    from tenants.rates.forms import rows_of

    payroll = await world.browser("horten", Role.PAYROLL)
    for name, rule in RULES.items():
        percent = str(rule.holiday_percent).replace(".", ",") if rule.holiday_percent else ""
        path = await entered(payroll, rows_of(rule.steps), feriepenger=percent, navn=name)
        async with world.at("horten", Role.PAYROLL) as uow:
            card = next(one for one in await tables_of(uow) if one.id == UUID(path.rpartition("/")[2]))
        assert (card.steps, card.holiday_percent) == (rule.steps, rule.holiday_percent)


async def test_rows_are_added_and_removed_without_losing_what_is_typed(world: World) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    sent = typed(LEVANGER, navn="Etter forhandling")
    more = await payroll.submit(f"{SATSER}/ny", {**sent, "gjor": "rad"}, page=f"{SATSER}/ny")
    assert more.status_code == 422
    assert 'name="hva-6"' in more.text
    assert 'value="Etter forhandling"' in more.text
    less = await payroll.submit(f"{SATSER}/ny", {**sent, "gjor": "fjern-2"}, page=f"{SATSER}/ny")
    assert re.search(r'name="kroner-2"[^>]*value="100"', less.text)
    assert "error-summary" not in less.text
    assert not await world.sql("SELECT 1 FROM rate_table")


@pytest.mark.parametrize(
    ("rows", "head", "field", "says"),
    [
        ([{"hva": "hours:rate", "kroner": ""}], {}, "kroner-1", "Skriv kroner i rad 1."),
        ([{"hva": "", "kroner": "195"}], {}, "hva-1", "Velg hva raden gjelder."),
        (
            [{"hva": "hours:rate", "kroner": "195"}] * 2,
            {},
            "hva-2",
            "Rad 2 sier det samme som rad 1. Fjern den ene.",
        ),
        ([{"hva": "hours:rate", "kroner": "5000"}], {}, "kroner-1", "høyst 2000 kroner"),
        ([{"hva": "hours:rate", "kroner": "-5"}], {}, "kroner-1", "0,01 eller mer"),
        ([{"hva": "hours:rate", "kroner": "gratis"}], {}, "kroner-1", "Skriv et tall"),
        (
            [{"hva": "hours:rate", "kroner": "195", "alder_fra": "30", "alder_til": "20"}],
            {},
            "alder_til-1",
            "høyeste alderen",
        ),
        ([{"hva": "hours:rate", "kroner": "195", "tak_km": "50"}], {}, "tak_km-1", "passer ikke"),
        ([{"hva": "kilometres:state", "kroner": "4"}], {}, "kroner-1", "ingen egen sats"),
        (
            [{"hva": "kilometres:state", "tak_km": "50", "tak_turer": "2"}],
            {},
            "tak_turer-1",
            "enten tak i kilometer",
        ),
        (
            [{"hva": "kilometres:state", "tak_kroner": "50", "minst_kroner": "60"}],
            {},
            "minst_kroner-1",
            "høyere enn taket",
        ),
        ([{"hva": "kilometres:state"}], {}, "rader", "minst én rad med timelønn"),
        ([{"hva": "hours:rate", "kroner": "195", "kurs": "trolldom"}], {}, "kurs-1", "Velg fra lista."),
        (KVINNHERAD, {"fra": "31.04.2026"}, "fra", "April 2026 har 30 dager"),
        (KVINNHERAD, {"feriepenger": "50"}, "feriepenger", "25"),
        ([], {}, "rader", "minst én rad med timelønn"),
    ],
)
async def test_what_cannot_be_is_answered_at_the_field_and_what_was_typed_stays(
    shared_world: World, rows: Rows, head: dict[str, str], field: str, says: str
) -> None:
    payroll = await shared_world.browser("horten", Role.PAYROLL)
    answer = await payroll.submit(
        f"{SATSER}/ny", typed(rows, **{"navn": "Min tabell", **head}), page=f"{SATSER}/ny"
    )
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert says in plain(answer.text)
    assert 'value="Min tabell"' in answer.text


async def test_a_table_in_force_is_not_edited_but_copied_or_taken_out_until_somebody_is_paid(
    world: World,
) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    path = await entered(payroll, KVINNHERAD)
    await in_force(payroll, path)
    assert (await payroll.get(f"{path}/endre")).status_code == 303
    answer = await payroll.submit(
        f"{path}/endre", {**typed(HEMNES), "versjon": await version(payroll, path)}, page=path
    )
    assert answer.status_code == 409
    copy = await payroll.submit(path, {"gjor": "kopier"}, page=path)
    form = str(copy.headers["location"])
    assert 'value="235"' in (await payroll.get(form)).text
    # One day has one table: the copy from the same day is refused until the first is taken out.
    sent = {**typed(HEMNES), "versjon": await version(payroll, form)}
    assert (await payroll.submit(form, sent, page=form)).status_code == 303
    draft = form.removesuffix("/endre")
    refused = await payroll.submit(
        draft, {"gjor": "bruk", "versjon": await version(payroll, draft)}, page=draft
    )
    assert refused.status_code == 422
    assert "gjelder allerede fra 01.01.2026" in plain(refused.text)
    taken = await payroll.submit(path, {"gjor": "ta_ut", "versjon": await version(payroll, path)}, page=path)
    assert taken.status_code == 303
    await in_force(payroll, draft)
    gone = await payroll.submit(path, {"gjor": "slett", "versjon": await version(payroll, path)}, page=path)
    assert gone.status_code == 303
    assert (await payroll.get(path)).status_code == 404
    trail = [
        row["action"] for row in await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'rates.%'")
    ]
    assert trail.count("rates.in_force") == 2
    assert {"rates.drafted", "rates.copied", "rates.changed", "rates.taken_out", "rates.dropped"} <= set(
        trail
    )


async def test_two_who_change_a_draft_do_not_write_over_each_other(world: World) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    path = await entered(payroll, KVINNHERAD)
    form = f"{path}/endre"
    seen = await version(payroll, form)
    assert (await payroll.submit(form, {**typed(HEMNES), "versjon": seen}, page=form)).status_code == 303
    assert (await payroll.submit(form, {**typed(LEVANGER), "versjon": seen}, page=form)).status_code == 409
    assert (await payroll.submit(path, {"gjor": "bruk", "versjon": seen}, page=path)).status_code == 409


async def test_one_rate_for_everybody_is_two_fields_and_a_years_administration_two_more(world: World) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    assert "Ingen timesats er lagt inn." in (await payroll.get(SATSER)).text
    rate = {"hva": "timesats", "fra": "01.01.2026", "sats": "195,50"}
    assert (await payroll.submit(SATSER, rate, page=SATSER)).status_code == 303
    again = await payroll.submit(SATSER, rate, page=SATSER)
    assert again.status_code == 422
    assert "gjelder allerede fra 01.01.2026" in plain(again.text)
    total = {"hva": "administrasjon", "aar": "2026", "sum": "1 250 000"}
    assert (await payroll.submit(SATSER, total, page=SATSER)).status_code == 303
    # Somebody whose page is older than that sum is shown it, and does not write over it.
    answer = await payroll.submit(SATSER, {**total, "sum": "900 000"}, page=SATSER)
    assert answer.status_code == 409
    assert "1 250 000" in plain(answer.text)
    assert (await payroll.submit(SATSER, {**total, "versjon-2026": "1"}, page=SATSER)).status_code == 303
    shown = plain((await payroll.get(SATSER)).text)
    assert "Alle: 195,50 kr i timen" in shown
    assert "Gjelder nå" in shown
    # Where a table has more rows, one rate for all would drop them.
    await in_force(payroll, await entered(payroll, KVINNHERAD, fra="01.02.2026"))
    assert "Én sats for alle" not in (await payroll.get(SATSER)).text
    refused = await payroll.submit(SATSER, {**rate, "fra": "01.03.2026"}, page=SATSER)
    assert "har flere rader" in plain(refused.text)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"hva": "timesats", "fra": "31.04.2026", "sats": "195"}, "April 2026 har 30 dager"),
        ({"hva": "timesats", "fra": "01.01.2026", "sats": "0"}, "mellom 1 og 2000"),
        ({"hva": "timesats", "fra": "01.01.2026", "sats": "gratis"}, "Skriv et tall"),
        ({"hva": "timesats", "fra": "", "sats": ""}, "Skriv dagen satsen gjelder fra."),
        ({"hva": "administrasjon", "aar": "26", "sum": "1000"}, "fire sifre"),
        ({"hva": "administrasjon", "aar": "2026,5", "sum": "1000"}, "helt tall"),
        ({"hva": "administrasjon", "aar": "2026", "sum": ""}, "Skriv beløpet i kroner."),
    ],
)
async def test_a_rate_that_cannot_be_is_answered_at_the_field(
    shared_world: World, sent: dict[str, str], says: str
) -> None:
    payroll = await shared_world.browser("horten", Role.PAYROLL)
    answer = await payroll.submit(SATSER, sent, page=SATSER)
    assert answer.status_code == 422
    assert says in answer.text


async def test_units_that_pay_differently_for_the_same_work_are_told(world: World) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    for unit, kroner in (("", "200"), ("Psykisk helse", "230")):
        await in_force(payroll, await entered(payroll, [{"hva": "hours:rate", "kroner": kroner}], enhet=unit))
    shown = plain((await payroll.get(SATSER)).text)
    assert "Enhetene betaler ulikt for samme arbeid" in shown
    assert "Hele kommunen 200,00 kr i timen, Psykisk helse 230,00 kr i timen" in shown


async def test_what_is_agreed_for_an_assignment_is_set_and_shown_on_its_page(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    kari = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    path = f"/k/horten/oppdrag/{assignment}/vilkar"
    sent = {
        "fra": format_date(today()),
        "utgifter": "per_hour",
        "utgifter_kroner": "30",
        "kjoring": "state",
        "km_tak": "40",
    }
    assert (await kari.submit(path, sent, page=path)).status_code == 303
    shown = plain((await kari.get(path)).text)
    assert "Utgifter: 30,00 kr per time. Kjøring etter statens sats. Høyst 40 km i måneden" in shown
    for wrong, says in (
        ({**sent, "utgifter_kroner": ""}, "Skriv beløpet dere er enige om."),
        ({**sent, "kjoring": "rate"}, "Skriv satsen per kilometer."),
        ({**sent, "fra": ""}, "Skriv dagen avtalen gjelder fra."),
    ):
        answer = await kari.submit(path, wrong, page=path)
        assert answer.status_code == 422
        assert says in answer.text
    # The same day again corrects it, unless somebody else has.
    once = {**sent, f"versjon-{today()}": "1", "utgifter_kroner": "35"}
    assert (await kari.submit(path, once, page=path)).status_code == 303
    assert (await kari.submit(path, once, page=path)).status_code == 409
    page = await kari.get(f"/k/horten/oppdrag/{assignment}")
    if page.status_code == 200:
        assert "Utgifter: 35,00 kr per time" in plain(page.text)
    for slug, role in (("horten", Role.PAYROLL), ("re", Role.PROVIDER_COORDINATOR)):
        other = await world.browser(slug, role)
        assert (await other.get(path.replace("horten", slug))).status_code in (403, 404)


async def test_the_approved_hours_are_tried_under_another_table(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    last = today().replace(day=1)
    day = date.fromordinal(last.toordinal() - 10)
    for hours in ("2.00", "2.50"):
        await world.sql(
            "INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, hours, activity, state,"
            " decided_at) VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, 'Tur', 'approved', now())",
            world.horten, assignment, contact, day, Decimal(hours),
        )  # fmt: skip
    payroll = await world.browser("horten", Role.PAYROLL)
    base = f"{SATSER}/hva-om"
    assert "Eksempel: Kvinnherad 2023" in (await payroll.get(base)).text
    asked = f"{base}?tabell=eksempel:kvinnherad&maneder=1"
    assert "Det mangler sats for timer" in plain((await payroll.get(asked)).text)
    async with world.at("horten", Role.PAYROLL) as uow:
        await add_simple_table(uow, date(2024, 1, 1), Decimal(200))
    shown = plain((await payroll.get(asked)).text)
    # 4,5 h × 200 = 900; × 195 = 877,50
    assert "Timene ville ha kostet 23 kr mindre" in shown or "Timene ville ha kostet 22 kr mindre" in shown
    assert "under 5" in shown
    gone = await payroll.get(f"{base}?tabell=delt:{contact}&maneder=1")
    assert "Tabellen finnes ikke lenger" in gone.text
    young = plain((await payroll.get(f"{base}?tabell=eksempel:levanger&maneder=1")).text)
    assert "timer er ikke med" in young or "Timene ville ha kostet" in young


async def test_a_shared_table_is_seen_by_the_region_and_gone_when_it_is_withdrawn(world: World) -> None:
    horten, neighbour = await world.browser("horten", Role.PAYROLL), await world.browser("re", Role.PAYROLL)
    path = await entered(horten, LEVANGER, navn="Avtalt med Anne Vik", merknad="Anne Vik ringte")
    refused = await horten.submit(f"{path}/del", {"gjor": "del"}, page=path)
    assert refused.status_code == 409
    await in_force(horten, path)
    assert (await horten.submit(f"{path}/del", {"gjor": "del"}, page=path)).status_code == 303
    assert (await horten.submit(f"{path}/del", {"gjor": "del"}, page=path)).status_code == 409
    page = "/k/re/satser/delt"
    shown = (await neighbour.get(page)).text
    assert "Støttekontakter fra 18 år: 147,95 kr i timen" in plain(shown)
    assert "Anne Vik" not in shown
    link = re.search(r'href="([^"]*hva-om\?tabell=delt:[^"]+)"', shown)
    assert link
    assert (await neighbour.get(html.unescape(link[1]))).status_code == 200
    foreign = await neighbour.submit(f"{path.replace('horten', 're')}/del", {"gjor": "trekk"}, page=page)
    assert foreign.status_code == 404
    assert (await horten.submit(f"{path}/del", {"gjor": "trekk"}, page=path)).status_code == 303
    assert "147,95" not in (await neighbour.get(page)).text


async def test_the_wrong_role_and_the_neighbour_meet_closed_doors(world: World) -> None:
    payroll = await world.browser("horten", Role.PAYROLL)
    path = await entered(payroll, KVINNHERAD)
    kari, neighbour = (
        await world.browser("horten", Role.PROVIDER_COORDINATOR),
        await world.browser("re", Role.PAYROLL),
    )
    for address in (SATSER, f"{SATSER}/ny", f"{SATSER}/hva-om", f"{SATSER}/delt", path):
        assert (await kari.get(address)).status_code == 403
        assert (await neighbour.get(address)).status_code == 404
    for address in (path, f"{path}/endre"):
        assert (await neighbour.get(address.replace("horten", "re"))).status_code == 404


def test_a_step_typed_and_read_again_is_the_same() -> None:
    from tenants.rates.forms import rows_of

    step = RateStep(
        "kilometres", "rate", 3_65, "group", "contractor", 18, 66, 30, "first_aid", 5, 17, Decimal("40.5"), 200_00, None, None,
        50_00,
    )  # fmt: skip
    assert rows_of((step,))[0]["ansiennitet"] == "2,5"
