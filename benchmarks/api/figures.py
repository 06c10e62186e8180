"""Percentiles, and what processes hold and use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psutil

OF_THE_API = ("api.live.sieve", "syslogger.reading")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed; 0.0 without any."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def by_role(pid: int) -> dict[str, list[psutil.Process]]:
    """The API's own process and those below it, by what they do."""
    found: dict[str, list[psutil.Process]] = {"api": [psutil.Process(pid)]}
    for each in psutil.Process(pid).children(recursive=True):
        words = each.cmdline()
        role = next((name for name in OF_THE_API if name in words), "other")
        found.setdefault(role, []).append(each)
    return found


def megabytes(processes: Iterable[psutil.Process]) -> float:
    """The sum of PSS: pages that several share count once."""
    return float(sum(each.memory_full_info().pss for each in processes)) / 1e6


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """The CPU time of all of them."""
    return float(sum(times.user + times.system for times in (each.cpu_times() for each in processes)))
