"""The load generator: sends the benchmark's lines at a given rate, counts them exactly, ends by itself.

Runs in: a process of its own, `python -m syslogger.bench.generator`, standard library only.
Reads: nothing but its arguments. Writes: UDP datagrams to a loopback address, one JSON line to stdout at its end.
Ends when: all is sent, or a quarter more than the asked time is over, or the receiver's port is closed.

Rules: loopback only, since this is a load and not a weapon. Everything that can be made beforehand is, so that the loop
calls `sendmsg` and nothing else of weight. With `UDP_SEGMENT` one call carries 32 lines of equal length and the kernel
cuts them apart: 0.74 us a line against 2.7 us with `sendmmsg`, which would cost more than the engine it measures.

Pacing: an absolute schedule on the monotonic clock (line n is due at n / rate), naps between, no spinning. A generator
that was held up catches up, but in bursts of at most two milliseconds' worth with a short nap between: a burst as long
as the hold-up would measure the socket buffer and not the engine.
"""

from __future__ import annotations

import argparse
import ipaddress
import itertools
import json
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from syslogger.bench.lines import TRAIN_LINES, Train, trains

# Linux's <netinet/udp.h>; the socket module has no names for them.
SOL_UDP = 17
UDP_SEGMENT = 103

BURST_SECONDS = 0.002
CATCH_UP_NAP_SECONDS = 0.0002
NAP_SECONDS = 0.001
OVERTIME = 1.25

SendTrain = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was sent: lines, wall and CPU seconds of the sending alone, the worst delay against the schedule."""

    sent: int
    seconds: float
    cpu_seconds: float
    late_milliseconds_max: float
    sender: str
    started_at: float


class LoopbackSender:
    """Sends trains from `senders` sockets in turn, each with an address of its own where IPv4 loopback allows it."""

    def __init__(self, address: str, port: int, senders: int) -> None:
        self._sockets = [_connected(address, port, index) for index in range(senders)]
        self.name = "UDP_SEGMENT" if kernel_segments() else "send"

    def close(self) -> None:
        """Close every socket."""
        for sock in self._sockets:
            sock.close()

    def calls(self, load: Sequence[Train]) -> Iterator[SendTrain]:
        """Yield, without end, one call a train; the call takes how many lines of the train to send."""
        make = _segmented if self.name == "UDP_SEGMENT" else _one_by_one
        sockets = itertools.cycle(self._sockets)
        return itertools.cycle([make(next(sockets), train) for train in load])


def kernel_segments() -> bool:
    """Say whether this kernel cuts a `UDP_SEGMENT` send apart, by letting it cut two bytes on a socket pair."""
    with _loopback_socket("127.0.0.1") as receiver, _loopback_socket("127.0.0.1") as sender:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(1.0)
        sender.connect(receiver.getsockname())
        try:
            sender.sendmsg([b"ab"], _segment_of(1))
            return receiver.recv(16) == b"a"
        except OSError:
            return False


def send_paced(calls: Iterator[SendTrain], train_lines: int, rate: int, total: int) -> tuple[int, float]:
    """Send `total` lines at `rate` a second; return how many went out and the worst delay in seconds."""
    burst = max(train_lines, int(rate * BURST_SECONDS))
    sent, late = 0, 0.0
    start = time.monotonic()
    deadline = start + OVERTIME * total / rate + 1.0
    while sent < total and (now := time.monotonic()) < deadline:
        late = max(late, now - (start + sent / rate))
        due = min(total, int((now - start) * rate) + 1)
        stop = min(due, sent + burst)
        while sent < stop:
            lines = min(train_lines, total - sent)
            next(calls)(lines)
            sent += lines
        ahead = start + sent / rate - time.monotonic()
        time.sleep(max(NAP_SECONDS, ahead) if sent >= due else CATCH_UP_NAP_SECONDS)
    return sent, late


def generate(address: str, port: int, rate: int, seconds: float, senders: int = 1) -> Report:
    """Send `rate * seconds` lines to a loopback port.

    Raises ValueError for an address that is not loopback and OSError when nobody listens on the port.
    """
    if not ipaddress.ip_address(address).is_loopback:
        raise ValueError(f"{address} is not a loopback address: the generator sends to this machine only")
    # Slow rates get short trains, so that a train is never more than two milliseconds of the schedule.
    train_lines = max(1, min(TRAIN_LINES, int(rate * BURST_SECONDS)))
    sender = LoopbackSender(address, port, senders)
    calls = sender.calls(trains(count=20_480 // train_lines, lines_each=train_lines))
    started_at, wall, cpu = time.time(), time.monotonic(), time.process_time()
    try:
        sent, late = send_paced(calls, train_lines, rate, round(rate * seconds))
    finally:
        sender.close()
    return Report(
        sent=sent,
        seconds=time.monotonic() - wall,
        cpu_seconds=time.process_time() - cpu,
        late_milliseconds_max=late * 1000,
        sender=sender.name,
        started_at=started_at,
    )


def _loopback_socket(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)


def _connected(address: str, port: int, index: int) -> socket.socket:
    sock = _loopback_socket(address)
    if sock.family == socket.AF_INET:
        sock.bind((f"127.0.0.{index + 1}", 0))
    sock.connect((address, port))
    return sock


def _segment_of(line_bytes: int) -> list[tuple[int, int, bytes]]:
    return [(SOL_UDP, UDP_SEGMENT, struct.pack("H", line_bytes))]


def _segmented(sock: socket.socket, train: Train) -> SendTrain:
    payload, ancillary, line_bytes = memoryview(train.payload), _segment_of(train.line_bytes), train.line_bytes

    def send(lines: int) -> None:
        sock.sendmsg([payload[: lines * line_bytes]], ancillary)

    return send


def _one_by_one(sock: socket.socket, train: Train) -> SendTrain:
    def send(lines: int) -> None:
        for line in train.lines[:lines]:
            sock.send(line)

    return send


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m syslogger.bench.generator", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=int, required=True, help="lines a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--address", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--senders", type=int, default=1, help="source sockets, 127.0.0.1 and up (1-200)")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the generator from the command line; return its exit code."""
    asked = _arguments(words)
    try:
        report = generate(asked.address, asked.port, asked.rate, asked.seconds, asked.senders)
    except (OSError, ValueError) as error:
        print(f"generator: {error}", file=sys.stderr)
        return 1
    if report.sender != "UDP_SEGMENT":
        print("generator: this kernel refuses UDP_SEGMENT; sending line by line, which costs more CPU", file=sys.stderr)
    print(json.dumps(asdict(report)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
