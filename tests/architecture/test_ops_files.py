"""What runs Sammen, read as an auditor would: each file in deploy/ops names settings there are, and holds what it promises."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from configparser import ConfigParser, RawConfigParser
from dataclasses import fields
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it brings no types, and no other package's are locked

from sammen.settings import Settings
from tests.isolation.route_table import all_routes

ROOT = Path(__file__).resolve().parents[2]
OPS = ROOT / "deploy" / "ops"
RUNBOOKS = ROOT / "docs" / "runbooks"
KNOWN = {item.metadata["env"] for item in fields(Settings)}
SECRETS = {item.metadata["env"] for item in fields(Settings) if item.metadata["secret"]}
UNITS = sorted((OPS / "systemd").glob("*.service"))


def files() -> list[Path]:
    return sorted(one for one in OPS.rglob("*") if one.is_file())


@pytest.mark.parametrize("path", [*files(), *RUNBOOKS.glob("*.md")], ids=lambda path: path.name)
def test_every_setting_a_file_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"\b(SAMMEN_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b", text))
    elsewhere = {"SAMMEN_PGBOUNCER"}
    unknown = {
        one for one in named if one.removesuffix("_FILE") not in KNOWN and one not in KNOWN | elsewhere
    }
    assert not unknown
    as_files = {one.removesuffix("_FILE") for one in named - KNOWN if one.endswith("_FILE")}
    assert as_files <= SECRETS


@pytest.mark.parametrize("path", [one for one in files() if one.suffix != ".md"], ids=lambda path: path.name)
def test_no_file_holds_a_secret(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"postgres(?:ql)?://[^:\s]+:(?!…)[^@\s]{2,}@", text)
    assert "BEGIN PRIVATE KEY" not in text
    for name in SECRETS:
        assert not re.search(rf"^\s*{name}\s*[:=]\s*\S", text, re.MULTILINE), name


def test_compose_runs_two_of_each_unprivileged_and_with_secrets_as_files() -> None:
    made = yaml.safe_load((OPS / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    services = made["services"]
    ours = {name: one for name, one in services.items() if one["image"].startswith("sammen")}
    assert {"web-1", "web-2", "worker-1", "worker-2", "upgrade"} == ours.keys()
    for name, one in ours.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"]
        assert one["user"].split(":")[0] != "0"
        assert "no-new-privileges:true" in one["security_opt"]
        assert set(one["secrets"]) <= made["secrets"].keys()
        # An administrator's address reaches nobody who serves people.
        assert ("admin_url" in one["secrets"]) == (name == "upgrade")
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert made["networks"]["inside"]["internal"] is True


def unit(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_hardened_and_know_only_what_they_need(path: Path) -> None:
    said = unit(path)
    for name, wanted in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes",
                         "ProtectHome": "yes", "CapabilityBoundingSet": "",
                         "SystemCallArchitectures": "native", "UMask": "0077"}.items():  # fmt: skip
        assert said[name] == [wanted], name
    assert said["User"] != ["root"]
    administers = path.name in ("sammen-backup.service", "sammen-witness.service")
    assert any("admin_url" in one for one in said["LoadCredential"]) == administers
    assert said["ExecStart"][0].startswith("/opt/sammen/.venv/bin/sammen ")


def test_a_copy_and_the_witness_have_a_clock() -> None:
    assert {one.stem for one in (OPS / "systemd").glob("*.timer")} == {"sammen-backup", "sammen-witness"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_itself_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for path in (OPS / "systemd").glob("*.*"):
        text = path.read_text(encoding="utf-8").replace("/opt/sammen/.venv/bin/sammen", "/bin/true")
        (tmp_path / path.name.replace("@.", "@8001.")).write_text(text)
    units = [str(one) for one in tmp_path.iterdir() if one.suffix in (".service", ".timer")]
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in said.stderr.splitlines() if "sammen-" in line]
    assert ours == []


def test_the_proxies_pass_the_host_on_and_hold_slow_and_large_things_back() -> None:
    nginx = (OPS / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    for line in ("proxy_set_header Host $host;", "proxy_set_header X-Forwarded-For $remote_addr;", "client_max_body_size 12m;",
                 "client_header_timeout 10s;", "client_body_timeout 15s;", "Strict-Transport-Security",
                 "ssl_reject_handshake on;"):  # fmt: skip
        assert line in nginx, line
    logged = re.search(r"log_format sammen .*?;", nginx, re.DOTALL)
    assert logged
    assert not re.search(
        r"\$(request|request_uri|args|query_string|http_referer|remote_addr|http_cookie)\b", logged[0]
    )
    # A form may have had its effect when its process dies; only what asks again safely is asked again.
    assert "non_idempotent" not in nginx
    caddy = (OPS / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    for line in ("max_size 12MB", "health_uri /klar", "Strict-Transport-Security"):
        assert line in caddy, line


def test_the_proxies_log_no_key_that_an_address_ends_in() -> None:
    """A link in a letter is a key until it is used, a calendar's for as long as it stands: nobody reads them in a log."""
    nginx = (OPS / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    assert '"path":"$told_path"' in nginx
    # What it says of requests that fail has the whole address in it.
    assert set(re.findall(r"error_log \S+ (\w+);", nginx)) == {"crit"}
    (kept,) = re.findall(r'"~(\S+)" "\$kept\*";', nginx)
    (cut,) = re.findall(
        r"request>uri regexp `(.+)` ", (OPS / "proxy" / "Caddyfile").read_text(encoding="utf-8")
    )
    keyed = [route.path for route in all_routes() if re.search(r"\{(token|code)\b", route.path)]
    assert "/lenke/{token:str}" in keyed
    for path in keyed:
        asked = re.sub(r"\{[^}]*\}", "HEMMELIG", path)
        assert re.match(kept, asked), path
        assert "HEMMELIG" not in re.sub(cut, r"\1", asked + "?k=HEMMELIG"), path
    for plain in ("/k/horten/saker", "/kalenderen", "/bli-med/horten", "/nyhetsbrev/horten"):
        assert not re.match(kept, plain)
        assert re.sub(cut, r"\1", f"{plain}?q=HEMMELIG") == plain


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not on this machine")
def test_nginx_itself_accepts_its_file(tmp_path: Path) -> None:
    openssl = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=sammen.example",
        "-days",
        "2",
    ]
    subprocess.run(
        [*openssl, "-keyout", tmp_path / "tls.key", "-out", tmp_path / "tls.crt"],
        capture_output=True,
        check=True,
    )
    text = (OPS / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (("/run/secrets", tmp_path), ("/run/nginx.pid", tmp_path / "pid"),
                     ("/etc/nginx/sammen-upstream.conf", OPS / "proxy" / "upstream-local.conf")):  # fmt: skip
        text = text.replace(old, str(new))
    (tmp_path / "nginx.conf").write_text(text)
    said = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr


def test_pgbouncer_keeps_as_many_prepared_statements_as_the_program() -> None:
    parser = RawConfigParser(inline_comment_prefixes=None, comment_prefixes=(";",))
    parser.read(OPS / "postgres" / "pgbouncer.ini", encoding="utf-8")
    assert parser["pgbouncer"]["pool_mode"] == "transaction"
    source = (ROOT / "platform" / "sammen" / "db" / "unit_of_work.py").read_text(encoding="utf-8")
    kept = re.search(r'"statement_cache_size": (\d+)', source)
    assert kept
    assert parser.getint("pgbouncer", "max_prepared_statements") >= int(kept[1])


def test_the_servers_file_keeps_what_is_confirmed_and_logs_nobody() -> None:
    parser = ConfigParser(interpolation=None, inline_comment_prefixes=None)
    parser.read_string("[all]\n" + (OPS / "postgres" / "postgresql.conf").read_text(encoding="utf-8"))
    said = {name: value.strip("'") for name, value in parser["all"].items()}
    for name, wanted in {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "archive_mode": "on",
                         "log_min_error_statement": "panic", "log_parameter_max_length_on_error": "0",
                         "log_error_verbosity": "terse", "log_statement": "none",
                         "log_min_duration_statement": "-1"}.items():  # fmt: skip
        assert said[name] == wanted, name


def test_the_image_is_not_root_writes_nothing_and_asks_whether_it_is_ready() -> None:
    text = (OPS / "Containerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users
    assert users[-1].split(":")[0] not in ("root", "0")
    assert "/klar" in text
    assert "--require-hashes" in text
    assert not re.search(r"^(ENV|ARG) .*(KEY|PASSWORD|URL)=", text, re.MULTILINE)
    made = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            # What `make` writes is not in a fresh clone, and an image is built from one.
            assert f"/{source.rstrip('/')}/" not in made, source


def test_nothing_that_is_not_in_a_fresh_clone_comes_into_the_image_and_no_secret() -> None:
    beside, above = OPS / "Containerfile.dockerignore", ROOT / ".containerignore"
    assert beside.read_text(encoding="utf-8") == above.read_text(encoding="utf-8")
    left_out = set(above.read_text(encoding="utf-8").splitlines())
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            bare = line.strip("/")
            # A name without a place is meant wherever it stands, and here that must be said.
            assert f"**/{bare}" in left_out or (line.startswith("/") and bare in left_out), line
    # compose.yaml's secrets stand in a folder that is copied, were it not left out.
    assert (OPS / "compose" / "compose.yaml").read_text(encoding="utf-8").count("file: ./secrets/") >= 4
    assert "**/secrets" in left_out


def test_the_image_has_a_client_for_the_server_it_is_run_with() -> None:
    text = (OPS / "Containerfile").read_text(encoding="utf-8")
    made = yaml.safe_load((OPS / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    major = made["services"]["postgres"]["image"].rpartition(":")[2]
    assert f"ARG PG_MAJOR={major}" in text
    assert '"postgresql-client-${PG_MAJOR}"' in text


def test_alerts_and_the_dashboard_ask_for_metrics_there_are() -> None:
    rules = yaml.safe_load((OPS / "monitoring" / "alerts.yml").read_text(encoding="utf-8"))["groups"][0][
        "rules"
    ]
    board = json.loads((OPS / "monitoring" / "dashboard.json").read_text(encoding="utf-8"))
    asked = [one["expr"] for one in rules]
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    traffic = "".join(
        one.read_text(encoding="utf-8") for one in (ROOT / "platform" / "sammen" / "traffic").glob("*.py")
    )
    for expression in asked:
        for name in re.findall(r"\bsammen_[a-z_]+", expression):
            base = re.sub(r"_(bucket|total|sum|count)$", "", name)
            assert base in traffic, name
    runbook = (RUNBOOKS / "operations.md").read_text(encoding="utf-8")
    for one in rules:
        assert one["alert"] in runbook, one["alert"]
        assert one["annotations"]["summary"]
        assert one["annotations"]["do"]
