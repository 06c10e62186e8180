"""How many messages a second each client sends: from two looks at its count, for the factory tells counts only.

Kept is a look a second, for a minute; the rate is that since the oldest of them. Pure but for its memory, which is
bounded by the engines that are looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

KEPT_SECONDS, APART_SECONDS = 60.0, 1.0
MOST_ENGINES = 1_000

Counts = Mapping[str, int]


@dataclass(slots=True)
class _Looks:
    since: float
    kept: deque[tuple[float, Counts]] = field(default_factory=deque)


class ClientRates:
    """The last looks at each engine. For one event loop."""

    def __init__(self) -> None:
        self._engines: dict[str, _Looks] = {}

    def seen(self, engine: str, since: float, now: float, counts: Counts) -> dict[str, float | None]:
        """Messages a second by client; None: it has not been looked at before, not for a minute.

        since: when this run of the engine began, so that counts which begin anew are no rate; now: s of any clock that
        does not step; counts: messages of each client.
        """
        looks = self._of(engine, since)
        while looks.kept and now - looks.kept[0][0] > KEPT_SECONDS:
            looks.kept.popleft()
        before = looks.kept[0] if looks.kept and now - looks.kept[0][0] >= APART_SECONDS else None
        if not looks.kept or now - looks.kept[-1][0] >= APART_SECONDS:
            looks.kept.append((now, dict(counts)))
        return {name: _rate(before, name, now, count) for name, count in counts.items()}

    def _of(self, engine: str, since: float) -> _Looks:
        looks = self._engines.get(engine)
        if looks is None or looks.since != since:
            self._engines.pop(engine, None)
            while len(self._engines) >= MOST_ENGINES:
                del self._engines[next(iter(self._engines))]
            looks = self._engines[engine] = _Looks(since)
        return looks


def _rate(before: tuple[float, Counts] | None, name: str, now: float, count: int) -> float | None:
    if before is None or name not in before[1]:
        return None
    at, counts = before
    # a sender that the engine's table let go of takes its count along: less than before is none
    return max(0, count - counts[name]) / (now - at)
