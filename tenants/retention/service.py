"""What people do: propose and approve rules, place and lift holds, note journal and archive, approve or drop a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.jobs.tasks import start_task
from sammen.policy.four_eyes import Approval
from sammen.policy.permissions import Permission
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import contact_card
from tenants.retention.kinds import KINDS
from tenants.retention.models import DocumentMark, LegalHold, RetentionRule, RetentionRun
from tenants.retention.queries import one_document, one_rule, open_run, run_for_change

STALE = N_("Noen andre har endret dette imens. Last siden på nytt.")
NO_CASE = N_("Fant ingen sak med dette nummeret. Skriv det slik det står på saken, som 2026-0321.")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A proposed rule: `years` and `months` after the kind's event; `basis` names the section."""

    kind: str
    valid_from: date
    years: int
    months: int
    action: str
    basis: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold on the case with a number, or (`whole`) on all of the person's; or on a contact."""

    case_no: str
    whole: bool
    reason: str
    valid_from: date
    valid_to: date | None
    review_on: date
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """Where a document stands in the journal, and the archive's receipt if it has come."""

    journalled_on: date
    journal_ref: str
    archived_on: date | None
    archive_receipt: str


# Rules ------------------------------------------------------------------------------------------------------------------
async def propose_rule(uow: UnitOfWork, facts: RuleFacts) -> UUID:
    """Propose another rule for a kind, with a reason. It holds when somebody else has approved it. Raises Invalid."""
    if facts.kind not in KINDS:
        raise Invalid.one("slag", N_("Velg hva regelen gjelder."))
    if facts.valid_from < today():
        raise Invalid.one("fra", N_("En regel gjelder framover. Skriv i dag eller en senere dag."))
    if not 0 < 12 * facts.years + facts.months <= 1_200:
        raise Invalid.one("aar", N_("Skriv hvor lenge det skal beholdes, fra én måned til hundre år."))
    made = RetentionRule(
        tenant_id=uow.context.tenant, kind=facts.kind, valid_from=facts.valid_from, years=facts.years, months=facts.months,
        action=facts.action, basis=facts.basis, reason=facts.reason, proposed_by=uow.context.user,
        proposed_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow, "retention.rule_proposed", "retention_rule", made.id, kind=facts.kind, years=facts.years, months=facts.months,
        action_then=facts.action, valid_from=facts.valid_from,
    )  # fmt: skip
    return made.id


async def decide_rule(uow: UnitOfWork, rule_id: UUID, *, approve: bool) -> None:
    """Approve or refuse a proposed rule. Raises NotFound, Conflict when it is decided, Forbidden for one's own."""
    rule = await one_rule(uow, rule_id)
    if rule.state != "proposed":
        raise Conflict(STALE)
    Approval(rule.proposed_by, uow.context.user)
    if approve:
        for old in await uow.call(
            "SELECT id FROM sammen.retention_rule WHERE tenant_id = $1 AND kind = $2 AND valid_from = $3"
            " AND state = 'standing'", uow.context.tenant, rule.kind, rule.valid_from,
        ):  # fmt: skip
            await uow.call(
                "UPDATE sammen.retention_rule SET state = 'refused', version = version + 1 WHERE tenant_id = $1 AND id = $2",
                uow.context.tenant, old["id"],
            )  # fmt: skip
    rule.state = "standing" if approve else "refused"
    rule.decided_by, rule.decided_by_name = uow.context.user, uow.context.user_name
    rule.version += 1
    await uow.session.flush()
    done = "retention.rule_approved" if approve else "retention.rule_refused"
    await record_change(uow, done, "retention_rule", rule.id, kind=rule.kind)


# Holds ------------------------------------------------------------------------------------------------------------------
async def _case_of_number(uow: UnitOfWork, case_no: str) -> tuple[UUID, UUID]:
    """The case with a number and whose it is. The data protection officer may place a hold on any: they see no cases
    elsewhere, and the officer's duty does not stop at a circle (art. 39). Others, on those they may see.
    """
    query = select(case_file.c.id, case_file.c.person_id).where(
        case_file.c.tenant_id == uow.context.tenant, case_file.c.case_no == case_no
    )
    if not uow.context.may(Permission.TRAIL_READ):
        query = query.where(visible())
    row = (
        await uow.session.execute(
            query,
            {
                "tenant": uow.context.tenant,
                "purchasers": purchasers_seen(uow.context),
                "reader": uow.context.user,
            },
        )
    ).first()
    if row is None:
        raise Invalid.one("saksnummer", NO_CASE)
    return row.id, row.person_id


async def place_hold(uow: UnitOfWork, facts: HoldFacts) -> UUID:
    """Keep a case, all of its person's, or a contact from being deleted until the hold is lifted or ends. Raises Invalid, and
    NotFound for a contact the reader may not see.
    """
    if facts.contact_id is not None:
        uow.context.require(Permission.CONTACT_READ)
        contact = await contact_card(uow, facts.contact_id)
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Invalid.one("til", N_("Sperren kan ikke slutte før den begynner."))
    if facts.review_on <= today():
        raise Invalid.one("se_paa", N_("Skriv en dag framover når noen skal se på sperren igjen."))
    if facts.contact_id is not None:
        return await _hold(uow, facts, contact.person_id, None, contact.id)
    case_id, person_id = await _case_of_number(uow, facts.case_no)
    return await _hold(uow, facts, person_id, case_id, None)


async def _hold(
    uow: UnitOfWork, facts: HoldFacts, person_id: UUID, case_id: UUID | None, contact_id: UUID | None
) -> UUID:
    made = LegalHold(
        tenant_id=uow.context.tenant, person_id=person_id, case_id=case_id, contact_id=contact_id, whole=facts.whole,
        reason=facts.reason, valid_from=facts.valid_from, valid_to=facts.valid_to, review_on=facts.review_on,
        placed_by=uow.context.user, placed_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(
        uow,
        "hold.placed",
        "legal_hold",
        made.id,
        persons=[person_id],
        whole=facts.whole,
        review_on=facts.review_on,
    )
    return made.id


async def _standing(uow: UnitOfWork, hold_id: UUID, version: int) -> LegalHold:
    """A hold that has not been lifted, locked. Raises NotFound, Conflict."""
    hold = await uow.session.get(LegalHold, (uow.context.tenant, hold_id), with_for_update=True)
    if hold is None:
        raise NotFound
    if hold.version != version or hold.lifted_on is not None:
        raise Conflict(STALE)
    return hold


async def keep_hold(uow: UnitOfWork, hold_id: UUID, review_on: date | None, *, version: int) -> None:
    """Note that a hold is still needed, and when it is looked at the next time. Raises NotFound, Conflict, Invalid."""
    hold = await _standing(uow, hold_id, version)
    if review_on is None or review_on <= today():
        raise Invalid.one("se_igjen", N_("Skriv en dag framover når noen skal se på sperren igjen."))
    hold.review_on = review_on
    hold.version += 1
    await uow.session.flush()
    await record_change(
        uow, "hold.kept", "legal_hold", hold.id, persons=[hold.person_id], review_on=review_on
    )


async def lift_hold(uow: UnitOfWork, hold_id: UUID, reason: str, *, version: int) -> None:
    """Lift a hold, with a reason. Raises NotFound, Conflict, Invalid without a reason."""
    hold = await _standing(uow, hold_id, version)
    if not reason:
        raise Invalid.one("opphev_grunn", N_("Skriv hvorfor sperren oppheves."))
    hold.lifted_on, hold.lifted_by_name, hold.lift_reason = today(), uow.context.user_name, reason
    hold.version += 1
    await uow.session.flush()
    await record_change(uow, "hold.lifted", "legal_hold", hold.id, persons=[hold.person_id])


# Documents --------------------------------------------------------------------------------------------------------------
async def mark_document(
    uow: UnitOfWork, object_kind: str, object_id: UUID, facts: MarkFacts, *, how: str = "hand"
) -> None:
    """Note a document's place in the journal and the archive's receipt; noting the same again changes nothing.

    Raises NotFound for what is no document of this municipality, Invalid for days that do not fit.
    """
    card = await one_document(uow, object_kind, object_id, everything=how == "interchange")
    if not card.ready:
        raise Invalid.one(
            "journal",
            N_("Dokumentet er ikke ferdig ennå. Det journalføres når det er sendt eller avsluttet."),
        )
    if not facts.journal_ref:
        raise Invalid.one("journal", N_("Skriv journalnummeret."))
    if (facts.archived_on is None) != (not facts.archive_receipt):
        raise Invalid.one("kvittering", N_("Skriv både dagen og arkivets kvittering, eller ingen av dem."))
    if max(facts.journalled_on, facts.archived_on or facts.journalled_on) > today():
        raise Invalid.one("journalfort", N_("Dagen kan ikke ligge i framtida."))
    values = {
        "journalled_on": facts.journalled_on, "journal_ref": facts.journal_ref, "archived_on": facts.archived_on,
        "archive_receipt": facts.archive_receipt, "how": how, "noted_by": uow.context.user_id,
        "noted_by_name": uow.context.user_name,
    }  # fmt: skip
    await uow.session.execute(
        insert(DocumentMark)
        .values(
            tenant_id=uow.context.tenant, object_kind=object_kind, object_id=object_id, case_id=card.case_id,
            contact_id=card.contact_id, **values,
        )
        .on_conflict_do_update(index_elements=["tenant_id", "object_kind", "object_id"], set_=values)
    )  # fmt: skip
    await record_change(
        uow, "document.marked", object_kind, object_id, journal_ref=facts.journal_ref, archived=facts.archived_on is not None
    )  # fmt: skip


async def mark_documents(uow: UnitOfWork, chosen: Sequence[tuple[str, UUID]], facts: MarkFacts) -> int:
    """The same journal number for every one, or, when `facts` has none, the archive's receipt for what is journalled; how
    many. All of them or none. Raises NotFound, Invalid as `mark_document`.
    """
    for kind, object_id in chosen:
        card = await one_document(uow, kind, object_id)
        one = facts
        if not facts.journal_ref:
            day = card.journalled_on or facts.journalled_on
            one = MarkFacts(day, card.journal_ref or "", facts.archived_on, facts.archive_receipt)
        elif card.archived_on is not None:
            raise Conflict(STALE)
        await mark_document(uow, kind, object_id, one)
    return len(chosen)


# Runs -------------------------------------------------------------------------------------------------------------------
async def ask_for_proposal(uow: UnitOfWork) -> UUID:
    """Have a job look through everything and propose what should go; its task. Raises Conflict while a run is open."""
    if await open_run(uow) is not None:
        raise Conflict(N_("Det finnes allerede et forslag. Godkjenn eller forkast det først."))
    task = await start_task(uow, N_("Forslag om sletting"))
    await enqueue(
        uow,
        "retention.propose",
        {"task": str(task), "asked": True},
        once=f"retention.propose:{uow.context.tenant}",
    )
    return task


async def approve_run(uow: UnitOfWork, run_id: UUID, *, version: int) -> None:
    """Approve a proposal: a job then deletes. Raises NotFound, Conflict, and Forbidden for who made it."""
    run = await run_for_change(uow, run_id)
    if run.version != version or run.state != "proposed":
        raise Conflict(STALE)
    if run.made_by is not None:
        Approval(run.made_by, uow.context.user)
    run.state, run.approved_at = "running", datetime.now(UTC)
    run.approved_by, run.approved_by_name = uow.context.user, uow.context.user_name
    run.version += 1
    await uow.session.flush()
    await record_change(uow, "retention.approved", "retention_run", run.id)
    await enqueue(uow, "retention.run", {"run": str(run.id)}, once=f"retention.run:{run.id}")


async def drop_run(uow: UnitOfWork, run_id: UUID, reason: str, *, version: int) -> None:
    """Drop a proposal with a reason; nothing goes. Raises NotFound, Conflict, Invalid."""
    run: RetentionRun = await run_for_change(uow, run_id)
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor forslaget forkastes."))
    if run.version != version or run.state != "proposed":
        raise Conflict(STALE)
    run.state, run.drop_reason = "dropped", reason
    run.version += 1
    await uow.session.flush()
    await record_change(uow, "retention.dropped", "retention_run", run.id)
