"""What a provider's words are held against: pure functions over what it sent.

Sources: OpenID Connect Core 1.0 (2.0, 3.1.3.7), Discovery 1.0 (4.3), Back-Channel Logout 1.0 (2.6), RFC 9207 (the
`iss` parameter), RFC 8414. Times are seconds since 1970.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.core.util import create_half_hash

from sammen.policy.assurance import enough, rank

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""What a token may be signed with. Never `none`, and never HS256, whose key would be what everybody may read."""
LEEWAY = 30
"""How much two clocks may differ, in seconds."""
OLDEST = 600
"""A token made longer ago than this was not made for this login."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_SUBJECT = 255


class Refused(Exception):
    """What the provider, or somebody in its name, sent cannot be used. `fault` is a code for the log: no content, no person."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Expected:
    """What this login is to be answered with. `max_age`: seconds since the person last proved who they are; None: any."""

    issuer: str
    client_id: str
    nonce: str
    max_age: int | None = None


def _need(holds: object, fault: str) -> None:
    if not holds:
        raise Refused(fault)


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(name)
    return float(value)


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    return value if isinstance(value, str) else ""


def _audience(claims: Mapping[str, Any]) -> list[str]:
    value = claims.get("aud")
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _same(said: str, wanted: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), wanted.encode())


def check_id_token(
    claims: Mapping[str, Any], alg: str, access_token: str, expected: Expected, now: float
) -> None:
    """Hold an id token whose signature is good against what was asked for. Raises Refused with the claim that fails."""
    _need(claims.get("iss") == expected.issuer, "iss")
    audience = _audience(claims)
    # The only one it is for: a provider that makes tokens for several at once is none of ours (Core 3.1.3.7, 3).
    _need(audience == [expected.client_id], "aud")
    _need(claims.get("azp", expected.client_id) == expected.client_id, "azp")
    _need(now - LEEWAY < _number(claims, "exp"), "exp")
    _need(now - OLDEST <= _number(claims, "iat") <= now + LEEWAY, "iat")
    if "nbf" in claims:
        _need(_number(claims, "nbf") <= now + LEEWAY, "nbf")
    _need(_same(_text(claims, "nonce"), expected.nonce), "nonce")
    _need(0 < len(_text(claims, "sub")) <= LONGEST_SUBJECT and _text(claims, "sub").isprintable(), "sub")
    if "at_hash" in claims:
        made = create_half_hash(access_token, alg)
        _need(access_token and _same(_text(claims, "at_hash"), made.decode()), "at_hash")
    if expected.max_age is not None:
        _need(_number(claims, "auth_time") >= now - expected.max_age - LEEWAY, "auth_time")


def check_logout_token(
    claims: Mapping[str, Any], issuer: str, client_id: str, now: float
) -> tuple[str, str, str]:
    """(sid, subject, jti) of a logout token whose signature is good; sid or subject may be "". Raises Refused."""
    _need(claims.get("iss") == issuer, "iss")
    _need(_audience(claims) == [client_id], "aud")
    _need(now - OLDEST <= _number(claims, "iat") <= now + LEEWAY, "iat")
    if "exp" in claims:
        _need(now - LEEWAY < _number(claims, "exp"), "exp")
    # A nonce is what an id token has: one of those must not be taken for the other.
    _need("nonce" not in claims, "nonce")
    events = claims.get("events")
    _need(isinstance(events, dict) and isinstance(events.get(LOGOUT_EVENT), dict), "events")
    sid, subject, jti = (_text(claims, name) for name in ("sid", "sub", "jti"))
    _need(sid or subject, "sub")
    _need(0 < len(jti) <= LONGEST_SUBJECT, "jti")
    return sid[:LONGEST_SUBJECT], subject[:LONGEST_SUBJECT], jti


def level_of(claims: Mapping[str, Any], claim: str, levels: Mapping[str, str], base: str) -> str:
    """The level of assurance that the token's `claim` (a text or a list) gives by the provider's table; else `base`."""
    value = claims.get(claim)
    said = value if isinstance(value, list) else [value]
    return max([base, *(levels[one] for one in said if isinstance(one, str) and one in levels)], key=rank)


def asking_for(level: str, levels: Mapping[str, str]) -> list[str]:
    """The provider's values that are enough for `level`, the least first: what `acr_values` asks for."""
    fitting = [value for value, gives in levels.items() if enough(gives, level)]
    return sorted(fitting, key=lambda value: (rank(levels[value]), value))


def check_address(address: object, *, loopback: bool) -> str:
    """An address of a provider's: https, a host, and no user name in it; plain http to this machine where `loopback`
    (tests and the demo) allows it. Raises Refused.
    """
    if (
        not isinstance(address, str)
        or len(address) > 1000
        or not address.isascii()
        or not address.isprintable()
    ):
        raise Refused("address")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("address") from None
    here = loopback and parts.scheme == "http" and (host == "localhost" or _is_loopback(host))
    _need((parts.scheme == "https" or here) and host and port != 0, "address")
    _need("@" not in parts.netloc and not parts.fragment and " " not in address, "address")
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a provider tells of itself. `end_session` is "" when it has no logout; `names_itself`: it sends `iss` back."""

    issuer: str
    authorization: str
    token: str
    jwks: str
    end_session: str
    names_itself: bool


def read_discovery(document: Mapping[str, Any], issuer: str, *, loopback: bool) -> Discovered:
    """The provider's own description, if it is that issuer's, letter for letter (Discovery 4.3). Raises Refused."""
    _need(document.get("issuer") == issuer, "issuer")
    offered = document.get("id_token_signing_alg_values_supported", ["RS256"])
    _need(isinstance(offered, list) and any(alg in ALGORITHMS for alg in offered), "alg")
    authorization, token, jwks = (
        check_address(document.get(name), loopback=loopback)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    out = document.get("end_session_endpoint")
    return Discovered(
        issuer,
        authorization,
        token,
        jwks,
        check_address(out, loopback=loopback) if out else "",
        document.get("authorization_response_iss_parameter_supported") is True,
    )


def check_sender(iss: str | None, found: Discovered) -> None:
    """The answer's `iss` is the provider's that was asked (RFC 9207). Raises Refused, also when it must say and does not."""
    if iss is None:
        _need(not found.names_itself, "response_iss")
    else:
        _need(iss == found.issuer, "response_iss")


def number_of(claims: Mapping[str, Any], claim: str) -> str:
    """The national number (11 digits) that the provider vouches for. Raises Refused without one."""
    number = _text(claims, claim)
    _need(len(number) == 11 and number.isascii() and number.isdigit(), "person")
    return number


def shown_name(claims: Mapping[str, Any], names: Collection[str] = ("name", "preferred_username")) -> str:
    """A name for the administrator to look at, without anything that is not a letter, digit or sign; "" without one."""
    for name in names:
        kept = "".join(char for char in _text(claims, name) if char.isprintable()).strip()
        if kept:
            return kept[:120]
    return ""
