"""What other slices may use of groups' meetings: tables, cards, hooks, guests, and copies of others' meetings."""

from __future__ import annotations

from tenants.sessions.copies import (
    PresenceCopy,
    SessionCopy,
    mirror_guest_told,
    mirror_presence,
    mirror_session,
)
from tenants.sessions.hooks import Guest, on_guest_presence, on_session_changed, on_told, register_guests
from tenants.sessions.models import GroupSession, SessionLeader, SessionPresence

group_session = GroupSession.__table__
session_leader = SessionLeader.__table__
session_presence = SessionPresence.__table__

__all__ = [
    "GroupSession",
    "Guest",
    "PresenceCopy",
    "SessionCopy",
    "group_session",
    "mirror_guest_told",
    "mirror_presence",
    "mirror_session",
    "on_guest_presence",
    "on_session_changed",
    "on_told",
    "register_guests",
    "session_leader",
    "session_presence",
]
