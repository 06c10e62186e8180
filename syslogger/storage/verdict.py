"""ClockVerdict: whether the machine's clock may decide which days are old.

Pure: no I/O, no clock. Instants are integers, us since the epoch; `passed` is time on a clock that nobody sets.

Rules
1. A step back waits for an operator. A step forward of over a day waits for an operator or for 24 hours without a step;
   smaller ones add up, and more than a day of them together is a step of over a day.
2. While the keeper runs, and from one start to the next within one boot, the wall clock is compared with the steady
   clock. Over a boot only stamps are left: none under the root may lie ahead of the clock, and the clock may be at most
   a day ahead of the newest of them that is reached from the last observation without a gap of over a day. The newest
   of all would not do: an engine that started before the keeper stamps rows with the very clock that is in doubt.
3. Time since the last run is steady time, and over a boot the time between stamps. Time that only a doubtful clock
   tells counts when an operator has confirmed that clock, not when it merely went on steadily: `elapsed_us` is what
   retention may spend.
4. What an operator has confirmed stays confirmed: stamps that lie in the future then are of a clock that was wrong.

Steps of up to a minute are none: a clock that is set by the network at boot jumps by seconds, and a keeper that waited
for an operator each time would let the disk fill up. Retention counts days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from syslogger.storage.day import DAY_US, HOUR_US, SECOND_US

TOLERANCE_US = 60 * SECOND_US
STEADY_US = 24 * HOUR_US

Span = tuple[int, int]


class Why(StrEnum):
    """Which way the clock stepped."""

    BACK = "back"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Wait:
    """Retention waits: since when (by the clock in doubt), how far it stepped, how long it has been steady since."""

    why: Why
    since_us: int
    step_us: int
    steady_us: int = 0

    def __str__(self) -> str:
        hours = abs(self.step_us) / HOUR_US
        confirm = "look at the clock and confirm it (syslogger days confirm-clock)"
        if self.why is Why.BACK:
            return f"the clock stepped back by {hours:.1f} hours: {confirm}"
        left = (STEADY_US - self.steady_us) / HOUR_US
        return f"the clock stepped forward by {hours:.1f} hours: {confirm}, or wait {left:.1f} hours while it is steady"


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """What was observed last, and what follows from it.

    drift_us: how far the wall clock ran away from the steady one since it was trusted. elapsed_us: time since the last
    run that nobody doubts. forgiven: stamps in (first, second] are known to be of a wrong clock.
    """

    wall_us: int
    drift_us: int = 0
    elapsed_us: int = 0
    last_run_us: int | None = None
    wait: Wait | None = None
    forgiven: Span | None = None

    @classmethod
    def first(cls, wall_us: int, spans: Iterable[Span]) -> ClockVerdict:
        """The first one under a root: only the stamps speak. spans: least and greatest stamp of each file.

        The newest stands for the last run.
        """
        newest = max((greatest for _, greatest in spans), default=None)
        fresh = cls(wall_us, last_run_us=newest)
        return fresh if newest is None else _judge(fresh, newest, newest)

    def start(self, wall_us: int, spans: Iterable[Span], passed_us: int | None) -> ClockVerdict:
        """The keeper starts. passed_us: steady time since the last observation, None after a boot."""
        known = sorted(span for span in spans if not self._is_forgiven(span[1]))
        newest = max([self.wall_us, *(greatest for _, greatest in known)])
        if passed_us is not None:
            return _judge(self.observe(wall_us, passed_us), newest, wall_us)
        now = _judge(replace(self, wall_us=wall_us), newest, _reached(self.wall_us, known))
        if now.wait is None or now.wait is self.wait:
            now = replace(now, elapsed_us=self.elapsed_us + max(0, wall_us - self.wall_us))
        return now

    def observe(self, wall_us: int, passed_us: int) -> ClockVerdict:
        """The wall clock shows `wall_us`, `passed_us` of steady time after the last observation."""
        step_us = wall_us - self.wall_us - passed_us
        drift_us = self.drift_us + step_us
        now = replace(self, wall_us=wall_us, drift_us=drift_us, elapsed_us=self.elapsed_us + passed_us)
        if step_us < -TOLERANCE_US or drift_us < -TOLERANCE_US:
            return _doubt(now, Why.BACK, min(step_us, drift_us))
        if self.wait is not None and self.wait.why is Why.FORWARD:
            return _while_it_waits(now, self.wait, step_us, passed_us)
        if drift_us > DAY_US:
            return _doubt(now, Why.FORWARD, drift_us)
        return now

    def confirm(self, wall_us: int, newest_us: int) -> ClockVerdict:
        """An operator says that the clock is right. newest_us: the newest stamp under the root."""
        last_run_us = None if self.last_run_us is None else min(self.last_run_us, wall_us)
        elapsed_us = self.elapsed_us if last_run_us is None else max(self.elapsed_us, wall_us - last_run_us)
        forgiven = (wall_us, newest_us) if newest_us > wall_us else None
        return ClockVerdict(wall_us, 0, elapsed_us, last_run_us, None, forgiven)

    def spend(self) -> ClockVerdict:
        """A retention run begins and spends the time since the last one."""
        return replace(self, elapsed_us=0)

    def ran(self, at_us: int) -> ClockVerdict:
        """A retention run that began at `at_us` has ended."""
        return replace(self, last_run_us=at_us)

    def _is_forgiven(self, stamp_us: int) -> bool:
        return self.forgiven is not None and self.forgiven[0] < stamp_us <= self.forgiven[1]


def _judge(verdict: ClockVerdict, newest_us: int, reached_us: int) -> ClockVerdict:
    if newest_us - verdict.wall_us > TOLERANCE_US:
        return _doubt(verdict, Why.BACK, verdict.wall_us - newest_us)
    if verdict.wall_us - reached_us > DAY_US:
        return _doubt(verdict, Why.FORWARD, verdict.wall_us - reached_us)
    return verdict


def _while_it_waits(verdict: ClockVerdict, wait: Wait, step_us: int, passed_us: int) -> ClockVerdict:
    steady_us = wait.steady_us + passed_us if abs(step_us) <= TOLERANCE_US else 0
    if steady_us >= STEADY_US:
        return replace(verdict, wait=None, drift_us=0)
    return replace(verdict, wait=replace(wait, steady_us=steady_us))


def _doubt(verdict: ClockVerdict, why: Why, step_us: int) -> ClockVerdict:
    if verdict.wait is not None and verdict.wait.why is Why.BACK:
        return verdict
    return replace(verdict, wait=Wait(why, verdict.wall_us, step_us))


def _reached(from_us: int, spans: list[Span]) -> int:
    """The newest stamp that is reached from an instant without a gap of over a day; spans are sorted."""
    reached_us = from_us
    for least, greatest in spans:
        if least <= reached_us + DAY_US:
            reached_us = max(reached_us, greatest)
    return reached_us
