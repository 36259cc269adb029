"""What other slices may use of contacts: functions, cards, and the tables they may join."""

from __future__ import annotations

from tenants.contacts.queries import (
    STATES,
    ContactCard,
    contact_card,
    contact_of_candidate,
    own_contact,
    support_contact,
    vetting,
)
from tenants.contacts.service import (
    ContactFacts,
    engage,
    link_candidate,
    pause_contact,
    record_vetting,
    register_contact,
    set_lent_hours,
)
from tenants.contacts.views import labels, slot_labels

__all__ = [
    "STATES",
    "ContactCard",
    "ContactFacts",
    "contact_card",
    "contact_of_candidate",
    "engage",
    "labels",
    "link_candidate",
    "own_contact",
    "pause_contact",
    "record_vetting",
    "register_contact",
    "set_lent_hours",
    "slot_labels",
    "support_contact",
    "vetting",
]
