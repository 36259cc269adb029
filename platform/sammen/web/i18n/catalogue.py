"""Collect the messages of the whole house, merge them into the catalogues, and say what is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from sammen.web.i18n.loading import po_path

PROJECT_ROOT: Final = Path(__file__).resolve().parents[4]
MAPPING_FILE: Final = PROJECT_ROOT / "babel.cfg"
SOURCE_FOLDERS: Final = ("platform", "tenants", "shared_pool", "reporting", "deploy")
KEYWORDS: Final[dict[str, tuple[Any, ...] | None]] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "C_": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "translate": (2,),
    "ntranslate": (2, 3),
    # A field's sentence is shown to people, marked or not. Other errors' are marked with N_.
    "BadInput": (2,),
    "__init__": None,  # super().__init__("…") of a typed error
}
HEADER: Final = """# Sammen: %(lang)s. Bokmål er kildeteksten.
# Etter endringer: «python -m sammen.web.i18n update», fyll ut de tomme, «… check».
msgid ""
msgstr ""
"Language: %(lang)s\\n"
"Plural-Forms: %(plural)s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Written by hand: Babel's own header carries the time of day, and every update would be a conflict."""

SAME_AS_SOURCE: Final[dict[str, frozenset[str]]] = {
    "en": frozenset({
        "%(half)s, %(group)s, %(language)s (PDF)", "%(kind)s for %(name)s", "%(km)s km", "%(kroner)s per km",
        "%(role)s for %(name)s", "%(title)s (PDF)", "Administrator", "April", "August", "Demo", "For",
        "For: %(whom)s", "Journal", "Kroner", "Mine", "November", "Person", "Plan", "Plan for %(group)s", "PostgreSQL",
        "Program", "SMS", "Sammen", "Send", "September", "Status", "Status:", "Sum", "Transport",
        "Visma Lønn, standard format", "bowling", "for %(name)s", "km", "skating", "under %(high)s",
        "under %(least)s", "under 5",
    }),
}  # fmt: skip
"""Languages far enough from Bokmål that a translation equal to its source is one forgotten, and what may be equal.
Nynorsk is not among them: a third of its sentences are."""
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One message that is not ready: why, the source text, and where it is used."""

    lang: str
    why: str
    msgid: str
    where: str

    def __str__(self) -> str:
        return f"{self.lang}: {self.why}: {self.msgid!r} ({self.where})"


def from_python(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Sequence[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """The marked messages of a Python file, for Babel (babel.cfg): the literal arguments of each call to a keyword.

    Babel's own reads tokens, and takes the code in `translate(lang, NAMES["self"])` for a sentence.
    """
    del comment_tags, options
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))
        said = tuple(
            arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None
            for arg in node.args
        )
        if name in keywords and any(said):
            yield node.lineno, name, said, []


def extract(root: Path = PROJECT_ROOT) -> Catalog:
    """All messages in Python files and templates under the five floors of `root`."""
    with MAPPING_FILE.open(encoding="utf-8") as mapping_file:
        method_map, options_map = parse_mapping_cfg(mapping_file)  # type: ignore[no-untyped-call]  # Babel types less
    catalog = Catalog(project="Sammen", charset="utf-8")
    for folder in SOURCE_FOLDERS:
        if not (root / folder).is_dir():
            continue
        found = extract_from_dir(
            root / folder, method_map, options_map, keywords=dict(KEYWORDS), comment_tags=("i18n:",)
        )
        for filename, line, message, comments, context in sorted(found, key=lambda hit: (hit[0], hit[1])):
            catalog.add(
                message, None, [(f"{folder}/{filename}", line)], auto_comments=comments, context=context
            )
    return catalog


def update(lang: str, template: Catalog) -> Path:
    """Merge new messages into a catalogue, keep what is translated, drop what is gone."""
    path = po_path(lang)
    with path.open("rb") as source:
        catalog = read_po(source, locale=lang)
    # A guessed translation reads like a finished one; an empty one is caught by `check`.
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    _write(path, catalog)
    return path


def _write(path: Path, catalog: Catalog) -> None:
    header = HEADER % {"lang": catalog.locale, "plural": catalog.plural_forms}
    with path.open("wb") as out:
        out.write(header.encode())
        # Without line numbers: a catalogue that changes with every moved line is one nobody reviews.
        write_po(out, catalog, sort_output=True, width=110, include_lineno=False, omit_header=True)


def check(lang: str, template: Catalog) -> Iterator[Fault]:
    """Each message that is missing, empty, fuzzy, left in Bokmål, or has other placeholders than its source."""
    with po_path(lang).open("rb") as source:
        catalog = read_po(source, locale=lang)
    for wanted in template:
        if not wanted.id:
            continue
        where = ", ".join(sorted({filename for filename, _line in wanted.locations}))
        msgid = wanted.id[0] if isinstance(wanted.id, tuple | list) else wanted.id
        why = _fault_of(catalog, wanted, SAME_AS_SOURCE.get(lang))
        if why:
            yield Fault(lang, why, msgid, where)


def _fault_of(catalog: Catalog, wanted: Message, may_be_same: frozenset[str] | None) -> str | None:
    found = catalog.get(wanted.id, wanted.context)
    if found is None:
        return "missing"
    said_as = found.string if isinstance(found.string, tuple | list) else (found.string,)
    strings = [said for said in said_as if said]
    if wanted.pluralizable != found.pluralizable or len(strings) < len(said_as):
        return "empty"
    if found.fuzzy:
        return "fuzzy"
    sources = wanted.id if isinstance(wanted.id, tuple | list) else (wanted.id,)
    # The first form may leave out the number: "One week".
    for source, said in zip(sources, strings, strict=True):
        optional = {"num"} if len(sources) > 1 else set()
        if (_placeholders(source) ^ _placeholders(said)) - optional:
            return f"placeholders differ ({source!r} and {said!r})"
    errors = list(found.check(catalog))
    if errors:
        return f"placeholders differ ({errors[0]})"
    if may_be_same is not None and any(
        said in sources and _is_forgotten(said, may_be_same) for said in strings
    ):
        return "same as the source"
    return None


def _placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def _is_forgotten(text: str, may_be_same: frozenset[str]) -> bool:
    """Whether there is a word to translate at all, and it is not one that both languages have."""
    return text not in may_be_same and any(char.isalpha() for char in PLACEHOLDER.sub("", text))
