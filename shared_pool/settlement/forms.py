"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_decimal
from sammen.web.forms import Form, Reader
from shared_pool.settlement.agreements import AgreementFacts
from shared_pool.settlement.reckoning import month_off
from shared_pool.settlement.service import CHANGED, WITHOUT_WORDS
from shared_pool.settlement.views import PERIOD_NAMES

MOST_KRONER = 100_000
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
# A long number, or a date, could be somebody's: none is needed to say what is wrong with a sum.
_NUMBER_OF_SOMEBODY = re.compile(r"\d{6}\s?\d{5}|\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d")


def read_month(text: str, *, field: str) -> date:
    """`2026-11` as the first day of the month. Raises BadInput."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise BadInput(field, N_("Velg en måned."))
    return date(int(found[1]), int(found[2]), 1)


def last_day(month: date) -> date:
    """The last day of a month (given by its first)."""
    return month_off(month, 1) - timedelta(days=1)


def _uuid(text: str, *, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, N_("Velg en kommune.")) from None


def read_agreement(form: Form) -> AgreementFacts:
    """Proposed terms. Raises Invalid with every field's error."""
    reader = Reader(form)
    other = reader.take(
        "kommune", partial(_uuid, field="kommune"), required=N_("Velg hvilken kommune avtalen er med.")
    )
    since = reader.take(
        "fra", partial(read_month, field="fra"), required=N_("Velg måneden avtalen gjelder fra.")
    )
    until = reader.take("til", partial(read_month, field="til"))
    if since is not None and until is not None and until < since:
        reader.fail(
            "til", N_("Velg en måned som kommer etter at avtalen begynner, eller la feltet stå tomt.")
        )
    period = reader.choice("oppgjor", PERIOD_NAMES, required=N_("Velg hvor ofte dere gjør opp."))
    sums = {
        name: reader.take(
            name,
            partial(parse_decimal, field=name, decimals=2, minimum=0, maximum=MOST_KRONER),
            required=required,
        )
        for name, required in (
            ("time", N_("Skriv prisen for hver time. Skriv 0 om timene er gratis.")),
            ("rekruttering", N_("Skriv prisen for rekruttering. Skriv 0 om dere ikke deler den.")),
            ("kurs", N_("Skriv prisen for kurs. Skriv 0 om dere ikke deler den.")),
            ("kursplass", N_("Skriv prisen for hver kursplass. Skriv 0 om plassene er gratis.")),
            ("gruppeplass", N_("Skriv prisen for hver gruppeplass. Skriv 0 om plassene er gratis.")),
        )
    }
    reader.done()
    assert other is not None
    assert since is not None
    ore = {name: int(value * 100) for name, value in sums.items() if value is not None}
    return AgreementFacts(
        other, since, last_day(until) if until is not None else None, int(period), ore["time"], ore["rekruttering"],
        ore["kurs"], ore["kursplass"], ore["gruppeplass"],
    )  # fmt: skip


def read_end(form: Form) -> date:
    """The last day of an agreement that is given notice. Raises Invalid."""
    reader = Reader(form)
    until = reader.take(
        "til", partial(read_month, field="til"), required=N_("Velg den siste måneden avtalen gjelder.")
    )
    reader.done()
    assert until is not None
    return last_day(until)


def read_digest(form: Form) -> bytes:
    """The lines a step is about, as they were shown. Raises Invalid when it is no such thing."""
    try:
        found = bytes.fromhex(form.text("tall"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise Invalid.one("", CHANGED)
    return found


def read_words(form: Form) -> str:
    """What somebody disagrees with: read by both municipalities. Raises Invalid for what could be a person's number."""
    reader = Reader(form)
    words = reader.text("uenig", required=WITHOUT_WORDS, most=1_000)
    if _NUMBER_OF_SOMEBODY.search(words):
        reader.fail("uenig", N_("Ta bort fødselsnummer og datoer. Teksten leses i begge kommunene."))
    reader.done()
    return words
