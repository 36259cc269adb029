"""Service letters: the list, writing one, sending it, who has had it, and printing it for those without a login."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.paging import page_number
from shared_pool.newsletters import forms, views
from shared_pool.newsletters.audiences import audience_choices, audience_text
from shared_pool.newsletters.codes import AUDIENCES, MAIL_LANGUAGES, PURCHASERS, STATES
from shared_pool.newsletters.models import ServiceLetter
from shared_pool.newsletters.printing import letter_pdf
from shared_pool.newsletters.receipts import (
    PAGE,
    letters,
    letters_in_case,
    mark_printed,
    receipt_counts,
    receipt_lines,
)
from shared_pool.newsletters.service_letters import (
    change_letter,
    held_letter,
    make_letter,
    remove_letter,
    send_letter,
)
from tenants.api import case_card

LIST = "/nyhetsbrev/tjenestebrev"
TITLE = N_("Tjenestebrev")
WHY = N_("Så hvem som har fått et tjenestebrev")
ROLES = {
    "self": N_("Bruker"),
    "parent": N_("Forelder"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
    "contact": N_("Støttekontakt"),
}
SHAPES = {
    "alle": N_("Alle"),
    "gjenstar": N_("Gjenstår"),
    "utskrift": N_("Skal skrives ut"),
    "lest": N_("Åpnet eller skrevet ut"),
}
MOST_SHEETS = 100
"""So many letters are one file: what a printer takes in one go, and a reader waits for."""


def _crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(views.NEWSLETTERS), desk.url("/nyhetsbrev")), (desk.say(TITLE), desk.url(LIST)), *more]


@page("/k/{slug:str}/nyhetsbrev/tjenestebrev", Permission.SERVICE_LETTER_SEND)
async def show_list(desk: Desk) -> Response[str]:
    """The municipality's service letters, and how far each has come."""
    rows = []
    for one in await letters(desk.uow):
        word, colour = STATES[one["state"]]
        rows.append({"letter": one, "state": (desk.say(word), colour),
                     "counts": await receipt_counts(desk.uow, one["id"]) if one["state"] == "sent" else None})  # fmt: skip
    return await desk.render(
        "newsletters/letters.html", title=desk.say(TITLE), current="/nyhetsbrev", tabs=views.tabs(desk, "/tjenestebrev"),
        crumbs=[*_crumbs(desk)[:1], (desk.say(TITLE), "")], rows=rows, base=desk.url(LIST),
    )  # fmt: skip


# Writing one -------------------------------------------------------------------------------------------------------------
async def _form(desk: Desk, row: ServiceLetter | None, **more: Any) -> Response[str]:
    groups, contacts = await audience_choices(desk.uow)
    title = desk.say(N_("Nytt tjenestebrev") if row is None else N_("Endre brevet"))
    url = desk.url(LIST)
    return await desk.render(
        "newsletters/letter_edit.html", title=title, current="/nyhetsbrev", crumbs=_crumbs(desk, (title, "")),
        action=f"{url}/nytt" if row is None else f"{url}/{row.id}/endre", back=url if row is None else f"{url}/{row.id}",
        version=row.version if row else 0, audiences=desk.options(AUDIENCES), purchasers=desk.options(PURCHASERS),
        languages=desk.options(MAIL_LANGUAGES), groups=groups, contacts=contacts, **more,
    )  # fmt: skip


@page("/k/{slug:str}/nyhetsbrev/tjenestebrev/nytt", Permission.SERVICE_LETTER_SEND)
async def new_form(desk: Desk) -> Response[str]:
    """A letter to write: to everybody, in Bokmål."""
    return await _form(
        desk, None, values={"malform": "nb", "hvem": "everybody", "til": ["brukere", "kontakter"]}
    )


@action("/k/{slug:str}/nyhetsbrev/tjenestebrev/nytt", Permission.SERVICE_LETTER_SEND)
async def make(desk: Desk) -> Response[Any]:
    """Keep it as a draft."""
    try:
        new = await make_letter(desk.uow, forms.read_letter(desk.form))
    except Invalid as bad:
        return await _form(desk, None, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"{LIST}/{new}"), flash=N_("Brevet er lagret. Les gjennom før du sender."))


@page("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/endre", Permission.SERVICE_LETTER_SEND)
async def edit_form(desk: Desk) -> Response[Any]:
    """A draft to mend."""
    row = await held_letter(desk.uow, desk.path_uuid("service_letter"))
    if row.state != "draft":
        return desk.redirect(desk.url(f"{LIST}/{row.id}"))
    to = [*(["brukere"] if row.to_users else []), *(["kontakter"] if row.to_contacts else [])]
    values = {
        "emne": row.title, "tekst": row.words, "malform": row.language, "hvem": row.audience, "enhet": row.purchaser,
        "gruppe": str(row.audience_id or ""), "kontakt": str(row.audience_id or ""), "til": to,
        "bekreft": "ja" if row.confirm else "",
    }  # fmt: skip
    return await _form(desk, row, values=values)


@action("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/endre", Permission.SERVICE_LETTER_SEND)
async def save(desk: Desk) -> Response[Any]:
    """Keep it."""
    row = await held_letter(desk.uow, desk.path_uuid("service_letter"))
    try:
        await change_letter(desk.uow, row.id, forms.read_letter(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _form(desk, row, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"{LIST}/{row.id}"), flash=N_("Brevet er lagret."))


@action("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/fjern", Permission.SERVICE_LETTER_SEND)
async def remove(desk: Desk) -> Response[Any]:
    """Take a draft away."""
    await remove_letter(desk.uow, desk.path_uuid("service_letter"))
    return desk.redirect(desk.url(LIST), flash=N_("Utkastet er tatt bort."))


# One letter --------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}", Permission.SERVICE_LETTER_SEND)
async def show(desk: Desk) -> Response[str]:
    """The letter, and its receipts: who gets it how, who has opened it, and who remains."""
    row = await held_letter(desk.uow, desk.path_uuid("service_letter"))
    side, shape = page_number(desk.query), desk.query.get("vis", "alle")
    shape = shape if shape in SHAPES else "alle"
    lines = await receipt_lines(desk.uow, row.id, shape, side=side) if row.state == "sent" else []
    if lines:
        await record_read(desk.uow, "service_letter.read", [one.person_id for one in lines], why=WHY)
    waiting = (
        await receipt_lines(desk.uow, row.id, "utskrift", most=MOST_SHEETS) if row.state == "sent" else []
    )
    base = desk.url(f"{LIST}/{row.id}")
    word, colour = STATES[row.state]
    return await desk.render(
        "newsletters/letter.html", title=row.title, current="/nyhetsbrev", crumbs=_crumbs(desk, (row.title, "")),
        row=row, state=(desk.say(word), colour), audience=await audience_text(desk.uow, row, desk.language),
        sums=await receipt_counts(desk.uow, row.id) if row.state == "sent" else None, lines=lines, base=base,
        to_mark=[one.id for one in waiting],
        roles={code: desk.say(name) for code, name in ROLES.items()}, list_url=desk.url(LIST),
        shapes=[(desk.say(name), f"{base}?vis={code}", code == shape) for code, name in SHAPES.items()],
        older=f"{base}?vis={shape}&side={side + 1}" if len(lines) == PAGE else "",
        newer=f"{base}?vis={shape}&side={side - 1}" if side > 1 else "",
    )  # fmt: skip


@action("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/send", Permission.SERVICE_LETTER_SEND)
async def send(desk: Desk) -> Response[Any]:
    """Send it to everybody it concerns."""
    letter_id = desk.path_uuid("service_letter")
    await held_letter(desk.uow, letter_id)
    await send_letter(desk.uow, letter_id, version_of(desk.form))
    return desk.redirect(
        desk.url(f"{LIST}/{letter_id}"), flash=N_("Brevet er på vei. Lista over mottakere er klar om litt.")
    )


@page("/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/utskrift", Permission.SERVICE_LETTER_SEND)
async def print_list(desk: Desk) -> Response[Any]:
    """One file for the printer, of all that are to be printed and are not."""
    row = await held_letter(desk.uow, desk.path_uuid("service_letter"))
    lines = await receipt_lines(desk.uow, row.id, "utskrift", most=MOST_SHEETS)
    if not lines:
        return desk.redirect(
            desk.url(f"{LIST}/{row.id}"), flash=N_("Ingen brev venter på utskrift."), state="info"
        )
    await record_read(
        desk.uow, "service_letter.read", [one.person_id for one in lines], why=N_("Skrev ut et tjenestebrev")
    )
    content = await letter_pdf(desk.uow, row, [one.person_id for one in lines])
    return desk.download(f"tjenestebrev-{len(lines)}.pdf", content, "application/pdf")


@action(
    "/k/{slug:str}/nyhetsbrev/tjenestebrev/{service_letter:uuid}/utskrift", Permission.SERVICE_LETTER_SEND
)
async def printed(desk: Desk) -> Response[Any]:
    """They are in their envelopes: those that were in the file, and no other."""
    row = await held_letter(desk.uow, desk.path_uuid("service_letter"))
    shown = set(desk.form.all("kvittering"))
    lines = [
        one
        for one in await receipt_lines(desk.uow, row.id, "utskrift", most=MOST_SHEETS)
        if str(one.id) in shown
    ]
    await mark_printed(desk.uow, row.id, lines)
    return desk.redirect(
        desk.url(f"{LIST}/{row.id}"), flash=N_("%(count)s brev er merket som skrevet ut."), count=len(lines)
    )


# In a case: for its own circle -------------------------------------------------------------------------------------------
async def _of_case(desk: Desk) -> tuple[UUID, UUID, Any]:
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    wanted = desk.path_uuid("service_letter_receipt")
    found = next((one for one in await letters_in_case(desk.uow, case.id) if one[0].id == wanted), None)
    if found is None:
        raise NotFound
    return case.id, found[1], found[0]


@page("/k/{slug:str}/saker/{case_id:uuid}/tjenestebrev/{service_letter_receipt:uuid}", Permission.LETTER_SEND)
async def print_one(desk: Desk) -> Response[Any]:
    """One person's letter as a file, for whoever may see the case it reaches them through."""
    _, letter_id, line = await _of_case(desk)
    row = await held_letter(desk.uow, letter_id)
    await record_read(desk.uow, "service_letter.read", [line.person_id], why=N_("Skrev ut et tjenestebrev"))
    return desk.download(
        "tjenestebrev.pdf", await letter_pdf(desk.uow, row, [line.person_id]), "application/pdf"
    )


@action(
    "/k/{slug:str}/saker/{case_id:uuid}/tjenestebrev/{service_letter_receipt:uuid}", Permission.LETTER_SEND
)
async def printed_one(desk: Desk) -> Response[Any]:
    """It is in its envelope."""
    case_id, letter_id, line = await _of_case(desk)
    await mark_printed(desk.uow, letter_id, [line])
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Brevet er merket som skrevet ut."))


HANDLERS = [
    show_list, new_form, make, edit_form, save, remove, show, send, print_list, printed, print_one, printed_one,
]  # fmt: skip
