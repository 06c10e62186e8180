"""The ledger balances at every moment, explains every loss, and stands in the day file minute by minute."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from syslogger.config import EngineSettings
from syslogger.slots import Geometry
from tests.e2e.clock import NO_NAP, SECOND_US, BentClock, instant
from tests.support import bytes_in_kernel, wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    Load,
    WatchedEngine,
    balanced,
    flat,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
    suspend,
)

RATE = 20_000
SMALL_BUFFER = {"receive_buffer_bytes": 65_536}
# 65,535 bytes a message: few rows a slot.
SMALL_RING = {"max_message_bytes": 65_535}
SMALL_RING_ROWS = 4 * Geometry.of(65_535, 4, 1, 1, 1).rows
MINUTES = "SELECT minute, received, stored, refused, empty, in_flight, unexplained FROM ledger ORDER BY minute"


def test_every_snapshot_under_load_balances(tmp_path: Path) -> None:
    """While lines pour in, each status has a ledger of one moment: both equations hold, nothing is unexplained."""
    engine_settings = settings(tmp_path, clients=[("me", "127.0.0.1")], workers=2)
    ledgers: list[dict[str, Any]] = []
    with WatchedEngine(engine_settings) as engine:
        with Load(engine.port, RATE) as load:
            while load.sent < 2 * RATE or not are_telling(ledgers):
                send(engine.port, b"refused", source="127.0.0.2")
                send(engine.port, b"\n")
                ledgers.append(engine.ledger())
        engine.wait_for(in_flight=0, stored=load.sent)

    assert [] == [ledger for ledger in ledgers if not balanced(ledger)]
    for key in ("offered", "received", "stored", "refused", "empty"):
        counts = [ledger[key] for ledger in ledgers]
        assert sorted(counts) == counts
    assert (len(ledgers), len(ledgers)) == tuple(engine.final_ledger()[key] for key in ("refused", "empty"))
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)
    assert list(range(load.sent)) == stored_numbers(engine_settings)


def are_telling(ledgers: list[dict[str, Any]]) -> bool:
    """Whether they are of many moments, and some had messages in flight."""
    return len({each["received"] for each in ledgers}) > 20 and any(each["in_flight"] for each in ledgers)


@pytest.mark.parametrize("sockets", [1, 4])
def test_kernel_drops_are_counted_exactly(tmp_path: Path, sockets: int) -> None:
    """What a full socket buffer loses is counted: everything sent was offered, the rest of it is stored."""
    engine_settings = settings(tmp_path, receive=SMALL_BUFFER | {"sockets": sockets})
    sent = 0
    with WatchedEngine(engine_settings) as engine:
        for round_number in (1, 2):
            receiver = suspend(engine.processes()["receiver"])
            for host in range(1, 9):
                sent += send(engine.port, *numbered(range(500)), source=f"127.0.0.{host}")
            receiver.resume()
            ledger = engine.wait_for(offered=sent, in_flight=0)
            assert ledger["kernel_dropped"] > round_number * sockets

    assert balanced(engine.final_ledger())
    assert sent == ledger["kernel_dropped"] + ledger["stored"]
    assert [(ledger["stored"],)] == query(engine_settings, "SELECT count(*) FROM entries")
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)


def is_full(engine: WatchedEngine) -> bool:
    """Whether no slot is without messages. How many each has, depends on who was in time to fill it up."""
    ring = engine.status()["ring"]
    return bool(ring["depth"] == ring["slots"])


def test_full_rings_leave_it_to_the_kernel(tmp_path: Path) -> None:
    """When the writer stands, the rings fill, then the kernel's buffer; nothing that was received is ever lost."""
    engine_settings = settings(tmp_path, receive=SMALL_RING, batching={"ring_slots": 4})
    with WatchedEngine(engine_settings) as engine:
        writer = suspend(engine.processes()["writer"])
        sent = send(engine.port, *numbered(range(SMALL_RING_ROWS + 1_000)))
        wait_until(lambda: is_full(engine), WAIT_SECONDS, "no slot is free")
        full = engine.ledger()
        writer.resume()
        engine.wait_for(stored=sent)

    assert balanced(full)
    assert 0 < full["received"] == full["in_flight"] <= SMALL_RING_ROWS
    assert list(range(sent)) == stored_numbers(engine_settings)


def test_full_rings_and_a_full_buffer_are_kernel_drops(tmp_path: Path) -> None:
    """With the kernel's buffer full, too, its drops are counted while the engine stands, not only later."""
    engine_settings = settings(tmp_path, receive=SMALL_RING | SMALL_BUFFER, batching={"ring_slots": 4})
    with WatchedEngine(engine_settings) as engine:
        writer = suspend(engine.processes()["writer"])
        sent = 0
        while not is_full(engine):
            sent += send(engine.port, *numbered(range(sent, sent + 50)))
            wait_until(lambda: not bytes_in_kernel(engine.port), WAIT_SECONDS, "they are received")
        sent += send(engine.port, *numbered(range(sent, sent + 1_000)))
        wait_until(lambda: engine.ledger()["kernel_dropped"], WAIT_SECONDS, "the kernel's drops are noted")
        standing = engine.ledger()
        writer.resume()
        ledger = engine.wait_for(offered=sent, in_flight=0)

    assert balanced(standing)
    assert 0 < standing["received"] == standing["in_flight"] <= SMALL_RING_ROWS
    assert sent == ledger["stored"] + ledger["kernel_dropped"]
    numbers = stored_numbers(engine_settings)
    assert sorted(set(numbers)) == numbers
    assert ledger["stored"] == len(numbers)


def test_a_minute_cut_by_a_restart_is_added_to(tmp_path: Path, clock: BentClock) -> None:
    """Two runs within one minute share its row: counts are added, what the second run sees begins at 0."""
    noon = instant("2026-03-05 12:00:00", "UTC")
    engine_settings = settings(tmp_path, receive=NO_NAP, clients=[("me", "127.0.0.1")])
    for second, count in ((10, 300), (40, 20)):
        clock.hold(noon + second * SECOND_US)
        with WatchedEngine(engine_settings) as engine:
            send(engine.port, b"", *numbered(range(count)))
            send(engine.port, b"refused", source="127.0.0.9")
            engine.wait_for(stored=count, refused=1, empty=1)

    minute = noon // SECOND_US // 60
    assert [(minute, 324, 320, 2, 2, 0, 0)] == query(engine_settings, MINUTES)


def bookings(engine_settings: EngineSettings) -> int:
    """The number of the last transaction in the day file."""
    return int(query(engine_settings, "SELECT bookings FROM partition")[0][0])


def has_booked(engine_settings: EngineSettings, before: int) -> bool:
    """Whether a transaction followed."""
    return bookings(engine_settings) > before


def test_every_minute_has_its_row(tmp_path: Path, clock: BentClock) -> None:
    """Minutes without a datagram are written, too, and each count stands in the minute in which it happened."""
    noon = instant("2026-03-05 12:00:00", "UTC")
    first, counts = noon // SECOND_US // 60, (0, 100, 0)
    engine_settings = settings(tmp_path, receive=NO_NAP)
    stored = 0
    clock.hold(noon + 20 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        for minute, count in enumerate(counts):
            stored += send(engine.port, *numbered(range(count)))
            engine.wait_for(stored=stored)
            before = bookings(engine_settings)
            clock.hold(noon + (60 * minute + 80) * SECOND_US)
            wait_until(partial(has_booked, engine_settings, before), WAIT_SECONDS, "the minute is booked")

    expected = [(first + minute, count, count, 0, 0, 0, 0) for minute, count in enumerate((*counts, 0))]
    assert expected == query(engine_settings, MINUTES)


def test_drops_and_what_is_in_flight_stand_in_the_minute(tmp_path: Path, clock: BentClock) -> None:
    """A minute in whose end messages were in flight says so; the change of it balances the minute."""
    noon = instant("2026-03-05 12:00:00", "UTC")
    clock.hold(noon + 20 * SECOND_US)
    engine_settings = settings(tmp_path, receive=NO_NAP | SMALL_BUFFER)
    with WatchedEngine(engine_settings) as engine:
        worker = suspend(engine.processes()["worker0"])
        receiver = suspend(engine.processes()["receiver"])
        sent = send(engine.port, *numbered(range(2_000)))
        receiver.resume()
        ledger = engine.wait_for(offered=sent)
        clock.hold(noon + 65 * SECOND_US)
        wait_until(lambda: query(engine_settings, MINUTES), WAIT_SECONDS, "the first minute has its row")
        worker.resume()
        engine.wait_for(stored=ledger["received"])

    kept = ledger["received"]
    first, second = query(engine_settings, "SELECT received, stored, in_flight, kernel_dropped FROM ledger")
    assert (kept, 0, kept, ledger["kernel_dropped"]) == first
    assert (0, kept, 0, 0) == second
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)
