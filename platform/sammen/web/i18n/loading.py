"""Find a catalogue, compile it when the compiled file is missing or older, and load it."""

from __future__ import annotations

import io
import os
import tempfile
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

DOMAIN: Final = "sammen"
CATALOGUE_ROOT: Final = Path(__file__).parent


def po_path(lang: str) -> Path:
    return CATALOGUE_ROOT / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(lang: str) -> Path:
    return po_path(lang).with_suffix(".mo")


def compiled(lang: str) -> bytes:
    """The catalogue of `lang` as .mo bytes, without the messages marked fuzzy."""
    with po_path(lang).open("rb") as source:
        catalog = read_po(source, locale=lang)
    out = io.BytesIO()
    write_mo(out, catalog, use_fuzzy=False)
    return out.getvalue()


def compile_file(lang: str) -> Path:
    """Write the .mo beside the .po in one step, so that another process never reads half a file."""
    target = mo_path(lang)
    content = compiled(lang)
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".mo.tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def is_stale(lang: str) -> bool:
    target = mo_path(lang)
    return not target.exists() or target.stat().st_mtime_ns < po_path(lang).stat().st_mtime_ns


def load(lang: str) -> GNUTranslations:
    """The translations of `lang`. Compiles when needed; a read-only installation compiles in memory only."""
    if is_stale(lang):
        try:
            compile_file(lang)
        except OSError:
            return GNUTranslations(io.BytesIO(compiled(lang)))
    with mo_path(lang).open("rb") as source:
        return GNUTranslations(source)
