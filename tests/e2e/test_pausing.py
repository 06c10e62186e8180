"""A paused engine reads and counts, per sender, and stores nothing; it goes on when no reason is left."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from syslogger.config import EngineLimits
from syslogger.errors import SysloggerError
from tests.e2e.disk import on_a_small_disk, small_disk
from tests.support import free_udp_port, wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    Load,
    WatchedEngine,
    balanced,
    flat,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
)


def test_each_datagram_is_counted(tmp_path: Path) -> None:
    """While paused every datagram, of whomever, is dropped as paused, also by sender; before and after it is stored."""
    clients = [("known", "127.0.0.1")]
    with WatchedEngine(settings(tmp_path, clients=clients)) as engine:
        send(engine.port, *numbered(range(10)))
        engine.wait_for(stored=10)
        assert {"state": "paused", "pause_reasons": ["operator"]} == engine.pause()
        send(engine.port, *numbered(range(10, 15)), b"")
        send(engine.port, *numbered(range(15, 18)), source="127.0.0.2")
        assert {"abandoned": 0, "paused": 9, "no_space": 0} == engine.wait_for(received=19, in_flight=0)["dropped"]
        senders = {each["address"]: each for each in engine.status()["senders"]}
        assert {"state": "running", "pause_reasons": []} == engine.resume()
        send(engine.port, *numbered(range(18, 20)))
        engine.wait_for(stored=12)

    assert [*range(10), 18, 19] == stored_numbers(engine.settings)
    counted = {address: (each["received"], each["stored"], each["dropped"]) for address, each in senders.items()}
    assert {"127.0.0.1": (16, 10, 6), "127.0.0.2": (3, 0, 3)} == counted
    assert balanced(engine.final_ledger())
    assert flat(engine.final_ledger()) == minute_sums(engine.settings)
    assert ["paused", "resumed"] == [each["event"] for each in engine.events if each["event"] in ("paused", "resumed")]


def test_reasons_are_a_set(tmp_path: Path) -> None:
    """Paused twice for one reason and once for another, it runs when both are gone."""
    with WatchedEngine(settings(tmp_path)) as engine:
        engine.pause()
        engine.pause()
        assert ["maintenance", "operator"] == engine.pause("maintenance")["pause_reasons"]
        assert "paused" == engine.resume("operator")["state"]
        assert "paused" == engine.resume("operator")["state"]
        status = engine.status()
        assert ("paused", "paused by maintenance") == (status["state"], status["why"])
        assert "running" == engine.resume("maintenance")["state"]
        with pytest.raises(SysloggerError, match="ends by itself"):
            engine.resume("no_space")


def test_a_pause_outlives_a_child(tmp_path: Path) -> None:
    """A worker that is replaced is paused as its predecessor was."""
    with WatchedEngine(settings(tmp_path)) as engine:
        engine.pause()
        psutil.Process(engine.processes()["worker0"]).kill()
        engine.wait_for_event("child_replaced")
        send(engine.port, *numbered(range(7)))
        assert 7 == engine.wait_for(received=7, in_flight=0)["dropped"]["paused"]


def test_it_begins_paused(tmp_path: Path) -> None:
    """Started with reasons to pause it stores nothing of what comes from its first moment on, until they are gone."""
    engine = WatchedEngine(settings(tmp_path, port=free_udp_port()))
    with Load(engine.settings.engine.port, 2_000):
        engine.start(["operator", "maintenance"])
        status = engine.status()
        assert ("paused", ["maintenance", "operator"]) == (status["state"], status["pause_reasons"])
        wait_until(lambda: engine.ledger()["dropped"]["paused"] > 0, WAIT_SECONDS, "datagrams are dropped")
    ledger = engine.stop()
    assert (0, ledger["received"]) == (ledger["stored"], ledger["dropped"]["paused"])
    assert [] == stored_numbers(engine.settings)
    assert balanced(ledger)


def test_pausing_under_load(tmp_path: Path) -> None:
    """Paused and resumed while lines come: what is stored and what is dropped add up, and ids have no gap."""
    with WatchedEngine(settings(tmp_path)) as engine, Load(engine.port, 20_000) as load:
        for _ in range(5):
            load.wait_for(load.sent + 2_000)
            engine.pause()
            load.wait_for(load.sent + 2_000)
            engine.resume()
    ledger, numbers = engine.final_ledger(), stored_numbers(engine.settings)
    assert balanced(ledger)
    assert ledger["received"] == ledger["stored"] + ledger["dropped"]["paused"]
    assert (sorted(set(numbers)), ledger["stored"]) == (numbers, len(numbers))
    assert [(len(numbers),)] == query(engine.settings, "SELECT max(id) FROM entries")


@on_a_small_disk
def test_a_disk_that_fills_up_and_is_emptied(tmp_path: Path, size: int) -> None:
    """Above the limit of its own file system it pauses by itself, and goes on by itself five points below."""
    with small_disk(tmp_path / "disk", 4 * size) as disk:
        limited = settings(disk.folder, limits=EngineLimits(space_percentage_to_stop=60))
        with WatchedEngine(limited) as engine:
            send(engine.port, *numbered(range(10)))
            engine.wait_for(stored=10)
            disk.fill_to(70)
            wait_until(lambda: engine.status()["state"] == "paused", WAIT_SECONDS, "the engine has paused")
            assert ["no_space"] == engine.status()["pause_reasons"]
            send(engine.port, *numbered(range(10, 15)))
            assert 5 == engine.wait_for(received=15, in_flight=0)["dropped"]["no_space"]
            disk.make_room()
            wait_until(lambda: engine.status()["state"] == "running", WAIT_SECONDS, "the engine stores again")
            send(engine.port, *numbered(range(15, 20)))
            engine.wait_for(stored=15)
        assert [*range(10), *range(15, 20)] == stored_numbers(engine.settings)
        assert "SPACE_PERCENTAGE_TO_STOP is 60" in engine.of_kind("no_space")[0]["message"]
        assert balanced(engine.final_ledger())
