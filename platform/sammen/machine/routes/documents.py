"""What anybody may read of the interface: the OpenAPI document, and a page that says it in words. No data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from litestar import Response

from sammen.i18n_mark import N_
from sammen.machine.document import TOKEN_PATH, document
from sammen.machine.marks import etag, matches
from sammen.machine.operations import PREFIX
from sammen.machine.routes.door import OPERATIONS
from sammen.web.desk import Desk
from sammen.web.door import public_page

OPENAPI: Final = f"{PREFIX}/openapi.json"
SCOPE_NAMES: Final[Mapping[str, str]] = {
    "people": N_("Personer inn"),
    "decisions": N_("Vedtak inn"),
    "payroll": N_("Lønnslinjer ut"),
    "figures": N_("Tall ut"),
    "calendar": N_("Aktivitetskalenderen ut"),
}
SCOPE_TEXTS: Final[Mapping[str, str]] = {
    "people": N_(
        "Programmet sender navn, fødselsnummer og adresse, og kan lese tilbake dem det selv har sendt."
    ),
    "decisions": N_("Programmet sender vedtak som blir saker og bestillinger, og ser hvordan de står."),
    "payroll": N_(
        "Programmet henter lukkede lønnskjøringer med navn, ansattnummer, timer og beløp, og kvitterer."
    ),
    "figures": N_(
        "Programmet henter kommunens godkjente tall og det samarbeidet har publisert. Ingen personer."
    ),
    "calendar": N_("Programmet henter aktivitetskalenderen, som alle kan lese."),
}


def openapi_bytes(address: str) -> bytes:
    """The document as it is sent, for the house at `address`."""
    return msgspec.json.encode(document(OPERATIONS, server=address))


@public_page(OPENAPI)
async def openapi(desk: Desk) -> Response[bytes]:
    """The OpenAPI 3.1 document; unchanged since last time: 304."""
    settings = desk.house.settings
    content = openapi_bytes(settings.address)
    headers = {"ETag": etag(content), "Cache-Control": "public, max-age=300"}
    if matches(desk.request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    return Response(content, headers=headers, media_type="application/json")


@public_page("/api")
async def page(desk: Desk) -> Response[str]:
    """What the interface can do, for those who connect a program."""
    groups = [
        (scope, desk.say(name), desk.say(SCOPE_TEXTS[scope]),
         [(one.method, _shown(one.path), desk.say(one.summary)) for one in OPERATIONS if one.scope == scope])
        for scope, name in SCOPE_NAMES.items()
    ]  # fmt: skip
    return await desk.render(
        "machine/api.html", title=desk.say(N_("Grensesnitt for fagsystemer")), groups=groups, openapi=OPENAPI,
        token=TOKEN_PATH, address=desk.house.settings.address,
    )  # fmt: skip


def _shown(path: str) -> str:
    return path.replace(":str}", "}").replace(":uuid}", "}")


HANDLERS = [openapi, page]
