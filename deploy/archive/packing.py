"""The archive's container: a zip without compression whose bytes depend on nothing but its content.

Not compressed, since two builds of zlib compress to different bytes; no clock, no name of a machine. It is written from
end to end into the sealing writer, so that it is on no disk in the open.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from deploy.archive.age import SealedWriter

EPOCH = (1980, 1, 1, 0, 0, 0)
BUFFER = 256 * 1024


class Part:
    """One file of the archive while it is written."""

    __slots__ = ("_digest", "_into", "_waiting", "lines", "size")

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self.size = 0
        self.lines = 0

    def write(self, data: bytes) -> None:
        """Add bytes; they leave in pieces of a quarter of a megabyte."""
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        if len(self._waiting) >= BUFFER:
            self.flush()

    def line(self, text: str) -> None:
        """Add one row."""
        self.lines += 1
        self.write(text.encode() + b"\n")

    def flush(self) -> None:
        self._into.write(bytes(self._waiting))
        self._waiting.clear()

    def told(self) -> dict[str, int | str]:
        """What the manifest says of it."""
        return {"bytes": self.size, "sha256": self._digest.hexdigest()}


class Packer:
    """Writes an archive's files one after the other. `told` is name → what the manifest says."""

    def __init__(self, sealed: SealedWriter) -> None:
        self._sealed = sealed
        self._zip = zipfile.ZipFile(cast("IO[bytes]", sealed), "w", zipfile.ZIP_STORED, allowZip64=True)
        self.told: dict[str, dict[str, int | str]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Part]:
        """A file of the archive. Only one at a time, as in any zip."""
        info = zipfile.ZipInfo(name, EPOCH)
        info.create_system, info.external_attr = 3, 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as into:
            one = Part(into)
            yield one
            one.flush()
        self.told[name] = one.told()

    def put(self, name: str, content: bytes) -> None:
        """A whole file at once."""
        with self.part(name) as one:
            one.write(content)

    def close(self) -> None:
        """The zip's own directory, then the last sealed chunk. Without this, nothing opens the file."""
        self._zip.close()
        self._sealed.finish()
