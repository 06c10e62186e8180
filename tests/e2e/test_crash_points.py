"""kill -9 at named points of the code: between two steps that belong together nothing gets lost or counted twice.

The engine is the real one; one function of it kills its own process when it is called and a flag lies there. The flag
is taken away first, so that nobody who takes over dies of the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.launcher import launch_through
from tests.storage.rollup_truth import assert_true
from tests.support_engine import (
    WatchedEngine,
    balanced,
    flat,
    integrity,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
    suspend,
)

PRELUDE = """
import importlib, os, signal

def die():
    try:
        os.unlink({flag!r})
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)

module, _, path = {point!r}.partition(":")
*outer, name = path.split(".")
owner = importlib.import_module(module)
for each in outer:
    owner = getattr(owner, each)
original = getattr(owner, name)

def dying(*arguments, **named):
    if {when!r} == "before":
        die()
    value = original(*arguments, **named)
    if {when!r} == "after":
        die()
    return value

setattr(owner, name, dying)
"""
POINTS = [
    ("receiver", "before", "syslogger.inputs.udp:Receiver._count_in"),
    ("receiver", "after", "syslogger.inputs.udp:Receiver._count_in"),
    ("receiver", "before", "syslogger.ring:Ring.publish"),
    ("receiver", "after", "syslogger.ring:Ring.publish"),
    ("worker0", "before", "syslogger.worker:write_piece"),
    ("worker0", "after", "syslogger.worker:write_piece"),
    ("worker0", "before", "syslogger.worker:send"),
    ("worker0", "after", "syslogger.worker:send"),
    ("writer", "after", "syslogger.storage.database:Database.ingest"),
    ("writer", "after", "syslogger.storage.rollups:Rollups.add"),
    ("writer", "before", "syslogger.storage.database:Database.commit"),
    ("writer", "after", "syslogger.storage.database:Database.commit"),
    ("writer", "before", "syslogger.senders:Senders.add"),
    ("writer", "before", "syslogger.ring:Ring.flip"),
    ("writer", "after", "syslogger.ring:Ring.flip"),
]
BEFORE, LATER = 200, 300


@pytest.mark.parametrize(("role", "when", "point"), POINTS)
def test_death_between_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, when: str, point: str
) -> None:
    """The successor finds what lay there: each line is stored once, in order, and all that counts agrees."""
    flag = tmp_path / "flag"
    launch_through(tmp_path, monkeypatch, PRELUDE.format(flag=str(flag), point=point, when=when))
    engine_settings = settings(tmp_path)
    with WatchedEngine(engine_settings) as engine:
        send(engine.port, *numbered(range(BEFORE)))
        engine.wait_for(stored=BEFORE)
        # one call of the receiver brings all of them
        receiver = suspend(engine.processes()["receiver"])
        send(engine.port, *numbered(range(BEFORE, BEFORE + LATER)))
        flag.touch()
        receiver.resume()
        engine.wait_for_event("child_replaced")
        engine.wait_for(stored=BEFORE + LATER)

    assert [role] == [event["role"] for event in engine.of_kind("child_died")]
    assert not flag.exists()
    ledger, (sender,) = engine.final_ledger(), engine.stopped["senders"] if engine.stopped else [{}]
    assert balanced(ledger)
    assert (BEFORE + LATER, 0) == (ledger["received"], ledger["in_flight"])
    assert list(range(BEFORE + LATER)) == stored_numbers(engine_settings)
    assert (BEFORE + LATER, BEFORE + LATER) == (sender["received"], sender["stored"])
    assert {"ok"} == integrity(engine_settings)
    assert flat(ledger) == minute_sums(engine_settings)
    lengths = dict(enumerate(map(len, numbered(range(BEFORE + LATER)))))
    assert_true(lambda sql: query(engine_settings, sql), lengths)
