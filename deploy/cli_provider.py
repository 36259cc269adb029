"""`sammen provider`: who vouches for people when they log in (docs/login.md)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.cli_norwegian import CommandError, Group

if TYPE_CHECKING:
    from sammen.keys import Keys
    from sammen.settings import Settings

KINDS = ("entra", "idporten", "other")


def _house() -> tuple[str, Settings, Keys]:
    from deploy.administration import admin_url
    from sammen.keys import Keys
    from sammen.settings import load

    settings = load()
    return admin_url(settings), settings, Keys.of(settings)


@click.group("provider", cls=Group)
def provider_group() -> None:
    """Leverandører av innlogging: Entra ID, ID-porten og andre med OpenID Connect."""


@provider_group.command("add")
@click.argument("kode")
@click.argument("navn")
@click.argument("utsteder")
@click.argument("klient")
@click.option("--slag", type=click.Choice(KINDS), default="other", help="entra, idporten eller other.")
@click.option("--kommune", help="Adressen til kommunen den er for, som horten. Uten: for alle.")
@click.option(
    "--domene",
    multiple=True,
    help="E-postdomene på jobb, for å finne innloggingen. Flere ganger om det trengs.",
)
@click.option(
    "--niva",
    multiple=True,
    metavar="VERDI=NIVÅ",
    help="Som idporten-loa-high=high. Flere ganger om det trengs.",
)
@click.option(
    "--nivafelt",
    default="",
    metavar="acr|amr|acrs",
    help="Feltet nivået står i. Uten: det vanlige for slaget.",
)
@click.option("--metode", default="", help="client_secret_basic, client_secret_post eller private_key_jwt.")
@click.option("--timer", type=click.IntRange(1, 12), default=12, help="Lengste innlogging, i timer.")
@click.option(
    "--alder",
    type=click.IntRange(0, 43200),
    help="Høyeste alder på innloggingen hos leverandøren, i sekunder.",
)
def provider_add(
    kode: str, navn: str, utsteder: str, klient: str, slag: str, kommune: str | None, domene: tuple[str, ...],
    niva: tuple[str, ...], nivafelt: str, metode: str, timer: int, alder: int | None,
) -> None:  # fmt: skip
    """Legg inn en leverandør.

    \b
    sammen provider add horten-ansatte "Horten kommune" https://login.microsoftonline.com/<leietaker>/v2.0 <klient-id> \\
        --slag entra --kommune horten --domene horten.kommune.no
    sammen provider add id-porten ID-porten https://idporten.no <klient-id> --slag idporten
    Den er stengt til den har en hemmelighet, og du åpner den med `sammen provider enable`.
    """
    from deploy import providers
    from sammen.oidc.registration import Facts, read_levels

    url, settings, _ = _house()
    facts = Facts(
        code=kode, name=navn, issuer=utsteder, client_id=klient, kind=slag, auth_method=metode, level_claim=nivafelt,
        levels=read_levels("\n".join(niva)), domains=tuple(one.lower() for one in domene), max_age=alder,
        session_seconds=timer * 3600,
    )  # fmt: skip
    asyncio.run(providers.add(url, settings, facts, kommune))
    click.echo(f"{navn} er lagt inn. Registrer denne svaradressen hos leverandøren:")
    click.echo(f"{settings.address}/logg-inn/med/{kode}/svar")


@provider_group.command("list")
def provider_list() -> None:
    """Vis leverandørene."""
    from deploy import providers

    for code, name, issuer, place, enabled, secrets in asyncio.run(providers.listed(_house()[0])):
        click.echo(
            f"{code:<24} {'åpen' if enabled else 'stengt':<7} {place:<16} {secrets} hemmelighet(er)  {name}  {issuer}"
        )


@provider_group.command("secret")
@click.argument("kode")
@click.option(
    "--fil",
    type=click.Path(path_type=Path, exists=True),
    help="Les hemmeligheten eller nøkkelen (PEM) fra en fil.",
)
@click.option("--ny-nokkel", is_flag=True, help="Lag en nøkkel her, og skriv ut den offentlige delen.")
@click.option("--avslutt-gammel", is_flag=True, help="La bare den nyeste gjelde.")
def provider_secret(kode: str, fil: Path | None, *, ny_nokkel: bool, avslutt_gammel: bool) -> None:
    """Gi leverandøren en ny hemmelighet. Den forrige gjelder ved siden av til du avslutter den."""
    from deploy import providers

    url, _, keys = _house()
    if avslutt_gammel:
        asyncio.run(providers.retire(url, kode))
        click.echo("Bare den nyeste hemmeligheten gjelder nå.")
        return
    secret = (
        None
        if ny_nokkel
        else fil.read_text().strip()
        if fil
        else click.prompt("Hemmelighet", hide_input=True)
    )
    public = asyncio.run(providers.set_secret(url, keys, kode, secret))
    if public:
        click.echo("Registrer denne offentlige nøkkelen hos leverandøren:")
        click.echo(json.dumps(public, indent=2))
    else:
        click.echo("Hemmeligheten er lagret.")


@provider_group.command("enable")
@click.argument("kode")
def provider_enable(kode: str) -> None:
    """Åpne leverandøren for innlogging."""
    from deploy import providers

    asyncio.run(providers.switch(_house()[0], kode, on=True))
    click.echo(f"{kode} er åpen.")


@provider_group.command("disable")
@click.argument("kode")
def provider_disable(kode: str) -> None:
    """Steng leverandøren, og avslutt innloggingene som kom fra den."""
    from deploy import providers

    asyncio.run(providers.switch(_house()[0], kode, on=False))
    click.echo(f"{kode} er stengt, og innloggingene er avsluttet.")


@provider_group.command("check")
@click.argument("kode")
def provider_check(kode: str) -> None:
    """Spør leverandøren, og si med vanlige ord om oppsettet holder."""
    from deploy import providers

    url, settings, _ = _house()
    for line in asyncio.run(providers.check(url, settings, kode)):
        click.echo(line)


@provider_group.command("link")
@click.argument("engangskode")
@click.argument("epost")
def provider_link(engangskode: str, epost: str) -> None:
    """Koble den som har fått koden, til en konto, for alle stedene kontoen har roller.

    En administrator i kommunen kobler for sin egen kommune på siden Ansatte. Denne er for dem som har roller flere steder.
    """
    from deploy import providers

    url, _, keys = _house()
    name = asyncio.run(providers.link(url, keys, engangskode, epost))
    click.echo(f"{name} er koblet til {epost}.")


@provider_group.command("unlink")
@click.argument("kode")
@click.argument("epost")
def provider_unlink(kode: str, epost: str) -> None:
    """Fjern en konto fra en leverandør, og avslutt innloggingene."""
    from deploy import providers

    if "@" not in epost:
        raise CommandError("Skriv leverandørens kode først, og så e-postadressen.")
    asyncio.run(providers.unlink(_house()[0], kode, epost))
    click.echo("Koblingen er fjernet.")
