"""What the slice's pages have in common: tabs, crumbs, and what the reader may do."""

from __future__ import annotations

from typing import Any

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from tenants.retention.kinds import KINDS
from tenants.retention.rules import ACTIONS

TITLE, PATH = N_("Oppbevaring"), "/oppbevaring"
TABS = (
    (N_("Oversikt"), ""),
    (N_("Kjøringer"), "/kjoringer"),
    (N_("Regler"), "/regler"),
    (N_("Sperrer"), "/sperrer"),
    (N_("Dokumenter"), "/dokumenter"),
)


def frame(desk: Desk, tab: str) -> dict[str, Any]:
    """What every page of the slice shows: its tabs, its address, and what the reader may do there."""
    may = desk.context.may
    return {
        "current": PATH,
        "tabs": [(desk.say(label), desk.url(PATH + path), path == tab) for label, path in TABS],
        "base": desk.url(PATH + tab),
        "writes": may(Permission.RETENTION_WRITE),
        "approves": may(Permission.RETENTION_APPROVE),
        "places": may(Permission.HOLD_WRITE),
        "user": desk.context.user_id,
        "kinds": {code: desk.say(kind.name) for code, kind in KINDS.items()},
        "actions": {code: desk.say(name) for code, name in ACTIONS.items()},
    }


def crumbs(desk: Desk, last: str, tab: str) -> list[tuple[str, str]]:
    """The way to a page under a tab."""
    names = {path: label for label, path in TABS}
    return [(desk.say(TITLE), desk.url(PATH)), (desk.say(names[tab]), desk.url(PATH + tab)), (last, "")]
