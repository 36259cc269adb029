"""The coarse target group of a case (D9; the twelve municipalities' mandate: review of the target groups).

For figures alone: it gives no right and takes none, so it stands in no letter, no need and no list. Coarse, since it says
something of health. Divisions are versions: a code is never renamed and never used again for something else, and from a
new version's first day a case with a code that it does not have counts as unknown until somebody has chosen anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, case, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql import ColumnElement, Subquery

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.figures import UNKNOWN, Dimension
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.access import case_file, purchasers_seen, visible
from tenants.cases.models import CaseTarget
from tenants.cases.service import case_for_change

case_target = CaseTarget.__table__


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """One division into target groups, from its first day until the next one's: code → (name, who it is), as msgids."""

    valid_from: date
    groups: Mapping[str, tuple[str, str]]


VERSIONS: Final[tuple[TargetVersion, ...]] = (
    TargetVersion(
        date(2009, 1, 1),
        {
            "developmental": (
                N_("Autisme, ADHD eller annen utviklingsforstyrrelse"),
                N_("Trenger forutsigbarhet, og tåler skifte av støttekontakt dårlig."),
            ),
            "intellectual": (N_("Utviklingshemming"), N_("Trenger hjelp til å forstå og klare seg i fritida.")),
            "physical": (
                N_("Bevegelse, sansetap eller langvarig sykdom"),
                N_("Trenger hjelp til å komme seg dit andre er, og til å delta."),
            ),
            "mental": (
                N_("Psykisk helse eller rus"),
                N_("Trenger noen å gjøre ting sammen med, og å komme seg ut blant folk."),
            ),
            "ageing": (N_("Aldring eller demens"), N_("Er blitt mer alene eller mindre selvhjulpen med årene.")),
            "other": (N_("Andre"), N_("Trenger støttekontakt av en annen grunn, for eksempel forholdene hjemme.")),
        },
    ),
)  # fmt: skip
"""Oldest first. The first one's groups are those that the mandate of 2009 speaks of, put together so that few stand alone."""


def version_on(day: date, versions: Sequence[TargetVersion] = VERSIONS) -> TargetVersion:
    """The division in force on a day; before the first one, the first."""
    return max(
        (one for one in versions if one.valid_from <= day), default=versions[0], key=lambda v: v.valid_from
    )


def dimension_of(versions: Sequence[TargetVersion]) -> Dimension:
    """Every code of every version once, the newest version's first, and the days the division changed."""
    names: dict[str, str] = {}
    for one in reversed(versions):
        for code, (name, _) in one.groups.items():
            names.setdefault(code, name)
    return Dimension(
        "target",
        N_("Målgruppe"),
        (*names.items(), (UNKNOWN, N_("Ikke valgt"))),
        breaks=tuple(one.valid_from for one in versions[1:]),
    )


TARGET: Final = dimension_of(VERSIONS)

# What figures ask ------------------------------------------------------------------------------------------------------
_END: ColumnElement[date] = bindparam("end", type_=Date())


def target_of_person() -> Subquery:
    """(tenant_id, person_id, target): what holds for each person on the day `end`, one row for those somebody has chosen
    for. Takes `tenant` and `end`. A person with several cases has the group that was chosen last: one person, one group.
    """
    begun = case_target.c.valid_from <= _END
    return (
        select(
            case_file.c.tenant_id, case_file.c.person_id, _known(case_target.c.target_group).label("target")
        )
        .select_from(
            case_target.join(
                case_file,
                and_(
                    case_file.c.tenant_id == case_target.c.tenant_id, case_file.c.id == case_target.c.case_id
                ),
            )
        )
        .where(case_target.c.tenant_id == bindparam("tenant"))
        .ext(distinct_on(case_file.c.person_id))
        .order_by(
            case_file.c.person_id,
            begun.desc(),
            case((begun, case_target.c.valid_from)).desc(),
            case_target.c.valid_from,
            case_target.c.noted_at.desc(),
            case_target.c.id.desc(),
        )
        .subquery("target_of_person")
    )


def _known(code: ColumnElement[str]) -> ColumnElement[str]:
    """The code when the division on `end` has it, else unknown."""
    firsts = [date.min, *(one.valid_from for one in VERSIONS[1:])]
    lasts = [*(one.valid_from for one in VERSIONS[1:]), date.max]
    holds = [
        and_(first <= _END, last > _END, code.in_(list(one.groups)))
        for one, first, last in zip(VERSIONS, firsts, lasts, strict=True)
    ]
    return case((or_(*holds), code), else_=UNKNOWN)


# The case's own --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TargetRow:
    """What somebody chose, from which day it holds, and when they wrote it."""

    target_group: str
    valid_from: date
    noted_at: datetime
    noted_by_name: str

    @property
    def name(self) -> str:
        """Its name, a msgid."""
        return dict(TARGET.codes).get(self.target_group, self.target_group)


_ROWS = compile_query(
    select(*(case_target.c[name] for name in ("target_group", "valid_from", "noted_at", "noted_by_name")))
    .where(case_target.c.tenant_id == bindparam("tenant"), case_target.c.case_id == bindparam("case"))
    .order_by(case_target.c.valid_from.desc(), case_target.c.noted_at.desc(), case_target.c.id.desc())
)


_MISSING = compile_query(
    select(case_file.c.id)
    .where(
        visible(),
        case_file.c.responsible_id == bindparam("reader"),
        case_file.c.state != "closed",
        case_file.c.id != bindparam("case"),
        ~select(case_target.c.id)
        .where(case_target.c.tenant_id == case_file.c.tenant_id, case_target.c.case_id == case_file.c.id)
        .exists(),
    )
    .order_by(case_file.c.case_no, case_file.c.id)
)


async def without_target(uow: UnitOfWork, case_id: UUID) -> list[UUID]:
    """The reader's own open cases, beside this one, that nobody has chosen a group for; in the order of their numbers."""
    context = uow.context
    rows = await uow.rows(
        _MISSING,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user,
        case=case_id,
    )
    return [row["id"] for row in rows]


async def targets_of(uow: UnitOfWork, case_id: UUID) -> list[TargetRow]:
    """What has been chosen for a case, the newest first; of several from one day the first holds. The caller has seen the
    case, and shows it only to who decides in it.
    """
    return [TargetRow(**dict(row)) for row in await uow.rows(_ROWS, tenant=uow.context.tenant, case=case_id)]


def target_now(rows: Sequence[TargetRow], day: date) -> TargetRow | None:
    """The one that holds on a day, of `targets_of`: the newest that has begun, else the first there is."""
    begun = next((row for row in rows if row.valid_from <= day), None)
    if begun is not None or not rows:
        return begun
    return next(row for row in rows if row.valid_from == rows[-1].valid_from)


async def choose_target(uow: UnitOfWork, case_id: UUID, code: str, *, valid_from: date | None = None) -> bool:
    """Note a case's target group from a day on (today when none is given); False when it is what holds already.

    Raises NotFound and Forbidden as case_for_change, Invalid for a code that today's division does not have, and for a day
    in the future.
    """
    _, found = await case_for_change(uow, case_id)
    day = valid_from or today()
    if code not in version_on(today()).groups:
        raise Invalid.one("gruppe", N_("Velg en målgruppe fra lista."))
    if day > today():
        raise Invalid.one("fra", N_("Datoen er i framtida. Velg målgruppe når den gjelder."))
    return await note_target(uow, found.id, found.person_id, code, day)


async def note_target(uow: UnitOfWork, case_id: UUID, person_id: UUID, code: str, day: date) -> bool:
    """Add the row, when it is not what holds already. The caller has asked whether it may be written."""
    now = target_now(await targets_of(uow, case_id), day)
    if now is not None and now.target_group == code and now.valid_from <= day:
        return False
    uow.session.add(
        CaseTarget(
            tenant_id=uow.context.tenant, id=uuid7(), case_id=case_id, target_group=code, valid_from=day,
            noted_by=uow.context.user_id, noted_by_name=uow.context.user_name,
        )
    )  # fmt: skip
    await uow.session.flush()
    # The trail says that it was chosen and not what: it is read by more than those who decide.
    await record_change(uow, "case.target", "case", case_id, persons=[person_id], valid_from=day)
    return True


def target_options() -> list[tuple[str, str, str]]:
    """Today's groups as (code, name, who it is), msgids, in order."""
    return [(code, name, who) for code, (name, who) in version_on(today()).groups.items()]


def target_code(said: str) -> str:
    """The code of a group as a list may say it: its code or its name, in any letters; "" for what is neither."""
    wanted = said.strip().casefold()
    return next(
        (code for code, (name, _) in version_on(today()).groups.items() if wanted in (code, name.casefold())),
        "",
    )
