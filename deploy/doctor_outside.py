"""What an examination sees beside the database: mail, certificate, disk and copies. Nothing here is async."""

from __future__ import annotations

import shutil
import smtplib
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.backup import finished
from deploy.doctor_findings import FAULT, OK, WARNING, Finding, graded
from sammen.settings import Settings

CERTIFICATE_DAYS = (21, 7)
"""Days before a certificate ends when to warn, and when it is a fault."""
BACKUP_HOURS = (26, 50)
DISK_LEFT = (0.15, 0.05)


def _mail(settings: Settings) -> Finding | None:
    what = "E-post"
    if not settings.smtp_url:
        return Finding(
            WARNING,
            what,
            "SAMMEN_SMTP_URL er ikke satt: ingen varsler går ut",
            "Sett den, og SAMMEN_MAIL_FROM.",
        )
    address = urlsplit(settings.smtp_url)
    host, close = address.hostname or "", address.scheme == "smtps"
    try:
        context = ssl.create_default_context()
        if close:
            with smtplib.SMTP_SSL(host, address.port or 465, timeout=5, context=context) as server:
                server.noop()
        else:
            with smtplib.SMTP(host, address.port or 587, timeout=5) as server:
                if address.scheme == "smtp":
                    server.starttls(context=context)
                server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            FAULT,
            what,
            f"tjeneren svarer ikke som den skal ({type(error).__name__})",
            "Sjekk adresse, port, brannmur og sertifikat. Varslene venter imens.",
        )
    return Finding(OK, what, "tjeneren svarer")


def _certificate(settings: Settings) -> Finding | None:
    what = "Sertifikat"
    address = urlsplit(settings.public_url)
    if address.scheme != "https" or not address.hostname:
        return None
    try:
        raw = socket.create_connection((address.hostname, address.port or 443), timeout=5)
        with ssl.create_default_context().wrap_socket(raw, server_hostname=address.hostname) as tls:
            found: Any = tls.getpeercert()
    except ssl.SSLCertVerificationError:
        return Finding(
            FAULT,
            what,
            "nettlesere vil ikke godta det",
            "Forny sertifikatet, eller rett navnet eller kjeden.",
        )
    except OSError as error:
        return Finding(
            WARNING,
            what,
            f"får ikke sett det herfra ({type(error).__name__})",
            "Går proxyen? Slipper brannmuren oss til SAMMEN_PUBLIC_URL?",
        )
    days = (ssl.cert_time_to_seconds(found["notAfter"]) - time.time()) / 86_400
    state = FAULT if days < CERTIFICATE_DAYS[1] else WARNING if days < CERTIFICATE_DAYS[0] else OK
    return Finding(
        state, what, f"går ut om {days:.0f} dager", "Forny det, og se til at fornyelsen går av seg selv."
    )


def _disk(settings: Settings) -> Finding:
    folders = [Path(one) for one in (settings.backup_dir, settings.data_dir) if one and Path(one).is_dir()]
    left = min(
        (shutil.disk_usage(one).free / shutil.disk_usage(one).total for one in folders or [Path("/")]),
        default=1.0,
    )
    state = FAULT if left < DISK_LEFT[1] else WARNING if left < DISK_LEFT[0] else OK
    return Finding(
        state,
        "Disk",
        f"{left:.0%} ledig her",
        "Rydd, eller gi mer plass. Databasens egen disk må følges der den står.",
    )


def _backups(settings: Settings) -> Finding:
    what = "Sikkerhetskopi"
    if not settings.backup_dir:
        return Finding(
            WARNING,
            what,
            "SAMMEN_BACKUP_DIR er ikke satt: ingen ser etter kopiene",
            "Sett den til mappa `sammen backup` skriver i.",
        )
    copies = finished(Path(settings.backup_dir))
    if not copies:
        return Finding(
            FAULT, what, "ingen ferdige kopier", "Kjør `sammen backup`, og sett opp sammen-backup.timer."
        )
    try:
        taken = datetime.strptime(copies[0].name, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)
    except ValueError:
        return Finding(
            WARNING,
            what,
            f"{copies[0].name} har ikke navnet sitt fra `sammen backup`",
            "Se hvem som har endret mappa.",
        )
    hours = (datetime.now(UTC) - taken) / timedelta(hours=1)
    return Finding(
        graded(hours, BACKUP_HOURS),
        what,
        f"den nyeste er {hours:.0f} timer gammel",
        "Se hvorfor sammen-backup.timer ikke har gått.",
    )


CHECKS = (_mail, _certificate, _disk, _backups)
