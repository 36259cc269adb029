from __future__ import annotations

import csv
import datetime as dt
import io
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.documents.tables_in import Table, UnreadableTable, read_table

# A spreadsheet knows no zones.
MIDNIGHT = dt.datetime.combine(dt.date(2026, 2, 28), dt.time())
HALF_PAST_FIVE = dt.datetime.combine(dt.date(2026, 2, 28), dt.time(17, 30))
KNOWN = ["Navn", "Timer", "Merknad"]
CONTENT_TYPES = "[Content_Types].xml"


def read(data: bytes, filename: str = "liste.csv") -> Table:
    return read_table(data, filename, known_columns=KNOWN)


def refusal(data: bytes, filename: str = "liste.csv") -> str:
    with pytest.raises(UnreadableTable) as caught:
        read(data, filename)
    return caught.value.text()


def workbook(*rows: list[object], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PLAIN = workbook(["Navn", "Timer"], ["Moen", 4])


def repacked(data: bytes, replaced: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same zip with some entries replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, content in replaced.items():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(data: bytes = PLAIN) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


# --- CSV


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_whatever_its_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    lines = [["Navn", "Timer", "Merknad"], ["Ødegård", "4", "på kafé"], ["Næss", "2", ""]]
    text = "\r\n".join(delimiter.join(line) for line in lines)

    table = read(text.encode(encoding))

    assert table.header == lines[0]
    assert [row.cells for row in table.rows] == lines[1:]
    assert table.delimiter == delimiter
    assert table.encoding == encoding
    assert table.kind == "csv"


def test_title_lines_are_passed_over_and_rows_keep_the_numbers_of_the_file() -> None:
    table = read(b"Oversikt over timer;;\r\n;;\r\n;NAVN ;timer.\r\n;Moen;4\r\n\r\n;;\r\n;Lie;2\r\n")

    assert table.header_row_no == 3
    assert table.header == ["", "NAVN", "timer."]
    assert [(row.row_no, row.cells[1]) for row in table.rows] == [(4, "Moen"), (7, "Lie")]


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_breaks() -> None:
    table = read(b'Navn;Timer\n"Moen; Ola";"""4"""\n"to\nlinjer";2\nLie;3\n')

    assert [row.cells for row in table.rows] == [["Moen; Ola", '"4"'], ["to\nlinjer", "2"], ["Lie", "3"]]
    assert [row.row_no for row in table.rows] == [2, 3, 4]


def test_a_comma_in_a_heading_does_not_make_the_comma_a_delimiter() -> None:
    table = read_table(
        b"Etternavn, fornavn;Timer\nMoen, Ola;4\n", "x", known_columns=["Etternavn, fornavn", "Timer"]
    )

    assert table.delimiter == ";"
    assert table.rows[0].cells == ["Moen, Ola", "4"]


def test_short_rows_are_filled_and_long_rows_keep_what_they_have() -> None:
    table = read(b"Navn;Timer;Merknad\nMoen\nLie;2;a;b\nBerg;1;;;;\n")

    assert [row.cells for row in table.rows] == [
        ["Moen", "", ""],
        ["Lie", "2", "a", "b"],
        ["Berg", "1", ""],
    ]


@pytest.mark.parametrize("data", [b"", b"  \r\n \n", b"\n\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "Fila er tom. Velg fila med lista og send den på nytt."


@pytest.mark.parametrize("data", [b"Moen;4\nLie;2\n", b"Navn\nMoen\n", b"hei", b";" * 200])
def test_a_file_without_known_headings_is_refused(data: bytes) -> None:
    assert "overskriftene" in refusal(data)


def test_a_header_far_down_is_not_looked_for() -> None:
    assert read(b"tittel\n" * 49 + b"Navn;Timer\n").header_row_no == 50
    assert "overskriftene" in refusal(b"tittel\n" * 50 + b"Navn;Timer\n")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "bilde"),
        (b"\xff\xd8\xff\xe0JFIF", "bilde"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "passord"),
        (b"<!DOCTYPE html><table>", "nettside"),
        (b"<?xml version='1.0'?><a/>", "nettside"),
        (b"Navn;Timer\nMo\x00en;4\n", "ikke en tabell"),
        (b"Navn;Timer\nMo\x07en;4\n", "ikke en tabell"),
        (bytes(range(256)) * 4, "ikke en tabell"),
        (b"\xff\xfeN\x00a", "ikke en tabell"),
    ],
)
def test_other_kinds_of_files_are_told_apart_by_content_not_by_name(data: bytes, word: str) -> None:
    assert word in refusal(data, "liste.csv")
    assert word in refusal(data, "liste.xlsx")


def test_a_workbook_named_csv_is_still_a_workbook() -> None:
    assert read(PLAIN, "liste.csv").kind == "xlsx"
    assert read(b"Navn;Timer\n", "liste.xlsx").kind == "csv"


def test_letters_broken_on_the_way_are_noticed_before_they_become_names() -> None:
    broken = "Navn;Timer\nØdegård;4\n".encode().decode("cp1252").encode("utf-8")

    assert "ødelagt" in refusal(broken)
    assert "ødelagt" in refusal("Navn;Timer\n�deg�rd;4\n".encode())
    # One stray byte makes the whole file Windows-1252, and the UTF-8 letters in it would be lost.
    assert "ødelagt" in refusal("Navn;Timer\nØdegård;4\n".encode() + b"Lie\xe6;3\n")


@pytest.mark.parametrize("data", [b'Navn;Timer\n"Moen;4\nLie;2\n', b'Navn;Timer\n"Moen" og;4\n'])
def test_a_quotation_mark_out_of_place_is_told_with_its_line(data: bytes) -> None:
    assert "anførselstegn" in refusal(data)
    assert "Linje" in refusal(data)


def test_limits_are_kept_and_named() -> None:
    head = b"Navn;Timer\n"
    assert len(read(head + b"Moen;4\n" * 5000).rows) == 5000
    assert "5 000 rader" in refusal(head + b"Moen;4\n" * 5001)
    assert "5 000 rader" in refusal(head + b"Moen;4\n" * 9000)
    assert len(read(head + b"a" * 5000 + b";4\n").rows) == 1
    assert "5000 tegn" in refusal(head + b"a" * 5001 + b";4\n")
    assert len(read(b"Navn;Timer" + b";x" * 98 + b"\n").header) == 100
    assert "100 kolonner" in refusal(b"Navn;Timer" + b";x" * 99 + b"\n")
    assert "10 MB" in refusal(head + b" " * (10 * 1024 * 1024))


def test_a_cell_larger_than_the_csv_reader_takes_is_refused_as_too_long() -> None:
    endless = b"Navn;Timer\n" + b"a" * (csv.field_size_limit() + 1) + b";4\n"

    assert refusal(endless) == "Rad 2 har en celle med mer enn 5000 tegn. Kort ned teksten."


def test_the_file_name_is_kept_without_its_folder_and_decides_nothing() -> None:
    assert read(b"Navn;Timer\n", "C:\\fakepath\\../lis\x00te.csv").filename == "liste.csv"
    assert read(b"Navn;Timer\n", "").filename == "liste"


@given(st.binary(max_size=400))
def test_any_bytes_are_either_a_table_or_refused(data: bytes) -> None:
    for given_data in (data, b"PK\x03\x04" + data, b"Navn;Timer\n" + data):
        try:
            table = read(given_data)
        except UnreadableTable:
            continue
        assert table.header
        assert all(len(row.cells) >= len(table.header) for row in table.rows)


# --- Workbooks


def test_a_workbook_reads_as_the_same_text_as_its_csv() -> None:
    data = workbook(
        ["Oversikt"],
        ["Navn", "Timer", "Merknad"],
        ["Ødegård", 4.5, MIDNIGHT],
        [],
        ["Lie", 12345678901, dt.date(2026, 3, 1)],
        ["Berg", 0.1, True],
        ["Moen", "4,5", HALF_PAST_FIVE],
        [None, 2.0, dt.time(9, 5)],
    )

    table = read(data, "liste.xlsx")

    assert (table.kind, table.encoding, table.delimiter, table.header_row_no) == ("xlsx", "", "", 2)
    assert [(row.row_no, row.cells) for row in table.rows] == [
        (3, ["Ødegård", "4,5", "28.02.2026"]),
        (5, ["Lie", "12345678901", "01.03.2026"]),
        (6, ["Berg", "0,1", "ja"]),
        (7, ["Moen", "4,5", "28.02.2026 17:30"]),
        (8, ["", "2", "09:05"]),
    ]


def test_the_list_is_found_on_the_sheet_that_has_the_headings() -> None:
    def add_sheets(book: openpyxl.Workbook) -> None:
        hidden = book.create_sheet("Gammel", 0)
        hidden.append(["Navn", "Timer"])
        hidden.append(["Skjult", 1])
        hidden.sheet_state = "hidden"
        book.create_sheet("Forside", 1).append(["Les dette først"])

    table = read(workbook(["Navn", "Timer"], ["Moen", 4], change=add_sheets))

    assert [row.cells for row in table.rows] == [["Moen", "4"]]


def test_a_workbook_with_too_many_rows_or_columns_is_refused() -> None:
    assert "5 000 rader" in refusal(workbook(["Navn", "Timer"], *[["a", 1]] * 5001))
    assert "100 kolonner" in refusal(workbook(["Navn", "Timer", *["x"] * 99]))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(PLAIN, {"xl/worksheets/sheet1.xml": b"<" + b" " * (60 * 1024 * 1024)})
    many = repacked(PLAIN, {f"xl/part{number}.xml": b" " * (4 * 1024 * 1024) for number in range(17)})
    crowd = repacked(PLAIN, {f"xl/part{number}.xml": b"<a/>" for number in range(600)})

    assert len(bomb) < 200_000
    tracemalloc.start()
    assert "for stor når den pakkes ut" in refusal(bomb)
    assert "for stor når den pakkes ut" in refusal(many)
    assert "vanlig liste ikke har" in refusal(crowd)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * 1024 * 1024


def test_a_row_numbered_a_billion_does_not_make_us_count_to_a_billion() -> None:
    xml = sheet_xml().replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="A999999999"')
    assert b"999999999" in xml

    assert "for stor" in refusal(repacked(PLAIN, {"xl/worksheets/sheet1.xml": xml}))


ENTITIES = b'<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'


@pytest.mark.parametrize(
    "disguise",
    [
        lambda xml: ENTITIES + xml,
        lambda xml: b'<?xml version="1.0"?>\n' + ENTITIES + xml,
        lambda xml: (ENTITIES + xml).decode().encode("utf-16"),
        lambda xml: (ENTITIES + xml).decode().encode("utf-16-be"),
        lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + (ENTITIES + xml).decode().encode("cp037"),
        lambda xml: b'<?xml version="1.0" encoding="utf-7"?>' + xml,
    ],
)
def test_xml_that_declares_entities_or_hides_them_is_refused(
    disguise: Callable[[bytes], bytes],
) -> None:
    xml = sheet_xml()
    xml = xml[xml.index(b"<worksheet") :]

    assert "vanlig liste ikke har" in refusal(repacked(PLAIN, {"xl/worksheets/sheet1.xml": disguise(xml)}))
    assert "vanlig liste ikke har" in refusal(repacked(PLAIN, {"xl/media/image1.png": disguise(xml)}))


def test_an_archive_within_the_workbook_is_refused() -> None:
    assert "vanlig liste ikke har" in refusal(repacked(PLAIN, {"xl/embeddings/bok.bin": PLAIN}))


@pytest.mark.parametrize(
    ("replaced", "word"),
    [
        ({"xl/vbaProject.bin": b"makro"}, "makroer"),
        ({"xl/workbook.bin": b"binary"}, ".xlsb"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, ".ods"),
        ({"xl/workbook.xml": b"<workbook"}, "ikke leses"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}, "ikke leses"),
    ],
)
def test_other_workbooks_are_refused_with_what_to_do(replaced: dict[str, bytes], word: str) -> None:
    assert word in refusal(repacked(PLAIN, replaced))


def test_a_zip_that_is_no_workbook_or_is_cut_short_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("brev.txt", "hei")

    assert "ikke et regneark" in refusal(out.getvalue())
    assert "ikke leses" in refusal(PLAIN[: len(PLAIN) // 2])
    assert "ikke leses" in refusal(PLAIN[:200] + b"\xff" * 50 + PLAIN[250:])


def test_an_entry_marked_as_encrypted_is_refused() -> None:
    data = bytearray(PLAIN)
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4

    assert "passord" in refusal(bytes(data))
