"""The slice's pages: the due list, an agreed time, the evaluation form, and a done evaluation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import month_year
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page
from sammen.web.render import with_query
from tenants.assignments.api import assignments_of_case
from tenants.cases.api import (
    FORM_NAMES,
    CaseCard,
    allocation_rules,
    case_crumbs,
    own_case,
    purchasers_seen,
    seen_case,
)
from tenants.decisions.api import decisions_of, extent, grants_of
from tenants.evaluations import forms, views
from tenants.evaluations.due import DueDecision, DueFilter, due_of_case, list_due, workload
from tenants.evaluations.letters import write_agreed, write_ended, write_invitation
from tenants.evaluations.queries import EvaluationCard, evaluation_of, evaluations_of
from tenants.evaluations.rules import END_REASONS, OUTCOMES, SCOPES, latest_next, scope_for
from tenants.evaluations.service import due_decision, finish_evaluation, plan_evaluation, save_evaluation
from tenants.people.api import PersonCard

TITLE = N_("Evalueringer")
FORM_TITLE = N_("Evaluering")
PLAN_TITLE = N_("Avtal tidspunkt")
DONE_FLASH = {
    "continue": N_("Evalueringen er ferdig. Tjenesten fortsetter, og neste evaluering er lagt inn."),
    "prolong": N_("Evalueringen er ferdig. Et nytt vedtak er begynt, slik at tjenesten kan fortsette."),
    "change": N_("Evalueringen er ferdig. Et nytt vedtak er begynt med det personen sa."),
    "end": N_("Evalueringen er ferdig, og tjenesten er avsluttet."),
    "end_contested": N_("Evalueringen er ferdig. Send forhåndsvarsel før du fatter vedtaket om å avslutte."),
}


# The list -------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/evalueringer", Permission.EVALUATION_READ)
async def show_due(desk: Desk) -> Response[str]:
    """What is due, the backlog of older decisions, and how much comes in each of the next twelve months."""
    wanted = DueFilter.of(desk.query)
    found, work = await list_due(desk.uow, wanted), await workload(desk.uow, mine=wanted.mine)
    await record_read(
        desk.uow, "evaluation.list", [row.person_id for row in found.rows], why=N_("Liste over evalueringer")
    )
    base, query = desk.url("/evalueringer"), dict(desk.query)
    counts = {"naa": work.now, "etterslep": work.backlog, "alle": work.all}
    return await desk.render(
        "evaluations/list.html",
        title=desk.say(TITLE),
        current="/evalueringer",
        found=found,
        wanted=wanted,
        work=work,
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        base=base,
        kinds=[
            (desk.say(name), base + with_query(query, vis=view, maaned=None, side=None), counts[view],
             wanted.view == view and wanted.month is None)
            for view, name in views.VIEW_NAMES.items()
        ],
        months=[
            (month_year(month, desk.language), base + with_query(query, maaned=f"{month:%Y-%m}", vis=None, side=None),
             count, wanted.month == month)
            for month, count in work.months
        ],
        chips=views.chips(wanted, query, desk.language),
        form_names={form: desk.say(name) for form, name in FORM_NAMES.items()},
        own=[kind for kind in purchasers_seen(desk.context) if f"purchaser_{kind}" in desk.context.roles],
        cases=desk.url("/saker"),
    )  # fmt: skip


# The form -------------------------------------------------------------------------------------------------------------
def _wanted_decision(desk: Desk) -> UUID | None:
    typed = desk.query.get("vedtak", "")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise NotFound from None


async def _begun(desk: Desk, due: DueDecision) -> EvaluationCard | None:
    found = await evaluations_of(desk.uow, due.case_id)
    return next((c for c in found if c.decision_id == due.decision_id and c.state != "done"), None)


async def _shown(
    desk: Desk, case: CaseCard, person: PersonCard, due: DueDecision, title: str
) -> dict[str, Any]:
    """What both forms show of the decision that is looked at."""
    grants = [g for g in await grants_of(desk.uow, case.id) if g.decision_id == due.decision_id]
    decision = next(d for d in await decisions_of(desk.uow, case.id) if d.id == due.decision_id)
    others = [one for one in await due_of_case(desk.uow, case.id) if one.decision_id != due.decision_id]
    return {
        "current": "/evalueringer",
        "crumbs": case_crumbs(desk, case, person, title),
        "person": person,
        "due": due,
        "decision": decision,
        "services": [(desk.say(FORM_NAMES[g.form]), extent(g, desk.language)) for g in grants],
        "case_url": desk.url(f"/saker/{case.id}"),
        "base": desk.url(f"/saker/{case.id}/evaluering"),
        "others": others,
    }


async def _form_values(
    desk: Desk, case: CaseCard, person: PersonCard, due: DueDecision
) -> tuple[dict[str, Any], str, int]:
    """(what the page needs, the scope the rule asks for, the municipality's longest months)."""
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Evaluering"), object_kind="case", object_id=case.id
    )
    history = await evaluations_of(desk.uow, case.id)
    assignments = await assignments_of_case(desk.uow, case.id)
    scope, reasons = scope_for(views.scope_facts(due, history, assignments))
    months = (await allocation_rules(desk.uow, today())).evaluation_months
    shown = await _shown(desk, case, person, due, FORM_TITLE)
    return (
        {
            **shown,
            "last": next((card for card in history if card.state == "done"), None),
            "advised": scope,
            "scope_reasons": [desk.say(reason) for reason in reasons],
            "participants": desk.options(forms.PARTICIPANTS),
            "words_by": desk.options(forms.WORDS_BY),
            "goals": desk.options(forms.GOAL_REACHED),
            "form_fits": desk.options(forms.FORM_FITS),
            "hours_fit": desk.options(forms.HOURS_FIT),
            "lonely": desk.options(forms.LONELY),
            "outcomes": desk.options(OUTCOMES),
            "reasons": desk.options(END_REASONS),
            "agrees": desk.options(forms.AGREES),
            "latest": latest_next(today(), months),
        },
        scope,
        months,
    )


def _page(desk: Desk, values: Any, scope: str) -> dict[str, Any]:
    found = views.answers(values, scope, desk.language)
    return {"scope": scope, "answers": found, "answered": sum(done for _, done, _ in found)}


@page("/k/{slug:str}/saker/{case_id:uuid}/evaluering", Permission.EVALUATION_WRITE)
async def evaluation_form(desk: Desk) -> Response[Any]:
    """The evaluation of the decision that is due soonest, or of `?vedtak=`; `?omfang=` chooses light or full."""
    case, person = await own_case(desk)
    waiting = await due_of_case(desk.uow, case.id)
    if not waiting:
        return desk.redirect(
            desk.url(f"/saker/{case.id}"), flash=N_("Saken har ikke noe vedtak å evaluere nå."), state="info"
        )
    due = await due_decision(desk.uow, case.id, _wanted_decision(desk))
    shown, advised, months = await _form_values(desk, case, person, due)
    begun = await _begun(desk, due)
    scope = begun.scope if begun is not None and begun.state == "draft" else advised
    if desk.query.get("omfang") in SCOPES:
        scope = desk.query["omfang"]
    values = views.begin_values(due, begun, scope, months)
    return await desk.render(
        "evaluations/evaluation.html", title=desk.say(FORM_TITLE), values=values, **_page(desk, values, scope), **shown
    )  # fmt: skip


@action("/k/{slug:str}/saker/{case_id:uuid}/evaluering", Permission.EVALUATION_WRITE)
async def write_evaluation(desk: Desk) -> Response[Any]:
    """Keep the draft, or finish: the outcome takes effect at once, and a letter says what was agreed."""
    case, person = await own_case(desk)
    due = await due_decision(desk.uow, case.id, forms.decision_of(desk.form))
    shown, advised, _ = await _form_values(desk, case, person, due)
    pressed = desk.form.text("gjor")
    try:
        facts = forms.read_evaluation(desk.form)
        version = version_of(desk.form)
        if pressed == "ferdig":
            row = await finish_evaluation(desk.uow, case.id, due.decision_id, facts, version=version)
        else:
            row = await save_evaluation(desk.uow, case.id, due.decision_id, facts, version=version)
    except Invalid as bad:
        typed = desk.form.values()
        chosen = desk.form.text("omfang")
        scope = chosen if chosen in SCOPES else advised
        return await desk.again(
            "evaluations/evaluation.html", bad, title=desk.say(FORM_TITLE), **_page(desk, typed, scope), **shown
        )  # fmt: skip
    if pressed != "ferdig":
        return desk.redirect(f"{shown['base']}?vedtak={due.decision_id}", flash=N_("Kladden er lagret."))
    done = await evaluation_of(desk.uow, case.id, row.id)
    if done.outcome == "end":
        await write_ended(desk.uow, case, person, done)
    elif desk.form.text("brev") and done.outcome != "end_contested":
        await write_agreed(desk.uow, case, person, done)
    path = "" if done.outcome in ("continue", "end") else "/vedtak"
    return desk.redirect(shown["case_url"] + path, flash=DONE_FLASH[done.outcome])


# An agreed time -------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/saker/{case_id:uuid}/evaluering/tidspunkt", Permission.EVALUATION_WRITE)
async def plan_form(desk: Desk) -> Response[str]:
    """Agree when to talk, or move it."""
    case, person = await own_case(desk)
    due = await due_decision(desk.uow, case.id, _wanted_decision(desk))
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Evaluering"), object_kind="case", object_id=case.id
    )
    begun = await _begun(desk, due)
    values = {
        "vedtak": str(due.decision_id), "versjon": begun.version if begun else 0, "brev": "ja",
        "dag": format_date(begun.planned_on) if begun and begun.planned_on else "",
        "klokka": f"{begun.planned_time:%H:%M}" if begun and begun.planned_time else "",
        "sted": begun.planned_with if begun else "",
    }  # fmt: skip
    shown = await _shown(desk, case, person, due, PLAN_TITLE)
    return await desk.render("evaluations/plan.html", title=desk.say(PLAN_TITLE), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/evaluering/tidspunkt", Permission.EVALUATION_WRITE)
async def plan(desk: Desk) -> Response[Any]:
    """Keep the agreed time, and write the invitation when it is asked for."""
    case, person = await own_case(desk)
    due = await due_decision(desk.uow, case.id, forms.decision_of(desk.form))
    shown = await _shown(desk, case, person, due, PLAN_TITLE)
    try:
        facts = forms.read_plan(desk.form)
        made = await plan_evaluation(desk.uow, case.id, due.decision_id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("evaluations/plan.html", bad, title=desk.say(PLAN_TITLE), **shown)
    if desk.form.text("brev"):
        await write_invitation(desk.uow, case, person, await evaluation_of(desk.uow, case.id, made))
        return desk.redirect(
            shown["case_url"], flash=N_("Tidspunktet er avtalt, og brevet ligger klart til å sendes.")
        )
    return desk.redirect(shown["case_url"], flash=N_("Tidspunktet er avtalt."))


# A done evaluation ----------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/saker/{case_id:uuid}/evalueringer/{evaluation_id:uuid}", Permission.CASE_READ)
async def show_done(desk: Desk) -> Response[str]:
    """An evaluation as it was written."""
    case, person = await seen_case(desk)
    card = await evaluation_of(desk.uow, case.id, desk.path_uuid("evaluation_id"))
    if card.state != "done":
        raise NotFound
    await record_read(
        desk.uow, "evaluation.read", [case.person_id], why=N_("Leste evalueringen"), object_kind="case",
        object_id=case.id,
    )  # fmt: skip
    names = forms.PARTICIPANTS
    return await desk.render(
        "evaluations/done.html",
        title=desk.say(FORM_TITLE),
        current="/saker",
        crumbs=case_crumbs(desk, case, person, FORM_TITLE),
        person=person,
        card=card,
        goal=views.GOALS.get(card.goal_reached),
        outcome=views.outcome_text(card, desk.language),
        scope_name=desk.say(SCOPES[card.scope]),
        was_there=[desk.say(names[code]) for code in card.participants if code in names],
        words_by=desk.say(forms.WORDS_BY[card.words_by]),
        facts=[
            (desk.say(label), desk.say(allowed[value]) if value in allowed else "")
            for label, allowed, value in (
                (N_("Tilbudet"), forms.FORM_FITS, card.form_fits),
                (N_("Timene"), forms.HOURS_FIT, card.hours_fit),
                (N_("Fare for ensomhet"), forms.LONELY, card.lonely),
            )
        ],
        case_url=desk.url(f"/saker/{case.id}"),
    )


HANDLERS = [show_due, evaluation_form, write_evaluation, plan_form, plan, show_done]
