"""LogReader: the library's door to stored rows. Answers come from a few processes of its own, whoever writes meanwhile.

    with LogReader(Path("LOG_DATABASE")) as reader:
        answer = reader.ask(Rows(query=Query(since="-15m", where=Phrase(text="login failed"))))

Rules
1. A process is started when it is needed and ends when it was idle for five minutes. It answers one question at a time.
2. Time counts from when a process takes the question. When it is over the answer says how far it came; a process that
   does not come to an end then is killed, and the question fails.
3. A process that dies costs nobody anything: its question is asked once more, in another one.
4. Any thread may ask. `submit` returns at once, with a future that asyncio can wait for; cancelling it is felt by the
   process.
5. An export has a process of its own for as long as it lasts, and waits while nobody takes its next part.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from syslogger.asking import answered, crossing, crossing_export, encoded, zone_called
from syslogger.config import system_time_zone
from syslogger.errors import ReaderDiedError, SysloggerError
from syslogger.query.exports import Chunk, ExportRequest
from syslogger.reader_process import DiedError, GivenUpError, ReaderProcess, ReaderSettings

if TYPE_CHECKING:
    from syslogger.query import answers, questions

IDLE_SECONDS = 300.0
MOST_SECONDS = 86_400.0
MOST_WAITING = 100
MOST_EXPORTS = 4

Answer = TypeVar("Answer")


class Pending(Future[Answer]):
    """An answer that is to come. `result()` raises what the question fails with, CancelledError when it was cancelled.

    `asyncio.wrap_future(pending)` is awaitable, and cancels it when its task is cancelled.
    """

    def __init__(self, asked: Any, crossed: Any, seconds: float, forget: Callable[[Pending[Any]], None]) -> None:
        super().__init__()
        self.asked, self.crossed, self.body, self.seconds = asked, crossed, encoded(crossed), seconds
        self.is_unwanted = False
        self._forget = forget

    def cancel(self) -> bool:
        """Take it back, or have the process that is at it end; False when it is done already."""
        if not super().cancel() and self.done():
            return False
        self.is_unwanted = True
        self._forget(self)
        return True


class LogReader:
    """Asks the days under a root. Raises QueryError: there is no such time zone.

    processes: at most so many answer, one at least. time_zone: where `today` begins, the system's by default.
    timeout_seconds: of an answer for which nothing else is said. nice: of the processes, so that engines come first.
    """

    def __init__(
        self,
        root: Path,
        *,
        time_zone: str | None = None,
        processes: int = 2,
        timeout_seconds: float = 30.0,
        nice: int = 10,
    ) -> None:
        self._settings = ReaderSettings(root, nice)
        self.zone = zone_called(system_time_zone() if time_zone is None else time_zone)
        self._seconds = timeout_seconds
        self._changed = threading.Condition()
        self._waiting: deque[Pending[Any]] = deque()
        self._running: dict[Pending[Any], ReaderProcess] = {}
        self._spare: list[ReaderProcess] = []
        self._exporting: list[ReaderProcess] = []
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name="reader", daemon=True) for _ in range(max(1, processes))
        ]
        for thread in self._threads:
            thread.start()

    @overload
    def ask(self, question: questions.Rows, timeout_seconds: float | None = None) -> answers.RowsAnswer: ...
    @overload
    def ask(self, question: questions.Follow, timeout_seconds: float | None = None) -> answers.FollowAnswer: ...
    @overload
    def ask(self, question: questions.Row, timeout_seconds: float | None = None) -> answers.RowAnswer: ...
    @overload
    def ask(self, question: questions.Context, timeout_seconds: float | None = None) -> answers.ContextAnswer: ...
    @overload
    def ask(self, question: questions.Count, timeout_seconds: float | None = None) -> answers.CountAnswer: ...
    @overload
    def ask(self, question: questions.Histogram, timeout_seconds: float | None = None) -> answers.HistogramAnswer: ...
    @overload
    def ask(self, question: questions.Facets, timeout_seconds: float | None = None) -> answers.FacetsAnswer: ...
    @overload
    def ask(self, question: questions.Values, timeout_seconds: float | None = None) -> answers.ValuesAnswer: ...
    @overload
    def ask(self, question: questions.Fields, timeout_seconds: float | None = None) -> answers.FieldsAnswer: ...
    @overload
    def ask(self, question: questions.LedgerHistory, timeout_seconds: float | None = None) -> answers.LedgerAnswer: ...
    @overload
    def ask(self, question: questions.Senders, timeout_seconds: float | None = None) -> answers.SendersAnswer: ...
    @overload
    def ask(self, question: questions.Days, timeout_seconds: float | None = None) -> answers.DaysAnswer: ...
    def ask(self, question: Any, timeout_seconds: float | None = None) -> Any:
        """The answer; one that the time cut says so in `searched.cut`.

        Raises QueryError, CursorError, StoreError, TimeLimitError (its process had to be killed), ReaderDiedError,
        SysloggerError: too many questions wait, or the reader is closed.
        """
        pending = self.submit(question, timeout_seconds)
        try:
            return pending.result()
        finally:
            pending.cancel()  # Ctrl-C in whoever waits ends the work as well

    def submit(self, question: Any, timeout_seconds: float | None = None) -> Pending[Any]:
        """Ask without waiting. Raises QueryError, CursorError, SysloggerError: too many questions wait."""
        crossed = crossing(question, time.time_ns() // 1_000, self.zone)
        pending: Pending[Any] = Pending(question, crossed, self._limited(timeout_seconds), self._forget)
        with self._changed:
            self._refuse_if_closed()
            if len(self._waiting) >= MOST_WAITING:
                raise SysloggerError(f"{MOST_WAITING} questions wait already: ask again in a moment")
            self._waiting.append(pending)
            self._changed.notify()
        return pending

    def export(
        self,
        request: ExportRequest,
        after: str | None = None,
        timeout_seconds: float | None = None,
        is_unwanted: Callable[[], bool] = lambda: False,
    ) -> Iterator[Chunk]:
        """What a request takes home, part by part; each has so many seconds. Closing the iterator ends it.

        after: the place behind the last part that is there already. is_unwanted: looked at four times a second while a
        part is waited for, as nobody can close the iterator then. Raises, as it goes on, CancelledError: it is
        unwanted; SysloggerError: too many exports run; else the same as `ask`.
        """
        crossed = crossing_export(request, time.time_ns() // 1_000, self.zone)
        return self._exported(encoded(crossed), after, self._limited(timeout_seconds), is_unwanted)

    def close(self) -> None:
        """Give up every question, end the processes. An export that still runs fails."""
        with self._changed:
            self._closed = True
            given_up = [*self._waiting, *self._running]
            self._changed.notify_all()
            for process in self._exporting:
                process.kill()
        for pending in given_up:
            pending.cancel()
        for thread in self._threads:
            thread.join()
        self._end_idle(0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _limited(self, timeout_seconds: float | None) -> float:
        seconds = self._seconds if timeout_seconds is None else timeout_seconds
        return min(max(seconds, 0.0), MOST_SECONDS)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise SysloggerError("this LogReader is closed: open another one")

    def _exported(
        self, request: bytes, after: str | None, seconds: float, is_unwanted: Callable[[], bool]
    ) -> Iterator[Chunk]:
        with self._exporter() as process:
            try:
                for head, body in process.parts(request, after, seconds, lambda: self._closed or is_unwanted()):
                    yield Chunk(data=body, **head)
            except (DiedError, GivenUpError) as error:
                self._refuse_if_closed()
                if isinstance(error, GivenUpError):
                    raise CancelledError from None
                raise ReaderDiedError(
                    f"the process of the export died ({error}): go on behind its last part"
                ) from error

    @contextmanager
    def _exporter(self) -> Iterator[ReaderProcess]:
        with self._changed:
            self._refuse_if_closed()
            if len(self._exporting) >= MOST_EXPORTS:
                raise SysloggerError(f"{MOST_EXPORTS} exports run already: let one of them end")
            process = ReaderProcess(self._settings)
            self._exporting.append(process)
        try:
            yield process
        finally:
            with self._changed:
                self._exporting.remove(process)
                process.close()

    # -- the threads --------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (pending := self._next()) is not None:
            if pending.set_running_or_notify_cancel():
                self._settle(pending)

    def _settle(self, pending: Pending[Any]) -> None:
        try:
            answer = self._answer(pending)
        except Exception as error:  # noqa: BLE001 it is raised where the answer is waited for
            pending.set_exception(CancelledError() if pending.is_unwanted else error)
            return
        if pending.is_unwanted:
            pending.set_exception(CancelledError())
        else:
            pending.set_result(answer)

    def _next(self) -> Pending[Any] | None:
        with self._changed:
            while not self._waiting and not self._closed:
                if not self._changed.wait(IDLE_SECONDS):
                    self._end_idle(IDLE_SECONDS)
            return None if self._closed else self._waiting.popleft()

    def _answer(self, pending: Pending[Any]) -> Any:
        try:
            try:
                body = self._asked(pending)
            except DiedError:
                body = self._asked(pending)
        except GivenUpError:
            raise CancelledError from None
        except DiedError as error:
            raise ReaderDiedError(
                f"two processes died over this question, the last one with {error}: narrow its time range"
            ) from error
        return answered(pending.asked, pending.crossed, body)

    def _asked(self, pending: Pending[Any]) -> bytes:
        process = self._taken(pending)
        try:
            return process.ask(pending.body, pending.seconds, lambda: pending.is_unwanted or self._closed)
        finally:
            with self._changed:
                del self._running[pending]  # nobody wakes it any more
                if process.alive:
                    self._spare.append(process)
                else:
                    process.close()

    def _taken(self, pending: Pending[Any]) -> ReaderProcess:
        """A process for this question: the one that answered last, or a new one."""
        with self._changed:
            process = self._spare.pop() if self._spare else ReaderProcess(self._settings)
            self._running[pending] = process
            return process

    def _forget(self, pending: Pending[Any]) -> None:
        """It was cancelled."""
        with self._changed:
            if pending in self._waiting:
                self._waiting.remove(pending)
                pending.set_running_or_notify_cancel()
            if pending in self._running:
                self._running[pending].wake()

    def _end_idle(self, seconds: float) -> None:
        """End the processes that were idle for so long."""
        with self._changed:
            idle = [process for process in self._spare if time.monotonic() - process.used_at >= seconds]
            self._spare = [process for process in self._spare if process not in idle]
        for process in idle:
            process.close()
