"""A process of an engine that dies or falls silent is replaced under load, and nothing that was received is lost.

Lines carry running numbers from one sender, so "stored once, in order, and no other" is a comparison of lists.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from syslogger.config import EngineLimits
from syslogger.errors import ExitCode
from syslogger.supervision import LIMIT
from tests.support import wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    Load,
    WatchedEngine,
    balanced,
    flat,
    integrity,
    minute_sums,
    numbered,
    send,
    settings,
    stored_numbers,
    suspend,
)

RATE = 20_000
NOTHING_DROPPED = {"abandoned": 0, "paused": 0, "no_space": 0}
ROLES = [("receiver", 1), ("worker0", 1), ("worker0", 2), ("worker1", 2), ("writer", 1)]


def kill(engine: WatchedEngine, role: str) -> None:
    """Kill the process of a role and wait until its successor serves."""
    died = len(engine.of_kind("child_replaced"))
    os.kill(engine.processes()[role], signal.SIGKILL)
    engine.wait_for_event("child_replaced", died + 1)


def assert_nothing_is_missing(engine: WatchedEngine, sent: int) -> None:
    """All that was sent and not dropped by the kernel is stored, once, in order, and every ledger says so."""
    ledger, numbers = engine.final_ledger(), stored_numbers(engine.settings)
    assert balanced(ledger)
    assert NOTHING_DROPPED == ledger["dropped"]
    assert (sent, 0) == (ledger["offered"], ledger["in_flight"])
    assert (ledger["received"], len(numbers)) == (ledger["stored"], ledger["stored"])
    assert sorted(set(numbers)) == numbers
    if not ledger["kernel_dropped"]:
        assert list(range(sent)) == numbers
    assert {"ok"} == integrity(engine.settings)
    assert flat(ledger) == minute_sums(engine.settings)


@pytest.mark.parametrize(("role", "workers"), ROLES)
def test_a_dead_child_is_replaced(tmp_path: Path, role: str, workers: int) -> None:
    """Killed twice under load, it comes back each time; the engine runs on and no received line is lost."""
    with WatchedEngine(settings(tmp_path, workers=workers)) as engine, Load(engine.port, RATE) as load:
        for _ in range(2):
            load.wait_for(load.sent + 20_000)
            kill(engine, role)
        load.wait_for(load.sent + 10_000)
        wait_until(lambda: engine.status()["state"] == "running", WAIT_SECONDS, "the engine runs")
        found = {each["role"]: (each["restarts"], each["last_exit"]) for each in engine.status()["processes"][1:]}
    assert (2, "was killed by signal 9") == found.pop(role)
    assert {(0, None)} == set(found.values())
    assert_nothing_is_missing(engine, load.sent)
    died = engine.of_kind("child_died")
    assert [role] * 2 == [event["role"] for event in died]
    assert f"{role} (process {died[0]['pid']}) was killed by signal 9" in died[0]["message"]


def test_every_child_one_after_another(tmp_path: Path) -> None:
    """Receiver, worker and writer die in turn while lines come: nothing is lost."""
    with WatchedEngine(settings(tmp_path)) as engine, Load(engine.port, RATE) as load:
        for role in ("receiver", "worker0", "writer", "worker0", "receiver"):
            load.wait_for(load.sent + 7_000)
            kill(engine, role)
    assert_nothing_is_missing(engine, load.sent)


def test_all_children_at_once(tmp_path: Path) -> None:
    """All of them die in the same moment, with the rings half full: their successors find everything."""
    with WatchedEngine(settings(tmp_path, workers=2)) as engine, Load(engine.port, RATE) as load:
        load.wait_for(20_000)
        for role, pid in engine.processes().items():
            if role != "bridge":
                os.kill(pid, signal.SIGKILL)
        engine.wait_for_event("child_replaced", 4)
        load.wait_for(load.sent + 10_000)
    assert_nothing_is_missing(engine, load.sent)


def test_a_receiver_that_dies_with_full_rings(tmp_path: Path) -> None:
    """What the kernel had handed over is stored, empty datagrams counted, and the successor goes on behind them."""
    with WatchedEngine(settings(tmp_path, batching={"flush_milliseconds": 200})) as engine:
        pids = engine.processes()
        writer = suspend(pids["writer"])
        sent = send(engine.port, b"", *numbered(range(9_000)), b"", b"")
        engine.wait_for(received=sent)
        os.kill(pids["receiver"], signal.SIGKILL)
        engine.wait_for_event("child_replaced")
        writer.resume()
        send(engine.port, *numbered(range(9_000, 9_100)))

    ledger = engine.final_ledger()
    assert (9_100, 3, 0) == (ledger["stored"], ledger["empty"], ledger["dropped"]["abandoned"])
    assert list(range(9_100)) == stored_numbers(engine.settings)


@pytest.mark.parametrize("role", ["receiver", "worker0", "writer"])
def test_a_child_that_dies_in_a_drain(tmp_path: Path, role: str) -> None:
    """It is replaced at once, and the drain goes on to its regular end."""
    engine = WatchedEngine(settings(tmp_path))
    engine.start()
    process = suspend(engine.processes()[role])
    send(engine.port, *numbered(range(5_000)))
    engine.shorten(None)
    engine.wait_for_event("draining")
    process.kill()

    assert ExitCode.OK == engine.wait(WAIT_SECONDS)
    assert 5_000 == engine.final_ledger()["stored"]
    assert_nothing_is_missing(engine, 5_000)


@pytest.mark.parametrize("role", ["receiver", "worker0", "writer"])
def test_a_silent_child_is_replaced(tmp_path: Path, role: str) -> None:
    """A process that stands still is killed after `silent_seconds`, and its successor goes on."""
    with WatchedEngine(settings(tmp_path, limits=EngineLimits(silent_seconds=2))) as engine:
        suspend(engine.processes()[role])
        send(engine.port, *numbered(range(100)))
        engine.wait_for_event("child_replaced")
        engine.wait_for(stored=100)
    assert "gave no sign of life for 2 s" in engine.of_kind("child_died")[0]["message"]
    assert_nothing_is_missing(engine, 100)


@pytest.mark.parametrize("role", ["receiver", "worker0", "worker1", "writer"])
def test_a_crash_loop_ends_the_engine(tmp_path: Path, role: str) -> None:
    """A role that dies again and again is given up: the engine ends, others store what they can, all is counted."""
    engine = WatchedEngine(settings(tmp_path, workers=2))
    engine.start()
    with Load(engine.port, 2_000) as load:
        for death in range(LIMIT):
            os.kill(engine.processes()[role], signal.SIGKILL)
            engine.wait_for_event("child_died", death + 1)
            if death < LIMIT - 1:
                engine.wait_for_event("child_replaced", death + 1)
        assert ExitCode.CHILD_DIED == engine.wait(WAIT_SECONDS)
        assert load.sent > 0

    ledger, numbers = engine.final_ledger(), stored_numbers(engine.settings)
    assert "again and again" in engine.of_kind("crash_loop")[0]["message"]
    assert balanced(ledger)
    assert (0, len(numbers)) == (ledger["in_flight"], ledger["stored"])
    assert ledger["received"] == ledger["stored"] + ledger["dropped"]["abandoned"]
    assert sorted(set(numbers)) == numbers
    assert {"ok"} == integrity(engine.settings)
    assert flat(ledger) == minute_sums(engine.settings)


def test_counts_by_sender_outlive_the_writer(tmp_path: Path) -> None:
    """The table of senders is exact although the writer died twice: nothing is added twice or left out."""
    with WatchedEngine(settings(tmp_path)) as engine, Load(engine.port, RATE) as load:
        for _ in range(2):
            load.wait_for(load.sent + 10_000)
            kill(engine, "writer")
    assert engine.stopped is not None
    (sender,) = engine.stopped["senders"]
    ledger = engine.final_ledger()
    assert (ledger["received"], ledger["stored"]) == (sender["received"], sender["stored"])


def test_no_process_is_left(tmp_path: Path) -> None:
    """After replacements and an end there is no process of the engine any more."""
    with WatchedEngine(settings(tmp_path)) as engine:
        before = set(engine.processes().values())
        for role in ("worker0", "writer"):
            kill(engine, role)
        after = set(engine.processes().values())

    assert not [pid for pid in before | after if psutil.pid_exists(pid)]
