"""The lines of the ingest benchmark to a loopback port until stdin is closed; then prints how many were sent.

Runs in: a process of its own, `python -m benchmarks.query.load PORT RATE`.
Reads: its arguments, the end of stdin. Writes: UDP datagrams to 127.0.0.1, one number to stdout.
Ends when: stdin is closed.
"""

from __future__ import annotations

import select
import sys

from syslogger.bench.generator import BURST_SECONDS, LoopbackSender, send_paced
from syslogger.bench.lines import TRAIN_LINES, trains

SENDERS = 8


def send(port: int, rate: int) -> int:
    """Send until stdin is closed; returns how many lines."""
    train_lines = max(1, min(TRAIN_LINES, int(rate * BURST_SECONDS)))
    sender, sent = LoopbackSender("127.0.0.1", port, SENDERS), 0
    calls = sender.calls(trains(count=20_480 // train_lines, lines_each=train_lines))
    try:
        while not select.select([sys.stdin], [], [], 0)[0]:
            sent += send_paced(calls, train_lines, rate, rate)[0]  # a second's worth
    finally:
        sender.close()
    return sent


if __name__ == "__main__":
    print(send(int(sys.argv[1]), int(sys.argv[2])))
