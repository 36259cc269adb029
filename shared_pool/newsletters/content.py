"""What a newsletter says: its blocks as they are written, the finished parts, and the mail they become.

Pure: no database. What somebody typed is text wherever it goes; the mail's markup is made here and nowhere else.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any, Final

from sammen.i18n_mark import N_
from sammen.web.i18n import known_language, translate

MOST_BLOCKS: Final = 20
LONGEST_TEXT: Final = 6_000
WIDTH: Final = 76
_ADDRESS = re.compile(r"https://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@dataclass(frozen=True, slots=True)
class Line:
    """One course or event: what, when, where, and where to read more. Finished text."""

    title: str
    when: str = ""
    where: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with paragraphs, or with lines. Finished text in the newsletter's language."""

    heading: str
    paragraphs: Sequence[str] = ()
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A whole newsletter, frozen: what is sent is this, whatever becomes of the courses it tells of."""

    subject: str
    language: str
    parts: Sequence[Part] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "subject": self.subject,
            "language": self.language,
            "parts": [asdict(part) for part in self.parts],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Content:
        """What `to_json` wrote."""
        return cls(
            str(kept.get("subject", "")),
            known_language(str(kept.get("language", ""))),
            [
                Part(
                    str(part.get("heading", "")),
                    [str(one) for one in part.get("paragraphs", ())],
                    [Line(**{name: str(line.get(name, "")) for name in Line.__dataclass_fields__})
                     for line in part.get("lines", ())],
                )
                for part in kept.get("parts", ())
            ],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail to one address: both its forms say the same."""

    subject: str
    plain: str
    html: str


def paragraphs_of(text: str) -> list[str]:
    """What was typed, as paragraphs: an empty line begins a new one."""
    return [
        " ".join(part.split()) for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()
    ]


def mail_of(content: Content, *, sender: str, leave: str) -> Mail:
    """The mail to one address. `sender` is the municipality it is from, `leave` the address that takes one off its list.

    Nothing in it tells which segment somebody is in: all who get it read the same words.
    """
    language = known_language(content.language)
    why = translate(
        language,
        N_("Du får dette fordi du har sagt ja til nyhetsbrevet fra %(place)s kommune."),
        place=sender,
    )
    off = translate(language, N_("Vil du ikke ha det lenger? Meld deg av her:"))
    foot = (why, off, translate(language, N_("Meld deg av nyhetsbrevet")))
    return Mail(content.subject, _plain(content, leave, foot), _html(content, language, sender, leave, foot))


# The words alone -------------------------------------------------------------------------------------------------------
def _plain(content: Content, leave: str, foot: tuple[str, str, str]) -> str:
    said = [content.subject, "=" * min(len(content.subject), WIDTH)]
    for part in content.parts:
        said += ["", part.heading, "-" * min(len(part.heading), WIDTH)] if part.heading else [""]
        said += [f"{_wrapped(text)}\n" for text in part.paragraphs]
        for line in part.lines:
            said.append(_wrapped(f"* {line.title}", "  "))
            said += [f"  {text}" for text in (line.when, line.where, line.url) if text]
    return "\n".join([*said, "", "--", _wrapped(foot[0]), foot[1], leave, ""])


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


# The same in HTML ------------------------------------------------------------------------------------------------------
def _html(content: Content, language: str, sender: str, leave: str, foot: tuple[str, str, str]) -> str:
    """A whole document without style sheet, picture or script: it reads alike in every mail program, loads nothing that
    would tell that it was opened, and is narrow where the window is.
    """
    subject = escape(content.subject)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{subject}</title></head>\n'
        f'<body bgcolor="#ffffff" text="#1c2b33" link="#0b5c6b">\n<font face="Verdana, Arial, sans-serif">\n'
        f'<main>\n<p><small>{escape(sender)}</small></p>\n{body_html(content)}</main>\n'
        f'<hr>\n<footer><p><small>{escape(foot[0])}<br><a href="{escape(leave)}">{escape(foot[2])}</a></small></p></footer>\n'
        "</font>\n</body></html>\n"
    )  # fmt: skip


def body_html(content: Content, level: int = 1) -> str:
    """The newsletter itself, from its title on: what the page's preview shows too, with its title as a heading of `level`.

    Everything typed is escaped.
    """
    said = [f"<h{level}>{escape(content.subject)}</h{level}>"]
    for part in content.parts:
        if part.heading:
            said.append(f"<h{level + 1}>{escape(part.heading)}</h{level + 1}>")
        said += [f"<p>{_linked(text)}</p>" for text in part.paragraphs]
        if part.lines:
            said.append(f"<ul>{''.join(_item(line) for line in part.lines)}</ul>")
    return "\n".join(said) + "\n"


def _item(line: Line) -> str:
    title = escape(line.title)
    head = (
        f'<a href="{escape(line.url)}">{title}</a>' if line.url.startswith("https://") else f"<b>{title}</b>"
    )
    rest = "".join(f"<br>{escape(text)}" for text in (line.when, line.where) if text)
    return f"<li>{head}{rest}</li>"


def _linked(text: str) -> str:
    """The text, escaped, with its https addresses as links. Another kind of address stays words."""
    said, last = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group())
        said += [escape(text[last : found.start()]), f'<a href="{address}">{address}</a>']
        last = found.end()
    return "".join([*said, escape(text[last:])])
