"""The words and options of `sammen disclose`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deploy.cli_norwegian import Command

FILE = click.Path(path_type=Path)


def _named_file(
    _ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> list[tuple[str, Path]]:
    found = []
    for text in given:
        column, sign, path = text.partition("=")
        if not (column and sign and path):
            raise click.BadParameter("skriv kolonne=fil, som region=regioner.csv.")
        found.append((column, Path(path)))
    return found


def _columns(
    _ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    found = tuple(tuple(name.strip() for name in text.split(",") if name.strip()) for text in given)
    if any(len(set(names)) != len(names) or not names for names in found):
        raise click.BadParameter("skriv kolonner med komma mellom, hver én gang.")
    return found


def _dominance(_ctx: click.Context, _option: click.Parameter, given: str) -> tuple[int, float | None]:
    number, sign, percent = given.partition(",")
    if given == "ingen":
        return 1, None
    try:
        n, k = int(number), float(percent)
    except ValueError:
        n, k = 0, 0.0
    if not sign or n not in (1, 2) or not 0 < k < 100:
        raise click.BadParameter("skriv n,k, der n er 1 eller 2 og k er en prosent, som 2,85; eller ingen.")
    return n, k


class Within(click.ParamType[int | float]):
    """A number within limits, refused in Norwegian."""

    name = "tall"

    def __init__(self, low: float, high: float, *, whole: bool = True) -> None:
        self.low, self.high, self.whole = low, high, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | float:
        """The number, or a usage error that says the limits."""
        try:
            found = int(value) if self.whole else float(str(value).replace(",", "."))
        except ValueError:
            found = self.low - 1
        if not self.low <= found <= self.high:
            kind = "et helt tall" if self.whole else "et tall"
            self.fail(f"skriv {kind} fra {self.low:g} til {self.high:g}.", param, ctx)
        return found


@click.command("disclose", cls=Command)
@click.argument("tabell", type=FILE)
@click.option("--value", required=True, metavar="KOLONNE", help="Kolonnen med tallene.")
@click.option(
    "--hierarchy",
    multiple=True,
    callback=_named_file,
    metavar="KOLONNE=FIL",
    help="Grupper over kodene i en kolonne. Kan gis flere ganger, også for samme kolonne.",
)
@click.option(
    "--by",
    multiple=True,
    callback=_columns,
    metavar="KOLONNER",
    help="En tabell som skal vises, som region,alder. Flere ganger: flere tabeller. Uten: alle kolonnene.",
)
@click.option("--ignore", multiple=True, metavar="KOLONNE", help="Kolonne som ikke skal brukes.")
@click.option(
    "--threshold",
    type=Within(2, 1_000),
    default=5,
    metavar="N",
    help="Antall under dette skjules; 0 vises. For beløp: færre bidragsytere. Uten: 5.",
)
@click.option(
    "--width",
    type=Within(2, 1_000),
    metavar="N",
    help="Så bredt må et skjult antall kunne variere. Uten: som --threshold.",
)
@click.option(
    "--member",
    metavar="KOLONNE",
    help="Hvem raden tilhører. De kjenner sine egne tall og regner på de andres.",
)
@click.option(
    "--coalition",
    type=Within(0, 2),
    default=2,
    metavar="N",
    help="Hvor mange eiere som kan legge tallene sine sammen. Uten: 2.",
)
@click.option(
    "--money",
    is_flag=True,
    help="Tallene er beløp. Krever kolonnene for bidragsytere, største og nest største.",
)
@click.option(
    "--contributors",
    default="contributors",
    metavar="KOLONNE",
    help="Antall bidragsytere. Uten: contributors.",
)
@click.option("--largest", default="largest", metavar="KOLONNE", help="Det største bidraget. Uten: largest.")
@click.option(
    "--second", default="second", metavar="KOLONNE", help="Det nest største bidraget. Uten: second."
)
@click.option(
    "--dominance",
    default="1,80",
    callback=_dominance,
    metavar="N,K",
    help="Skjul beløp der de n største har mer enn k prosent. Uten: 1,80. ingen: uten regelen.",
)
@click.option(
    "--p",
    type=Within(0.1, 100, whole=False),
    default=10.0,
    metavar="PROSENT",
    help="Skjul beløp der den nest største kan anslå den største så nær. Uten: 10.",
)
@click.option("--version", "revision", metavar="KOLONNE", help="Et tall som vokser når raden er rettet.")
@click.option("--earlier", type=FILE, multiple=True, metavar="FIL", help="Det som er vist før, fra --state.")
@click.option(
    "--state", type=FILE, metavar="FIL", help="Skriv det neste utgave må vite, til --earlier. Hemmelig."
)
@click.option("--total", default="Total", metavar="ORD", help="Ordet for alle koder samlet. Uten: Total.")
@click.option("--out", type=FILE, required=True, metavar="FIL", help="Alle celler, med : for skjulte.")
@click.option(
    "--report", type=FILE, metavar="FIL", help="Hva som er skjult, og hva hver angriper fant, som JSON."
)
def disclose_command(tabell: Path, *, dominance: tuple[int, float | None], **given: Any) -> int:
    """Skjul små tall i en tabell, slik at ingen kan regne dem ut.

    \b
    sammen disclose brukere.csv --value n --hierarchy region=fylker.csv --hierarchy region=grupper.csv \\
        --threshold 3 --member region --out vist.csv --report kontroll.json

    TABELL er en CSV-fil med én linje for hver innerste celle: en kolonne for hver inndeling, og tallet. Summene
    skal ikke stå der; de regnes ut, på alle nivåer, og skjules sammen. Det som ikke står i fila, er 0.

    \b
    Et hierarki er en CSV-fil med kolonner fra det fineste til det groveste: kode, gruppe, gruppens gruppe, …
    Koder: 0 beskyttet, 1 en celle kan ikke beskyttes, 2 en fil kan ikke brukes. Se docs/disclosure.md.
    """
    from deploy.disclose import Asked, disclose
    from reporting.disclosure.api import Rules
    from reporting.disclosure.files import Columns

    money = given["money"]
    columns = Columns(
        value=given["value"], member=given["member"], version=given["revision"], ignore=tuple(given["ignore"]),
        contributors=given["contributors"] if money else None, largest=given["largest"] if money else None,
        second=given["second"] if money else None,
    )  # fmt: skip
    rules = Rules(
        threshold=given["threshold"], min_width=given["width"], dominance_n=dominance[0], dominance_k=dominance[1],
        p=given["p"], coalition=given["coalition"],
    )  # fmt: skip
    return disclose(
        Asked(
            tabell, columns, rules, given["out"], tuple(given["hierarchy"]), given["by"], given["report"],
            tuple(given["earlier"]), given["state"], given["total"],
        )
    )  # fmt: skip
