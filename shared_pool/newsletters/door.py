"""How somebody without a login gets on a municipality's list, and off it: functions that are each shown a proof (0018).

The answers are constant: none tells whether an address is on a list, or was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.web.visitor import asking, network_of, visitors_proof
from shared_pool.newsletters.codes import SIGNUP
from shared_pool.newsletters.sealing import lookup_of, mailbox_of, mark_of, new_link, read_leave, seal_email

WAIT = N_("Det er kommet mye herfra den siste timen. Vent litt og prøv igjen.")
_PLACE = """
SELECT id, name FROM sammen.municipality WHERE slug = $1 AND valid_from <= sammen.norwegian_day()
   AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@dataclass(frozen=True, slots=True)
class NewsVisitor:
    """The doors for one visitor: the engine, the house's keys, and where they come from on the net."""

    engine: AsyncEngine
    keys: Keys
    address: str

    async def place(self, slug: str) -> tuple[UUID, str]:
        """(id, name) of a municipality there is today. Raises NotFound."""
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(_PLACE, slug)
        if row is None:
            raise NotFound
        return row["id"], row["name"]

    async def sign_up(self, place: UUID, segment: str, language: str, email: str) -> None:
        """Keep an address until its link is pressed, and send the link. Raises Invalid past the cap, NotFound."""
        id_ = uuid4()
        mark = mark_of(self.keys, place, email)
        sealed = seal_email(self.keys, place, mark, email)
        _, lookup, mail = new_link(self.keys)
        box, address = mailbox_of(self.keys, email), self._mark()
        message = "|".join(
            ("newsletter.sign_up", str(id_), str(place), segment, language, mark.hex(), _digest(sealed), lookup.hex(),
             _digest(mail), box.hex(), address.hex())
        )  # fmt: skip
        async with asking(self.engine, WAIT) as raw:
            answer = await raw.fetchval(
                "SELECT sammen.newsletter_sign_up($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", id_, place, segment,
                language, mark, sealed, lookup, mail, box, address, *visitors_proof(self.keys, message),
            )  # fmt: skip
            if answer == "unknown":
                raise NotFound
            if answer == "wait":
                raise Invalid.one("", WAIT)
            order = Order(SIGNUP, {"signup": str(id_)}, PlaceKind.MUNICIPALITY, place)
            await put(raw, self.keys, order, once=f"{SIGNUP}:{id_}")

    async def confirm(self, token: str) -> str | None:
        """Press the link in the mail: on the list. The municipality's name; None for a link that opens nothing.

        Raises Invalid past the cap.
        """
        lookup, address = lookup_of(self.keys, token), self._mark()
        message = f"newsletter.confirm|{lookup.hex()}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.newsletter_confirm($1, $2, $3, $4)", lookup, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
        if row["answer"] == "wait":
            raise Invalid.one("", WAIT)
        return row["place_name"] if row["answer"] == "confirmed" else None

    async def leave(self, token: str) -> None:
        """Take whoever the link was sent to off the list. Never fails, and says nothing of what it found."""
        found = read_leave(self.keys, token)
        if found is None:
            return
        message = f"newsletter.unsubscribe|{found[0]}|{found[1]}"
        async with asking(self.engine, WAIT) as raw:
            await raw.execute(
                "SELECT sammen.newsletter_unsubscribe($1, $2, $3, $4)",
                *found,
                *visitors_proof(self.keys, message),
            )

    def _mark(self) -> bytes:
        return self.keys.form_mark("campaign-address", network_of(self.address).encode())


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()
