"""The secretariat's log (C2): who was proposed for what, why, which steps were taken, and how it ended.

A candidate is described only while they are in the pool: after a withdrawal the steps stand, and nothing of the person.
Who answered for a municipality is not named, since the name would tell which municipality the need comes from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Text, and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from sammen.clock import OSLO, now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from shared_pool.engine.api import Reason
from shared_pool.matching.api import Proposal, ProposalCard
from shared_pool.recruitment.api import Candidate

proposal = Proposal.__table__
candidate = Candidate.__table__
MOST_IN_FILE = 5_000

STATES: Mapping[str, str] = {
    "": N_("Alle"),
    "under": N_("Venter på svar"),
    "matched": N_("Navn er vist"),
    "nothing": N_("Ble det ikke noe av"),
}
STATES_OF: Mapping[str, tuple[str, ...]] = {
    "under": ("proposed", "accepted"),
    "matched": ("matched", "done"),
    "nothing": ("learned", "declined", "withdrawn", "expired"),
}
PERIODS: Mapping[str, str] = {
    "90": N_("Siste tre måneder"),
    "30": N_("Siste måned"),
    "365": N_("Siste år"),
    "": N_("Hele tida"),
}
DEFAULT_PERIOD = "90"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the address asks for. Unknown values fall back to the default."""

    home: UUID | None = None
    state: str = ""
    period: str = DEFAULT_PERIOD
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str], homes: Mapping[UUID, object]) -> LogFilter:
        """Read from the address's query."""
        home = next((one for one in homes if str(one) == query.get("kommune")), None)
        state = query.get("status", "")
        period = query.get("tid", DEFAULT_PERIOD)
        return cls(
            home,
            state if state in STATES else "",
            period if period in PERIODS else DEFAULT_PERIOD,
            page_number(query),
        )

    @property
    def since(self) -> datetime | None:
        """From when, or None for always."""
        return now() - timedelta(days=int(self.period)) if self.period else None

    @property
    def chosen(self) -> int:
        """How many filters are not as they begin."""
        return (self.home is not None) + bool(self.state) + (self.period != DEFAULT_PERIOD)


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal as the log tells it. `in_pool`: the candidate is in the pool, and may still be described."""

    card: ProposalCard
    in_pool: bool


_SHOWN = and_(
    candidate.c.region_id == proposal.c.region_id,
    candidate.c.id == proposal.c.candidate_id,
    candidate.c.withdrawn_at.is_(None),
    candidate.c.consent_until >= bindparam("day"),
)
_FROM = proposal.outerjoin(candidate, _SHOWN)
_WANTED = and_(
    proposal.c.region_id == bindparam("region"),
    proposal.c.created_at >= bindparam("since"),
    proposal.c.state == any_(bindparam("states", type_=ARRAY(Text()))),
    # Asked by municipality, only those still in the pool are found: else the answer would tell where the others live.
    bindparam("anywhere", type_=Boolean()) | (candidate.c.home_id == bindparam("home")),
)
_COLUMNS = [proposal.c[name] for name in ProposalCard.__dataclass_fields__]
_LIST = compile_query(
    select(*_COLUMNS, candidate.c.id.is_not(None).label("in_pool"))
    .select_from(_FROM)
    .where(_WANTED)
    .order_by(proposal.c.created_at.desc(), proposal.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT = compile_query(select(func.count()).select_from(_FROM).where(_WANTED))
BEGINNING = datetime(2000, 1, 1, tzinfo=OSLO)


def _values(uow: UnitOfWork, wanted: LogFilter) -> dict[str, Any]:
    return {
        "region": uow.context.region,
        "day": today(),
        "since": wanted.since or BEGINNING,
        "states": [
            state for group in ([wanted.state] if wanted.state else STATES_OF) for state in STATES_OF[group]
        ],
        "anywhere": wanted.home is None,
        "home": wanted.home,
    }


async def log_entries(
    uow: UnitOfWork, wanted: LogFilter, *, whole: bool = False
) -> tuple[Sequence[Entry], int]:
    """A page of the log, or with `whole` all of it up to MOST_IN_FILE, newest first; and how many there are.

    In the region's context. The caller writes the access log.
    """
    values = _values(uow, wanted)
    total: int = await uow.value(_COUNT, **values)
    most, skip = (MOST_IN_FILE, 0) if whole else (PAGE_SIZE, (wanted.page - 1) * PAGE_SIZE)
    found = await uow.rows(_LIST, **values, most=most, skip=skip)
    return [_entry(dict(row)) for row in found], total


def _entry(row: dict[str, Any]) -> Entry:
    in_pool = row.pop("in_pool")
    return Entry(
        ProposalCard(**row | {"reasons": [Reason.restored(kept) for kept in row["reasons"]]}), in_pool
    )
