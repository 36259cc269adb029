"""What other slices may use of rates: the engine, what it reads, and the yearly sums for administration."""

from __future__ import annotations

from tenants.rates.administration import administration_of, alone, set_administration
from tenants.rates.corrections import correct, net, take_back
from tenants.rates.engine import can_price, settle
from tenants.rates.examples import EXAMPLES, Example
from tenants.rates.loading import payees, rate_tables, terms_of
from tenants.rates.queries import TableCard, table_card, tables_of
from tenants.rates.service import add_simple_table, knows_what_is_paid
from tenants.rates.tables import RateStep, RateTable, RateTables, StateRate
from tenants.rates.values import COMPONENTS, Agreed, Item, NoRate, Payee, Terms, Worked
from tenants.rates.views import sections, tabs, title_of
from tenants.rates.words import COMPONENT_NAMES, FORMS, reason

__all__ = [
    "COMPONENTS",
    "COMPONENT_NAMES",
    "EXAMPLES",
    "FORMS",
    "Agreed",
    "Example",
    "Item",
    "NoRate",
    "Payee",
    "RateStep",
    "RateTable",
    "RateTables",
    "StateRate",
    "TableCard",
    "Terms",
    "Worked",
    "add_simple_table",
    "administration_of",
    "alone",
    "can_price",
    "correct",
    "knows_what_is_paid",
    "net",
    "payees",
    "rate_tables",
    "reason",
    "sections",
    "set_administration",
    "settle",
    "table_card",
    "tables_of",
    "tabs",
    "take_back",
    "terms_of",
    "title_of",
]
