"""The slice's pages: the draft with its checklist, a decision as it reads, the list, and notice in advance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import C_, N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader, version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases.api import FORM_NAMES, PURCHASERS, case_card, own_case
from tenants.decisions import forms, pages, views
from tenants.decisions.changing import discard_draft, draft_from
from tenants.decisions.listing import SHOWN, list_decisions
from tenants.decisions.notices import give_notice, record_reply
from tenants.decisions.queries import decision_card
from tenants.decisions.reductions import WAIVERS, least_reply_by
from tenants.decisions.service import (
    issue_decision,
    propose_decision,
    return_decision,
    save_decision,
    take_back,
)

DECISIONS = C_("flere", "Vedtak")
WRITE = N_("Skriv vedtak")
NOTICE = N_("Forhåndsvarsel")


# Writing --------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def decision_form(desk: Desk) -> Response[Any]:
    """The draft with its checklist; one that is proposed is read on its own page."""
    draft = await pages.draft_page(desk, WRITE)
    if draft.card is not None and draft.card.state == "proposed":
        return desk.redirect(desk.url(f"/vedtak/{draft.card.id}"))
    return await desk.render(
        "decisions/decision.html", title=desk.say(WRITE), values=draft.stored,
        **pages.follows(desk, draft, draft.stored), **draft.shown,
    )  # fmt: skip


@action("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def write_decision(desk: Desk) -> Response[Any]:
    """Save the draft, add a service, go on to the notice, or send it to somebody who decides, by the button pressed."""
    draft = await pages.draft_page(desk, WRITE)
    pressed = desk.form.text("gjor")
    case_id, here = draft.case.id, draft.shown["action"]
    try:
        facts = forms.read_decision(
            desk.form, grounds={ground.code for ground in draft.asked.grounds}, kinds=draft.kinds
        )
        version = version_of(desk.form)
        if pressed == "send":
            impartial = desk.form.text("habilitet") == "ja"
            decision_id = await propose_decision(
                desk.uow, case_id, facts, version=version, impartial=impartial
            )
            return desk.redirect(
                desk.url(f"/vedtak/{decision_id}"),
                flash=N_("Vedtaket er sendt til godkjenning."),
            )
        await save_decision(desk.uow, case_id, facts, version=version)
    except Invalid as bad:
        typed = pages.follows(desk, draft, views.form_values(desk.form))
        return await desk.again("decisions/decision.html", bad, title=desk.say(WRITE), **typed, **draft.shown)
    match pressed:
        case "varsel":
            return desk.redirect(desk.url(f"/saker/{case_id}/forhandsvarsel"))
        case "flere":
            return desk.redirect(here + "?flere=1")
        case _:
            return desk.redirect(here, flash=N_("Kladden er lagret."))


@action("/k/{slug:str}/saker/{case_id:uuid}/vedtak/slett", Permission.DECISION_DRAFT)
async def delete_draft(desk: Desk) -> Response[Any]:
    """Throw the draft away."""
    case, _ = await own_case(desk)
    await discard_draft(desk.uow, case.id, version=version_of(desk.form))
    return desk.redirect(desk.url(f"/saker/{case.id}"), flash=N_("Kladden er slettet."))


@page("/k/{slug:str}/saker/{case_id:uuid}/vedtak/endre", Permission.DECISION_DRAFT)
async def change_form(desk: Desk) -> Response[str]:
    """Change, renew or end what is in force: which decision, and what to do with it."""
    shown = await pages.change_values(desk)
    values = {"gjor": "change", "vedtak": desk.query.get("vedtak", "") or shown["first"]}
    return await desk.render("decisions/change.html", title=desk.say(pages.CHANGE), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/vedtak/endre", Permission.DECISION_DRAFT)
async def begin_change(desk: Desk) -> Response[Any]:
    """Make the draft that follows, with everything carried over."""
    shown = await pages.change_values(desk)
    try:
        reader = Reader(desk.form)
        kind = reader.choice("gjor", shown["kinds"], required=N_("Velg hva du vil gjøre."))
        known = {value: value for value, _ in shown["decisions"]}
        chosen = reader.choice("vedtak", known, required=N_("Velg hvilket vedtak det gjelder."))
        reader.done()
        await draft_from(desk.uow, shown["case"].id, replaces=UUID(chosen), kind=kind)
    except Invalid as bad:
        return await desk.again("decisions/change.html", bad, title=desk.say(pages.CHANGE), **shown)
    return desk.redirect(
        desk.url(f"/saker/{shown['case'].id}/vedtak"),
        flash=N_("Kladden er klar. Teksten er hentet fra vedtaket som gjelder nå."),
    )


# Deciding -------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/vedtak/{decision_id:uuid}", Permission.CASE_READ)
async def show_decision(desk: Desk) -> Response[Any]:
    """A decision as it reads; the one who may decide it finds the two answers below."""
    shown = await pages.decision_page(desk, desk.path_uuid("decision_id"))
    if shown["decision"].state == "draft" and shown["mine"]:
        return desk.redirect(desk.url(f"/saker/{shown['case'].id}/vedtak"))
    return await desk.render("decisions/shown.html", values={}, **shown)


@action("/k/{slug:str}/vedtak/{decision_id:uuid}/fatt", Permission.DECISION_ISSUE)
async def decide(desk: Desk) -> Response[Any]:
    """Make the decision."""
    shown = await pages.decision_page(desk, desk.path_uuid("decision_id"))
    try:
        await issue_decision(
            desk.uow, shown["decision"].id, version=version_of(desk.form),
            impartial=desk.form.text("habilitet") == "ja",
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("decisions/shown.html", pages.in_one_place(bad), **shown)
    return desk.redirect(desk.url(f"/saker/{shown['case'].id}"), flash=pages.decided_says(shown["decision"]))


@action("/k/{slug:str}/vedtak/{decision_id:uuid}/retur", Permission.DECISION_ISSUE)
async def send_back(desk: Desk) -> Response[Any]:
    """Send it back to its writer with what should be changed."""
    shown = await pages.decision_page(desk, desk.path_uuid("decision_id"))
    try:
        reader = Reader(desk.form)
        note = reader.text("merknad", required=N_("Skriv hva som må endres."), most=2_000)
        reader.done()
        await return_decision(desk.uow, shown["decision"].id, note, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("decisions/shown.html", bad, **shown)
    return desk.redirect(desk.url("/vedtak"), flash=N_("Vedtaket er sendt tilbake til den som skrev det."))


@action("/k/{slug:str}/vedtak/{decision_id:uuid}/ta-tilbake", Permission.DECISION_DRAFT)
async def fetch_back(desk: Desk) -> Response[Any]:
    """Take a proposed decision back to write on it."""
    card = await decision_card(desk.uow, desk.path_uuid("decision_id"))
    await case_card(desk.uow, card.case_id)
    await take_back(desk.uow, card.id, version=version_of(desk.form))
    return desk.redirect(desk.url(f"/saker/{card.case_id}/vedtak"), flash=N_("Vedtaket er kladd igjen."))


@page("/k/{slug:str}/vedtak", Permission.DECISION_ISSUE)
async def show_list(desk: Desk) -> Response[str]:
    """To approve, drafts and what came back, what runs out, what is due for evaluation, and what was made."""
    found = await list_decisions(desk.uow, desk.query)
    base = desk.url("/vedtak")
    return await desk.render(
        "decisions/list.html",
        title=desk.say(DECISIONS),
        current="/vedtak",
        found=found,
        sorts=[
            (desk.say(SHOWN[shown]), f"{base}?vis={shown}", count, shown == found.shown)
            for shown, count in found.counts.items()
        ],
        form_names={value: desk.say(name) for value, name in FORM_NAMES.items()},
        kind_names={value: desk.say(name) for value, name in forms.KIND_NAMES.items()},
        purchaser_names={value: desk.say(name) for value, name in PURCHASERS.items()},
        reader=desk.context.user,
        today=today(),
        page_size=PAGE_SIZE,
        last=last_page(found.total),
        base=base,
        cases=desk.url("/saker"),
    )


# Notice in advance ----------------------------------------------------------------------------------------------------
def _first_notice(draft: pages.DraftPage) -> dict[str, Any]:
    earliest = least_reply_by(today(), draft.asked.rules.notice_days)
    return {
        "hva": "\n".join(draft.shown["taken"]),
        "hvorfor": draft.stored["begrunnelse"],
        "frist": format_date(earliest + timedelta(days=1)),
        "svar_dato": format_date(today()),
        "unntak": "",
    }


def _notice_values(desk: Desk, draft: pages.DraftPage) -> dict[str, Any]:
    return {
        **draft.shown,
        "notices": draft.asked.notices,
        "waivers": [
            ("", desk.say(N_("Vi varsler"))),
            *((code, desk.say(label), desk.say(source)) for code, (label, source) in WAIVERS.items()),
        ],
        "waiver_names": {code: desk.say(label) for code, (label, _) in WAIVERS.items()},
        "earliest": least_reply_by(today(), draft.asked.rules.notice_days),
        "here": desk.url(f"/saker/{draft.case.id}/forhandsvarsel"),
        "draft_url": desk.url(f"/saker/{draft.case.id}/vedtak"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/forhandsvarsel", Permission.DECISION_DRAFT)
async def notice_form(desk: Desk) -> Response[str]:
    """What the draft takes away, the notice to give, and replies to those given."""
    draft = await pages.draft_page(desk, NOTICE)
    return await desk.render(
        "decisions/notice.html", title=desk.say(NOTICE), values=_first_notice(draft), **_notice_values(desk, draft)
    )  # fmt: skip


@action("/k/{slug:str}/saker/{case_id:uuid}/forhandsvarsel", Permission.DECISION_DRAFT)
async def send_notice(desk: Desk) -> Response[Any]:
    """Give notice, or say why none is given."""
    draft = await pages.draft_page(desk, NOTICE)
    shown = _notice_values(desk, draft)
    try:
        facts = forms.read_notice(desk.form)
        await give_notice(desk.uow, draft.case.id, facts)
    except Invalid as bad:
        return await desk.again("decisions/notice.html", bad, title=desk.say(NOTICE), **shown)
    flash = (
        N_("Begrunnelsen er lagret. Nå kan du sende vedtaket til godkjenning.")
        if facts.waiver
        else N_("Forhåndsvarselet er skrevet. Send brevet, og skriv inn svaret når det kommer.")
    )
    return desk.redirect(shown["draft_url"], flash=flash)


@action("/k/{slug:str}/saker/{case_id:uuid}/forhandsvarsel/{notice_id:uuid}", Permission.DECISION_DRAFT)
async def save_reply(desk: Desk) -> Response[Any]:
    """Note what was replied."""
    draft = await pages.draft_page(desk, NOTICE)
    if desk.path_uuid("notice_id") not in {one.id for one in draft.asked.notices}:
        raise NotFound
    shown = _notice_values(desk, draft)
    try:
        reply = forms.read_reply(desk.form)
        await record_reply(
            desk.uow, draft.case.id, desk.path_uuid("notice_id"), reply, version=version_of(desk.form)
        )
    except Invalid as bad:
        return await desk.again("decisions/notice.html", bad, title=desk.say(NOTICE), **shown)
    return desk.redirect(shown["draft_url"], flash=N_("Svaret er lagret."))


HANDLERS = [
    decision_form, write_decision, delete_draft, change_form, begin_change, show_decision, decide, send_back, fetch_back,
    show_list, notice_form, send_notice, save_reply,
]  # fmt: skip
