"""The meeting pack and the mapping report: put together, read, printed, and made again just as they were."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import openpyxl
import pikepdf
import pytest

from reporting.measures.api import DEFINITIONS
from reporting.periods import parse
from reporting.releases.tables import offered
from sammen.policy.roles import Role
from tests.database import fresh_database
from tests.figure_samples import more_municipalities, people_live
from tests.integration.test_no_way_around import pdf_text
from tests.release_samples import Cells, approved, made, put_out, released_now, whole
from tests.worlds import World, make_world

BEFORE = parse("2025-h2")
MANAGER, READER = Role.PROJECT_MANAGER, Role.STEERING_GROUP_MEMBER
PACK = {
    "dato": "15.12.2026", "klokka": "10.00", "sted": "Fylkeshuset", "periode": "2026-h1",
    "saker": "Godkjenning av møteboka\nTall for halvåret\nFelles kurs", "forord": "Køen er kortere.\n\nSe på kursene.",
    "rapporter-users": ["brukere", "individuelt-eller-gruppe"], "rapporter-cost": ["kostnad-per-time"],
}  # fmt: skip


def figures(number: int, more: int = 0) -> dict[str, Cells]:
    """A municipality's figures; the first has three users under 18, who must not be told."""
    base = 60 + 17 * number + more
    return {
        "users": {whole("users", age="0-17"): 3 if number == 0 else base // 2, whole("users", age="18-66"): base},
        "services": {whole("services", form="individual"): base, whole("services", form="group"): base // 2},
        "hours": {whole("hours", age="18-66"): (f"{base * 20}", base, "41", "40")},
        "cost": {
            whole("cost", cost_kind="pay"): (f"{base * 20 * (210 + number)}", base, "9000", "8000"),
            whole("cost", cost_kind="administration", form="shared"): (f"{base * 900}", 0, "0", "0"),
        },
        "contacts": {
            whole("contacts", contact_age="18-25", gender="F"): base // 3,
            whole("contacts", contact_age="40-54", tenure="5"): base // 2,
        },
        "contacts_mean": {whole("contacts_mean"): (f"{base}", base, "1", "1")},
        "contacts_left": {whole("contacts_left"): 9 + number},
        "pay_bands": {whole("pay_bands", pay="200"): base // 2, whole("pay_bands", pay="220"): base // 3},
        "deviations_open": {whole("deviations_open"): 0},
        "waiting": {whole("waiting"): 12},
    }  # fmt: skip


@pytest.fixture(scope="module")
async def known(migrated: tuple[str, str]) -> AsyncIterator[World]:
    """Two half-years are out. Færder is late with the last, and Re has answered what schemes it has."""
    async with fresh_database(*migrated) as database:
        world = await make_world(database)
        try:
            empty = await world.browser("vestfold", MANAGER)
            for path, said in (
                ("/r/vestfold/hefte", "Ingen tall er publisert ennå"),
                ("/r/vestfold/kartlegging", "Ingen tall er publisert ennå"),
            ):
                assert said in (await empty.get(path)).text
            for path in ("/r/vestfold/hefte/nytt", "/r/vestfold/kartlegging/kartlegging.pdf"):
                assert (await empty.get(path)).status_code == 404
            others = await more_municipalities(world, ["Larvik", "Sandefjord", "Færder"])
            places = [world.horten, world.re, *others.values()]
            await people_live(world, {place: 20_000 + 900 * n for n, place in enumerate(places)})
            tables = [one.id for one in offered(DEFINITIONS.values()) if one.measure in figures(0)]
            for period in (BEFORE, parse("2026-h1")):
                for number, place in enumerate(places if period == BEFORE else places[:-1]):
                    await approved(world, place, figures(number, 4 if period == BEFORE else 0), period=period)
                await released_now(world, tables, period=period)
            await (await world.browser("re", Role.MANAGER)).submit(
                "/k/re/ordninger", {"svar-operating-concept": "has", "svar-cafe": "planned", "fra": "1.1.2026"},
                page="/k/re/ordninger",
            )  # fmt: skip
            yield world
        finally:
            await world.close()


def read(content: bytes) -> tuple[pikepdf.Pdf, str]:
    pdf = pikepdf.open(io.BytesIO(content))
    return pdf, pdf_text(pdf)


def bookmarks(pdf: pikepdf.Pdf) -> list[str]:
    with pdf.open_outline() as outline:
        return [child.title for item in outline.root for child in (item, *item.children)]


async def test_a_pack_is_put_together_read_and_printed(known: World) -> None:
    manager = await known.browser("vestfold", MANAGER)
    answer = await manager.submit("/r/vestfold/hefte/nytt", PACK, page="/r/vestfold/hefte/nytt")
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    reader = await known.browser("vestfold", READER)
    assert at in (await reader.get("/r/vestfold/hefte")).text
    page = (await reader.get(at)).text
    for said in (
        "Fylkeshuset",
        "kl.\u00a010.00",
        "Felles kurs",
        "Se på kursene.",
        "Uten tall: Færder",
        "En utenforstående",
    ):
        assert said in page, said
    assert "Endre heftet" not in page
    first = (await reader.get(f"{at}/hefte.pdf")).content
    assert (await reader.get(f"{at}/hefte.pdf")).content == first
    pdf, text = read(first)
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang).startswith("nb")
    assert str(pdf.docinfo["/Title"]).replace("\u00a0", " ").endswith("15. desember 2026")
    assert {"Saker", "Nøkkeltall for samarbeidet", "Kostnad", "Slik er tallene laget"} <= set(bookmarks(pdf))
    alts = [str(one["/Alt"]) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert any("Færder: uten tall" in alt for alt in alts)
    assert all(alt.strip() for alt in alts)
    assert "Godkjenning av møteboka" in text.replace("\u00a0", " ")


async def test_a_pack_stays_as_it_was_when_newer_figures_come_and_says_so_when_they_are_withdrawn(
    known: World,
) -> None:
    manager = await known.browser("vestfold", MANAGER)
    at = (await manager.submit("/r/vestfold/hefte/nytt", PACK, page="/r/vestfold/hefte/nytt")).headers[
        "location"
    ]
    before = (await manager.get(f"{at}/hefte.pdf")).content
    rows = await known.sql("SELECT id FROM municipality WHERE name = 'Færder'")
    await approved(known, rows[0]["id"], figures(4))
    tables = [one.id for one in offered(DEFINITIONS.values()) if one.measure in figures(0)]
    await put_out(known, release := await made(known, tables, why="Færder er med."))
    assert (await manager.get(f"{at}/hefte.pdf")).content == before
    assert "Tallene er kommet i en nyere utgave" in (await manager.get(at)).text
    stale = await manager.submit(
        f"{at}/endre", {**PACK, "sted": "Digitalt", "versjon": "7"}, page=f"{at}/endre"
    )
    assert stale.status_code == 409
    changed = await manager.submit(
        f"{at}/endre", {**PACK, "sted": "Digitalt", "versjon": "1"}, page=f"{at}/endre"
    )
    assert changed.status_code == 303
    page = (await manager.get(at)).text
    assert "Digitalt" in page
    assert "Uten tall: Færder" not in page
    await known.sql(
        "UPDATE release SET state = 'withdrawn', withdrawn_at = now(), reason = 'Feil' WHERE id = $1", release
    )
    assert "Tallene i heftet er trukket" in (await manager.get(at)).text
    assert (await manager.get(f"{at}/hefte.pdf")).status_code == 303
    gone = await manager.submit(f"{at}/slett", {}, page=f"{at}/slett")
    assert gone.status_code == 303
    assert (await manager.get(at)).status_code == 404
    await known.sql(
        "UPDATE release SET state = 'shown', withdrawn_at = NULL, reason = '' WHERE id = $1", release
    )


async def test_what_is_wrong_in_the_form_is_named_and_what_was_typed_is_kept(known: World) -> None:
    manager = await known.browser("vestfold", MANAGER)
    form = "/r/vestfold/hefte/nytt"
    for wrong, said in (
        ({"dato": ""}, "Skriv hvilken dag møtet er."),
        ({"dato": "31.2.2026"}, "Februar"),
        ({"klokka": "halv ti"}, "klokkeslett"),
        ({"periode": "2031-h1"}, "Velg hvilken periode heftet skal vise."),
        ({"rapporter-users": [], "rapporter-cost": ["finnes-ikke"]}, "Velg minst én rapport."),
        ({"saker": "x" * 201}, "En sak er for lang."),
        ({"forord": "x" * 4001}, "Teksten er for lang."),
    ):
        answer = await manager.submit(form, {**PACK, **wrong}, page=form)
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
        assert "Fylkeshuset" in answer.text
    assert (await (await known.browser("vestfold", READER)).get(form)).status_code == 403
    assert (await (await known.browser("horten", Role.MANAGER)).get("/r/vestfold/hefte")).status_code == 404


async def test_the_mapping_report_answers_the_mandate_from_published_figures_alone(known: World) -> None:
    reader = await known.browser("vestfold", READER)
    page = (await reader.get("/r/vestfold/kartlegging")).text
    for said in (
        "Kommunene brukte til sammen", "Tallet er skjult for Horten", "Den ene kommunen som har svart, har ordningen",
        "«Felles driftskonsept»", "Punkt i mandatet", "A: Hvilke ordninger finnes", "Slik er tallene laget",
    ):  # fmt: skip
        assert said in page, said
    pdf, text = read((await reader.get("/r/vestfold/kartlegging/kartlegging.pdf?periode=2025-h2")).content)
    assert {"Kort fortalt", "Ordningene", "Hva som følger av tallene"} <= set(bookmarks(pdf))
    assert "2. halvår 2025" in text.replace("\u00a0", " ")
    book = openpyxl.load_workbook(
        io.BytesIO((await reader.get("/r/vestfold/kartlegging/kartlegging.xlsx")).content)
    )
    sheet = next(book[name] for name in book.sheetnames if "Brukere under 18" in name)
    cells = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert cells["Horten"] == ":"
    assert any(isinstance(value, int | float) for value in cells.values())
    assert (await reader.get("/r/vestfold/kartlegging?periode=2019-h1")).status_code == 404
