"""What the slice adds to the case page: the decisions, their events, and the step of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import CaseStep, Panel, Step, TimelineEvent, TimelineSource
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.cases.api import FORM_NAMES, case_card, grounds_on, may_decide_for
from tenants.decisions import views
from tenants.decisions.queries import decisions_of, grants_of


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    decisions, grants = await decisions_of(uow, case_id), await grants_of(uow, case_id)
    language = uow.context.language
    grounds = {ground.code: ground.text(language) for ground in await grounds_on(uow, today())}
    issued = [
        (
            one,
            [
                (translate(language, FORM_NAMES[g.form]), views.extent(g, language))
                for g in grants
                if g.decision_id == one.id
            ],
            grounds.get(one.legal_ground or "", ""),
        )
        for one in decisions
        if one.state != "draft"
    ]
    return {"issued": issued} if issued else None


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    return views.decision_events(await decisions_of(uow, case_id), language)


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    case = await case_card(uow, case_id)
    if case.state != "deciding" or not may_decide_for(uow.context, case.purchaser):
        return None
    base = f"{uow.context.base_url}/saker/{case_id}"
    text = N_("Du har en kladd. Frist for vedtak er %(day)s.") if case.deadline else N_("Du har en kladd.")
    return Step(
        translate(language, N_("Neste: fatt vedtaket")),
        translate(language, text, **({"day": date_long(case.deadline, language)} if case.deadline else {})),
        (
            (translate(language, N_("Fortsett på vedtaket")), f"{base}/vedtak", "primary"),
            (translate(language, N_("Ny kartlegging")), f"{base}/kartlegging", "tertiary"),
        ),
    )


PANELS = [Panel(Permission.CASE_READ, "decisions/panel.html", 10, _panel)]
TIMELINE = [TimelineSource(Permission.CASE_READ, _events)]
STEPS = [CaseStep(Permission.DECISION_DRAFT, 20, _step)]
