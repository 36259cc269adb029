"""The folder `platform` is a source root: Python's standard library owns the name.

A `__init__.py` or a loose module in a folder of that name would be imported instead of the standard library's
module by everything that asks for the machine's name, and the failure would show far from here.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", "node_modules", ".git", ".data"}


def platform_folders() -> list[Path]:
    """Every folder named `platform` that is ours, and every file `platform.py`."""
    found = [ROOT / "platform"]
    for top in ROOT.iterdir():
        if top.is_dir() and top.name not in NOT_OURS:
            found.extend(top.rglob("platform"))
            found.extend(top.rglob("platform.py"))
    return found


def test_no_folder_named_platform_holds_a_python_file() -> None:
    assert (ROOT / "platform" / "sammen" / "__init__.py").is_file()
    for folder in platform_folders():
        assert folder.is_dir(), f"{folder.relative_to(ROOT)} hides the standard library's module"
        loose = [path.name for path in folder.glob("*.py")]
        assert loose == [], f"{folder.relative_to(ROOT)} must hold only packages"


def test_the_standard_librarys_platform_is_imported_from_the_repository_root() -> None:
    code = "import platform, sys; print(platform.__file__); print(platform.python_version())"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    path, version = answer.stdout.splitlines()
    assert not Path(path).is_relative_to(ROOT / "platform")
    assert version == sys.version.split()[0]
