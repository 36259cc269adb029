"""QR codes as SVG."""

from __future__ import annotations

import io

import segno


def qr_code(address: str) -> str:
    """The address as a QR code, an SVG with its quiet zone. Level Q: a quarter may be torn or written over."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", scale=10, border=4, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()
