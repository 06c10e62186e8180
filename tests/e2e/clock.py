"""A clock that a test can bend: libfaketime in the engine's processes only, the offset in a file that they read anew.

Rules
- Wall time is bent, monotonic time is not, so deadlines and waits stay true.
- libfaketime 0.9.10 breaks `time.sleep` when monotonic time is real (EINVAL), so such an engine takes no naps.
- libfaketime leaves a file and a semaphore in /dev/shm for each process that ends by `_exit`. They are taken away, also
  because a later process of the same id would fail on them.
- The library is preloaded by `exec` alone: the test's own process has the machine's time.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

NO_NAP = {"nap_microseconds": 0}
SECOND_US = 1_000_000


def library() -> Path:
    """Where libfaketime lies: Debian puts it below /usr/lib/<architecture>, others below /usr/lib64 or /usr/lib."""
    patterns = ("lib/*/faketime/libfaketime.so.1", "lib*/faketime/libfaketime.so.1")
    places = [path for pattern in patterns for path in Path("/usr").glob(pattern)]
    assert places != [], "libfaketime is missing: apt-get install faketime"
    return places[0]


def instant(local: str, zone: str, fold: int = 0) -> int:
    """Microseconds since the epoch of a local time such as `2026-03-05 12:00:10`."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * SECOND_US


def forget_the_dead() -> None:
    """Remove what libfaketime has left of processes that have ended."""
    for path in Path("/dev/shm").glob("*faketime_s*_*"):
        if not psutil.pid_exists(int(path.name.rpartition("_")[2])):
            path.unlink(missing_ok=True)


class BentClock:
    """The wall clock of engines started while the monkeypatch holds."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file = folder / "clock"
        monkeypatch.setenv("LD_PRELOAD", str(library()))
        monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(self._file))
        monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
        monkeypatch.setenv("DONT_FAKE_MONOTONIC", "1")
        monkeypatch.setenv("NO_FAKE_STAT", "1")
        monkeypatch.setenv("FAKETIME_FMT", "%s")

    def show(self, microseconds: int) -> None:
        """Let it be this instant now; it goes on from there."""
        self._write(f"{microseconds / SECOND_US - time.time():+.6f}")

    def hold(self, microseconds: int) -> None:
        """Let it be this instant until something else is said, however long that takes."""
        self._write(f"{microseconds / SECOND_US:.6f}")

    def _write(self, text: str) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{text}\n")
        fresh.rename(self._file)
