"""`syslogger run`, the real program: several engines, restarts, failures that are final, the common drain."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

from syslogger.errors import ExitCode
from tests.cli.engines import LINES, balanced, configuration, free_port, send, stored
from tests.cli.program import Program, run
from tests.support import wait_until

WAIT_SECONDS = 60.0


def engine(name: str, **settings: Any) -> dict[str, Any]:
    """An entry of ENGINES on a free port."""
    return {"name": name, "class": "word", "port": free_port(), "workers": 1, **settings}


def of(program: Program, kind: str, name: str) -> list[dict[str, Any]]:
    """The events of this kind that are about one engine."""
    return [event for event in program.events(kind) if event["engine"] == name]


def test_engines_run_side_by_side_and_drain_together(tmp_path: Path) -> None:
    """Every engine with `running` true receives; SIGTERM drains all of them and the exit code is 0."""
    engines = [engine("left"), engine("right"), engine("rest", running=False)]
    configuration(tmp_path, *engines)
    with Program("run", "--json", cwd=tmp_path) as program:
        program.event("ready", 2)
        for each in engines[:2]:
            send(each["port"])
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()
    for name in ("left", "right"):
        (stopped,) = of(program, "stopped", name)
        assert balanced(stopped["ledger"])
        assert [line.decode() for line in LINES] == stored(tmp_path, name)
    assert not of(program, "ready", "rest")


def test_engine_that_dies_is_started_again(tmp_path: Path) -> None:
    """After a kill -9 of its bridge the engine comes back after a second; the other one does not notice."""
    engines = [engine("left"), engine("right")]
    configuration(tmp_path, *engines)
    with Program("run", "--json", cwd=tmp_path) as program:
        program.wait_for(lambda: of(program, "status", "left"), "the first status")
        os.kill(of(program, "ready", "left")[0]["pid"], signal.SIGKILL)
        program.wait_for(lambda: len(of(program, "ready", "left")) == 2, "the second start")
        send(engines[0]["port"])
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()
    (restart,) = program.events("restart")
    assert ("left", 1.0) == (restart["engine"], restart["in_seconds"])
    assert restart["exit_code"] != 0
    assert 1 == len(of(program, "ready", "right"))
    assert all(balanced(stopped["ledger"]) for stopped in program.events("stopped") if stopped["ledger"])
    assert len(LINES) == len(stored(tmp_path, "left"))


def test_engine_whose_own_process_is_killed_is_started_again(tmp_path: Path) -> None:
    """When its bridge is killed the rest stores what it has and lets go of folder and port; then it starts again."""
    settings = engine("left")
    configuration(tmp_path, settings)
    with Program("run", "--json", cwd=tmp_path) as program:
        pid = program.event("ready")["pid"]
        send(settings["port"])
        program.wait_for(lambda: len(LINES) in received(program), "everything is received")
        os.kill(pid, signal.SIGKILL)
        program.event("ready", 2)
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()
    assert -signal.SIGKILL == program.events("restart")[0]["exit_code"]
    assert [line.decode() for line in LINES] == stored(tmp_path, "left")


def received(program: Program) -> set[int]:
    """The values of `received` in all ledgers so far."""
    return {event["ledger"]["received"] for event in program.events("status")}


def test_port_in_use_at_the_first_start_ends_the_command(tmp_path: Path) -> None:
    """One engine that cannot bind drains the others; the exit code is 3 and the message names the port."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::", 0))
        taken = other.getsockname()[1]
        configuration(tmp_path, engine("left"), engine("right", port=taken))
        done = run("run", "--json", cwd=tmp_path)

    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert ExitCode.BIND == done.returncode
    assert str(taken) in done.stderr
    assert "Traceback" not in done.stderr
    assert not [event for event in events if event["engine"] == "right"]
    left = [event["event"] for event in events]
    assert left.count("ready") == left.count("stopped")


def bound(other: socket.socket, port: int) -> bool:
    """Whether the port could be taken just now."""
    try:
        other.bind(("::", port))
    except OSError as error:
        assert errno.EADDRINUSE == error.errno  # noqa: PT017 anything else is no matter of waiting
        return False
    return True


def test_bind_error_of_a_later_start_is_tried_again(tmp_path: Path) -> None:
    """Once an engine has run, a port that is taken meanwhile is waited for."""
    port = free_port()
    configuration(tmp_path, engine("left", port=port))
    with Program("run", "--json", cwd=tmp_path) as program:
        pid = program.event("ready")["pid"]
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: bound(other, port), WAIT_SECONDS, "the receiver has let go of the port")
            assert ExitCode.BIND == program.event("restart", 2)["exit_code"]
        program.event("ready", 2)
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()


def test_signal_during_the_pause_ends_at_once(tmp_path: Path) -> None:
    """An engine that waits for its next start does not hold the command up."""
    configuration(tmp_path, engine("left"))
    with Program("run", "--json", cwd=tmp_path) as program:
        os.kill(program.event("ready")["pid"], signal.SIGKILL)
        program.event("restart")
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()


def test_nothing_to_run_is_a_configuration_error(tmp_path: Path) -> None:
    """A configuration whose engines all rest is said to have nothing to run."""
    configuration(tmp_path, engine("left", running=False))
    done = run("run", cwd=tmp_path)

    assert ExitCode.CONFIG == done.returncode
    assert "nothing to run" in done.stderr
