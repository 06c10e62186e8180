"""Whatever a stranger sends becomes a row or a count: never an error, a dead process or growing memory."""

from __future__ import annotations

import re
import socket
import struct
from pathlib import Path
from random import Random

import pytest

from syslogger.config import EngineSettings, Field, LogClass
from tests.support_engine import (
    LOOPBACK,
    WatchedEngine,
    balanced,
    flat,
    integrity,
    minute_sums,
    query,
    send,
    settings,
)

# One pattern that runs column-wise, one that runs through `re`, one over the whole text; newlines included.
PATTERNS = {"word": r"([A-Za-z]+)", "echo": r"(.)\1", "whole": r"(?s)^(.*)$"}
HOSTILE = LogClass(name="hostile", fields=tuple(Field(name=name, pattern=text) for name, text in PATTERNS.items()))
LARGEST_BYTES = 65_507  # what one IPv4 datagram carries
FLOOD = 1_000_000
IP_PKTINFO = 8  # <linux/in.h>; the socket module has no name for it before Python 3.14
GROWTH_BYTES = 16 << 20  # between the first third of a flood and its end: 25 bytes for each address that came then

EMPTY = [b"", b"\n", b"\0", b"\r\n\0" * 700, b"\n" * LARGEST_BYTES, b"\0" * 8_192]
ROWS = [
    bytes(range(256)),
    bytes(reversed(range(256))) * 30,
    *(bytes([value]) for value in range(256) if value not in (0, 10, 13)),
    b"\xff\xfe\xfd",
    b"cut \xe2\x82",
    b"overlong \xc0\xaf, surrogate \xed\xa0\x80, too high \xf5\x80\x80\x80",
    "twelve bytes €".encode(),
    b"\xef\xbb\xbf<134>with a byte order mark",
    b"%s%n%x%d%%{0}{self}${HOME}`id`$(id)",
    b"'); DROP TABLE entries; --",
    b"\" OR 1=1; PRAGMA writable_schema=ON; ATTACH '/etc/passwd' AS x; --",
    b"\0begins with a NUL",
    b"has a \0 inside",
    b"\0\0\0 three \0\0\0 and three at the end \0\0\0",
    b"line ends \r\n\r\n\0\n",
    b"two\nlines",
    b"\x1b[2J\x1b]0;title\x07\x08\x7f",
    b"<191>highest PRI <192>",
    b"<999>no PRI",
    b"<>no PRI",
    b"<13",
    b"=1+1+cmd|' /C calc'!A0",
    b"../../../../etc/passwd",
    "\u202eright to left \u0000".encode(),
    b"x" * 8_191,
    b"y" * 8_192,
]


def text_of(data: bytes) -> str:
    """The text of a datagram, as the issue defines it."""
    return data.rstrip(b"\n\r\0").decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def expected_row(data: bytes) -> tuple[str | None, ...]:
    """Its fields and its text; each field is group 1 of `re.search`."""
    found = (re.search(pattern, text_of(data)) for pattern in PATTERNS.values())
    return (*(match and match[1] for match in found), text_of(data))


def rows_of(engine_settings: EngineSettings) -> list[tuple[object, ...]]:
    """What is stored: the fields and the line."""
    return query(engine_settings, f"SELECT {', '.join(PATTERNS)}, original_log FROM entries ORDER BY id")


def garbage(count: int) -> list[bytes]:
    """Random bytes of random length, rich in newlines, NULs, quotes and UTF-8 leads; the same ones in every run."""
    random = Random(514)
    alphabet = bytes(range(256)) + b"\n\r\0'\"%<>\\\xc3\xe2\xf0" * 20
    lengths = [random.choice((1, 3, 12, 13, 64, 300, 1_500, 8_000)) for _ in range(count)]
    return [bytes(random.choices(alphabet, k=length)) for length in lengths]


def test_every_datagram_is_a_row_or_a_count(tmp_path: Path) -> None:
    """Each of them is stored as its text, its fields are what `re` finds, and the empty ones are counted."""
    engine_settings = settings(tmp_path, log_class=HOSTILE)
    messages = ROWS + garbage(500)
    kept = [data for data in messages if text_of(data)]
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *messages, *EMPTY)
        engine.wait_for(stored=len(kept), empty=len(messages) - len(kept) + len(EMPTY))
        sample = engine.status()

    assert [expected_row(data) for data in kept] == rows_of(engine_settings)
    assert {"ok"} == integrity(engine_settings)
    assert [] == engine.trouble()
    # only the newlines of the largest size were longer than the room for a message
    assert 1 == engine.final_ledger()["truncated"]
    assert len(messages) + len(EMPTY) == sample["senders"][0]["received"]


@pytest.mark.parametrize("max_message_bytes", [65_535, 512])
def test_largest_datagrams(tmp_path: Path, max_message_bytes: int) -> None:
    """A datagram of 65,507 bytes is stored whole where it fits; else its head is, and it is counted as truncated."""
    engine_settings = settings(tmp_path, log_class=HOSTILE, receive={"max_message_bytes": max_message_bytes})
    messages = [
        b"a" * LARGEST_BYTES,
        b"\xff" * LARGEST_BYTES,
        b"b" * (LARGEST_BYTES - 1) + b"\0",
        b"\0" * (LARGEST_BYTES - 1) + b"c",
        "€".encode() * (LARGEST_BYTES // 3),
        b"d" * 512,
        b"e" * 513,
    ]
    kept = [data[:max_message_bytes] for data in messages]
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *messages)
        engine.wait_for(received=len(messages), in_flight=0)

    stored = [data for data in kept if text_of(data)]
    assert [expected_row(data) for data in stored] == rows_of(engine_settings)
    ledger = engine.final_ledger()
    longer = sum(len(data) > max_message_bytes for data in messages)
    assert (len(stored), longer) == (ledger["stored"], ledger["truncated"])
    assert balanced(ledger)


def test_refused_wins_over_empty_and_truncated(tmp_path: Path) -> None:
    """What a stranger sends is refused, also when nothing is in it; its samples are text, escaped and short."""
    engine_settings = settings(tmp_path, clients=[("me", LOOPBACK)], receive={"max_message_bytes": 512})
    with WatchedEngine(engine_settings) as engine:
        send(
            engine.port,
            b"",
            b"\0\n",
            b"z" * 600,
            b"\xff\xc3(\x1b[31m\0</script>",
            "é".encode() * 300,
            source="127.0.0.9",
        )
        ledger = engine.wait_for(refused=5)
        (stranger,) = engine.status()["refused_senders"]

    assert (0, 0) == (ledger["stored"], ledger["empty"])
    assert ["z" * 512, "\\xff\\xc3(\x1b[31m\0</script>", "é" * 256] == stranger["samples"]


def spoofed_flood(port: int, count: int, first: int) -> None:
    """Send `count` datagrams from as many addresses of 127/8, none of them 127.0.0.1.

    One socket sends from any address that is ours: IP_PKTINFO (ip(7)) names the source of each datagram.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(first, first + count):
            # 2,654,437 and 2**24 - 2**16 have no common divisor: no address comes twice
            address = 0x7F010000 + number * 2_654_437 % ((1 << 24) - (1 << 16))
            source = struct.pack("=I", 0) + address.to_bytes(4, "big") + bytes(4)
            sender.sendmsg([b"spoofed"], [(socket.IPPROTO_IP, IP_PKTINFO, source)], 0, (LOOPBACK, port))


def memory_by_role(engine: WatchedEngine) -> dict[str, int]:
    """The memory of each process of the engine in bytes, without the rings, whose size is fixed."""
    texts = {role: Path(f"/proc/{pid}/status").read_text() for role, pid in engine.processes().items()}
    return {role: int(text.partition("RssAnon:")[2].split()[0]) << 10 for role, text in texts.items()}


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
def test_flood_of_strangers_is_counted_in_bounded_memory(tmp_path: Path) -> None:
    """Refused datagrams from as many addresses become counts; 1,000 are kept, memory stays, clients are served."""
    engine_settings = settings(tmp_path, clients=[("me", LOOPBACK)])
    third = FLOOD // 3
    with WatchedEngine(engine_settings) as engine:
        before = engine.processes()
        spoofed_flood(engine.port, third, 0)
        engine.wait_for(offered=third, in_flight=0)
        memory = memory_by_role(engine)
        spoofed_flood(engine.port, FLOOD - third, third)
        send(engine.port, b"number 1 is served")
        engine.wait_for(offered=FLOOD + 1, in_flight=0)
        grown = {role: size - memory[role] for role, size in memory_by_role(engine).items()}
        status = engine.status()

    assert before == {each["role"]: each["pid"] for each in status["processes"]}
    assert {} == {role: size for role, size in grown.items() if size > GROWTH_BYTES}
    ledger = engine.final_ledger()
    assert balanced(ledger)
    assert FLOOD + 1 == ledger["received"] + ledger["kernel_dropped"] == ledger["offered"]
    assert ledger["refused"] + ledger["stored"] == ledger["received"]
    kept, others = status["refused_senders"], status["other_senders"]
    assert (1_000, {1}) == (len(kept), {each["refused"] for each in kept})
    assert [["spoofed"]] * 1_000 == [each["samples"] for each in kept]
    assert ledger["refused"] - 1_000 <= others["refused"] <= ledger["refused"]
    assert flat(ledger) == minute_sums(engine_settings)
