"""What the floors above may use of the outbox."""

from __future__ import annotations

from sammen.outbox.house import configure_outbox, login_address, register_sender, sender_of
from sammen.outbox.queue import LastNotice, OutboxCount, last_notice, outbox_counts, put
from sammen.outbox.senders import Notice, Sender, TryLater, Undeliverable
from sammen.outbox.texts import is_text, register_text

__all__ = [
    "LastNotice",
    "Notice",
    "OutboxCount",
    "Sender",
    "TryLater",
    "Undeliverable",
    "configure_outbox",
    "is_text",
    "last_notice",
    "login_address",
    "outbox_counts",
    "put",
    "register_sender",
    "register_text",
    "sender_of",
]
