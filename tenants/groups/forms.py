"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from tenants.groups.places import PlaceChange, PlaceFacts
from tenants.groups.rules import AUTUMN_WEEKS, WINTER_WEEKS
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


def _week(reader: Reader, name: str, first: int, last: int) -> int | None:
    """The week of a school holiday; empty when the group meets then as well."""
    found = reader.take(name, partial(parse_decimal, field=name, decimals=0, minimum=first, maximum=last))
    return None if found is None else int(found)


def read_group(form: Form, *, leaders: tuple[UUID, UUID | None] | None = None) -> GroupFacts:
    """A planned group; `leaders` are kept when the form does not ask for them. Raises Invalid with every field's error."""
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
    leader, second = leaders or _leaders(reader)
    transport = reader.text("transport", most=500)
    autumn = _week(reader, "hostferie", *AUTUMN_WEEKS)
    winter = _week(reader, "vinterferie", *WINTER_WEEKS)
    first = reader.take("fra", partial(parse_date, field="fra"), required=N_("Skriv dagen gruppa begynner."))
    last = reader.take("til", partial(parse_date, field="til"))
    reader.done()
    assert leader is not None
    assert starts is not None
    assert ends is not None
    assert seats is not None
    assert first is not None
    return GroupFacts(
        name, activity, weekday, starts, ends, place, leader, second, int(seats), first, last, transport, autumn, winter,
        form.text("paske") == "ja",
    )  # fmt: skip


def read_leaders(form: Form) -> tuple[UUID, UUID | None, int]:
    """(leader, second leader or None, the version the form was shown with). Raises Invalid."""
    reader = Reader(form)
    leader, second = _leaders(reader)
    version = reader.take("versjon", partial(parse_decimal, field="versjon", decimals=0, maximum=2**31 - 1))
    reader.done()
    assert leader is not None
    return leader, second, int(version or 0)


def read_closing(form: Form) -> date:
    """The group's last day. Raises Invalid."""
    reader = Reader(form)
    last = reader.take(
        "siste_dag",
        partial(parse_date, field="siste_dag"),
        required=N_("Skriv den siste dagen gruppa møtes."),
    )
    reader.done()
    assert last is not None
    return last


STATES = {
    "member": N_("Fast plass"),
    "trial": N_("Prøver noen treff"),
    "waiting": N_("Venteliste"),
}
NEEDS = 500


def read_participant(form: Form) -> tuple[UUID, PlaceFacts]:
    """The assignment that was chosen, and what is known of them. Raises Invalid with every field's error."""
    reader = Reader(form)
    missing = N_("Velg en som mangler gruppe.")

    def chosen(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise BadInput("deltaker", missing) from None

    found = reader.take("deltaker", chosen, required=missing)
    state = form.text("slag") or "member"
    if state not in STATES:
        reader.fail("slag", N_("Velg om det er fast plass, prøve eller venteliste."))
    trial_to = reader.take("prove_til", partial(parse_date, field="prove_til")) if state == "trial" else None
    facts = PlaceFacts(
        state, trial_to, reader.text("behov", most=NEEDS), reader.text("nodnummer", most=100),
        form.text("egen_kontakt") == "ja", reader.text("sagt_ja", most=200),
    )  # fmt: skip
    reader.done()
    assert found is not None
    return found, facts


def read_change(form: Form) -> PlaceChange:
    """What is written down of somebody's place. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = PlaceChange(
        reader.text("behov", most=NEEDS), reader.text("nodnummer", most=100), form.text("egen_kontakt") == "ja",
        form.text("fortsetter") == "ja", reader.text("sagt_ja", most=200),
    )  # fmt: skip
    reader.done()
    return found


def read_taking_up(form: Form) -> tuple[str, date | None]:
    """(member or trial, the trial's last day). Raises Invalid."""
    reader = Reader(form)
    state = "trial" if form.text("slag") == "trial" else "member"
    trial_to = reader.take("prove_til", partial(parse_date, field="prove_til")) if state == "trial" else None
    reader.done()
    return state, trial_to
