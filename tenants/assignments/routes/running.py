"""Assignments: the list, one assignment with its life, and what a coordinator does in it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import C_, N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.assignments import forms, life_views, views
from tenants.assignments.ending import END_REASONS, end_assignment
from tenants.assignments.listing import ROLES, STATE_SHAPES, STATES, AssignmentFilter, list_assignments
from tenants.assignments.meetings import KINDS, OUTCOMES, agree_meeting, agree_start, settle_meeting
from tenants.assignments.noshows import WHO, clear_run, note_no_show
from tenants.assignments.pausing import REASONS, pause_assignment, resume_assignment
from tenants.assignments.plan import add_item, drop_item, mark_item, plans_of, write_plan
from tenants.assignments.queries import assignment_card, order_card
from tenants.assignments.readiness import LEARNED
from tenants.assignments.stopping import goes_on
from tenants.cases.api import FORM_NAMES

ASSIGNMENTS = C_("flere", "Oppdrag")
PLAN = N_("Plan")


@page("/k/{slug:str}/oppdrag", Permission.ASSIGNMENT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Assignments that run, begin or have a pause, by the service user's name."""
    wanted = AssignmentFilter.of(desk.query)
    found = await list_assignments(desk.uow, wanted)
    return await desk.render(
        "assignments/assignments.html",
        title=desk.say(ASSIGNMENTS),
        current="/oppdrag",
        found=found,
        wanted=wanted,
        page_size=PAGE_SIZE,
        last=last_page(found.total),
        chips=life_views.chosen_filters(wanted, dict(desk.query), desk.language),
        states=desk.options(STATES),
        state_names={value: desk.say(name) for value, name in STATES.items()},
        state_shapes=STATE_SHAPES,
        role_names={value: desk.say(name) for value, name in ROLES.items()},
        service_forms=desk.options(FORM_NAMES),
        form_names={value: desk.say(name) for value, name in FORM_NAMES.items()},
        extents={row.id: views.extent(row.amount, row.unit, desk.language) for row in found.rows},
        base=desk.url("/oppdrag"),
    )


# One assignment -------------------------------------------------------------------------------------------------------
async def _values(desk: Desk, assignment_id: UUID) -> dict[str, Any]:
    """What an assignment's page shows, and the access log's row for it. NotFound when the case is not the reader's."""
    uow, may = desk.uow, desk.context.may
    card = await assignment_card(uow, assignment_id)
    order = await order_card(uow, card.order_id)
    life = await life_views.life_of(uow, card)
    await record_read(
        uow, "assignment.read", [card.person_id, life.contact.person_id], why=N_("Leste oppdraget"),
        object_kind="assignment", object_id=card.id,
    )  # fmt: skip
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.assignment_panels, key=lambda p: p.order)
        if may(panel.permission) and (values := await panel.read(uow, card.id)) is not None
    ]
    return {
        "current": "/oppdrag",
        "crumbs": [(desk.say(ASSIGNMENTS), desk.url("/oppdrag")), (order.name, "")],
        "card": card,
        "order": order,
        "life": life,
        "asked": views.asked_for(order, desk.language),
        "form_name": desk.say(FORM_NAMES[card.form]),
        "state": life_views.state_of(card, life, desk.language),
        "role": desk.say(ROLES[card.role]) if card.role in ROLES else "",
        "events": life_views.events_of(card, life, desk.language),
        "lacks": life_views.lacks_of(life, desk.language),
        "ways_out": await life_views.ways_out(desk.uow, card, life, desk.language),
        "meeting_blocked": any(code not in LEARNED for code in life.lacks),
        "agreed_line": life_views.meeting_line(life.agreed, desk.language) if life.agreed else "",
        "pause_lines": {one.id: life_views.pause_line(one, desk.language) for one in life.current_pauses},
        "stop_reason": life_views.stop_reason(life.words["stop_wish_reason"], desk.language),
        "who_names": {value: desk.say(name) for value, name in WHO.items()},
        "panels": panels,
        "meeting_kinds": desk.options(KINDS),
        "outcomes": desk.options(OUTCOMES),
        "pause_reasons": desk.options(REASONS),
        "who": desk.options(WHO),
        "told": desk.options(forms.TOLD),
        "end_reasons": desk.options(END_REASONS),
        "may_write": may(Permission.ASSIGNMENT_WRITE) and card.state != "ended",
        "may_read_contact": may(Permission.CONTACT_READ),
        "today": today(),
        "base": desk.url(f"/oppdrag/{card.id}"),
        "place": desk.url(),
    }  # fmt: skip


FIRST: dict[str, Any] = {
    "mote_slag": "first", "mote_dag": "", "mote_kl": "", "mote_sted": "", "mote_hvem": "", "start": "", "utfall": "",
    "utfall_ord": "", "pause_fra": "", "pause_til": "", "pause_grunn": "", "pause_ord": "", "ute_dag": "",
    "ute_hvem": "", "ute_sagt": "", "ute_ord": "", "grunn_slutt": "", "siste_ord": "",
}  # fmt: skip


@page("/k/{slug:str}/oppdrag/{assignment_id:uuid}", Permission.ASSIGNMENT_READ)
async def show_assignment(desk: Desk) -> Response[str]:
    """One assignment: the two, what is next, the plan, what has happened."""
    shown = await _values(desk, desk.path_uuid("assignment_id"))
    values = {**FIRST, **life_views.first_values(shown["life"]), "sluttdato": format_date(today())}
    return await desk.render("assignments/assignment.html", title=shown["order"].name, values=values, **shown)


async def _done(desk: Desk, shown: dict[str, Any], doing: Awaitable[object], flash: str) -> Response[Any]:
    """Do it and go back to the assignment; what cannot be used is shown on its page as it was typed."""
    try:
        await doing
    except Invalid as bad:
        return await desk.again("assignments/assignment.html", bad, title=shown["order"].name, **shown)
    return desk.redirect(shown["base"], flash=flash)


async def _shown(desk: Desk) -> tuple[UUID, dict[str, Any]]:
    assignment_id = desk.path_uuid("assignment_id")
    return assignment_id, await _values(desk, assignment_id)


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/mote", Permission.ASSIGNMENT_WRITE)
async def agree(desk: Desk) -> Response[Any]:
    """Agree on the first meeting, or a trial."""
    assignment_id, shown = await _shown(desk)

    async def do() -> None:
        await agree_meeting(desk.uow, assignment_id, forms.read_meeting(desk.form))

    return await _done(desk, shown, do(), N_("Møtet er avtalt. Støttekontakten ser det på siden sin."))


@action(
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/mote/{first_meeting_id:uuid}/utfall",
    Permission.ASSIGNMENT_WRITE,
)
async def settle(desk: Desk) -> Response[Any]:
    """Note what came of the meeting."""
    assignment_id, shown = await _shown(desk)
    meeting_id = desk.path_uuid("first_meeting_id")
    if all(one.id != meeting_id for one in shown["life"].meetings):
        raise NotFound

    async def do() -> None:
        outcome, note = forms.read_outcome(desk.form)
        await settle_meeting(desk.uow, assignment_id, meeting_id, outcome, note)

    return await _done(desk, shown, do(), N_("Det er notert hvordan det gikk."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/start", Permission.ASSIGNMENT_WRITE)
async def start(desk: Desk) -> Response[Any]:
    """Agree on the first day."""
    assignment_id, shown = await _shown(desk)

    async def do() -> None:
        await agree_start(desk.uow, assignment_id, forms.read_start(desk.form))

    return await _done(desk, shown, do(), N_("Dagen er lagret. Oppdraget begynner av seg selv den dagen."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/pause", Permission.ASSIGNMENT_WRITE)
async def pause(desk: Desk) -> Response[Any]:
    """Agree on a pause."""
    assignment_id, shown = await _shown(desk)

    async def do() -> None:
        first, last, reason, note = forms.read_pause(desk.form)
        await pause_assignment(desk.uow, assignment_id, first, last, reason, note)

    return await _done(desk, shown, do(), N_("Pausen er lagret. Det ventes ingen timer mens den varer."))


@action(
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/pause/{assignment_pause_id:uuid}/slutt",
    Permission.ASSIGNMENT_WRITE,
)
async def resume(desk: Desk) -> Response[Any]:
    """End a pause by hand."""
    card = await assignment_card(desk.uow, desk.path_uuid("assignment_id"))
    await resume_assignment(desk.uow, card.id, desk.path_uuid("assignment_pause_id"))
    return desk.redirect(
        desk.url(f"/oppdrag/{card.id}"), flash=N_("Pausen er over. De kan møtes igjen fra i dag.")
    )


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/uteblitt", Permission.ASSIGNMENT_WRITE)
async def no_show(desk: Desk) -> Response[Any]:
    """Note a meeting that came to nothing."""
    assignment_id, shown = await _shown(desk)

    async def do() -> None:
        await note_no_show(desk.uow, assignment_id, forms.read_no_show(desk.form))

    return await _done(desk, shown, do(), N_("Det er notert at det ikke ble noe av møtet."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/uteblitt/snakket", Permission.ASSIGNMENT_WRITE)
async def talked(desk: Desk) -> Response[Any]:
    """The coordinator has talked with both."""
    card = await assignment_card(desk.uow, desk.path_uuid("assignment_id"))
    await clear_run(desk.uow, card.id)
    return desk.redirect(desk.url(f"/oppdrag/{card.id}"), flash=N_("Notert at du har snakket med begge."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/fortsetter", Permission.ASSIGNMENT_WRITE)
async def stays(desk: Desk) -> Response[Any]:
    """The contact who wanted to stop goes on."""
    card = await assignment_card(desk.uow, desk.path_uuid("assignment_id"))
    await goes_on(desk.uow, card.id)
    return desk.redirect(desk.url(f"/oppdrag/{card.id}"), flash=N_("Notert at støttekontakten fortsetter."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE)
async def end(desk: Desk) -> Response[Any]:
    """End an assignment with its reason."""
    assignment_id, shown = await _shown(desk)

    async def do() -> None:
        ended, reason, words = forms.read_end(desk.form)
        try:
            await end_assignment(desk.uow, assignment_id, ended_on=ended, reason=reason, last_words=words)
        except Invalid as bad:
            raise _to_form(bad) from bad

    return await _done(desk, shown, do(), N_("Oppdraget er avsluttet."))


def _to_form(bad: Invalid) -> Invalid:
    """The service's names of fields as this page calls them: a page with several reasons needs several names."""
    return Invalid(
        {
            ("grunn_slutt" if name == "grunn" else name): BadInput(name, error.message, **error.params)
            for name, error in bad.errors.items()
        }
    )


# The plan -------------------------------------------------------------------------------------------------------------
async def _plan_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    card = await assignment_card(uow, desk.path_uuid("assignment_id"))
    order = await order_card(uow, card.order_id)
    plan = (await plans_of(uow, [card.id]))[card.id]
    await record_read(
        uow,
        "plan.read",
        [card.person_id],
        why=N_("Leste planen"),
        object_kind="assignment",
        object_id=card.id,
    )
    base = desk.url(f"/oppdrag/{card.id}")
    return {
        "current": "/oppdrag",
        "crumbs": [(desk.say(ASSIGNMENTS), desk.url("/oppdrag")), (order.name, base), (desk.say(PLAN), "")],
        "card": card,
        "order": order,
        "plan": plan,
        "back": base,
        "base": f"{base}/plan",
    }


@page("/k/{slug:str}/oppdrag/{assignment_id:uuid}/plan", Permission.ASSIGNMENT_WRITE)
async def plan_form(desk: Desk) -> Response[str]:
    """The plan, to be written with the service user."""
    shown = await _plan_values(desk)
    plan = shown["plan"]
    values = {
        "egne_ord": plan.own_words, "avtalt": format_date(plan.agreed_on or today()), "deltok": plan.took_part,
        "versjon": str(plan.version), "hva": "", "naar": "",
    }  # fmt: skip
    return await desk.render("assignments/plan.html", title=desk.say(PLAN), values=values, **shown)


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/plan", Permission.ASSIGNMENT_WRITE)
async def save_plan(desk: Desk) -> Response[Any]:
    """Keep what was agreed."""
    shown = await _plan_values(desk)
    try:
        await write_plan(
            desk.uow, shown["card"].id, forms.read_plan(desk.form), version=version_of(desk.form)
        )
    except Invalid as bad:
        return await desk.again("assignments/plan.html", bad, title=desk.say(PLAN), **shown)
    return desk.redirect(
        shown["base"], flash=N_("Planen er lagret. Nå kan dere legge til det dere vil gjøre.")
    )


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/plan/punkt", Permission.ASSIGNMENT_WRITE)
async def add(desk: Desk) -> Response[Any]:
    """One more thing they want to do."""
    shown = await _plan_values(desk)
    try:
        await add_item(desk.uow, shown["card"].id, *forms.read_item(desk.form))
    except Invalid as bad:
        return await desk.again("assignments/plan.html", bad, title=desk.say(PLAN), **shown)
    return desk.redirect(shown["base"], flash=N_("Punktet er lagt til."))


@action(
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/plan/punkt/{activity_item_id:uuid}",
    Permission.ASSIGNMENT_WRITE,
)
async def change_item(desk: Desk) -> Response[Any]:
    """Tick an item off, take the tick back, or take the item away, as the button said."""
    card = await assignment_card(desk.uow, desk.path_uuid("assignment_id"))
    item_id, wanted = desk.path_uuid("activity_item_id"), desk.form.text("gjor")
    if wanted == "bort":
        await drop_item(desk.uow, card.id, item_id)
    else:
        await mark_item(desk.uow, card.id, item_id, done=wanted == "ferdig")
    flash = N_("Punktet er tatt bort.") if wanted == "bort" else N_("Planen er oppdatert.")
    return desk.redirect(desk.url(f"/oppdrag/{card.id}/plan"), flash=flash)


HANDLERS = [
    show_list, show_assignment, agree, settle, start, pause, resume, no_show, talked, stays, end, plan_form, save_plan,
    add, change_item,
]  # fmt: skip
