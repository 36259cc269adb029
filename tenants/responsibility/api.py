"""What other slices may use of responsibility."""

from __future__ import annotations

from tenants.responsibility.rules import adult_born_by, comes_of_age
from tenants.responsibility.service import register_absence

__all__ = ["adult_born_by", "comes_of_age", "register_absence"]
