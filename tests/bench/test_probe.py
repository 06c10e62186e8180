"""The probe against a day file that the test writes itself."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.bench.probe import PROBE_ADDRESS, DayWatch, Probe, _percentile
from tests.support import wait_until


def make_day(folder: Path, day: str) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / f"{day}.db", check_same_thread=False)
    connection.execute("pragma journal_mode = wal")
    connection.execute("create table entries (id integer primary key, log_sender_ip text, original_log text)")
    return connection


def store(connection: sqlite3.Connection, *lines: str) -> None:
    connection.executemany("insert into entries (original_log) values (?)", [(line,) for line in lines])
    connection.commit()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[DayWatch]:
    with closing(DayWatch(tmp_path)) as watched:
        yield watched


def test_a_row_is_readable_when_it_is_first_seen(watch: DayWatch, tmp_path: Path) -> None:
    """Rows of one commit become readable together, later ones later, one that was never seen never."""
    path = tmp_path / "2026-11-20.db"
    with closing(make_day(tmp_path, "2026-11-20")) as day:
        store(day, "a", "b", "c")
        watch.look()
        between = time.time()
        store(day, "d")
        watch.look()

    assert watch.readable_at(path, 1) == watch.readable_at(path, 3)
    first, second = watch.readable_at(path, 3), watch.readable_at(path, 4)
    assert first is not None
    assert second is not None
    assert first <= between <= second <= time.time()
    assert watch.readable_at(path, 5) is None


def test_an_uncommitted_row_is_not_readable(watch: DayWatch, tmp_path: Path) -> None:
    """Readable means committed."""
    with closing(make_day(tmp_path, "2026-11-20")) as day:
        day.execute("insert into entries (original_log) values ('a')")
        watch.look()

    assert watch.readable_at(tmp_path / "2026-11-20.db", 1) is None


def test_it_waits_for_a_file_and_for_its_table(watch: DayWatch, tmp_path: Path) -> None:
    """Before the engine has made the day file nothing is seen, and nothing fails."""
    watch.look()
    (tmp_path / "2026-11-20.db").touch()
    watch.look()
    with closing(make_day(tmp_path, "2026-11-20")) as day:
        store(day, "a")
        watch.look()

    assert watch.readable_at(tmp_path / "2026-11-20.db", 1) is not None


def test_it_follows_into_the_next_day(watch: DayWatch, tmp_path: Path) -> None:
    """At midnight the engine begins a new file; the watch does too."""
    with closing(make_day(tmp_path, "2026-11-20")) as old, closing(make_day(tmp_path, "2026-11-21")) as new:
        store(old, "a")
        store(new, "b")
        watch.look()

    assert watch.readable_at(tmp_path / "2026-11-20.db", 1) is None
    assert watch.readable_at(tmp_path / "2026-11-21.db", 1) is not None


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    """At least `share` of the values are at most the percentile, and fewer are below it."""
    ordered = sorted(values)
    percentile = _percentile(ordered, share)

    assert percentile is not None
    at_most = sum(1000 * value <= percentile for value in ordered)
    below = sum(1000 * value < percentile for value in ordered)
    assert below < share * len(ordered) + 1e-9 <= at_most + 1e-6


def test_without_probes_latency_is_unknown() -> None:
    """No value is better than a zero that looks like a good one."""
    assert _percentile([], 0.99) is None


def test_marked_lines_are_timed_from_send_to_row(tmp_path: Path) -> None:
    """With a stand-in that stores each datagram at once, every probe has a latency, and it is a plausible one."""
    path = tmp_path / "2026-11-20.db"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, closing(make_day(tmp_path, path.stem)) as day:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(60)
        probe = Probe(tmp_path, receiver.getsockname()[1])
        began = time.time()
        probe.start()
        senders = set()
        for _ in range(5):
            line, (address, _) = receiver.recvfrom(65_535)
            senders.add(address)
            store(day, line.decode())
        probe.end_sending()
        wait_until(lambda: probe._watch.readable_at(path, 5), 60, "the fifth row is seen")
        probe.stop()
        rows = [(path, *row) for row in day.execute("select id, original_log from entries")]

    latency = probe.latency(rows, began, time.time())
    assert senders == {PROBE_ADDRESS}
    assert latency.probes == 5
    assert latency.p50_milliseconds is not None
    assert latency.max_milliseconds is not None
    assert 0 < latency.p50_milliseconds <= latency.max_milliseconds < 60_000
    assert probe.latency(rows, 0.0, began).probes == 0
