"""The benchmarks of questions, run for real on next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.query.asked import questions
from tests.cli.program import REPOSITORY


def benchmark(name: str, folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run one with its data in a folder; what it printed, and its result."""
    result, data = folder / "result.json", folder / "data"
    data.mkdir()
    command = [sys.executable, "-m", f"benchmarks.query.{name}", "--data", str(data), "--json", str(result), *words]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(data.iterdir()) == [], "it removes its data"
    return done, json.loads(result.read_text())


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
def test_every_question_is_measured_in_both_phases(tmp_path: Path) -> None:
    """A day of 20,000 rows: every question has its figures idle and under load, and nothing is lost."""
    done, result = benchmark("run", tmp_path, "--rows", "20000", "--rate", "500", "--seconds", "0.01")
    names = {*questions(0), "page 50 deep"}

    assert names == {each["name"] for each in result["idle"]["questions"]}
    assert names == {each["name"] for each in result["busy"]["questions"]}
    assert result["sent"] == result["stored"] > 0
    found = {each["name"]: each["found"] for each in result["idle"]["questions"]}
    assert ("10 rows", "0 rows") == (found["newest 100, rare value"], found["newest 100, absent value"])
    rare = ("rare word", "two words, one rare", "substring, rare", "regex with a literal", "regex without one")
    assert {found[name] for name in rare} == {"10 rows"}
    assert "lost 0" in done.stdout
    assert result["export"]["rows"] == 20_000 + result["stored"]


def test_rollups_are_compared_with_none(tmp_path: Path) -> None:
    """An engine without rollups and one with them take the same load, and neither loses a line."""
    words = ("--rate", "1000", "--seconds", "1", "--pairs", "1", "--no-search")
    _, result = benchmark("rollups", tmp_path, *words)

    assert {"without": [0], "with": [0]} == result["lost"]
    assert set(result["microseconds"]) == {"without", "with"}
