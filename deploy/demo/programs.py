"""The programs Horten lets in: the payroll system, and web pages whose last day comes soon. Their secrets are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Town
from sammen.machine.models import ProgramClient, ProgramSecret
from sammen.policy.roles import Role

PROGRAMS: Final[Sequence[tuple[str, str, str, list[str], list[str], int]]] = (
    ("Kommunens lønnssystem", "Hente lukkede lønnskjøringer og bokføre dem.", "Lønn og regnskap, lonn@example.no",
     ["payroll"], ["192.0.2.0/24"], 240),
    ("Kommunens nettsider", "Vise aktivitetskalenderen på kommunens egne sider.", "Kommunikasjon, web@example.no",
     ["calendar", "figures"], [], 18),
)  # fmt: skip
"""Name, purpose, who answers for it, what it may, where it comes from, days left."""
WAITS: Final = "figures"
"""What the administrator gave the web pages the other day: it waits for the manager's yes."""


def write_programs(town: Town) -> None:
    """Horten's rows; other towns have an empty list."""
    if town.place.code != HORTEN:
        return
    chance, lately = Chance("programs"), at(town.as_of - timedelta(days=2), 13, 40)
    keeper = town.staff[Role.MUNICIPALITY_ADMINISTRATOR][0]
    for number, (name, purpose, contact, scopes, networks, left) in enumerate(PROGRAMS):
        client, made = chance.id(), at(town.as_of - timedelta(days=365 - left), 9, 12)
        used = at(town.as_of - timedelta(days=number + 1), 6, 2)
        town.rows.add(
            ProgramClient, tenant_id=town.id, id=client, name=name, purpose=purpose, contact=contact, scopes=scopes,
            networks=networks, valid_to=town.as_of + timedelta(days=left), made_by_name=keeper.name, created_at=made,
            changed_at=max(made, lately) if WAITS in scopes else made, last_used_at=used, scopes_by=keeper.id,
            confirmed_scopes=[one for one in scopes if one != WAITS], confirmed_at=made,
            confirmed_by_name=town.named("Torunn Haslestad").name,
        )  # fmt: skip
        town.rows.add(
            ProgramSecret, id=chance.id(), tenant_id=town.id, client_id=client, hash=chance.id().bytes + chance.id().bytes,
            made_at=made, made_by_name=keeper.name, last_used_at=used,
        )  # fmt: skip
