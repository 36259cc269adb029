"""Whether a written decision may be made as it stands: the checklist, the ground, notice given, nothing granted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from tenants.cases.api import (
    AllocationRules,
    Ground,
    allocation_rules,
    case_card,
    case_file,
    grounds_on,
    purchasers_seen,
    visible,
)
from tenants.decisions.models import Decision
from tenants.decisions.queries import GrantCard, NoticeCard, decision, grants_of, notices_of, service_grant
from tenants.decisions.reductions import Reduction, reductions, settled
from tenants.decisions.rules import Checked, GrantFacts, checklist, last_day, overlap

_others = select(
    service_grant.c.form, service_grant.c.valid_from, service_grant.c.valid_to, service_grant.c.ended_on,
    decision.c.id, decision.c.decided_on,
)  # fmt: skip
# Every case of the person that the reader may see: the same service from two purchasers is still twice.
_GRANTED = compile_query(
    _others.join_from(
        service_grant,
        decision,
        (decision.c.tenant_id == service_grant.c.tenant_id) & (decision.c.id == service_grant.c.decision_id),
    )
    .join(case_file, (case_file.c.tenant_id == decision.c.tenant_id) & (case_file.c.id == decision.c.case_id))
    .where(
        visible(),
        case_file.c.person_id == bindparam("person"),
        decision.c.state.in_(("issued", "replaced", "ended")),
        service_grant.c.form == any_(bindparam("forms", type_=ARRAY(Text()))),
    )
    .order_by(service_grant.c.valid_from, service_grant.c.id)
)


TWICE = N_(
    "Vedtaket fra %(decided)s gir samme tjeneste fra %(first)s til %(last)s. Velg en annen periode, eller endre det."
)
TWICE_OPEN = N_(
    "Vedtaket fra %(decided)s gir samme tjeneste fra %(first)s, uten sluttdato. Velg en annen periode, eller endre det."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a decision is measured by besides its own text: the municipality's rules, and what it takes away."""

    rules: AllocationRules
    grounds: Sequence[Ground]
    taken: Sequence[Reduction]
    notices: Sequence[NoticeCard]

    @property
    def settled(self) -> bool | None:
        """See reductions.settled."""
        return settled(self.taken, self.notices, today())


def own_grounds(grounds: Sequence[Ground], purchaser: str) -> list[Ground]:
    """Child welfare decides on its own grounds, and the others never do (A13, A16)."""
    return [ground for ground in grounds if ground.child_welfare == (purchaser == "child_welfare")]


def taken_away(
    kind: str, outcome: str, before: Sequence[GrantCard], after: Sequence[GrantFacts]
) -> list[Reduction]:
    """What a decision takes away from the one it replaces. An ending that the user wishes takes nothing."""
    if kind == "ending":
        return [] if outcome in ("wish", "died") else reductions(before, [])
    return reductions(before, after) if kind == "change" else []


async def asked_of(
    uow: UnitOfWork, case_id: UUID, purchaser: str, draft: Decision | None, kind: str, outcome: str,
    after: Sequence[GrantFacts],
) -> Asked:  # fmt: skip
    """What is asked of a decision with these services. `draft` is the stored one, None before it is saved."""
    before: list[GrantCard] = []
    if draft is not None and draft.replaces_id is not None:
        before = [
            grant
            for grant in await grants_of(uow, case_id)
            if grant.decision_id == draft.replaces_id and grant.ended_on is None
        ]
    return Asked(
        await allocation_rules(uow, today()),
        own_grounds(await grounds_on(uow, today()), purchaser),
        taken_away(kind, outcome, before, after),
        await notices_of(uow, draft.id) if draft is not None else [],
    )


async def errors_in(uow: UnitOfWork, draft: Decision) -> dict[str, BadInput]:
    """Everything that keeps the decision from being made, by the form's fields; empty when it may be."""
    case = await case_card(uow, draft.case_id)
    grants = [grant.facts for grant in await grants_of(uow, draft.case_id) if grant.decision_id == draft.id]
    asked = await asked_of(uow, draft.case_id, case.purchaser, draft, draft.kind, draft.outcome, grants)
    checked = Checked(
        draft.kind, grants, draft.goal, draft.reasons, draft.legal_ground, draft.evaluate_on, draft.not_granted,
        draft.ends_on, draft.outcome, asked.rules.evaluation_months, asked.settled,
    )  # fmt: skip
    found = {
        answer.field: BadInput(answer.field, answer.advice)
        for answer in checklist(checked)
        if not answer.done
    }
    if draft.legal_ground is not None and draft.legal_ground not in {g.code for g in asked.grounds}:
        found["hjemmel"] = BadInput("hjemmel", N_("Denne hjemmelen gjelder ikke i dag. Velg en annen."))
    for n, message, params in await _granted_twice(
        uow, case.person_id, grants, {draft.id, draft.replaces_id}
    ):
        found.setdefault(f"fra_{n}", BadInput(f"fra_{n}", message, **params))
    return found


async def _granted_twice(
    uow: UnitOfWork, person_id: UUID, grants: Sequence[GrantFacts], own: set[UUID | None]
) -> list[tuple[int, str, dict[str, str]]]:
    """(number of the service, sentence, parameters) of each that another decision gives on the same days."""
    context = uow.context
    rows = await uow.rows(
        _GRANTED, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, person=person_id,
        forms=[grant.form for grant in grants],
    )  # fmt: skip
    found = []
    for n, grant in enumerate(grants):
        for row in rows:
            last = last_day(row["valid_to"], row["ended_on"])
            if row["id"] in own or row["form"] != grant.form:
                continue
            if not overlap((grant.valid_from, grant.valid_to), (row["valid_from"], last)):
                continue
            names = {
                "decided": format_date(row["decided_on"]),
                "first": format_date(row["valid_from"]) if row["valid_from"] else "",
            }  # fmt: skip
            if last is None:
                found.append((n, TWICE_OPEN, names))
            else:
                found.append((n, TWICE, names | {"last": format_date(last)}))
            break
    return found
