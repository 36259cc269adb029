"""From forms to facts: days people write, and why a municipality says no."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader

MOST_NAMED = 120


def read_no(form: Form) -> tuple[str, str]:
    """(code, words) of a no. What they may be is the service's to say."""
    return form.text("grunn"), form.text("ord")


def read_user_yes(form: Form) -> date:
    """The day the service user said yes. Raises Invalid."""
    reader = Reader(form)
    on = reader.take(
        "ja_dato", partial(parse_date, field="ja_dato"), required=N_("Skriv dagen brukeren sa ja.")
    )
    reader.done()
    assert on is not None
    return on


def read_vetting(form: Form) -> tuple[date, date]:
    """(politiattest shown, confidentiality signed). Raises Invalid with both fields' errors."""
    reader = Reader(form)
    shown = reader.take(
        "politiattest",
        partial(parse_date, field="politiattest"),
        required=N_("Skriv dagen politiattesten ble vist."),
    )
    signed = reader.take(
        "taushet",
        partial(parse_date, field="taushet"),
        required=N_("Skriv dagen taushetserklæringen ble underskrevet."),
    )
    reader.done()
    assert shown is not None
    assert signed is not None
    return shown, signed


def read_known(form: Form) -> tuple[date, str]:
    """(the day a substitute and the service user met, who said yes). Raises Invalid with both fields' errors."""
    reader = Reader(form)
    met = reader.take("traff", partial(parse_date, field="traff"), required=N_("Skriv dagen de møttes."))
    by = reader.text("ja_av", required=N_("Skriv hvem som sa ja."), most=MOST_NAMED)
    reader.done()
    assert met is not None
    return met, by


def read_person(form: Form, field: str) -> UUID | None:
    """Somebody chosen from a list; None for nobody, or for what is no id."""
    try:
        return UUID(form.text(field))
    except ValueError:
        return None
