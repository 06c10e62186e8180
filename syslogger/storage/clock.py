"""Stamps and a clock that steps back.

Rows are stamped with the time of receipt. A stamp up to a second below the last committed one is raised to it (a clock
that is being disciplined wavers by less); a larger step back keeps the true time and is written down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOLERATED_US = 1_000_000


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The clock stood at `before` (microseconds since the epoch) and then at `after`."""

    before: int
    after: int

    def told(self) -> dict[str, object]:
        """The step for an event."""
        seconds = (self.before - self.after) / 1_000_000
        message = f"the clock stepped back by {seconds:.1f} s; rows keep their order of receipt"
        return {"from_us": self.before, "to_us": self.after, "message": message}


def settle_stamps(stamps: np.ndarray, last: int | None) -> tuple[np.ndarray, list[ClockStep]]:
    """Stamps (int64, any number) as they are stored behind a row stamped `last`, and the steps that were found."""
    if not len(stamps):
        return stamps, []
    reference = int(stamps[0]) if last is None else last
    if stamps[0] >= reference and (np.diff(stamps) >= 0).all():
        return stamps, []
    settled, steps = stamps.copy(), []
    changes = np.concatenate([[0], np.flatnonzero(np.diff(stamps)) + 1, [len(stamps)]])
    for first, end in zip(changes[:-1].tolist(), changes[1:].tolist(), strict=True):
        stamp = int(stamps[first])
        if reference - TOLERATED_US <= stamp < reference:
            stamp = reference
        elif stamp < reference:
            steps.append(ClockStep(reference, stamp))
        settled[first:end] = reference = stamp
    return settled, steps
