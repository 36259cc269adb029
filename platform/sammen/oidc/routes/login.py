"""Pages and addresses for who has not logged in yet, and for providers (docs/login.md lists them)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Response
from litestar.datastructures import Cookie

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.identity.service import device_name
from sammen.oidc import store
from sammen.oidc.client import Away
from sammen.oidc.journey import MINUTES, Journey, read
from sammen.oidc.rules import Refused
from sammen.oidc.service import (
    Office,
    SignedIn,
    Unknown,
    come_back,
    ended_in_front,
    told_to_end,
    way_out,
    way_to_log_out,
)
from sammen.policy.assurance import Level
from sammen.web.desk import Desk
from sammen.web.door import public_action, public_page

OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
LONGEST_QUERY = 12_000
FIND = N_("Finn innloggingen din")
LOG_IN = N_("Logg inn")
NOT_THROUGH = N_("Innloggingen ble ikke fullført")
NOT_LINKED = N_("Kontoen din er ikke koblet")
LOGGED_OUT = N_("Du er logget ut av Sammen")
NOWHERE = N_(
    "Vi finner ingen innlogging for dette. Skriv navnet på kommunen, eller e-postadressen din på jobb."
)
FAULTS = {
    "state": N_("Innloggingen var for gammel, eller den ble begynt i et annet vindu. Prøv igjen."),
    "replay": N_("Innloggingen er brukt før. Logg inn på nytt."),
    "denied": N_("Du avbrøt innloggingen. Ingenting har skjedd."),
    "level": N_("Du logget inn på et lavere nivå enn det siden krever. Prøv igjen, og velg en sikrere måte."),
    "away": N_("Innloggingstjenesten svarer ikke. Vent litt og prøv igjen."),
    "closed": N_("Denne innloggingen er ikke åpen."),
}
OTHERWISE = N_("Svaret fra innloggingstjenesten kunne ikke brukes, og du er ikke logget inn. Prøv igjen.")


def _office(desk: Desk) -> Office:
    return Office(desk.house.engine, desk.house.keys, desk.house.settings)


def _way_back(target: str) -> str:
    """Only printable paths of our own: `//host` and `/\\host` are other places to a browser."""
    return target if OWN_PATH.fullmatch(target) else "/"


def _cookie(desk: Desk, name: str, value: str, seconds: int) -> Cookie:
    # Deleted in the same way: a browser drops a `__Host-` cookie that is not secure, also one that only deletes.
    return Cookie(key=name, value=value, max_age=seconds, httponly=True, secure=desk.house.settings.secure_cookies,
                  samesite="lax", path="/")  # fmt: skip


def _journey_cookie(desk: Desk) -> str:
    return desk.house.settings.cookie_name + "-innlogging"


def _asked(desk: Desk) -> dict[str, str]:
    """The query as it came: an answer's code may be long, and a name that stands twice is nobody's to choose from."""
    raw = desk.request.scope["query_string"].decode("latin-1")
    pairs = parse_qsl(raw[:LONGEST_QUERY], errors="replace", max_num_fields=50)
    found = dict(pairs)
    return found if len(found) == len(pairs) else {}


async def _failed(desk: Desk, code: str, fault: str) -> Response[str]:
    await store.remember_refusal(desk.house.engine, code, fault, desk.request_id)
    known = fault if fault in FAULTS else "other"
    return await desk.render(
        "oidc/refused.html", title=desk.say(NOT_THROUGH), status=503 if fault == "away" else 400,
        why=desk.say(FAULTS.get(known, OTHERWISE))
    )  # fmt: skip


@public_page("/logg-inn/finn")
async def find_form(desk: Desk) -> Response[str]:
    """Which municipality's login?"""
    return await desk.render(
        "oidc/find.html", title=desk.say(FIND), values={}, next=desk.query.get("neste", "")
    )


@public_action("/logg-inn/finn")
async def find(desk: Desk) -> Response[Any]:
    """To the municipality's login page, by its name or a work e-mail's domain. The address itself is not kept or used."""
    typed, back = desk.form.text("hvor"), desk.form.text("neste")
    engine, keys = desk.house.engine, desk.house.keys
    if "@" in typed:
        slug = await store.place_of_domain(engine, typed.rpartition("@")[2])
    else:
        place = await store.find_place(engine, keys, typed[:80].strip().removesuffix(" kommune"))
        slug = place.slug if place else None
    if slug is None:
        bad = Invalid.one("hvor", NOWHERE)
        return await desk.again("oidc/find.html", bad, title=desk.say(FIND), next=back)
    return desk.redirect(f"/logg-inn/{slug}" + (f"?neste={quote(back)}" if back else ""))


@public_page("/logg-inn/{slug:str}")
async def municipality(desk: Desk) -> Response[str]:
    """A municipality's login page: its own provider, the one for citizens, and other ways."""
    place = await store.find_place(desk.house.engine, desk.house.keys, str(desk.request.path_params["slug"]))
    if place is None or place.slug != desk.request.path_params["slug"]:
        raise NotFound
    back = _way_back(desk.query.get("neste", ""))
    ways = [
        (one, f"/logg-inn/med/{one.code}?" + urlencode({"kommune": place.slug, "neste": back}))
        for one in await store.doors(desk.house.engine, place.slug)
    ]
    return await desk.render(
        "oidc/municipality.html", title=desk.say(N_("Logg inn i %(place)s"), place=place.name), place=place.name,
        employees=[way for way in ways if way[0].audience == "employees"],
        citizens=[way for way in ways if way[0].audience == "citizens"],
        other="/logg-inn" + (f"?neste={quote(back)}" if back != "/" else ""),
    )  # fmt: skip


async def _leave(desk: Desk, code: str, place: str, back: str, level: str) -> Response[Any]:
    office = _office(desk)
    provider = await store.open_provider(office.engine, office.keys, code)
    if provider is None:
        raise NotFound
    journey = Journey.begin(provider.code, place[:80], _way_back(back), level)
    try:
        url = await way_out(office, provider, journey)
    except Away:
        return await _failed(desk, code, "away")
    except Refused as refused:
        return await _failed(desk, code, refused.fault)
    response = desk.redirect(url)
    response.set_cookie(_cookie(desk, _journey_cookie(desk), journey.sealed(office.keys), MINUTES * 60))
    return response


@public_page("/logg-inn/med/{provider:str}")
async def leave(desk: Desk) -> Response[Any]:
    """Out to a provider. Writes nothing but the browser's cookie."""
    return await _leave(
        desk, str(desk.request.path_params["provider"]), desk.query.get("kommune", ""), desk.query.get("neste", ""), ""
    )  # fmt: skip


@public_page("/logg-inn/opp")
async def step_up(desk: Desk) -> Response[Any]:
    """Out to the provider one came by, to show more surely who one is."""
    level, back = desk.query.get("nivaa", ""), desk.query.get("neste", "")
    kept = None
    if desk.token_hash is not None and level in Level.__members__.values():
        kept = await store.provider_of_session(
            desk.house.engine, desk.house.keys, desk.token_hash, ended=False
        )
    if kept is None:
        return desk.redirect("/logg-inn?" + urlencode({"neste": _way_back(back)}))
    return await _leave(desk, kept[0], kept[1], back, level)


@public_page("/logg-inn/med/{provider:str}/svar")
async def answer(desk: Desk) -> Response[Any]:
    """Back from a provider: check everything, then a new session."""
    code, asked = str(desk.request.path_params["provider"]), _asked(desk)
    journey = read(desk.request.cookies.get(_journey_cookie(desk), ""), desk.house.keys)
    response: Response[Any]
    if journey is None or not journey.is_answered_by(code, asked.get("state", "")):
        # Whose journey it is, is not known: it stays, so that nobody can end another's by a link.
        return await _failed(desk, code, "state")
    try:
        outcome = await come_back(
            _office(desk), journey, asked, device=device_name(desk.request.headers.get("user-agent", "")),
            before=desk.token_hash, request_id=desk.request_id,
        )  # fmt: skip
    except Refused as refused:
        response = await _failed(desk, code, refused.fault)
    except Away:
        response = await _failed(desk, code, "away")
    else:
        response = await _arrived(desk, outcome)
    response.set_cookie(_cookie(desk, _journey_cookie(desk), "", 0))
    return response


async def _arrived(desk: Desk, outcome: SignedIn | Unknown) -> Response[Any]:
    if isinstance(outcome, Unknown):
        return await desk.render(
            "oidc/unknown.html", title=desk.say(NOT_LINKED), status=403, code=outcome.code, who=outcome.name,
            place=outcome.place,
        )  # fmt: skip
    response = desk.redirect(_way_back(outcome.back))
    response.set_cookie(_cookie(desk, desk.house.settings.cookie_name, outcome.token, 12 * 3600))
    return response


@public_action("/logg-inn/med/{provider:str}/avmeldt")
async def logged_out_behind(desk: Desk) -> Response[Any]:
    """Back-channel logout: the provider's server says who has logged out (OpenID Connect Back-Channel Logout 1.0)."""
    code = str(desk.request.path_params["provider"])
    try:
        await told_to_end(_office(desk), code, desk.form.text("logout_token"), desk.request_id)
    except (Refused, Away) as error:
        fault = error.fault if isinstance(error, Refused) else "away"
        if fault == "closed":
            raise NotFound from None
        await store.remember_refusal(desk.house.engine, code, f"logout {fault}", desk.request_id)
        status = 503 if isinstance(error, Away) else 400
        return Response({"error": "invalid_request"}, status_code=status, media_type="application/json")
    return Response("", media_type="text/plain")


@public_page("/logg-inn/med/{provider:str}/avmeldt")
async def logged_out_in_front(desk: Desk) -> Response[Any]:
    """Front-channel logout: the provider's page shows this in a frame (OpenID Connect Front-Channel Logout 1.0)."""
    asked = _asked(desk)
    try:
        await ended_in_front(
            _office(desk), str(desk.request.path_params["provider"]), asked.get("iss", ""), asked.get("sid", ""),
            desk.request_id,
        )  # fmt: skip
    except Refused:
        raise NotFound from None
    return Response("", media_type="text/plain")


@public_page("/logg-inn/ut")
async def logged_out(desk: Desk) -> Response[Any]:
    """After logging out here: on to the provider, so that the next at this screen is not let in by it."""
    url = await way_to_log_out(_office(desk), desk.token_hash) if desk.token_hash else ""
    if url:
        response: Response[Any] = await desk.render("oidc/out.html", title=desk.say(LOGGED_OUT), url=url)
        # A header, since the provider is elsewhere: a form of ours may lead nowhere but here (form-action).
        response.headers["Refresh"] = f"1; url={url}"
    else:
        response = desk.redirect("/logg-inn")
    response.set_cookie(_cookie(desk, desk.house.settings.cookie_name, "", 0))
    return response


HANDLERS = [
    find_form, find, municipality, leave, step_up, answer, logged_out_behind, logged_out_in_front, logged_out,
]  # fmt: skip
