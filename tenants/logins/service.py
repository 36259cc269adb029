"""A way in to one's own pages for people without BankID: an invitation on paper, and a sheet of codes.

Contacts are invited by who keeps contacts; service users and those who act for them by the case's own purchaser. What a
person may then see is their role's business; here they are only let in, shown how, and shut out.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, update

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.identity import spare
from sammen.identity.accounts import marks_digest
from sammen.ids import uuid7
from sammen.keys import Keys
from sammen.web.visitor import visitors_proof
from tenants.logins.models import LoginInvitation
from tenants.messages.api import notify_person
from tenants.people.api import PersonCard, person

ROLES: Final = {
    "contact": N_("Støttekontakt"),
    "service_user": N_("Bruker"),
    "representative": N_("Foresatt, verge eller fullmektig"),
}
OWN_AGE: Final = 15
"""From this age a service user has pages of their own: a party's rights from 15 (forvaltningsloven § 18 andre ledd;
barnevernsloven § 12-3). Before that, those who act for them read."""
GOOD_DAYS: Final = 30
LENGTH, GROUP = 16, 4
TOO_YOUNG = N_("Personen er under %(age)s år. Gi tilgang til den som har foreldreansvaret.")
NOT_FOR = N_("Personen er død eller slått sammen med en annen, og kan ikke få tilgang.")
IS_IN = N_("Personen har tilgang allerede. Ta den bort først, hvis den skal gis på nytt.")
NO_SHEET = N_("Ark med koder er for dem som bare har egne sider. En ansatt bruker kodeapp.")
_BETWEEN = re.compile(r"[\s\u00a0\u2010-\u2015\u2212_.-]+")

invitation = LoginInvitation.__table__
_OPEN = compile_query(
    select(
        invitation.c.id,
        invitation.c.role,
        invitation.c.expires_at,
        invitation.c.created_at,
        invitation.c.tries,
    )
    .where(
        invitation.c.tenant_id == bindparam("tenant"),
        invitation.c.person_id == bindparam("person"),
        invitation.c.role == bindparam("role"),
        invitation.c.used_at.is_(None),
        invitation.c.withdrawn_at.is_(None),
    )
    .order_by(invitation.c.created_at.desc())
    .limit(1)
)
_USER = compile_query(
    select(person.c.user_id).where(
        person.c.tenant_id == bindparam("tenant"), person.c.id == bindparam("person")
    )
)


@dataclass(frozen=True, slots=True)
class Access:
    """How a person gets in, in a role. `state`: none, invited, run_out (the letter is too old or tried too often), open."""

    person_id: UUID
    name: str
    role: str
    state: str
    login: str = ""
    ways: tuple[str, ...] = ()
    """Of app, sms, sheet: what they confirm themselves with, as far as it is set up."""
    sheet_left: int = 0
    until: datetime | None = None
    user_id: UUID | None = None


def make_code() -> str:
    """A new code: sixteen signs of thirty-two, 80 bits. With the birth date, and five tries, nobody guesses it."""
    return "".join(secrets.choice(spare.ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """As it stands on the letter."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """A code as typed; "" when it can be none."""
    code = _BETWEEN.sub("", typed[:60]).upper().translate(str.maketrans("OIL", "011"))
    return code if len(code) == LENGTH and all(sign in spare.ALPHABET for sign in code) else ""


def lookup_of(keys: Keys, code: str) -> bytes:
    """What the database keeps of a code."""
    return keys.form_mark("login-invitation", code.encode())


async def access_of(uow: UnitOfWork, card: PersonCard, role: str) -> Access:
    """How somebody gets in. The caller has checked that the reader may see the person."""
    where = {"tenant": uow.context.tenant, "person": card.id}
    user_id = await uow.value(_USER, **where)
    if user_id is not None:
        rows = await uow.call("SELECT * FROM sammen.access_of($1)", user_id)
        if rows and role in rows[0]["roles"]:
            row = rows[0]
            ways = [("app", row["has_app"]), ("sms", row["has_phone"]), ("sheet", row["sheet_left"] > 0)]
            return Access(card.id, card.name, role, "open", row["login"], tuple(way for way, there in ways if there),
                          row["sheet_left"], user_id=user_id)  # fmt: skip
    found = await uow.row(_OPEN, **where, role=role)
    if found is None:
        return Access(card.id, card.name, role, "none")
    good = found["expires_at"] > now() and found["tries"] < 5
    return Access(card.id, card.name, role, "invited" if good else "run_out", until=found["expires_at"])


async def _withdraw_letters(uow: UnitOfWork, person_id: UUID, role: str) -> int:
    done = await uow.session.execute(
        update(LoginInvitation)
        .where(
            LoginInvitation.tenant_id == uow.context.tenant,
            LoginInvitation.person_id == person_id,
            LoginInvitation.role == role,
            LoginInvitation.used_at.is_(None),
            LoginInvitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now())
        .returning(LoginInvitation.id)
    )
    return len(list(done.scalars()))


async def invite(uow: UnitOfWork, card: PersonCard, role: str) -> str:
    """A new letter's code, which is kept nowhere; letters of before open nothing any more. Raises Invalid."""
    if card.died_on is not None or card.merged_into is not None:
        raise Invalid.one("", NOT_FOR)
    if role == "service_user" and (card.age is None or card.age < OWN_AGE):
        raise Invalid.one("", TOO_YOUNG, age=OWN_AGE)
    if (await access_of(uow, card, role)).state == "open":
        raise Invalid.one("", IS_IN)
    await _withdraw_letters(uow, card.id, role)
    code, id_ = make_code(), uuid7()
    uow.session.add(
        LoginInvitation(
            tenant_id=uow.context.tenant, id=id_, person_id=card.id, role=role, lookup=lookup_of(uow.keys, code),
            made_by=uow.context.user, expires_at=now() + timedelta(days=GOOD_DAYS),
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, "login.invited", "login_invitation", id_, persons=[card.id], role=role)
    # Whoever prints a letter holds its code: the one it is for is to know that there is one.
    await notify_person(uow, card.id, "invited", once=f"invited:{id_}")
    return code


async def withdraw(uow: UnitOfWork, card: PersonCard, role: str) -> None:
    """Shut somebody out of their own pages here, at once, and their letters with them. Raises NotFound for nothing to end."""
    access = await access_of(uow, card, role)
    letters = await _withdraw_letters(uow, card.id, role)
    if access.user_id is not None:
        await uow.call("SELECT sammen.access_withdraw($1, $2)", access.user_id, role)
    elif not letters:
        raise NotFound
    await record_change(uow, "login.withdrawn", "person", card.id, persons=[card.id], role=role)


async def new_sheet(uow: UnitOfWork, card: PersonCard, role: str) -> list[str]:
    """Ten codes for paper, in place of the old ones. Raises NotFound for who has no access, Forbidden for staff."""
    access = await access_of(uow, card, role)
    if access.user_id is None:
        raise NotFound
    codes = spare.new_codes()
    marks = [spare.spare_mark(uow.keys, access.user_id, code) for code in codes]
    proof = visitors_proof(uow.keys, f"sheet|{uow.context.session_id}|{access.user_id}|{marks_digest(marks)}")
    made = await uow.call("SELECT sammen.sheet_make($1, $2, $3, $4) AS made", access.user_id, marks, *proof)
    if not made[0]["made"]:
        raise Forbidden(NO_SHEET)
    await record_change(uow, "login.sheet", "person", card.id, persons=[card.id], role=role)
    return [spare.shown(code) for code in codes]


def invitation_proof(
    keys: Keys, lookup: bytes, birth: date | None, hashed: str, network: bytes
) -> tuple[int, bytes]:
    """(expiry, proof) for `sammen.invitation_use`."""
    return visitors_proof(keys, f"invitation|{lookup.hex()}|{birth or ''}|{hashed}|{network.hex()}")
