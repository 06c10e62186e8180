"""What a result says of the machine, and what it asks of the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syslogger.bench.machine import describe_machine, filesystem_of, require_disk, require_room
from syslogger.errors import StoreError


def test_the_machine_is_described(tmp_path: Path) -> None:
    """Every figure is there, and cores are those that this process may use."""
    machine = describe_machine(tmp_path)

    assert machine.cores == len(os.sched_getaffinity(0))
    assert machine.memory_bytes > 1 << 28
    assert machine.kernel == os.uname().release
    assert machine.rmem_max_bytes is None or machine.rmem_max_bytes > 0
    assert machine.filesystem != "unknown"
    assert all((machine.cpu, machine.python, machine.polars, machine.pyarrow, machine.adbc_driver_sqlite))


def test_memory_is_not_a_disk() -> None:
    """A folder in memory is refused with the option that would ask for it."""
    assert filesystem_of(Path("/proc/self")) == "proc"
    memory = Path("/dev/shm")
    if filesystem_of(memory) == "tmpfs":
        with pytest.raises(StoreError, match="--data"):
            require_disk(memory)


def test_a_run_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    """Better before than in the middle; the message says how much is missing and what to change."""
    require_room(tmp_path, 1000)

    with pytest.raises(StoreError, match=r"GB free and 1,000,000,000,000 messages need .* --rate"):
        require_room(tmp_path, 10**12)
