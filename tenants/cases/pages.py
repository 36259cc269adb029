"""What every page about a case begins with, also those of slices above: the case, its person, and the way back."""

from __future__ import annotations

from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from tenants.cases.access import may_decide_for
from tenants.cases.queries import CaseCard, case_card
from tenants.cases.service import NOT_YOURS
from tenants.people.api import PersonCard, person_card

CASES = N_("Saker")


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


def case_crumbs(desk: Desk, case: CaseCard, person: PersonCard, last: str) -> list[tuple[str, str]]:
    """Saker › the person › this page (a msgid)."""
    return [
        (desk.say(CASES), desk.url("/saker")),
        (person.name, desk.url(f"/saker/{case.id}")),
        (desk.say(last), ""),
    ]
