"""From datagram to row: what was sent stands in the day file, column by column, in the order in which it came."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from pathlib import Path

import pytest

from syslogger.bench.lines import PATTERNS, trains
from syslogger.config import EngineSettings
from tests.support_engine import (
    LOOPBACK,
    MIKROTIK,
    Sender,
    WatchedEngine,
    balanced,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
)

MIKROTIK_LINES = [line for train in trains(32) for line in train.lines]
NUMBERS = list(range(3_000))


def expected_columns(line: bytes) -> tuple[object, ...]:
    """What `re` and `ipaddress` say of a line of the shipped class: facility, severity, fields, the line."""
    text = line.decode()
    priority = re.match(r"<(\d{1,3})>", text)
    assert priority is not None
    columns: list[object] = [int(priority[1]) >> 3, int(priority[1]) & 7]
    for name, pattern in PATTERNS.items():
        found = re.search(pattern, text)
        columns += split_address(found[1]) if name.endswith("_ip") and found else [found and found[1]]
    return (*columns, text)


def split_address(text: str) -> tuple[str, int]:
    """An address and its port, both valid."""
    address, port = text.split(":")
    return str(ipaddress.ip_address(address)), int(port)


def run_and_store(engine_settings: EngineSettings, messages: list[bytes]) -> WatchedEngine:
    """Start an engine, send the messages, stop it when all are stored."""
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *messages)
        engine.wait_for(stored=len(messages))
    return engine


def test_every_column_of_a_thousand_lines(tmp_path: Path) -> None:
    """A thousand router lines become a thousand rows, ids in order of receipt, each column as `re` reads it."""
    engine_settings = settings(tmp_path, log_class=MIKROTIK, zone="Europe/Berlin")
    engine = run_and_store(engine_settings, MIKROTIK_LINES)

    names = [name for name, _ in MIKROTIK.columns]
    rows = query(engine_settings, f"SELECT id, facility, severity, {', '.join(names)}, original_log FROM entries")
    assert [(row, *expected_columns(line)) for row, line in enumerate(MIKROTIK_LINES, 1)] == rows
    fixed = "SELECT DISTINCT client, log_sender_ip FROM entries"
    assert [("loopback", LOOPBACK)] == query(engine_settings, fixed)
    assert balanced(engine.final_ledger())
    assert [] == engine.trouble()


def test_the_view_shows_local_time_and_the_fields(tmp_path: Path) -> None:
    """The view `log` has exactly its columns, and its `time` is the local time of `received_at`."""
    engine_settings = settings(tmp_path, log_class=MIKROTIK, zone="Asia/Kolkata")
    run_and_store(engine_settings, MIKROTIK_LINES[:10])

    columns = [row[0] for row in query(engine_settings, "SELECT name FROM pragma_table_info('log')")]
    assert ["log_sender_ip", "time", "time_zone", *(name for name, _ in MIKROTIK.columns), "original_log"] == columns
    shifted = "SELECT time(received_at / 1000000 + 19800, 'unixepoch'), 'Asia/Kolkata' FROM entries"
    assert query(engine_settings, shifted) == query(engine_settings, "SELECT time, time_zone FROM log")


def test_both_families_over_the_dual_stack_socket(tmp_path: Path) -> None:
    """An IPv4 sender is plain IPv4 text, an IPv6 sender compressed IPv6, each with its client's name."""
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, b"four")
        send(engine.port, b"six", source="::1")
        engine.wait_for(stored=2)
        senders = {each["address"]: each["stored"] for each in engine.status()["senders"]}

    rows = query(engine_settings, "SELECT log_sender_ip, client, original_log FROM entries ORDER BY id")
    assert [("127.0.0.1", "loopback", "four"), ("::1", "loopback_v6", "six")] == rows
    assert {"127.0.0.1": 1, "::1": 1} == senders


def test_clients_are_named_and_others_refused(tmp_path: Path) -> None:
    """The longest prefix names the client; who is no client is counted, with samples of at most 512 bytes."""
    clients = [("wide", "127.0.0.0/16"), ("narrow", "127.0.0.0/24"), ("host", "127.0.0.7"), ("127.1.*", "127.1.*")]
    engine_settings = settings(tmp_path, clients=clients)
    with WatchedEngine(engine_settings) as engine:
        for source in ("127.0.5.1", "127.0.0.1", "127.0.0.7", "127.1.2.3"):
            send(engine.port, source.encode(), source=source)
        send(engine.port, b"\x1b[31m\xff" + b"x" * 2_000, source="127.9.9.9")
        engine.wait_for(stored=4, refused=1)
        send(engine.port, b"a later one", source="127.9.9.9")
        send(engine.port, b"from six", source="::1")
        engine.wait_for(stored=4, refused=3)
        status = engine.status()

    assert [("127.0.5.1", "wide"), ("127.0.0.1", "narrow"), ("127.0.0.7", "host"), ("127.1.2.3", "127.1.*")] == query(
        engine_settings, "SELECT original_log, client FROM entries ORDER BY id"
    )
    refused = {each["address"]: each for each in status["refused_senders"]}
    assert ["127.9.9.9", "::1"] == list(refused)
    assert (2, 0, 2) == tuple(refused["127.9.9.9"][key] for key in ("received", "stored", "refused"))
    assert ["\x1b[31m\\xff" + "x" * (512 - 6), "a later one"] == refused["127.9.9.9"]["samples"]
    assert ["from six"] == refused["::1"]["samples"]
    assert 0 < refused["127.9.9.9"]["first_seen"] < refused["127.9.9.9"]["last_seen"]


def test_without_originals_the_fields_are_still_read(tmp_path: Path) -> None:
    """An engine that keeps no originals stores the fields, and NULL for the line."""
    engine_settings = settings(tmp_path, keep_original=False)
    run_and_store(engine_settings, numbered(range(5)))

    assert [(str(n), None) for n in range(5)] == query(engine_settings, "SELECT number, original_log FROM entries")


@pytest.mark.parametrize(
    ("receive", "batching", "workers"),
    [
        ({}, {}, 5),
        ({"max_message_bytes": 65_535}, {"ring_slots": 4, "flush_milliseconds": 10}, 3),
        ({"nap_microseconds": 0}, {"commit_batches": 1, "flush_milliseconds": 10}, 1),
    ],
)
def test_every_shape_of_engine_keeps_the_order(
    tmp_path: Path, receive: dict[str, int], batching: dict[str, int], workers: int
) -> None:
    """However many workers and slots there are, and however batches are cut, ids are in order of receipt."""
    engine_settings = settings(tmp_path, receive=receive, batching=batching, workers=workers)
    engine = run_and_store(engine_settings, numbered(NUMBERS))

    assert NUMBERS == stored_numbers(engine_settings)
    stamps = [row[0] for row in query(engine_settings, "SELECT received_at FROM entries ORDER BY id")]
    assert sorted(stamps) == stamps
    assert balanced(engine.final_ledger())


def test_four_sockets_share_a_port(tmp_path: Path) -> None:
    """With four sockets the kernel spreads the senders; each line is stored once, each sender's in its order."""
    engine_settings = settings(tmp_path, receive={"sockets": 4})
    senders = [f"127.0.{n}.1" for n in range(24)]
    with WatchedEngine(engine_settings) as engine:
        for source in senders:
            send(engine.port, *numbered(range(50)), source=source)
        engine.wait_for(stored=50 * len(senders))
        assert 4 == engine.status()["buffer"]["sockets"]

    rows = query(engine_settings, "SELECT log_sender_ip, number FROM entries ORDER BY id")
    assert dict.fromkeys(senders, 50) == Counter(sender for sender, _ in rows)
    for source in senders:
        assert list(range(50)) == [int(number) for sender, number in rows if sender == source]


def test_one_listening_address_of_each_family(tmp_path: Path) -> None:
    """Engines listen where they are told, on one port for all their addresses."""
    engine_settings = settings(tmp_path, addresses=["127.0.0.2", "::1"])
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, b"six", source="::1")
        with Sender(engine.port) as sender:
            sender._target = ("127.0.0.2", engine.port)
            sender.send(b"four")
        engine.wait_for(stored=2)

    assert {("six",), ("four",)} == set(query(engine_settings, "SELECT original_log FROM entries"))


def test_a_restart_continues_the_day(tmp_path: Path) -> None:
    """A second run appends to the day's file: ids go on, nothing is stored twice."""
    engine_settings = settings(tmp_path)
    run_and_store(engine_settings, numbered(range(100)))
    run_and_store(engine_settings, numbered(range(100, 150)))

    assert list(range(150)) == stored_numbers(engine_settings)
    assert [(150, 150)] == query(engine_settings, "SELECT max(id), count(*) FROM entries")


@pytest.mark.parametrize("lengths", [[511, 512, 511, 1], [512, 513, 1], [8_192, 20, 8_191, 514, 2_064, 9, 3_000] * 40])
def test_lines_around_the_end_of_the_near_part(tmp_path: Path, lengths: list[int]) -> None:
    """A line is stored whole whether it ends before, at or behind the first 512 bytes, and whoever is in its batch."""
    lines = [f"{number:05}".encode()[:length].ljust(length, b"x") for number, length in enumerate(lengths)]
    engine = run_and_store(settings(tmp_path), lines)

    assert query(engine.settings, "SELECT original_log FROM entries ORDER BY id") == [
        (line.decode(),) for line in lines
    ]
