"""Numbered lines at a rate to a loopback port, whoever listens there meanwhile; prints how many it sent.

Runs in: a process of its own. Reads: its arguments. Writes: UDP datagrams to 127.0.0.1, one number to stdout.
Ends when: all are sent.

Each line carries its number, so that "stored exactly once" can be asked of the rows. `UDP_SEGMENT` carries 32 of them a
call; what the kernel refuses while nobody listens (ECONNREFUSED) is sent and not handed over, as any sender sees it.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import time

from syslogger.bench.generator import SOL_UDP, UDP_SEGMENT
from syslogger.bench.lines import TRAIN_LINES

LINE = b"<134> 01:02:05 router prerouting: in:<pppoe-user> out:(unknown 0), proto TCP (ACK), number %010d, len 946 " + (
    b"and the padding of a line of two hundred bytes " * 2
)


def main(port: int, rate: int, seconds: float) -> int:
    """Send; returns how many."""
    size = len(LINE % 0)
    segments = [(SOL_UDP, UDP_SEGMENT, size.to_bytes(2, sys.byteorder))]
    sent, total, began = 0, int(rate * seconds), time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        while sent < total:
            lines = b"".join([LINE % number for number in range(sent, sent + TRAIN_LINES)])
            with contextlib.suppress(ConnectionRefusedError):
                sender.sendmsg([lines], segments)
            sent += TRAIN_LINES
            time.sleep(max(0.0, began + sent / rate - time.monotonic()))
    return sent


if __name__ == "__main__":
    print(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
