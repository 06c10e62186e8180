"""What several tests need: waiting for a condition, and seeing what a test left behind.

Rules:
- A test never sleeps. It waits until something is true, and says what it waited for when the time is over.
- Deadlines are monotonic and generous: the machine may be busy with other work.
- A leak is what is there after a test and was not before: processes (also orphans, which come to this process because
  it is their subreaper), descriptors, memfds still mapped, signal handlers.
"""

from __future__ import annotations

import ctypes
import gc
import os
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.01
SETTLE_SECONDS = 30.0
PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
PORTS = range(20_000, 32_000)  # below those that the kernel gives out: no sender's socket sits on one
DAY_SECONDS = 86_400
MARGIN_SECONDS = 45.0

# Libraries keep these once per process, from their first use on; no test can give them back.
KEPT_BY_LIBRARIES = re.compile(r"^(?:/dev/null|/dev/u?random|/sys/fs/cgroup/\S*|/proc/\S*)$")


def wait_until(predicate: Callable[[], object], seconds: float, message: str) -> None:
    """Return as soon as `predicate()` is true; AssertionError with `message` when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    nap = threading.Event()
    is_late = False
    while not predicate():
        if is_late:  # it was looked at once more when the time was over: who was not scheduled meanwhile is not late
            raise AssertionError(f"not within {seconds:g} s: {message}")
        nap.wait(POLL_SECONDS)
        is_late = time.monotonic() > deadline


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """The block has to end within `seconds`, else AssertionError; a hang is ended by pytest's own timeout."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took > seconds:
        raise AssertionError(f"took {took:.1f} s, {seconds:g} s were allowed")


def free_ports(count: int, kind: socket.SocketKind) -> list[int]:
    """So many different ports that nobody has now, and that neither the kernel nor another worker gives away."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ours = PORTS[worker :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))]
    chance = random.SystemRandom()  # hypothesis seeds the common one: two runs at a time would choose alike
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < count:
            probe = stack.enter_context(socket.socket(socket.AF_INET6, kind))
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            port = chance.choice(ours)
            with suppress(OSError):
                probe.bind(("::", port))
                found.append(port)
    return found


def free_udp_port() -> int:
    """A UDP port that is free now."""
    return free_ports(1, socket.SOCK_DGRAM)[0]


def free_tcp_ports(count: int) -> list[int]:
    """So many different TCP ports that are free now."""
    return free_ports(count, socket.SOCK_STREAM)


def wait_past_midnight() -> None:
    """Return when a test can be run within the day: at once, but in the day's last seconds (UTC)."""
    wait_until(
        lambda: DAY_SECONDS - time.time() % DAY_SECONDS > MARGIN_SECONDS, 2 * MARGIN_SECONDS, "the day is not over"
    )


def bytes_in_kernel(port: int) -> int:
    """What waits in the sockets of a UDP port to be read (`rx_queue` of /proc/net/udp and udp6, proc(5))."""
    files = (Path("/proc/net/udp"), Path("/proc/net/udp6"))
    rows = [line.split() for file in files for line in file.read_text("ascii").splitlines()[1:]]
    return sum(int(row[4].split(":")[1], 16) for row in rows if int(row[1].rsplit(":")[1], 16) == port)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent ends, so that none of them escapes a test."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


@dataclass(frozen=True)
class Holdings:
    """What a process holds at one moment."""

    children: frozenset[tuple[int, float]]
    descriptors: Counter[str]
    memfds: Counter[str]
    handlers: dict[int, object]

    @classmethod
    def now(cls) -> Holdings:
        """What this process holds now; children that have ended are collected and not counted."""
        return cls(frozenset(_children()), Counter(_descriptors()), Counter(_mapped_memfds()), _handlers())

    def left_since(self, before: Holdings) -> list[str]:
        """Name what is held now and was not held `before`, one sentence each."""
        problems = [f"process {pid} still runs: {_command(pid)}" for pid, _ in sorted(self.children - before.children)]
        opened = self.descriptors - before.descriptors
        problems += [f"{count} descriptor(s) still open: {target}" for target, count in sorted(opened.items())]
        mapped = self.memfds - before.memfds
        problems += [f"{count} memfd mapping(s) left: {name}" for name, count in sorted(mapped.items())]
        changed = [number for number, handler in self.handlers.items() if before.handlers.get(number) != handler]
        return problems + [f"the handler of {signal.Signals(number).name} was changed" for number in sorted(changed)]


def leaks_since(before: Holdings, settle_seconds: float = SETTLE_SECONDS) -> list[str]:
    """What is left once everything that was on its way out has gone, or after `settle_seconds`."""
    problems = Holdings.now().left_since(before)
    deadline_at = time.monotonic() + settle_seconds
    nap = threading.Event()
    while problems and time.monotonic() < deadline_at:
        gc.collect()
        nap.wait(POLL_SECONDS)
        problems = Holdings.now().left_since(before)
    return problems


def _children() -> Iterator[tuple[int, float]]:
    for child in psutil.Process().children(recursive=True):
        try:
            if child.status() != psutil.STATUS_ZOMBIE:
                yield child.pid, child.create_time()
            elif child.ppid() == os.getpid():
                os.waitpid(child.pid, os.WNOHANG)
        except (psutil.NoSuchProcess, ChildProcessError):
            continue  # it ended, or was collected, while we looked


def _command(pid: int) -> str:
    try:
        return " ".join(psutil.Process(pid).cmdline()) or "?"
    except psutil.Error as error:
        return str(error)


def _descriptors() -> Iterator[str]:
    for entry in list(Path("/proc/self/fd").iterdir()):
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            continue  # the descriptor of this very listing
        if not KEPT_BY_LIBRARIES.match(target):
            yield re.sub(r"\[\d+\]", "", target)  # sockets and pipes by kind: a reopened one has another number


def _mapped_memfds() -> Iterator[str]:
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        if "/memfd:" in line:
            yield line[line.index("/memfd:") :]


def _handlers() -> dict[int, object]:
    # SIGALRM at its default is pytest-timeout's doing: it takes its own handler away when a test fails.
    handlers = {number: signal.getsignal(number) for number in sorted(signal.valid_signals())}
    return {number: now for number, now in handlers.items() if (number, now) != (signal.SIGALRM, signal.SIG_DFL)}
