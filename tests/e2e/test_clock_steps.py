"""A clock that steps back: true times are kept and the step is written down; a clock that wavers is smoothed."""

from __future__ import annotations

from pathlib import Path

from syslogger.config import EngineSettings
from tests.e2e.clock import NO_NAP, SECOND_US, BentClock, instant
from tests.support_engine import WatchedEngine, flat, minute_sums, numbered, query, send, settings, stored_numbers

NOON = instant("2026-03-05 12:00:00", "UTC")
MIDNIGHT = instant("2026-03-05 00:00:00", "UTC")
STEPS = "SELECT from_received_at, to_received_at FROM clock_steps"


def jump(engine: WatchedEngine, clock: BentClock, instants: list[int]) -> None:
    """Store a line at each of these instants, exactly, whose numbers count from 0."""
    for number, moment in enumerate(instants):
        clock.hold(moment)
        send(engine.port, *numbered([number]))
        engine.wait_for(stored=number + 1)


def stamps(engine_settings: EngineSettings) -> list[int]:
    """The times of receipt in order of id."""
    return [row[0] for row in query(engine_settings, "SELECT received_at FROM entries ORDER BY id")]


def test_ten_seconds_back(tmp_path: Path, clock: BentClock) -> None:
    """The rows keep their order and their true times; one row in `clock_steps` and one event say what happened."""
    engine_settings = settings(tmp_path, receive=NO_NAP)
    clock.show(NOON - 60 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        jump(engine, clock, [NOON, NOON + 100 * SECOND_US, NOON + 90 * SECOND_US])
        event = engine.wait_for_event("clock_step")

    first, second, third = stamps(engine_settings)
    assert [NOON, NOON + 100 * SECOND_US, NOON + 90 * SECOND_US] == [first, second, third]
    assert [(second, third)] == query(engine_settings, STEPS) == [(event["from_us"], event["to_us"])]
    assert 1 == len(engine.trouble())
    assert [(first, second)] == query(engine_settings, "SELECT least_received_at, greatest_received_at FROM partition")
    assert [0, 1, 2] == stored_numbers(engine_settings)


def test_a_wavering_clock_is_smoothed(tmp_path: Path, clock: BentClock) -> None:
    """Half a second back is no step: the stamps are raised, nothing is said."""
    engine_settings = settings(tmp_path, receive=NO_NAP)
    clock.show(NOON - 60 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        jump(engine, clock, [NOON, NOON - SECOND_US // 2, NOON - SECOND_US * 3 // 4])

    assert [NOON] * 3 == stamps(engine_settings)
    assert [] == query(engine_settings, STEPS)
    assert [] == engine.trouble()


def test_back_into_a_day_that_is_open(tmp_path: Path, clock: BentClock) -> None:
    """A row of the day before goes to that day's file while it is open, and its step is noted there."""
    engine_settings = settings(tmp_path, receive=NO_NAP)
    clock.show(MIDNIGHT - 600 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        before, after = MIDNIGHT - 300 * SECOND_US, MIDNIGHT + 5 * SECOND_US
        jump(engine, clock, [before, after, before, after + 300 * SECOND_US])

    rows = query(engine_settings, "SELECT day, number FROM entries, partition ORDER BY day, id")
    assert [("2026-03-04", "0"), ("2026-03-04", "2"), ("2026-03-05", "1"), ("2026-03-05", "3")] == rows
    assert [("2026-03-04", 1)] == query(engine_settings, "SELECT day, 1 FROM clock_steps, partition")
    assert 1 == len(engine.of_kind("clock_step"))
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)


def test_back_into_a_day_that_was_never_open(tmp_path: Path, clock: BentClock) -> None:
    """Without a file of that day the row goes to the oldest open one, with its true time."""
    engine_settings = settings(tmp_path, receive=NO_NAP)
    clock.show(MIDNIGHT + 5 * SECOND_US)
    with WatchedEngine(engine_settings) as engine:
        jump(engine, clock, [MIDNIGHT + 10 * SECOND_US, MIDNIGHT - 300 * SECOND_US])

    assert [("2026-03-05", 2)] == query(engine_settings, "SELECT day, count(*) FROM entries, partition")
    early, late = sorted(stamps(engine_settings))
    assert (MIDNIGHT - 300 * SECOND_US, MIDNIGHT + 10 * SECOND_US) == (early, late)
    assert [(late, early)] == query(engine_settings, STEPS)
    assert [(early, late)] == query(engine_settings, "SELECT least_received_at, greatest_received_at FROM partition")
    assert flat(engine.final_ledger()) == minute_sums(engine_settings)


def test_a_step_back_between_two_runs(tmp_path: Path, clock: BentClock) -> None:
    """A clock that was set back while the engine was down is noticed at the first row."""
    engine_settings = settings(tmp_path, receive=NO_NAP)
    for moment in (NOON, NOON - 3_600 * SECOND_US):
        clock.show(moment)
        with WatchedEngine(engine_settings) as engine:
            jump(engine, clock, [moment + SECOND_US])

    first, second = stamps(engine_settings)
    assert first > second
    assert [(first, second)] == query(engine_settings, STEPS)
