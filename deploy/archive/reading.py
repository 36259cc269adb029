"""Opening an archive that somebody hands over: nothing in it is believed before all of it has been looked at.

It is read where it lies, through the seal, and unpacked nowhere. Names, sizes and kinds are held against what an archive
can be at all before a byte of content is read; then every file against the manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, cast
from uuid import UUID

from deploy.archive import layout
from deploy.archive.age import Key, SealedReader, SealError
from deploy.archive.values import BadValue, read_line
from deploy.archive.writing import ArchiveError

PIECE: Final = 1024 * 1024
LONGEST_LINE: Final = 64 * 1024 * 1024
LARGEST_MANIFEST: Final = 512 * 1024 * 1024
MOST_FILES: Final = 5_000_000

SEAL_WORDS: Final[Mapping[str, str]] = {
    "format": "Fila er ikke forseglet slik Sammen gjør det (age-encryption.org/v1).",
    "header": "Forseglingen er ødelagt: begynnelsen av fila lar seg ikke lese.",
    "key": "Nøkkelen eller passordfrasen er ikke den fila er forseglet for.",
    "changed": "Fila er endret etter at den ble forseglet.",
    "cut": "Fila er ikke hel: slutten mangler eller er endret.",
    "recipient": "Mottakernøkkelen er ikke en age-nøkkel. Den begynner med age1.",
    "identity": "Den hemmelige nøkkelen er ikke en age-nøkkel. Den begynner med AGE-SECRET-KEY-1.",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole archive was found to be."""

    fingerprint: bytes
    manifest: Mapping[str, Any]
    rows: int
    files: int


def _faulty(name: str) -> ArchiveError:
    return ArchiveError(f"Arkivet er endret: {name} er ikke som innholdsfortegnelsen sier.")


class Archive:
    """A sealed archive, open for reading. Use as a context manager. Raises ArchiveError for all that is wrong with it."""

    def __init__(self, path: Path, key: Key) -> None:
        self._file = path.open("rb")
        try:
            self._plain = io.BufferedReader(cast("io.RawIOBase", SealedReader(self._file, key)), 128 * 1024)
            self.size = self._plain.seek(0, io.SEEK_END)
            self._plain.seek(0)
            self._zip = zipfile.ZipFile(self._plain)
            self._entries = self._looked_at()
            self.manifest = self._manifest()
        except SealError as error:
            self._file.close()
            raise ArchiveError(SEAL_WORDS[error.code]) from None
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
            self._file.close()
            raise ArchiveError(f"Fila er ikke et arkiv fra Sammen ({type(error).__name__}).") from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _looked_at(self) -> dict[str, zipfile.ZipInfo]:
        """The zip's directory, held against what it can be: no strange names, nothing packed, no more than there is."""
        found: dict[str, zipfile.ZipInfo] = {}
        infos = self._zip.infolist()
        if len(infos) > MOST_FILES or self._zip.comment:
            raise ArchiveError("Arkivet har flere filer enn et arkiv kan ha, eller en skjult merknad.")
        for info in infos:
            if not layout.NAME.fullmatch(info.filename) or info.filename in found:
                raise ArchiveError(f"Arkivet har en fil det ikke kan ha: {info.filename[:80]!r}.")
            if (
                info.compress_type != zipfile.ZIP_STORED
                or info.compress_size != info.file_size
                or info.flag_bits & 1
            ):
                raise ArchiveError(f"Arkivet er pakket på en annen måte enn Sammen gjør: {info.filename}.")
            found[info.filename] = info
        if sum(info.file_size for info in infos) > self.size:
            raise ArchiveError("Filene i arkivet er til sammen større enn arkivet.")
        return found

    def _manifest(self) -> dict[str, Any]:
        info = self._entries.get(layout.MANIFEST)
        if info is None or info.file_size > LARGEST_MANIFEST:
            raise ArchiveError("Arkivet mangler innholdsfortegnelsen, manifest.json.")
        try:
            told = json.loads(self._zip.read(info))
            kind, number, files = told["format"], told["format_version"], told["files"]
            UUID(told["municipality"]["id"])
            self.slug, self.name = str(told["municipality"]["slug"]), str(told["municipality"]["name"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ArchiveError("Innholdsfortegnelsen lar seg ikke lese.") from None
        if kind != layout.FORMAT or number != layout.FORMAT_VERSION:
            raise ArchiveError("Arkivet har et annet format enn denne versjonen kan lese.")
        if not isinstance(files, dict) or {*files, layout.MANIFEST} != set(self._entries):
            raise ArchiveError("Arkivet har andre filer enn innholdsfortegnelsen sier.")
        return dict(told)

    @property
    def tenant(self) -> UUID:
        """The municipality's id."""
        return UUID(self.manifest["municipality"]["id"])

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file's content, a megabyte at a time."""
        try:
            with self._zip.open(self._entries[name]) as source:
                while piece := source.read(PIECE):
                    yield piece
        except SealError as error:
            raise ArchiveError(SEAL_WORDS[error.code]) from None
        except (zipfile.BadZipFile, EOFError):
            raise _faulty(name) from None

    def content(self, name: str) -> bytes:
        """A whole file. Raises ArchiveError for one that is not there."""
        if name not in self._entries:
            raise ArchiveError(f"Arkivet mangler fila {name[:80]}.")
        return b"".join(self.pieces(name))

    def lines(self, name: str) -> Iterator[str]:
        """A file's lines, without their ends."""
        waiting = b""
        for piece in self.pieces(name):
            *whole, waiting = (waiting + piece).split(b"\n")
            if len(waiting) > LONGEST_LINE:
                raise _faulty(name)
            yield from (self._text(line, name) for line in whole)
        if waiting:
            raise _faulty(name)  # Every line ends; half a line is no row.

    @staticmethod
    def _text(line: bytes, name: str) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            raise _faulty(name) from None

    def rows(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(the line, what it says) of each row. Raises ArchiveError naming the line that is none."""
        for number, line in enumerate(self.lines(name), 1):
            try:
                yield line, read_line(line)
            except BadValue:
                raise ArchiveError(f"{name}, linje {number}: dette er ikke en rad.") from None

    def verify(self) -> Verified:
        """Every file against the manifest, and the archive's own fingerprint. Raises ArchiveError for the first fault."""
        rows = files = 0
        for name, told in self.manifest["files"].items():
            digest, size, lines = hashlib.sha256(), 0, 0
            for piece in self.pieces(name):
                digest.update(piece)
                size += len(piece)
                lines += piece.count(b"\n")
            if not isinstance(told, dict) or (told.get("sha256"), told.get("bytes")) != (
                digest.hexdigest(),
                size,
            ):
                raise _faulty(name)
            if name.endswith(".jsonl"):
                if told.get("rows") != lines:
                    raise _faulty(name)
                rows += lines
            files += name.startswith("files/")
        return Verified(self.fingerprint(), self.manifest, rows, files)

    def fingerprint(self) -> bytes:
        """SHA-256 of the plain archive, which no sealed file of it shows."""
        digest = hashlib.sha256()
        self._plain.seek(0)
        try:
            while piece := self._plain.read(PIECE):
                digest.update(piece)
        except SealError as error:
            raise ArchiveError(SEAL_WORDS[error.code]) from None
        return digest.digest()
