"""What other slices may use of groups' meetings: tables, cards, changes, hooks, guests, and copies of others' meetings."""

from __future__ import annotations

import tenants.sessions.telling  # noqa: F401 - whoever changes a meeting through this door has people told
from tenants.sessions.copies import (
    PresenceCopy,
    SessionCopy,
    mirror_guest_told,
    mirror_presence,
    mirror_session,
)
from tenants.sessions.hooks import Guest, on_guest_presence, on_session_changed, on_told, register_guests
from tenants.sessions.models import GroupSession, SessionLeader, SessionPresence
from tenants.sessions.own import leads_session, own_places
from tenants.sessions.presence import attending, emergency_of, everybody_attending, guest_states, month_of
from tenants.sessions.queries import SessionCard, session_card, sessions_led_by, sessions_of_group
from tenants.sessions.series import plan_series
from tenants.sessions.service import SessionFacts, add_session, cancel_session, change_session, set_activity

group_session = GroupSession.__table__
session_leader = SessionLeader.__table__
session_presence = SessionPresence.__table__

__all__ = [
    "GroupSession",
    "Guest",
    "PresenceCopy",
    "SessionCard",
    "SessionCopy",
    "SessionFacts",
    "add_session",
    "attending",
    "cancel_session",
    "change_session",
    "emergency_of",
    "everybody_attending",
    "group_session",
    "guest_states",
    "leads_session",
    "mirror_guest_told",
    "mirror_presence",
    "mirror_session",
    "month_of",
    "on_guest_presence",
    "on_session_changed",
    "on_told",
    "own_places",
    "plan_series",
    "register_guests",
    "session_card",
    "session_leader",
    "session_presence",
    "sessions_led_by",
    "sessions_of_group",
    "set_activity",
]
