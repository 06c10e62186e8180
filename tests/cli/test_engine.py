"""`syslogger engine`, the real program: ready, status, drain, and every way it ends."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import socket
from pathlib import Path

import psutil
import pytest

from syslogger.errors import ExitCode
from tests.cli.engines import LINES, balanced, configuration, send, stored
from tests.cli.program import Program, run
from tests.support import free_udp_port

ENGINE = ("engine", "--class", "word", "--name", "main")


def started(folder: Path, *options: str) -> Program:
    """An engine on any free port, with JSON lines, one worker."""
    configuration(folder)
    return Program(*ENGINE, "--port", "0", "--workers", "1", "--json", *options, cwd=folder)


def process(program: Program, role: str) -> int:
    """The id of the engine's process with this role."""
    status = program.event("status")
    return next(int(each["pid"]) for each in status["processes"] if each["role"].startswith(role))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ready_status_and_drain(tmp_path: Path, number: signal.Signals) -> None:
    """Ready comes first, then a status a second; a signal drains, and the last line is the final ledger."""
    with started(tmp_path) as engine:
        port = engine.event("ready")["port"]
        engine.event("status", 2)
        send(port)
        engine.signal(number)
        code = engine.finish()

    assert (ExitCode.OK, []) == (code, [line for line in engine.errors if "Traceback" in line])
    kinds = [json.loads(line)["event"] for line in engine.lines]
    assert ("ready", "stopped") == (kinds[0], kinds[-1])
    assert ["event", "port", "pid"] == list(json.loads(engine.lines[0]))[:3]
    ledger = engine.events("stopped")[0]["ledger"]
    assert balanced(ledger)
    assert (len(LINES), 0) == (ledger["stored"], ledger["in_flight"])
    assert [line.decode() for line in LINES] == stored(tmp_path, "main")


def test_ctrl_c_on_a_terminal_drains(tmp_path: Path) -> None:
    """A terminal sends SIGINT to the whole group: the engine's own processes leave the decision to the command."""
    with started(tmp_path) as engine:
        send(engine.event("ready")["port"])
        os.killpg(engine.process.pid, signal.SIGINT)

        assert ExitCode.OK == engine.finish()
    assert len(LINES) == len(stored(tmp_path, "main"))


def test_status_has_what_an_operator_asks(tmp_path: Path) -> None:
    """A status names state, start, rates, processes, roads, buffer, senders and the ledger."""
    with started(tmp_path) as engine:
        status = engine.event("status")

    keys = {"state", "since", "port", "ledger", "rates", "processes", "fields", "buffer", "senders", "refused_senders"}
    assert keys <= status.keys()
    assert "running" == status["state"]
    assert balanced(status["ledger"])


def test_only_allowed_senders_are_stored(tmp_path: Path) -> None:
    """`--allow` reaches the engine: all others are refused and counted."""
    with started(tmp_path, "--allow", "10.0.0.0/8") as engine:
        send(engine.event("ready")["port"])
        engine.signal(signal.SIGTERM)
        engine.finish()

    assert (len(LINES), 0) == tuple(engine.events("stopped")[0]["ledger"][key] for key in ("refused", "stored"))


def test_options_of_storage_reach_the_engine(tmp_path: Path) -> None:
    """`--no-original` stores no lines, `--data` stores elsewhere, `--address` listens there alone."""
    with started(tmp_path, "--no-original", "--data", "elsewhere", "--address", "127.0.0.1") as engine:
        port = engine.event("ready")["port"]
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
            other.bind(("::1", port))
        send(port)
        engine.signal(signal.SIGTERM)

        assert ExitCode.OK == engine.finish()
    (tmp_path / "elsewhere").rename(tmp_path / "logs")
    assert [None] * len(LINES) == stored(tmp_path, "main")


def test_second_signal_shortens_the_drain(tmp_path: Path) -> None:
    """A drain that cannot end is cut by a second signal; what is left is counted as abandoned, exit code not 0."""
    with started(tmp_path) as engine:
        port = engine.event("ready")["port"]
        os.kill(process(engine, "writer"), signal.SIGSTOP)
        send(port)
        received = len(LINES)
        engine.wait_for(lambda: engine.events("status")[-1]["ledger"]["received"] == received, "all is received")
        engine.signal(signal.SIGTERM)
        engine.wait_for(lambda: "draining" in "".join(engine.errors), "the drain has begun")
        engine.signal(signal.SIGTERM)
        code = engine.finish()

    ledger = engine.events("stopped")[0]["ledger"]
    # The writer that cannot move has to be killed in the end: a child that died, or rows that were abandoned.
    assert code in (ExitCode.CHILD_DIED, ExitCode.ABANDONED)
    assert balanced(ledger)
    assert (received, 0) == (ledger["dropped"]["abandoned"], ledger["in_flight"])


@pytest.mark.parametrize("role", ["receiver", "worker", "writer"])
def test_a_dead_child_is_replaced(tmp_path: Path, role: str) -> None:
    """When a process of the engine is killed, that is told, another takes over, and everything is stored."""
    with started(tmp_path) as engine:
        port = engine.event("ready")["port"]
        os.kill(process(engine, role), signal.SIGKILL)
        assert engine.event("child_died")["role"].startswith(role)
        engine.event("child_replaced")
        send(port)
        engine.signal(signal.SIGTERM)

        assert ExitCode.OK == engine.finish()
    assert balanced(json.loads(engine.lines[-1])["ledger"])
    assert len(LINES) == len(stored(tmp_path, "main"))


def test_death_of_its_bridge_ends_the_engine(tmp_path: Path) -> None:
    """When the supervising process is killed, the command ends with an error and says so."""
    with started(tmp_path) as engine:
        os.kill(engine.event("ready")["pid"], signal.SIGKILL)

        assert engine.finish() not in (ExitCode.OK, ExitCode.CONFIG, ExitCode.BIND)
    assert "ended by itself" in "".join(engine.errors)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--class", "wrod", "--name", "main"], "no class 'wrod' in ENGINE_CLASSES; there is: word"),
        (["--class", "word", "--name", "Main!"], "Main!"),
        (["--class", "word", "--name", "main", "--allow", "10.0.0.1/8"], "10.0.0.0/8"),
        (["--class", "word", "--name", "main", "--config", "nowhere.json"], "nowhere.json"),
    ],
)
def test_configuration_errors_end_with_two(tmp_path: Path, options: list[str], words: str) -> None:
    """What cannot be used is named, with what would be right; the exit code is 2 and nothing is made."""
    configuration(tmp_path)
    done = run("engine", "--port", "0", *options, cwd=tmp_path)

    assert ExitCode.CONFIG == done.returncode
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "logs").exists()


def test_port_in_use_ends_with_three(tmp_path: Path) -> None:
    """Another program on the port is found; the message names the port."""
    configuration(tmp_path)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::", 0))
        port = str(other.getsockname()[1])
        done = run(*ENGINE, "--port", port, "--json", cwd=tmp_path)

    assert (ExitCode.BIND, "") == (done.returncode, done.stdout)
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_second_engine_on_the_folder_ends_with_three(tmp_path: Path) -> None:
    """The folder's holder is named; the first engine is not disturbed."""
    with started(tmp_path) as first:
        pid = first.event("ready")["pid"]
        second = run(*ENGINE, "--port", "0", cwd=tmp_path)
        first.signal(signal.SIGTERM)

        assert ExitCode.OK == first.finish()
    assert ExitCode.BIND == second.returncode
    assert str(pid) in second.stderr


def test_engine_outlives_the_reader_of_its_status(tmp_path: Path) -> None:
    """When nobody reads stdout any more, that is said on stderr, and log lines are stored as before."""
    configuration(tmp_path)
    reading, writing = os.pipe()
    with Program(*ENGINE, "--port", "0", "--workers", "1", "--json", cwd=tmp_path, stdout=writing) as engine:
        os.close(writing)
        with os.fdopen(reading) as stdout:
            port = json.loads(stdout.readline())["port"]
        engine.wait_for(lambda: "stdout is gone" in "".join(engine.errors), "the warning")
        send(port)
        engine.signal(signal.SIGTERM)

        assert ExitCode.OK == engine.finish()
    assert len(LINES) == len(stored(tmp_path, "main"))


def test_reader_that_stopped_reading_does_not_hold_the_drain_up(tmp_path: Path) -> None:
    """With a full pipe that nobody reads, a signal is heard and everything received is stored."""
    configuration(tmp_path)
    port = free_udp_port()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writing, bytes(4_096)):
            pass
    os.set_blocking(writing, True)
    with (
        os.fdopen(reading, "rb"),
        Program(*ENGINE, "--port", str(port), "--json", cwd=tmp_path, stdout=writing) as engine,
    ):
        os.close(writing)
        engine.wait_for(lambda: port in bound_ports(), "the engine listens")
        send(port)
        engine.signal(signal.SIGTERM)

        assert ExitCode.OK == engine.finish()
    assert "nobody read stdout" in "".join(engine.errors)
    assert len(LINES) == len(stored(tmp_path, "main"))


def bound_ports() -> set[int]:
    """The UDP ports that somebody listens on."""
    return {connection.laddr.port for connection in psutil.net_connections("udp") if connection.laddr}


def test_tail_shows_what_the_engine_stores(tmp_path: Path) -> None:
    """`syslogger tail` beside a running engine shows every row once, in order, with its fields."""
    configuration(tmp_path)
    with started(tmp_path) as engine:
        port = engine.event("ready")["port"]
        with Program("tail", "main", "--data", "logs", "-n", "1000", "--json", cwd=tmp_path) as tail:
            send(port, LINES[:500])
            tail.wait_for(lambda: len(tail.lines) == 500, "the first rows")
            send(port, LINES[500:])
            tail.wait_for(lambda: len(tail.lines) == len(LINES), "the other rows")
            rows = [json.loads(line) for line in tail.lines]

    assert [line.decode() for line in LINES] == [row["original_log"] for row in rows]
    assert [str(number) for number in range(len(LINES))] == [row["number"] for row in rows]
    assert {("loopback", "127.0.0.1", 16, 6)} == {
        (row["client"], row["log_sender_ip"], row["facility"], row["severity"]) for row in rows
    }


def test_text_for_people(tmp_path: Path) -> None:
    """Without --json and without a terminal: when it is ready, and how it ended."""
    configuration(tmp_path)
    with Program(*ENGINE, "--port", str(free_udp_port()), cwd=tmp_path) as engine:
        engine.wait_for(lambda: engine.lines, "the ready line")
        engine.signal(signal.SIGTERM)

        assert ExitCode.OK == engine.finish()
    assert engine.lines[0].startswith("main: ready on UDP port ")
    assert "main: stopped; received 0, stored 0" == engine.lines[-1]


def test_live_line_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal the status is one line that is drawn again in its place."""
    configuration(tmp_path)
    ours, theirs = pty.openpty()
    shown = b""
    with (
        os.fdopen(ours, "rb", buffering=0) as screen,
        Program(*ENGINE, "--port", "0", "--log-level", "error", cwd=tmp_path, stdout=theirs) as engine,
    ):
        os.close(theirs)
        while shown.count(b"\r\x1b[Jmain :") < 2:
            shown += screen.read(4_096)
        engine.signal(signal.SIGTERM)
        while b"main: stopped" not in shown:
            shown += screen.read(4_096)

        assert ExitCode.OK == engine.finish()
    assert b"main: ready on UDP port" in shown
