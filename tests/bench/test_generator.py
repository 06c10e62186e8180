"""The generator against real sockets: what it says it sent is what arrives."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from types import ModuleType

import pytest

from syslogger.bench import generator, lines
from syslogger.bench.lines import trains

# A machine that stands still for seconds is no reason to give up here.
PATIENT = "import sys; from syslogger.bench import generator; generator.OVERTIME = 60.0; sys.exit(generator.main())"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process neither."""
    monkeypatch.setattr(generator, "OVERTIME", 600.0)


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.5)
        yield sock


def received(sock: socket.socket) -> list[tuple[bytes, str]]:
    """Everything that has arrived, with its sender's address."""
    arrived = []
    try:
        while True:
            data, (address, _) = sock.recvfrom(65_535)
            arrived.append((data, address))
    except TimeoutError:
        return arrived


def run(port: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PATIENT, "--port", str(port), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_what_it_counts_is_what_arrives(receiver: socket.socket) -> None:
    """Run as a process, it sends rate times seconds lines of the load, says so in one line of JSON, and ends."""
    ended = run(receiver.getsockname()[1], "--rate", "2000", "--seconds", "1")

    assert (ended.returncode, ended.stderr) == (0, "")
    report = json.loads(ended.stdout)
    arrived = [data for data, _ in received(receiver)]
    assert report["sent"] == len(arrived) == 2000
    assert report["seconds"] >= 0.99
    assert set(report) == set(generator.Report.__slots__)
    expected = itertools.chain.from_iterable(train.lines for train in trains(count=20_480 // 4, lines_each=4))
    assert Counter(arrived) == Counter(itertools.islice(expected, 2000))


@pytest.mark.parametrize("segments", [True, False])
def test_both_ways_of_sending_bring_the_same_lines(
    segments: bool, receiver: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel without UDP_SEGMENT gets the same load, and the report names the sender that was used."""
    segments = segments and generator.kernel_segments()
    monkeypatch.setattr(generator, "kernel_segments", lambda: segments)
    sends = "UDP_SEGMENT" if segments else "send"
    report = generator.generate("127.0.0.1", receiver.getsockname()[1], rate=20_000, seconds=0.1)

    arrived = [data for data, _ in received(receiver)]
    assert (report.sender, report.sent, len(arrived)) == (sends, 2000, 2000)
    assert arrived == list(itertools.chain.from_iterable(train.lines for train in trains()))[:2000]


def test_the_last_train_is_cut_to_the_count(receiver: socket.socket) -> None:
    """The count is exact also where it is no multiple of a train."""
    report = generator.generate("127.0.0.1", receiver.getsockname()[1], rate=16_000, seconds=0.003)

    assert report.sent == len(received(receiver)) == 48


def test_senders_have_addresses_of_their_own(receiver: socket.socket) -> None:
    """Several senders look like several routers."""
    generator.generate("127.0.0.1", receiver.getsockname()[1], rate=1000, seconds=0.1, senders=3)

    assert {address for _, address in received(receiver)} == {"127.0.0.1", "127.0.0.2", "127.0.0.3"}


def test_it_sends_over_ipv6_too() -> None:
    """The other loopback works like the first."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::1", 0))
        sock.settimeout(60)
        report = generator.generate("::1", sock.getsockname()[1], rate=1000, seconds=0.01)

        assert report.sent == 10
        assert len(sock.recv(65_535)) in range(235, 266)


class Clock:
    """Stands where the generator looks at the time: it moves when somebody sleeps or is held up, and only then."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Take so long, and a nanosecond, as real sleep takes longer."""
        self.now += seconds + 1e-9


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that no other program on the machine can move."""
    made = Clock()
    monkeypatch.setattr(generator, "time", made)
    return made


def test_it_keeps_to_the_schedule(clock: Clock) -> None:
    """Sending half a second's load takes half a second, also when each call costs time, and never bursts more."""
    calls: list[tuple[float, int]] = []

    def send(count: int) -> None:
        calls.append((clock.now, count))
        clock.sleep(0.0001)

    sent, late = generator.send_paced(itertools.repeat(send), train_lines=32, rate=64_000, total=32_000)

    assert sent == sum(count for _, count in calls) == 32_000
    assert 0.49 <= calls[-1][0] - calls[0][0] <= 0.51
    assert late < 0.01


def test_it_catches_up_in_small_bursts(clock: Clock) -> None:
    """After a hold-up the backlog goes out in bursts of at most 2 ms worth: long ones measure the buffer."""
    calls: list[tuple[float, int]] = []

    def send(count: int) -> None:
        calls.append((clock.now, count))
        if len(calls) == 10:
            clock.sleep(0.1)

    sent, late = generator.send_paced(itertools.repeat(send), train_lines=32, rate=64_000, total=16_000)

    assert (sent, late >= 0.09) == (16_000, True)
    bursts, last = [0], calls[0][0]
    for at, count in calls:
        # The shortest nap is 0.2 ms; calls closer than that were sent without one.
        if at - last >= generator.CATCH_UP_NAP_SECONDS:
            bursts.append(0)
        bursts[-1] += count
        last = at
    assert max(bursts) <= 64_000 * generator.BURST_SECONDS
    assert len(bursts) > 10


def test_it_gives_up_on_a_rate_that_it_cannot_send(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that cannot keep the rate ends anyway, and counts only what it sent."""
    monkeypatch.setattr(generator, "OVERTIME", 1.25)
    began = clock.now

    sent, late = generator.send_paced(
        itertools.repeat(lambda _: clock.sleep(0.01)), train_lines=1, rate=1000, total=1000
    )

    assert sent < 1000
    assert late > 0.5
    assert clock.now - began < 2.5


def test_it_refuses_an_address_beyond_this_machine() -> None:
    """A load generator aimed at another machine is a weapon."""
    ended = run(5140, "--rate", "1", "--seconds", "1", "--address", "192.0.2.1")

    assert ended.returncode == 1
    assert "not a loopback address" in ended.stderr


def test_it_fails_when_nobody_listens(receiver: socket.socket) -> None:
    """A closed port ends the generator with a message instead of a count of messages that nobody got."""
    port = receiver.getsockname()[1]
    receiver.close()
    ended = run(port, "--rate", "100", "--seconds", "1")

    assert ended.returncode == 1
    assert "refused" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("module", [generator, lines])
def test_it_imports_the_standard_library_only(module: ModuleType) -> None:
    """What the generator costs is sending, not what a library does behind its back."""
    imports = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Import)]
    froms = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imports for alias in node.names} | {str(node.module) for node in froms}

    others = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    assert others <= {"syslogger.bench.lines"}


def test_it_starts_without_the_column_engine() -> None:
    """Polars and Arrow bring thread pools and a hundred megabytes; the engine needs that memory and those cores."""
    program = "import sys, syslogger.bench.generator; print({'polars', 'pyarrow'} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)

    assert ended.stdout.strip() == "set()"


def test_a_report_is_json() -> None:
    """The report crosses to the measuring process as JSON and comes back equal."""
    report = generator.Report(1, 1.0, 0.1, 2.0, "send", 3.0)

    assert generator.Report(**json.loads(json.dumps(asdict(report)))) == report
