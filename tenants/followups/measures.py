"""How far contacts are covered: police certificate, course, conversation in time, and whether anybody met them (B2, B4–B6).

One measure, so that each contact stands in one cell: with and without are counts, and shares are worked out from them. It
runs in one municipality's own context; docs/data/ has the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import BindParameter, Date, and_, any_, bindparam, func, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.types import Text

from sammen.clock import OSLO
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.contacts.api import (
    ContactStep,
    PoliceRequest,
    contact_competence,
    spell_rows,
    stock,
    support_contact,
    vetting,
)
from tenants.followups.models import Conversation, InformationMeeting, InformationMeetingGuest
from tenants.followups.queries import GUIDED
from tenants.followups.rules import conversation_due
from tenants.provision.api import provision_rules

conversation = Conversation.__table__
meeting = InformationMeeting.__table__
guest = InformationMeetingGuest.__table__
police_request = PoliceRequest.__table__
contact_step = ContactStep.__table__

_YES, _NO = "yes", "no"
POLICE: Final = Dimension(
    "police", N_("Politiattest"), ((_YES, N_("Har vist politiattest")), (_NO, N_("Mangler politiattest")))
)
COURSE: Final = Dimension(
    "course",
    N_("Kurs eller veiledning før start"),
    ((_YES, N_("Har det kommunen krever")), (_NO, N_("Mangler"))),
)
TALKED: Final = Dimension(
    "talked", N_("Oppfølgingssamtale"),
    ((_YES, N_("I rute")), (_NO, N_("Over fristen")), ("pause", N_("Har pause"))),
)  # fmt: skip
MET: Final = Dimension(
    "met", N_("Kontakt med veileder i perioden"),
    ((_YES, N_("Har hatt samtale eller vært på møte")), (_NO, N_("Har ikke hatt kontakt"))),
)  # fmt: skip

_END = bindparam("end", type_=Date())
_TENANT: BindParameter[Any] = bindparam("tenant")
# Shown by the day, and nothing asked for again that is still open then. One renewed later was shown before too.
_SHOWN = compile_query(
    union(
        select(vetting.c.contact_id).where(vetting.c.tenant_id == _TENANT, vetting.c.police_shown_on <= _END),
        select(police_request.c.contact_id).where(
            police_request.c.tenant_id == _TENANT, police_request.c.asked_on > _END
        ),
    )
)
_ASKED_AGAIN = compile_query(
    select(police_request.c.contact_id)
    .where(
        police_request.c.tenant_id == _TENANT,
        police_request.c.asked_on <= _END,
        or_(police_request.c.shown_on.is_(None), police_request.c.shown_on > _END),
    )
    .distinct()
)
_LEARNED = compile_query(
    select(contact_competence.c.contact_id)
    .where(
        contact_competence.c.tenant_id == _TENANT,
        contact_competence.c.code == any_(bindparam("codes", type_=ARRAY(Text()))),
        contact_competence.c.completed_on <= _END,
        or_(contact_competence.c.valid_to.is_(None), contact_competence.c.valid_to >= _END),
    )
    .distinct()
)
_TALKS = compile_query(
    select(conversation.c.contact_id, func.max(conversation.c.held_on).label("last"))
    .where(
        conversation.c.tenant_id == _TENANT,
        conversation.c.kind == "conversation",
        conversation.c.held_on <= _END,
    )
    .group_by(conversation.c.contact_id)
)
_MET = compile_query(
    union(
        select(conversation.c.contact_id).where(
            conversation.c.tenant_id == _TENANT,
            conversation.c.held_on >= bindparam("start"),
            conversation.c.held_on <= _END,
        ),
        select(guest.c.contact_id)
        .select_from(
            guest.join(
                meeting,
                and_(
                    meeting.c.tenant_id == guest.c.tenant_id, meeting.c.id == guest.c.information_meeting_id
                ),
            )
        )
        .where(
            guest.c.tenant_id == _TENANT,
            guest.c.came,
            meeting.c.cancelled_on.is_(None),
            meeting.c.meets_on >= bindparam("start"),
            meeting.c.meets_on <= _END,
        ),
    )
)
# The state when the day was over, by the steps that were noted; who has none is as they are now.
_STATES = compile_query(
    select(contact_step.c.contact_id, contact_step.c.state)
    .where(contact_step.c.tenant_id == _TENANT, contact_step.c.happened_on <= _END)
    .ext(distinct_on(contact_step.c.contact_id))
    .order_by(
        contact_step.c.contact_id, contact_step.c.happened_on.desc(), contact_step.c.noted_at.desc(),
        contact_step.c.id.desc(),
    )
)  # fmt: skip
_REGISTERED = compile_query(
    select(support_contact.c.id, support_contact.c.state, support_contact.c.created_at).where(
        support_contact.c.tenant_id == _TENANT
    )
)


async def contacts_covered(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Contacts at the period's end by whether they have what is asked for; the municipality's own rules that day decide."""
    tenant, rules = uow.context.tenant, await provision_rules(uow, end)

    async def contacts_in(query: Any, **more: Any) -> set[Any]:
        return {row["contact_id"] for row in await uow.rows(query, tenant=tenant, end=end, **more)}

    police = await contacts_in(_SHOWN) - await contacts_in(_ASKED_AGAIN)
    codes = ["intro_course"] if rules.course_before_start else list(GUIDED)
    learned = await contacts_in(_LEARNED, codes=codes)
    met = await contacts_in(_MET, start=start)
    talks = {row["contact_id"]: row["last"] for row in await uow.rows(_TALKS, tenant=tenant, end=end)}
    states = {row["contact_id"]: row["state"] for row in await uow.rows(_STATES, tenant=tenant, end=end)}
    known = {row["id"]: row for row in await uow.rows(_REGISTERED, tenant=tenant)}
    cells: Counter[tuple[str, ...]] = Counter()
    for contact_id, one in stock(await spell_rows(uow), end).items():
        due = conversation_due(
            talks.get(contact_id), one.since, rules.conversation_months,
            first_seen=known[contact_id]["created_at"].astimezone(OSLO).date(),
        )  # fmt: skip
        resting = states.get(contact_id, known[contact_id]["state"]) == "paused"
        talked = "pause" if resting else _yes(due >= end)
        cells[_yes(contact_id in police), _yes(contact_id in learned), talked, _yes(contact_id in met)] += 1
    return counted(cells)


def _yes(holds: bool) -> str:
    return _YES if holds else _NO


MEASURES = [Measure("contacts_covered", "count", "count", (POLICE, COURSE, TALKED, MET), contacts_covered)]
