"""Opening a case one may not see, in an emergency: with a reason, for a short time, for reading (E5).

What is open so is seen through the one condition of access.py. Nobody learns whether a case exists without opening it, and
whoever opens one has said why before they see anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.permissions import Permission
from tenants.cases.access import case_file, purchasers_seen, visible
from tenants.cases.emergency_queries import EmergencyCard, emergencies_of, emergency_card, emergency_rules
from tenants.cases.models import EmergencyAccess, EmergencyEvent, EmergencyRule, EmergencyTry
from tenants.people.api import NationalNumber, NationalNumberError, person

LEAST_REASON = 20
"""Characters: less is no sentence that a reviewer can judge."""
MOST_MISSES = 5
"""Numbers that opened nothing, in an hour; twice as many in a day, and as many cases opened in a day."""
OFF = N_("Nødåpning er slått av i kommunen. Ring lederen din.")
TOO_MANY = N_("Du har prøvd for mange ganger. Vent en time, eller ring lederen din. Forsøkene er loggført.")
NOTHING = N_(
    "Nummeret åpnet ingen sak. Se om det er riktig. Har du tilgang fra før, finner du saken under Saker."
)
_CASE_NO = re.compile(r"\d{4}-\d{4,9}")
_try = EmergencyTry.__table__


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """What is typed: a whole national number or case number, why, and why the protected address too ("" when not)."""

    sought: str
    reason: str
    address_reason: str = ""


_HIDDEN = select(case_file.c.id, case_file.c.person_id).where(
    ~visible(), case_file.c.tenant_id == bindparam("tenant")
)
_BY_CASE = compile_query(_HIDDEN.where(case_file.c.case_no == bindparam("no")))
# The cases at work; who has none has the last one.
_BY_PERSON = compile_query(
    _HIDDEN.add_columns((case_file.c.state == "closed").label("closed"))
    .select_from(
        case_file.join(
            person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id)
        )
    )
    .where(person.c.number_hash == bindparam("number"))
    .order_by(case_file.c.state == "closed", case_file.c.closed_on.desc(), case_file.c.id)
)
_TRIES = compile_query(
    select(
        func.count().filter(~_try.c.found & (_try.c.at > bindparam("hour"))).label("hour"),
        func.count().filter(~_try.c.found).label("day"),
        func.count().filter(_try.c.found).label("opened"),
    ).where(
        _try.c.tenant_id == bindparam("tenant"), _try.c.user_id == bindparam("reader"), _try.c.at > bindparam("day")
    )
)  # fmt: skip


def parse_sought(text: str, *, accept_synthetic: bool) -> str:
    """A whole national number or a case number, without spaces. Raises Invalid for anything else: parts find nobody."""
    plain = "".join(text.split())
    if _CASE_NO.fullmatch(plain):
        return plain
    try:
        return NationalNumber.parse(plain, accept_synthetic=accept_synthetic).digits
    except NationalNumberError:
        raise Invalid.one(
            "nummer", N_("Skriv hele fødselsnummeret, elleve sifre, eller saksnummeret, slik: 2026-0123.")
        ) from None


async def open_in_emergency(uow: UnitOfWork, facts: EmergencyFacts) -> Sequence[UUID]:
    """Open what the number leads to and the reader may not see. Returns the accesses; none when it opened nothing, which
    is the same answer for a number that is nobody's and one whose cases they see already.

    What is open already stays as it is: neither longer nor with another reason. Raises Invalid for a reason that is none,
    Conflict when it is switched off here or tried too often, Forbidden without the right.
    """
    uow.context.require(Permission.EMERGENCY_OPEN)
    rules = await emergency_rules(uow)
    if not rules.allowed:
        raise Conflict(OFF)
    if len(facts.reason) < LEAST_REASON:
        raise Invalid.one(
            "grunn", N_("Skriv minst én setning om hva som haster, og hvorfor du må lese saken.")
        )
    await _one_at_a_time(uow, uow.context.user)
    await _not_too_often(uow)
    found = await _sought(uow, facts.sought)
    attempt = EmergencyTry(
        tenant_id=uow.context.tenant, id=uuid7(), user_id=uow.context.user, found=bool(found)
    )
    uow.session.add(attempt)
    await uow.session.flush()
    if not found:
        await record_change(
            uow,
            "emergency.missed",
            "emergency_try",
            attempt.id,
            why=N_("Prøvde å åpne en sak i nødstilfelle"),
        )
    return [await _open(uow, row["id"], row["person_id"], facts, rules.minutes) for row in found]


async def _one_at_a_time(uow: UnitOfWork, who: UUID) -> None:
    """What one person does here is done in turn, and so is what is done with one access: else a count can be outrun."""
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('emergency.' || $1::text || '.' || $2::text, 0))",
        str(uow.context.tenant), str(who),
    )  # fmt: skip


async def _not_too_often(uow: UnitOfWork) -> None:
    moment = now()
    row = await uow.row(
        _TRIES, tenant=uow.context.tenant, reader=uow.context.user, hour=moment - timedelta(hours=1),
        day=moment - timedelta(days=1),
    )  # fmt: skip
    assert row is not None
    if row["hour"] >= MOST_MISSES or row["day"] >= 2 * MOST_MISSES or row["opened"] >= 2 * MOST_MISSES:
        raise Conflict(TOO_MANY)


async def _sought(uow: UnitOfWork, sought: str) -> list[Any]:
    context = uow.context
    who = {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}
    if "-" in sought:
        return await uow.rows(_BY_CASE, no=sought, **who)
    rows = await uow.rows(_BY_PERSON, number=uow.keys.number_hash(context.tenant, sought), **who)
    return [row for row in rows if not row["closed"]] or rows[:1]


async def _open(uow: UnitOfWork, case_id: UUID, person_id: UUID, facts: EmergencyFacts, minutes: int) -> UUID:
    context = uow.context
    for one in await _mine_in(uow, case_id):
        if one.open:
            return one.id
    moment = await uow.session.scalar(select(func.now()))
    assert moment is not None
    row = EmergencyAccess(
        tenant_id=context.tenant, id=uuid7(), case_id=case_id, user_id=context.user, user_name=context.user_name,
        roles=sorted(context.roles), reason=facts.reason, address_reason=facts.address_reason, opened_at=moment,
        ends_at=moment + timedelta(minutes=minutes),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "emergency.opened", "case", case_id, persons=[person_id], why=N_("Åpnet saken i nødstilfelle"),
        emergency=row.id, minutes=minutes, address=bool(facts.address_reason),
    )  # fmt: skip
    return row.id


async def _mine_in(uow: UnitOfWork, case_id: UUID) -> list[EmergencyCard]:
    return [one for one in await emergencies_of(uow, case_id) if one.user_id == uow.context.user]


async def own_emergency(uow: UnitOfWork, access_id: UUID) -> EmergencyCard:
    """One of the reader's own. Raises NotFound for another's."""
    card = await emergency_card(uow, access_id)
    if card.user_id != uow.context.user:
        raise NotFound
    return card


async def close_emergency(uow: UnitOfWork, access_id: UUID) -> None:
    """The reader is done, and the case closes at once. Harmless again. Raises NotFound for another's."""
    await _one_at_a_time(uow, access_id)
    card = await own_emergency(uow, access_id)
    if card.open:
        await _note(uow, card, "closed", "")


async def review_emergency(uow: UnitOfWork, access_id: UUID, *, justified: bool, note: str) -> None:
    """Somebody else than its reader says whether it was justified, and why. What was not, closes at once.

    Raises NotFound, Forbidden for one's own, Invalid without a word of why, Conflict when somebody has reviewed it.
    """
    uow.context.require(Permission.OVERSIGHT_REVIEW)
    await _one_at_a_time(uow, access_id)
    card = await emergency_card(uow, access_id)
    if card.user_id == uow.context.user:
        raise Forbidden(N_("Du kan ikke vurdere din egen nødåpning. Det må en annen gjøre."))
    if card.review:
        raise Conflict(N_("En annen har vurdert nødåpningen. Last siden på nytt."))
    if not note:
        raise Invalid.one("merknad", N_("Skriv kort hvorfor."))
    await _note(uow, card, "justified" if justified else "unjustified", note)


async def _note(uow: UnitOfWork, card: EmergencyCard, kind: str, note: str) -> None:
    context = uow.context
    uow.session.add(
        EmergencyEvent(
            tenant_id=context.tenant, id=uuid7(), access_id=card.id, opened_by=card.user_id, kind=kind, note=note,
            by_id=context.user, by_name=context.user_name,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, f"emergency.{kind}", "emergency_access", card.id)


async def set_emergency_rules(uow: UnitOfWork, *, allowed: bool, minutes: int, version: int) -> None:
    """Whether cases may be opened in an emergency here, and for how long. Switched off, what is open closes at once.

    Raises Invalid for a time that is none, Conflict when somebody changed it meanwhile, Forbidden without the right.
    """
    uow.context.require(Permission.RULES_WRITE)
    if not 10 <= minutes <= 120:
        raise Invalid.one("minutter", N_("Skriv et tall fra 10 til 120."))
    await _one_at_a_time(uow, uow.context.tenant)
    row = await uow.session.scalar(select(EmergencyRule).where(EmergencyRule.tenant_id == uow.context.tenant))
    if version != (row.version if row else 0):
        raise Conflict(N_("Noen andre har endret reglene imens. Det du skrev, er ikke lagret."))
    if row is None:
        row = EmergencyRule(tenant_id=uow.context.tenant, id=uuid7(), version=0)
        uow.session.add(row)
    row.allowed, row.minutes, row.changed_by_name = allowed, minutes, uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "emergency.rules", "emergency_rule", row.id, allowed=allowed, minutes=minutes)
