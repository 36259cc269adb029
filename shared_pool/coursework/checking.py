"""The door anybody may knock at to see whether a certificate is real: without a session, counted, and with one answer for
every code that is nobody's (docs/decisions/0018 and 0062).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.keys import Keys
from sammen.web.visitor import asking, network_of, visitors_proof
from shared_pool.coursework.codes import typed_code

WAIT = N_("Det er prøvd mange koder herfra den siste timen. Vent litt og prøv igjen.")
_CHECK = "SELECT * FROM sammen.certificate_check($1, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody with the code is told. `name` is "" unless who asks knew the family name."""

    state: str
    title: str
    kind: str
    hours: Decimal
    held_by: str
    completed_on: date
    valid_to: date | None
    exam: bool
    name: str

    @property
    def over(self) -> bool:
        """Whether its last day has gone."""
        return self.valid_to is not None and self.valid_to < today()


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who has not logged in: the engine, the house's keys, and where they come from on the net."""

    engine: AsyncEngine
    keys: Keys
    address: str

    async def check(self, typed: str, family: str = "") -> Checked | None:
        """The certificate a code is for, or None. `family` opens the name when it is the one on it.

        Raises Invalid past the cap of thirty an hour.
        """
        # What can be no code is asked for all the same, so that it takes as long and counts as much.
        code = typed_code(typed) or "-"
        family = " ".join(family.split())[:100]
        mark = self.keys.form_mark("certificate-address", network_of(self.address).encode())
        message = f"certificate.check|{code}|{family}|{mark.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(_CHECK, code, family, mark, *visitors_proof(self.keys, message))
        assert row is not None
        if row["answer"] == "wait":
            raise Invalid.one("", WAIT)
        if row["answer"] != "found":
            return None
        return Checked(**{name: row[name] for name in Checked.__dataclass_fields__})
