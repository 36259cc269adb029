"""The outbox against a real SMTP server: it leaves with its change, once, and what goes wrong is told apart."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import tenants.messages.api  # noqa: F401 - registers the words of the notices
from deploy.worker import import_jobs
from sammen.i18n_mark import N_
from sammen.jobs.order import read
from sammen.jobs.registry import JOBS
from sammen.jobs.run import run_order
from sammen.outbox.api import TryLater, Undeliverable, put, register_text
from sammen.outbox.house import configure_outbox, register_sender, sender_of
from sammen.outbox.jobs import PAUSES
from sammen.outbox.senders import Account, GatewaySender, Notice, SmtpSender, mail, phone_number
from sammen.outbox.texts import say
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings, SettingsError
from tests.database import KEYS
from tests.message_samples import Carrier, carried, run_waiting
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
FROM = "varsel@sammen.example.no"


@pytest.fixture(autouse=True)
def _jobs() -> None:
    import_jobs()


# A server of one's own -----------------------------------------------------------------------------------------
@dataclass
class Inbox:
    """What a server took, and what it answers to a recipient and to a mail."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    mails: list[Message] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.encrypted.append(session.ssl is not None)
        return self.data


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext, ssl.SSLContext]:
    """(certificate, the server's context, a client's that trusts it) for `localhost`, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    crt, pem = folder / "tls.crt", folder / "tls.key"
    crt.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(crt, pem)
    return crt, server, ssl.create_default_context(cafile=str(crt))


@asynccontextmanager
async def smtp_server(inbox: Inbox, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A real SMTP server while the block lasts, with STARTTLS demanded when it has a certificate. Its port."""
    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), tls_context=tls, require_starttls=tls is not None
    )
    await asyncio.to_thread(controller.start)
    try:
        yield controller.port
    finally:
        await asyncio.to_thread(controller.stop)


def plain(port: int) -> SmtpSender:
    return SmtpSender(Account.parse(f"smtp+plain://127.0.0.1:{port}"), FROM)


async def put_one(
    world: World, *, once: str = "one", address: str = "amund@example.no", channel: str = "email"
) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await put(uow, channel=channel, address=address, code="message", once=once)


async def rows(world: World) -> list[Any]:
    return await world.sql("SELECT * FROM outgoing ORDER BY queued_at, id")


async def make_due(world: World) -> None:
    await world.sql("UPDATE outgoing SET next_try_at = now() - interval '3 minutes'")


# Sent ----------------------------------------------------------------------------------------------------------
async def test_a_notice_arrives_by_smtp_and_says_no_more_than_that_something_waits(world: World) -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        with carried() as nobody:
            register_sender("email", plain(port))
            await put_one(world)
            assert await run_waiting(world) == 1
    assert nobody.notices == []
    [taken] = inbox.mails
    assert (taken["To"], taken["From"], taken["Subject"]) == (
        "amund@example.no", FROM, "Du har en melding i Sammen",
    )  # fmt: skip
    body = taken.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == (
        "Du har en melding i Sammen. Logg inn for å lese den: https://sammen.example.no"
    )
    assert "Horten" not in taken.as_string()
    [row] = await rows(world)
    assert (row["state"], row["attempts"], row["last_error"]) == ("sent", 1, "")
    assert row["sent_at"] is not None


async def test_the_same_mark_gives_one_notice_in_each_municipality(world: World) -> None:
    with carried() as carrier:
        for _ in range(3):
            await put_one(world, once="hours_due:2026-11")
        async with world.at("re", COORDINATOR) as uow:
            await put(uow, channel="email", address="a@example.no", code="message", once="hours_due:2026-11")
        await run_waiting(world)
    assert len(carrier.notices) == 2


async def test_many_who_put_the_same_at_once_put_one(world: World) -> None:
    await asyncio.gather(*(put_one(world) for _ in range(8)))
    assert len(await rows(world)) == 1


async def test_starttls_is_used_and_the_certificate_is_checked(
    certificate: tuple[Path, ssl.SSLContext, ssl.SSLContext],
) -> None:
    _, server, trusting = certificate
    inbox, notice = Inbox(), Notice(uuid4(), "a@example.no", "Emne", "Tekst")
    async with smtp_server(inbox, server) as port:
        account = Account.parse(f"smtp://localhost:{port}")
        with pytest.raises(TryLater):
            await SmtpSender(account, FROM).send(notice)
        assert inbox.mails == []
        await SmtpSender(account, FROM, trusting).send(notice)
    assert inbox.encrypted == [True]


async def test_a_server_without_encryption_gets_nothing() -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        with pytest.raises(TryLater):
            await SmtpSender(Account.parse(f"smtp://127.0.0.1:{port}"), FROM).send(
                Notice(uuid4(), "a@example.no", "Emne", "Tekst")
            )
    assert inbox.mails == []


# What goes wrong -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answers", "state", "said"),
    [
        ({"rcpt": "550 no such user amund@example.no"}, "failed", "550"),
        ({"data": "554 looks like spam"}, "failed", "554"),
        ({"rcpt": "450 try later"}, "queued", "450"),
        ({"data": "451 disk full"}, "queued", "451"),
    ],
)
async def test_a_refusal_is_for_good_and_a_delay_is_not(
    world: World, answers: dict[str, str], state: str, said: str
) -> None:
    async with smtp_server(
        Inbox(rcpt=answers.get("rcpt", "250 OK"), data=answers.get("data", "250 OK"))
    ) as port:
        with carried():
            register_sender("email", plain(port))
            await put_one(world)
            await run_waiting(world)
    [row] = await rows(world)
    assert (row["state"], row["last_error"], row["attempts"]) == (state, said, 1)
    assert "example" not in row["last_error"]


async def test_a_server_that_is_down_is_tried_again_until_it_is_up(world: World) -> None:
    port = free_port()
    with carried():
        register_sender("email", plain(port))
        await put_one(world)
        await run_waiting(world)
        [row] = await rows(world)
        assert (row["state"], row["attempts"]) == ("queued", 1)
        assert row["next_try_at"] > datetime.now(UTC) + PAUSES[0] / 2
        # The retry waits in the queue; should it come too early, nothing happens.
        assert await run_waiting(world) == 1
        assert (await rows(world))[0]["attempts"] == 1
        inbox = Inbox()
        await make_due(world)
        async with smtp_server(inbox) as now_up:
            register_sender("email", plain(now_up))
            async with world.job(world.horten) as uow:
                await JOBS["outbox.pump"].work(uow, {})
            await run_waiting(world)
    assert len(inbox.mails) == 1
    assert (await rows(world))[0]["state"] == "sent"


async def test_after_every_pause_it_is_given_up(world: World) -> None:
    with carried(carrier=Carrier([TryLater("away") for _ in range(20)])) as carrier:
        await put_one(world)
        for _ in range(len(PAUSES) + 3):
            await run_waiting(world)
            await make_due(world)
    [row] = await rows(world)
    assert (row["state"], row["attempts"]) == ("given_up", len(PAUSES) + 1)
    assert len(carrier.notices) == len(PAUSES) + 1


async def test_a_sender_that_breaks_loses_nothing_and_tells_nothing(world: World) -> None:
    with carried(carrier=Carrier([RuntimeError("amund@example.no is odd")])):
        await put_one(world)
        await run_waiting(world)
    [row] = await rows(world)
    assert (row["state"], row["last_error"]) == ("queued", "RuntimeError")


class Killed(BaseException):
    """What a killed worker looks like from inside: nothing after it happens."""


async def test_a_worker_killed_after_handing_over_sends_one_copy_more_with_the_same_id(world: World) -> None:
    with carried(carrier=Carrier([Killed()])) as carrier:
        await put_one(world)
        [queued] = await world.sql("SELECT payload FROM job_queue WHERE headers ->> 'name' = 'outbox.send'")
        order = read(queued["payload"], KEYS)
        with pytest.raises(Killed):
            await run_order(world.engine, KEYS, order, JOBS[order.name])
        assert (await rows(world))[0]["state"] == "queued"
        await run_order(world.engine, KEYS, order, JOBS[order.name])
        await run_order(world.engine, KEYS, order, JOBS[order.name])
    assert len(carrier.notices) == 2
    first, second = (mail(notice, FROM) for notice in carrier.notices)
    assert first["Message-ID"] == second["Message-ID"]


async def test_two_workers_with_the_same_notice_send_one(world: World) -> None:
    with carried() as carrier:
        await put_one(world)
        [row] = await rows(world)

        async def one() -> None:
            async with world.job(world.horten) as uow:
                await JOBS["outbox.send"].work(uow, {"id": str(row["id"])})

        await asyncio.gather(*(one() for _ in range(5)))
    assert len(carrier.notices) == 1


async def test_without_a_sender_it_waits_and_leaves_when_there_is_one(world: World) -> None:
    await put_one(world)
    await run_waiting(world)
    [row] = await rows(world)
    assert (row["state"], row["attempts"]) == ("queued", 0)
    await make_due(world)
    assert [r["scope_id"] for r in await world.sql("SELECT * FROM places_to_send()")] == [world.horten]
    with carried() as carrier:
        async with world.job(world.horten) as uow:
            await JOBS["outbox.pump"].work(uow, {})
        await run_waiting(world)
    assert len(carrier.notices) == 1


async def test_a_notice_that_lay_a_week_is_no_news_and_is_given_up(world: World) -> None:
    await put_one(world)
    await world.sql("UPDATE outgoing SET queued_at = now() - interval '8 days'")
    with carried() as carrier:
        await run_waiting(world)
    [row] = await rows(world)
    assert (row["state"], row["last_error"], carrier.notices) == ("given_up", "too_old", [])


# Words, addresses, settings -----------------------------------------------------------------------------------
async def test_only_registered_words_leave_the_house(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(ValueError, match="no such notice"):
            await put(uow, channel="email", address="a@example.no", code="Jonas har time", once="x")
        with pytest.raises(ValueError, match="no such notice"):
            await put(uow, channel="fax", address="a@example.no", code="message", once="x")
        with pytest.raises(ValueError, match="mark"):
            await put(uow, channel="email", address="a@example.no", code="message", once="")
    for subject, body in (
        (N_("Hei"), "uten adresse"),
        ("Hei %(name)s", "%(address)s"),
        ("Hei", "%(address)s %(name)s"),
    ):
        with pytest.raises(ValueError, match="parameter"):
            register_text("test", subject, body)


def test_a_notice_in_a_language_that_is_not_ours_is_said_in_bokmal() -> None:
    assert say("message", "xx", "https://a")[0] == "Du har en melding i Sammen"


@pytest.mark.parametrize(
    "address",
    ["", "amund", "a@b\r\nBcc: x@example.no", "a@example.no, b@example.no", "<a@example.no>", "a b@c.no"],
)
def test_an_address_that_is_none_or_more_than_one_never_becomes_a_header(address: str) -> None:
    with pytest.raises(Undeliverable):
        mail(Notice(uuid4(), address, "Emne", "Tekst"), FROM)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("900 00 001", "4790000001"), ("+47 90000001", "4790000001"), ("0047 900 00 001", "4790000001"),
     ("+46 70 123 45 67", "46701234567"), ("12345", None), ("ring mor", None), ("", None)],
)  # fmt: skip
async def test_sms_goes_as_mail_to_the_gateways_number(typed: str, number: str | None) -> None:
    assert phone_number(typed) == number
    carrier = Carrier()
    notice = Notice(uuid4(), typed, "Emne", "Tekst")
    if number is None:
        with pytest.raises(Undeliverable):
            await GatewaySender(carrier, "sms.example.no").send(notice)
    else:
        await GatewaySender(carrier, "sms.example.no").send(notice)
        assert carrier.notices[0].address == f"{number}@sms.example.no"


def test_an_account_is_read_whole_and_never_shows_its_password() -> None:
    account = Account.parse("smtps://varsel%40x:p%3Ass@mail.example.no")
    assert (account.user, account.password, account.port) == ("varsel@x", "p:ss", 465)
    assert "ss" not in repr(account).replace("smtps", "")
    for wrong in ("http://a", "smtp://", "mail.example.no"):
        with pytest.raises(ValueError, match="address"):
            Account.parse(wrong)


def test_settings_give_the_senders_and_refuse_what_is_not_safe() -> None:
    with carried():
        configure_outbox(
            Settings(smtp_url="smtp://mail.example.no", mail_from=FROM, sms_gateway="sms.example.no")
        )
        assert isinstance(sender_of("email"), SmtpSender)
        assert isinstance(sender_of("sms"), GatewaySender)
        configure_outbox(Settings())
        assert sender_of("email") is None
    for given in (
        {"smtp_url": "mail.example.no", "mail_from": FROM},
        {"smtp_url": "smtp://mail.example.no"},
        {"sms_gateway": "sms.example.no"},
        {
            "smtp_url": "smtp+plain://mail.example.no",
            "mail_from": FROM,
            "environment": Environment.PRODUCTION,
        },
    ):
        with pytest.raises(SettingsError, match="SAMMEN_"):
            Settings(**given).check()  # type: ignore[arg-type]  # a mixture of settings


async def test_an_address_is_forgotten_and_the_row_follows(world: World) -> None:
    with carried():
        await put_one(world)
        await run_waiting(world)
    await world.sql("UPDATE outgoing SET sent_at = now() - interval '31 days'")
    await world.sql("SELECT sweep()")
    assert (await rows(world))[0]["address"] == ""
    await world.sql("UPDATE outgoing SET queued_at = now() - interval '401 days'")
    await world.sql("SELECT sweep()")
    assert await rows(world) == []


async def test_a_notice_that_still_waits_keeps_its_address(world: World) -> None:
    await put_one(world)
    await world.sql(
        "UPDATE outgoing SET next_try_at = now() - interval '60 days', queued_at = now() - interval '60 days'"
    )
    await world.sql("SELECT sweep()")
    assert (await rows(world))[0]["address"] == "amund@example.no"


async def test_the_operator_sees_how_many_and_nobody_else_does(world: World) -> None:
    await put_one(world)
    operator = await world.browser("drift", Role.OPERATOR)
    text = (await operator.get("/drift")).text
    assert "Varsler som ikke er sendt" in text
    assert "amund@example.no" not in text
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await uow.call("SELECT * FROM sammen.operations_outbox()")
