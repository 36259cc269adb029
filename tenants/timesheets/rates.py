"""What an approved hour costs from a day on, and what administration costs in a year: dated data, in kroner.

One rate a municipality for now; tables by age, kind and competence (B7) will stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound, Shown
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.timesheets.models import AdministrationCost, HourlyRate

MOST_KRONER_AN_HOUR = 2_000
MOST_ADMINISTRATION = 100_000_000
STALE = N_("Noen andre har endret satsen imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class RateCard:
    """Kroner an hour from `valid_from` until the next rate begins."""

    id: UUID
    valid_from: date
    kroner: Decimal
    version: int

    @property
    def begun(self) -> bool:
        return self.valid_from <= today()


@dataclass(frozen=True, slots=True)
class AdministrationCard:
    """Kroner for a calendar year, beside the hours."""

    id: UUID
    year: int
    kroner: Decimal
    version: int


async def rates_of(uow: UnitOfWork) -> Sequence[RateCard]:
    """The municipality's rates, newest first."""
    found = await uow.session.scalars(
        select(HourlyRate)
        .where(HourlyRate.tenant_id == uow.context.tenant)
        .order_by(HourlyRate.valid_from.desc())
    )
    return [RateCard(row.id, row.valid_from, row.kroner, row.version) for row in found]


async def administration_of(uow: UnitOfWork) -> Sequence[AdministrationCard]:
    """The municipality's yearly sums, newest first."""
    found = await uow.session.scalars(
        select(AdministrationCost)
        .where(AdministrationCost.tenant_id == uow.context.tenant)
        .order_by(AdministrationCost.year.desc())
    )
    return [AdministrationCard(row.id, row.year, row.kroner, row.version) for row in found]


async def add_rate(uow: UnitOfWork, valid_from: date, kroner: Decimal) -> UUID:
    """A new rate from a day on. Raises Invalid when that day has one (correct it instead) or the sum cannot be."""
    _check(kroner, MOST_KRONER_AN_HOUR, "sats")
    tenant = uow.context.tenant
    await _alone(uow, "rates")
    known = await uow.session.scalar(
        select(HourlyRate.id).where(HourlyRate.tenant_id == tenant, HourlyRate.valid_from == valid_from)
    )
    if known is not None:
        raise Invalid.one("fra", N_("Det finnes en sats fra denne dagen. Rett den i lista i stedet."))
    row = HourlyRate(tenant_id=tenant, id=uuid7(), valid_from=valid_from, kroner=kroner)
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "rate.added", "rate", row.id, valid_from=valid_from, kroner=str(kroner))
    return row.id


async def correct_rate(uow: UnitOfWork, rate_id: UUID, kroner: Decimal, *, version: int) -> None:
    """Correct what was typed wrong; the old sum stays in the trail. Raises Conflict on a stale version."""
    _check(kroner, MOST_KRONER_AN_HOUR, "sats")
    row = await uow.session.get(HourlyRate, (uow.context.tenant, rate_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise Conflict(STALE, yours=_shown(kroner), theirs=_shown(row.kroner))
    before, row.kroner = row.kroner, kroner
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow,
        "rate.corrected",
        "rate",
        row.id,
        valid_from=row.valid_from,
        before=str(before),
        kroner=str(kroner),
    )


async def set_administration(uow: UnitOfWork, year: int, kroner: Decimal, *, version: int = 0) -> UUID:
    """The yearly sum for administration, new or corrected; the old one stays in the trail. `version` is that of the
    sum that was shown, 0 when there was none. Raises Invalid, and Conflict when it is another now.
    """
    if not 2000 <= year <= today().year + 2:
        raise Invalid.one("aar", N_("Skriv året med fire sifre, for eksempel %(year)s."), year=today().year)
    _check(kroner, MOST_ADMINISTRATION, "sum")
    tenant = uow.context.tenant
    await _alone(uow, "administration")
    row = await uow.session.scalar(
        select(AdministrationCost).where(
            AdministrationCost.tenant_id == tenant, AdministrationCost.year == year
        )
    )
    if (row.version if row else 0) != version:
        raise Conflict(STALE, yours=_shown(kroner), theirs=_shown(row.kroner) if row else {})
    before = None
    if row is None:
        row = AdministrationCost(tenant_id=tenant, id=uuid7(), year=year, kroner=kroner)
        uow.session.add(row)
    else:
        before, row.kroner = str(row.kroner), kroner
        row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "administration.set", "rate", row.id, year=year, before=before, kroner=str(kroner)
    )
    return row.id


def _shown(kroner: Decimal) -> dict[str, Shown]:
    return {N_("Kroner"): kroner}


def _check(kroner: Decimal, most: int, field: str) -> None:
    if not 0 < kroner <= most:
        raise Invalid.one(field, N_("Skriv kroner mellom 1 og %(most)s."), most=most)


async def _alone(uow: UnitOfWork, what: str) -> None:
    """One at a time for a municipality, so that two who add the same day get a sentence and not a database error."""
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || '.' || $2::text, 0))",
        what,
        str(uow.context.tenant),
    )
