"""scripts/install.sh on machines that lack something: the real script, with stand-ins for the commands of the machine.

Each test runs the script with a PATH of its own, so that a missing interpreter is missing and `apt-get` is a stub that
writes down how it was called.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BASH = shutil.which("bash") or "bash"
# What the script needs from the system whatever is missing.
PRESENT = ("bash", "cat", "cmp", "cp", "env")


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder for PATH that holds little more than a shell, as an ordinary user."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PRESENT:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    stand_in(folder, "id", "echo 1000")
    stand_in(folder, "apt-get", 'echo "apt-get $*" >>"${0%/*}/calls"')
    return folder


def stand_in(folder: Path, name: str, body: str) -> None:
    """Put a command that runs `body` into the folder."""
    path = folder / name
    path.write_text(f"#!{BASH}\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def install(folder: Path, call: str) -> subprocess.CompletedProcess[str]:
    """Run one function of the script with nothing but `folder` in PATH."""
    script = f"set -euo pipefail; source {ROOT}/scripts/install.sh; {call}"
    return subprocess.run(
        [BASH, "-c", script], env={"PATH": str(folder)}, cwd=folder, capture_output=True, text=True, timeout=60
    )


def calls(folder: Path) -> list[str]:
    """How apt-get was called."""
    path = folder / "calls"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_without_python_a_user_is_told_the_exact_command(commands: Path) -> None:
    """An ordinary user gets one line to paste, and nothing is installed."""
    done = install(commands, "base_python")

    assert done.returncode == 1
    assert "Missing: Python 3.11 to 3.14" in done.stderr
    assert "sudo apt-get update && sudo apt-get install --yes --no-install-recommends python3" in done.stderr
    assert calls(commands) == []


def test_without_the_venv_module_its_package_is_named(commands: Path) -> None:
    """A Python that cannot make environments needs the package of exactly its own version."""
    stand_in(commands, "python3", 'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac')

    done = install(commands, "base_python")

    assert done.returncode == 1
    assert "python3.12-venv" in done.stderr


def test_root_gets_it_installed(commands: Path) -> None:
    """Root's missing packages are installed all at once, after the lists were refreshed."""
    stand_in(commands, "id", "echo 0")

    done = install(commands, "need_commands faketime:faketime ps:procps cat:coreutils")

    assert done.returncode == 0
    assert calls(commands) == [
        "apt-get update --quiet=2",
        "apt-get install --yes --no-install-recommends faketime procps",
    ]


def test_where_apt_did_not_help_the_end_is_a_sentence(commands: Path) -> None:
    """A system whose packages are all too old says so, and does not go on."""
    stand_in(commands, "id", "echo 0")

    done = install(commands, "base_python")

    assert done.returncode == 1
    assert "install one from python.org" in done.stderr
    assert "apt-get update --quiet=2" in calls(commands)


def test_other_systems_are_told_what_is_missing(commands: Path) -> None:
    """Without apt-get the package manager is the reader's own."""
    (commands / "apt-get").unlink()

    done = install(commands, "need_commands faketime:faketime")

    assert done.returncode == 1
    assert "Missing: faketime. Install it with this system's package manager" in done.stderr


@pytest.mark.parametrize(("version", "usable"), [("3, 10", 1), ("3, 11", 0), ("3, 14", 0), ("3, 15", 1)])
def test_only_supported_versions_are_taken(commands: Path, version: str, usable: int) -> None:
    """The bounds are inclusive; a Python that cannot even start is not taken either."""
    check = f"import sys; sys.version_info = ({version}, 0); exec(sys.argv[2])"
    stand_in(commands, "python3", f"exec {sys.executable} -c '{check}' \"$@\"")

    assert install(commands, "usable python3").returncode == usable
    assert install(commands, "usable no-such-python").returncode != 0
