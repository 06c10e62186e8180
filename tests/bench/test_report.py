"""The result as text: what a person must be able to read from it."""

from __future__ import annotations

from dataclasses import replace

from syslogger.bench.generator import Report
from syslogger.bench.probe import Latency
from syslogger.bench.report import idle_lines, run_line, run_lines, summary_lines
from syslogger.bench.result import Idle, ProcessCost, Run

RUN = Run(
    rate_asked=300_000,
    rate=299_800.0,
    seconds=20.0,
    sent=6_000_200,
    stored=6_000_200,
    lost=0,
    drain_seconds=0.11,
    cpu_microseconds_a_message=4.25,
    processes=(ProcessCost("writer", 1.5, 90_000_000, 60_000_000),),
    pss_bytes_fifth_second=250_000_000,
    pss_bytes_last_second=251_000_000,
    latency=Latency(200, 120.0, 240.0, 260.0, 6.0, 1.5),
    generator=Report(6_000_000, 20.0, 4.5, 2.5, "UDP_SEGMENT", 0.0),
    buffer={"asked_bytes": 67_108_864, "granted_bytes": 134_217_728},
    ledger={},
)
IDLE = Idle(10.0, 0.4, 200_000_000, ())


def test_every_figure_of_a_run_is_shown() -> None:
    """Rate, sent with its sender, stored, lost, latency, CPU by process, memory at both moments."""
    text = "\n".join(run_lines(RUN))

    for figure in ("299,800", "UDP_SEGMENT", "6,000,200 (counted by SQL)", "lost     0 ", "p99 240 ms", "4.25 us"):
        assert figure in text
    for figure in ("1.50 us writer", "RSS 90 MB", "PSS 60 MB", "250 MB in the 5th", "251 MB in the last"):
        assert figure in text


def test_a_run_is_held_only_without_loss_and_at_its_rate() -> None:
    """A rate that the generator did not offer is not held, however little was lost."""
    lossy, slow = replace(RUN, stored=6_000_199, lost=1), replace(RUN, rate=290_000.0)

    assert (RUN.held, lossy.held, slow.held) == (True, False, False)
    assert "held" in run_line(RUN)
    assert "lost 1," in run_line(lossy)
    assert "offered 290,000/s only" in run_line(slow)


def test_unknown_latency_is_called_so() -> None:
    """A run whose probes were all lost does not show a latency of zero."""
    text = run_line(replace(RUN, latency=Latency(0, None, None, None, 6.0, 1.5)))

    assert "p99 unknown" in text


def test_the_outcome_of_a_search_is_told() -> None:
    """The highest rate, the half of it and the idle engine; or that nothing was held."""
    text = "\n".join(summary_lines(RUN, replace(RUN, rate_asked=150_000), IDLE))

    assert "highest rate held without loss: 300,000 messages/s for 20 s" in text
    assert "at half that rate: 150,000" in text
    assert idle_lines(IDLE)[0] in text
    assert "no rate was held" in "\n".join(summary_lines(None, None, IDLE))
