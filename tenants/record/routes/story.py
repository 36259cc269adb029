"""The story on paper, for caseworkers to give and for people to fetch themselves; and the officer's way to a person's log."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.pdf import render_pdf
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader
from tenants.people.api import NationalNumber
from tenants.record.access import seen_person
from tenants.record.own import own_story
from tenants.record.queries import cases_of, person_with_number
from tenants.record.story import Outline, story_of

PDF = "application/pdf"
LOG = N_("Hvem har lest")


@page("/k/{slug:str}/personer/{person_id:uuid}/historie.pdf", Permission.PERSON_READ)
async def download_story(desk: Desk) -> Response[bytes]:
    """The person's story in their own form of Norwegian, of the cases the reader may see."""
    uow = desk.uow
    card = await seen_person(uow, desk.path_uuid("person_id"))
    cases = [
        Outline(one.id, one.case_no, one.purchaser, one.state, one.created_at.date(), one.closed_on, one.outcome)
        for one in reversed(await cases_of(uow, card.id))
    ]  # fmt: skip
    if not cases:
        raise NotFound
    document = await story_of(uow, card, cases, card.language_form)
    await record_read(
        uow, "person.export", [card.id], why=N_("Skrev ut historien til personen"), object_kind="person",
        object_id=card.id,
    )  # fmt: skip
    await uow.finish()
    return desk.download("historie.pdf", await render_pdf(document), PDF)


@page("/min/{slug:str}/historie/{person_id:uuid}", Permission.OWN_READ)
async def own_download(desk: Desk) -> Response[bytes]:
    """One's own story, or that of somebody one acts for as far as the age rules let one see it."""
    person_id = desk.path_uuid("person_id")
    document = await own_story(desk.uow, person_id, desk.language)
    await record_read(
        desk.uow, "own.export", [person_id], why=N_("Hentet sin egen historie"), object_kind="person",
        object_id=person_id,
    )  # fmt: skip
    await desk.uow.finish()
    return desk.download("historie.pdf", await render_pdf(document), PDF)


# For the data protection officer ---------------------------------------------------------------------------------------
@page("/k/{slug:str}/personer/innsyn", Permission.TRAIL_READ)
async def log_search(desk: Desk) -> Response[str]:
    """Where the officer types the number of somebody who asks who has read about them."""
    return await desk.render(
        "record/log_search.html", title=desk.say(LOG), values={"fodselsnummer": ""}, **_frame(desk)
    )


def _frame(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/personer/innsyn",
        "crumbs": [(desk.say(N_("Innsynslogg")), desk.url("/innsynslogg")), (desk.say(LOG), "")],
        "action": desk.url("/personer/innsyn"),
    }


@action("/k/{slug:str}/personer/innsyn", Permission.TRAIL_READ)
async def find_log(desk: Desk) -> Response[Any]:
    """From a whole national number to the log: no names, and no way to look people up by part of anything."""
    reader = Reader(desk.form)
    number = reader.take(
        "fodselsnummer", lambda text: NationalNumber.parse(text, accept_synthetic=True),
        required=N_("Skriv fødselsnummeret, elleve sifre."),
    )  # fmt: skip
    try:
        reader.done()
        assert number is not None
        found = await person_with_number(desk.uow, number)
        if found is None:
            raise Invalid.one("fodselsnummer", N_("Ingen i kommunen er registrert med dette nummeret."))
    except Invalid as bad:
        return await desk.again("record/log_search.html", bad, title=desk.say(LOG), **_frame(desk))
    return desk.redirect(desk.url(f"/personer/{found}/innsyn"))


HANDLERS = [download_story, own_download, log_search, find_log]
