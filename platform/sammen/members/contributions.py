"""The administrator's menu line, and what a municipality lacks before it can begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.members.service import STAFF, invitations, members
from sammen.policy.permissions import Permission
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import listed, lower_first
from sammen.web.i18n import translate
from sammen.web.office import office_phone

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.MEMBER_READ, N_("Ansatte"), "/ansatte", 78)]
START = N_("Kom i gang")
_CASEWORKERS = (Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE)
NEEDED: Sequence[tuple[str, Sequence[Role]]] = (
    (N_("Saksbehandler"), _CASEWORKERS),
    *((STAFF[role], (role,)) for role in (Role.PROVIDER_COORDINATOR, Role.PAYROLL, Role.MANAGER)),
    (STAFF[Role.DATA_PROTECTION_OFFICER], (Role.DATA_PROTECTION_OFFICER,)),
)
"""(the name, roles of which somebody must have one): without them work in the municipality stops somewhere."""


async def _start(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Roles nobody has or is offered, and the telephone people should ring: until each is in place."""
    items = []
    found = await members(uow)
    first = min((held.valid_from for one in found for held in one.current), default=today())
    held = {role.role for one in found for role in one.current}
    held |= {one.role for one in await invitations(uow) if not one.run_out}
    lacking = [name for name, roles in NEEDED if not held & {role.value for role in roles}]
    if lacking:
        names = listed([lower_first(translate(language, name)) for name in lacking], language)
        meta = translate(language, N_("Ingen har ennå rollen %(roles)s."), roles=names)
        items.append(_item(uow, language, N_("Inviter de ansatte"), meta, "/ansatte/ny", first))
    if not office_phone(uow.context.settings):
        meta = translate(language, N_("Telefonen står i brevene og på sidene til dem dere hjelper."))
        items.append(_item(uow, language, N_("Skriv hvem folk kan ringe"), meta, "/regler/kommunen", first))
    return items


def _item(uow: UnitOfWork, language: str, title: str, meta: str, path: str, since: date) -> TodayItem:
    return TodayItem(
        kind=translate(language, START), title=translate(language, title), meta=meta, url=uow.context.base_url + path,
        since=min(since, today()),
    )  # fmt: skip


TODAY = [TodaySource(Permission.MEMBER_WRITE, _start)]
