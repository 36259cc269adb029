"""What is kept and what may go in Horten: a proposal that waits, one carried out last year, a hold, documents in the journal,
and two people who have asked about their own data. Made by the slices themselves where they can be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.stories import HORTEN
from deploy.demo.town import Making, Town
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tenants.cases.models import CaseFile
from tenants.followups.models import TeamLogEntry
from tenants.imports.models import CaseImport
from tenants.letters.models import Letter
from tenants.people.models import Person
from tenants.retention.api import DocumentMark, LegalHold, make_proposal
from tenants.retention.models import RetentionItem, RetentionRule, RetentionRun
from tenants.rights.models import DisagreementNote, RightsExtract, RightsRequest
from tenants.rights.service import make_extract

ASKED = "Jeg vil se alt dere har skrevet om barnet mitt, også det som står i referater."
DISPUTED = "Vi har aldri sagt at barnet ikke liker å være sammen med andre. Det går fint, når de er få."
BASIS = "Personvernforordningen artikkel 5 nr. 1 e: ikke lenger enn nødvendig"
OLD_WORDS = "Vi prøver å ringe søkeren samme dag som søknaden kommer."


async def add_kept(making: Making, towns: Sequence[Town], engine: AsyncEngine) -> None:
    """Horten's; the others begin with nothing, as most do."""
    for town in towns:
        if town.place.code == HORTEN:
            hanne = town.named("Hanne Myhre")
            uow = await enter_job(
                engine, making.keys, PlaceKind.MUNICIPALITY, town.id, job="demo.kept", user=hanne.id
            )
            await _journal(uow, town)
            await _asked(uow, town)
            await _gone_last_year(uow, town)
            await make_proposal(uow, asked=False)
            await uow.commit()


async def _journal(uow: UnitOfWork, town: Town) -> None:
    """Half of what was sent is in the journal, half of that with a receipt; an old entry of the team's; a rule; a hold."""
    leif, torunn = town.named("Leif Tangen"), town.named("Torunn Haslestad")
    sent = list(
        await uow.session.scalars(
            select(Letter)
            .where(Letter.tenant_id == town.id, Letter.state == "sent")
            .order_by(Letter.id)
            .limit(8)
        )
    )
    for number, letter in enumerate(sent[:4]):
        archived = letter.sent_on if number % 2 == 0 else None
        uow.session.add(
            DocumentMark(
                tenant_id=town.id, object_kind="letter", object_id=letter.id, case_id=letter.case_id,
                journalled_on=letter.sent_on, journal_ref=f"{town.as_of.year}/{4120 + number}-1", archived_on=archived,
                archive_receipt=f"ARK-{town.as_of.year}-{771 + number}" if archived else "", noted_by=leif.id,
                noted_by_name=leif.name,
            )
        )  # fmt: skip
    uow.session.add_all([
        TeamLogEntry(tenant_id=town.id, noted_on=town.as_of - timedelta(days=1_400), theme="other", text=OLD_WORDS,
                     written_by=torunn.id, written_by_name=torunn.name),
        CaseImport(tenant_id=town.id, filename="saksliste-gammel.xlsx", state="dropped", uploaded_by=leif.id,
                   uploaded_by_name=leif.name, header=["Navn"], purchasers=["child"],
                   confirmed_at=datetime.combine(town.as_of - timedelta(days=800), time(9), UTC)),
        RetentionRule(tenant_id=town.id, kind="team", valid_from=town.as_of, years=2, months=0, action="delete", basis=BASIS,
                      reason="Loggen er et arbeidsverktøy. Etter to år er det ingen som slår opp i den.",
                      proposed_by=leif.id, proposed_by_name=leif.name),
    ])  # fmt: skip


async def _asked(uow: UnitOfWork, town: Town) -> None:
    """Two requests of people with a case that Hanne has: one with an extract that is ready, one about what is wrong."""
    hanne, torunn = town.named("Hanne Myhre"), town.named("Torunn Haslestad")
    cases = list(
        await uow.session.scalars(
            select(CaseFile)
            .join(Person, (Person.tenant_id == CaseFile.tenant_id) & (Person.id == CaseFile.person_id))
            # So young that a guardian asks for them.
            .where(Person.birth_date > town.as_of - timedelta(days=12 * 365), CaseFile.tenant_id == town.id,
                   CaseFile.purchaser == "child", CaseFile.shielded.is_(False),
                   CaseFile.state == "running")
            .order_by(CaseFile.case_no.desc())
            .limit(3)
        )
    )  # fmt: skip
    if len(cases) < 3:
        return
    first, second, third = cases
    received = town.as_of - timedelta(days=16)
    for case, kind, words in ((first, "access", ASKED), (second, "correction", DISPUTED)):
        made = RightsRequest(
            tenant_id=town.id, person_id=case.person_id, kind=kind, asked_by_name="Unni Berg", words=words, identity="known",
            received_on=received, due_on=received + timedelta(days=30), handler_id=hanne.id, handler_name=hanne.name,
        )  # fmt: skip
        uow.session.add(made)
        await uow.session.flush()
        if kind == "correction":
            uow.session.add(
                DisagreementNote(tenant_id=town.id, case_id=case.id, request_id=made.id, about="Kartleggingen", words=DISPUTED,
                                 noted_by_name=hanne.name)
            )  # fmt: skip
            continue
        piece = RightsExtract(
            tenant_id=town.id, request_id=made.id, cases=[case.id], made_by=hanne.id, made_by_name=hanne.name
        )
        uow.session.add(piece)
        await uow.session.flush()
        await make_extract(uow, piece.id)
        piece.flags = {path: {**flag, "choice": "names"} for path, flag in piece.flags.items()}
        piece.state, piece.released_at = "released", datetime.now(UTC)
        piece.expires_on = town.as_of + timedelta(days=14)
    uow.session.add(
        LegalHold(tenant_id=town.id, person_id=third.person_id, case_id=third.id, contact_id=None, whole=False,
                  reason="Statsforvalteren har bedt om å få se saken.", valid_from=town.as_of - timedelta(days=40),
                  review_on=town.as_of, placed_by=torunn.id, placed_by_name=torunn.name)
    )  # fmt: skip
    await uow.session.flush()


async def _gone_last_year(uow: UnitOfWork, town: Town) -> None:
    """A run that is done, with its receipt: dismissed forms."""
    torunn = town.named("Torunn Haslestad")
    day = town.as_of - timedelta(days=320)
    moment = datetime.combine(day, time(10, 15), UTC)
    run = RetentionRun(
        tenant_id=town.id, state="done", as_of=day, made_by=None, made_by_name="", approved_by=torunn.id,
        approved_by_name=torunn.name, approved_at=moment, finished_at=moment + timedelta(minutes=2),
    )  # fmt: skip
    uow.session.add(run)
    await uow.session.flush()
    for number in range(3):
        uow.session.add(
            RetentionItem(
                tenant_id=town.id, run_id=run.id, kind="form", object_id=None, event_on=day - timedelta(days=200 + number),
                kept_until=day - timedelta(days=18 + number), action="delete", basis=BASIS, state="gone",
                rows={"incoming_form": 1}, digest=hashlib.sha256(f"form {number}".encode()).digest(), gone_at=moment,
            )
        )  # fmt: skip
    await uow.session.flush()
