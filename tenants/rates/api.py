"""What other slices may use of rates: the engine, what it reads, and the yearly sums for administration."""

from __future__ import annotations

from tenants.rates.administration import administration_of, set_administration
from tenants.rates.corrections import correct, net, take_back
from tenants.rates.costing import cost_of_meetings, cost_of_work
from tenants.rates.engine import settle
from tenants.rates.loading import payees, rate_tables, terms_of
from tenants.rates.service import add_simple_table, knows_what_is_paid
from tenants.rates.tables import RateStep, RateTable, RateTables, StateRate
from tenants.rates.values import COMPONENTS, Agreed, Item, NoRate, Payee, Terms, Worked
from tenants.rates.words import COMPONENT_NAMES, reason

__all__ = [
    "COMPONENTS",
    "COMPONENT_NAMES",
    "Agreed",
    "Item",
    "NoRate",
    "Payee",
    "RateStep",
    "RateTable",
    "RateTables",
    "StateRate",
    "Terms",
    "Worked",
    "add_simple_table",
    "administration_of",
    "correct",
    "cost_of_meetings",
    "cost_of_work",
    "knows_what_is_paid",
    "net",
    "payees",
    "rate_tables",
    "reason",
    "set_administration",
    "settle",
    "take_back",
    "terms_of",
]
