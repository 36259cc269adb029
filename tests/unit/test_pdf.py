"""Letters and reports as files: tagged, titled, in a language, the same each time, and what is typed is never markup."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sammen.documents import pdf
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Picture, Points, Quote, Table
from sammen.documents.pdf import Document, Sender, render_pdf, set_pages

EVERY_BLOCK: tuple[Block, ...] = (
    Paragraph("Først dette.\nSå dette.\n\nEt nytt avsnitt."),
    Heading("Dette får du"),
    Table(
        ["Tjeneste", "Hvor mye"],
        [["Individuell støttekontakt", "4 timer i uka"], ["Aktivitetsgruppe", "–"]],
        [2, 1],
    ),
    Facts([("Målet", "En fast aktivitet."), ("Står ikke", "")]),
    Points(["En", "To"]),
    Points(["Først", "Så"], numbered=True),
    Heading("Under", level=2),
    Quote("Jeg vil svømme.", "Jonas, med egne ord"),
)


def document(**changes: Any) -> Document:
    given: dict[str, Any] = {
        "kind": "letter", "language": "nb", "title": "Du får støttekontakt", "date": date(2026, 11, 22),
        "sender": Sender("Horten kommune", "Støttekontakt, barn og unge", ["Postboks 10, 3191 Horten"]),
        "reference": "2026-0412", "recipient": ["Jonas Bergli", "Storgata 14", "3187 Horten"],
        "facts": [("Dato", "22. november 2026")], "exempt": "Unntatt offentlighet, offl. § 13",
        "signature": ["Kari Lunde", "saksbehandler"], "copies": ["Anne Bergli"], "blocks": EVERY_BLOCK,
    }  # fmt: skip
    return Document(**{**given, **changes})


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def tags(file: pikepdf.Pdf) -> list[str]:
    """Every structure tag of the file, in the order it is read aloud."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for one in element:
                walk(one)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append(str(element.S))
            if "/K" in element:
                walk(element.K)

    walk(file.Root.StructTreeRoot.K)
    return found


def text_of(file: pikepdf.Pdf) -> str:
    """What a reader copies out of the file: the glyphs of each page through its fonts' own tables to letters."""
    said = []
    for one in file.pages:
        tables = {name: _letters(font) for name, font in one.Resources.Font.items()}
        font: dict[int, str] = {}
        for instruction in pikepdf.parse_content_stream(one):
            assert isinstance(instruction, pikepdf.ContentStreamInstruction), "the sheet has no pictures"
            operands, operator = instruction.operands, instruction.operator
            if str(operator) == "Tf":
                font = tables[str(operands[0])]
            elif str(operator) in ("Tj", "TJ"):
                parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        raw = bytes(part)
                        said += [
                            font.get(int.from_bytes(raw[n : n + 2], "big"), "") for n in range(0, len(raw), 2)
                        ]
    return "".join(said)


def _letters(font: Any) -> dict[int, str]:
    table = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found: dict[int, str] = {}
    for part in table.split("beginbfchar")[1:]:
        for line in part.split("endbfchar")[0].strip().splitlines():
            glyph, letters = line.replace(">", "").split("<")[1:3]
            found[int(glyph.strip(), 16)] = bytes.fromhex(letters.strip()).decode("utf-16-be")
    for part in table.split("beginbfrange")[1:]:
        for line in part.split("endbfrange")[0].strip().splitlines():
            first, last, letters = line.replace(">", "").split("<")[1:4]
            start = int(bytes.fromhex(letters.strip()).decode("utf-16-be").encode("utf-32-be").hex(), 16)
            for step in range(int(last.strip(), 16) - int(first.strip(), 16) + 1):
                found[int(first.strip(), 16) + step] = chr(start + step)
    return found


async def test_a_letter_says_what_it_is_to_those_who_hear_it_and_to_the_archive() -> None:
    file = opened(await render_pdf(document()))
    assert bool(file.Root.MarkInfo.Marked)
    assert str(file.Root.Lang) == "nb-NO"
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
    with file.open_metadata() as about:
        assert about["dc:title"] == "Du får støttekontakt"
        assert about["pdfuaid:part"] == "1"
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "A")
        assert about["dc:creator"] == ["Horten kommune"]
    assert all(
        font.get("/ToUnicode") is not None for one in file.pages for font in one.Resources.Font.values()
    )


async def test_every_kind_of_block_has_its_own_tag() -> None:
    found = tags(opened(await render_pdf(document())))
    assert found.count("/H1") == 1, "the title, and nothing else"
    assert {
        "/H2",
        "/H3",
        "/P",
        "/Table",
        "/THead",
        "/TH",
        "/TBody",
        "/TD",
        "/L",
        "/LI",
        "/Lbl",
        "/LBody",
        "/Quote",
    } <= set(found)
    assert found.count("/TH") == 2
    assert found.index("/H1") < found.index("/Table")


async def test_a_picture_has_its_words_for_those_who_do_not_see_it() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    made = await render_pdf(document(kind="report", blocks=[Picture(svg, "Horten: 9,7. Hof: skjult.")]))
    assert "/Figure" in tags(opened(made))
    assert "Horten: 9,7. Hof: skjult.".encode("utf-16-be") in made or b"Horten: 9,7. Hof: skjult." in made


async def test_a_nynorsk_letter_says_so() -> None:
    assert str(opened(await render_pdf(document(language="nn"))).Root.Lang) == "nn-NO"


async def test_a_report_has_no_window_and_no_signature() -> None:
    report = document(kind="report", recipient=(), signature=(), copies=(), title="Referat fra statusmøte")
    file = opened(await render_pdf(report))
    said = text_of(file)
    assert "Referat fra statusmøte" in said
    assert "Med hilsen" not in said
    assert tags(file).count("/H1") == 1


async def test_the_same_document_gives_the_same_bytes_and_another_day_gives_others() -> None:
    first, again = await render_pdf(document()), await render_pdf(document())
    assert first == again
    assert first != await render_pdf(document(date=date(2026, 11, 23)))
    kept = json.loads(json.dumps(document().as_json()))
    assert set_pages(kept) == first, "what is kept beside the file makes the file again"


@pytest.mark.parametrize(
    "typed",
    [
        "#panic()", "$x^2$", "[innhold]", "\\", "*fet* _skrå_", "@kilde", "<merke>", "`kode`", "= Overskrift", "- punkt",
        "+ punkt", "/ ord: forklaring", "// kommentar", "/* kommentar */", "https://eksempel.no", "#import \"sheet.typ\"",
        "#sys.inputs", "~", "--", "---", "...", "'a' \"b\"", "{{ x }}", "%(navn)s", "\\u{41}",
    ],
)  # fmt: skip
async def test_what_somebody_typed_is_printed_as_typed(typed: str) -> None:
    blocks = (
        Paragraph(f"før {typed} etter"), Heading(f"før {typed} etter"), Facts([(f"før {typed} etter", f"før {typed} etter")]),
        Table([f"før {typed} etter"], [[f"før {typed} etter"]]), Points([f"før {typed} etter"]), Quote(f"før {typed} etter"),
    )  # fmt: skip
    file = opened(
        await render_pdf(
            document(blocks=blocks, title=f"før {typed} etter", recipient=[f"før {typed} etter"])
        )
    )
    said = text_of(file).replace(" ", "")
    wanted = f"før {typed} etter".replace(" ", "")
    assert said.count(wanted) == 10, said
    assert not any("/Link" in tag for tag in tags(file))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_no_text_makes_a_letter_impossible(text: str) -> None:
    made = set_pages(document(title=text or "–", blocks=[Paragraph(text), Points([text]), Facts([(text, text)])],
                              recipient=[text], signature=[text]).as_json())  # fmt: skip
    assert made.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Áŋŋe Čálliid", "Áŋŋe Čálliid"),
        ("A\u030ase", "Åse"),
        ("glad 😀", "glad □"),
        ("a\u202eb\x07c", "abc"),
        ("中", "□"),
    ],
)
async def test_names_keep_their_letters_and_what_no_typeface_has_is_seen_to_be_missing(
    typed: str, printed: str
) -> None:
    said = text_of(opened(await render_pdf(document(blocks=[Paragraph(typed)]))))
    assert printed.replace(" ", "") in said.replace(" ", "")


async def test_pages_are_numbered_and_following_pages_say_whose_letter_it_is() -> None:
    file = opened(await render_pdf(document(blocks=[Paragraph("Mye tekst. " * 1500)])))
    assert len(file.pages) > 2
    said = text_of(file).replace(" ", "")
    assert f"Side2av{len(file.pages)}" in said
    assert said.count("Vårreferanse2026-0412") == len(file.pages) - 1


def test_a_table_whose_rows_do_not_fit_its_heads_is_refused() -> None:
    with pytest.raises(ValueError, match="another number of cells"):
        document(blocks=[Table(["a", "b"], [["1"]])]).as_json()


async def test_without_the_typeface_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    try:
        with pytest.raises(pdf.PdfError, match="make assets"):
            await render_pdf(document())
    finally:
        pdf._fonts.cache_clear()


def test_the_machines_own_typefaces_are_never_used() -> None:
    assert {font.path for font in pdf._fonts().fonts() if font.path} == {
        str(path) for path in pdf.FONTS.glob("*.ttf")
    }
