"""Results made from samples whose figures are known."""

from __future__ import annotations

import pytest

from syslogger.bench.result import idle_of
from syslogger.bench.sampling import ProcessFigures, Sample


def at(seconds: float, *cpu_seconds: float) -> Sample:
    """A sample of as many processes as there are CPU figures, 10 MB each."""
    figures = (ProcessFigures(f"role{i}", i, cpu, 20_000_000, 10_000_000) for i, cpu in enumerate(cpu_seconds))
    return Sample(seconds, tuple(figures))


def test_idle_cost_is_the_difference_of_two_samples() -> None:
    """Half a second of CPU in ten seconds is 5 % of a core, wherever the processes stood before."""
    idle = idle_of(at(100.0, 3.0, 7.0), at(110.0, 3.1, 7.4))

    assert idle.seconds == 10.0
    assert idle.cpu_percent_of_a_core == pytest.approx(5.0)
    assert [process.cpu_percent_of_a_core for process in idle.processes] == pytest.approx([1.0, 4.0])
    assert idle.pss_bytes == 20_000_000


def test_processes_are_those_of_one_engine() -> None:
    """A process that came or went between the samples is no idle engine."""
    with pytest.raises(ValueError, match="zip"):
        idle_of(at(0.0, 1.0), at(1.0, 1.0, 2.0))
