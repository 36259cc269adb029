"""What the public form's pages show, and what goes from one of them to the next without a session."""

from __future__ import annotations

import hmac
from datetime import date
from typing import Any

from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from tenants.cases.api import decide_by
from tenants.intake import content
from tenants.intake.codes import ALPHABET, REFERENCE_LENGTH, read_code
from tenants.intake.door import FormDoor, FormPlace, Receipt

CODE_COOKIE = "sammen-skjemakode"
CODE_SECONDS = 120


def door_of(desk: Desk) -> FormDoor:
    """The doors for whoever sends this request."""
    client = desk.request.client
    return FormDoor(desk.house.engine, desk.house.keys, client.host if client else "")


def form_values(desk: Desk, place: FormPlace) -> dict[str, Any]:
    """What the form's page needs besides what was typed."""
    return {
        "place": place,
        "base": f"/sok/{place.slug}",
        "applicants": desk.options(content.APPLICANTS),
        "yes_no": desk.options(content.YES_NO),
        "letters": desk.options(content.LETTERS),
        "trap": content.TRAP,
    }


def first_values(language: str) -> dict[str, str]:
    """What an empty form begins with."""
    return {"soker": "self", "tolk": "nei", "brev": "nn" if language == "nn" else "nb"}


# The code is shown once: on the page after the one it was made on, and never in an address.
def code_cookie(desk: Desk, code: str, kept_until: date) -> dict[str, Any]:
    """The cookie that carries a code to the next page, for two minutes."""
    said = f"{code}.{kept_until.isoformat()}"
    return {
        "key": CODE_COOKIE, "value": f"{said}.{_mark(desk, said)}", "httponly": True, "samesite": "strict", "path": "/sok",
        "secure": desk.house.settings.secure_cookies, "max_age": CODE_SECONDS,
    }  # fmt: skip


def code_carried(desk: Desk) -> tuple[str, date] | None:
    """The code that came along, and the last day its draft is kept."""
    said, _, mark = desk.request.cookies.get(CODE_COOKIE, "").rpartition(".")
    code, _, day = said.partition(".")
    if not said or not _same(mark, _mark(desk, said)) or read_code(code) is None:
        return None
    return code, date.fromisoformat(day)


def receipt_address(desk: Desk, place: FormPlace, receipt: Receipt) -> str:
    """The receipt's page: it can be kept and opened again, and says nothing of who applied."""
    day = receipt.received_on.isoformat()
    mark = _mark(desk, f"{place.slug}.{receipt.reference}.{day}")
    return f"/sok/{place.slug}/mottatt?nr={receipt.reference}&dag={day}&merke={mark}"


def receipt_carried(desk: Desk, place: FormPlace) -> tuple[Receipt, date] | None:
    """The receipt an address tells of, and the last day to answer (fvl. § 11 a); None when it is not one of ours."""
    reference, day = desk.query.get("nr", ""), desk.query.get("dag", "")
    if len(reference) != REFERENCE_LENGTH or not set(reference) <= set(ALPHABET):
        return None
    if not _same(desk.query.get("merke", ""), _mark(desk, f"{place.slug}.{reference}.{day}")):
        return None
    receipt = Receipt(reference, date.fromisoformat(day))
    return receipt, decide_by(receipt.received_on)


def page_title(place: FormPlace, desk: Desk) -> str:
    return desk.say(N_("Søk om støttekontakt i %(place)s"), place=place.name)


def _mark(desk: Desk, said: str) -> str:
    return desk.house.keys.form_mark("page", said.encode()).hex()[:32]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
