"""Targets: what the region has agreed to reach, since when, and how a figure stands to one (D8).

Whether a target is reached is told only of figures that are shown: nothing is said of a hidden one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from sqlalchemy import bindparam, select

from reporting.reports.frame import Figure
from reporting.reports.models import Target
from reporting.reports.quantities import Quantity, known, quantity
from reporting.reports.wording import said
from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form
from sammen.web.i18n import translate

Direction = Literal["least", "most"]
LEAST: Final = "least"
HIGHEST: Final = Decimal(1_000_000_000)
LONGEST_WHY: Final = 300
target = Target.__table__
_ALL = compile_query(
    select(
        target.c.quantity, target.c.direction, target.c.value, target.c.valid_from, target.c.why, target.c.set_by_name,
        target.c.created_at,
    ).where(target.c.region_id == bindparam("region"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as it was set. `value` None: from that day there is none any more."""

    quantity: str
    direction: str
    value: Decimal | None
    valid_from: date
    why: str
    set_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Light:
    """How a figure stands to its target: `state` ok, warning or danger, and a sentence."""

    state: str
    text: str


async def target_rows(uow: UnitOfWork) -> list[TargetRow]:
    """Every target that was ever set, the newest first: the region's, or those of the municipality's region."""
    if uow.context.tenant_id is None:
        found = await uow.rows(_ALL, region=uow.context.region)
    else:
        found = await uow.call("SELECT * FROM sammen.member_targets()")
    rows = [TargetRow(**dict(row)) for row in found]
    return sorted(rows, key=lambda row: (row.valid_from, row.created_at), reverse=True)


def in_force(rows: Iterable[TargetRow], day: date) -> dict[str, TargetRow]:
    """The target of each figure on a day. Of two from the same day, the one set last. `rows`: the newest first."""
    found: dict[str, TargetRow] = {}
    for row in rows:
        if row.valid_from <= day and known(row.quantity):
            found.setdefault(row.quantity, row)
    return {name: row for name, row in found.items() if row.value is not None}


def reached(row: TargetRow, figure: Figure) -> bool | None:
    """Whether the figure is where it should be; None when it is not shown."""
    if figure.value is None or row.value is None:
        return None
    return figure.value >= row.value if row.direction == LEAST else figure.value <= row.value


def light(row: TargetRow, figure: Figure, before: Figure, one: Quantity, lang: str) -> Light | None:
    """Green: reached. Yellow: not reached, but nearer than the period before. Red: not reached. None: nothing shown."""
    there = reached(row, figure)
    if there is None or figure.value is None or row.value is None:
        return None
    aim = words(row, one, lang)
    if there:
        return Light("ok", translate(lang, N_("Mål: %(aim)s. Nådd"), aim=aim))
    nearer = before.value is not None and abs(figure.value - row.value) < abs(before.value - row.value)
    if nearer:
        return Light("warning", translate(lang, N_("Mål: %(aim)s. Ikke nådd, men nærmere"), aim=aim))
    return Light("danger", translate(lang, N_("Mål: %(aim)s. Ikke nådd"), aim=aim))


def words(row: TargetRow, one: Quantity, lang: str) -> str:
    """The target in words: "null", "høyst 5", "minst 90 %"."""
    if row.value == 0 and row.direction != LEAST:
        return translate(lang, N_("null"))
    value = said(Figure(row.value), one, lang)
    pattern = N_("minst %(value)s") if row.direction == LEAST else N_("høyst %(value)s")
    return translate(lang, pattern, value=value)


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What a target is set to."""

    quantity: str
    direction: Direction
    value: Decimal | None
    valid_from: date
    why: str


def read_target(form: Form, allowed: Mapping[str, str]) -> TargetFacts:
    """The form as facts. Raises Invalid with every field's error. A blank value ends the target."""
    errors: dict[str, BadInput] = {}
    chosen = form.text("maaltall")
    if chosen not in allowed:
        errors["maaltall"] = BadInput("maaltall", N_("Velg hvilket tall målet gjelder."))
    direction: Direction = "most" if form.text("retning") != LEAST else "least"
    if form.text("retning") not in ("least", "most"):
        errors["retning"] = BadInput("retning", N_("Velg om tallet skal være høyst eller minst så stort."))
    value, valid_from = None, today()
    try:
        if form.text("verdi"):
            value = parse_decimal(form.text("verdi"), field="verdi")
            if not 0 <= value <= HIGHEST or value != value.quantize(Decimal("0.01")):
                raise Invalid.one("verdi", N_("Skriv et tall fra null og oppover, med høyst to desimaler."))
    except (BadInput, Invalid) as bad:
        errors["verdi"] = bad if isinstance(bad, BadInput) else next(iter(bad.errors.values()))
    try:
        valid_from = parse_date(form.text("fra"), field="fra")
    except (BadInput, Invalid) as bad:
        errors["fra"] = bad if isinstance(bad, BadInput) else next(iter(bad.errors.values()))
    if len(form.text("hvorfor")) > LONGEST_WHY:
        errors["hvorfor"] = BadInput("hvorfor", N_("Skriv høyst %(most)s tegn."), most=LONGEST_WHY)
    if errors:
        order = ("maaltall", "retning", "verdi", "fra", "hvorfor")
        raise Invalid({name: errors[name] for name in order if name in errors})
    return TargetFacts(chosen, direction, value, valid_from, form.text("hvorfor"))


async def set_target(uow: UnitOfWork, facts: TargetFacts) -> None:
    """Set or (without a value) end a target from a day on. Raises Invalid when there is none to end."""
    rows = await target_rows(uow)
    if facts.value is None and facts.quantity not in in_force(rows, facts.valid_from):
        raise Invalid.one("verdi", N_("Dette tallet har ikke noe mål å avslutte. Skriv hva målet skal være."))
    context = uow.context
    assert context.user_id is not None
    made = Target(
        region_id=context.region, quantity=facts.quantity, direction=facts.direction, value=facts.value,
        valid_from=facts.valid_from, why=facts.why, set_by=context.user_id, set_by_name=context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "target.set", "target", made.id, quantity=facts.quantity, direction=facts.direction,
        value=None if facts.value is None else str(facts.value), valid_from=facts.valid_from.isoformat(),
    )  # fmt: skip


def target_names(ids: Iterable[str]) -> dict[str, str]:
    """Msgid of each figure a target may be set for, by id."""
    return {name: quantity(name).name for name in ids if known(name)}
