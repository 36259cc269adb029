"""`sammen region`: collaborations, who is in them, and whether their shared work waits for a signature (0089)."""

from __future__ import annotations

import asyncio

import click

from deploy.cli_norwegian import CommandError, Group


def _url() -> str:
    from deploy.administration import admin_url
    from sammen.settings import load

    return admin_url(load())


@click.group("region", cls=Group)
def region_group() -> None:
    """Samarbeid mellom kommuner."""


@region_group.command("add")
@click.argument("slug")
@click.argument("navn")
def region_add(slug: str, navn: str) -> None:
    """Lag et samarbeid. Ingenting deles før hver kommune har signert en ordning om felles behandlingsansvar.

    sammen region add vestfold Vestfoldsamarbeidet
    """
    asyncio.run(_add(slug, navn))
    click.echo(f"{navn} er laget. Adressen er /r/{slug}. Ta inn kommuner med sammen region join {slug} …")


@region_group.command("join")
@click.argument("slug")
@click.argument("kommune")
def region_join(slug: str, kommune: str) -> None:
    """Ta en kommune inn i et samarbeid fra i dag.

    sammen region join vestfold horten
    """
    asyncio.run(_join(slug, kommune))
    click.echo(f"{kommune} er med i {slug}.")


@region_group.command("accord")
@click.argument("slug")
@click.argument("krav", type=click.Choice(["krev", "ikke-krev"]))
def region_accord(slug: str, krav: str) -> None:
    """Slå på eller av at en kommune må ha signert før den kan dele noe.

    \b
    sammen region accord vestfold krev
    Nye samarbeid krever det. Samarbeid fra før versjonen som innførte kravet, er åpne til det slås på.
    """
    left = asyncio.run(_require(slug, required=krav == "krev"))
    if krav == "ikke-krev":
        click.echo(f"{slug}: kommunene kan dele uten signatur.")
    else:
        click.echo(f"{slug}: kommuner uten gjeldende signatur kan ikke dele noe nytt. Nå er det {left}.")


async def _add(slug: str, name: str) -> None:
    from deploy.administration import SLUG, owner_transaction, tell_system
    from sammen.clock import today
    from sammen.ids import uuid7

    if not SLUG.fullmatch(slug):
        raise CommandError("Ordet i adressen har bare små bokstaver, tall og bindestrek, som vestfold.")
    made = uuid7()
    async with owner_transaction(_url()) as connection:
        if await connection.fetchval("SELECT 1 FROM region WHERE slug = $1", slug):
            raise CommandError(f"Et samarbeid har allerede adressen {slug}.")
        await connection.execute(
            "INSERT INTO region (id, slug, name, settings, valid_from)"
            " VALUES ($1, $2, $3, '{\"accord_required\": true}', $4)",
            made, slug, name, today(),
        )  # fmt: skip
        await tell_system(connection, "region.added", made, slug=slug)


async def _join(slug: str, municipality: str) -> None:
    from deploy.administration import owner_transaction, tell_system
    from sammen.clock import today
    from sammen.ids import uuid7

    async with owner_transaction(_url()) as connection:
        region = await connection.fetchval("SELECT id FROM region WHERE slug = $1", slug)
        place = await connection.fetchval("SELECT id FROM municipality WHERE slug = $1", municipality)
        if region is None or place is None:
            missing = f"Samarbeidet {slug}" if region is None else f"Kommunen {municipality}"
            raise CommandError(f"{missing} finnes ikke. Kontroller adressen.")
        if await connection.fetchval(
            "SELECT 1 FROM region_membership WHERE municipality_id = $1 AND (valid_to IS NULL OR valid_to >= $2)",
            place, today(),
        ):  # fmt: skip
            raise CommandError(f"{municipality} er alt med i et samarbeid.")
        await connection.execute(
            "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, $4)",
            uuid7(), region, place, today(),
        )  # fmt: skip
        await tell_system(connection, "region.joined", region, municipality=municipality)


async def _require(slug: str, *, required: bool) -> int:
    """Set it; how many members have nothing signed that is in force today."""
    from deploy.administration import owner_transaction, tell_system
    from sammen.clock import today

    async with owner_transaction(_url()) as connection:
        region = await connection.fetchval(
            "UPDATE region SET settings = settings || jsonb_build_object('accord_required', $2::boolean)"
            " WHERE slug = $1 RETURNING id",
            slug, required,
        )  # fmt: skip
        if region is None:
            raise CommandError(f"Samarbeidet {slug} finnes ikke. Kontroller adressen.")
        await tell_system(connection, "region.accord", region, required=str(required).lower())
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM region_membership m WHERE m.region_id = $1 AND m.valid_from <= $2"
                " AND (m.valid_to IS NULL OR m.valid_to >= $2) AND NOT EXISTS (SELECT 1 FROM accord_party p"
                " JOIN accord a ON a.region_id = p.region_id AND a.id = p.accord_id WHERE p.region_id = m.region_id"
                " AND p.municipality_id = m.municipality_id AND p.kind = 'arrangement' AND a.state = 'out'"
                " AND p.signed_on IS NOT NULL AND p.valid_from <= $2 AND p.valid_to >= $2"
                " AND (p.ended_on IS NULL OR p.ended_on >= $2))",
                region, today(),
            )
        )  # fmt: skip
