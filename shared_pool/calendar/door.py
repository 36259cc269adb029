"""How somebody without a login sends something in: functions of the database that are each shown a proof (0018, 0063)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.web.visitor import asking, network_of, visitors_proof
from shared_pool.calendar.codes import MAIL
from shared_pool.calendar.content import EventFacts
from shared_pool.calendar.published import Event, event_of
from shared_pool.calendar.sealing import lookup_of, open_email, open_token, seal_email, sealed_token

WAIT = N_("Det er kommet mye herfra den siste timen. Vent litt og prøv igjen.")
CLOSED = N_("Kommunen er ikke med i kalenderen lenger. Velg en annen.")
_LISTS = ("dates", "skip")
_DAYS = ("first_day", "last_day")
_MOMENTS = ("published_at", "cancelled_at", "created_at", "changed_at")


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that waits for its address to be confirmed."""

    id: UUID
    email: str
    failed: bool
    kept_until: date
    token: str
    """What the link holds, while the notice has not left: shown in the demo only, where no mail leaves the house."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender's own link shows."""

    region_id: UUID
    region_slug: str
    event: Event


@dataclass(frozen=True, slots=True)
class Sender:
    """The doors for one visitor: the engine, the house's keys, and where they come from on the net."""

    engine: AsyncEngine
    keys: Keys
    address: str

    async def send(
        self, region: UUID, facts: EventFacts, email: str, *, language: str, page_key: str
    ) -> UUID:
        """Keep it until its address is confirmed, once for each page it was sent from, and send the link; its id.

        Raises Invalid past the cap, and for a municipality that has left the region meanwhile.
        """
        new, place, document = uuid4(), facts.municipality_id, as_document(facts)
        who = seal_email(self.keys, region, email)
        lookup, mail = sealed_token(self.keys)
        mark = self.keys.form_mark("calendar-email", region.bytes, email.casefold().encode())
        sending = self.keys.form_mark("calendar-sending", region.bytes, page_key.encode("utf-8", "replace"))
        address = self._mark()
        message = "|".join(
            ("calendar.send", str(new), str(region), str(place) if place else "-", language, _digest(document.encode()),
             _digest(who), _digest(mail), lookup.hex(), mark.hex(), sending.hex(), address.hex())
        )  # fmt: skip
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.calendar_send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                new, region, place, language, document, who, mail, lookup, mark, sending, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
            assert row is not None
            if row["answer"] in ("closed", "wait"):
                raise Invalid.one("", CLOSED if row["answer"] == "closed" else WAIT)
            if row["answer"] == "sent":
                await self._mail(raw, row["id"], region)
        found: UUID = row["id"]
        return found

    async def pending(self, submission: UUID) -> Pending:
        """What waits for its link to be opened. Raises NotFound for what does not, or no longer."""
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.calendar_pending($1, $2, $3)", submission,
                *visitors_proof(self.keys, f"calendar.pending|{submission}"),
            )  # fmt: skip
        if row is None:
            raise NotFound
        token = open_token(self.keys, row["mail"], row["lookup"]) if row["mail"] and row["lookup"] else ""
        email = open_email(self.keys, row["region_id"], row["who"])
        return Pending(submission, email, row["mail_state"] == "failed", row["kept_until"], token)

    async def confirm(self, token: str) -> str | None:
        """Press the link: it goes to its host. The token of the sender's own link; None for a link that is wrong, used or
        too old. Raises Invalid past the cap.
        """
        own, mail = sealed_token(self.keys)
        lookup, address = lookup_of(self.keys, token), self._mark()
        message = "|".join(("calendar.confirm", lookup.hex(), own.hex(), _digest(mail), address.hex()))
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.calendar_confirm($1, $2, $3, $4, $5, $6)", lookup, own, mail, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
            assert row is not None
            if row["answer"] == "wait":
                raise Invalid.one("", WAIT)
            if row["answer"] != "confirmed":
                return None
            await self._mail(raw, row["id"], row["region_id"])
        return open_token(self.keys, mail, own)

    async def own(self, token: str) -> Sent | None:
        """What the sender's link shows; None for one that is wrong, changed or too old. Raises Invalid past the cap."""
        link, address = lookup_of(self.keys, token), self._mark()
        message = f"calendar.own|{link.hex()}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.calendar_own($1, $2, $3, $4)", link, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
        assert row is not None
        if row["answer"] == "wait":
            raise Invalid.one("", WAIT)
        if row["answer"] != "found":
            return None
        return Sent(row["region_id"], row["region_slug"], from_json(row["event"]))

    async def change(self, token: str, facts: EventFacts | None) -> bool:
        """Mend it, so that it waits for its host again; or, with None, call it off. False when the link opens nothing.

        Raises Invalid past the cap, Conflict when it is called off already.
        """
        link, address = lookup_of(self.keys, token), self._mark()
        document = as_document(facts) if facts is not None else ""
        message = f"calendar.change|{link.hex()}|{_digest(document.encode())}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            answer = await raw.fetchval(
                "SELECT sammen.calendar_change($1, $2, $3, $4, $5)", link, document, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
        if answer == "wait":
            raise Invalid.one("", WAIT)
        if answer == "late":
            raise Conflict(N_("Dette er avlyst fra før."))
        return bool(answer == "changed")

    def _mark(self) -> bytes:
        return self.keys.form_mark("calendar-address", network_of(self.address).encode())

    async def _mail(self, raw: Any, submission: UUID, region: UUID) -> None:
        await put(raw, self.keys, Order(MAIL, {"submission": str(submission)}, PlaceKind.REGION, region))


def as_document(facts: EventFacts) -> str:
    """What is kept of an event until it is confirmed: the columns' own names, as JSON that the database reads."""
    values = {**facts.columns(), "municipality_id": None}
    return json.dumps(
        values,
        ensure_ascii=False,
        sort_keys=True,
        default=lambda value: value.isoformat() if isinstance(value, date | time) else str(value),
    )


def from_json(value: Any) -> Event:
    """An event of the database's JSON."""
    row = dict(json.loads(value) if isinstance(value, str) else value)
    for name in _DAYS:
        row[name] = date.fromisoformat(row[name])
    for name in _LISTS:
        row[name] = [date.fromisoformat(one) for one in row[name]]
    for name in _MOMENTS:
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    for name in ("id", "region_id", "host_id", "municipality_id"):
        row[name] = UUID(row[name]) if row[name] else None
    row["starts"] = time.fromisoformat(row["starts"])
    row["ends"] = time.fromisoformat(row["ends"]) if row["ends"] else None
    return event_of(row)


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
