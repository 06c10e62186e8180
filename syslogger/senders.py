"""Who sends how much: per-address counts in bounded memory, whatever a million spoofed addresses do.

Exact for whoever is kept, and exact in total: an address that is let go leaves its counts in `other`, and should it
come again it begins anew. Kept are the 1,000 busiest by messages received and the 1,000 busiest by messages refused,
whenever the table of 4,096 is full. The table lies in shared memory: the writer alone changes it, status reads it.

Of whom was refused the first three different texts are kept, 512 bytes of each. Many devices say the same for ever, so
new texts are looked for in the first messages, and then whenever the count of the refused ones has doubled.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from syslogger.shared import layout_bytes, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syslogger.shared import Layout

    Texts = Callable[[int], Iterable[bytes]]

CAPACITY = 4096
KEPT = 1000
SAMPLES = 3
SAMPLE_BYTES = 512
LOOKED_AT = 8  # so many messages of an address are looked at in any case
LINE_ENDS = b"\0\r\n"
NAMES = ("received", "stored", "refused", "dropped", "bytes")
MOMENTS = ("last_seen", "first_seen")
RECEIVED, STORED, REFUSED, DROPPED, BYTES, LAST_SEEN, FIRST_SEEN = range(7)
COUNTED = len(NAMES)

LAYOUT: Layout = {
    "version": (np.uint64, (1,)),
    "used": (np.int64, (1,)),
    "booked": (np.uint64, (1,)),
    "other": (np.uint64, (COUNTED,)),
    "keys": (np.uint8, (CAPACITY, 16)),
    "counts": (np.uint64, (CAPACITY, COUNTED + len(MOMENTS))),
    "sample_lengths": (np.uint16, (CAPACITY, SAMPLES)),
    # all first ones, then all second ones: memory is taken only for what is there
    "samples": (np.uint8, (SAMPLES, CAPACITY, SAMPLE_BYTES)),
}
TABLE_BYTES = layout_bytes(LAYOUT)


class Senders:
    """The table over shared memory of `TABLE_BYTES`. `add` in one process only; `rows` in any."""

    def __init__(self, memory: memoryview) -> None:
        arrays = place(memory, LAYOUT)
        self._version, self._used, self._other = arrays["version"], arrays["used"], arrays["other"]
        self.booked = arrays["booked"]  # the cursor up to which pieces have been added: a successor goes on from there
        self._keys, self._counts = arrays["keys"], arrays["counts"]
        self._lengths, self._samples = arrays["sample_lengths"], arrays["samples"]
        self._places: dict[bytes, int] | None = None

    def add(self, keys: np.ndarray, counts: np.ndarray, seen: int, texts: Texts) -> None:
        """Add counts of distinct addresses, last seen at `seen`.

        keys: uint8 (n, 16); counts: (n, 5), in the order of `NAMES`, added to what is there.
        `texts(i)` gives refused messages of the i-th address; asked at most once per address.
        """
        # odd while the table moves; also after a writer that was killed in here left it odd
        self._version[0] |= 1
        for start in range(0, len(keys), CAPACITY - 2 * KEPT):
            part = slice(start, start + CAPACITY - 2 * KEPT)
            self._add(keys[part], counts[part], seen, partial(_behind, texts, start))
        self._version[0] += 1

    def _add(self, keys: np.ndarray, counts: np.ndarray, seen: int, texts: Texts) -> None:
        places = self._placed(keys, seen)
        self._counts[places, :COUNTED] += counts.astype(np.uint64)
        self._counts[places, LAST_SEEN] = seen
        refused = np.flatnonzero(counts[:, REFUSED])
        if len(refused):
            worth = self._worth_a_look(places[refused], counts[refused, REFUSED])
            which = refused[worth]
            at = places[which]
            for i, place, lengths in zip(which.tolist(), at.tolist(), self._lengths[at].tolist(), strict=True):
                self._keep_texts(place, lengths, texts(i))

    def _index(self) -> dict[bytes, int]:
        if self._places is None:
            self._places = {key: place for place, key in enumerate(_parts(self._keys[: int(self._used[0])]))}
        return self._places

    def _placed(self, keys: np.ndarray, seen: int) -> np.ndarray:
        """Where each address lies; those that are new lie there from now on."""
        names = _parts(keys)
        known = self._index()
        new = [i for i, name in enumerate(names) if name not in known]
        if int(self._used[0]) + len(new) > CAPACITY:
            self._prune()
            known = self._index()
            new = [i for i, name in enumerate(names) if name not in known]
        if new:
            used = int(self._used[0])
            rows = slice(used, used + len(new))
            self._keys[rows], self._counts[rows], self._lengths[rows] = keys[new], 0, 0
            self._counts[rows, FIRST_SEEN] = seen
            self._used[0] = rows.stop
            known.update((names[i], used + place) for place, i in enumerate(new))
        return np.array([known[name] for name in names], np.int64)

    def _worth_a_look(self, places: np.ndarray, refused: np.ndarray) -> np.ndarray:
        """Which of the refused may have said something new (bool): who says the same for ever is asked ever less."""
        lengths, after = self._lengths[places], self._counts[places, REFUSED]
        before = after - refused
        has_doubled = before ^ after > before  # its highest bit is another one
        worth: np.ndarray = (lengths[:, -1] == 0) & ((lengths[:, 0] == 0) | (before < LOOKED_AT) | has_doubled)
        return worth

    def _keep_texts(self, place: int, lengths: list[int], texts: Iterable[bytes]) -> None:
        known = [self._samples[at, place, :length].tobytes() for at, length in enumerate(lengths) if length]
        for text in texts:
            line = text[:SAMPLE_BYTES].rstrip(LINE_ENDS)
            if line and line not in known and len(known) < SAMPLES:
                at = len(known)
                self._samples[at, place, : len(line)] = np.frombuffer(line, np.uint8)
                self._lengths[place, at] = len(line)
                known.append(line)

    def _prune(self) -> None:
        used = int(self._used[0])
        counts = self._counts[:used]
        kept = np.union1d(_greatest(counts[:, RECEIVED]), _greatest(counts[:, REFUSED]))
        gone = np.setdiff1d(np.arange(used), kept)
        self._other += counts[gone, :COUNTED].sum(axis=0)
        for array in (self._keys, self._counts, self._lengths, *self._samples):
            array[: len(kept)] = array[kept]
        self._used[0] = len(kept)
        self._places = None

    def rows(self) -> tuple[list[dict[str, Any]], dict[str, int]] | None:
        """Every kept address and the rest (`other`); None if the table moved meanwhile."""
        version = int(self._version[0])
        used = int(self._used[0])
        keys, counts, lengths = self._keys[:used].copy(), self._counts[:used].copy(), self._lengths[:used].copy()
        texts = [self._samples[at, np.flatnonzero(lengths[:, at])] for at in range(SAMPLES)]
        other = self._other.tolist()
        if version % 2 or version != int(self._version[0]):
            return None
        columns = (*NAMES, *MOMENTS)
        rows = [
            {"key": key, **dict(zip(columns, numbers, strict=True)), "samples": samples}
            for key, numbers, samples in zip(_parts(keys), counts.tolist(), _samples(lengths, texts), strict=True)
        ]
        return rows, dict(zip(NAMES, other, strict=True))


def _behind(texts: Texts, start: int, place: int) -> Iterable[bytes]:
    return texts(start + place)


def _parts(rows: np.ndarray) -> list[bytes]:
    """Each row (uint8) as bytes."""
    width, data = rows.shape[1], rows.tobytes()
    return [data[start : start + width] for start in range(0, len(data), width)]


def _samples(lengths: np.ndarray, texts: list[np.ndarray]) -> list[list[bytes]]:
    """The texts of each address; `texts`: all first ones, all second ones and so on, of the addresses that have one."""
    found: list[list[bytes]] = [[] for _ in lengths]
    for lengths_at, texts_at in zip(lengths.T, texts, strict=True):
        places = np.flatnonzero(lengths_at)
        for i, length, text in zip(places.tolist(), lengths_at[places].tolist(), _parts(texts_at), strict=True):
            found[i].append(text[:length])
    return found


def _greatest(column: np.ndarray) -> np.ndarray:
    """Places of the greatest `KEPT` positive values."""
    busiest = np.argsort(column, kind="stable")[-KEPT:]
    return busiest[column[busiest] > 0]
