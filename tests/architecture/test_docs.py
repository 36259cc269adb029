"""The documents say what is there: every path and link in them exists, and people meet the glossary's words only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from deploy.demo.personas import PERSONAS
from sammen.web.i18n import TRANSLATED
from sammen.web.i18n.catalogue import extract
from sammen.web.i18n.loading import po_path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
TEXTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
CODE = ("platform/sammen", "tenants", "shared_pool", "reporting", "deploy", "tests")
# Made by `make` or by running, and so never in a clone.
MADE = (".data", ".venv", "node_modules", "shots", "platform/sammen/web/static/vendor")
SUFFIXES = r"\.(?:py|md|html|sql|css|js|svg|png|toml|json|csv|po|cfg|lock|mako|geojson)"
SOURCES = (".py", ".sql", ".html", ".css")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def names(text: str) -> Iterator[str]:
    """What stands between single backticks, outside code blocks."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", outside)


def is_path(name: str) -> bool:
    """Whether a name in backticks claims to be a file or folder of ours: not an address, a template or a command."""
    if name.startswith(("/", "-")) or re.search(r"[\s<>{}…*$:@=()]|//", name):
        return False
    if re.search(SUFFIXES + "$", name):
        return True
    return "/" in name and (ROOT / name.partition("/")[0]).is_dir()


def exists(name: str, near: Path) -> bool:
    """A path from the root, from the document's folder, or a bare file name that some folder of ours holds."""
    if name.startswith(MADE):
        return True
    if (ROOT / name).exists() or (near.parent / name).exists():
        return True
    return "/" not in name and any(next((ROOT / folder).rglob(name), None) for folder in (*CODE, "docs"))


def anchors(text: str) -> set[str]:
    """The places a link can point to inside a document, as a forge makes them from its headings."""
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(document: Path, text: str) -> list[str]:
    """Links to files that are not there, or to headings that the file does not have."""
    dead = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        if not found.exists() or (anchor and anchor not in anchors(found.read_text(encoding="utf-8"))):
            dead.append(target)
    return dead


def rows(document: Path, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = document.read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [name for name in names(text) if is_path(name) and not exists(name, document)] == []


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    assert dead_links(document, document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("platform/sammen/web/door.py", True),
        ("tenants/cases/", True),
        ("service.py", True),
        ("sammen.enter()", False),
        ("/k/horten/saker", False),
        ("tenants/<slice>/models.py", False),
        ("make demo", False),
        ("case:read", False),
        ("decision.issued", False),
        ("application/problem+json", False),
    ],
)
def test_the_check_tells_a_path_from_other_things_in_backticks(name: str, claims: bool) -> None:
    assert is_path(name) is claims


def test_the_check_finds_a_file_that_is_gone_and_a_link_to_nothing() -> None:
    document = DOCS / "architecture.md"
    assert not exists("platform/sammen/web/gone.py", document)
    assert not exists("no_such_file_anywhere.py", document)
    assert dead_links(document, "[a](glossary.md) [b](gone.md) [c](glossary.md#gone)") == [
        "gone.md",
        "glossary.md#gone",
    ]


def test_the_list_from_concept_to_file_names_what_is_in_the_file() -> None:
    listed = rows(DOCS / "architecture.md", "From concept to file")
    assert len(listed) > 20
    wrong = []
    for concept, said, where in listed:
        texts = [(ROOT / path).read_text(encoding="utf-8") for path in re.findall(r"`([^`]+)`", where)]
        for name in re.findall(r"`([^`]+)`", said):
            word = name.removesuffix("()").rsplit(".", 1)[-1]
            if not any(re.search(rf"\b{re.escape(word)}\b", text) for text in texts):
                wrong.append(f"{concept}: {name} is not in {where}")
    assert wrong == []


def test_the_drawing_shows_every_slice_there_is() -> None:
    drawn = (DOCS / "architecture.svg").read_text(encoding="utf-8")
    slices = [
        path.parent.name
        for floor in ("tenants", "shared_pool")
        for path in (ROOT / floor).glob("*/__init__.py")
    ]
    assert len(slices) >= 9
    assert [name for name in slices if f">{name}</text>" not in drawn] == []


def test_every_document_that_code_points_to_exists() -> None:
    sources = [path for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in SOURCES]
    wrong = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in sources
        for target in re.findall(r"\bdocs/[\w./-]+\.md\b", path.read_text(encoding="utf-8"))
        if not (ROOT / target).exists()
    ]
    assert wrong == []


def test_every_decision_is_listed_numbered_once_and_says_the_same_four_things() -> None:
    records = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert len(records) >= 10
    numbers = [path.name[:4] for path in records]
    assert len(set(numbers)) == len(numbers)
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in records if f"({path.name})" not in index] == []
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}"), path.name
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert [h for h in ("Context", "Choice", "Not chosen", "Files") if h not in headings] == [], path.name


def excerpts(text: str) -> list[tuple[str, str]]:
    """(path, excerpt) of every code block whose first line names a file."""
    return re.findall(r"^```\w+ (\S+)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_every_excerpt_stands_in_its_file_just_so() -> None:
    found = excerpts((DOCS / "new-feature.md").read_text(encoding="utf-8"))
    assert len(found) >= 10
    assert [
        path for path, said in found if said.rstrip("\n") not in (ROOT / path).read_text(encoding="utf-8")
    ] == []


def test_the_readme_presents_every_persona_and_gives_every_credit() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    presented = {line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")}
    assert [persona.name for persona in PERSONAS if persona.name not in presented] == []
    for credit in (
        "Inneholder data fra Statistisk sentralbyrå",
        "© Kartverket, CC BY 4.0",
        "Postnummer med koordinater: Erik Bolstad, CC BY 3.0",
    ):
        assert credit in text


def test_pictures_are_light_and_each_is_shown_somewhere() -> None:
    shown = " ".join(path.read_text(encoding="utf-8") for path in TEXTS)
    for picture in (DOCS / "pictures").glob("*"):
        assert picture.stat().st_size < 200_000, f"{picture.name} is heavy"
        assert picture.name in shown, f"{picture.name} is in no document"


# Words ------------------------------------------------------------------------------------------------------------
NORWEGIAN, ENGLISH = "Words people never meet", "Words people never meet in English"


def avoided(heading: str = NORWEGIAN) -> list[tuple[re.Pattern[str], str]]:
    """The glossary's table of words we avoid, as patterns, each with what to say instead. `*`: any ending."""
    found = []
    for word, instead, _why in rows(DOCS / "glossary.md", heading):
        for one in re.findall(r"`([^`]+)`", word):
            pattern = re.escape(one.removesuffix("*")) + (r"\w*" if one.endswith("*") else "")
            found.append((re.compile(rf"\b{pattern}\b", re.IGNORECASE), instead))
    return found


def faults_in(text: str, words: list[tuple[re.Pattern[str], str]]) -> list[str]:
    """Avoided words in a sentence. What stands in «…» is quoted, and %(names)s are not words."""
    said = re.sub(
        r"«[^»]*»|“[^”]*”|\b[Ss]ervice users?\b|%\(\w+\)s|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>",
        " ",
        text,
        flags=re.DOTALL,
    )
    return [f"{hit.group()}: say {instead}" for word, instead in words for hit in word.finditer(said)]


def in_all_numbers(words: str | Iterable[str | None] | None) -> list[str]:
    """A message's text, or its singular and plural."""
    return [words] if isinstance(words, str) else [word for word in words or () if word]


def sentences() -> Iterator[tuple[str, str]]:
    """(where, text) of everything people read: every language's messages, and what templates say outside them."""
    for message in extract():
        for text in in_all_numbers(message.id):
            yield f"nb: {message.locations[:1]}", text
    for lang in TRANSLATED:
        with po_path(lang).open("rb") as file:
            for message in read_po(file):
                for text in in_all_numbers(message.string) if message.id else ():
                    yield f"{lang}: {message.locations[:1]}", text
    for folder in CODE[:-1]:
        for path in (ROOT / folder).rglob("templates/**/*.html"):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_people_never_meet_a_word_the_glossary_avoids() -> None:
    norwegian, english = avoided(), avoided(ENGLISH)
    assert min(len(norwegian), len(english)) >= 10
    found = [
        f"{where}: {fault}"
        for where, text in sentences()
        for fault in faults_in(text, english if where.startswith("en: ") else norwegian)
    ]
    assert found == []


def test_the_check_of_words_sees_endings_and_spares_quotations_and_parameters() -> None:
    words = avoided()
    assert faults_in("Åpne Dashboardet ditt", words)
    assert faults_in("Hjelpevergen har sagt ja", words)
    assert not faults_in("Før het det «hjelpeverge». Hei, %(user)s.", words)
    assert not faults_in("Brukeren har sagt ja til det.", words)
    assert faults_in("Tell the user to log in, please.", avoided(ENGLISH))
    assert not faults_in("The service user has said yes.", avoided(ENGLISH))


def test_the_glossary_has_every_column_of_every_word_once() -> None:
    listed = rows(DOCS / "glossary.md", "One word for one thing")
    assert len(listed) > 40
    assert [row for row in listed if len(row) != 5 or not all(row[:4])] == []
    named = [row[0] for row in listed]
    assert sorted(name for name in set(named) if named.count(name) > 1) == []


def test_every_class_in_the_glossary_is_a_class_in_code() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for folder in CODE[:-1] for path in (ROOT / folder).rglob("*.py")
    )
    listed = rows(DOCS / "glossary.md", "One word for one thing")
    named = {name for row in listed for name in re.findall(r"`([A-Z]\w+)`", row[0])}
    assert named
    assert {name for name in named if not re.search(rf"^class {name}\b", source, re.MULTILINE)} == set()
