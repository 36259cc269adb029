"""A municipality's series: what is coming, a new one, and whom one is for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.assemblies import forms, views
from shared_pool.assemblies.inviting import at_work, decline, invite
from shared_pool.assemblies.queries import (
    colleague_meetings,
    joint_counts,
    meetings,
    members_of,
    series_meetings,
)
from shared_pool.assemblies.rules import AUDIENCES, EVERY, KINDS
from shared_pool.assemblies.service import add_meeting, plan
from shared_pool.courses.api import course_tabs
from tenants.api import coordinators

ASSEMBLIES = N_("Samlinger")
NEW = N_("Ny samling")


@page("/k/{slug:str}/samlinger", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """What is coming, what waits for us, and what has been."""
    found, language = await meetings(desk.uow), desk.language
    user = desk.context.user_id
    mine = [one for one in await colleague_meetings(desk.uow, user) if not one.card.begun] if user else []
    rows = [(card, views.when(card.starts_at, card.ends_at, language)) for card in found]
    waiting: dict[UUID, Any] = {}
    for card in found:
        if not card.audience and card.declined_on is None and card.on and not card.begun:
            waiting.setdefault(card.assembly_id, card)
    return await desk.render(
        "assemblies/list.html", title=desk.say(ASSEMBLIES), current="/kurs", tabs=course_tabs(desk, "samlinger"),
        kinds=desk_kinds(desk), waiting=list(waiting.values()),
        mine=[(one, views.when(one.card.starts_at, one.card.ends_at, language)) for one in mine if one.card.on],
        coming=[row for row in rows if not row[0].begun and row[0].declined_on is None],
        lacking=[row for row in rows if row[0].lacks_attendance],
        held=[row for row in reversed(rows) if row[0].begun and not row[0].lacks_attendance and row[0].declined_on is None],
        base=desk.url("/samlinger"), may_write=desk.context.may(Permission.ASSEMBLY_WRITE),
    )  # fmt: skip


def desk_kinds(desk: Desk) -> dict[str, str]:
    """The kinds' names in the reader's language."""
    return {code: desk.say(name) for code, name in KINDS.items()}


def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(ASSEMBLIES), desk.url("/samlinger")), (desk.say(NEW), "")],
        "kinds": desk.options(KINDS),
        "every": desk.options(EVERY),
        "action": desk.url("/samlinger/ny"),
        "back": desk.url("/samlinger"),
        "region": False,
    }


@page("/k/{slug:str}/samlinger/ny", Permission.ASSEMBLY_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a series."""
    values = {"slag": "guidance", "hvor_ofte": "month", "begynner": "18:00", "slutter": "20:00"}
    return await desk.render("assemblies/form.html", title=desk.say(NEW), values=values, **_form_values(desk))


@action("/k/{slug:str}/samlinger/ny", Permission.ASSEMBLY_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan a series."""
    try:
        planned = forms.read_series(desk.form)
        assembly_id = await plan(desk.uow, planned.facts)
    except Invalid as bad:
        return await desk.again("assemblies/form.html", bad, title=desk.say(NEW), **_form_values(desk))
    url = desk.url(f"/samlinger/{assembly_id}#hvem")
    if planned.left_out:
        skipped = views.left_out(planned.left_out, desk.language)
        return desk.redirect(
            url, flash=N_("Samlingen er satt opp uten %(days)s. Velg hvem den er for."), days=skipped
        )
    return desk.redirect(url, flash=N_("Samlingen er satt opp. Velg hvem den er for."))


async def _series_values(desk: Desk, assembly_id: UUID) -> dict[str, Any]:
    """What a series' page shows, and the access log's row for it."""
    uow, language = desk.uow, desk.language
    cards = await series_meetings(uow, assembly_id)
    first = cards[0]
    changes = desk.context.may(Permission.ASSEMBLY_WRITE)
    there = await at_work(uow) if changes else {}
    contacts, colleagues = await members_of(uow, assembly_id)
    staff = await coordinators(uow) if changes else []
    counts = await joint_counts(uow, first.joint_id) if first.joint_id and first.hosted else {}
    await record_read(
        uow,
        "assembly.read",
        sorted(person for person, _ in there.values()),
        why=N_("Leste om en samling"),
        object_kind="assembly",
        object_id=assembly_id,
    )
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(ASSEMBLIES), desk.url("/samlinger")), (first.title, "")],
        "series": first,
        "kind": desk_kinds(desk)[first.kind],
        "rows": [
            (
                card,
                views.when(card.starts_at, card.ends_at, language),
                views.others(counts.get(card.id, ()), desk.context.tenant, "coming"),
            )
            for card in cards
        ],
        "counted": bool(counts),
        "audiences": desk.options(AUDIENCES),
        "contacts": [(str(one), name) for one, (_, name) in there.items()],
        "staff": [(str(user), name) for user, name in staff],
        "chosen": {
            "hvem": first.audience or ("engaged" if first.kind == "information" else ""),
            "kontakter": [str(one) for one in contacts],
            "kolleger": [str(one) for one in colleagues],
        },
        "invited": len(contacts) + len(colleagues),
        "over": all(card.begun or not card.on for card in cards),
        "firsts": [
            (str(card.id), views.when(card.starts_at, card.ends_at, language))
            for card in cards
            if card.on and card.makeup_for is None
        ],
        "base": desk.url(f"/samlinger/{assembly_id}"),
        "meetings_base": desk.url("/samlinger/moter"),
        "changes": changes,
    }  # fmt: skip


@page("/k/{slug:str}/samlinger/{assembly_id:uuid}", Permission.CONTACT_READ)
async def show_series(desk: Desk) -> Response[str]:
    """One series: its meetings, and whom it is for."""
    shown = await _series_values(desk, desk.path_uuid("assembly_id"))
    last = shown["rows"][-1][0]
    values = {
        **shown["chosen"],
        **views.typed(last.starts_at, last.ends_at, last.place, last.link),
        "dato": format_date(today()) if last.begun else "",
    }
    return await desk.render("assemblies/series.html", title=shown["series"].title, values=values, **shown)


@action("/k/{slug:str}/samlinger/{assembly_id:uuid}/inviter", Permission.ASSEMBLY_WRITE)
async def invite_people(desk: Desk) -> Response[Any]:
    """Choose whom it is for, and invite them."""
    assembly_id = desk.path_uuid("assembly_id")
    shown = await _series_values(desk, assembly_id)
    try:
        audience, contacts, colleagues = forms.read_audience(desk.form)
        invited = await invite(desk.uow, assembly_id, audience, contacts, colleagues)
    except Invalid as bad:
        return await desk.again("assemblies/series.html", bad, title=shown["series"].title, **shown)
    if invited == 1:
        return desk.redirect(shown["base"], flash=N_("Én støttekontakt er invitert og får beskjed nå."))
    return desk.redirect(
        shown["base"],
        flash=N_("%(count)s støttekontakter er invitert. De nye får beskjed nå."),
        count=invited,
    )


@action("/k/{slug:str}/samlinger/{assembly_id:uuid}/ikke-for-oss", Permission.ASSEMBLY_WRITE)
async def not_for_us(desk: Desk) -> Response[Any]:
    """Say no to what is held jointly."""
    await decline(desk.uow, desk.path_uuid("assembly_id"))
    return desk.redirect(
        desk.url("/samlinger"), flash=N_("Lagret. Ingen fra kommunen er invitert til samlingen.")
    )


@action("/k/{slug:str}/samlinger/{assembly_id:uuid}/nytt-mote", Permission.ASSEMBLY_WRITE)
async def one_more(desk: Desk) -> Response[Any]:
    """Add a meeting to the series."""
    assembly_id = desk.path_uuid("assembly_id")
    shown = await _series_values(desk, assembly_id)
    try:
        await add_meeting(desk.uow, assembly_id, forms.read_meeting(desk.form))
    except Invalid as bad:
        return await desk.render(
            "assemblies/series.html", title=shown["series"].title, status=422, errors=bad.errors,
            values={**shown["chosen"], **desk.form.values()}, **shown,
        )  # fmt: skip
    return desk.redirect(shown["base"], flash=N_("Møtet er satt opp. De som skal komme, får beskjed nå."))


HANDLERS = [show_list, new_form, make, show_series, invite_people, not_for_us, one_more]
