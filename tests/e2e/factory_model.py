"""What an operator may rely on of a factory, as a model: which engines there are, and what became of each line.

Rules
- The model knows nothing of processes: engines have a state, reasons to pause, edits that wait for a restart.
- What was sent just before the owner of a socket was killed may lie in the kernel, and is gone with the socket: such
  lines are stored once or not at all, and the books know them as `perhaps`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from syslogger.config import EngineSettings
from tests.support_engine import integrity, minute_sums, numbered, stored_numbers

LINES = 5


@dataclass
class Books:
    """What was sent to the engines of one name, which keep their class and their days over a deletion."""

    log_class: str
    next_number: int = 0
    stored: set[int] = field(default_factory=set)
    perhaps: set[int] = field(default_factory=set)
    paused_least: int = 0
    paused_most: int = 0

    def lines(self, *, paused: bool, sure: bool) -> list[bytes]:
        """A few lines with new numbers, and what is to become of them. sure: an owner of the socket stays alive."""
        numbers = range(self.next_number, self.next_number + LINES)
        self.next_number += LINES
        if paused:
            self.paused_most += LINES
            self.paused_least += LINES if sure else 0
        else:
            (self.stored if sure else self.perhaps).update(numbers)
        return numbered(numbers)

    def settled(self, settings: EngineSettings) -> bool:
        """Whether everything that was surely received is in the day files, as a row or as a count."""
        paused = minute_sums(settings).get("paused", 0)
        return self.stored <= set(stored_numbers(settings)) and paused >= self.paused_least

    def check(self, settings: EngineSettings) -> None:
        """Of an engine that has ended: every line is stored once or counted."""
        numbers, sums = stored_numbers(settings), minute_sums(settings)
        assert sorted(set(numbers)) == sorted(numbers)
        missing, strange = self.stored - set(numbers), set(numbers) - self.stored - self.perhaps
        assert (set(), set()) == (missing, strange), (settings.folder.name, sums)
        assert self.paused_least <= sums.get("paused", 0) <= self.paused_most
        if sums:
            settled = sums["stored"] + sums["paused"]
            assert (sums["received"], sums["stored"], 0) == (settled, len(numbers), sums["unexplained"]), sums
            assert integrity(settings) == {"ok"}


@dataclass
class Model:
    """What one engine should be. in_force: the workers that its bridge was started with."""

    port: int
    desired: bool
    runs: bool
    autostart: bool = True
    title: str = ""
    workers: int = 1
    in_force: int = 1
    paused: set[str] = field(default_factory=set)
    kills: int = 0

    def started(self) -> None:
        """A bridge was started with the settings as they are."""
        self.runs, self.in_force = True, self.workers

    @property
    def status(self) -> dict[str, Any]:
        """What its status is to say."""
        if not self.runs:
            return {"title": self.title, "wanted": "stopped", "state": "stopped", "needs_restart": []}
        return {
            "title": self.title,
            "wanted": "running",
            "state": "paused" if self.paused else "running",
            "pause_reasons": sorted(self.paused),
            "needs_restart": [] if self.workers == self.in_force else ["workers"],
        }

    @property
    def process_count(self) -> int:
        """Bridge, receiver, writer and workers."""
        return 3 + self.in_force if self.runs else 0
