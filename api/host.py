"""The machine: processor, load, memory, disks and our share of them, as psutil tells it.

Blocking calls of some milliseconds: ask in a thread. Sizes of folders are not counted here: what is stored of ours is
what the forecast says, so a look costs the same however many days there are.
"""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import psutil
from pydantic import BaseModel

CPU_INFO = Path("/proc/cpuinfo")


class MemoryBody(BaseModel):
    """Main memory in bytes; ours: what this product's processes hold (pages they share are counted in each)."""

    total_bytes: int
    available_bytes: int
    ours_bytes: int


class DiskBody(BaseModel):
    """A file system as df(1) counts it; is_data: our data directory lies on it, and ours_bytes of it are ours."""

    mount: str
    file_system: str
    total_bytes: int
    used_bytes: int
    free_bytes: int
    is_data: bool
    ours_bytes: int | None


class HostBody(BaseModel):
    """The machine. load: waiting and running tasks over 1, 5 and 15 minutes; booted_at: s since the epoch."""

    name: str
    system: str
    cpu_model: str
    cores: int
    usable_cores: int
    cpu_percent: float
    load: list[float]
    booted_at: float
    now: float
    memory: MemoryBody
    disks: list[DiskBody]


def host(root: Path, ours_memory_bytes: int, ours_disk_bytes: int) -> HostBody:
    """The machine at this moment. root: the data directory, which is ours."""
    return HostBody(
        name=platform.node(),
        system=f"{platform.system()} {platform.release()}",
        cpu_model=cpu_model(),
        cores=psutil.cpu_count() or 1,
        usable_cores=len(os.sched_getaffinity(0)),
        cpu_percent=psutil.cpu_percent(),  # since the last look
        load=list(psutil.getloadavg()),
        booted_at=psutil.boot_time(),
        now=time.time(),
        memory=_memory(ours_memory_bytes),
        disks=disks(root, ours_disk_bytes),
    )


def cpu_model(info: Path = CPU_INFO) -> str:
    """The processor's name as the kernel has it; the architecture where it has none (as on many ARM machines)."""
    try:
        lines = info.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    found = {name.strip().lower(): text.strip() for name, text in named.items()}
    return found.get("model name") or found.get("hardware") or platform.machine()


def _memory(ours_bytes: int) -> MemoryBody:
    found = psutil.virtual_memory()
    return MemoryBody(total_bytes=found.total, available_bytes=found.available, ours_bytes=ours_bytes)


def disks(root: Path, ours_bytes: int) -> list[DiskBody]:
    """The file systems on devices, and that of the data directory whatever it lies on; each once."""
    data = mount_of(root)
    mounts = {each.mountpoint: each.fstype for each in psutil.disk_partitions(all=False)}
    kinds = {each.mountpoint: each.fstype for each in psutil.disk_partitions(all=True)}
    mounts.setdefault(data, kinds.get(data, ""))
    seen: set[int] = set()
    found = []
    for mount in sorted(mounts, key=lambda mount: (mount != data, mount)):
        try:
            device, usage = Path(mount).stat().st_dev, psutil.disk_usage(mount)
        except OSError:
            continue  # it is not ours to look at, or was unmounted this moment
        if device in seen or Path(mount).is_file():  # containers have files mounted, of a device listed already
            continue
        seen.add(device)
        found.append(
            DiskBody(
                mount=mount,
                file_system=mounts[mount],
                total_bytes=usage.total,
                used_bytes=usage.used,
                free_bytes=usage.free,
                is_data=mount == data,
                ours_bytes=ours_bytes if mount == data else None,
            )
        )
    return found


def mount_of(path: Path) -> str:
    """Where the file system of a path is mounted."""
    path = path.absolute()
    while not path.is_mount() and path != path.parent:
        path = path.parent
    return str(path)
