"""A benchmark's result as text for people; the same numbers go to programs as JSON.

Pure: figures in, lines out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syslogger.bench.lines import CLASS_NAME, LONGEST_BYTES, SHORTEST_BYTES, TRAIN_LINES, TRAINS
from syslogger.bench.machine import Machine
from syslogger.bench.probe import Latency
from syslogger.bench.result import Idle, ProcessCost, Run
from syslogger.cli.output import columns


def describe_load(class_name: str, patterns: Mapping[str, str]) -> dict[str, object]:
    """Return what is sent and what is extracted from it, as the result's `load`."""
    return {
        "shape": CLASS_NAME,
        "lines": TRAINS * TRAIN_LINES,
        "shortest_bytes": SHORTEST_BYTES,
        "longest_bytes": LONGEST_BYTES,
        "class": class_name,
        "fields": list(patterns),
    }


def machine_lines(machine: Machine, load: Mapping[str, object]) -> list[str]:
    """Return the machine, the versions and the load."""
    limit = "unknown" if machine.rmem_max_bytes is None else f"{machine.rmem_max_bytes:,} bytes"
    lengths = f"{load['shortest_bytes']}-{load['longest_bytes']} bytes"
    fields = load["fields"] if isinstance(load["fields"], list) else []
    rows = [
        _row("machine", f"{machine.cores} cores", machine.cpu, f"{machine.memory_bytes / 2**30:.0f} GiB"),
        _row("system", f"Linux {machine.kernel}", machine.filesystem, f"rmem_max {limit}"),
        _row("python", machine.python, f"polars {machine.polars}", f"pyarrow {machine.pyarrow}"),
        _row("", f"adbc_driver_sqlite {machine.adbc_driver_sqlite}"),
        _row("load", f"{load['lines']:,} different lines", f"shape {load['shape']}", lengths, "PRI 0-191"),
        _row("class", str(load["class"]), f"{len(fields)} fields", *fields),
    ]
    if load["class"] != load["shape"]:
        rows.append(_row("", f"the lines are of the shape {load['shape']}, whatever the class looks for"))
    return columns(rows)


def run_line(run: Run) -> str:
    """Return one run as one line of progress."""
    fate = "held" if run.held else f"lost {run.lost:,}" if run.lost else f"offered {run.rate:,.0f}/s only"
    cost = f"{run.cpu_microseconds_a_message:.2f} us CPU a message"
    late = f"p99 {_milliseconds(run.latency.p99_milliseconds)}, drained in {run.drain_seconds:.2f} s"
    return f"{run.rate_asked:>9,}/s for {run.seconds:4.1f} s: {fate}, {cost}, {late}"


def run_lines(run: Run) -> list[str]:
    """Return one run in full."""
    return columns(
        (
            _row("rate", f"{run.rate:,.0f} messages/s for {run.seconds:.1f} s (asked {run.rate_asked:,})"),
            _sent_row(run),
            _row("stored", f"{run.stored:,} (counted by SQL)"),
            _row("lost", f"{run.lost:,} ({run.lost / max(1, run.sent):.4%})"),
            _row("drained", f"{run.drain_seconds:.2f} s after the last was sent"),
            _latency_row(run.latency),
            _row("CPU", f"{run.cpu_microseconds_a_message:.2f} us a message, all engine processes"),
            *map(_cost_row, run.processes),
            _row(
                "memory",
                f"{_megabytes(run.pss_bytes_fifth_second)} in the 5th second",
                f"{_megabytes(run.pss_bytes_last_second)} in the last (sum of PSS)",
            ),
            _row("buffer", *(f"{name} {value}" for name, value in run.buffer.items())),
        )
    )


def idle_lines(idle: Idle) -> list[str]:
    """Return what an idle engine costs."""
    cpu = f"{idle.cpu_percent_of_a_core:.2f} % of a core"
    each = (
        _row("", f"{one.cpu_percent_of_a_core:.2f} % {one.role}", f"PSS {_megabytes(one.pss_bytes)}")
        for one in idle.processes
    )
    total = _row("idle", cpu, f"{_megabytes(idle.pss_bytes)} (sum of PSS)", f"over {idle.seconds:.0f} s")
    return columns((total, *each))


def summary_lines(best: Run | None, half: Run | None, idle: Idle) -> list[str]:
    """Return the outcome of a search: the highest rate held, latency at half of it, the idle engine."""
    if best is None or half is None:
        return ["", "no rate was held without loss", "", *idle_lines(idle)]
    return _sections(
        (f"highest rate held without loss: {best.rate_asked:,} messages/s for {best.seconds:.0f} s", run_lines(best)),
        (f"at half that rate: {half.rate_asked:,} messages/s", run_lines(half)),
        ("without load", idle_lines(idle)),
    )


def _row(name: str, *parts: str) -> tuple[str, str]:
    return name, ", ".join(parts)


def _sent_row(run: Run) -> tuple[str, str]:
    cost = 1e6 * run.generator.cpu_seconds / max(1, run.generator.sent)
    late = f"at most {run.generator.late_milliseconds_max:.1f} ms late"
    return _row("sent", f"{run.sent:,} by {run.generator.sender}", f"{cost:.2f} us CPU each", late)


def _latency_row(latency: Latency) -> tuple[str, str]:
    return _row(
        "latency",
        f"p50 {_milliseconds(latency.p50_milliseconds)}",
        f"p99 {_milliseconds(latency.p99_milliseconds)}",
        f"greatest {_milliseconds(latency.max_milliseconds)}",
        f"send to readable row, {latency.probes} probes, watching took {latency.own_cpu_percent:.1f} % of a core",
    )


def _cost_row(cost: ProcessCost) -> tuple[str, str]:
    share = f"{cost.cpu_microseconds_a_message:.2f} us {cost.role}"
    return _row("", share, f"RSS {_megabytes(cost.rss_bytes)}", f"PSS {_megabytes(cost.pss_bytes)}")


def _sections(*sections: tuple[str, Iterable[str]]) -> list[str]:
    return [line for title, body in sections for line in ("", title, "", *body)]


def _milliseconds(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0f} ms"


def _megabytes(value: int) -> str:
    return f"{value / 1e6:.0f} MB"
