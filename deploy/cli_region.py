"""`sammen region`: collaborations, who is in them, whether their shared work waits for a signature (0089), and the rules
of their figures.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from deploy.cli_norwegian import CommandError, Group

if TYPE_CHECKING:
    from deploy.archive.checklist import Check

LENGTHS = {"tertial": 4, "half_year": 6, "year": 12}
"""What `figure_period` may say, and how many months each is."""
LENGTH_NAMES = {"tertial": "tertial", "half_year": "halvår", "year": "år"}


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


@region_group.command("leave")
@click.argument("slug")
@click.argument("kommune")
@click.option(
    "--siste", help="Den siste dagen kommunen er med, som 2026-12-31. I dag når ikke annet er sagt."
)
@click.option("--likevel", is_flag=True, help="Også når noe er i gang sammen med andre den dagen.")
@click.option("--angre", is_flag=True, help="Ta bort en siste dag som ikke har vært.")
def region_leave(slug: str, kommune: str, siste: str | None, likevel: bool, angre: bool) -> None:
    """La en kommune tre ut av et samarbeid. Saker, brukere og støttekontakter blir hos kommunen.

    \b
    sammen region leave vestfold horten --siste 2026-12-31
    Fra dagen etter kan kommunen ikke dele noe nytt, og støttekontaktene dens tas ut av den felles banken om natta.
    """
    from deploy.administration import parse_day

    if angre:
        asyncio.run(_stay(slug, kommune))
        click.echo(f"{kommune} er med i {slug} som før.")
        return
    last = parse_day(siste)
    for check in asyncio.run(_leave(slug, kommune, last, anyway=likevel)):
        click.echo(check.line())
    click.echo(
        f"{kommune} er med i {slug} til og med {last:%d.%m.%Y}. Angre med --angre til og med den dagen."
    )
    click.echo("Ta rollene i samarbeidet fra dem i kommunen som har noen: de mister dem ikke av seg selv.")


@region_group.command("figures")
@click.argument("slug")
@click.option(
    "--terskel", type=click.IntRange(3, 100), help="Det minste antallet som vises. 5 når ikke annet er sagt."
)
@click.option(
    "--periode",
    type=click.Choice(list(LENGTHS)),
    help="Hvor lange periodene er. Kan ikke endres etter at tall er publisert.",
)
@click.option("--frist", type=click.IntRange(7, 365), help="Dager etter perioden. 42 når ikke annet er sagt.")
def region_figures(slug: str, terskel: int | None, periode: str | None, frist: int | None) -> None:
    """Vis eller endre reglene for tallene i et samarbeid. En ny terskel gjelder fra neste publisering.

    \b
    sammen region figures vestfold
    sammen region figures vestfold --terskel 10 --frist 30
    """
    asked = {"figure_threshold": terskel, "figure_period": periode, "figure_due_days": frist}
    rules = asyncio.run(_figures(slug, {name: said for name, said in asked.items() if said is not None}))
    click.echo(
        f"{slug}: tall fra 1 til {rules.threshold - 1} skjules. Perioden er {rules.period}. "
        f"Kommunene har frist {rules.days} dager etter at den er slutt."
    )


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


async def _membership(connection: Any, slug: str, municipality: str, day: date) -> Any:
    """The membership that lasts beyond `day` or ends on it, held. Raises CommandError when there is none."""
    row = await connection.fetchrow(
        "SELECT b.id, b.region_id, b.municipality_id, b.valid_from, b.valid_to FROM region_membership b"
        " JOIN region r ON r.id = b.region_id JOIN municipality m ON m.id = b.municipality_id"
        " WHERE r.slug = $1 AND m.slug = $2 AND (b.valid_to IS NULL OR b.valid_to >= $3) FOR UPDATE OF b",
        slug, municipality, day,
    )  # fmt: skip
    if row is None:
        raise CommandError(f"{municipality} er ikke med i {slug}. Kontroller adressene.")
    return row


async def _leave(slug: str, municipality: str, last: date, *, anyway: bool) -> Sequence[Check]:
    """End the membership after `last`. Gives what is to be finished by then; raises CommandError when it must be now."""
    from deploy.administration import owner_transaction, tell_system
    from deploy.archive.checklist import together
    from sammen.clock import today

    if last < today():
        raise CommandError("Skriv i dag, eller en dag som kommer.")
    async with owner_transaction(_url()) as connection:
        held = await _membership(connection, slug, municipality, today())
        if held["valid_from"] > last:
            raise CommandError(f"{municipality} er med først fra {held['valid_from']:%d.%m.%Y}.")
        checks = await together(connection, held["municipality_id"], today())
        lacking = [check.line() for check in checks if not check.met]
        if lacking and last == today() and not anyway:
            raise CommandError(
                "\n".join([f"{municipality} har noe i gang sammen med andre.", *lacking,
                           "Velg en senere dag med --siste, eller skriv --likevel."])
            )  # fmt: skip
        await connection.execute("UPDATE region_membership SET valid_to = $2 WHERE id = $1", held["id"], last)
        await tell_system(
            connection, "region.left", held["region_id"], municipality=municipality, last=last.isoformat()
        )
        return checks


async def _stay(slug: str, municipality: str) -> None:
    """Take away a last day that has not been. Raises CommandError when there is none."""
    from deploy.administration import owner_transaction, tell_system
    from sammen.clock import today

    async with owner_transaction(_url()) as connection:
        held = await _membership(connection, slug, municipality, today())
        if held["valid_to"] is None:
            raise CommandError(f"{municipality} har ingen siste dag i {slug}.")
        await connection.execute("UPDATE region_membership SET valid_to = NULL WHERE id = $1", held["id"])
        await tell_system(connection, "region.stayed", held["region_id"], municipality=municipality)


@dataclass(frozen=True, slots=True)
class FigureRules:
    """A region's rules for figures: the least number shown, the periods' name, and days to approve them."""

    threshold: int
    period: str
    days: int


async def _figures(slug: str, asked: dict[str, int | str]) -> FigureRules:
    """Set what is asked for; the rules as they are then. Raises CommandError for a length that cannot change any more."""
    from deploy.administration import owner_transaction, tell_system
    from reporting.figures.api import due_days_from, kind_from
    from reporting.releases.api import threshold_of

    async with owner_transaction(_url()) as connection:
        row = await connection.fetchrow("SELECT id, settings FROM region WHERE slug = $1 FOR UPDATE", slug)
        if row is None:
            raise CommandError(f"Samarbeidet {slug} finnes ikke. Kontroller adressen.")
        wanted = LENGTHS.get(str(asked.get("figure_period")), 0)
        # A year beside its half-years is a total: what is hidden in one could be told from the other.
        if wanted not in (0, kind_from(row["settings"]).months) and await connection.fetchval(
            "SELECT 1 FROM release WHERE region_id = $1 AND state <> 'discarded' LIMIT 1", row["id"]
        ):
            raise CommandError(
                "Det er alt laget publiseringer med en annen lengde. Da kan den ikke endres: skjulte tall kunne regnes ut."
            )
        settings = row["settings"]
        if asked:
            settings = await connection.fetchval(
                "UPDATE region SET settings = settings || $2::jsonb WHERE id = $1 RETURNING settings",
                row["id"], json.dumps(asked),
            )  # fmt: skip
            await tell_system(
                connection, "region.figures", row["id"], **{name: str(said) for name, said in asked.items()}
            )
        months = kind_from(settings).months
        name = next(LENGTH_NAMES[code] for code, many in LENGTHS.items() if many == months)
        return FigureRules(threshold_of(settings), name, due_days_from(settings))


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
