"""What other slices may use of contacts: functions, cards, and the tables they may join."""

from __future__ import annotations

from tenants.contacts.engagements import END_REASONS as AGREEMENT_END_REASONS
from tenants.contacts.engagements import (
    FIXED_TERM,
    KINDS,
    EngagementCard,
    agreement_of,
    engagement,
    engagement_card,
    engagements_of,
)
from tenants.contacts.engaging import (
    OF_AGE,
    AgreementDetails,
    ParentConsent,
    end_agreements,
    end_engagement,
    engage,
    revise_engagement,
    sign_engagement,
)
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
    link_candidate,
    pause_contact,
    record_vetting,
    register_contact,
    set_lent_hours,
)
from tenants.contacts.stated import StatedHours, state_hours, stated_hours
from tenants.contacts.views import labels, slot_labels

__all__ = [
    "AGREEMENT_END_REASONS",
    "FIXED_TERM",
    "KINDS",
    "OF_AGE",
    "STATES",
    "AgreementDetails",
    "ContactCard",
    "ContactFacts",
    "EngagementCard",
    "ParentConsent",
    "StatedHours",
    "agreement_of",
    "contact_card",
    "contact_of_candidate",
    "end_agreements",
    "end_engagement",
    "engage",
    "engagement",
    "engagement_card",
    "engagements_of",
    "labels",
    "link_candidate",
    "own_contact",
    "pause_contact",
    "record_vetting",
    "register_contact",
    "revise_engagement",
    "set_lent_hours",
    "sign_engagement",
    "slot_labels",
    "state_hours",
    "stated_hours",
    "support_contact",
    "vetting",
]
