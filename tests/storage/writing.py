"""A writer in this process, between a ring that tests fill by hand and real pipes.

Rows carry running numbers in the field `number`, so that a loss and a duplicate cannot cancel.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from syslogger.batch import V4_MAPPED
from syslogger.config import EngineSettings
from syslogger.ledger import Counts
from syslogger.offer import Offer
from syslogger.piece import Answer, write_piece
from syslogger.process import Control
from syslogger.ring import Ring, cursor
from syslogger.senders import TABLE_BYTES, Senders
from syslogger.storage.folder import Folder
from syslogger.storage.ready import MESSAGE_BYTES
from syslogger.storage.writer import Writer
from syslogger.watch import PatternWatch
from syslogger.worker import Worker, equip
from tests.batches import batch_of, fill
from tests.rings import SMALL, WORKERS, count_in

LAST = (1 << 64) - 1
WAIT_SECONDS = 60.0
SENDER = V4_MAPPED + b"\x0a\0\0\1"


class Engine:
    """A ring, its pipes, and writers one after the other; receiver and workers are played by the test."""

    def __init__(self, settings: EngineSettings, *, commit_batches: int = 2) -> None:
        self.settings, self.commit_batches = settings, commit_batches
        self.ring = Ring(SMALL)
        self.ring.deadline[0] = float("inf")
        self.memory = bytearray(TABLE_BYTES)
        self.senders = Senders(memoryview(self.memory))
        self.answers, self.freed = os.pipe(), os.eventfd(0, os.EFD_NONBLOCK)
        self.settled = [os.pipe() for _ in range(WORKERS)]
        self.parent, self.child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.parent.setblocking(False)
        self.control = Control(self.child, self.ring)
        self.folder: Folder | None = None
        self.numbers: list[int] = []
        self.width = 1

    def close(self) -> None:
        """Close all that is open; a writer that still lives loses its files, as at a kill."""
        self.kill()
        for descriptor in (*self.answers, self.freed, *(end for pipe in self.settled for end in pipe)):
            os.close(descriptor)
        self.parent.close()
        self.child.close()

    # -- the writer

    def writer(self) -> Writer:
        """A writer on this ring and this folder, started: the first one, or one that takes over."""
        self.kill()
        self.folder = Folder(self.settings, lambda _: None)
        made = Writer(
            self.ring,
            self.senders,
            self.folder,
            self.control,
            self.commit_batches,
            Offer(None, ("word", "main")),
            answers=self.answers[0],
            freed=self.freed,
            settled=[pipe[1] for pipe in self.settled],
        )
        made.start()
        return made

    def kill(self) -> None:
        """What the system does for a dead writer: its files are closed, open transactions are undone."""
        if self.folder is not None:
            self.folder.close()

    def settle(self, writer: Writer, end: int) -> None:
        """Let the writer turn until everything before the cursor `end` is settled."""
        self.turn_until(writer, lambda: self.ring.settled_cursor == end)

    def turn_until(self, writer: Writer, condition: Callable[[], object]) -> None:
        """Let the writer turn until something is true."""
        end = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < end, "the writer did not get there"
            writer._listen(0.01)
            writer._turn()

    # -- receiver and workers

    def receive(self, sequence: int, rows: int, *, published: bool = True) -> None:
        """A batch of messages lies in its slot."""
        self.ring.start(sequence)
        slot = self.ring.in_slot(sequence)
        slot.names[:rows, 8:24] = np.frombuffer(SENDER, np.uint8)
        for row in range(rows):
            text = b"refused number %d" % row
            slot.data[row, : len(text)] = np.frombuffer(text, np.uint8)
            slot.headers["length"][row] = len(text)
        count_in(self.ring, sequence, rows)
        if published:
            self.ring.publish(sequence)

    def answer(self, sequence: int, stamps: Sequence[int], *, first: int = 0, refused: int = 0, empty: int = 0) -> None:
        """A worker's piece for a batch: rows with these stamps, and messages without a row.

        Numbers have `width` digits. The piece ends the batch unless messages are left behind it.
        """
        rows = len(stamps)
        counts = Counts(stored=rows, refused=refused, empty=empty)
        row = first + counts.settled
        end = cursor(sequence + 1) if row == self.ring.rows_in(sequence) else cursor(sequence, row)
        numbers = [len(self.numbers) + each for each in range(rows)]
        self.numbers += numbers
        sample = first + rows + 1 if counts.refused else 0
        write_piece(
            self.ring,
            Answer(
                start=cursor(sequence, first),
                end=end,
                fields=fields(stamps, [f"{number:0{self.width}}" for number in numbers]),
                views=None,
                side=b"",
                counts=counts,
                sender_keys=np.frombuffer(SENDER, np.uint8).reshape(1, 16),
                sender_counts=np.array(
                    [[counts.settled, rows, counts.refused, 0, 100 * counts.settled, sample, 1]], np.uint32
                ),
                lengths=np.full(rows, 100, np.uint32),
            ),
        )

    def datagrams(self, sequence: int, sent: Sequence[tuple[bytes, bytes]], stamps: Sequence[int]) -> None:
        """A batch of messages, each with its sender (16 bytes), goes through a real worker, and the writer is told."""
        batch = batch_of([message for message, _ in sent], senders=[sender for _, sender in sent])
        fill(self.ring, sequence, dataclasses.replace(batch, received_at=np.array(stamps, np.int64)))
        index = sequence % WORKERS
        equipment = equip(self.ring, index, PatternWatch(self.ring, index), self.settings, [])
        [answer] = Worker(self.ring, index, equipment).answers(sequence)
        write_piece(self.ring, answer)
        self.tell(cursor(sequence))

    def tell(self, *numbers: int) -> None:
        """What workers say to the writer: the starts of pieces, or that nothing follows."""
        os.write(self.answers[1], b"".join(number.to_bytes(MESSAGE_BYTES, "little") for number in numbers))

    def batch(self, sequence: int, stamps: Sequence[int], *, refused: int = 0, empty: int = 0) -> None:
        """A batch is received, answered whole, and the writer is told."""
        self.receive(sequence, len(stamps) + refused + empty)
        self.answer(sequence, stamps, refused=refused, empty=empty)
        self.tell(cursor(sequence))

    def last(self) -> None:
        """No worker says anything more."""
        self.tell(*(LAST - worker for worker in range(WORKERS)))

    # -- what came of it

    def events(self) -> list[dict[str, Any]]:
        """What the writer has reported."""
        said = []
        while True:
            try:
                said.append(json.loads(self.parent.recv(1 << 16)))
            except BlockingIOError:
                return said

    def files(self) -> list[Path]:
        """The day files, oldest first."""
        return sorted(self.settings.folder.glob("*.db"))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of all day files by plain sqlite3; no writer has them open."""
        return [row for path in self.files() for row in self.query_one(path, sql)]

    def query_one(self, path: Path, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one day file by plain sqlite3; no writer has it open."""
        self.kill()
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    def stored(self) -> list[int]:
        """The numbers in all files, each in order of its ids."""
        return [int(row[0]) for row in self.query("SELECT substr(number, -9) FROM entries ORDER BY id")]

    def sums(self) -> dict[str, int]:
        """The minutes of all files together."""
        names = ("received", "stored", "refused", "empty", "abandoned", "unexplained")
        terms = [f"total({name})" for name in names if name != "abandoned"]
        terms.insert(4, "total(json_extract(dropped, '$.abandoned'))")
        found = self.query(f"SELECT {', '.join(terms)} FROM ledger")
        return {name: int(sum(row[place] for row in found)) for place, name in enumerate(names)}

    def told(self) -> dict[str, int]:
        """The same of the ring."""
        ledger = self.ring.settled_ledger()
        counts = ledger.counts
        return {
            "received": ledger.received,
            "stored": counts.stored,
            "refused": counts.refused,
            "empty": counts.empty,
            "abandoned": counts.dropped[0],
            "unexplained": ledger.unexplained,
        }

    def sender(self) -> dict[str, object]:
        """The one sender's row."""
        found = self.senders.rows()
        assert found is not None
        [row] = found[0]
        return row


def balances(made: Engine) -> bool:
    """Whether ring and files say the same, and everything is explained."""
    return made.sums() == made.told() and made.told()["unexplained"] == 0


def fields(stamps: Sequence[int], numbers: Sequence[str]) -> pa.RecordBatch:
    """The columns of a worker's answer."""
    many = len(stamps)
    first = pa.array(np.zeros(many, np.int32))
    columns: dict[str, pa.Array] = {
        "received_at": pa.array(stamps, pa.int64()),
        "client": pa.DictionaryArray.from_arrays(first, pa.array(["office"])),
        "log_sender_ip": pa.DictionaryArray.from_arrays(first, pa.array(["10.0.0.1"])),
        "facility": pa.array([16] * many, pa.uint8()),
        "severity": pa.array([6] * many, pa.uint8()),
        "number": pa.array(numbers, pa.string_view()),
    }
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


@contextmanager
def engine(settings: EngineSettings, *, commit_batches: int = 2) -> Iterator[Engine]:
    """An engine whose descriptors and files are closed behind the block."""
    with closing(Engine(settings, commit_batches=commit_batches)) as made:
        yield made
