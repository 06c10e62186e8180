"""A test line: from an address that may send, over a real engine, to the row that it became."""

from __future__ import annotations

import asyncio
import ipaddress
from pathlib import Path

import pytest

from interfaces.probe_line import sent, source_for
from syslogger.errors import SysloggerError
from tests.support_engine import WatchedEngine, numbered, query, send, settings


def test_the_sender_is_an_address_that_may_send(tmp_path: Path) -> None:
    """Any of loopback where all may, the usual one where only that may, and a refusal with what to do elsewhere."""
    for _ in range(20):
        source = ipaddress.ip_address(source_for(settings(tmp_path)))
        assert source.is_loopback
    assert source_for(settings(tmp_path, clients=[("one", "127.0.0.1")])) == "127.0.0.1"
    with pytest.raises(SysloggerError, match="includes loopback: add"):
        source_for(settings(tmp_path, clients=[("one", "10.0.0.0/8")]))


def test_the_row_that_a_line_became(tmp_path: Path) -> None:
    """The row is the one of this line, not of what others send meanwhile; it has the id that it has in the file."""
    made = settings(tmp_path)
    with WatchedEngine(made) as engine:
        send(engine.port, *numbered(range(100)))
        row = asyncio.run(sent(made, engine.port, "<13>number 777 \u00e9\u0001"))
        assert row is not None
        assert (row["number"], row["severity"], row["client"]) == ("777", 5, "loopback")
        engine.wait_for(stored=101)
    number = int(str(row["id"]).rsplit(".", 1)[1])
    assert query(made, f"SELECT number, original_log FROM entries WHERE id = {number}") == [
        ("777", row["original_log"])
    ]


def test_no_row_comes(tmp_path: Path) -> None:
    """A line that is not stored (here: an empty one) has no row, after the time that was given to it."""
    made = settings(tmp_path)
    with WatchedEngine(made) as engine:
        assert asyncio.run(sent(made, engine.port, "")) is None
        engine.wait_for(received=1, empty=1)


@pytest.mark.parametrize("address", ["127.0.0.9", "::1", "::", "0.0.0.0"])
def test_an_engine_that_listens_on_one_address(tmp_path: Path, address: str) -> None:
    """The line goes where the engine listens."""
    made = settings(tmp_path, addresses=[address])
    with WatchedEngine(made) as engine:
        row = asyncio.run(sent(made, engine.port, "number 1"))
    assert row is not None
    assert row["number"] == "1"
