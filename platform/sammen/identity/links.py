"""Links in letters, good once: for a new password, and for a new employee's first."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg

from sammen.errors import Invalid, NotFound, NotSignedIn
from sammen.i18n_mark import N_
from sammen.identity.letters import ring, seal_words, tell
from sammen.identity.service import hash_password
from sammen.keys import Keys, new_token
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.web.visitor import asking, network_of, visitors_proof

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from sammen.db.unit_of_work import UnitOfWork

BUSY = N_("Vi får mange forespørsler akkurat nå. Vent litt og prøv igjen.")
TOO_MANY = N_("Det er bedt om nytt passord mange ganger fra nettet du er på. Vent en time og prøv igjen.")


@dataclass(frozen=True, slots=True)
class Link:
    """What a good link is for: `reset` or `join`, whose, and what is offered. `claimed`: a `join` whose address somebody has
    an account with, and has never answered from; it is taken logged in to that account, so that nobody who has written
    another's address on their account is given what was offered to the other.
    """

    what: str
    login: str
    name: str
    has_password: bool
    place: str
    role: str


def _lookup(keys: Keys, token: str) -> bytes:
    return keys.form_mark("account-link", token[:100].encode("utf-8", "replace"))


def network_mark(keys: Keys, address: str) -> bytes:
    """A network as it is counted: a keyed hash, and no address."""
    return keys.form_mark("account-network", network_of(address).encode())


async def ask_reset(
    engine: AsyncEngine, keys: Keys, login: str, network: str, house: str, request_id: UUID
) -> None:
    """Somebody has forgotten their password. The same statements are run whoever it is, and nothing comes back.

    `house` is our own address, for the link. Raises Invalid for a network that asks all the time.
    """
    login = login.strip().lower()[:200]
    token, notice = new_token(), uuid4()
    lookup, sealed = _lookup(keys, token), seal_words(keys, notice, f"{house}/lenke/{token}")
    who, net = keys.form_mark("account-login", login.encode()), network_mark(keys, network)
    said = "|".join(
        ["reset.ask", who.hex(), net.hex(), lookup.hex(), str(notice), hashlib.sha256(sealed).hexdigest()]
    )
    async with asking(engine, BUSY) as raw:
        answer = await raw.fetchval(
            "SELECT sammen.reset_ask($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            login, who, net, lookup, notice, sealed, request_id, *visitors_proof(keys, said),
        )  # fmt: skip
        if answer == "sent":
            await ring(raw, keys, notice)
    if answer != "sent":
        raise Invalid.one("brukernavn", TOO_MANY)


@asynccontextmanager
async def _as_whoever(
    engine: AsyncEngine, keys: Keys, session: bytes | None
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A transaction as who is logged in in this browser, or as nobody."""
    uow = None
    if session is not None:
        with suppress(NotSignedIn):
            uow = await enter_web(engine, keys, session, PlaceKind.SESSION)
    if uow is None:
        async with asking(engine, BUSY) as raw:
            yield raw
        return
    try:
        yield uow.raw
        await uow.commit()
    except BaseException:
        await uow.rollback()
        raise


async def look(engine: AsyncEngine, keys: Keys, token: str, network: str, session: bytes | None) -> Link:
    """What the link is for. Raises NotFound for one that is wrong, used, withdrawn or too old: they look alike.

    `session` is the hash of the browser's session token, if it has one.
    """
    lookup, net = _lookup(keys, token), network_mark(keys, network)
    proof = visitors_proof(keys, f"link.look|{lookup.hex()}|{net.hex()}")
    async with _as_whoever(engine, keys, session) as raw:
        row = await raw.fetchrow("SELECT * FROM sammen.link_look($1, $2, $3, $4)", lookup, net, *proof)
    if row is None:
        raise NotFound
    return Link(**dict(row))


async def use(
    engine: AsyncEngine, keys: Keys, token: str, password: str, session: bytes | None, request_id: UUID
) -> None:
    """Use the link, with a password that has been checked ("" for somebody who has one and was offered a role).

    Raises NotFound when it is no good any more.
    """
    hashed = await hash_password(password) if password else ""
    lookup = _lookup(keys, token)
    proof = visitors_proof(keys, f"link.use|{lookup.hex()}|{hashed}")
    async with _as_whoever(engine, keys, session) as raw:
        row = await raw.fetchrow(
            "SELECT * FROM sammen.link_use($1, $2, $3, $4, $5)", lookup, hashed, request_id, *proof
        )
        if row is None:
            raise NotFound
        if row["what"] == "reset":
            await tell(raw, keys, row["user_id"], "password_changed")


async def invite_employee(
    uow: UnitOfWork, login: str, name: str, role: str, until: date | None, house: str
) -> str:
    """Offer somebody a role in this municipality, by a link to their work address. Returns sent, self or wait.

    Whether the address has an account is not told: both get the same letter.
    """
    token, notice = new_token(), uuid4()
    lookup, sealed = _lookup(uow.keys, token), seal_words(uow.keys, notice, f"{house}/lenke/{token}")
    said = "|".join(
        [
            "member.invite",
            str(uow.context.session_id),
            role,
            lookup.hex(),
            str(notice),
            hashlib.sha256(sealed).hexdigest(),
        ]
    )
    rows = await uow.call(
        "SELECT sammen.member_invite($1, $2, $3, $4, $5, $6, $7, $8, $9) AS said",
        login.lower(), name, role, until, lookup, notice, sealed, *visitors_proof(uow.keys, said),
    )  # fmt: skip
    answer = str(rows[0]["said"])
    if answer == "sent":
        await ring(uow.raw, uow.keys, notice)
    return answer
