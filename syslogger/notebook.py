"""The notebook: the machine's clocks compared, and what follows kept on the disk before anybody acts on it.

`storage.verdict` judges, `storage.notes` is the file. Any thread may observe, confirm and change; whoever has the
notebook holds the keeper's lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from syslogger.events import EventKind
from syslogger.storage import days
from syslogger.storage.day_names import stored_days
from syslogger.storage.notes import Notes, load, save
from syslogger.storage.verdict import ClockVerdict

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Tell(Protocol):
    """Whoever hears of events."""

    def __call__(self, kind: EventKind, message: str, **details: Any) -> None:
        """Something has happened."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clocks in us, and the boot that the steady one counts from.

    CLOCK_BOOTTIME goes on while the machine is suspended: a laptop's night is no step of the clock.
    """

    wall_us: Callable[[], int] = lambda: time.time_ns() // 1000
    steady_us: Callable[[], int] = lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
    boot: Callable[[], str] = lambda: BOOT_ID.read_text("ascii").strip()


class Notebook:
    """The notes of a data directory. `now` is what they say; made, they have judged the clock already."""

    def __init__(self, root: Path, folder: Path, zone: ZoneInfo, tell: Tell, clock: Clock) -> None:
        """Judge the clock at the keeper's start. Raises StoreError."""
        self._root, self._folder, self._zone = root, folder, zone
        self._tell, self._clock = tell, clock
        self._guard = RLock()
        self.now = self._judged(load(folder))
        self._save()
        if self.waits:
            tell(EventKind.RETENTION_WAITS, self.waits)

    @property
    def waits(self) -> str:
        """Why retention waits; "" when it does not."""
        wait = self.now.verdict.wait
        return "" if wait is None else str(wait)

    def _judged(self, before: Notes | None) -> Notes:
        wall_us, steady_us, boot = self._clock.wall_us(), self._clock.steady_us(), self._clock.boot()
        stored = stored_days(self._root)
        if before is None:
            return Notes(ClockVerdict.first(wall_us, days.spans(stored, None, self._zone)), None, boot, steady_us)
        passed_us = steady_us - before.steady_us if boot == before.boot else None
        spans = days.spans(stored, before.verdict.wall_us, self._zone)
        return Notes(before.verdict.start(wall_us, spans, passed_us), before.limits, boot, steady_us)

    def observe(self) -> None:
        """Compare the clocks; to be called at least every few minutes. Raises StoreError."""
        with self._guard:
            wall_us, steady_us = self._clock.wall_us(), self._clock.steady_us()
            before = self.now.verdict
            verdict = before.observe(wall_us, steady_us - self.now.steady_us)
            self.now = replace(self.now, verdict=verdict, steady_us=steady_us)
            if (before.wait and before.wait.why) == (verdict.wait and verdict.wait.why):
                return
            self._save()
        if verdict.wait is not None:
            self._tell(EventKind.RETENTION_WAITS, str(verdict.wait))

    def confirm(self) -> str:
        """An operator says that the clock is right; returns what that changes. Raises StoreError."""
        self.observe()
        with self._guard:
            verdict = self.now.verdict
            if verdict.wait is None:
                return "the clock was not in doubt: nothing waits for it"
            known = days.spans(stored_days(self._root), verdict.wall_us, self._zone)
            newest_us = max((greatest for _, greatest in known), default=verdict.wall_us)
            self.change(lambda now: replace(now, verdict=verdict.confirm(verdict.wall_us, newest_us)))
        self._tell(EventKind.CLOCK_CONFIRMED, f"an operator confirmed the clock; before that {verdict.wait}")
        return "the clock is confirmed: retention goes on"

    def change(self, change: Callable[[Notes], Notes]) -> None:
        """Note something; it is on the disk when this returns. Raises StoreError."""
        with self._guard:
            self.now = change(self.now)
            self._save()

    def status(self) -> dict[str, Any]:
        """Why retention waits, and when it ran last (us; before the first run: the newest stamp there was then)."""
        verdict = self.now.verdict
        wait = verdict.wait and {"why": verdict.wait.why, "since": verdict.wait.since_us, "message": str(verdict.wait)}
        return {"waits": wait, "last_run": verdict.last_run_us, "observed": verdict.wall_us}

    def _save(self) -> None:
        save(self._folder, self.now)
