"""The process's senders and its public address: set once at the worker's start, from the settings."""

from __future__ import annotations

from sammen.outbox.senders import Account, GatewaySender, Sender, SmtpSender
from sammen.settings import Settings

CHANNELS = ("email", "sms")
_senders: dict[str, Sender] = {}
_address: list[str] = [""]


def register_sender(channel: str, sender: Sender) -> None:
    """Let `sender` carry a channel's notices, instead of whoever did. ValueError for a channel there is not."""
    if channel not in CHANNELS:
        raise ValueError(f"no such channel: {channel}")
    _senders[channel] = sender


def sender_of(channel: str) -> Sender | None:
    """Who carries the channel's notices; None when nobody does, and they wait."""
    return _senders.get(channel)


def any_sender() -> bool:
    """Whether anything can leave the house."""
    return bool(_senders)


def login_address() -> str:
    """Where people log in, as notices say it."""
    return _address[0]


def configure_outbox(settings: Settings) -> None:
    """Take the built-in senders and the public address from the settings; senders without settings are taken away.

    Raises ValueError for an address of a mail server that cannot be used (`Settings.check` has said so before).
    """
    _address[0] = settings.address
    _senders.clear()
    if settings.smtp_url:
        mail = SmtpSender(Account.parse(settings.smtp_url), settings.mail_from)
        register_sender("email", mail)
        if settings.sms_gateway:
            register_sender("sms", GatewaySender(mail, settings.sms_gateway))
