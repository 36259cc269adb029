"""Settings from the environment, typed. docs/runbooks/settings.md documents each; a test compares the two."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any


class Environment(StrEnum):
    """Where the program runs. Only `production` may hold real people; only `demo` and `test` may hold personas."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


HEX = re.compile(r"[0-9a-f]*")
DEMO_KEY = "demo-key-known-to-everyone-never-for-real-people"


class SettingsError(Exception):
    """A setting that is missing or cannot be used. The message names it."""


def _setting(name: str, default: Any, doc: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"env": name, "doc": doc, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program reads from its environment."""

    environment: Environment = _setting("SAMMEN_ENV", Environment.DEMO, "demo, test or production")  # noqa: RUF009 - it is dataclasses.field
    app_url: str = _setting(
        "SAMMEN_APP_URL", "", "database address of the app role, used by web and worker", secret=True
    )
    admin_url: str = _setting(
        "DATABASE_URL", "", "an administrator's database address, used by `sammen db upgrade`", secret=True
    )
    key: str = _setting("SAMMEN_KEY", DEMO_KEY, "master secret, at least 32 characters", secret=True)
    key_next: str = _setting(
        "SAMMEN_KEY_NEXT", "", "the secret that comes, accepted before it is used; see keys.md", secret=True
    )
    key_previous: str = _setting(
        "SAMMEN_KEY_PREVIOUS", "", "the secret that was, accepted until `sammen keys finish`", secret=True
    )
    key_marks: str = _setting(
        "SAMMEN_KEY_MARKS", "", "what links are found by, from `sammen keys marks`; set at the first change of secret",
        secret=True,
    )  # fmt: skip
    host: str = _setting("SAMMEN_HOST", "127.0.0.1", "address to listen on")
    port: int = _setting("SAMMEN_PORT", 8000, "port to listen on")
    public_url: str = _setting("SAMMEN_PUBLIC_URL", "", "address people use, with https in production")
    pool_size: int = _setting("SAMMEN_POOL_SIZE", 16, "database connections per process")
    pooler: str = _setting(
        "SAMMEN_POOLER",
        "",
        "`transaction` when PgBouncer, 1.21 or newer, stands before the database; empty: nothing does",
    )
    direct_url: str = _setting(
        "SAMMEN_DIRECT_URL",
        "",
        "the app role's address past the pooler: the worker listens there; empty: SAMMEN_APP_URL",
        secret=True,
    )
    drain_seconds: int = _setting(
        "SAMMEN_DRAIN", 0, "seconds that web goes on serving after SIGTERM, while `/klar` already says no"
    )
    rate_user: int = _setting(
        "SAMMEN_RATE_USER", 600, "requests a minute of one login, in each process, in production; 0: no limit"
    )
    rate_address: int = _setting(
        "SAMMEN_RATE_ADDRESS", 3000, "the same from one network address, which may be a whole town hall's"
    )
    rate_place: int = _setting(
        "SAMMEN_RATE_PLACE", 1200, "the same in one municipality or region, all who work there together"
    )
    metrics_port: int = _setting(
        "SAMMEN_METRICS_PORT", 0, "port for Prometheus on SAMMEN_HOST, never for the public; 0: none"
    )
    log_level: str = _setting("SAMMEN_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")
    debug: bool = _setting("SAMMEN_DEBUG", False, "tracebacks on the error page; refused in production")
    personas: bool = _setting(
        "SAMMEN_PERSONAS", False, "demo personas may log in without a password; refused in production"
    )
    data_dir: str = _setting("SAMMEN_DATA", ".data", "folder for the embedded database and finished files")
    smtp_url: str = _setting(
        "SAMMEN_SMTP_URL",
        "",
        "mail server, smtp[s]://user:password@host:port; empty: no notice leaves",
        secret=True,
    )
    mail_from: str = _setting("SAMMEN_MAIL_FROM", "", "address that notices come from")
    sms_gateway: str = _setting(
        "SAMMEN_SMS_GATEWAY",
        "",
        "domain of a gateway that sends mail to <number>@domain as SMS; empty: no SMS",
    )
    backup_dir: str = _setting(
        "SAMMEN_BACKUP_DIR", "", "folder of `sammen backup`, looked at by `sammen doctor`"
    )
    witness_url: str = _setting(
        "SAMMEN_WITNESS_URL", "", "https address that `sammen audit witness` sends signed roots to"
    )
    witness_path: str = _setting(
        "SAMMEN_WITNESS_PATH", "", "file that `sammen audit witness` adds signed roots to"
    )

    breached_file: str = _setting(
        "SAMMEN_BREACHED_FILE",
        "",
        "file of SHA-1 hashes of known passwords, sorted; empty: only the lists that come along",
    )

    @property
    def secure_cookies(self) -> bool:
        """The `__Host-` cookie needs https; only plain-http loopback outside production goes without."""
        return self.environment is Environment.PRODUCTION or self.public_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        return "__Host-sammen" if self.secure_cookies else "sammen"

    @property
    def address(self) -> str:
        """The house's own address, without a slash at its end, whatever a request called it."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def check(self) -> None:
        """Refuse to start on settings that would be unsafe. Raises SettingsError naming each."""
        faults = []
        if len(self.key) < 32:
            faults.append("SAMMEN_KEY må ha minst 32 tegn")
        faults += self._key_faults()
        if self.environment is Environment.PRODUCTION:
            if self.key == DEMO_KEY:
                faults.append("SAMMEN_KEY er demonøkkelen; lag en egen med `openssl rand -base64 48`")
            if self.personas:
                faults.append("SAMMEN_PERSONAS må være av i produksjon")
            if self.debug:
                faults.append("SAMMEN_DEBUG må være av i produksjon")
            if not self.app_url:
                faults.append("SAMMEN_APP_URL må være satt i produksjon")
            if not self.public_url.startswith("https://"):
                faults.append("SAMMEN_PUBLIC_URL må være en https-adresse i produksjon")
        faults += self._mail_faults()
        if self.pooler not in ("", "transaction"):
            faults.append("SAMMEN_POOLER må være transaction eller tom")
        elif self.pooler and not self.direct_url:
            faults.append(
                "SAMMEN_POOLER trenger SAMMEN_DIRECT_URL: worker lytter på en egen forbindelse til databasen"
            )
        if faults:
            raise SettingsError("; ".join(faults))

    def _key_faults(self) -> list[str]:
        faults = []
        for name, key in (("SAMMEN_KEY_NEXT", self.key_next), ("SAMMEN_KEY_PREVIOUS", self.key_previous)):
            if key and len(key) < 32:
                faults.append(f"{name} må ha minst 32 tegn")
            if key and key == self.key:
                faults.append(f"{name} er den samme som SAMMEN_KEY")
        if self.key_marks and (len(self.key_marks) != 64 or not HEX.fullmatch(self.key_marks)):
            faults.append("SAMMEN_KEY_MARKS er 64 tegn fra `sammen keys marks`")
        if self.key_previous and not self.key_marks:
            faults.append(
                "SAMMEN_KEY_MARKS må være satt når SAMMEN_KEY er byttet; `sammen keys marks` skriver den"
            )
        return faults

    def _mail_faults(self) -> list[str]:
        if not self.smtp_url:
            return ["SAMMEN_SMS_GATEWAY trenger SAMMEN_SMTP_URL"] if self.sms_gateway else []
        faults = []
        scheme, _, rest = self.smtp_url.partition("://")
        if scheme not in ("smtp", "smtps", "smtp+plain") or not rest:
            faults.append("SAMMEN_SMTP_URL må begynne med smtp:// eller smtps:// og navngi en tjener")
        if scheme == "smtp+plain" and self.environment is Environment.PRODUCTION:
            faults.append("SAMMEN_SMTP_URL må være kryptert i produksjon; bruk smtp:// eller smtps://")
        if "@" not in self.mail_from:
            faults.append("SAMMEN_MAIL_FROM må være en e-postadresse når SAMMEN_SMTP_URL er satt")
        return faults


def _convert(kind: Any, name: str, text: str) -> Any:
    try:
        if kind in (bool, "bool"):
            if text.lower() not in {"0", "1", "true", "false", "yes", "no", ""}:
                raise ValueError
            return text.lower() in {"1", "true", "yes"}
        if kind in (int, "int"):
            return int(text)
        if kind in (Environment, "Environment"):
            return Environment(text.lower())
    except ValueError:
        raise SettingsError(f"{name} kan ikke være {text!r}") from None
    return text


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError for a value of the wrong kind; call `check()` before serving.

    A secret may lie in a file: `SAMMEN_KEY_FILE=/run/secrets/key` is read where `SAMMEN_KEY` would have been.
    """
    source = os.environ if environ is None else environ
    values = {}
    for item in fields(Settings):
        name = item.metadata["env"]
        text = source.get(name) or ""
        if item.metadata["secret"] and (path := source.get(f"{name}_FILE")):
            if text:
                raise SettingsError(f"{name} og {name}_FILE er satt begge to; behold den ene")
            text = _from_file(f"{name}_FILE", path)
        if text:
            values[item.name] = _convert(item.type, name, text)
    return Settings(**values)


def _from_file(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: kan ikke lese {path} ({type(error).__name__})") from None
    if not text:
        raise SettingsError(f"{name}: {path} er tom")
    return text
