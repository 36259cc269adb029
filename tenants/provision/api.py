"""What other slices may use of provision: the rules in force on a day, and pay periods."""

from __future__ import annotations

from tenants.provision.periods import PayPeriod
from tenants.provision.rules import ProvisionRules, provision_rules
from tenants.provision.tabs import rules_tabs

__all__ = ["PayPeriod", "ProvisionRules", "provision_rules", "rules_tabs"]
