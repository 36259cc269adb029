"""Registering a provider: the operator's form and the command line give the same facts, held against the same rules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from joserfc.jwk import RSAKey

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.keys import Keys
from sammen.oidc.client import private_key
from sammen.oidc.rules import Refused, check_address
from sammen.oidc.store import secret_owner
from sammen.policy.assurance import Level

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
LONGEST_LOGIN = 12 * 3600
PRESETS: Mapping[str, Mapping[str, object]] = {
    "entra": {
        "audience": "employees",
        "auth_method": "client_secret_post",
        "scopes": "openid profile email",
        "level_claim": "acrs",
        "levels": {"c1": Level.SECOND_FACTOR.value},
        "base_level": Level.PASSWORD.value,
        "person_claim": "",
    },
    "idporten": {
        "audience": "citizens",
        "auth_method": "private_key_jwt",
        "scopes": "openid profile",
        "level_claim": "acr",
        "levels": {
            "idporten-loa-substantial": Level.SUBSTANTIAL.value,
            "idporten-loa-high": Level.HIGH.value,
        },
        "base_level": Level.PASSWORD.value,
        "person_claim": "pid",
    },
    "other": {
        "audience": "employees",
        "auth_method": "client_secret_basic",
        "scopes": "openid profile",
        "level_claim": "acr",
        "levels": {},
        "base_level": Level.PASSWORD.value,
        "person_claim": "",
    },
}
"""What a kind of provider is registered with unless something else is said; docs/login.md tells where it is from."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A provider to be. `levels` maps values of `level_claim` to levels; None as `municipality_id`: for everybody."""

    code: str
    name: str
    issuer: str
    client_id: str
    kind: str
    municipality_id: UUID | None = None
    auth_method: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    level_claim: str = ""
    domains: tuple[str, ...] = ()
    max_age: int | None = None
    session_seconds: int = LONGEST_LOGIN

    def document(self, *, loopback: bool) -> str:
        """The facts as `sammen.provider_add` takes them. Raises Invalid with every fault, by the form's field."""
        faults = dict(self._faults(loopback=loopback))
        if faults:
            raise Invalid({name: BadInput(name, message) for name, message in faults.items()})
        preset = PRESETS[self.kind]
        return json.dumps({
            **preset,
            "code": self.code,
            "name": self.name,
            "issuer": self.issuer,
            "client_id": self.client_id,
            "municipality_id": str(self.municipality_id) if self.municipality_id else None,
            "auth_method": self.auth_method or preset["auth_method"],
            "levels": dict(self.levels) or preset["levels"],
            "level_claim": self.level_claim or preset["level_claim"],
            "domains": list(self.domains),
            "max_age": self.max_age,
            "session_seconds": self.session_seconds,
        })  # fmt: skip

    def _faults(self, *, loopback: bool) -> list[tuple[str, str]]:
        faults = []
        if self.kind not in PRESETS:
            faults.append(("slag", N_("Velg hva slags leverandør det er.")))
        if not self.name or len(self.name) > 80:
            faults.append(("navn", N_("Skriv et navn på 1 til 80 tegn. Det står på knappen.")))
        if not CODE.fullmatch(self.code) or len(self.code) > 40:
            faults.append(
                ("kode", N_("Skriv en kode med små bokstaver, tall og bindestrek, som horten-ansatte."))
            )
        try:
            check_address(self.issuer, loopback=loopback)
        except Refused:
            faults.append(("utsteder", N_("Skriv utstederens adresse, med https:// foran.")))
        if not self.client_id or len(self.client_id) > 200:
            faults.append(("klient", N_("Skriv id-en dere har fått hos leverandøren, «client ID».")))
        if self.auth_method and self.auth_method not in METHODS:
            faults.append(("metode", N_("Velg hvordan Sammen viser hvem det er.")))
        if not all(DOMAIN.fullmatch(domain) for domain in self.domains):
            faults.append(("domener", N_("Skriv domener med mellomrom mellom, som horten.kommune.no.")))
        if self.level_claim not in ("", "acr", "amr", "acrs") or not set(self.levels.values()) <= set(Level):
            faults.append(("nivaer", N_("Skriv et nivå på hver linje, som idporten-loa-high=high.")))
        if not 300 <= self.session_seconds <= LONGEST_LOGIN:
            faults.append(("varighet", N_("En innlogging kan vare fra 5 minutter til 12 timer.")))
        return faults


def read_levels(text: str) -> dict[str, str]:
    """`value=level` lines as a table. A line that is no such gives a level that does not exist, which `Facts` refuses."""
    found = {}
    for line in filter(None, (part.strip() for part in text.splitlines())):
        value, _, level = line.partition("=")
        found[value.strip()] = level.strip() if value.strip() else "?"
    return found


def seal_secret(keys: Keys, code: str, secret: str, *, is_key: bool) -> bytes:
    """A provider's secret, sealed. Raises Invalid for an empty one, or a key that cannot sign."""
    if is_key:
        try:
            private_key(secret)
        except ValueError:
            raise Invalid.one(
                "hemmelighet", N_("Lim inn en privat nøkkel i PEM: RSA på minst 2048 bit, eller P-256.")
            ) from None
    elif not 8 <= len(secret) <= 500:
        raise Invalid.one("hemmelighet", N_("Lim inn hemmeligheten dere har fått. Den har 8 til 500 tegn."))
    return keys.seal(secret, bound_to=secret_owner(code))


def new_key() -> tuple[str, dict[str, str], str]:
    """(private key as PEM, its public half as a JWK to register at the provider, its name). Takes up to a second.

    RSA, since every provider takes it.
    """
    key = RSAKey.generate_key(3072)
    kid = key.thumbprint()
    public = {
        name: str(value) for name, value in key.as_dict(private=False).items() if isinstance(value, str)
    }
    return key.as_pem(private=True).decode(), {**public, "kid": kid, "use": "sig", "alg": "RS256"}, kid


@dataclass(frozen=True, slots=True)
class Registered:
    """A provider as the operator sees it: no secret, and nobody's name."""

    id: UUID
    code: str
    name: str
    audience: str
    place: str
    issuer: str
    client_id: str
    auth_method: str
    enabled: bool
    secrets: int
    newest: object
    last_login: object
    refused_today: int


async def registered(uow: UnitOfWork) -> list[Registered]:
    """Every provider, by name."""
    rows = await uow.call("SELECT * FROM sammen.operations_providers()")
    return [Registered(**dict(row)) for row in rows]


async def add_provider(uow: UnitOfWork, facts: Facts, *, loopback: bool) -> UUID:
    """Register a provider, closed until it has a secret and is opened. Raises Invalid."""
    document = facts.document(loopback=loopback)
    others = await registered(uow)
    if any(one.code == facts.code for one in others):
        raise Invalid.one("kode", N_("En leverandør har allerede denne koden. Velg en annen."))
    if any((one.issuer, one.client_id) == (facts.issuer, facts.client_id) for one in others):
        raise Invalid.one("klient", N_("Denne id-en er registrert fra før hos utstederen."))
    rows = await uow.call(
        "SELECT sammen.operations_provider_add($1, $2) AS id", document, uow.context.request_id
    )
    made: UUID = rows[0]["id"]
    return made


async def find(uow: UnitOfWork, code: str) -> Registered:
    """The provider with a code. Raises NotFound."""
    for one in await registered(uow):
        if one.code == code:
            return one
    raise NotFound


async def add_secret(uow: UnitOfWork, provider: Registered, secret: str, kid: str = "") -> None:
    """Give a provider a new secret beside the one before it, so that both hold while they are exchanged. Raises Invalid."""
    is_key = provider.auth_method == "private_key_jwt"
    sealed = seal_secret(uow.keys, provider.code, secret, is_key=is_key)
    await uow.call(
        "SELECT sammen.operations_provider_secret($1, $2, $3, $4)",
        provider.id,
        sealed,
        kid,
        uow.context.request_id,
    )


async def retire_secrets(uow: UnitOfWork, provider: Registered) -> None:
    """Retire all secrets but the newest."""
    await uow.call(
        "SELECT sammen.operations_provider_secret($1, NULL, '', $2)", provider.id, uow.context.request_id
    )


async def switch(uow: UnitOfWork, provider: Registered, *, on: bool) -> None:
    """Open a provider for logins, or close it and end every session that came by it. Raises Invalid without a secret."""
    rows = await uow.call(
        "SELECT sammen.operations_provider_switch($1, $2, $3) AS done",
        provider.code,
        on,
        uow.context.request_id,
    )
    if not rows[0]["done"]:
        raise Invalid.one("hemmelighet", N_("Legg inn en hemmelighet før du åpner leverandøren."))
