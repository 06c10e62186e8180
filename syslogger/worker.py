"""The worker: slots of the receive ring in, answers of columns out.

Runs in     a worker process of an engine (worker i has every batch with sequence % workers == i)
Reads       published in-slots, told of by its pipe
Writes      the out-slot of the same number, then one message into the writers' pipe; its words of the ring
Ends when   it is told that no slot follows, or a drain's deadline has passed

Nothing is done per message in Python here, but for odd rows and patterns on the `re` road.
"""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.clients import ClientTable, address_text
from syslogger.extract.header import priority
from syslogger.extract.log_class import Extractor
from syslogger.extract.text import read_texts, stripped_lengths
from syslogger.ledger import Counts
from syslogger.piece import Answer, write_piece
from syslogger.ring import ROW_MASK, cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syslogger.batch import Batch
    from syslogger.extract.text import Texts
    from syslogger.process import Control
    from syslogger.ring import Ring

LAST = (1 << 64) - 1  # the message in a pipe that says: nothing follows
MESSAGE_BYTES = 8
BEAT_SECONDS = 1.0
ESTIMATE_BYTES = 256 << 20  # of what the fields of one piece may take in this process if every field finds whole lines
PACKED_BYTES = 8 << 20
KNOWN_ADDRESSES = 65_536


def messages(pipe: int) -> list[int]:
    """The numbers that lie in a pipe; each was written whole (pipe(7): writes up to PIPE_BUF are atomic)."""
    data = os.read(pipe, 512 * MESSAGE_BYTES)
    return [int(number) for number in np.frombuffer(data, np.uint64)]


def send(pipe: int, number: int) -> None:
    """Put one number into a pipe."""
    os.write(pipe, number.to_bytes(MESSAGE_BYTES, "little"))


@dataclass(frozen=True, slots=True)
class Pipes:
    """slots: batches handed to this worker; answers: pieces for the writer; settled: cursors it has settled for us."""

    slots: int
    answers: int
    settled: int


class Worker:
    """Turns batches into pieces."""

    def __init__(
        self, ring: Ring, index: int, extractor: Extractor, clients: ClientTable, *, keep_original: bool
    ) -> None:
        self._ring, self._index = ring, index
        self._extractor, self._clients = extractor, clients
        self._keep_original = keep_original
        self._texts: dict[bytes, str] = {}

    def run(self, control: Control, pipes: Pipes) -> None:
        """Serve the pipe until it says that nothing follows."""
        waiting = self._ring.waiting(self._index)
        served = -1
        while not control.past_deadline():
            for sequence in waiting:
                if sequence == LAST:
                    send(pipes.answers, LAST - self._index)
                    return
                if sequence > served:
                    self._serve(sequence, control, pipes)
                    served = sequence
            waiting = self._wait(pipes.slots, control)

    def _serve(self, sequence: int, control: Control, pipes: Pipes) -> None:
        for answer in self.answers(sequence):
            write_piece(self._ring, answer)
            send(pipes.answers, answer.start)
            while answer.end & ROW_MASK and answer.end not in self._wait(pipes.settled, control):
                if control.past_deadline():
                    return

    def _wait(self, pipe: int, control: Control) -> list[int]:
        """The numbers of a pipe, waited for no longer than a beat."""
        self._ring.beats[1 + self._index] = time.monotonic()
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        if not control.draining:
            poll.register(control.fileno(), select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(BEAT_SECONDS * 1000)}
        if control.fileno() in ready:
            control.read()
        return messages(pipe) if pipe in ready else []

    # -- one batch ---------------------------------------------------------------------------------------------------

    def answers(self, sequence: int) -> Iterator[Answer]:
        """The pieces of a batch from the settled cursor on; the next is asked for when the last is settled."""
        batch = self._ring.batch(sequence)
        settled = self._ring.settled_cursor
        first = settled & ROW_MASK if settled >= cursor(sequence) else 0
        ends = [batch.count]
        while ends:
            answer = self._try_rows(batch, sequence, first, ends[-1])
            if answer is None:
                ends.append((first + ends[-1]) // 2)
            else:
                yield answer
                first = ends.pop()

    def _try_rows(self, batch: Batch, sequence: int, first: int, last: int) -> Answer | None:
        """The answer to rows `first` to `last`; None if it would be too large and there is more than one row."""
        part = batch.rows(first, last)
        single = last - first == 1
        fields = len(self._extractor.fields) + 1
        if not single and int(part.lengths.sum(dtype=np.int64)) * fields > ESTIMATE_BYTES:
            return None
        end = cursor(sequence, last) if last < batch.count else cursor(sequence + 1)
        body = self._ring.out_slot(sequence).body
        packed = part.packed(body[:PACKED_BYTES])
        answer = self.answer(packed or part, cursor(sequence, first), end, 0 if packed is None else packed.data.size)
        return answer if single or answer.fits(len(body)) else None

    def answer(self, batch: Batch, start: int, end: int, packed: int = 0) -> Answer:
        """What the batch becomes: its columns, its counts, its senders."""
        senders = distinct(batch.senders)
        clients = self._clients.decide(senders.keys)
        lengths = stripped_lengths(batch)
        allowed = clients[senders.which] >= 0
        stored = allowed & (lengths > 0)
        rows = np.flatnonzero(stored)
        texts = read_texts(batch, rows, lengths[rows])
        return Answer(
            start=start,
            end=end,
            fields=self._columns(batch, rows, lengths[rows], texts, senders, clients),
            views=texts.views if self._keep_original else None,
            side=texts.side,
            counts=Counts(
                stored=len(rows),
                refused=int((~allowed).sum()),
                empty=int((allowed & ~stored).sum()),
                truncated=int(batch.truncated.sum()),
            ),
            sender_keys=senders.keys,
            sender_counts=self._sender_counts(senders, stored, allowed, start & ROW_MASK),
            packed=packed,
        )

    def _columns(
        self, batch: Batch, rows: np.ndarray, lengths: np.ndarray, texts: Texts, senders: Distinct, clients: np.ndarray
    ) -> pa.RecordBatch:
        which, keys, names = senders.which[rows], senders.keys, clients
        if (
            len(rows) < batch.count
        ):  # spell out only the addresses that are stored: a flood of refused ones costs 8 times less
            kept, which = np.unique(which, return_inverse=True)
            keys, names = keys[kept], clients[kept]
        values, none = priority(batch, rows, lengths)
        columns: dict[str, pa.Array] = {
            "received_at": pa.array(batch.received_at[rows]),
            "client": _coded(names[which], list(self._clients.names)),
            "log_sender_ip": _coded(which, [self._address(key.tobytes()) for key in keys]),
            "facility": pa.array(values >> 3, mask=none),
            "severity": pa.array(values & 7, mask=none),
        }
        columns |= self._extractor.extract(texts)
        return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _address(self, key: bytes) -> str:
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= KNOWN_ADDRESSES:
                self._texts.clear()
            text = self._texts[key] = address_text(key)
        return text

    def _sender_counts(self, senders: Distinct, stored: np.ndarray, allowed: np.ndarray, first_row: int) -> np.ndarray:
        many = len(senders.keys)
        counts = np.zeros((many, 4), np.uint32)
        counts[:, 0] = np.bincount(senders.which, minlength=many)
        counts[:, 1] = np.bincount(senders.which[stored], minlength=many)
        refused = np.flatnonzero(~allowed)
        counts[:, 2] = np.bincount(senders.which[refused], minlength=many)
        counts[senders.which[refused], 3] = refused + first_row + 1
        return counts


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct addresses of a batch: keys uint8 (k, 16), which int64 (n,): whose message each is."""

    keys: np.ndarray
    which: np.ndarray


def distinct(addresses: np.ndarray) -> Distinct:
    """The distinct ones of addresses (uint8 (n, 16)), n > 0; a single sender is the common case and the cheap one."""
    words = np.ascontiguousarray(addresses).view(np.uint64)
    if (words == words[0]).all():
        return Distinct(addresses[:1].copy(), np.zeros(len(addresses), np.int64))
    if (words[:, 0] == words[0, 0]).all():
        _, first, which = np.unique(words[:, 1], return_index=True, return_inverse=True)
        return Distinct(addresses[first].copy(), which)
    order = np.lexsort((words[:, 1], words[:, 0]))
    new = np.concatenate([[True], (np.diff(words[order], axis=0) != 0).any(axis=1)])
    which = np.empty(len(order), np.int64)
    which[order] = np.cumsum(new) - 1
    return Distinct(addresses[order[new]].copy(), which)


def _coded(codes: np.ndarray, names: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))
