"""The menu by permission: what a context may open, grouped as the mock-ups group it."""

from __future__ import annotations

from collections.abc import Mapping

from sammen.i18n_mark import N_
from sammen.tenancy.context import Context, PlaceKind
from sammen.web.contributions import Contributions
from sammen.web.i18n import translate
from sammen.web.render import MenuGroup

SHARED = N_("Felles for kommunene")


def place_label(kind: PlaceKind, name: str, language: str) -> str:
    """A place's name as the switching menu says it."""
    match kind:
        case PlaceKind.MUNICIPALITY:
            return translate(language, N_("%(name)s kommune"), name=name)
        case PlaceKind.OWN:
            return translate(language, N_("Mine sider i %(name)s"), name=name)
        case PlaceKind.OPERATIONS:
            return translate(language, N_("Drift"))
        case _:
            return name


def menu_of(
    contributions: Contributions, context: Context, language: str, current: str, counts: Mapping[str, int]
) -> list[MenuGroup]:
    """The groups of the left menu. `current` is an entry's path; `counts` gives what waits behind a path."""
    entries = sorted(
        (e for e in contributions.menu if e.kind is context.kind and e.permission in context.permissions),
        key=lambda e: e.order,
    )
    groups = []
    for shared in (False, True):
        lines = tuple(
            (translate(language, e.label), context.base_url + e.path, e.path == current, counts.get(e.path))
            for e in entries
            if e.shared is shared and not e.own
        )
        if lines:
            label = translate(language, SHARED) if shared else context.place_name
            groups.append(MenuGroup(label, lines, shared=shared))
    return groups


def own_links(contributions: Contributions, context: Context, language: str) -> list[tuple[str, str]]:
    """What one sets for oneself in this place: (label, address), for the menu under one's name."""
    return [
        (translate(language, e.label), context.base_url + e.path)
        for e in sorted(contributions.menu, key=lambda e: e.order)
        if e.own and e.kind is context.kind and e.permission in context.permissions
    ]
