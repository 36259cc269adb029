"""What other slices may use of contacts: functions, cards, and the tables they may join."""

from __future__ import annotations

from tenants.contacts.arriving import SourceCount, arrive, counts_by_source
from tenants.contacts.competences import (
    COMPETENCES,
    add_competence,
    competence_list,
    competences_of,
    remove_competence,
)
from tenants.contacts.competences import competence as contact_competence
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
from tenants.contacts.hooks import (
    before_known,
    before_leaving,
    on_changed,
    on_left,
    on_lifted,
    on_moved,
    on_suspended,
)
from tenants.contacts.leaving import decline, leave
from tenants.contacts.measures import (
    CONTACT_AGE,
    MEASURES,
    SpellRow,
    contact_age,
    spell_rows,
    stock,
)
from tenants.contacts.models import ContactStep, PoliceRequest
from tenants.contacts.moving import held_contact
from tenants.contacts.queries import (
    STATES,
    ContactCard,
    contact_card,
    contact_of_candidate,
    is_oneself,
    own_card,
    own_contact,
    support_contact,
    vetting,
)
from tenants.contacts.rules import OWN_CHOICE, lacking
from tenants.contacts.rules import REASON_NAMES as LEAVING_REASONS
from tenants.contacts.service import (
    ContactFacts,
    WishFacts,
    coordinators,
    link_candidate,
    note_lent,
    note_wishes,
    pause_contact,
    register_contact,
    set_lent_hours,
)
from tenants.contacts.stated import StatedHours, state_hours, stated_hours
from tenants.contacts.suspending import lift_suspension, suspend_contact
from tenants.contacts.vetting import record_vetting
from tenants.contacts.views import labels, slot_labels
from tenants.contacts.words import Word, note_word, say_oneself, stays, words_of

__all__ = [
    "AGREEMENT_END_REASONS",
    "COMPETENCES",
    "CONTACT_AGE",
    "FIXED_TERM",
    "KINDS",
    "LEAVING_REASONS",
    "MEASURES",
    "OF_AGE",
    "OWN_CHOICE",
    "STATES",
    "AgreementDetails",
    "ContactCard",
    "ContactFacts",
    "ContactStep",
    "EngagementCard",
    "ParentConsent",
    "PoliceRequest",
    "SourceCount",
    "SpellRow",
    "StatedHours",
    "WishFacts",
    "Word",
    "add_competence",
    "agreement_of",
    "arrive",
    "before_known",
    "before_leaving",
    "competence_list",
    "competences_of",
    "contact_age",
    "contact_card",
    "contact_competence",
    "contact_of_candidate",
    "coordinators",
    "counts_by_source",
    "decline",
    "end_agreements",
    "end_engagement",
    "engage",
    "engagement",
    "engagement_card",
    "engagements_of",
    "held_contact",
    "is_oneself",
    "labels",
    "lacking",
    "leave",
    "lift_suspension",
    "link_candidate",
    "note_lent",
    "note_wishes",
    "note_word",
    "on_changed",
    "on_left",
    "on_lifted",
    "on_moved",
    "on_suspended",
    "own_card",
    "own_contact",
    "pause_contact",
    "record_vetting",
    "register_contact",
    "remove_competence",
    "revise_engagement",
    "say_oneself",
    "set_lent_hours",
    "sign_engagement",
    "slot_labels",
    "spell_rows",
    "state_hours",
    "stated_hours",
    "stays",
    "stock",
    "support_contact",
    "suspend_contact",
    "vetting",
    "words_of",
]
