"""`syslogger factory`, `status` and everything that asks the factory from a shell: the real program in processes."""

from __future__ import annotations

import getpass
import json
import os
import pty
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from syslogger.errors import ExitCode
from tests.cli.program import Program, run
from tests.cli.test_run import answers, configuration
from tests.interfaces.serving import engine, resting
from tests.support import free_udp_port, wait_until
from tests.support_engine import numbered
from tests.support_engine import send as send_from

WAIT_SECONDS = 60.0


class Shell:
    """A folder whose configuration has a running factory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, stdin: str = "") -> CompletedProcess[str]:
        """One command to its end."""
        return run(*words, cwd=self.folder, stdin=stdin.encode())

    def __call__(self, *words: str, stdin: str = "") -> Any:
        """What a command answers with --json."""
        done = self.run(*words, "--json", stdin=stdin)
        assert done.returncode == ExitCode.OK, done.stderr
        (line,) = done.stdout.splitlines()
        return json.loads(line)

    def refusal(self, *words: str) -> str:
        """What a command that is refused says; its exit code is not 0, and there is no traceback."""
        done = self.run(*words)
        assert done.returncode not in (ExitCode.OK, -signal.SIGABRT)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The shell of a factory with an engine that runs and one that rests; every test has names of its own beside them.

    One for all: each process of the program costs a third of a second of CPU time, and there are enough of them here.
    """
    folder = tmp_path_factory.mktemp("factory")
    configuration(folder, engine(clients=[]), resting("rest", title="The [bold]rest"))
    with Program("factory", "--json", cwd=folder) as factory:
        answers(factory)
        yield Shell(folder)
        factory.signal(signal.SIGTERM)
        assert factory.finish() == ExitCode.OK


def test_engines_from_a_shell(ask: Shell) -> None:
    """Created, tried, edited, paused, stopped and deleted; who did it stands in the events."""
    created = ask("engines", "create", "shell", "--class", "word", "--port", str(free_udp_port()), "--workers", "1")
    assert (created["state"], created["source"], created["continues"]) == ("running", "cli", False)
    assert ask("engines", "test-line", "shell", "--line", "number 5")["row"]["number"] == "5"
    changes = ("--title", "The routers", "--no-keep-original", "--auto-delete-days", "30")
    assert set(ask("engines", "edit", "shell", *changes)["live"]) >= {"title", "keep_original", "auto_delete_days"}
    for limit in ("1048576", "null"):
        assert ask("engines", "edit", "shell", "--auto-delete-bytes", limit)["live"] == ["auto_delete_bytes"]
    assert ask("engines", "pause", "shell", "--reason", "maintenance")["pause_reasons"] == ["maintenance"]
    assert ask("engines", "stop", "shell")["stored"] == 1
    edited = [each for each in ask("engines", "events", "shell") if each["event"] == "engine_edited"]
    assert {each["author"] for each in edited} == {getpass.getuser()}
    assert ask("engines", "delete", "shell", "--confirm", "shell", "--data", "keep")["deleted"] == "shell"
    assert "no engine" in ask.refusal("engines", "start", "shell")


def test_clients_and_senders_from_a_shell(ask: Shell) -> None:
    """An unknown sender is shown and becomes a client; clients come and go."""
    port = ask("engines", "status", "main")["port"]
    send_from(port, *numbered([1]), source="127.0.0.2")
    wait_until(lambda: ask("senders", "unknown", "main"), WAIT_SECONDS, "the sender is known")
    (unknown,) = ask("senders", "unknown", "main")
    assert (unknown["address"], unknown["hit_rates"]) == ("127.0.0.2", {"word": 1.0})
    assert [each.encode() for each in unknown["samples"]] == numbered([1])
    assert ask("senders", "ignore", "main", "--address", "127.0.0.9")["ignored"] == ["127.0.0.9"]
    assert ask("senders", "ignored", "main") == ["127.0.0.9"]
    allowed = ask("senders", "allow", "main", "--address", "127.0.0.2", "--name", "router")
    assert allowed == [{"name": "router", "address": "127.0.0.2"}]
    assert ask("clients", "add", "main", "--address", "10.0.0.0/8")[1]["name"] == "10.0.0.0/8"
    assert ask("clients", "remove", "main", "--name", "10.0.0.0/8") == allowed


def test_classes_from_a_shell(ask: Shell) -> None:
    """Tried on stdin, changed, rolled back and removed; a pattern that cannot be used is refused with what to do."""
    words = ("--field", "number=number ([0-9]+)", "--field", "about=about (a)")
    found = ask("classes", "try", "mine", *words, stdin="number 1 about a\n\nnothing\n")
    assert (found["rows"][0]["about"], found["empty"]) == ("a", 1)
    assert ask("classes", "change", "mine", *words)["version"] == 1
    assert ask("classes", "change", "mine", *words[:2])["version"] == 2
    assert ask("classes", "rollback", "mine", "--version", "1")["version"] == 3
    assert [list(each["fields"]) for each in ask("classes", "versions", "mine")][1] == ["number"]
    assert "parentheses" in ask.refusal("classes", "change", "mine", "--field", "number=no group")
    assert ask("classes", "remove", "mine") == {"name": "mine"}


def test_an_export_is_a_file(ask: Shell) -> None:
    """What is exported can be checked and taken over: then nothing is other than it was but what was edited in it."""
    exported = ask.run("config", "export").stdout
    (ask.folder / "exported.json").write_text(exported)
    assert ask.run("check", "exported.json").returncode == ExitCode.OK
    assert ask("config", "export") == json.loads(exported)
    edited = {**json.loads(exported), "AUTO_DELETE_DAYS": 7}
    (ask.folder / "GLOBAL_CONFIG.json").write_text(json.dumps(edited))
    paths = [each["path"] for each in ask("config", "reload")]
    assert "AUTO_DELETE_DAYS" in paths
    assert not [path for path in paths if path.startswith("ENGINE_CLASSES")]
    assert ask("config", "export") == edited


def test_days_and_the_clock_from_a_shell(ask: Shell) -> None:
    """A job is started and looked at; the clock is confirmed with a sentence."""
    job = ask("jobs", "start", "retention")
    wait_until(lambda: ask("jobs", "get", job["id"])["state"] == "done", WAIT_SECONDS, "the job is done")
    assert isinstance(ask("clock", "confirm"), str)
    assert "waits or runs" in ask.refusal("jobs", "cancel", job["id"])


def test_refusals_say_what_to_do(ask: Shell) -> None:
    """One sentence on stderr and an exit code; a slip is met with what was probably meant."""
    assert "did you mean 'main'" in ask.refusal("engines", "start", "mian")
    assert "start it first" in ask.refusal("engines", "pause", "rest")
    again = ask.run("engines", "create", "main", "--class", "word", "--port", "514")
    assert (again.returncode, "another name" in again.stderr) == (ExitCode.FAILED, True)
    taken = ask.run(
        "engines", "create", "second", "--class", "word", "--port", str(ask("engines", "status", "rest")["port"])
    )
    assert (taken.returncode, "a port of its own" in taken.stderr) == (ExitCode.CONFIG, True)
    assert "--class" in ask.refusal("engines", "create", "second", "--port", "514")


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal: what is written into the second descriptor is read from the first."""
    reading, writing = pty.openpty()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_the_status_of_every_engine(ask: Shell, terminal: tuple[int, int]) -> None:
    """Once as JSON or as a table, live in a terminal until Ctrl-C."""
    reading, writing = terminal
    status = ask("status")
    assert {name: each["state"] for name, each in status["engines"].items()} == {"main": "running", "rest": "stopped"}
    assert status["engines"]["main"]["ledger"]["unexplained"] == 0
    assert status["keeper"]["pid"]
    lines = ask.run("status").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["engine", "main", "rest"]

    shown = bytearray()
    os.set_blocking(reading, False)

    def is_live() -> bool:
        with suppress(BlockingIOError):  # nothing more was written so far
            shown.extend(os.read(reading, 1 << 16))
        return shown.count(b"running") >= 2

    with Program("status", cwd=ask.folder, stdout=writing) as live:
        live.wait_for(is_live, "the status is drawn a second time")
        live.signal(signal.SIGINT)
        assert live.finish() == ExitCode.OK


def test_answers_for_people(ask: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --json the answers are tables, lists of names and values, and texts."""
    monkeypatch.setenv("COLUMNS", "200")
    listed = ask.run("engines", "list").stdout
    assert listed.split()[0] == "engine"
    assert "The [bold]rest" in " ".join(listed.split())
    assert "10.0.0.0/8" in ask.run("clients", "list", "rest").stdout
    assert "number ([0-9]+)" in " ".join(ask.run("classes", "get", "word").stdout.split())


def test_without_a_factory(tmp_path: Path) -> None:
    """Whoever asks is told how to start one; the token of the next one is that of the last, but with --new-token."""
    configuration(tmp_path)
    tokens = []
    for more in ((), (), ("--new-token",)):
        done = run("engines", "list", cwd=tmp_path)
        assert done.returncode == ExitCode.FAILED
        assert "start it with `syslogger run`" in done.stderr
        with Program("factory", "--json", *more, cwd=tmp_path) as factory:
            answers(factory)
            tokens.append((tmp_path / "logs" / "_control" / "factory.token").read_text())
            factory.signal(signal.SIGTERM)
            assert factory.finish() == ExitCode.OK
    assert tokens[0] == tokens[1] != tokens[2]
