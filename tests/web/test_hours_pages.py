"""Hours by the browser's forms: the phone's page, receipts, a period handed in, approval with reasons, corrections."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PIL import Image

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.people.api import let_in
from tenants.timesheets.api import approve_lines
from tests.provider_samples import assigned, contact
from tests.worlds import Browser, World

CONTACT, COORDINATOR, PAYROLL = Role.CONTACT, Role.PROVIDER_COORDINATOR, Role.PAYROLL
DAY = today() - timedelta(days=1)
TYPED = {"dato": DAY.isoformat(), "fra": "17:00", "til": "19:30", "hva": "Klatret.", "gjor": "send"}
IMAGE = re.compile(r"/min/horten/bilag/[0-9a-f-]{36}")


def photo(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **saved)
    return out.getvalue()


def with_place() -> bytes:
    """A photo that says where it was taken."""
    image = Image.new("RGB", (600, 400), "white")
    exif = image.getexif()
    exif[0x010F] = "Telefonprodusenten"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def opened(world: World) -> tuple[Browser, str, UUID]:
    _, _, assignment = await assigned(world, "horten")
    return await world.browser("horten", CONTACT), f"/min/horten/timer/{assignment}", assignment


def said(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


async def test_a_meeting_with_two_receipts_is_sent_and_its_expenses_are_their_sum(world: World) -> None:
    browser, page, _ = await opened(world)
    answer = await browser.submit(
        page,
        {**TYPED, "kr-1": "86,50", "utlegg-1": "Buss", "kr-2": "120", "utlegg-2": "Svømmehall", "km": "14",
         "km_til_fra": "8", "turer": "2"},
        page=page, files={"bilde-1": ("kvittering.jpg", with_place(), "image/jpeg")},
    )  # fmt: skip
    assert answer.status_code == 303
    (line,) = await world.sql("SELECT * FROM timesheet_line")
    assert (line["state"], line["hours"], line["expenses"]) == ("sent", Decimal("2.50"), Decimal("206.50"))
    assert (line["kilometres"], line["commute_kilometres"], line["trips"]) == (Decimal(14), Decimal(8), 2)
    rows = await world.sql("SELECT * FROM receipt ORDER BY kroner")
    assert [(row["what"], row["image"] is None) for row in rows] == [("Buss", False), ("Svømmehall", True)]
    kept = Image.open(io.BytesIO(rows[0]["image"]))
    # Turned as the camera was held, and nothing of what the camera said is left.
    assert (kept.format, kept.size, len(kept.getexif())) == ("JPEG", (400, 600), 0)
    assert b"Telefonprodusenten" not in rows[0]["image"]
    shown = await browser.get(answer.headers["Location"])
    address = IMAGE.search(shown.text)
    assert address is not None
    image = await browser.get(address.group())
    assert image.headers["content-type"] == "image/jpeg"
    assert image.headers["cache-control"] == "no-store"
    assert image.headers["x-content-type-options"] == "nosniff"


async def test_a_receipt_is_seen_by_who_may_see_the_line_and_by_nobody_else(world: World) -> None:
    browser, page, _ = await opened(world)
    await browser.submit(
        page, {**TYPED, "kr-1": "86", "utlegg-1": "Buss", "gjor": "lagre"}, page=page,
        files={"bilde-1": ("k.png", photo("PNG"), "image/png")},
    )  # fmt: skip
    (row,) = await world.sql("SELECT r.id, line_id FROM receipt r")
    own, office = f"/min/horten/bilag/{row['id']}", f"/k/horten/bilag/{row['id']}"
    kari = await world.browser("horten", COORDINATOR)
    assert (await kari.get(office)).status_code == 404, "what is only saved is the contact's own"
    await world.sql("UPDATE timesheet_line SET state = 'sent', sent_at = now()")
    for role, slug, address, status in (
        (COORDINATOR, "horten", office, 200), (PAYROLL, "horten", office, 200),
        (Role.MANAGER, "horten", office, 200), (Role.PURCHASER_CHILD, "horten", office, 403),
        (COORDINATOR, "re", office.replace("horten", "re"), 404), (CONTACT, "re", own.replace("horten", "re"), 404),
    ):  # fmt: skip
        reader = await world.browser(slug, role)
        assert (await reader.get(address)).status_code == status, (role, slug)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("kvittering.jpg", b"Dette er ikke et bilde.", "Vi kan ikke lese bildet"),
        ("kvittering.jpg", lambda: photo()[:900], "Vi kan ikke lese bildet"),
        ("kvittering.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "ikke lese bildet"),
        ("stor.png", lambda: photo("PNG", (20_000, 9_000)), "Bildet er for stort"),
        ("tom.jpg", b"", "Vi kan ikke lese bildet"),
    ],
)  # fmt: skip
async def test_what_is_no_picture_is_refused_by_its_field_and_everything_else_is_kept(
    world: World, name: str, content: bytes | Callable[[], bytes], why: str
) -> None:
    sent = content if isinstance(content, bytes) else content()
    browser, page, _ = await opened(world)
    answer = await browser.submit(
        page, {**TYPED, "kr-1": "86", "utlegg-1": "Buss", "kr-2": "40", "utlegg-2": "Kakao"}, page=page,
        files={"bilde-1": (name, sent, "image/jpeg"), "bilde-2": ("god.jpg", photo(), "image/jpeg")},
    )  # fmt: skip
    assert answer.status_code == 422
    assert why in answer.text
    assert 'href="#bilde-1"' in answer.text
    assert "Klatret." in answer.text
    assert 'value="Kakao"' in answer.text
    assert await world.sql("SELECT 1 FROM timesheet_line") == []
    # The picture that was good is kept, and goes with the form when it is sent again without the bad one.
    (kept,) = await world.sql("SELECT id FROM receipt WHERE line_id IS NULL AND kroner IS NULL")
    assert f'name="bilag-2" value="{kept["id"]}"' in answer.text
    mended = await browser.submit(
        page, {**TYPED, "kr-2": "40", "utlegg-2": "Kakao", "bilag-2": str(kept["id"])}, page=page
    )
    assert mended.status_code == 303
    (row,) = await world.sql("SELECT line_id, kroner FROM receipt")
    assert row["line_id"] is not None
    assert row["kroner"] == Decimal(40)


async def test_a_kept_picture_of_somebody_else_cannot_be_taken(world: World) -> None:
    browser, page, _ = await opened(world)
    refused = await browser.submit(
        page, {**TYPED, "fra": "", "til": "", "kr-1": "86", "utlegg-1": "Buss"}, page=page,
        files={"bilde-1": ("k.jpg", photo(), "image/jpeg")},
    )  # fmt: skip
    assert refused.status_code == 422
    (kept,) = await world.sql("SELECT id FROM receipt")
    sara = await contact(world, "horten", "Sara Dahl")
    await world.sql("UPDATE receipt SET contact_id = $1", sara)
    stolen = await browser.submit(
        page, {**TYPED, "kr-1": "86", "utlegg-1": "Buss", "bilag-1": str(kept["id"])}, page=page
    )
    assert stolen.status_code == 422
    assert "Vi finner ikke bildet av kvitteringen lenger" in stolen.text


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"dato": ""}, "dato", "Skriv dagen dere møttes."),
        ({"fra": "", "til": ""}, "fra", "Skriv når dere begynte og sluttet, eller hvor mange timer det var."),
        ({"til": ""}, "til", "Skriv både når dere begynte og når dere var ferdige"),
        ({"til": "16:00"}, "til", "høyst 16 timer"),
        ({"til": "16:00", "hva": "", "kr-1": "mye"}, "til", "høyst 16 timer"),
        ({"timer": "3"}, "timer", "Timene stemmer ikke med klokkeslettene"),
        ({"fra": "", "til": "", "timer": "0"}, "timer", "mer enn 0"),
        ({"fra": "", "til": "", "timer": "25"}, "timer", "24 eller mindre"),
        ({"hva": ""}, "hva", "Skriv kort hva dere gjorde."),
        ({"kr-1": "86"}, "utlegg-1", "Skriv hva du betalte for."),
        ({"utlegg-1": "Buss"}, "kr-1", "Skriv beløpet på kvitteringen."),
        ({"kr-1": "-5", "utlegg-1": "Buss"}, "kr-1", "mer enn 0"),
        ({"km": "mange"}, "km", "Skriv et tall"),
        ({"turer": "1,5"}, "turer", "Skriv et helt tall"),
    ],
)  # fmt: skip
async def test_each_bad_field_says_what_to_do_and_keeps_what_was_typed(
    world: World, typed: dict[str, str], field: str, why: str
) -> None:
    browser, page, _ = await opened(world)
    answer = await browser.submit(page, {**TYPED, "km_til_fra": "7,5", **typed}, page=page)
    assert answer.status_code == 422
    assert why in said(answer.text)
    assert f'href="#{field}"' in answer.text
    assert 'value="7,5"' in answer.text


async def test_the_same_form_is_kept_once_also_when_it_comes_from_another_session(world: World) -> None:
    browser, page, _ = await opened(world)
    key = "telefonens-nokkel-1"
    for _ in range(2):
        assert (await browser.submit(page, TYPED, page=page, key=key)).status_code == 303
    world.tokens.clear()
    later = await world.browser("horten", CONTACT)
    assert (await later.submit(page, TYPED, page=page, key=key)).status_code == 303
    assert len(await world.sql("SELECT 1 FROM timesheet_line")) == 1
    # The key of old with other hours is another meeting, not lost.
    other = {**TYPED, "fra": "20:00", "til": "21:00"}
    world.tokens.clear()
    again = await world.browser("horten", CONTACT)
    assert (await again.submit(page, other, page=page, key=key)).status_code == 303
    assert len(await world.sql("SELECT 1 FROM timesheet_line")) == 2


async def test_a_period_is_handed_in_at_once_and_what_was_sent_back_waits(world: World) -> None:
    browser, page, _ = await opened(world)
    for starts, ends in (("10:00", "11:00"), ("12:00", "13:00")):
        await browser.submit(page, {**TYPED, "fra": starts, "til": ends, "gjor": "lagre"}, page=page)
    period = f"{DAY:%Y-%m}"
    shown = await browser.get(f"{page}?maned={period}")
    assert "2 lagrede føringer blir sendt." in said(shown.text)
    sent = await browser.submit(f"{page}/send-inn", {"periode": period}, page=page)
    assert sent.status_code == 303
    assert [row["state"] for row in await world.sql("SELECT state FROM timesheet_line")] == ["sent", "sent"]
    again = await browser.submit(f"{page}/send-inn", {"periode": period}, page=page)
    assert again.status_code == 409
    assert (await browser.submit(f"{page}/send-inn", {"periode": "x"}, page=page)).status_code == 422


async def test_hours_nobody_attested_and_hours_beyond_the_decision_need_their_reasons(world: World) -> None:
    browser, page, _ = await opened(world)
    # The decision gives four hours a week; nothing is left of a whole year's months after 24 + 24 + 24 … hours.
    days = [DAY - timedelta(days=n) for n in range(1, 7)]
    for day in days:
        await browser.submit(
            page, {**TYPED, "dato": day.isoformat(), "fra": "00:00", "til": "00:00"}, page=page
        )
    kari = await world.browser("horten", COORDINATOR)
    rows = await world.sql("SELECT id, version FROM timesheet_line")
    form = {
        "linje": [str(row["id"]) for row in rows], "sett": [f"{row['id']}:{row['version']}" for row in rows],
        "gjor": "godkjenn", "gruppe": "x",
    }  # fmt: skip
    base = "/k/horten/timelister"
    refused = await kari.submit(base, form, page=base)
    assert refused.status_code == 422
    assert "Noen av timene er ikke bekreftet (6)." in refused.text
    refused = await kari.submit(base, {**form, "ubekreftet": "Mor svarer ikke."}, page=base)
    assert "Timene er flere enn vedtaket gir." in refused.text
    refused = await kari.submit(base, {**form, "ubekreftet": "Mor svarer ikke.", "over": "ja"}, page=base)
    assert refused.status_code == 422
    done = await kari.submit(
        base,
        {**form, "ubekreftet": "Mor svarer ikke.", "over": "ja", "over_grunn": "Avtalt helgetur."},
        page=base,
    )
    assert done.status_code == 303
    kept = await world.sql(
        "SELECT DISTINCT state, attested_how, attested_note, over_reason FROM timesheet_line"
    )
    assert [tuple(row) for row in kept] == [
        ("approved", "not_reached", "Mor svarer ikke.", "Avtalt helgetur.")
    ]
    shown = await kari.get(f"{base}?status=approved&maned={days[0]:%Y-%m}")
    assert "Godkjent ut over vedtaket: Avtalt helgetur." in shown.text


async def test_a_correction_goes_the_same_way_and_then_takes_the_old_lines_place(world: World) -> None:
    browser, page, _ = await opened(world)
    await browser.submit(page, {**TYPED, "kr-1": "86", "utlegg-1": "Buss"}, page=page)
    (line,) = await world.sql("SELECT id FROM timesheet_line")
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [line["id"]], unattested="Telefon")
    form = f"{page}/{line['id']}/rett"
    shown = await browser.get(form)
    assert 'value="86"' in shown.text
    (receipt,) = await world.sql("SELECT id FROM receipt")
    bare = await browser.submit(form, {**TYPED, "til": "20:30", "grunn": ""}, page=form)
    assert bare.status_code == 422
    assert "Skriv hva som er rettet, og hvorfor." in bare.text
    sent = await browser.submit(
        form, {**TYPED, "til": "20:30", "grunn": "Vi var en time lenger.", "kr-1": "90", "utlegg-1": "Buss",
               "bilag-1": str(receipt["id"])}, page=form,
    )  # fmt: skip
    assert sent.status_code == 303
    assert (await browser.submit(form, {**TYPED, "grunn": "En gang til."}, page=form)).status_code == 409
    (made,) = await world.sql("SELECT * FROM timesheet_line WHERE corrects_id IS NOT NULL")
    assert (made["hours"], made["expenses"], made["state"]) == (Decimal("3.50"), Decimal(90), "sent")
    kari = await world.browser("horten", COORDINATOR)
    assert "Grunnen til rettingen: Vi var en time lenger." in said(
        (await kari.get("/k/horten/timelister")).text
    )
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [made["id"]], unattested="Telefon")
    (old,) = await world.sql("SELECT state, replaced_at, hours FROM timesheet_line WHERE corrects_id IS NULL")
    assert (old["state"], old["hours"]) == ("approved", Decimal("2.50"))
    assert old["replaced_at"] is not None
    assert (await browser.get(form)).status_code == 409


async def test_a_coordinator_corrects_to_nothing_and_the_contact_sees_why(world: World) -> None:
    browser, page, _ = await opened(world)
    await browser.submit(page, TYPED, page=page)
    (line,) = await world.sql("SELECT id FROM timesheet_line")
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [line["id"]], unattested="Telefon")
    kari = await world.browser("horten", COORDINATOR)
    form = f"/k/horten/timelister/{line['id']}/rett"
    assert "Amund Vik med Jonas Bergli" in (await kari.get(form)).text
    made = await kari.submit(form, {"ikke_mott": "ja", "grunn": "Jonas var syk den dagen."}, page=form)
    assert made.status_code == 303
    shown = await browser.get(f"{page}?maned={DAY:%Y-%m}")
    assert "Jonas var syk den dagen." in shown.text
    other = await world.browser("re", COORDINATOR)
    assert (await other.get(form.replace("horten", "re"))).status_code == 404


async def test_who_has_not_handed_in_stands_on_a_list_and_in_min_dag(world: World) -> None:
    await assigned(world, "horten", days_ago=70)
    kari = await world.browser("horten", COORDINATOR)
    listed = said((await kari.get("/k/horten/timelister?status=mangler")).text)
    assert "Amund Vik" in listed
    assert "Ingenting er ført" in listed
    assert "er ikke sendt" in said((await kari.get("/k/horten")).text)
    payroll = said(
        (await (await world.browser("horten", PAYROLL)).get("/k/horten/timelister?status=mangler")).text
    )
    assert "Amund Vik" in payroll
    assert "Jonas" not in payroll


async def test_one_finds_hours_by_contact_month_and_attestation(world: World) -> None:
    browser, page, _ = await opened(world)
    await browser.submit(page, TYPED, page=page)
    kari = await world.browser("horten", COORDINATOR)
    for query, there in (
        ("", True), ("?q=amund", True), ("?q=sara", False), ("?bekreftet=nei", True), ("?bekreftet=ja", False),
        (f"?maned={DAY:%Y-%m}", True), ("?maned=2020-01", False), ("?kontakt=x", True), ("?side=99", False),
        ("?kontakt=00000000-0000-0000-0000-000000000001", False), ("?status=tull&maned=tull", True),
    ):  # fmt: skip
        found = await kari.get(f"/k/horten/timelister{query}")
        assert found.status_code == 200
        assert ("Amund Vik med Jonas Bergli" in found.text) is there, query


async def test_what_is_attested_and_within_the_decision_is_approved_in_one_press_and_the_filter_stays(
    world: World,
) -> None:
    browser, page, _ = await opened(world)
    for day in (DAY, DAY - timedelta(days=35), DAY - timedelta(days=36)):
        await browser.submit(page, {**TYPED, "dato": day.isoformat()}, page=page)
    # Money is for somebody to look at, also when the hours are attested.
    await browser.submit(
        page,
        {**TYPED, "dato": (DAY - timedelta(days=37)).isoformat(), "kr-1": "86", "utlegg-1": "Buss"},
        page=page,
    )
    await world.sql("UPDATE timesheet_line SET attested_at = now(), attested_how = 'paper' WHERE worked_on <> $1",
                    DAY - timedelta(days=36))  # fmt: skip
    kari, base = await world.browser("horten", COORDINATOR), "/k/horten/timelister"
    shown = await kari.get(f"{base}?q=amund")
    assert "2 føringer på denne siden er bekreftet og innenfor vedtaket" in said(shown.text)
    (every,) = re.findall(
        r'action="([^"]+)"[^>]*>(?:(?!</form>).)*Godkjenn alle de bekreftede', shown.text, re.DOTALL
    )[:1]
    assert every == f"{base}?q=amund"
    before = shown.text.split("Godkjenn alle de bekreftede")[0]
    lines, seen = (re.findall(rf'name="{name}" value="([^"]+)"', before) for name in ("linje", "sett"))
    done = await kari.submit(every, {"linje": lines, "sett": seen, "gjor": "godkjenn"}, page=every)
    assert (done.status_code, done.headers["location"]) == (303, every)
    left = await world.sql(
        "SELECT worked_on FROM timesheet_line WHERE state = 'sent' ORDER BY worked_on DESC"
    )
    assert [row["worked_on"] for row in left] == [DAY - timedelta(days=n) for n in (36, 37)]
    assert "Godkjenn alle de bekreftede" not in (await kari.get(every)).text


async def test_a_service_user_reads_what_is_used_and_not_what_is_only_saved(world: World) -> None:
    browser, page, _ = await opened(world)
    (person,) = await world.sql("SELECT person_id FROM assignment")
    async with world.at("horten", COORDINATOR) as uow:
        await let_in(uow, person["person_id"], world.user("horten", Role.SERVICE_USER), "service_user")
    await world.sql("UPDATE person SET birth_date = '1990-01-14' WHERE id = $1", person["person_id"])
    await browser.submit(page, {**TYPED, "dato": today().isoformat(), "fra": "00:00", "til": "00:01", "gjor": "lagre"},
                         page=page)  # fmt: skip
    user = await world.browser("horten", Role.SERVICE_USER)
    shown = said((await user.get("/min/horten")).text)
    assert "Timene dine i" in shown
    assert re.search(r"\b0 av [\d,]+ timer er brukt", shown)
