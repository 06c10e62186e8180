"""kill -9 of any process of an engine, under load: it ends by itself, and what it had received is a row or a count.

Lines carry running numbers from one sender, so "stored once, in order, and no other" is a comparison of lists.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from syslogger.bridge import Bridge
from syslogger.config import EngineSettings
from syslogger.errors import ExitCode
from syslogger.ring import Ring
from syslogger.slots import Geometry
from syslogger.worker import LAST, messages
from tests.cli.program import environment
from tests.support import deadline, wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    Load,
    WatchedEngine,
    balanced,
    flat,
    integrity,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
    suspend,
)

RATE = 20_000
ORPHANS_END_SECONDS = 10.0  # an orphan gives itself five; the machine may be busy
OWNER = """
import signal, sys
from syslogger import Engine, EngineSettings
with Engine(EngineSettings.model_validate_json(sys.argv[1])) as engine:
    print(engine.port, engine.pid, flush=True)
    signal.pause()
"""


def killed_under_load(engine_settings: EngineSettings, role: str, sent: int) -> WatchedEngine:
    """Kill the process of this role when `sent` lines were sent, and wait for the engine's own end."""
    engine = WatchedEngine(engine_settings)
    engine.start()
    with Load(engine.port, RATE) as load:
        load.wait_for(sent)
        os.kill(engine.processes()[role], signal.SIGKILL)
        assert ExitCode.CHILD_DIED == engine.wait(WAIT_SECONDS)
    return engine


@pytest.mark.parametrize(
    ("role", "workers"),
    [
        ("receiver", 1),
        ("worker0", 1),
        ("worker0", 2),
        ("worker1", 2),
        ("writer", 1),
    ],
)
def test_a_dead_child_ends_the_engine(tmp_path: Path, role: str, workers: int) -> None:
    """The engine ends with `child_died`; each line is stored once or counted, and the files say the same."""
    engine_settings = settings(tmp_path, workers=workers)
    engine = killed_under_load(engine_settings, role, 30_000)

    ledger, numbers = engine.final_ledger(), stored_numbers(engine_settings)
    assert balanced(ledger)
    assert (0, len(numbers)) == (ledger["in_flight"], ledger["stored"])
    assert ledger["received"] == ledger["stored"] + ledger["dropped"]["abandoned"]
    assert sorted(set(numbers)) == numbers
    if workers == 1 or not role.startswith("worker"):
        assert list(range(len(numbers))) == numbers
    if role == "receiver":
        assert 0 == ledger["dropped"]["abandoned"]
    assert {"ok"} == integrity(engine_settings)
    assert flat(ledger) == minute_sums(engine_settings)
    died = engine.of_kind("child_died")
    assert [role] == [event["role"] for event in died]
    assert f"{role} (process {died[0]['pid']}) was killed by signal 9" in died[0]["message"]


def test_nothing_received_is_lost_with_the_receiver(tmp_path: Path) -> None:
    """A receiver that dies with the rings half full costs nothing: what the kernel had handed over is stored."""
    engine_settings = settings(tmp_path, batching={"flush_milliseconds": 200})
    with WatchedEngine(engine_settings) as engine:
        pids = engine.processes()
        writer = suspend(pids["writer"])
        sent = send(engine.port, b"", *numbered(range(9_000)), b"", b"")
        engine.wait_for(received=sent)
        os.kill(pids["receiver"], signal.SIGKILL)
        engine.wait_for_event("child_died")
        writer.resume()
        assert ExitCode.CHILD_DIED == engine.wait(WAIT_SECONDS)

    ledger = engine.final_ledger()
    assert (9_000, 3, 0) == (ledger["stored"], ledger["empty"], ledger["dropped"]["abandoned"])
    assert list(range(9_000)) == stored_numbers(engine_settings)


def test_a_dead_worker_does_not_hold_up_the_living(tmp_path: Path) -> None:
    """With more in the kernel than the rings hold, the dead worker's batches make room: the other one's are stored."""
    engine_settings = settings(
        tmp_path, workers=2, receive={"max_message_bytes": 65_535}, batching={"ring_slots": 4, "drain_seconds": 15}
    )
    with WatchedEngine(engine_settings) as engine:
        pids = engine.processes()
        # as root the buffer takes them all; else it is as large as the system allows
        count = min(5_000, engine.status()["buffer"]["granted_bytes"] // 2_048)
        receiver = suspend(pids["receiver"])
        send(engine.port, *numbered(range(count)))
        os.kill(pids["worker0"], signal.SIGKILL)
        engine.wait_for_event("child_died")
        receiver.resume()
        with deadline(10):
            assert ExitCode.CHILD_DIED == engine.wait(WAIT_SECONDS)

    ledger, numbers = engine.final_ledger(), stored_numbers(engine_settings)
    assert balanced(ledger)
    assert (count, len(numbers)) == (ledger["received"], ledger["stored"])
    assert count == ledger["stored"] + ledger["dropped"]["abandoned"]
    assert sorted(set(numbers)) == numbers
    assert len(numbers) >= count // 2 - 511


def test_a_batch_that_was_published_and_not_handed_over(tmp_path: Path) -> None:
    """A receiver that dies between these two steps leaves a batch that no worker knows of: the bridge hands it over."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        bridge = Bridge(settings(tmp_path), theirs)
        bridge._ring = Ring(Geometry.of(512, 4, 2, 1, 1))
        bridge._slots = [os.pipe(), os.pipe()]
        bridge._ring.start(5)
        bridge._ring.count[5 % 4] = 1
        bridge._ring.publish(5)
        bridge._bury("receiver")
        heard = [messages(reading) for reading, _ in bridge._slots]
        for pipe in bridge._slots:
            os.close(pipe[0])
            os.close(pipe[1])

    assert [[LAST], [5, LAST]] == heard


def test_an_engine_starts_where_a_dead_one_ended(tmp_path: Path) -> None:
    """After a death the next start goes on in the same file, and stores nothing twice."""
    engine_settings = settings(tmp_path)
    first = killed_under_load(engine_settings, "writer", 2_000)
    kept = first.final_ledger()["stored"]
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *numbered(range(kept, kept + 100)))
        engine.wait_for(stored=100)

    assert list(range(kept + 100)) == stored_numbers(engine_settings)
    assert flat(first.final_ledger())["received"] + 100 == minute_sums(engine_settings)["received"]


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


def test_a_dead_bridge(tmp_path: Path) -> None:
    """Its children end soon, the folder is free, rows and ledger table agree, and a new engine starts."""
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
    assert [(0,)] == query(engine_settings, "SELECT sum(in_flight + unexplained) FROM ledger")


def test_a_dead_owner(tmp_path: Path) -> None:
    """When the program that holds the engine dies, the engine stores what was sent to it and ends."""
    engine_settings = settings(tmp_path)
    command = [sys.executable, "-c", OWNER, engine_settings.model_dump_json(by_alias=True)]
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
        ours.sendall(engine_settings.model_dump_json(by_alias=True).encode() + b"\n")
        assert [ours] == select.select([ours], [], [], WAIT_SECONDS)[0]
        ours.close()
        _, errors = bridge.communicate(timeout=WAIT_SECONDS)

    assert (ExitCode.PARENT_DIED, b"") == (bridge.returncode, errors)
