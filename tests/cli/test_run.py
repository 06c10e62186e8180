"""`syslogger run`, the real program: factory and API as processes, started again when they die, ended with it."""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from syslogger.errors import ExitCode
from tests.cli.engines import LINES, balanced, send, stored
from tests.cli.program import Program, run
from tests.interfaces.serving import engine, resting, write_file
from tests.support import free_tcp_ports, wait_until

WAIT_SECONDS = 60.0
LOOPBACK = "127.0.0.1"


def configuration(folder: Path, *engines: dict[str, Any], **keys: Any) -> None:
    """A configuration file with these engines, for a factory and an API on free ports."""
    ports = dict(zip(("INTERFACE_FACTORY_PORT", "FAST_API_SERVER_PORT"), free_tcp_ports(2), strict=True))
    write_file(folder, *engines, **{**ports, **keys})


def of(program: Program, kind: str, name: str) -> list[dict[str, Any]]:
    """The events of this kind that are about one engine."""
    return [event for event in program.events(kind) if event["engine"] == name]


def says(program: Program, words: str) -> bool:
    """Whether it has said this."""
    return any(words in line for line in program.errors)


def answers(program: Program, count: int = 1) -> None:
    """Wait until a factory has started its engines, for the first time or for a later one."""
    program.wait_for(lambda: len(of(program, "ready", "")) >= count, f"factory {count} answers")


def process_of(program: Program, command: str) -> psutil.Process:
    """The process that it runs now for one of its commands."""
    (process,) = (each for each in psutil.Process(program.process.pid).children() if command in each.cmdline())
    return process


def factory_of(program: Program) -> psutil.Process:
    """The factory that it runs now."""
    return process_of(program, "factory")


def api_answers(program: Program, count: int = 1) -> str:
    """Wait until an API answers, for the first time or for a later one; where."""
    return str(program.event("api_ready", count)["url"])


def is_ready(url: str) -> bool:
    """Whether the API says that it can do its work."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=WAIT_SECONDS) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as refused:
        with refused:
            return False


def received(program: Program, count: int) -> None:
    """Wait until an engine says that it received so many."""
    program.wait_for(
        lambda: count in {event["ledger"]["received"] for event in program.events("status")}, f"{count} are received"
    )


def test_a_signal_drains_every_engine(tmp_path: Path) -> None:
    """Every engine with `running` true receives; SIGTERM drains all of them and the exit code is 0."""
    engines = [engine("left"), engine("right"), resting("rest")]
    configuration(tmp_path, *engines)
    with Program("run", "--json", cwd=tmp_path) as program:
        answers(program)
        for each in engines[:2]:
            send(each["port"])
        program.signal(signal.SIGTERM)

        assert program.finish() == ExitCode.OK
    for name in ("left", "right"):
        (stopped,) = of(program, "stopped", name)
        assert balanced(stopped["ledger"])
        assert [line.decode() for line in LINES] == stored(tmp_path, name)
    assert not of(program, "ready", "rest")


def test_a_factory_that_dies_is_started_again(tmp_path: Path) -> None:
    """What its engines had received is stored, and the next factory starts those that are to run."""
    main = engine()
    configuration(tmp_path, main)
    with Program("run", "--json", cwd=tmp_path) as program:
        answers(program)
        send(main["port"])
        received(program, len(LINES))
        first = factory_of(program)
        first.kill()
        answers(program, 2)
        assert factory_of(program) != first
        assert "killed by SIGKILL" in "\n".join(program.errors)
        send(main["port"], [b"the last one"])
        received(program, 1)
        program.signal(signal.SIGINT)

        assert program.finish() == ExitCode.OK
    assert [line.decode() for line in LINES] + ["the last one"] == stored(tmp_path, "main")


def test_the_factory_sees_its_starter_die(tmp_path: Path) -> None:
    """Killed with -9, `run` leaves nothing behind: the factory sees its pipe close, drains and ends."""
    main = engine()
    configuration(tmp_path, main)
    with Program("run", "--json", cwd=tmp_path) as program:
        answers(program)
        factory = factory_of(program)
        family = [factory, *factory.children(recursive=True)]
        send(main["port"])
        received(program, len(LINES))
        program.signal(signal.SIGKILL)
        program.process.wait(WAIT_SECONDS)
        wait_until(lambda: not any(map(lives, family)), WAIT_SECONDS, "the factory and all of its processes end")
    assert [line.decode() for line in LINES] == stored(tmp_path, "main")
    (stopped,) = of(program, "stopped", "main")
    assert balanced(stopped["ledger"])


def lives(process: psutil.Process) -> bool:
    """Whether a process runs; one that has ended and is ours by now is collected."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
        if process.ppid() == os.getpid():
            os.waitpid(process.pid, os.WNOHANG)
    except (psutil.NoSuchProcess, ChildProcessError):
        pass  # it ended, or was collected, while we looked
    return False


def test_a_signal_at_once_is_a_regular_end(tmp_path: Path) -> None:
    """A factory too young to hear it is ended all the same, and that is no failure."""
    configuration(tmp_path)
    with Program("run", "--json", cwd=tmp_path) as program:
        wait_until(lambda: psutil.Process(program.process.pid).children(), WAIT_SECONDS, "the factory begins")
        program.signal(signal.SIGTERM)

        assert program.finish() == ExitCode.OK


def test_a_signal_while_the_factory_starts(tmp_path: Path) -> None:
    """Nothing is begun any more, and nothing that was begun is left to itself: the end is the end of everybody."""
    configuration(tmp_path, engine())
    with Program("factory", "--json", cwd=tmp_path) as factory:
        process = psutil.Process(factory.process.pid)
        wait_until(process.children, WAIT_SECONDS, "its first child, the keeper, is there")
        factory.signal(signal.SIGTERM)

        assert factory.finish() == ExitCode.OK
    left = [each for each in psutil.Process().children(recursive=True) if lives(each)]
    assert left == []


def test_a_signal_while_it_waits_ends_it_at_once(tmp_path: Path) -> None:
    """A factory that is to be started again in a moment does not hold the command up."""
    configuration(tmp_path)
    with Program("run", "--json", cwd=tmp_path) as program:
        for life, seconds in enumerate((1, 2, 4, 8), 1):  # the last wait is so long that it is not over yet
            answers(program, life)
            factory_of(program).kill()
            program.wait_for(partial(says, program, f"next start in {seconds} s"), "it says when it starts again")
        program.signal(signal.SIGTERM)
        assert program.finish() == ExitCode.OK

    assert len(of(program, "ready", "")) == 4


def test_what_cannot_run_ends_the_command(tmp_path: Path) -> None:
    """A wrong file, a port that is taken and a directory that another factory has are said once, and final."""
    configuration(tmp_path, AUTO_DELETE_DAYS=0)
    done = run("run", cwd=tmp_path)
    assert done.returncode == ExitCode.CONFIG
    assert "AUTO_DELETE_DAYS" in done.stderr

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()[1]
        configuration(tmp_path, INTERFACE_FACTORY_PORT=taken)
        done = run("run", cwd=tmp_path)
    assert done.returncode == ExitCode.BIND
    assert str(taken) in done.stderr
    assert "the factory has ended (bind (3)), and everything ends with it" in done.stderr
    assert "Traceback" not in done.stderr

    configuration(tmp_path)
    with Program("run", "--json", cwd=tmp_path) as program:
        answers(program)
        configuration(tmp_path)
        done = run("run", cwd=tmp_path)
        assert done.returncode == ExitCode.BIND
        assert f"process {factory_of(program).pid})" in done.stderr
        program.signal(signal.SIGTERM)

        assert program.finish() == ExitCode.OK


def test_the_api_is_started_beside_the_factory(tmp_path: Path) -> None:
    """It says where it answers and where the code for the first admin lies, and ends with the others."""
    configuration(tmp_path)
    with Program("run", "--json", cwd=tmp_path) as program:
        url = api_answers(program)
        answers(program)
        wait_until(lambda: is_ready(url), WAIT_SECONDS, "it can do its work")  # the factory has two seconds to answer
        assert Path(program.event("api_ready")["setup"]).read_text("ascii").strip()
        program.signal(signal.SIGTERM)

        assert program.finish() == ExitCode.OK


def test_an_api_that_dies_is_started_again_while_engines_receive(tmp_path: Path) -> None:
    """Killed with -9 it comes back, and the factory is the one that was there before."""
    main = engine()
    configuration(tmp_path, main)
    with Program("run", "--json", cwd=tmp_path) as program:
        answers(program)
        api_answers(program)
        factory = factory_of(program)
        process_of(program, "api").kill()
        send(main["port"])
        received(program, len(LINES))
        api_answers(program, 2)
        assert factory_of(program) == factory
        assert any("the API ended by itself (killed by SIGKILL)" in line for line in program.errors)
        program.signal(signal.SIGTERM)

        assert program.finish() == ExitCode.OK
    assert [line.decode() for line in LINES] == stored(tmp_path, "main")


def test_an_api_that_cannot_run_ends_nothing(tmp_path: Path) -> None:
    """Its port is taken: that is said, it is tried again, and engines receive."""
    main = engine()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        configuration(tmp_path, main, FAST_API_SERVER_PORT=other.getsockname()[1])
        with Program("run", "--json", cwd=tmp_path) as program:
            answers(program)
            program.wait_for(lambda: any("FAST_API_SERVER_PORT" in line for line in program.errors), "it says why")
            send(main["port"])
            received(program, len(LINES))
            other.close()
            api_answers(program)
            program.signal(signal.SIGTERM)

            assert program.finish() == ExitCode.OK
