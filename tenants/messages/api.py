"""What other slices may use of messages: telling a person that something waits, and writing to a contact."""

from __future__ import annotations

from tenants.messages.codes import CODES
from tenants.messages.notices import CHANNELS, notify_person, notifying, send_code
from tenants.messages.queries import message
from tenants.messages.queries import thread as message_thread
from tenants.messages.service import write_to_contact

__all__ = [
    "CHANNELS",
    "CODES",
    "message",
    "message_thread",
    "notify_person",
    "notifying",
    "send_code",
    "write_to_contact",
]
