"""A program's way in: a token for its secret, and a unit of work for its token."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotSignedIn
from sammen.keys import Keys, new_token, token_hash
from sammen.policy.decide import permissions_of
from sammen.tenancy.context import Context, PlaceKind
from sammen.tenancy.enter import NUMBER_KEY
from sammen.web.visitor import asking, visitors_proof

ENTER: Final = "SELECT * FROM sammen.enter_client($1, $2)"
ISSUE: Final = "SELECT * FROM sammen.program_token_for($1, $2, $3, $4, $5, $6, $7, $8)"
REFUSED: Final = "SELECT sammen.program_refused($1, $2, $3)"
TOKEN_SECONDS: Final = 600
"""How long a token holds; `program_token_for` in functions.sql says the same."""
WAIT: Final = "Sammen er opptatt. Prøv igjen om litt."
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(host: str | None) -> Address | None:
    """The network address a request came from, or None where it has none. IPv4 in IPv6 is IPv4."""
    try:
        parsed = ipaddress.ip_address(host or "")
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


@dataclass(frozen=True, slots=True)
class Issued:
    """What came of showing a secret. `answer`: ok, no or scope; `token` is empty unless ok."""

    answer: str
    token: str
    scopes: Sequence[str]


async def issue_token(
    engine: AsyncEngine, keys: Keys, client: UUID, secret: str, scopes: Sequence[str], *, address: Address | None,
    request_id: UUID,
) -> Issued:  # fmt: skip
    """Change a secret for a token. Raises Unavailable when the database is away."""
    token, wanted = new_token(), sorted(set(scopes))
    shown, hashed = token_hash(secret), token_hash(token)
    message = f"program.token|{client}|{shown.hex()}|{hashed.hex()}|{','.join(wanted)}"
    expires, proof = visitors_proof(keys, message)
    async with asking(engine, WAIT) as raw:
        row = await raw.fetchrow(ISSUE, client, shown, hashed, wanted, address, request_id, expires, proof)
    assert row is not None
    made = row["answer"] == "ok"
    return Issued(row["answer"], token if made else "", row["scopes"] or [])


async def enter_client(
    engine: AsyncEngine, keys: Keys, hashed: bytes, *, address: Address | None, request_id: UUID
) -> UnitOfWork:
    """Open a unit of work for a program's request, in its one municipality. Raises NotSignedIn when the token opens
    nothing: unknown, out of date, ended, or from a network that is not the program's.

    The program stands as the user in the context: what it reads and writes is logged by its name.
    """
    uow, rows = await UnitOfWork.open(engine, ENTER, hashed, address)
    if not rows:
        await uow.rollback()
        raise NotSignedIn
    row = rows[0]
    roles = frozenset(row["roles"])
    uow.keys = keys.indexed_by((row["settings"] or {}).get(NUMBER_KEY))
    uow.context = Context(
        kind=PlaceKind.MUNICIPALITY, tenant_id=row["tenant_id"], slug=row["slug"], place_name=row["place_name"],
        user_id=row["client_id"], session_id=row["client_id"], user_name=row["client_name"], roles=roles,
        permissions=permissions_of(roles), purpose=row["purpose"], request_id=request_id,
        settings=row["settings"] or {},
    )  # fmt: skip
    return uow


async def note_refusal(engine: AsyncEngine, hashed: bytes, action: str, request_id: UUID) -> None:
    """What a program was refused, in its municipality's log. Raises Unavailable: then the answer is 503."""
    async with asking(engine, WAIT) as raw:
        await raw.execute(REFUSED, hashed, action, request_id)
