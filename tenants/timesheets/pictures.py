"""Photographs of receipts: what a phone sends is decoded and drawn again, and only the drawing is kept.

A photo says where it was taken and with what. A file may also be made to look like a photo and be something else, or
be small and unfold into gigabytes. So nothing of the file itself is kept: the pixels are read, turned the right way,
made no larger than a receipt needs, and written as a new JPEG without any of the old one's fields.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sammen.errors import Invalid
from sammen.i18n_mark import N_

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 64_000_000
"""More than any phone's photo; decoded, this is a fifth of a gigabyte, and one is decoded at a time."""
LONGEST_SIDE = 2000
QUALITY = 80
TOO_LARGE = N_("Bildet er for stort. Velg et bilde på høyst 10 MB.")
KINDS = ("JPEG", "PNG", "WEBP", "MPO")
JPEG = "image/jpeg"
_one_at_a_time = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that is ours: JPEG bytes, at most 2000 pixels a side."""

    data: bytes

    @property
    def sha256(self) -> str:
        """The drawing's own mark, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def draw(content: bytes, *, field: str) -> Picture:
    """Draw an uploaded photo again. Raises Invalid for `field`: too large, no picture, or broken off half-way."""
    if len(content) > MOST_BYTES:
        raise Invalid.one(field, TOO_LARGE)
    from PIL import Image  # loaded where a photo comes in, so that the web process stays small

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # `verify` reads the whole file's frame but leaves it unusable, so it is opened twice.
            with Image.open(io.BytesIO(content), formats=KINDS) as looked:
                width, height = looked.size
                if width * height > MOST_PIXELS:
                    raise Invalid.one(field, TOO_LARGE)
                looked.verify()
            with Image.open(io.BytesIO(content), formats=KINDS) as opened:
                return Picture(_drawn(opened))
    except Invalid:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Invalid.one(field, TOO_LARGE) from bomb
    except Exception as broken:
        # A decoder meets whatever somebody sends; however it fails, the answer to the person is the same.
        raise Invalid.one(
            field, N_("Vi kan ikke lese bildet. Ta et nytt, eller velg et bilde av typen JPEG eller PNG.")
        ) from broken


def _drawn(opened: Image.Image) -> bytes:
    from PIL import Image, ImageOps  # as above

    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = ImageOps.exif_transpose(opened)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        clear = turned.convert("RGBA")
        page = Image.new("RGB", clear.size, "white")
        page.paste(clear, mask=clear.getchannel("A"))
    else:
        page = turned.convert("RGB")
    # A new image from the pixels alone: no field of the old file can come along.
    bare = Image.frombytes("RGB", page.size, page.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


async def draw_aside(content: bytes, *, field: str) -> Picture:
    """`draw` in a thread, one at a time in this process, so that nobody else's page waits for a photo."""
    async with _one_at_a_time:
        return await asyncio.to_thread(draw, content, field=field)
