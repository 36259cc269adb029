"""The certificate of a leaving: what was deleted, on what conditions, and what names the municipality still. Signed.

The signature is Ed25519 with a key derived from the house's secret, so that whoever has the public key can try it without
asking the house.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.i18n import ntranslate, translate


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is attested. Days and moments are ISO text, digests hex; `deleted`, `with_others`: rows by table."""

    municipality: Mapping[str, str]
    closed_on: str
    deleted_on: str
    controller: str
    receipt: str
    fingerprint: str
    as_of: str
    chain_number: int
    chain_seal: str
    checklist: Mapping[str, str]
    deleted: Mapping[str, int]
    with_others: Mapping[str, int]
    kept: Mapping[str, str]

    def text(self) -> str:
        """Canonical JSON: what is signed, to the letter."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Certificate:
        """Read one. Raises ValueError for anything else."""
        told: dict[str, Any] = json.loads(text)
        try:
            return cls(**told)
        except TypeError as error:
            raise ValueError("no certificate") from error


def _signing_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(secret.encode(), b"sammen/certificates", "sha256")
    )


def public_key(secret: str) -> str:
    """The house's public key for certificates, in base64."""
    return base64.b64encode(_signing_key(secret).public_key().public_bytes_raw()).decode()


def signed(secret: str, certificate: Certificate) -> bytes:
    """The signature over `text()`."""
    return _signing_key(secret).sign(certificate.text().encode())


def signature_holds(public: str, certificate: Certificate, signature: bytes) -> bool:
    """Whether whoever has the secret of `public` (base64) has signed exactly this."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(signature, certificate.text().encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def as_file(certificate: Certificate, signature: bytes, public: str) -> bytes:
    """The JSON file that is handed over."""
    told = {
        "certificate": asdict(certificate),
        "signature": base64.b64encode(signature).decode(),
        "public_key": public,
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def from_file(content: bytes) -> tuple[Certificate, bytes, str]:
    """(certificate, signature, public key) of `as_file`. Raises ValueError for anything else."""
    try:
        told = json.loads(content)
        return (
            Certificate(**told["certificate"]),
            base64.b64decode(told["signature"]),
            str(told["public_key"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no certificate") from error


def _day(text: str) -> str:
    one = date.fromisoformat(text[:10])
    return f"{one:%d.%m.%Y}"


def _met(certificate: Certificate, language: str) -> list[list[str]]:
    """Each condition that was met. What names somebody is said anew: the JSON has it as it was written down."""
    own = {
        "archive": translate(
            language,
            N_("Arkivet er bekreftet. Det viser alt til og med %(day)s."),
            day=_day(certificate.as_of),
        )
    }
    if certificate.controller:
        own["controller"] = translate(
            language, N_("%(name)s er ny behandlingsansvarlig."), name=certificate.controller
        )
    return [[own.get(code) or translate(language, said)] for code, said in certificate.checklist.items()]


def document(
    certificate: Certificate, signature: bytes, public: str, house: str, language: str = "nb"
) -> Document:
    """The certificate for people, in the municipality's own form of Norwegian ("nb" or "nn")."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    place, total = certificate.municipality["name"], sum(certificate.deleted.values())
    shared = [
        [
            name,
            ntranslate(
                language,
                "én rad, felles med en annen kommune",
                "%(num)s rader, felles med en annen kommune",
                count,
            ),
        ]
        for name, count in sorted(certificate.with_others.items())
    ]
    gone = N_(
        "%(place)s kommune sluttet å bruke Sammen %(closed)s. %(deleted)s ble %(total)s rader slettet fra %(tables)s tabeller."
        " Vi har talt over alle tabellene etterpå: ingen rad tilhører kommunen lenger, bortsett fra dem som er nevnt nederst."
    )
    others = N_(
        "Rader som også er en annen kommunes, står igjen hos den. Samarbeidets egen historie er uten personer."
    )
    json_too = N_(
        "Attesten finnes også som JSON. Underskriften (Ed25519) er over den, og kan prøves av hvem som helst."
    )
    blocks: list[Block] = [
        Paragraph(say(gone, place=place, closed=_day(certificate.closed_on), deleted=_day(certificate.deleted_on), total=total,
                      tables=len(certificate.deleted))),
        Facts([
            (say(N_("Ny behandlingsansvarlig")), certificate.controller), (say(N_("Kvittering")), certificate.receipt),
            (say(N_("Arkivet viser alt til og med")), _day(certificate.as_of)),
            (say(N_("Arkivets fingeravtrykk (SHA-256)")), certificate.fingerprint),
            (say(N_("Innsynsloggens siste nummer")), str(certificate.chain_number)),
            (say(N_("Innsynsloggens siste segl")), certificate.chain_seal),
        ]),
        Heading(say(N_("Dette var i orden da kommunen ble lukket"))),
        Table([say(N_("Vilkår"))], _met(certificate, language)),
        Heading(say(N_("Slettet"))),
        Table([say(N_("Tabell")), say(N_("Rader"))],
              [[name, str(count)] for name, count in sorted(certificate.deleted.items())], [3, 1]),
        Heading(say(N_("Dette er igjen"))),
        Paragraph(say(others)),
        Table([say(N_("Tabell")), say(N_("Hva"))],
              [*shared, *([name, say(why)] for name, why in sorted(certificate.kept.items()))], [1, 2]),
        Heading(say(N_("Underskrift"))),
        Paragraph(say(json_too)),
        Facts([(say(N_("Underskrift")), base64.b64encode(signature).decode()), (say(N_("Offentlig nøkkel")), public)]),
    ]  # fmt: skip
    return Document(
        kind="report", language=language, title=say(N_("Attest for sletting: %(place)s kommune"), place=place),
        date=date.fromisoformat(certificate.deleted_on), sender=Sender(house), blocks=blocks,
        about=say(N_("Attest for at %(place)s kommunes opplysninger er slettet"), place=place),
        words={name: say(text) for name, text in WORDS.items()},
    )  # fmt: skip
