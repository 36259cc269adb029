"""A person's story in plain language: what the municipality has written down, decided and done, and who has read it (E4).

It is given to the person or whoever may see the case for them, on paper or on their own page, in their form of
Norwegian. It says nothing that the reader may not see: the caller says which cases, and whether only the outline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Quote, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, moment
from sammen.web.i18n import translate
from tenants.assignments.api import assignment
from tenants.cases.api import (
    FORM_NAMES,
    PURCHASERS,
    STATES,
    applications_of,
    case_file,
    mappings_of,
    readers_of,
    target_now,
    targets_of,
)
from tenants.contacts.api import support_contact
from tenants.decisions.api import OUTCOMES, DecisionCard, GrantCard, decisions_of, extent, grants_of
from tenants.evaluations.api import EvaluationCard, evaluations_of
from tenants.people.api import PersonCard, RepresentativeCard, person, representatives_of

Say = Callable[..., str]
READERS_SHOWN = 500
ROLES = {"parent": N_("Forelder"), "guardian": N_("Verge"), "power_of_attorney": N_("Fullmektig")}
LANGUAGE_FORMS = {"nb": N_("Bokmål"), "nn": N_("Nynorsk")}
DECIDED = {
    "grant": N_("Søknaden ble innvilget"),
    "partial": N_("En del av søknaden ble innvilget"),
    "refusal": N_("Søknaden ble avslått"),
    "withdrawal": N_("Søknaden ble trukket"),
    "change": N_("Vedtaket ble endret"),
    "ending": N_("Tjenesten ble avsluttet"),
}
CHANNELS = {
    "letter": N_("Kom i brev."),
    "phone": N_("Kom på telefon eller ved oppmøte."),
    "form": N_("Kom i et skjema."),
    "import": N_("Hentet fra kommunens liste."),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """A case of the person's, as the story begins with it."""

    id: UUID
    case_no: str
    purchaser: str
    state: str
    created_on: date
    closed_on: date | None
    outcome: str


_CASES = compile_query(
    select(case_file.c.id, case_file.c.case_no, case_file.c.purchaser, case_file.c.state, case_file.c.created_at,
           case_file.c.closed_on, case_file.c.outcome)
    .where(case_file.c.tenant_id == bindparam("tenant"), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.created_at, case_file.c.id)
)  # fmt: skip
_CONTACTS = compile_query(
    select(person.c.given_name, person.c.family_name, assignment.c.starts_on, assignment.c.ended_on)
    .select_from(
        assignment.join(
            support_contact,
            and_(support_contact.c.tenant_id == assignment.c.tenant_id, support_contact.c.id == assignment.c.contact_id),
        ).join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.case_id == bindparam("case"),
        or_(assignment.c.revealed_at.is_not(None), assignment.c.source == "home"),
    )
    .order_by(assignment.c.starts_on, assignment.c.id)
)  # fmt: skip


async def outlines(uow: UnitOfWork, person_id: UUID) -> Sequence[Outline]:
    """Every case of the person, the oldest first. For themselves; a caseworker's are narrowed by the caller."""
    rows = await uow.rows(_CASES, tenant=uow.context.tenant, person=person_id)
    return [
        Outline(row["id"], row["case_no"], row["purchaser"], row["state"], row["created_at"].date(), row["closed_on"],
                row["outcome"])
        for row in rows
    ]  # fmt: skip


async def story_of(
    uow: UnitOfWork,
    card: PersonCard,
    cases: Sequence[Outline],
    language: str,
    *,
    whole: bool = True,
    log: bool = True,
) -> Document:
    """The story as a document in `language` (nb, nn or en). Without `whole`, only the outline that parental
    responsibility requires: which services there are and since when, no reasons, no own words. `log`: with who has read.
    """

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    place = uow.context.place_name
    blocks: list[Block] = [
        Paragraph(say(N_("Her står det %(place)s kommune har skrevet ned om %(name)s, og det vi har gjort. "
                         "Er noe feil, si fra. Da retter vi det."), place=place, name=card.given_name)),
        *_about(card, await representatives_of(uow, card.id), say, language, whole=whole),
    ]  # fmt: skip
    for case in cases:
        blocks += await _case(uow, case, say, language, whole=whole)
    if not cases:
        blocks.append(Paragraph(say(N_("Det er ingen sak."))))
    if log:
        blocks += await _readers(uow, card.id, say, language)
    return Document(
        kind="report", language=language, title=say(N_("Historien om %(name)s"), name=card.name), date=today(),
        sender=Sender(say(N_("%(place)s kommune"), place=place)), blocks=blocks,
        exempt=say(N_("Unntatt offentlighet, offl. § 13")),
        about=say(N_("Det kommunen har skrevet om en person")),
        words={word: say(text) for word, text in WORDS.items()},
    )  # fmt: skip


def _about(
    card: PersonCard, acting: Sequence[RepresentativeCard], say: Say, language: str, *, whole: bool
) -> list[Block]:
    place = f"{card.postcode} {card.place}".strip()
    address = ", ".join(part for part in (card.street, place) if part)
    rows = [
        (say(N_("Navn")), card.name),
        (say(N_("Født")), date_long(card.birth_date, language) if card.birth_date else ""),
        # Paper lies about: a protected address is not on it.
        (say(N_("Adresse")), say(N_("Sperret. Vi skriver den ikke.")) if card.protected else address),
        (say(N_("Telefon")), "" if card.protected else card.phone),
        (say(N_("Brev på")), say(LANGUAGE_FORMS[card.language_form])),
        (say(N_("Tolk")), card.interpreter_language if card.needs_interpreter else ""),
        (say(N_("Individuell plan")), say(N_("Ja")) if card.individual_plan else ""),
    ]
    blocks: list[Block] = [Heading(say(N_("Om %(name)s"), name=card.given_name)), Facts(rows)]
    if acting and whole:
        blocks += [
            Heading(say(N_("Hvem som handler for %(name)s"), name=card.given_name), 2),
            Points([f"{say(ROLES[one.role])}: {one.name}" for one in acting]),
        ]
    return blocks


async def _case(uow: UnitOfWork, case: Outline, say: Say, language: str, *, whole: bool) -> list[Block]:
    name = say(PURCHASERS[case.purchaser])
    closed = say(OUTCOMES[case.outcome]) if case.outcome in OUTCOMES else ""
    blocks: list[Block] = [
        Heading(say(N_("Sak %(no)s"), no=case.case_no)),
        Facts([
            (say(N_("Hører til")), name),
            (say(N_("Nå")), say(STATES[case.state])),
            (say(N_("Avsluttet")), date_long(case.closed_on, language) if case.closed_on else ""),
            (say(N_("Hvorfor")), closed),
        ]),
    ]  # fmt: skip
    if whole:
        blocks += await _asked(uow, case, say, language)
    decisions, grants = await decisions_of(uow, case.id), await grants_of(uow, case.id)
    made = [one for one in reversed(decisions) if not one.at_work]
    for one in made:
        mine = [grant for grant in grants if grant.decision_id == one.id]
        blocks += _decision(one, mine, say, language, whole=whole)
    contacts = await uow.rows(_CONTACTS, tenant=uow.context.tenant, case=case.id)
    if contacts:
        met = [_met(f"{row['given_name']} {row['family_name']}", row["starts_on"], row["ended_on"], say, language)
               for row in contacts]  # fmt: skip
        blocks += [Heading(say(N_("Støttekontakter")), 2), Points(met)]
    if whole:
        blocks += _evaluations(await evaluations_of(uow, case.id), say, language)
    return blocks


def _met(name: str, start: date | None, end: date | None, say: Say, language: str) -> str:
    if start is None:
        return name
    if end is None:
        return say(N_("%(name)s, fra %(day)s"), name=name, day=date_long(start, language))
    first, last = date_long(start, language), date_long(end, language)
    return say(N_("%(name)s, fra %(first)s til %(last)s"), name=name, first=first, last=last)


async def _asked(uow: UnitOfWork, case: Outline, say: Say, language: str) -> list[Block]:
    blocks: list[Block] = []
    for one in reversed(await applications_of(uow, case.id)):
        title = say(N_("Søknad %(day)s"), day=date_long(one.received_on, language))
        blocks += [Heading(title, 2), Paragraph(say(CHANNELS.get(one.channel, CHANNELS["letter"])))]
        if one.wishes:
            blocks.append(Quote(one.wishes, say(N_("Fra søknaden"))))
    for talk in reversed(await mappings_of(uow, case.id)):
        if talk.made_by is None:
            continue
        blocks.append(Heading(say(N_("Samtale %(day)s"), day=date_long(talk.held_on, language)), 2))
        if talk.own_words:
            blocks.append(Quote(talk.own_words, say(N_("Med egne ord"))))
        blocks.append(Facts([(say(N_("Trenger")), talk.needs), (say(N_("Nettverk")), talk.network)]))
    if chosen := target_now(await targets_of(uow, case.id), today()):
        blocks.append(Facts([(say(N_("Målgruppe, som bare brukes i tall")), say(chosen.name))]))
    return blocks


def _decision(
    one: DecisionCard, grants: Sequence[GrantCard], say: Say, language: str, *, whole: bool
) -> list[Block]:
    day = date_long(one.decided_on, language) if one.decided_on else ""
    blocks: list[Block] = [Heading(f"{day}: {say(DECIDED[one.kind])}" if day else say(DECIDED[one.kind]), 2)]
    if grants:
        blocks.append(Points([
            ", ".join(part for part in (say(FORM_NAMES[grant.form]), extent(grant, language)) if part)
            for grant in grants
        ]))  # fmt: skip
    if not whole:
        return blocks
    if one.goal:
        blocks.append(Facts([(say(N_("Målet")), one.goal)]))
    blocks += [Paragraph(text) for text in (one.reasons, one.not_granted) if text]
    if one.evaluate_on and one.state == "issued":
        text = say(N_("Vi ser på det sammen innen %(day)s."), day=date_long(one.evaluate_on, language))
        blocks.append(Paragraph(text))
    return blocks


def _evaluations(found: Sequence[EvaluationCard], say: Say, language: str) -> list[Block]:
    blocks: list[Block] = []
    for one in reversed(found):
        if one.held_on is None:
            continue
        blocks.append(Heading(say(N_("Evaluering %(day)s"), day=date_long(one.held_on, language)), 2))
        if one.own_words:
            blocks.append(Quote(one.own_words, one.words_by))
        if one.representative_words:
            blocks.append(Quote(one.representative_words, say(N_("Den som handler for personen"))))
        if one.goal_seen:
            blocks.append(Paragraph(one.goal_seen))
    return blocks


async def _readers(uow: UnitOfWork, person_id: UUID, say: Say, language: str) -> list[Block]:
    readings = await readers_of(uow, person_id, most=READERS_SHOWN)
    head = Heading(say(N_("Hvem har lest")))
    if not readings:
        return [head, Paragraph(say(N_("Ingen har lest noe ennå.")))]
    heads = [say(N_("Hvem")), say(N_("Hvorfor")), say(N_("Når"))]
    rows = [[one.name, say(one.why) if one.why else "", moment(one.at, language)] for one in readings]
    return [head, Table(heads, rows, (3, 4, 4))]
