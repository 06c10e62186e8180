"""`syslogger days`: a data directory without a factory is listed and cleared from a shell."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from syslogger.errors import ExitCode
from syslogger.lock import lock_folder
from tests.cli.program import run
from tests.keeping import Hands, ages, kept, make_day
from tests.storage.past import mode, past_day

CONFIG = {
    "TIME_ZONE": "UTC",
    "AUTO_DELETE_DAYS": 30,
    "ENGINE_CLASSES": {"word": {"number": "number ([0-9]+)"}},
    "ENGINES": [
        {"name": "main", "class": "word", "port": 5514},
        {"name": "brief", "class": "word", "port": 5515, "auto_delete_days": 3},
    ],
}


def today() -> date:
    """By the machine's clock, which the command goes by."""
    return datetime.now(UTC).date()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a configuration and the data directory it names."""
    (tmp_path / "GLOBAL_CONFIG.json").write_text(json.dumps(CONFIG))
    (tmp_path / "LOG_DATABASE").mkdir()
    return tmp_path


def fill(place: Path, *ages_days: int, owner: str = "word/main") -> Path:
    """Days of these ages in the data directory; returns it."""
    for age in ages_days:
        make_day(place / "LOG_DATABASE", age, owner=owner, today=today())
    return place / "LOG_DATABASE"


def test_days_are_listed(place: Path) -> None:
    """One line a day with bytes, state and rows; a damaged one says so, and listing writes nothing."""
    root = fill(place, 0, 1)
    damaged = root / "word" / "main" / f"{today()}.db"
    damaged.write_bytes(b"damaged" * 500)
    shown = run("days", "list", cwd=place)
    told = [json.loads(line) for line in run("days", "list", "--json", cwd=place).stdout.splitlines()]

    assert shown.returncode == ExitCode.OK
    assert [line.split()[:2] for line in shown.stdout.splitlines()[1:]] == [
        ["word/main", str(today() - timedelta(days=1))],
        ["word/main", str(today())],
    ]
    assert (told[0]["rows"], told[1]["rows"], told[1]["bytes"]) == (1, None, 3_500)
    assert "is no SQLite file" in told[1]["trouble"]
    assert ["open", "damaged"] == [day["state"] for day in told]
    assert not (root / "_control").exists()


def test_a_data_directory_needs_no_configuration(tmp_path: Path) -> None:
    """Unless limits are asked for: those are not guessed."""
    root = fill(tmp_path, 0, 90)
    listed = run("days", "list", "--data", root, cwd=tmp_path)
    refused = run("days", "retention", "--data", root, cwd=tmp_path)

    assert len(listed.stdout.splitlines()) == 3
    assert refused.returncode == ExitCode.CONFIG
    assert "GLOBAL_CONFIG.json" in refused.stderr
    assert ages(root, today()) == [0, 90]


def test_retention_from_a_shell(place: Path) -> None:
    """A dry run only says what would go; the run deletes it, each day with its reason."""
    root = fill(place, 0, 2, 4, 31)
    fill(place, 0, 2, 4, owner="word/brief")
    tried = run("days", "retention", "--dry-run", cwd=place)
    assert len(list(root.glob("*/*/*.db"))) == 7
    done = run("days", "retention", cwd=place)

    reasons = [
        f"word/main/{today() - timedelta(days=31)} is 31 days old, AUTO_DELETE_DAYS is 30",
        f"word/brief/{today() - timedelta(days=4)} is 4 days old, auto_delete_days of this engine is 3",
    ]
    assert tried.stdout.splitlines() == [
        *(f"would be deleted: {reason}" for reason in reasons),
        "2 days would be deleted, 0 that are due would wait; no clock is in doubt",
    ]
    assert done.stdout.splitlines() == [*reasons, "retention deleted 2 days; 0 that are due wait for a later run"]
    assert sorted(path.parent.name for path in root.glob("*/*/*.db")) == ["brief"] * 2 + ["main"] * 3


def test_a_clock_is_confirmed_from_a_shell(place: Path) -> None:
    """Old data alone waits; after the confirmation the same run deletes."""
    root = fill(place, 20, 40)
    waits = run("days", "retention", cwd=place)
    confirmed = run("days", "confirm-clock", "--json", cwd=place)
    run("days", "retention", cwd=place)

    assert "retention waits (1 days are due by this clock): the clock stepped forward" in waits.stdout
    assert [json.loads(line).get("event") for line in confirmed.stdout.splitlines()] == [
        "retention_waits",
        "clock_confirmed",
        None,
    ]
    assert ages(root, today()) == [20]


def test_days_are_deleted_by_name(place: Path) -> None:
    """Those that were named, or all; of a running engine not the live ones, which is an error."""
    root = fill(place, 0, 1, 2, 3)
    one = run("days", "delete", "word/main", str(today()), cwd=place)
    held = lock_folder(root / "word" / "main")
    try:
        running = run("days", "delete", "word/main", "--all", cwd=place)
    finally:
        os.close(held)
    assert ages(root, today()) == [1]
    rest = run("days", "delete", "word/main", "--all", "--json", cwd=place)

    assert one.stdout.splitlines()[-1] == "deleted 1 of 1 days"
    assert (running.returncode, "stop it first" in running.stderr) == (ExitCode.FAILED, True)
    assert json.loads(rest.stdout.splitlines()[0])["event"] == "day_deleted"
    assert ages(root, today()) == []


@pytest.mark.parametrize("words", [[], ["--all", "2026-11-20"]])
def test_what_to_delete_has_to_be_said(place: Path, words: list[str]) -> None:
    """Nothing, or two things at once, is a usage error and deletes nothing."""
    root = fill(place, 0)
    done = run("days", "delete", "word/main", *words, cwd=place)

    assert done.returncode == 2
    assert "name the days to delete, or say --all" in done.stderr
    assert ages(root, today()) == [0]


def test_a_directory_that_is_kept_is_left_alone(place: Path) -> None:
    """The error names the process that keeps it, and how the same is asked of the factory; to list is no matter."""
    root = fill(place, 0, 1)
    with kept(root, Hands()):
        refused = run("days", "delete", "word/main", "--all", cwd=place)
        confirm = run("days", "confirm-clock", cwd=place)
        listed = run("days", "list", cwd=place)

    assert refused.returncode == ExitCode.BIND
    assert f"process {os.getpid()} keeps {root}" in refused.stderr
    asked = '{"kind": "delete_days", "class": "word", "engine": "main", "days": "all"}'
    assert f"POST {asked} to http://127.0.0.1:" in refused.stderr
    assert "/v1/jobs.start; its token lies in " in refused.stderr
    assert "POST {} to http://127.0.0.1:" in confirm.stderr
    assert len(listed.stdout.splitlines()) == 3
    assert ages(root, today()) == [0, 1]


def test_a_directory_that_is_not_there_is_not_made(place: Path) -> None:
    """A slip in --data is an error."""
    done = run("days", "retention", "--data", place / "nowhere", cwd=place)

    assert done.returncode == ExitCode.WRITE
    assert "is no directory" in done.stderr
    assert not (place / "nowhere").exists()


def test_days_are_sealed_from_a_shell(place: Path) -> None:
    """By name, or all that are due; what is not over is refused, and nothing is guessed."""
    root = fill(place, 0, 2, 3)
    older, newer = (str(today() - timedelta(days=age)) for age in (3, 2))
    named = run("days", "seal", "word/main", older, cwd=place)
    due = run("days", "seal", "--due", "--json", cwd=place)
    refused = run("days", "seal", "word/main", str(today()), cwd=place)

    assert named.stdout.splitlines() == [
        f"word/main/{older} is sealed: nobody changes it any more",
        "sealed 1 of 1 days",
    ]
    told = [json.loads(line) for line in due.stdout.splitlines()]
    assert [(each.get("event"), each.get("day")) for each in told] == [("day_sealed", newer), (None, None)]
    assert (refused.returncode, "one hour after its end" in refused.stderr) == (ExitCode.FAILED, True)
    assert [mode(path) for path in sorted(root.glob("*/*/*.db"))][:2] == [0o444, 0o444]


@pytest.mark.parametrize("words", [(), ("word/main",), ("--due", "word/main", "2026-11-18")])
def test_what_to_seal_is_said(place: Path, words: tuple[str, ...]) -> None:
    """Days of an engine, or --due, and not both."""
    assert run("days", "seal", *words, cwd=place).returncode == ExitCode.CONFIG


def test_a_forecast_from_a_shell(place: Path) -> None:
    """It is the same with a keeper beside it, for it only reads; people see a table, programs one object."""
    root = fill(place, 0, 1, 2)
    with kept(root, Hands()):
        shown = run("days", "forecast", cwd=place)
        told = json.loads(run("days", "forecast", "--json", cwd=place).stdout)

    assert shown.returncode == ExitCode.OK
    lines = shown.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["free", "storing stops", "disk full"]
    assert lines[4].split() == ["word/main", f"{told['engines'][0]['bytes_a_day']:,}"]
    assert lines[5].split()[:2] == ["office", "10.0.0.0"]
    assert (told["engines"][0]["measured_days"], told["engines"][0]["is_guess"]) == (2, False)


def test_bytes_and_space_are_shown_by_a_dry_run(place: Path) -> None:
    """With their reasons, before anything is deleted; the run then does that."""
    limited = {"name": "main", "class": "word", "port": 5514, "auto_delete_bytes": 1 << 20}
    (place / "GLOBAL_CONFIG.json").write_text(json.dumps({**CONFIG, "ENGINES": [limited]}))
    root = fill(place, 0)
    for age in (2, 3):
        past_day(root / "word" / "main" / f"{today() - timedelta(days=age)}.db", 8_000)
    tried = run("days", "retention", "--dry-run", cwd=place)
    done = run("days", "retention", cwd=place)

    assert "auto_delete_bytes is 1,048,576" in tried.stdout
    assert tried.stdout.count("would be deleted: ") == 2
    assert done.stdout.splitlines()[-1] == "retention deleted 2 days; 0 that are due wait for a later run"
    assert ages(root, today()) == [0]
