"""`syslogger export`: files, stdout, progress, and what is said when something is wrong."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.program import run
from tests.storage.exporting import DAY, NASTY, store
from tests.storage.making import us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00:00")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A live day of hostile lines, a sealed one of another engine."""
    root = tmp_path / "data"
    store(root, "a/main", range(NOON, NOON + len(NASTY)), lines=NASTY)
    sealed = store(root, "b/main", [NOON + 3])
    change(sealed, "PRAGMA journal_mode = DELETE")
    sealed.chmod(0o444)
    return root


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_a_file_and_its_manifest(tmp_path: Path, data: Path) -> None:
    """Every row of every engine, oldest first; what is said and what the manifest says is what lies there."""
    done = run("export", "out.csv", "--data", data, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "out.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert done.stdout == f"out.csv: {len(NASTY) + 1} rows, {path.stat().st_size:,} bytes, SHA-256 {digest}\n"
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_bytes())
    assert (manifest["rows"], manifest["sha256"]) == (len(NASTY) + 1, digest)
    assert [row["original_log"] for row in rows(path) if row["class"] == "a"] == list(NASTY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_query_and_its_options(tmp_path: Path, data: Path) -> None:
    """Condition, time range, engine, columns, order; a byte order mark and harmless formulas for a spreadsheet."""
    options = ["--since", "2026-11-20T12:00:00Z", "--engine", "a/main", "--columns", "id,original_log", "--newest"]
    done = run(
        "export", 'original_log:"="*', "out.csv", *options, "--bom", "--formula-safe", "--data", data, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid,original_log\r\n")
    assert rows(tmp_path / "out.csv") == [{"id": f"a.main.{DAY}.1", "original_log": "'=1+1"}]


def test_what_a_format_cannot_do_is_said_plainly(tmp_path: Path, data: Path) -> None:
    """Without the words of the library that found it."""
    done = run("export", "out.raw", "--format", "raw", "--columns", "id", "--data", data, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: raw has the original lines and no columns\n" in done.stderr


@pytest.mark.parametrize("form", ["jsonl", "parquet", "raw"])
def test_other_formats(tmp_path: Path, data: Path, form: str) -> None:
    """Readers of the format find the rows."""
    done = run("export", "out", "--format", form, "--day", f"a/main/{DAY}", "--data", data, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    found = (tmp_path / "out").read_bytes()
    if form == "jsonl":
        assert [json.loads(line)["original_log"] for line in found.decode().split("\n")[:-1]] == list(NASTY)
    elif form == "parquet":
        assert pq.read_table(io.BytesIO(found))["original_log"].to_pylist() == list(NASTY)
    else:
        assert found.decode() == "".join(f"{line}\n" for line in NASTY)


def test_day_files(tmp_path: Path, data: Path) -> None:
    """A sealed one is the same bytes, a live one a new file; several go into a folder."""
    days = ["--day", f"a/main/{DAY}", "--day", f"b/main/{DAY}"]
    done = run("export", "folder", "--format", "db", *days, "--data", data, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    live, sealed = (tmp_path / "folder" / f"{name}.main.{DAY}.db" for name in "ab")
    assert sealed.read_bytes() == (data / "b" / "main" / f"{DAY}.db").read_bytes()
    with closing(sqlite3.connect(live)) as connection:
        assert connection.execute("SELECT original_log FROM log").fetchall() == [(line,) for line in NASTY]
    manifest = json.loads(live.with_name(f"{live.name}.manifest.json").read_bytes())
    assert manifest["sha256"] == hashlib.sha256(live.read_bytes()).hexdigest()


@pytest.mark.parametrize("form", ["csv", "db"])
def test_stdout(tmp_path: Path, data: Path, form: str) -> None:
    """The bytes and nothing else; a line of JSON on stderr says what they were."""
    options = ["--format", form, "--day", f"b/main/{DAY}"]
    to_file = run("export", "out", *options, "--data", data, cwd=tmp_path)
    assert to_file.returncode == 0, to_file.stderr
    done = run_bytes(tmp_path, "export", "-", *options, "--data", str(data))

    said = json.loads(done[1])
    assert done[0] == (tmp_path / "out").read_bytes()
    assert said == {
        "rows": 1, "bytes": len(done[0]), "sha256": hashlib.sha256(done[0]).hexdigest(), "left_out": 0, "damaged": {},
    }  # fmt: skip


def run_bytes(cwd: Path, *arguments: str) -> tuple[bytes, bytes]:
    """stdout and stderr of a command that succeeds."""
    import subprocess
    import sys

    from tests.cli.program import WAIT_SECONDS, environment

    command = [sys.executable, "-m", "syslogger", *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, timeout=WAIT_SECONDS, check=True)
    return done.stdout, done.stderr


def test_events_for_programs(tmp_path: Path, data: Path) -> None:
    """The last line says what was exported, how much was left out, and what could not be read."""
    store(data, "a/main", [NOON + 99], lines=[None])
    done = run("export", "out", "--format", "raw", "--json", "--data", data, cwd=tmp_path)

    event = json.loads(done.stdout.splitlines()[-1])
    assert (event["event"], event["file"], event["left_out"], event["damaged"]) == ("exported", "out", 1, {})


def test_a_damaged_day_fails_the_export(tmp_path: Path, data: Path) -> None:
    """It is named and FILE is not there; left out on request, with the rest that was exported already."""
    (data / "a" / "main" / "2026-11-19.db").write_bytes(b"nonsense" * 9_000)
    failed = run("export", "out.csv", "--data", data, cwd=tmp_path)

    assert failed.returncode != 0
    assert "a.main.2026-11-19" in failed.stderr
    assert "--skip-damaged" in failed.stderr
    assert not (tmp_path / "out.csv").exists()

    done = run("export", "out.csv", "--skip-damaged", "--data", data, cwd=tmp_path)
    assert done.returncode == 0
    assert "left out: a.main.2026-11-19" in done.stderr
    assert len(rows(tmp_path / "out.csv")) == len(NASTY) + 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export"], "name the FILE"),
        (["export", "out", "--columns", "nonsense"], "there is: "),
        (["export", "severity:>", "out"], "severity"),
        (["export", "out", "--format", "raw", "--bom"], "of CSV"),
        (["export", "out", "--zone", "Mars"], "no time zone known here"),
        (["export", "out", "--format", "db"], "name the day"),
        (["export", "out", "--day", "a/main"], "days"),
        (["export", "out", "--day", "a/main/2020-01-01"], "no stored day"),
        (["export", "missing/out"], "choose a folder"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, data: Path, words: list[str], said: str) -> None:
    """A sentence that helps, no traceback, no file."""
    done = run(*words, "--data", data, cwd=tmp_path)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_is_not_replaced_by_accident(tmp_path: Path, data: Path) -> None:
    """Only with --force."""
    (tmp_path / "out").write_text("mine")
    refused = run("export", "out", "--data", data, cwd=tmp_path)

    assert "--force" in refused.stderr
    assert (tmp_path / "out").read_text() == "mine"
    assert run("export", "out", "--force", "--data", data, cwd=tmp_path).returncode == 0
    assert (tmp_path / "out").read_bytes().startswith(b"id,time")


def test_a_field_that_no_day_has_is_told(tmp_path: Path, data: Path) -> None:
    """A mistyped name would take home an empty file without a word."""
    done = run("export", "clent:office", "out.csv", "--data", data, cwd=tmp_path)

    assert done.stderr == "syslogger: no day has a field 'clent': is it 'client'?\n"
    assert (done.returncode, rows(tmp_path / "out.csv")) == (0, [])
