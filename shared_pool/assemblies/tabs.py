"""The tabs that courses and assemblies share."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.web.desk import Desk

TABS = (("/kurs", N_("Kurs")), ("/samlinger", N_("Samlinger")))


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """(text, address, whether it is this page)."""
    return [(desk.say(name), desk.url(path), path == current) for path, name in TABS]
