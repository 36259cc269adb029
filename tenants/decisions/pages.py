"""What the slice's pages are filled with, fetched before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.formats import date_long
from tenants.cases.api import (
    FORM_NAMES,
    CaseCard,
    applications_of,
    case_card,
    case_crumbs,
    legal_ground_names,
    mappings_of,
    may_decide_for,
    own_case,
)
from tenants.decisions import forms, views
from tenants.decisions.changing import in_force, ran_out_of
from tenants.decisions.checking import Asked, asked_of
from tenants.decisions.deciders import may_issue_for, other_deciders
from tenants.decisions.models import Decision
from tenants.decisions.queries import (
    DecisionCard,
    GrantCard,
    decision_card,
    decisions_of,
    grants_of,
    notices_of,
)
from tenants.decisions.rules import turns_adult
from tenants.decisions.settling import OUTCOMES
from tenants.offers.api import tried_in, tried_lines
from tenants.people.api import PersonCard, person_card

CHANGE = N_("Endre, forny eller avslutt")
HERE = frozenset({"habilitet", "merknad"})
"""Fields of the page where a decision is made; what is wrong with its text is said in one place there."""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The case, its draft (None before it is saved), what stands stored in it, and what is asked of it."""

    case: CaseCard
    card: DecisionCard | None
    stored: dict[str, Any]
    asked: Asked
    kinds: dict[str, str]
    shown: dict[str, Any]


async def draft_page(desk: Desk, title: str) -> DraftPage:
    """What the draft's page and its notice's need. Raises Forbidden for somebody else's case."""
    case, person = await own_case(desk)
    uow = desk.uow
    await record_read(
        uow, "case.read", [case.person_id], why=N_("Skrev vedtak"), object_kind="case", object_id=case.id
    )
    applications, mappings = await applications_of(uow, case.id), await mappings_of(uow, case.id)
    card = next((d for d in await decisions_of(uow, case.id) if d.at_work), None)
    everything = await grants_of(uow, case.id)
    grants = [g for g in everything if card is not None and g.decision_id == card.id]
    before = [
        g for g in everything if card is not None and g.decision_id == card.replaces_id and not g.ended_on
    ]
    row = await uow.session.get(Decision, (uow.context.tenant, card.id)) if card is not None else None
    kind, outcome = (card.kind, card.outcome) if card is not None else ("grant", "")
    asked = await asked_of(uow, case.id, case.purchaser, row, kind, outcome, [g.facts for g in grants])
    application = next(
        (a for a in applications if a.state == "open"), applications[0] if applications else None
    )
    codes = [ground.code for ground in asked.grounds]
    own = application.legal_ground if application is not None else ""
    ground = own if own in codes else codes[0] if len(codes) == 1 else ""
    mapping = mappings[0] if mappings else None
    return DraftPage(
        case, card, views.decision_values(card, grants, mapping, ground), asked,
        views.kinds_of(card, forms.KINDS),
        _draft_values(desk, title, case, person, card)
        | {
            "mapping": mapping,
            "application": application,
            "grounds": [(g.code, g.text(desk.language)) for g in asked.grounds],
            "weeks": {g.code: g.complaint_weeks for g in asked.grounds},
            "tried": tried_lines(await tried_in(uow, case.id), desk.language),
            "taken": views.told(asked.taken, before, grants, desk.language),
            "notice": views.notice_state(asked, desk.language),
            "four_eyes": asked.rules.four_eyes,
        },
    )  # fmt: skip


def _draft_values(
    desk: Desk, title: str, case: CaseCard, person: PersonCard, card: DecisionCard | None
) -> dict[str, Any]:
    return {
        "current": "/vedtak",
        "crumbs": case_crumbs(desk, case, person, title),
        "person": person,
        "case": case,
        "draft": card,
        "kind": card.kind if card is not None else "grant",
        "follows": card is not None and card.replaces_id is not None,
        "kinds": desk.options(forms.KINDS),
        "outcomes": desk.options(OUTCOMES),
        "form_options": desk.options(FORM_NAMES),
        "units": desk.options(forms.UNITS),
        "evaluation_hint": views.evaluation_hints(desk.language),
        "action": desk.url(f"/saker/{case.id}/vedtak"),
        "case_url": desk.url(f"/saker/{case.id}"),
        "notice_url": desk.url(f"/saker/{case.id}/forhandsvarsel"),
        "most": forms.MOST_GRANTS,
    }


def follows(desk: Desk, draft: DraftPage, values: dict[str, Any]) -> dict[str, Any]:
    """The parts that follow from what stands in the form: services shown, the checklist, a birthday within the period."""
    answers = views.typed_checklist(values, draft.asked)
    more = desk.query.get("flere") == "1"
    first, last = views.period_typed(values)
    birthday = turns_adult(draft.shown["person"].birth_date, first, last)
    return {
        "services": min(forms.MOST_GRANTS, views.shown_services(values) + more),
        "answers": [(desk.say(answer.label), answer.done, answer.field) for answer in answers],
        "answered": sum(answer.done for answer in answers),
        "birthday": date_long(birthday, desk.language)
        if birthday and draft.case.purchaser == "child"
        else "",
        "complaint_weeks": draft.shown["weeks"].get(str(values.get("hjemmel", ""))),
    }


async def change_values(desk: Desk) -> dict[str, Any]:
    """The decisions in force of the address's case, to choose among."""
    case, person = await own_case(desk)
    found = await in_force(desk.uow, case.id)
    choices = forms.FOLLOWING
    if not found:
        found, choices = (await ran_out_of(desk.uow, case.id))[:1], {"change": N_("Forny")}
    if not found:
        raise NotFound
    grants = await grants_of(desk.uow, case.id)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Skrev vedtak"), object_kind="case", object_id=case.id
    )
    return {
        "current": "/vedtak",
        "crumbs": case_crumbs(desk, case, person, CHANGE),
        "case": case,
        "person": person,
        "choices": desk.options(choices),
        "kinds": choices,
        "decisions": [(str(one.id), _named(desk, one, grants)) for one in found],
        "first": str(found[0].id),
        "action": desk.url(f"/saker/{case.id}/vedtak/endre"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }


def _named(desk: Desk, decision: Decision, grants: Any) -> str:
    services = ", ".join(desk.say(FORM_NAMES[g.form]) for g in grants if g.decision_id == decision.id)
    return desk.say(
        N_("Vedtaket fra %(day)s: %(services)s"),
        day=date_long(decision.decided_on or today(), desk.language),
        services=services,
    )


async def decision_page(desk: Desk, decision_id: UUID) -> dict[str, Any]:
    """A decision with its case, as it reads, and what the reader may do with it. Writes the access log."""
    uow = desk.uow
    decision = await decision_card(uow, decision_id)
    case = await case_card(uow, decision.case_id)
    if decision.at_work and not may_issue_for(desk.context, case):
        raise NotFound
    person = await person_card(uow, case.person_id)
    everything = await grants_of(uow, case.id)
    replaced = next((d for d in await decisions_of(uow, case.id) if d.id == decision.replaces_id), None)
    own = [g for g in everything if g.decision_id == decision.id]
    before = [g for g in everything if replaced is not None and g.decision_id == replaced.id]
    row = await uow.session.get(Decision, (uow.context.tenant, decision.id))
    asked = await asked_of(
        uow, case.id, case.purchaser, row, decision.kind, decision.outcome, [g.facts for g in own]
    )
    await record_read(
        uow, "case.read", [case.person_id], why=N_("Leste vedtaket"), object_kind="case", object_id=case.id
    )
    mine = may_decide_for(desk.context, case.purchaser)
    title = desk.say(forms.KIND_NAMES[decision.kind])
    hands = {decision.written_by, decision.proposed_by} if asked.rules.four_eyes else set()
    return {
        "title": title,
        "kind_name": title,
        "current": "/vedtak" if desk.context.may(Permission.DECISION_ISSUE) else "/saker",
        "crumbs": case_crumbs(desk, case, person, forms.KIND_NAMES[decision.kind]),
        "case": case,
        "person": person,
        "decision": decision,
        "services": _services(desk, own),
        "replaced": replaced,
        "before": _services(desk, before),
        "ground": (await legal_ground_names(uow, desk.language)).get(decision.legal_ground or "", ""),
        "outcome": desk.say(OUTCOMES[decision.outcome]) if decision.outcome in OUTCOMES else "",
        "taken": views.told(asked.taken, before, own, desk.language) if decision.at_work else [],
        "notice": views.notice_state(asked, desk.language) if decision.at_work else ("", ""),
        "notices": await notices_of(uow, decision.id),
        "mine": mine,
        "own_hand": desk.context.user_id in hands,
        "deciders": [one.name for one in await other_deciders(uow, case, hands)] if decision.state == "proposed" else [],
        "may_issue": desk.context.may(Permission.DECISION_ISSUE) and may_issue_for(desk.context, case),
        "may_change": mine and decision.state == "issued" and decision.kind in ("grant", "partial", "change"),
        "here": desk.url(f"/vedtak/{decision.id}"),
        "place": desk.url(),
        "case_url": desk.url(f"/saker/{case.id}"),
        "today": today(),
    }  # fmt: skip


def _services(desk: Desk, grants: list[GrantCard]) -> list[tuple[str, str, GrantCard]]:
    return [(desk.say(FORM_NAMES[g.form]), views.extent(g, desk.language), g) for g in grants]


def in_one_place(bad: Invalid) -> Invalid:
    """What is wrong with a proposed decision's text cannot be mended on the page where it is made: it is sent back."""
    found: dict[str, BadInput] = {}
    for name, one in bad.errors.items():
        place = name if name in HERE else ""
        found.setdefault(place, BadInput(place, one.message, **one.params))
    return Invalid(found)


def decided_says(decision: DecisionCard) -> str:
    """What is said when it is made."""
    if decision.kind in ("grant", "partial", "change"):
        return N_("Vedtaket er fattet. Utføreren har fått beskjed om hver tjeneste.")
    return N_("Vedtaket er fattet.")
