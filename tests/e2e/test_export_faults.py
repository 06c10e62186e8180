"""Exports that are killed, interrupted, or have a writer beside them: the real command, real processes, real files."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.program import WAIT_SECONDS, environment, run
from tests.storage.exporting import DAY, append, note_runs, store
from tests.storage.making import partition, us
from tests.storage.plain import ask, change

NOON = us("2026-11-20T12:00:00")
ROWS = 60_000

# The command, which saves its place after every chunk and ends itself in the middle of writing one of them.
_KILLED = """
import os, signal, sys
from pathlib import Path
from syslogger.__main__ import main
from syslogger.storage import copy_file, day_copy, export_file

number, place, *words = sys.argv[1:]
export_file.SAVED_BYTES, day_copy.COPIED_ROWS, day_copy.PIECE_BYTES = 1, 16_384, 1 << 20
write, take, written = export_file.ExportFile.write, day_copy._Copy.take, 0

def end():
    os.kill(os.getpid(), getattr(signal, number))

def interrupted(step):
    def stepped(self, *arguments):
        global written
        written += 1
        if written == 2 and place == "within" and hasattr(self, "_descriptor"):
            os.write(self._descriptor, arguments[0].data[: len(arguments[0].data) // 2])
            end()
        found = step(self, *arguments)
        if written == 2:
            end()
        return found
    return stepped

export_file.ExportFile.write, day_copy._Copy.take = interrupted(write), interrupted(take)
sys.exit(main(words))
"""
FORMS = ("csv", "jsonl", "raw", "parquet", "db")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live day and a sealed one, of several windows each."""
    root = tmp_path_factory.mktemp("data")
    lines = [f"row {number} {'x' * (number % 200)}" for number in range(ROWS)]
    store(root, "a/main", range(NOON, NOON + ROWS), lines=lines)
    sealed = store(root, "b/main", range(NOON, NOON + ROWS), lines=lines)
    change(sealed, "PRAGMA journal_mode = DELETE")
    sealed.chmod(0o444)
    return root


@pytest.fixture(scope="module")
def wholes(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an export that nobody interrupts gives, by its format."""
    folder = tmp_path_factory.mktemp("wholes")
    for form in FORMS:
        done = run(*words_of(form, "b/main", data, form), cwd=folder)
        assert done.returncode == 0, done.stderr
    return {form: (folder / form).read_bytes() for form in FORMS}


def ended(cwd: Path, number: str, place: str, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """The command, ended by this signal."""
    command = [sys.executable, "-c", _KILLED, number, place, *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, timeout=WAIT_SECONDS)


def words_of(form: str, owner: str, data: Path, file: str) -> list[str | Path]:
    """An export of one day."""
    return ["export", file, "--format", form, "--day", f"{owner}/{DAY}", "--data", data]


@pytest.mark.parametrize("place", ["within", "behind"])
@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_is_killed_goes_on(
    tmp_path: Path, data: Path, wholes: dict[str, bytes], form: str, place: str
) -> None:
    """A kill -9 within or behind a chunk: the same command makes the same file, and nothing is left beside it."""
    words = words_of(form, "b/main", data, "out")
    killed = ended(tmp_path, "SIGKILL", place, *words)
    assert killed.returncode == -9, killed.stderr
    assert not (tmp_path / "out").exists()
    there = (tmp_path / "out.partial").stat().st_size

    done = run(*words, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    found, manifest = (tmp_path / "out").read_bytes(), json.loads((tmp_path / "out.manifest.json").read_bytes())
    assert 0 < there < len(found) or form == "parquet"
    assert found == wholes[form]
    assert (manifest["rows"], manifest["sha256"]) == (ROWS, hashlib.sha256(found).hexdigest())
    assert {each.name for each in tmp_path.iterdir()} == {"out", "out.manifest.json"}


def test_a_copy_of_a_live_day_that_is_killed_goes_on(tmp_path: Path, data: Path) -> None:
    """Its rows are all there once, and the file is sound."""
    words = words_of("db", "a/main", data, "out.db")
    killed = ended(tmp_path, "SIGKILL", "behind", *words)
    assert killed.returncode == -9, killed.stderr

    done = run(*words, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert ask(tmp_path / "out.db", "SELECT count(*), max(id), sum(received_at % 1000003) FROM entries") == ask(
        data / "a" / "main" / f"{DAY}.db", "SELECT count(*), max(id), sum(received_at % 1000003) FROM entries"
    )
    assert ask(tmp_path / "out.db", "PRAGMA integrity_check") == [["ok"]]
    assert {each.name for each in tmp_path.iterdir()} == {"out.db", "out.db.manifest.json"}


@pytest.mark.parametrize("form", ["csv", "db"])
def test_ctrl_c_says_how_to_go_on(tmp_path: Path, data: Path, form: str) -> None:
    """The exit code is 130, FILE is not there, and the same command finishes it."""
    words = words_of(form, "a/main", data, "out")
    stopped = ended(tmp_path, "SIGINT", "behind", *words)

    assert stopped.returncode == 130, stopped.stderr
    assert b"the same command goes on" in stopped.stderr
    assert b"Traceback" not in stopped.stderr
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "out.partial").stat().st_size > 0
    assert run(*words, cwd=tmp_path).returncode == 0
    assert (tmp_path / "out").exists()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """While the block runs, rows are committed to a day."""
    over = threading.Event()
    began = threading.Event()

    def work() -> None:
        with partition(path) as opened:
            stamp = NOON + ROWS
            while not over.is_set():
                append(opened.database, [stamp, stamp + 1], None)
                opened.advance(1, 0, 1, stamp, stamp + 1)
                note_runs(opened.database)
                opened.database.commit()
                began.set()
                stamp += 2

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert began.wait(WAIT_SECONDS)
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("form", ["csv", "jsonl", "raw", "db"])
def test_a_day_that_is_written_meanwhile(tmp_path: Path, form: str) -> None:
    """What is taken are the first rows of the day, as many as the manifest says, without a gap."""
    path = store(tmp_path / "data", "a/main", range(NOON, NOON + 500))
    with writing(path):
        done = run(*words_of(form, "a/main", tmp_path / "data", "out"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "out.manifest.json").read_bytes())
    taken = manifest["bound"]["last_ids"][f"a.main.{DAY}"]

    assert manifest["rows"] == taken
    assert 500 < taken <= ask(path, "SELECT max(id) FROM entries")[0][0]
    if form == "db":
        assert ask(tmp_path / "out", "SELECT count(*), max(id) FROM entries") == [[taken, taken]]
        assert ask(tmp_path / "out", "SELECT greatest_received_at - ? FROM partition".replace("?", str(NOON)))[0][0] > 0
        assert ask(tmp_path / "out", "SELECT max(received_at) = greatest_received_at FROM entries, partition") == [[1]]
    else:
        lines = (tmp_path / "out").read_bytes().count(b"\n")
        assert lines == taken + (form == "csv")
