"""Starting and stopping leaves nothing behind: no process, descriptor, memfd or file."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from syslogger.errors import LockError
from tests.support import Holdings, leaks_since
from tests.support_engine import WatchedEngine, numbered, send, settings, stored_numbers

CYCLES = 6


def test_many_starts_and_stops(tmp_path: Path) -> None:
    """After each cycle everything is gone again, whether the engine stopped, was killed or never started."""
    engine_settings = settings(tmp_path, workers=2, receive={"sockets": 2})
    before = Holdings.now()
    for cycle in range(CYCLES):
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, *numbered([cycle]))
            engine.wait_for(stored=1)
            if cycle == 1:
                with pytest.raises(LockError):
                    WatchedEngine(engine_settings).start()
            if cycle == 2:
                os.kill(engine.processes()["worker1"], signal.SIGKILL)
                engine.wait_for_event("child_replaced")
        assert [] == leaks_since(before)

    assert [".lock"] == [path.name for path in engine_settings.folder.iterdir() if path.suffix != ".db"]
    assert [] == list(Path("/dev/shm").glob("*syslogger*"))
    assert list(range(CYCLES)) == stored_numbers(engine_settings)


def test_children_hold_only_their_own_sockets(tmp_path: Path) -> None:
    """Each child has its control socket, the receiver the UDP socket too, the writer the one it offers rows on."""
    with WatchedEngine(settings(tmp_path, workers=2)) as engine:
        sockets = {role: len(socket_links(pid)) for role, pid in engine.processes().items() if role != "bridge"}

    assert {"receiver": 2, "worker0": 1, "worker1": 1, "writer": 2} == sockets


def socket_links(pid: int) -> list[str]:
    """The descriptors of a process that are sockets."""
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return [link for link in links if link.startswith("socket:")]
