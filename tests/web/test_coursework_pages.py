"""What comes of a course over HTTP: the list at the door, participants, certificates, one's own pages and the public one."""

from __future__ import annotations

import io
import re
from uuid import UUID, uuid4

import pikepdf
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from shared_pool.courses.api import sign_up
from shared_pool.coursework.codes import door_code, shown_code
from shared_pool.coursework.completing import complete
from tests.course_samples import begin, planned
from tests.database import KEYS
from tests.provider_samples import contact
from tests.unit.test_pdf import text_of
from tests.worlds import Browser, World

COORDINATOR, HOLDER = Role.PROVIDER_COORDINATOR, Role.COURSE_COORDINATOR


async def seated(world: World, **changes: object) -> tuple[UUID, UUID, UUID]:
    """(course, contact, sign-up): Hortens contact persona has a seat in a joint course that has begun."""
    course = await planned(world, **changes)  # type: ignore[arg-type]  # as a course has them
    who = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        signup = await sign_up(uow, course, who)
    await begin(world, course)
    await world.run_jobs()
    return course, who, signup


async def session_of(world: World, course: UUID) -> UUID:
    found: UUID = (await world.sql("SELECT id FROM course_session WHERE course_id = $1", course))[0]["id"]
    return found


async def seat_of(world: World, signup: UUID) -> UUID:
    found: UUID = (await world.sql("SELECT enrolment_id FROM course_signup WHERE id = $1", signup))[0][
        "enrolment_id"
    ]
    return found


async def completed(world: World, **changes: object) -> tuple[UUID, UUID, UUID]:
    """(course, contact, certificate)."""
    course, who, signup = await seated(world, **changes)
    await begin(world, course, over=True)
    async with world.at("horten", COORDINATOR) as uow:
        made = await complete(uow, signup)
    assert made is not None
    return course, who, made


# At the door ---------------------------------------------------------------------------------------------------------------
async def test_a_course_is_held_from_the_door_to_the_certificate(world: World) -> None:
    course, _, signup = await seated(world)
    session, seat = await session_of(world, course), await seat_of(world, signup)
    holder = await world.browser("vestfold", HOLDER)
    door = f"/r/vestfold/kurs/{course}/oppmote/{session}"
    shown = (await holder.get(door)).text
    assert "Amund Vik" in shown
    assert "0 av 1 har kommet" in shown
    assert door_code(KEYS, session)[:3] in shown
    assert (await holder.submit(door, {"her": str(seat)}, page=door)).status_code == 303
    shown = (await holder.get(door)).text
    assert "1 av 1 har kommet" in shown
    assert "Sist lagret" in shown
    phone = await world.browser("horten", Role.CONTACT)
    mine = (await phone.get(f"/min/horten/kurs/{course}/mott")).text
    assert "Du er registrert" in mine
    await begin(world, course, over=True)
    kari = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/kurs/{course}/deltakere/{signup}"
    assert "Amund Vik" in (await kari.get(f"/k/horten/kurs/{course}/deltakere")).text
    assert "Alt er på plass" in (await kari.get(page)).text
    assert (await kari.submit(f"{page}/fullfort", page=page)).status_code == 303
    assert "Last ned som PDF" in (await kari.get(page)).text
    assert "Last ned kursbeviset" in (await phone.get(f"/min/horten/kurs/{course}/mott")).text
    overview = (await holder.get(f"/r/vestfold/kurs/{course}/oppmote")).text
    assert "1 av 1 kom" in overview
    assert "minst fem har svart" in overview


async def test_the_door_answers_nobody_else_and_shows_bad_fields(world: World) -> None:
    course, _, signup = await seated(world)
    session, seat = await session_of(world, course), await seat_of(world, signup)
    door = f"/r/vestfold/kurs/{course}/oppmote/{session}"
    holder = await world.browser("vestfold", HOLDER)
    empty = await holder.submit(door, {}, page=door)
    assert empty.status_code == 422
    assert "Kryss av for dem som har kommet." in empty.text
    one = f"{door}/{seat}"
    late = await holder.submit(one, {"hvordan": "late", "kl": ""}, page=one)
    assert late.status_code == 422
    assert "Skriv klokka" in late.text
    assert (await holder.submit(one, {"hvordan": "left_early", "kl": "23:59"}, page=one)).status_code == 303
    soon = await holder.submit(f"{door}/resten", page=door)
    assert soon.status_code == 422
    assert "Vent til kurset" in soon.text
    for slug, role in (("vestfold", Role.PARTNER), ("vestfold", Role.STEERING_GROUP_MEMBER)):
        other = await world.browser(slug, role)
        assert (await other.get(door)).status_code == 404
        assert (await other.get(f"/r/vestfold/kurs/{course}/oppmote")).status_code == 404
        assert (await other.submit(one, {"hvordan": "absent"})).status_code == 404
    for slug in ("horten", "re"):
        kari = await world.browser(slug, COORDINATOR)
        assert (await kari.get(f"/k/{slug}/kurs/{course}/oppmote/{session}")).status_code == 404
    assert (await holder.get(f"{door}/{uuid4()}")).status_code == 404


async def test_exam_results_are_set_by_the_holder_and_read_at_home(world: World) -> None:
    course, _, signup = await seated(world, kind="training")
    seat = await seat_of(world, signup)
    holder = await world.browser("vestfold", HOLDER)
    page = f"/r/vestfold/kurs/{course}/eksamen/{seat}"
    assert "Amund Vik" in (await holder.get(page)).text
    bad = await holder.submit(page, {"resultat": "", "dag": "31.02.2027"}, page=page)
    assert bad.status_code == 422
    assert "Velg bestått eller ikke bestått." in bad.text
    assert (
        await holder.submit(page, {"resultat": "passed", "dag": format_date(today())}, page=page)
    ).status_code == 303
    kari = await world.browser("horten", COORDINATOR)
    assert "Bestått" in (await kari.get(f"/k/horten/kurs/{course}/deltakere/{signup}")).text
    phone = await world.browser("horten", Role.CONTACT)
    assert "Bestått" in (await phone.get(f"/min/horten/kurs/{course}/mott")).text
    other = await world.browser("re", COORDINATOR)
    assert (await other.get(f"/k/re/kurs/{course}/deltakere/{signup}")).status_code == 404


# One's own -----------------------------------------------------------------------------------------------------------------
async def test_a_contact_checks_in_from_the_front_page_and_a_wrong_code_is_said_so(world: World) -> None:
    course, _, _ = await seated(world)
    session = await session_of(world, course)
    phone = await world.browser("horten", Role.CONTACT)
    assert "Du er på kurs i dag" in (await phone.get("/min/horten")).text
    page = f"/min/horten/kurs/{course}/mott"
    await phone.submit(page, {"kode": "12"}, page=page)
    assert "Koden stemmer ikke." in (await phone.get(page)).text
    await phone.submit(page, {"kode": door_code(KEYS, session)}, page=page)
    shown = (await phone.get(page)).text
    assert "Du er registrert. Velkommen!" in shown
    assert "Du er på kurs i dag" not in (await phone.get("/min/horten")).text
    await begin(world, course, over=True)
    assert "Hva syntes du om kurset?" in (await phone.get("/min/horten")).text
    empty = await phone.submit(f"/min/horten/kurs/{course}/mening", {"ord": "Fint"}, page=page)
    assert empty.status_code == 422
    assert "Velg hvor nyttig kurset var." in empty.text
    good = {"nytte": "5", "undervisning": "4", "ord": "Fint"}
    assert (await phone.submit(f"/min/horten/kurs/{course}/mening", good, page=page)).status_code == 303
    assert "Send svaret" not in (await phone.get(page)).text


async def test_nobody_opens_a_course_they_have_no_seat_in_or_anothers_certificate(world: World) -> None:
    _, _, made = await completed(world)
    course = await planned(world)
    phone = await world.browser("horten", Role.CONTACT)
    assert (await phone.get(f"/min/horten/kurs/{course}/mott")).status_code == 404
    assert (await phone.get(f"/min/horten/kurs/bevis/{made}/pdf")).status_code == 200
    await contact(world, "re", "Liv Haug", user=world.user("re", Role.CONTACT))
    other = await world.browser("re", Role.CONTACT)
    assert (await other.get(f"/min/re/kurs/bevis/{made}/pdf")).status_code == 404
    assert "Ingen kursbevis ennå" in (await other.get("/min/re/kurs/bevis")).text


# Certificates --------------------------------------------------------------------------------------------------------------
async def test_the_certificate_is_a_tagged_pdf_that_says_what_it_is_for(world: World) -> None:
    _, _, made = await completed(world, kind="first_aid", title="Førstehjelp for alle")
    kari = await world.browser("horten", COORDINATOR)
    answer = await kari.get(f"/k/horten/kurs/bevis/{made}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    code = (await world.sql("SELECT code FROM course_certificate"))[0]["code"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("nb")
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        text = text_of(pdf)
    assert "Amund Vik" in text
    assert "Førstehjelp for alle" in text
    assert shown_code(code) in text
    assert "Gjelder til og med" in text


async def test_a_certificate_is_registered_elsewhere_by_its_code(world: World) -> None:
    _, _, made = await completed(world)
    code = (await world.sql("SELECT code FROM course_certificate WHERE id = $1", made))[0]["code"]
    same = await contact(world, "re", "Amund Vik")
    other = await contact(world, "re", "Liv Haug")
    kari = await world.browser("re", COORDINATOR)
    page = "/k/re/kurs/bevis"
    bad = await kari.submit(page, {"kontakt": str(same), "kode": "tull"}, page=page)
    assert bad.status_code == 422
    assert "Vi finner ikke noe kursbevis" in bad.text
    assert 'value="tull"' in bad.text
    name = await kari.submit(page, {"kontakt": str(other), "kode": code}, page=page)
    assert name.status_code == 422
    assert "Jeg har sett legitimasjon" in name.text
    assert (await kari.submit(page, {"kontakt": str(same), "kode": code}, page=page)).status_code == 303
    shown = (await kari.get(page)).text
    assert "Fra andre kommuner" in shown
    assert (await kari.submit(page, {"kontakt": str(same), "kode": code}, page=page)).status_code == 409
    assert (await kari.get(f"{page}/{made}")).status_code == 404


async def test_a_certificate_is_replaced_and_withdrawn_with_a_reason(world: World) -> None:
    _, who, made = await completed(world)
    kari = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/kurs/bevis/{made}"
    assert "Kursbevis" in (await kari.get(page)).text
    for path, field in (("nytt", "grunn"), ("trekk", "grunn_trekk")):
        empty = await kari.submit(f"{page}/{path}", {field: ""}, page=page)
        assert empty.status_code == 422
        assert "Skriv hvorfor." in empty.text
    new = await kari.submit(f"{page}/nytt", {"grunn": "Gift"}, page=page)
    assert new.status_code == 303
    assert "Erstattet" in (await kari.get(page)).text
    second = new.headers["location"]
    assert (
        await kari.submit(f"{second}/trekk", {"grunn_trekk": "Feil person"}, page=second)
    ).status_code == 303
    assert (await kari.get(f"{second}/pdf")).status_code == 303
    assert "Trukket tilbake" in (await kari.get("/k/horten/kurs/bevis")).text
    assert f"/kontakter/{who}" in (await kari.get(page)).text


# For everybody -------------------------------------------------------------------------------------------------------------
async def test_anybody_sees_whether_a_certificate_is_real_without_a_cookie_and_without_a_name(
    world: World,
) -> None:
    _, _, made = await completed(world)
    code = (await world.sql("SELECT code FROM course_certificate WHERE id = $1", made))[0]["code"]
    anyone = Browser(world.app)
    assert "Skriv en kode" in (await anyone.get("/kursbevis")).text
    sent = await anyone.get("/kursbevis", params={"kode": shown_code(code).lower()})
    assert sent.headers["location"] == f"/kursbevis/{code}"
    found = await anyone.get(f"/kursbevis/{code}")
    assert "Kursbeviset er ekte" in found.text
    assert "Vik" not in found.text
    assert "set-cookie" not in found.headers
    assert "no-store" in found.headers["cache-control"]
    right = await anyone.post(f"/kursbevis/{code}", data={"etternavn": "vik"})
    assert "Utstedt til Amund Vik." in right.text
    wrong = await anyone.post(f"/kursbevis/{code}", data={"etternavn": "Berg"})
    assert "ikke utstedt til noen med det etternavnet" in wrong.text
    assert "Amund" not in wrong.text


async def test_codes_that_are_nobodys_have_one_answer(world: World) -> None:
    anyone = Browser(world.app)
    pages = [
        re.sub(
            r'value="[^"]*"|nonce="[^"]*"|/kursbevis/?\w*', "", (await anyone.get(f"/kursbevis/{code}")).text
        )
        for code in ("ABCDEFGHJKMNPQR", "ABCDEFGHJKMNPQS", "x", "ÆØÅ")
    ]
    assert "Vi kjenner ikke denne koden" in pages[0]
    assert pages[0] == pages[1]
    assert all("Vi kjenner ikke denne koden" in page for page in pages)


# Gates ---------------------------------------------------------------------------------------------------------------------
async def test_who_is_blocked_sees_the_next_free_seat_and_takes_it_with_one_click(world: World) -> None:
    who = await contact(world, "horten", guided=False, user=world.user("horten", Role.CONTACT))
    course = await planned(world)
    kari = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/kontakter/{who}"
    shown = (await kari.get(page)).text
    assert "Neste kurs med ledig plass" in shown
    phone = await world.browser("horten", Role.CONTACT)
    assert "Du må ta et kurs før du kan begynne" in (await phone.get("/min/horten")).text
    seat = f"/k/horten/kurs/{course}/plass"
    assert (await kari.submit(seat, {"kontakt": str(who)}, page=page)).status_code == 303
    assert "Meldt på Innføringskurs" in (await kari.get(page)).text
    assert (await kari.submit(seat, {"kontakt": str(uuid4())}, page=page)).status_code == 404
    assert (await kari.submit(seat, {"kontakt": ""}, page=page)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"samling": ""}, "Velg samlingen som skal tas igjen."),
        ({"hva": ""}, "Skriv hva som ble gjort i stedet."),
        ({"timer": "mange"}, "Skriv"),
        ({"dag": ""}, "Skriv dagen det ble gjort."),
    ],
)
async def test_a_session_is_made_up_for_and_every_bad_field_is_told(
    world: World, fields: dict[str, str], says: str
) -> None:
    course, _, signup = await seated(world)
    await begin(world, course, over=True)
    kari = await world.browser("horten", COORDINATOR)
    page = f"/k/horten/kurs/{course}/deltakere/{signup}"
    good = {
        "samling": str(await session_of(world, course)), "hvordan": "noted", "hva": "Leste heftet", "timer": "2",
        "dag": format_date(today()),
    }  # fmt: skip
    bad = await kari.submit(f"{page}/tatt-igjen", {**good, **fields}, page=page)
    assert bad.status_code == 422
    assert says in bad.text
    assert (await kari.submit(f"{page}/tatt-igjen", good, page=page)).status_code == 303
    assert "Leste heftet" in (await kari.get(page)).text
    makeup = (await world.sql("SELECT id FROM course_makeup"))[0]["id"]
    assert (await kari.submit(f"{page}/tatt-igjen/{makeup}/fjern", page=page)).status_code == 303
