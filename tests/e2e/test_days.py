"""Days: midnight while rows come in, both DST days of three zones, a new time zone; on a clock that is bent."""

from __future__ import annotations

import threading
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syslogger.config import EngineSettings
from tests.e2e.clock import NO_NAP, SECOND_US, BentClock, instant
from tests.support_engine import (
    Sender,
    WatchedEngine,
    day_files,
    flat,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
)

HOUR_US = 3_600 * SECOND_US
BERLIN = "Europe/Berlin"
INTERVALS = "SELECT day, time_zone, interval_start, interval_end FROM partition"
MISPLACED = """
    SELECT count(*) FROM entries, partition
    WHERE received_at NOT BETWEEN max(interval_start, least_received_at) AND min(interval_end - 1, greatest_received_at)
"""


def local_times(engine_settings: EngineSettings, zone: str) -> list[str]:
    """The local time of each row, computed here from `received_at`."""
    stamps = query(engine_settings, "SELECT received_at FROM entries ORDER BY id")
    return [f"{datetime.fromtimestamp(stamp // SECOND_US, ZoneInfo(zone)):%H:%M:%S}" for (stamp,) in stamps]


def test_midnight_while_rows_come_in(tmp_path: Path, clock: BentClock) -> None:
    """Each row lies in the file of its own local day; numbers go on from file to file, and so does the ledger."""
    midnight = instant("2026-01-16 00:00:00", BERLIN)
    # batches are wide open when midnight comes: none may span it
    engine_settings = settings(tmp_path, zone=BERLIN, receive=NO_NAP, batching={"flush_milliseconds": 200})
    sent, nap = 0, threading.Event()
    clock.hold(midnight - SECOND_US)
    with WatchedEngine(engine_settings) as engine, Sender(engine.port) as sender:
        while len(day_files(engine_settings)) < 2 or sent % 100:
            sent += sender.send(*numbered([sent]))
            if sent == 100:
                engine.wait_for(received=sent)  # all of these are of the old day, some of them in an open batch
                clock.hold(midnight)
            nap.wait(0.005)
        engine.wait_for(stored=sent)
        assert [] == engine.trouble()

    assert ["2026-01-15.db", "2026-01-16.db"] == [path.name for path in day_files(engine_settings)]
    first, second = query(engine_settings, INTERVALS)
    assert ("2026-01-15", BERLIN, midnight - 24 * HOUR_US, midnight) == first
    assert ("2026-01-16", BERLIN, midnight, midnight + 24 * HOUR_US) == second
    assert [(0,), (0,)] == query(engine_settings, MISPLACED)
    assert list(range(sent)) == stored_numbers(engine_settings)
    assert [(1,), (1,)] == query(engine_settings, "SELECT min(id) FROM entries")
    assert [("23:59:59",), ("00:00:00",)] == query(engine_settings, "SELECT min(time) FROM log")
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)
    assert [((midnight // SECOND_US - 1) // 60,)] == query(engine_settings, "SELECT max(minute) FROM ledger")[:1]


@pytest.mark.parametrize(
    ("zone", "switch", "before", "after", "hours"),
    [
        (BERLIN, "2025-03-30 01:00:00", "01:59", "03:00", 23),
        (BERLIN, "2025-10-26 01:00:00", "02:59", "02:00", 25),
        ("Africa/Cairo", "2025-04-24 22:00:00", "23:59", "01:00", 23),
        ("Africa/Cairo", "2025-10-30 21:00:00", "23:59", "23:00", 25),
        ("Australia/Lord_Howe", "2025-04-05 15:00:00", "01:59", "01:30", 24.5),
        ("Australia/Lord_Howe", "2025-10-04 15:30:00", "01:59", "02:30", 23.5),
    ],
)
def test_both_dst_days(
    tmp_path: Path, clock: BentClock, zone: str, switch: str, before: str, after: str, hours: float
) -> None:
    """A DST day's file is shorter or longer, and its view shows the right local time on both sides of the switch."""
    moment = instant(switch, "UTC")
    engine_settings = settings(tmp_path, zone=zone, receive=NO_NAP)
    clock.show(moment - 30 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *numbered([0]))
        engine.wait_for(stored=1)
        clock.show(moment + 2 * SECOND_US)
        send(engine.port, *numbered([1]))
        engine.wait_for(stored=2)

    times = [row[0] for row in query(engine_settings, "SELECT time FROM log ORDER BY rowid")]
    assert [before, after] == [time[:5] for time in times]
    assert local_times(engine_settings, zone) == times
    *_, (day, _, start, end) = query(engine_settings, INTERVALS)
    assert (hours * HOUR_US, True) == (end - start, start <= moment < end)
    assert date.fromisoformat(day) == datetime.fromtimestamp(moment // SECOND_US, ZoneInfo(zone)).date()
    assert [] == engine.of_kind("clock_step")


def test_a_new_time_zone_takes_over_at_the_end_of_the_day(tmp_path: Path, clock: BentClock) -> None:
    """The day that has begun ends as it was planned; the first file of the new zone begins there."""
    end = instant("2026-03-06 00:00:00", "UTC")
    old, new = (settings(tmp_path, zone=zone, receive=NO_NAP) for zone in ("UTC", "Asia/Tokyo"))
    clock.show(end - 300 * SECOND_US)
    with WatchedEngine(old) as engine:
        send(engine.port, *numbered([0]))
        engine.wait_for(stored=1)
    clock.show(end - 200 * SECOND_US)
    with WatchedEngine(new) as engine:
        send(engine.port, *numbered([1]))
        engine.wait_for(stored=1)
        clock.show(end + 5 * SECOND_US)
        send(engine.port, *numbered([2]))
        engine.wait_for(stored=2)

    tokyo_ends = instant("2026-03-07 00:00:00", "Asia/Tokyo")
    expected = [("2026-03-05", "UTC", end - 24 * HOUR_US, end), ("2026-03-06", "Asia/Tokyo", end, tokyo_ends)]
    assert expected == query(new, INTERVALS)
    rows = query(new, "SELECT substr(time, 1, 5), time_zone, number FROM log ORDER BY number")
    assert [("23:55", "UTC", "0"), ("23:56", "UTC", "1"), ("09:00", "Asia/Tokyo", "2")] == rows
