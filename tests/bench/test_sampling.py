"""CPU and memory of other processes, against processes whose figures are known."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from syslogger.bench.sampling import cpu_seconds, sample
from syslogger.errors import EngineDiedError
from tests.support import wait_until

# It works for 0.2 s of its own CPU clock, with 64 MiB of memory that is its own.
WORK = """
import sys, time
held = bytearray(b"x") * (64 << 20)
while time.process_time() < 0.2: pass
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_cpu_is_that_of_the_process(worker: subprocess.Popen[str]) -> None:
    """The CPU clock of another process agrees with what the system says elsewhere, and is finer."""
    assert worker.stdout is not None
    assert worker.stdout.readline() == "done\n"

    times = psutil.Process(worker.pid).cpu_times()
    assert cpu_seconds(worker.pid) == pytest.approx(times.user + times.system, abs=0.05)
    assert cpu_seconds(worker.pid) >= 0.2


def test_cpu_of_this_process_moves() -> None:
    """Work shows in the clock, also where it is shorter than a tick of 10 ms."""
    before = cpu_seconds(os.getpid())
    sum(range(100_000))

    assert 0 < cpu_seconds(os.getpid()) - before < 0.5


def test_memory_is_that_of_the_process(worker: subprocess.Popen[str]) -> None:
    """RSS and PSS hold what the process has filled, PSS no more than RSS."""
    assert worker.stdout is not None
    worker.stdout.readline()

    taken = sample([{"role": "worker", "pid": worker.pid}])
    (figures,) = taken.processes
    assert figures.role == "worker"
    assert 64 << 20 <= figures.pss_bytes <= figures.rss_bytes < 200 << 20
    assert (taken.pss_bytes, taken.cpu_seconds) == (figures.pss_bytes, figures.cpu_seconds)
    assert taken.at == pytest.approx(time.time(), abs=60)


def test_a_dead_process_is_named(worker: subprocess.Popen[str]) -> None:
    """An engine that loses a process during a run must not go into a result."""
    worker.kill()
    wait_until(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_ZOMBIE, 60, "the process is dead")

    with pytest.raises(EngineDiedError, match=f"worker process {worker.pid} ended"):
        sample([{"role": "worker", "pid": worker.pid}])
