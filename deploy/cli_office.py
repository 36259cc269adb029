"""`sammen municipality office`: whom to ring, as it stands in a municipality's letters and on the pages of those it serves."""

from __future__ import annotations

import asyncio
import json

import click

from deploy.cli_norwegian import Command, CommandError
from sammen.web.office import LONGEST_LINE, MOST_LINES, OFFICE_SETTING, office_lines, office_phone


@click.command("office", cls=Command)
@click.argument("slug")
@click.option(
    "--linje", "lines", multiple=True, metavar="TEKST", help="Adresse eller telefon. Gjenta for flere linjer."
)
@click.option(
    "--avdeling", "department", default="", help="Avdelingen som står i brevene. Uten: tjenestens navn."
)
def office(slug: str, lines: tuple[str, ...], department: str) -> None:
    """Sett adressen og telefonen som står i brevene og på sidene.

    \b
    sammen municipality office horten --linje "Postboks 10, 3191 Horten" --linje "Telefon 33 08 50 00"
    """
    from deploy.administration import admin_url
    from sammen.settings import load

    phone = asyncio.run(set_office(admin_url(load()), slug, lines, department))
    click.echo(f"Lagret. Brukere, pårørende og støttekontakter i {slug} blir bedt om å ringe {phone}.")


async def set_office(url: str, slug: str, lines: tuple[str, ...], department: str) -> str:
    """Write the lines anew, whole; returns the telephone number in them. Raises CommandError when there is none."""
    from deploy.administration import owner_transaction, tell_system

    said = [line.strip() for line in lines if line.strip()]
    if len(said) > MOST_LINES or any(len(line) > LONGEST_LINE for line in [*said, department]):
        raise CommandError(
            f"Høyst {MOST_LINES} linjer med høyst {LONGEST_LINE} tegn hver: de skal få plass i et brevhode."
        )
    value: dict[str, object] = {"linjer": said}
    if department.strip():
        value["avdeling"] = department.strip()
    settings = {OFFICE_SETTING: value}
    if not office_phone(settings):
        raise CommandError(
            'Skriv en linje med et telefonnummer på åtte sifre, som --linje "Telefon 33 08 50 00".'
        )
    async with owner_transaction(url) as connection:
        found = await connection.fetchval(
            # A page that was opened before this is out of date.
            "UPDATE municipality SET settings = settings || jsonb_set($2::jsonb, '{brev,versjon}',"
            " to_jsonb(coalesce((settings #>> '{brev,versjon}')::int, 0) + 1)) WHERE slug = $1 RETURNING id",
            slug, json.dumps(settings, ensure_ascii=False),
        )  # fmt: skip
        if found is None:
            raise CommandError(f"En kommune med adressen {slug} finnes ikke.")
        await tell_system(connection, "municipality.office", found, lines=", ".join(office_lines(settings)))
    return office_phone(settings)
