"""Exports through a LogReader: a process each, at the pace of whoever takes the parts, ended with the iterator."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from syslogger import LogReader, ReaderDiedError, SysloggerError, TimeLimitError
from syslogger.query.cursor import CursorError
from syslogger.query.exports import Chunk, ExportRequest, Format
from syslogger.query.model import Order, Query, Regex
from syslogger.reader import MOST_EXPORTS
from tests.support import wait_until
from tests.support_reader import (
    ENDLESS,
    TRAP,
    WAIT_SECONDS,
    cpu_seconds,
    make_day,
    numbered,
    oldest,
    processes,
    wait_for_work,
    warm,
)

MANY = 400_000


def raw(**parts: Any) -> ExportRequest:
    """The original lines, oldest first."""
    return ExportRequest(query=Query(order=Order.OLDEST, **parts), format=Format.RAW)


def started(reader: LogReader, request: ExportRequest) -> tuple[Chunk, closing[Any]]:
    """The first part with bytes, and what ends the export."""
    chunks = reader.export(request)
    return next(chunk for chunk in chunks if chunk.data), closing(cast("Any", chunks))


def text_of(chunks: Iterator[Chunk]) -> str:
    """All parts together."""
    return b"".join(chunk.data for chunk in chunks).decode()


def test_everything_comes(tmp_path: Path) -> None:
    """The parts together are the rows; the process has ended then, and it was not one of those that answer."""
    make_day(tmp_path, numbered(MANY))
    with warm(tmp_path) as reader:
        (answering,) = processes()
        chunks = list(reader.export(raw()))
        assert processes() == [answering]

    assert len(chunks) > 1
    assert text_of(iter(chunks)).splitlines() == numbered(MANY)
    assert chunks[-1].rows == MANY


def test_it_goes_on_behind_a_part(tmp_path: Path) -> None:
    """With the place of a part it goes on there, in the range it was started with; another request's is an error."""
    make_day(tmp_path, numbered(MANY))
    request = raw(since="-36500d")
    with LogReader(tmp_path, time_zone="UTC") as reader:
        first, rest = started(reader, request)
        rest.__exit__(None, None, None)
        again = text_of(reader.export(request, after=first.after))
        with pytest.raises(CursorError):
            next(reader.export(raw(), after=first.after))

    assert (first.data.decode() + again).splitlines() == numbered(MANY)


def test_nobody_is_hurried(tmp_path: Path) -> None:
    """While nobody takes a part its process waits, longer than a part may take to be made, and then goes on."""
    make_day(tmp_path, numbered(MANY))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        first, rest = started(reader, raw())
        with rest as chunks:
            (process,) = processes()
            used = [-1.0, cpu_seconds(process)]

            def rests() -> bool:
                used.append(cpu_seconds(process))
                return used[-1] == used[-50 if len(used) > 50 else 0]

            wait_until(rests, WAIT_SECONDS, "the process waits")
            assert len(first.data + b"".join(chunk.data for chunk in chunks)) == sum(
                len(line) + 1 for line in numbered(MANY)
            )


def test_closing_the_iterator_ends_it(tmp_path: Path) -> None:
    """There is no process any more, and room for another export."""
    make_day(tmp_path, numbered(MANY))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        for _ in range(MOST_EXPORTS + 1):
            _, rest = started(reader, raw())
            assert len(processes()) == 1
            rest.__exit__(None, None, None)
            assert processes() == []


def test_one_too_many(tmp_path: Path) -> None:
    """Four run beside each other and beside questions; the fifth is refused."""
    make_day(tmp_path, numbered(MANY))
    with warm(tmp_path) as reader:
        running = [started(reader, raw())[1] for _ in range(MOST_EXPORTS)]
        with pytest.raises(SysloggerError, match="exports run already"):
            next(reader.export(raw()))
        assert len(reader.ask(oldest(3)).rows) == 3
        for rest in running:
            rest.__exit__(None, None, None)


def test_a_reader_that_is_closed(tmp_path: Path) -> None:
    """What it exports fails, and so does what is begun afterwards."""
    make_day(tmp_path, numbered(MANY))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        _, rest = started(reader, raw())
        reader.close()
        assert processes() == []
        with rest as chunks, pytest.raises(SysloggerError, match="closed"):
            text_of(chunks)
        with pytest.raises(SysloggerError, match="closed"):
            next(reader.export(raw()))


def test_a_killed_process(tmp_path: Path) -> None:
    """It is not begun anew behind the back of whoever has its first parts: he is told, and goes on."""
    make_day(tmp_path, numbered(MANY))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        first, rest = started(reader, raw())
        with rest as chunks:
            processes()[0].kill()
            with pytest.raises(ReaderDiedError, match="SIGKILL"):
                text_of(chunks)
        assert text_of(reader.export(raw(), after=first.after)).splitlines()[-1] == numbered(MANY)[-1]


def test_a_part_that_hangs(tmp_path: Path) -> None:
    """A part that takes too long ends the export."""
    make_day(tmp_path, [TRAP])
    with LogReader(tmp_path, time_zone="UTC") as reader, pytest.raises(TimeLimitError):
        text_of(reader.export(raw(where=ENDLESS.where), timeout_seconds=2.0))


def test_a_part_that_nobody_wants(tmp_path: Path) -> None:
    """An export that is unwanted in the midst of a part ends long before its time, and its process with it."""
    make_day(tmp_path, [TRAP])
    unwanted = threading.Event()
    with LogReader(tmp_path, time_zone="UTC") as reader, ThreadPoolExecutor(1) as taker:
        parts = reader.export(raw(where=ENDLESS.where), timeout_seconds=WAIT_SECONDS, is_unwanted=unwanted.is_set)
        taking = taker.submit(text_of, parts)
        wait_until(lambda: processes() != [], WAIT_SECONDS, "there is a process")
        wait_for_work(processes()[0], 2.0)
        unwanted.set()
        with pytest.raises(CancelledError):
            taking.result(WAIT_SECONDS / 2)
        assert processes() == []


def test_rare_rows_take_more_parts_than_time(tmp_path: Path) -> None:
    """A search of everything that finds next to nothing goes on part by part: no part takes long."""
    make_day(tmp_path, numbered(MANY))
    with LogReader(tmp_path, time_zone="UTC") as reader:
        chunks = list(reader.export(raw(where=Regex(pattern=f"(?=l)line {MANY - 1}$"))))

    assert text_of(iter(chunks)) == f"line {MANY - 1}\n"
    assert len(chunks) > 2
