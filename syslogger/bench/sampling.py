"""CPU and memory of an engine's processes, read from outside.

Rules: each figure is read from the kernel, none is asked of the engine (it could not answer while it hangs). CPU comes
from the process's own clock, in nanoseconds: /proc/PID/stat rounds to 10 ms, which is 1 us a message in a run of
10,000. PSS shares a page among those who map it, so that the sum over processes is what the engine really takes; the
rings would count once for each process in RSS.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from syslogger.errors import EngineDiedError

# Linux's CPU clock of another process: ~pid in the upper bits, 2 for "time scheduled, all threads".
_CPU_CLOCK_SCHEDULED = 2


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process at one moment: CPU since it started, memory now."""

    role: str
    pid: int
    cpu_seconds: float
    rss_bytes: int
    pss_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """All processes of an engine at one moment (`at` is seconds since the epoch)."""

    at: float
    processes: tuple[ProcessFigures, ...]

    @property
    def cpu_seconds(self) -> float:
        """CPU of all processes together since they started."""
        return sum(process.cpu_seconds for process in self.processes)

    @property
    def pss_bytes(self) -> int:
        """Memory of all processes together, shared pages counted once."""
        return sum(process.pss_bytes for process in self.processes)


def sample(processes: Iterable[Mapping[str, object]]) -> Sample:
    """Read the figures of an engine's `status()["processes"]`.

    Raises EngineDiedError when one of them has ended.
    """
    return Sample(time.time(), tuple(_figures(str(process["role"]), int(str(process["pid"]))) for process in processes))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process, all its threads, since its start. Raises OSError when it has ended."""
    return time.clock_gettime((~pid << 3) | _CPU_CLOCK_SCHEDULED)


def _figures(role: str, pid: int) -> ProcessFigures:
    try:
        rollup = _rollup_bytes(pid)
        return ProcessFigures(role, pid, cpu_seconds(pid), rollup["Rss"], rollup["Pss"])
    except (OSError, KeyError) as error:
        raise EngineDiedError(f"the engine's {role} process {pid} ended during the benchmark") from error


def _rollup_bytes(pid: int) -> dict[str, int]:
    """Read /proc/PID/smaps_rollup; an ended process that nobody has waited for yet has an empty one."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    named = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in named}
