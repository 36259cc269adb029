"""How somebody without a login reaches the database: functions that are each shown a proof (decision 0054).

Nothing here has a unit of work or a context. What has to be done in a municipality or in the region is queued in the
same transaction, and done there by a job.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from sammen.web.visitor import asking, network_of, visitors_proof
from shared_pool.campaigns.codes import MAIL, TAKE_IN, WISHES
from shared_pool.campaigns.published import Published, read_published
from shared_pool.campaigns.sealing import new_token, open_token, open_who, seal_who
from shared_pool.campaigns.wishes import PublicWishes

WAIT = N_("Det er kommet mye herfra den siste timen. Vent litt og prøv igjen.")
CLOSED = N_("Kampanjen er over, eller den gjelder ikke kommunen du valgte. Se hva som er åpent nå.")
_PLACES = """
SELECT m.id, m.slug, m.name, m.code FROM sammen.municipality m WHERE m.id = ANY ($1) AND
  m.valid_from <= sammen.norwegian_day() AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day()) ORDER BY m.name
"""
_REGIONS = """
SELECT slug, name FROM sammen.region WHERE valid_from <= sammen.norwegian_day()
   AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day()) ORDER BY name
"""
_MEMBERS = """
SELECT DISTINCT m.id, m.slug, m.name, m.code FROM sammen.municipality m
  JOIN sammen.region_membership r ON r.municipality_id = m.id AND r.region_id = $1
 WHERE r.valid_from <= sammen.norwegian_day() AND (r.valid_to IS NULL OR r.valid_to >= sammen.norwegian_day()) ORDER BY m.name
"""
_BY_POSTCODE = "SELECT municipality_code FROM sammen.postcode WHERE code = $1"


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality one may choose."""

    id: UUID
    slug: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A form that waits for its address to be confirmed: where the link went, and how many times it has been sent."""

    id: UUID
    region_id: UUID
    first_name: str
    email: str
    mailed: int
    failed: bool
    kept_until: date
    token: str
    """What the link holds, while the notice has not left: shown in the demo only, where no mail leaves the house."""


@dataclass(frozen=True, slots=True)
class Own:
    """What an applicant's own link shows."""

    first_name: str
    region_id: UUID
    region_name: str
    place_id: UUID
    place_name: str
    wishes: PublicWishes
    withdrawn: bool
    stage: str
    in_pool: bool
    has_pages: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """The doors for one visitor: the engine, the house's keys, and where they come from on the net."""

    engine: AsyncEngine
    keys: Keys
    address: str

    # What anybody may read ---------------------------------------------------------------------------------------------
    async def campaigns(self, region: str) -> Sequence[Published]:
        """A region's published campaigns, the newest first. Raises NotFound when it has none."""
        async with asking(self.engine, WAIT) as raw:
            found = await read_published(raw, region)
        if not found:
            raise NotFound
        return found

    async def places(self, campaign: Published) -> list[Place]:
        """The municipalities of a campaign, by name."""
        async with asking(self.engine, WAIT) as raw:
            return [Place(**dict(row)) for row in await raw.fetch(_PLACES, list(campaign.municipalities))]

    async def regions(self) -> list[tuple[str, str]]:
        """(slug, name) of the regions there are today."""
        async with asking(self.engine, WAIT) as raw:
            return [(row["slug"], row["name"]) for row in await raw.fetch(_REGIONS)]

    async def members(self, region: UUID) -> list[Place]:
        """The municipalities of a region today, by name."""
        async with asking(self.engine, WAIT) as raw:
            return [Place(**dict(row)) for row in await raw.fetch(_MEMBERS, region)]

    async def by_code(self, code: str) -> tuple[str, str] | None:
        """(region's slug, campaign's slug) of the code on a poster; None for no published campaign's."""
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow("SELECT * FROM sammen.campaign_of_code($1)", code[:40])
        return (row["region_slug"], row["slug"]) if row else None

    async def municipality_code(self, postcode: str) -> str | None:
        """The number of the municipality a postcode lies in, or None for one we do not know."""
        async with asking(self.engine, WAIT) as raw:
            found: str | None = await raw.fetchval(_BY_POSTCODE, postcode)
        return found

    async def count_view(self, campaign: Published, code: str) -> None:
        """Count that a page was opened, by its source and day."""
        address, code = self._mark(), code[:40]
        message = f"campaign.seen|{campaign.id}|{code}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            await raw.execute(
                "SELECT sammen.campaign_seen($1, $2, $3, $4, $5)",
                campaign.id,
                code,
                address,
                *visitors_proof(self.keys, message),
            )

    # The form ------------------------------------------------------------------------------------------------------------
    async def send(
        self, campaign: Published, place: UUID, form: Mapping[str, Any], wishes: PublicWishes, *, code: str,
        language: str, page_key: str,
    ) -> UUID:  # fmt: skip
        """Keep a form until its address is confirmed, once for each page it was sent from, and send the link.

        Returns the form's id. Raises Invalid past the cap, and when the campaign is closed meanwhile.
        """
        form_id, token, code = uuid4(), new_token(), code[:40]
        region = campaign.region_id
        sealed = self.keys.seal_form(
            json.dumps(dict(form), ensure_ascii=False, sort_keys=True),
            "candidate",
            place.bytes,
            form_id.bytes,
        )
        who = seal_who(self.keys, region, str(form["fornavn"]), str(form["epost"]))
        said = wishes.to_json()
        lookup, mail = self._token(token)
        email = self._email(region, str(form["epost"]))
        sending = self.keys.form_mark("candidate-sending", region.bytes, page_key.encode("utf-8", "replace"))
        address = self._mark()
        message = "|".join(
            ("candidate.send", str(form_id), str(campaign.id), str(place), code, language, _digest(sealed), _digest(who),
             _digest(said.encode()), _digest(mail), lookup.hex(), email.hex(), sending.hex(), address.hex())
        )  # fmt: skip
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                form_id, campaign.id, place, code, language, sealed, who, said, mail, lookup, email, sending, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
            row = _let_in(row)
            if row["answer"] == "sent":
                await self._mail(raw, row["id"], region)
        found: UUID = row["id"]
        return found

    async def pending(self, form_id: UUID) -> Pending:
        """A form that waits for its link to be opened. Raises NotFound for one that does not, or no longer."""
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_pending($1, $2, $3)", form_id,
                *visitors_proof(self.keys, f"candidate.pending|{form_id}"),
            )  # fmt: skip
        if row is None:
            raise NotFound
        token = open_token(self.keys, row["mail"], row["lookup"]) if row["mail"] and row["lookup"] else ""
        first, email = open_who(self.keys, row["region_id"], row["who"])
        return Pending(
            form_id,
            row["region_id"],
            first,
            email,
            row["mailed"],
            row["mail_state"] == "failed",
            row["kept_until"],
            token,
        )

    async def resend(self, form_id: UUID, region: UUID, first_name: str, email: str) -> None:
        """Send the link again, to this address. Raises Invalid past the cap, NotFound for a form that does not wait."""
        lookup, mail = self._token(new_token())
        who = seal_who(self.keys, region, first_name, email)
        mark, address = self._email(region, email), self._mark()
        message = "|".join(
            (
                "candidate.resend",
                str(form_id),
                _digest(who),
                _digest(mail),
                lookup.hex(),
                mark.hex(),
                address.hex(),
            )
        )
        async with asking(self.engine, WAIT) as raw:
            row = _let_in(
                await raw.fetchrow(
                    "SELECT * FROM sammen.candidate_resend($1, $2, $3, $4, $5, $6, $7, $8)", form_id, who, mail, lookup, mark,
                    address, *visitors_proof(self.keys, message),
                )
            )  # fmt: skip
            await self._mail(raw, form_id, row["region_id"])

    async def confirm(self, token: str) -> str | None:
        """Press the link: the form becomes its municipality's. The token of the applicant's own link; None for a link
        that is wrong, used or too old. Raises Invalid past the cap.
        """
        own = new_token()
        link, mail = self._token(own)
        lookup, address = self._lookup(token), self._mark()
        message = "|".join(("candidate.confirm", lookup.hex(), link.hex(), _digest(mail), address.hex()))
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_confirm($1, $2, $3, $4, $5, $6)", lookup, link, mail, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
            if row["answer"] == "wait":
                raise Invalid.one("", WAIT)
            if row["answer"] != "confirmed":
                return None
            await self._mail(raw, row["id"], row["region_id"])
            await self._work(raw, TAKE_IN, row["id"], row["municipality_id"])
        return own

    # The applicant's own link ------------------------------------------------------------------------------------------
    async def own(self, token: str) -> Own | None:
        """What the link shows; None for one that is wrong, changed or too old. Raises Invalid past the cap."""
        link, address = self._lookup(token), self._mark()
        message = f"candidate.own|{link.hex()}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_own($1, $2, $3, $4)",
                link,
                address,
                *visitors_proof(self.keys, message),
            )
        if row["answer"] == "wait":
            raise Invalid.one("", WAIT)
        if row["answer"] != "found":
            return None
        first, _ = open_who(self.keys, row["region_id"], row["who"])
        return Own(
            first, row["region_id"], row["region_name"], row["municipality_id"], row["place_name"],
            PublicWishes.of(row["wishes"]), row["withdrawn"], row["stage"], row["in_pool"], row["has_pages"],
        )  # fmt: skip

    async def change(self, token: str, wishes: PublicWishes, *, withdraw: bool = False) -> str | None:
        """What the applicant says yes to from now on, or that everything is taken back: hidden in this transaction.

        The token of the new link; None when the old one opens nothing. Raises Invalid past the cap.
        """
        new = new_token()
        said = wishes.to_json()
        link, (fresh, mail), address = self._lookup(token), self._token(new), self._mark()
        message = "|".join(
            ("candidate.change", link.hex(), _digest(said.encode()), str(withdraw).lower(), fresh.hex(), _digest(mail),
             address.hex())
        )  # fmt: skip
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_change($1, $2, $3, $4, $5, $6, $7, $8)", link, said, withdraw, fresh, mail,
                address, *visitors_proof(self.keys, message),
            )  # fmt: skip
            if row["answer"] == "wait":
                raise Invalid.one("", WAIT)
            if row["answer"] != "changed":
                return None
            await self._mail(raw, row["id"], row["region_id"])
            await self._work(raw, WISHES, row["id"], row["municipality_id"])
        return new

    async def lost(self, region: UUID, email: str) -> None:
        """A new link by e-mail, if the address is one that has confirmed a form. Nothing tells whether it was.

        Raises Invalid past the cap.
        """
        link, mail = self._token(new_token())
        mark, address = self._email(region, email), self._mark()
        message = "|".join(
            ("candidate.lost", str(region), mark.hex(), link.hex(), _digest(mail), address.hex())
        )
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.candidate_lost($1, $2, $3, $4, $5, $6, $7)", region, mark, link, mail, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
            if row["answer"] == "wait":
                raise Invalid.one("", WAIT)
            if row["id"] is not None:
                await self._mail(raw, row["id"], region)

    # Marks, proofs and the connection -------------------------------------------------------------------------------------
    def _token(self, token: str) -> tuple[bytes, bytes]:
        """What the database finds a token by, and the token itself, sealed, until its notice has left."""
        lookup = self._lookup(token)
        return lookup, self.keys.seal_form(token, "candidate-token", lookup)

    def _lookup(self, token: str) -> bytes:
        return self.keys.form_mark("candidate-lookup", token.encode("utf-8", "replace"))

    def _email(self, region: UUID, email: str) -> bytes:
        return self.keys.form_mark(
            "candidate-email", region.bytes, email.casefold().encode("utf-8", "replace")
        )

    def _mark(self) -> bytes:
        return self.keys.form_mark("campaign-address", network_of(self.address).encode())

    async def _mail(self, raw: Any, form_id: UUID, region: UUID) -> None:
        await put(raw, self.keys, Order(MAIL, {"application": str(form_id)}, PlaceKind.REGION, region))

    async def _work(self, raw: Any, job: str, form_id: UUID, place: UUID) -> None:
        await put(raw, self.keys, Order(job, {"application": str(form_id)}, PlaceKind.MUNICIPALITY, place))


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _let_in(row: Any) -> Any:
    match row["answer"]:
        case "none":
            raise NotFound
        case "closed":
            raise Invalid.one("", CLOSED)
        case "wait":
            raise Invalid.one("", WAIT)
    return row
