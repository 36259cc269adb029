"""What the form for an event shows: the same for those who work here and for those who send something in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sammen.web.desk import Desk
from sammen.web.formats import upper_first
from shared_pool.calendar.codes import ACCESS, EVERY, KINDS, ON_DAYS, TARGETS
from shared_pool.calendar.content import EVERYWHERE
from tenants.api import traits


def form_values(desk: Desk, places: Mapping[UUID, str], everywhere: str) -> dict[str, Any]:
    """The form's choices. `everywhere`: what it says of what is in several municipalities (a msgid)."""
    return {
        "kinds": desk.options(KINDS),
        "every": desk.options(EVERY),
        "weekdays": desk.options(ON_DAYS),
        "targets": desk.options(TARGETS),
        "access_options": desk.options(ACCESS),
        "interests": [(code, upper_first(name)) for code, name in desk.options(traits.INTERESTS)],
        "municipalities": [
            *((str(one), name) for one, name in places.items()),
            (EVERYWHERE, desk.say(everywhere)),
        ],
    }
