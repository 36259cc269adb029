"""What the demo's candidates have said yes to: each municipality, each use, until a day; and the ledger at home."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.town import Making, Town
from shared_pool.recruitment.models import Candidate, PoolConsent, PoolWish
from tenants.api import traits
from tenants.contacts.models import ContactCompetence, SupportContact

if TYPE_CHECKING:
    from deploy.demo.pool import Settled

COURSES = ["intro_course", "first_aid", "theme_course"]
"""What the matching of the demo's story counts with; brought up to date with the competences at home at the end."""


ASKED_ALSO_FOR_A_DAY = ("0701", "0716")
"""Where nearly all have said yes to standing in too."""


def consented(
    contact: Contact, town: Town, towns: Collection[Settled], as_of: date, *, told: bool
) -> dict[str, Any]:
    """The columns of a candidate's row that follow from consent and wishes. `told`: somebody of a story says yes to all."""
    chance = Chance(f"candidates/{contact.id}")
    others = sorted((one.town.id for one in towns), key=str)
    here = traits.AREA_OF_MUNICIPALITY[town.place.code]
    refuses = (
        [] if told or not chance.often(0.08) else [one for one in chance.some(others, 1, 1) if one != town.id]
    )
    narrow = not told and chance.often(0.2)
    uses = ["individual"]
    if told or chance.often(0.9 if town.place.code in ASKED_ALSO_FOR_A_DAY else 0.35):
        uses.append("substitute")
    if not told and chance.often(0.15):
        uses.append("group")
    return {
        "alternate_slots": contact.slots[-1:] if not told and chance.often(0.1) else [],
        "postcode": contact.person.home[0],
        "areas": [here] if not told and chance.often(0.25) else [],
        "visible_to": [one for one in others if not narrow or chance.often(0.7) or one == town.id],
        "not_in": refuses,
        "uses": uses,
        "age_bands": chance.some(list(traits.AGE_BANDS)[1:5], 2, 3) if not told and chance.often(0.15) else [],
        "hours_elsewhere": chance.choice((2, 3, 5)) if not told and chance.often(0.12) else 0,
        "light": None,
        "broken_by_choice": 0,
        "stability_seen_at": at(as_of, 8) if told or chance.often(0.8) else None,
        "available_from": None,
        "engaged_at_home": contact.state == "engaged",
        "paused": False,
    }  # fmt: skip


def write_candidates(making: Making) -> None:
    """At home: each yes in the ledger and the wishes; in the pool: the courses that are known at home."""
    rows = making.rows
    held: dict[UUID, set[str]] = {}
    for row in rows.of(ContactCompetence):
        if row.get("valid_to") is None or row["valid_to"] >= making.as_of:
            held.setdefault(row["contact_id"], set()).add(row["code"])
    contacts = {row["candidate_id"]: row for row in rows.of(SupportContact) if row.get("candidate_id")}
    for found in rows.of(Candidate):
        contact = contacts[found["id"]]
        rows.amend(Candidate, found["id"], courses=sorted(held.get(contact["id"], ())))
        rows.amend(
            SupportContact, contact["id"], areas=found["areas"], will_not=found["will_not"],
            stated_hours=found["hours_elsewhere"] or None,
            stated_on=found["consent_on"] if found["hours_elsewhere"] else None,
        )  # fmt: skip
        _ledger(making, found, contact["id"])


def _ledger(making: Making, found: dict[str, Any], contact_id: UUID) -> None:
    chance = Chance(f"consents/{contact_id}")
    uses: Iterable[str] = ("pool" if use == "individual" else use for use in found["uses"])
    for use in uses:
        making.rows.add(
            PoolConsent, tenant_id=found["home_id"], id=chance.id_at(found["consent_on"]), contact_id=contact_id, use=use,
            municipalities=found["visible_to"], given_on=found["consent_on"], until=found["consent_until"],
            how=chance.choice(("writing", "own_page")),
        )  # fmt: skip
    making.rows.add(
        PoolWish, tenant_id=found["home_id"], id=chance.id_at(found["consent_on"]), contact_id=contact_id,
        not_in=found["not_in"], available_from=None, alternate_slots=found["alternate_slots"],
        seen_at=found["stability_seen_at"],
    )  # fmt: skip
