"""click in plain Norwegian: headings, usage errors, and errors that are one line and never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

HEADINGS = {
    "Options": "Valg",
    "Commands": "Kommandoer",
    "Arguments": "Argumenter",
    "Positional arguments": "Argumenter",
}


class CommandError(Exception):
    """Something the operator can mend. The message is a Bokmål sentence; the program ends with code 1."""


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        words = (
            args.replace("[OPTIONS]", "[VALG]")
            .replace("COMMAND", "KOMMANDO")
            .replace("[ARGS]", "[ARGUMENTER]")
        )
        super().write_usage(prog, words, "Bruk: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(HEADINGS.get(heading, heading))


class _Context(click.Context):
    formatter_class = _Formatter


def _in_norwegian(command: click.Command) -> None:
    command.context_class = _Context
    command.context_settings.setdefault("help_option_names", ["--help", "-h"])
    command.context_settings.setdefault("max_content_width", 100)


def _help_in_norwegian(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "Vis denne hjelpen."
    return option


class Command(click.Command):
    """A command with Norwegian help."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        _in_norwegian(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, said in Norwegian."""
        return _help_in_norwegian(super().get_help_option(ctx))


class Group(click.Group):
    """A group of commands with Norwegian help, in the order they were written."""

    command_class = Command

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        _in_norwegian(self)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, said in Norwegian."""
        return _help_in_norwegian(super().get_help_option(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The order of the file, which is the order one needs them in."""
        return list(self.commands)


Group.group_class = Group


def usage_sentence(error: click.ClickException) -> str:
    """A usage error as a Norwegian sentence."""
    match error:
        case click.MissingParameter():
            name = (
                error.param.make_metavar(error.ctx or click.Context(Command("sammen"))) if error.param else ""
            )
            if isinstance(error.param, click.Option):
                name = error.param.opts[0]
            return f"Mangler {name}."
        case click.NoSuchOption():
            return f"Valget {error.option_name} finnes ikke."
        case click.BadParameter():
            name = error.param.opts[0] if error.param else "Et argument"
            if error.param is not None and isinstance(error.param.type, click.Choice):
                return f"{name} kan være {' eller '.join(map(str, error.param.type.choices))}."
            return f"{name} kan ikke brukes slik: {error.message}"
        case _ if error.message.startswith("No such command"):
            return f"Kommandoen {error.message.split(maxsplit=3)[-1].strip('. ')} finnes ikke."
        case _ if error.message.startswith("Got unexpected extra argument"):
            return "For mange argumenter."
        case _:
            return error.message


def _known_sentence(error: BaseException) -> str | None:
    """What to tell the operator about an error they can do something with; None for one nobody foresaw."""
    from alembic.util.exc import CommandError as MigrationError
    from sqlalchemy.exc import ArgumentError

    from deploy.checks import NEWER, StartError
    from deploy.postgres_binaries import LocalServerError
    from sammen.errors import Invalid, SammenError
    from sammen.settings import SettingsError

    if isinstance(error, Invalid):
        return " ".join(bad.text() for bad in error.errors.values())
    if isinstance(error, SammenError):
        return error.text()
    if isinstance(error, CommandError | StartError | SettingsError | LocalServerError):
        return str(error)
    if isinstance(error, ArgumentError):
        return "Adressen til databasen kan ikke leses. Skriv den som postgresql://bruker:passord@tjener/database."
    if isinstance(error, MigrationError) and "locate revision" in str(error):
        return NEWER
    return _database_sentence(error)


def _database_sentence(error: BaseException) -> str | None:
    import asyncpg

    if isinstance(error, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return "Databasen godtar ikke brukernavnet eller passordet i adressen."
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "Databasen i adressen finnes ikke. Lag den med createdb, eller rett adressen."
    if isinstance(
        error, asyncpg.UndefinedTableError | asyncpg.UndefinedFunctionError | asyncpg.InvalidSchemaNameError
    ):
        return "Databasen er ikke satt opp. Kjør `sammen db upgrade`."
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return "Adressen i DATABASE_URL tilhører ikke en administrator."
    if isinstance(error, OSError | asyncpg.PostgresConnectionError):
        return (
            f"Får ikke kontakt: {error.strerror or type(error).__name__}."
            if isinstance(error, OSError)
            else "Får ikke kontakt med databasen."
        )
    return None


def _causes(error: BaseException) -> Iterable[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or getattr(seen, "orig", None) or seen.__context__


def run(command: click.Command, arguments: list[str] | None) -> int:
    """Run and return the exit code: 0 well, 1 an error, 2 wrong use, 130 interrupted."""
    try:
        code = command.main(args=arguments, prog_name="sammen", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("Avbrutt.", file=sys.stderr)
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help(), file=sys.stderr)
        return 2
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "sammen"
        print(f"{usage_sentence(error)} Se `{path} --help`.", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except Exception as error:  # the last stop before the operator: a sentence, not a traceback
        sentence = next((said for cause in _causes(error) if (said := _known_sentence(cause))), None)
        print(
            sentence or f"Uventet feil ({type(error).__name__}). Sett SAMMEN_DEBUG=1 for detaljer.",
            file=sys.stderr,
        )
        _traceback_when_asked(error, known=sentence is not None)
        return 1


def _traceback_when_asked(error: BaseException, *, known: bool) -> None:
    import os
    import traceback

    if not known and os.environ.get("SAMMEN_DEBUG", "") not in ("", "0"):
        traceback.print_exception(error)
