"""A confirmed form arrives in its municipality, and what the applicant does with their own link afterwards.

In the municipality's own context, as jobs: the form has been nobody's until then (decision 0054).
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.web.i18n import translate
from shared_pool.campaigns.codes import COUNT
from shared_pool.campaigns.content import begins_on, contact_facts, person_facts, words_of_form
from shared_pool.campaigns.sealing import open_who
from shared_pool.campaigns.wishes import PublicWishes
from shared_pool.recruitment.api import Wishes, on_candidate_shared, record_wishes, withdraw_everything
from tenants.api import arrive, contact_card, decline, on_moved, say_oneself, support_contact

WITHDREW = N_("Jeg har trukket tilbake alt jeg sa ja til i skjemaet på nettet.")
ON_THE_WAY_IN = ("enquiry", "interview")
_CAME_FROM = compile_query(
    select(support_contact.c.came_from).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == bindparam("contact")
    )
)


async def take_in(uow: UnitOfWork, form_id: UUID) -> UUID | None:
    """Make a confirmed form an enquiry here, with what it says yes to; the contact's id. None when there is nothing to
    take in: taken in already, or taken back before anybody read it.
    """
    row = await _row(uow, form_id)
    if row is None or row["sealed"] is None or row["contact_id"] is not None or row["withdrawn"]:
        return None
    tenant = uow.context.tenant
    fields = json.loads(uow.keys.unseal_form(row["sealed"], "candidate", tenant.bytes, form_id.bytes))
    _, email = open_who(uow.keys, row["region_id"], row["who"])
    contact_id, _ = await arrive(
        uow,
        person_facts(fields, email, row["language"]),
        contact_facts(fields),
        words_of_form(fields),
        row["source_id"],
    )
    await uow.session.flush()
    await uow.call("SELECT sammen.candidate_taken($1, $2)", form_id, contact_id)
    wishes = _wishes(uow, PublicWishes.of(row["wishes"]), "form", available_from=begins_on(fields))
    await record_wishes(uow, contact_id, wishes)
    await count_soon(uow, contact_id)
    return contact_id


async def follow_wishes(uow: UnitOfWork, form_id: UUID) -> None:
    """Follow what the applicant has changed. Who takes everything back on the way in does not become a contact here; who
    is one already stays one, and a coordinator reads that the rest is taken back.
    """
    row = await _row(uow, form_id)
    if row is None or row["contact_id"] is None:
        return
    contact_id: UUID = row["contact_id"]
    if not row["withdrawn"]:
        await record_wishes(uow, contact_id, _wishes(uow, PublicWishes.of(row["wishes"]), "own_link"))
        return
    await withdraw_everything(uow, contact_id)
    card = await contact_card(uow, contact_id)
    if card.state == "ended":
        return
    await say_oneself(uow, contact_id, "wish", translate("nb", WITHDREW))
    if card.state in ON_THE_WAY_IN:
        try:
            await decline(uow, contact_id)
        except Conflict:
            return  # something holds them here: the coordinator reads their words


def _wishes(uow: UnitOfWork, said: PublicWishes, how: str, **more: Any) -> Wishes:
    """A yes to be asked as a substitute or a leader, and no municipality chosen, is to the one they wrote to."""
    return Wishes(
        pool=said.pool, municipalities=said.municipalities or (uow.context.tenant,), until=said.until,
        substitute=said.substitute, group=said.group, newsletter=said.newsletter, given_on=today(), how=how, **more,
    )  # fmt: skip


async def _row(uow: UnitOfWork, form_id: UUID) -> Any:
    rows = await uow.call("SELECT * FROM sammen.candidate_take($1)", form_id)
    return rows[0] if rows else None


@on_moved
@on_candidate_shared
async def count_soon(uow: UnitOfWork, contact_id: UUID) -> None:
    """Somebody a campaign brought has come a step on: the municipality counts anew, once for all who move together."""
    if await uow.value(_CAME_FROM, tenant=uow.context.tenant, contact=contact_id) is not None:
        await enqueue(uow, COUNT, {}, once=f"{COUNT}:{uow.context.tenant}")
