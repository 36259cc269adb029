"""The slice's pages: handovers, whose a case is, who may open it, and one's own absences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from tenants.cases.api import (
    PURCHASERS,
    case_crumbs,
    colleagues,
    may_decide_for,
    members_of,
    name_member,
    own_case,
    purchaser_for,
    purchasers_at_work,
    seen_case,
    shield_by_hand,
    take_responsibility,
    unname_member,
    unshield,
)
from tenants.responsibility import forms
from tenants.responsibility.queries import absences, coming, handed_to_me, handover_of, leaving
from tenants.responsibility.rules import AHEAD
from tenants.responsibility.service import (
    cancel_handover,
    confirm_handover,
    end_absence,
    possible_stand_ins,
    prepare_handover,
    register_absence,
)

HANDOVERS = N_("Overganger")


# Handovers -----------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/overganger", Permission.CASE_WRITE)
async def show_handovers(desk: Desk) -> Response[str]:
    """What leaves the reader's purchaser and what comes: with names only where the reader is named."""
    uow = desk.uow
    out, to_me, nameless = await leaving(uow), await handed_to_me(uow), await coming(uow)
    persons = sorted({row.person_id for row in (*out, *to_me)})
    await record_read(uow, "handover.list", persons, why=N_("Overganger"), object_kind="case")
    return await desk.render(
        "responsibility/handovers.html",
        title=desk.say(HANDOVERS),
        current="/soknader",
        crumbs=[(desk.say(N_("Søknader")), desk.url("/soknader")), (desk.say(HANDOVERS), "")],
        out=out,
        to_me=to_me,
        nameless=nameless,
        days=AHEAD.days,
        purchaser_names={value: desk.say(name) for value, name in PURCHASERS.items()},
        base=desk.url("/saker"),
    )


async def _handover_values(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case, person = await seen_case(desk)
    row = await handover_of(desk.uow, case.id)
    assert row is not None  # the case has just been seen
    mine = may_decide_for(desk.context, case.purchaser)
    # From child welfare it is by age as everywhere; from the child purchaser there is only one way.
    to = (
        "adult"
        if case.purchaser == "child"
        else purchaser_for(person.birth_date, today(), child_welfare=False)
    )
    await record_read(
        desk.uow, "case.read", [person.id], why=N_("Overgang"), object_kind="case", object_id=case.id
    )
    soon = case.purchaser == "child" and person.age is not None and row.moves_on <= today() + AHEAD
    return case.id, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Overgang")),
        "person": person,
        "row": row,
        "to": desk.say(PURCHASERS[to]),
        "mine": mine,
        "may_prepare": mine and case.state != "closed" and (soon or case.purchaser == "child_welfare"),
        "chooses_day": case.purchaser == "child_welfare",
        "receiver": row.receiver_id == desk.context.user_id and bool(row.state),
        "among": [(str(one.id), one.name) for one in await purchasers_at_work(desk.uow, to)],
        "case_url": desk.url(f"/saker/{case.id}"),
        "action": desk.url(f"/saker/{case.id}/overgang"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/overgang", Permission.CASE_WRITE)
async def handover_page(desk: Desk) -> Response[str]:
    """How the case stands on its way to another purchaser, and the form that prepares it."""
    _, shown = await _handover_values(desk)
    row = shown["row"]
    values = {
        "notat": row.note,
        "mottaker": str(row.receiver_id) if row.receiver_id else "",
        "dato": date_short(row.moves_on) if row.state else "",
    }
    return await desk.render(
        "responsibility/handover.html", title=desk.say(N_("Overgang")), values=values, **shown
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/overgang", Permission.CASE_WRITE)
async def save_handover(desk: Desk) -> Response[Any]:
    """Prepare the handover, undo it, or confirm that one takes the case."""
    case_id, shown = await _handover_values(desk)
    does = desk.form.text("gjor")
    if does == "bekreft":
        await confirm_handover(desk.uow, case_id)
        return desk.redirect(
            desk.url(f"/saker/{case_id}"), flash=N_("Du har bekreftet at du tar over saken.")
        )
    if does == "angre":
        await cancel_handover(desk.uow, case_id)
        return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Forberedelsen er tatt bort."))
    try:
        await prepare_handover(desk.uow, case_id, forms.read_handover(desk.form))
    except Invalid as bad:
        return await desk.again("responsibility/handover.html", bad, title=desk.say(N_("Overgang")), **shown)
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Overgangen er forberedt."))


# Whose the case is, and who may open it --------------------------------------------------------------------------------
async def _responsible_values(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case, person = await own_case(desk)
    among = await purchasers_at_work(desk.uow, case.purchaser)
    return case.id, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Bytt ansvarlig")),
        "person": person,
        "now": case.responsible_name,
        "among": [(str(one.id), one.name) for one in among],
        "case_url": desk.url(f"/saker/{case.id}"),
        "action": desk.url(f"/saker/{case.id}/ansvarlig"),
        "chosen": str(case.responsible_id or desk.context.user_id),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/ansvarlig", Permission.CASE_WRITE)
async def responsible_page(desk: Desk) -> Response[str]:
    """Choose who is responsible for the case."""
    case_id, shown = await _responsible_values(desk)
    await record_read(
        desk.uow,
        "case.read",
        [shown["person"].id],
        why=N_("Bytt ansvarlig"),
        object_kind="case",
        object_id=case_id,
    )
    return await desk.render(
        "responsibility/responsible.html", title=desk.say(N_("Bytt ansvarlig")),
        values={"ansvarlig": shown["chosen"]}, **shown,
    )  # fmt: skip


@action("/k/{slug:str}/saker/{case_id:uuid}/ansvarlig", Permission.CASE_WRITE)
async def save_responsible(desk: Desk) -> Response[Any]:
    """Make a colleague responsible."""
    case_id, shown = await _responsible_values(desk)
    try:
        await take_responsibility(desk.uow, case_id, forms.read_one(desk.form, "ansvarlig"))
    except Invalid as bad:
        return await desk.again(
            "responsibility/responsible.html", bad, title=desk.say(N_("Bytt ansvarlig")), **shown
        )
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Saken har fått en ny ansvarlig."))


async def _access_values(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    case, person = await own_case(desk)
    named = await members_of(desk.uow, case.id)
    inside = {one.user_id for one in named}
    return case.id, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Hvem har tilgang")),
        "case": case,
        "person": person,
        "purchaser": desk.say(PURCHASERS[case.purchaser]),
        "named": named,
        "today": today(),
        "among": [(str(one.id), one.name) for one in await colleagues(desk.uow) if one.id not in inside],
        "case_url": desk.url(f"/saker/{case.id}"),
        "action": desk.url(f"/saker/{case.id}/tilgang"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/tilgang", Permission.CASE_WRITE)
async def access_page(desk: Desk) -> Response[str]:
    """Who may open the case: everybody of its purchaser, or the circle; and who is named on it."""
    case_id, shown = await _access_values(desk)
    await record_read(
        desk.uow,
        "case.read",
        [shown["person"].id],
        why=N_("Hvem har tilgang"),
        object_kind="case",
        object_id=case_id,
    )
    return await desk.render(
        "responsibility/access.html",
        title=desk.say(N_("Hvem har tilgang")),
        values={"fra": date_short(today())},
        **shown,
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/tilgang", Permission.CASE_WRITE)
async def change_access(desk: Desk) -> Response[Any]:
    """Name a colleague, take a name off, shield the case or open it."""
    case_id, shown = await _access_values(desk)
    back, uow = desk.url(f"/saker/{case_id}/tilgang"), desk.uow
    try:
        match desk.form.text("gjor"):
            case "fjern":
                gone = forms.read_one(desk.form, "medlem")
                await unname_member(uow, case_id, gone)
                # Who takes their own name off a shielded case can no longer see this page.
                left = shown["case"].shielded and gone == desk.context.user_id
                return desk.redirect(
                    desk.url("/saker") if left else back, flash=N_("Tilgangen er tatt bort.")
                )
            case "skjerm":
                await shield_by_hand(uow, case_id, reason=forms.read_shield_reason(desk.form))
                return desk.redirect(back, flash=N_("Saken er skjermet."))
            case "apne":
                await unshield(uow, case_id, reason=forms.read_shield_reason(desk.form))
                return desk.redirect(back, flash=N_("Saken er ikke lenger skjermet."))
            case _:
                facts = forms.read_naming(desk.form)
                await name_member(
                    uow, case_id, facts.user_id, reason=facts.reason, valid_from=facts.valid_from,
                    valid_to=facts.valid_to,
                )  # fmt: skip
    except Invalid as bad:
        return await desk.again(
            "responsibility/access.html", bad, title=desk.say(N_("Hvem har tilgang")), **shown
        )
    return desk.redirect(back, flash=N_("Kollegaen har fått tilgang til saken."))


# One's own absences --------------------------------------------------------------------------------------------------
async def _absence_values(desk: Desk) -> dict[str, Any]:
    known = await absences(desk.uow)
    return {
        "current": "/fravaer",
        "crumbs": [(desk.say(N_("Min dag")), desk.url()), (desk.say(N_("Fravær")), "")],
        "own": [one for one in known if one.user_id == desk.context.user_id],
        "for_others": [one for one in known if one.user_id != desk.context.user_id],
        "among": [(str(user), name) for user, name in await possible_stand_ins(desk.uow)],
        "today": today(),
        "action": desk.url("/fravaer"),
    }


@page("/k/{slug:str}/fravaer", Permission.CASE_WRITE)
async def absence_page(desk: Desk) -> Response[str]:
    """One's own absences, whom one stands in for, and the form for a new one."""
    return await desk.render(
        "responsibility/absence.html", title=desk.say(N_("Fravær")), values={"fra": date_short(today())},
        **await _absence_values(desk),
    )  # fmt: skip


@action("/k/{slug:str}/fravaer", Permission.CASE_WRITE)
async def save_absence(desk: Desk) -> Response[Any]:
    """Register an absence."""
    shown = await _absence_values(desk)
    try:
        await register_absence(desk.uow, forms.read_absence(desk.form))
    except Invalid as bad:
        return await desk.again("responsibility/absence.html", bad, title=desk.say(N_("Fravær")), **shown)
    return desk.redirect(desk.url("/fravaer"), flash=N_("Fraværet er registrert."))


@action("/k/{slug:str}/fravaer/{absence_id:uuid}/avslutt", Permission.CASE_WRITE)
async def finish_absence(desk: Desk) -> Response[Any]:
    """Back already."""
    await end_absence(desk.uow, desk.path_uuid("absence_id"))
    return desk.redirect(desk.url("/fravaer"), flash=N_("Fraværet er avsluttet. Sakene er dine igjen."))


HANDLERS = [
    show_handovers, handover_page, save_handover, responsible_page, save_responsible, access_page, change_access,
    absence_page, save_absence, finish_absence,
]  # fmt: skip
