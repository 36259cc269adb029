"""The slice's pages: the print queue, one letter, letters written by hand, and the interim reply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases.api import NOT_YOURS, case_crumbs, may_decide_for, own_case
from tenants.letters import forms, views
from tenants.letters.channels import channel_name
from tenants.letters.dispatch import cancel_letter, mark_sent
from tenants.letters.interim import InterimCard, interims_of, write_interim
from tenants.letters.models import LETTER_KINDS
from tenants.letters.own_letters import NOT_SENT, corrected_title, write_correction, write_information
from tenants.letters.printing import for_the_printer
from tenants.letters.queries import (
    LetterCard,
    LetterFilter,
    letter_card,
    letter_file,
    list_letters,
)
from tenants.people.api import person_card

LETTERS = C_("flere", "Brev")
PDF = "application/pdf"
GONE = N_("Brevene er sendt eller stanset imens. Velg på nytt.")


# The print queue ------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/brev", Permission.LETTER_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Letters that wait to be sent, those to leave today first; and those that are sent or stopped."""
    wanted = LetterFilter.of(desk.query)
    found = await list_letters(desk.uow, wanted)
    persons = sorted({row.person_id for row in found.rows})
    if persons:
        await record_read(desk.uow, "letter.list", persons, why=N_("Så gjennom brevlista"))
    return await desk.render(
        "letters/list.html",
        title=desk.say(LETTERS),
        current="/brev",
        found=found,
        wanted=wanted,
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        base=desk.url("/brev"),
        tabs=views.tabs(wanted, desk.url("/brev"), desk.language),
        kinds=LETTER_KINDS,
        own=views.own_purchasers(desk.context) if desk.context.may(Permission.LETTER_SEND) else (),
        today=today(),
    )


async def _chosen(desk: Desk, ids: Sequence[UUID]) -> list[LetterCard]:
    """The chosen letters that still wait and that the reader may send. Raises NotFound for one that is not theirs to see,
    Forbidden for one of somebody else's case, Invalid when none of them waits.
    """
    found = [await letter_card(desk.uow, one) for one in dict.fromkeys(ids[:PAGE_SIZE])]
    if any(not may_decide_for(desk.context, one.purchaser) for one in found):
        raise Forbidden(NOT_YOURS)
    return [one for one in found if one.state == "ready"]


def _print_values(desk: Desk, letters: Sequence[LetterCard]) -> dict[str, Any]:
    query = "&".join(f"{forms.CHOSEN}{one.id}=1" for one in letters)
    return {
        "current": "/brev",
        "crumbs": [(desk.say(LETTERS), desk.url("/brev")), (desk.say(N_("Skriv ut")), "")],
        "letters": letters,
        "base": desk.url("/brev"),
        "file_url": desk.url(f"/brev/utskrift.pdf?{query}"),
        "kinds": LETTER_KINDS,
    }


@page("/k/{slug:str}/brev/utskrift", Permission.LETTER_SEND)
async def show_printing(desk: Desk) -> Response[Any]:
    """The chosen letters: one file for the printer, and the day they were sent."""
    letters = await _chosen(desk, forms.chosen_in(desk.query))
    if not letters:
        return desk.redirect(desk.url("/brev"), flash=N_("Velg brevene du vil skrive ut."), state="info")
    await record_read(
        desk.uow, "letter.list", sorted({one.person_id for one in letters}), why=N_("Skrev ut brev")
    )
    return await desk.render(
        "letters/printing.html", title=desk.say(N_("Skriv ut")), values={"dato": date_short(today())},
        **_print_values(desk, letters),
    )  # fmt: skip


@page("/k/{slug:str}/brev/utskrift.pdf", Permission.LETTER_SEND)
async def download_printing(desk: Desk) -> Response[Any]:
    """The chosen letters as one file: the very pages that were written."""
    letters = await _chosen(desk, forms.chosen_in(desk.query))
    if not letters:
        return desk.redirect(desk.url("/brev"), flash=GONE, state="info")
    files = [await letter_file(desk.uow, one) for one in letters]
    await record_read(
        desk.uow, "letter.read", sorted({one.person_id for one in letters}), why=N_("Skrev ut brev")
    )
    await desk.uow.finish()
    return desk.download(f"brev-{desk.context.slug}-{today()}.pdf", await for_the_printer(files), PDF)


@action("/k/{slug:str}/brev/sendt", Permission.LETTER_SEND)
async def send(desk: Desk) -> Response[Any]:
    """Mark the chosen letters as sent."""
    waiting = await _chosen(desk, [one for text in desk.form.all("brev") if (one := forms.uuid_of(text))])
    try:
        letters, day = forms.read_sent(desk.form)
        marked = await mark_sent(desk.uow, letters, day)
    except Invalid as bad:
        title = desk.say(N_("Skriv ut"))
        return await desk.again("letters/printing.html", bad, title=title, **_print_values(desk, waiting))
    if marked == len(set(letters)):
        return desk.redirect(
            desk.url("/brev"), flash=N_("Brevene er merket som sendt: %(count)s."), count=marked
        )
    return desk.redirect(
        desk.url("/brev"), flash=N_("Merket som sendt: %(count)s. Andre har merket eller stanset resten."),
        state="warning", count=marked,
    )  # fmt: skip


# One letter -----------------------------------------------------------------------------------------------------------
async def _letter_values(desk: Desk) -> dict[str, Any]:
    one = await letter_card(desk.uow, desk.path_uuid("letter_id"))
    corrects = await letter_card(desk.uow, one.corrects_id) if one.corrects_id is not None else None
    await record_read(
        desk.uow, "letter.read", [one.person_id], why=N_("Leste om et brev"), object_kind="letter", object_id=one.id
    )  # fmt: skip
    recipient = await person_card(desk.uow, one.recipient_id)
    return {
        "current": "/brev",
        "crumbs": [(desk.say(LETTERS), desk.url("/brev")), (one.title, "")],
        "letter": one,
        "homeless": one.state == "ready"
        and one.channel == "print"
        and not one.guarded
        and not recipient.street,
        "corrects": corrects,
        "kind": desk.say(LETTER_KINDS[one.kind]),
        "channel": desk.say(channel_name(one.channel)),
        "role": desk.say(views.ROLES[one.recipient_role]),
        "base": desk.url(f"/brev/{one.id}"),
        "letters_url": desk.url("/brev"),
        "case_url": desk.url(f"/saker/{one.case_id}"),
        "print_url": desk.url(f"/brev/utskrift?{forms.CHOSEN}{one.id}=1"),
        "mine": may_decide_for(desk.context, one.purchaser) and desk.context.may(Permission.LETTER_SEND),
    }


@page("/k/{slug:str}/brev/{letter_id:uuid}", Permission.LETTER_READ)
async def show_letter(desk: Desk) -> Response[str]:
    """One letter: to whom, about what, and whether it is sent."""
    shown = await _letter_values(desk)
    return await desk.render("letters/letter.html", title=shown["letter"].title, values={}, **shown)


@page("/k/{slug:str}/brev/{letter_id:uuid}/brev.pdf", Permission.LETTER_READ)
async def download_letter(desk: Desk) -> Response[bytes]:
    """The letter itself, as it was written."""
    one = await letter_card(desk.uow, desk.path_uuid("letter_id"))
    content = await letter_file(desk.uow, one)
    await record_read(
        desk.uow, "letter.read", [one.person_id], why=N_("Åpnet et brev"), object_kind="letter", object_id=one.id
    )  # fmt: skip
    await desk.uow.finish()
    return desk.download(f"brev-{one.case_no}-{one.dated}.pdf", content, PDF)


@action("/k/{slug:str}/brev/{letter_id:uuid}/stans", Permission.LETTER_SEND)
async def stop_letter(desk: Desk) -> Response[Any]:
    """Stop a letter that is not sent."""
    shown = await _letter_values(desk)
    try:
        await cancel_letter(desk.uow, shown["letter"].id, desk.form.text("grunn"))
    except Invalid as bad:
        return await desk.again("letters/letter.html", bad, title=shown["letter"].title, **shown)
    return desk.redirect(shown["base"], flash=N_("Brevet er stanset. Det blir ikke sendt."))


# Letters by hand ------------------------------------------------------------------------------------------------------
async def _correction_values(desk: Desk) -> dict[str, Any]:
    shown = await _letter_values(desk)
    if not shown["mine"]:
        raise Forbidden(NOT_YOURS)
    if shown["letter"].state != "sent":
        raise Conflict(NOT_SENT)
    return shown | {"action": shown["base"] + "/rettebrev", "back_url": shown["base"]}


@page("/k/{slug:str}/brev/{letter_id:uuid}/rettebrev", Permission.LETTER_SEND)
async def correction_form(desk: Desk) -> Response[str]:
    """A letter that corrects this one."""
    shown = await _correction_values(desk)
    values = {"tittel": corrected_title(shown["letter"])}
    return await desk.render(
        "letters/write.html", title=desk.say(N_("Skriv rettebrev")), values=values, **shown
    )


@action("/k/{slug:str}/brev/{letter_id:uuid}/rettebrev", Permission.LETTER_SEND)
async def correct_letter(desk: Desk) -> Response[Any]:
    """Write the correction."""
    shown = await _correction_values(desk)
    try:
        typed = forms.read_letter(desk.form)
    except Invalid as bad:
        return await desk.again("letters/write.html", bad, title=desk.say(N_("Skriv rettebrev")), **shown)
    made = await write_correction(desk.uow, shown["letter"].id, title=typed.title, text=typed.text)
    return _written(desk, made)


async def _own_values(desk: Desk) -> dict[str, Any]:
    case, person = await own_case(desk)
    url = desk.url(f"/saker/{case.id}")
    return {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Skriv brev")),
        "letter": None,
        "case_id": case.id,
        "action": url + "/brev/nytt",
        "back_url": url,
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/brev/nytt", Permission.LETTER_SEND)
async def letter_form(desk: Desk) -> Response[str]:
    """A letter of one's own in a case."""
    shown = await _own_values(desk)
    return await desk.render("letters/write.html", title=desk.say(N_("Skriv brev")), values={}, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/brev/nytt", Permission.LETTER_SEND)
async def write_letter(desk: Desk) -> Response[Any]:
    """Write it, to everybody who gets letters in the case."""
    shown = await _own_values(desk)
    try:
        typed = forms.read_letter(desk.form)
    except Invalid as bad:
        return await desk.again("letters/write.html", bad, title=desk.say(N_("Skriv brev")), **shown)
    made = await write_information(desk.uow, shown["case_id"], title=typed.title, text=typed.text)
    return _written(desk, made)


def _written(desk: Desk, made: Sequence[UUID]) -> Response[None]:
    """On to what was written: the one letter, or the queue when there are several."""
    if not made:
        return desk.redirect(desk.url("/brev"), flash=N_("Ingen kan få brev i denne saken. Ingen brev er skrevet."),
                             state="warning")  # fmt: skip
    url = desk.url(f"/brev/{made[0]}") if len(made) == 1 else desk.url("/brev")
    return desk.redirect(
        url, flash=N_("Skrevet: %(count)s brev. Les gjennom, og send det i dag."), count=len(made)
    )


# The interim reply ----------------------------------------------------------------------------------------------------
async def _interim_values(desk: Desk) -> tuple[dict[str, Any], InterimCard | None]:
    case, person = await own_case(desk)
    waiting = [one for one in await interims_of(desk.uow, case.id) if one.state != "written"]
    await record_read(
        desk.uow,
        "case.read",
        [case.person_id],
        why=N_("Foreløpig svar"),
        object_kind="case",
        object_id=case.id,
    )
    one = waiting[0] if waiting else None
    return {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Foreløpig svar")),
        "case": case,
        "person": person,
        "interim": one,
        "action": desk.url(f"/saker/{case.id}/forelopig-svar"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }, one


@page("/k/{slug:str}/saker/{case_id:uuid}/forelopig-svar", Permission.LETTER_SEND)
async def interim_form(desk: Desk) -> Response[str]:
    """Why it takes longer, and when the answer may be expected."""
    shown, one = await _interim_values(desk)
    values = views.interim_values(one) if one is not None else {}
    return await desk.render(
        "letters/interim.html", title=desk.say(N_("Foreløpig svar")), values=values, **shown
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/forelopig-svar", Permission.LETTER_SEND)
async def save_interim(desk: Desk) -> Response[Any]:
    """Write the interim reply."""
    shown, _ = await _interim_values(desk)
    try:
        facts = forms.read_interim(desk.form)
        made = await write_interim(
            desk.uow, shown["case"].id, facts.application_id, reason=facts.reason, expected_on=facts.expected_on,
            version=version_of(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("letters/interim.html", bad, title=desk.say(N_("Foreløpig svar")), **shown)
    return _written(desk, made)


HANDLERS = [
    show_list, show_printing, download_printing, send, show_letter, download_letter, stop_letter, correction_form,
    correct_letter, letter_form, write_letter, interim_form, save_interim,
]  # fmt: skip
