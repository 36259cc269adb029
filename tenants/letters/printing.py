"""Several letters as one file for the printer: the very pages that were written, each letter on a sheet of its own."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence


async def for_the_printer(files: Sequence[bytes]) -> bytes:
    """The letters' PDFs one after the other, in a thread. With several, a letter of odd pages is followed by a blank one,
    so that a printer that prints on both sides never puts two people's letters on one sheet. The file is for paper: the
    tags and the archive's mark are the single letters'.
    """
    return files[0] if len(files) == 1 else await asyncio.to_thread(_merged, files)


def _merged(files: Sequence[bytes]) -> bytes:
    import pikepdf  # loaded where files are joined, so that the web process stays small

    with pikepdf.new() as whole:
        for content in files:
            with pikepdf.open(io.BytesIO(content)) as one:
                whole.pages.extend(one.pages)
                if len(one.pages) % 2:
                    left, bottom, right, top = (float(value) for value in one.pages[0].mediabox)
                    whole.add_blank_page(page_size=(right - left, top - bottom))
        made = io.BytesIO()
        whole.save(made, deterministic_id=True)
        return made.getvalue()
