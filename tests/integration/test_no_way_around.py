"""No way round disclosure control: every page, file, chart, order and filter of the figures is searched for what is hidden.

The world's numbers are large and unlike one another, so that a hidden one found anywhere is that number and no other. And
when the figures behind a release are exchanged for others, every page still says the same, to the letter: nothing but the
release is behind what is shown.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import pikepdf
import pytest

from reporting.measures.api import DEFINITIONS
from reporting.releases import queries
from reporting.releases.api import Released, released, releases_shown
from reporting.releases.tables import offered
from reporting.reports.api import REPORTS
from sammen.policy.roles import Role
from tests.database import fresh_database
from tests.figure_samples import more_municipalities
from tests.release_samples import HALF, Cells, approved, released_now, whole
from tests.worlds import Browser, World, make_world

WAYS = ("/tall", "/publiseringer", "/maal", "/hva-om", "/hefte", "/kartlegging", "/innlevering", "/folketall")
PAPERS = ("/hefte", "/kartlegging")
"""Read to their end before the rest, since their files are far from the start."""
READERS = (
    ("vestfold", Role.STEERING_GROUP_MEMBER, "/r/vestfold"),
    ("vestfold", Role.PROJECT_MANAGER, "/r/vestfold"),
    ("horten", Role.MANAGER, "/k/horten"),
    ("re", Role.MUNICIPALITY_ADMINISTRATOR, "/k/re"),
)
MOST = 90
"""Addresses a reader tries, the nearest first; files are counted apart, for each of the ways."""
MOST_FILES = 4
BASE = (4127, 5231, 6389, 7457, 8563)
Spot = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def figures(number: int) -> dict[str, Cells]:
    """Numbers that meet nowhere else; three users under 18 in the first place, and two who are old in the second."""
    base = BASE[number]
    return {
        "users": {
            whole("users", age="0-17", gender="F"): 3 if number == 0 else base - 311,
            whole("users", age="18-66", gender="M"): base,
            whole("users", age="67-79", gender="F"): 2 if number == 1 else base + 907,
            whole("users", age="80", gender="M"): base + 1709,
        },
        "hours": {
            whole("hours", age="0-17"): (f"{7 * base + 13}.25", 3 if number == 0 else base // 9, "41.00", "40.00"),
            whole("hours", age="18-66"): (f"{11 * base + 29}.75", base // 7, "61.00", "60.00"),
        },
        "cost": {whole("cost"): (f"{2131 * base + 17}.00", base // 5, "80123.00", "80001.00")},
        "contacts": {
            whole("contacts", gender="F"): base // 3,
            whole("contacts", gender="M"): 4 if number == 2 else base // 4,
        },
    }  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The world, what its release shows, and the true value of each hidden cell by place."""

    world: World
    shown: Released
    hidden: dict[Spot, Decimal]


@pytest.fixture(scope="module")
async def known(migrated: tuple[str, str]) -> AsyncIterator[Known]:
    async with fresh_database(*migrated) as database:
        world = await make_world(database)
        try:
            others = await more_municipalities(world, ["Larvik", "Færder", "Sandefjord"])
            raw = dict(zip([world.horten, world.re, *others.values()], map(figures, range(5)), strict=True))
            for place, held in raw.items():
                await approved(world, place, held)
            await released_now(
                world, [one.id for one in offered(DEFINITIONS.values()) if one.measure in figures(0)]
            )
            await with_pack(world)
            async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
                shown = await released(uow, (await releases_shown(uow))[0])
            true = {str(place): held for place, held in raw.items()}
            hidden = {spot: true_value(true, spot) for spot, cell in shown.cells.items() if cell.hidden}
            yield Known(world, shown, hidden)
        finally:
            await world.close()


async def with_pack(world: World) -> None:
    """A meeting pack with every report, so that all they say on paper is read too."""
    form: dict[str, Any] = {"dato": "15.12.2026", "periode": HALF.slug}
    for report in REPORTS.values():
        form.setdefault(f"rapporter-{report.theme}", []).append(report.id)
    manager = await world.browser("vestfold", Role.PROJECT_MANAGER)
    answer = await manager.submit("/r/vestfold/hefte/nytt", form, page="/r/vestfold/hefte/nytt")
    assert answer.status_code == 303


def true_value(raw: dict[str, dict[str, Cells]], spot: Spot) -> Decimal:
    """What a cell is, summed anew from the inner cells."""
    measure, by, place, key = spot
    names = [one.id for one in DEFINITIONS[measure].dimensions]
    return sum(
        (
            Decimal(told[0] if isinstance(told, tuple) else told)
            for where, held in raw.items() if place in ("", where)
            for inner, told in held[measure].items()
            if tuple(inner[names.index(name)] for name in by) == key
        ),
        Decimal(0),
    )  # fmt: skip


def told_as(value: Decimal) -> set[str]:
    """How a number may stand in a text: exact and rounded, in digits alone."""
    rounded = {
        value,
        value.quantize(Decimal(1), ROUND_HALF_UP),
        value.quantize(Decimal("0.1"), ROUND_HALF_UP),
    }
    return {re.sub(r"[.,]0+$", "", str(one)).replace(".", ",") for one in rounded}


def numbers(text: str) -> set[str]:
    """Every number in a text, without the spaces and points that group its digits."""
    joined = re.sub(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))", "", html.unescape(text))
    return {one.replace(".", ",") for one in re.findall(r"\d+(?:[.,]\d+)?", joined)}


def readable(content: bytes) -> str:
    """The text of an answer: pages as they are, a spreadsheet's cells, a PDF's words and the alternatives to its charts."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = [name for name in packed.namelist() if not name.startswith("docProps")]
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in inside)
    if content[:4] == b"%PDF":
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return pdf_text(pdf)
    return content.decode("utf-8", "replace")


def pdf_text(pdf: pikepdf.Pdf) -> str:
    """What is drawn on the pages and in the pictures on them, and what is said instead of the pictures."""
    drawn: list[Any] = [*pdf.pages]
    said: list[str] = []
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form":
            drawn.append(one)
        if isinstance(one, pikepdf.Dictionary):
            said += [str(one[name]) for name in ("/ActualText", "/Alt", "/Title") if name in one]
    for one in drawn:
        fonts = one.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())
        tables = {name: letters(font) for name, font in fonts.items()}
        said += words(one, tables)
    return " ".join(said)


def words(drawn: Any, tables: dict[str, dict[int, str]]) -> Iterable[str]:
    """Each piece of text that a content stream draws."""
    font: dict[int, str] = {}
    for found in pikepdf.parse_content_stream(drawn):
        operands, operator = list(found.operands), str(found.operator)
        if operator == "Tf":
            font = tables.get(str(operands[0]), {})
        elif operator in ("Tj", "TJ"):
            parts = operands[0] if operator == "TJ" else operands
            raw = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            yield "".join(font.get(int.from_bytes(raw[n : n + 2], "big"), "") for n in range(0, len(raw), 2))


def letters(font: Any) -> dict[int, str]:
    """A font's own table from glyphs to letters."""
    table = bytes(font.ToUnicode.read_bytes()).decode("latin-1") if "/ToUnicode" in font else ""
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for glyph in range(int(first, 16), int(last, 16) + 1):
                found[glyph] = chr(int(text, 16) + glyph - int(first, 16))
    return found


def links(page: str, at: str, base: str) -> Iterable[str]:
    """Where a page leads within the figures: links, and every choice of its filter forms."""
    for found in re.findall(r'(?:href|hx-get)="([^"#]+)', page):
        yield urljoin(at, html.unescape(found))
    for form in re.findall(r'<form[^>]*method="get".*?</form>', page, re.DOTALL):
        action = re.search(r'action="([^"]*)"', form)
        for select in re.findall(r"<select.*?</select>", form, re.DOTALL):
            name = re.search(r'name="([^"]+)"', select)
            for value in re.findall(r'<option value="([^"]*)"', select) if name else ():
                yield urljoin(at, f"{html.unescape(action[1]) if action else at}?{name[1]}={value}")  # type: ignore[index]


async def everything(browser: Browser, base: str) -> dict[str, str]:
    """Address → text, of all that a reader comes to by links from the figures' own pages."""
    waiting = [base + way for way in WAYS]
    found: dict[str, str] = {}
    files: Counter[str] = Counter()
    while waiting and len(found) < MOST:
        at = waiting.pop(0)
        file = bool(re.search(r"\.(pdf|xlsx|csv)(\?|$)", at))
        way = next((way for way in WAYS if urlsplit(at).path.startswith(base + way)), "")
        if at in found or not way:
            continue
        files[way] += file
        if file and files[way] > MOST_FILES:
            continue
        answer = await browser.get(at)
        assert answer.status_code in (200, 303, 403, 404, 422), (at, answer.status_code)
        found[at] = readable(answer.content)
        if answer.status_code == 200 and not file:
            new = list(links(answer.text, at, base))
            waiting = new + waiting if way in PAPERS else waiting + new
    return found


def lasting(text: str) -> str:
    """A page without what is new each time it is drawn."""
    return re.sub(r'(name="_(?:csrf|key)" value=")[^"]*', r"\1", re.sub(r"[0-9a-f]{32,}", "", text))


def giving_away(known: Known, spot: Spot, value: Decimal) -> set[str]:
    """Numbers from which a hidden one follows: itself, what is left of its whole, and its mean over what is shown beside it."""
    measure, by, place, key = spot
    shown = known.shown
    said = told_as(value)
    for less in range(len(by)):
        whole_of = shown.cell(measure, by[:less], place, key[:less])
        if whole_of.value:
            said |= told_as(whole_of.value - value)
    for other in {"users", "hours", "cost"} - {measure}:
        beside = shown.cell(other, by, place, key)
        for above, below in ((value, beside.value), (beside.value, value)):
            if above and below and above / below >= 1000:
                said |= told_as((above / below).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return {one for one in said if len(one.split(",")[0]) > 3}


async def test_what_is_hidden_stands_on_no_page_and_in_no_file_and_all_that_stands_comes_from_the_release(
    known: Known,
) -> None:
    public = set().union(*(told_as(c.value) for c in known.shown.cells.values() if c.value is not None))
    secret = {spot: giving_away(known, spot, value) - public for spot, value in known.hidden.items()}
    assert sum(map(bool, secret.values())) >= 8, "the world hides too little to look for"
    before = {
        reader: await everything(await known.world.browser(*reader[:2]), reader[2]) for reader in READERS
    }
    seen = set().union(*(numbers(text) for pages in before.values() for text in pages.values()))
    assert len(seen & public) > 20, "the pages show too few of the numbers that they may show"
    for kind in (".pdf", ".xlsx", "hefte.pdf", "kartlegging.pdf", "kartlegging.xlsx"):
        read = [numbers(text) for pages in before.values() for at, text in pages.items() if kind in at]
        assert any(len(one & public) > 2 for one in read), f"no {kind} says what it may"
    found = [
        (at, spot) for pages in before.values() for at, text in pages.items()
        for spot, said in secret.items() if said & numbers(text)
    ]  # fmt: skip
    assert found == []
    await known.world.sql(
        "UPDATE approved_figure SET value = value * 3 + 11, contributors = contributors + 2"
    )
    await known.world.sql("UPDATE release_proof SET content = decode('00', 'hex')")
    queries.forget()
    for slug, role, base in READERS:
        after = await everything(await known.world.browser(slug, role), base)
        assert {at: lasting(text) for at, text in after.items()} == {
            at: lasting(text) for at, text in before[slug, role, base].items()
        }


def test_a_number_is_known_again_however_it_is_written() -> None:
    assert numbers("12 345 timer og 6\u00a0789,5 kr, 31.12.2025") >= {"12345", "6789,5"}
    assert told_as(Decimal("28917.25")) >= {"28917,25", "28917", "28917,3"}
