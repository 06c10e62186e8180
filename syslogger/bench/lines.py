"""The benchmark's log lines: 20,480 different MikroTik connection logs of 235-265 bytes, the same on every machine.

Rules: a fixed seed and the standard library only, so that two runs send the same bytes; every line matches all five
patterns of the shipped class `mikrotik`; PRI covers 0-191. Strategy: draw lines as routers write them, put each with
others of its length, and let a length go as a *train* as soon as it has enough lines. A train is what the kernel cuts
apart in one call (`UDP_SEGMENT` cuts at one fixed length), so equal length is not a wish but a condition.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SHORTEST_BYTES = 235
LONGEST_BYTES = 265
TRAIN_LINES = 32
TRAINS = 640
SEED = 5424

# The shipped class that these lines are made for.
CLASS_NAME = "mikrotik"
PATTERNS = {
    "pppoe": r"in:<pppoe-([A-Za-z\d]+)>",
    "router_identity": r"\d{1,2}:\d{1,2}:\d{1,2}\s+(\w+)",
    "user_ip": r"(\d{1,3}(?:\.\d{1,3}){3}:\d+)",
    "destination_ip": r"->(\d{1,3}(?:\.\d{1,3}){3}:\d+)",
    "nat_ip": r"->(\d{1,3}(?:\.\d{1,3}){3}:\d+)\)",
}

_ALPHANUMERIC = string.ascii_letters + string.digits
_FLAGS = ("SYN", "ACK", "ACK,PSH", "ACK,FIN", "ACK,FIN,PSH", "RST", "SYN,ACK")
_STATES = ("new", "established", "related", "established,snat", "new,snat", "established,dnat")
_CHAINS = ("prerouting", "forward", "postrouting")


@dataclass(frozen=True, slots=True)
class Train:
    """Lines of one length, laid end to end as one send carries them."""

    line_bytes: int
    lines: tuple[bytes, ...]

    @property
    def payload(self) -> bytes:
        """All lines of the train, one after the other, with nothing between them."""
        return b"".join(self.lines)


def trains(count: int = TRAINS, lines_each: int = TRAIN_LINES, seed: int = SEED) -> list[Train]:
    """Return `count` trains of `lines_each` lines of equal length; no line occurs twice.

    Deterministic in its arguments. `lines_each` is 1-64, the most segments every kernel with `UDP_SEGMENT` takes.
    """
    made: list[Train] = []
    waiting: dict[int, list[bytes]] = {}
    for line in _different_lines(Random(seed)):
        if len(made) == count:
            break
        same_length = waiting.setdefault(len(line), [])
        same_length.append(line)
        if len(same_length) == lines_each:
            made.append(Train(len(line), tuple(waiting.pop(len(line)))))
    return made


def marked_line(token: str) -> bytes:
    """Return a line of the same shape whose `pppoe` is `token` (letters and digits), so that it can be found."""
    return mikrotik_line(Random(token), subscriber=token)


def mikrotik_line(random: Random, subscriber: str | None = None) -> bytes:
    """Draw one line as a MikroTik router logs a translated connection; its length is what it happens to be."""
    source, target, outside = _endpoint(random), _endpoint(random), _endpoint(random)
    clock = f"{random.randrange(24):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}"
    who = subscriber or _name(random)
    return (
        f"<{random.randrange(192)}> {clock} {_name(random)} {random.choice(_CHAINS)}: in:<pppoe-{who}>"
        f" out:(unknown 0), connection-state:{random.choice(_STATES)} proto TCP ({random.choice(_FLAGS)}),"
        f" {source}->{target}, NAT ({source}->{outside})->{target}, len {random.randrange(40, 1500)}"
    ).encode("ascii")


def _different_lines(random: Random) -> Iterator[bytes]:
    """Yield lines of the wanted lengths without end, none twice."""
    seen: set[bytes] = set()
    while True:
        line = mikrotik_line(random)
        if SHORTEST_BYTES <= len(line) <= LONGEST_BYTES and line not in seen:
            seen.add(line)
            yield line


def _name(random: Random) -> str:
    return "".join(random.choices(_ALPHANUMERIC, k=random.randrange(8, 17)))


def _endpoint(random: Random) -> str:
    octets = (random.randrange(1, 224), random.randrange(256), random.randrange(256), random.randrange(1, 255))
    return f"{'.'.join(map(str, octets))}:{random.randrange(1024, 65536)}"
