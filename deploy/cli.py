"""The command `sammen`. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deploy.cli_archive import COMMANDS as ARCHIVE_COMMANDS
from deploy.cli_disclose import disclose_command
from deploy.cli_distribution import distribution_command
from deploy.cli_norwegian import CommandError, Group, run
from deploy.cli_office import office
from deploy.cli_ops import add_operations
from deploy.cli_provider import provider_group
from deploy.cli_region import region_group

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sammen.settings import Settings

T = TypeVar("T")


def _settings() -> Settings:
    from sammen.settings import load

    return load()


def _await(coroutine: Coroutine[Any, Any, T]) -> T:
    import asyncio

    return asyncio.run(coroutine)


@click.group(cls=Group)
@click.version_option(
    package_name="sammen", prog_name="sammen", message="sammen %(version)s", help="Vis versjonen."
)
def cli() -> None:
    """Sammen: støttekontakttjenesten flere kommuner deler.

    \b
    Prøv den på egen maskin:        sammen demo
    Sett opp en ekte installasjon:  sammen db upgrade
                                    sammen municipality add 0701 horten Horten
                                    sammen user add kari@horten.no "Kari Lunde"
                                    sammen user grant kari@horten.no provider_coordinator horten
    Kjør den:                       sammen serve    og    sammen worker

    Innstillingene står i miljøvariabler. De er beskrevet i docs/runbooks/settings.md.
    """


@cli.command()
def demo() -> None:
    """Start en demo med oppdiktede data.

    \b
    Første gang lages databasen og fylles med tolv kommuner. Senere starter den med dataene du lot ligge.
    Ctrl-C stopper alt. Adressen blir http://127.0.0.1:8000; en annen port: SAMMEN_PORT=8100 sammen demo
    Egen databasetjener: sett DATABASE_URL (administrator). Ellers brukes en egen PostgreSQL under .data/.
    """
    from deploy.demo.command import run_demo

    sys.exit(run_demo(_settings()))


WAIT = click.option(
    "--wait", is_flag=True, hidden=True, help="Vent på en linje på standard inn; slutt når den lukkes."
)


@cli.command()
@WAIT
def serve(*, wait: bool) -> None:
    """Kjør nettstedet.

    \b
    Én prosess; start flere bak en lastdeler. Krever SAMMEN_APP_URL. Stopper pent på SIGTERM: det som er i gang, gjøres ferdig.
    I produksjon (SAMMEN_ENV=production) nekter den å starte med demonøkkel, demopersoner, feilsøking,
    en gammel PostgreSQL eller en database som ikke er oppgradert.
    """
    from deploy.serve import run as serve_web

    serve_web(_settings(), wait=wait)


@cli.command()
@WAIT
def worker(*, wait: bool) -> None:
    """Kjør bakgrunnsjobber.

    Én prosess; flere kan gå side om side. Krever SAMMEN_APP_URL. Forsegler også innsynsloggen hvert minutt,
    så minst én må alltid gå.
    """
    from deploy.worker import run as work

    work(_settings(), wait=wait)


@cli.group()
def db() -> None:
    """Sett opp og oppgrader databasen."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Lag roller og tabeller, eller bring dem til nyeste versjon. Trygt å kjøre flere ganger.

    \b
    DATABASE_URL=postgresql://postgres:…@tjener/sammen \\
    SAMMEN_APP_URL=postgresql://sammen_app:…@tjener/sammen  SAMMEN_KEY=…  sammen db upgrade

    Passordet i SAMMEN_APP_URL blir rollen sammen_app sitt passord.
    """
    from deploy.administration import upgrade_database

    version = _await(upgrade_database(_settings()))
    click.echo(f"Databasen er på versjon {version}.")


@db.command("status")
def db_status() -> None:
    """Vis databasens versjon. Kode 1 når den må oppgraderes."""
    from deploy.administration import admin_url
    from deploy.database import status

    found, newest, safe = _await(status(admin_url(_settings())))
    click.echo(f"Databasen: {found or 'ikke satt opp'}. Programmet: {newest}.")
    if not safe:
        click.echo("PostgreSQL mangler sikkerhetsrettelser; produksjon nekter å starte på den.", err=True)
    if found != newest:
        from deploy.checks import wrong_version

        raise CommandError(wrong_version(found))


@cli.group()
def municipality() -> None:
    """Kommunene som er med."""


@municipality.command("add")
@click.argument("kode")
@click.argument("slug")
@click.argument("navn")
@click.option("--fra", "since", metavar="DATO", help="Første dag, som 2026-01-01. Uten: i dag.")
@click.option("--malform", type=click.Choice(["nb", "nn"]), default="nb", help="Målform: nb eller nn.")
def municipality_add(kode: str, slug: str, navn: str, since: str | None, malform: str) -> None:
    """Ta inn en kommune.

    \b
    sammen municipality add 0701 horten Horten
    KODE er SSBs kommunenummer. SLUG er kommunens ord i adressen: /k/horten
    """
    from deploy.administration import add_municipality, admin_url, parse_day

    _await(add_municipality(admin_url(_settings()), kode, slug, navn, parse_day(since), malform))
    click.echo(f"{navn} er med. Adressen er /k/{slug}.")


@municipality.command("list")
def municipality_list() -> None:
    """Vis kommunene."""
    from deploy.administration import admin_url, list_municipalities

    for code, slug, name, until in _await(list_municipalities(admin_url(_settings()))):
        click.echo(f"{code}  {slug:<20} {name}{f'  (til og med {until})' if until else ''}")


for _command in (*ARCHIVE_COMMANDS, office):
    municipality.add_command(_command)


@cli.group()
def user() -> None:
    """Brukere og rollene deres."""


@user.command("add")
@click.argument("epost")
@click.argument("navn")
@click.option("--passord", "password", help="Uten: du blir spurt, og det du skriver, vises ikke.")
@click.option("--malform", type=click.Choice(["nb", "nn"]), default="nb", help="Målform: nb eller nn.")
def user_add(epost: str, navn: str, password: str | None, malform: str) -> None:
    """Lag en bruker. Hun kan logge inn, men ikke se noe før hun får en rolle.

    sammen user add kari@horten.no "Kari Lunde"
    """
    from deploy.administration import add_user, admin_url

    chosen = (
        password
        if password is not None
        else click.prompt("Passord", hide_input=True, confirmation_prompt="En gang til")
    )
    _await(add_user(admin_url(_settings()), epost, navn, chosen, malform))
    click.echo(f"{navn} kan logge inn som {epost.lower()}.")


@user.command("grant")
@click.argument("epost")
@click.argument("rolle")
@click.argument("sted", default="drift")
def user_grant(epost: str, rolle: str, sted: str) -> None:
    """Gi en rolle et sted. STED er kommunens eller samarbeidets slug; driftsansvarlige har ikke noe.

    \b
    sammen user grant kari@horten.no provider_coordinator horten
    sammen user grant dina@drift.no operator

    Ukjent rolle? Kommandoen viser dem som finnes.
    """
    from deploy.administration import admin_url, grant

    _await(grant(admin_url(_settings()), epost, rolle, sted))
    click.echo(f"{epost.lower()} er {rolle} i {sted}.")


@user.command("revoke")
@click.argument("epost")
@click.argument("rolle")
@click.argument("sted", default="drift")
def user_revoke(epost: str, rolle: str, sted: str) -> None:
    """Ta fra en rolle. Det gjelder fra neste klikk, også for den som er logget inn.

    sammen user revoke kari@horten.no provider_coordinator horten
    """
    from deploy.administration import admin_url, revoke

    _await(revoke(admin_url(_settings()), epost, rolle, sted))
    click.echo(f"{epost.lower()} er ikke lenger {rolle} i {sted}.")


@user.command("password")
@click.argument("epost")
@click.option("--passord", "password", help="Uten: du blir spurt, og det du skriver, vises ikke.")
def user_password(epost: str, password: str | None) -> None:
    """Sett nytt passord. Alle innloggingene avsluttes, og en sperre etter feil passord oppheves."""
    from deploy.administration import admin_url, set_password

    chosen = (
        password
        if password is not None
        else click.prompt("Passord", hide_input=True, confirmation_prompt="En gang til")
    )
    _await(set_password(admin_url(_settings()), epost, chosen))
    click.echo("Passordet er byttet.")


@user.command("kodeapp")
@click.argument("epost")
def user_factor(epost: str) -> None:
    """Ta bort kodeappen til en som har mistet den. Alle innloggingene avsluttes."""
    from deploy.administration import admin_url, reset_factor

    _await(reset_factor(admin_url(_settings()), epost))
    click.echo("Kodeappen er tatt bort. Personen setter opp en ny ved neste innlogging.")


@cli.command("import")
@click.argument("kommune")
@click.argument("fil", type=click.Path(path_type=Path))
@click.option(
    "--preview",
    "confirm",
    flag_value=False,
    type=bool,
    default=False,
    help="Vis hva som ville skjedd (slik er det uten valg).",
)
@click.option("--confirm", "confirm", flag_value=True, type=bool, help="Hent inn radene som er i orden.")
@click.option(
    "--as",
    "epost",
    required=True,
    metavar="EPOST",
    help="Brukeren som henter inn. Hun må ha lov til det i kommunen.",
)
def import_cases(kommune: str, fil: Path, epost: str, *, confirm: bool) -> None:
    """Hent inn en kommunes saksliste fra CSV eller Excel.

    \b
    sammen import horten vedtaksliste.csv --preview --as hanne@horten.no
    sammen import horten vedtaksliste.csv --confirm --as hanne@horten.no
    """
    from deploy.administration import import_file

    for line in _await(import_file(_settings(), kommune, fil, epost, confirm=confirm)):
        click.echo(line)


@cli.group()
def audit() -> None:
    """Kontroller at ingen har endret innsynsloggen."""


@audit.command("verify")
@click.option(
    "--witness",
    type=click.Path(path_type=Path),
    metavar="FIL",
    help="Kjedehoder eller signerte røtter som er tatt vare på et annet sted.",
)
def audit_verify(witness: Path | None) -> None:
    """Regn ut kjedene på nytt, og si fra om det første bruddet i hver. Leser bare. Kode 1 ved brudd.

    \b
    sammen audit verify
    sammen audit verify --witness hoder.txt
    sammen audit verify --witness vitne.jsonl

    Uten vitne oppdages endring, sletting, bytte av rekkefølge og avkorting. Den som kan skrive om hele kjeden og
    hodet med, avsløres bare av et vitne som ligger utenfor databasen.
    """
    from deploy.administration import admin_url, read_file
    from deploy.witness import Witness, read_witness, strange_signers
    from sammen.audit.verify import verify

    settings = _settings()
    told = read_witness(witness, read_file(witness).decode("utf-8", "replace")) if witness else Witness()
    for key in strange_signers(settings, told):
        click.echo(
            f"Vitnet har linjer signert med en annen nøkkel enn vår: {key}. Sjekk at dere kjenner den."
        )
    reports = _await(verify(admin_url(settings), told.heads, told.roots))
    for report in reports:
        click.echo(report.text())
    if any(report.broken for report in reports):
        raise CommandError("Loggen er endret. Se docs/runbooks/incident.md, «Brudd i innsynsloggen».")
    click.echo("Ingen brudd.")


@audit.command("head")
def audit_head() -> None:
    """Skriv ut kjedehodene, én linje for hvert sted. Ta vare på dem et sted databasens folk ikke rår over.

    sammen audit head > hoder-2026-11-21.txt
    """
    from deploy.administration import admin_url
    from sammen.audit.verify import heads

    found = _await(heads(admin_url(_settings())))
    for head in found:
        click.echo(head.line())
    if not found:
        click.echo("Ingenting er forseglet ennå. Går `sammen worker`?", err=True)


cli.add_command(disclose_command)
db.add_command(distribution_command)
cli.add_command(provider_group)
cli.add_command(region_group)
add_operations(cli, audit)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("valg", nargs=-1, type=click.UNPROCESSED)
def shots(valg: tuple[str, ...]) -> None:
    """Ta bilde av sidene, til mappa shots/.

    Krever Chromium.
    """
    from deploy.demo.command import take_shots

    sys.exit(take_shots(list(valg)))


def main(arguments: list[str] | None = None) -> None:
    """The entry point: never a traceback, always an exit code."""
    sys.exit(run(cli, arguments))


if __name__ == "__main__":
    main()
