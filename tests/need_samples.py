"""The form of a need as a coordinator in Horten fills it in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sammen.clock import today
from sammen.norwegian import format_date

RECENT = format_date(today() - timedelta(days=1))
NEED_FORM: dict[str, Any] = {
    "alder": "10-13", "interesser": ["climbing", "building"], "dager": ["tue"], "dager_vises": "days", "deler": ["pm"],
    "timer": "2-4", "maneder": "12", "omraade": "north", "forutsigbarhet": "2", "kjonn": "any", "samtykke_av": "parent",
    "samtykke_dato": RECENT, "hjemmel": "gdpr_6e_9h", "spraak": ["so"], "ferdigheter": ["autism"],
}  # fmt: skip
