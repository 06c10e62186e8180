"""Reading: the process behind a `LogReader`, which answers questions about stored days one after the other.

Runs in     a process of its own, started by `reader_process`
Reads       its settings and its owner's questions (parcels on a socket), day files (read-only)
Writes      answers, or an export's chunks, to its owner; nothing else
Ends when   its owner is gone or kills it, or SIGALRM: a question has outlived its time, and its owner did nothing

Between questions it holds no day file open. What its owner says while it is at work means: come to an end.
"""

from __future__ import annotations

import logging
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from syslogger.asking import told as error_told
from syslogger.errors import SysloggerError
from syslogger.parcels import Head, Parcels
from syslogger.query import questions
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.counting import answer_count
from syslogger.storage.facets import answer_facets, answer_values
from syslogger.storage.following import answer_follow
from syslogger.storage.histogram import answer_histogram
from syslogger.storage.ledger_history import answer_ledger
from syslogger.storage.listing import answer_days, answer_fields
from syslogger.storage.rows import answer_context, answer_row, answer_rows
from syslogger.storage.scan import Budget
from syslogger.storage.senders_answer import answer_senders

ALARM_SECONDS = 4.0  # after the end of its time; the owner has killed it after half of that
MOST_DATA_BYTES = 2 << 30  # the column engine's allocators reserve half of it when they are loaded, and use that first
TOO_LARGE = (
    f"the question needs more than {MOST_DATA_BYTES >> 30} GiB of memory: narrow its time range, or ask for less"
)
QUESTIONS: TypeAdapter[Any] = TypeAdapter(questions.Question)

Answering = Callable[[Catalogue, Any, Budget], BaseModel]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WatchedBudget(Budget):
    """A time that is also over when the owner says something, or is gone."""

    owner: socket.socket

    @property
    def spent(self) -> bool:
        """Whether to come to an end."""
        return time.monotonic() >= self.deadline or bool(select.select([self.owner], [], [], 0)[0])


ANSWERS: dict[type[BaseModel], Answering] = {
    questions.Rows: answer_rows,
    questions.Follow: answer_follow,
    questions.Row: lambda catalogue, asked, _: answer_row(catalogue, asked),
    questions.Context: answer_context,
    questions.Count: answer_count,
    questions.Histogram: answer_histogram,
    questions.Facets: answer_facets,
    questions.Values: answer_values,
    questions.Fields: answer_fields,
    questions.LedgerHistory: answer_ledger,
    questions.Senders: answer_senders,
    questions.Days: answer_days,
}


class Process:
    """The loop of a reader process."""

    def __init__(self, root: Path, owner: Parcels) -> None:
        self._owner = owner
        self._catalogue = Catalogue(root)

    def run(self) -> None:
        """Answer until the owner is gone."""
        try:
            self._owner.send({"ready": True})
            while (heard := self._owner.receive()) is not None:
                head, body = heard
                if "export" in head:
                    self._export(head, body)
                elif "seconds" in head:  # else it told a question to end that had ended by itself
                    self._owner.send(*self._answer(head, body))
        except OSError:
            _log.debug("the owner is gone")

    def _answer(self, head: Head, body: bytes) -> tuple[Head, bytes]:
        seconds = float(head["seconds"])
        budget = WatchedBudget(time.monotonic() + seconds, self._owner.socket)
        with _alarm(seconds + ALARM_SECONDS):
            return _told(lambda: _found(self._catalogue, body, budget))

    def _export(self, head: Head, body: bytes) -> None:
        from syslogger.query.exports import Chunk, ExportRequest
        from syslogger.storage.export import exported  # a process that only answers does not load it

        chunks: Iterator[Chunk] | None = None

        def next_part() -> tuple[Head, bytes]:
            nonlocal chunks
            if chunks is None:
                request = ExportRequest.model_validate_json(body)
                chunks = exported(self._catalogue, request, head["after"])
            chunk = next(chunks, None)
            if chunk is None:
                return {"end": True}, b""
            return {"rows": chunk.rows, "after": chunk.after, "left": chunk.left}, chunk.data

        said: Head = {}
        with ThreadPoolExecutor(1) as sending:
            sent = sending.submit(lambda: None)
            while "end" not in said and "error" not in said:
                with _alarm(float(head["seconds"]) + ALARM_SECONDS):
                    said, data = _told(next_part)
                sent.result()  # one part ahead of what the owner wants
                sent = sending.submit(self._owner.send, said, data)
            sent.result()


def _found(catalogue: Catalogue, body: bytes, budget: Budget) -> tuple[Head, bytes]:
    asked = QUESTIONS.validate_json(body)
    answer = ANSWERS[type(asked)](catalogue, asked, budget)
    return {}, answer.model_dump_json().encode()


def _told(work: Callable[[], tuple[Head, bytes]]) -> tuple[Head, bytes]:
    """What the work gives, or the error it raises as its owner understands it."""
    try:
        return work()
    except SysloggerError as error:
        return {"error": error_told(error)}, b""
    except MemoryError:
        return {"error": error_told(SysloggerError(TOO_LARGE))}, b""
    except Exception as error:  # noqa: BLE001 the process is as good as before: a defect costs its question and is told
        _log.exception("a question failed")
        message = f"a defect of Syslogger: {type(error).__name__}: {error}; stderr has the rest: please report it"
        return {"error": error_told(SysloggerError(message))}, b""


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """The kernel ends this process when the block takes longer: `re` keeps every thread from running."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Answer the owner of the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # sent to a group that lost its parent while one of it was stopped
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # ADBC puts its own handler on SIGINT around every call, and would cancel the one that is under way
    signal.pthread_sigmask(signal.SIG_SETMASK, {signal.SIGINT})
    _, granted = resource.getrlimit(resource.RLIMIT_DATA)
    most = MOST_DATA_BYTES if granted == resource.RLIM_INFINITY else min(granted, MOST_DATA_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    owner = Parcels(connection)
    if (first := owner.receive()) is not None:
        head, root = first
        os.nice(head["nice"])
        Process(Path(os.fsdecode(root)), owner).run()
    os._exit(0)


if __name__ == "__main__":
    main()
