"""A campaign on paper: a poster with the source's own QR code, and its address for who would rather type it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import segno

from sammen.clock import today
from sammen.documents.pdf import render_sheet
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from shared_pool.campaigns.queries import CampaignCard, SourceCard

SHEET: Final = Path(__file__).with_name("poster.typ")
PAPERS: Final = ("a4", "a3")
TITLE_SIZES: Final = ((22, 58), (34, 48), (52, 40), (90, 32))
"""Signs in the title, and the size that keeps it on the sheet with its longest word on one line."""
ADDRESS_SIZES: Final = ((28, 19), (38, 15), (60, 11))


def short_path(code: str) -> str:
    """A source's own address: short enough to type, and a small QR code."""
    return f"/b/{code}"


def qr_code(address: str) -> str:
    """The address as a QR code, an SVG with its quiet zone. Level Q: a quarter may be torn or written over."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", scale=10, border=4, dark="#000", light="#fff"
    )
    return drawn.getvalue().decode()


async def poster(
    campaign: CampaignCard, source: SourceCard, places: Sequence[str], *, language: str, paper: str, address: str, region: str
) -> bytes:  # fmt: skip
    """The poster of a source as PDF/UA, on A4 or A3. `address` is the page's whole address; `places` the municipalities."""
    said = campaign.said(language)
    plain = address.partition("://")[2] or address
    values = {
        "paper": paper, "language": language, "title": said.title, "lede": said.lede, "sender": region,
        "about": translate(language, N_("Plakat: %(title)s"), title=said.title), "qr": qr_code(address),
        "alt": translate(language, N_("QR-kode som åpner %(address)s"), address=plain),
        "scan": translate(language, N_("Åpne kameraet og pek på koden")),
        "or_go": translate(language, N_("Eller skriv adressen i nettleseren:")),
        "address": plain, "address_size": _size(plain, ADDRESS_SIZES), "title_size": _size(said.title, TITLE_SIZES),
        "who": translate(
            language, N_("%(region)s: %(places)s. Du kan svare til og med %(day)s."), region=region,
            places=", ".join(places), day=date_long(campaign.closes_on, language),
        ),
    }  # fmt: skip
    return await render_sheet(SHEET, values, today())


def _size(text: str, steps: Sequence[tuple[int, int]]) -> int:
    return next((size for most, size in steps if len(text) <= most), steps[-1][1])
