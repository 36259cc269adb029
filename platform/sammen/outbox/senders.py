"""Who carries a notice out of the house. Pluggable by channel; built in are SMTP, and SMS through a mail gateway."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from sammen.clock import now

LONGEST_SECONDS = 20
"""A server that answers slower than this is tried again later: the row is locked meanwhile."""
SCHEMES = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""`smtp` insists on STARTTLS, `smtps` is encrypted from the first byte, `smtp+plain` is for a test server only."""
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+")
LEAVE = "List-Unsubscribe"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sender is given: the notice's id, where to, and finished words.

    `html` is the same words for those who read mail so, and `leave` the address that takes one off the list it was sent to
    (RFC 8058). Both are for newsletters: a notice has neither.
    """

    id: UUID
    address: str
    subject: str
    body: str
    html: str = ""
    leave: str = ""


class WholeAddresses(EmailPolicy):
    """The usual policy, but the address that takes one off a list stands on one line, as it is: folded or encoded as a word,
    no mailbox finds its button. SMTP takes lines of 998.
    """

    def fold(self, name: str, value: Any) -> str:
        """As mail is written as text."""
        return f"{name}: {value}{self.linesep}" if name == LEAVE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """As mail is handed over."""
        return self.fold(name, value).encode("ascii") if name == LEAVE else super().fold_binary(name, value)


class Undeliverable(Exception):
    """The address will never take it. `kind` is a reply code or a word of ours, never the server's text."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class TryLater(Exception):
    """Not now: the server is away, busy, or will not have us. `kind` as for Undeliverable."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Sender(Protocol):
    """Carries one notice out. Returns when it is handed over; raises Undeliverable or TryLater, and nothing else."""

    async def send(self, notice: Notice) -> None:
        """Hand the notice over."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail is handed over, from a setting `smtp[s]://user:password@host:port`."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> Account:
        """From the setting's text, percent-encoded where need be. ValueError says what cannot be used, never the text."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ValueError("the address must begin with smtp:// or smtps://")
        if not parts.hostname:
            raise ValueError("the address names no server")
        return cls(
            parts.scheme, parts.hostname, parts.port or SCHEMES[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"Account({self.scheme}://{self.host}:{self.port})"


WHOLE_ADDRESSES = WholeAddresses(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """E-mail by SMTP. Certificates are checked against the machine's own authorities unless `trust` says otherwise."""

    account: Account
    mail_from: str
    trust: ssl.SSLContext | None = None

    async def send(self, notice: Notice) -> None:
        """Hand the notice to the server, encrypted. A reply of the 500s about the address or the mail is for good."""
        message = mail(notice, self.mail_from)
        account = self.account
        try:
            # As bytes: handed the message itself, the library would write the headers anew by a policy of its own.
            await aiosmtplib.send(
                message.as_bytes(), sender=parseaddr(self.mail_from)[1], recipients=[notice.address],
                hostname=account.host, port=account.port, username=account.user, password=account.password,
                use_tls=account.scheme == "smtps", start_tls=account.scheme == "smtp",
                tls_context=None if account.scheme == "smtp+plain" else self.trust or ssl.create_default_context(),
                timeout=LONGEST_SECONDS,
            )  # fmt: skip
        except aiosmtplib.SMTPException as error:
            raise _judged(error) from None
        except (OSError, TimeoutError) as error:
            raise TryLater(type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class GatewaySender:
    """SMS by a mail gateway: a mail to `<number>@domain`, by any sender of mail."""

    mail: Sender
    domain: str

    async def send(self, notice: Notice) -> None:
        """Hand the body over for the number. Undeliverable when the address is no telephone number."""
        number = phone_number(notice.address)
        if number is None:
            raise Undeliverable("address")
        await self.mail.send(Notice(notice.id, f"{number}@{self.domain}", notice.subject, notice.body))


def phone_number(text: str) -> str | None:
    """Digits with the country's code, as gateways want them: eight digits are Norwegian (47). None for what is none."""
    digits = re.sub(r"[\s().-]", "", text)
    if digits.startswith(("+", "00")):
        digits = digits.removeprefix("+").removeprefix("00")
    elif len(digits) == 8:
        digits = f"47{digits}"
    return digits if digits.isascii() and digits.isdigit() and 9 <= len(digits) <= 15 else None


def mail(notice: Notice, mail_from: str) -> EmailMessage:
    """The notice as mail. The same notice always has the same Message-ID, so that a mailbox can tell a second copy.

    Raises Undeliverable for an address that is none, or that would write headers of its own.
    """
    if _CONTROL.search(notice.address) or not _EMAIL.fullmatch(notice.address):
        raise Undeliverable("address")
    message = EmailMessage(policy=WHOLE_ADDRESSES)
    message["From"] = mail_from
    message["To"] = notice.address
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{notice.id}@{mail_from.rpartition('@')[2].strip('<> ') or 'sammen'}>"
    message["Auto-Submitted"] = "auto-generated"
    if notice.leave:
        message[LEAVE] = f"<{notice.leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Precedence"] = "bulk"
    message.set_content(notice.body)
    if notice.html:
        message.add_alternative(notice.html, subtype="html")
    return message


def _judged(error: aiosmtplib.SMTPException) -> Undeliverable | TryLater:
    """What the server's answer means. What is wrong with us (login, sender, encryption) is for the operator to mend."""
    about_us = aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPSenderRefused
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [refused.code for refused in error.recipients]
        code = codes[0] if codes else 0
    elif isinstance(error, aiosmtplib.SMTPResponseException) and not isinstance(error, about_us):
        code = error.code
    else:
        return TryLater(type(error).__name__)
    about_mail = isinstance(
        error, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError
    )
    return Undeliverable(str(code)) if about_mail and 500 <= code < 600 else TryLater(str(code))
