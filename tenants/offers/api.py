"""What other slices may use of open offers: what was tried in a case before a decision."""

from __future__ import annotations

from tenants.offers.models import OfferTried, OpenOffer
from tenants.offers.queries import TriedCard, tried_in
from tenants.offers.views import tried_lines

open_offer = OpenOffer.__table__

__all__ = ["OfferTried", "OpenOffer", "TriedCard", "open_offer", "tried_in", "tried_lines"]
