"""What falls between slices: words of one place on another's pages, and files that others' names are in."""

from __future__ import annotations

import io
import logging
import re
from datetime import date, time, timedelta
from typing import cast

import pytest

from sammen.clock import today
from sammen.documents import pdf
from sammen.logging import Bare
from sammen.policy.roles import Role
from sammen.web.desk import Desk
from sammen.web.forms import clean
from tenants.assignments.api import fill_order
from tenants.assignments.contributions import FEEDS
from tenants.assignments.meetings import MeetingFacts, agree_meeting
from tenants.feeds.door import Reader
from tenants.feeds.service import make_feed, own_feed
from tenants.payroll.routes.runs import MEDIA
from tenants.people.api import PersonFacts, find_person, let_in, register_person
from tenants.people.representatives import RepresentativeFacts, add_representative
from tests.database import KEYS
from tests.provider_samples import contact, granted_order
from tests.resource_samples import at, booked, car
from tests.web.test_agreement_pages import EMPLOYED
from tests.worlds import Browser, World

COORDINATOR = Role.PROVIDER_COORDINATOR
ACTS = "<p hx-post='/k/re/ansatte/ny' hx-trigger='load' hx-include='[name=_csrf]'>100 % opptatt"
"""What would act as whoever reads it, were it markup; and a per cent sign, which no message of ours is."""


async def test_a_municipalitys_words_are_words_on_the_others_page(shared_world: World) -> None:
    bus = await car(shared_world)
    made = await booked(shared_world, "re", bus, at(17), at(19))
    owner = await shared_world.browser("horten", COORDINATOR)
    here = f"/k/horten/ressurser/reservasjoner/{made}"
    assert (await owner.submit(f"{here}/avlys", {"grunn": ACTS}, page=here)).status_code == 303
    borrower = await shared_world.browser("re", COORDINATOR)
    shown = await borrower.get(f"/k/re/ressurser/reservasjoner/{made}")
    assert shown.status_code == 200
    assert "100 % opptatt" in shown.text
    assert "<p hx-post" not in shown.text
    assert "&lt;p hx-post" in shown.text


async def test_a_name_of_any_language_can_be_a_files(shared_world: World) -> None:
    amund = await contact(shared_world, "horten", "Nils Čáhppe")
    leader = await shared_world.browser("horten", COORDINATOR)
    made = await leader.submit(f"/k/horten/kontakter/{amund}/avtaler/ny", EMPLOYED)
    here = made.headers["location"]
    await leader.submit(f"{here}/fil", page=here)
    file = re.search(r"/k/horten/kontakter/\S+/avtaler/fil/[0-9a-f-]{36}", (await leader.get(here)).text)
    assert file
    fetched = await leader.get(file.group())
    assert fetched.content.startswith(b"%PDF")
    named = "attachment; filename=\"avtale---hppe.pdf\"; filename*=UTF-8''avtale-%C4%8C%C3%A1hppe.pdf"
    assert fetched.headers["content-disposition"] == named


async def test_a_file_says_once_which_letters_it_is_written_in(shared_world: World) -> None:
    """Twice, or as two kinds, and each program chooses: a pay file in Windows' letters is read as another's."""
    feed = await Browser(shared_world.app).get("/aktivitetskalender/vestfold.ics")
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    pay = Desk.download(cast("Desk", None), "lonn.csv", b"\xe6", MEDIA["visma"])
    assert pay.media_type == "text/csv"
    assert pay.encoding == "windows-1252"


async def test_a_name_and_a_birth_date_bring_nobody_to_who_is_hidden(shared_world: World) -> None:
    """The attack: somebody who hides is registered as a contact, by what a former partner knows, to read their telephone."""
    await granted_order(shared_world, "horten", name="Siri Skjult", born=date(1990, 3, 4), protection="kode7")
    await shared_world.sql("UPDATE person SET phone = '911 22 333' WHERE family_name = 'Skjult'")
    await shared_world.sql(
        "DELETE FROM case_member WHERE user_id = $1", shared_world.user("horten", COORDINATOR)
    )
    curious = await shared_world.browser("horten", COORDINATOR)
    told = []
    for family in ("Skjult", "Ukjent"):
        typed = {"fornavn": "Siri", "etternavn": family, "fodselsdato": "04.03.1990", "telefon": "400 00 000"}
        made = await curious.submit("/k/horten/kontakter/ny", typed, page="/k/horten/kontakter/ny")
        assert made.status_code == 303
        page = (await curious.get(made.headers["location"])).text
        assert "911 22 333" not in page
        assert "400 00 000" in page
        told.append(re.sub(r"[0-9a-f-]{36}|value=\"[^\"]*\"", "", page).replace(family, ""))
    assert told[0] == told[1]


async def test_a_parents_calendar_follows_the_childs_birthdays(shared_world: World) -> None:
    """The child turns eighteen, and nobody has ended the parent's line: the calendar asks the day's rules, as pages do."""
    parent = shared_world.user("horten", Role.REPRESENTATIVE)
    child = PersonFacts("Trym", "Voksen", birth_date=date(today().year - 12, 1, 2))
    order = await granted_order(shared_world, "horten", name="Trym Voksen", born=child.birth_date)
    chosen = await contact(shared_world, "horten", "Odd Moe")
    async with shared_world.at("horten", COORDINATOR) as uow:
        assignment = await fill_order(uow, order, chosen, starts_on=None)
        agreed = MeetingFacts("first", today() + timedelta(days=3), time(17, 30), "Hjemme", "Mor")
        await agree_meeting(uow, assignment, agreed)
    async with shared_world.at("horten", Role.PURCHASER_CHILD) as uow:
        known = await find_person(uow, child)
        mother = await register_person(uow, PersonFacts("Mor", "Voksen", birth_date=date(1985, 3, 4)))
        assert known is not None
        await add_representative(uow, known, mother, RepresentativeFacts("parent", valid_from=today()))
        await let_in(uow, mother, parent, "representative")
    async with shared_world.at("horten", Role.REPRESENTATIVE) as uow:
        await make_feed(uow)
        mine = await own_feed(uow)
    assert mine is not None

    async def told() -> int:
        return (await Reader(shared_world.engine, KEYS, FEEDS).read(mine.secret)).text.count(b"BEGIN:VEVENT")

    assert await told() == 1
    grown = date(today().year - 19, 1, 2)
    await shared_world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", known, grown)
    assert await told() == 0


def test_signs_that_nobody_sees_are_in_no_field() -> None:
    """A bell, a turned direction and a half character: a calendar or workbook with one in it is refused whole."""
    assert clean("navn", "\u202eOla\x1b \u2066N\x07ordmann\u2069\ufffe\uffff\ufeff") == "Ola Nordmann"
    assert clean("ord", "en\x0bto\u2028tre\r\nfire\rfem\x85seks") == "en\nto\ntre\nfire\nfem\nseks"
    # What languages other than Norwegian need stays: marks of direction in between, joiners, Sámi and Arabic letters.
    assert clean("navn", "Čáhppe Áilu") == "Čáhppe Áilu"
    assert clean("navn", "علي\u200f \u200dن") == "علي\u200f \u200dن"


def test_a_document_of_thousands_of_strange_letters_takes_no_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each letter that no everyday text has is tried on the typefaces, which takes time: so many and no more."""
    tried: list[str] = []

    def drawable(letter: str) -> bool:
        tried.append(letter)
        return True

    monkeypatch.setattr(pdf, "_drawable", drawable)
    drawn = pdf._drawn({"blocks": ["Blåbær " + "".join(map(chr, range(0x4E00, 0x6000)))] * 2})
    assert len(tried) == 2 * pdf.MOST_LETTERS
    first, second = drawn["blocks"]
    assert first == second
    assert first.startswith("Blåbær \u4e00\u4e01")
    assert first.endswith(pdf.UNKNOWN * 2)


def test_what_the_server_writes_of_an_error_nobody_caught_quotes_nobody() -> None:
    """An error page that fails is logged by the web server itself, with every error it rose from and their words."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(Bare("%(name)s %(levelname)s"))
    server = logging.getLogger("a.server")
    server.propagate = False
    server.addHandler(handler)
    try:
        try:
            raise ValueError("Key (family_name)=(Skjult) already exists")
        except ValueError as first:
            raise KeyError("Skjult") from first
    except KeyError as error:
        server.error("Exception of %s", "Skjult", exc_info=error, stack_info=True)
    said = heard.getvalue()
    assert said.startswith("a.server ERROR\nKeyError at test_between_slices.py:")
    assert "Skjult" not in said
    assert "family_name" not in said
