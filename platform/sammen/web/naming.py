"""The list of errors above a form says which field each sentence is about.

"Velg en dato som finnes" stands well below its field and says little in a list of seven. Such sentences belong to no field
in particular; the list puts the field's own label before them. What a slice says of its own fields names them already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from sammen.errors import BadInput

GENERAL = (
    "Velg en dato", "Skriv en dato", "Skriv året med", "Skriv datoen som", "Skriv et tall", "Skriv et helt tall",
    "Skriv tallet", "Skriv timer", "Skriv et klokkeslett", "Skriv klokkeslettet", "Teksten er for lang",
    "Feltet har et tegn",
)  # fmt: skip
"""How the sentences of `norwegian.py` and `forms.py` begin, in the source language."""
_TAG = re.compile(r"<[^>]+>")
_OPTIONAL = re.compile(r' <span class="quiet">.*?</span>')
_SUMMARY = re.compile(r"<div class=\"ds-error-summary\".*?</ul></div>", re.DOTALL)


def name_fields(html: str, errors: Mapping[str, BadInput]) -> str:
    """The page with a label before each general sentence of its error summary, and before one said of several fields.

    `errors` is what the page was drawn with. A choice among several is called by its legend.
    """
    said = Counter(bad.message for bad in errors.values())
    labels = {
        name: label
        for name, bad in errors.items()
        if name
        and (bad.message.startswith(GENERAL) or said[bad.message] > 1)
        and (label := _label(html, name))
    }
    summary = _SUMMARY.search(html) if labels else None
    if summary is None:
        return html
    listed = summary.group()
    for name, label in labels.items():
        link = f'href="#{name}">'
        listed = listed.replace(link, f"{link}{label}{'' if label[-1] in '?:.' else ':'} ", 1)
    return html[: summary.start()] + listed + html[summary.end() :]


def _label(html: str, name: str) -> str:
    """The label of the field with that id, or the legend of its choices, escaped as it stands on the page; "" without."""
    field = re.search(rf'<(?:input|textarea|select)\b[^>]* id="{re.escape(name)}"[^>]*>', html)
    if field is None:
        return ""
    found = re.search(rf'<label\b[^>]* for="{re.escape(name)}"[^>]*>(.*?)</label>', html, re.DOTALL)
    if 'type="radio"' in field.group() or 'type="checkbox"' in field.group():
        around = html[max(0, html.rfind("<fieldset", 0, field.start())) : field.start()]
        if around.startswith("<fieldset") and "</fieldset>" not in around:
            found = re.search(r"<legend\b[^>]*>(.*?)</legend>", around, re.DOTALL)
    return _TAG.sub("", _OPTIONAL.sub("", found.group(1))).strip() if found else ""
