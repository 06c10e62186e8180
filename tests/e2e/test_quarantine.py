"""Patterns that take too long are parked under load: no line is lost, and a field comes back when somebody wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from syslogger.config import EngineLimits, EngineSettings, Field, LogClass
from syslogger.errors import SysloggerError
from tests.support import wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    WORD,
    Load,
    WatchedEngine,
    balanced,
    flat,
    minute_sums,
    query,
    send,
    settings,
    stored_numbers,
)

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "regex" / "redos.jsonl"
RATE = 20_000
BUDGET = EngineLimits(pattern_cpu_milliseconds=300)
NUMBER = WORD.fields[0]
LEAST_SECONDS = 6.0  # a search that the corpus says did not end within so many seconds


@dataclass(frozen=True)
class Case:
    """A pattern, a line, and whether its search takes longer than the budget."""

    name: str
    pattern: str
    line: bytes
    endless: bool


def cases() -> Iterator[Case]:
    """Our own, then those of the corpus: on the `re` road, and with a byte that sends a line there."""
    yield Case("behind", "((?:a|aa)+)+(?=!)", b"a" * 60, endless=True)
    yield Case("column-road", "((?:a+)+)$", b"a" * 40 + "é".encode(), endless=True)
    yield Case("column-road-ascii", "((?:a+)+)$", b"a" * 40 + b"!", endless=False)
    yield Case("too-large-for-rust", r"(\w{1,1000})", b"a" * 2_000, endless=False)
    for text in CORPUS.read_text("utf-8").splitlines() if CORPUS.exists() else ():
        found = json.loads(text)
        measured = found["cpython311"]
        if measured.get("seconds", LEAST_SECONDS) > 1 or found["n"] >= 30:
            line = found["line"].encode()
            endless = not measured["finished"] or measured["seconds"] > 1
            yield Case(found["id"], found["regex"], line, endless)
            yield Case(f"{found['id']}-non-ascii", found["regex"], line + "é".encode(), endless)


def with_field(root: Path, pattern: str, limits: EngineLimits = BUDGET) -> EngineSettings:
    """Settings of the class `word` with one field more."""
    log_class = LogClass(name="word", fields=(NUMBER, Field(name="slow", pattern=pattern)))
    return settings(root, log_class=log_class, limits=limits)


def parked_in(engine: WatchedEngine) -> dict[str, object]:
    """What the status says of parked fields."""
    return {each["field"]: each["parked"] for each in engine.status()["fields"] if each["parked"]}


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_a_pattern_that_takes_too_long(tmp_path: Path, case: Case) -> None:
    """At 20,000 lines a second no line is lost; the field is parked with the line it was at, exactly if it must be."""
    made = with_field(tmp_path, case.pattern)
    with WatchedEngine(made) as engine:
        with Load(engine.port, RATE) as load:
            load.wait_for(10_000)
            send(engine.port, case.line)
            if case.endless:
                event = engine.wait_for_event("field_parked")
                assert ("slow", case.line.decode()) == (event["field"], event["line"])
                engine.wait_for_event("child_replaced")
            load.wait_for(load.sent + 10_000)
        engine.wait_for(received=load.sent + 1, in_flight=0)
        assert ({"slow"} if case.endless else set()) == parked_in(engine).keys()
        assert ("degraded" if case.endless else "running") == engine.status()["state"]

    ledger = engine.final_ledger()
    assert balanced(ledger)
    assert (load.sent + 1, 0) == (ledger["stored"], ledger["kernel_dropped"])
    numbers = [row[0] for row in query(made, "SELECT number FROM entries WHERE number IS NOT NULL ORDER BY id")]
    assert list(map(str, range(load.sent))) == numbers
    (stored,) = query(made, "SELECT original_log, slow IS NULL FROM entries WHERE number IS NULL")
    assert stored[0] == case.line.decode()
    assert stored[1] or not case.endless
    assert flat(ledger) == minute_sums(made)


def test_it_stays_parked_until_it_is_released(tmp_path: Path) -> None:
    """A restart changes nothing; a release searches the field again; it is parked again by the next such line."""
    made, evil = with_field(tmp_path, "((?:a|aa)+)+(?=!)"), b"a" * 60
    with WatchedEngine(made) as engine:
        send(engine.port, evil)
        engine.wait_for_event("field_parked")
        engine.wait_for(stored=1)
    with WatchedEngine(made) as engine:
        assert {"slow"} == parked_in(engine).keys()
        assert ("degraded", True) == (engine.status()["state"], "slow" in engine.status()["why"])
        send(engine.port, evil, b"aaa!")
        engine.wait_for(stored=2)
        for unfit, why in (("number", "is not parked"), ("other", "has no field")):
            with pytest.raises(SysloggerError, match=why):
                engine.release(unfit)
        engine.release("slow")
        assert ({}, "running") == (parked_in(engine), engine.status()["state"])
        send(engine.port, b"aa!")
        engine.wait_for(stored=3)
        send(engine.port, evil)
        engine.wait_for_event("field_parked")
        engine.wait_for(stored=4)
    found = [row[0] for row in query(made, "SELECT slow FROM entries ORDER BY id")]
    assert [None, None, None, "aa", None] == found


def test_an_edited_pattern_is_searched_again(tmp_path: Path) -> None:
    """A field whose pattern was edited while the engine runs is in service; the others of the class were all along."""
    made = with_field(tmp_path, "((?:a|aa)+)+(?=!)")
    with WatchedEngine(made) as engine:
        send(engine.port, b"a" * 60)
        engine.wait_for_event("field_parked")
        engine.change(with_field(tmp_path, "(a+)(?=!)"))
        assert {} == parked_in(engine)
        send(engine.port, b"number 5 aaa!")
        engine.wait_for(stored=2)
    assert [(None, None), ("5", "aaa")] == query(made, "SELECT number, slow FROM entries ORDER BY id")


def test_several_patterns_and_workers(tmp_path: Path) -> None:
    """Each field that takes too long is parked, one after the other, whichever worker met it; no line is lost."""
    slow = [Field(name=f"slow_{place}", pattern=f"((?:a|aa)+)+(?={place})") for place in range(3)]
    log_class = LogClass(name="word", fields=(NUMBER, *slow))
    made = settings(tmp_path, log_class=log_class, limits=BUDGET, workers=2)
    with WatchedEngine(made) as engine, Load(engine.port, 5_000) as load:
        for _ in range(4):
            load.wait_for(load.sent + 1_000)
            send(engine.port, b"number 0 " + b"a" * 60)
        wait_until(lambda: len(parked_in(engine)) == 3, WAIT_SECONDS, "all three are parked")
    ledger = engine.final_ledger()
    assert balanced(ledger)
    assert (load.sent + 4, 0) == (ledger["stored"], ledger["kernel_dropped"])
    assert sorted([*range(load.sent), 0, 0, 0, 0]) == sorted(stored_numbers(made))
