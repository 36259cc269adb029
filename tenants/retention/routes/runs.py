"""Pages of what has had its time, rules, holds, and runs with their receipt."""

from __future__ import annotations

from datetime import timedelta
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
from sammen.web.menu import place_label
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.contacts.api import contact_card
from tenants.retention import forms, views
from tenants.retention.kinds import HELD_BY, KINDS
from tenants.retention.queries import (
    holds,
    items_of,
    kinds_now,
    one_rule,
    open_run,
    own_rules,
    run_card,
    runs,
)
from tenants.retention.routes.frame import TITLE, crumbs, frame
from tenants.retention.service import (
    approve_run,
    ask_for_proposal,
    decide_rule,
    drop_run,
    keep_hold,
    lift_hold,
    place_hold,
    propose_rule,
)


# Overview ---------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/oppbevaring", Permission.RETENTION_READ)
async def overview(desk: Desk) -> Response[str]:
    """Every kind with its rule and what has had its time now."""
    rows = [
        (desk.say(KINDS[one.kind].name), desk.say(KINDS[one.kind].event), views.rule_length(one.rule, desk.say), one)
        for one in await kinds_now(desk.uow)
    ]  # fmt: skip
    return await desk.render(
        "retention/overview.html", title=desk.say(TITLE), rows=rows, run=await open_run(desk.uow),
        due=sum(one.due for *_, one in rows), others=[desk.say(text) for text in HELD_BY.values()], **frame(desk, ""),
    )  # fmt: skip


@action("/k/{slug:str}/oppbevaring/forslag", Permission.RETENTION_WRITE)
async def propose(desk: Desk) -> Response[Any]:
    """Have a proposal made; a job looks through everything."""
    task = await ask_for_proposal(desk.uow)
    return desk.redirect(desk.url(f"/oppgaver/{task}"))


# Runs -------------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/oppbevaring/kjoringer", Permission.RETENTION_READ)
async def show_runs(desk: Desk) -> Response[str]:
    """Every run, the newest first."""
    rows = [
        (one, desk.say(views.STATES[one.state][0]), views.STATES[one.state][1])
        for one in await runs(desk.uow)
    ]
    return await desk.render(
        "retention/runs.html", title=desk.say(N_("Kjøringer")), rows=rows, **frame(desk, "/kjoringer")
    )


async def _run_values(desk: Desk) -> dict[str, Any]:
    card = await run_card(desk.uow, desk.path_uuid("retention_run_id"))
    items = await items_of(desk.uow, card.id)
    await record_read(
        desk.uow, "retention.read", [], why=N_("Så på forslag om sletting"), object_kind="retention_run", object_id=card.id
    )  # fmt: skip
    chosen = desk.query.get("slag", "")
    shown = [row for row in items if not chosen or row["kind"] == chosen]
    number = min(page_number(desk.query), last_page(len(shown)) or 1)
    lines = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    heading = desk.say(N_("Forslag %(day)s"), day=format_date(card.as_of))
    common = frame(desk, "/kjoringer")
    return {
        **common,
        "base": f"{common['base']}/{card.id}",
        "crumbs": crumbs(desk, heading, "/kjoringer"),
        "heading": heading,
        "card": card,
        "state": (desk.say(views.STATES[card.state][0]), views.STATES[card.state][1]),
        "sums": views.by_kind(items),
        "lines": [
            (views.code_of(row), row, desk.say(views.ITEM_STATES[row["state"]][0]), views.ITEM_STATES[row["state"]][1],
             views.stops(row, desk.say))
            for row in lines
        ],
        "chosen": chosen if chosen in KINDS else "",
        "number": number,
        "size": PAGE_SIZE,
        "total": len(shown),
        "last": last_page(len(shown)),
        "values": {},
    }  # fmt: skip


@page("/k/{slug:str}/oppbevaring/kjoringer/{retention_run_id:uuid}", Permission.RETENTION_READ)
async def show_run(desk: Desk) -> Response[str]:
    """One run: what would go, what must wait and why, or what has gone."""
    shown = await _run_values(desk)
    return await desk.render("retention/run.html", title=shown["heading"], **shown)


@page("/k/{slug:str}/oppbevaring/kjoringer/{retention_run_id:uuid}/kvittering.pdf", Permission.RETENTION_READ)
async def receipt(desk: Desk) -> Response[bytes]:
    """The receipt of a run that is done. 409 until it is."""
    card = await run_card(desk.uow, desk.path_uuid("retention_run_id"))
    if card.state != "done":
        raise Conflict(N_("Kvitteringen lages når alt er slettet. Last siden på nytt om litt."))
    items = await items_of(desk.uow, card.id)
    sender = place_label(desk.context.kind, desk.context.place_name, desk.language)
    made = views.certificate(card, items, municipality=sender, language=desk.language)
    await desk.uow.finish()
    return desk.download(f"sletting-{card.as_of.isoformat()}.pdf", await render_pdf(made), "application/pdf")


@action("/k/{slug:str}/oppbevaring/kjoringer/{retention_run_id:uuid}/godkjenn", Permission.RETENTION_APPROVE)
async def approve(desk: Desk) -> Response[Any]:
    """Say yes: a job deletes."""
    card = await run_card(desk.uow, desk.path_uuid("retention_run_id"))
    await approve_run(desk.uow, card.id, version=version_of(desk.form))
    return desk.redirect(
        desk.url(f"/oppbevaring/kjoringer/{card.id}"),
        flash=N_("Godkjent. Sletting pågår, og kan ikke angres."),
    )


@action("/k/{slug:str}/oppbevaring/kjoringer/{retention_run_id:uuid}/forkast", Permission.RETENTION_APPROVE)
async def drop(desk: Desk) -> Response[Any]:
    """Drop the proposal, with a reason."""
    shown = await _run_values(desk)
    try:
        await drop_run(
            desk.uow, shown["card"].id, desk.form.text("grunn")[:1_000], version=version_of(desk.form)
        )
    except Invalid as bad:
        shown.pop("values")
        return await desk.again("retention/run.html", bad, title=shown["heading"], **shown)
    return desk.redirect(desk.url("/oppbevaring"), flash=N_("Forslaget er forkastet. Ingenting er slettet."))


# Rules ------------------------------------------------------------------------------------------------------------------
async def _rule_values(desk: Desk) -> dict[str, Any]:
    rows = [
        (desk.say(KINDS[one["kind"]].name) if one["kind"] in KINDS else one["kind"],
         views.length(one["years"], one["months"], desk.say), one, desk.say(views.RULE_STATES[one["state"]][0]),
         views.RULE_STATES[one["state"]][1])
        for one in await own_rules(desk.uow)
    ]  # fmt: skip
    now = [
        (desk.say(KINDS[one.kind].name), desk.say(KINDS[one.kind].event), views.rule_length(one.rule, desk.say), one.rule)
        for one in await kinds_now(desk.uow)
    ]  # fmt: skip
    return {"rows": rows, "now": now, **frame(desk, "/regler")}


BLANK_RULE = {"slag": "", "aar": "", "maaneder": "", "saa": "delete", "hjemmel": "", "grunn": ""}


@page("/k/{slug:str}/oppbevaring/regler", Permission.RETENTION_READ)
async def show_rules(desk: Desk) -> Response[str]:
    """How long each kind is kept, by which section, and the municipality's own proposals."""
    values = {**BLANK_RULE, "fra": format_date(today())}
    return await desk.render(
        "retention/rules.html",
        title=desk.say(N_("Regler for oppbevaring")),
        values=values,
        **await _rule_values(desk),
    )


@action("/k/{slug:str}/oppbevaring/regler", Permission.RETENTION_WRITE)
async def new_rule(desk: Desk) -> Response[Any]:
    """Propose a rule."""
    shown = await _rule_values(desk)
    try:
        await propose_rule(desk.uow, forms.read_rule(desk.form))
    except Invalid as bad:
        return await desk.again(
            "retention/rules.html", bad, title=desk.say(N_("Regler for oppbevaring")), **shown
        )
    return desk.redirect(
        shown["base"], flash=N_("Forslaget er lagret. Det gjelder når en annen har godkjent det.")
    )


@action("/k/{slug:str}/oppbevaring/regler/{retention_rule_id:uuid}/godkjenn", Permission.RETENTION_APPROVE)
async def approve_rule(desk: Desk) -> Response[Any]:
    """Approve a rule somebody else proposed."""
    rule = await one_rule(desk.uow, desk.path_uuid("retention_rule_id"))
    await decide_rule(desk.uow, rule.id, approve=True)
    return desk.redirect(desk.url("/oppbevaring/regler"), flash=N_("Regelen er godkjent."))


@action("/k/{slug:str}/oppbevaring/regler/{retention_rule_id:uuid}/avvis", Permission.RETENTION_APPROVE)
async def refuse_rule(desk: Desk) -> Response[Any]:
    """Refuse a rule somebody else proposed."""
    rule = await one_rule(desk.uow, desk.path_uuid("retention_rule_id"))
    await decide_rule(desk.uow, rule.id, approve=False)
    return desk.redirect(desk.url("/oppbevaring/regler"), flash=N_("Forslaget er avvist."))


HOLDS = N_("Sperrer mot sletting")


# Holds ------------------------------------------------------------------------------------------------------------------
async def _hold_values(desk: Desk, contact: str = "") -> dict[str, Any]:
    contact_id = forms.contact_of(contact)
    if contact_id is not None:
        # Looked up before anything is read of the form: a contact elsewhere is nowhere.
        if not desk.context.may(Permission.CONTACT_READ):
            raise NotFound
        await contact_card(desk.uow, contact_id)
    found = await holds(desk.uow)
    await record_read(desk.uow, "hold.list", [], why=N_("Sperrer mot sletting"), object_kind="legal_hold")
    return {
        "rows": [one for one in found if one.active(today())],
        "over": [one for one in found if not one.active(today())],
        "failed": None,
        "contact": contact_id,
        "contacts": desk.url("/kontakter") if desk.context.may(Permission.CONTACT_READ) else "",
        "next_review": format_date(today() + timedelta(days=180)),
        **frame(desk, "/sperrer"),
    }


@page("/k/{slug:str}/oppbevaring/sperrer", Permission.RETENTION_READ)
async def show_holds(desk: Desk) -> Response[str]:
    """What must not be deleted, and why."""
    values = {
        "saksnummer": desk.query.get("sak", "")[:40], "grunn": "", "hele": "", "til": "", "fra": format_date(today()),
        "se_paa": format_date(today() + timedelta(days=180)),
    }  # fmt: skip
    return await desk.render(
        "retention/holds.html",
        title=desk.say(HOLDS),
        values=values,
        **await _hold_values(desk, desk.query.get("stottekontakt", "")),
    )


@action("/k/{slug:str}/oppbevaring/sperrer", Permission.HOLD_WRITE)
async def new_hold(desk: Desk) -> Response[Any]:
    """Place a hold."""
    shown = await _hold_values(desk, desk.form.text("stottekontakt"))
    try:
        await place_hold(desk.uow, forms.read_hold(desk.form))
    except Invalid as bad:
        return await desk.again("retention/holds.html", bad, title=desk.say(HOLDS), **shown)
    return desk.redirect(
        shown["base"], flash=N_("Sperren er satt. Ingenting i den slettes før den oppheves.")
    )


async def _one_hold(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    """The hold of the path, which must be one the reader is shown, and the page it stands on. Raises NotFound."""
    hold_id = desk.path_uuid("legal_hold_id")
    shown = await _hold_values(desk)
    if hold_id not in {one.id for one in (*shown["rows"], *shown["over"])}:
        raise NotFound
    return hold_id, {**shown, "failed": hold_id}


@action("/k/{slug:str}/oppbevaring/sperrer/{legal_hold_id:uuid}/behold", Permission.HOLD_WRITE)
async def keep(desk: Desk) -> Response[Any]:
    """Keep a hold, and look at it again another day."""
    hold_id, shown = await _one_hold(desk)
    try:
        await keep_hold(desk.uow, hold_id, forms.read_review(desk.form), version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("retention/holds.html", bad, title=desk.say(HOLDS), **shown)
    return desk.redirect(
        shown["base"], flash=N_("Sperren står. Du får den på Min dag igjen den dagen du skrev.")
    )


@action("/k/{slug:str}/oppbevaring/sperrer/{legal_hold_id:uuid}/opphev", Permission.HOLD_WRITE)
async def lift(desk: Desk) -> Response[Any]:
    """Lift a hold."""
    hold_id, shown = await _one_hold(desk)
    reason = desk.form.text("opphev_grunn")[:1_000]
    try:
        await lift_hold(desk.uow, hold_id, reason, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("retention/holds.html", bad, title=desk.say(HOLDS), **shown)
    return desk.redirect(shown["base"], flash=N_("Sperren er opphevet."))


HANDLERS = [
    overview,
    propose,
    show_runs,
    show_run,
    receipt,
    approve,
    drop,
    show_rules,
    new_rule,
    approve_rule,
    refuse_rule,
    show_holds,
    new_hold,
    keep,
    lift,
]
