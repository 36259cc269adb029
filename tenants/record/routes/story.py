"""The story on paper, for caseworkers to give and for people to fetch themselves; and who has read, for the officer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.pdf import render_pdf
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.policy.roles import ROLE_NAMES, Role
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.people.api import NationalNumber, person_card
from tenants.record.access import seen_person
from tenants.record.own import own_story
from tenants.record.queries import cases_of, ids_of, log_of, person_with_number
from tenants.record.story import Outline, story_of

PDF = "application/pdf"
LOG = N_("Hvem har lest")
CATEGORY_NAMES = {
    "read": (N_("Leste"), "info"),
    "change": (N_("Endret"), "saved"),
    "refusal": (N_("Ble nektet"), "warning"),
}


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


@page("/k/{slug:str}/personer/{person_id:uuid}/innsyn", Permission.TRAIL_READ)
async def show_log(desk: Desk) -> Response[str]:
    """Who has read or changed what about somebody. Shows neither name nor case: the officer has no access to those, and
    answers for the readings of everybody, also of those whose cases are shielded, and of candidates in the shared pool
    whom somebody here has read about though they are nobody's registered person here.
    """
    uow, person_id = desk.uow, desk.path_uuid("person_id")
    number = page_number(desk.query)
    rows, total = await log_of(uow, await ids_of(uow, person_id), number)
    if not total:
        await person_card(uow, person_id)
    await record_read(uow, "trail.read", [], why=N_("Så hvem som har lest om en person"), object_kind="trail",
                      object_id=person_id)  # fmt: skip
    return await desk.render(
        "record/log.html",
        title=desk.say(LOG),
        **_frame(desk) | {"crumbs": [
            (desk.say(N_("Innsynslogg")), desk.url("/innsynslogg")),
            (desk.say(LOG), desk.url("/personer/innsyn")),
            (_short(person_id), ""),
        ]},
        code=_short(person_id),
        rows=[
            (row, ", ".join(desk.say(ROLE_NAMES[Role(role)]) for role in row.roles if role in ROLE_NAMES),
             desk.say(CATEGORY_NAMES[row.category][0]), CATEGORY_NAMES[row.category][1])
            for row in rows
        ],
        total=total, number=number, size=PAGE_SIZE, last=last_page(total),
    )  # fmt: skip


def _short(person_id: UUID) -> str:
    """The end of an id, enough to tell two logs apart on a desk."""
    return person_id.hex[-6:].upper()


HANDLERS = [download_story, own_download, log_search, find_log, show_log]
