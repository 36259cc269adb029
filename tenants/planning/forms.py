"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_decimal
from sammen.web.forms import Form, Reader
from tenants.planning.rules import QUESTIONS
from tenants.planning.service import Idea

MOST_KRONER = 10_000


def _id(text: str, *, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, N_("Velg fra lista.")) from None


def read_idea(form: Form) -> Idea:
    """A suggestion. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text("forslag", required=N_("Skriv hva dere kan gjøre."), most=120)
    where = reader.text("hvor", most=150)
    cost: Decimal | None = reader.take(
        "koster", partial(parse_decimal, field="koster", decimals=2, minimum=0, maximum=MOST_KRONER)
    )
    fits = reader.text("tenk_paa", most=300)
    reader.done()
    ore = None if cost is None else int(cost * 100)
    return Idea(title, where, ore, form.text("skyss") == "ja", fits)


def read_participant(form: Form) -> UUID:
    """The chosen participant's place. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("deltaker", partial(_id, field="deltaker"), required=N_("Velg en deltaker."))
    reader.done()
    assert found is not None
    return found


def read_optional_participant(form: Form) -> UUID | None:
    """Whose idea it was, if anybody's. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("deltaker", partial(_id, field="deltaker"))
    reader.done()
    return found


def read_choices(form: Form) -> set[UUID]:
    """The suggestions that were ticked. Raises Invalid."""
    found = set()
    reader = Reader(form)
    for text in form.all("valg"):
        try:
            found.add(UUID(text))
        except ValueError:
            reader.fail("valg", N_("Velg fra lista."))
    reader.done()
    return found


def read_session(form: Form) -> UUID:
    """The chosen meeting. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("treff", partial(_id, field="treff"), required=N_("Velg et treff som kommer."))
    reader.done()
    assert found is not None
    return found


def read_voice(form: Form) -> tuple[dict[str, str], str]:
    """(answers by question, words). What is not answered is said by the service, for all questions at once."""
    reader = Reader(form)
    words = reader.text("ord", most=2_000)
    reader.done()
    return {name: form.text(name) for name in QUESTIONS}, words


def read_view(form: Form) -> tuple[str, str]:
    """(what goes well, what should be otherwise). Raises Invalid."""
    reader = Reader(form)
    good, otherwise = reader.text("bra", most=2_000), reader.text("annerledes", most=2_000)
    reader.done()
    return good, otherwise


def read_summary(form: Form) -> tuple[str, str]:
    """(summary, what changes). Raises Invalid."""
    reader = Reader(form)
    summary, changes = reader.text("oppsummering", most=6_000), reader.text("endringer", most=3_000)
    reader.done()
    return summary, changes
