"""What classes find in the samples of unknown senders: tried once, remembered for as long as it is shown.

Rules
- A sample that was tried with a class as it is now is not tried again; what took too long is.
- At most what was shown last is remembered: the samples of one answer, and the classes of that moment.
- One asks at a time: whoever comes meanwhile finds what the first one has found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from interfaces.trial import rates_of
from syslogger.config import LogClass

Rates = dict[str, float | None]


class SampleRates:
    """Of one engine."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        # by the digest of a class, then by sample; None: nothing is left of it without line ends
        self._known: dict[str, dict[str, float | None]] = {}
        self._slow: set[str] = set()

    async def of(self, classes: Callable[[], Iterable[LogClass]], senders: Sequence[Sequence[str]]) -> list[Rates]:
        """For each sender, given by its samples, the mean of what each class finds; null where it took too long."""
        async with self._turn:
            now = {each.digest: each for each in classes()}  # they may have changed while others had their turn
            shown = dict.fromkeys(chain.from_iterable(senders))
            self._known = {digest: _among(shown, self._known.get(digest, {})) for digest in now}
            await self._try(now, shown)
            return [
                {each.name: _mean(self._known[digest], samples) for digest, each in now.items()} if samples else {}
                for samples in senders
            ]

    async def _try(self, classes: dict[str, LogClass], shown: Iterable[str]) -> None:
        """Find what is missing: mostly all in one process, but a class that took too long waits behind the others."""
        self._slow &= classes.keys()
        groups: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
        for digest in classes:
            if missing := tuple(each for each in shown if each not in self._known[digest]):
                groups.setdefault((digest in self._slow, missing), []).append(digest)
        for (_, missing), digests in sorted(groups.items()):
            found = await rates_of([classes[digest] for digest in digests], missing)
            for digest, rates in zip(digests, found, strict=False):
                self._known[digest].update(zip(missing, rates, strict=True))
            self._slow -= set(digests[: len(found)])
            self._slow |= set(digests[len(found) : len(found) + 1])  # those behind it had no turn


def _among(shown: dict[str, None], known: dict[str, float | None]) -> dict[str, float | None]:
    return {sample: rate for sample, rate in known.items() if sample in shown}


def _mean(known: dict[str, float | None], samples: Sequence[str]) -> float | None:
    rates = [rate for sample in samples if (rate := known.get(sample)) is not None]
    return sum(rates) / len(rates) if rates else None
