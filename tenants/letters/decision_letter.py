"""The letter of a decision (vedtaksbrev): what law asks a party to be told (fvl. §§ 24, 25, 27; A6, A9, A13), made the
moment the decision is. Also the notice in advance of a decision somebody may not want (fvl. § 16; A15).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Quote, Table
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, hours_long
from sammen.web.i18n import translate
from tenants.cases.api import (
    FORM_NAMES,
    ApplicationCard,
    CaseFile,
    applications_of,
    legal_ground,
    start_deadline,
)
from tenants.decisions.api import (
    DecidedDecision,
    GivenNotice,
    decision,
    on_decided,
    on_notice,
    service_grant,
)
from tenants.letters.interim import drop_interims
from tenants.letters.texts import governor, legal_text
from tenants.letters.writing import LetterBody, write_letters
from tenants.people.api import PersonCard, Recipient, person_card

LANGUAGE_FORMS = ("nb", "nn")
WEEKS = {2: N_("to"), 3: N_("tre"), 4: N_("fire"), 6: N_("seks")}
PER = {"week": N_("%(hours)s i uka"), "month": N_("%(hours)s i måneden")}
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of decision is called, said to the person and (`_of`) to somebody who acts for them."""

    title: str
    title_of: str
    opening: str
    opening_of: str


WORDS = {
    "grant": Words(
        N_("Du får støttekontakt"), N_("%(name)s får støttekontakt"),
        N_("Vi har avgjort søknaden din. Du får støttekontakt."),
        N_("Vi har avgjort søknaden til %(name)s. %(name)s får støttekontakt."),
    ),
    "partial": Words(
        N_("Du får noe av det du søkte om"), N_("%(name)s får noe av det dere søkte om"),
        N_("Vi har avgjort søknaden din. Du får noe av det du søkte om, men ikke alt."),
        N_("Vi har avgjort søknaden til %(name)s. %(name)s får noe av det dere søkte om, men ikke alt."),
    ),
    "refusal": Words(
        N_("Du får ikke støttekontakt"), N_("%(name)s får ikke støttekontakt"),
        N_("Vi har avgjort søknaden din. Du får ikke støttekontakt. Under står hvorfor, og hvordan du kan klage."),
        N_("Vi har avgjort søknaden. %(name)s får ikke støttekontakt. Under står hvorfor, og hvordan du kan klage."),
    ),
    "change": Words(
        N_("Vi har endret vedtaket ditt om støttekontakt"), N_("Vi har endret vedtaket om støttekontakt til %(name)s"),
        N_("Vi har sett på vedtaket ditt på nytt. Det nye vedtaket står under, og gjelder i stedet for det forrige."),
        N_("Vi har sett på vedtaket til %(name)s på nytt. Det nye vedtaket står under, og gjelder i stedet for det forrige."),
    ),
    "ending": Words(
        N_("Støttekontakten din slutter"), N_("Støttekontakten til %(name)s slutter"),
        N_("Vi har bestemt at du ikke lenger skal ha støttekontakt. Under står hvorfor, og hvordan du kan klage."),
        N_("Vi har bestemt at %(name)s ikke lenger skal ha støttekontakt. Under står hvorfor, og hvordan du kan klage."),
    ),
    "withdrawal": Words(
        N_("Søknaden din er trukket"), N_("Søknaden til %(name)s er trukket"),
        N_("Du har trukket søknaden om støttekontakt. Vi har avsluttet den, og du kan søke igjen når du vil."),
        N_("Søknaden om støttekontakt til %(name)s er trukket. Vi har avsluttet den, og dere kan søke igjen når dere vil."),
    ),
}  # fmt: skip
ANSWERS = frozenset({"grant", "partial", "refusal", "withdrawal"})
NEW = frozenset({"grant", "partial"})
AGAINST = frozenset({"change", "ending"})
"""Kinds that may take something away: then putting the decision off may be asked for (fvl. § 42)."""


@dataclass(frozen=True, slots=True)
class Ground:
    code: str
    text_nb: str
    text_nn: str
    complaint_weeks: int
    child_welfare: bool

    def text(self, language: str) -> str:
        return self.text_nn if language == "nn" else self.text_nb


@dataclass(frozen=True, slots=True)
class DecisionText:
    """What a decision says, as it was made."""

    id: UUID
    kind: str
    goal: str
    own_words: str
    reasons: str
    not_granted: str
    legal_ground: str | None
    evaluate_on: date | None
    ends_on: date | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class GrantText:
    """One granted service, in the unit it was decided in."""

    form: str
    amount: Decimal | None
    unit: str
    times: str
    content: str
    goal: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the letter says of rights, in one form of Norwegian, as the law stood on the day of the decision."""

    complaint: str
    help: str
    postpone: str
    access: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything the letter is made from, read before anybody is written to."""

    person: PersonCard
    decision: DecisionText
    grants: Sequence[GrantText]
    ground: Ground
    received: date | None
    begun_by: date
    place: str
    responsible: str
    rights: dict[str, Rights]


_GROUND = compile_query(
    select(*(legal_ground.c[name] for name in Ground.__dataclass_fields__)).where(
        legal_ground.c.code == bindparam("code")
    )
)
_DECISIONS = compile_query(
    select(*(decision.c[name] for name in DecisionText.__dataclass_fields__)).where(
        decision.c.tenant_id == bindparam("tenant"),
        decision.c.case_id == bindparam("case"),
        decision.c.decided_on.is_not(None),
    )
)
_GRANTS = compile_query(
    select(*(service_grant.c[name] for name in GrantText.__dataclass_fields__))
    .where(
        service_grant.c.tenant_id == bindparam("tenant"), service_grant.c.decision_id == bindparam("decision")
    )
    .order_by(service_grant.c.id)
)


@on_decided
async def write_decision_letters(uow: UnitOfWork, made: DecidedDecision) -> None:
    """A letter to everybody who shall have one, to leave today (fvl. § 27: as soon as possible)."""
    told = await told_of(uow, made)
    await drop_interims(uow, made.case_id, translate("nb", N_("Søknaden er avgjort.")))
    await write_letters(
        uow, kind="decision", case_id=made.case_id, person_id=made.person_id, about=made.decision_id,
        child_welfare=told.ground.child_welfare, compose=lambda recipient: decision_body(told, recipient),
    )  # fmt: skip


async def told_of(uow: UnitOfWork, made: DecidedDecision) -> Told:
    """What the letter of a decision is made from."""
    tenant = uow.context.tenant
    decisions = [
        DecisionText(**dict(row)) for row in await uow.rows(_DECISIONS, tenant=tenant, case=made.case_id)
    ]
    one = next(found for found in decisions if found.id == made.decision_id)
    row = await uow.row(_GROUND, code=one.legal_ground)
    assert row is not None, "a decision is not made without a legal ground"
    ground = Ground(**dict(row))
    case = await uow.session.get(CaseFile, (tenant, made.case_id))
    grants = [GrantText(**dict(row)) for row in await uow.rows(_GRANTS, tenant=tenant, decision=one.id)]
    return Told(
        person=await person_card(uow, made.person_id),
        decision=one,
        grants=grants,
        ground=ground,
        received=answered(
            await applications_of(uow, made.case_id),
            [found.decided_on for found in decisions if found.id != one.id and found.decided_on is not None],
        ),
        begun_by=await start_deadline(uow, made.decided_on, granted_from=[g.valid_from for g in grants]),
        place=uow.context.place_name,
        responsible=case.responsible_name if case is not None else "",
        rights={
            language: await _rights(uow, ground, language, made.decided_on) for language in LANGUAGE_FORMS
        },
    )


def answered(applications: Sequence[ApplicationCard], decided_before: Sequence[date]) -> date | None:
    """The day the application that a decision answers was received; None when it answers none (a change of one's own)."""
    found = max((one.received_on for one in applications if one.state == "decided"), default=None)
    return found if found is not None and all(found > day for day in decided_before) else None


async def _rights(uow: UnitOfWork, ground: Ground, language: str, on: date) -> Rights:
    weeks = ground.complaint_weeks
    values = {
        "weeks": translate(language, WEEKS[weeks]) if weeks in WEEKS else str(weeks),
        "municipality": translate(language, N_("%(place)s kommune"), place=uow.context.place_name),
        "governor": await governor(uow, language, on),
    }
    try:
        complaint = await legal_text(uow, f"complaint.{ground.code}", language, on, **values)
    except LookupError:
        complaint = await legal_text(uow, "complaint", language, on, **values)
    return Rights(
        complaint,
        await legal_text(uow, "complaint.help", language, on),
        await legal_text(uow, "complaint.postpone", language, on),
        await legal_text(uow, "access", language, on),
    )


def decision_body(told: Told, recipient: Recipient) -> LetterBody:
    """The letter to one recipient, in their form of Norwegian; a representative reads of the person by name."""
    language, own, name = recipient.language_form, recipient.role == "self", told.person.given_name

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    def either(mine: str, other: str) -> str:
        return say(mine) if own else say(other, name=name)

    words, rights, kind = WORDS[told.decision.kind], told.rights[language], told.decision.kind
    blocks: list[Block] = [Paragraph(either(words.opening, words.opening_of))]
    if told.received is not None and kind in ANSWERS:
        blocks.append(Paragraph(say(N_("Vi fikk søknaden %(day)s."), day=date_long(told.received, language))))
    if told.grants:
        blocks += [
            Heading(either(N_("Dette får du"), N_("Dette får %(name)s"))),
            services(told.grants, language, say),
        ]
    blocks.append(_facts(told, language, say))
    if told.decision.own_words and told.grants:
        blocks += [Heading(either(N_("Hva som er viktig for deg"), N_("Hva som er viktig for %(name)s"))),
                   Quote(told.decision.own_words, say(N_("%(name)s, med egne ord"), name=name))]  # fmt: skip
    if told.decision.not_granted:
        blocks += [Heading(either(N_("Dette får du ikke"), N_("Dette får %(name)s ikke"))),
                   Paragraph(told.decision.not_granted)]  # fmt: skip
    if told.decision.reasons:
        blocks += [Heading(say(N_("Hvorfor vi har bestemt dette"))), Paragraph(told.decision.reasons)]
    if kind in NEW:
        blocks += [Heading(say(N_("Hva som skjer nå"))), Paragraph(_next(told, say, language))]
    blocks += [Heading(say(N_("Du kan klage"))), Paragraph(rights.complaint), Paragraph(rights.help)]
    if kind in AGAINST:
        blocks.append(Paragraph(rights.postpone))
    blocks += [Heading(say(N_("Du kan se dokumentene i saken"))), Paragraph(rights.access),
               Heading(say(N_("Har du spørsmål?"))), Paragraph(_ask(told, say))]  # fmt: skip
    return LetterBody(either(words.title, words.title_of), blocks)


def _facts(told: Told, language: str, say: Say) -> Facts:
    made = told.decision
    rows = []
    if told.grants:
        used = [f"{say(FORM_NAMES[one.form])}: {one.content}" if len(told.grants) > 1 else one.content
                for one in told.grants if one.content]  # fmt: skip
        rows.append((say(N_("Hva timene er til")), "\n".join(used)))
        rows.append((say(N_("Målet")), "\n".join([made.goal, *(one.goal for one in told.grants)]).strip()))
        if made.evaluate_on is not None:
            rows.append(
                (say(N_("Evaluering")), say(N_("Innen %(day)s"), day=date_long(made.evaluate_on, language)))
            )
    if made.ends_on is not None:
        rows.append((say(N_("Siste dag")), date_long(made.ends_on, language)))
    rows.append((say(N_("Lovhjemmel")), told.ground.text(language)))
    return Facts(rows)


def services(grants: Sequence[GrantText], language: str, say: Say) -> Table:
    """The services as a table: which, how much in the unit that was decided, when, and the period (A3)."""
    rows = []
    for grant in grants:
        much = (
            say(PER[grant.unit], hours=hours_long(grant.amount, language)) if grant.amount is not None else ""
        )
        first = date_long(grant.valid_from, language) if grant.valid_from else ""
        last = date_long(grant.valid_to, language) if grant.valid_to else say(N_("uten sluttdato"))
        rows.append([
            say(FORM_NAMES[grant.form]), much or say(N_("Gruppas møter")), grant.times or "–",
            f"{first} –\n{last}" if first else last,
        ])  # fmt: skip
    heads = [say(N_("Tjeneste")), say(N_("Hvor mye")), say(N_("Når")), say(N_("Fra og til"))]
    return Table(heads, rows, (4, 3, 4, 4))


def _next(told: Told, say: Say, language: str) -> str:
    started = say(
        N_("Vi finner noen som passer, og tar kontakt før dere møtes. Har du ikke hørt fra oss innen %(day)s, ta kontakt."),
        day=date_long(told.begun_by, language),
    )  # fmt: skip
    if told.decision.evaluate_on is None:
        return started
    return f"{started}\n\n" + say(
        N_("Innen %(day)s spør vi hvordan det går. Du trenger ikke søke på nytt så lenge vedtaket varer."),
        day=date_long(told.decision.evaluate_on, language),
    )


def _ask(told: Told, say: Say) -> str:
    place = say(N_("%(place)s kommune"), place=told.place)
    if told.responsible:
        return say(
            N_("Spør %(name)s i %(place)s. Oppgi saksnummeret som står øverst i brevet."),
            name=told.responsible,
            place=place,
        )
    return say(N_("Spør %(place)s. Oppgi saksnummeret som står øverst i brevet."), place=place)


@on_notice
async def write_advance_notice(uow: UnitOfWork, given: GivenNotice) -> None:
    """The notice before a reduction or an ending (fvl. § 16; A15): what is considered, why, and the day to answer by."""
    card = await person_card(uow, given.person_id)
    law = {
        language: await legal_text(
            uow, "advance_notice", language, today(), deadline=date_long(given.reply_by, language)
        )
        for language in LANGUAGE_FORMS
    }

    def compose(recipient: Recipient) -> LetterBody:
        def say(message: str, **params: object) -> str:
            return translate(recipient.language_form, message, **params)

        own = recipient.role == "self"
        return LetterBody(
            say(N_("Vi vurderer å endre tjenesten din"))
            if own
            else say(N_("Vi vurderer å endre tjenesten til %(name)s"), name=card.given_name),
            [
                Paragraph(say(N_("Vi har ikke bestemt oss ennå. Først vil vi vite hva du mener."))),
                Heading(say(N_("Hva vi vurderer"))), Paragraph(given.what),
                Heading(say(N_("Hvorfor"))), Paragraph(given.why),
                Heading(say(N_("Si hva du mener"))), Paragraph(law[recipient.language_form]),
                Heading(say(N_("Har du spørsmål?"))),
                Paragraph(say(N_("Ta kontakt med oss. Oppgi saksnummeret som står øverst i brevet."))),
            ],
        )  # fmt: skip

    await write_letters(
        uow, kind="advance_notice", case_id=given.case_id, person_id=given.person_id, about=given.notice_id,
        child_welfare=given.child_welfare, compose=compose,
    )  # fmt: skip
