"""What every page about a case begins with, also those of slices above: the case, its person, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sammen.clock import today
from sammen.errors import BadInput, Forbidden
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.policy.roles import Role
from sammen.settings import Environment
from sammen.web.desk import Desk
from tenants.cases import forms
from tenants.cases.access import may_decide_for, purchasers_seen
from tenants.cases.duty import colleagues
from tenants.cases.queries import CaseCard, case_card, grounds_on
from tenants.cases.service import NOT_YOURS
from tenants.people.api import PersonCard, person_card

CASES = N_("Saker")
APPLICATIONS = N_("Søknader")
PURCHASER_TITLES = {
    "child": N_("saksbehandler for barn og unge"),
    "adult": N_("saksbehandler for voksne"),
    "child_welfare": N_("saksbehandler for barnevern"),
}


async def seen_case(desk: Desk) -> tuple[CaseCard, PersonCard]:
    """The case of the address (`case_id`) and its person. Raises NotFound for a case the reader may not see."""
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    return case, await person_card(desk.uow, case.person_id)


async def own_case(desk: Desk) -> tuple[CaseCard, PersonCard]:
    """As `seen_case`, if the case is the reader's to decide; otherwise raises Forbidden."""
    case, person = await seen_case(desk)
    if not may_decide_for(desk.context, case.purchaser):
        raise Forbidden(NOT_YOURS)
    return case, person


async def mapping_panels(desk: Desk, case: CaseCard) -> list[tuple[str, dict[str, Any]]]:
    """(template, values) of what other slices know that bears on a mapping, such as what was tried before."""
    return [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.panels, key=lambda p: p.order)
        if panel.mapping
        and desk.context.may(panel.permission)
        and (values := await panel.read(desk.uow, case.id)) is not None
    ]


def case_crumbs(desk: Desk, case: CaseCard, person: PersonCard, last: str) -> list[tuple[str, str]]:
    """Saker › the person › this page (a msgid)."""
    return [
        (desk.say(CASES), desk.url("/saker")),
        (person.name, desk.url(f"/saker/{case.id}")),
        (desk.say(last), ""),
    ]


def accepts_synthetic(desk: Desk) -> bool:
    """Whether invented national numbers are taken: everywhere but in production."""
    return desk.house.settings.environment is not Environment.PRODUCTION


def _day_typed(desk: Desk) -> date:
    try:
        return parse_date(desk.form.text("mottatt"), field="mottatt")
    except BadInput:
        return today()


async def grounds_to_choose(desk: Desk, day: date) -> list[tuple[str, str]]:
    """Legal grounds in force on a day, as options (A13). Those of child welfare are that purchaser's alone (A16)."""
    welfare = Role.PURCHASER_CHILD_WELFARE in desk.context.roles
    return [
        (ground.code, ground.text(desk.language))
        for ground in sorted(
            await grounds_on(desk.uow, day), key=lambda one: one.child_welfare is not welfare
        )
        if welfare or not ground.child_welfare
    ]


async def application_values(desk: Desk, *, action: str, received: date | None = None) -> dict[str, Any]:
    """What the form for a received application needs besides what was typed. `received`: the day it came, when that is
    known and not to be typed. `receivers`: colleagues of other purchasers, by kind, who may be handed an application.
    """
    own = purchasers_seen(desk.context)
    others = [one for one in await colleagues(desk.uow) if one.id != desk.context.user_id]
    return {
        "channels": desk.options(forms.CHANNELS),
        "applicants": desk.options(forms.APPLICANTS),
        "protections": desk.options(forms.PROTECTIONS),
        "grounds": await grounds_to_choose(desk, received or _day_typed(desk)),
        "action": action,
        "received": received,
        "anothers": "",
        "receivers": {
            kind: [(str(one.id), one.name) for one in others if one.decides_for(kind)]
            for kind in ("child", "adult", "child_welfare")
            if kind not in own
        },
        "give_to": "",
    }
