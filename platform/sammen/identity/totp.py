"""Codes from an app: TOTP by RFC 6238, with SHA-1, six digits and thirty seconds, as every app does it."""

from __future__ import annotations

import hmac
import io
import re

import pyotp
import segno

STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)
"""A clock that is half a minute off is forgiven (RFC 6238 § 5.2); one step, and no more."""
_SIX = re.compile(r"\d{6}")


def new_secret() -> str:
    """A new secret: 160 random bits in base 32 (RFC 4226 § 4, R6)."""
    return pyotp.random_base32(32)


def digits(typed: str) -> str:
    """A code as typed, without spaces between; "" when it can be none."""
    bare = re.sub(r"[\s\u00a0-]+", "", typed[:20])
    return bare if _SIX.fullmatch(bare) and bare.isascii() else ""


def step_of(secret: str, code: str, seconds: float, last_step: int) -> int | None:
    """The time step the code is right for, when that is newer than the last one that was taken; else None.

    Every neighbour is reckoned, whatever is right, and compared in constant time. `seconds` since 1970.
    """
    app, now = pyotp.TOTP(secret), int(seconds) // STEP_SECONDS
    fits = [
        now + away
        for away in NEIGHBOURS
        if hmac.compare_digest(app.generate_otp(now + away).encode(), code.encode())
    ]
    return next((step for step in fits if step > last_step), None)


def is_replay(secret: str, code: str, seconds: float, last_step: int) -> bool:
    """Whether the code is right for a step that has been taken before."""
    return (
        step_of(secret, code, seconds, last_step) is None and step_of(secret, code, seconds, -1) is not None
    )


def address(secret: str, login: str) -> str:
    """What the app reads from the picture (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Sammen")


def picture(secret: str, login: str) -> str:
    """The address as a QR code: an SVG with its quiet zone, and neither style nor script."""
    drawn = io.BytesIO()
    segno.make(address(secret, login), error="m", micro=False).save(
        drawn,
        kind="svg",
        scale=5,
        border=4,
        dark="#000",
        light="#fff",
        xmldecl=False,
        nl=False,
        svgclass="qr",
        lineclass=None,
    )
    return drawn.getvalue().decode()


def grouped(secret: str) -> str:
    """The secret as it is typed by hand, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
