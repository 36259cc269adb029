"""What other slices may use of provision: the rules in force on a day."""

from __future__ import annotations

from tenants.provision.rules import ProvisionRules, provision_rules

__all__ = ["ProvisionRules", "provision_rules"]
