"""kill -9 of an engine's bridge, or of its owner, under load: it ends by itself, and what it had received is a row or a
count.

Lines carry running numbers from one sender, so "stored once, in order, and no other" is a comparison of lists.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from syslogger.config import EngineSettings
from syslogger.errors import ExitCode
from tests.cli.program import environment
from tests.e2e.launcher import launch_through
from tests.support import deadline, wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    Load,
    WatchedEngine,
    integrity,
    left_open,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
)

RATE = 20_000
ORPHANS_END_SECONDS = 60.0
# An orphan gives itself five seconds: here more than the test waits, for it ends when it has nothing left to do.
PATIENT = """
from syslogger import process
process.ORPHAN_SECONDS = bridge.ORPHAN_SECONDS = 120.0
"""
OWNER = """
import signal, sys
from syslogger import Engine, EngineSettings
sys.executable = sys.argv[2]
with Engine(EngineSettings.model_validate_json(sys.argv[1])) as engine:
    print(engine.port, engine.pid, flush=True)
    signal.pause()
"""


def is_locked(engine_settings: EngineSettings) -> bool:
    """Whether some process holds the lock of the engine's folder."""
    with (engine_settings.folder / ".lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def wait_for_orphan(pid: int) -> int:
    """Wait for the end of a process whose parent has died, so that it is ours; its exit code."""
    ended: list[int] = []

    def has_ended() -> bool:
        found, status = os.waitpid(pid, os.WNOHANG)
        ended.append(os.waitstatus_to_exitcode(status))
        return found == pid

    wait_until(has_ended, WAIT_SECONDS, f"process {pid} has ended")
    return ended[-1]


def test_a_dead_bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its children end soon, the folder is free, rows and ledger table agree, and a new engine starts."""
    launch_through(tmp_path, monkeypatch, PATIENT)
    engine_settings = settings(tmp_path, workers=2)
    engine = WatchedEngine(engine_settings)
    engine.start()
    with Load(engine.port, RATE) as load:
        load.wait_for(20_000)
        children = {role: pid for role, pid in engine.processes().items() if role != "bridge"}
        assert is_locked(engine_settings)
        with deadline(ORPHANS_END_SECONDS):
            os.kill(engine.pid, signal.SIGKILL)
            assert -signal.SIGKILL == engine.wait(WAIT_SECONDS)
            codes = {role: wait_for_orphan(pid) for role, pid in children.items()}

    assert dict.fromkeys(children, ExitCode.OK) == codes
    assert not is_locked(engine_settings)
    numbers, sums = stored_numbers(engine_settings), minute_sums(engine_settings)
    assert list(range(len(numbers))) == numbers
    assert (len(numbers), len(numbers), 0) == (sums["received"], sums["stored"], sums["unexplained"])
    assert len(numbers) >= 20_000 - sums["kernel_dropped"] - RATE
    assert {"ok"} == integrity(engine_settings)
    with WatchedEngine(engine_settings) as after:
        send(after.port, *numbered([len(numbers)]))
        after.wait_for(stored=1)
    assert [*numbers, len(numbers)] == stored_numbers(engine_settings)


def test_bridge_and_writer_dead_at_once(tmp_path: Path) -> None:
    """What nobody could store is found by the next start in the ledger of the file, and named as abandoned."""
    engine_settings = settings(tmp_path)
    engine = WatchedEngine(engine_settings)
    engine.start()
    send(engine.port, *numbered(range(10)))
    engine.wait_for(stored=10)
    pids = engine.processes()
    for role in ("bridge", "writer"):
        os.kill(pids[role], signal.SIGKILL)
    engine.wait(WAIT_SECONDS)
    for role in ("writer", "worker0", "receiver"):
        wait_for_orphan(pids[role])
    with WatchedEngine(engine_settings) as after:
        send(after.port, *numbered(range(10, 20)))
        after.wait_for(stored=10)

    assert list(range(20)) == stored_numbers(engine_settings)
    assert left_open(engine_settings) == 0


def test_a_dead_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program that holds the engine dies, the engine stores what was sent to it and ends."""
    engine_settings = settings(tmp_path)
    command = [sys.executable, "-c", OWNER, engine_settings.model_dump_json(by_alias=True)]
    launch_through(tmp_path, monkeypatch, PATIENT)
    command.append(sys.executable)
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        port, pid = (int(word) for word in owner.stdout.readline().split())
        sent = send(port, *numbered(range(5_000)))
        owner.kill()

    assert ExitCode.PARENT_DIED == wait_for_orphan(pid)
    assert list(range(sent)) == stored_numbers(engine_settings)
    assert [(sent,)] == query(engine_settings, "SELECT sum(stored) FROM ledger")


def test_an_owner_that_never_listened(tmp_path: Path) -> None:
    """An owner that dies with unread words on its socket is a dead owner like any other."""
    engine_settings = settings(tmp_path)
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "syslogger.bridge", str(theirs.fileno())]
        bridge = subprocess.Popen(command, env=environment(), pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
    with bridge, ours:
        told = {"settings": engine_settings.model_dump(mode="json", by_alias=True), "paused": []}
        ours.sendall(json.dumps(told).encode() + b"\n")
        assert [ours] == select.select([ours], [], [], WAIT_SECONDS)[0]
        ours.close()
        _, errors = bridge.communicate(timeout=WAIT_SECONDS)

    assert (ExitCode.PARENT_DIED, b"") == (bridge.returncode, errors)
