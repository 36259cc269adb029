"""The operator's page for providers of logins (/drift/innlogging)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.oidc import store
from sammen.oidc.registration import (
    PRESETS,
    Facts,
    add_provider,
    add_secret,
    find,
    new_key,
    read_levels,
    registered,
    retire_secrets,
    switch,
)
from sammen.policy.permissions import Permission
from sammen.settings import Environment
from sammen.web.desk import Desk
from sammen.web.door import action, page

PROVIDERS = N_("Innlogging")
NEW = N_("Ny leverandør av innlogging")
PATH = "/drift/innlogging"
KINDS = {
    "entra": N_("Entra ID, for ansatte"),
    "idporten": N_("ID-porten, for innbyggere"),
    "other": N_("En annen med OpenID Connect, for ansatte"),
}
AUDIENCES = {"employees": N_("Ansatte"), "citizens": N_("Innbyggere")}
assert set(KINDS) == set(PRESETS)


def _loopback(desk: Desk) -> bool:
    return desk.house.settings.environment is not Environment.PRODUCTION


async def _list(desk: Desk, **more: Any) -> dict[str, Any]:
    rows = await registered(desk.uow)
    return {
        "rows": rows,
        "audiences": {name: desk.say(label) for name, label in AUDIENCES.items()},
        "address": desk.house.settings.address,
        "current": "/innlogging",
        "new_key": None,
        **more,
    }


@page("/drift/innlogging", Permission.PROVIDER_WRITE)
async def provider_list(desk: Desk) -> Response[str]:
    """Providers, whether they are open, and what to register at each."""
    return await desk.render("oidc/providers.html", title=desk.say(PROVIDERS), values={}, **await _list(desk))


@page("/drift/innlogging/ny", Permission.PROVIDER_WRITE)
async def provider_form(desk: Desk) -> Response[str]:
    """A form for a new provider."""
    return await desk.render(
        "oidc/provider_new.html",
        title=desk.say(NEW),
        values={},
        kinds=desk.options(KINDS),
        current="/innlogging",
        crumbs=_crumbs(desk),
    )


def _crumbs(desk: Desk) -> list[tuple[str, str]]:
    return [(desk.say(PROVIDERS), PATH), (desk.say(NEW), "")]


async def _facts(desk: Desk) -> Facts:
    form = desk.form
    place = None
    if form.text("kommune"):
        place = await store.find_place(desk.house.engine, desk.house.keys, form.text("kommune"))
        if place is None:
            raise Invalid.one("kommune", N_("Ingen kommune har dette navnet. La feltet stå tomt for alle."))
    hours = form.text("varighet") or "12"
    return Facts(
        code=form.text("kode"),
        name=form.text("navn"),
        issuer=form.text("utsteder"),
        client_id=form.text("klient"),
        kind=form.text("slag"),
        municipality_id=place.id if place else None,
        levels=read_levels(form.text("nivaer")),
        domains=tuple(form.text("domener").lower().split()),
        session_seconds=int(hours) * 3600 if hours.isascii() and hours.isdigit() and len(hours) < 3 else 0,
    )


@action("/drift/innlogging/ny", Permission.PROVIDER_WRITE)
async def save_provider(desk: Desk) -> Response[Any]:
    """Register a provider; it stays closed until it has a secret and is opened."""
    try:
        await add_provider(desk.uow, await _facts(desk), loopback=_loopback(desk))
    except Invalid as bad:
        return await desk.again(
            "oidc/provider_new.html",
            bad,
            title=desk.say(NEW),
            kinds=desk.options(KINDS),
            current="/innlogging",
            crumbs=_crumbs(desk),
        )
    return desk.redirect(PATH, flash=N_("Leverandøren er lagt inn. Legg inn en hemmelighet, og åpne den så."))


@action("/drift/innlogging/bryter", Permission.PROVIDER_WRITE)
async def switch_provider(desk: Desk) -> Response[Any]:
    """Open a provider, or close it."""
    provider = await find(desk.uow, desk.form.text("tilbyder"))
    shown = await _list(desk)
    on = desk.form.text("til") == "aapen"
    try:
        await switch(desk.uow, provider, on=on)
    except Invalid as bad:
        return await desk.again("oidc/providers.html", bad, title=desk.say(PROVIDERS), **shown)
    said = (
        N_("%(name)s er åpen for innlogging.")
        if on
        else N_("%(name)s er stengt, og innloggingene er avsluttet.")
    )
    return desk.redirect(PATH, flash=said, name=provider.name)


@action("/drift/innlogging/hemmelighet", Permission.PROVIDER_WRITE)
async def change_secret(desk: Desk) -> Response[Any]:
    """A new secret beside the old one, a new key of our own making, or an end to the old ones."""
    provider = await find(desk.uow, desk.form.text("tilbyder"))
    shown, what = await _list(desk), desk.form.text("hva")
    try:
        if what == "gammel":
            await retire_secrets(desk.uow, provider)
        elif what == "nokkel" and provider.auth_method == "private_key_jwt":
            pem, public, kid = await asyncio.to_thread(new_key)
            await add_secret(desk.uow, provider, pem, kid)
            shown = await _list(desk, new_key=(provider.name, json.dumps(public, indent=2)))
            return await desk.render("oidc/providers.html", title=desk.say(PROVIDERS), values={}, **shown)
        else:
            await add_secret(desk.uow, provider, desk.form.text("hemmelighet"))
    except Invalid as bad:
        return await desk.again("oidc/providers.html", bad, title=desk.say(PROVIDERS), **shown)
    said = N_("Gamle hemmeligheter gjelder ikke lenger.") if what == "gammel" else N_(
        "Den nye hemmeligheten brukes fra nå. Den forrige gjelder ved siden av til du avslutter den."
    )  # fmt: skip
    return desk.redirect(PATH, flash=said)


HANDLERS = [provider_list, provider_form, save_provider, switch_provider, change_secret]
