"""Photos of receipts: drawn again, and nothing but the drawing is kept."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sammen.errors import Invalid
from tenants.timesheets.pictures import MOST_BYTES, draw


def made(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **saved)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "I;16"),
     ("PNG", "1"), ("WEBP", "RGB"), ("WEBP", "RGBA")],
)  # fmt: skip
def test_every_kind_a_phone_makes_becomes_a_plain_jpeg(kind: str, mode: str) -> None:
    found = Image.open(io.BytesIO(draw(made(kind, mode), field="bilde-1").data))
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (300, 200))
    assert not found.getexif()
    assert "comment" not in found.info


def test_a_large_photo_is_made_no_larger_than_a_receipt_needs() -> None:
    found = Image.open(io.BytesIO(draw(made("JPEG", size=(4000, 1000)), field="bilde-1").data))
    assert found.size == (2000, 500)


def test_what_is_clear_becomes_white_paper_and_not_black() -> None:
    found = Image.open(io.BytesIO(draw(made("PNG", "RGBA"), field="bilde-1").data))
    assert found.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a" + b"0" * 99, made("GIF", "P"), made("BMP"), made("TIFF"), b"%PDF-1.7", made("JPEG")[:200],
     made("PNG")[:40], b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, b"x" * (MOST_BYTES + 1),
     lambda: made("PNG", "1", (30_000, 30_000))],
)  # fmt: skip
def test_anything_else_is_refused_for_its_field(content: bytes | Callable[[], bytes]) -> None:
    with pytest.raises(Invalid) as refused:
        draw(content if isinstance(content, bytes) else content(), field="bilde-2")
    assert list(refused.value.errors) == ["bilde-2"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400), st.binary(min_size=1, max_size=12))
def test_a_damaged_file_is_a_picture_or_an_answer_and_never_a_failure(
    kind: str, at: int, junk: bytes
) -> None:
    whole = made(kind, size=(40, 30))
    broken = whole[: at % len(whole)] + junk + whole[at % len(whole) + len(junk) :]
    try:
        found = draw(broken, field="bilde-1")
    except Invalid:
        return
    Image.open(io.BytesIO(found.data)).load()
