"""The `syslogger` command: who provides a sub-command, what is imported when, how errors end."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import syslogger.__main__ as program
from syslogger.errors import ExitCode, StoreError
from tests.cli.program import REPOSITORY, environment, run

BUILT_IN = set(program.BUILT_IN)


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs packages that offer these `name = value` lines, one package a line."""

    def install(*lines: str) -> None:
        for number, line in enumerate(lines):
            folder = tmp_path / f"offer{number}-1.0.dist-info"
            folder.mkdir()
            (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: offer{number}\nVersion: 1.0\n")
            (folder / "entry_points.txt").write_text(f"[{program.GROUP}]\n{line}\n")
        monkeypatch.syspath_prepend(tmp_path)

    return install


def test_built_in_commands_are_found_without_installation(tmp_path: Path) -> None:
    """A checkout that was never installed has every command of ours."""
    site = str(Path(click.__file__).parents[1])
    code = f"""
import sys
sys.path.append({site!r})
from syslogger import __main__ as program
sys.path.remove({site!r})
print(*program.discover())
"""
    # -S: without the folder in which packages are installed; click is imported from it and it is gone again.
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)

    assert (BUILT_IN, "") == (set(done.stdout.split()), done.stderr)


def test_built_in_commands_are_those_of_the_project_file() -> None:
    """The table in the program and the entry points of pyproject.toml are the same."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    assert project["entry-points"][program.GROUP] == program.BUILT_IN


@pytest.mark.parametrize(
    ("values", "winner"),
    [
        (["run = api.commands:run", "run = interfaces.other:run"], "api.commands:run"),
        (["run = interfaces.other:run", "run = api.commands:run"], "api.commands:run"),
        (["run = stranger:run"], "api.commands:run"),
        (["run = apis.commands:run"], "api.commands:run"),
    ],
)
def test_precedence_of_packages(offer: Callable[..., None], values: list[str], winner: str) -> None:
    """`api` wins over `interfaces`, that over the built-in, whatever the order; nobody else replaces ours."""
    offer(*values)

    assert winner == program.discover()["run"].value


def test_strangers_may_add_commands(offer: Callable[..., None]) -> None:
    """Any package may bring a command under a name of its own."""
    offer("extra = stranger:command")

    assert program.discover().keys() == BUILT_IN | {"extra"}


def test_broken_command_breaks_only_itself(offer: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that cannot be imported is listed with the reason, and fails with it when it is called."""
    offer("extra = no_such_package:command")

    assert ExitCode.OK == program.main(["--help"])
    assert "extra" in capsys.readouterr().out
    assert ExitCode.FAILED == program.main(["extra", "--any", "thing"])
    assert "No module named 'no_such_package'" in capsys.readouterr().err


def test_entry_point_that_is_no_command_is_refused(
    offer: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """What an entry point loads has to be a click command."""
    offer("extra = json:dumps")

    assert ExitCode.FAILED == program.main(["extra"])
    assert "not a click command" in capsys.readouterr().err


def test_our_errors_are_one_message_and_their_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error of ours ends with its own exit code and its sentence, escaped, on stderr."""

    def fail() -> None:
        raise StoreError("the disk\x1b is full")

    monkeypatch.setattr(program, "load", lambda point: click.Command(point.name, callback=fail))

    assert ExitCode.WRITE == program.main(["run"])
    assert ("", "syslogger: the disk\\x1b is full\n") == tuple(capsys.readouterr())


def test_usage_errors_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is no command and an option that does not exist are usage errors."""
    assert [2, 2] == [program.main(["fly"]), program.main(["run", "--fast"])]
    assert "No such command 'fly'" in capsys.readouterr().err


def test_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C in a command is exit code 130 and no traceback."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "load", lambda point: click.Command(point.name, callback=interrupted))

    assert program.INTERRUPTED == program.main(["run"])
    assert "Traceback" not in capsys.readouterr().err


def test_version(tmp_path: Path) -> None:
    """`--version` prints the name and a version or says that nothing is installed."""
    done = run("--version", cwd=tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("syslogger ")


def test_only_the_called_command_is_imported(tmp_path: Path) -> None:
    """`check` does not pay for the modules of other commands, nor for the engine's libraries."""
    code = "import sys; from syslogger.__main__ import main; main(['check', 'nowhere.json']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    modules = set(done.stdout.split())

    assert "syslogger.cli.check" in modules
    assert not modules & {"syslogger.cli.run", "syslogger.cli.tail", "syslogger.cli.bench", "polars", "pyarrow", "rich"}


def test_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """A command whose reader has gone ends with 141, as if SIGPIPE had ended it, and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        command = [sys.executable, "-m", "syslogger", "check", "nowhere.json"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), stdout=nobody, stderr=subprocess.PIPE, text=True, timeout=60
        )

    assert (program.READER_LEFT, "") == (done.returncode, done.stderr)
