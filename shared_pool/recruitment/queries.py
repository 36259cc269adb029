"""Reads of candidates: the region's list without names, and the home municipality's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from shared_pool.recruitment.models import Candidate, PoolWish
from tenants.api import assignments_of_contact, traits

candidate = Candidate.__table__

DAYS_PER_MONTH = 30


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """A candidate as the pool may know one: a code and consented facts.

    `skills`, `languages`, `postcode` and `not_in` are matched on and never displayed.
    """

    id: UUID
    home_id: UUID
    code: str
    birth_year: int
    gender: str
    interests: list[str]
    skills: list[str]
    languages: list[str]
    slots: list[str]
    alternate_slots: list[str]
    area: str
    postcode: str
    areas: list[str]
    visible_to: list[UUID]
    not_in: list[UUID]
    uses: list[str]
    age_bands: list[str]
    has_car: bool
    hours_wanted: Decimal
    hours_now: Decimal
    hours_elsewhere: Decimal
    light: str | None
    will_not: list[str]
    longest_months: int
    commits_months: int
    broken_by_choice: int
    stability_seen_at: datetime | None
    courses: list[str]
    available_from: date | None
    engaged_at_home: bool
    paused: bool
    consent_on: date
    consent_until: date
    withdrawn: bool
    version: int

    @property
    def hours_free(self) -> Decimal:
        """Hours a week that are left of the most they want in all."""
        return max(self.hours_wanted - self.hours_now - self.hours_elsewhere, Decimal(0))

    @property
    def weekdays(self) -> list[str]:
        """Days with some time free."""
        days = {slot.partition("-")[0] for slot in self.slots}
        return [day for day in traits.WEEKDAYS if day in days]

    @property
    def alternate_days(self) -> list[str]:
        """Days with time free every other week only."""
        weekly = {slot.partition("-")[0] for slot in self.slots if slot not in self.alternate_slots}
        days = {slot.partition("-")[0] for slot in self.alternate_slots}
        return [day for day in traits.WEEKDAYS if day in days - weekly]

    @property
    def consents(self) -> bool:
        """Whether the consent holds today."""
        return not self.withdrawn and self.consent_until >= today()

    @property
    def stability_counts(self) -> bool:
        """Whether they have seen what is said of their stability, and nothing they object to waits for an answer."""
        return self.stability_seen_at is not None


LEAST_FREE = {
    "1": N_("Minst én time"),
    "2": N_("Minst to timer"),
    "4": N_("Minst fire timer"),
    "6": N_("Minst seks timer"),
}
USES = {"individual": N_("Én person"), "substitute": N_("Vikar"), "group": N_("Gruppe")}
"""What a candidate may be asked about, in the region's short words."""


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What the reader asked to see. Unknown values fall back, so that any address shows a list."""

    area: str = ""
    interest: str = ""
    day: str = ""
    use: str = ""
    free: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> CandidateFilter:
        """From an address's query: omraade, interesse, dag, bruk, ledig, side."""

        def known(name: str, allowed: Collection[str]) -> str:
            return query[name] if query.get(name) in allowed else ""

        return cls(
            known("omraade", traits.AREAS), known("interesse", traits.INTERESTS), known("dag", traits.WEEKDAYS),
            known("bruk", USES), known("ledig", LEAST_FREE), page_number(query),
        )  # fmt: skip

    @property
    def chosen(self) -> int:
        """How many filters are set; the use is a tab."""
        return sum(bool(one) for one in (self.area, self.interest, self.day, self.free))

    def values(self) -> dict[str, Any]:
        """As the statements take them."""
        return {
            "area": self.area, "interest": self.interest, "use": self.use, "free": Decimal(self.free or 0),
            "slots": [slot for slot in traits.SLOTS if traits.slot_day(slot) == self.day],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class CandidateList:
    """One page of candidates, how many fit the filter in all, and how many by use."""

    rows: Sequence[CandidateCard]
    total: int
    counts: Mapping[str, int]


def _columns() -> list[Any]:
    return [
        candidate.c.withdrawn_at.is_not(None).label("withdrawn") if name == "withdrawn" else candidate.c[name]
        for name in CandidateCard.__dataclass_fields__
    ]


# The policy hides the withdrawn and the lapsed from the region as well; it is said here too, since SQL is to be read.
_OPEN = (
    candidate.c.withdrawn_at.is_(None)
    & candidate.c.paused.is_(False)
    & (candidate.c.consent_until >= bindparam("day"))
)
_IN_POOL = (candidate.c.region_id == bindparam("region")) & _OPEN
_FREE = candidate.c.hours_wanted - candidate.c.hours_now - candidate.c.hours_elsewhere
_DAY_SLOTS = bindparam("slots", type_=ARRAY(Text))
# Where they live, or where they say they will go; who said nothing of where will go anywhere within reach.
_FITS = (
    (
        (bindparam("area") == "")
        | (candidate.c.area == bindparam("area"))
        | (bindparam("area") == any_(candidate.c.areas))
    )
    & ((bindparam("interest") == "") | (bindparam("interest") == any_(candidate.c.interests)))
    & ((func.cardinality(_DAY_SLOTS) == 0) | candidate.c.slots.op("&&")(_DAY_SLOTS))
    & (bindparam("free") <= _FREE)
)
_OF_USE = (bindparam("use") == "") | (bindparam("use") == any_(candidate.c.uses))
_WANTED = _FITS & _OF_USE
_LIST = compile_query(
    select(*_columns())
    .where(_IN_POOL, _WANTED)
    .order_by(candidate.c.code)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT = compile_query(select(func.count()).where(_IN_POOL, _WANTED))
_COUNTS = compile_query(
    select(
        func.count().label("all"),
        *(func.count().filter(literal(use) == any_(candidate.c.uses)).label(use) for use in USES),
    ).where(_IN_POOL, _FITS)
)
_ALL = compile_query(select(*_columns()).where(_IN_POOL).order_by(candidate.c.code))
_ONE = compile_query(select(*_columns()).where(_IN_POOL, candidate.c.id == bindparam("candidate")))
_OWN = compile_query(
    select(*_columns()).where(
        candidate.c.home_id == bindparam("tenant"), candidate.c.id == bindparam("candidate")
    )
)
WEEKS_PER_MONTH = Decimal(4)
"""For the load only, where a month's hours must be set beside a week's; a decision's hours keep their unit (D10)."""


async def list_candidates(uow: UnitOfWork, wanted: CandidateFilter) -> CandidateList:
    """One page of the region's candidates by code, with counts, and the access log's row for it."""
    place: dict[str, Any] = {"region": uow.context.region, "day": today()}
    values = place | wanted.values()
    total: int = await uow.value(_COUNT, **values)
    found = await uow.rows(_LIST, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    rows = [CandidateCard(**dict(row)) for row in found]
    values.pop("use")
    counts = await uow.row(_COUNTS, **values)
    await record_read(
        uow, "candidate.list", [row.id for row in rows], why=N_("Kandidatene i den felles banken")
    )
    return CandidateList(rows, total, dict(counts) if counts is not None else {})


async def own_wish(uow: UnitOfWork, contact_id: UUID) -> PoolWish | None:
    """What a contact of one's own wishes of the pool, to be read; None when they have said nothing."""
    found: PoolWish | None = await uow.session.scalar(
        select(PoolWish).where(PoolWish.tenant_id == uow.context.tenant, PoolWish.contact_id == contact_id)
    )
    return found


async def open_candidates(uow: UnitOfWork) -> Sequence[CandidateCard]:
    """Every candidate of the region whose consent holds today. The caller writes the access log."""
    return [
        CandidateCard(**dict(row)) for row in await uow.rows(_ALL, region=uow.context.region, day=today())
    ]


async def candidates_for_run(uow: UnitOfWork) -> Sequence[CandidateCard]:
    """Those of `open_candidates` who may be proposed to a person: not those who would only lead a group."""
    return [card for card in await open_candidates(uow) if {"individual", "substitute"} & set(card.uses)]


async def open_candidate(uow: UnitOfWork, candidate_id: UUID) -> CandidateCard:
    """One of the region's candidates whose consent holds today. Raises NotFound."""
    row = await uow.row(_ONE, region=uow.context.region, day=today(), candidate=candidate_id)
    if row is None:
        raise NotFound
    return CandidateCard(**dict(row))


async def own_candidate(uow: UnitOfWork, candidate_id: UUID | None) -> CandidateCard | None:
    """The home municipality's own candidate, withdrawn or not; None when there is none."""
    if candidate_id is None:
        return None
    row = await uow.row(_OWN, tenant=uow.context.tenant, candidate=candidate_id)
    return CandidateCard(**dict(row)) if row is not None else None


async def home_months_and_hours(uow: UnitOfWork, contact_id: UUID) -> tuple[int, Decimal]:
    """In whole months how long the contact's longest assignment at home has lasted, and hours a week of those that run.

    Nothing is said of how any of them ended (B12).
    """
    longest, hours = 0, Decimal(0)
    for held in await assignments_of_contact(uow, contact_id):
        if held.starts_on is not None:
            days = ((held.ended_on or today()) - held.starts_on).days
            longest = max(longest, days // DAYS_PER_MONTH)
        if held.state in ("planned", "running") and held.amount is not None:
            hours += held.amount if held.unit == "week" else held.amount / WEEKS_PER_MONTH
    return longest, hours.quantize(Decimal("0.01"))
