"""What a handler does with a request: register, extend, answer, refuse; and with an extract: make, look through, release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sammen.audit.trail import record_change, record_read
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.policy.permissions import Permission
from tenants.cases.api import CaseCard, readers_of
from tenants.contacts.api import contact_card
from tenants.people.api import name_words, person_card, representatives_of
from tenants.record.api import seen_person
from tenants.rights.extract import CHOICES, SCHEMA, flagged, gather, holding
from tenants.rights.models import DisagreementNote, RightsExtract, RightsRequest
from tenants.rights.queries import RequestCard, own_extract, request_card, seen_cases
from tenants.rights.rules import EXTRACTED, GROUNDS, due_on, expires, extended_due

STALE = N_("Noen andre har endret dette imens. Last siden på nytt.")
CLOSED = N_("Kravet er avsluttet.")
MOST_READERS = 500
UNDECIDED = N_("Velg hva som skal skje med denne teksten.")


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What was asked: `representative_id` when somebody asks for the person, `identity` how we knew who it was."""

    kind: str
    representative_id: UUID | None
    words: str
    identity: str
    received_on: date


async def register_request(
    uow: UnitOfWork, person_id: UUID, facts: RequestFacts, *, contact_id: UUID | None = None
) -> UUID:
    """Register what somebody asks. Raises NotFound for who may not be seen, Invalid for a day in the future and for a
    representative who has no right to act for the person today.
    """
    if contact_id is None:
        card = await seen_person(uow, person_id)
    else:
        uow.context.require(Permission.CONTACT_READ)
        if (await contact_card(uow, contact_id)).person_id != person_id:
            raise NotFound
        card = await person_card(uow, person_id)
    if facts.received_on > today():
        raise Invalid.one("mottatt", N_("Dagen kravet kom, kan ikke ligge i framtida."))
    asked_by = card.name
    if facts.representative_id is not None:
        acting = {one.id: one for one in await representatives_of(uow, person_id)}
        if contact_id is not None or facts.representative_id not in acting:
            raise Invalid.one("hvem", N_("Velg en som har rett til å handle for personen i dag."))
        asked_by = acting[facts.representative_id].name
    made = RightsRequest(
        tenant_id=uow.context.tenant, person_id=person_id, contact_id=contact_id, kind=facts.kind,
        representative_id=facts.representative_id, asked_by_name=asked_by, words=facts.words, identity=facts.identity,
        received_on=facts.received_on, due_on=due_on(facts.received_on), handler_id=uow.context.user,
        handler_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow,
        "rights.registered",
        "rights_request",
        made.id,
        persons=[person_id],
        kind=facts.kind,
        due_on=made.due_on,
    )
    return made.id


async def _open(uow: UnitOfWork, request_id: UUID, version: int) -> RightsRequest:
    await request_card(uow, request_id)
    row = await uow.session.get(RightsRequest, (uow.context.tenant, request_id), with_for_update=True)
    if row is None:
        raise NotFound
    if row.state != "open":
        raise Conflict(CLOSED)
    if row.version != version:
        raise Conflict(STALE)
    row.version += 1
    return row


async def extend(uow: UnitOfWork, request_id: UUID, reason: str, *, version: int) -> None:
    """Two months more, with a reason that the asker is told (art. 12 (3)). Raises Invalid after the first month."""
    row = await _open(uow, request_id, version)
    if not reason:
        raise Invalid.one(
            "forleng_grunn", N_("Skriv hvorfor dere trenger mer tid. Den som spør, skal få vite det.")
        )
    if row.extended_to is not None or today() > row.due_on:
        raise Invalid.one(
            "forleng_grunn", N_("Fristen kan forlenges én gang, og bare i løpet av den første måneden.")
        )
    row.extended_to, row.extension_reason = extended_due(row.received_on), reason
    await uow.session.flush()
    await record_change(
        uow, "rights.extended", "rights_request", row.id, persons=[row.person_id], to=row.extended_to
    )


async def close(
    uow: UnitOfWork, request_id: UUID, state: str, *, ground: str = "", answer: str, version: int
) -> None:
    """Answer, refuse (with a ground) or note that it was withdrawn. Raises Invalid, Conflict."""
    row = await _open(uow, request_id, version)
    if state not in ("answered", "refused", "withdrawn"):
        raise Invalid.one("utfall", N_("Velg hva svaret ble."))
    if state == "refused" and ground not in GROUNDS:
        raise Invalid.one("hjemmel", N_("Velg hvorfor dere sier nei."))
    if not answer:
        raise Invalid.one(
            "svar", N_("Skriv hva den som spurte, har fått til svar, og at det kan klages til Datatilsynet.")
        )
    row.state, row.closed_on, row.answer = state, today(), answer
    row.ground = ground if state == "refused" else ""
    await uow.session.flush()
    await record_change(
        uow, f"rights.{state}", "rights_request", row.id, persons=[row.person_id], ground=row.ground
    )


# Extracts ---------------------------------------------------------------------------------------------------------------
async def start_extract(uow: UnitOfWork, card: RequestCard) -> UUID:
    """Have an extract made of what the reader may see of the person. Raises Conflict for a request of another kind."""
    if card.kind not in EXTRACTED or card.state != "open":
        raise Conflict(CLOSED)
    cases = [] if card.contact_id else await seen_cases(uow, card.person_id)
    # Who has read is asked for here and not in the job: what may be told of it depends on who asks.
    readers = await readers_of(uow, card.person_id, most=MOST_READERS, told=True)
    made = RightsExtract(
        tenant_id=uow.context.tenant, request_id=card.id, cases=cases, made_by=uow.context.user,
        made_by_name=uow.context.user_name,
        content={"readers": [{"who": one.name, "why": one.why, "at": one.at.isoformat()} for one in readers]},
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_read(
        uow, "rights.extract", [card.person_id], why=N_("Lager utdrag etter krav om innsyn"), object_kind="rights_request",
        object_id=card.id,
    )  # fmt: skip
    await enqueue(uow, "rights.extract", {"extract": str(made.id)})
    return made.id


async def make_extract(uow: UnitOfWork, extract_id: UUID) -> None:
    """The job's part: gather, flag, and leave it to the handler to look through. Done again, it changes nothing."""
    row = await uow.session.get(RightsExtract, (uow.context.tenant, extract_id), with_for_update=True)
    if row is None or row.state != "making":
        return
    asked = await uow.session.get(RightsRequest, (uow.context.tenant, row.request_id))
    assert asked is not None
    card = await person_card(uow, asked.person_id)
    tables = await gather(uow, asked.person_id, row.cases, asked.contact_id)
    row.content = {
        "schema": SCHEMA, "made_on": today().isoformat(), "municipality": uow.context.place_name,
        "about": "contact" if asked.contact_id else "user", "name": card.name, "tables": tables,
        "readers": (row.content or {}).get("readers", []),
    }  # fmt: skip
    row.flags = await flagged(uow, tables, set(name_words(card.name, "")))
    row.state = "review"
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "rights.extracted", "rights_extract", row.id, persons=[asked.person_id], flags=len(row.flags),
        rows=sum(len(table["rows"]) for table in tables),
    )  # fmt: skip


async def release_extract(
    uow: UnitOfWork, extract_id: UUID, choices: Mapping[str, str], words: Sequence[str] = (), *, version: int
) -> None:
    """What the handler decided of each flagged text, and `words` of their own that go out wherever they stand; then it can
    be fetched for fourteen days. Raises Invalid until every text is decided and for a word that stands nowhere, Conflict.
    """
    row = await own_extract(uow, extract_id)
    if row.version != version or row.state != "review":
        raise Conflict(STALE)
    fields = {path: f"valg_{number}" for number, path in enumerate(sorted(row.flags))}
    missing = [field for path, field in fields.items() if choices.get(path) not in CHOICES]
    if missing:
        raise Invalid({field: BadInput(field, UNDECIDED) for field in missing})
    flags = {path: {**flag, "choice": choices[path]} for path, flag in row.flags.items()}
    for word in words:
        places = holding(row.content or {"tables": []}, word)
        if not places:
            raise Invalid.one(
                "ord_ut", N_("«%(word)s» står ikke i utdraget. Skriv ett ord på hver linje."), word=word
            )
        for path, written in places.items():
            flag = flags.get(path, {"text": "", "names": [], "choice": "names"})
            # A text that was to be kept loses this word alone, not the names that were thought harmless.
            kept = [] if flag["choice"] == "keep" else flag["names"]
            if flag["choice"] in ("keep", "names"):
                flags[path] = {**flag, "choice": "names", "names": sorted({*kept, *written})}
    row.flags = flags
    row.state, row.released_at, row.expires_on = "released", datetime.now(UTC), expires(today())
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "rights.released", "rights_extract", row.id, persons=[await _whose(uow, row)],
        removed=sum(flag["choice"] != "keep" for flag in row.flags.values()),
    )  # fmt: skip


async def _whose(uow: UnitOfWork, row: RightsExtract) -> UUID:
    asked = await uow.session.get(RightsRequest, (uow.context.tenant, row.request_id))
    assert asked is not None
    return asked.person_id


async def hand_over(uow: UnitOfWork, extract_id: UUID, how: str, *, version: int) -> None:
    """Note that the person has got it, and how. Raises Conflict, Invalid."""
    row = await own_extract(uow, extract_id)
    if not how:
        raise Invalid.one("hvordan", N_("Skriv hvordan det ble levert ut."))
    if row.version != version or row.state != "released":
        raise Conflict(STALE)
    row.handed_on, row.handed_how = today(), how
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "rights.handed_over", "rights_extract", row.id, persons=[await _whose(uow, row)])


async def add_note(
    uow: UnitOfWork, case: CaseCard, about: str, words: str, request_id: UUID | None = None
) -> UUID:
    """A note of disagreement, which stands on the case beside what is disputed. Raises Invalid."""
    if not about or not words:
        raise Invalid.one(
            "merknad" if about else "gjelder", N_("Skriv hva det gjelder, og hva personen mener er rett.")
        )
    made = DisagreementNote(
        tenant_id=uow.context.tenant, case_id=case.id, request_id=request_id, about=about, words=words,
        noted_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "rights.disagreement", "case", case.id, persons=[case.person_id])
    return made.id
