"""Linking what a provider vouches for to an account here: a person's decision, by a code the other has been shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.identity.letters import tell_in
from sammen.oidc.service import code_hash

NO_REQUEST = N_("Vi finner ingen med denne koden i kommunen. Den gjelder i sju dager, og én gang.")
ANSWERS = {
    "none": ("kode", NO_REQUEST),
    "own": ("bruker", N_("Du kan ikke koble din egen konto. Be en annen administrator om det.")),
    "stranger": ("bruker", N_("Velg en ansatt fra lista.")),
    "taken": ("bruker", N_("Kontoen eller identiteten er koblet fra før. Fjern den gamle koblingen først.")),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody a provider vouches for. `subject` is the provider's own id of them; `email` is a hint, and gives nothing."""

    provider: str
    subject: str
    name: str
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An identity that this municipality has linked, with the account's name and the provider's name of the person."""

    id: UUID
    user_id: UUID
    user_name: str
    provider: str
    subject: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


async def asking(uow: UnitOfWork, code: str) -> Asking | None:
    """Who asks with this code, for the municipality's administrator; None when nobody does."""
    rows = await uow.call("SELECT * FROM sammen.link_request_of($1)", code_hash(uow.keys, code))
    return Asking(**dict(rows[0])) if rows else None


async def links(uow: UnitOfWork, user_id: UUID | None = None) -> list[Link]:
    """The municipality's links, or those of one account, by name."""
    rows = await uow.call("SELECT * FROM sammen.linked_identities()")
    found = [Link(**dict(row)) for row in rows]
    return [link for link in found if user_id is None or link.user_id == user_id]


async def link(uow: UnitOfWork, code: str, user_id: UUID) -> None:
    """Link who asked to an employee's account. Raises Invalid: no such code, one's own account, or linked before."""
    who = await asking(uow, code)
    rows = await uow.call("SELECT sammen.link_identity($1, $2) AS answer", code_hash(uow.keys, code), user_id)
    answer = rows[0]["answer"]
    if answer != "linked" or who is None:
        raise Invalid.one(*ANSWERS[answer if answer in ANSWERS else "none"])
    # An administrator could link a login of their own: whose account it is, is told.
    await tell_in(uow, user_id, "login_linked")
    await record_change(uow, "identity.linked", "user_account", user_id, provider=who.provider)


async def unlink(uow: UnitOfWork, link_id: UUID) -> None:
    """Remove a link and end the sessions that came by it. Raises NotFound."""
    rows = await uow.call("SELECT sammen.unlink_identity($1) AS account", link_id)
    if rows[0]["account"] is None:
        raise NotFound
    await record_change(uow, "identity.unlinked", "user_account", rows[0]["account"])
