"""`syslogger tail`, the real program beside a day file that is being written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from syslogger.cli.tail import line, priority
from tests.cli.days import NOON, day_file
from tests.cli.program import Program, environment, run
from tests.support import deadline

MAIN = "mikrotik/main"
LINE = "2026-11-20 13:00:00.250 office local0.info log_sender_ip=10.0.0.1 user_ip=1.2.3.4 user_port=80 | a"


def test_rows_are_shown_as_they_are_stored(tmp_path: Path) -> None:
    """The newest rows come at once, the next ones while the program runs, and Ctrl-C ends it quietly."""
    with day_file(tmp_path / MAIN) as day:
        day.add("a")
        with Program("tail", "main", "--data", tmp_path, cwd=tmp_path) as tail:
            tail.wait_for(lambda: [LINE] == tail.lines, "the row that is there")
            day.add("b\x1b[2J")
            tail.wait_for(lambda: len(tail.lines) == 2, "the row stored since")
            tail.signal(signal.SIGINT)

            assert 130 == tail.finish()
            assert tail.lines[1].endswith("| b\\x1b[2J")
            assert "Traceback" not in "\n".join(tail.errors)


def test_json_rows_are_whole(tmp_path: Path) -> None:
    """`--json` gives every column of the row, with its exact text."""
    with day_file(tmp_path / MAIN) as day:
        day.add("a\u202eb")
    done = run("tail", "main", "--data", tmp_path, "--no-follow", "--json", cwd=tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert {
        "id": 1,
        "date": "2026-11-20",
        "time": "2026-11-20T13:00:00.250000+01:00",
        "time_zone": "Europe/Berlin",
        "received_at": NOON,
        "client": "office",
        "log_sender_ip": "10.0.0.1",
        "facility": 16,
        "severity": 6,
        "user_ip": "1.2.3.4",
        "user_port": 80,
        "original_log": "a\u202eb",
    } == json.loads(done.stdout)
    assert "\u202e" not in done.stdout


def test_number_of_first_rows(tmp_path: Path) -> None:
    """`-n` says how many rows to begin with."""
    with day_file(tmp_path / MAIN) as day:
        day.add("a", "b", "c")
    done = run("tail", "main", "--data", tmp_path, "--no-follow", "-n", "2", cwd=tmp_path)

    assert ["b", "c"] == [shown.rpartition("| ")[2] for shown in done.stdout.splitlines()]


def test_reader_that_leaves_ends_it_without_a_new_row(tmp_path: Path) -> None:
    """`tail | head -1` ends by itself, although no further row comes."""
    with day_file(tmp_path / MAIN) as day:
        day.add("a")
        command = f"set -o pipefail; {sys.executable} -m syslogger tail main --data . | head -1"
        with deadline(60):
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
            )

    assert (141, f"{LINE}\n", "") == (done.returncode, done.stdout, done.stderr)


def configuration(folder: Path) -> None:
    """Writes a GLOBAL_CONFIG.json whose engine `main` has stored nothing yet."""
    engine = {"name": "main", "class": "mikrotik", "port": 5140}
    classes = {"mikrotik": {"word": "(a)"}}
    text = json.dumps({"ENGINE_CLASSES": classes, "ENGINES": [engine], "ROOT_SAVED_DATA_DIRECTORY": "logs"})
    (folder / "GLOBAL_CONFIG.json").write_text(text)


def test_configured_engine_is_waited_for(tmp_path: Path) -> None:
    """With the configuration of the working directory, an engine without a day file yet is no error."""
    configuration(tmp_path)
    with Program("tail", "main", cwd=tmp_path) as tail, day_file(tmp_path / "logs" / MAIN) as day:
        day.add("a")
        tail.wait_for(lambda: [LINE] == tail.lines, "the first row")


@pytest.mark.parametrize("options", [["--data", "logs"], ["--config", "GLOBAL_CONFIG.json"]])
def test_unknown_engine_names_those_there_are(tmp_path: Path, options: list[str]) -> None:
    """A name that is no engine is a usage error that lists the engines."""
    configuration(tmp_path)
    (tmp_path / "logs" / MAIN).mkdir(parents=True)
    (tmp_path / "logs" / "_control" / "main").mkdir(parents=True)
    done = run("tail", "mian", *options, cwd=tmp_path)

    assert 2 == done.returncode
    assert "no engine 'mian' in" in done.stderr
    assert "there are: mikrotik/main\n" in done.stderr


def test_same_name_in_two_classes_has_to_be_said_in_full(tmp_path: Path) -> None:
    """An ambiguous engine is refused with its full names; one of these is taken."""
    for name in (MAIN, "web/main"):
        with day_file(tmp_path / name) as day:
            day.add(name)

    assert "mikrotik/main, web/main" in run("tail", "main", "--data", tmp_path, cwd=tmp_path).stderr
    assert "| web/main\n" in run("tail", "web/main", "--data", tmp_path, "--no-follow", cwd=tmp_path).stdout


def test_config_and_data_exclude_each_other(tmp_path: Path) -> None:
    """Two answers to where the data lies are refused."""
    assert 2 == run("tail", "main", "--data", ".", "--config", "x.json", cwd=tmp_path).returncode


def test_line_leaves_out_what_is_null() -> None:
    """A row without PRI, fields and original is its time and its client."""
    row: dict[str, object] = {"id": 1, "date": "2026-11-20", "time": "2026-11-20T13:00:00.250000+01:00"}

    assert "2026-11-20 13:00:00.250 office -" == line({**row, "client": "office", "word": None, "original_log": None})


@pytest.mark.parametrize(
    ("facility", "severity", "words"),
    [(0, 0, "kern.emerg"), (23, 7, "local7.debug"), (4, 6, "auth.info"), (None, None, "-"), (24, 0, "-")],
)
def test_priority_in_words(facility: int | None, severity: int | None, words: str) -> None:
    """Facility and severity are the words of `logger -p`; numbers that do not exist are no traceback."""
    assert words == priority({"facility": facility, "severity": severity})
