"""How surely we know who somebody is, and how surely each role asks us to. Reviewed as code, as roles.py is.

The database asks the same in `sammen.enter_place` (`level_no`, `role_demand` in functions.sql; a test compares the two),
so that a place's ticket is never written for a session that falls short. Sources: Normen 6.0 ch. 5.2 (strong
authentication for health and care data over open networks), eIDAS' levels by Norwegian names, ADR 0080.
"""

from __future__ import annotations

from enum import StrEnum

from sammen.i18n_mark import N_
from sammen.policy.roles import ROLE_PLACE, Role


class Level(StrEnum):
    """Levels of assurance of a session, the weakest first."""

    PASSWORD = "password"  # noqa: S105 - the name of a level
    """A password, and nothing else yet."""
    SENT_CODE = "sent_code"
    """A password, and a code by SMS or from a sheet on paper; or the letter with an invitation."""
    SECOND_FACTOR = "second_factor"
    """A password, and a code from an app of one's own (TOTP)."""
    SUBSTANTIAL = "substantial"
    """Somebody else vouches, at eIDAS' level "betydelig"."""
    HIGH = "high"
    """The same at "høyt": BankID, Buypass, Commfides."""


LEVEL_NAMES: dict[Level, str] = {
    Level.PASSWORD: N_("Bare passord"),
    Level.SENT_CODE: N_("Passord og kode på SMS eller ark"),
    Level.SECOND_FACTOR: N_("Passord og kodeapp"),
    Level.SUBSTANTIAL: N_("Innlogging på nivå betydelig"),
    Level.HIGH: N_("Innlogging på nivå høyt"),
}

LEAST: dict[Role, Level] = {
    role: Level.SENT_CODE if ROLE_PLACE[role] == "own" else Level.SECOND_FACTOR for role in Role
}
"""Role → the least level. A municipality may ask for more of its own roles (its setting `levels`), never for less."""


def rank(level: str) -> int:
    """Where a level stands, from 1. Unknown and empty ones are 0, as in the database."""
    return list(Level).index(Level(level)) + 1 if level in Level.__members__.values() else 0


def enough(held: str, wanted: str) -> bool:
    """Whether a session of level `held` may do what asks for `wanted`. Unknown `held`: only what asks for nothing."""
    return rank(held) >= rank(wanted)
