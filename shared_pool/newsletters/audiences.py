"""Whom a service letter may be to: the groups and contacts there are to choose, and the choice in words."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.i18n import translate
from shared_pool.newsletters.codes import PURCHASERS
from shared_pool.newsletters.models import ServiceLetter
from tenants.api import activity_group, person, support_contact

_GROUPS = compile_query(
    select(activity_group.c.id, activity_group.c.name)
    .where(
        activity_group.c.tenant_id == bindparam("tenant"),
        activity_group.c.valid_to.is_(None) | (activity_group.c.valid_to >= bindparam("day")),
    )
    .order_by(activity_group.c.name)
)
_CONTACTS = compile_query(
    select(support_contact.c.id, person.c.given_name, person.c.family_name)
    .join_from(support_contact, person, (person.c.tenant_id == support_contact.c.tenant_id)
               & (person.c.id == support_contact.c.person_id))
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state.in_(("engaged", "paused")))
    .order_by(person.c.family_name, person.c.given_name)
)  # fmt: skip
_GROUP = compile_query(
    select(activity_group.c.name).where(
        activity_group.c.tenant_id == bindparam("tenant"), activity_group.c.id == bindparam("of")
    )
)
_CONTACT = compile_query(
    select(person.c.given_name, person.c.family_name)
    .join_from(support_contact, person, (person.c.tenant_id == support_contact.c.tenant_id)
               & (person.c.id == support_contact.c.person_id))
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == bindparam("of"))
)  # fmt: skip


async def audience_choices(uow: UnitOfWork) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(groups, contacts) to choose among, as options."""
    tenant = uow.context.tenant
    groups = await uow.rows(_GROUPS, tenant=tenant, day=today())
    contacts = await uow.rows(_CONTACTS, tenant=tenant)
    return (
        [(str(row["id"]), row["name"]) for row in groups],
        [(str(row["id"]), f"{row['given_name']} {row['family_name']}") for row in contacts],
    )


async def audience_text(uow: UnitOfWork, row: ServiceLetter, language: str) -> str:
    """Whom it is to, in one sentence."""
    who = {
        (True, True): N_("Brukere, de som handler for dem, og støttekontakter"),
        (True, False): N_("Brukere og de som handler for dem"),
        (False, True): N_("Støttekontakter"),
    }[row.to_users, row.to_contacts]
    said = translate(language, who)
    tenant = uow.context.tenant
    if row.audience == "purchaser":
        unit = translate(language, PURCHASERS[row.purchaser])
        return translate(language, N_("%(who)s: %(unit)s"), who=said, unit=unit)
    if row.audience == "group":
        name = await uow.value(_GROUP, tenant=tenant, of=row.audience_id)
        return translate(language, N_("%(who)s i gruppa «%(name)s»"), who=said, name=name or "")
    if row.audience == "contact":
        found = await uow.row(_CONTACT, tenant=tenant, of=row.audience_id)
        name = f"{found['given_name']} {found['family_name']}" if found else ""
        return translate(language, N_("%(who)s rundt %(name)s"), who=said, name=name)
    return translate(language, N_("%(who)s i hele tjenesten"), who=said)
