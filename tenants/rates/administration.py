"""What running the service costs in a year beside the hours: a sum for each year, in kroner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.rates.models import AdministrationCost

administration_cost = AdministrationCost.__table__

MOST_ADMINISTRATION = 100_000_000
STALE = N_("Noen andre har endret summen imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class AdministrationCard:
    """Kroner for a calendar year, beside the hours."""

    id: UUID
    year: int
    kroner: Decimal
    version: int


_ALL = compile_query(
    select(*(administration_cost.c[name] for name in AdministrationCard.__dataclass_fields__))
    .where(administration_cost.c.tenant_id == bindparam("tenant"))
    .order_by(administration_cost.c.year.desc())
)


async def administration_of(uow: UnitOfWork) -> Sequence[AdministrationCard]:
    """The municipality's yearly sums, newest first."""
    return [AdministrationCard(**dict(row)) for row in await uow.rows(_ALL, tenant=uow.context.tenant)]


async def set_administration(uow: UnitOfWork, year: int, kroner: Decimal, *, version: int = 0) -> UUID:
    """The yearly sum for administration, new or corrected; the old one stays in the trail. `version` is that of the
    sum that was shown, 0 when there was none. Raises Invalid, and Conflict when it is another now.
    """
    if not 2000 <= year <= today().year + 2:
        raise Invalid.one("aar", N_("Skriv året med fire sifre, for eksempel %(year)s."), year=today().year)
    if not 0 < kroner <= MOST_ADMINISTRATION:
        raise Invalid.one("sum", N_("Skriv kroner mellom 1 og %(most)s."), most=MOST_ADMINISTRATION)
    tenant = uow.context.tenant
    await alone(uow, "administration")
    row = await uow.session.scalar(
        select(AdministrationCost).where(
            AdministrationCost.tenant_id == tenant, AdministrationCost.year == year
        )
    )
    if (row.version if row else 0) != version:
        theirs = {N_("Kroner"): row.kroner} if row else {}
        raise Conflict(STALE, yours={N_("Kroner"): kroner}, theirs=theirs)
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


async def alone(uow: UnitOfWork, what: str) -> None:
    """One at a time for a municipality, so that two who add the same day get a sentence and not a database error."""
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || '.' || $2::text, 0))",
        what,
        str(uow.context.tenant),
    )
