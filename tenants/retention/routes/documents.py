"""Pages of the documents' journal: which are journalled, which the archive has, one by one and many at once."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.retention import forms, views
from tenants.retention.queries import documents, one_document
from tenants.retention.routes.frame import crumbs, frame
from tenants.retention.service import mark_document, mark_documents

LIST = N_("Dokumenter til arkivet")
STATES = tuple(views.DOCUMENT_STATES)


async def _list_values(desk: Desk, state: str) -> dict[str, Any]:
    state = state if state in views.DOCUMENT_STATES else STATES[0]
    number = page_number(desk.query)
    found, total = await documents(desk.uow, state, number, PAGE_SIZE)
    await record_read(desk.uow, "document.list", [], why=N_("Dokumenter til arkivet"), object_kind="document")
    shown = frame(desk, "/dokumenter")
    return {
        "rows": found, "total": total, "number": number, "size": PAGE_SIZE, "last": last_page(total), "state": state,
        "document_kinds": {code: desk.say(name) for code, name in views.DOCUMENT_KINDS.items()},
        "choices": [(desk.say(name), f"{shown['base']}?status={code}", None, code == state)
                    for code, name in views.DOCUMENT_STATES.items()],
        "several": shown["writes"] and state != "arkiv", **shown,
    }  # fmt: skip


@page("/k/{slug:str}/oppbevaring/dokumenter", Permission.RETENTION_READ)
async def show_documents(desk: Desk) -> Response[str]:
    """Documents for the journal: which are journalled, and which the archive has said that it has."""
    shown = await _list_values(desk, desk.query.get("status", ""))
    every = [f"{one.object_kind}:{one.object_id}" for one in shown["rows"]]
    values = {
        "dokumenter": every if desk.query.get("alle") == "ja" else [],
        "nummer": "",
        "dag": format_date(today()),
    }
    return await desk.render("retention/documents.html", title=desk.say(LIST), values=values, **shown)


@action("/k/{slug:str}/oppbevaring/dokumenter", Permission.RETENTION_WRITE)
async def mark_several(desk: Desk) -> Response[Any]:
    """One journal number, or one receipt from the archive, for every document that is chosen."""
    shown = await _list_values(desk, desk.form.text("status"))
    try:
        chosen, facts = forms.read_marks(desk.form, receipt=shown["state"] == "journalfort")
        count = await mark_documents(desk.uow, chosen, facts)
    except Invalid as bad:
        return await desk.again("retention/documents.html", bad, title=desk.say(LIST), **shown)
    back = f"{shown['base']}?status={shown['state']}"
    return desk.redirect(back, flash=N_("Notert for så mange dokumenter: %(count)s."), count=count)


async def _document_values(desk: Desk, kind: str, name: str) -> dict[str, Any]:
    card = await one_document(desk.uow, kind, desk.path_uuid(name))
    heading = desk.say(views.DOCUMENT_KINDS[card.object_kind])
    shown = frame(desk, "/dokumenter")
    await record_read(desk.uow, "document.read", [], why=N_("Dokument til arkivet"), object_kind=card.object_kind,
                      object_id=card.object_id)  # fmt: skip
    return {
        **shown, "crumbs": crumbs(desk, heading, "/dokumenter"), "heading": heading, "card": card,
        "back": shown["base"], "base": f"{shown['base']}/{kind}/{card.object_id}",
    }  # fmt: skip


def _document_pages(kind: str, name: str) -> tuple[Any, Any]:
    """The page of one document and the form on it. A path for each kind, so that an id is of a table that is known."""
    path = f"/k/{{slug:str}}/oppbevaring/dokumenter/{kind}/{{{name}:uuid}}"

    @page(path, Permission.RETENTION_READ)
    async def show(desk: Desk) -> Response[str]:
        """One document's place in the journal."""
        shown = await _document_values(desk, kind, name)
        card = shown["card"]
        values = {
            "journal": card.journal_ref or "", "kvittering": card.archive_receipt or "",
            "journalfort": format_date(card.journalled_on or today()),
            "arkivert": format_date(card.archived_on) if card.archived_on else "",
        }  # fmt: skip
        return await desk.render("retention/document.html", title=shown["heading"], values=values, **shown)

    @action(path, Permission.RETENTION_WRITE)
    async def save(desk: Desk) -> Response[Any]:
        """Note the journal number and the archive's receipt."""
        shown = await _document_values(desk, kind, name)
        try:
            await mark_document(desk.uow, kind, shown["card"].object_id, forms.read_mark(desk.form))
        except Invalid as bad:
            return await desk.again("retention/document.html", bad, title=shown["heading"], **shown)
        return desk.redirect(shown["back"], flash=N_("Dokumentet er notert som journalført."))

    return show, save


HANDLERS = [
    show_documents,
    mark_several,
    *_document_pages("letter", "letter_id"),
    *_document_pages("agreement_file", "agreement_file_id"),
    *_document_pages("status_review", "status_review_id"),
    *_document_pages("incoming_form", "incoming_form_id"),
]
