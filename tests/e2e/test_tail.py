"""The tail of a real engine: committed rows with their ids, for readers that are slow, hostile, many or killed."""

from __future__ import annotations

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from syslogger.control import connect, tail_path
from syslogger.errors import SysloggerError
from syslogger.offer import GREATEST_SUBSCRIBERS
from syslogger.tail import LiveTail, TailBatch
from tests.cli.program import environment
from tests.support import wait_until
from tests.support_engine import WAIT_SECONDS, Load, WatchedEngine, day_files, numbered, send, settings, stored_numbers

READER = """
import sys
from pathlib import Path
from typing import Any
from syslogger import LiveTail
with LiveTail(Path(sys.argv[1]), "main") as tail:
    print("here", flush=True)
    for batch in tail:
        print(batch.table.num_rows, flush=True)
"""


@contextmanager
def tailed(engine: WatchedEngine) -> Iterator[LiveTail]:
    """A tail that the engine's writer has let in: it has shown a row of its own."""
    with LiveTail(engine.settings.root, "main") as tail:
        wait_until(lambda: send(engine.port, b"begin") and tail.poll(0.2), WAIT_SECONDS, "a first row is shown")
        yield tail


def numbers_of(batches: list[TailBatch]) -> list[int]:
    """The running numbers in them."""
    return [int(number) for batch in batches for number in batch.table.column("number").to_pylist() if number]


def collect(tail: LiveTail, count: int) -> list[TailBatch]:
    """Batches until so many numbered lines were shown."""
    batches: list[TailBatch] = []

    def enough() -> bool:
        batch = tail.poll(1.0)
        batches.extend([batch] if batch else [])
        return len(numbers_of(batches)) >= count

    wait_until(enough, WAIT_SECONDS, f"{count} lines are shown")
    return batches


def row_of(engine: WatchedEngine, number: int) -> dict[str, Any]:
    """The row with this number as SQLite has it."""
    (path,) = day_files(engine.settings)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM entries WHERE number = ?", (str(number),)).fetchone())


def test_rows_come_with_their_ids(tmp_path: Path) -> None:
    """Every row comes once, in order, whole, with the id that the file has for it, and after it can be read there."""
    with WatchedEngine(settings(tmp_path)) as engine, tailed(engine) as tail:
        send(engine.port, *numbered(range(5_000)))
        batches = collect(tail, 5_000)
        shown = batches[-1].rows()[-1]
        stored = row_of(engine, 4_999)

    assert list(range(5_000)) == numbers_of(batches)
    assert {0} == {batch.skipped for batch in batches}
    day = day_files(engine.settings)[0].stem
    assert shown == {**stored, "id": f"word.main.{day}.{stored['id']}"}
    ids = [int(row["id"].rpartition(".")[2]) for batch in batches for row in batch.rows()]
    assert list(range(ids[0], ids[0] + len(ids))) == ids


def is_settled(engine: WatchedEngine, sent: int) -> bool:
    """Whether so many were received and nothing is on its way."""
    ledger = engine.ledger()
    return bool(ledger["received"] >= sent and not ledger["in_flight"])


def test_a_slow_reader_gets_the_newest(tmp_path: Path) -> None:
    """Who does not read holds nobody up; what it then gets is the newest, and the rows left out are counted."""
    with WatchedEngine(settings(tmp_path)) as engine, tailed(engine) as tail:
        sent = 0
        for _ in range(40):
            sent += send(engine.port, *[line + b"x" * 1_000 for line in numbered(range(sent, sent + 1_000))])
            wait_until(partial(is_settled, engine, sent), WAIT_SECONDS, f"{sent} lines are stored")
        batches: list[TailBatch] = []
        while not batches or numbers_of(batches)[-1] < sent - 1:
            batches += [batch] if (batch := tail.poll(5.0)) else []
    skipped, numbers = sum(batch.skipped for batch in batches), numbers_of(batches)
    assert skipped > 0
    assert sent == len(numbers) + skipped
    assert sorted(set(numbers)) == numbers


def test_a_killed_reader_and_one_that_talks(tmp_path: Path) -> None:
    """A reader that is killed or sends rubbish costs nothing but itself."""
    command = [sys.executable, "-c", READER, str(tmp_path)]
    with (
        WatchedEngine(settings(tmp_path)) as engine,
        tailed(engine) as tail,
        connect(tail_path(tmp_path, "main")) as talker,
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as reader,
    ):
        assert reader.stdout is not None
        assert b"here\n" == reader.stdout.readline()
        for start in range(0, 4_000, 1_000):
            send(engine.port, *numbered(range(start, start + 1_000)))
            assert select.select([], [talker], [], WAIT_SECONDS)[1]
            talker.send(b"rubbish " * 100)
            if start == 1_000:
                reader.kill()
        assert list(range(4_000)) == numbers_of(collect(tail, 4_000))
    assert [] == engine.trouble()
    assert list(range(4_000)) == [number for number in stored_numbers_or_none(engine) if number is not None]


def stored_numbers_or_none(engine: WatchedEngine) -> list[int | None]:
    """The running numbers of the stored lines, None for the others."""
    (path,) = day_files(engine.settings)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT number FROM entries ORDER BY id")
        return [None if number is None else int(number) for (number,) in rows]


def test_one_subscriber_too_many(tmp_path: Path) -> None:
    """The door shuts at so many readers; one that leaves makes room."""
    with WatchedEngine(settings(tmp_path)) as engine, ExitStack() as opened:
        path = tail_path(tmp_path, "main")
        readers = [opened.enter_context(connect(path)) for _ in range(GREATEST_SUBSCRIBERS + 1)]
        assert select.select([readers[-1]], [], [], WAIT_SECONDS)[0]
        assert b"" == readers[-1].recv(1)
        readers[0].close()
        with tailed(engine):
            send(engine.port, b"number 1")


def test_a_replaced_writer_is_found_again(tmp_path: Path) -> None:
    """The tail goes on with the next writer; rows that were committed meanwhile are shown or counted as left out."""
    with WatchedEngine(settings(tmp_path)) as engine, tailed(engine) as tail:
        send(engine.port, *numbered(range(100)))
        batches = collect(tail, 100)
        os.kill(engine.processes()["writer"], signal.SIGKILL)
        engine.wait_for_event("child_replaced")
        with Load(engine.port, 5_000) as load:
            load.wait_for(5_000)
            while tail.poll(0.1) is None:
                pass
        send(engine.port, b"number 9999999")
        later: list[TailBatch] = []
        while 9_999_999 not in numbers_of(later):
            later += [batch] if (batch := tail.poll(5.0)) else []
    assert 100 == len(numbers_of(batches))


def test_the_end_of_the_engine_ends_the_tail(tmp_path: Path) -> None:
    """What a drain stored is still shown; then the iteration ends, and the name is gone."""
    with WatchedEngine(settings(tmp_path)) as engine, tailed(engine) as tail:
        send(engine.port, *numbered(range(1_000)))
        engine.stop()
        batches = list(tail)

        assert tail.ended
    assert list(range(1_000)) == numbers_of(batches)
    assert not tail_path(tmp_path, "main").exists()
    assert list(range(1_000)) == [number for number in stored_numbers_or_none(engine) if number is not None]


def test_an_engine_that_does_not_run(tmp_path: Path) -> None:
    """Nobody there is an error that says what to do."""
    with pytest.raises(SysloggerError, match=r"engine main does not run in .*: start it"):
        LiveTail(tmp_path, "main")


def test_a_stranger_at_the_other_end(tmp_path: Path) -> None:
    """Whatever else listens there, its bytes are an error and not rows."""
    path = tail_path(tmp_path, "main")
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
        folder = os.open(path.parent, os.O_PATH)
        stranger.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)
        stranger.listen()
        with LiveTail(tmp_path, "main") as tail:
            accepted, _ = stranger.accept()
            with accepted:
                accepted.send(b"HTTP/1.1 200 OK\r\n\r\n")
                with pytest.raises(SysloggerError, match="no tail of an engine"):
                    tail.poll(WAIT_SECONDS)


def test_an_engine_without_a_tail_runs(tmp_path: Path) -> None:
    """A control folder that cannot be made is a warning: rows are stored whether or not they can be watched."""
    (tmp_path / "_control").write_text("in the way")
    with WatchedEngine(settings(tmp_path)) as engine:
        send(engine.port, *numbered(range(3)))
        engine.wait_for(stored=3)
    assert any("nobody can watch rows" in event["message"] for event in engine.of_kind("warning"))
    assert [0, 1, 2] == stored_numbers(engine.settings)
