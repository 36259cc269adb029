"""What the region's municipalities have signed: an agreement, an arrangement that goes out soon, and the one that follows it,
which two have not signed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from deploy.demo.chance import at
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role
from shared_pool.accords.models import Accord, AccordParty
from shared_pool.accords.outline import outline
from shared_pool.accords.rules import AccordFacts, digest_of

CONTACT: Final = "Prosjektlederen i samarbeidet, personvern@vestfold.example.no, telefon 680 50 000"
NOT_YET: Final = ("0701", "0728")
"""Those whose manager has the renewal to read: Horten and Lardal."""
DAYS_LEFT: Final = 39


def write_accords(making: Making, towns: Sequence[Town], region: str) -> None:
    """Three versions, each with a copy for every municipality."""
    ends = making.as_of + timedelta(days=DAYS_LEFT)
    began, follows = ends - timedelta(days=729), ends + timedelta(days=1)
    names = sorted(town.place.name for town in towns)
    for kind, number, title, first, last in (
        (
            "cooperation",
            1,
            "Samarbeidsavtale om støttekontakter i Vestfold",
            began,
            ends + timedelta(days=800),
        ),
        ("arrangement", 1, "Felles behandlingsansvar i Vestfoldsamarbeidet", began, ends),
        ("arrangement", 2, "Felles behandlingsansvar, ny utgave", follows, follows + timedelta(days=1_095)),
    ):
        facts = AccordFacts(kind, title, CONTACT, first, last, None)
        sent = making.as_of - timedelta(days=6) if number > 1 else first - timedelta(days=30)
        _write(making, towns, facts, outline(facts, region, names, "nb"), number, sent)


def _write(
    making: Making, towns: Sequence[Town], facts: AccordFacts, content: str, number: int, sent: date
) -> None:
    manager, chance = making.project_manager, making.chance
    assert manager is not None, "the region's people are hired first"
    digest, accord_id, when = digest_of(facts, content), chance.id_at(sent), at(sent, 11)
    copied = {
        "kind": facts.kind, "number": number, "title": facts.title, "contact_point": facts.contact_point,
        "content": content, "digest": digest, "valid_from": facts.valid_from, "valid_to": facts.valid_to,
        "registered_by": manager,
    }  # fmt: skip
    making.rows.add(
        Accord, region_id=making.region_id, id=accord_id, state="out", registered_by_name="Marianne Klever", out_at=when,
        created_at=when, changed_at=when, **copied,
    )  # fmt: skip
    for n, town in enumerate(towns):
        signer = town.staff[Role.MANAGER][0]
        signs = number == 1 or town.place.code not in NOT_YET
        making.rows.add(
            AccordParty, region_id=making.region_id, id=chance.id_at(sent), municipality_id=town.id, accord_id=accord_id,
            sent_at=when, signed_on=sent + timedelta(days=1 + n % 4) if signs else None,
            signed_by=signer.id if signs else None, signed_by_name=signer.name if signs else None,
            signed_digest=digest if signs else None, **copied,
        )  # fmt: skip
