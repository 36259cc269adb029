"""Which process serves a PostgreSQL cluster, and whether what a crash left behind is in the way."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from deploy.postgres_binaries import LocalServerError

ORPHANS_TIMEOUT_S = 30


def exists(pid: int) -> bool:
    """Whether the number is taken: by a process, or by what is left of one until its parent asks."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is there, and another's
    return True


def command_of(pid: int) -> str | None:
    """A process's program and arguments; None if there is no such process, or only its remains."""
    if not exists(pid):
        return None
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace") or None
        except OSError:
            return None  # it ended just now
    ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    listed = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603 - fixed program, a number
    return listed.stdout.strip() or None


def postmaster(data: Path) -> int | None:
    """The process that serves this cluster. Its id in `postmaster.pid` may by now be another program's."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    command = command_of(pid)
    return pid if command is not None and "postgres" in command and str(data) in command else None


def remove_stolen_pid_file(data: Path) -> None:
    """After a crash PostgreSQL clears its own pid file, unless the number is taken again, or still.

    Then it would refuse to start, so we clear it. Otherwise the file stays: with it PostgreSQL makes sure
    that no child of the old server still writes. That check is lost with the file, so we wait for them.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except FileNotFoundError:
        return
    except (ValueError, IndexError):
        pid = 0
    if pid and not exists(pid):
        return
    end = time.monotonic() + ORPHANS_TIMEOUT_S
    while works_in(data):
        if time.monotonic() > end:
            raise LocalServerError(f"Processes of a PostgreSQL that crashed still use {data}")
        time.sleep(0.05)
    file.unlink()


def works_in(data: Path) -> bool:
    """Whether a process stands in the cluster's folder, as PostgreSQL's do. False if not on Linux."""
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if cwd.readlink() == data:
                return True
        except OSError:
            continue  # it ended, or is another user's and so not the server's
    return False


def wait_until_gone(pid: int, timeout_s: float) -> bool:
    """Whether the process ended within so many seconds. Returns as soon as it has."""
    end = time.monotonic() + timeout_s
    while command_of(pid) is not None:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
