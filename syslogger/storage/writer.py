"""The writer: pieces in order of receipt, committed to day files together with how far they go.

Runs in     the writer process of an engine
Reads       pieces in out-slots, told of by a pipe that all workers share; the ring's words
Writes      day files, alone; the settled half of the ring's words, the day's borders, the senders' table
Ends when   every worker has said that nothing follows and all is settled, or a drain's deadline has passed: what is
            left then is counted as abandoned

Order: batches are settled in order of their sequence whatever order workers finish in, so ids are in order of receipt.
The cursor is committed in the transaction of the rows: whoever starts again takes it from the file and stores nothing
twice. A failing disk keeps the batch: the file is opened anew, the cursor read again, and the same rows are tried with
doubling waits; meanwhile the ring fills, then the kernel's buffer, whose drops are counted.
"""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

import numpy as np

from syslogger.config import EngineSettings
from syslogger.errors import AbandonedError, StoreError, SysloggerError
from syslogger.ledger import Ledger
from syslogger.piece import Piece
from syslogger.ring import ROW_BITS, ROW_MASK, cursor
from syslogger.senders import COUNTED
from syslogger.storage.attempt import Attempt, Lost
from syslogger.storage.clock import settle_stamps
from syslogger.storage.database import DatabaseError, store_error
from syslogger.storage.day import MINUTE_US
from syslogger.storage.minute_book import MinuteBook
from syslogger.storage.ready import MESSAGE_BYTES, Ready
from syslogger.storage.said import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syslogger.offer import Offer
    from syslogger.process import Control
    from syslogger.ring import Ring
    from syslogger.senders import Senders
    from syslogger.storage.folder import Folder
    from syslogger.storage.partition import Partition

LEAST_RETRY_SECONDS, GREATEST_RETRY_SECONDS = 0.1, 5.0
GATHER_SECONDS = 0.04
GRACE_SECONDS = 0.5  # behind the receiver's and the workers' deadline: the last one counts what is left


class Writer:
    """Commits pieces until nothing follows. `freed` is the receiver's eventfd, `settled` the workers' pipes."""

    def __init__(
        self, ring: Ring, senders: Senders, folder: Folder, control: Control, commit_batches: int,
        offer: Offer, *, answers: int, freed: int, settled: Sequence[int],
    ) -> None:  # fmt: skip
        self._ring, self._senders, self._folder, self._control = ring, senders, folder, control
        self._commit_batches, self._offer = commit_batches, offer
        self._answers, self._freed, self._settled = answers, freed, settled
        self._minutes, self._minute = MinuteBook(Ledger()), 0
        self._borders: list[tuple[int, Ledger]] = []
        self._ready = Ready(ring)
        self._commit_at = 0.0
        self._trouble: StoreError | None = None
        self._attempt: Attempt | None = None
        self._retry_at, self._retry_seconds = 0.0, LEAST_RETRY_SECONDS

    # -- starting --------------------------------------------------------------------------------------------------

    def start(self) -> int:
        """Recover from the day files and open today's; returns the sequence that is settled next.

        Beside a ring that is in use this takes over from a writer that died. Raises StoreError, ConfigError.
        """
        try:
            self._folder.recover()
            if self._ring.bookings:
                self._take_over()
            else:
                self._name_leftover()
                first = cursor((self._folder.cursor >> ROW_BITS) + 1)
                self._ring.prepare(first, self._folder.bookings + 1, Ledger())
                self._ring.flip()
            self._show_day(self._folder.route(_now_us()))
            self._show_rows()
        except (DatabaseError, OSError) as error:
            raise store_error(self._folder.path, error) from error
        self._minutes = MinuteBook(self._ring.booked)
        self._minute = _now_us() // MINUTE_US
        return self._ring.settled_cursor >> ROW_BITS

    def _take_over(self) -> None:
        """If the file holds the booking that was prepared, the dead writer had committed and only not said so."""
        if self._folder.bookings == self._ring.prepared_bookings() == self._ring.bookings + 1:
            self._count_senders(self._ready.pieces_until(self._ring.prepared_cursor()))
            self._ring.flip()

    def _name_leftover(self) -> None:
        lost = self._folder.name_leftover()
        if lost:
            message = f"{lost} datagrams were in flight when the engine last ended; they are counted as abandoned"
            self._control.report({"event": "abandoned", "count": lost, "message": message})

    # -- the loop ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Settle pieces until nothing follows."""
        self._ready.find()
        while not self._finished():
            self._ring.beats[-1] = time.monotonic()
            self._listen(self._patience())
            self._turn()
        self._end()

    def _turn(self) -> None:
        self._note_border()
        self._obey()
        if self._trouble is not None and time.monotonic() < self._retry_at:
            return
        try:
            if self._trouble is not None:
                self._come_back()
            self._book_borders()
            while (pieces := self._ready.next_pieces(self._commit_batches)) and self._is_due(pieces):
                self._commit(pieces)
            self._recovered()
        except (DatabaseError, OSError, StoreError) as error:
            self._keep_and_retry(error)

    def _obey(self) -> None:
        """Use other settings from now on. What cannot be used whole is refused whole, and the old ones stay."""
        for order in self._control.orders():
            try:
                if self._trouble is not None:
                    raise self._trouble
                self._folder.use(EngineSettings.model_validate(order["settings"]))
            except (DatabaseError, OSError, SysloggerError) as error:
                if not isinstance(error, SysloggerError):
                    self._keep_and_retry(error)
                self._control.report({"event": "refused", "number": order["number"], **self._refusal(error)})
            else:
                self._control.report({"event": "using", "number": order["number"]})

    def _refusal(self, error: Exception) -> dict[str, object]:
        told = error if isinstance(error, SysloggerError) else store_error(self._folder.path, error)
        return {"message": str(told), "exit_code": int(told.exit_code)}

    def _is_due(self, pieces: Sequence[Piece | Lost]) -> bool:
        """Whether to commit now: a transaction has costs of its own (0.4 ms), so a few batches share one."""
        full = len(pieces) == self._commit_batches or pieces[-1].end & ROW_MASK != 0
        return full or self._control.draining or time.monotonic() >= self._commit_at

    def _patience(self) -> float:
        """Seconds until something must be done unasked: the minute's end, a commit, a retry, a deadline."""
        patience = min(1.0, ((self._minute + 1) * MINUTE_US - _now_us()) / 1_000_000)
        if self._ready.has_next:
            patience = min(patience, self._commit_at - time.monotonic())
        if self._trouble is not None:
            patience = self._retry_at - time.monotonic()
        if self._ring.gone.any():
            patience = min(patience, GATHER_SECONDS)  # nobody tells of a dead worker's batches
        if self._control.draining:
            patience = min(patience, float(self._ring.deadline[0]) + GRACE_SECONDS - time.monotonic())
        return max(0.0, patience)

    def _listen(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        if not self._control.draining:
            poll.register(self._control.fileno(), select.POLLIN)
        self._offer.register(poll)
        ready = poll.poll(seconds * 1000)
        for descriptor, _ in ready:
            if descriptor == self._answers:
                if self._ready.hear(os.read(self._answers, 512 * MESSAGE_BYTES)):
                    self._commit_at = time.monotonic() + GATHER_SECONDS
            elif descriptor == self._control.fileno():
                self._control.read()
                self._retry_at = 0.0 if self._control.draining else self._retry_at  # its deadline may be near
        self._offer.turn(ready)

    def _finished(self) -> bool:
        if self._control.past_deadline(GRACE_SECONDS):
            return True
        # a slot that was begun and stayed empty is never answered, so messages are asked for, not sequences
        return self._ready.all_said and not self._ring.settled_ledger().in_flight

    # -- settling ----------------------------------------------------------------------------------------------------

    def _commit(self, pieces: Sequence[Piece | Lost]) -> None:
        """Store the pieces that go to the first one's file, in one transaction, and then let go of their slots."""
        attempt, partition = self._plan(pieces)
        for piece, stamps in zip(attempt.pieces, attempt.stamps, strict=True):
            self._store(partition, piece, stamps)
        for sequence, step in attempt.steps:
            partition.note_clock_step(sequence, step.before, step.after)
        self._show_day(partition)
        self._book(partition, attempt, self._minute, self._after(attempt))

    def _plan(self, pieces: Sequence[Piece | Lost]) -> tuple[Attempt, Partition]:
        """The first pieces that share a file. Routing may change files, so it comes before anything is stored."""
        attempt = Attempt(self._ring.settled_cursor, self._folder.last_received_at)
        for piece in pieces:
            stamps, steps = settle_stamps(piece.stamps(), attempt.last_received_at)
            target = self._folder.route(int(stamps[0]) if len(stamps) else _now_us())
            if attempt.partition is not None and target is not attempt.partition:
                break
            attempt.partition, attempt.first_id = target, target.rows + 1
            attempt.take(piece, stamps, steps)
        assert attempt.partition is not None
        return attempt, attempt.partition

    def _store(self, partition: Partition, piece: Piece | Lost, stamps: np.ndarray) -> None:
        if isinstance(piece, Piece) and len(stamps):
            partition.note_class(self._folder.class_of(piece.mark))
            partition.note_clients(self._folder.networks(piece.clients() - partition.clients.keys()))
            partition.database.ingest("entries", piece.stamped(stamps))

    def _book(self, partition: Partition, attempt: Attempt, minute: int, ledger: Ledger) -> None:
        """Book the ledger as it is with what the attempt settles, commit, and say so."""
        bookings = self._ring.bookings + 1
        partition.advance(*_last(attempt.end), bookings, attempt.least, attempt.greatest)
        partition.roll_up(attempt, self._minutes.book(partition, minute, ledger))
        self._ring.prepare(attempt.end, bookings, ledger)
        self._attempt = attempt
        partition.database.commit()
        self._confirm(attempt)

    def _after(self, attempt: Attempt) -> Ledger:
        """The ledger as it will be when the attempt is settled."""
        now = self._ring.settled_ledger()
        counts, in_flight = now.counts + attempt.counts, now.in_flight - attempt.counts.settled
        return Ledger(now.received, now.kernel_dropped, counts, in_flight)

    def _confirm(self, attempt: Attempt) -> None:
        """The attempt's transaction is in the file: say so everywhere, then let its slots be filled again."""
        self._attempt = None
        self._show_to_subscribers(attempt)
        if attempt.partition is not None:
            attempt.partition.rows = attempt.first_id - 1 + attempt.rows
        self._count_senders([piece for piece in attempt.pieces if isinstance(piece, Piece)])
        self._ready.forget(attempt.pieces)
        self._commit_at = time.monotonic() + GATHER_SECONDS
        self._ring.flip()
        self._minutes.confirm(self._ring.booked)
        self._folder.confirm(attempt.end, attempt.last_received_at)
        os.eventfd_write(self._freed, 1)
        if attempt.end & ROW_MASK and attempt.pieces:
            worker = (attempt.end >> ROW_BITS) % self._ring.geometry.workers
            os.write(self._settled[worker], attempt.end.to_bytes(MESSAGE_BYTES, "little"))
        self._show_rows()
        for _, step in attempt.steps:
            self._control.report({"event": "clock_step", **step.told()})

    def _count_senders(self, pieces: Sequence[Piece]) -> None:
        """Add what a committed transaction settled to the table of senders, each piece once whoever adds it."""
        for piece in pieces:
            if piece.start >= int(self._senders.booked[0]):
                said = Said(self._ring, piece)
                self._senders.add(piece.sender_keys, piece.sender_counts[:, :COUNTED], _now_us(), said)
                self._senders.booked[0] = piece.end

    def _show_to_subscribers(self, attempt: Attempt) -> None:
        """Offer the rows while their slots are still ours."""
        if self._offer.wanted and attempt.partition is not None:
            day, stored = attempt.partition.interval.day, self._ring.counts.stored
            for before, table in attempt.tables():
                self._offer.offer(day, attempt.first_id + before, stored + before, table)

    # -- minutes and days ----------------------------------------------------------------------------------------------

    def _note_border(self) -> None:
        """Keep the ledger as it is when a minute ends; it is booked as soon as the file can be written."""
        minute = _now_us() // MINUTE_US
        if minute != self._minute:
            self._borders.append((self._minute, self._ring.settled_ledger()))
            self._minute = minute

    def _book_borders(self) -> None:
        """Book the minutes that have ended, rows or none, and see to the day that has begun."""
        while self._borders:
            minute, ledger = self._borders[0]
            if ledger.counts != self._ring.counts:  # a commit that seemed to fail had been made
                ledger = self._ring.settled_ledger()
            nothing = Attempt(self._ring.settled_cursor, self._folder.last_received_at)
            self._book(self._folder.route(minute * MINUTE_US), nothing, minute, ledger)
            del self._borders[0]
            self._show_day(self._folder.route(_now_us()))
            self._folder.let_go()

    def _show_day(self, partition: Partition) -> None:
        self._ring.day[:] = partition.interval.start, partition.interval.end

    def _show_rows(self) -> None:
        """Tell the status which days there are when that has changed; the live day's rows stand in the ring."""
        self._ring.live[0] = self._folder.live_rows
        if (days := self._folder.rows_by_day()) is not None:
            self._control.report({"event": "days", "days": days})

    # -- trouble -------------------------------------------------------------------------------------------------------

    def _keep_and_retry(self, error: Exception) -> None:
        trouble = error if isinstance(error, StoreError) else store_error(self._folder.path, error)
        if str(trouble) != str(self._trouble):
            message = f"{trouble}; what is received is kept and retried"
            self._control.report({"event": "write_failed", "message": message})
        self._trouble = trouble
        seconds, self._retry_seconds = self._retry_seconds, min(2 * self._retry_seconds, GREATEST_RETRY_SECONDS)
        self._retry_at = time.monotonic() + (LEAST_RETRY_SECONDS if self._control.draining else seconds)

    def _recovered(self) -> None:
        if self._trouble is not None:
            self._control.report({"event": "written"})
        self._trouble, self._retry_seconds = None, LEAST_RETRY_SECONDS

    def _come_back(self) -> None:
        """Open the files anew; should the failed commit have reached the file after all, it counts."""
        self._minutes.forget()
        committed, attempt, self._attempt = self._folder.reopen(), self._attempt, None
        if attempt is not None and committed == self._ring.bookings + 1:
            self._confirm(attempt)
        self._borders = self._borders or [(self._minute, self._ring.settled_ledger())]  # a write shows that it works

    # -- the end -------------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        """Name what is left, book the last minute, close the files. Raises StoreError, AbandonedError."""
        try:
            if self._trouble is not None:
                self._come_back()  # first: it may find that the last attempt was committed
            self._book_borders()
            settled, left = self._ring.settled_cursor, self._ring.settled_ledger().in_flight
            rest = Lost(settled, max(settled, cursor(self._ring.head + 1)), left)
            attempt = Attempt(rest.start, self._folder.last_received_at)
            attempt.take(rest, rest.stamps(), [])
            self._book(self._folder.route(_now_us()), attempt, self._minute, self._after(attempt))
            self._folder.close()
        except (DatabaseError, OSError, StoreError) as error:
            raise error if isinstance(error, StoreError) else store_error(self._folder.path, error) from error
        if rest.count:
            raise self._trouble or AbandonedError(f"{rest.count} messages could not be stored before the deadline")


def _last(end: int) -> tuple[int, int]:
    """A cursor as `last_sequence` (settled whole) and `last_row` (rows settled of the next batch)."""
    return (end >> ROW_BITS) - 1, end & ROW_MASK


def _now_us() -> int:
    return time.time_ns() // 1000
