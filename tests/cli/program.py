"""The real command line in a process of its own, and what it printed so far."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.support import wait_until

REPOSITORY = Path(__file__).parents[2]
WAIT_SECONDS = 60.0


def environment() -> dict[str, str]:
    """Our environment, with the repository importable from any working directory."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def run(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    command = [sys.executable, "-m", "syslogger", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment(), input=stdin, capture_output=True, timeout=WAIT_SECONDS)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def _reader(stream: IO[str], lines: list[str]) -> threading.Thread:
    thread = threading.Thread(target=lambda: lines.extend(line.rstrip("\n") for line in stream), daemon=True)
    thread.start()
    return thread


class Program:
    """One command that runs on; its lines are collected as they come. The block's end kills it if it still runs.

    Whoever passes a descriptor as `stdout` reads it alone: then no lines are collected.
    """

    def __init__(self, *arguments: str | Path, cwd: Path, stdout: int = subprocess.PIPE) -> None:
        self.lines: list[str] = []
        self.errors: list[str] = []
        command = [sys.executable, "-m", "syslogger", *map(str, arguments)]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        streams = ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        self._readers = [_reader(stream, lines) for stream, lines in streams if stream is not None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.finish()

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def finish(self) -> int:
        """Waits for its end; its exit code."""
        code = self.process.wait(WAIT_SECONDS)
        for reader in self._readers:
            reader.join(WAIT_SECONDS)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Waits until something is true of it; shows what it printed when that does not come."""
        try:
            wait_until(condition, WAIT_SECONDS, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\nstdout: {self.lines[-5:]}\nstderr: {self.errors[-5:]}") from error

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The JSON lines printed so far whose `event` is `kind`."""
        return [event for event in map(json.loads, list(self.lines)) if event["event"] == kind]

    def event(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Waits for the event number `count` of this kind."""
        self.wait_for(lambda: len(self.events(kind)) >= count, f"{count} event(s) {kind!r}")
        return self.events(kind)[count - 1]
