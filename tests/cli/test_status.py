"""What foreground commands show: never waiting for a reader, one line a status, harmless text."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from syslogger.cli import status
from syslogger.cli.status import (
    EscapingFormatter,
    JsonReport,
    LivePrinter,
    Printer,
    PrinterHandler,
    TextReport,
    ledger_line,
    status_line,
)
from syslogger.ledger import Counts, DropReason, Ledger
from tests.support import deadline, wait_until

Pipe = tuple[IO[str], int]

LEDGER = Ledger(received=1_234, counts=Counts(stored=1_200), in_flight=34).as_json()
STATUS: dict[str, Any] = {
    "event": "status",
    "state": "running",
    "port": 5140,
    "rates": {"received_per_second": 1234.5, "stored_per_second": 1200.0},
    "buffer": {"asked_bytes": 2, "granted_bytes": 1, "advice": "sysctl -w net.core.rmem_max=2"},
    "ledger": LEDGER,
}


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """A pipe: its reading end as text, its writing end as a descriptor."""
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as reader, os.fdopen(writing, "wb", buffering=0):
        yield reader, writing


def test_lines_come_out_in_order(pipe: Pipe) -> None:
    """Lines and statuses are written one after the other; `forget` writes nothing."""
    reader, writing = pipe
    with closing(Printer(writing)) as printer:
        printer.put("first")
        printer.offer("main", "status")
        printer.forget("main")
        printer.put("last \udc80")

        assert ["first\n", "status\n", "last \\udc80\n"] == [reader.readline() for _ in range(3)]


def test_reader_that_stopped_reading_holds_nobody_up(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With a full pipe lines are taken and counted as left out, and the end comes within its deadline."""
    monkeypatch.setattr(status, "LAST_WORDS_SECONDS", 0.2)
    printer = Printer(pipe[1])
    with deadline(60.0):
        for _ in range(2 * status.QUEUE_LINES):
            printer.put("x" * 1_000)
            printer.offer("main", "status")
        printer.close()
    assert "nobody read stdout" in caplog.text
    assert printer._thread.is_alive()

    os.set_blocking(pipe[0].fileno(), False)
    wait_until(lambda: not read(pipe) and printer._queue.empty(), 60.0, "everything is written after all")
    monkeypatch.setattr(status, "LAST_WORDS_SECONDS", 60.0)
    printer.close()
    assert not printer._thread.is_alive()


def read(pipe: Pipe) -> bytes:
    """What lies in the pipe now."""
    with contextlib.suppress(BlockingIOError):
        return os.read(pipe[0].fileno(), 1 << 16)
    return b""


def test_reader_that_left_ends_only_the_output(caplog: pytest.LogCaptureFixture) -> None:
    """When stdout is gone that is said once, and later lines are no error."""
    reading, writing = os.pipe()
    os.close(reading)
    with deadline(60.0), os.fdopen(writing, "wb"), closing(Printer(writing)) as printer:
        printer.put("a")
        wait_until(lambda: caplog.records, 60.0, "the warning")
        printer.put("b")

    assert ["stdout is gone (Broken pipe); the engines go on without it"] == caplog.messages


class Screen:
    """As much of a terminal as the live lines use: carriage return, cursor up, erase below, line feed."""

    def __init__(self) -> None:
        self.lines = [""]
        self._row = 0

    def feed(self, text: str) -> None:
        """Obeys one piece of output."""
        for up, control, plain in re.findall(r"\x1b\[(\d+)A|(\x1b\[J|\r|\n)|([^\x1b\r\n]+)", text):
            self._row -= int(up or 0)
            if control == "\x1b[J":
                self.lines[self._row :] = [""]
            elif control == "\n":
                self._row += 1
                self.lines.append("")
            self.lines[self._row] += plain


def test_live_lines_stay_below_everything_else() -> None:
    """Each engine's newest status is drawn once, at the bottom; other lines scroll above; a forgotten one vanishes."""
    screen = Screen()
    with Path(os.devnull).open("wb") as nowhere, closing(LivePrinter(nowhere.fileno())) as printer:
        for name, line in [("", "hello"), ("a", "a 1"), ("b", "b 1"), ("a", "a 2"), ("", "note"), ("b", "b 2")]:
            screen.feed(printer.render(name, line))
        assert ["hello", "note", "a 2", "b 2"] == screen.lines
        screen.feed(printer.render("a", "") + printer.render("", "a stopped"))
        assert ["hello", "note", "a stopped", "b 2"] == screen.lines
        screen.feed(printer.render("b", ""))
        assert ["hello", "note", "a stopped", ""] == screen.lines


def test_live_lines_are_cut_at_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status never wraps, or erasing it would leave its rest on the screen."""
    monkeypatch.setenv("COLUMNS", "21")
    with Path(os.devnull).open("wb") as nowhere, closing(LivePrinter(nowhere.fileno())) as printer:
        assert f"\r\x1b[J{'x' * 20}" == printer.render("a", "x" * 99)


@pytest.mark.parametrize(("named", "keys"), [(False, ["event", "port"]), (True, ["event", "engine", "port"])])
def test_json_report_is_one_object_a_line(pipe: Pipe, named: bool, keys: list[str]) -> None:
    """Each event is one JSON line, with the engine's name where there are several."""
    with closing(Printer(pipe[1])) as printer:
        JsonReport(printer, named=named)("main", {"event": "ready", "port": 1})

        assert keys == list(json.loads(pipe[0].readline()))


def test_text_report_shows_a_status_now_and_then(pipe: Pipe, caplog: pytest.LogCaptureFixture) -> None:
    """Beginning and end are lines; of many statuses one is shown; the buffer's advice is logged once a start."""
    with closing(Printer(pipe[1])) as printer:
        report = TextReport(printer, status_seconds=60.0)
        for _ in range(2):
            report("main", {"event": "ready", "port": 5140, "pid": 7})
            for _ in range(3):
                report("main", STATUS)
        report("main", {"event": "stopped", "ledger": LEDGER})
        lines = [pipe[0].readline() for _ in range(5)]

    assert ["main: ready on UDP port 5140, process 7\n", f"{status_line('main', STATUS)}\n"] * 2 == lines[:4]
    assert "main: stopped; received 1,234, stored 1,200, in_flight 34\n" == lines[4]
    assert ["engine main: sysctl -w net.core.rmem_max=2"] * 2 == caplog.messages


def test_other_events_go_to_the_log(pipe: Pipe, caplog: pytest.LogCaptureFixture) -> None:
    """A warning is its message; an event without one is shown whole."""
    with closing(Printer(pipe[1])) as printer:
        report = TextReport(printer, status_seconds=0.0)
        report("main", {"event": "warning", "message": "slow disk"})
        report("main", {"event": "clock_step", "microseconds": -5})

    assert [
        "engine main: slow disk",
        'engine main: {"event":"clock_step","microseconds":-5}',
    ] == caplog.messages


def test_status_line() -> None:
    """State, rates and ledger are on one line."""
    line = "main :5140 running | 1,234/s in, 1,200/s stored | received 1,234, stored 1,200, in_flight 34"

    assert line == status_line("main", STATUS)


def test_ledger_line_names_every_loss() -> None:
    """Each count that is not 0 is named, each drop with its reason."""
    counts = Counts(stored=1, refused=2, empty=3, truncated=4) + Counts.drop(DropReason.ABANDONED, 5)
    ledger = Ledger(received=20, kernel_dropped=6, counts=counts, in_flight=7).as_json()

    assert (
        "received 20, stored 1, kernel_dropped 6, refused 2, empty 3, in_flight 7, unexplained 2, truncated 4, "
        "dropped.abandoned 5"
    ) == ledger_line(ledger)


def test_log_lines_go_above_the_live_line(pipe: Pipe) -> None:
    """Where log and status share a terminal, a log line is one of the printer's lines."""
    with closing(Printer(pipe[1])) as printer:
        PrinterHandler(printer).emit(logging.makeLogRecord({"msg": "slow disk"}))

        assert "slow disk\n" == pipe[0].readline()


def test_log_lines_are_escaped() -> None:
    """What a log message quotes cannot act on the terminal; a traceback keeps its lines."""
    record = logging.LogRecord("syslogger", logging.WARNING, __file__, 1, "from %s", ("\x1b[2J\n",), None)

    assert "WARNING from \\x1b[2J\\n" == EscapingFormatter("%(levelname)s %(message)s").format(record)
