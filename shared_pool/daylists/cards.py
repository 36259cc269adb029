"""The text of a card, and how it is sealed: for one meeting and one place, so that it cannot be moved to another."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from sammen.keys import Keys

USE = "day-card"


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What a leader is told: the name to call somebody by, what they need on the day, and a number to ring.

    For a group the first name alone; for a course the contact's whole name. `needs`: allergies, transport and what helps,
    as their own municipality wrote it for leaders to read. `phone`: who is rung when something happens.
    """

    name: str
    needs: str = ""
    phone: str = ""


def seal_card(keys: Keys, session_id: UUID, seat_id: UUID, facts: DayFacts) -> bytes:
    """The card, readable by the running program alone."""
    plain = json.dumps(asdict(facts), ensure_ascii=False)
    return keys.seal_form(plain, USE, session_id.bytes, seat_id.bytes)


def open_card(keys: Keys, session_id: UUID, seat_id: UUID, sealed: bytes) -> DayFacts | None:
    """What `seal_card` sealed for this meeting and place; None for anything else."""
    try:
        return DayFacts(**json.loads(keys.unseal_form(sealed, USE, session_id.bytes, seat_id.bytes)))
    except (InvalidTag, IndexError):
        return None
