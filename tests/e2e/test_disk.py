"""A disk that is full or read-only: a warning with the remedy, nothing lost that fits the rings, and on it goes.

The disk is a tmpfs, so these tests need root and have no cases without it. A file system cannot be remounted read-only
under files that are open for writing (EBUSY), so a running engine never meets that; the next start does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.errors import ExitCode, StoreError
from tests.e2e.disk import on_a_small_disk, small_disk
from tests.support_engine import (
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
)


@on_a_small_disk
def test_full_disk_while_running(tmp_path: Path, size: int) -> None:
    """The engine says so, keeps what it receives, and stores all of it once there is room, each row once."""
    with small_disk(tmp_path / "disk", size) as disk:
        engine_settings = settings(disk.folder)
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, *numbered(range(100)))
            engine.wait_for(stored=100)
            disk.fill()
            sent = 100
            while not engine.of_kind("write_failed"):
                sent += send(engine.port, *numbered(range(sent, sent + 500)))
                engine.wait_for(received=sent)
            full = engine.wait_for(received=sent)
            committed = len(stored_numbers(engine_settings))
            sound = integrity(engine_settings)
            disk.make_room()
            engine.wait_for(stored=sent)

        assert balanced(full)
        assert (full["stored"], {"ok"}) == (committed, sound)
        assert full["in_flight"] > 0
        warning = engine.of_kind("write_failed")[0]["message"]
        assert "the disk is full: free space" in warning
        assert "kept and retried" in warning
        assert list(range(sent)) == stored_numbers(engine_settings)
        assert {"ok"} == integrity(engine_settings)
        assert flat(engine.final_ledger()) == minute_sums(engine_settings)


@on_a_small_disk
def test_full_disk_at_the_end(tmp_path: Path, size: int) -> None:
    """A drain on a full disk ends at its deadline with `write`; what it could not store is counted."""
    with small_disk(tmp_path / "disk", size) as disk:
        engine_settings = settings(disk.folder)
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, *numbered(range(100)))
            engine.wait_for(stored=100)
            disk.fill()
            sent = 100
            while not engine.of_kind("write_failed"):
                sent += send(engine.port, *numbered(range(sent, sent + 500)))
                engine.wait_for(received=sent)
            ledger = engine.stop(0.5)
        assert ExitCode.WRITE == engine.wait()
        assert engine.stopped is not None
        assert "the disk is full" in engine.stopped["message"]
        assert balanced(ledger)
        assert (sent, 0) == (ledger["stored"] + ledger["dropped"]["abandoned"], ledger["in_flight"])
        disk.make_room()
        assert list(range(ledger["stored"])) == stored_numbers(engine_settings)
        assert {"ok"} == integrity(engine_settings)
        with WatchedEngine(engine_settings) as after:
            send(after.port, *numbered([ledger["stored"]]))
            after.wait_for(stored=1)

        assert list(range(ledger["stored"] + 1)) == stored_numbers(engine_settings)
        assert [(0,)] == query(engine_settings, "SELECT sum(unexplained) FROM ledger")


@on_a_small_disk
def test_full_disk_at_the_start(tmp_path: Path, size: int) -> None:
    """Nothing is received that could not be stored: the engine does not start, and says what to do."""
    with small_disk(tmp_path / "disk", size) as disk:
        engine_settings = settings(disk.folder)
        disk.fill()
        with pytest.raises(StoreError, match=r"No space left|disk is full"):
            WatchedEngine(engine_settings).start()
        disk.make_room()
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, *numbered([0]))
            engine.wait_for(stored=1)


@on_a_small_disk
def test_read_only_disk(tmp_path: Path, size: int) -> None:
    """A disk that came back read-only is named at the start; writable again, the engine goes on behind its last row."""
    with small_disk(tmp_path / "disk", size) as disk:
        engine_settings = settings(disk.folder)
        for number in range(2):
            with WatchedEngine(engine_settings) as engine:
                send(engine.port, *numbered([number]))
                engine.wait_for(stored=1)
            disk.remount("ro")
            with pytest.raises(StoreError, match="the file system is read-only"):
                WatchedEngine(engine_settings).start()
            disk.remount("rw")

        assert [0, 1] == stored_numbers(engine_settings)
        assert {"ok"} == integrity(engine_settings)
