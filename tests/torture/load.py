"""The clients: each is somebody at work who fills in a form, and sends it again until somebody has answered."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx
from PIL import Image

from sammen.clock import today
from sammen.keys import token_hash
from sammen.norwegian import format_date
from tests.database import KEYS
from tests.torture.journal import Entry, Journal
from tests.torture.people import People

PATIENCE_S = 25
"""How long a person tries: a database that recovers is back before that."""
AGAIN = 0.1
"""The share of acknowledged forms that are sent once more, as after pressing the button twice."""
FULL = 422
FORM = {"Accept": "text/html"}


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    return out.getvalue()


@dataclass
class Clients:
    """All clients of one proxy. `run` lasts until `stop`; each form is then tried to its end."""

    url: str
    people: People
    journal: Journal
    chance: Random
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    number: int = 0
    photo: bytes = field(default_factory=_photo)
    sent: set[str] = field(default_factory=set)

    async def run(self, count: int) -> None:
        """So many at once, and one who pays."""
        limits = httpx.Limits(max_keepalive_connections=0, max_connections=200)
        async with httpx.AsyncClient(base_url=self.url, limits=limits, timeout=20) as client:
            works = [self._work(client, self._any) for _ in range(count)]
            await asyncio.gather(*works, self._work(client, self._pay))

    async def _work(
        self, client: httpx.AsyncClient, one: Callable[[httpx.AsyncClient], Awaitable[None]]
    ) -> None:
        while not self.stop.is_set():
            await one(client)
            await asyncio.sleep(self.chance.random() * 0.04)

    async def _any(self, client: httpx.AsyncClient) -> None:
        kinds = [
            self._case,
            self._mapping,
            self._hours,
            self._message,
            self._seat,
            self._letter,
            self._newsletter,
        ]
        await self.chance.choices(kinds, [6, 4, 5, 5, 5, 1, 1])[0](client)

    def _next(self, kind: str) -> Entry:
        self.number += 1
        return self.journal.open(kind, f"{kind}-{self.number}")

    async def send(
        self, client: httpx.AsyncClient, who: str, path: str, fields: Mapping[str, Any], entry: Entry, *,
        files: Mapping[str, Any] | None = None, may_be: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        """Send a form with one key until it is answered. `may_be`: refusals that are an answer, such as a full course."""
        token = self.people.tokens[who]
        sealed = {**fields, "_csrf": KEYS.csrf_token(token_hash(token)), "_key": f"t-{entry.mark}"}
        until = asyncio.get_running_loop().time() + PATIENCE_S
        while asyncio.get_running_loop().time() < until:
            answer = await self._once(client, token, path, sealed, files)
            if answer is None:
                entry.unknown += 1
            elif answer.status_code in (200, 303):
                self._acknowledge(entry, answer)
                if self.chance.random() >= AGAIN or entry.unknown > 50:
                    return
                self.journal.repeated += 1
            elif answer.status_code in may_be:
                entry.refused += 1
                return
            elif answer.status_code not in (409, 502, 503):
                self.journal.odd.append(f"{entry.mark}: {answer.status_code} at {path}")
                entry.refused += 1
                return
            await asyncio.sleep(0.1 + self.chance.random() * 0.2)

    def _acknowledge(self, entry: Entry, answer: httpx.Response) -> None:
        location = answer.headers.get("location", "")
        if entry.acknowledged and entry.location != location:
            self.journal.odd.append(f"{entry.mark}: answered with {entry.location} and then {location}")
        entry.acknowledged, entry.location = True, location

    async def _once(
        self, client: httpx.AsyncClient, token: str, path: str, fields: Mapping[str, Any], files: Any
    ) -> httpx.Response | None:
        self.journal.requests += 1
        headers = {**FORM, "Cookie": f"sammen={token}"}
        try:
            if fields:
                answer = await client.post(path, data=dict(fields), files=files, headers=headers)
            else:
                answer = await client.get(path, headers=headers)
        except httpx.TransportError:
            self.journal.statuses[0] += 1
            return None
        self.journal.statuses[answer.status_code] += 1
        return answer

    # What they do ---------------------------------------------------------------------------------------------------
    async def _case(self, client: httpx.AsyncClient) -> None:
        entry = self._next("case")
        place, who = self.chance.choice([("horten", "purchaser"), ("re", "neighbour")])
        await self.send(client, who, f"/k/{place}/soknader/ny", {
            "fornavn": entry.mark, "etternavn": "Rønning", "fodselsdato": "04.05.2015", "mottatt": format_date(today()),
            "kanal": "letter", "soker": "parent", "soker_navn": "Mona Rønning", "adressesperre": "none",
            "hjemmel": "hol-3-2-6b",
        }, entry)  # fmt: skip

    async def _mapping(self, client: httpx.AsyncClient) -> None:
        entry = self._next("mapping")
        path = f"/k/horten/saker/{self.chance.choice(self.people.cases)}/kartlegging"
        await self.send(
            client, "purchaser", path, {"dato": format_date(today()), "egne_ord": entry.mark}, entry
        )

    async def _hours(self, client: httpx.AsyncClient) -> None:
        kind = self.chance.choice(["hours", "receipt"])
        entry = self._next(kind)
        day = today() - timedelta(days=self.chance.randrange(1, 50))
        fields = {"dato": format_date(day), "timer": "0,25", "hva": entry.mark, "gjor": "send"}
        files = None
        if kind == "receipt":
            fields |= {"kr-1": "45", "utlegg-1": "Buss"}
            files = {"bilde-1": ("kvittering.jpg", self.photo, "image/jpeg")}
        await self.send(
            client, "contact", f"/min/horten/timer/{self.people.assignment}", fields, entry, files=files
        )

    async def _message(self, client: httpx.AsyncClient) -> None:
        entry = self._next("message")
        await self.send(client, "contact", "/min/horten/meldinger", {"melding": entry.mark}, entry)

    async def _seat(self, client: httpx.AsyncClient) -> None:
        """Nine who want three seats: those who come too late are told so."""
        course, who = self.chance.choice(self.people.courses), self.chance.choice(self.people.takers)
        mark = f"{course}:{who}"
        if mark in self.sent:
            return
        self.sent.add(mark)
        entry = self.journal.open("seat", mark)
        await self.send(
            client, "taker", f"/k/re/kurs/{course}/meld-paa", {"hvem": str(who)}, entry, may_be=(FULL,)
        )

    async def _letter(self, client: httpx.AsyncClient) -> None:
        entry = self._next("letter")
        fields = {"emne": entry.mark, "tekst": "Vi holder stengt i juli.", "malform": "nb", "hvem": "everybody",
                  "til": ["brukere", "kontakter"]}  # fmt: skip
        await self.send(client, "coordinator", "/k/horten/nyhetsbrev/tjenestebrev/nytt", fields, entry)
        if entry.acknowledged:
            sending = self.journal.open("letter sent", entry.mark)
            await self.send(client, "coordinator", f"{entry.location}/send", {"versjon": "1"}, sending)

    async def _newsletter(self, client: httpx.AsyncClient) -> None:
        if not self.people.drafts:
            return
        newsletter = self.people.drafts.pop()
        entry = self.journal.open("newsletter", str(newsletter))
        page = f"/k/horten/nyhetsbrev/{newsletter}/send"
        shown = await self._shown(client, "coordinator", page, r'name="versjon" value="(\d+)"')
        if shown:
            await self.send(client, "coordinator", page, {"versjon": shown}, entry)

    async def _pay(self, client: httpx.AsyncClient) -> None:
        """A run for the next month that is unpaid, and close it when it is ready."""
        if not self.people.months:
            await asyncio.sleep(0.5)
            return
        month = self.people.months.pop(0)
        run = self._next("run")
        fields = {"periode": month, "utbetales": format_date(today())}
        await self.send(client, "payroll", "/k/horten/lonn/ny", fields, run)
        if not run.acknowledged:
            return
        newest = await self._shown(client, "payroll", "/k/horten/lonn", r"/k/horten/lonn/([0-9a-f-]{36})")
        page = f"/k/horten/lonn/{newest}"
        ready = await self._shown(
            client, "payroll", page, rf'{page}/lukk"[\s\S]*?name="versjon" value="(\d+)"'
        )
        if newest and ready:
            closing = self.journal.open("close", newest)
            await self.send(client, "payroll", f"{page}/lukk", {"versjon": ready}, closing)

    async def _shown(self, client: httpx.AsyncClient, who: str, path: str, pattern: str) -> str:
        """What a page shows, asked for until it does; empty when patience ends."""
        until = asyncio.get_running_loop().time() + 2 * PATIENCE_S
        while asyncio.get_running_loop().time() < until and not self.stop.is_set():
            answer = await self._once(client, self.people.tokens[who], path, {}, None)
            found = re.search(pattern, answer.text) if answer is not None else None
            if found:
                return found[1]
            await asyncio.sleep(0.2)
        return ""
