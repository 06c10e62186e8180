"""The library's front door: start, ready, status, events, stop, and every way in which it says that it has ended."""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from syslogger import Engine, EngineDiedError, EngineSettings, ExitCode, lines
from tests.support import deadline, wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    WatchedEngine,
    balanced,
    flat,
    numbered,
    send,
    settings,
    stored_numbers,
    suspend,
)

EMPTY_LEDGER = {
    "offered": 0,
    "kernel_dropped": 0,
    "received": 0,
    "stored": 0,
    "refused": 0,
    "empty": 0,
    "dropped": {"abandoned": 0, "paused": 0, "no_space": 0},
    "in_flight": 0,
    "unexplained": 0,
    "truncated": 0,
}


def test_block_starts_and_drains(tmp_path: Path) -> None:
    """In the block it receives; behind the block everything is stored and `stop` still has the final ledger."""
    engine_settings = settings(tmp_path)
    with Engine(engine_settings) as engine:
        assert engine.port > 0
        assert engine.wait(0.0) is None
        send(engine.port, *numbered(range(500)))

    assert ExitCode.OK == engine.wait()
    ledger = engine.stop()
    assert (500, True) == (ledger["stored"], balanced(ledger))
    assert list(range(500)) == stored_numbers(engine_settings)


def send_and_fail(engine_settings: EngineSettings) -> None:
    """A program that fails while its engine runs."""
    with Engine(engine_settings) as engine:
        send(engine.port, *numbered(range(10)))
        raise ZeroDivisionError


def test_error_in_the_block_drains_too(tmp_path: Path) -> None:
    """The block's own error comes through, and what was received is stored all the same."""
    engine_settings = settings(tmp_path)
    with pytest.raises(ZeroDivisionError):
        send_and_fail(engine_settings)

    assert list(range(10)) == stored_numbers(engine_settings)


def test_status_of_an_idle_engine(tmp_path: Path) -> None:
    """A status has exactly these keys, the ledger its own, and each process says who it is and that it lives."""
    engine_settings = settings(tmp_path, workers=2, receive={"sockets": 2})
    began = time.time()
    with Engine(engine_settings) as engine:
        status = engine.status()

    assert ("running", "main", "word") == (status["state"], status["engine"], status["class"])
    assert (engine.port, engine_settings.digest) == (status["port"], status["config_digest"])
    assert began <= status["since"] <= time.time()
    assert EMPTY_LEDGER == status["ledger"]
    assert 0 <= status["ledger_age_seconds"] < WAIT_SECONDS
    assert (0.0, 0.0) == (status["rates"]["received_per_second"], status["rates"]["stored_per_second"])
    assert {"1", "10", "60"} == status["rates"]["over"].keys()
    assert ("", []) == (status["why"], status["pause_reasons"])
    assert {"slots": engine_settings.batching.ring_slots, "depth": 0} == status["ring"]
    assert ["bridge", "writer", "worker0", "worker1", "receiver"] == [each["role"] for each in status["processes"]]
    assert engine.pid == status["processes"][0]["pid"]
    assert all(0 <= each["beat_age_seconds"] < WAIT_SECONDS for each in status["processes"][1:])
    assert all(each["cpu_seconds"] >= 0 and each["rss_bytes"] > 1 << 20 for each in status["processes"])
    assert [("number", "column", 0, 0)] == [
        (each["field"], each["road"], each["column_rows"], each["re_rows"]) for each in status["fields"]
    ]
    assert (2, [], []) == (status["buffer"]["sockets"], status["senders"], status["refused_senders"])


def test_status_under_way(tmp_path: Path) -> None:
    """Rates, roads and senders follow what happens; a drain shows in the state."""
    with WatchedEngine(settings(tmp_path)) as engine:
        sent = send(engine.port, *numbered(range(400)), "number 7 größer".encode())
        engine.wait_for(stored=sent)
        wait_until(lambda: engine.status()["rates"]["stored_per_second"] > 0, WAIT_SECONDS, "the rates have moved")
        status = engine.status()
        writer = suspend(engine.processes()["writer"])
        engine.shorten(None)
        wait_until(lambda: engine.status()["state"] == "draining", WAIT_SECONDS, "the state says that it drains")
        writer.resume()

    assert status["rates"]["received_per_second"] > 0
    assert [(400, 1)] == [(each["column_rows"], each["re_rows"]) for each in status["fields"]]
    assert [("127.0.0.1", sent, sent)] == [
        (each["address"], each["received"], each["stored"]) for each in status["senders"]
    ]
    assert ExitCode.OK == engine.wait()


def test_final_words_have_the_whole_story(tmp_path: Path) -> None:
    """The last message of an engine has ledger, start, fields and senders; its exit code is that of the process."""
    with WatchedEngine(settings(tmp_path)) as engine:
        send(engine.port, *numbered(range(3)))

    assert engine.stopped is not None
    assert {"event", "exit_code", "message", "ledger", "since", "fields", "senders"} <= engine.stopped.keys()
    assert ("stopped", ExitCode.OK, "") == tuple(engine.stopped[key] for key in ("event", "exit_code", "message"))
    assert 3 == engine.stopped["fields"][0]["column_rows"]
    assert 3 == flat(engine.stopped["ledger"])["stored"]


def test_asking_from_many_threads(tmp_path: Path) -> None:
    """Each thread that asks gets a whole answer of its own."""
    with WatchedEngine(settings(tmp_path)) as engine, ThreadPoolExecutor(8) as pool:
        send(engine.port, *numbered(range(10)))
        engine.wait_for(stored=10)
        answers = list(pool.map(lambda _: engine.status(), range(40)))

    assert [10] * 40 == [answer["ledger"]["stored"] for answer in answers]


def test_an_engine_that_has_ended_has_no_status(tmp_path: Path) -> None:
    """To ask after the end is an error each time; to stop again is none."""
    with Engine(settings(tmp_path)) as engine:
        pass

    for _ in range(2):
        with pytest.raises(EngineDiedError, match="main has ended"):
            engine.status()
    assert EMPTY_LEDGER == engine.stop()


def test_asking_while_it_ends(tmp_path: Path) -> None:
    """Whoever asks in the moment of the end gets an answer or the error, and never waits."""
    engine = WatchedEngine(settings(tmp_path))
    engine.start()
    outcomes: list[str] = []

    def ask() -> None:
        try:
            while True:
                outcomes.append(engine.status()["state"])
        except EngineDiedError:
            outcomes.append("ended")

    with deadline(WAIT_SECONDS):
        asking = threading.Thread(target=ask)
        asking.start()
        wait_until(lambda: outcomes, WAIT_SECONDS, "the first answer")
        engine.stop()
        asking.join()

    assert "ended" == outcomes[-1]


def test_its_bridge_is_killed(tmp_path: Path) -> None:
    """A killed bridge has no last words: status is an error, stop returns no counts, and the end is told."""
    engine = WatchedEngine(settings(tmp_path))
    engine.start()
    os.kill(engine.pid, signal.SIGKILL)

    assert -signal.SIGKILL == engine.wait(WAIT_SECONDS)
    with pytest.raises(EngineDiedError, match="its process died"):
        engine.status()
    assert {} == engine.stop()


def test_an_engine_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bridge that stands is an error after a while, not a wait without end."""
    monkeypatch.setattr(lines, "ANSWER_SECONDS", 0.1)
    with WatchedEngine(settings(tmp_path)) as engine:
        bridge = suspend(engine.pid)
        try:
            with pytest.raises(EngineDiedError, match="main does not answer"):
                engine.status()
        finally:
            bridge.resume()


def test_a_listener_that_fails_silences_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An error in `on_event` is logged; the engine goes on and its end is heard."""

    def listen(_: dict[str, object]) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR), Engine(settings(tmp_path), listen) as engine:
        engine.pause()
        engine.resume()
    assert "on_event failed for paused" in caplog.text
    assert EMPTY_LEDGER == engine.stop()


def thread_names(pid: int) -> list[str]:
    """The names of the threads of a process."""
    return [(task / "comm").read_text().strip() for task in Path(f"/proc/{pid}/task").iterdir()]


def test_one_thread_of_the_column_engine_a_worker(tmp_path: Path) -> None:
    """Processes are the parallelism: a worker has one thread of the column engine, who runs no query has none."""
    with WatchedEngine(settings(tmp_path, workers=2)) as engine:
        send(engine.port, *numbered(range(100)))
        engine.wait_for(stored=100)
        send(engine.port, *numbered(range(100)))
        engine.wait_for(stored=200)
        names = {role: thread_names(pid) for role, pid in engine.processes().items()}

    pools = {role: [name for name in found if re.fullmatch(r"polars-\d+", name)] for role, found in names.items()}
    assert {"worker0": ["polars-0"], "worker1": ["polars-0"]} == {role: pool for role, pool in pools.items() if pool}
    assert 1 == len(names["receiver"])
