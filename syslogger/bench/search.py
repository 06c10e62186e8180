"""The search for the highest rate that is held: a ladder up, a bisection, a confirmation at full length.

Pure: it calls what runs a load and knows nothing of engines, so that the search itself can be tested against machines
that exist only in a test. Strategy: short runs find where to look, because most of them fail or are far below the
mark; only full-length runs decide, because what buffers hold (hundreds of thousands of messages) flatters a short run.
A rate that fails is given a second chance: other work on the machine costs a run now and then, and a ladder that
believes it would stop far too low.
"""

from __future__ import annotations

from collections.abc import Callable

FIRST_RATE = 100_000
LADDER_STEP = 1.25
RESOLUTION = 1.025
CONFIRM_STEP = 0.97
SHORT_SECONDS = 5.0
TRIES = 2
LOWEST_RATE = 1_000

Holds = Callable[[int, float], bool]


def find_max(holds: Holds, seconds: float, first_rate: int = FIRST_RATE) -> int | None:
    """Return the highest rate (messages a second) that `holds(rate, seconds)`, to about 3 %; None if none does.

    `holds` runs one load and says whether it went through without loss.
    """
    short = min(SHORT_SECONDS, seconds)
    rate = _bisect(holds, short, *_bracket(holds, short, first_rate))
    while rate >= LOWEST_RATE and not _tried(holds, rate, seconds):
        rate = int(rate * CONFIRM_STEP)
    return rate if rate >= LOWEST_RATE else None


def _bracket(holds: Holds, seconds: float, rate: int) -> tuple[int, int]:
    """Return a rate that is held (0 if none is) and a higher one that is not."""
    return _climb(holds, seconds, rate) if _tried(holds, rate, seconds) else _descend(holds, seconds, rate)


def _climb(holds: Holds, seconds: float, held: int) -> tuple[int, int]:
    while _tried(holds, higher := round(held * LADDER_STEP), seconds):
        held = higher
    return held, higher


def _descend(holds: Holds, seconds: float, failed: int) -> tuple[int, int]:
    while (lower := failed // 2) >= LOWEST_RATE:
        if _tried(holds, lower, seconds):
            return lower, failed
        failed = lower
    return 0, failed


def _bisect(holds: Holds, seconds: float, held: int, failed: int) -> int:
    while held and failed / held > RESOLUTION:
        middle = (held + failed) // 2
        if _tried(holds, middle, seconds):
            held = middle
        else:
            failed = middle
    return held


def _tried(holds: Holds, rate: int, seconds: float) -> bool:
    return any(holds(rate, seconds) for _ in range(TRIES))
