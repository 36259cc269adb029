"""The page of one mapping: what was said, and the forms of service it points to, with reasons."""

from __future__ import annotations

from typing import Any

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from tenants.cases.access import may_decide_for
from tenants.cases.forms_proposal import AIMS, TRANSPORT, Proposed, Wanted, near_in_age, propose_forms
from tenants.cases.listing import FORM_NAMES
from tenants.cases.pages import case_crumbs, mapping_panels, seen_case
from tenants.cases.queries import MappingCard, count_similar, mappings_of
from tenants.cases.views import interest_labels
from tenants.people.api import PersonCard, traits


async def proposed_for(desk: Desk, person: PersonCard, mapping: MappingCard) -> list[Proposed]:
    """What the mapping points to. Others are counted among those the reader may see, and never named."""
    span = near_in_age(person.birth_date, today())
    alike = 0
    if span is not None and mapping.interests:
        # The service user, who likes the same as themselves, is one of those counted.
        alike = max(0, await count_similar(desk.uow, *span, mapping.interests) - 1)
    return propose_forms(Wanted(mapping.aims, mapping.interests, mapping.skills, mapping.transport, alike))


async def mapping_page(desk: Desk) -> tuple[MappingCard, dict[str, Any]]:
    """The mapping of the address, and what its page shows. Raises NotFound."""
    case, person = await seen_case(desk)
    wanted = desk.path_uuid("mapping_id")
    mapping = next((one for one in await mappings_of(desk.uow, case.id) if one.id == wanted), None)
    if mapping is None:
        raise NotFound
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Kartlegging"), object_kind="case", object_id=case.id
    )
    proposed = await proposed_for(desk, person, mapping)
    days, parts = traits.WEEKDAYS, traits.DAY_PARTS
    names = {code: desk.say(name) for code, name in FORM_NAMES.items()}
    mine = may_decide_for(desk.context, case.purchaser) and desk.context.may(Permission.MAPPING_WRITE)
    return mapping, {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Kartlegging")),
        "person": person,
        "case": case,
        "mapping": mapping,
        "proposed": proposed,
        "reasons": [
            (names[one.form], [desk.say(why.text, **why.params) for why in one.reasons]) for one in proposed
        ],
        "form_options": desk.options(FORM_NAMES),
        "chosen": [names[form] for form in mapping.suggested_forms if form in names],
        "facts": [
            (desk.say(N_("Ønsker av tjenesten")), " · ".join(desk.say(AIMS[a]) for a in mapping.aims if a in AIMS)),
            (desk.say(N_("Liker")), interest_labels(mapping.interests, desk.language)),
            (desk.say(N_("Drømmer om")), mapping.dreams),
            (desk.say(N_("Styrker")), mapping.strengths),
            (desk.say(N_("Nettverk")), mapping.network),
            (desk.say(N_("Trenger")), mapping.needs),
            (desk.say(N_("Støttekontakten må ha")),
             ", ".join(desk.say(traits.SKILLS[s].label) for s in mapping.skills if s in traits.SKILLS)),
            (desk.say(N_("Tider som passer")),
             ", ".join(f"{desk.say(days[d])} {desk.say(parts[p])}" for d, _, p in
                       (slot.partition("-") for slot in mapping.slots) if d in days and p in parts)),
            (desk.say(N_("Hvor")), mapping.area),
            (desk.say(N_("Reise")), desk.say(TRANSPORT[mapping.transport]) if mapping.transport in TRANSPORT else ""),
            (desk.say(N_("Fra det første besøket")), mapping.visit_notes if mine else ""),
        ],
        "panels": await mapping_panels(desk, case),
        "mine": mine and case.state != "closed",
        "action": desk.url(f"/saker/{case.id}/kartlegging/{mapping.id}"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }  # fmt: skip
