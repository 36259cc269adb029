"""Answering which schemes a municipality has: each answer is a new row, to every region it is a member of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reporting.figures.api import regions_of
from reporting.schemes.catalogue import SCHEMES, STATES, VERSION, asked
from reporting.schemes.models import SchemeAnswer
from reporting.schemes.queries import AnswerCard, own_answers, standing
from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader

EARLIEST = date(1990, 1, 1)
LONGEST_NOTE, LONGEST_ASK = 300, 120
_DAY_NEEDED = N_("Skriv fra hvilken dag svaret gjelder.")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: state, note and whom to ask."""

    state: str
    note: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a form says, by scheme, from a day on."""

    valid_from: date
    by_scheme: Mapping[str, Answer]


def field_of(scheme: str) -> str:
    """The form's field for a scheme."""
    return f"svar-{scheme}"


def _day(reader: Reader) -> date:
    day = reader.take("fra", lambda text: parse_date(text, field="fra"), required=_DAY_NEEDED)
    if day is not None and day < EARLIEST:
        reader.fail("fra", N_("Skriv en dag etter 1990."))
    if day is not None and day > today():
        reader.fail("fra", N_("Dagen er i framtida. Skriv fra hvilken dag svaret har vært riktig."))
    return day or today()


def read_list(form: Form) -> Answers:
    """The whole checklist at once, answers without note. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = {}
    for one in asked():
        typed = form.text(field_of(one.id))
        if typed and typed not in STATES:
            reader.fail(field_of(one.id), N_("Velg et svar fra lista."))
        elif typed:
            found[one.id] = Answer(typed)
    day = _day(reader)
    if not found and not reader.errors:
        first = field_of(asked()[0].id)
        reader.fail(first, N_("Svar på minst én ordning."))
    reader.done()
    return Answers(day, found)


def read_one(form: Form, scheme: str) -> Answers:
    """One scheme's answer with note and whom to ask. Raises Invalid with every field's error."""
    reader = Reader(form)
    state = reader.choice("svar", STATES, required=N_("Velg om kommunen har ordningen."))
    day = _day(reader)
    note = reader.text("merknad", most=LONGEST_NOTE)
    ask = reader.text("sporre", most=LONGEST_ASK)
    reader.done()
    return Answers(day, {scheme: Answer(state, note, ask)})


async def give_answers(uow: UnitOfWork, answers: Answers, *, whole: bool) -> int:
    """Keep what is new in `answers` as rows, and tell how many schemes were answered.

    `whole`: the checklist without notes; an answer with the same state stands as it is, note and all. Raises Invalid when
    the municipality is in no region, or nothing is new.
    """
    regions = [region.id for region in await regions_of(uow)]
    if not regions:
        raise Invalid(
            {"": BadInput("", N_("Kommunen er ikke med i et samarbeid. Da er det ingen å svare til."))}
        )
    given = await own_answers(uow)
    context = uow.context
    assert context.user_id is not None
    told: set[str] = set()
    for region_id in regions:
        now = standing([one for one in given if one.region_id == region_id], answers.valid_from)
        for scheme, said in answers.by_scheme.items():
            before = now.get((context.tenant, scheme))
            if scheme not in SCHEMES or _same(before, said, whole):
                continue
            told.add(scheme)
            # Whoever may be asked stays when only the state is answered anew.
            ask = before.ask if whole and before is not None else said.ask
            uow.session.add(
                SchemeAnswer(
                    region_id=region_id, municipality_id=context.tenant, scheme=scheme, list_version=VERSION,
                    state=said.state, valid_from=answers.valid_from, note=said.note, ask=ask,
                    answered_by=context.user_id, answered_by_name=context.user_name,
                )
            )  # fmt: skip
    await uow.session.flush()
    if told:
        await record_change(
            uow, "scheme.answered", "municipality", context.tenant, schemes=sorted(told),
            valid_from=answers.valid_from.isoformat(),
        )  # fmt: skip
    return len(told)


def _same(before: AnswerCard | None, said: Answer, whole: bool) -> bool:
    if before is None or before.state != said.state:
        return False
    return whole or (before.note, before.ask) == (said.note, said.ask)
