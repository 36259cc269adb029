"""What each municipality has decided about the provider's work, and what its payroll needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from deploy.demo.town import Town
from deploy.demo.work import Work
from tenants.cases.api import add_months
from tenants.payroll.models import PayAccounting, PayCode, PayeeNumber
from tenants.payroll.rules import Accounting
from tenants.provision.models import ProvisionRule

COLLECTIVE = "Hovedtariffavtalen i KS-området, kapittel 4"
PENSION = "Tjenestepensjon og yrkesskadeforsikring gjennom kommunens avtaler"
RULES: Mapping[str, Mapping[str, Any]] = {
    "0701": {"minimum_age": 16, "conversation_months": 3, "information_meetings": 2, "hand_in_day": 20},
    "0704": {"period_from_day": 21, "hand_in_day": 25, "pay_day": 12},
    "0706": {"attest_required": False, "conversation_months": 6},
    "0709": {"attest_from_age": 18, "carry_over_months": 0, "information_meetings": 3},
    "0716": {"conversation_months": 2, "ask_hours": 48},
    "0720": {"minimum_age": 16, "silent_days": 60},
}
"""What some have decided for themselves; the others go by what the platform says until they decide."""
CODES = (
    ("hours", "", "4240", "0109"), ("hours", "group", "4241", "0109"), ("receipts", "", "4310", "0160"),
    ("expense", "", "4311", "0160"), ("kilometres", "", "4320", "0160"), ("commute", "", "4321", "0160"),
    ("holiday", "", "4290", "0109"),
)  # fmt: skip
FIRST_NUMBER = 41200
LACKING = 2
"""How many at work have no employee number yet, where payroll is shown."""


def write_decided(work: Work) -> None:
    """Provision rules, pay codes, accounting and employee numbers of one town."""
    chance, town = work.stream("decided"), work.town
    since = add_months(town.began, 12)
    coming = add_months(work.as_of.replace(day=1), 2)
    told = RULES.get(town.place.code)
    if told is not None:
        common = {"collective_agreement": COLLECTIVE, "pension": PENSION}
        town.rows.add(
            ProvisionRule, tenant_id=town.id, id=chance.id_at(since), valid_from=since, **common, **told
        )
        if work.horten:
            town.rows.add(
                ProvisionRule, tenant_id=town.id, id=chance.id_at(work.as_of), valid_from=coming,
                **common | dict(told) | {"conversation_months": 2, "carry_over_months": 3},
            )  # fmt: skip
    for component, form, code, art in CODES:
        town.rows.add(
            PayCode, tenant_id=town.id, id=chance.id_at(since), valid_from=town.began, component=component, form=form,
            code=code, art=art,
        )  # fmt: skip
    how = accounting_of(town)
    town.rows.add(
        PayAccounting, tenant_id=town.id, id=chance.id_at(since), valid_from=town.began,
        template=how.template, department=how.department, kostra_function=how.kostra_function,
        child_department=how.child_department, child_function=how.child_function,
    )  # fmt: skip
    _number(work)


def accounting_of(town: Town) -> Accounting:
    """How a town's accounting strings are put together."""
    place = int(town.place.code) % 100 * 10
    return Accounting(department=str(4000 + place), child_department=str(5000 + place))


def _number(work: Work) -> None:
    """Everybody who is or was engaged has a number, but for the newest of those at work where payroll is shown."""
    chance = work.stream("numbered")
    paid = sorted(
        (one for one in work.contacts if one.state not in ("enquiry", "interview", "vetting")),
        key=lambda one: (one.since, str(one.id)),
    )
    newest = [one for one in paid if one.id in work.running and not one.taken][-LACKING:]
    lacking = {one.id for one in newest} if work.horten else set()
    for number, contact in enumerate(paid, FIRST_NUMBER):
        if contact.id not in lacking:
            work.town.rows.add(
                PayeeNumber, tenant_id=work.town.id, id=chance.id_at(contact.since + timedelta(days=1)),
                contact_id=contact.id, number=str(number),
            )  # fmt: skip
