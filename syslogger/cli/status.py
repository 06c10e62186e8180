"""What the foreground commands show of their engines: JSON lines, a live line on a terminal, or a line now and then.

Rules:
- Nobody waits for stdout. A reader that stopped reading (a full pipe, Ctrl-S on a terminal) would otherwise keep the
  command from hearing a signal. A thread of its own writes; a status that finds the queue busy is left out, for a
  newer one follows; lines that find it full are counted, and that is said on stderr at the end.
- A reader that went away ends the output, never the engine: losing a status line must not cost log lines.
- Only names of ours and numbers are shown, and still escaped: a warning may quote what came from outside.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from syslogger.cli.output import escape, json_line
from syslogger.cli.supervise import Report
from syslogger.events import TROUBLES

QUEUE_LINES = 1_024
# A status is left out while so many lines wait.
BUSY_LINES = 8
LAST_WORDS_SECONDS = 5.0
PLAIN_STATUS_SECONDS = 10.0

log = logging.getLogger(__name__)


class Printer:
    """Writes lines to stdout from a thread of its own; every method may be called from any thread, and none waits."""

    def __init__(self, descriptor: int) -> None:
        # Not sys.stdout: a thread that is stuck inside it would hold its lock when the interpreter ends.
        self._descriptor = descriptor
        self._left_out = 0
        self._queue: queue.Queue[tuple[str, str] | None] = queue.Queue(QUEUE_LINES)
        self._thread = threading.Thread(target=self._work, name="stdout", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """A line that stays."""
        self._enqueue("", line)

    def offer(self, name: str, line: str) -> None:
        """The newest status of `name`; left out when the reader is slow."""
        if self._queue.qsize() < BUSY_LINES:
            self._enqueue(name, line)

    def forget(self, name: str) -> None:
        """No status of `name` is shown any more."""
        self._enqueue(name, "")

    def close(self) -> None:
        """Writes what waits and ends; gives up on a reader that takes nothing for `LAST_WORDS_SECONDS`."""
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=LAST_WORDS_SECONDS)
            self._thread.join(LAST_WORDS_SECONDS)
        if self._thread.is_alive():
            self._left_out += self._queue.qsize()
        if self._left_out:
            log.warning("nobody read stdout: %d lines were left out", self._left_out)

    def _enqueue(self, name: str, line: str) -> None:
        try:
            self._queue.put_nowait((name, line))
        except queue.Full:
            self._left_out += 1

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                _write(self._descriptor, self.render(*item))
            except OSError as error:
                log.warning("stdout is gone (%s); the engines go on without it", error.strerror)
                break
        while item is not None:
            item = self._queue.get()

    def render(self, _name: str, line: str) -> str:
        """What to write for a line; the name is empty when it is no status, the line when there is none any more."""
        return f"{line}\n" if line else ""


def _write(descriptor: int, text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(descriptor, data) :]


class LivePrinter(Printer):
    """A terminal: the newest status of each engine stays at the bottom, other lines scroll above."""

    def __init__(self, descriptor: int) -> None:
        self._live: dict[str, str] = {}
        super().__init__(descriptor)

    def render(self, name: str, line: str) -> str:
        """Erases the status lines, writes the line or takes in the status, draws them again."""
        erase = "\r" + (f"\x1b[{len(self._live) - 1}A" if len(self._live) > 1 else "") + "\x1b[J"
        if name and line:
            self._live[name] = line
        elif name:
            self._live.pop(name, None)
        kept = "" if name else f"{line}\n"
        width = shutil.get_terminal_size().columns - 1
        return erase + kept + "\n".join(each[:width] for each in self._live.values())


class JsonReport:
    """Every event as one JSON line; with the engine's name where a command runs several."""

    def __init__(self, printer: Printer, *, named: bool) -> None:
        self._printer = printer
        self._named = named

    def __call__(self, name: str, event: dict[str, object]) -> None:
        """Prints one event of the engine `name`."""
        line = json_line({"event": event["event"], "engine": name, **event} if self._named else event)
        if event["event"] == "status":
            self._printer.offer(name, line)
        else:
            self._printer.put(line)


class TextReport:
    """Events for people: what began and ended and the status on stdout, everything else in the log."""

    def __init__(self, printer: Printer, status_seconds: float) -> None:
        self._printer = printer
        self._status_seconds = status_seconds
        self._shown_at: dict[str, float] = {}
        self._show: Mapping[object, Callable[[str, dict[str, Any]], None]] = {
            "ready": self._ready,
            "status": self._status,
            "stopped": self._stopped,
        }

    def __call__(self, name: str, event: dict[str, object]) -> None:
        """Prints or logs one event of the engine `name`."""
        self._show.get(event["event"], self._other)(name, event)

    def _ready(self, name: str, event: dict[str, Any]) -> None:
        self._shown_at.pop(name, None)
        if not name:
            self._printer.put(f"factory: {event['message']}")
            return
        self._printer.put(f"{name}: ready on UDP port {event['port']}, process {event['pid']}")

    def _status(self, name: str, event: dict[str, Any]) -> None:
        now = time.monotonic()
        if name not in self._shown_at and event["buffer"]["advice"]:
            log.warning("engine %s: %s", name, event["buffer"]["advice"])
        if now >= self._shown_at.get(name, 0.0):
            # A tenth of the period early: the status itself comes by a clock of its own.
            self._shown_at[name] = now + 0.9 * self._status_seconds
            self._printer.offer(name, status_line(name, event))

    def _stopped(self, name: str, event: dict[str, Any]) -> None:
        self._printer.forget(name)
        # An engine whose own process was killed leaves no last ledger.
        ledger = ledger_line(event["ledger"]) if event["ledger"] else "its last ledger is lost"
        self._printer.put(f"{name}: stopped; {ledger}")

    def _other(self, name: str, event: dict[str, Any]) -> None:
        level = logging.WARNING if event["event"] in TROUBLES else logging.INFO
        told = event.get("message") or json_line(event)
        log.log(level, "%s: %s", f"engine {name}" if name else "factory", told)


def status_line(name: str, status: Mapping[str, Any]) -> str:
    """One engine's status as one line: state, rates a second, the ledger."""
    rates = status["rates"]
    flow = f"{rates['received_per_second']:,.0f}/s in, {rates['stored_per_second']:,.0f}/s stored"
    return escape(f"{name} :{status['port']} {status['state']} | {flow} | {ledger_line(status['ledger'])}")


def ledger_line(ledger: Mapping[str, Any]) -> str:
    """The ledger in words: received and stored always, every other count when it is not 0."""
    counts = {**ledger, **{f"dropped.{reason}": count for reason, count in ledger["dropped"].items()}}
    optional = [key for key in counts if key not in ("offered", "received", "stored", "dropped") and counts[key]]
    return ", ".join(f"{key} {counts[key]:,}" for key in ("received", "stored", *optional))


class EscapingFormatter(logging.Formatter):
    """A log line with the control characters of its message made visible."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the standard library's
        """The line without what follows it (a traceback keeps its lines)."""
        record.message = escape(record.message)
        return super().formatMessage(record)


class PrinterHandler(logging.Handler):
    """Log lines above the live status, when both are on a terminal."""

    def __init__(self, printer: Printer) -> None:
        super().__init__()
        self._printer = printer

    def emit(self, record: logging.LogRecord) -> None:
        """Hands one log line to the printer."""
        self._printer.put(self.format(record))


@contextmanager
def foreground(*, as_json: bool, named: bool, log_level: str) -> Iterator[Report]:
    """The output of a foreground command: gives what engines report to, writes the last words at the end.

    Args:
        as_json: only JSON lines on stdout.
        named: each JSON line says which engine it is about.
        log_level: the least level of the log on stderr, in lower case.
    """
    live = sys.stdout.isatty() and not as_json
    printer = (LivePrinter if live else Printer)(sys.stdout.fileno())
    handler = PrinterHandler(printer) if live and sys.stderr.isatty() else logging.StreamHandler(sys.stderr)
    handler.setFormatter(EscapingFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger("syslogger")
    logger.setLevel(log_level.upper())
    logger.addHandler(handler)
    try:
        yield (
            JsonReport(printer, named=named) if as_json else TextReport(printer, 0.0 if live else PLAIN_STATUS_SECONDS)
        )
    finally:
        printer.close()
        logger.removeHandler(handler)
