"""What the public pages show, and the marks that let who has sent a form come back to it without a session."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.desk import Desk, chosen_language
from sammen.web.i18n import LANGUAGES
from shared_pool.campaigns import content
from shared_pool.campaigns.door import Own, Pending, Place, Visitor
from shared_pool.campaigns.published import Published
from shared_pool.campaigns.wishes import MONTHS, PublicWishes
from tenants.api import traits

STEPS: Final = (
    (N_("Kommunen har fått søknaden"), N_("En koordinator leser den og tar kontakt.")),
    (N_("Dere snakker sammen"), N_("Om deg, hva du liker, og hvem du kan passe sammen med.")),
    (N_("Politiattest og taushetserklæring"), N_("Kommunen ber om begge to. Du betaler ikke for dem.")),
    (N_("Klar for oppdrag"), N_("Du blir spurt når noen trenger en som deg.")),
)
STAGES: Final[Mapping[str, tuple[int, str]]] = {
    "received": (0, N_("Kommunen har fått søknaden din. Du hører fra dem om få dager.")),
    "enquiry": (0, N_("Kommunen har fått søknaden din. Du hører fra dem om få dager.")),
    "answered": (1, N_("Kommunen har svart deg. Neste er en samtale.")),
    "interview": (1, N_("Dere har avtalt en samtale, eller har hatt den.")),
    "vetting": (2, N_("Kommunen venter på politiattest eller taushetserklæring.")),
    "engaged": (3, N_("Du er støttekontakt i kommunen.")),
    "paused": (3, N_("Du er støttekontakt i kommunen, og har pause nå.")),
    "ended": (-1, N_("Du er ikke lenger støttekontakt i kommunen. Du kan søke på nytt når du vil.")),
}
"""Where an applicant stands: how many steps are done, and the sentence. What a municipality weighs is not told here."""


def visitor_of(desk: Desk) -> Visitor:
    """The doors for whoever sends this request. The language of a link in an e-mail holds until one chooses another."""
    asked = desk.query.get("s", "")
    if asked in LANGUAGES and chosen_language(desk.request) is None:
        desk.language = asked
    client = desk.request.client
    return Visitor(desk.house.engine, desk.house.keys, client.host if client else "")


def with_source(path: str, desk: Desk) -> str:
    """The path with the source's code and the link's language carried on."""
    carried = [f"{name}={desk.query[name]}" for name in ("k", "s") if _plain(desk.query.get(name, ""))]
    return f"{path}?{'&'.join(carried)}" if carried else path


def _plain(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and text.isalnum()


def code_of(desk: Desk) -> str:
    """The source's code in the address, or ""."""
    code = desk.query.get("k", "")
    return code if _plain(code) else ""


def page_values(campaign: Published, desk: Desk) -> dict[str, Any]:
    """What every page of a campaign needs."""
    region = str(desk.request.path_params["slug"])
    base = f"/bli-med/{region}/{campaign.slug}"
    return {
        "campaign": campaign,
        "said": campaign.said(desk.language),
        "base": base,
        "here": with_source(base, desk),
        "form_url": with_source(f"{base}/skjema", desk),
        "region_url": f"/bli-med/{region}",
    }


def form_values(desk: Desk, places: Sequence[Place]) -> dict[str, Any]:
    """The form's choices."""
    return {
        "places": [(str(place.id), place.name) for place in places],
        "interests": desk.options(traits.INTERESTS),
        "skills": desk.options(content.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "kinds": desk.options(content.KINDS),
        "areas": desk.options(traits.AREAS),
        "slots": [
            (f"{day}-{part}", f"{desk.say(day_name)}, {desk.say(part_name)}")
            for day, day_name in traits.WEEKDAYS.items()
            for part, part_name in traits.DAY_PARTS.items()
        ],
        "months": desk.options(MONTHS),
        "trap": content.TRAP,
    }


def wish_values(own: Own) -> dict[str, Any]:
    """What the applicant has said yes to, as the form's fields. How long is asked anew: it counts from today."""
    wishes: PublicWishes = own.wishes
    return {
        "ja_bank": "ja" if wishes.pool else "",
        "kommuner": [str(one) for one in wishes.municipalities],
        "ja_vikar": "ja" if wishes.substitute else "",
        "ja_gruppe": "ja" if wishes.group else "",
        "ja_nyheter": "ja" if wishes.newsletter else "",
        "varighet": "",
    }


def own_values(own: Own, desk: Desk) -> dict[str, Any]:
    """What the applicant's own page shows."""
    done, sentence = STAGES.get(own.stage, STAGES["received"])
    return {
        "own": own,
        "sentence": desk.say(sentence),
        "steps": [(desk.say(bold), desk.say(rest)) for bold, rest in STEPS],
        "done": done,
        "months": desk.options(MONTHS),
    }


# A page one may come back to, for who has sent a form -------------------------------------------------------------------
def pending_address(desk: Desk, form_id: UUID) -> str:
    """Where one comes after sending a form. The address tells nothing of who sent it."""
    address = f"/bli-med/sendt/{form_id}?merke={_mark(desk, form_id)}"
    asked = desk.query.get("s", "")
    return f"{address}&s={asked}" if asked in LANGUAGES else address


def pending_ok(desk: Desk, form_id: UUID) -> bool:
    """Whether the address is one we have given."""
    said = desk.query.get("merke", "").encode("utf-8", "replace")
    return hmac.compare_digest(said, _mark(desk, form_id).encode())


def _mark(desk: Desk, form_id: UUID) -> str:
    return desk.house.keys.form_mark("candidate-page", form_id.bytes).hex()[:32]


def masked(email: str) -> str:
    """An address that its owner knows again, and that tells others little: "id…@eksempel.no"."""
    name, _, at = email.rpartition("@")
    return f"{name[:2]}…@{at}"


def demo_link(desk: Desk, pending: Pending) -> str:
    """The link itself, where no mail leaves the house: in the demo, and nowhere else."""
    settings = desk.house.settings
    shown = settings.personas and not settings.smtp_url and pending.token
    return f"/bli-med/bekreft/{pending.token}?s={desk.language}" if shown else ""
