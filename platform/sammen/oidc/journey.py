"""What a browser carries while it is away at a provider: sealed in a cookie, ten minutes, good for one return.

Nothing is kept of those who set out: a page that anybody may open writes no row. What comes back is used once by the
database's count of it (`oidc_spend`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.exceptions import InvalidTag

from sammen.keys import Keys
from sammen.oidc.client import Provider
from sammen.oidc.rules import asking_for
from sammen.policy.assurance import Level

MINUTES = 10
BOUND = b"oidc-journey"
LONGEST_BACK = 500


@dataclass(frozen=True, slots=True)
class Journey:
    """One way out and back. `provider` is its code, `place` a municipality's slug or "", `back` a path of our own, and
    `level` what the login must reach ("" when it is no step up). `until`: seconds since 1970.
    """

    provider: str
    place: str
    back: str
    level: str
    state: str
    nonce: str
    verifier: str
    until: int

    @classmethod
    def begin(cls, provider: str, place: str, back: str, level: str) -> Journey:
        """A new one, with secrets of its own (256 bits each)."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(
            provider,
            place,
            back[:LONGEST_BACK],
            level,
            state,
            nonce,
            verifier,
            int(time.time()) + MINUTES * 60,
        )

    def sealed(self, keys: Keys) -> str:
        """The cookie's value."""
        return base64.urlsafe_b64encode(keys.seal(json.dumps(asdict(self)), bound_to=BOUND)).decode()

    def is_answered_by(self, provider: str, state: str) -> bool:
        """Whether an answer to `provider`'s address with this `state` belongs to the journey; in constant time."""
        same = hmac.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))
        return same and provider == self.provider and time.time() < self.until

    def query(self, provider: Provider, back: str) -> dict[str, str]:
        """What the browser brings to the provider's authorization endpoint (Core 3.1.2.1, RFC 7636)."""
        asked: dict[str, str] = {
            "response_type": "code",
            "response_mode": "query",
            "client_id": provider.client_id,
            "redirect_uri": back,
            "scope": provider.scopes,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        }
        if self.level:
            asked["prompt"] = "login"
        if provider.max_age is not None:
            asked["max_age"] = str(provider.max_age)
        # Whom nobody has asked for more is asked for what most places need, so that they are not sent there twice.
        values = asking_for(self.level or Level.SECOND_FACTOR, provider.levels)
        if values and provider.level_claim == "acr":
            asked["acr_values"] = " ".join(values)
        elif values and provider.level_claim == "acrs":
            wanted = {"id_token": {"acrs": {"essential": True, "value": values[0]}}}
            asked["claims"] = json.dumps(wanted, separators=(",", ":"))
        return asked


def read(value: str, keys: Keys) -> Journey | None:
    """The journey in a cookie, or None when it is not ours, damaged or too old."""
    try:
        found: dict[str, Any] = json.loads(
            keys.unseal(base64.urlsafe_b64decode(value.encode("ascii", "replace")), bound_to=BOUND)
        )
        journey = Journey(**found)
    except (InvalidTag, ValueError, TypeError, binascii.Error):
        return None
    return journey if time.time() < journey.until else None
