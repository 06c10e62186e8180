"""A real factory for tests: `syslogger factory` in a process of its own, on a data directory and ports of its own.

Rules
- One `DataDirectory` has one factory at a time, and after it the next one: what they share is what lies on the disk.
- What is asked goes over the interface with the client of the commands; what is stored is read from the day files.
- Ports lie below the range that the kernel gives out, so that no sender's socket sits on one while its engine is away.
- The end of the block kills whatever still runs. Orphans of a killed factory come to the test's process; its own
  descendants are all that is looked at, so other factories of the machine are left alone.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import psutil

from interfaces.client import FactoryClient, FactoryConnection
from interfaces.control_files import token_path
from interfaces.errors import Unavailable
from syslogger.config import EngineSettings
from tests.cli.program import WAIT_SECONDS, Program
from tests.support import Holdings, free_tcp_ports, free_udp_port, wait_until
from tests.support_engine import LOOPBACK, settings

ORPHANS_END_SECONDS = 60.0  # an orphan gives itself five; the machine may be busy
CLASSES = {"word": {"number": "number ([0-9]+)"}, "term": {"number": "number ([0-9]+)"}}
SMALL = {"RECEIVE": {"receive_buffer_bytes": 4 << 20}, "BATCHING": {"ring_slots": 4, "drain_seconds": 60}}

Json = dict[str, Any]
T = TypeVar("T")


def engine(name: str = "main", log_class: str = "word", **more: object) -> Json:
    """An entry of ENGINES on a free port of loopback, with one worker."""
    return {"name": name, "class": log_class, "port": free_udp_port(), "addresses": [LOOPBACK], "workers": 1, **more}


def is_alive(pid: int) -> bool:
    """Whether a process runs; one of ours that has ended is collected."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
        if process.ppid() == os.getpid():
            os.waitpid(pid, os.WNOHANG)
    except (psutil.NoSuchProcess, ChildProcessError):
        pass  # it ended, or was collected, while we looked
    return False


def wait_for_ends(pids: Mapping[str, int], seconds: float = ORPHANS_END_SECONDS) -> None:
    """Wait until none of these processes runs any more."""
    wait_until(lambda: not any(map(is_alive, pids.values())), seconds, f"all of these have ended: {pids}")


def descriptors(pid: int) -> Counter[str]:
    """What a process has open, sockets and pipes by kind, and the memfds that it has mapped."""
    found = Counter[str]()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found[re.sub(r"\[\d+\]", "", str(entry.readlink()))] += 1
    maps = Path(f"/proc/{pid}/maps").read_text("utf-8", errors="replace").splitlines()
    found.update(line[line.index("/memfd:") :] for line in maps if "/memfd:" in line)
    return found


class DataDirectory:
    """A data directory, its configuration file, and the factory that runs on it now (`factory`)."""

    def __init__(self, folder: Path, *engines: Json, **keys: object) -> None:
        self.root = folder / "data"
        self.config = folder / "GLOBAL_CONFIG.json"
        (self.port,) = free_tcp_ports(1)
        self.factory: Program | None = None
        self._connection: FactoryConnection | None = None
        self._before = Holdings.now()
        folder.mkdir(exist_ok=True)
        self.write(*engines, **keys)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.factory is not None:
            self.kill()
        left = {str(pid): pid for pid, _ in Holdings.now().children - self._before.children}
        try:
            wait_for_ends(left)
        finally:
            for pid in filter(is_alive, left.values()):
                os.kill(pid, signal.SIGKILL)

    def write(self, *engines: Json, **keys: object) -> None:
        """Write the configuration file."""
        form = {
            "INTERFACE_FACTORY_PORT": self.port,
            "ROOT_SAVED_DATA_DIRECTORY": str(self.root),
            "TIME_ZONE": "UTC",
            "ENGINE_CLASSES": CLASSES,
            "ENGINES": engines,
            **SMALL,
            **keys,
        }
        self.config.write_text(json.dumps(form))

    # -- lives of factories --------------------------------------------------------------------------------------------

    def launch(self) -> Program:
        """Start a factory and do not wait for anything."""
        assert self.factory is None, "there is one already"
        self.factory = Program("factory", "--config", self.config, "--json", cwd=self.config.parent)
        return self.factory

    def start(self) -> Program:
        """Start the next factory; returns when it answers and has started every engine that is to run."""
        factory = self.launch()
        factory.wait_for(lambda: self._is_ready(factory), "the factory is ready")
        assert factory.process.poll() is None, factory.errors
        self.connect()
        return factory

    def connect(self) -> None:
        """Wait until the factory can be asked, which it can before its engines run."""
        wait_until(lambda: token_path(self.root).exists(), WAIT_SECONDS, "there is a token")
        self._connection = FactoryConnection.from_root(self.root, self.port)
        self._connection.__enter__()

    def kill(self) -> None:
        """End the factory with SIGKILL; what it started is on its own then."""
        self._end(signal.SIGKILL)

    def end(self) -> int:
        """End the factory with SIGTERM; its exit code when it has ended."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        factory, self.factory = self.factory, None
        connection, self._connection = self._connection, None
        assert factory is not None, "there is none"
        factory.signal(number)
        if connection is not None:
            connection.__exit__()
        return factory.finish()

    def _is_ready(self, factory: Program) -> bool:
        """Its own event; or its end, for a factory that does not start shall not be waited for."""
        return factory.process.poll() is not None or any(not event["engine"] for event in factory.events("ready"))

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask(self, question: Callable[[FactoryClient], Coroutine[Any, Any, T]]) -> T:
        """Ask the factory. Raises SysloggerError."""
        assert self._connection is not None, "there is no factory"
        return self._connection.run(question)

    def status(self, name: str = "main") -> Json:
        """One engine's status."""
        return self.ask(lambda factory: factory.engine_status(name))

    def wait_for(self, name: str = "main", **wanted: object) -> Json:
        """Wait until an engine's status says all of this; the status that did."""
        return self.wait_for_status(lambda status: wanted.items() <= status.items(), name, f"{name}: {wanted}")

    def wait_for_status(self, true: Callable[[Json], object], name: str, what: str) -> Json:
        """Wait until an engine's status is as it should be; the status that was."""
        seen: list[Json] = []

        def agrees() -> object:
            with suppress(Unavailable):
                seen.append(self.status(name))
            return seen and true(seen[-1])

        try:
            wait_until(agrees, WAIT_SECONDS, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {seen[-1:]}") from error
        return seen[-1]

    def wait_for_count(self, count: int, key: str = "stored", name: str = "main") -> Json:
        """Wait until so many are counted under a key of an engine's ledger."""
        what = f"{name}: {count} {key}"
        return self.wait_for_status(lambda status: status.get("ledger", {}).get(key) == count, name, what)

    def processes(self, name: str = "main") -> dict[str, int]:
        """The processes of an engine, by role."""
        return {each["role"]: each["pid"] for each in self.status(name).get("processes", [])}

    def all_processes(self) -> dict[str, int]:
        """Every process but the factory, by engine and role."""
        found = self.ask(lambda factory: factory.processes())
        return {f"{each['engine']}.{each['role']}": each["pid"] for each in found if each["role"] != "factory"}

    # -- what is stored ------------------------------------------------------------------------------------------------

    def settings(self, name: str = "main", log_class: str = "word") -> EngineSettings:
        """Settings for those functions of `support_engine` that read an engine's files."""
        made = settings(self.root, name=name)
        return made.model_copy(update={"log_class": made.log_class.model_copy(update={"name": log_class})})
