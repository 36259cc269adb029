"""Values for templates, without HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.formats import decimal
from sammen.web.i18n import translate
from shared_pool.coursework.codes import seat_label
from shared_pool.coursework.rules import LACKS, Standing

COURSES: Final = N_("Kurs og samlinger")
shapes: Final[Mapping[str, str]] = {
    "present": "ok",
    "late": "half",
    "left_early": "half",
    "absent": "neutral",
}
"""The shape of a tag for how somebody was at a session."""


def label_of(name: str, seat_id: UUID, language: str) -> str:
    """What somebody at the door is called: their name, or the seat's label where no name may stand."""
    return name or translate(language, N_("Plass %(label)s"), label=seat_label(seat_id))


def tenths(hours: Decimal) -> Decimal:
    """Hours as people say them: with one decimal at the most."""
    return hours.quantize(Decimal("0.1")).normalize() + 0


def hours_line(standing: Standing, language: str) -> str:
    """How far somebody has come: «9 av 12 timer»."""
    return translate(
        language, N_("%(hours)s av %(needed)s timer"), hours=decimal(tenths(standing.hours), None, language),
        needed=decimal(tenths(standing.needed), None, language),
    )  # fmt: skip


def lack_lines(standing: Standing, language: str) -> list[str]:
    """What stands in the way of the certificate, in sentences."""
    return [translate(language, LACKS[code]) for code in standing.lacks]
