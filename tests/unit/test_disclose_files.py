"""`sammen disclose` reads what people have, and says in which file, line and column something is wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from reporting.disclosure.files import BadFile, Columns, read_lines, read_sheet, sums_among
from reporting.disclosure.groups import read_hierarchy

COUNT = Columns("n")
MONEY = Columns("kroner", contributors="antall", largest="største", second="nest")


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "tabell.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_file_a_spreadsheet_saves_is_read_whatever_it_separates_with(
    tmp_path: Path, separator: str, encoding: str, end: str
) -> None:
    text = end.join(
        separator.join(row) for row in (["Kommune", "n"], ["Færder", " 12 "], ["", ""], ["Bø", "0"])
    )
    names, lines = read_lines(read_sheet(written(tmp_path, text, encoding)), COUNT)
    assert names == ("Kommune",)
    assert [(line.line, line.key, line.value) for line in lines] == [
        (2, ("Færder",), Decimal(12)),
        (4, ("Bø",), Decimal(0)),
    ]


def test_the_first_line_may_say_what_separates_and_lines_are_counted_with_it(tmp_path: Path) -> None:
    _, lines = read_lines(read_sheet(written(tmp_path, "sep=;\nsted;n\nA;1\nB;1e+02\n")), COUNT)
    assert [(line.line, line.key, line.value) for line in lines] == [
        (3, ("A",), Decimal(1)),
        (4, ("B",), Decimal(100)),
    ]


def test_a_code_that_is_everywhere_the_sum_of_the_others_is_found(tmp_path: Path) -> None:
    text = "sted;alder;n\n" + "".join(
        f"{place};{age};{n}\n"
        for place, numbers in (("A", (1, 4)), ("B", (2, 9)), ("Landet", (3, 13)))
        for age, n in zip(("ung", "gammel"), numbers, strict=True)
    )
    _, lines = read_lines(read_sheet(written(tmp_path, text)), COUNT)
    assert (sums_among(lines, 0), sums_among(lines, 1)) == (["Landet"], [])


def test_kroner_may_be_written_as_norwegians_write_them(tmp_path: Path) -> None:
    path = written(tmp_path, "sted;kroner;antall;største;nest\nA;1 234,50;4;600,5;500\n")
    _, lines = read_lines(read_sheet(path), MONEY)
    assert (lines[0].value, lines[0].largest, lines[0].contributors) == (
        Decimal("1234.50"),
        Decimal("600.5"),
        4,
    )


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("", COUNT, "Fila er tom"),
        ("a;n\n", COUNT, "ingen rader"),
        ("a;m\nx;1\n", COUNT, "linje 1, kolonnen «n»: Fant ikke kolonnen for verdien. Fila har: a, m."),
        ("a;a;n\nx;y;1\n", COUNT, "linje 1, kolonnen «a»: Navnet står to ganger"),
        ("a;;n\nx;y;1\n", COUNT, "linje 1: En kolonne mangler navn"),
        ("n\n1\n", COUNT, "ingen kolonner å dele etter"),
        ("a;n\nx;1\ny\n", COUNT, "linje 3: Linja har 1 felt, og skulle hatt 2"),
        ("a;n\nx;tre\n", COUNT, "linje 2, kolonnen «n»: «tre» er ikke et tall"),
        ("a;n\nx;nan\n", COUNT, "«nan» er ikke et tall"),
        ("a;n\nx;-1\n", COUNT, "linje 2, kolonnen «n»: -1 er negativt"),
        ("a;n\nx;1,5\n", COUNT, "1,5 er ikke et helt tall"),
        ("a;n\nx;1\nx;2\n", COUNT, "linje 3: a x står også på linje 2"),
        ("a;n\n;2\n", COUNT, "linje 2, kolonnen «a»: Koden mangler"),
        ("a;n\nTotal;2\n", COUNT, "«Total» ser ut som en sum"),
        ("a;n\nx;1\ni alt;2\n", COUNT, "linje 3, kolonnen «a»: «i alt» ser ut som en sum"),
        ("a;n\nx;\n", COUNT, "linje 2, kolonnen «n»: Tallet mangler"),
        ("a;n\nx;\u22121\n", COUNT, "\u22121 er negativt"),
        ("a;n\nx;1_000\n", COUNT, "«1_000» er ikke et tall"),
        ("a;n\nx;1e400\n", COUNT, "«1e400» er ikke et tall"),
        ("a;n\nx;" + 20 * "9" + "\n", COUNT, "er for stort"),
        ("sted;kroner;antall;største;nest\nA;1.234;2;1;0\n", MONEY, "1.234 har mer enn to desimaler"),
        ('a;n\n"x;2\n', COUNT, "anførselstegn"),
        ("sted;kroner;antall;største;nest\nA;10;2;4;5\n", MONEY, "nest største bidraget er større"),
        ("sted;kroner;antall;største;nest\nA;10;2;9;5\n", MONEY, "til sammen mer enn verdien"),
        ("sted;kroner;antall;største\nA;10;2;9\n", MONEY, "kolonnen «nest»: Fant ikke kolonnen"),
        ("a;n\nx;1\n", Columns("n", member="eier"), "kolonnen «eier»"),
        ("a\x00;n\n", COUNT, "ikke en tekstfil"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_place(
    tmp_path: Path, text: str, columns: Columns, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadFile) as bad:
        read_lines(read_sheet(path), columns)
    assert said in str(bad.value)
    assert str(bad.value).startswith(str(path))


def test_a_file_that_is_not_there_and_one_that_is_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="finnes ikke"):
        read_sheet(tmp_path / "nei.csv")
    with pytest.raises(BadFile, match="mappe"):
        read_sheet(tmp_path)


def test_levels_in_columns_and_groups_as_codes_are_the_same_hierarchy(tmp_path: Path) -> None:
    levels = written(tmp_path, "kommune;fylke;landsdel\nA;V;Øst\nB;V;Øst\nC;T;Øst\n", name="nivåer.csv")
    pairs = written(tmp_path, "barn,forelder\nA,V\nB,V\nC,T\nV,Øst\nT,Øst\nD,U\n", name="par.csv")
    wanted = {"A": "V", "B": "V", "C": "T", "V": "Øst", "T": "Øst"}
    assert read_hierarchy(levels, "ABC", "kommune") == read_hierarchy(pairs, "ABC", "kommune") == wanted


def test_a_letter_written_as_two_signs_is_the_same_code(tmp_path: Path) -> None:
    path = written(tmp_path, "kommune;fylke\nBa\u030atsfjord;V\n")
    assert read_hierarchy(path, ["Båtsfjord"], "kommune") == {"Båtsfjord": "V"}


def test_a_code_may_stand_in_no_group(tmp_path: Path) -> None:
    path = written(tmp_path, "kommune;fylke\nA;V\nB;\n")
    assert read_hierarchy(path, "ABC", "kommune") == {"A": "V"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kommune\nA\n", "minst to kolonner"),
        ("kommune;fylke\nA;V\nA;T\n", "linje 3: «A» er i «T» her, og i «V» på linje 2"),
        ("kommune;fylke\nA;A\n", "linje 2: «A» kan ikke være gruppen sin egen gruppe"),
        ("kommune;fylke\nA;V\nV;T\nT;V\n", "i en gruppe som er i den selv"),
        ("kommune;fylke\nX;V\n", "Ingen av kodene i kolonnen «kommune»"),
        ("kommune;fylke\nA;B\nC;V\n", "linje 2: «B» er både en kode i tabellen og en gruppe"),
        ("kommune;fylke\n;V\n", "linje 2, kolonnen «kommune»: Koden mangler"),
        ("kommune;fylke\nA;V\nV;Total\n", "linje 3: «Total» er ordet for alle koder samlet"),
    ],
)
def test_what_is_wrong_with_a_hierarchy_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text, name="fylker.csv")
    with pytest.raises(BadFile) as bad:
        read_hierarchy(path, "ABC", "kommune")
    assert said in str(bad.value)
    assert "fylker.csv" in str(bad.value)
