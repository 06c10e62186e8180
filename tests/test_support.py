"""The leak check has to see what it is there for."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys

import pytest

from tests.support import Holdings, deadline, leaks_since, wait_until

NO_TIME = 0.0


def test_nothing_held_is_nothing_left() -> None:
    """Two looks with nothing between them agree."""
    assert leaks_since(Holdings.now(), NO_TIME) == []


def test_a_process_is_found_until_it_ends() -> None:
    """A child that runs is named with its command; one that has ended is not."""
    before = Holdings.now()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        problems = leaks_since(before, NO_TIME)

        assert any(f"process {child.pid} still runs" in problem and "input()" in problem for problem in problems)
        child.communicate()
    assert leaks_since(before) == []


def test_an_orphan_is_found() -> None:
    """A process whose own parent has ended belongs to this one, and is found."""
    before = Holdings.now()
    program = "import os, sys; r, w = os.pipe()\nif os.fork() == 0: os.close(1); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        parent.wait()

        wait_until(lambda: Holdings.now().children - before.children, 60, "the orphan is ours")
        parent.communicate()
    assert leaks_since(before) == []


def test_descriptors_and_memfds_are_found() -> None:
    """An open pipe, and a memfd that is mapped although its descriptor is closed, are named."""
    before = Holdings.now()
    reader, writer = os.pipe()
    descriptor = os.memfd_create("syslogger-test")
    os.truncate(descriptor, mmap.PAGESIZE)
    memory = mmap.mmap(descriptor, mmap.PAGESIZE)
    os.close(descriptor)

    problems = leaks_since(before, NO_TIME)

    for end in (reader, writer):
        os.close(end)
    memory.close()
    assert any("2 descriptor(s) still open: pipe:" in problem for problem in problems)
    assert any("memfd mapping(s) left: /memfd:syslogger-test" in problem for problem in problems)
    assert leaks_since(before) == []


def test_a_changed_signal_handler_is_found() -> None:
    """A handler that was not put back is named by its signal."""
    before = Holdings.now()
    old = signal.signal(signal.SIGUSR1, signal.SIG_IGN)

    problems = leaks_since(before, NO_TIME)

    signal.signal(signal.SIGUSR1, old)
    assert problems == ["the handler of SIGUSR1 was changed"]


def test_waiting_ends_with_the_condition_or_with_a_message() -> None:
    """A condition that comes true ends the wait; one that does not is an error that says what was awaited."""
    looks = iter([False, False, True])
    wait_until(lambda: next(looks), 10, "never said")

    with pytest.raises(AssertionError, match="the moon is blue"):
        wait_until(lambda: False, NO_TIME, "the moon is blue")


def test_a_block_that_took_too_long_is_an_error() -> None:
    """The deadline is checked when the block ends."""
    with deadline(10):
        pass
    with pytest.raises(AssertionError, match="0 s were allowed"), deadline(NO_TIME):
        wait_until(lambda: True, 1, "at once")
