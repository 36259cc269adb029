"""Letters on a real database: who gets one, in which form of Norwegian, what is quoted, and that none is ever changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import set_pages
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.decisions.api import GivenNotice
from tenants.letters import channels
from tenants.letters.api import (
    cancel_letter,
    draft_interims,
    letters_of,
    mark_sent,
    overdue_interims,
    register_channel,
    settle_sent,
)
from tenants.letters.decision_letter import write_advance_notice
from tenants.letters.interim import drop_interims, interims_of, interims_waiting, write_interim
from tenants.letters.models import Letter
from tenants.letters.own_letters import write_correction
from tenants.letters.queries import LetterFilter, letter_card, letter_file, list_letters
from tenants.letters.texts import governor, legal_text
from tenants.people.api import Recipient
from tests.clocks import stop_clock
from tests.letter_samples import BORN, applied, of_case, parent, person_of, written
from tests.provider_samples import granted_orders, individual
from tests.worlds import World


async def test_each_recipient_gets_a_letter_in_their_own_form_of_norwegian(world: World) -> None:
    case_id = await applied(world, kind="child", nynorsk=True)
    await parent(world, case_id, "Anne Bergli", "nb")
    made = await written(world, case_id, role=Role.PURCHASER_CHILD)
    letters = await of_case(world, case_id, Role.PURCHASER_CHILD)
    assert len(made) == len(letters) >= 1
    by_name = {one.recipient_name: one for one in letters}
    assert by_name["Anne Bergli"].language_form == "nb"
    stored = await world.sql("SELECT content, pdf, sha256 FROM letter")
    assert all(hashlib.sha256(row["pdf"]).digest() == row["sha256"] for row in stored)
    for row in stored:
        assert set_pages(json.loads(row["content"])) == row["pdf"], "what is kept makes the same file again"


async def test_a_small_child_with_nobody_registered_is_written_to_through_whoever_has_responsibility(
    world: World,
) -> None:
    case_id = await applied(world, kind="child")
    await written(world, case_id, role=Role.PURCHASER_CHILD)
    (letter,) = await of_case(world, case_id, Role.PURCHASER_CHILD)
    assert letter.recipient_name == "Foresatte til Jonas Bergli"
    assert letter.recipient_role == "parent"


async def test_no_address_stands_in_a_letter_when_one_is_protected(world: World) -> None:
    """E5: the parent lives where the child lives, so the child's protection keeps the parent's address out as well."""
    case_id = await applied(world, kind="child", protection="kode6")
    await parent(world, case_id, "Anne Bergli", "nb")
    await written(world, case_id, role=Role.PURCHASER_CHILD)
    rows = await world.sql("SELECT content::text AS content, guarded FROM letter")
    assert rows
    assert all(
        row["guarded"] and "Storgata" not in row["content"] and "3187" not in row["content"] for row in rows
    )


async def test_somebody_who_has_died_is_not_written_to(world: World) -> None:
    case_id = await applied(world)
    await world.sql("UPDATE person SET died_on = $2 WHERE id = (SELECT person_id FROM case_file WHERE id = $1)", case_id,
                    today() - timedelta(days=1))  # fmt: skip
    assert await written(world, case_id) == []


# Nothing is changed ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        "title = 'Noe annet'", "content = '{}'", "pdf = '\\x00'", "sha256 = '\\x00'", "kind = 'decision'",
        "dated = dated - 1", "recipient_name = 'En annen'", "language_form = 'nn'", "guarded = NOT guarded",
        "send_by = NULL", "case_id = gen_random_uuid()", "made_by_name = ''", "created_at = now()", "about = gen_random_uuid()",
    ],
)  # fmt: skip
async def test_what_a_letter_says_is_never_changed(shared_world: World, change: str) -> None:
    case_id = await applied(shared_world)
    (letter_id,) = await written(shared_world, case_id)
    with pytest.raises(asyncpg.CheckViolationError, match="a letter is not changed"):
        async with shared_world.at("horten", Role.PURCHASER_ADULT) as uow:
            await uow.call(f"UPDATE sammen.letter SET {change} WHERE id = $1", letter_id)


async def test_a_letter_is_never_deleted_and_a_sent_one_stays_sent(world: World) -> None:
    case_id = await applied(world)
    (letter_id,) = await written(world, case_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await uow.call("DELETE FROM sammen.letter WHERE id = $1", letter_id)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await mark_sent(uow, [letter_id], today()) == 1
    for change in ("state = 'ready', sent_on = NULL", "sent_on = sent_on + 1", "channel = 'digital'"):
        with pytest.raises(asyncpg.CheckViolationError, match="stays so"):
            async with world.at("horten", Role.PURCHASER_ADULT) as uow:
                await uow.call(f"UPDATE sammen.letter SET {change} WHERE id = $1", letter_id)


async def test_a_letter_sent_before_it_was_written_is_refused_by_the_database_too(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    with pytest.raises(asyncpg.CheckViolationError):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await uow.call(
                "UPDATE sammen.letter SET state = 'sent', sent_on = dated - 1 WHERE id = $1", letter_id
            )


# Sent, stopped --------------------------------------------------------------------------------------------------------
async def test_a_day_ahead_or_before_the_letter_was_written_is_refused(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    for day in (today() + timedelta(days=1), today() - timedelta(days=1)):
        with pytest.raises(Invalid):
            async with world.at("horten", Role.PURCHASER_ADULT) as uow:
                await mark_sent(uow, [letter_id], day)


async def test_of_two_who_mark_at_once_one_does_and_the_other_is_told(world: World) -> None:
    made = [(await written(world, await applied(world, name=f"Person {n}")))[0] for n in "ABC"]

    async def mark(order: list[UUID]) -> int:
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            return await mark_sent(uow, order, today())

    assert sorted(await asyncio.gather(mark(made), mark(made[::-1]))) == [0, 3]


async def test_a_stopped_letter_keeps_its_reason_and_is_not_sent(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        await cancel_letter(uow, letter_id, "Feil adresse.")
    with pytest.raises(Conflict):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await cancel_letter(uow, letter_id, "En gang til.")
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await mark_sent(uow, [letter_id], today()) == 0
        assert (await letter_card(uow, letter_id)).cancel_reason == "Feil adresse."


async def test_letters_of_the_other_purchaser_and_the_other_municipality_are_not_there(world: World) -> None:
    (letter_id,) = await written(world, await applied(world))
    for slug, role in (
        ("horten", Role.PURCHASER_CHILD),
        ("horten", Role.PURCHASER_CHILD_WELFARE),
        ("re", Role.PURCHASER_ADULT),
    ):
        async with world.at(slug, role) as uow:
            assert (await list_letters(uow, LetterFilter())).total == 0
            with pytest.raises(NotFound):
                await letter_card(uow, letter_id)
        with pytest.raises(NotFound):
            async with world.at(slug, role) as uow:
                await mark_sent(uow, [letter_id], today())
    async with world.at("horten", Role.MANAGER) as uow:
        card = await letter_card(uow, letter_id)
        assert (await letter_file(uow, card)).startswith(b"%PDF")
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.MANAGER) as uow:
            await mark_sent(uow, [letter_id], today())


async def test_a_shielded_case_shows_its_letters_to_those_who_are_named_only(world: World) -> None:
    case_id = await applied(world)
    (letter_id,) = await written(world, case_id)
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", case_id)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert (await list_letters(uow, LetterFilter())).total == 0
        assert await letters_of(uow, case_id) == []
        with pytest.raises(NotFound):
            await letter_card(uow, letter_id)
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, gen_random_uuid(), $2, $3)",
        world.horten, case_id, world.user("horten", Role.PURCHASER_ADULT),
    )  # fmt: skip
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert (await list_letters(uow, LetterFilter())).total == 1


# The interim reply ----------------------------------------------------------------------------------------------------
async def drafted(world: World) -> int:
    async with world.job(world.horten) as uow:
        return await draft_interims(uow)


async def test_the_reply_is_drafted_ten_days_before_the_month_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fvl. § 11 a third paragraph and A5: received 31 January, over on 28 February, drafted 18 February."""
    stop_clock(monkeypatch, 2026, 1, 31)
    case_id = await applied(world, received=date(2026, 1, 31))
    stop_clock(monkeypatch, 2026, 2, 17, 23, 59)
    assert await drafted(world) == 0
    stop_clock(monkeypatch, 2026, 2, 18, 0, 1)
    assert await drafted(world) == 1
    assert await drafted(world) == 0, "the same night again makes nothing"
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        (waiting,) = await interims_waiting(uow)
        assert (waiting.case_id, waiting.send_by, waiting.days_left) == (case_id, date(2026, 2, 28), 10)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        assert await interims_waiting(uow) == []


async def test_sent_in_time_the_promised_day_is_the_cases_deadline_and_then_the_next_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fvl. § 11 a: the reply says when an answer may be expected. Across the night summer time begins (29 March 2026)."""
    stop_clock(monkeypatch, 2026, 3, 2)
    case_id = await applied(world, received=date(2026, 3, 2))
    stop_clock(monkeypatch, 2026, 3, 29)
    assert await drafted(world) == 1
    letter_id = await _reply(world, case_id, date(2026, 5, 4))
    stop_clock(monkeypatch, 2026, 4, 2)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        card = await letter_card(uow, letter_id)
        assert (card.send_by, card.days_left, card.late) == (date(2026, 4, 2), 0, False)
        assert (await interims_of(uow, case_id))[0].expected_on is None, "a promise is made when it is sent"
        await mark_sent(uow, [letter_id], date(2026, 4, 2))
    (case,) = await world.sql("SELECT deadline, deadline_kind FROM case_file WHERE id = $1", case_id)
    assert (case["deadline"], case["deadline_kind"]) == (date(2026, 5, 4), "decide")
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        (asked,) = await interims_of(uow, case_id)
        assert (asked.send_by, asked.state) == (date(2026, 5, 4), None)
    stop_clock(monkeypatch, 2026, 4, 23)
    assert await drafted(world) == 0
    stop_clock(monkeypatch, 2026, 4, 24)
    assert await drafted(world) == 1, "who cannot keep the promised day must say so again"


async def _reply(world: World, case_id: UUID, expected: date) -> UUID:
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        (one,) = await interims_of(uow, case_id)
        (made,) = await write_interim(uow, case_id, one.application_id, reason="Vi venter på opplysninger.",
                                      expected_on=expected, version=one.version)  # fmt: skip
        return made


async def test_sent_late_or_not_at_all_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fvl. § 11 a: the limit is a month; a day after is late."""
    stop_clock(monkeypatch, 2026, 9, 1)
    case_id = await applied(world, received=date(2026, 9, 1))
    stop_clock(monkeypatch, 2026, 10, 1)
    async with world.job(world.horten) as uow:
        assert await overdue_interims(uow) == []
    stop_clock(monkeypatch, 2026, 10, 2)
    async with world.job(world.horten) as uow:
        (late,) = await overdue_interims(uow)
        assert (late.case_id, late.send_by) == (case_id, date(2026, 10, 1))
    letter_id = await _reply(world, case_id, date(2026, 11, 1))
    async with world.job(world.horten) as uow:
        assert len(await overdue_interims(uow)) == 1, "written is not sent"
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        await mark_sent(uow, [letter_id], date(2026, 10, 2))
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert (await letter_card(uow, letter_id)).late
    async with world.job(world.horten) as uow:
        assert await overdue_interims(uow) == []


async def test_the_reply_needs_a_day_after_the_limit_and_is_written_once(world: World) -> None:
    case_id = await applied(world, received=today() - timedelta(days=25))
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        (one,) = await interims_of(uow, case_id)
    for day in (today(), one.send_by):
        with pytest.raises(Invalid):
            await _reply(world, case_id, day)
    expected = one.send_by + timedelta(days=20)

    async def reply() -> UUID | str:
        try:
            async with world.at("horten", Role.PURCHASER_ADULT) as uow:
                (made,) = await write_interim(uow, case_id, one.application_id, reason="Vi venter.", expected_on=expected,
                                              version=0)  # fmt: skip
                return made
        except (Conflict, IntegrityError) as error:
            return type(error).__name__

    answers = await asyncio.gather(*(reply() for _ in range(4)))
    assert sum(isinstance(one, UUID) for one in answers) == 1, answers
    assert {one for one in answers if isinstance(one, str)} == {"Conflict"}


async def test_a_stopped_reply_is_a_draft_again(world: World) -> None:
    case_id = await applied(world, received=today() - timedelta(days=25))
    assert await drafted(world) == 1
    letter_id = await _reply(world, case_id, today() + timedelta(days=40))
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await interims_waiting(uow) == []
        await cancel_letter(uow, letter_id, "Feil dag.")
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert len(await interims_waiting(uow)) == 1
    await _reply(world, case_id, today() + timedelta(days=50))


async def test_the_nightly_visit_drafts_in_every_municipality(world: World) -> None:
    from sammen.jobs.registry import VISITORS
    from tests.database import KEYS

    await applied(world, received=today() - timedelta(days=25))
    await applied(world, "re", received=today() - timedelta(days=25))
    import tenants.letters.jobs  # noqa: F401 - registers the visitor

    async with world.engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await VISITORS["letters.municipalities"].visit(raw, KEYS)
        await connection.commit()
    await world.run_jobs()
    (found,) = await world.sql(
        "SELECT count(*) AS drafts, count(DISTINCT tenant_id) AS places FROM interim_reply"
    )
    assert (found["drafts"], found["places"]) == (2, 2)


# Legal texts ----------------------------------------------------------------------------------------------------------
async def test_a_text_reads_as_it_did_on_the_day(world: World) -> None:
    """A6, A13: legal texts are dated rows; a changed law is a new row."""
    await world.sql(
        "UPDATE legal_text SET valid_to = DATE '2026-12-31' WHERE code = 'complaint.hol-3-2-6b' AND language = 'nb'"
    )
    await world.sql(
        "INSERT INTO legal_text (code, language, valid_from, body)"
        " VALUES ('complaint.hol-3-2-6b', 'nb', DATE '2027-01-01', 'Ny lov. {weeks} uker.')"
    )
    async with world.job(world.horten) as uow:
        old = await legal_text(uow, "complaint.hol-3-2-6b", "nb", date(2026, 12, 31), weeks="fire")
        new = await legal_text(uow, "complaint.hol-3-2-6b", "nb", date(2027, 1, 1), weeks="seks")
        assert "pasient- og brukerrettighetsloven" in old
        assert "fire uker" in old
        assert new == "Ny lov. seks uker."
        with pytest.raises(LookupError):
            await legal_text(uow, "finnes-ikke", "nb", today())
        assert await governor(uow, "nn", today()) in (
            "Statsforvaltaren i Vestfold og Telemark",
            "Statsforvaltaren",
        )


async def test_every_legal_text_is_there_in_both_forms_of_norwegian_on_every_day_a_ground_holds(
    world: World,
) -> None:
    rows = await world.sql("SELECT code, language, valid_from FROM legal_text")
    for form in ("nb", "nn"):
        codes = {row["code"] for row in rows if row["language"] == form}
        assert {"complaint", "complaint.hol-3-2-6b", "complaint.bvl-3-1", "complaint.help", "complaint.postpone", "access",
                "interim", "advance_notice", "statsforvalter.39"} <= codes  # fmt: skip
    named = {row["code"] for row in rows}
    assert (
        {row["code"] for row in rows if row["language"] == "nb"}
        == named
        == {row["code"] for row in rows if row["language"] == "nn"}
    )


# Decisions ------------------------------------------------------------------------------------------------------------
async def test_a_decision_writes_its_letters_at_once_to_leave_the_same_day(world: World) -> None:
    """Fvl. § 27: a party is told as soon as possible. A9: four weeks to complain under health and care law."""
    await granted_orders(world, "horten", [individual()], born=BORN["adult"])
    (row,) = await world.sql(
        "SELECT kind, state, send_by, about, title, content::text AS content FROM letter"
    )
    assert (row["kind"], row["state"], row["send_by"]) == ("decision", "ready", today())
    assert row["about"] is not None
    assert row["title"] == "Du får støttekontakt"
    for wanted in (
        "fire uker",
        "Statsforvalteren",
        "forvaltningsloven §§ 18 og 19",
        "Jonas er mye alene.",
        "4 timer i uka",
    ):
        assert wanted in row["content"].replace("\N{NO-BREAK SPACE}", " "), wanted


async def test_a_child_welfare_decision_has_its_own_words_and_three_weeks(world: World) -> None:
    """A16; barnevernsloven § 12-9 and forvaltningsloven § 29: three weeks, to barneverntjenesten."""
    await granted_orders(world, "horten", [individual()], child_welfare=True)
    rows = await world.sql("SELECT content::text AS content FROM letter")
    assert rows
    assert all("tre uker" in row["content"] and "barnevernsloven § 12-9" in row["content"] for row in rows)


async def test_a_decision_in_time_drops_the_drafted_reply_and_stops_what_is_not_sent(world: World) -> None:
    """The application is answered: no interim reply follows a decision."""
    case_id = await applied(world, received=today() - timedelta(days=25))
    assert await drafted(world) == 1
    letter_id = await _reply(world, case_id, today() + timedelta(days=40))
    await world.sql("UPDATE application SET state = 'decided' WHERE case_id = $1", case_id)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        await drop_interims(uow, case_id, "Søknaden er avgjort.")
        assert (await letter_card(uow, letter_id)).state == "cancelled"
        assert (await letter_card(uow, letter_id)).cancel_reason == "Søknaden er avgjort."
    (row,) = await world.sql("SELECT state FROM interim_reply")
    assert row["state"] == "dropped"


async def test_a_correction_is_a_letter_of_its_own_and_names_the_one_it_corrects(world: World) -> None:
    (wrong,) = await written(world, await applied(world))
    with pytest.raises(Conflict):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await write_correction(uow, wrong, title="Rettelse", text="Riktig er fire timer.")
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        await mark_sent(uow, [wrong], today())
        (right,) = await write_correction(uow, wrong, title="Rettelse", text="Riktig er fire timer.")
        card = await letter_card(uow, right)
        assert (card.corrects_id, card.state) == (wrong, "ready")
        assert (await letter_card(uow, wrong)).state == "sent"
    (row,) = await world.sql("SELECT content::text AS content FROM letter WHERE id = $1", right)
    assert "Brevet «Hei» av" in row["content"]


async def test_a_channel_that_takes_a_letter_gets_it_and_marks_it_sent_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dispatch is pluggable: digital post is one more channel, and paper takes what it does not."""

    class Digital:
        code, name = "digital", "Digital post"
        handed: ClassVar[list[UUID]] = []

        def takes(self, recipient: Recipient, *, guarded: bool) -> bool:
            return recipient.role == "self" and not guarded

        async def hand_over(self, uow: UnitOfWork, letter_id: UUID) -> None:
            self.handed.append(letter_id)

    monkeypatch.setattr(channels, "_CHANNELS", [*channels._CHANNELS])
    register_channel(Digital())
    (by_post,) = await written(world, await applied(world))
    (on_paper,) = await written(world, await applied(world, kind="child"), role=Role.PURCHASER_CHILD)
    rows = {row["id"]: row["channel"] for row in await world.sql("SELECT id, channel FROM letter")}
    assert rows == {by_post: "digital", on_paper: "print"}
    assert Digital.handed == [by_post]
    async with world.job(world.horten) as uow:
        letter = await uow.session.get(Letter, (world.horten, by_post))
        assert letter is not None
        await settle_sent(uow, letter, today())
    (row,) = await world.sql("SELECT state, sent_on FROM letter WHERE id = $1", by_post)
    assert (row["state"], row["sent_on"]) == ("sent", today())


async def test_the_notice_before_a_reduction_says_what_why_and_until_when_to_answer(world: World) -> None:
    """Fvl. § 16 (A15): the party may say what they mean before anything is taken away."""
    case_id = await applied(world, nynorsk=True)
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        person = await uow.session.scalar(person_of(case_id))
        await write_advance_notice(
            uow,
            GivenNotice(case_id, person, uuid4(), uuid4(), "Fra fire til to timer i uka.", "Du har fått en plass i klubben.",
                        date(2026, 12, 6), child_welfare=False),
        )  # fmt: skip
    (row,) = await world.sql("SELECT kind, language_form, content::text AS content FROM letter")
    assert (row["kind"], row["language_form"]) == ("advance_notice", "nn")
    for wanted in (
        "Fra fire til to timer i uka.",
        "Du har fått en plass i klubben.",
        "forvaltningslova § 16",
        "6. desember 2026",
    ):
        assert wanted in row["content"], wanted
