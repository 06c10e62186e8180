"""Twenty engines at once: how long they take to start and to end, what they hold, what they use while nobody sends.

    python benchmarks/engines/twenty.py [--engines 20] [--data FOLDER]

A real factory with a real configuration of so many engines, asked through its interface.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil

from interfaces.client import FactoryConnection
from interfaces.errors import Unauthorized, Unavailable
from syslogger.bench.machine import describe_machine
from syslogger.config import load

IDLE_SECONDS = 10.0
CLASS = {"user": r"user=(\w+)", "source_ip": r"from (\S+)", "action": r"action=(\w+)"}


def free_ports(count: int) -> list[int]:
    """So many UDP ports that nobody has."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) for _ in range(count)]
        for each in sockets:
            each.bind(("::", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def configured(folder: Path, engines: int) -> Path:
    """A configuration file."""
    factory, *ports = free_ports(engines + 1)
    entries = [{"name": f"engine_{n}", "class": "firewall", "port": port} for n, port in enumerate(ports)]
    path = folder / "GLOBAL_CONFIG.json"
    keys = {"INTERFACE_FACTORY_PORT": factory, "ROOT_SAVED_DATA_DIRECTORY": "data"}
    path.write_text(json.dumps({**keys, "ENGINE_CLASSES": {"firewall": CLASS}, "ENGINES": entries}))
    return path


def running(config: Path) -> int:
    """How many engines run; 0 while the factory does not answer."""
    loaded = load(config)
    try:
        with FactoryConnection.from_root(loaded.root, loaded.interface_factory_port) as factory:
            return sum(each["state"] == "running" for each in factory.run(lambda client: client.list_engines()))
    except (Unavailable, Unauthorized):
        return 0


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    factory = psutil.Process(pid)
    return [factory, *factory.children(recursive=True)]


def held_megabytes(processes: list[psutil.Process]) -> float:
    """The sum of PSS: pages that several share count once."""
    return float(sum(each.memory_full_info().pss for each in processes)) / 1e6


def used_seconds(processes: list[psutil.Process]) -> float:
    """The CPU time of all of them."""
    return float(sum(times.user + times.system for times in (each.cpu_times() for each in processes)))


def measure(config: Path, engines: int) -> dict[str, Any]:
    """One life of a factory."""
    began = time.monotonic()
    command = [sys.executable, "-m", "syslogger", "factory", "--config", str(config), "--log-level", "error"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as factory:
        while running(config) < engines:
            time.sleep(0.1)
        started = time.monotonic() - began
        time.sleep(2.0)
        processes = family(factory.pid)
        before = used_seconds(processes)
        time.sleep(IDLE_SECONDS)
        idle = (used_seconds(processes) - before) / IDLE_SECONDS
        megabytes = held_megabytes(processes)
        began = time.monotonic()
        factory.send_signal(signal.SIGTERM)
        factory.wait()
        return {
            "started": started,
            "processes": len(processes),
            "megabytes": megabytes,
            "idle": idle,
            "ended": time.monotonic() - began,
        }


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--engines", type=int, default=20)
    parser.add_argument("--data", type=Path, default=Path())
    asked = parser.parse_args()
    machine = describe_machine(asked.data)
    print(f"machine   {machine.cores} cores, {machine.cpu}, {machine.memory_bytes >> 30} GiB, Linux {machine.kernel}")
    with tempfile.TemporaryDirectory(prefix="syslogger-twenty-", dir=asked.data) as folder:
        found = measure(configured(Path(folder), asked.engines), asked.engines)
    print(f"started   {asked.engines} engines after {found['started']:.1f} s")
    print(f"processes {found['processes']}, with the factory and its keeper")
    each = found["megabytes"] / asked.engines
    print(f"memory    {found['megabytes']:,.0f} MB (sum of PSS), {each:,.0f} MB an engine")
    print(f"idle      {100 * found['idle']:.1f} % of a core, all of them")
    print(f"ended     {found['ended']:.1f} s after SIGTERM")


if __name__ == "__main__":
    main()
