"""The ledger of what a contact has said yes to (C2): one row for each yes, and never more than one open for a use.

In the home municipality's context. The candidate's row follows from it (keeping.py); nothing here writes the pool.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.newsletters.api import choose, on_choice
from shared_pool.recruitment.models import PoolConsent
from tenants.api import contact_card, person_card, support_contact

pool_consent = PoolConsent.__table__
CANDIDATE_USES: Final = {"pool": "individual", "substitute": "substitute", "group": "group"}
"""Consents that make somebody a candidate, and what the candidate's row calls each use."""
USE_NAMES: Final = {
    "pool": N_("Bli foreslått for én person"),
    "substitute": N_("Bli spurt om å være vikar"),
    "group": N_("Bli spurt om å lede en gruppe"),
    "newsletter": N_("Få nyhetsbrevet"),
    "load_light": N_("Vise lyset for timer til sammen, bare fargen"),
}
HOW_NAMES: Final = {
    "own_page": N_("på egen side"),
    "writing": N_("på papir eller i samtale"),
    "form": N_("i søknaden"),
    "own_link": N_("på egen lenke"),
}
ENDED_NAMES: Final = {
    "withdrawn": N_("Trukket"),
    "replaced": N_("Endret"),
    "lapsed": N_("Gikk ut"),
    "left": N_("Tatt bort av kommunen"),
}
LONGEST_CONSENT_DAYS = 366
"""A consent to be seen is asked for again after a year at the most."""
WARN_DAYS = 14
_COLUMNS = (
    "id", "use", "municipalities", "given_on", "until", "how", "noted_by_name", "warned_on", "ended_at", "ended_how",
)  # fmt: skip
_ALL = compile_query(
    select(*(pool_consent.c[name] for name in _COLUMNS))
    .where(pool_consent.c.tenant_id == bindparam("tenant"), pool_consent.c.contact_id == bindparam("contact"))
    .order_by(pool_consent.c.given_on.desc(), pool_consent.c.id.desc())
)


_CONTACT_OF = compile_query(
    select(support_contact.c.id).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.person_id == bindparam("person")
    )
)


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes as it stands in the ledger."""

    id: UUID
    use: str
    municipalities: list[UUID]
    given_on: date
    until: date | None
    how: str
    noted_by_name: str
    warned_on: date | None
    ended: date | None
    ended_how: str

    @property
    def holds(self) -> bool:
        """Whether it holds today."""
        return self.ended is None and (self.until is None or self.until >= today())

    @property
    def days_left(self) -> int | None:
        """Days until the last day it holds; None for what has no last day."""
        return None if self.until is None else (self.until - today()).days


async def consents_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Consent]:
    """Everything the contact has said yes to, the newest first, what has ended too."""
    rows = await uow.rows(_ALL, tenant=uow.context.tenant, contact=contact_id)
    return [
        Consent(
            **{name: row[name] for name in _COLUMNS[:-2]},
            ended=row["ended_at"].date() if row["ended_at"] else None,
            ended_how=row["ended_how"],
        )
        for row in rows
    ]


async def holding(uow: UnitOfWork, contact_id: UUID) -> dict[str, Consent]:
    """The consents that hold today, by use."""
    return {one.use: one for one in await consents_of(uow, contact_id) if one.holds}


def check_until(until: date | None, *, field: str = "til") -> None:
    """A consent to be seen holds from tomorrow and for a year at the most. Raises Invalid at `field`."""
    if until is None:
        raise Invalid.one(field, N_("Skriv hvor lenge samtykket gjelder."))
    if until <= today():
        raise Invalid.one(field, N_("Velg en dag som ikke er kommet ennå."))
    if until > today() + timedelta(days=LONGEST_CONSENT_DAYS):
        raise Invalid.one(field, N_("Samtykket kan gjelde i høyst ett år om gangen."))


async def give(
    uow: UnitOfWork, contact_id: UUID, use: str, *, municipalities: Iterable[UUID] = (), until: date | None, how: str,
    given_on: date | None = None,
) -> bool:  # fmt: skip
    """Write down a yes. The one before it for the same use ends as replaced; the very same yes again is nothing.

    Whether anything was written. The caller holds the contact.
    """
    towns = sorted(set(municipalities), key=str)
    known = await _open(uow, contact_id, use)
    if known is not None:
        if sorted(known.municipalities, key=str) == towns and known.until == until:
            return False
        _end(known, "replaced")
        await uow.session.flush()
    uow.session.add(
        PoolConsent(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, use=use, municipalities=towns,
            given_on=given_on or today(), until=until, how=how,
            noted_by_name=uow.context.user_name if uow.context.user_id else "",
        )
    )  # fmt: skip
    await uow.session.flush()
    await _tell_newsletters(uow, contact_id, use, yes=True)
    return True


async def end(uow: UnitOfWork, contact_id: UUID, uses: Iterable[str], ended_how: str) -> list[str]:
    """End what is open of `uses`; those that ended. The caller holds the contact."""
    ended = []
    for use in uses:
        known = await _open(uow, contact_id, use)
        if known is not None:
            _end(known, ended_how)
            ended.append(use)
    await uow.session.flush()
    for use in ended:
        await _tell_newsletters(uow, contact_id, use, yes=False)
    return ended


async def _tell_newsletters(uow: UnitOfWork, contact_id: UUID, use: str, *, yes: bool) -> None:
    """The newsletter is sent to its own list, which follows what is said here (C15)."""
    if use == "newsletter":
        card = await person_card(uow, (await contact_card(uow, contact_id)).person_id)
        await choose(uow, card, "contacts", yes=yes, source="form", told=False)


@on_choice
async def _chosen_there(uow: UnitOfWork, person_id: UUID, segment: str, yes: bool) -> None:
    """What a contact chooses on the page of newsletters holds here too."""
    found = await uow.value(_CONTACT_OF, tenant=uow.context.tenant, person=person_id)
    if found is None or segment != "contacts":
        return
    if yes:
        await give(uow, found, "newsletter", until=None, how="own_page")
    else:
        await end(uow, found, ["newsletter"], "withdrawn")


def _end(row: PoolConsent, how: str) -> None:
    row.ended_at, row.ended_how = now(), how


async def _open(uow: UnitOfWork, contact_id: UUID, use: str) -> PoolConsent | None:
    found: PoolConsent | None = await uow.session.scalar(
        select(PoolConsent)
        .where(
            PoolConsent.tenant_id == uow.context.tenant,
            PoolConsent.contact_id == contact_id,
            PoolConsent.use == use,
            PoolConsent.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
