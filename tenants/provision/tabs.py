"""The municipality's own rules stand on pages side by side, one for each who works by them."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.web.desk import Desk

PAGES = (
    ("/regler", N_("Tildeling")),
    ("/regler/utforer", N_("Oppdrag, timer og lønn")),
    ("/regler/innsyn", N_("Innsyn og nødåpning")),
    ("/regler/kommunen", N_("Brev og innlogging")),
)


def rules_tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """(text, address, whether it is this one) of the pages with the municipality's own rules."""
    return [(desk.say(label), desk.url(path), path == current) for path, label in PAGES]
