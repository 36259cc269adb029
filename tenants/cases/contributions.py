"""What the slice adds to shared pages: its menu lines and what waits for a purchaser today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.cases.access import case_file, purchasers_seen, visible
from tenants.cases.duty import duty, mine, stand_in_note
from tenants.cases.listing import FORM_NAMES
from tenants.people.api import person

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CASE_READ, N_("Saker"), "/saker", 20),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.RULES_WRITE, N_("Regler"), "/regler", 95),
]
AHEAD = timedelta(days=14)
KINDS = {
    "decide": (N_("Søknad"), N_("Vedtak innen %(day)s. Sak %(case_no)s.")),
    "start": (N_("Venter"), N_("Må i gang innen %(day)s. Sak %(case_no)s.")),
}
TOO_LATE = N_("Skulle vært i gang innen %(day)s. Sak %(case_no)s.")
_WAITING = compile_query(
    select(
        case_file.c.id, case_file.c.person_id, person.c.given_name, person.c.family_name, case_file.c.case_no,
        case_file.c.deadline, case_file.c.deadline_kind, case_file.c.forms, case_file.c.created_at,
        case_file.c.responsible_id,
    )
    .join_from(case_file, person,
               (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id))
    .where(visible(), mine(), case_file.c.state != "closed", case_file.c.deadline <= bindparam("before"),
           case_file.c.deadline_kind != "evaluate",  # evaluations knows what is agreed and begun
           # An application that nobody has taken is a line of its own (intake).
           case_file.c.responsible_id.is_not(None) | (case_file.c.deadline_kind != "decide"))
    .order_by(case_file.c.deadline, case_file.c.id)
    .limit(50)
)  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    context, work = uow.context, await duty(uow)
    rows = await uow.rows(
        _WAITING,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user,
        before=today() + AHEAD,
        others=work.others,
    )
    items = []
    for row in rows:
        kind, meta = KINDS.get(row["deadline_kind"], KINDS["decide"])
        if row["deadline_kind"] == "start" and row["deadline"] < today():
            meta = TOO_LATE
        forms = ", ".join(translate(language, FORM_NAMES[form]) for form in row["forms"])
        name = f"{row['given_name']} {row['family_name']}"
        items.append(
            TodayItem(
                kind=translate(language, kind),
                title=f"{name}: {forms}" if forms else name,
                meta=translate(
                    language, meta, day=date_day_month(row["deadline"], language), case_no=row["case_no"]
                )
                + stand_in_note(work, row["responsible_id"], language),
                url=f"{context.base_url}/saker/{row['id']}",
                since=row["created_at"].date(),
                due=row["deadline"],
                persons=(row["person_id"],),
            )
        )
    return items


TODAY = [TodaySource(Permission.DECISION_DRAFT, _today)]
