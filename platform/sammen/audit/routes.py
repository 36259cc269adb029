"""The access log for the municipality's data protection officer: who read or changed what, and who was refused."""

from typing import Any

from litestar import Response

from sammen.audit.reading import CATEGORIES, MOST_COUNTED, TrailRow, read_trail
from sammen.audit.trail import record_read
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.policy.roles import ROLE_NAMES, Role
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.paging import PAGE_SIZE, last_page, page_number

TITLE = N_("Innsynslogg")
CATEGORY_NAMES = {
    "read": (N_("Leste"), "info"),
    "change": (N_("Endret"), "saved"),
    "refusal": (N_("Ble nektet"), "warning"),
}
FILTERS = {"": N_("Alt"), "read": N_("Det som er lest"), "change": N_("Det som er endret"),
           "refusal": N_("Det noen ble nektet")}  # fmt: skip
OBJECT_NAMES = {
    "agreement": N_("Avtale"), "application": N_("Søknad"), "assignment": N_("Oppdrag"), "candidate": N_("Kandidat"),
    "case": N_("Sak"), "contact": N_("Støttekontakt"), "decision": N_("Vedtak"), "engagement": N_("Avtale"),
    "figure": N_("Tall"), "import": N_("Saksliste"), "mapping": N_("Kartlegging"), "need": N_("Behov"),
    "order": N_("Bestilling"), "person": N_("Person"), "proposal": N_("Forslag"), "rate": N_("Sats"),
    "timesheet": N_("Timeliste"), "vetting": N_("Godkjenning"),
}  # fmt: skip


def _line(desk: Desk, row: TrailRow) -> dict[str, Any]:
    """An entry in the reader's words; what the platform did by itself is said to be so."""
    roles = ", ".join(desk.say(ROLE_NAMES[Role(code)]) for code in row.roles if code in ROLE_NAMES)
    label, shape = CATEGORY_NAMES[row.category]
    kind = OBJECT_NAMES.get(row.object_kind)
    return {
        "at": row.at,
        "actor": row.actor or desk.say(N_("Ukjent")),
        "roles": roles,
        "category": desk.say(label),
        "shape": shape,
        "what": desk.say(kind) if kind else desk.say(N_("Personer")) if row.persons else "",
        "code": row.action,
        "persons": row.persons,
        "subjects": [(one.hex[-6:].upper(), desk.url(f"/personer/{one}/innsyn")) for one in row.subjects],
        "why": desk.say(row.why) if row.why else "",
        "sealed": row.sealed,
    }


@page("/k/{slug:str}/innsynslogg", Permission.TRAIL_READ)
async def access_log(desk: Desk) -> Response[str]:
    """The log, newest first, fifty at a time."""
    chosen = desk.query.get("type", "")
    category = chosen if chosen in CATEGORIES else ""
    number = page_number(desk.query)
    rows, total = await read_trail(desk.uow, category, number)
    await record_read(desk.uow, "trail.read", [], why=N_("Så gjennom innsynsloggen"), object_kind="trail")
    return await desk.render(
        "audit/log.html",
        title=desk.say(TITLE),
        current="/innsynslogg",
        rows=[_line(desk, row) for row in rows],
        total=min(total, MOST_COUNTED),
        most=MOST_COUNTED if total > MOST_COUNTED else 0,
        number=number,
        size=PAGE_SIZE,
        last=last_page(min(total, MOST_COUNTED)),
        filters=[(value, desk.say(label)) for value, label in FILTERS.items()],
        chosen=category,
        chips=[(desk.say(FILTERS[category]), desk.url("/innsynslogg"))] if category else [],
        base=desk.url("/innsynslogg"),
    )


HANDLERS = [access_log]
