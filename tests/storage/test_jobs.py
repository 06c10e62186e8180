"""Jobs: one after the other, with progress, cancelled between two steps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.errors import StoreError, SysloggerError
from syslogger.storage.jobs import MOST_ENDED, MOST_QUEUED, Job, Jobs, JobState, Work
from tests.support import wait_until


class Bench:
    """Kinds of jobs that say what they do, and wait at their gate before every step."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.steps: list[str] = []
        self.failed: list[Job] = []
        self.jobs = Jobs({"count": self.count, "fail": self.fail, "defect": self.defect}, self.failed.append)

    def count(self, name: str, to: int) -> Work:
        """Counts, a step at a time."""
        try:
            yield 0, to
            for number in range(1, to + 1):
                assert self.gate.acquire(timeout=60)
                self.steps.append(f"{name}{number}")
                yield number, to
        finally:
            self.steps.append(f"{name}.")
        return f"counted to {to}"

    def fail(self) -> Work:
        """Fails as work fails."""
        yield 0, 1
        raise StoreError("the disk is gone")

    def defect(self) -> Work:
        """Fails as programs fail."""
        yield 0, 1
        raise ZeroDivisionError("a defect")

    def state(self, job_id: str) -> dict[str, Any]:
        """A job as it is now."""
        return next(job for job in self.jobs.snapshot() if job["id"] == job_id)

    def ended(self, job: Job) -> dict[str, Any]:
        """A job once it has ended."""
        wait_until(lambda: self.state(job.id)["ended"] is not None, 60, f"the job {job.kind} ends")
        return self.state(job.id)


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench whose jobs run in a thread."""
    made = Bench()
    thread = threading.Thread(target=made.jobs.run)
    thread.start()
    try:
        yield made
    finally:
        made.jobs.close()
        made.gate.release(1_000)
        thread.join(60)


def test_a_job_runs_to_its_end() -> None:
    """It is done, with its sentence, its progress and the times of its life."""
    with bench() as made:
        job = made.jobs.start("count", {"name": "a", "to": 3})
        wait_until(lambda: made.state(job.id)["state"] == JobState.RUNNING, 60, "it runs")
        made.gate.release(3)
        found = made.ended(job)

    assert (found["state"], found["done"], found["total"]) == (JobState.DONE, 3, 3)
    assert (found["message"], found["parameters"]) == ("counted to 3", {"name": "a", "to": 3})
    assert found["started"] <= found["ended"]


def test_jobs_run_one_after_the_other() -> None:
    """The second begins when the first has ended, and is queued until then."""
    with bench() as made:
        made.jobs.start("count", {"name": "a", "to": 2})
        second = made.jobs.start("count", {"name": "b", "to": 1})
        made.gate.release()
        wait_until(lambda: made.steps == ["a1"], 60, "the first is at its second step")
        assert made.state(second.id)["state"] == JobState.QUEUED
        made.gate.release(2)
        made.ended(second)

        assert made.steps == ["a1", "a2", "a.", "b1", "b."]


def test_a_running_job_is_cancelled_between_two_steps() -> None:
    """The step that runs is finished, no other begins, and the work is closed."""
    with bench() as made:
        job = made.jobs.start("count", {"name": "a", "to": 9})
        made.gate.release()
        wait_until(lambda: made.steps == ["a1"], 60, "it is at its second step")
        made.jobs.cancel(job.id)
        made.gate.release()
        found = made.ended(job)

        assert (found["state"], found["message"]) == (JobState.CANCELLED, "it was cancelled after 2 of 9")
        assert made.steps == ["a1", "a2", "a."]


def test_a_queued_job_that_is_cancelled_never_runs() -> None:
    """It ends at once, and what comes after it runs."""
    with bench() as made:
        made.jobs.start("count", {"name": "a", "to": 1})
        second = made.jobs.start("count", {"name": "b", "to": 1})
        third = made.jobs.start("count", {"name": "c", "to": 1})
        made.jobs.cancel(second.id)
        assert made.state(second.id)["state"] == JobState.CANCELLED
        made.gate.release(2)
        made.ended(third)

        assert made.steps == ["a1", "a.", "c1", "c."]


def test_cancelling_one_does_not_cancel_the_next() -> None:
    """A wish is for one job."""
    with bench() as made:
        first = made.jobs.start("count", {"name": "a", "to": 5})
        second = made.jobs.start("count", {"name": "b", "to": 2})
        wait_until(lambda: made.state(first.id)["state"] == JobState.RUNNING, 60, "it runs")
        made.jobs.cancel(first.id)
        made.gate.release(3)

        assert made.ended(second)["state"] == JobState.DONE


@pytest.mark.parametrize(("kind", "message"), [("fail", "the disk is gone"), ("defect", "ZeroDivisionError: a defect")])
def test_a_job_that_fails_is_told_and_the_next_one_runs(kind: str, message: str) -> None:
    """Neither trouble nor a defect ends the thread."""
    with bench() as made:
        job = made.jobs.start(kind)
        after = made.jobs.start("count", {"name": "a", "to": 0})

        assert made.ended(after)["state"] == JobState.DONE
        assert (made.state(job.id)["state"], made.state(job.id)["message"]) == (JobState.FAILED, message)
        assert [failed.id for failed in made.failed] == [job.id]


def test_close_ends_after_the_present_step() -> None:
    """What waits does not run any more."""
    with bench() as made:
        made.jobs.start("count", {"name": "a", "to": 9})
        made.jobs.start("count", {"name": "b", "to": 9})
        made.gate.release()
        wait_until(lambda: made.steps == ["a1"], 60, "it is at its second step")
    assert made.steps == ["a1", "a2", "a."]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (lambda jobs: jobs.start("seal"), "there is no job 'seal'; there are: count, defect, fail"),
        (lambda jobs: jobs.start("count", {"nam": "a"}), "the job count cannot be started so: .*'nam'"),
        (lambda jobs: jobs.cancel("0123"), "no job '0123' waits or runs"),
    ],
)
def test_what_is_refused(start: Callable[[Jobs], object], message: str) -> None:
    """Unknown kinds, parameters and jobs are errors that say what there is."""
    with pytest.raises(SysloggerError, match=message):
        start(Bench().jobs)


def test_the_queue_is_bounded() -> None:
    """Whoever asks for jobs in a loop is refused before memory is."""
    jobs = Bench().jobs
    for _ in range(MOST_QUEUED):
        jobs.start("fail")
    with pytest.raises(SysloggerError, match="wait already"):
        jobs.start("fail")


def test_the_past_is_bounded() -> None:
    """The newest that ended are remembered."""
    jobs = Bench().jobs
    ids = [job.id for job in (jobs.start("fail") for _ in range(MOST_QUEUED))]
    for job_id in ids:
        jobs.cancel(job_id)
    last = jobs.start("fail").id
    jobs.cancel(last)

    assert [job["id"] for job in jobs.snapshot()] == [*ids[1 - MOST_ENDED :], last]


@given(st.lists(st.tuples(st.sampled_from(["start", "cancel"]), st.integers(0, 9)), max_size=12))
def test_every_job_ends_once(wishes: list[tuple[str, int]]) -> None:
    """Whatever is started and cancelled when: each job ends, as done or cancelled, and none twice."""
    with bench() as made:
        made.gate.release(1_000)
        started: list[Job] = []
        for wish, number in wishes:
            if wish == "start" or not started:
                started.append(made.jobs.start("count", {"name": "a", "to": number}))
            else:
                _cancel(made.jobs, started[number % len(started)])
        found = [made.ended(job) for job in started]

    assert {job["state"] for job in found} <= {JobState.DONE, JobState.CANCELLED}
    assert len(made.jobs.snapshot()) == len(started)


def _cancel(jobs: Jobs, job: Job) -> None:
    try:
        jobs.cancel(job.id)
    except SysloggerError:
        assert job.ended is not None
