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
from syslogger.config import EngineSettings
from syslogger.extract.header import priority
from syslogger.extract.log_class import Extractor
from syslogger.extract.text import read_texts, stripped_lengths
from syslogger.ledger import Counts
from syslogger.piece import Answer, write_piece
from syslogger.ring import ROW_BITS, ROW_MASK, cursor
from syslogger.slots import SENDER_COUNTS
from syslogger.watch import PatternWatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from syslogger.batch import Batch
    from syslogger.extract.text import Texts
    from syslogger.ledger import DropReason
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


@dataclass(frozen=True, slots=True)
class Equipment:
    """What settings are to a worker; mark: that of the class."""

    extractor: Extractor
    clients: ClientTable
    keep_original: bool = True
    mark: int = 0


class Worker:
    """Turns batches into pieces. `equip` makes what it needs of settings, anew at the border of a batch if ordered."""

    def __init__(self, ring: Ring, index: int, equipment: Equipment, watch: PatternWatch | None = None) -> None:
        self._ring, self._index, self._equipment = ring, index, equipment
        self._watch = watch or PatternWatch(ring, index)
        self._texts: dict[bytes, str] = {}

    @classmethod
    def of(cls, ring: Ring, index: int, settings: EngineSettings, parked: Collection[str]) -> Worker:
        """A worker for these settings; the fields named in `parked` are not searched."""
        watch = PatternWatch(ring, index)
        return cls(ring, index, equip(ring, index, watch, settings, parked), watch)

    def fields(self) -> list[dict[str, str]]:
        """Its fields, and the road of each."""
        fields = self._equipment.extractor.fields
        return [{"field": field.name, "road": field.road.value, "why": field.why} for field in fields]

    def run(self, control: Control, pipes: Pipes) -> None:
        """Serve the pipe until it says that nothing follows; first what a predecessor left."""
        served = (self._ring.settled_cursor >> ROW_BITS) - 1  # what is settled may still be spoken of in the pipe
        for sequence in self._ring.unsettled(self._index):
            self._resume(sequence, control, pipes)
            served = sequence
        while not control.past_deadline():
            waiting = self._wait(pipes.slots, control)
            self._obey(control)
            for sequence in waiting:
                if sequence == LAST:
                    send(pipes.answers, LAST - self._index)
                    return
                if sequence > served:
                    self._serve(sequence, control, pipes)
                    served = sequence

    def _obey(self, control: Control) -> None:
        for order in control.orders():
            try:
                settings = EngineSettings.model_validate(order["settings"])
                self._equipment = equip(self._ring, self._index, self._watch, settings, order["parked"])
            except Exception as error:  # noqa: BLE001 whatever it is, the old equipment works and the operator hears of it
                control.report({"event": "refused", "number": order["number"], "message": str(error)})
            else:
                control.report({"event": "using", "number": order["number"], "fields": self.fields()})

    def _resume(self, sequence: int, control: Control, pipes: Pipes) -> None:
        """Go on where a predecessor ended: a piece that lies ready may not have been told of."""
        if self._ring.has_answer(sequence):
            start, end = self._ring.out_slot(sequence).header[:2].tolist()
            send(pipes.answers, start)
            self._wait_until_settled(end, control, pipes)
            if not end & ROW_MASK:
                return
        self._serve(sequence, control, pipes)

    def _serve(self, sequence: int, control: Control, pipes: Pipes) -> None:
        for answer in self.answers(sequence):
            write_piece(self._ring, answer)
            send(pipes.answers, answer.start)
            self._wait_until_settled(answer.end, control, pipes)
            if control.past_deadline():
                return

    def _wait_until_settled(self, end: int, control: Control, pipes: Pipes) -> None:
        """A piece that is not the batch's last holds the only room for the next."""
        while end & ROW_MASK and self._ring.settled_cursor < end and not control.past_deadline():
            self._wait(pipes.settled, control)

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
        fields = len(self._equipment.extractor.fields) + 1
        if not single and int(part.lengths.sum(dtype=np.int64)) * fields > ESTIMATE_BYTES:
            return None
        end = cursor(sequence, last) if last < batch.count else cursor(sequence + 1)
        body = self._ring.out_slot(sequence).body
        packed = part.packed(body[:PACKED_BYTES])
        self._watch.batch(sequence, first)
        answer = self.answer(packed or part, cursor(sequence, first), end, 0 if packed is None else packed.data.size)
        return answer if single or answer.fits(len(body)) else None

    def answer(self, batch: Batch, start: int, end: int, packed: int = 0) -> Answer:
        """What the batch becomes: its columns, its counts, its senders."""
        equipment, paused = self._equipment, self._ring.paused()
        senders = distinct(batch.senders)
        clients = equipment.clients.decide(senders.keys)
        lengths = stripped_lengths(batch)
        allowed = clients[senders.which] >= 0
        fates = Fates.of(allowed, lengths, paused)
        rows = np.flatnonzero(fates.stored)
        texts = read_texts(batch, rows, lengths[rows])
        return Answer(
            start=start,
            end=end,
            fields=self._columns(batch, rows, lengths[rows], texts, senders, clients),
            views=texts.views if equipment.keep_original else None,
            side=texts.side,
            counts=fates.counts(paused) + Counts(truncated=int(batch.truncated.sum())),
            sender_keys=senders.keys,
            sender_counts=_sender_counts(senders, clients, fates, batch.lengths, start & ROW_MASK),
            lengths=batch.lengths[rows],
            packed=packed,
            mark=equipment.mark,
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
            "client": _coded(names[which], list(self._equipment.clients.names)),
            "log_sender_ip": _coded(which, [self._address(key.tobytes()) for key in keys]),
            "facility": pa.array(values >> 3, mask=none),
            "severity": pa.array(values & 7, mask=none),
        }
        columns |= self._equipment.extractor.extract(texts)
        return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _address(self, key: bytes) -> str:
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= KNOWN_ADDRESSES:
                self._texts.clear()
            text = self._texts[key] = address_text(key)
        return text


def equip(ring: Ring, index: int, watch: PatternWatch, settings: EngineSettings, parked: Collection[str]) -> Equipment:
    """What a worker needs for these settings; counters by field begin anew with another class."""
    log_class, engine = settings.log_class, settings.engine
    fields = [(field.name, field.pattern) for field in log_class.fields]
    roads, hits, costs = ring.roads[index], ring.hits[index], ring.costs[index]
    extractor = Extractor(fields, roads, hits=hits, parked=parked, watch=watch)
    clients = ClientTable([(client.name, client.address) for client in engine.clients])
    if int(ring.marks[index]) != log_class.mark:
        for counters in (roads, hits, costs):
            counters[:] = 0
        ring.marks[index] = log_class.mark
    return Equipment(extractor, clients, engine.keep_original, log_class.mark)


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of each message of a batch (bool (n,) each); the rest is empty. Paused, every one is dropped."""

    stored: np.ndarray
    refused: np.ndarray
    dropped: np.ndarray

    @classmethod
    def of(cls, allowed: np.ndarray, lengths: np.ndarray, paused: DropReason | None) -> Fates:
        """allowed: who sent it is a client; lengths: what is left of it without line ends."""
        none, every = np.zeros(len(allowed), np.bool_), np.ones(len(allowed), np.bool_)
        return cls(allowed & (lengths > 0), ~allowed, none) if paused is None else cls(none, none, every)

    def counts(self, paused: DropReason | None) -> Counts:
        """The same as counts."""
        stored, refused, dropped = int(self.stored.sum()), int(self.refused.sum()), int(self.dropped.sum())
        counts = Counts(stored=stored, refused=refused, empty=len(self.stored) - stored - refused - dropped)
        return counts if paused is None else counts + Counts.drop(paused, dropped)


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct addresses of a batch: keys uint8 (k, 16), which int64 (n,): whose message each is."""

    keys: np.ndarray
    which: np.ndarray


def _sender_counts(
    senders: Distinct, clients: np.ndarray, fates: Fates, lengths: np.ndarray, first_row: int
) -> np.ndarray:
    many = len(senders.keys)
    counts = np.zeros((many, SENDER_COUNTS), np.uint32)
    counts[:, 0] = np.bincount(senders.which, minlength=many)
    for place, fate in enumerate((fates.stored, fates.refused, fates.dropped), 1):
        if fate.any():
            counts[:, place] = np.bincount(senders.which[fate], minlength=many)
    counts[:, 4] = np.bincount(senders.which, lengths, many)
    refused = np.flatnonzero(fates.refused)
    counts[senders.which[refused], 5] = refused + first_row + 1
    counts[:, 6] = clients + 1
    return counts


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
