"""`syslogger check`: every problem with its path and exit code 2, or a summary and 0."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.program import REPOSITORY, run


def test_shipped_configuration_is_ok() -> None:
    """The file we ship has no problem; the summary names its engine and its class."""
    done = run("check", "GLOBAL_CONFIG.json", cwd=REPOSITORY)

    assert (0, "") == (done.returncode, done.stderr)
    assert "ok; engines: 1, classes: 1, data in " in done.stdout
    assert "engine main: class mikrotik, UDP 5140" in done.stdout
    assert "class mikrotik: pppoe, router_identity, user_ip, destination_ip, nat_ip" in done.stdout


def test_every_problem_is_printed_with_its_path(tmp_path: Path) -> None:
    """Two mistakes in one file are two lines, each with its JSON path, and the exit code is 2."""
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"ENGINE_CLASSES": {"web": {"path": "GET (", "code": "[0-9]+"}}}))

    done = run("check", file, cwd=tmp_path)

    assert 2 == done.returncode
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "ENGINE_CLASSES.web.path",
        "ENGINE_CLASSES.web.code",
    ]
    assert "Traceback" not in done.stderr


def test_hostile_text_of_a_configuration_is_escaped(tmp_path: Path) -> None:
    """A control character in a key is shown, not obeyed."""
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"ENGINE_CLASSES": {}, "\x1b[2J": 1}))

    done = run("check", file, cwd=tmp_path)

    assert 2 == done.returncode
    assert "\x1b" not in done.stdout


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    """A file that is not there is named, with exit code 2."""
    done = run("check", "nowhere.json", cwd=tmp_path)

    assert 2 == done.returncode
    assert "nowhere.json" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
