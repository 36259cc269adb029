"""The slice's pages: requests, one request with its extracts, looking through, the files, and notes of disagreement."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.pdf import render_pdf
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.cases.api import case_card, case_crumbs, legal_ground_names
from tenants.contacts.api import contact_card
from tenants.people.api import person_card, representatives_of
from tenants.retention.api import rules_now
from tenants.rights import forms, views
from tenants.rights.extract import released
from tenants.rights.models import RightsExtract
from tenants.rights.queries import extracts_of, not_covered, own_extract, request_card, requests
from tenants.rights.rules import EXTRACTED, GROUNDS, IDENTITY, KINDS
from tenants.rights.service import (
    add_note,
    close,
    extend,
    hand_over,
    register_request,
    release_extract,
    start_extract,
)
from tenants.rights.words import LOOKED_AT

PATH, TITLE = "/rettigheter", N_("Innsyn og rettigheter")
NEW, LOOK, NOTE = N_("Nytt krav"), N_("Se gjennom utdraget"), N_("Merknad om uenighet")


@page("/k/{slug:str}/rettigheter", Permission.RIGHTS_HANDLE)
async def show_list(desk: Desk) -> Response[str]:
    """Requests, those that wait first."""
    found = await requests(desk.uow)
    people = sorted({one.person_id for one in found})
    await record_read(desk.uow, "rights.list", people, why=N_("Krav etter personvernreglene"))
    rows = [
        (one, desk.say(KINDS[one.kind]), desk.say(views.STATES[one.state][0]), views.STATES[one.state][1])
        for one in found
    ]
    return await desk.render(
        "rights/list.html", title=desk.say(TITLE), current=PATH, rows=rows, base=desk.url(PATH),
        waiting=sum(one.state == "open" for one in found),
    )  # fmt: skip


# Registering ------------------------------------------------------------------------------------------------------------
async def _case_form(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    card = await person_card(desk.uow, case.person_id)
    acting = await representatives_of(desk.uow, case.person_id)
    await record_read(
        desk.uow, "rights.form", [case.person_id], why=N_("Krav etter personvernreglene"), object_kind="case", object_id=case.id
    )  # fmt: skip
    return case.person_id, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, card, NEW),
        "whose": card.name,
        "who": [(forms.SELF, card.name), *((str(one.id), one.name) for one in acting)],
        "action": desk.url(f"/saker/{case.id}/rettighet"),
        "back": desk.url(f"/saker/{case.id}"),
        **_choices(desk),
    }


async def _contact_form(desk: Desk) -> tuple[UUID, UUID, dict[str, Any]]:
    if not desk.context.may(Permission.CONTACT_READ):
        raise NotFound
    card = await contact_card(desk.uow, desk.path_uuid("contact_id"))
    await record_read(
        desk.uow, "rights.form", [card.person_id], why=N_("Krav etter personvernreglene"), object_kind="contact",
        object_id=card.id,
    )  # fmt: skip
    return (
        card.person_id,
        card.id,
        {
            "current": "/kontakter",
            "crumbs": [(desk.say(TITLE), desk.url(PATH)), (desk.say(NEW), "")],
            "whose": card.name,
            "who": [(forms.SELF, card.name)],
            "action": desk.url(f"/stottekontakter/{card.id}/rettighet"),
            "back": desk.url(f"/kontakter/{card.id}"),
            **_choices(desk),
        },
    )


def _choices(desk: Desk) -> dict[str, Any]:
    return {"kinds": desk.options(KINDS), "identities": desk.options(IDENTITY)}


def _blank() -> dict[str, str]:
    return {"krav": "access", "hvem": forms.SELF, "identitet": "", "mottatt": format_date(today()), "ord": ""}


@page("/k/{slug:str}/saker/{case_id:uuid}/rettighet", Permission.RIGHTS_HANDLE)
async def new_for_user(desk: Desk) -> Response[str]:
    """The form for what a service user, or somebody for them, asks."""
    _, shown = await _case_form(desk)
    return await desk.render("rights/new.html", title=desk.say(NEW), values=_blank(), **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/rettighet", Permission.RIGHTS_HANDLE)
async def register_for_user(desk: Desk) -> Response[Any]:
    """Register it."""
    person_id, shown = await _case_form(desk)
    try:
        made = await register_request(desk.uow, person_id, forms.read_request(desk.form))
    except Invalid as bad:
        return await desk.again("rights/new.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(desk.url(f"{PATH}/{made}"), flash=N_("Kravet er registrert."))


@page("/k/{slug:str}/stottekontakter/{contact_id:uuid}/rettighet", Permission.RIGHTS_HANDLE)
async def new_for_contact(desk: Desk) -> Response[str]:
    """The form for what a contact asks about their own work."""
    _, _, shown = await _contact_form(desk)
    return await desk.render("rights/new.html", title=desk.say(NEW), values=_blank(), **shown)


@action("/k/{slug:str}/stottekontakter/{contact_id:uuid}/rettighet", Permission.RIGHTS_HANDLE)
async def register_for_contact(desk: Desk) -> Response[Any]:
    """Register it."""
    person_id, contact_id, shown = await _contact_form(desk)
    try:
        made = await register_request(
            desk.uow, person_id, forms.read_request(desk.form), contact_id=contact_id
        )
    except Invalid as bad:
        return await desk.again("rights/new.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(desk.url(f"{PATH}/{made}"), flash=N_("Kravet er registrert."))


# One request ------------------------------------------------------------------------------------------------------------
async def _values(desk: Desk) -> dict[str, Any]:
    card = await request_card(desk.uow, desk.path_uuid("rights_request_id"))
    await record_read(
        desk.uow, "rights.read", [card.person_id], why=N_("Krav etter personvernreglene"), object_kind="rights_request",
        object_id=card.id,
    )  # fmt: skip
    heading = f"{desk.say(KINDS[card.kind])}: {card.name}"
    extracts = [
        (one, desk.say(views.EXTRACT_STATES[one["state"]][0]), views.EXTRACT_STATES[one["state"]][1])
        for one in await extracts_of(desk.uow, card.id)
    ]
    return {
        "current": PATH,
        "crumbs": [(desk.say(TITLE), desk.url(PATH)), (heading, "")],
        "heading": heading,
        "card": card,
        "state": (desk.say(views.STATES[card.state][0]), views.STATES[card.state][1]),
        "identity": desk.say(IDENTITY[card.identity]),
        "ground": desk.say(GROUNDS[card.ground]) if card.ground in GROUNDS else "",
        "extracts": extracts,
        "extractable": card.kind in EXTRACTED and card.state == "open",
        "missing": [] if card.contact_id or not extracts else await not_covered(desk.uow, card),
        "closings": desk.options(views.CLOSINGS),
        "grounds": desk.options(GROUNDS),
        "base": desk.url(f"{PATH}/{card.id}"),
        "pieces": desk.url("/utdrag"),
    }


BLANK = {"forleng_grunn": "", "utfall": "answered", "hjemmel": "", "svar": ""}


@page("/k/{slug:str}/rettigheter/{rights_request_id:uuid}", Permission.RIGHTS_HANDLE)
async def show(desk: Desk) -> Response[str]:
    """One request."""
    shown = await _values(desk)
    return await desk.render("rights/request.html", title=shown["heading"], values=BLANK, **shown)


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.render(
        "rights/request.html", title=shown["heading"], status=422, errors=bad.errors,
        values={**BLANK, **desk.form.values()}, **shown,
    )  # fmt: skip


@action("/k/{slug:str}/rettigheter/{rights_request_id:uuid}/forleng", Permission.RIGHTS_HANDLE)
async def more_time(desk: Desk) -> Response[Any]:
    """Two months more."""
    shown = await _values(desk)
    try:
        await extend(
            desk.uow,
            shown["card"].id,
            desk.form.text("forleng_grunn")[:2_000],
            version=version_of(desk.form),
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Fristen er forlenget. Husk å fortelle det til den som spurte.")
    )


@action("/k/{slug:str}/rettigheter/{rights_request_id:uuid}/avslutt", Permission.RIGHTS_HANDLE)
async def finish(desk: Desk) -> Response[Any]:
    """Answer, refuse or note as withdrawn."""
    shown = await _values(desk)
    form = desk.form
    try:
        await close(
            desk.uow, shown["card"].id, form.text("utfall"), ground=form.text("hjemmel"), answer=form.text("svar")[:4_000],
            version=version_of(form),
        )  # fmt: skip
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Kravet er avsluttet."))


@action("/k/{slug:str}/rettigheter/{rights_request_id:uuid}/utdrag", Permission.RIGHTS_HANDLE)
async def make(desk: Desk) -> Response[Any]:
    """Have an extract made."""
    card = await request_card(desk.uow, desk.path_uuid("rights_request_id"))
    await start_extract(desk.uow, card)
    return desk.redirect(
        desk.url(f"{PATH}/{card.id}"), flash=N_("Utdraget lages. Last siden på nytt om litt.")
    )


# Extracts: for who made them --------------------------------------------------------------------------------------------
async def _extract(desk: Desk) -> tuple[RightsExtract, dict[str, Any]]:
    row = await own_extract(desk.uow, desk.path_uuid("rights_extract_id"))
    card = await request_card(desk.uow, row.request_id)
    await record_read(
        desk.uow, "rights.extract_read", [card.person_id], why=N_("Ser gjennom utdrag"), object_kind="rights_extract",
        object_id=row.id,
    )  # fmt: skip
    back = desk.url(f"{PATH}/{card.id}")
    content = row.content or {}
    flags = [
        (f"valg_{number}", path, views.label(path, content.get("about", "user"), desk.language), flag)
        for number, (path, flag) in enumerate(sorted(row.flags.items()))
    ]
    return row, {
        "current": PATH,
        "crumbs": [(desk.say(TITLE), desk.url(PATH)), (card.name, back), (desk.say(LOOK), "")],
        "card": card,
        "version": row.version,
        "flags": flags,
        "choices": desk.options(views.CHOICES),
        "without_names": desk.options(
            {code: name for code, name in views.CHOICES.items() if code != "names"}
        ),
        "looked_at": LOOKED_AT,
        "base": desk.url(f"/utdrag/{row.id}"),
        "back": back,
        "state": row.state,
        "rows": sum(len(table["rows"]) for table in content.get("tables", [])),
        "sections": views.whole(row, desk.language, await legal_ground_names(desk.uow, desk.language)),
    }


@page("/k/{slug:str}/utdrag/{rights_extract_id:uuid}", Permission.RIGHTS_HANDLE)
async def look_through(desk: Desk) -> Response[str]:
    """The texts that may name somebody else, one by one, before the extract is given out."""
    row, shown = await _extract(desk)
    if row.state not in ("review", "released"):
        raise Conflict(N_("Utdraget er ikke klart, eller det er slettet."))
    values = {
        name: flag["choice"] or views.choice_at_first(path, flag) for name, path, _, flag in shown["flags"]
    }
    return await desk.render(
        "rights/review.html", title=desk.say(LOOK), values={**values, "ord_ut": ""}, **shown
    )


@action("/k/{slug:str}/utdrag/{rights_extract_id:uuid}/frigi", Permission.RIGHTS_HANDLE)
async def release(desk: Desk) -> Response[Any]:
    """Release it with what was decided."""
    row, shown = await _extract(desk)
    chosen = {path: desk.form.text(name) for name, path, _, _ in shown["flags"]}
    try:
        words = [word for line in desk.form.text("ord_ut").splitlines() if (word := line.strip())]
        await release_extract(desk.uow, row.id, chosen, words[:200], version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("rights/review.html", bad, title=desk.say(LOOK), **shown)
    return desk.redirect(shown["back"], flash=N_("Utdraget er klart. Det ligger her i 14 dager."))


async def _ready(desk: Desk) -> tuple[dict[str, Any], str]:
    """What is given out, and the form of Norwegian the person has chosen: it is read by them, and not by who fetches it."""
    row, shown = await _extract(desk)
    if row.state != "released" or row.content is None:
        raise Conflict(N_("Utdraget er ikke klart, eller det er slettet."))
    await record_read(
        desk.uow, "rights.fetched", [shown["card"].person_id], why=N_("Hentet utdrag for utlevering"),
        object_kind="rights_extract", object_id=row.id,
    )  # fmt: skip
    language = (await person_card(desk.uow, shown["card"].person_id)).language_form
    return released(row.content, row.flags), language


@page("/k/{slug:str}/utdrag/{rights_extract_id:uuid}/utdrag.pdf", Permission.RIGHTS_HANDLE)
async def as_pdf(desk: Desk) -> Response[bytes]:
    """The extract to read, in the person's own form of Norwegian."""
    content, language = await _ready(desk)
    names, rules = await legal_ground_names(desk.uow, language), await rules_now(desk.uow)
    await desk.uow.finish()
    made = await render_pdf(views.document(content, language, names, rules))
    return desk.download("alt-vi-har-om-deg.pdf", made, "application/pdf")


@page("/k/{slug:str}/utdrag/{rights_extract_id:uuid}/utdrag.json", Permission.RIGHTS_HANDLE)
async def as_json(desk: Desk) -> Response[bytes]:
    """The extract for another program (art. 20)."""
    content, _ = await _ready(desk)
    await desk.uow.finish()
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    return desk.download("alt-vi-har-om-deg.json", body, "application/json")


@action("/k/{slug:str}/utdrag/{rights_extract_id:uuid}/levert", Permission.RIGHTS_HANDLE)
async def handed(desk: Desk) -> Response[Any]:
    """Note that the person has got it."""
    row, shown = await _extract(desk)
    try:
        await hand_over(desk.uow, row.id, desk.form.text("hvordan")[:500], version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("rights/review.html", bad, title=desk.say(LOOK), **shown)
    return desk.redirect(shown["back"], flash=N_("Utleveringen er notert."))


# Disagreement -----------------------------------------------------------------------------------------------------------
async def _note_form(desk: Desk) -> dict[str, Any]:
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    card = await person_card(desk.uow, case.person_id)
    await record_read(
        desk.uow, "rights.note_form", [case.person_id], why=N_("Merknad om uenighet"), object_kind="case", object_id=case.id
    )  # fmt: skip
    return {
        "current": "/saker", "crumbs": case_crumbs(desk, case, card, NOTE), "case": case,
        "action": desk.url(f"/saker/{case.id}/uenighet"), "back": desk.url(f"/saker/{case.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/saker/{case_id:uuid}/uenighet", Permission.RIGHTS_HANDLE)
async def disagree(desk: Desk) -> Response[str]:
    """The form for a note of disagreement."""
    shown = await _note_form(desk)
    return await desk.render(
        "rights/note.html",
        title=desk.say(NOTE),
        values={"gjelder": "", "merknad": ""},
        **shown,
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/uenighet", Permission.RIGHTS_HANDLE)
async def save_note(desk: Desk) -> Response[Any]:
    """Keep the note on the case."""
    shown = await _note_form(desk)
    try:
        await add_note(
            desk.uow,
            shown["case"],
            desk.form.text("gjelder")[:300],
            desk.form.text("merknad")[:4_000],
        )
    except Invalid as bad:
        return await desk.again("rights/note.html", bad, title=desk.say(NOTE), **shown)
    return desk.redirect(shown["back"], flash=N_("Merknaden står nå på saken."))


HANDLERS = [
    show_list,
    new_for_user,
    register_for_user,
    new_for_contact,
    register_for_contact,
    show,
    more_time,
    finish,
    make,
    look_through,
    release,
    as_pdf,
    as_json,
    handed,
    disagree,
    save_note,
]
