"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from tenants.groups.service import GroupFacts
from tenants.people.api import traits

LEADER = N_("Velg en gruppeleder.")
FEWEST, MOST = 2, 60


def _contact(text: str, *, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, LEADER) from None


def _leaders(reader: Reader) -> tuple[UUID | None, UUID | None]:
    leader = reader.take("leder", partial(_contact, field="leder"), required=LEADER)
    return leader, reader.take("leder_to", partial(_contact, field="leder_to"))


def read_group(form: Form) -> GroupFacts:
    """A planned group. Raises Invalid with every field's error."""
    reader = Reader(form)
    name = reader.text("navn", required=N_("Skriv hva gruppa heter."), most=100)
    activity = reader.choice("aktivitet", traits.INTERESTS, required=N_("Velg en aktivitet."))
    weekday = reader.choice("ukedag", traits.WEEKDAYS, required=N_("Velg en ukedag."))
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"), required=N_("Skriv når gruppa begynner, for eksempel 17:30.")
    )  # fmt: skip
    ends = reader.take(
        "slutter",
        partial(parse_time, field="slutter"),
        required=N_("Skriv når gruppa slutter, for eksempel 19:30."),
    )
    place = reader.text("sted", required=N_("Skriv hvor gruppa møtes."), most=200)
    seats = reader.take(
        "plasser", partial(parse_decimal, field="plasser", decimals=0, minimum=FEWEST, maximum=MOST),
        required=N_("Skriv hvor mange plasser gruppa har."),
    )  # fmt: skip
    leader, second = _leaders(reader)
    first = reader.take("fra", partial(parse_date, field="fra"), required=N_("Skriv dagen gruppa begynner."))
    last = reader.take("til", partial(parse_date, field="til"))
    reader.done()
    assert leader is not None
    assert starts is not None
    assert ends is not None
    assert seats is not None
    assert first is not None
    return GroupFacts(name, activity, weekday, starts, ends, place, leader, second, int(seats), first, last)


def read_leaders(form: Form) -> tuple[UUID, UUID | None, int]:
    """(leader, second leader or None, the version the form was shown with). Raises Invalid."""
    reader = Reader(form)
    leader, second = _leaders(reader)
    version = reader.take("versjon", partial(parse_decimal, field="versjon", decimals=0, maximum=2**31 - 1))
    reader.done()
    assert leader is not None
    return leader, second, int(version or 0)


def read_participant(form: Form) -> UUID:
    """The assignment that was chosen. Raises Invalid."""
    reader = Reader(form)
    missing = N_("Velg en som mangler gruppe.")

    def chosen(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise BadInput("deltaker", missing) from None

    found = reader.take("deltaker", chosen, required=missing)
    reader.done()
    assert found is not None
    return found
