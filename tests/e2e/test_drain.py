"""The end of an engine: what was received is stored, what the deadline cuts off is counted, and nobody can delay it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from syslogger.errors import ExitCode
from tests.support import deadline
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

MANY = 5_000
BUFFER_BYTES_EACH = 2_048  # more than the kernel charges for a datagram of about a hundred bytes


@pytest.mark.parametrize(("by_signal", "sockets"), [(False, 1), (True, 1), (False, 4)])
def test_what_the_kernel_holds_is_stored(tmp_path: Path, by_signal: bool, sockets: int) -> None:
    """Datagrams that lie in the socket's buffer when the end is asked for are read, stored and counted."""
    engine_settings = settings(tmp_path, receive={"sockets": sockets})
    with WatchedEngine(engine_settings) as engine:
        # as root the buffer takes them all; else it is as large as the system allows
        count = min(MANY, engine.status()["buffer"]["granted_bytes"] // BUFFER_BYTES_EACH)
        receiver = suspend(engine.processes()["receiver"])
        send(engine.port, *numbered(range(count)))
        if by_signal:
            os.kill(engine.pid, signal.SIGTERM)
        else:
            engine.shorten(None)
        receiver.resume()
        assert ExitCode.OK == engine.wait(WAIT_SECONDS)

    ledger = engine.final_ledger()
    assert (count, count, 0) == (ledger["offered"], ledger["stored"], ledger["in_flight"])
    assert list(range(count)) == stored_numbers(engine_settings)
    assert flat(ledger) == minute_sums(engine_settings)


def test_senders_that_go_on_cannot_delay_the_end(tmp_path: Path) -> None:
    """A drain ends although datagrams keep coming: the port is taken away first."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as engine, Load(engine.port, 20_000) as load:
        load.wait_for(10_000)
        with deadline(40):
            ledger = engine.stop()

    assert balanced(ledger)
    assert (ledger["received"], 0) == (ledger["stored"], ledger["dropped"]["abandoned"])
    assert list(range(ledger["stored"])) == stored_numbers(engine_settings)


def test_a_writer_that_stands_is_cut_off(tmp_path: Path) -> None:
    """Past the deadline nobody waits for the writer: what it holds is counted as abandoned, in the file too."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *numbered(range(100)))
        engine.wait_for(stored=100)
        suspend(engine.processes()["writer"])
        send(engine.port, *numbered(range(100, 1_000)))
        engine.wait_for(received=1_000)
        with deadline(40):
            ledger = engine.stop(0.0)

    assert ExitCode.ABANDONED == engine.wait()
    assert engine.stopped is not None
    assert "writer did not end before the drain's deadline" in engine.stopped["message"]
    assert balanced(ledger)
    assert (100, 900, 0) == (ledger["stored"], ledger["dropped"]["abandoned"], ledger["in_flight"])
    assert list(range(100)) == stored_numbers(engine_settings)
    assert {"ok"} == integrity(engine_settings)
    assert flat(ledger) == minute_sums(engine_settings)


def test_a_worker_that_stands_is_cut_off(tmp_path: Path) -> None:
    """A deadline that is moved closer while draining holds; the other worker's batches before the gap are stored."""
    engine_settings = settings(tmp_path, workers=2, batching={"drain_seconds": 3_600})
    with WatchedEngine(engine_settings) as engine:
        suspend(engine.processes()["worker1"])
        send(engine.port, *numbered(range(1_000)))
        engine.wait_for(received=1_000)
        engine.shorten(None)
        assert engine.wait(0.2) is None
        with deadline(40):
            ledger = engine.stop(0.1)

    assert ExitCode.ABANDONED == engine.wait()
    assert balanced(ledger)
    assert 1_000 == ledger["stored"] + ledger["dropped"]["abandoned"]
    assert list(range(ledger["stored"])) == stored_numbers(engine_settings)
    assert flat(ledger) == minute_sums(engine_settings)


def test_no_time_at_all_under_load(tmp_path: Path) -> None:
    """With a deadline of zero the engine ends at once, and whatever it had received is a row or a count."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as engine, Load(engine.port, 20_000) as load:
        load.wait_for(20_000)
        with deadline(40):
            ledger = engine.stop(0.0)

    assert balanced(ledger)
    assert [(ledger["stored"],)] == query(engine_settings, "SELECT count(*) FROM entries")
    assert ledger["received"] == ledger["stored"] + ledger["dropped"]["abandoned"]
    assert flat(ledger) == minute_sums(engine_settings)
