"""`syslogger bench` as a person runs it: a real engine, a real load, a real count."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from syslogger.bench.lines import PATTERNS, TRAIN_LINES, TRAINS
from syslogger.errors import ExitCode
from tests.support import wait_until

LEDGER_KEYS = {
    "offered",
    "kernel_dropped",
    "received",
    "stored",
    "refused",
    "empty",
    "dropped",
    "in_flight",
    "unexplained",
    "truncated",
}


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "syslogger", "bench", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def document(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ended.returncode == ExitCode.OK, ended.stderr
    return dict(json.loads(ended.stdout))


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("bench")
    found = document(bench("--rate", "5000", "--seconds", "2", "--json", "--data", str(data)))
    assert list(data.iterdir()) == [], "a run removes its data"
    return found


def test_what_was_sent_is_stored(result: dict[str, Any]) -> None:
    """At a rate that any machine holds, every message sent is a row, and the ledger says the same as SQL."""
    run = result["run"]

    assert 0 < run["generator"]["sent"] <= min(10_000, run["sent"])  # a generator that stood still gives up
    assert (run["stored"], run["lost"]) == (run["sent"], 0)
    assert run["held"] == (run["rate"] >= 0.99 * 5_000)
    assert set(run["ledger"]) >= LEDGER_KEYS
    assert run["ledger"]["stored"] == run["stored"]
    assert (run["ledger"]["unexplained"], run["ledger"]["in_flight"]) == (0, 0)


def test_costs_are_measured(result: dict[str, Any]) -> None:
    """CPU by process adds up to the whole; receiver, worker and writer are there, with memory."""
    run = result["run"]
    costs = run["processes"]

    assert len(costs) >= 3
    assert sum(cost["cpu_microseconds_a_message"] for cost in costs) == pytest.approx(run["cpu_microseconds_a_message"])
    assert all(0 < cost["pss_bytes"] <= cost["rss_bytes"] for cost in costs)
    assert run["pss_bytes_fifth_second"] > 0
    assert run["pss_bytes_last_second"] > 0


def test_latency_is_measured(result: dict[str, Any]) -> None:
    """Probes were seen as rows, in order: p50, p99, greatest."""
    latency = result["run"]["latency"]

    assert latency["probes"] >= 1
    assert 0 < latency["p50_milliseconds"] <= latency["p99_milliseconds"] <= latency["max_milliseconds"]


def test_machine_and_load_are_told(result: dict[str, Any]) -> None:
    """A figure without its machine and its load is none."""
    assert result["machine"]["cores"] >= 1
    assert result["machine"]["polars"]
    assert result["load"]["lines"] == TRAINS * TRAIN_LINES
    assert result["load"]["fields"] == list(PATTERNS)
    generator = result["run"]["generator"]
    assert result["run"]["rate"] == pytest.approx(generator["sent"] / generator["seconds"])
    assert 0 < result["run"]["rate"] < 5_100
    assert result["run"]["generator"]["sender"] in {"UDP_SEGMENT", "send"}


def test_another_class_gets_the_same_lines(tmp_path: Path) -> None:
    """The class of a file is measured with the same load, and the result for people says so."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"ENGINE_CLASSES": {"other": {"word": r"proto (\w+)"}}}))
    data = tmp_path / "data"
    words = ("--class", "other", "--config", str(config), "--data", str(data))
    ended = bench("--rate", "1000", "--seconds", "1", *words)

    assert ended.returncode == ExitCode.OK, ended.stderr
    assert "other, 1 fields, word" in ended.stdout
    assert "the lines are of the shape mikrotik" in ended.stdout
    assert "lost" in ended.stdout


def test_a_class_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    """The message names the classes that are."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"ENGINE_CLASSES": {"other": {"word": r"proto (\w+)"}}}))
    ended = bench("--class", "nothing", "--config", str(config), "--data", str(tmp_path))

    assert ended.returncode == ExitCode.CONFIG
    assert "name one of other" in ended.stderr
    assert ended.stdout == ""


def test_rate_and_search_exclude_each_other() -> None:
    """A search chooses its rates."""
    ended = bench("--rate", "1000", "--find-max")

    assert ended.returncode == ExitCode.CONFIG
    assert "exclude each other" in ended.stderr


def test_a_full_disk_is_seen_before_the_run(tmp_path: Path) -> None:
    """A load that has no room is refused with the numbers."""
    ended = bench("--rate", "100000000", "--seconds", "3600", "--data", str(tmp_path))

    assert ended.returncode == ExitCode.WRITE
    assert "GB free" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_terminated_benchmark_removes_its_data(tmp_path: Path) -> None:
    """SIGTERM in the middle of a run ends the engine and the generator and leaves nothing on the disk."""
    command = [sys.executable, "-m", "syslogger", "bench", "--seconds", "60", "--rate", "1000", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: list(tmp_path.glob("*/*/bench/*.db")), 60, "the engine has made its day file")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode not in {0, None}
    assert time.monotonic() - began < 45
    assert list(tmp_path.iterdir()) == []
