"""A sent form as slices see it: text as typed, files as bytes, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_

T = TypeVar("T")
LONGEST_TEXT = 20_000
MEGABYTE = 1024 * 1024
FORM_LIMIT = MEGABYTE
"""Bytes of a form without files. Its longest text is 20 000 characters, of up to 12 bytes each as browsers send them."""
FILE_LIMIT = 12 * MEGABYTE
"""Bytes of a form that takes files; a table file may be 10 MB (documents/tables_in.py)."""
UNSEEN: Mapping[int, str | None] = {
    # Control signs, and what turns the direction of the rest of a page: nobody sees them, and files others read (calendars,
    # workbooks) are broken by them. Word and PDF readers put some of them where a line ends.
    **dict.fromkeys(
        (*range(9), *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    ),
    **dict.fromkeys((0xFEFF, 0xFFFE, 0xFFFF)),
    **dict.fromkeys((0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), "\n"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: the name is what the browser said, and is never used as a path."""

    filename: str
    content: bytes


class Typed(dict[str, "str | list[str]"]):
    """What was typed, for a template. Who leaves a field out of what they send gets their errors, not a broken page."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Form(Mapping[str, str]):
    """Field name → what was typed, trimmed. Missing names read as "". `all(name)` gives every value of a name."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def text(self, name: str) -> str:
        """What was typed in the field, or ""."""
        values = self.fields.get(name)
        return values[-1] if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be chosen several times."""
        return list(self.fields.get(name, ()))

    def values(self) -> dict[str, str | list[str]]:  # type: ignore[override]  # a page wants lists kept as lists
        """For showing the form again exactly as it was sent. A name that was not sent reads as ""."""
        return Typed(
            (name, values if len(values) > 1 else values[0]) for name, values in self.fields.items() if values
        )

    def texts(self) -> list[str]:
        """What is of several words, in the order it was sent: what somebody has taken trouble to write."""
        return [value for values in self.fields.values() for value in values if len(value.split()) > 1]

    def digest(self, *, without: frozenset[str]) -> bytes:
        """SHA-256 of everything sent but the names in `without`: two sendings of one form are told apart by it."""
        found = hashlib.sha256()
        for name in sorted(self.fields):
            if name not in without:
                for value in self.fields[name]:
                    found.update(f"{len(name)}:{name}={len(value)}:{value};".encode("utf-8", "surrogatepass"))
        for name in sorted(self.uploads):
            found.update(name.encode() + hashlib.sha256(self.uploads[name].content).digest())
        return found.digest()


def clean(name: str, text: str) -> str:
    """Text as the database and every file can keep it, trimmed, without signs that nobody sees. Raises Invalid for what no
    person types on purpose.
    """
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise Invalid.one(name, N_("Feltet har et tegn som ikke kan lagres. Skriv det på nytt."))
    if len(text) > LONGEST_TEXT:
        raise Invalid.one(name, N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=LONGEST_TEXT)
    return text.replace("\r\n", "\n").translate(UNSEEN).strip()


class Reader:
    """Collects every field's error before giving up, so that a person sees all that must be mended at once.

    >>> reader = Reader(form)
    >>> received = reader.take("mottatt", parse_date)      # None when it could not be used
    >>> reader.done()                                       # raises Invalid with all errors
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.errors: dict[str, BadInput] = {}

    def fail(self, name: str, message: str, **params: object) -> None:
        """Note an error for a field; the first one stays."""
        self.errors.setdefault(name, BadInput(name, message, **params))

    def take(self, name: str, parse: Callable[[str], T], *, required: str | None = None) -> T | None:
        """Parse a field. Empty is None, and an error if `required` gives the sentence for it."""
        text = self.form.text(name)
        if not text:
            if required is not None:
                self.fail(name, required)
            return None
        try:
            return parse(text)
        except BadInput as bad:
            self.errors.setdefault(name, BadInput(name, bad.message, **bad.params))
            return None

    def text(self, name: str, *, required: str | None = None, most: int = 4_000) -> str:
        """A text field, at most `most` characters."""
        text = self.form.text(name)
        if not text and required is not None:
            self.fail(name, required)
        if len(text) > most:
            self.fail(name, N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=most)
        return text

    def choice(self, name: str, allowed: Mapping[str, object] | frozenset[str], *, required: str) -> str:
        """One of the allowed values; anything else is answered as if nothing was chosen."""
        value = self.form.text(name)
        if value not in allowed:
            self.fail(name, required)
            return ""
        return value

    def choices(self, name: str, allowed: Mapping[str, object] | frozenset[str]) -> list[str]:
        """Those of the allowed values that were ticked, in the order allowed."""
        ticked = set(self.form.all(name))
        return [value for value in allowed if value in ticked]

    def done(self) -> None:
        """Raise Invalid if anything was noted."""
        if self.errors:
            raise Invalid(self.errors)


def version_of(form: Form, name: str = "versjon", *, missing: int | None = None) -> int:
    """The version a form was shown with; anything unreadable counts as stale. `missing` is for a form without one."""
    text = form.text(name)
    if not text and missing is not None:
        return missing
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid.one(name, N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    return int(text)
