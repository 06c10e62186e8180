"""Who sends how much: per-address counts in bounded memory, whatever a million spoofed addresses do.

Exact for whoever is kept, and exact in total: an address that is let go leaves its counts in `other`, and should it
come again it begins anew. Kept are the 1,000 busiest by messages received and the 1,000 busiest by messages refused,
whenever the table of 4,096 is full. The table lies in shared memory: the writer alone changes it, status reads it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from syslogger.shared import layout_bytes, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from syslogger.shared import Layout

CAPACITY = 4096
KEPT = 1000
SAMPLE_BYTES = 512
NAMES = ("received", "stored", "refused", "dropped", "bytes")
RECEIVED, STORED, REFUSED, DROPPED, BYTES, LAST_SEEN = range(6)
COUNTED = len(NAMES)

LAYOUT: Layout = {
    "version": (np.uint64, (1,)),
    "used": (np.int64, (1,)),
    "booked": (np.uint64, (1,)),
    "other": (np.uint64, (COUNTED,)),
    "keys": (np.uint8, (CAPACITY, 16)),
    "counts": (np.uint64, (CAPACITY, COUNTED + 1)),
    "sample_lengths": (np.uint16, (CAPACITY,)),
    "samples": (np.uint8, (CAPACITY, SAMPLE_BYTES)),
}
TABLE_BYTES = layout_bytes(LAYOUT)


class Senders:
    """The table over shared memory of `TABLE_BYTES`. `add` in one process only; `rows` in any."""

    def __init__(self, memory: memoryview) -> None:
        arrays = place(memory, LAYOUT)
        self._version, self._used, self._other = arrays["version"], arrays["used"], arrays["other"]
        self.booked = arrays["booked"]  # the cursor up to which pieces have been added: a successor goes on from there
        self._keys, self._counts = arrays["keys"], arrays["counts"]
        self._sample_lengths, self._samples = arrays["sample_lengths"], arrays["samples"]
        self._places: dict[bytes, int] | None = None

    def add(self, keys: np.ndarray, counts: np.ndarray, seen: int, sample: Callable[[int], bytes]) -> None:
        """Add counts of distinct addresses, last seen at `seen`.

        keys: uint8 (n, 16); counts: (n, 5), in the order of `NAMES`, added to what is there.
        `sample(i)` gives the bytes of one refused message of the i-th address; asked once per address.
        """
        # odd while the table moves; also after a writer that was killed in here left it odd
        self._version[0] |= 1
        for start in range(0, len(keys), CAPACITY - 2 * KEPT):
            part = slice(start, start + CAPACITY - 2 * KEPT)
            self._add(keys[part], counts[part], seen, partial(_behind, sample, start))
        self._version[0] += 1

    def _add(self, keys: np.ndarray, counts: np.ndarray, seen: int, sample: Callable[[int], bytes]) -> None:
        names = [key.tobytes() for key in keys]
        known = self._index()
        if int(self._used[0]) + sum(name not in known for name in names) > CAPACITY:
            self._prune()
            known = self._index()
        places = np.array([self._place(known, name) for name in names], np.int64)
        self._counts[places, :COUNTED] += counts.astype(np.uint64)
        self._counts[places, LAST_SEEN] = seen
        for i in np.flatnonzero((counts[:, REFUSED] > 0) & (self._sample_lengths[places] == 0)).tolist():
            text = np.frombuffer(sample(i)[:SAMPLE_BYTES], np.uint8)
            self._samples[places[i], : len(text)] = text
            self._sample_lengths[places[i]] = len(text)

    def _index(self) -> dict[bytes, int]:
        if self._places is None:
            self._places = {self._keys[place].tobytes(): place for place in range(int(self._used[0]))}
        return self._places

    def _place(self, known: dict[bytes, int], name: bytes) -> int:
        place = known.get(name)
        if place is None:
            place = known[name] = int(self._used[0])
            self._keys[place] = np.frombuffer(name, np.uint8)
            self._counts[place] = 0
            self._sample_lengths[place] = 0
            self._used[0] = place + 1
        return place

    def _prune(self) -> None:
        used = int(self._used[0])
        counts = self._counts[:used]
        kept = np.union1d(_greatest(counts[:, RECEIVED]), _greatest(counts[:, REFUSED]))
        gone = np.setdiff1d(np.arange(used), kept)
        self._other += counts[gone, :COUNTED].sum(axis=0)
        for array in (self._keys, self._counts, self._sample_lengths, self._samples):
            array[: len(kept)] = array[kept]
        self._used[0] = len(kept)
        self._places = None

    def rows(self) -> tuple[list[dict[str, object]], dict[str, int]] | None:
        """Every kept address and the rest (`other`); None if the table moved meanwhile."""
        version = int(self._version[0])
        used = int(self._used[0])
        keys, counts = self._keys[:used].copy(), self._counts[:used].copy()
        samples, lengths = self._samples[:used].copy(), self._sample_lengths[:used].copy()
        other = self._other.tolist()
        if version % 2 or version != int(self._version[0]):
            return None
        rows: list[dict[str, object]] = [
            {
                "key": keys[i].tobytes(),
                **dict(zip(NAMES, counts[i, :COUNTED].tolist(), strict=True)),
                "last_seen": int(counts[i, LAST_SEEN]),
                "sample": samples[i, : lengths[i]].tobytes(),
            }
            for i in range(used)
        ]
        return rows, dict(zip(NAMES, other, strict=True))


def _behind(sample: Callable[[int], bytes], start: int, place: int) -> bytes:
    return sample(start + place)


def _greatest(column: np.ndarray) -> np.ndarray:
    """Places of the greatest `KEPT` positive values."""
    busiest = np.argsort(column, kind="stable")[-KEPT:]
    return busiest[column[busiest] > 0]
