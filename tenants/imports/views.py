"""What the import's pages show of a row: plain text in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.web.i18n import translate
from tenants.cases.api import FORM_NAMES
from tenants.imports.cells import HOURS_ASSUMED
from tenants.imports.comparing import REPRESENTATIVE_NAMES
from tenants.imports.facts import ImportedPerson, ImportedService
from tenants.imports.queries import RowView
from tenants.imports.rules import ImportRow

VERDICT_NAMES = {
    "new": N_("Ny"),
    "change": N_("Endret"),
    "same": N_("Som før"),
    "warning": N_("Se over"),
    "error": N_("Må rettes"),
    "repeat": N_("Gjentatt"),
}
TAGS = {
    "new": "ok",
    "change": "info",
    "same": "neutral",
    "warning": "warning",
    "error": "danger",
    "repeat": "neutral",
}
LEVELS = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of the preview. `messages` are whole sentences, the gravest first."""

    row_no: int
    name: str
    number: str
    becomes: str
    around: tuple[str, ...]
    verdict: str
    tag: str
    messages: tuple[str, ...]


def shown_rows(rows: Sequence[RowView], language: str) -> list[ShownRow]:
    """The rows of a page, without national numbers: the last five digits are never shown."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    return [
        ShownRow(
            row_no=view.row_no,
            name=_name(view.row, language),
            number=masked(view.row.person if view.row else None),
            becomes=becomes(view.row, language) if view.row else "",
            around=around(view.row, language) if view.row and view.verdict not in ("error", "repeat") else (),
            verdict=say(VERDICT_NAMES[view.verdict]),
            tag=TAGS[view.verdict],
            messages=_messages(view, language),
        )
        for view in rows
    ]


def hours_assumed(view: RowView) -> bool:
    """Whether the row's hours were read as weekly without saying so. The page tells it once, not on every row."""
    if view.row is None or view.verdict == "error":
        return False
    return any(told.message == HOURS_ASSUMED for told in view.row.messages)


def masked(person: ImportedPerson | None) -> str:
    """The birth date's half of the national number, or the birth date; "" when neither was read."""
    if person is None:
        return ""
    if person.national_number is not None:
        return f"{person.national_number.digits[:6]} *****"
    return format_date(person.birth_date) if person.birth_date else ""


def becomes(row: ImportRow, language: str) -> str:
    """ "Sak med vedtak 28.02.2026: individuell støttekontakt 4,5 t/uke, aktivitetsgruppe". Empty for a faulty row."""
    if row.verdict in ("error", "skip") or row.application is None:
        return ""
    services = ", ".join(_service(service, language) for service in row.services)
    if row.decision is None:
        message = N_("Søknad %(day)s: %(services)s")
        return translate(language, message, day=format_date(row.application), services=services)
    message = N_("Vedtak %(day)s: %(services)s")
    return translate(language, message, day=format_date(row.decision.date), services=services)


def around(row: ImportRow, language: str) -> tuple[str, ...]:
    """What else comes of the row: who acts for the person, the contact who has the assignment, the next evaluation.

    Names are left out for somebody who is shielded: the page is a list, and may be looked at over a shoulder.
    """
    if row.verdict in ("error", "skip"):
        return ()
    shielded = row.protection != "none"
    said = [
        translate(language, N_("Saken skjermes. Bare de som er navngitt på den, får se den."))
        if shielded
        else "",
        *(
            translate(
                language,
                N_("%(role)s: %(name)s"),
                role=translate(language, label),
                name=_names(row, role, shielded),
            )
            for role, label in REPRESENTATIVE_NAMES.items()
            if any(one.role == role for one in row.representatives)
        ),
    ]
    if row.contact is not None and row.contact.since is not None:
        who = "–" if shielded else row.contact.name
        since = format_date(row.contact.since)
        said.append(translate(language, N_("%(name)s er støttekontakt fra %(day)s"), name=who, day=since))
    if row.evaluate_on is not None:
        said.append(translate(language, N_("Evalueres innen %(day)s"), day=format_date(row.evaluate_on)))
    return tuple(one for one in said if one)


def _names(row: ImportRow, role: str, shielded: bool) -> str:
    found = [one.name for one in row.representatives if one.role == role]
    return str(len(found)) if shielded else ", ".join(found)


def _service(service: ImportedService, language: str) -> str:
    name = translate(language, FORM_NAMES[service.form])
    if service.amount is None:
        return name
    return f"{name} {format_decimal(service.amount)} {'t/mnd' if service.unit == 'month' else 't/uke'}"


def _name(row: ImportRow | None, language: str) -> str:
    if row is None:
        return translate(language, N_("Ikke lenger lagret"))
    if row.person is None:
        return translate(language, N_("Ikke lest"))
    return f"{row.person.given} {row.person.family}"


def _messages(view: RowView, language: str) -> tuple[str, ...]:
    said = []
    for change in view.changes:
        label = translate(language, change.label)
        if change.was or change.now:
            message = N_("%(what)s: fra %(was)s til %(now)s.")
            said.append(translate(language, message, what=label, was=change.was, now=change.now))
        else:
            said.append(translate(language, N_("%(what)s er endret."), what=label))
    messages = [told for told in (view.row.messages if view.row else ()) if told.message != HOURS_ASSUMED]
    if view.verdict == "error":
        # What a faulty row would otherwise become is no news yet.
        messages = [told for told in messages if told.level == "error"]
    for told in sorted(messages, key=lambda message: LEVELS[message.level]):
        sentence = translate(language, told.message, **told.params)
        # A fault is put right in a cell, so it names the column; the rest is for reading.
        said.append(f"{told.column}: {sentence}" if told.level == "error" and told.column else sentence)
    return tuple(said)
