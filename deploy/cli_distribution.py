"""The words of `sammen db distribution`."""

from __future__ import annotations

import click

from deploy.cli_norwegian import Command


@click.command("distribution", cls=Command)
def distribution_command() -> int:
    """Skriv SQL-en som fordeler databasen på flere maskiner med Citus, og det som er i veien.

    \b
    Endrer ingenting og trenger ingen database. Se docs/scale-out.md før du bruker den.
    Koder: 0 ingenting er i veien, 1 noe er i veien (står på standard feil).
    """
    import deploy.models  # noqa: F401 - so that the metadata is whole
    from deploy.distribution import faults, statements
    from sammen.db.base import Base

    for line in statements(Base.metadata):
        click.echo(line)
    found = faults(Base.metadata)
    for line in found:
        click.echo(f"I veien: {line}", err=True)
    return 1 if found else 0
