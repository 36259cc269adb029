"""The page where a case's target group is chosen: values for its template, and what was typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.desk import Desk
from sammen.web.formats import date_short
from sammen.web.forms import Form, Reader
from tenants.cases.access import may_decide_for
from tenants.cases.pages import case_crumbs, own_case
from tenants.cases.queries import CaseCard
from tenants.cases.targets import target_now, target_options, targets_of, without_target

GROUP = N_("Målgruppe")


async def target_aside(desk: Desk, case: CaseCard) -> dict[str, str] | None:
    """What the case page says of the group, to those who decide in the case alone: it says something of health, and nobody
    needs it to give the service.
    """
    if not may_decide_for(desk.context, case.purchaser):
        return None
    now = target_now(await targets_of(desk.uow, case.id), today())
    return {"name": desk.say(now.name) if now else "", "url": desk.url(f"/saker/{case.id}/maalgruppe")}


async def target_page(desk: Desk) -> tuple[dict[str, Any], dict[str, str]]:
    """(what the page shows, what its form begins with). Raises NotFound and Forbidden."""
    case, person = await own_case(desk)
    rows = await targets_of(desk.uow, case.id)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Målgruppe"), object_kind="case", object_id=case.id
    )
    now = target_now(rows, today())
    missing = await without_target(desk.uow, case.id)
    shown = {
        "missing": len(missing),
        "next_url": desk.url(f"/saker/{missing[0]}/maalgruppe") if missing else "",
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, GROUP),
        "person": person,
        "options": [(code, desk.say(name), desk.say(who)) for code, name, who in target_options()],
        "rows": [(row, desk.say(row.name)) for row in rows],
        "case_url": desk.url(f"/saker/{case.id}"),
        "action": desk.url(f"/saker/{case.id}/maalgruppe"),
    }
    return shown, {"gruppe": now.target_group if now else "", "fra": date_short(today()) if now else ""}


def read_target(form: Form) -> tuple[str, date | None]:
    """The code that was chosen, and from which day; None when the form did not say. Raises Invalid."""
    reader = Reader(form)
    code = reader.text("gruppe", required=N_("Velg en målgruppe fra lista."), most=40)
    day = reader.take("fra", lambda text: parse_date(text, field="fra", years_ahead=0))
    reader.done()
    return code, day
