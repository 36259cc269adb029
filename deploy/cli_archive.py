"""`sammen municipality export|import|verify|key|leave|certificate`: a municipality's archive, and its leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.cli_norwegian import Command, CommandError

if TYPE_CHECKING:
    from deploy.archive.age import Key

PHRASE = "SAMMEN_ARKIV_FRASE"
IDENTITY = "SAMMEN_ARKIV_NOKKEL"


def _progress(name: str, rows: int) -> None:
    if rows:
        click.echo(f"  {name}: {rows}", err=True)


def _opening(nokkel: Path | None) -> Key:
    """What opens a file: a key file, else the passphrase, asked for or from the environment."""
    import os

    from deploy.archive.age import Key

    if nokkel is not None:
        lines = nokkel.read_text(encoding="utf-8", errors="replace").splitlines()
        found = [line.strip() for line in lines if line.strip().upper().startswith("AGE-SECRET-KEY-1")]
        if not found:
            raise CommandError(f"{nokkel} har ingen linje som begynner med AGE-SECRET-KEY-1.")
        return Key(identity=found[0])
    if secret := os.environ.get(IDENTITY):
        return Key(identity=secret)
    phrase = os.environ.get(PHRASE) or click.prompt("Passordfrase", hide_input=True)
    return Key(passphrase=phrase)


def _sealing(til: str | None) -> Key:
    import os

    from deploy.archive.age import Key, SealError, recipient_key
    from deploy.archive.reading import SEAL_WORDS

    if til:
        try:
            recipient_key(til)
        except SealError as error:
            raise CommandError(SEAL_WORDS[error.code]) from None
        return Key(recipient=til.strip())
    phrase = os.environ.get(PHRASE) or click.prompt(
        "Passordfrase", hide_input=True, confirmation_prompt="En gang til"
    )
    if len(phrase) < 20:
        raise CommandError("Passordfrasen må ha minst 20 tegn. Fire–fem tilfeldige ord holder.")
    return Key(passphrase=phrase)


def _run(work: Callable[[], Any]) -> Any:
    """Run, and say what is wrong with an archive as a sentence."""
    from deploy.archive.age import SealError
    from deploy.archive.reading import SEAL_WORDS
    from deploy.archive.writing import ArchiveError

    try:
        return asyncio.run(work())
    except ArchiveError as error:
        raise CommandError(str(error)) from None
    except SealError as error:
        raise CommandError(SEAL_WORDS[error.code]) from None


def _settings() -> Any:
    from sammen.settings import load

    return load()


def _admin() -> str:
    from deploy.administration import admin_url

    return admin_url(_settings())


@click.command("export", cls=Command)
@click.argument("kommune")
@click.argument("fil", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--til", metavar="AGE1…", help="Mottakerens offentlige nøkkel. Uten: du blir spurt om en passordfrase."
)
def export_command(kommune: str, fil: Path, til: str | None) -> None:
    """Ta ut alt en kommune har, som én forseglet fil.

    \b
    sammen municipality export horten horten.age --til age1…
    SAMMEN_ARKIV_FRASE="…" sammen municipality export horten horten.age

    Fila inneholder fødselsnummer. Bare den som har nøkkelen eller frasen, kan åpne den.
    """
    from deploy.archive.ordering import export_by_hand

    if fil.exists():
        raise CommandError(f"{fil} finnes fra før.")
    taken = _run(lambda: export_by_hand(_settings(), kommune, fil, _sealing(til), tell=_progress))
    click.echo(f"{fil}: {taken.rows} rader og {taken.files} dokumenter, {taken.size // 1024} kB.")
    click.echo("Gi fila til kommunen. Kommunen kontrollerer den og skriver fingeravtrykket på siden Arkiv.")


@click.command("verify", cls=Command)
@click.argument("fil", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--nokkel",
    type=click.Path(path_type=Path, exists=True),
    metavar="FIL",
    help="Fila med den hemmelige nøkkelen.",
)
def verify_command(fil: Path, nokkel: Path | None) -> None:
    """Kontroller et arkiv: at det er helt, at ingenting er endret, og hva fingeravtrykket er. Trenger ingen database."""
    from deploy.archive.reading import Archive

    async def work() -> Any:
        with Archive(fil, _opening(nokkel)) as archive:
            return archive.name, archive.verify()

    name, found = _run(work)
    click.echo(
        f"{name}: {found.rows} rader og {found.files} dokumenter, slik det sto {found.manifest['as_of']}."
    )
    click.echo(f"Fingeravtrykk: {found.fingerprint.hex()}")


@click.command("import", cls=Command)
@click.argument("fil", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--nokkel",
    type=click.Path(path_type=Path, exists=True),
    metavar="FIL",
    help="Fila med den hemmelige nøkkelen.",
)
@click.option(
    "--fingeravtrykk",
    metavar="SHA256",
    help="Det kommunen fikk på en annen vei enn fila. Er det et annet, stopper det.",
)
@click.option("--send-ventende", is_flag=True, help="Varsler som ikke hadde gått ut, sendes herfra.")
def import_command(fil: Path, nokkel: Path | None, fingeravtrykk: str | None, *, send_ventende: bool) -> None:
    """Hent en kommunes arkiv inn i en installasjon som ikke har kommunen. Alt eller ingenting.

    \b
    sammen municipality import horten.age --nokkel nokkel.txt

    Brukerne kommer uten passord og inviteres på nytt. Det som var delt med andre kommuner, blir dokumentasjon.
    """
    from deploy.archive.reading import Archive
    from deploy.archive.restoring import restore
    from sammen.keys import Keys

    async def work() -> Any:
        settings = _settings()
        with Archive(fil, _opening(nokkel)) as archive:
            if fingeravtrykk and archive.fingerprint().hex() != fingeravtrykk.strip().lower():
                raise CommandError("Fingeravtrykket er et annet. Ingenting er hentet inn.")
            return await restore(
                _admin(), Keys.of(settings), archive, send_waiting=send_ventende, tell=_progress
            )

    made = _run(work)
    click.echo(f"{made.slug}: {made.rows} rader og {made.users} brukere er hentet inn.")
    click.echo("Kontroller loggen med `sammen audit verify`, og inviter brukerne på nytt.")


@click.command("key", cls=Command)
@click.argument("fil", type=click.Path(path_type=Path))
def key_command(fil: Path) -> None:
    """Lag et nøkkelpar for arkiver. Den hemmelige nøkkelen legges i FIL; den offentlige vises, og kan gis til alle."""
    import os

    from deploy.archive.age import new_identity

    secret, public = new_identity()
    try:
        descriptor = os.open(fil, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{fil} finnes fra før.") from None
    with os.fdopen(descriptor, "w") as into:
        into.write(f"# Offentlig nøkkel: {public}\n{secret}\n")
    click.echo(public)


@click.command("leave", cls=Command)
@click.argument("kommune")
@click.option(
    "--ansvarlig",
    default="",
    metavar="NAVN",
    help="Hvem som er behandlingsansvarlig for opplysningene heretter.",
)
@click.option(
    "--kvittering", default="", metavar="REF", help="Kvitteringen fra den nye behandlingsansvarlige."
)
@click.option("--lukk", "step", flag_value="close", help="Steng tilgangen. Kan angres i 30 dager.")
@click.option("--angre", "step", flag_value="reopen", help="Åpne igjen.")
@click.option(
    "--slett", "step", flag_value="delete", help="Slett. Tidligst 30 dager etter lukking. Kan ikke angres."
)
def leave_command(kommune: str, ansvarlig: str, kvittering: str, step: str | None) -> None:
    """En kommune slutter. Uten valg: vis hva som er i orden, og hva som mangler.

    \b
    sammen municipality leave horten
    sammen municipality leave horten --lukk --ansvarlig "Nye Horten kommune" --kvittering 2026/123
    sammen municipality leave horten --slett

    Stopper slettingen underveis, kjør den igjen: den fortsetter der den var.
    """
    from deploy.archive import leaving
    from sammen.clock import today

    if step == "close":
        if not (ansvarlig.strip() and kvittering.strip()):
            raise CommandError(
                "Skriv hvem som er ny behandlingsansvarlig (--ansvarlig) og kvitteringen (--kvittering)."
            )
        done = _run(
            lambda: leaving.close(
                _admin(), kommune, today(), controller=ansvarlig.strip(), receipt=kvittering.strip()
            )
        )
        click.echo(
            f"{done.name} er lukket. Ingen kommer inn lenger. Angre: sammen municipality leave {kommune} --angre"
        )
    elif step == "reopen":
        click.echo(f"{_run(lambda: leaving.reopen(_admin(), kommune))} er åpen igjen.")
    elif step == "delete":
        click.confirm(f"Slette alt {kommune} har? Det kan ikke angres", abort=True)
        made = _run(lambda: leaving.delete(_admin(), _settings().key, kommune, today(), tell=_progress))
        click.echo(f"{sum(made.deleted.values())} rader er slettet, og ingen er igjen. Attesten:")
        click.echo(f"  sammen municipality certificate {kommune} attest.pdf")
    else:
        _show(_run(lambda: leaving.standing(_admin(), kommune, today(), ansvarlig)))


def _show(found: Any) -> None:
    words = {"closed": "lukket", "deleting": "under sletting", "done": "slettet"}
    if found.state != "open":
        click.echo(f"{found.name} er {words[found.state]}, siste åpne dag {found.closed_on:%d.%m.%Y}.")
        return
    for check in found.checks:
        click.echo(check.line())
    lacking = sum(not check.met for check in found.checks)
    click.echo("Alt er i orden. Lukk med --lukk." if not lacking else f"{lacking} ting mangler.")


@click.command("certificate", cls=Command)
@click.argument("kommune")
@click.argument("fil", type=click.Path(path_type=Path, dir_okay=False))
def certificate_command(kommune: str, fil: Path) -> None:
    """Skriv attesten for en kommune som er slettet: PDF hvis FIL slutter på .pdf, ellers JSON med underskrift."""
    from deploy.archive import certificate as paper
    from deploy.archive.leaving import certificate_of
    from sammen.documents.pdf import render_pdf

    async def work() -> bytes:
        settings = _settings()
        made, signature, language = await certificate_of(_admin(), kommune)
        public = paper.public_key(settings.key)
        if fil.suffix.lower() == ".pdf":
            return await render_pdf(paper.document(made, signature, public, "Sammen", language))
        return paper.as_file(made, signature, public)

    fil.write_bytes(_run(work))
    click.echo(f"{fil} er skrevet.")


COMMANDS = (
    export_command, import_command, verify_command, key_command, leave_command, certificate_command
)  # fmt: skip
