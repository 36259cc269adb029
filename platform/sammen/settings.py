"""Settings from the environment, typed. docs/runbooks/settings.md documents each; a test compares the two."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Environment(StrEnum):
    """Where the program runs. Only `production` may hold real people; only `demo` and `test` may hold personas."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


DEMO_KEY = "demo-key-known-to-everyone-never-for-real-people"


class SettingsError(Exception):
    """A setting that is missing or cannot be used. The message names it."""


def _setting(name: str, default: Any, doc: str) -> Any:
    return field(default=default, metadata={"env": name, "doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program reads from its environment."""

    environment: Environment = _setting("SAMMEN_ENV", Environment.DEMO, "demo, test or production")  # noqa: RUF009 - it is dataclasses.field
    app_url: str = _setting("SAMMEN_APP_URL", "", "database address of the app role, used by web and worker")
    admin_url: str = _setting(
        "DATABASE_URL", "", "an administrator's database address, used by `sammen db upgrade`"
    )
    key: str = _setting("SAMMEN_KEY", DEMO_KEY, "master secret, at least 32 characters")
    host: str = _setting("SAMMEN_HOST", "127.0.0.1", "address to listen on")
    port: int = _setting("SAMMEN_PORT", 8000, "port to listen on")
    public_url: str = _setting("SAMMEN_PUBLIC_URL", "", "address people use, with https in production")
    pool_size: int = _setting("SAMMEN_POOL_SIZE", 16, "database connections per process")
    log_level: str = _setting("SAMMEN_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")
    debug: bool = _setting("SAMMEN_DEBUG", False, "tracebacks on the error page; refused in production")
    personas: bool = _setting(
        "SAMMEN_PERSONAS", False, "demo personas may log in without a password; refused in production"
    )
    data_dir: str = _setting("SAMMEN_DATA", ".data", "folder for the embedded database and finished files")
    smtp_url: str = _setting(
        "SAMMEN_SMTP_URL", "", "mail server, smtp[s]://user:password@host:port; empty: no notice leaves"
    )
    mail_from: str = _setting("SAMMEN_MAIL_FROM", "", "address that notices come from")
    sms_gateway: str = _setting(
        "SAMMEN_SMS_GATEWAY",
        "",
        "domain of a gateway that sends mail to <number>@domain as SMS; empty: no SMS",
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
        if faults:
            raise SettingsError("; ".join(faults))

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
    """Read the settings. Raises SettingsError for a value of the wrong kind; call `check()` before serving."""
    source = os.environ if environ is None else environ
    values = {}
    for item in fields(Settings):
        name = item.metadata["env"]
        if source.get(name):
            values[item.name] = _convert(item.type, name, source[name])
    return Settings(**values)
