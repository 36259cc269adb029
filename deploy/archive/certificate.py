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
from sammen.documents.pdf import Document, Sender


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


def document(certificate: Certificate, signature: bytes, public: str, house: str) -> Document:
    """The certificate for people, in Bokmål."""
    place, total = certificate.municipality["name"], sum(certificate.deleted.values())
    blocks: list[Block] = [
        Paragraph(
            f"{place} kommune sluttet å bruke Sammen {_day(certificate.closed_on)}. {_day(certificate.deleted_on)} ble "
            f"{total} rader slettet fra {len(certificate.deleted)} tabeller. Vi har talt over alle tabellene etterpå: "
            "ingen rad tilhører kommunen lenger, bortsett fra dem som er nevnt nederst."
        ),
        Facts([
            ("Ny behandlingsansvarlig", certificate.controller), ("Kvittering", certificate.receipt),
            ("Arkivet viser alt til og med", _day(certificate.as_of)),
            ("Arkivets fingeravtrykk (SHA-256)", certificate.fingerprint),
            ("Innsynsloggens siste nummer", str(certificate.chain_number)),
            ("Innsynsloggens siste segl", certificate.chain_seal),
        ]),
        Heading("Dette var i orden da kommunen ble lukket"),
        Table(["Vilkår"], [[said] for said in certificate.checklist.values()]),
        Heading("Slettet"),
        Table(["Tabell", "Rader"], [[name, str(count)] for name, count in sorted(certificate.deleted.items())], [3, 1]),
        Heading("Dette er igjen"),
        Paragraph("Rader som også er en annen kommunes, står igjen hos den. Samarbeidets egen historie er uten personer."),
        Table(["Tabell", "Hva"], [
            *([name, f"{count} rader, felles med en annen kommune"] for name, count in sorted(certificate.with_others.items())),
            *([name, why] for name, why in sorted(certificate.kept.items())),
        ], [1, 2]),
        Heading("Underskrift"),
        Paragraph("Attesten finnes også som JSON. Underskriften (Ed25519) er over den, og kan prøves av hvem som helst."),
        Facts([("Underskrift", base64.b64encode(signature).decode()), ("Offentlig nøkkel", public)]),
    ]  # fmt: skip
    return Document(
        kind="report", language="nb", title=f"Attest for sletting: {place} kommune",
        date=date.fromisoformat(certificate.deleted_on), sender=Sender(house), blocks=blocks,
        about=f"Attest for at {place} kommunes opplysninger er slettet",
    )  # fmt: skip
