"""The tabs that courses, assemblies and certificates share."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.web.desk import Desk


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """(text, address, whether it is this one) for a municipality."""
    return [
        (desk.say(text), desk.url(path), path == current)
        for text, path in (
            (N_("Kurs"), "/kurs"),
            (N_("Samlinger"), "/samlinger"),
            (N_("Kursbevis"), "/kurs/bevis"),
        )
    ]
