"""What was typed on the pages of newsletters and service letters, as facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from shared_pool.newsletters.codes import AUDIENCES, KINDS, MAIL_LANGUAGES, PURCHASERS, SEGMENTS
from shared_pool.newsletters.content import LONGEST_TEXT
from shared_pool.newsletters.service_letters import LetterFacts
from shared_pool.newsletters.subscribers import AddressFacts
from shared_pool.newsletters.writing import Block, NewsletterFacts

TRAP = "nettsted"
"""A field no person sees: what fills it in is a program."""
REGISTER = ("homes", "units")
DAYS: Mapping[str, str] = {
    "14": N_("De neste to ukene"),
    "31": N_("Den neste måneden"),
    "62": N_("De neste to månedene"),
}
LONGEST_EMAIL = 200


def months(around: date) -> list[date]:
    """The months a newsletter may be for: the last one, this and the two that come."""
    index = around.year * 12 + around.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(index - 1, index + 3)]


def read_newsletter(form: Form, kept: date | None = None) -> NewsletterFacts:
    """A newsletter's first page. `kept` is the month it has already, which it may keep. Raises Invalid with every error."""
    reader = Reader(form)
    title = reader.text(
        "emne", required=N_("Skriv hva nyhetsbrevet heter. Det blir emnet i e-posten."), most=120
    )
    if "\n" in title or "\r" in title:
        reader.fail("emne", N_("Skriv emnet på én linje."))
    allowed = {one.isoformat(): one for one in [*months(today()), *([kept] if kept else [])]}
    month = reader.choice("maned", allowed, required=N_("Velg hvilken måned det gjelder."))
    language = reader.choice("malform", MAIL_LANGUAGES, required=N_("Velg målform."))
    segments = reader.choices("segmenter", SEGMENTS)
    reader.done()
    return NewsletterFacts(title, allowed[month], language, segments)


def read_block(form: Form, block_id: str) -> Block:
    """A block as written. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags blokk det er."))
    heading = reader.text("overskrift", most=120)
    text = ""
    if kind == "text":
        text = reader.text("tekst", required=N_("Skriv teksten, eller ta bort blokka."), most=LONGEST_TEXT)
    chosen = [one for one in form.all("kurs") if _id(one)] if kind == "courses" else []
    days = reader.choice("dager", DAYS, required=N_("Velg hvor langt fram.")) if kind == "calendar" else ""
    reader.done()
    return Block(block_id, kind, heading, text, chosen, int(days or 0))


def read_address(form: Form) -> AddressFacts:
    """A home's or unit's line in the register. Raises Invalid with every field's error."""
    reader = Reader(form)
    segment = reader.choice(
        "segment",
        {one: one for one in REGISTER},
        required=N_("Velg om det er en bolig eller en annen enhet."),
    )
    name = reader.text("navn", required=N_("Skriv hva stedet heter."), most=120)
    attention = reader.text("kontakt", most=120)
    email = read_email(reader, N_("Skriv e-postadressen til stedet."))
    language = reader.choice("malform", MAIL_LANGUAGES, required=N_("Velg målform."))
    reader.done()
    return AddressFacts(segment, name, email, attention, language)


def read_email(reader: Reader, required: str) -> str:
    """An e-mail address, as it may stand in a mail's header; errors go to the reader."""
    email = reader.text("epost", required=required, most=LONGEST_EMAIL)
    name, _, at = email.partition("@")
    odd = any(sign.isspace() or not sign.isprintable() or sign in ',;:<>()[]\\"' for sign in email)
    if email and (odd or not name or "." not in at.strip(".") or "@" in at):
        reader.fail("epost", N_("Skriv e-postadressen slik: navn@eksempel.no."))
    return email


def read_sign_up(form: Form) -> tuple[str, str]:
    """(segment, e-mail address) of the public form. Raises Invalid with every field's error."""
    reader = Reader(form)
    if form.text(TRAP):
        reader.fail(
            TRAP, N_("La dette feltet stå tomt. Det er der for å stoppe programmer som fyller ut skjemaer.")
        )
    segment = reader.choice("hvem", SEGMENTS, required=N_("Velg hvem du er."))
    email = read_email(reader, N_("Skriv e-postadressen din. Vi sender en lenke dit."))
    reader.done()
    return segment, email


def read_yes(form: Form) -> tuple[str, str, date, str]:
    """(person, segment, day, who said it) of a yes a coordinator notes. Raises Invalid with every field's error."""
    reader = Reader(form)
    person = form.text("person")
    if not _id(person):
        reader.fail("person", N_("Velg hvem som skal ha nyhetsbrevet."))
    said_on = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen dere snakket sammen.")
    )
    said_by = reader.text("hvem", required=N_("Skriv hvem som sa ja."), most=120)
    reader.done()
    return person, "users", said_on or today(), said_by


def read_letter(form: Form) -> LetterFacts:
    """A service letter. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text("emne", required=N_("Skriv hva brevet handler om."), most=120)
    words = reader.text("tekst", required=N_("Skriv brevet."), most=8_000)
    language = reader.choice("malform", MAIL_LANGUAGES, required=N_("Velg målform."))
    audience = reader.choice("hvem", AUDIENCES, required=N_("Velg hvem brevet gjelder."))
    purchaser = (
        reader.choice("enhet", PURCHASERS, required=N_("Velg enheten.")) if audience == "purchaser" else ""
    )
    chosen = {"group": form.text("gruppe"), "contact": form.text("kontakt")}.get(audience, "")
    if audience == "group" and not _id(chosen):
        reader.fail("gruppe", N_("Velg gruppa."))
    if audience == "contact" and not _id(chosen):
        reader.fail("kontakt", N_("Velg støttekontakten."))
    to = form.all("til")
    if not {"brukere", "kontakter"} & set(to):
        reader.fail("til", N_("Velg minst én: brukere og pårørende, eller støttekontakter."))
    reader.done()
    return LetterFacts(
        title, words, language, audience, UUID(chosen) if chosen else None, purchaser, "brukere" in to,
        "kontakter" in to, form.text("bekreft") == "ja",
    )  # fmt: skip


def _id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
