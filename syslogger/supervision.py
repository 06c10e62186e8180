"""How often a process may die, and when its successor starts: doubling waits and a limit.

Pure: seconds of any steady clock in, seconds out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

LEAST_SECONDS, GREATEST_SECONDS = 0.05, 5.0
CALM_SECONDS = 60.0  # without a death, after which a role begins anew
LIMIT = 8  # deaths within CALM_SECONDS that make a crash loop: with the waits between them about seven seconds

# for a factory, which is never given up
FIRST_DELAY_SECONDS, MOST_DELAY_SECONDS, HEALTHY_SECONDS = 1.0, 60.0, 60.0


@dataclass(slots=True)
class Restarts:
    """The deaths of one role. `count`: successors so far; `last_exit`: how the last one ended, for people."""

    count: int = 0
    last_exit: str | None = None
    _deaths: deque[float] = field(default_factory=deque)

    def died(self, now: float, how: str) -> float | None:
        """Note a death; the seconds until its successor may start, None when it died too often."""
        self.last_exit = how
        while self._deaths and now - self._deaths[0] > CALM_SECONDS:
            self._deaths.popleft()
        self._deaths.append(now)
        if len(self._deaths) >= LIMIT:
            return None
        self.count += 1
        return min(LEAST_SECONDS * (1 << len(self._deaths) - 1), GREATEST_SECONDS)

    def give_up(self) -> None:
        """No successor any more, whatever the next death is."""
        self._deaths.extend([float("inf")] * LIMIT)

    def replaced(self, how: str) -> None:
        """Note that a process was replaced on purpose, which is no death."""
        self.last_exit = how
        self.count += 1


class Backoff:
    """How long to wait before the next start: doubling, bounded, forgiven after a time of health."""

    def __init__(self) -> None:
        self._next_seconds = FIRST_DELAY_SECONDS

    def after(self, lived_seconds: float) -> float:
        """The delay after a life of so many seconds."""
        if lived_seconds >= HEALTHY_SECONDS:
            self._next_seconds = FIRST_DELAY_SECONDS
        delay = self._next_seconds
        self._next_seconds = min(2 * delay, MOST_DELAY_SECONDS)
        return delay
