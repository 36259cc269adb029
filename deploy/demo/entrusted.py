"""What an administrator answers for in Horten: who has set up a code app, one archive that was handed over and one that waits
for a manager, and the municipality's own login, which is registered and not open.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from deploy.archive.bech32 import bech32_encode
from deploy.archive.models import ArchiveExport
from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Town
from sammen.identity.factor_models import SecondFactor
from sammen.identity.totp import new_secret
from sammen.oidc.models import IdentityProvider
from sammen.policy.roles import Role

WITHOUT_APP: Final = ("Gro Heide", "Ole Bakkan")
REHEARSED = "Øving i juni: vi ville vite at vi får med oss alt, og at vi kan åpne fila."
ASKED = "Kommunen skal øve på å flytte til et annet system før jul."


def write_entrusted(town: Town) -> None:
    """Horten's rows; other towns begin with nothing."""
    if town.place.code != HORTEN:
        return
    chance = Chance("entrusted")
    colleagues = {one.id: one.name for people in town.staff.values() for one in people}
    for number, (user, name) in enumerate(sorted(colleagues.items(), key=lambda pair: pair[1])):
        if name not in WITHOUT_APP:
            made, factor = at(town.as_of - timedelta(days=90 - number), 8, 40), chance.id()
            town.rows.add(
                SecondFactor, id=factor, user_id=user, sealed=town.making.keys.seal_form(new_secret(), "totp", user.bytes),
                confirmed_at=made, made_at=made,
            )  # fmt: skip
    _archives(town, chance)
    town.rows.add(
        IdentityProvider, id=chance.id(), code="horten-ansatte", name="Horten", audience="employees",
        municipality_id=town.id, issuer="https://innlogging.horten.example", client_id="sammen-horten",
        auth_method="client_secret_post", scopes="openid profile email", level_claim="acrs", levels={"c1": "second_factor"},
        base_level="password", person_claim="", domains=["horten.example"], session_seconds=43_200, enabled=False,
    )  # fmt: skip


def _archives(town: Town, chance: Chance) -> None:
    """Leif Tangen's orders. No file lies here: what was handed over is gone, and the other is not made."""
    leif, torunn = town.staff[Role.MUNICIPALITY_ADMINISTRATOR][0], town.named("Torunn Haslestad")
    june, asked = at(town.as_of - timedelta(days=160), 10, 20), at(town.as_of - timedelta(days=1), 14, 5)
    who = {
        "recipient": bech32_encode("age", hashlib.sha256(b"horten").digest()),
        "ordered_by": leif.id,
        "ordered_by_name": leif.name,
    }
    town.rows.add(
        ArchiveExport, tenant_id=town.id, id=chance.id_at(june), state="gone", reason=REHEARSED, **who, approved_by=torunn.id,
        approved_by_name=torunn.name, as_of=june, taken_at=june + timedelta(minutes=4),
        fingerprint=hashlib.sha256(b"june").digest(), rows=18_412, size=3_870_144, expires_on=june.date() + timedelta(days=7),
        confirmed_at=june + timedelta(days=1), confirmed_by_name=leif.name, created_at=june, changed_at=june,
    )  # fmt: skip
    town.rows.add(
        ArchiveExport, tenant_id=town.id, id=chance.id_at(asked), state="ordered", reason=ASKED, **who, created_at=asked,
        changed_at=asked,
    )  # fmt: skip
