"""How letters leave: the print queue is built in; digital post is one more channel in the same registry."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from tenants.people.api import Recipient


class Channel(Protocol):
    """A way out. `code` is kept on the letter, `name` is what people see."""

    code: str
    name: str

    def takes(self, recipient: Recipient, *, guarded: bool) -> bool:
        """Whether a letter to this recipient can go this way. `guarded`: an address in the case is protected."""
        ...

    async def hand_over(self, uow: UnitOfWork, letter_id: UUID) -> None:
        """In the letter's own transaction: queue what delivers it, which then calls `mark_sent`. Paper needs nothing."""
        ...


class PrintQueue:
    """Paper: the letter waits on the page «Brev» until somebody has printed it and says so."""

    code = "print"
    name = N_("Utskrift")

    def takes(self, recipient: Recipient, *, guarded: bool) -> bool:
        del recipient, guarded
        return True

    async def hand_over(self, uow: UnitOfWork, letter_id: UUID) -> None:
        del uow, letter_id


_CHANNELS: list[Channel] = [PrintQueue()]


def register_channel(channel: Channel) -> None:
    """Put a channel before those already there: the first that takes a letter gets it."""
    if all(known.code != channel.code for known in _CHANNELS):
        _CHANNELS.insert(0, channel)


def channel_for(recipient: Recipient, *, guarded: bool) -> Channel:
    """The channel a new letter goes by."""
    return next(channel for channel in _CHANNELS if channel.takes(recipient, guarded=guarded))


def channel_name(code: str) -> str:
    """A channel's name as a msgid; of one that is no longer there, its code."""
    return next((channel.name for channel in _CHANNELS if channel.code == code), code)
