"""Due lists: conversations, guidance before start, and those nobody has heard from."""

from __future__ import annotations

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from sammen.web.render import with_query
from tenants.followups.queries import DueRow, conversations_due, lacking_guidance, silent_contacts, wishes
from tenants.followups.views import FOLLOW_UP, mine, tabs
from tenants.provision.api import provision_rules

LISTED = N_("Oppfølging av støttekontakter")


async def _logged(desk: Desk, rows: list[DueRow]) -> None:
    await record_read(desk.uow, "followup.list", [row.person_id for row in rows], why=LISTED)


def _kinds(desk: Desk, path: str, everybody: int, own: int, chosen: bool) -> list[tuple[str, str, int, bool]]:
    base = desk.url(path)
    return [
        (desk.say(N_("Alle")), base, everybody, not chosen),
        (desk.say(N_("Mine")), base + with_query({}, vis="mine"), own, chosen),
    ]


@page("/k/{slug:str}/oppfolging", Permission.FOLLOWUP_READ)
async def show_conversations(desk: Desk) -> Response[str]:
    """Whom somebody should talk with, the longest over first, and wishes that wait for an answer."""
    uow = desk.uow
    everybody, asked = await conversations_due(uow), await wishes(uow)
    own = mine(everybody, desk.context.user_id, lambda row: row.owner)
    chosen = desk.query.get("vis") == "mine"
    listed, number = own if chosen else list(everybody), page_number(desk.query)
    rows = listed[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    await _logged(desk, rows)
    await record_read(uow, "followup.wishes", [one.person_id for one in asked], why=LISTED)
    return await desk.render(
        "followups/conversations.html",
        title=desk.say(FOLLOW_UP),
        current="/oppfolging",
        tabs=tabs(desk, "/oppfolging"),
        rows=rows,
        over=sum(row.over for row in listed),
        total=len(listed),
        number=number,
        last=last_page(len(listed)),
        page_size=PAGE_SIZE,
        asked=asked,
        months=(await provision_rules(uow, today())).conversation_months,
        kinds=_kinds(desk, "/oppfolging", len(everybody), len(own), chosen),
        contacts=desk.url("/kontakter"),
        today=today(),
    )


@page("/k/{slug:str}/oppfolging/veiledning", Permission.FOLLOWUP_READ)
async def show_guidance(desk: Desk) -> Response[str]:
    """Who has not had the guidance that comes before the first assignment (B4)."""
    found = await lacking_guidance(desk.uow)
    await record_read(desk.uow, "followup.list", [row.person_id for row in found], why=LISTED)
    rules = await provision_rules(desk.uow, today())
    return await desk.render(
        "followups/guidance.html",
        title=desk.say(FOLLOW_UP),
        current="/oppfolging",
        tabs=tabs(desk, "/oppfolging/veiledning"),
        rows=found,
        asked_for=rules.guidance_before_start,
        contacts=desk.url("/kontakter"),
        today=today(),
    )


@page("/k/{slug:str}/oppfolging/stille", Permission.FOLLOWUP_READ)
async def show_silent(desk: Desk) -> Response[str]:
    """Contacts with a running assignment who have not been heard from, the longest silence first."""
    everybody = await silent_contacts(desk.uow)
    own = mine(everybody, desk.context.user_id, lambda row: row.owner)
    chosen = desk.query.get("vis") == "mine"
    rows = own if chosen else list(everybody)
    await _logged(desk, rows)
    return await desk.render(
        "followups/silent.html",
        title=desk.say(FOLLOW_UP),
        current="/oppfolging",
        tabs=tabs(desk, "/oppfolging/stille"),
        rows=rows,
        days=(await provision_rules(desk.uow, today())).silent_days,
        kinds=_kinds(desk, "/oppfolging/stille", len(everybody), len(own), chosen),
        contacts=desk.url("/kontakter"),
        today=today(),
    )


HANDLERS = [show_conversations, show_guidance, show_silent]
