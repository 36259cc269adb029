"""The municipality's own limits in allocation as dated rows: what they are, and setting new ones from a day (A5–A7, A10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date, parse_date
from sammen.web.desk import Desk
from sammen.web.forms import Form, Reader
from sammen.web.limits import DAYS, MONTHS, Limit, limit_rows, limit_values, read_limits
from tenants.cases.allocation_rules import AllocationRules, allocation_rules
from tenants.cases.models import AllocationRule
from tenants.cases.start_limits import regional_start_limit
from tenants.provision.api import rules_tabs

rule = AllocationRule.__table__


LIMITS = (
    Limit("start", "start_limit_days", 1, 365, N_("Fra vedtak til oppstart"),
          N_("Så lenge kan en tjeneste vente på å begynne. Blir det lenger, står den som avvik."), DAYS,
          N_("Skriv hvor lenge en tjeneste kan vente på å begynne.")),
    Limit("evaluering", "evaluation_months", 1, 12, N_("Mellom evalueringer"),
          N_("Så lenge kan det gå til dere ser på et vedtak igjen. Aldri lenger enn et år."), MONTHS,
          N_("Skriv hvor lenge det kan gå mellom evalueringer.")),
    Limit("forelopig", "interim_days_before", 1, 25, N_("Foreløpig svar"),
          N_("Så mange dager før enmånedsfristen skrives brevet om at det tar lengre tid (forvaltningsloven § 11 a)."), DAYS,
          N_("Skriv hvor mange dager før fristen det foreløpige svaret skrives.")),
    Limit("utloper", "expiry_days", 7, 365, N_("Vedtak som går ut"),
          N_("Så lenge i forveien står et vedtak på lista over dem som går ut."), DAYS,
          N_("Skriv hvor lenge i forveien et vedtak står på lista over dem som går ut.")),
    Limit("varsel", "notice_days", 14, 90, N_("Svar på forhåndsvarsel"),
          N_("Så lenge har en person på å si hva de mener før noe blir mindre (forvaltningsloven § 16). Minst to uker."), DAYS,
          N_("Skriv hvor lenge en person har på å svare på et forhåndsvarsel.")),
    Limit("klage", "reconsider_days", 1, 90, N_("Behandling av en klage"),
          N_("Så mange dager har dere på å svare på en klage eller sende den til Statsforvalteren."), DAYS,
          N_("Skriv hvor lenge dere har på å behandle en klage.")),
)  # fmt: skip
_COLUMNS = ("valid_from", "four_eyes", *(limit.column for limit in LIMITS))


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """Limits from a day on; `numbers` by column."""

    valid_from: date
    four_eyes: bool
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A dated row."""

    id: UUID
    valid_from: date
    four_eyes: bool
    numbers: Mapping[str, int]


_ROWS = compile_query(
    select(rule.c.id, *(rule.c[name] for name in _COLUMNS))
    .where(rule.c.tenant_id == bindparam("tenant"))
    .order_by(rule.c.valid_from.desc())
)


async def rule_rows(uow: UnitOfWork) -> Sequence[RuleRow]:
    """Every row the municipality has set, the one that begins last first."""
    return [
        RuleRow(
            row["id"], row["valid_from"], row["four_eyes"], {one.column: row[one.column] for one in LIMITS}
        )
        for row in await uow.rows(_ROWS, tenant=uow.context.tenant)
    ]


async def set_rules(uow: UnitOfWork, facts: RuleFacts) -> UUID:
    """Set the limits from a day on: today or later, since what has been decided by a rule was decided by it.

    Raises Invalid for a day that is past or a start limit longer than the regions allow, Conflict when a row begins on
    that day already.
    """
    if facts.valid_from < today():
        raise Invalid.one(
            "fra", N_("Velg i dag eller en senere dag. Det som er avgjort, gjelder reglene som var.")
        )
    longest = await regional_start_limit(uow)
    if facts.numbers["start_limit_days"] > longest:
        raise Invalid.one(
            "start", N_("Samarbeidet har bestemt høyst %(most)s dager. Skriv et lavere tall."), most=longest
        )
    if any(row.valid_from == facts.valid_from for row in await rule_rows(uow)):
        raise Conflict(N_("Det finnes alt regler fra den dagen. Velg en annen dag."))
    row = AllocationRule(
        tenant_id=uow.context.tenant, id=uuid7(), valid_from=facts.valid_from, four_eyes=facts.four_eyes, **facts.numbers
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "rules.set", "allocation_rule", row.id, valid_from=facts.valid_from, four_eyes=facts.four_eyes,
        numbers=dict(facts.numbers),
    )  # fmt: skip
    return row.id


def read_rules(form: Form) -> RuleFacts:
    """The form for new limits. Raises Invalid with every field's error."""
    reader = Reader(form)
    since = reader.take(
        "fra", partial(parse_date, field="fra"), required=N_("Skriv dagen reglene gjelder fra.")
    )
    four_eyes = reader.choice("to", {"ja": "", "nei": ""}, required=N_("Velg hvem som kan fatte vedtak."))
    numbers = read_limits(reader, LIMITS)
    reader.done()
    assert since is not None
    return RuleFacts(since, four_eyes == "ja", numbers)


async def rules_page(desk: Desk) -> dict[str, Any]:
    """What the page shows: the rules in force, earlier and coming ones, and what each limit means."""
    rows = await rule_rows(desk.uow)
    now = await allocation_rules(desk.uow, today())
    current = next((row for row in rows if row.valid_from <= today()), None)
    alone = N_("For en kommune med bare én saksbehandler. Fortsatt i to steg.")
    return {
        "current": "/regler",
        "tabs": rules_tabs(desk, "/regler"),
        "limits": limit_rows(desk, LIMITS, now),
        "rules": now,
        "since": current.valid_from if current else None,
        "others": [(row, [row.numbers[one.column] for one in LIMITS]) for row in rows if row is not current],
        "columns": [(desk.say(one.label), None, True) for one in LIMITS],
        "longest": await regional_start_limit(desk.uow),
        "choices": [
            ("ja", desk.say(N_("En annen enn den som skrev det")), desk.say(N_("To par øyne. Slik bør det være."))),
            ("nei", desk.say(N_("Også den som skrev det")), desk.say(alone)),
        ],
        "action": desk.url("/regler"),
        "today": today(),
    }  # fmt: skip


def first_values(rules: AllocationRules) -> dict[str, str]:
    """What the form begins with: the rules in force, from today."""
    return {
        "fra": format_date(today()),
        "to": "ja" if rules.four_eyes else "nei",
        **limit_values(LIMITS, rules),
    }
