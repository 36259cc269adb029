"""Employees of a municipality and their roles, as its administrator keeps them.

The rules stand in the database (`member_*` in functions.sql): nobody gives themselves a role, the last administrator stays,
and nothing of other places is read or changed. Everything is in the municipality's own trail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.identity.letters import tell_in
from sammen.identity.links import invite_employee
from sammen.policy.roles import ROLE_NAMES, ROLE_PLACE, Role

STAFF: dict[str, str] = {role.value: ROLE_NAMES[role] for role in Role if ROLE_PLACE[role] == "municipality"}
"""Roles an administrator gives, by code: their names."""
ONESELF = N_("Du kan ikke gi deg selv en rolle. Be en annen administrator.")
LAST = N_("Kommunen må ha en administrator. Gi en annen rollen først, for minst en uke.")
HAS = N_("Personen har rollen allerede i noen av disse dagene.")
NOT_NOW = N_("Personen har ingen rolle her nå.")
NOT_YOURS = N_("Personen bruker kodeappen også utenfor kommunen. Be driften om å nullstille den.")
OFTEN = N_("Dere har sendt seksti invitasjoner det siste døgnet. Vent til i morgen.")
OWN_FACTOR = N_("Du kan ikke nullstille din egen kodeapp her. Gå til «Konto og innlogging».")


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody has, had or will have here. Days are included; no last day: until it is taken away."""

    role: str
    valid_from: date
    valid_to: date | None

    @property
    def state(self) -> str:
        """now, later, or over."""
        if self.valid_to is not None and self.valid_to < max(today(), self.valid_from):
            return "over"
        return "later" if self.valid_from > today() else "now"


@dataclass(slots=True)
class Member:
    """Somebody who works here, or has in the last year. `has_app`: a code app is set up."""

    id: UUID
    name: str
    login: str
    has_app: bool
    has_password: bool
    open_sessions: int
    roles: list[Held] = field(default_factory=list)

    @property
    def current(self) -> list[Held]:
        return [held for held in self.roles if held.state != "over"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role that has been offered and not answered. `run_out`: the link is too old, or who made it is no administrator."""

    id: UUID
    name: str
    login: str
    role: str
    role_to: date | None
    made_at: datetime
    expires_at: datetime

    @property
    def run_out(self) -> bool:
        return self.expires_at <= now()


async def members(uow: UnitOfWork) -> list[Member]:
    """Everybody with a role here now, later, or in the last year, by name."""
    found: dict[UUID, Member] = {}
    for row in await uow.call("SELECT * FROM sammen.members()"):
        one = found.setdefault(
            row["user_id"],
            Member(
                row["user_id"],
                row["name"],
                row["login"],
                row["has_app"],
                row["has_password"],
                row["open_sessions"],
            ),
        )
        one.roles.append(Held(row["role"], row["valid_from"], row["valid_to"]))
    return list(found.values())


async def member(uow: UnitOfWork, user_id: UUID) -> Member:
    """One of them. Raises NotFound for somebody who is nobody here."""
    one = next((one for one in await members(uow) if one.id == user_id), None)
    if one is None:
        raise NotFound
    return one


async def invitations(uow: UnitOfWork) -> list[Invitation]:
    """What has been offered and not answered, the newest first."""
    return [Invitation(**dict(row)) for row in await uow.call("SELECT * FROM sammen.member_invitations()")]


async def invite(
    uow: UnitOfWork, login: str, name: str, roles: Iterable[str], until: date | None, house: str
) -> None:
    """Offer somebody roles here, by a link to their work address each. Raises Invalid."""
    for role in roles:
        answer = await invite_employee(uow, login, name, role, until, house)
        if answer == "self":
            raise Invalid.one("epost", ONESELF)
        if answer == "wait":
            raise Invalid.one("", OFTEN)
        await record_change(uow, "member.invited", "user", uow.context.user, role=role, until=until)


async def withdraw(uow: UnitOfWork, invitation_id: UUID) -> None:
    """Take an offer back: its link opens nothing any more. Raises NotFound when there is none to take back."""
    if not (await uow.call("SELECT sammen.member_uninvite($1) AS gone", invitation_id))[0]["gone"]:
        raise NotFound
    await record_change(uow, "member.uninvited", "invitation", invitation_id)


async def grant(uow: UnitOfWork, user_id: UUID, role: str, first: date, last: date | None) -> None:
    """Give a colleague a role for a time. Raises Invalid, Forbidden for oneself, NotFound."""
    if first < today():
        raise Invalid.one(
            "fra", N_("En rolle kan ikke gjelde fra en dag som har vært. Skriv i dag eller senere.")
        )
    if last is not None and last < first:
        raise Invalid.one("til", N_("Siste dag er før første dag."))
    answer = (
        await uow.call("SELECT sammen.member_grant($1, $2, $3, $4) AS said", user_id, role, first, last)
    )[0]["said"]
    if answer == "self":
        raise Forbidden(ONESELF)
    if answer == "unknown":
        raise NotFound
    if answer == "has":
        raise Invalid.one("rolle", HAS)
    await record_change(uow, "member.granted", "user", user_id, role=role, first=first, last=last)


async def revoke(uow: UnitOfWork, user_id: UUID, role: str) -> None:
    """Take a role away: it is gone at the next request. Raises Invalid for the last administrator, NotFound."""
    answer = (await uow.call("SELECT sammen.member_revoke($1, $2) AS said", user_id, role))[0]["said"]
    if answer == "last":
        raise Invalid.one("", LAST)
    if answer == "none":
        raise NotFound
    await record_change(uow, "member.revoked", "user", user_id, role=role)


async def put_out(uow: UnitOfWork, user_id: UUID, *, factor: bool, why: str) -> int:
    """End everything a colleague is logged in to; with `factor`, take their code app away as well: they set up a new one
    at the next login, and are told. `why` is kept in the trail. Raises Forbidden for oneself, Invalid, NotFound.
    """
    if user_id == uow.context.user:
        raise Forbidden(OWN_FACTOR)
    if not why:
        raise Invalid.one(
            "grunn", N_("Skriv hvorfor. Grunnen står i loggen, og personvernombudet kan lese den.")
        )
    await member(uow, user_id)
    ended = int(
        (await uow.call("SELECT sammen.member_put_out($1, $2) AS ended", user_id, factor))[0]["ended"]
    )
    if ended < 0:
        raise Invalid.one("", NOT_NOW if ended == -1 else NOT_YOURS)
    if factor:
        await tell_in(uow, user_id, "factor_reset")
    action = "member.factor_reset" if factor else "member.logged_out"
    await record_change(uow, action, "user", user_id, why=why, sessions=ended)
    return ended
