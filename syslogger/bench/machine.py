"""What a result is worth nothing without: the machine, the versions, and the room on its disk.

Rules: read only, nothing is imported to learn its version (the measuring process must stay light and must never run
Polars, since it starts the processes that do).
"""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from syslogger.errors import StoreError, SysloggerError

# A stored message of the benchmark's shape takes 344-360 bytes in the day file; a fifth more for its write-ahead log.
STORED_MESSAGE_BYTES = 360
SPARE_ROOM = 1.2


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the versions a result was measured with."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    polars: str
    pyarrow: str
    adbc_driver_sqlite: str
    rmem_max_bytes: int | None
    filesystem: str


def describe_machine(folder: Path) -> Machine:
    """Describe this machine; `filesystem` is the type of the one that holds `folder`."""
    return Machine(
        cpu=_cpu_model(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=psutil.virtual_memory().total,
        kernel=platform.release(),
        python=platform.python_version(),
        polars=metadata.version("polars"),
        pyarrow=metadata.version("pyarrow"),
        adbc_driver_sqlite=metadata.version("adbc-driver-sqlite"),
        rmem_max_bytes=_rmem_max_bytes(),
        filesystem=filesystem_of(folder),
    )


def filesystem_of(folder: Path) -> str:
    """Return the type of the file system that holds `folder` (`ext4`, `tmpfs`, ...)."""
    mounts = {Path(mount.mountpoint): mount.fstype for mount in psutil.disk_partitions(all=True)}
    resolved = folder.resolve()
    return next((mounts[place] for place in (resolved, *resolved.parents) if place in mounts), "unknown")


def require_disk(folder: Path) -> None:
    """Raise StoreError when `folder` lies in memory: a disk is measured unless a tmpfs is asked for by name."""
    if filesystem_of(folder) in ("tmpfs", "ramfs"):
        raise StoreError(f"{folder} is in memory (tmpfs), not on a disk: name the folder to measure with --data")


def require_room(folder: Path, messages: int) -> None:
    """Raise StoreError when the disk under `folder` has no room for `messages` stored ones."""
    needed = int(messages * STORED_MESSAGE_BYTES * SPARE_ROOM)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError(
            f"{folder} has {free / 1e9:.1f} GB free and {messages:,} messages need {needed / 1e9:.1f} GB:"
            " name another folder with --data, or a lower --rate or fewer --seconds"
        )


def require_linux() -> None:
    """Raise SysloggerError where /proc does not exist: memory and CPU are read from it."""
    if not Path("/proc/self/smaps_rollup").exists():
        raise SysloggerError("the benchmark reads CPU and memory from Linux's /proc, which is not here: use Linux")


def _rmem_max_bytes() -> int | None:
    """The kernel's limit of a receive buffer; containers with a network of their own may not see it."""
    path = Path("/proc/sys/net/core/rmem_max")
    return int(path.read_text()) if path.exists() else None


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
