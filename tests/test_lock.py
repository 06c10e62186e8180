"""The folder's lock: one engine at a time, named for people, free when its last process has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syslogger.errors import ExitCode, LockError, StoreError
from syslogger.lock import NAME, lock_folder
from tests.support import wait_until

ROOT = Path(__file__).resolve().parents[1]
HOLD = """
import os, sys
from pathlib import Path
from syslogger.lock import lock_folder
lock_folder(Path(sys.argv[1]))
"""
SAY = "print(os.getpid(), flush=True); sys.stdin.read()\n"


@contextmanager
def holder(folder: Path, rest: str = SAY) -> Iterator[subprocess.Popen[str]]:
    """Another process that has locked the folder, and then does `rest`."""
    command = [sys.executable, "-c", HOLD + rest, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.communicate(timeout=60)


def said(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def is_locked(folder: Path) -> bool:
    """Whether somebody holds the folder; if nobody did, nobody does afterwards."""
    try:
        os.close(lock_folder(folder))
    except LockError:
        return True
    return False


def test_a_second_engine_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    """The message names folder and holder, and the exit code is that of what cannot be had."""
    with holder(tmp_path) as process:
        pid = said(process)
        with pytest.raises(LockError, match=f"process {pid}\\b") as refused:
            lock_folder(tmp_path)

    assert str(tmp_path) in str(refused.value)
    assert refused.value.exit_code is ExitCode.BIND


def test_the_same_process_is_no_exception(tmp_path: Path) -> None:
    """A lock is of the descriptor, so one process cannot take it twice; closing it frees the folder."""
    descriptor = lock_folder(tmp_path)
    with pytest.raises(LockError, match=str(os.getpid())):
        lock_folder(tmp_path)
    os.close(descriptor)

    assert not is_locked(tmp_path)


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """After kill -9 the folder is free, and the next holder's pid stands where the old one was."""
    with holder(tmp_path) as process:
        said(process)
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    assert not is_locked(tmp_path)
    assert (tmp_path / NAME).read_text().split() == [str(os.getpid())]


def test_a_child_that_inherits_the_descriptor_keeps_the_lock(tmp_path: Path) -> None:
    """The lock is free when the last process of the engine has ended, not when the first has."""
    fork = "if os.fork() > 0: os._exit(0)\n" + SAY
    with holder(tmp_path, fork) as process:
        child = int(said(process))
        process.wait(60)

        assert child != process.pid
        assert is_locked(tmp_path)
        process.communicate()
        wait_until(lambda: not is_locked(tmp_path), 60, "the child has ended")


def test_a_program_started_by_the_engine_does_not_keep_it(tmp_path: Path) -> None:
    """The descriptor is closed on exec."""
    descriptor = lock_folder(tmp_path)

    assert not os.get_inheritable(descriptor)
    os.close(descriptor)


def test_a_longer_pid_that_stood_there_leaves_no_digits(tmp_path: Path) -> None:
    """Whatever the file held, it names the present holder alone."""
    (tmp_path / NAME).write_text("9" * 31 + "\n")
    os.close(lock_folder(tmp_path))

    assert (tmp_path / NAME).read_text().split() == [str(os.getpid())]


def test_a_lock_file_that_cannot_be_opened_is_a_store_error(tmp_path: Path) -> None:
    """The message says which file it is, and no descriptor is left open."""
    (tmp_path / NAME).mkdir()
    with pytest.raises(StoreError, match=r"\.lock: Is a directory") as refused:
        lock_folder(tmp_path)

    assert refused.value.exit_code is ExitCode.WRITE
