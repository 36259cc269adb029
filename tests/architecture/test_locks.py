"""What set-up fetches is pinned by hash, and the files that pin it name no place to fetch from.

A municipality's machines fetch from a mirror of their own; a lock that names another would bypass it.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCK = ROOT / "deploy" / "requirements.lock"
NPM_LOCK = ROOT / "package-lock.json"


def blocks(text: str) -> list[str]:
    """The lock's requirements, each with its hashes."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith((" ", "#"))]


def test_each_python_package_is_pinned_to_one_released_version_with_hashes() -> None:
    found = blocks(PYTHON_LOCK.read_text())
    assert len(found) > 50
    for line in found:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==[0-9.]+(\.post[0-9]+)?( |$)", line), (
            f"{line[:60]}: not a release"
        )
        assert "--hash=sha256:" in line, f"{line[:60]}: no hash"


def test_the_python_lock_names_no_index_and_no_folder() -> None:
    text = PYTHON_LOCK.read_text()
    assert re.search(r"https?:|file:|--(extra-)?index|--find-links|(^|\s)/\w", text, re.MULTILINE) is None


def test_the_python_lock_holds_every_package_that_the_project_asks_for() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [asked for group in project["optional-dependencies"].values() for asked in group]
    asked = {re.split(r"[\[<>=;! ]", line)[0].lower() for line in project["dependencies"] + extras}
    locked = {re.split(r"[\[=]", line)[0] for line in blocks(PYTHON_LOCK.read_text())}
    assert asked - locked == set()


def test_each_npm_package_has_a_hash_and_names_no_registry() -> None:
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert "node_modules/htmx.org" in fetched
    for name, package in fetched.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_package_json_asks_for_exact_versions() -> None:
    asked = json.loads((ROOT / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version), name
