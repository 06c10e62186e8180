"""Latency from send to readable row: marked lines beside the load, and a watch on what a reader sees of the day file.

Runs in: two threads of the measuring process. Reads: the live day file, read-only. Writes: a datagram every 100 ms.
Ends when: `stop` is called.

Rules: the reader must not become a load itself. Looking for a marked row while 300,000 a second arrive would mean
scanning all of them, so it does not look: ids grow in the order of commit, so it only notes, every 5 ms, the greatest
id that a fresh read-only snapshot shows. After the engine has stopped the marked rows are found by their sender's
address (the probe has one of its own), and a row became readable when the watch first saw an id as great as its own.
What the watch costs is measured and part of the result.

Probes are sent at uneven intervals: even ones would lock step with the engine's flush interval and see one phase of it.
"""

from __future__ import annotations

import bisect
import contextlib
import random
import socket
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syslogger.bench.lines import marked_line

PROBE_ADDRESS = "127.0.0.250"
PROBE_SECONDS = 0.1
POLL_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from send to readable row, over the probes of a run."""

    probes: int
    p50_milliseconds: float | None
    p99_milliseconds: float | None
    max_milliseconds: float | None
    poll_milliseconds_max: float
    own_cpu_percent: float


class DayWatch:
    """What a plain reader sees of an engine's newest day file: its greatest id, over time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection: sqlite3.Connection | None = None
        self._path = Path()
        self._listed_at = 0.0
        self.seen: dict[Path, list[tuple[int, float]]] = {}
        self.gap_seconds_max = 0.0

    def look(self) -> None:
        """Note the greatest id that is readable now; a file that cannot be read yet is looked at again next time."""
        self._open_newest()
        if self._connection is None:
            return
        with contextlib.suppress(sqlite3.OperationalError):  # the writer is still making the file
            (greatest,) = self._connection.execute("select max(id) from entries").fetchone()
            self._note(greatest or 0, time.time())

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def readable_at(self, path: Path, entry_id: int) -> float | None:
        """Return when the row was first seen to be readable; None when the watch ended before."""
        seen = self.seen.get(path, [])
        index = bisect.bisect_left(seen, entry_id, key=lambda pair: pair[0])
        return seen[index][1] if index < len(seen) else None

    def _note(self, greatest: int, now: float) -> None:
        seen = self.seen.setdefault(self._path, [])
        if not seen or seen[-1][0] < greatest:
            seen.append((greatest, now))

    def _open_newest(self) -> None:
        """Follow the engine into the next day's file; once a second is enough to look for one."""
        if self._connection is not None and time.monotonic() - self._listed_at < 1.0:
            return
        self._listed_at = time.monotonic()
        newest = max(self._folder.glob("*.db"), default=None)
        if newest is None or newest == self._path:
            return
        self.close()
        with contextlib.suppress(sqlite3.OperationalError):  # its name is there, the file is not open to readers yet
            self._connection = sqlite3.connect(f"{newest.as_uri()}?mode=ro", uri=True)
            self._path = newest


class Probe:
    """Sends marked lines to an engine and watches its day file from `start` to `stop`."""

    def __init__(self, folder: Path, port: int) -> None:
        self._watch = DayWatch(folder)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((PROBE_ADDRESS, 0))
        self._socket.connect(("127.0.0.1", port))
        self._stopping = threading.Event()
        self._sending_ended = threading.Event()
        self._threads = [threading.Thread(target=self._send_all), threading.Thread(target=self._watch_all)]
        self._cpu_seconds = 0.0
        self._watch_seconds = 0.0
        self.sent: dict[str, float] = {}

    def start(self) -> None:
        """Begin to send and to watch."""
        for thread in self._threads:
            thread.start()

    def end_sending(self) -> None:
        """Send no more, so that the engine can drain; the watch goes on."""
        self._sending_ended.set()
        self._threads[0].join()

    def stop(self) -> None:
        """End both threads; may be called twice."""
        self._sending_ended.set()
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._socket.close()

    def latency(self, rows: Sequence[tuple[Path, int, str]], begin: float, end: float) -> Latency:
        """Return the latency of the probes sent from `begin` to `end` (seconds since the epoch).

        `rows` are the stored probes as (day file, id, original line).
        """
        waits = sorted(_waits(rows, self._watch, {k: v for k, v in self.sent.items() if begin <= v < end}))
        return Latency(
            probes=len(waits),
            p50_milliseconds=_percentile(waits, 0.50),
            p99_milliseconds=_percentile(waits, 0.99),
            max_milliseconds=_percentile(waits, 1.0),
            poll_milliseconds_max=self._watch.gap_seconds_max * 1000,
            own_cpu_percent=100 * self._cpu_seconds / max(self._watch_seconds, POLL_SECONDS),
        )

    def _send_all(self) -> None:
        number = 0
        while not self._sending_ended.wait(PROBE_SECONDS * random.uniform(0.5, 1.5)):
            number += 1
            line = marked_line(f"PROBE{number}")
            self.sent[line.decode("ascii")] = time.time()
            self._socket.send(line)

    def _watch_all(self) -> None:
        started = looked = time.monotonic()
        while not self._stopping.wait(POLL_SECONDS):
            self._watch.look()
            now = time.monotonic()
            self._watch.gap_seconds_max, looked = max(self._watch.gap_seconds_max, now - looked), now
        self._watch.look()
        self._watch.close()
        self._cpu_seconds, self._watch_seconds = time.thread_time(), time.monotonic() - started


def _waits(rows: Sequence[tuple[Path, int, str]], watch: DayWatch, sent: Mapping[str, float]) -> list[float]:
    seen = ((watch.readable_at(path, entry_id), sent.get(line)) for path, entry_id, line in rows)
    return [readable - sent_at for readable, sent_at in seen if readable is not None and sent_at is not None]


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that `share` of the values do not exceed, in milliseconds."""
    if not ordered:
        return None
    return 1000 * ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
