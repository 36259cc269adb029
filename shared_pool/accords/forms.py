"""Forms of the slice, read into facts."""

from __future__ import annotations

from datetime import date
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from shared_pool.accords.rules import KINDS, AccordFacts, check_pdf, last_allowed


def read_accord(form: Form) -> AccordFacts:
    """A new agreement. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags avtale det er."))
    title = reader.text("tittel", required=N_("Skriv hva avtalen heter."), most=120)
    contact = reader.text(
        "kontaktpunkt", required=N_("Skriv hvem som svarer, med telefon eller e-post."), most=500
    )
    first = reader.take(
        "fra", partial(parse_date, field="fra"), required=N_("Skriv den første dagen avtalen gjelder.")
    )
    last = reader.take(
        "til", partial(parse_date, field="til"), required=N_("Skriv den siste dagen avtalen gjelder.")
    )
    if first is not None and last is not None:
        if last < max(first, today()):
            reader.fail("til", N_("Skriv en dag som kommer, og ikke er før avtalen begynner."))
        elif last > last_allowed(first):
            reader.fail("til", N_("En avtale gjelder i høyst fem år. Da ser dere på den på nytt."))
    sent = form.uploads.get("fil")
    document = None
    if sent is not None:
        try:
            document = check_pdf(sent.content, field="fil")
        except BadInput as bad:
            reader.errors.setdefault("fil", bad)
    reader.done()
    assert first is not None
    assert last is not None
    # A line of its own would be a heading of the text that is signed.
    return AccordFacts(
        kind, " ".join(title.split()), " ".join(contact.split()).lstrip("# "), first, last, document
    )


def read_signature(form: Form) -> bytes:
    """What was on the page when it was signed (its digest). Raises Invalid unless the reader has ticked that it is read."""
    reader = Reader(form)
    if form.text("lest") != "ja":
        reader.fail("lest", N_("Kryss av for at du har lest avtalen og kan signere for kommunen."))
    try:
        digest = bytes.fromhex(form.text("tekst"))
    except ValueError:
        digest = b""
    if len(digest) != 32:
        reader.fail("lest", N_("Last siden på nytt og les avtalen før du signerer."))
    reader.done()
    return digest


def read_notice(form: Form) -> date:
    """The last day the municipality is bound. Raises Invalid."""
    reader = Reader(form)
    last = reader.take(
        "siste", partial(parse_date, field="siste"), required=N_("Skriv den siste dagen avtalen skal gjelde.")
    )
    if last is not None and last < today():
        reader.fail("siste", N_("Skriv i dag, eller en dag som kommer."))
    reader.done()
    assert last is not None
    return last
