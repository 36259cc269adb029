"""The municipality's own rules for contacts, hours and pay as dated rows: what they are, and setting new ones (B2–B11)."""

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
from tenants.provision.models import ProvisionRule
from tenants.provision.rules import ProvisionRules, provision_rules, rule
from tenants.provision.tabs import rules_tabs

YEARS, OF_MONTH = N_("år"), N_(". i måneden")
CONTACTS = (
    Limit("alder", "minimum_age", 13, 25, N_("Yngste alder"),
          N_("Så gammel er en støttekontakt minst den første dagen. Under 18 år må en forelder ha sagt ja."), YEARS,
          N_("Skriv hvor gammel en støttekontakt minst må være.")),
    Limit("samtale", "conversation_months", 1, 12, N_("Mellom samtaler"),
          N_("Så lenge kan det gå mellom to samtaler med en støttekontakt."), MONTHS,
          N_("Skriv hvor lenge det kan gå mellom to samtaler.")),
    Limit("moter", "information_meetings", 0, 12, N_("Informasjonsmøter i året"),
          N_("Så mange møter deltar en støttekontakt på i løpet av et kalenderår."), "",
          N_("Skriv hvor mange informasjonsmøter en støttekontakt deltar på. 0 betyr ingen.")),
    Limit("stille", "silent_days", 7, 180, N_("Ikke hørt fra"),
          N_("Etter så mange dager uten livstegn står en støttekontakt med oppdrag på en liste."), DAYS,
          N_("Skriv hvor lenge det kan være stille før dere får beskjed.")),
    Limit("svar", "ask_hours", 1, 168, N_("Svar fra en vikar"),
          N_("Så lenge har en vikar på å svare på en forespørsel."), N_("timer"),
          N_("Skriv hvor mange timer en vikar har på å svare.")),
)  # fmt: skip
HOURS = (
    Limit("bekrefter", "attest_from_age", 12, 18, N_("Bekrefter timer selv"),
          N_("Fra denne alderen bekrefter brukeren timene. Før det gjør en forelder eller verge det."), YEARS,
          N_("Skriv fra hvilken alder brukeren bekrefter timene selv.")),
    Limit("overfor", "carry_over_months", 0, 11, N_("Timer som er til overs"),
          N_("Så lenge kan timer brukes etterpå, innenfor vedtaket og kalenderåret. 0 betyr at de faller bort."), MONTHS,
          N_("Skriv hvor lenge timer som er til overs, kan brukes. 0 betyr ikke i det hele tatt.")),
)  # fmt: skip
PAY = (
    Limit("periode", "period_from_day", 1, 28, N_("Lønnsperioden begynner den"),
          N_("1 er kalendermåneden. 21 betyr fra den 21. til den 20."), OF_MONTH,
          N_("Skriv hvilken dag i måneden lønnsperioden begynner.")),
    Limit("frist", "hand_in_day", 1, 28, N_("Frist for å levere timer den"),
          N_("Den første dagen med dette tallet etter at perioden er slutt."), OF_MONTH,
          N_("Skriv hvilken dag timene skal være levert.")),
    Limit("gamle", "hand_in_months", 1, 12, N_("Timer er for sene etter"),
          N_("Timer som er eldre enn dette, blir merket som for sene."), MONTHS,
          N_("Skriv hvor gamle timer kan være før de er for sene.")),
    Limit("lonn", "pay_day", 1, 28, N_("Lønn blir utbetalt den"),
          N_("Dagen støttekontakten ser på siden sin og i avtalen."), OF_MONTH,
          N_("Skriv hvilken dag lønna blir utbetalt.")),
)  # fmt: skip
LIMITS = (*CONTACTS, *HOURS, *PAY)
YES_NO = {"ja": N_("Ja"), "nei": N_("Nei")}
_COLUMNS = tuple(ProvisionRules.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Rules from a day on."""

    valid_from: date
    rules: ProvisionRules


_ROWS = compile_query(
    select(rule.c.valid_from, *(rule.c[name] for name in _COLUMNS))
    .where(rule.c.tenant_id == bindparam("tenant"))
    .order_by(rule.c.valid_from.desc())
)


async def rule_rows(uow: UnitOfWork) -> Sequence[RuleRow]:
    """Every row the municipality has set, the one that begins last first."""
    return [
        RuleRow(row["valid_from"], ProvisionRules(**{name: row[name] for name in _COLUMNS}))
        for row in await uow.rows(_ROWS, tenant=uow.context.tenant)
    ]


async def set_rules(uow: UnitOfWork, valid_from: date, rules: ProvisionRules) -> UUID:
    """Set the rules from a day on: today or later, since what was done was done by the rules that were.

    Raises Invalid for a day that is past, Conflict when a row begins on that day already.
    """
    if valid_from < today():
        raise Invalid.one(
            "fra", N_("Velg i dag eller en senere dag. Det som er gjort, fulgte reglene som var.")
        )
    if any(row.valid_from == valid_from for row in await rule_rows(uow)):
        raise Conflict(N_("Det finnes alt regler fra den dagen. Velg en annen dag."))
    values = {name: getattr(rules, name) for name in _COLUMNS}
    row = ProvisionRule(tenant_id=uow.context.tenant, id=uuid7(), valid_from=valid_from, **values)
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "provision_rules.set", "provision_rule", row.id, valid_from=valid_from, **values)
    return row.id


def read_rules(form: Form) -> tuple[date, ProvisionRules]:
    """The form for new rules: (from which day, the rules). Raises Invalid with every field's error."""
    reader = Reader(form)
    since = reader.take(
        "fra", partial(parse_date, field="fra"), required=N_("Skriv dagen reglene gjelder fra.")
    )
    guided = reader.choice(
        "veiledning", YES_NO, required=N_("Velg om veiledning skal være gitt før oppstart.")
    )
    course = reader.choice(
        "kurs", YES_NO, required=N_("Velg om innføringskurset skal være fullført før oppstart.")
    )
    training = reader.choice(
        "treningskurs", YES_NO, required=N_("Velg om treningskontakter skal ha bestått kurset før oppstart.")
    )
    attested = reader.choice("bekreftes", YES_NO, required=N_("Velg om timer skal bekreftes."))
    numbers = read_limits(reader, LIMITS)
    collective, pension = reader.text("tariff", most=300), reader.text("pensjon", most=300)
    reader.done()
    assert since is not None
    return since, ProvisionRules(
        guidance_before_start=guided == "ja", course_before_start=course == "ja",
        training_course_before_start=training == "ja", attest_required=attested == "ja", collective_agreement=collective,
        pension=pension, **numbers,
    )  # fmt: skip


async def rules_page(desk: Desk) -> dict[str, Any]:
    """What the page shows: the rules in force, earlier and coming ones, and what each means."""
    rows = await rule_rows(desk.uow)
    now = await provision_rules(desk.uow, today())
    current = next((row for row in rows if row.valid_from <= today()), None)
    groups = [
        (desk.say(title), limit_rows(desk, limits, now))
        for title, limits in (
            (N_("Støttekontakter"), CONTACTS), (N_("Timer"), HOURS), (N_("Lønn"), PAY),
        )
    ]  # fmt: skip
    return {
        "current": "/regler",
        "tabs": rules_tabs(desk, "/regler/utforer"),
        "groups": groups,
        "rules": now,
        "since": current.valid_from if current else None,
        "others": [
            (row, [getattr(row.rules, one.column) for one in LIMITS]) for row in rows if row is not current
        ],
        "columns": [(desk.say(one.label), None, True) for one in LIMITS],
        "yes_no": desk.options(YES_NO),
        "action": desk.url("/regler/utforer"),
        "today": today(),
    }


def first_values(rules: ProvisionRules) -> Mapping[str, str]:
    """What the form begins with: the rules in force, from today."""
    return {
        "fra": format_date(today()),
        "veiledning": "ja" if rules.guidance_before_start else "nei",
        "kurs": "ja" if rules.course_before_start else "nei",
        "treningskurs": "ja" if rules.training_course_before_start else "nei",
        "bekreftes": "ja" if rules.attest_required else "nei",
        "tariff": rules.collective_agreement,
        "pensjon": rules.pension,
        **limit_values(LIMITS, rules),
    }
