"""The words and options of what an operator does: `doctor`, `backup`, `drill`, `keys`, and the witness of the trail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deploy.cli_norwegian import Command, CommandError, Group

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sammen.settings import Settings

T = TypeVar("T")
FOLDER = click.Path(path_type=Path, file_okay=False)


def _settings() -> Settings:
    from sammen.settings import load

    return load()


def _await(coroutine: Coroutine[Any, Any, T]) -> T:
    import asyncio

    return asyncio.run(coroutine)


@click.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Skriv svarene som JSON.")
def doctor_command(*, as_json: bool) -> int:
    """Undersøk installasjonen, og si på norsk hva som er galt og hva du gjør med det.

    \b
    Leser bare. Kjør den der web eller worker kjører, med de samme innstillingene; med DATABASE_URL i tillegg
    undersøker den mer. Hemmeligheter vises aldri.
    Koder: 0 alt er i orden, 1 noe bør ses på, 2 noe er galt.
    """
    from deploy.doctor import examine

    findings = _await(examine(_settings()))
    worst = max((one.state for one in findings), default=0)
    if as_json:
        click.echo(json.dumps([one.plain() for one in findings], ensure_ascii=False, indent=2))
    else:
        for one in findings:
            click.echo(one.text())
        click.echo(
            (
                "Alt er i orden.",
                "Noe bør ses på: se linjene med ADVARSEL.",
                "Noe er galt: se linjene med FEIL.",
            )[worst]
        )
    return int(worst)


@click.command("backup", cls=Command)
@click.argument("mappe", type=FOLDER)
@click.option(
    "--keep", type=click.IntRange(1), metavar="ANTALL", help="Slett de eldste, så så mange er igjen."
)
def backup_command(mappe: Path, keep: int | None) -> None:
    """Ta en sikkerhetskopi av databasen til MAPPE, og kontroller at den kan leses.

    \b
    DATABASE_URL=postgresql://postgres:…@tjener/sammen  sammen backup /var/backups/sammen

    Leser som rollen sammen_backup med row_security av: rader som ikke kan leses, stopper kopien i stedet for å
    mangle i den. Ved siden av kopien ligger manifest.json med antall rader og sjekksum for hver tabell, tatt i
    samme øyeblikk. Kopien er ikke kryptert, og SAMMEN_KEY er ikke med: hold dem fra hverandre.
    """
    from deploy.administration import admin_url
    from deploy.backup import back_up, thin_out

    made = _await(back_up(admin_url(_settings()), mappe))
    click.echo(
        f"{made.folder}: {made.tables} tabeller, {made.rows} rader, {made.size // 1024} kB. Kopien kan leses."
    )
    for gone in thin_out(mappe, keep) if keep else []:
        click.echo(f"Slettet {gone.name}.")


@click.group("drill", cls=Group)
def drill_group() -> None:
    """Øv på det verste, før det skjer."""


@drill_group.command("restore")
@click.argument("mappe", type=FOLDER)
@click.option("--report", type=click.Path(path_type=Path), metavar="FIL", help="Skriv rapporten som JSON.")
def drill_restore(mappe: Path, report: Path | None) -> None:
    """Legg den nyeste kopien i MAPPE tilbake i en egen, tom PostgreSQL, og sammenlign alt. Kode 1 ved avvik.

    \b
    sammen drill restore /var/backups/sammen --report ovelse.json

    Rører ikke databasen i drift. Teller rader og regner ut sjekksummer for hver tabell, sjekker versjonen,
    radnivåsikkerheten og kjedene i innsynsloggen. Bruk den hver måned, og ta vare på rapporten.
    """
    from deploy.drill import rehearse

    result = _await(rehearse(mappe))
    if report:
        report.write_text(json.dumps(result.plain(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for line in result.lines():
        click.echo(line)
    if result.faults:
        raise CommandError("Øvelsen fant avvik. Se docs/runbooks/backup.md.")


@drill_group.command("moment")
@click.option("--base", type=FOLDER, required=True, metavar="MAPPE", help="En kopi fra pg_basebackup.")
@click.option(
    "--wal", type=FOLDER, required=True, metavar="MAPPE", help="Arkivet archive_command skriver til."
)
@click.option("--at", "moment", required=True, metavar="TID", help="Som 2026-11-22T14:05:00+01:00.")
def drill_moment(base: Path, wal: Path, moment: str) -> None:
    """Gå tilbake til et tidspunkt, i en egen PostgreSQL, og se hva som er der. Kode 1 ved avvik.

    \b
    sammen drill moment --base /var/backups/base/søndag --wal /var/lib/wal --at 2026-11-22T14:05:00+01:00

    Rører ikke databasen i drift. Krever DATABASE_URL som superbruker: passordet er det samme i kopien.
    """
    from datetime import datetime

    from deploy.administration import admin_url
    from deploy.moment import back_to

    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        raise CommandError(
            f"{moment!r} er ikke et tidspunkt. Skriv det som 2026-11-22T14:05:00+01:00."
        ) from None
    result = _await(back_to(base, wal, when, admin_url(_settings())))
    for line in result.lines():
        click.echo(line)
    if result.faults:
        raise CommandError("Øvelsen fant avvik. Se docs/runbooks/backup.md.")


@click.group("keys", cls=Group)
def keys_group() -> None:
    """Bytt nøkkel mens alt går. Rekkefølgen står i docs/runbooks/keys.md."""


@keys_group.command("marks")
def keys_marks() -> None:
    """Skriv det SAMMEN_KEY_MARKS skal være. Hemmelig. Gjøres én gang, før det første byttet.

    Lenker i e-post og kalenderadresser finnes igjen med denne. Den åpner ingenting som er forseglet.
    """
    from sammen.keys import Keys

    click.echo(Keys.of(_settings()).marks.hex())


@keys_group.command("status")
def keys_status() -> None:
    """Vis hva som er lukket med hvilken nøkkel, og hva som gjenstår. Kode 1 når noe gjenstår."""
    from deploy.administration import admin_url
    from deploy.rekey import status

    settings = _settings()
    found = _await(status(settings, admin_url(settings)))
    for line in found.lines():
        click.echo(line)
    if found.remaining:
        raise CommandError(found.next_step())
    click.echo(found.next_step())


@keys_group.command("rotate")
def keys_rotate() -> None:
    """Lukk alt som er forseglet, med nøkkelen i SAMMEN_KEY. Kan stoppes og startes igjen.

    Krever SAMMEN_KEY_PREVIOUS. Innholdet åpnes ikke; bare låsen byttes. Fødselsnumre får nye søkeverdier, én kommune
    om gangen. Nettstedet går imens.
    """
    from deploy.administration import admin_url
    from deploy.rekey import rotate

    settings = _settings()
    settings.check()
    for line in _await(rotate(settings, admin_url(settings))):
        click.echo(line)


@keys_group.command("finish")
def keys_finish() -> None:
    """Steng døra for den gamle nøkkelen. Nekter så lenge noe er lukket med den."""
    from deploy.administration import admin_url
    from deploy.rekey import finish

    settings = _settings()
    _await(finish(settings, admin_url(settings)))
    click.echo(
        "Den gamle nøkkelen åpner ingenting lenger. Ta bort SAMMEN_KEY_PREVIOUS og start web og worker på nytt."
    )


@keys_group.command("ticket")
def keys_ticket() -> None:
    """Lag en ny nøkkel for billettene mellom program og database. Virker straks, og ingen merker det."""
    from deploy.administration import admin_url
    from deploy.rekey import new_ticket_key

    _await(new_ticket_key(admin_url(_settings())))
    click.echo("Billettnøkkelen er byttet. Den forrige gjelder til neste bytte, for det som er i gang.")


@keys_group.command("sessions")
@click.confirmation_option(prompt="Alle blir logget ut. Er du sikker?", help="Ikke spør.")
def keys_sessions() -> None:
    """Avslutt alle innlogginger. Alle må logge inn på nytt."""
    from deploy.administration import admin_url
    from deploy.rekey import end_all_sessions

    click.echo(f"{_await(end_all_sessions(admin_url(_settings())))} innlogginger er avsluttet.")


@click.command("witness", cls=Command)
@click.option("--key", "show_key", is_flag=True, help="Vis nøkkelen vitnet skal kontrollere signaturene med.")
def witness_command(*, show_key: bool) -> None:
    """Fortell et vitne utenfor databasen hva som er forseglet: en signert rot for hver bunke.

    \b
    SAMMEN_WITNESS_PATH=/mnt/worm/vitne.jsonl  sammen audit witness
    SAMMEN_WITNESS_URL=https://vitne.example/sammen  sammen audit witness

    Uten mål skrives linjene til skjermen, og ingenting noteres som levert. Kontroller med
    `sammen audit verify --witness vitne.jsonl`.
    """
    from deploy.administration import admin_url
    from deploy.witness import tell
    from sammen.audit.witness import public_key
    from sammen.keys import Keys

    settings = _settings()
    if show_key:
        click.echo(public_key(Keys.of(settings)))
        return
    lines, went = _await(tell(settings, admin_url(settings)))
    if not went:
        for line in lines:
            click.echo(line)
        if not lines:
            click.echo("Det er ingen nye bunker å fortelle om.", err=True)
        return
    click.echo(f"{len(lines)} bunker levert til {' og '.join(went)}.")


@click.command("prove", cls=Command)
@click.argument("entry", metavar="OPPFØRING")
def prove_command(entry: str) -> None:
    """Skriv beviset for at en oppføring er med i innsynsloggen, som JSON. OPPFØRING er id-en.

    Den som har beviset og roten vitnet fikk, kan kontrollere det uten å se noe annet i loggen.
    """
    from deploy.administration import admin_url
    from deploy.witness import prove

    click.echo(_await(prove(admin_url(_settings()), entry)))


def add_operations(cli: click.Group, audit: click.Group) -> None:
    """Give the commands their places."""
    for command in (doctor_command, backup_command, drill_group, keys_group):
        cli.add_command(command)
    for command in (witness_command, prove_command):
        audit.add_command(command)
