"""`syslogger query` beside real engines that store what it asks for."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from syslogger import Engine, EngineSettings, LogReader
from syslogger.bench.generator import generate
from syslogger.query.model import Query
from syslogger.query.questions import Count
from tests.cli.program import Program, run
from tests.storage.making import WORD
from tests.support import wait_until

RATE, SECONDS = 3_000, 1.0


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[list[Engine]]:
    """Two engines in one data directory."""
    with ExitStack() as running:
        yield [
            running.enter_context(
                Engine(EngineSettings.build(name=name, log_class=WORD, port=0, root=tmp_path, workers=1))
            )
            for name in ("first", "second")
        ]


def test_follow_gives_every_row_of_every_engine_once(engines: list[Engine], tmp_path: Path) -> None:
    """Rows of two engines under load, stored while they are followed: each comes once, none is left out."""
    with Program("query", "--follow", "--since", "-1h", "--json", "--data", tmp_path, cwd=tmp_path) as program:
        sent = 0
        for engine in (*engines, *engines):
            sent += generate("127.0.0.1", engine.port, RATE, SECONDS, senders=4).sent
        for engine in engines:
            _send(engine, b"a last one")
        program.wait_for(lambda: len(program.lines) >= sent + len(engines), "every row")
        program.signal(signal.SIGINT)
        assert 130 == program.finish()
        ids = [json.loads(line)["id"] for line in program.lines]

    assert (sent + 2, sent + 2) == (len(ids), len(set(ids)))


def test_what_is_stored_is_found_at_once(engines: list[Engine], tmp_path: Path) -> None:
    """A row can be found while its engine runs, in its live day."""
    _send(engines[0], b"<13>needle number 7, in a haystack")
    with LogReader(tmp_path) as reader:
        wait_until(lambda: reader.ask(Count(query=Query())).count, 60, "the row is stored")
    done = run("query", "needle number:7", "--data", tmp_path, cwd=tmp_path)

    assert (0, "searched 1 of 1 days\n") == (done.returncode, done.stderr)
    assert done.stdout.endswith("| <13>needle number 7, in a haystack\n")


def _send(engine: Engine, line: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(line, ("127.0.0.1", engine.port))
