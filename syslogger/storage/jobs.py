"""Jobs on stored days: one after the other, with progress, cancelled between two steps.

A job's work is a generator: it yields (done, total) after each step that leaves everything whole, and returns a
sentence that says what it did. To cancel is not to ask for the next step. Kinds are a registry of functions.
Any thread may start, cancel and list; one thread runs (`Jobs.run`).
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from syslogger.errors import SysloggerError

Work = Generator[tuple[int, int], None, str]
MOST_ENDED = 100
MOST_QUEUED = 100

_log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Job:
    """One job; times are us since the epoch."""

    id: str
    kind: str
    parameters: dict[str, Any]
    state: JobState = JobState.QUEUED
    done: int = 0
    total: int = 0
    started: int | None = None
    ended: int | None = None
    message: str = ""

    def told(self) -> dict[str, Any]:
        """The job as others are told of it."""
        return asdict(self)


class Jobs:
    """The jobs of one keeper. kinds: name -> function of the parameters; `on_failed` hears of each that failed."""

    def __init__(self, kinds: Mapping[str, Callable[..., Work]], on_failed: Callable[[Job], None]) -> None:
        self._kinds = kinds
        self._on_failed = on_failed
        self._changed = threading.Condition()
        self._queue: deque[tuple[Job, Work]] = deque()
        self._running: Job | None = None
        self._ended: deque[Job] = deque(maxlen=MOST_ENDED)
        self._closing = self._cancelling = False

    def start(self, kind: str, parameters: Mapping[str, Any] = MappingProxyType({})) -> Job:
        """Queue a job. Raises SysloggerError: no such kind, parameters it does not take, or too many wait."""
        if kind not in self._kinds:
            raise SysloggerError(f"there is no job {kind!r}; there are: {', '.join(sorted(self._kinds))}")
        try:
            work = self._kinds[kind](**parameters)
        except TypeError as error:
            raise SysloggerError(f"the job {kind} cannot be started so: {error}") from error
        job = Job(secrets.token_hex(6), kind, dict(parameters))
        with self._changed:
            if len(self._queue) >= MOST_QUEUED:
                raise SysloggerError(f"{MOST_QUEUED} jobs wait already: cancel some, or wait")
            self._queue.append((job, work))
            self._changed.notify_all()
        return job

    def cancel(self, job_id: str) -> Job:
        """A queued job will not run, a running one ends after its present step. Raises SysloggerError."""
        with self._changed:
            for job, work in self._queue:
                if job.id == job_id:
                    self._queue.remove((job, work))
                    self._end(job, JobState.CANCELLED, "it was cancelled before it ran")
                    return job
            if self._running is not None and self._running.id == job_id:
                self._cancelling = True
                return self._running
        raise SysloggerError(f"no job {job_id!r} waits or runs: it has ended, or it never was")

    def snapshot(self) -> list[dict[str, Any]]:
        """Every job: the newest that have ended, the one that runs, those that wait."""
        with self._changed:
            running = [] if self._running is None else [self._running]
            return [job.told() for job in (*self._ended, *running, *(job for job, _ in self._queue))]

    def is_hurried(self) -> bool:
        """Whether the job that runs is to end as soon as it can."""
        return self._cancelling

    def close(self) -> None:
        """Run nothing more; the one that runs ends after its present step."""
        with self._changed:
            self._closing = self._cancelling = True
            self._changed.notify_all()

    def run(self) -> None:
        """Run jobs as they come, until `close`."""
        while (taken := self._next()) is not None:
            self._run_one(*taken)

    def _next(self) -> tuple[Job, Work] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            if self._closing:
                return None
            job, work = self._queue.popleft()
            job.state, job.started = JobState.RUNNING, _now_us()
            self._running, self._cancelling = job, False
            return job, work

    def _run_one(self, job: Job, work: Work) -> None:
        try:
            message = self._steps(job, work)
            state = JobState.CANCELLED if message is None else JobState.DONE
        except SysloggerError as error:
            state, message = JobState.FAILED, str(error)
        except Exception as error:  # noqa: BLE001 one job's defect must not end the keeper; it is told and logged
            _log.exception("the job %s failed", job.kind)
            state, message = JobState.FAILED, f"{type(error).__name__}: {error}"
        with self._changed:
            self._running = None
            self._end(job, state, message or f"it was cancelled after {job.done} of {job.total}")
        if state is JobState.FAILED:
            self._on_failed(job)

    def _steps(self, job: Job, work: Work) -> str | None:
        """Take steps until there is none (its sentence) or the job is cancelled (None)."""
        try:
            while not self._cancelling:
                job.done, job.total = next(work)
        except StopIteration as ended:
            return str(ended.value)
        finally:
            work.close()
        return None

    def _end(self, job: Job, state: JobState, message: str) -> None:
        job.state, job.message, job.ended = state, message, _now_us()
        self._ended.append(job)


def _now_us() -> int:
    return time.time_ns() // 1000
