"""The decision's pages: the form with its checklist. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.cases.api import (
    FORM_NAMES,
    NOT_YOURS,
    CaseCard,
    applications_of,
    case_crumbs,
    grounds_on,
    mappings_of,
    own_case,
    version_of,
)
from tenants.decisions import forms, views
from tenants.decisions.queries import decisions_of, grants_of
from tenants.decisions.service import issue_decision, save_decision


async def _decision_values(desk: Desk) -> tuple[CaseCard, dict[str, Any], dict[str, Any]]:
    """(case, values of the stored draft, what the page needs besides)."""
    case, person = await own_case(desk)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Skrev vedtak"), object_kind="case", object_id=case.id
    )
    applications, mappings = await applications_of(desk.uow, case.id), await mappings_of(desk.uow, case.id)
    draft = next((d for d in await decisions_of(desk.uow, case.id) if d.state == "draft"), None)
    grants = [
        g for g in await grants_of(desk.uow, case.id) if draft is not None and g.decision_id == draft.id
    ]
    grounds = await grounds_on(desk.uow, today())
    ground = applications[0].legal_ground if applications else ""
    stored = views.decision_values(draft, grants, mappings[0] if mappings else None, ground)
    return (
        case,
        stored,
        {
            "current": "/saker",
            "crumbs": case_crumbs(desk, case, person, N_("Skriv vedtak")),
            "person": person,
            "case": case,
            "mapping": mappings[0] if mappings else None,
            "application": applications[0] if applications else None,
            "kinds": desk.options(forms.KINDS),
            "form_options": desk.options(FORM_NAMES),
            "units": desk.options(forms.UNITS),
            "grounds": [(g.code, g.text(desk.language)) for g in grounds],
            "complaint_weeks": next(
                (g.complaint_weeks for g in grounds if g.code == stored["hjemmel"]), None
            ),
            "evaluation_hint": views.evaluation_hints(desk.language),
            "action": desk.url(f"/saker/{case.id}/vedtak"),
            "case_url": desk.url(f"/saker/{case.id}"),
            "most": forms.MOST_GRANTS,
        },
    )


def _decision_page(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    """The parts that follow from what stands in the form: services shown and the checklist."""
    answers = views.typed_checklist(values)
    return {
        "services": min(forms.MOST_GRANTS, views.shown_services(values) + (desk.query.get("flere") == "1")),
        "answers": [(desk.say(answer.label), answer.done, answer.field) for answer in answers],
        "answered": sum(answer.done for answer in answers),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def decision_form(desk: Desk) -> Response[str]:
    """The decision form with its checklist."""
    _, stored, shown = await _decision_values(desk)
    return await desk.render(
        "decisions/decision.html",
        title=desk.say(N_("Skriv vedtak")),
        values=stored,
        **_decision_page(desk, stored),
        **shown,
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/vedtak", Permission.DECISION_DRAFT)
async def write_decision(desk: Desk) -> Response[Any]:
    """Save the draft, add a service, or issue the decision, by the button that was pressed."""
    case, _, shown = await _decision_values(desk)
    pressed = desk.form.text("gjor")
    if pressed == "fatt" and not desk.context.may(Permission.DECISION_ISSUE):
        raise Forbidden(NOT_YOURS)
    try:
        facts = forms.read_decision(desk.form, grounds=frozenset(code for code, _ in shown["grounds"]))
        version = version_of(desk.form)
        if pressed == "fatt":
            await issue_decision(desk.uow, case.id, facts, version=version)
        else:
            await save_decision(desk.uow, case.id, facts, version=version)
    except Invalid as bad:
        typed = _decision_page(desk, views.form_values(desk.form))
        return await desk.again(
            "decisions/decision.html", bad, title=desk.say(N_("Skriv vedtak")), **typed, **shown
        )
    match pressed:
        case "fatt":
            return desk.redirect(
                shown["case_url"],
                flash=N_("Vedtaket er fattet. Utføreren har fått en bestilling for hver tjeneste."),
            )
        case "flere":
            return desk.redirect(shown["action"] + "?flere=1")
        case _:
            return desk.redirect(shown["action"], flash=N_("Kladden er lagret."))


HANDLERS = [decision_form, write_decision]
