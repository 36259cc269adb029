"""Excel workbooks (.xlsx) from strangers: looked over as a zip file before openpyxl may open them.

A workbook is a zip of XML. Two old tricks hide in that: a small file that unpacks to gigabytes, and XML
entities that multiply when read. openpyxl reads with the standard library's parser, which expands
entities, so no part may declare any. Python never unpacks more of an entry than its stated size, so the
stated sizes can be trusted as a ceiling: an entry that lies fails its checksum.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from sammen.documents.limits import UnreadableTable
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_ENTRIES = 500
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 200
_RATIO_MATTERS_FROM = 1024 * 1024
# A row's number is free text in the file: one row numbered a billion makes openpyxl invent all before it.
MAX_CELLS = 2_000_000

# openpyxl warns of styling and validation it drops, cell by cell; none of that matters to a list.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

_DAMAGED = N_("Excel-fila er ødelagt eller kan ikke leses. Åpne den i Excel og lagre den på nytt som .xlsx.")
_SUSPICIOUS = N_("Excel-fila inneholder noe en vanlig liste ikke har. Kopier lista til en ny arbeidsbok.")
_TOO_LARGE = N_("Excel-fila blir for stor når den pakkes ut. Kopier bare lista til en ny arbeidsbok.")
# NotImplementedError: a compression Python does not know; RuntimeError: a password after all.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
# XML in UTF-8 or UTF-16, with or without a byte order mark, whatever the entry is called.
_LOOKS_LIKE_XML = re.compile(rb"[\x00\s\xef\xbb\xbf\xfe\xff]*<")
_DECLARED_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']*)[\"']")


def sheets(data: bytes) -> Iterator[Iterator[list[str]]]:
    """Each sheet's rows, as lists of text, blank rows included so that counting rows gives their number.

    Raises UnreadableTable for anything but a plain workbook of sensible size.
    """
    import openpyxl  # it brings numpy: loaded where a workbook is read, so that the web process stays small

    _look_over(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl lets KeyError, TypeError and more out of a damaged file
        raise UnreadableTable(_DAMAGED) from error
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                yield _rows(sheet)
    finally:
        book.close()


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # a stated dimension may be wrong, and would cut rows off
    cells_seen = 0
    rows = sheet.iter_rows(values_only=True)
    while True:
        try:
            row = next(rows, None)
        except Exception as error:  # as above, now from inside a sheet
            raise UnreadableTable(_DAMAGED) from error
        if row is None:
            return
        cells_seen += len(row) + 1
        if cells_seen > MAX_CELLS:
            raise UnreadableTable(_TOO_LARGE)
        yield [_as_text(value).strip() for value in row]


def _as_text(value: object) -> str:
    """A cell's value as a Norwegian would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # The shortest text that gives the same number: 4.5, not 4.4999999999999996.
        return format_decimal(Decimal(repr(value)))
    if isinstance(value, dt.datetime):
        return format_date(value.date()) + (f" {value:%H:%M}" if value.time() != dt.time() else "")
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    from openpyxl.utils.escape import unescape

    return str(unescape(str(value)))  # Excel writes a carriage return as _x000D_


def _look_over(data: bytes) -> None:
    """Refuse what is not a plain workbook, reading no more than the ceilings allow."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_sizes(entries)
            _refuse_kinds({entry.filename for entry in entries}, archive)
            for entry in entries:
                _look_into(archive.read(entry))
    except _ZIP_FAULTS as error:
        raise UnreadableTable(_DAMAGED) from error


def _refuse_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableTable(_SUSPICIOUS)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise UnreadableTable(_TOO_LARGE)
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise UnreadableTable(N_("Fila har passord. Lagre den uten passord og send den på nytt."))
        is_large = entry.file_size > _RATIO_MATTERS_FROM
        if is_large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise UnreadableTable(_TOO_LARGE)


def _refuse_kinds(names: set[str], archive: zipfile.ZipFile) -> None:
    if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
        raise UnreadableTable(N_("Fila er i OpenDocument-format (.ods). Lagre den som .xlsx eller CSV."))
    if "xl/workbook.bin" in names:
        raise UnreadableTable(N_("Fila er i binært Excel-format (.xlsb). Lagre den som .xlsx eller CSV."))
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise UnreadableTable(N_("Dette er ikke et regneark. Lagre lista som Excel (.xlsx) eller CSV."))
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise UnreadableTable(N_("Fila inneholder makroer. Lagre den som vanlig .xlsx eller CSV."))


def _look_into(content: bytes) -> None:
    """Refuse archives within the archive, and XML that could declare entities, openly or in disguise.

    Another encoding than UTF-8 could write "<!DOCTYPE" in bytes we would not recognise, so none is taken.
    """
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xd0\xcf\x11\xe0")):
        raise UnreadableTable(_SUSPICIOUS)
    if not _LOOKS_LIKE_XML.match(content):
        return
    if b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableTable(_SUSPICIOUS)
    declared = _DECLARED_ENCODING.search(content[:1024])
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise UnreadableTable(_SUSPICIOUS)
